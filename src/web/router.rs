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
    let hall = web.hall.clone();
    let transport = web.transport;
    Router::new()
        .merge(pages)
        .merge(monitors)
        .with_state(web)
        .layer(DefaultBodyLimit::max(MOST_FORM))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MOST_TIME))
        .layer(CatchPanicLayer::custom(trouble::panicked))
        .layer(middleware::from_fn_with_state(hall, trouble::trouble))
        .layer(middleware::from_fn_with_state(transport, headers::headers))
        .layer(middleware::from_fn_with_state(Arc::new(Ids::new(start)), observe::observe))
}
