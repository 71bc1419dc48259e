//! What the register says of a certificate on paper, for whoever has its QR code or the code in it.
use std::{net::SocketAddr, time::Instant};

use axum::{
    extract::{ConnectInfo, Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::verify::ask;
use crate::{
    acts::{ActError, look},
    hall::{certificate::Standing, opening::china_date},
    web::{
        error::{Error, in_query},
        guard::trouble::Shown,
        kit::{Tag, Tone},
        pages::{
            lookup::{self, Entry, Lookup},
            verify::Find,
        },
        router::Web,
        words,
    },
};

/// What stands on paper.
#[derive(Debug, Deserialize)]
pub struct Sent {
    #[serde(default)]
    number: String,
    #[serde(default)]
    code: String,
}

/// `GET /q?number=…&code=…`: leads to the case's page. A number without its code leads nowhere.
pub async fn find(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Query(sent): Query<Sent>,
) -> Result<Response, Error> {
    let [number, code] = [&sent.number, &sent.code].map(|text| text.trim().chars().take(60).collect::<String>());
    if number.is_empty() || code.is_empty() {
        let problem = "编号和查询码都要填：只有编号，查不到任何内容。".into();
        let find = Find { number, code, problem };
        let page = web.shell("查登记", "/verify").show(ask(String::new()).show_with(&find));
        return Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    if !web.verifications.take(peer.ip(), Instant::now()) {
        return Err(Error::TooMany);
    }
    match look::case_by_number(&web.app, &number, &code.to_lowercase()).await {
        Ok(case) => {
            let address = format!("/q/{}/{}", in_query(&case), in_query(&code.to_lowercase()));
            Ok(Redirect::to(&address).into_response())
        }
        Err(ActError::NotFound) => Ok(unknown(&web)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /q/{case}/{code}`: what the hall's register says of a printed certificate's QR code.
pub async fn lookup(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((case, code)): Path<(String, String)>,
) -> Result<Response, Error> {
    if !web.verifications.take(peer.ip(), Instant::now()) {
        return Err(Error::TooMany);
    }
    let rows = match look::by_qr_code(&web.app, &case, &code).await {
        Err(ActError::NotFound) => return Ok(unknown(&web)),
        other => other?,
    };
    let now = web.app.now();
    let entry = |row: &look::CertificateRow| {
        let standing = row.standing(china_date(now));
        Entry {
            name: row.name.clone(),
            number: row.number.clone(),
            state: public_state(&row.state, standing),
            warning: warning(standing),
            sealed: row.sealed_at.map(words::minute_of).unwrap_or_default(),
            valid_to: row.valid_to.clone().unwrap_or_default(),
            purpose: row.purpose.clone().unwrap_or_default(),
        }
    };
    let page = Lookup { entries: rows.iter().map(entry).collect(), as_of: words::second(now) };
    Ok(web.shell("证照登记", "/verify").show(page.show()).into_response())
}

fn unknown(web: &Web) -> Response {
    shown(StatusCode::NOT_FOUND, web.shell("没有查到这张证照", "/verify").show(lookup::unknown()))
}

fn shown(status: StatusCode, page: maud::Markup) -> Response {
    let mut response = (status, page).into_response();
    response.extensions_mut().insert(Shown);
    response
}

/// A certificate's state as the public is told.
fn public_state(state: &str, standing: Option<Standing>) -> Tag {
    match standing {
        Some(Standing::InForce) => Tag::state(Tone::Good, "已签发，有效"),
        Some(ended) => Tag::state(Tone::Bad, ended.title()),
        None if state == "submitted" => Tag::state(Tone::Wait, "办理中，尚未签发"),
        None => Tag::state(Tone::Bad, "未签发"),
    }
}

/// Why nobody may rely on it; nothing for a certificate in force.
fn warning(standing: Option<Standing>) -> Option<&'static str> {
    match standing {
        Some(Standing::InForce) => None,
        Some(Standing::Superseded) => Some("这张证照已由同一编号的新证照替换，请勿采信；请索取新证照"),
        Some(Standing::Withdrawn) => Some("这张证照已撤销，请勿采信"),
        Some(Standing::Cancelled) => Some("这张证照已注销，请勿采信"),
        Some(Standing::Expired) => Some("这张证照已过有效期，请勿采信"),
        None => Some("这张证照没有签发，请勿采信"),
    }
}
