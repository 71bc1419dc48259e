//! The web of a real hall on a real socket: what guards it, and its main job by browser.

use std::sync::Arc;

use axum::{Router, middleware, routing};
use serde_json::Value;

use super::guard::{csrf::Sent, headers, origin};
use super::router::{Accounts, MOST_FORM, Web, addresses, guarded};
use super::serve::Door;
use crate::acts::set_up::set_up;
use crate::app::{App, Clock, config::Config};

mod access;
mod api;
mod document;
mod health;
mod keeper;
mod lives;
#[path = "../../tests/it/postgres.rs"]
mod postgres;
mod staff;
mod supervision;
mod tls;
mod verify;

const PASSWORD: &str = "correct horse 9";
const HALL: &str = include_str!("../../tests/data/hall.toml");
const CONFIG: &str = r#"
data = "hall"
listen = "127.0.0.1:0"
base_url = "http://127.0.0.1"
origin = "test.example/log"
hall_networks = ["127.0.0.0/8"]
[unlock]
key_file = "hall/unlock.key"
"#;

struct Site {
    url: String,
    app: Arc<App>,
    database: Option<String>,
    _folder: tempfile::TempDir,
}

/// A hall on a Friday morning, served on loopback; two more addresses misbehave.
async fn site() -> Site {
    site_with("").await
}

/// The same with more in its configuration.
async fn site_with(more: &str) -> Site {
    site_of(HALL, more).await
}

/// Another hall.
async fn site_of(hall: &str, more: &str) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let database = postgres::database(None).await;
    let line = database.as_ref().map(|address| format!("database = \"{address}\"\n")).unwrap_or_default();
    let config = Config::parse(&format!("{line}{CONFIG}{more}"), folder.path()).unwrap();
    let clock = Clock::standing_at("2026-11-20T10:00:00+08:00".parse().unwrap());
    set_up(&config, hall, clock.clone(), &[], |_| PASSWORD.to_owned()).await.unwrap();
    let app = Arc::new(App::open(&config, clock).await.unwrap());
    let door = Door::open("127.0.0.1:0".parse().unwrap(), None).unwrap();
    let url = door.url();
    let web = Web::new(app.clone(), &config, door.transport(), Accounts::Hidden);
    let bad = Router::new()
        .route(
            "/panic",
            routing::get(|| async {
                if true {
                    panic!("a secret")
                }
            }),
        )
        .route("/sent", routing::post(|sent: Sent| async move { sent.text("a").to_owned() }))
        .layer(middleware::from_fn(origin::origin));
    let router = guarded(addresses(web).merge(bad), app.hall.name.as_str().into(), door.transport(), [1, 2, 3, 4]);
    tokio::spawn(door.serve(router, std::future::pending()));
    Site { url, app, database, _folder: folder }
}

/// A browser as far as it matters here: keeps its cookie, says where it comes from, follows no redirect.
struct Browser<'a> {
    site: &'a Site,
    client: reqwest::Client,
    csrf: String,
}

const OURS: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];

impl Site {
    fn browser(&self) -> Browser<'_> {
        let policy = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().cookie_store(true).redirect(policy).build().unwrap();
        Browser { site: self, client, csrf: String::new() }
    }

    async fn signed_in(&self, login: &str, window: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let sent = browser.post("/sign-in", &[("login", login), ("password", PASSWORD), ("window", window)]).await;
        assert_eq!(sent.status(), 303, "{}", sent.text().await.unwrap());
        let page = browser.page("/about").await;
        assert!(!page.contains("csrf"), "public pages carry no token");
        let page = browser.page("/cases").await;
        browser.csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
        browser
    }
}

impl Browser<'_> {
    async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(format!("{}{path}", self.site.url)).send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        self.get(path).await.text().await.unwrap()
    }

    async fn send(&self, path: &str, headers: &[(&str, &str)], body: String) -> reqwest::Response {
        let request = self.client.post(format!("{}{path}", self.site.url)).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        headers.iter().fold(request, |r, (n, v)| r.header(*n, *v)).send().await.unwrap()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let coded = |text: &str| super::error::in_query(text);
        let pair = |(n, v): &(&str, &str)| format!("{}={}", coded(n), coded(v));
        let mut body: Vec<String> = fields.iter().map(pair).collect();
        body.push(format!("csrf={}", self.csrf));
        self.send(path, &OURS, body.join("&")).await
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap().0
}

fn location(response: &reqwest::Response) -> &str {
    response.headers().get("location").map_or("", |v| v.to_str().unwrap())
}

const FOOD: &str = "/cases/new/220201-scjg-001";

/// The fields of a case of tests/data/cases.jsonl (counted from 1), sent under this prefix.
fn fields(case: usize, prefix: &str) -> Vec<(String, String)> {
    let line = include_str!("../../tests/data/cases.jsonl").lines().nth(case - 1).unwrap();
    let case: Value = serde_json::from_str(line).unwrap();
    let data = case["data"].as_object().unwrap();
    data.iter().map(|(name, value)| (format!("{prefix}{name}"), value.as_str().unwrap().to_owned())).collect()
}

fn with<'a>(fields: &'a [(String, String)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let site = site().await;
    let browser = site.browser();
    let paths =
        ["/about", "/verify", "/design", "/design/approval", "/nowhere", "/ledger", "/log/checkpoint", "/readyz"];
    for path in paths {
        let answer = browser.get(path).await;
        let header = |name| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        assert_eq!(header("content-security-policy"), headers::CONTENT_SECURITY_POLICY, "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert!(header("x-request-id").starts_with("01020304-"), "{path}");
        assert!(!header("cache-control").is_empty(), "{path}");
        assert_eq!(header("strict-transport-security"), "", "plain http promises no TLS");
        assert_eq!(answer.status(), if path == "/nowhere" { 404 } else { 200 }, "{path}");
    }
}

#[tokio::test]
async fn failures_have_words_and_an_id_and_nothing_of_ours() {
    let site = site().await;
    let browser = site.browser();
    let lost = browser.get("/nowhere").await;
    let id = lost.headers()["x-request-id"].to_str().unwrap().to_owned();
    let page = lost.text().await.unwrap();
    assert!(page.contains("没有这个页面") && page.contains(&id));
    let broken = browser.get("/panic").await;
    assert_eq!(broken.status(), 500);
    let page = broken.text().await.unwrap();
    assert!(page.contains("我们这边出错了") && !page.contains("a secret"));
    for path in ["/log/tile/0/999", "/api/v1/nowhere"] {
        let lost = browser.get(path).await;
        assert_eq!(lost.status(), 404);
        let problem: Value = lost.json().await.unwrap();
        assert_eq!(problem["code"], "not-found", "{path}");
        assert!(problem["id"].as_str().unwrap().starts_with("01020304-"));
    }
}

#[tokio::test]
async fn only_our_own_pages_send_forms_and_not_too_long_ones() {
    let site = site().await;
    let browser = site.browser();
    assert_eq!(browser.send("/sent", &OURS, "a=b".into()).await.text().await.unwrap(), "b");
    assert_eq!(browser.send("/sent", &[("sec-fetch-site", "cross-site")], "a=b".into()).await.status(), 403);
    assert_eq!(browser.send("/sent", &[], "a=b".into()).await.status(), 403);
    assert_eq!(browser.send("/sent", &[("origin", &site.url)], "a=b".into()).await.status(), 200);
    let long = browser.send("/sent", &OURS, "a=".to_owned() + &"b".repeat(MOST_FORM)).await;
    assert_eq!(long.status(), 413);
    assert!(long.text().await.unwrap().contains("文件太大"));
}

#[tokio::test]
async fn the_ledger_is_served_as_its_specification_says() {
    let site = site().await;
    let browser = site.browser();
    // Seals were opened when the hall was set up: fewer than 256 entries, so one part of a tile.
    let checkpoint = browser.get("/log/checkpoint").await;
    assert_eq!(checkpoint.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(checkpoint.headers()["cache-control"], "no-store");
    let text = checkpoint.text().await.unwrap();
    let size: usize = text.lines().nth(1).unwrap().parse().unwrap();
    let tile = browser.get(&format!("/log/tile/0/000.p/{size}")).await;
    assert_eq!(tile.headers()["content-type"], "application/octet-stream");
    assert!(tile.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(tile.headers()["access-control-allow-origin"], "*");
    assert_eq!(tile.bytes().await.unwrap().len(), 32 * size);
    assert_eq!(browser.get(&format!("/log/tile/entries/000.p/{size}")).await.status(), 200);
    for path in ["/log/tile/..%2fcheckpoint", "/log/tile/0/00", "/log/tile/0", "/log/tile/0/000"] {
        assert_eq!(browser.get(path).await.status(), 404, "{path}");
    }
    for list in ["root", "issuing"] {
        let answer = browser.get(&format!("/crl/{list}.crl")).await;
        assert_eq!(answer.headers()["content-type"], "application/pkix-crl");
    }
    assert_eq!(browser.get("/crl/log.vkey").await.status(), 404);
}

#[tokio::test]
async fn sessions_are_strict() {
    let site = site().await;
    let mut stranger = site.browser();
    let inbox = stranger.get("/inbox").await;
    assert_eq!((inbox.status().as_u16(), location(&inbox)), (303, "/sign-in?next=/inbox"));
    let wrong = stranger.post("/sign-in", &[("login", "auditor"), ("password", "guess")]).await;
    assert_eq!(wrong.status(), 422);
    assert!(wrong.headers().get("set-cookie").is_none());
    let page = wrong.text().await.unwrap();
    assert!(page.contains("工号或口令不正确") && !page.contains("guess"));
    let empty = stranger.post("/sign-in", &[("login", ""), ("password", "")]).await.text().await.unwrap();
    assert!(empty.contains("有 2 处需要改正") && empty.matches("aria-invalid=\"true\"").count() == 2, "{empty}");
    let right = [("login", "auditor"), ("password", PASSWORD), ("next", "/uses?department=scjg")];
    let entered = stranger.post("/sign-in", &right).await;
    assert_eq!(location(&entered), "/uses?department=scjg");
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("yinxin=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    // No token, another's token: nothing is done.
    assert_eq!(stranger.post("/sign-out", &[]).await.status(), 403);
    let clerk = site.signed_in("clerk1", "A01").await;
    stranger.csrf.clone_from(&clerk.csrf);
    assert_eq!(stranger.post("/sign-out", &[]).await.status(), 403);
    stranger.csrf = between(&stranger.page("/uses").await, "name=\"csrf\" value=\"", "\"").to_owned();
    for path in ["/inbox", "/cases/new", "/delivery"] {
        assert_eq!(stranger.get(path).await.status(), 403, "an auditor at {path}");
    }
    assert_eq!(location(&stranger.post("/sign-out", &[]).await), "/sign-in");
    assert_eq!(stranger.get("/uses").await.status(), 303);
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(stranger.post("/sign-in", &[("login", "nobody"), ("password", "x")]).await.status().as_u16());
    }
    assert!(answers.contains(&429), "{answers:?}");
}

#[tokio::test]
async fn a_licence_by_browser_from_the_form_to_the_citizen() {
    let site = site().await;
    let clerk = site.signed_in("clerk1", "A01").await;
    let fields = fields(1, "d:");

    // All that is wrong comes at once, beside the fields, and what was filled in stays.
    let mut blank = fields.clone();
    blank.iter_mut().filter(|(n, _)| n == "d:经营者名称" || n == "d:社会信用代码").for_each(|(_, v)| v.clear());
    let refused = clerk.post(FOOD, &with(&blank, &[("key", "k1"), ("act", "submit")])).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("有 2 处需要改正"), "{page}");
    assert!(page.contains("value=\"𠮷田华\""));
    assert_eq!(page.matches("aria-invalid=\"true\"").count(), 2);
    let panel = clerk.post(&format!("{FOOD}/preview"), &with(&fields, &[])).await.text().await.unwrap();
    assert!(panel.contains("data:image/png;base64,iVBOR") && !panel.contains("<html"));

    // The same form sent twice at once is one case; changed and sent again it is told so.
    let sent = with(&fields, &[("key", "k1"), ("act", "submit")]);
    let (one, two) = tokio::join!(clerk.post(FOOD, &sent), clerk.post(FOOD, &sent));
    assert_eq!((one.status().as_u16(), two.status().as_u16()), (303, 303));
    assert_eq!(location(&one), location(&two));
    assert_eq!(location(&one), "/cases/2026-A01-000001?done=submitted");
    let mut other = fields.clone();
    other[0].1.push('甲');
    let changed = clerk.post(FOOD, &with(&other, &[("key", "k1"), ("act", "submit")])).await;
    assert_eq!(changed.status(), 409);
    assert!(changed.text().await.unwrap().contains("已经提交过"));
    let page = clerk.page("/cases/2026-A01-000001").await;
    assert!(page.contains("等首席代表签批"));
    assert!(clerk.page("/cases/new").await.contains("href=\"/cases/new\" accesskey=\"3\" aria-current=\"page\""));

    // The chief sees the pages and their digest, and approves exactly that.
    let chief = site.signed_in("chief-scjg", "").await;
    let inbox = chief.page("/inbox").await;
    let approval = format!("/approvals/{}", between(&inbox, "href=\"/approvals/", "\""));
    let page = chief.page(&approval).await;
    let digest = between(&page, "name=\"digest\" value=\"", "\"").to_owned();
    let picture = chief.get(&between(&page, "<img src=\"", "\"").replace("&amp;", "&")).await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    let refused = chief.post(&approval, &[("digest", &digest), ("decision", "refuse"), ("why", " ")]).await;
    assert_eq!(refused.status(), 422);
    let wrong = "0".repeat(64);
    let refused = chief.post(&approval, &[("digest", &wrong), ("decision", "approve")]).await;
    assert_eq!(refused.status(), 422);
    let approve = [("digest", digest.as_str()), ("decision", "approve")];
    let (one, two) = tokio::join!(chief.post(&approval, &approve), chief.post(&approval, &approve));
    for answer in [&one, &two] {
        assert_eq!((answer.status().as_u16(), location(answer)), (303, "/inbox?done=sealed"));
    }

    // Handed out once, at the delivery window and nowhere else, with the number masked.
    let desk = site.signed_in("delivery", "A09").await;
    let ready = "/delivery/2026-A01-000001";
    assert!(desk.page("/cases/2026-A01-000001").await.contains(ready));
    let page = clerk.page("/cases/2026-A01-000001").await;
    assert!(page.contains("等统一出件窗口") && !page.contains("/delivery"), "an intake window hands nothing out");
    for path in ["/delivery", ready] {
        let refused = clerk.get(path).await;
        assert_eq!(refused.status(), 403, "{path}");
        let page = refused.text().await.unwrap();
        assert!(page.contains("没有这项权限") && page.contains("窗口一") && !page.contains("工作人员登录"), "{page}");
    }
    let receipt =
        [("receiver", "王小明"), ("document", "identity-card"), ("number", "220202199003071230"), ("form", "paper")];
    let bare = desk.post("/delivery/2026-A01-000001", &receipt[..1]).await;
    assert_eq!(bare.status(), 422);
    assert!(bare.text().await.unwrap().contains("有 3 处需要改正"));
    assert_eq!(location(&desk.post("/delivery/2026-A01-000001", &receipt).await), "/delivery?done=delivered");
    let page = clerk.page("/cases/2026-A01-000001").await;
    assert!(page.contains("王小明") && page.contains("1230") && !page.contains("220202199003071230"));

    // The auditor finds the one use and its proof.
    let auditor = site.signed_in("auditor", "").await;
    let uses = auditor.page("/uses").await;
    assert_eq!(uses.matches("食品经营许可证 JY1").count(), 1);
    let index = between(&uses, "href=\"/uses/", "\"");
    assert!(auditor.page(&format!("/uses/{index}/proof")).await.starts_with("c2sp.org/tlog-proof@v1\n"));
    assert_eq!(auditor.get(&format!("/uses/{index}")).await.status(), 200);

    // The citizen: genuine, then with one bit changed.
    let id = between(&page, "/certificates/", "/").to_owned();
    let pdf = clerk.get(&format!("/certificates/{id}/pdf")).await.bytes().await.unwrap().to_vec();
    let verdict = |bytes: Vec<u8>| {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("证照.pdf");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = clerk.client.post(format!("{}/verify", site.url)).multipart(form);
        async { request.header(OURS[0].0, OURS[0].1).send().await.unwrap().text().await.unwrap() }
    };
    assert!(verdict(pdf.clone()).await.contains("<section class=\"verdict valid\""));
    let mut changed = pdf.clone();
    changed[2000] ^= 1;
    assert!(verdict(changed).await.contains("<section class=\"verdict invalid\""));
    let nothing = verdict(Vec::new()).await;
    assert!(nothing.contains("还没有选择文件"));
    let row = site.app.db.certificate(&id).await.unwrap().unwrap();
    let lookup = site.browser().page(&format!("/q/2026-A01-000001/{}", row.lookup_code)).await;
    assert!(lookup.contains("已签发") && lookup.contains(&row.number) && !lookup.contains("江城惠民"));
    let unknown = site.browser().get("/q/2026-A01-000001/guess").await;
    assert_eq!(unknown.status(), 404);
    assert!(unknown.text().await.unwrap().contains("请勿采信"));
    assert!(clerk.page("/nowhere").await.contains("窗口一"), "who is signed in stays so on a page that is not there");
}

#[tokio::test]
async fn a_letter_of_authorization_is_opened_by_whom_it_concerns() {
    let site = site().await;
    let admin = site.signed_in("centre", "").await;
    let hall = admin.page("/hall").await;
    let before = hall.split_once("吉林市市场监督管理局经济技术开发区分局</a>").unwrap().0;
    let letter = format!("/letters/{}/pdf", between(before.rsplit_once("/letters/").unwrap().1, "", "\""));
    for (login, window, status) in [
        ("centre", "", 200),
        ("auditor", "", 200),
        ("chief-scjg", "", 200),
        ("leader-scjg", "", 200),
        ("keeper-scjg", "", 200),
        ("chief-jsj", "", 404),
        ("keeper-jsj", "", 404),
        ("clerk1", "A01", 404),
    ] {
        let answer = site.signed_in(login, window).await.get(&letter).await;
        assert_eq!(answer.status(), status, "{login}");
        let pdf = answer.headers()["content-type"] == "application/pdf";
        assert_eq!(pdf, status == 200, "{login}");
    }
    assert_eq!(site.browser().get(&letter).await.status(), 303);
}

/// Approves the first thing in an approver's inbox; gives where that leads and what the button had said.
async fn approve_first(approver: &Browser<'_>) -> (String, String) {
    let address = format!("/approvals/{}", between(&approver.page("/inbox").await, "href=\"/approvals/", "\""));
    let page = approver.page(&address).await;
    let digest = between(&page, "name=\"digest\" value=\"", "\"");
    let said = between(&page, "accesskey=\"a\">", "<").to_owned();
    let answer = approver.post(&address, &[("digest", digest), ("decision", "approve")]).await;
    (location(&answer).to_owned(), said)
}

#[tokio::test]
async fn several_departments_decide_and_one_case_is_sealed() {
    let site = site().await;
    let clerk = site.signed_in("clerk1", "A01").await;
    let mut sent = fields(15, "d:");
    sent.extend(fields(4, "c:220201-ghfj-001:"));
    sent.extend(fields(3, "c:220201-jsj-001:"));
    sent.push(("key".into(), "k".into()));
    let answer = clerk.post("/cases/new/joint-0", &with(&sent, &[])).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    let case = location(&answer).split('?').next().unwrap().to_owned();

    let chief = site.signed_in("chief-jsj", "").await;
    let leader = site.signed_in("leader-jsj", "").await;
    assert!(leader.page("/inbox").await.contains("没有等您签批的"), "the chief comes first");
    let (_, said) = approve_first(&chief).await;
    assert_eq!(said, "批准，送其余各审批人");
    let (next, said) = approve_first(&chief).await;
    assert_eq!((next.as_str(), said.as_str()), ("/inbox?done=approved", "批准，送分管领导"));
    let (next, _) = approve_first(&leader).await;
    assert_eq!(next, "/inbox?done=approved", "what is decided waits no longer");
    let chief = site.signed_in("chief-ghfj", "").await;
    approve_first(&chief).await;
    approve_first(&chief).await;
    let leader = site.signed_in("leader-ghfj", "").await;
    approve_first(&leader).await;
    let (next, said) = approve_first(&leader).await;
    assert_eq!((next.as_str(), said.as_str()), ("/inbox?done=sealed", "批准并用印"));
    let page = clerk.page(&case).await;
    assert_eq!(page.matches("已用印</span>").count(), 3);
    assert_eq!(page.matches("账本第").count(), 4, "two seals on one of three documents");
}
