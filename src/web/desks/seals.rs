//! The keeper's desk: seals, their imprints and papers, stopping them. Steps that take two people are in [`super::seal_steps`].
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{cases::Looked, hall::named, seal_steps};
use crate::{
    acts::{
        ActError, certify_seal, filing_sheet,
        look::{self, SealRow},
        look_seals,
        suspend_seal::suspend_seal,
    },
    app::App,
    hall::{
        refusal::Refusal,
        seal::{SealAct, SealKind, SealState},
        seal_step::may_propose,
        staff::Duty,
    },
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn, trouble::Shown},
        kit::{Fact, Form, Tag, Tone},
        pages::seals::{Certify, Offer, SealCard, SealList, SealPage},
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
    let tone = match state {
        "active" => Tone::Good,
        "suspended" => Tone::Wait,
        "retired" => Tone::Bad,
        _ => Tone::Calm,
    };
    Tag::state(tone, state.parse::<SealState>().map_or("—", SealState::title))
}

fn card(app: &App, seal: &SealRow) -> SealCard {
    let today = crate::hall::opening::china_date(app.now());
    let letters = app.hall.letters.iter().filter(|l| l.department.as_str() == seal.department && l.is_valid_on(today));
    let letter = letters.map(|l| format!("{} 至 {}", l.from, l.to)).next();
    let mut facts = vec![
        Fact::code("印章编码", &seal.code),
        Fact::new("规格", format!("圆形，直径 {} 毫米", seal.diameter_mm)),
        Fact::new("申请时间", words::minute_of(seal.applied_at)),
    ];
    if let Some(number) = &seal.filing_no {
        facts.push(Fact::new("备案", format!("{number}，{}", seal.filed_on.as_deref().unwrap_or_default())));
    }
    facts.extend(seal.opened_at.map(|at| Fact::new("启用时间", words::minute_of(at))));
    facts.extend(seal.retired_at.map(|at| Fact::new("废止时间", words::minute_of(at))));
    if seal.kind == SealKind::Approval.as_str() {
        facts.push(Fact::new("授权委托书", letter.unwrap_or_else(|| "今天没有有效的授权委托书".into())));
    }
    if let Some(key) = &seal.key {
        let (issuer, until) = look::certified(seal).map_or_else(
            |_| ("证书不能读取".to_owned(), String::new()),
            |(issuer, until)| (issuer, words::minute(until)),
        );
        facts.push(Fact::new("证书签发者", issuer));
        facts.push(Fact::new("证书有效期至", until));
        facts.push(Fact::code("公钥摘要", hex::encode(key)));
    }
    let warned = look_seals::runs_out(app, seal).map(|days| match days {
        0.. => Tag::state(Tone::Wait, format!("证书还有 {days} 天到期，请换发")),
        _ => Tag::state(Tone::Bad, "证书已经到期，请换发"),
    });
    SealCard {
        href: format!("/seals/{}", seal.id),
        name: full_name(seal),
        code: seal.code.clone(),
        imprint: Some(format!("/seals/{}/imprint.svg", seal.id)),
        state: state(&seal.state),
        warned,
        facts,
    }
}

/// What the list says of a seal; its page says the rest.
fn in_short(mut card: SealCard) -> SealCard {
    card.facts.retain(|fact| matches!(fact.name.as_str(), "印章编码" | "备案" | "授权委托书" | "证书有效期至"));
    card
}

async fn visible(web: &Web, who: &SignedIn) -> Result<Vec<SealRow>, Error> {
    who.require(&[Duty::Keeper, Duty::Leader, Duty::Administrator, Duty::Auditor])?;
    Ok(look::seals(&web.app, &who.person).await?)
}

/// `GET /seals`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    let mut seals = visible(&web, &who).await?;
    // Those in force first, those that have ended last.
    seals.sort_by_key(|seal| match seal.state.as_str() {
        "active" | "suspended" => 0,
        "retired" => 2,
        _ => 1,
    });
    let office = who.person.staff.department.as_ref().map(|key| named(&web.app, key));
    let page = SealList {
        office: office.unwrap_or_else(|| web.app.hall.name.clone()),
        seals: seals.iter().map(|seal| in_short(card(&web.app, seal))).collect(),
        steps: seal_steps::waiting(&web, &who, None).await?,
        applies: may_propose(SealAct::Apply, who.person.staff.duty),
    };
    let mut shell = web.shell_for(&who, "印章", "/seals");
    shell.notice = super::done(looked.done.as_deref());
    Ok(shell.show(page.show()).into_response())
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
pub(super) struct Said {
    /// The mark of the form.
    pub(super) form: &'static str,
    /// What stood in its fields.
    pub(super) values: Vec<(String, String)>,
    /// The reasons, each with the field it belongs to.
    pub(super) reasons: Vec<(Option<String>, String)>,
}

impl Said {
    /// What an act refused of what was sent.
    pub(super) fn of(form: &'static str, sent: &Sent, refusal: &Refusal) -> Self {
        let values = sent.all().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let reasons = refusal.reasons().iter().map(|reason| (reason.field.clone(), reason.text.clone())).collect();
        Self { form, values, reasons }
    }

    /// The form, if it is the one that was sent, as it was sent and with what is wrong.
    pub(super) fn fill(&self, mut form: Form) -> Form {
        if self.form != form.mark || self.form.is_empty() {
            return form;
        }
        for field in form.fields_mut() {
            if let Some((_, value)) = self.values.iter().find(|(name, _)| *name == field.name) {
                field.value.clone_from(value);
            }
        }
        for (field, text) in &self.reasons {
            form.tell(field.as_deref(), text);
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
    let (app, person, seal) = (web.app.clone(), who.person.clone(), id.clone());
    let outcome = whole(async move { certify_seal::import_certificate(&app, &person, &seal, &pem).await }).await?;
    answer(&web, &who, &id, (CERTIFICATE, &sent), outcome, "certified").await
}

/// The mark of the form for a certificate of another authority.
const CERTIFICATE: &str = "c";

/// `POST /seals/{id}/suspend`.
pub async fn suspend(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let why = sent.text("reason").to_owned();
    let (app, person, seal) = (web.app.clone(), who.person.clone(), id.clone());
    let outcome = whole(async move { suspend_seal(&app, &person, &seal, &why).await }).await?;
    answer(&web, &who, &id, (SealAct::Suspend.as_str(), &sent), outcome, "suspended").await
}

/// Where an act on a seal leads: back to it, or to the form with what is wrong.
pub(super) async fn answer<T>(
    web: &Web,
    who: &SignedIn,
    id: &str,
    (form, sent): (&'static str, &Sent),
    outcome: Result<T, ActError>,
    done: &str,
) -> Result<Response, Error> {
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/seals/{id}?done={done}")).into_response()),
        Err(ActError::Refused(refusal)) => {
            let mut said = Said::of(form, sent, &refusal);
            // What is wrong with a certificate is wrong with the one field there is.
            let beside = ["certificate-unreadable", "other-key", "not-for-signing", "no-chain", "revoked"];
            for ((field, _), reason) in said.reasons.iter_mut().zip(refusal.reasons()) {
                if form == CERTIFICATE && beside.contains(&reason.code) {
                    *field = Some("certificate".to_owned());
                }
            }
            let mut response = page(web, who, id, said, None).await?;
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
    said: Said,
    notice: Option<crate::web::kit::Notice>,
) -> Result<Response, Error> {
    let seals = visible(web, who).await?;
    let seal = seals.iter().find(|s| s.id == id).ok_or(Error::NotFound)?;
    let steps = seal_steps::waiting(web, who, Some(id)).await?;
    let is_open = matches!(seal.state.as_str(), "active" | "suspended");
    let certify = (is_open && who.person.staff.duty == Duty::Keeper).then(|| Certify {
        request: format!("/seals/{id}/request.csr"),
        action: format!("/seals/{id}/certificate"),
        certificate: said.fill(SealPage::certificate_form("")),
    });
    let mut files = Vec::new();
    if seal.key.is_some() {
        files.push(("印模 SVG（矢量）".into(), format!("/seals/{id}/imprint.svg")));
        if who.person.staff.duty != Duty::Leader {
            files.push(("印模 PNG（600 dpi，透明）".into(), format!("/seals/{id}/imprint.png")));
            files.push(("印章备案表（PDF，打印用）".into(), format!("/seals/{id}/filing-sheet.pdf")));
        }
        files.push(("签章证书（DER）".into(), format!("/seals/{id}/certificate.cer")));
    }
    if seal.filing_document.is_some() {
        files.push(("备案材料扫描件（PDF）".into(), format!("/seals/{id}/filing.pdf")));
    }
    let offers = seal_steps::offers(who, seal, &seals, !steps.is_empty());
    let page = SealPage {
        card: card(&web.app, seal),
        files,
        history: seal_steps::history(web, who, seal).await?,
        steps,
        offers: offers.into_iter().map(|offer| Offer { form: said.fill(offer.form), ..offer }).collect(),
        certify,
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, &page.card.name, "/seals");
    // A form that is not there any more cannot say what was wrong with it.
    let is_told = page.offers.iter().any(|offer| offer.form.mark == said.form) || said.form == CERTIFICATE;
    let lost = (!is_told && !said.reasons.is_empty()).then(|| {
        let reasons = said.reasons.iter().map(|(_, text)| text.clone());
        crate::web::kit::Notice::new(Tone::Bad, "没有办理").with(reasons)
    });
    shell.notice = lost.or(notice);
    Ok(shell.show(page.show()).into_response())
}

/// `GET /seals/{id}/filing-sheet.pdf`.
pub async fn filing_sheet(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(super::cases::pdf_response(filing_sheet::filing_sheet(&web.app, &who.person, &id).await?))
}

/// `GET /seals/{id}/filing.pdf`: the scanned filing document.
pub async fn filing(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(super::cases::pdf_response(look_seals::filing_document(&web.app, &who.person, &id).await?))
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
    Ok((headers, seal.certificate.ok_or(Error::NotFound)?).into_response())
}
