//! R6, R20: registered staff only, each with one duty; nominated by the department, with the centre's consent; suspended at once.

use yinxin::acts::consent::{Consented, consent, decline};
use yinxin::acts::nominate::nominate;
use yinxin::acts::sign_in::{Found, session};
use yinxin::hall::nomination::Entered;
use yinxin::hall::staff::{Duty, Registration};

use super::access::{enter, from};
use super::*;

pub(super) const PASSWORD: &str = "correct horse battery";

/// What a department enters to nominate somebody, fit for any duty.
pub(super) fn nominee(login: &str, duty: &str) -> Entered {
    Entered {
        login: login.to_owned(),
        name: "李四".to_owned(),
        duty: duty.to_owned(),
        deputy: false,
        windows: if duty == "clerk" { vec!["A01".to_owned()] } else { Vec::new() },
        grade: "established".to_owned(),
        posted_from: "2026-11-20".to_owned(),
        posted_to: "2028-11-20".to_owned(),
        hours: String::new(),
        permit_to: "2028-11-20".to_owned(),
    }
}

impl Actor {
    pub(super) async fn nominate(&self, entered: &Entered, of: Option<&str>) -> Result<String, ActError> {
        nominate(&self.app, &self.person().await, entered, of).await
    }

    pub(super) async fn consent(&self, nomination: &str) -> Result<Consented, ActError> {
        consent(&self.app, &self.person().await, nomination).await
    }
}

impl TestHall {
    /// Nominated by the department's leader and registered by the centre.
    pub(super) async fn register(&self, department: &str, login: &str, duty: &str) -> Consented {
        let nomination = self.leader(department).nominate(&nominee(login, duty), None).await.unwrap();
        self.administrator().consent(&nomination).await.unwrap()
    }

    async fn refused_acts(&self) -> i64 {
        self.app.db.refused_count().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_nobody_acts_without_the_centres_consent() {
    let hall = TestHall::open().await;
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let nomination = hall.leader("scjg").nominate(&nominee("chief2-scjg", "chief"), None).await.unwrap();
    assert!(hall.app.db.staff_by_login("chief2-scjg").await.unwrap().is_none(), "no account before the consent");
    // The same account twice at the same time; an account that there is.
    let before = hall.refused_acts().await;
    let again = refusal(hall.chief("scjg").nominate(&nominee("chief2-scjg", "chief"), None).await);
    assert_eq!(again.codes(), ["nominated-already"]);
    let taken = refusal(hall.leader("scjg").nominate(&nominee("chief-jsj", "chief"), None).await);
    assert_eq!((taken.codes(), taken.reasons()[0].field.as_deref()), (vec!["login-taken"], Some("login")));
    // Nobody but the centre consents.
    for other in [hall.leader("scjg"), hall.keeper("scjg"), hall.in_office("auditor".to_owned())] {
        assert_eq!(refusal(other.consent(&nomination).await).codes(), ["wrong-duty"]);
    }
    let outside = hall.administrator().at(Seat::Elsewhere);
    assert_eq!(refusal(outside.consent(&nomination).await).codes(), ["outside-hall"]);
    assert_eq!(hall.refused_acts().await, before + 6, "each is recorded");

    let done = hall.administrator().consent(&nomination).await.unwrap();
    let first = done.first_password.unwrap();
    assert_eq!((done.login.as_str(), first.len()), ("chief2-scjg", 19));
    assert_eq!(refusal(hall.administrator().consent(&nomination).await).codes(), ["decided-already"]);
    let begun = enter(&hall, "chief2-scjg", &first, "127.0.0.1").await.unwrap();
    let staff = begun.person.staff;
    assert_eq!((staff.duty, staff.registration), (Duty::Chief, Registration::Active));
    // The number follows those of the hall's file: six digits of the area, the year, the next running number.
    assert_eq!(staff.permit.unwrap().number, "22020120260038");
    let documents = sealed(hall.in_office("chief2-scjg".to_owned()).approve(&asked).await);
    assert!(hall.report(&documents[0]).is_valid());
    hall.assert_ledger_is_whole().await;
    let premises = hall.close().await;
    assert_eq!(super::audit::audited(&premises).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_nobody_consents_to_an_own_nomination() {
    let hall = TestHall::open().await;
    let mut clerk = nominee("clerk3", "clerk");
    clerk.grade = "contract".to_owned();
    let nomination = hall.administrator().nominate(&clerk, None).await.unwrap();
    assert_eq!(refusal(hall.administrator().consent(&nomination).await).codes(), ["own-nomination"]);
    let outside = refusal(hall.administrator().at(Seat::Elsewhere).consent(&nomination).await);
    assert_eq!(outside.codes(), ["outside-hall", "own-nomination"]);
    // Nor does the database let it be, whoever writes.
    let premises = hall.close().await;
    let forced = "UPDATE nomination SET state = 'consented', decided_by = nominated_by, decided_at = 1";
    assert!(premises.forbids(forced, "nobody_consents_to_an_own_nomination").await);
    let hall = premises.open().await;
    // Another administrator is nominated by the one there is, and nobody can consent: two are named when a hall is set up.
    let person = hall.administrator().person().await;
    let declined = refusal(decline(&hall.app, &person, &nomination, "重复").await);
    assert_eq!(declined.codes(), ["own-nomination"]);
    // Nor to a change of the own registration, whoever asked for it.
    let another = "UPDATE nomination SET nominated_by = (SELECT id FROM staff WHERE login = 'leader-scjg'),
                   staff = (SELECT id FROM staff WHERE login = 'centre')";
    assert_eq!(hall.premises.tamper(another).await, 1);
    assert_eq!(refusal(hall.administrator().consent(&nomination).await).codes(), ["yourself"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_a_change_stands_when_the_centre_consents() {
    let hall = TestHall::open().await;
    let before = hall.chief("scjg").person().await.staff;
    let mut change = nominee("", "chief");
    change.hours = "mon-fri 13:00-16:30".to_owned();
    change.name = before.name.clone();
    change.grade = "civil-servant".to_owned();
    let nomination = hall.leader("scjg").nominate(&change, Some(&before.id.to_string())).await.unwrap();
    assert_eq!(hall.chief("scjg").person().await.staff, before, "nothing yet");
    let done = hall.administrator().consent(&nomination).await.unwrap();
    assert_eq!(done.first_password, None);
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["off-duty"]);
    hall.set_time("2026-11-20T13:00:00+08:00");
    sealed(hall.chief("scjg").approve(&asked).await);
    // Declined: nothing changes, and it can be nominated again.
    change.hours = String::new();
    let id = before.id.to_string();
    let nomination = hall.leader("scjg").nominate(&change, Some(&id)).await.unwrap();
    let administrator = hall.administrator().person().await;
    let blank = refusal(decline(&hall.app, &administrator, &nomination, " ").await);
    assert_eq!((blank.codes(), blank.reasons()[0].field.as_deref()), (vec!["reason-missing"], Some("reason")));
    decline(&hall.app, &administrator, &nomination, "值班表未附").await.unwrap();
    assert!(hall.chief("scjg").person().await.staff.hours.is_some());
    hall.leader("scjg").nominate(&change, Some(&id)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_a_suspension_ends_sessions_at_once_and_all_reasons_are_said() {
    let hall = TestHall::open().await;
    let begun = enter(&hall, "chief-scjg", PASSWORD, "127.0.0.1").await.unwrap();
    assert!(matches!(session(&hall.app, &begun.token, None, from("127.0.0.1")).await.unwrap(), Found::Session(_)));
    let (chief, centre) = (hall.chief("scjg"), hall.administrator());
    // Who may not; at home at night the leader may stop, and nothing else.
    assert_eq!(refusal(hall.keeper("scjg").change(&chief, StaffAct::Suspend).await).codes(), ["wrong-duty"]);
    assert_eq!(refusal(hall.leader("jsj").change(&chief, StaffAct::Suspend).await).codes(), ["wrong-department"]);
    assert_eq!(refusal(chief.change(&chief, StaffAct::Suspend).await).codes(), ["yourself"]);
    assert_eq!(refusal(centre.change(&chief, StaffAct::Reinstate).await).codes(), ["staff-state"]);
    let both = refusal(hall.keeper("scjg").change(&chief, StaffAct::Reinstate).await);
    assert_eq!(both.codes(), ["wrong-duty", "staff-state"]);
    hall.set_time("2026-11-20T22:00:00+08:00");
    hall.leader("scjg").at(Seat::Elsewhere).change(&chief, StaffAct::Suspend).await.unwrap();
    assert!(matches!(session(&hall.app, &begun.token, None, from("127.0.0.1")).await.unwrap(), Found::Nobody));
    let refused = enter(&hall, "chief-scjg", PASSWORD, "127.0.0.1").await.map(|_| ());
    assert_eq!(refusal(refused).codes(), ["suspended"]);
    let back = refusal(hall.leader("scjg").change(&chief, StaffAct::Reinstate).await);
    assert_eq!(back.codes(), ["hall-closed", "wrong-duty"]);
    hall.set_time("2026-11-23T09:00:00+08:00");
    centre.change(&chief, StaffAct::Reinstate).await.unwrap();
    assert!(
        matches!(session(&hall.app, &begun.token, None, from("127.0.0.1")).await.unwrap(), Found::Nobody),
        "the session of before is gone for good"
    );
    enter(&hall, "chief-scjg", PASSWORD, "127.0.0.1").await.unwrap();
    // Struck off: for good. The last administrator cannot be.
    centre.change(&chief, StaffAct::End).await.unwrap();
    assert_eq!(refusal(centre.change(&chief, StaffAct::Reinstate).await).codes(), ["staff-state"]);
    assert_eq!(refusal(chief.change(&centre, StaffAct::Suspend).await).codes().len(), 3);
    let itself = refusal(centre.change(&centre, StaffAct::Suspend).await);
    assert_eq!(itself.codes(), ["yourself", "last-administrator"]);
    let premises = hall.close().await;
    assert_eq!(
        premises
            .count("SELECT COUNT(*) FROM session WHERE staff IN (SELECT id FROM staff WHERE state <> 'active')")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_two_who_change_the_same_registration_at_once_are_told_apart() {
    let hall = TestHall::open().await;
    let (chief, centre, leader) = (hall.chief("scjg"), hall.administrator(), hall.leader("scjg"));
    let (one, two) = tokio::join!(centre.change(&chief, StaffAct::Suspend), leader.change(&chief, StaffAct::Suspend));
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(refusal(if one.is_ok() { two } else { one }).codes(), ["staff-state"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r20_no_account_has_two_of_managing_using_and_auditing() {
    let hall = TestHall::open().await;
    let keeper = hall.keeper("scjg").person().await.staff;
    let nominated = hall.leader("scjg").nominate(&nominee("", "chief"), Some(&keeper.id.to_string())).await;
    assert_eq!(refusal(nominated).codes(), ["duties-apart"]);
    let chief = hall.chief("scjg").person().await.staff;
    let nominated = hall.leader("scjg").nominate(&nominee("", "reviewer"), Some(&chief.id.to_string())).await;
    assert_eq!(refusal(nominated).codes(), ["duty-fixed"]);
    let premises = hall.close().await;
    for (forced, constraint) in [
        ("UPDATE staff SET duty = 'keeper' WHERE login = 'chief-scjg'", "managing_using_and_auditing_are_apart"),
        ("UPDATE staff SET duty = 'auditor' WHERE login = 'centre'", "managing_using_and_auditing_are_apart"),
        ("UPDATE staff SET side = 'auditing' WHERE login = 'centre'", "managing_using_and_auditing_are_apart"),
        ("UPDATE staff SET duty = 'everything' WHERE login = 'centre'", ""),
        (
            "UPDATE staff SET grade = 'contract' WHERE login = 'chief-scjg'",
            "approvers_are_civil_servants_or_established",
        ),
        (
            "UPDATE staff SET posted_to = '2028-11-19' WHERE login = 'chief-scjg'",
            "chief_representatives_stay_two_years",
        ),
        ("UPDATE staff SET posted_from = NULL WHERE login = 'chief-scjg'", "chief_representatives_stay_two_years"),
        ("UPDATE staff SET deputy = NOT deputy WHERE login = 'centre'", "only_chief_representatives_are_deputised"),
    ] {
        assert!(premises.forbids(forced, constraint).await, "{forced}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_who_decides_is_a_civil_servant_or_established_and_stays_two_years() {
    let hall = TestHall::open().await;
    let mut chief = nominee("chief2-scjg", "chief");
    chief.grade = "contract".to_owned();
    chief.posted_to = "2028-11-19".to_owned();
    let refused = refusal(hall.leader("scjg").nominate(&chief, None).await);
    assert_eq!(refused.codes(), ["not-established", "posting-too-short", "permit-term"]);
    // Where the record says otherwise all the same, the decision itself is refused.
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let mut person = hall.chief("scjg").person().await;
    person.staff.posting = None;
    person.staff.grade = yinxin::hall::staff::Grade::Contract;
    let Asked { certificate, seal_use, shown, .. } = &asked;
    let refused = refusal(approve(&hall.app, &person, certificate, seal_use, *shown, Verdict::Approve).await);
    assert_eq!(refused.codes(), ["not-established", "posting-too-short"]);
}
