//! The JSON interface of a real hall: whom each operation serves and whom it refuses, requests sent again, problems.

use std::collections::BTreeSet;

use serde_json::json;

use super::document::Api;
use super::*;

const CASES: &str = "/api/v1/cases";

/// A food licence asked for, as in the first of tests/data/cases.jsonl.
fn licence() -> Value {
    let line = include_str!("../../../tests/data/cases.jsonl").lines().next().unwrap();
    let case: Value = serde_json::from_str(line).unwrap();
    json!({ "item": case["item"], "data": case["data"] })
}

/// An approval of the first thing that waits for this person, with where it is sent.
async fn approval(api: &Api<'_>, token: &str) -> (String, Value) {
    let waiting = api.get(token, "/api/v1/inbox").await.is(200).json();
    let body = json!({ "use": waiting[0]["use"], "digest": waiting[0]["digest"], "decision": "approve" });
    (format!("/api/v1/certificates/{}", waiting[0]["certificate"].as_str().unwrap()), body)
}

#[tokio::test]
async fn every_operation_serves_its_duty_and_refuses_another() {
    let site = site().await;
    let api = Api::of(&site).await;
    let clerk = api.sign_in("clerk1", Some("A01")).await;
    let desk = api.sign_in("delivery", Some("A09")).await;
    let chief = api.sign_in("chief-scjg", None).await;
    let stranger = api.sign_in("chief-jsj", None).await;
    let keeper = api.sign_in("keeper-scjg", None).await;
    let auditor = api.sign_in("auditor", None).await;
    let wrong = json!({ "login": "auditor", "password": "guess" });
    api.answer(api.request("POST", "/api/v1/sessions").json(&wrong)).await.refused(422, "wrong-password");

    let licence = licence();
    api.post(&chief, "/api/v1/previews", "p", &licence).await.refused(422, "wrong-duty");
    let pages = api.post(&clerk, "/api/v1/previews", "p", &licence).await.is(200).json();
    assert!(pages["pages"][0].as_str().unwrap().starts_with("iVBOR"), "a PNG file in base64");
    api.post(&chief, CASES, "c", &licence).await.refused(422, "wrong-duty");
    let case = api.post(&clerk, CASES, "c", &licence).await.is(201).json();
    let of_case = format!("{CASES}/{}", case["case"].as_str().unwrap());
    assert_eq!(api.get(&chief, CASES).await.is(200).json(), json!([case]));
    assert_eq!(api.get(&stranger, CASES).await.is(200).json(), json!([]), "another department's");
    assert_eq!(api.get(&chief, &of_case).await.is(200).json(), case);
    api.get(&stranger, &of_case).await.refused(404, "not-found");

    api.get(&clerk, "/api/v1/inbox").await.refused(422, "wrong-duty");
    let (certificate, approval) = approval(&api, &chief).await;
    let unsealed = api.get(&chief, &format!("{certificate}/unsealed.pdf")).await.is(200).bytes;
    assert_eq!(crate::digest::Digest::of(&unsealed).to_string(), approval["digest"].as_str().unwrap());
    api.get(&stranger, &format!("{certificate}/unsealed.pdf")).await.refused(404, "not-found");
    api.get(&chief, &format!("{certificate}/sealed.pdf")).await.refused(404, "not-found");
    let decide = format!("{certificate}/approvals");
    api.post(&keeper, &decide, "a", &approval).await.refused(422, "wrong-duty");
    api.post(&stranger, &decide, "a", &approval).await.refused(422, "wrong-department");
    let outcome = api.post(&chief, &decide, "a", &approval).await.is(201).json();
    assert_eq!(
        (&outcome["outcome"], &outcome["case"]["certificates"][0]["state"]),
        (&json!("sealed"), &json!("sealed"))
    );
    let sealed = api.get(&clerk, &format!("{certificate}/sealed.pdf")).await.is(200).bytes;
    assert!(sealed.starts_with(&unsealed), "what was approved is what is sealed");
    api.get(&stranger, &format!("{certificate}/sealed.pdf")).await.refused(404, "not-found");

    let handover = json!({ "receiver": "王小明", "document": "other", "number": "X12345678", "form": "file" });
    let delivery = format!("{of_case}/delivery");
    api.post(&chief, &delivery, "d", &handover).await.refused(422, "wrong-duty");
    let delivered = api.post(&desk, &delivery, "d", &handover).await.is(201).json();
    assert_eq!(delivered["window"], "A09");

    api.get(&chief, "/api/v1/uses").await.refused(422, "wrong-duty");
    let uses = api.get(&auditor, "/api/v1/uses").await.is(200).json();
    assert_eq!(uses[0]["index"], outcome["case"]["certificates"][0]["uses"][0]["index"]);
    api.get(&chief, "/api/v1/events").await.refused(422, "wrong-duty");
    let feed = api.get(&auditor, "/api/v1/events").await.is(200).json();
    assert_eq!(feed["events"][0]["kind"], "certificate.sealed");
    assert_eq!((&feed["events"][0]["case"], &feed["next"]), (&case["case"], &json!(1)));
    let rest = api.get(&auditor, "/api/v1/events?after=1").await.is(200).json();
    assert_eq!(rest, json!({ "events": [], "next": 1 }));
    let seals = api.get(&keeper, "/api/v1/seals").await.is(200).json();
    let state = format!("/api/v1/seals/{}/state", seals[0]["id"].as_str().unwrap());
    let change = json!({ "to": "suspended", "why": "钥匙遗失" });
    api.post(&auditor, &state, "s", &change).await.refused(422, "wrong-duty");
    assert_eq!(api.post(&keeper, &state, "s", &change).await.is(201).json(), json!({ "state": "suspended" }));

    for (pdf, verdict) in [(sealed, "valid"), (unsealed, "indeterminate"), (b"no PDF".to_vec(), "invalid")] {
        let report = api.answer(api.request("POST", "/api/v1/verifications").body(pdf)).await.is(200).json();
        assert_eq!(report["verdict"], verdict);
    }
    api.answer(api.request("DELETE", "/api/v1/sessions").bearer_auth(&auditor)).await.is(204);
    api.get(&auditor, "/api/v1/uses").await.refused(401, "signed-out");
    let every: BTreeSet<_> = api.operations().map(|(method, path, _)| (method.clone(), path.clone())).collect();
    assert_eq!(*api.served.borrow(), every, "each operation has served somebody");
}

#[tokio::test]
async fn a_request_sent_again_is_answered_again_and_carried_out_once() {
    let site = site().await;
    let api = Api::of(&site).await;
    let clerk = api.sign_in("clerk1", Some("A01")).await;
    let licence = licence();
    api.answer(api.request("POST", CASES).bearer_auth(&clerk).json(&licence)).await.refused(400, "unreadable");
    for key in ["", &"k".repeat(129)] {
        api.post(&clerk, CASES, key, &licence).await.refused(400, "unreadable");
    }
    assert_eq!(api.get(&clerk, CASES).await.json(), json!([]), "without a key nothing is done");
    let first = api.post(&clerk, CASES, "k", &licence).await.is(201);
    assert_eq!(api.post(&clerk, CASES, "k", &licence).await.is(201).bytes, first.bytes);
    let mut other = licence.clone();
    other["data"]["经营者名称"] = "吉林市另一家食品有限公司".into();
    api.post(&clerk, CASES, "k", &other).await.refused(409, "conflict");
    assert_eq!(api.get(&clerk, CASES).await.json(), json!([first.json()]), "one case");

    let chief = api.sign_in("chief-scjg", None).await;
    let auditor = api.sign_in("auditor", None).await;
    let (certificate, approval) = approval(&api, &chief).await;
    let decide = format!("{certificate}/approvals");
    let sealed = api.post(&chief, &decide, "k", &approval).await.is(201);
    assert_eq!(api.post(&chief, &decide, "k", &approval).await.is(201).bytes, sealed.bytes);
    api.post(&chief, "/api/v1/certificates/another/approvals", "k", &approval).await.refused(409, "conflict");
    assert_eq!(api.get(&auditor, "/api/v1/uses").await.json().as_array().unwrap().len(), 1, "one use");
    // The number of a case that an approval system gives is a key, too.
    other["case"] = first.json()["case"].clone();
    api.post(&clerk, CASES, "k2", &other).await.refused(409, "conflict");
}

#[tokio::test]
async fn all_that_is_wrong_with_the_data_comes_at_once_and_takes_nothing() {
    let site = site().await;
    let api = Api::of(&site).await;
    let clerk = api.sign_in("clerk1", Some("A01")).await;
    let licence = licence();
    let mut bad = licence.clone();
    bad["data"]["经营者名称"] = "".into();
    bad["data"]["社会信用代码"] = "91220201MA1XY00040".into(); // the check character is T
    bad["data"]["发证日期"] = "2026-02-30".into();
    bad["data"]["多余的一项"] = "甲".into();
    let wanted = [
        ("经营者名称", "blank"),
        ("社会信用代码", "bad-uscc"),
        ("发证日期", "bad-date"),
        ("多余的一项", "unknown-field"),
    ];
    let wanted = BTreeSet::from(wanted.map(|(field, code)| (field.to_owned(), code.to_owned())));
    for path in [CASES, "/api/v1/previews"] {
        let refused = api.post(&clerk, path, "k", &bad).await.is(422);
        assert_eq!((refused.reasons(), refused.json()["code"].as_str()), (wanted.clone(), Some("refused")), "{path}");
    }
    // A refusal is no answer that stands: put right, the same key is good. The first number is still there to be taken.
    let case = api.post(&clerk, CASES, "k", &licence).await.is(201).json();
    assert!(case["certificates"][0]["number"].as_str().unwrap().starts_with("JY1220201000001"), "{case}");
}

#[tokio::test]
async fn what_cannot_be_read_or_comes_too_often_says_so() {
    let site = site().await;
    let api = Api::of(&site).await;
    let clerk = api.sign_in("clerk1", Some("A01")).await;
    let auditor = api.sign_in("auditor", None).await;
    for body in [json!({ "data": {}, "surplus": 1 }), json!({ "data": 1 }), json!({ "item": "?", "data": {} })] {
        api.post(&clerk, CASES, "k", &body).await.refused(400, "unreadable");
    }
    let bare = api.request("POST", CASES).bearer_auth(&clerk).header("Idempotency-Key", "k").body("{\"data\":{}}");
    api.answer(bare).await.refused(400, "unreadable"); // RFC 9110, 8.3: nothing says that it is JSON
    let long = json!({ "data": { "经营者名称": "甲".repeat(MOST_FORM / 3) } });
    api.post(&clerk, CASES, "k", &long).await.refused(413, "too-large");
    for path in ["/api/v1/uses?before=x", "/api/v1/cases?page=-1"] {
        api.get(&auditor, path).await.refused(400, "unreadable");
    }
    let wrong = json!({ "login": "nobody", "password": "x" });
    let often = [("/api/v1/sessions", 422, 12), ("/api/v1/verifications", 200, 40)];
    for (path, first, most) in often {
        let mut answers = Vec::new();
        while answers.len() < most && answers.last().is_none_or(|status| *status == first) {
            answers.push(api.answer(api.request("POST", path).json(&wrong)).await.status);
        }
        assert_eq!(answers.last(), Some(&429), "{path}: {answers:?}");
    }
}

/// A seal's identifiers in the addresses of a page.
fn seals_of_page(page: &str) -> BTreeSet<String> {
    let addresses = page.split("href=\"/seals/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    addresses.filter(|address| address != "apply").collect()
}

#[tokio::test]
async fn seals_are_shown_to_programs_as_they_are_on_the_page() {
    let site = site().await;
    let api = Api::of(&site).await;
    let all = site.app.db.seals().await.unwrap();
    let keepers =
        [("keeper-scjg", "scjg"), ("keeper-jsj", "jsj"), ("leader-jsj", "jsj"), ("centre", ""), ("auditor", "")];
    for (login, department) in keepers {
        let token = api.sign_in(login, None).await;
        let shown = api.get(&token, "/api/v1/seals").await.is(200).json();
        let shown: BTreeSet<String> =
            shown.as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().into()).collect();
        let own = all.iter().filter(|seal| department.is_empty() || seal.department == department);
        assert_eq!(shown, own.map(|seal| seal.id.clone()).collect(), "{login}");
        let page = api.request("GET", "/seals").header("cookie", format!("yinxin={token}")).send().await.unwrap();
        assert_eq!(seals_of_page(&page.text().await.unwrap()), shown, "{login}");
    }
    for (login, window) in [("clerk1", Some("A01")), ("chief-scjg", None)] {
        let token = api.sign_in(login, window).await;
        api.get(&token, "/api/v1/seals").await.refused(422, "wrong-duty");
        let page = api.request("GET", "/seals").header("cookie", format!("yinxin={token}")).send().await.unwrap();
        assert_eq!(page.status(), 403, "{login}");
    }
}
