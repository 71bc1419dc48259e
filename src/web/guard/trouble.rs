//! Every failure becomes a page for people or a problem document for programs, with the request's id.
//!
//! A handler that fails answers with a status and a [`Trouble`] in the response's extensions; whatever else ends badly (no
//! such route, body too large, time run out, a panic) has the status alone. Here both get their words.
use std::any::Any;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::observe::RequestId;
use crate::web::{kit::Shell, pages::failure::Failure};

/// One reason of a refusal.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, utoipa::ToSchema)]
pub struct Reason {
    /// Stable, for programs.
    pub code: String,
    /// The field it belongs to, as the template names it.
    pub field: Option<String>,
    /// For people, in Chinese.
    pub text: String,
}

impl From<&crate::hall::refusal::Reason> for Reason {
    fn from(reason: &crate::hall::refusal::Reason) -> Self {
        Reason { code: reason.code.to_owned(), field: reason.field.clone(), text: reason.text.clone() }
    }
}

/// What went wrong, as far as the asker may know.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// Stable, for programs.
    pub code: &'static str,
    /// In one sentence; `None` takes the words of the status.
    pub message: Option<String>,
    /// All the reasons of a refusal.
    pub reasons: Vec<Reason>,
}

/// The problem document (RFC 9457, of type `about:blank`): the body of every answer that is not a success, under `/api/`,
/// `/log/` and `/witness/`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Stable, for programs.
    pub code: String,
    /// In one sentence, in Chinese.
    pub message: String,
    /// All the reasons at once; empty when it is no refusal.
    pub reasons: Vec<Reason>,
    /// The request's id, to be named when asking for help.
    pub id: String,
}

impl Problem {
    /// RFC 9457, 6.1.
    pub const MEDIA_TYPE: &str = "application/problem+json";
}

/// Marks an error answer that has its body already: a form shown again with its problems.
#[derive(Debug, Clone, Copy)]
pub struct Shown;

/// The frame of the person who asked, for the page that says why it did not work.
#[derive(Debug, Clone)]
pub struct Frame(pub Shell);

/// Gives words to failures. `hall` is the hall's name.
pub async fn trouble(State(hall): State<std::sync::Arc<str>>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let program = ["/api/", "/log/", "/witness/"].iter().any(|p| request.uri().path().starts_with(p));
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || response.extensions().get::<Shown>().is_some() {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let trouble = parts.extensions.remove::<Trouble>();
    let frame = parts.extensions.remove::<Frame>();
    parts.headers.remove(header::CONTENT_LENGTH);
    let failure = words(status, trouble.as_ref(), &id);
    let (kind, body) = if program {
        (Problem::MEDIA_TYPE, document(status, trouble, failure))
    } else {
        ("text/html; charset=utf-8", page(&hall, frame, &failure))
    };
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Response::from_parts(parts, Body::from(body))
}

/// What a panic answers with: nothing of the panic itself, which goes to the log.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = said.unwrap_or("(no words)"), "a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn words(status: StatusCode, trouble: Option<&Trouble>, id: &str) -> Failure {
    let mut failure = Failure::of(status.as_u16(), id);
    if let Some(trouble) = trouble {
        if let Some(message) = &trouble.message {
            failure.title.clone_from(message);
        }
        failure.reasons = trouble.reasons.iter().map(|r| r.text.clone()).collect();
    }
    failure
}

fn page(hall: &str, frame: Option<Frame>, failure: &Failure) -> String {
    let frame = frame.map_or_else(|| Shell { hall: hall.to_owned(), ..Shell::default() }, |frame| frame.0);
    let shell = Shell { title: failure.title.clone(), ..frame };
    shell.show(failure.show()).into_string()
}

fn document(status: StatusCode, trouble: Option<Trouble>, failure: Failure) -> String {
    let problem = Problem {
        code: trouble.as_ref().map_or_else(|| code(status), |t| t.code).to_owned(),
        message: failure.title,
        reasons: trouble.map(|t| t.reasons).unwrap_or_default(),
        id: failure.id,
    };
    // Strings and lists of strings: there is nothing in it that serde_json could refuse.
    serde_json::to_string(&problem).unwrap_or_default()
}

/// The code of a failure that has no words of its own.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "unreadable",
        401 => "signed-out",
        403 => "forbidden",
        404 => "not-found",
        405 => "method-not-allowed",
        408 => "timeout",
        409 => "conflict",
        413 => "too-large",
        415 => "unsupported-type",
        422 => "refused",
        429 => "too-many",
        503 => "unavailable",
        500.. => "failed",
        _ => "bad-request",
    }
}
