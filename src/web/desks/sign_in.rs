//! Signing in and out.
use std::{net::SocketAddr, time::Instant};

use axum::{
    extract::{ConnectInfo, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    acts::{
        ActError,
        person::{Person, Seat},
        sign_in,
    },
    hall::{department::WindowKind, file::StaffPlan, staff::Duty},
    web::{
        error::Error,
        guard::{
            csrf::Sent,
            session::{self, SignedIn},
            trouble::Shown,
        },
        kit::{form::Choice, shell::Access},
        pages::sign_in::SignIn,
        router::{Accounts, Web},
    },
};

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Asked {
    pub(super) next: Option<String>,
}

/// `GET /sign-in`.
pub async fn form(State(web): State<Web>, Query(asked): Query<Asked>) -> Response {
    page(&web, "", "", asked.next.as_deref().unwrap_or("/"), &[]).into_response()
}

/// `POST /sign-in`.
pub async fn sign_in(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    sent: Sent,
) -> Result<Response, Error> {
    if !web.sign_ins.take(peer.ip(), Instant::now()) {
        return Err(Error::TooMany);
    }
    let device = super::devices::proof(&sent);
    let (login, window, next) = (sent.text("login"), sent.text("window"), local(sent.text("next")));
    let window = (!window.is_empty()).then_some(window);
    let empty: Vec<_> = [("login", login, "请填写工号"), ("password", sent.text("password"), "请填写口令")]
        .into_iter()
        .filter(|(_, given, _)| given.is_empty())
        .map(|(field, _, text)| (Some(field), text))
        .collect();
    if !empty.is_empty() {
        return Ok(refused(&web, login, sent.text("window"), next, &empty));
    }
    let given =
        sign_in::Given { login, password: sent.text("password"), window, device: device.as_ref(), program: false };
    let from = sign_in::From { peer: peer.ip(), inside: web.is_inside(peer.ip()) };
    match sign_in::sign_in(&web.app, given, from).await {
        Ok(begun) => {
            let mut response = Redirect::to(if next == "/" { home(&web, &begun.person) } else { next }).into_response();
            if let Some(cookie) = session::set_cookie(&begun.token, web.transport) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            if let Some(cookie) = begun.proof.and_then(|proof| session::set_proof(&proof, web.transport)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(ActError::Refused(refusal)) => {
            let reasons: Vec<_> = refusal.reasons().iter().map(|r| (r.field.as_deref(), r.text.as_str())).collect();
            Ok(refused(&web, login, sent.text("window"), next, &reasons))
        }
        Err(error) => Err(error.into()),
    }
}

/// The form again, with what is wrong.
fn refused(web: &Web, login: &str, window: &str, next: &str, reasons: &[(Option<&str>, &str)]) -> Response {
    let mut response = page(web, login, window, next, reasons).into_response();
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response.extensions_mut().insert(Shown);
    response
}

/// `POST /sign-out`.
pub async fn sign_out(State(web): State<Web>, who: SignedIn, _: Sent) -> Result<Response, Error> {
    sign_in::sign_out(&web.app, &who.token).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    if let Some(cookie) = session::clear_cookie(web.transport) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whether a person sits at a window that hands out.
pub fn hands_out(web: &Web, person: &Person) -> bool {
    let Seat::Window(no) = &person.seat else { return false };
    web.app.hall.window(no).is_some_and(|w| w.kind == WindowKind::Delivery)
}

/// The first page of a person.
pub fn home(web: &Web, person: &Person) -> &'static str {
    match person.staff.duty {
        Duty::Clerk if hands_out(web, person) => "/delivery",
        Duty::Clerk => "/cases",
        Duty::Reviewer | Duty::Chief | Duty::Leader => "/inbox",
        Duty::Keeper => "/seals",
        Duty::Administrator => "/hall",
        Duty::Auditor => "/uses",
    }
}

/// A path of this site, or the first page: never another site.
pub(super) fn local(next: &str) -> &str {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|b| (b'!'..=b'~').contains(&b) && b != b'\\');
    if plain { next } else { "/" }
}

fn page(web: &Web, login: &str, window: &str, next: &str, reasons: &[(Option<&str>, &str)]) -> maud::Markup {
    let windows = web.app.hall.windows.iter();
    let choices =
        windows.map(|w| Choice { value: w.no.to_string(), label: format!("{} {}", w.no, w.name), hint: String::new() });
    let mut form = SignIn::form(login, choices.collect(), window);
    for (field, text) in reasons {
        form.tell(*field, text);
    }
    let page = SignIn { form, next: local(next).to_owned(), accounts: accounts(web) };
    let mut shell = web.shell("登录", "/sign-in");
    shell.access = Some(Access { now: web.app.now().as_second(), session: None });
    shell.show(page.show())
}

/// The accounts a demonstration names.
fn accounts(web: &Web) -> Vec<(String, String)> {
    if web.accounts == Accounts::Hidden {
        return Vec::new();
    }
    let windows = |s: &StaffPlan| s.windows.iter().map(|w| w.as_str()).collect::<Vec<_>>().join(" ");
    web.app
        .hall
        .staff
        .iter()
        .map(|s| (s.login.to_string(), format!("{} {}", s.name, windows(s)).trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_elsewhere() {
        for away in ["", "https://evil", "//evil", "/\\evil", "/a b", "evil", "/\u{0}", "/\r\nSet-Cookie: a", "/例"] {
            assert_eq!(local(away), "/", "{away:?}");
        }
        for here in ["/", "/inbox", "/cases?q=%E5%90%89&page=2"] {
            assert_eq!(local(here), here);
        }
    }
}
