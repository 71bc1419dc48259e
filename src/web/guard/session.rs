//! Who is asking: the session of a browser's cookie or of a program's bearer token.
//!
//! A session that was begun at an enrolled device needs a second cookie, which only the device renews ([`sign_in`]); without it nothing is shown,
//! and pages lead to `/device`, where the device signs.
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

use super::{
    csrf::CsrfToken,
    headers::Transport,
    trouble::{Frame, Reason},
};
use crate::{
    acts::{
        person::Person,
        sign_in::{self, Bound, Found, Session},
    },
    digest::Digest,
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
    /// Whether the password is still the one that was given, and has to be changed before anything else.
    pub first_password: bool,
    /// Whether a passkey or a code has to be shown before anything else.
    pub unconfirmed: bool,
    /// The device it is bound to.
    pub device: Option<Bound>,
}

/// A session whose device has to sign before anything is shown.
#[derive(Clone)]
pub struct Unproven {
    /// What the cookie carries.
    pub token: String,
    /// The session's public name, for which the device signs.
    pub name: Digest,
}

impl SignedIn {
    /// Refuses everybody without one of these duties, with a page that says so. (Acts ask again by themselves; this keeps
    /// people from pages that are not for them.)
    pub fn require(&self, duties: &[Duty]) -> Result<(), Error> {
        if duties.contains(&self.person.staff.duty) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// First the password, then what confirms the session, then everything else.
    fn may_go_to(&self, path: &str, program: bool) -> Result<(), Error> {
        let about_it = path.starts_with("/account") || path == "/sign-out" || path == "/api/v1/sessions";
        match (self.first_password, self.unconfirmed) {
            _ if about_it => Ok(()),
            (true, _) if !program => Err(Error::FirstPassword),
            (_, true) if program => Err(Error::Refused(vec![Reason {
                code: "session-unconfirmed".into(),
                field: None,
                text: "管理印章和大厅的账户，登录时须给出动态码（code）".into(),
            }])),
            (_, true) if path != "/confirm" => Err(Error::Unconfirmed { next: path.to_owned() }),
            _ => Ok(()),
        }
    }
}

/// For pages: finds the session of the cookie.
pub async fn of_page(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let token = cookie(request.headers(), name(web.transport)).map(str::to_owned);
    let proof = cookie(request.headers(), proof_name(web.transport)).map(str::to_owned);
    find(&web, &mut request, token, proof).await;
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
    let proof = token.clone();
    find(&web, &mut request, token, proof).await;
    next.run(request).await
}

async fn find(web: &Web, request: &mut Request, token: Option<String>, proof: Option<String>) {
    let (Some(token), Some(peer)) = (token, request.extensions().get::<ConnectInfo<SocketAddr>>()) else { return };
    let from = sign_in::From { peer: peer.0.ip(), inside: web.is_inside(peer.0.ip()) };
    match sign_in::session(&web.app, &token, proof.as_deref(), from).await {
        Ok(Found::Session(session)) => {
            let Session { person, csrf, first_password, unconfirmed, device } = *session;
            request.extensions_mut().insert(CsrfToken(csrf.clone()));
            request.extensions_mut().insert(SignedIn { person, csrf, token, first_password, unconfirmed, device });
        }
        Ok(Found::Unproven(name)) => {
            request.extensions_mut().insert(Unproven { token, name });
        }
        Ok(Found::Nobody) => {}
        Err(error) => tracing::error!(%error, "a session could not be looked up"),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let (path, program) = (parts.uri.path(), parts.uri.path().starts_with("/api/"));
        if let Some(who) = parts.extensions.get::<SignedIn>() {
            return who.may_go_to(path, program).map(|()| who.clone());
        }
        if program {
            return Err(Error::NoSession);
        }
        // Only a page can be come back to; a form that was sent in the meantime cannot.
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        let next = if parts.method == Method::GET { path.to_owned() } else { "/".into() };
        Err(if parts.extensions.get::<Unproven>().is_some() {
            Error::Unproven { next }
        } else {
            Error::SignedOut { next }
        })
    }
}

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-yinxin",
        Transport::Loopback => "yinxin",
    }
}

/// The name of the second cookie.
fn proof_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-yinxin-device",
        Transport::Loopback => "yinxin-device",
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(n, _)| *n == name).map(|(_, value)| value)
}

/// The header that gives a browser its session. `token` is letters, digits, `-` and `_`.
pub fn set_cookie(token: &str, transport: Transport) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{}={token}; {}", name(transport), attributes(transport))).ok()
}

/// The header that gives a browser its second cookie.
pub fn set_proof(proof: &str, transport: Transport) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{}={proof}; {}", proof_name(transport), attributes(transport))).ok()
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
        assert_eq!(cookie(&headers, name(Transport::Tls)), Some("abc-_9"));
        assert_eq!(cookie(&headers, name(Transport::Loopback)), Some("plain"));
        assert_eq!(cookie(&HeaderMap::new(), name(Transport::Tls)), None);
        let set = set_cookie("t", Transport::Tls).unwrap();
        assert_eq!(set, "__Host-yinxin=t; Path=/; Secure; HttpOnly; SameSite=Strict");
    }
}
