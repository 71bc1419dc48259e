//! Following cases: the list, one case, its documents and their pictures.
use axum::{
    extract::{Path, Query, State},
    http::{HeaderName, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{case_acts, sign_in::hands_out};
use crate::{
    acts::{
        ActError,
        calendar::Time,
        look::{self, Case, CertificateRow, Document},
    },
    app::App,
    hall::{
        certificate::Standing,
        counter::{DeliveryForm, identity_in_words},
        fee::Fee,
        staff::Duty,
    },
    web::{
        error::Error,
        guard::session::SignedIn,
        kit::{
            Fact, Pager, Tag, Tone,
            steps::{Stand, Step},
            viewer::{Viewer, Zoom},
        },
        pages::{
            case::{CasePage, Certificate, Event, Next},
            cases::{CaseList, CaseRow, Due},
        },
        router::Web,
        words,
    },
};

/// What a list is asked for.
#[derive(Deserialize)]
pub struct Asked {
    page: Option<u32>,
    q: Option<String>,
}

/// What a page with pictures is asked for.
#[derive(Deserialize)]
pub struct Looked {
    /// How large.
    pub zoom: Option<String>,
    /// What was just done.
    pub done: Option<String>,
    /// Digest of a meeting's record sent for the decision on the page.
    pub meeting: Option<String>,
}

/// `GET /cases`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(asked): Query<Asked>) -> Result<Response, Error> {
    let words = asked.q.unwrap_or_default().trim().to_owned();
    let page = asked.page.unwrap_or(1).clamp(1, 1_000_000);
    let mut rows = Vec::new();
    let mut pager = Pager::default();
    if words.is_empty() {
        let cases = look::cases(&web.app, &who.person, page - 1).await?;
        pager.before = (page > 1).then(|| format!("/cases?page={}", page - 1));
        pager.after = (cases.len() >= look::CASES_A_PAGE as usize).then(|| format!("/cases?page={}", page + 1));
        rows = cases.iter().map(row).collect();
    } else {
        match look::case(&web.app, &who.person, &words).await {
            Ok(case) => return Ok(Redirect::to(&format!("/cases/{}", case.matter.case_no)).into_response()),
            Err(ActError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let accepts = work(&web, &who) == Work::TakesIn;
    let page = CaseList { rows, words, accepts, pager };
    Ok(web.shell_for(&who, "办件", "/cases").show(page.show()).into_response())
}

/// `GET /cases/{case}`.
pub async fn one(
    State(web): State<Web>,
    who: SignedIn,
    Path(no): Path<String>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    page(&web, &who, &no, looked, case_acts::Said::default()).await
}

/// The page of a case, with what was said in one of its forms.
pub(super) async fn page(
    web: &Web,
    who: &SignedIn,
    no: &str,
    looked: Looked,
    said: case_acts::Said,
) -> Result<Response, Error> {
    let case = look::case(&web.app, &who.person, no).await?;
    let page = CasePage {
        case: case.matter.case_no.clone(),
        item: case.matter.title.clone(),
        asker: holder(&case),
        marks: marks(&case),
        due: due(&case.matter, case.time),
        steps: steps(&case),
        next: next(&case, work(web, who)),
        facts: case_acts::facts(&web.app, &case).await?,
        acts: case_acts::acts(web, who, &case, &said),
        certificates: case
            .documents
            .iter()
            .map(|d| certificate(&case, d, Zoom::from_query(looked.zoom.as_deref())))
            .collect(),
        events: events(&web.app, &case).await?,
    };
    let mut shell = web.shell_for(who, &case.matter.case_no, "/cases");
    shell.notice = super::done(looked.done.as_deref());
    Ok(shell.show(page.show()).into_response())
}

/// `GET /certificates/{id}/pages/{n}`: a page's picture, counted from 1.
pub async fn picture(
    State(web): State<Web>,
    who: SignedIn,
    Path((id, page)): Path<(String, usize)>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    let dpi = Zoom::from_query(looked.zoom.as_deref()).dpi();
    let page = page.checked_sub(1).ok_or(Error::NotFound)?;
    let png = look::page_picture(&web.app, &who.person, &id, page, dpi).await?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")], png).into_response())
}

/// `GET /certificates/{id}/pdf`: the sealed document if there is one, else the one to be sealed.
pub async fn pdf(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    let bytes = match look::sealed_pdf(&web.app, &who.person, &id).await {
        Err(ActError::NotFound) => look::unsealed_pdf(&web.app, &who.person, &id).await?,
        other => other?,
    };
    Ok(pdf_response(bytes))
}

/// A PDF to be looked at. Browsers' own viewers need a policy of their own.
pub fn pdf_response(bytes: Vec<u8>) -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline"),
        (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
    ];
    (headers, bytes).into_response()
}

pub(super) fn holder(case: &Case) -> String {
    case.documents.first().map(|d| d.certificate.holder.clone()).unwrap_or_default()
}

fn row(case: &Case) -> CaseRow {
    CaseRow {
        href: format!("/cases/{}", case.matter.case_no),
        case: case.matter.case_no.clone(),
        item: case.matter.title.clone(),
        asker: holder(case),
        state: state(case),
        marks: marks(case),
        numbers: case.documents.iter().map(|d| d.certificate.number.clone()).collect(),
        due: due(&case.matter, case.time),
    }
}

/// Where the whole case stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    Deciding,
    Sealing,
    Sealed,
    Delivered,
    /// Sealed, never handed out, and in force no more.
    Ended(Standing),
    Refused,
    Voided,
}

/// What became of a sealed certificate that is in force no more.
fn ended(case: &Case) -> Option<Standing> {
    let of = |d: &Document| d.certificate.state.parse().ok().filter(|standing| *standing != Standing::InForce);
    case.documents.iter().find_map(of)
}

fn whole(case: &Case) -> Whole {
    let any = |state: &str| case.documents.iter().any(|d| d.certificate.state == state);
    let logged = case.documents.iter().flat_map(|d| &d.uses).any(|(u, _)| u.state == "logged");
    match () {
        () if any("refused") => Whole::Refused,
        () if any("voided") => Whole::Voided,
        () if case.delivery.is_some() => Whole::Delivered,
        () if any("submitted") && logged => Whole::Sealing,
        () if any("submitted") => Whole::Deciding,
        () => ended(case).map_or(Whole::Sealed, Whole::Ended),
    }
}

fn state(case: &Case) -> Tag {
    match whole(case) {
        Whole::Deciding if needs_leader_now(case) => Tag::state(Tone::Wait, "待领导批准"),
        Whole::Deciding => Tag::state(Tone::Wait, "待签批"),
        Whole::Sealing => Tag::state(Tone::Calm, "正在用印"),
        Whole::Sealed => Tag::state(Tone::Wait, "待出件"),
        Whole::Delivered => Tag::state(Tone::Good, "已出件"),
        Whole::Ended(standing) => Tag::state(Tone::Bad, format!("证照{}", standing.title())),
        Whole::Refused => Tag::state(Tone::Bad, "不予批准"),
        Whole::Voided => Tag::state(Tone::Bad, "用印作废"),
    }
}

/// Every use still asked for has the chief's approval already.
fn needs_leader_now(case: &Case) -> bool {
    let asked = case.documents.iter().flat_map(|d| &d.uses).filter(|(u, _)| u.state == "asked");
    let mut seen = false;
    for (_, approvals) in asked {
        seen = true;
        if !approvals.iter().any(|a| a.step == "chief" && a.decision == "approve") {
            return false;
        }
    }
    seen && case.documents.iter().any(|d| d.certificate.major || d.certificate.disputed)
}

fn marks(case: &Case) -> Vec<Tag> {
    let any = |is: fn(&CertificateRow) -> bool| case.documents.iter().any(|d| is(&d.certificate));
    let mut marks = Vec::new();
    if case.matter.key_project {
        marks.push(Tag::mark("重点项目"));
    }
    if case.documents.len() > 1 {
        marks.push(Tag::mark("并联"));
    }
    if any(|c| c.major) {
        marks.push(Tag::mark("重大"));
    }
    if any(|c| c.disputed) {
        marks.push(Tag::mark("争议"));
    }
    if let (Whole::Delivered, Some(standing)) = (whole(case), ended(case)) {
        marks.push(Tag::state(Tone::Bad, format!("证照{}", standing.title())));
    }
    if case.fee() == Fee::Due && !matches!(whole(case), Whole::Refused | Whole::Voided) {
        marks.push(Tag::state(Tone::Wait, Fee::Due.title()));
    }
    marks
}

/// Where the case stands to its last day, as lists show it.
pub(super) fn due(matter: &look::MatterRow, time: Time) -> Due {
    let words = match time {
        Time::Open(_) if matter.limit().is_instant() => format!("即办件，{}", time.words()),
        _ => time.words(),
    };
    Due { words, late: time.is_late() }
}

fn steps(case: &Case) -> Vec<Step> {
    let at = words::minute_of(case.matter.submitted_at);
    let now = whole(case);
    let later = |reached: &[Whole], here: &[Whole]| match () {
        () if reached.contains(&now) => Stand::Done,
        () if here.contains(&now) => Stand::Now,
        () => Stand::ToCome,
    };
    use Whole::{Deciding, Delivered, Ended, Refused, Sealed, Sealing, Voided};
    let gone = ended(case).map_or(Delivered, Ended);
    let past_decision = [Sealing, Sealed, Delivered, gone, Voided];
    let decided = if now == Refused { Stand::Stopped } else { later(&past_decision, &[Deciding]) };
    let sealed = if now == Voided { Stand::Stopped } else { later(&[Sealed, Delivered, gone], &[Sealing]) };
    let handed_out = if matches!(now, Ended(_)) { Stand::Stopped } else { later(&[Delivered], &[Sealed]) };
    let mut steps = vec![
        Step::new("申请", Stand::Done).line(&at),
        Step::new("受理", Stand::Done).line(words::window(&case.matter.window_no)).line(&at),
        Step::new("审核", Stand::Done).line(&case.submitted_by),
        Step::new("签批", decided),
        Step::new("用印", sealed),
        Step::new("出件", handed_out),
    ];
    let approvals = case.documents.iter().flat_map(|d| &d.uses).flat_map(|(_, approvals)| approvals);
    if let Some(at) = approvals.map(|a| a.at).max().filter(|_| now != Deciding) {
        steps[3].lines.push(words::minute_of(at));
    }
    if let Some(at) = case.documents.iter().filter_map(|d| d.certificate.sealed_at).max() {
        steps[4].lines.push(words::minute_of(at));
    }
    if let Some(delivery) = &case.delivery {
        steps[5].lines.push(words::minute_of(delivery.at));
    }
    steps
}

/// What somebody does with cases, as far as the next step of one is theirs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Takes them in at a window.
    TakesIn,
    /// Hands out what is sealed.
    HandsOut,
    /// Decides.
    Decides,
    /// Looks on.
    Other,
}

fn work(web: &Web, who: &SignedIn) -> Work {
    match who.person.staff.duty {
        Duty::Clerk if hands_out(web, &who.person) => Work::HandsOut,
        Duty::Clerk => Work::TakesIn,
        Duty::Chief | Duty::Leader => Work::Decides,
        _ => Work::Other,
    }
}

fn next(case: &Case, work: Work) -> Option<Next> {
    let again = Some(("重新受理", "/cases/new".to_owned()));
    let (words, action) = match (whole(case), work) {
        (Whole::Deciding, Work::Decides) => ("等您或同事签批。", Some(("去待签批", "/inbox".to_owned()))),
        (Whole::Deciding, _) if needs_leader_now(case) => {
            ("首席代表已批准，等部门分管领导批准。批准后自动用印。", None)
        }
        (Whole::Deciding, _) => ("等首席代表签批。批准后自动用印，到统一出件窗口领取。", None),
        (Whole::Sealing, _) => ("已登入用印公示账本，正在用印；稍后刷新本页。", None),
        (Whole::Sealed, Work::HandsOut) => {
            ("已用印。请核对身份后交付。", Some(("登记出件", format!("/delivery/{}", case.matter.case_no))))
        }
        (Whole::Sealed, _) => ("已用印，等统一出件窗口核对身份后交付。", None),
        (Whole::Refused, Work::TakesIn) => ("不予批准，理由见下。请一次告知申请人全部理由；补正后重新受理。", again),
        (Whole::Voided, Work::TakesIn) => ("用印没有完成，已作废并登入用印公示账本。请查明原因后重新受理。", again),
        _ => return None,
    };
    Some(Next { words: words.to_owned(), action: action.map(|(w, h)| (w.to_owned(), h)) })
}

pub(super) fn certificate_state(state: &str) -> Tag {
    match state {
        "submitted" => Tag::state(Tone::Wait, "待签批"),
        "sealed" => Tag::state(Tone::Good, "已用印"),
        "refused" => Tag::state(Tone::Bad, "不予批准"),
        "voided" => Tag::state(Tone::Bad, "用印作废"),
        other => match other.parse::<Standing>() {
            Ok(standing) => Tag::state(Tone::Bad, standing.title()),
            Err(_) => Tag::mark(other),
        },
    }
}

/// The pages of a certificate, to be shown on the page `here`.
pub(super) fn viewer(certificate: &CertificateRow, here: Option<String>, zoom: Zoom) -> Viewer {
    let picture = |n| format!("/certificates/{}/pages/{n}?zoom={}", certificate.id, zoom.query());
    Viewer {
        title: format!("{} {}", certificate.name, certificate.number),
        pages: (1..=look::page_count(certificate)).map(picture).collect(),
        here,
        zoom,
        pdf: Some(format!("/certificates/{}/pdf", certificate.id)),
    }
}

fn certificate(case: &Case, document: &Document, zoom: Zoom) -> Certificate {
    let row = &document.certificate;
    let digest = |bytes: &[u8]| hex::encode(bytes);
    let mut facts = vec![Fact::code("编号", &row.number), Fact::new("持证人", &row.holder)];
    if let Some(purpose) = &row.purpose {
        facts.push(Fact::new("加注用途", purpose));
    }
    if let Some(day) = &row.valid_to {
        facts.push(Fact::new(if row.purpose.is_some() { "截止日期" } else { "有效期至" }, day));
    }
    if row.issue > 0 {
        facts.push(Fact::new("同号证照", format!("第 {} 次签发，替换前一份", row.issue + 1)));
    }
    for (one, _) in &document.uses {
        let entry = one.idx.map_or_else(|| "未登账".to_owned(), |i| format!("账本第 {i} 条"));
        facts.push(Fact::new("用印", entry));
    }
    facts.push(Fact::code("用印前文件摘要", digest(&row.unsealed)));
    if let Some(sealed) = &row.sealed {
        facts.push(Fact::code("用印后文件摘要", digest(sealed)));
    }
    Certificate {
        name: row.name.clone(),
        number: row.number.clone(),
        state: certificate_state(&row.state),
        facts,
        viewer: viewer(row, Some(format!("/cases/{}", case.matter.case_no)), zoom),
    }
}

/// What happened, oldest first.
pub(super) async fn events(app: &App, case: &Case) -> Result<Vec<Event>, Error> {
    let mut all = vec![(case.matter.submitted_at, case.submitted_by.clone(), "受理并提交用印申请".to_owned(), vec![])];
    for document in &case.documents {
        let name = &document.certificate.name;
        for approval in document.uses.iter().flat_map(|(_, approvals)| approvals) {
            let who = look::name_of(app, &approval.staff).await?;
            let what = match approval.decision.as_str() {
                "approve" => format!("批准《{name}》用印"),
                _ => format!("不予批准《{name}》"),
            };
            all.push((approval.at, who, what, approval.reasons.lines().map(str::to_owned).collect()));
        }
        if let Some(at) = document.certificate.sealed_at {
            all.push((at, "印信".to_owned(), format!("《{name}》登账、用印、自检完成"), vec![]));
        }
    }
    if let Some(delivery) = &case.delivery {
        let who = look::name_of(app, &delivery.staff).await?;
        let form = delivery.form.parse().map_or("", DeliveryForm::title);
        let what = format!(
            "交付{form}，领取人 {}（{}），{} 窗口",
            delivery.receiver,
            identity_in_words(&delivery.identity),
            delivery.window_no
        );
        all.push((delivery.at, who, what, vec![]));
    }
    all.extend(case_acts::events(app, case).await?);
    all.sort_by_key(|(at, ..)| *at);
    Ok(all.into_iter().map(|(at, who, what, reasons)| Event { at: words::minute_of(at), who, what, reasons }).collect())
}
