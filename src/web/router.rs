//! Every address on one screen, grouped by who calls it.
use std::{path::Path, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::StatusCode,
    middleware,
    routing::get,
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use super::{
    desks::{design, front},
    guard::{
        headers::{self, Transport},
        observe::{self, Ids},
        origin, trouble,
    },
    kit::Shell,
    log_files::{self, LogFiles},
};

/// The largest form or JSON document taken, in bytes.
pub const MOST_FORM: usize = 1024 * 1024;
/// The longest any request may take.
pub const MOST_TIME: Duration = Duration::from_secs(60);

/// What the desks share.
#[derive(Clone)]
pub struct Web {
    /// The hall's name.
    pub hall: Arc<str>,
    /// Whether the server speaks TLS itself.
    pub transport: Transport,
    /// The ledger's published files.
    pub log: LogFiles,
}

impl FromRef<Web> for LogFiles {
    fn from_ref(web: &Web) -> Self {
        web.log.clone()
    }
}

impl Web {
    /// `log`: the directory with the ledger's published files.
    pub fn new(hall: &str, transport: Transport, log: &Path) -> Self {
        Web { hall: hall.into(), transport, log: LogFiles(log.into()) }
    }

    /// The frame of a public page.
    pub fn shell(&self, title: &str, here: &str) -> Shell {
        Shell { title: title.into(), hall: self.hall.to_string(), here: here.into(), ..Shell::default() }
    }
}

/// The whole site. `start` is drawn at random for this run and begins every request's id.
pub fn router(web: Web, start: [u8; 4]) -> Router {
    let (hall, transport) = (web.hall.clone(), web.transport);
    guarded(addresses(web), hall, transport, start)
}

fn addresses(web: Web) -> Router {
    let anybody = Router::new()
        .route("/about", get(front::about))
        .route("/design", get(design::whole))
        .route("/design/{page}", get(design::sample))
        .route("/assets/{file}", get(front::asset));
    let monitors = Router::new()
        .route("/healthz", get(front::live))
        .route("/log/checkpoint", get(log_files::checkpoint))
        .route("/log/tile/{*path}", get(log_files::tile));
    let pages = Router::new().merge(anybody).layer(middleware::from_fn(origin::origin));
    pages.merge(monitors).with_state(web)
}

/// What every request passes, innermost first.
fn guarded(router: Router, hall: Arc<str>, transport: Transport, start: [u8; 4]) -> Router {
    router
        .layer(DefaultBodyLimit::max(MOST_FORM))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MOST_TIME))
        .layer(CatchPanicLayer::custom(trouble::panicked))
        .layer(middleware::from_fn_with_state(hall, trouble::trouble))
        .layer(middleware::from_fn_with_state(transport, headers::headers))
        .layer(middleware::from_fn_with_state(Arc::new(Ids::new(start)), observe::observe))
}

#[cfg(test)]
mod tests {
    use axum::routing::post;

    use super::*;
    use crate::web::{guard::csrf::Sent, serve::Door};

    struct Site {
        url: String,
        browser: reqwest::Client,
        _log: tempfile::TempDir,
    }

    /// A real server on loopback, with two more routes that misbehave.
    async fn site() -> Site {
        let log = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(log.path().join("tile/0")).unwrap();
        std::fs::write(log.path().join("tile/0/000"), [7; 8192]).unwrap();
        std::fs::write(log.path().join("checkpoint"), "hall/log\n").unwrap();
        let web = Web::new("样例大厅", Transport::Loopback, log.path());
        let bad = Router::new()
            .route(
                "/panic",
                get(|| async {
                    if true {
                        panic!("a secret")
                    }
                }),
            )
            .route("/sent", post(|sent: Sent| async move { sent.text("a").to_owned() }))
            .layer(middleware::from_fn(origin::origin));
        let router = guarded(addresses(web).merge(bad), "样例大厅".into(), Transport::Loopback, [1, 2, 3, 4]);
        let door = Door::open("127.0.0.1:0".parse().unwrap(), None).unwrap();
        let url = door.url();
        tokio::spawn(door.serve(router, std::future::pending()));
        Site { url, browser: reqwest::Client::new(), _log: log }
    }

    impl Site {
        async fn get(&self, path: &str) -> reqwest::Response {
            self.browser.get(format!("{}{path}", self.url)).send().await.unwrap()
        }

        async fn post(&self, path: &str, headers: &[(&str, &str)], body: String) -> reqwest::Response {
            let kind = ("content-type", "application/x-www-form-urlencoded");
            let request = self.browser.post(format!("{}{path}", self.url)).header(kind.0, kind.1).body(body);
            headers.iter().fold(request, |r, (n, v)| r.header(*n, *v)).send().await.unwrap()
        }
    }

    #[tokio::test]
    async fn every_answer_is_guarded() {
        let site = site().await;
        for path in ["/about", "/design", "/design/approval", "/nowhere", "/log/checkpoint", "/assets/yinxin.css"] {
            let answer = site.get(path).await;
            let header = |name| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
            assert_eq!(header("content-security-policy"), headers::CONTENT_SECURITY_POLICY, "{path}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert!(header("x-request-id").starts_with("01020304-"), "{path}");
            assert!(!header("cache-control").is_empty(), "{path}");
            assert_eq!(header("strict-transport-security"), "", "plain http promises no TLS");
        }
    }

    #[tokio::test]
    async fn failures_have_words_and_an_id_and_nothing_of_ours() {
        let site = site().await;
        let lost = site.get("/nowhere").await;
        let id = lost.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(lost.status(), 404);
        let page = lost.text().await.unwrap();
        assert!(page.contains("没有这个页面") && page.contains(&id));
        let broken = site.get("/panic").await;
        assert_eq!(broken.status(), 500);
        let page = broken.text().await.unwrap();
        assert!(page.contains("我们这边出错了") && !page.contains("a secret"));
        let lost = site.get("/log/tile/0/999").await;
        assert_eq!(lost.status(), 404);
        let problem: serde_json::Value = lost.json().await.unwrap();
        assert_eq!(problem["code"], "not-found");
        assert_eq!(site.post("/about", &[], String::new()).await.status(), 403);
    }

    #[tokio::test]
    async fn only_our_own_pages_send_forms_and_not_too_long_ones() {
        let site = site().await;
        let ours = [("sec-fetch-site", "same-origin")];
        assert_eq!(site.post("/sent", &ours, "a=b".into()).await.text().await.unwrap(), "b");
        assert_eq!(site.post("/sent", &[("sec-fetch-site", "cross-site")], "a=b".into()).await.status(), 403);
        assert_eq!(site.post("/sent", &[], "a=b".into()).await.status(), 403);
        let host = site.url.clone();
        assert_eq!(site.post("/sent", &[("origin", &host)], "a=b".into()).await.status(), 200);
        let long = site.post("/sent", &ours, "a=".to_owned() + &"b".repeat(MOST_FORM)).await;
        assert_eq!(long.status(), 413);
        assert!(long.text().await.unwrap().contains("文件太大"));
    }

    #[tokio::test]
    async fn the_ledger_is_served_as_its_specification_says() {
        let site = site().await;
        let tile = site.get("/log/tile/0/000").await;
        assert_eq!(tile.headers()["content-type"], "application/octet-stream");
        assert!(tile.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(tile.headers()["access-control-allow-origin"], "*");
        assert_eq!(tile.bytes().await.unwrap().len(), 8192);
        let head = site.get("/log/checkpoint").await;
        assert_eq!(head.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(head.headers()["cache-control"], "no-store");
        for path in ["/log/tile/..%2fcheckpoint", "/log/tile/0/00", "/log/tile/0"] {
            assert_eq!(site.get(path).await.status(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn outside_this_machine_only_by_tls() {
        let refused = Door::open("0.0.0.0:0".parse().unwrap(), None);
        assert!(matches!(refused, Err(crate::web::serve::ServeError::PlainOutside(_))));
    }
}
