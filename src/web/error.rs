//! The one map from what went wrong to a status and to Chinese words.
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::guard::trouble::{Reason, Trouble};
use crate::acts::ActError;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A page for staff was asked for by nobody known; the path to come back to after signing in.
    #[error("not signed in")]
    SignedOut {
        /// A path of this site.
        next: String,
    },
    /// The device of the session has to sign first; the path to come back to.
    #[error("the device has to sign")]
    Unproven {
        /// A path of this site.
        next: String,
    },
    /// A passkey or a code has to be shown first; the path to come back to.
    #[error("the session has to be confirmed")]
    Unconfirmed {
        /// A path of this site.
        next: String,
    },
    /// The password that was given has to be changed first.
    #[error("first password")]
    FirstPassword,
    /// A program gave no session, or one that has ended.
    #[error("no session")]
    NoSession,
    /// This person's duty does not include it.
    #[error("not this person's duty")]
    Forbidden,
    /// There is no such thing.
    #[error("not found")]
    NotFound,
    /// The act was not asked for by a page of this site and session.
    #[error("asked for by another site")]
    CrossSite,
    /// The request cannot be read; what is wrong with it, for the asker.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// More bytes than are taken.
    #[error("too large")]
    TooLarge,
    /// Too many requests from this peer.
    #[error("too many")]
    TooMany,
    /// A rule said no; all the reasons.
    #[error("refused")]
    Refused(Vec<Reason>),
    /// The same number or key was used for something else before; in one sentence, for the asker.
    #[error("conflict: {0}")]
    Conflict(String),
    /// It goes on by itself once others have answered; in one sentence, for the asker.
    #[error("waiting: {0}")]
    Waiting(String),
    /// We broke. The cause goes to the log, the asker gets the request's id.
    #[error("failed: {0}")]
    Failed(String),
}

impl Error {
    /// A body that could not be taken in: too large, or broken off.
    pub fn from_body(status: StatusCode) -> Self {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            _ => Error::Unreadable("请求没有完整收到".into()),
        }
    }

    /// A failure of ours.
    pub fn failed(cause: impl std::fmt::Display) -> Self {
        Error::Failed(cause.to_string())
    }
}

impl From<ActError> for Error {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Refused(refusal) => Error::Refused(refusal.reasons().iter().map(Reason::from).collect()),
            ActError::NotFound => Error::NotFound,
            ActError::Conflict(what) => Error::Conflict(what.to_owned()),
            ActError::Waiting(what) => Error::Waiting(what.to_owned()),
            ActError::Failed(failure) => Error::failed(failure),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let plain = |status, code| (status, code, None, Vec::new());
        let (status, code, message, reasons) = match self {
            Error::SignedOut { next } => {
                return Redirect::to(&format!("/sign-in?next={}", in_query(&next))).into_response();
            }
            Error::Unproven { next } => {
                return Redirect::to(&format!("/device?next={}", in_query(&next))).into_response();
            }
            Error::Unconfirmed { next } => {
                return Redirect::to(&format!("/confirm?next={}", in_query(&next))).into_response();
            }
            Error::FirstPassword => return Redirect::to("/account").into_response(),
            Error::NoSession => plain(StatusCode::UNAUTHORIZED, "signed-out"),
            Error::Forbidden => plain(StatusCode::FORBIDDEN, "forbidden"),
            Error::NotFound => plain(StatusCode::NOT_FOUND, "not-found"),
            Error::CrossSite => {
                let words = "页面已经过期，或者不是从本站打开的；请回到本站重新操作。";
                (StatusCode::FORBIDDEN, "cross-site", Some(words.to_owned()), Vec::new())
            }
            Error::Unreadable(what) => (StatusCode::BAD_REQUEST, "unreadable", Some(what), Vec::new()),
            Error::TooLarge => plain(StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Error::TooMany => plain(StatusCode::TOO_MANY_REQUESTS, "too-many"),
            Error::Refused(reasons) => (StatusCode::UNPROCESSABLE_ENTITY, "refused", None, reasons),
            Error::Conflict(what) => (StatusCode::CONFLICT, "conflict", Some(what), Vec::new()),
            Error::Waiting(what) => (StatusCode::SERVICE_UNAVAILABLE, "witness-waiting", Some(what), Vec::new()),
            Error::Failed(cause) => {
                tracing::error!(cause, "failed");
                plain(StatusCode::INTERNAL_SERVER_ERROR, "failed")
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Trouble { code, message, reasons });
        response
    }
}

/// A path made fit for a query: everything but letters, digits and `/-._~` is written as `%XX`.
pub fn in_query(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
