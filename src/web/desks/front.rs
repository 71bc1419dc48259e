//! For everybody: the first page, assets, health, the ledger's page, about.
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::sign_in::home;
use crate::{
    acts::cosign,
    ledger::{checkpoint::SignedCheckpoint, note::Statement, policy::Witness, trust::accept},
    web::{
        error::Error,
        guard::session::SignedIn,
        kit::{Fact, shell::asset},
        pages::{
            self,
            ledger::{LedgerPage, Quorum, WitnessLine},
        },
        router::Web,
        words,
    },
};

/// `GET /`: a person's own desk; for the public, verification.
pub async fn first(State(web): State<Web>, who: Option<axum::Extension<SignedIn>>) -> Redirect {
    Redirect::to(who.map_or("/verify", |who| home(&web, &who.person)))
}

/// `GET /assets/{file}`. The addresses in pages change with the content, so that browsers may keep what they have.
pub async fn asset(Path(file): Path<String>) -> Result<Response, Error> {
    let (kind, text) = match file.as_str() {
        "yinxin.css" => ("text/css; charset=utf-8", asset::CSS),
        "yinxin.js" => ("text/javascript; charset=utf-8", asset::JS),
        "access.js" => ("text/javascript; charset=utf-8", asset::ACCESS),
        "mark.svg" => ("image/svg+xml", asset::MARK),
        "sample-page.svg" => ("image/svg+xml", include_str!("../assets/sample-page.svg")),
        "sample-imprint.svg" => ("image/svg+xml", include_str!("../assets/sample-imprint.svg")),
        _ => return Err(Error::NotFound),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, text).into_response())
}

/// `GET /healthz`: the process answers.
pub async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and the ledger has begun.
pub async fn ready(State(web): State<Web>) -> (StatusCode, &'static str) {
    match web.app.db.head().await {
        Ok(Some(_)) => (StatusCode::OK, "ready\n"),
        Ok(None) => (StatusCode::SERVICE_UNAVAILABLE, "no ledger\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "no database\n")
        }
    }
}

/// `GET /crl/{file}`: the lists that certificates point to.
pub async fn revocation_list(State(web): State<Web>, Path(file): Path<String>) -> Result<Response, Error> {
    if !["root.crl", "issuing.crl"].contains(&file.as_str()) {
        return Err(Error::NotFound);
    }
    let bytes = web.trusted(file).await?;
    let headers = [(header::CONTENT_TYPE, "application/pkix-crl"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, bytes).into_response())
}

/// `GET /about`.
pub async fn about(State(web): State<Web>) -> Response {
    let shell = web.shell("关于印信", "/about");
    shell.show(pages::about::show(&web.app.hall.name)).into_response()
}

/// `GET /ledger`.
pub async fn ledger(State(web): State<Web>) -> Result<Response, Error> {
    let published = web.log.text("checkpoint").await?;
    let signed =
        published.as_deref().map(|text| SignedCheckpoint::parse(text.as_bytes())).transpose().map_err(Error::failed)?;
    let mut page = LedgerPage { watches: watches(&web).await?, ..LedgerPage::default() };
    if let (Some(text), Some(signed)) = (published, signed) {
        let checkpoint = signed.claim();
        page.origin = checkpoint.origin.to_string();
        page.size = Some(checkpoint.size);
        page.facts = vec![
            Fact::code("账本名", checkpoint.origin.to_string()),
            Fact::new("条数", checkpoint.size.to_string()),
            Fact::code("树根（SHA-256）", checkpoint.root.to_string()),
        ];
        page.checkpoint = text;
        page.quorum = match accept(&signed, &web.app.policy) {
            _ if web.app.policy.is_unwitnessed() => Quorum::None,
            Ok(_) => Quorum::Met,
            Err(_) => Quorum::Short,
        };
        page.witnesses = web.app.policy.witnesses().iter().map(|witness| line(witness, &signed)).collect();
        page.policy = String::from_utf8(web.trusted("policy.txt".to_owned()).await?).map_err(Error::failed)?;
    }
    Ok(web.shell("用印公示账本", "/ledger").show(page.show()).into_response())
}

/// A witness of the policy, and when it has cosigned the published checkpoint.
fn line(witness: &Witness, signed: &SignedCheckpoint) -> WitnessLine {
    let note = signed.note();
    let times = note.signatures().iter().filter_map(|line| match witness.key.verify(note.text(), line) {
        Ok(Statement::Cosigned(at)) => Some(at),
        _ => None,
    });
    WitnessLine {
        name: witness.name.clone(),
        key: witness.key.to_string(),
        cosigned: times.min().map(|at| format!("{} 联署", words::second(at))),
    }
}

/// This hall as a witness of others.
async fn watches(web: &Web) -> Result<Option<(String, Vec<(String, String)>)>, Error> {
    let Some(watched) = &web.app.witness else { return Ok(None) };
    let logs = cosign::logs(watched, &web.app.db).await.map_err(Error::failed)?;
    let said = |last: cosign::Last| match last {
        Some((size, at)) => format!("已联署到 {size} 条，{}", words::second(at)),
        None => "还没有联署过".to_owned(),
    };
    Ok(Some((watched.key.to_string(), logs.into_iter().map(|(name, last)| (name.to_string(), said(last))).collect())))
}
