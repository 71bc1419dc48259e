//! Who is asking: the session of a browser's cookie or of a program's bearer token.
//!
//! The cookie is `__Host-yinxin` (Secure, HttpOnly, SameSite=Strict, the whole site); over plain http on loopback, where
//! browsers keep no such cookie, `yinxin`. Pages believe the cookie alone and programs the `Authorization` header alone, so
//! that no page of another site can speak for a program's session.
use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};

use super::{csrf::CsrfToken, headers::Transport, trouble::Frame};
use crate::{
    acts::{
        person::Person,
        sign_in::{self, Session},
    },
    hall::staff::Duty,
    web::{error::Error, router::Web},
};

/// A person signed in, with their session.
#[derive(Clone)]
pub struct SignedIn {
    /// Who, and from where.
    pub person: Person,
    /// The token that this session's forms carry.
    pub csrf: String,
    /// What the cookie or header carries: needed to end the session.
    pub token: String,
}

impl SignedIn {
    /// Refuses everybody without one of these duties, with a page that says so. (Acts ask again by themselves; this keeps
    /// people from pages that are not for them.)
    pub fn require(&self, duties: &[Duty]) -> Result<(), Error> {
        if duties.contains(&self.person.staff.duty) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

/// For pages: finds the session of the cookie.
pub async fn of_page(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let token = cookie(request.headers(), web.transport).map(str::to_owned);
    find(&web, &mut request, token).await;
    let who = request.extensions().get::<SignedIn>().cloned();
    let mut response = next.run(request).await;
    // A page that says why it did not work keeps the person's own frame.
    if let Some(who) = who.filter(|_| response.status().is_client_error() || response.status().is_server_error()) {
        response.extensions_mut().insert(Frame(web.shell_for(&who, "", "")));
    }
    response
}

/// For programs: finds the session of the `Authorization: Bearer` header.
pub async fn of_program(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = header.and_then(|h| h.strip_prefix("Bearer ")).map(|t| t.trim().to_owned());
    find(&web, &mut request, token).await;
    next.run(request).await
}

async fn find(web: &Web, request: &mut Request, token: Option<String>) {
    let Some(token) = token else { return };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    match sign_in::session(&web.app, &token, peer.is_some_and(|p| web.is_inside(p))).await {
        Ok(Some(Session { person, csrf })) => {
            request.extensions_mut().insert(CsrfToken(csrf.clone()));
            request.extensions_mut().insert(SignedIn { person, csrf, token });
        }
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "a session could not be looked up"),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        if let Some(who) = parts.extensions.get::<SignedIn>() {
            return Ok(who.clone());
        }
        if parts.uri.path().starts_with("/api/") {
            return Err(Error::NoSession);
        }
        // Only a page can be come back to; a form that was sent in the meantime cannot.
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        Err(Error::SignedOut { next: if parts.method == Method::GET { path.to_owned() } else { "/".into() } })
    }
}

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-yinxin",
        Transport::Loopback => "yinxin",
    }
}

fn cookie(headers: &HeaderMap, transport: Transport) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(n, _)| *n == name(transport)).map(|(_, value)| value)
}

/// The header that gives a browser its session. `token` is letters, digits, `-` and `_`.
pub fn set_cookie(token: &str, transport: Transport) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{}={token}; {}", name(transport), attributes(transport))).ok()
}

/// The header that takes it away.
pub fn clear_cookie(transport: Transport) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{}=; Max-Age=0; {}", name(transport), attributes(transport))).ok()
}

fn attributes(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "Path=/; Secure; HttpOnly; SameSite=Strict",
        Transport::Loopback => "Path=/; HttpOnly; SameSite=Strict",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_is_strict() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=b; yinxin=plain".parse().unwrap());
        headers.append(header::COOKIE, "__Host-yinxin=abc-_9".parse().unwrap());
        assert_eq!(cookie(&headers, Transport::Tls), Some("abc-_9"));
        assert_eq!(cookie(&headers, Transport::Loopback), Some("plain"));
        assert_eq!(cookie(&HeaderMap::new(), Transport::Tls), None);
        let set = set_cookie("t", Transport::Tls).unwrap();
        assert_eq!(set, "__Host-yinxin=t; Path=/; Secure; HttpOnly; SameSite=Strict");
    }
}
