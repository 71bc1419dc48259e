//! One id and one log line for each request.
//!
//! Logged: id, method, route (the pattern, not the address), status, milliseconds. Never: query, body, cookies, names,
//! numbers of cases or persons, the peer's address.
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

/// The id of a request: shown on every error page, in every problem document, in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Gives out request ids: a part drawn when the server starts and a running number.
#[derive(Debug)]
pub struct Ids {
    start: [u8; 4],
    next: AtomicU64,
}

impl Ids {
    /// `start` is drawn at random for each run of the server.
    pub fn new(start: [u8; 4]) -> Self {
        Ids { start, next: AtomicU64::new(1) }
    }

    fn next(&self) -> RequestId {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("{}-{n}", hex::encode(self.start)))
    }
}

/// The outermost guard.
pub async fn observe(State(ids): State<std::sync::Arc<Ids>>, mut request: Request, next: Next) -> Response {
    let id = ids.next();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", |p| p.as_str()).to_owned();
    let span = tracing::info_span!("request", id = %id.0, method = %request.method(), route);
    let value = HeaderValue::from_str(&id.0);
    request.extensions_mut().insert(id);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), millis, "answered"));
    if let Ok(value) = value {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
