//! The keeper's desk: seals, their imprints, suspending and resuming.
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{cases::Looked, hall::named};
use crate::{
    acts::{
        ActError, certify_seal,
        look::{self, SealRow},
        suspend_seal::{self, SealAct},
    },
    app::App,
    hall::{seal::SealKind, staff::Duty},
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn, trouble::Shown},
        kit::{Fact, Form, Tag, Tone},
        pages::seals::{Certify, Change, SealCard, SealList, SealPage},
        router::Web,
        whole, words,
    },
};

/// Department and kind: what the seal is called.
pub(super) fn full_name(seal: &SealRow) -> String {
    called(&seal.name, &seal.kind)
}

/// What a department's seal of this kind is called: an approval seal's words go on where the name ends, a department's
/// own seal bears the name alone.
pub(super) fn called(department: &str, kind: &str) -> String {
    match kind.parse() {
        Ok(kind @ SealKind::Approval) => format!("{department}{}", kind.title()),
        Ok(kind @ SealKind::Department) => format!("{department}（{}）", kind.title()),
        Err(_) => department.to_owned(),
    }
}

fn state(state: &str) -> Tag {
    match state {
        "active" => Tag::state(Tone::Good, "启用"),
        "suspended" => Tag::state(Tone::Wait, "停用"),
        "retired" => Tag::state(Tone::Bad, "已注销"),
        _ => Tag::state(Tone::Calm, "已制作"),
    }
}

fn card(app: &App, seal: &SealRow) -> SealCard {
    let (issuer, until) = look::certified(seal)
        .map_or_else(|_| ("证书不能读取".to_owned(), String::new()), |(issuer, until)| (issuer, words::minute(until)));
    let today = crate::hall::opening::china_date(app.now());
    let letters = app.hall.letters.iter().filter(|l| l.department.as_str() == seal.department && l.is_valid_on(today));
    let letter = letters.map(|l| format!("{} 至 {}", l.from, l.to)).next();
    SealCard {
        href: format!("/seals/{}", seal.id),
        name: full_name(seal),
        code: seal.code.clone(),
        imprint: format!("/seals/{}/imprint.svg", seal.id),
        state: state(&seal.state),
        facts: vec![
            Fact::code("印章编码", &seal.code),
            Fact::new("规格", format!("圆形，直径 {} 毫米", seal.diameter_mm)),
            Fact::new("启用时间", words::minute_of(seal.opened_at)),
            Fact::new("授权委托书", letter.unwrap_or_else(|| "今天没有有效的授权委托书".into())),
            Fact::new("证书签发者", issuer),
            Fact::new("证书有效期至", until),
            Fact::code("公钥摘要", hex::encode(&seal.key)),
        ],
    }
}

async fn visible(web: &Web, who: &SignedIn) -> Result<Vec<SealRow>, Error> {
    who.require(&[Duty::Keeper, Duty::Administrator, Duty::Auditor])?;
    Ok(look::seals(&web.app, &who.person).await?)
}

/// `GET /seals`.
pub async fn list(State(web): State<Web>, who: SignedIn) -> Result<Response, Error> {
    let seals = visible(&web, &who).await?;
    let office = who.person.staff.department.as_ref().map(|key| named(&web.app, key));
    let page = SealList {
        office: office.unwrap_or_else(|| web.app.hall.name.clone()),
        seals: seals.iter().map(|s| card(&web.app, s)).collect(),
    };
    Ok(web.shell_for(&who, "印章", "/seals").show(page.show()).into_response())
}

/// `GET /seals/{id}`.
pub async fn one(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    page(&web, &who, &id, Said::default(), super::done(looked.done.as_deref())).await
}

/// What was sent in one of the page's forms, and why it was refused.
#[derive(Default)]
struct Said<'a> {
    field: &'static str,
    text: &'a str,
    reasons: Vec<(&'a str, &'a str)>,
}

impl Said<'_> {
    /// Fills the form that has this field: the text, and the reasons, those with one of `own` codes beside the field.
    fn fill(&self, field: &'static str, form: impl FnOnce(&str) -> Form, own: &[&str]) -> Form {
        if self.field != field {
            return form("");
        }
        let mut form = form(self.text);
        for (code, text) in &self.reasons {
            form.tell(own.contains(code).then_some(field), text);
        }
        form
    }
}

/// `GET /seals/{id}/request.csr`: the request for a certificate of another authority.
pub async fn request(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    let request = certify_seal::request_certificate(&web.app, &who.person, &id).await?;
    let headers =
        [(header::CONTENT_TYPE, "application/pkcs10"), (header::CONTENT_DISPOSITION, "attachment; filename=seal.csr")];
    Ok((headers, request.to_pem()).into_response())
}

/// `POST /seals/{id}/certificate`: the certificate that came of it.
pub async fn certify(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let pem = sent.text("certificate").to_owned();
    let (app, person, seal, given) = (web.app.clone(), who.person.clone(), id.clone(), pem.clone());
    let outcome = whole(async move { certify_seal::import_certificate(&app, &person, &seal, &given).await }).await?;
    answer(&web, &who, &id, ("certificate", &pem), outcome, "certified").await
}

/// `POST /seals/{id}/suspend`.
pub async fn suspend(web: State<Web>, who: SignedIn, id: Path<String>, sent: Sent) -> Result<Response, Error> {
    change(web, who, id, sent, SealAct::Suspend, "suspended").await
}

/// `POST /seals/{id}/resume`.
pub async fn resume(web: State<Web>, who: SignedIn, id: Path<String>, sent: Sent) -> Result<Response, Error> {
    change(web, who, id, sent, SealAct::Resume, "resumed").await
}

async fn change(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
    act: SealAct,
    done: &str,
) -> Result<Response, Error> {
    let why = sent.text("reason").to_owned();
    let (app, person, seal, reason) = (web.app.clone(), who.person.clone(), id.clone(), why.clone());
    let outcome = whole(async move { suspend_seal::suspend_seal(&app, &person, &seal, act, &reason).await }).await?;
    answer(&web, &who, &id, ("reason", &why), outcome, done).await
}

async fn answer(
    web: &Web,
    who: &SignedIn,
    id: &str,
    (field, text): (&'static str, &str),
    outcome: Result<(), ActError>,
    done: &str,
) -> Result<Response, Error> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/seals/{id}?done={done}")).into_response()),
        Err(ActError::Refused(refusal)) => {
            let reasons = refusal.reasons().iter().map(|r| (r.code, r.text.as_str())).collect();
            let mut response = page(web, who, id, Said { field, text, reasons }, None).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            response.extensions_mut().insert(Shown);
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    web: &Web,
    who: &SignedIn,
    id: &str,
    said: Said<'_>,
    notice: Option<crate::web::kit::Notice>,
) -> Result<Response, Error> {
    let seal = visible(web, who).await?.into_iter().find(|s| s.id == id).ok_or(Error::NotFound)?;
    let change = match (seal.state.as_str(), who.person.staff.duty) {
        ("active", Duty::Keeper) => Change::Suspend,
        ("suspended", Duty::Keeper) => Change::Resume,
        _ => Change::Nothing,
    };
    let verb = if change == Change::Resume { "resume" } else { "suspend" };
    let reason = said.fill("reason", SealPage::reason_form, &["reason-missing"]);
    let beside = ["certificate-unreadable", "other-key", "not-for-signing", "no-chain", "revoked"];
    let certify = (change != Change::Nothing).then(|| Certify {
        request: format!("/seals/{id}/request.csr"),
        action: format!("/seals/{id}/certificate"),
        certificate: said.fill("certificate", SealPage::certificate_form, &beside),
    });
    let page = SealPage {
        card: card(&web.app, &seal),
        files: vec![
            ("印模 SVG（矢量）".into(), format!("/seals/{id}/imprint.svg")),
            ("印模 PNG（600 dpi，透明）".into(), format!("/seals/{id}/imprint.png")),
            ("签章证书（DER）".into(), format!("/seals/{id}/certificate.cer")),
        ],
        history: vec![(words::minute_of(seal.opened_at), "启用，登入用印公示账本".into())],
        change,
        action: format!("/seals/{id}/{verb}"),
        reason,
        certify,
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, &page.card.name, "/seals");
    shell.notice = notice;
    Ok(shell.show(page.show()).into_response())
}

/// `GET /seals/{id}/imprint.svg`: for whoever may see the seal, and for approvers beside what they approve.
pub async fn imprint_svg(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    let seal = look::all_seals(&web.app).await?.into_iter().find(|s| s.id == id).ok_or(Error::NotFound)?;
    let own = who.person.staff.department.as_ref().is_some_and(|key| key.as_str() == seal.department);
    let over_all = matches!(who.person.staff.duty, Duty::Administrator | Duty::Auditor);
    if !own && !over_all {
        return Err(Error::NotFound);
    }
    let svg = look::imprint_svg(&web.app, &id).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, max-age=3600")], svg)
        .into_response())
}

/// `GET /seals/{id}/imprint.png`.
pub async fn imprint_png(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    who.require(&[Duty::Keeper, Duty::Administrator])?;
    visible(&web, &who).await?.into_iter().find(|s| s.id == id).ok_or(Error::NotFound)?;
    let png = look::imprint_png(&web.app, &id).await?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CONTENT_DISPOSITION, "attachment; filename=imprint.png")], png)
        .into_response())
}

/// `GET /seals/{id}/certificate.cer`.
pub async fn certificate(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    let seal = visible(&web, &who).await?.into_iter().find(|s| s.id == id).ok_or(Error::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "application/pkix-cert"),
        (header::CONTENT_DISPOSITION, "attachment; filename=seal.cer"),
    ];
    Ok((headers, seal.certificate).into_response())
}
