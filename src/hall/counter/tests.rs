use super::*;
use crate::hall::example::{friday, hall, in_hall, person, window};
use crate::hall::staff::Registration;

#[test]
fn integrated_windows_accept_for_every_department() {
    let hall = hall();
    let clerk = person(1, Duty::Clerk, None, &["A01", "J01"]);
    for no in ["A01", "J01"] {
        for item in &hall.items {
            let accepted = accept(&Submission {
                actor: Actor { staff: &clerk, place: Place::Window(window(&hall, no)) },
                item,
                department: hall.department(&item.department).unwrap(),
                now: in_hall(&hall, friday()),
            })
            .unwrap();
            assert_eq!((accepted.item(), accepted.window().as_str()), (&item.code, no));
            assert_eq!(accepted.clerk(), clerk.id);
        }
    }
}

#[test]
fn a_submission_is_refused_for_each_reason() {
    let hall = hall();
    let codes = |own: Option<&str>, at: Option<&str>, item: &str, department: &str| {
        let clerk = person(1, Duty::Clerk, own, &["A01", "A09"]);
        let place = at.map_or(Place::Elsewhere, |no| Place::Window(window(&hall, no)));
        let submission = Submission {
            actor: Actor { staff: &clerk, place },
            item: hall.item(&item.parse().unwrap()).unwrap(),
            department: hall.department(&department.parse().unwrap()).unwrap(),
            now: in_hall(&hall, friday()),
        };
        accept(&submission).err().map(|refusal| refusal.codes()).unwrap_or_default()
    };
    assert_eq!(codes(Some("scjg"), Some("A01"), "220201-scjg-001", "scjg"), [""; 0]);
    assert_eq!(codes(Some("jsj"), Some("A01"), "220201-scjg-001", "scjg"), ["wrong-department"]);
    assert_eq!(codes(Some("jjfz"), Some("A01"), "220201-jjfz-001", "jjfz"), ["entrusted-intake"]);
    assert_eq!(codes(None, Some("A01"), "220201-jjfz-001", "jjfz"), [""; 0]);
    assert_eq!(codes(None, Some("A09"), "220201-scjg-001", "scjg"), ["window-kind"]);
    assert_eq!(codes(None, Some("A02"), "220201-scjg-001", "scjg"), ["wrong-window"]);
    assert_eq!(codes(None, None, "220201-scjg-001", "scjg"), ["outside-hall", "not-at-a-window"]);
    assert_eq!(codes(None, Some("A01"), "220201-scjg-001", "jsj"), ["item-department"]);
    assert_eq!(codes(None, Some("A01"), "220201-scjg-001", "zwfw"), ["item-department", "department-issues-nothing"]);
}

#[test]
fn says_all_reasons_against_a_submission_at_once() {
    let hall = hall();
    let mut staff = person(1, Duty::Auditor, Some("jsj"), &[]);
    staff.registration = Registration::Ended;
    staff.permit = None;
    let refusal = accept(&Submission {
        actor: Actor { staff: &staff, place: Place::Window(window(&hall, "A09")) },
        item: hall.item(&"220201-jjfz-001".parse().unwrap()).unwrap(),
        department: hall.department(&"jjfz".parse().unwrap()).unwrap(),
        now: in_hall(&hall, "2026-11-22T10:00:00+08:00".parse().unwrap()),
    })
    .unwrap_err();
    assert_eq!(
        refusal.codes(),
        [
            "not-registered",
            "permit-not-valid",
            "hall-closed",
            "wrong-duty",
            "window-kind",
            "wrong-window",
            "wrong-department",
            "entrusted-intake",
        ]
    );
    let texts: Vec<_> = refusal.reasons().iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(texts[3], "监察审计员不办理窗口业务，请由窗口人员办理");
    assert_eq!(texts[5], "未登记在统一出件窗口（A09）工作，请到登记的窗口办理");
}

#[test]
fn hands_out_at_the_delivery_window() {
    let hall = hall();
    let clerk = person(1, Duty::Clerk, None, &["A09"]);
    let delivery = Delivery {
        actor: Actor { staff: &clerk, place: Place::Window(window(&hall, "A09")) },
        state: CertificateState::Sealed,
        standing: Standing::InForce,
        fee: Fee::Free,
        receiver: " 欧阳𬀩𫖯 ",
        document: IdentityDocument::IdentityCard,
        number: "220202199003071230",
        form: DeliveryForm::Both,
        now: in_hall(&hall, friday()),
    };
    let out = hand_out(&delivery).unwrap();
    assert_eq!((out.receiver(), out.form(), out.window().as_str()), ("欧阳𬀩𫖯", DeliveryForm::Both, "A09"));
    assert_eq!(out.clerk(), clerk.id);
    assert_eq!(out.identity().to_string(), "220***********1230");
    assert!(!format!("{out:?}").contains("19900307"));

    let licence = Delivery { document: IdentityDocument::BusinessLicence, number: "91220201MA1XY0004T", ..delivery };
    assert_eq!(hand_out(&licence).unwrap().identity().to_string(), "91220201MA1XY0004T");
    let other = Delivery { document: IdentityDocument::Other, number: "E12345678", ..delivery };
    assert_eq!(hand_out(&other).unwrap().identity().to_string(), "*****5678");
    let short = Delivery { document: IdentityDocument::Other, number: "E12", ..delivery };
    assert_eq!(hand_out(&short).unwrap().identity().to_string(), "*12");
    assert_eq!(hand_out(&short).unwrap().identity().document(), IdentityDocument::Other);
}

#[test]
fn a_delivery_is_refused_with_all_reasons() {
    let hall = hall();
    let clerk = person(1, Duty::Clerk, None, &["A01"]);
    let delivery = Delivery {
        actor: Actor { staff: &clerk, place: Place::Window(window(&hall, "A01")) },
        state: CertificateState::Delivered,
        standing: Standing::Withdrawn,
        fee: Fee::Due,
        receiver: "\u{7}",
        document: IdentityDocument::IdentityCard,
        number: "220202199003071231",
        form: DeliveryForm::Paper,
        now: in_hall(&hall, friday()),
    };
    let refusal = hand_out(&delivery).unwrap_err();
    assert_eq!(
        refusal.codes(),
        ["window-kind", "not-sealed", "not-in-force", "fee-unpaid", "receiver-missing", "identity-not-valid"]
    );
    let fields: Vec<_> = refusal.reasons().iter().filter_map(|reason| reason.field.as_deref()).collect();
    assert_eq!(fields, ["receiver", "number"]);
    let texts: Vec<_> = refusal.reasons().iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(texts[0], "证照只能从统一出件窗口发出，请到出件窗口办理");
    assert_eq!(texts[1], "证照当前为“已出证”，只有已用印未出证的才能出证");
    assert_eq!(texts[5], "校验位不符，请核对证件后重新录入");

    let empty = Delivery { receiver: "", document: IdentityDocument::Other, number: "", ..delivery };
    assert!(hand_out(&empty).unwrap_err().codes().ends_with(&["receiver-missing", "identity-not-valid"]));
}
