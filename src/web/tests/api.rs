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

/// Of the staff and the letters each sees their own; a head suspends, the centre reinstates, a letter is revoked once.
async fn staff_and_letters(api: &Api<'_>, [chief, keeper, auditor]: [&str; 3]) {
    let centre = api.sign_in("centre", None).await;
    let leader = api.sign_in("leader-jsj", None).await;
    api.get(keeper, "/api/v1/staff").await.refused(422, "wrong-duty");
    assert_eq!(api.get(auditor, "/api/v1/staff").await.is(200).json().as_array().unwrap().len(), 37, "all");
    let own = api.get(&leader, "/api/v1/staff").await.is(200).json();
    let logins: Vec<_> = own.as_array().unwrap().iter().map(|one| one["login"].as_str().unwrap()).collect();
    assert_eq!(logins, ["chief-jsj", "deputy-jsj", "keeper-jsj", "leader-jsj"]);
    assert!(!own.to_string().contains("argon2"), "nothing of a password");
    let state = format!("/api/v1/staff/{}/state", own[2]["id"].as_str().unwrap());
    let suspend = json!({ "to": "suspended", "why": "离岗培训" });
    api.post(chief, &state, "s1", &suspend).await.refused(422, "wrong-department");
    assert_eq!(api.post(&leader, &state, "s1", &suspend).await.is(201).json(), json!({ "state": "suspended" }));
    let back = json!({ "to": "active", "why": "培训结束" });
    api.post(&leader, &state, "s2", &back).await.refused(422, "wrong-duty");
    assert_eq!(api.post(&centre, &state, "s2", &back).await.is(201).json(), json!({ "state": "active" }));

    let clerk = api.sign_in("clerk2", Some("A02")).await;
    api.get(&clerk, "/api/v1/letters").await.refused(422, "wrong-duty");
    assert_eq!(api.get(&centre, "/api/v1/letters").await.is(200).json().as_array().unwrap().len(), 8);
    let letters = api.get(&leader, "/api/v1/letters").await.is(200).json();
    assert_eq!((&letters[0]["department"], &letters[0]["state"]), (&json!("jsj"), &json!("filed")));
    let revocation = format!("/api/v1/letters/{}/revocation", letters[0]["id"].as_str().unwrap());
    let why = json!({ "why": "机构调整" });
    api.post(chief, &revocation, "r", &why).await.refused(422, "wrong-department");
    assert_eq!(api.post(&leader, &revocation, "r", &why).await.is(201).json(), json!({ "state": "revoked" }));
    api.post(&leader, &revocation, "r2", &why).await.refused(422, "letter-state");
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

    assert_eq!((&case["due"], &case["remaining"], &case["fee"]), (&json!("2026-11-27"), &json!(5), &json!("free")));
    let leader = api.sign_in("leader-scjg", None).await;
    let more = json!({ "days": 5, "reason": "需要现场核查", "told": "written", "told_on": "2026-11-20" });
    let extension = format!("{of_case}/extension");
    api.post(&chief, &extension, "e", &more).await.refused(422, "wrong-duty");
    api.post(&leader, "/api/v1/cases/2026-A01-999999/extension", "e0", &more).await.refused(404, "not-found");
    assert_eq!(api.post(&leader, &extension, "e", &more).await.is(201).json()["due"], "2026-12-04");
    assert_eq!(api.get(&chief, &of_case).await.is(200).json()["remaining"], 10);
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

    staff_and_letters(&api, [&chief, &keeper, &auditor]).await;

    api.get(&chief, "/api/v1/uses").await.refused(422, "wrong-duty");
    let uses = api.get(&auditor, "/api/v1/uses").await.is(200).json();
    assert_eq!(uses[0]["index"], outcome["case"]["certificates"][0]["uses"][0]["index"]);
    api.get(&chief, "/api/v1/events").await.refused(422, "wrong-duty");
    let feed = api.get(&auditor, "/api/v1/events").await.is(200).json();
    assert_eq!(feed["events"][0]["kind"], "certificate.sealed");
    assert_eq!((&feed["events"][0]["case"], &feed["next"]), (&case["case"], &json!(1)));
    let rest = api.get(&auditor, "/api/v1/events?after=1").await.is(200).json();
    assert_eq!(rest, json!({ "events": [], "next": 1 }));
    api.get(&chief, "/api/v1/figures?month=2026-11").await.refused(422, "wrong-duty");
    let figures = api.get(&auditor, "/api/v1/figures?month=2026-11").await.is(200).json();
    assert_eq!((&figures["uses"], &figures["delivered"], &figures["items"]), (&json!(1), &json!(1), &json!(10)));
    api.get(&chief, &format!("{certificate}/story.pdf")).await.refused(422, "wrong-duty");
    assert!(api.get(&auditor, &format!("{certificate}/story.pdf")).await.is(200).bytes.starts_with(b"%PDF-1."));
    // What was refused above is what the supervision finds.
    crate::acts::supervise::supervise(&site.app).await.unwrap();
    api.get(&keeper, "/api/v1/findings").await.refused(422, "wrong-duty");
    assert_eq!(api.get(&chief, "/api/v1/findings").await.is(200).json(), json!([]), "nothing was assigned");
    let findings = api.get(&auditor, "/api/v1/findings?rule=outside-scope&department=scjg").await.is(200).json();
    let steps = format!("/api/v1/findings/{}/steps", findings[0]["id"].as_str().unwrap());
    let assign = json!({ "act": "assign", "to": "scjg", "by": "2026-11-27", "words": "请说明" });
    api.post(&chief, &steps, "f", &assign).await.refused(422, "wrong-duty");
    assert_eq!(api.post(&auditor, &steps, "f", &assign).await.is(201).json(), json!({ "state": "assigned" }));
    let seals = api.get(&keeper, "/api/v1/seals").await.is(200).json();
    let state = format!("/api/v1/seals/{}/state", seals[0]["id"].as_str().unwrap());
    let change = json!({ "to": "suspended", "why": "钥匙遗失" });
    api.post(&auditor, &state, "s", &change).await.refused(422, "wrong-duty");
    assert_eq!(api.post(&keeper, &state, "s", &change).await.is(201).json(), json!({ "state": "suspended" }));

    let cancel = json!({ "ground": "holder", "reason": "持证人申请" });
    let cancellation = format!("{certificate}/cancellation");
    api.post(&clerk, &cancellation, "x", &cancel).await.refused(422, "wrong-duty");
    assert_eq!(api.post(&chief, &cancellation, "x", &cancel).await.is(201).json()["state"], "cancelled");
    assert_eq!(api.get(&chief, &of_case).await.is(200).json()["certificates"][0]["state"], "cancelled");
    a_fee_and_a_calendar(&api, &clerk, &chief).await;

    for (pdf, verdict) in [(sealed, "valid"), (unsealed, "indeterminate"), (b"no PDF".to_vec(), "invalid")] {
        let report = api.answer(api.request("POST", "/api/v1/verifications").body(pdf)).await.is(200).json();
        assert_eq!(report["verdict"], verdict);
    }
    api.answer(api.request("DELETE", "/api/v1/sessions").bearer_auth(&auditor)).await.is(204);
    api.get(&auditor, "/api/v1/uses").await.refused(401, "signed-out");
    let more = site_of(&format!("{HALL}{}{}", lives::SEALING[0], lives::SEALING[1]), "").await;
    let more = Api::of(&more).await;
    lives::of_a_seal(&more).await;
    lives::of_letters(&more).await;
    lives::of_staff(&more).await;
    lives::of_reports(&more).await;
    api.served.borrow_mut().append(&mut more.served.borrow_mut());
    let every: BTreeSet<_> = api.operations().map(|(method, path, _)| (method.clone(), path.clone())).collect();
    assert_eq!(*api.served.borrow(), every, "each operation has served somebody");
}

/// What is told at once to anybody, a case with materials and a fee, and a year's holidays.
async fn a_fee_and_a_calendar(api: &Api<'_>, clerk: &str, chief: &str) {
    let items = api.answer(api.request("GET", "/api/v1/items")).await.is(200).json();
    let item = api.answer(api.request("GET", "/api/v1/items/220201-scjg-002")).await.is(200).json();
    assert!(items.as_array().unwrap().contains(&item));
    assert_eq!((item["materials"].as_array().unwrap().len(), &item["limit_days"]), (3, &json!(0)));
    api.answer(api.request("GET", "/api/v1/items/nothing")).await.refused(404, "not-found");

    let line = include_str!("../../../tests/data/cases.jsonl").lines().nth(1).unwrap();
    let mut data: Value = serde_json::from_str::<Value>(line).unwrap()["data"].take();
    data["社会信用代码"] = "91220201MA1XY0004T".into();
    let mut asked = json!({ "item": item["code"], "data": data });
    api.post(clerk, CASES, "f", &asked).await.refused(422, "material-missing");
    asked["materials"] = item["materials"].clone();
    let case = api.post(clerk, CASES, "f", &asked).await.is(201).json();
    assert_eq!(case["fee"], "due");
    let (fee, paid) =
        (format!("{CASES}/{}/fee", case["case"].as_str().unwrap()), json!({ "amount": "10.5", "receipt": "吉财1" }));
    api.post(chief, &fee, "f", &paid).await.refused(422, "wrong-duty");
    assert_eq!(api.post(clerk, &fee, "f2", &paid).await.is(201).json()["amount"], "10.50");

    let calendar = "/api/v1/calendar";
    let years = api.get(clerk, calendar).await.is(200).json();
    assert_eq!((years.as_array().unwrap().len(), &years[1]["year"]), (2, &json!(2026)));
    let off = ["2027-01-01/2027-01-03", "2027-02-05/2027-02-12", "2027-05-01/2027-05-05", "2027-10-01/2027-10-07"];
    let year = json!({ "year": 2027, "source": "试拟", "off": off, "work": ["2027-02-13"] });
    api.post(clerk, calendar, "y", &year).await.refused(422, "wrong-duty");
    let centre = api.sign_in("centre", None).await;
    assert_eq!(api.post(&centre, calendar, "y", &year).await.is(201).json()["off"].as_array().unwrap().len(), 23);
    assert_eq!(api.get(clerk, calendar).await.is(200).json().as_array().unwrap().len(), 3);
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
    let often = [("/api/v1/sessions", 422, 40), ("/api/v1/verifications", 200, 40)];
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

/// R18: basis, limits, steps and all materials, told at once to anybody, without signing in.
#[tokio::test]
async fn r18_whoever_asks_is_told_everything_at_once() {
    let site = site().await;
    let api = Api::of(&site).await;
    let item = api.answer(api.request("GET", "/api/v1/items/220201-scjg-002")).await.is(200).json();
    let told = |name: &str| item[name].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>();
    // As tests/data/hall.toml has it.
    let law = "《吉林省食品小作坊小餐饮店小食杂店和食品摊贩管理条例》";
    assert_eq!(told("basis"), ["《中华人民共和国食品安全法》第三十六条", law]);
    assert_eq!(told("materials"), ["小餐饮经营许可申请书", "经营者身份证件复印件", "经营场所平面布局图"]);
    assert_eq!(told("conditional_materials"), ["授权委托书及代理人身份证件（委托他人办理的）"]);
    assert_eq!((&item["legal_days"], &item["limit_days"]), (&json!(15), &json!(0)));
    assert_eq!(item["fee"], "证照工本费（演示用收费项目）");
    assert_eq!((item["integrated"].as_bool(), told("fields").len()), (Some(true), 7));
    let steps = told("steps").join("，");
    assert!(steps.contains("受理") && steps.contains("签批"), "{steps}");
    let other = api.answer(api.request("GET", "/api/v1/items/220201-jsj-001")).await.is(200).json();
    assert_eq!((&other["legal_days"], &other["limit_days"]), (&json!(7), &json!(2)));
}
