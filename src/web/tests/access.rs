//! Signing in and confirming by pages without a script, and by programs.

use serde_json::json;

use super::document::Api;
use super::*;
use crate::passkey::totp;

/// The codes that the account page offers, registered with that of the period before this one.
async fn with_codes<'a>(site: &'a Site, browser: &Browser<'a>, login: &str) -> impl Fn(i64) -> String + use<> {
    let page = browser.page("/account").await;
    assert!(page.contains("role=\"img\" aria-label=\"动态码密钥的二维码\"><svg"), "{page}");
    let id = between(&page, "name=\"codes\" value=\"", "\"").to_owned();
    let staff = site.app.db.staff_by_login(login).await.unwrap().unwrap().id;
    let secret = site.app.vault.one_time_secret(&staff, &id).unwrap();
    assert!(page.contains(&totp::base32(&secret)));
    let now = totp::period(site.app.now().as_second());
    let code = move |later: i64| format!("{:06}", totp::code(&secret, now + later));
    let wrong = [("codes", id.as_str()), ("new_code", "000000"), ("current", "guess")];
    let refused = browser.post("/account/codes", &wrong).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("有 2 处需要改正") && page.contains(&id), "the same code is offered: {page}");
    let before = code(-1);
    let right = [("codes", id.as_str()), ("new_code", before.as_str()), ("current", PASSWORD)];
    let done = browser.post("/account/codes", &right).await;
    assert_eq!(location(&done), "/account?done=codes", "{}", done.status());
    code
}

#[tokio::test]
async fn a_code_confirms_an_approval_without_a_script_and_by_programs() {
    let site = site().await;
    let clerk = site.signed_in("clerk1", "A01").await;
    let fields = fields(1, "d:");
    for key in ["k1", "k2"] {
        assert_eq!(clerk.post(FOOD, &with(&fields, &[("key", key), ("act", "submit")])).await.status(), 303);
    }
    let chief = site.signed_in("chief-scjg", "").await;
    let code = with_codes(&site, &chief, "chief-scjg").await;
    let page = chief.page("/inbox").await;
    let approval = format!("/approvals/{}", between(&page, "href=\"/approvals/", "\""));
    let page = chief.page(&approval).await;
    assert!(page.contains("autocomplete=\"one-time-code\""), "{page}");
    let digest = between(&page, "name=\"digest\" value=\"", "\"").to_owned();
    let approve =
        async |code: &str| chief.post(&approval, &[("digest", &digest), ("decision", "approve"), ("code", code)]).await;
    for (wrong, said) in [("", "请填写身份验证器"), ("000000", "动态码不对"), (code(-1).as_str(), "已经用过")]
    {
        let refused = approve(wrong).await;
        assert_eq!(refused.status(), 422, "{said}");
        let page = refused.text().await.unwrap();
        assert!(page.contains(said) && page.contains("aria-invalid=\"true\""), "{page}");
    }
    let done = approve(&code(0)).await;
    assert!(location(&done).ends_with("?done=sealed"), "{}", done.text().await.unwrap());

    let api = Api::of(&site).await;
    let token = api.sign_in("chief-scjg", None).await;
    let waiting = api.get(&token, "/api/v1/inbox").await.is(200).json();
    let decide = format!("/api/v1/certificates/{}/approvals", waiting[0]["certificate"].as_str().unwrap());
    let mut body = json!({ "use": waiting[0]["use"], "digest": "00".repeat(32), "decision": "approve" });
    let refused = api.post(&token, &decide, "a", &body).await.is(422);
    let codes: Vec<_> = refused.reasons().into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["document-changed", "code-missing"], "all reasons at once");
    body["digest"] = waiting[0]["digest"].clone();
    body["code"] = code(1).into();
    assert_eq!(api.post(&token, &decide, "a", &body).await.is(201).json()["outcome"], "sealed");
}

#[tokio::test]
async fn a_strict_hall_asks_for_a_password_of_ones_own_and_for_more_of_those_who_manage() {
    let site = site_with("[access]\napprovals = \"second-factor\"\npasswords = \"own\"\n").await;
    let mut keeper = site.browser();
    let sent = [("login", "keeper-scjg"), ("password", PASSWORD)];
    assert_eq!(keeper.post("/sign-in", &sent).await.status(), 303);
    assert_eq!(location(&keeper.get("/seals").await), "/account");
    let page = keeper.page("/account").await;
    assert!(page.contains("请先换成自己的") && !page.contains("登记动态码"), "{page}");
    keeper.csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
    let change = |new: &'static str| [("current", PASSWORD), ("password", new), ("again", new)];
    let refused = keeper.post("/account/password", &change("password2026")).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("在外泄口令中很常见"));
    let changed = [("current", PASSWORD), ("password", "松花湖的冬天有雾凇呀"), ("again", "松花湖的冬天有雾凇呀")];
    assert_eq!(location(&keeper.post("/account/password", &changed).await), "/account?done=password");
    // Now the codes, and with one of them the session.
    assert_eq!(location(&keeper.get("/seals").await), "/confirm?next=/seals");
    assert!(keeper.page("/confirm").await.contains("须先登记通行密钥或动态码"));
    let page = keeper.page("/account").await;
    let id = between(&page, "name=\"codes\" value=\"", "\"").to_owned();
    let staff = site.app.db.staff_by_login("keeper-scjg").await.unwrap().unwrap().id;
    let secret = site.app.vault.one_time_secret(&staff, &id).unwrap();
    let code = |later: i64| format!("{:06}", totp::code(&secret, totp::period(site.app.now().as_second()) + later));
    let (one, two, three) = (code(-1), code(0), code(1));
    let register = [("codes", id.as_str()), ("new_code", one.as_str()), ("current", changed[1].1)];
    assert_eq!(location(&keeper.post("/account/codes", &register).await), "/account?done=codes");
    let refused = keeper.post("/confirm", &[("next", "/seals"), ("code", &one)]).await;
    assert!(refused.text().await.unwrap().contains("已经用过"));
    assert_eq!(location(&keeper.post("/confirm", &[("next", "//evil"), ("code", &two)]).await), "/seals");
    assert_eq!(keeper.get("/seals").await.status(), 200);

    let api = Api::of(&site).await;
    let mut body = json!({ "login": "keeper-scjg", "password": changed[1].1 });
    let begun = api.answer(api.request("POST", "/api/v1/sessions").json(&body)).await.is(201).json();
    api.get(begun["token"].as_str().unwrap(), "/api/v1/seals").await.refused(422, "session-unconfirmed");
    body["code"] = three.into();
    let begun = api.answer(api.request("POST", "/api/v1/sessions").json(&body)).await.is(201).json();
    api.get(begun["token"].as_str().unwrap(), "/api/v1/seals").await.is(200);
    let given = json!({ "login": "chief-scjg", "password": PASSWORD });
    api.answer(api.request("POST", "/api/v1/sessions").json(&given)).await.refused(422, "first-password");
}

#[tokio::test]
async fn pages_of_the_public_carry_no_script_of_those_who_sign() {
    let site = site().await;
    let browser = site.browser();
    for path in ["/verify", "/ledger", "/about", "/design", "/design/approval-passkey"] {
        let page = browser.page(path).await;
        assert!(!page.contains("access.js") && !page.contains("data-now"), "{path}");
    }
    assert!(browser.page("/sign-in").await.contains("access.js"));
    assert_eq!(location(&browser.get("/device?next=/inbox").await), "/inbox", "nobody has to sign");
    assert_eq!(browser.post("/device/renew", &[]).await.status(), 404);
}
