//! The lives of seals, letters, staff and reports through the JSON interface: proposed by one person, decided by another.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use super::document::Api;
use super::*;

/// Two more items: under one a department seals its letters, under the other the hall its reports.
pub(super) const SEALING: [&str; 2] =
    [include_str!("../../../tests/data/sealed-letters.toml"), include_str!("../../../tests/data/sealed-reports.toml")];

fn scan() -> String {
    BASE64_STANDARD.encode(include_bytes!("../../../tests/data/pdf/typst-a2b.pdf"))
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

/// A new seal from its application to its filing; then in another one's place, which is declined, and withdrawn.
pub(super) async fn of_a_seal(api: &Api<'_>) {
    let keeper = api.sign_in("keeper-scjg", None).await;
    let centre = api.sign_in("centre", None).await;
    let stranger = api.sign_in("keeper-jsj", None).await;
    let decide = |step: &Value| format!("/api/v1/seal-steps/{}/decision", step["id"].as_str().unwrap());
    let (confirm, decline) = (json!({ "decision": "confirm" }), json!({ "decision": "decline", "why": "暂缓" }));

    let old = api.get(&keeper, "/api/v1/seals").await.is(200).json()[0].clone();
    let asked = json!({ "kind": "approval", "name": "吉林市市场监督管理局", "diameter_mm": 42, "why": "机构更名" });
    api.post(&centre, "/api/v1/seals", "a", &asked).await.refused(422, "wrong-duty");
    let step = api.post(&keeper, "/api/v1/seals", "a", &asked).await.is(201).json();
    assert_eq!(
        (&step["state"], &step["yours"], &step["plan"]["act"]),
        (&json!("pending"), &json!("withdraw"), &json!("apply"))
    );
    assert_eq!(api.get(&centre, "/api/v1/seal-steps").await.is(200).json()[0]["yours"], "decide");
    assert_eq!(api.get(&stranger, "/api/v1/seal-steps").await.is(200).json(), json!([]));
    let look = |step: &Value, what: &str| format!("/api/v1/seal-steps/{}/{what}", step["id"].as_str().unwrap());
    let imprint = api.get(&centre, &look(&step, "imprint.svg")).await.is(200).bytes;
    assert!(String::from_utf8(imprint).unwrap().contains("<svg"));
    api.get(&stranger, &look(&step, "imprint.svg")).await.refused(404, "not-found");
    api.post(&keeper, &decide(&step), "b", &confirm).await.refused(422, "same-person");
    api.post(&stranger, &decide(&step), "b", &confirm).await.refused(422, "wrong-department");
    let done = api.post(&centre, &decide(&step), "b", &confirm).await.is(201);
    assert_eq!((&done.json()["state"], &done.json()["yours"]), (&json!("done"), &Value::Null));
    assert_eq!(api.post(&centre, &decide(&step), "b", &confirm).await.is(201).bytes, done.bytes, "sent again");
    api.post(&centre, &decide(&step), "b2", &confirm).await.refused(422, "step-decided");

    let steps = format!("/api/v1/seals/{}/steps", step["seal"].as_str().unwrap());
    let want = |act: Value| json!({ "step": act, "why": "机构更名" });
    let make = api.post(&centre, &steps, "c", &want(json!({ "act": "make" }))).await.is(201).json();
    api.post(&keeper, &decide(&make), "d", &confirm).await.is(201);
    let code = api.get(&keeper, "/api/v1/seals").await.is(200).json();
    let code = code.as_array().unwrap().iter().find(|seal| seal["state"] == "made").unwrap()["code"].clone();
    let filing = |document: &str| {
        want(
            json!({ "act": "file", "code": code, "number": "吉公备〔2026〕7号", "on": "2026-11-19", "document": document }),
        )
    };
    api.post(&keeper, &steps, "e", &filing("no base64!")).await.refused(400, "unreadable");
    api.post(&keeper, &steps, "e", &filing(&BASE64_STANDARD.encode("no PDF"))).await.refused(422, "not-a-pdf");
    let large = BASE64_STANDARD.encode(vec![b' '; 20 << 20]);
    api.post(&keeper, &steps, "e", &filing(&large)).await.refused(422, "not-a-pdf");
    api.post(&keeper, &steps, "e", &filing(&"A".repeat(30 << 20))).await.is(413);
    let file = api.post(&keeper, &steps, "e", &filing(&scan())).await.is(201).json();
    assert_eq!(file["document"], file["plan"]["document"]);
    let seen = api.get(&centre, &look(&file, "document.pdf")).await.is(200).bytes;
    assert_eq!(seen, BASE64_STANDARD.decode(scan()).unwrap());
    api.get(&stranger, &look(&file, "document.pdf")).await.refused(404, "not-found");
    api.post(&centre, &decide(&file), "f", &confirm).await.is(201);

    let of_old = format!("/api/v1/seals/{}/steps", old["id"].as_str().unwrap());
    let replace = want(json!({ "act": "replace", "by": step["seal"] }));
    let first = api.post(&keeper, &of_old, "g", &replace).await.is(201).json();
    assert_eq!(api.post(&centre, &decide(&first), "h", &decline).await.is(201).json()["state"], "declined");
    let second = api.post(&keeper, &of_old, "i", &replace).await.is(201).json();
    api.post(&keeper, &of_old, "j", &want(json!({ "act": "renew" }))).await.refused(422, "step-pending");
    assert_eq!(api.post(&keeper, &decide(&second), "k", &decline).await.is(201).json()["state"], "withdrawn");
    let all = api.get(&keeper, &of_old).await.is(200).json();
    let states: BTreeSet<_> = all.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, BTreeSet::from(["declined", "withdrawn"]));
}

/// A letter that the leader signs and the department seals; another that is filed as a scan; one that is sent back.
pub(super) async fn of_letters(api: &Api<'_>) {
    let [chief, leader, keeper, stranger] =
        ["chief-scjg", "leader-scjg", "keeper-scjg", "chief-jsj"].map(|login| api.sign_in(login, None));
    let (chief, leader, keeper, stranger) = (chief.await, leader.await, keeper.await, stranger.await);
    let letters = "/api/v1/letters";
    let letter = json!({ "powers": ["审批决定权", "审批专用章使用权"], "items": ["220201-scjg-001"], "from": "2026-11-20", "to": "2027-11-19" });
    let nothing = json!({ "powers": [], "items": [], "from": "", "to": "2026-12-31" });
    let said = api.post(&chief, letters, "letter-n", &nothing).await.is(422);
    assert_eq!(said.json()["reasons"].as_array().unwrap().len(), 3, "all at once: {}", said.json());
    api.post(&leader, letters, "letter-n", &letter).await.refused(422, "wrong-duty");
    let (sign, decline) = (json!({ "decision": "sign" }), json!({ "decision": "decline", "why": "期限过长" }));
    let mut proposed = Vec::new();
    for key in ["letter-1", "letter-2", "letter-3"] {
        proposed.push(format!("{letters}/{}", id(&api.post(&chief, letters, key, &letter).await.is(201).json())));
    }
    let [sealed, filed, declined] = proposed.try_into().unwrap();
    assert!(api.get(&leader, &format!("{sealed}/letter.pdf")).await.is(200).bytes.starts_with(b"%PDF-1."));
    api.get(&stranger, &format!("{sealed}/letter.pdf")).await.refused(404, "not-found");
    api.post(&chief, &format!("{sealed}/decision"), "letter-s", &sign).await.refused(422, "wrong-duty");
    for (letter, decision, state) in
        [(&sealed, &sign, "approved"), (&filed, &sign, "approved"), (&declined, &decline, "declined")]
    {
        let key = letter.rsplit('/').next().unwrap();
        let done = api.post(&leader, &format!("{letter}/decision"), key, decision).await.is(201).json();
        assert_eq!(done["state"], state);
    }
    let filing = json!({ "scan": scan() });
    api.post(&chief, &format!("{filed}/filing"), "letter-f", &filing).await.refused(422, "wrong-duty");
    let done = api.post(&keeper, &format!("{filed}/filing"), "letter-f", &filing).await.is(201).json();
    assert_eq!((&done["state"], &done["filed_as"]), (&json!("filed"), &json!("scan")));

    let seen = api.get(&leader, &format!("{filed}/scan.pdf")).await.is(200).bytes;
    assert_eq!(seen, BASE64_STANDARD.decode(scan()).unwrap());
    api.get(&stranger, &format!("{filed}/scan.pdf")).await.refused(404, "not-found");

    let sealing = format!("{sealed}/sealing");
    api.post(&chief, &sealing, "letter-x", &Value::Null).await.refused(422, "wrong-duty");
    let case = api.post(&keeper, &sealing, "letter-x", &Value::Null).await.is(201).json();
    assert_eq!(case["title"], "授权委托书用印");
    assert_eq!(api.post(&keeper, &sealing, "letter-y", &Value::Null).await.is(201).json(), case, "asked again");
}

/// Somebody nominated and registered, whose first password is said once; a deputy on the rota and off it.
pub(super) async fn of_staff(api: &Api<'_>) {
    let [leader, chief, centre] = ["leader-scjg", "chief-scjg", "centre"].map(|login| api.sign_in(login, None));
    let (leader, chief, centre) = (leader.await, chief.await, centre.await);
    let nominations = "/api/v1/nominations";
    let somebody = json!({
        "login": "chief2-scjg", "name": "李四", "duty": "chief", "grade": "established",
        "posted_from": "2026-11-20", "posted_to": "2028-11-20", "permit_to": "2028-11-20",
    });
    api.post(&centre, nominations, "staff-n", &somebody).await.is(422);
    let mut other = somebody.clone();
    other["login"] = "chief3-scjg".into();
    let first = id(&api.post(&leader, nominations, "staff-n", &somebody).await.is(201).json());
    let second = id(&api.post(&leader, nominations, "staff-o", &other).await.is(201).json());
    let waiting = api.get(&centre, nominations).await.is(200).json();
    assert_eq!(waiting.as_array().unwrap().len(), 2);
    let decision = |of: &str| format!("{nominations}/{of}/decision");
    let consent = json!({ "decision": "consent" });
    api.post(&leader, &decision(&first), "staff-c", &consent).await.refused(422, "wrong-duty");
    let done = api.post(&centre, &decision(&first), "staff-c", &consent).await.is(201).json();
    let password = done["first_password"].as_str().unwrap().to_owned();
    let again = api.post(&centre, &decision(&first), "staff-c", &consent).await.is(201).json();
    assert_eq!((&again["staff"], &again["first_password"]), (&done["staff"], &Value::Null), "said once, kept nowhere");
    let body = json!({ "login": "chief2-scjg", "password": password });
    api.answer(api.request("POST", "/api/v1/sessions").json(&body)).await.is(201);
    let decline = json!({ "decision": "decline", "why": "编制已满" });
    assert_eq!(api.post(&centre, &decision(&second), "staff-d", &decline).await.is(201).json()["state"], "declined");

    let staff = api.get(&leader, "/api/v1/staff").await.is(200).json();
    let deputy = id(staff.as_array().unwrap().iter().find(|one| one["login"] == "deputy-scjg").unwrap());
    let days = |first: &str| json!({ "deputy": deputy, "first_day": first, "last_day": "2026-11-22" });
    api.post(&centre, "/api/v1/rota", "staff-r", &days("2026-11-20")).await.refused(422, "wrong-duty");
    api.post(&chief, "/api/v1/rota", "staff-r", &days("2026-11-23")).await.refused(422, "dates-order");
    let watch = id(&api.post(&chief, "/api/v1/rota", "staff-r", &days("2026-11-20")).await.is(201).json());
    assert_eq!(api.get(&leader, "/api/v1/rota").await.is(200).json()[0]["id"], watch);
    let withdrawal = format!("/api/v1/rota/{watch}/withdrawal");
    assert_eq!(api.post(&chief, &withdrawal, "staff-w", &Value::Null).await.is(201).json()["state"], "withdrawn");
    api.post(&chief, &withdrawal, "staff-w2", &Value::Null).await.refused(422, "withdrawn-already");
}

/// A report made by the auditor and brought to be sealed by a window; the record of a meeting.
pub(super) async fn of_reports(api: &Api<'_>) {
    let auditor = api.sign_in("auditor", None).await;
    let clerk = api.sign_in("clerk1", Some("A01")).await;
    let chief = api.sign_in("chief-scjg", None).await;
    let (reports, november) = ("/api/v1/reports", json!({ "month": "2026-11" }));
    api.post(&auditor, reports, "report-m", &json!({ "month": "soon" })).await.refused(400, "unreadable");
    api.post(&clerk, reports, "report-m", &november).await.refused(422, "wrong-duty");
    let made = api.post(&auditor, reports, "report-m", &november).await.is(201).json();
    assert_eq!(api.get(&clerk, reports).await.is(200).json(), json!([made]));
    let pdf = api.get(&auditor, &format!("{reports}/2026-11/1/report.pdf")).await.is(200).bytes;
    assert_eq!(crate::digest::Digest::of(&pdf).to_string(), made["document"].as_str().unwrap());
    api.get(&auditor, &format!("{reports}/2026-11/first/report.pdf")).await.refused(404, "not-found");
    let sealing = format!("{reports}/2026-11/1/sealing");
    api.post(&auditor, &sealing, "report-s", &Value::Null).await.refused(422, "wrong-duty");
    let case = api.post(&clerk, &sealing, "report-s", &Value::Null).await.is(201).json();
    assert_eq!(case["title"], "政务服务电子监察通报用印");

    let record = json!({ "record": scan() });
    api.post(&clerk, "/api/v1/meetings", "report-r", &record).await.refused(422, "wrong-duty");
    let kept = api.post(&chief, "/api/v1/meetings", "report-r", &record).await.is(201).json();
    assert_eq!(kept["digest"], crate::digest::Digest::of(&BASE64_STANDARD.decode(scan()).unwrap()).to_string());
}
