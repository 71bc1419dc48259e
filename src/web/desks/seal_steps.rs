//! Steps of a seal's life at the desk: proposed by one person, looked at and confirmed by another.
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    hall::named,
    seals::{Said, answer, called},
};
use crate::{
    acts::{
        ActError,
        look::{self, SealRow},
        look_seals::{self, Part, StepRow},
        seal_step::{confirm, decline, propose},
    },
    hall::{
        seal::{SealAct, SealKind, SealState},
        seal_step::{Plan, may_propose},
    },
    web::{
        error::Error,
        guard::{
            csrf::{Sent, SentWithFile},
            session::SignedIn,
            trouble::Shown,
        },
        kit::{Fact, Form, Tag, Tone, form::Choice},
        pages::{
            seal_steps::{ApplyPage, StepLine, StepPage, consequences},
            seals::Offer,
            uses::Told,
        },
        router::Web,
        whole, words,
    },
};

/// What can be proposed on a seal's page, in this order.
const ON_PAGE: [SealAct; 9] = [
    SealAct::Make,
    SealAct::File,
    SealAct::Enable,
    SealAct::Replace,
    SealAct::Resume,
    SealAct::Renew,
    SealAct::Suspend,
    SealAct::Compromise,
    SealAct::Retire,
];

/// What this person may do with a seal as it is. `waits`: a step of it waits, so that only stopping it is possible.
pub(super) fn offers(who: &SignedIn, seal: &SealRow, all: &[SealRow], waits: bool) -> Vec<Offer> {
    let Ok(state) = seal.state.parse::<SealState>() else { return Vec::new() };
    let like = |other: &&SealRow| other.department == seal.department && other.kind == seal.kind && other.id != seal.id;
    let in_force = all.iter().filter(like).any(|other| matches!(other.state.as_str(), "active" | "suspended"));
    let filed = all.iter().filter(like).filter(|other| other.state == SealState::Filed.as_str());
    let successors: Vec<Choice> = filed
        .map(|other| Choice {
            value: other.id.clone(),
            label: format!("编码 {}", other.code),
            hint: format!("备案号 {}", other.filing_no.as_deref().unwrap_or_default()),
        })
        .collect();
    let is_possible = |act: SealAct| match act {
        SealAct::Enable => state == SealState::Filed && !in_force,
        SealAct::Replace => state.is_opened() && !successors.is_empty(),
        SealAct::Renew => state.is_opened() && seal.chain.is_none(),
        SealAct::Compromise => state == SealState::Active || state.after(act).is_ok(),
        _ => state.after(act).is_ok(),
    };
    let is_urgent = |act| matches!(act, SealAct::Suspend | SealAct::Compromise);
    ON_PAGE
        .into_iter()
        .filter(|act| look_seals::may_act(&who.person, *act, &seal.department) && is_possible(*act))
        .filter(|act| !waits || is_urgent(*act))
        .map(|act| Offer {
            act,
            action: match act {
                SealAct::File => format!("/seals/{}/filing", seal.id),
                SealAct::Suspend => format!("/seals/{}/suspend", seal.id),
                _ => format!("/seals/{}/steps/{act}", seal.id),
            },
            form: Offer::form(act, successors.clone()),
        })
        .collect()
}

/// The steps that wait, of all seals this person may see or of one.
pub(super) async fn waiting(web: &Web, who: &SignedIn, seal: Option<&str>) -> Result<Vec<StepLine>, Error> {
    let mut lines = Vec::new();
    for (step, part) in look_seals::waiting(&web.app, &who.person).await? {
        if seal.is_some_and(|seal| seal != step.seal) {
            continue;
        }
        lines.push(StepLine {
            href: format!("/seal-steps/{}", step.id),
            title: title(web, who, &step).await?,
            by: proposed(web, &step).await?,
            mark: match part {
                Part::Second => Tag::state(Tone::Wait, "等您确认"),
                Part::Own => Tag::mark("您已提出"),
                Part::Nothing => Tag::mark("等确认"),
            },
        });
    }
    Ok(lines)
}

async fn proposed(web: &Web, step: &StepRow) -> Result<String, Error> {
    let name = look::name_of(&web.app, &step.proposed_by).await?;
    Ok(format!("{name}，{}：{}", words::minute_of(step.proposed_at), step.why))
}

fn act(step: &StepRow) -> &'static str {
    step.act.parse().map_or("办理", SealAct::title)
}

async fn title(web: &Web, who: &SignedIn, step: &StepRow) -> Result<String, Error> {
    let (_, plan) = look_seals::step(&web.app, &who.person, &step.id).await?;
    let name = match &plan {
        Plan::Apply { name, kind, .. } => called(name, kind.as_str()),
        _ => super::seals::full_name(&look_seals::seal(&web.app, &who.person, &step.seal).await?),
    };
    Ok(format!("{} · {name}", act(step)))
}

/// What became of a seal, oldest first: what was done at its set-up, and its steps.
pub(super) async fn history(web: &Web, who: &SignedIn, seal: &SealRow) -> Result<Vec<(String, String)>, Error> {
    let mut lines = Vec::new();
    let steps = look_seals::steps(&web.app, &who.person, &seal.id).await?;
    if !steps.iter().any(|step| step.act == SealAct::Apply.as_str()) {
        lines.push((seal.applied_at, "建厅时设立并启用，登入用印公示账本".to_owned()));
    }
    for step in &steps {
        let what = act(step);
        lines.push((
            step.proposed_at,
            format!("{}提出“{what}”：{}", look::name_of(&web.app, &step.proposed_by).await?, step.why),
        ));
        let Some(at) = step.decided_at else { continue };
        let by = match &step.decided_by {
            Some(by) => look::name_of(&web.app, by).await?,
            None => String::new(),
        };
        let why = step.decided_why.as_deref().unwrap_or_default();
        lines.push((
            at,
            match step.state.as_str() {
                "done" => format!("{by}确认“{what}”，已办理并登账"),
                "declined" => format!("{by}退回“{what}”：{why}"),
                "withdrawn" => format!("{by}撤回“{what}”：{why}"),
                _ => format!("“{what}”因印章已废止而终止"),
            },
        ));
    }
    if let Some(at) = seal.retired_at {
        lines.push((at, "废止".to_owned()));
    }
    lines.sort_by_key(|(at, _)| *at);
    Ok(lines.into_iter().map(|(at, what)| (words::minute_of(at), what)).collect())
}

/// `GET /seals/apply`.
pub async fn apply_form(State(web): State<Web>, who: SignedIn) -> Result<Response, Error> {
    let name = who.person.staff.department.as_ref().map(|key| named(&web.app, key)).unwrap_or_default();
    let form = ApplyPage::form(|field| match field {
        "kind" => SealKind::Approval.as_str().into(),
        "name" => name.clone(),
        "diameter" => "42".into(),
        _ => String::new(),
    });
    apply_page(&web, &who, form)
}

fn apply_page(web: &Web, who: &SignedIn, form: Form) -> Result<Response, Error> {
    if !may_propose(SealAct::Apply, who.person.staff.duty) {
        return Err(Error::Forbidden);
    }
    let office = who.person.staff.department.as_ref().map(|key| named(&web.app, key)).unwrap_or_default();
    let page = ApplyPage { office, form, csrf: who.csrf.clone() };
    Ok(web.shell_for(who, "申请印章", "/seals").show(page.show()).into_response())
}

/// `POST /seals/apply`.
pub async fn apply(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let asked = propose::Asked::Apply {
        kind: sent.text("kind").parse().unwrap_or(SealKind::Approval),
        name: sent.text("name").to_owned(),
        // What is no number is no diameter, which the rules say.
        diameter_mm: sent.text("diameter").trim().parse().unwrap_or(0),
    };
    match proposed_step(&web, &who, None, asked, sent.text("reason")).await? {
        Ok(_) => Ok(Redirect::to("/seals?done=proposed").into_response()),
        Err(ActError::Refused(refusal)) => {
            let mut form = ApplyPage::form(|field| sent.text(field).to_owned());
            refusal.reasons().iter().for_each(|reason| form.tell(reason.field.as_deref(), &reason.text));
            refused(apply_page(&web, &who, form)?)
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(mut response: Response) -> Result<Response, Error> {
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response.extensions_mut().insert(Shown);
    Ok(response)
}

async fn proposed_step(
    web: &Web,
    who: &SignedIn,
    seal: Option<&str>,
    asked: propose::Asked,
    why: &str,
) -> Result<Result<StepRow, ActError>, Error> {
    let (app, person, seal, why) = (web.app.clone(), who.person.clone(), seal.map(str::to_owned), why.to_owned());
    whole(async move { propose::propose(&app, &person, seal.as_deref(), asked, &why).await }).await
}

/// `POST /seals/{id}/steps/{act}`.
pub async fn propose(
    State(web): State<Web>,
    who: SignedIn,
    Path((id, step)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Error> {
    let act: SealAct = step.parse().map_err(|_| Error::NotFound)?;
    let asked = match act {
        SealAct::Make => propose::Asked::Make,
        SealAct::Enable => propose::Asked::Enable,
        SealAct::Resume => propose::Asked::Resume,
        SealAct::Replace => propose::Asked::Replace { by: sent.text("by").to_owned() },
        SealAct::Retire => propose::Asked::Retire,
        SealAct::Renew => propose::Asked::Renew,
        SealAct::Compromise => propose::Asked::Compromise,
        SealAct::Apply | SealAct::File | SealAct::Suspend => return Err(Error::NotFound),
    };
    let done = if act == SealAct::Compromise { "reported" } else { "proposed" };
    let outcome = proposed_step(&web, &who, Some(&id), asked, sent.text("reason")).await?;
    answer(&web, &who, &id, (act.as_str(), &sent), outcome, done).await
}

/// `POST /seals/{id}/filing`: the filing with its scanned document.
pub async fn file(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    SentWithFile { sent, file }: SentWithFile,
) -> Result<Response, Error> {
    let asked = propose::Asked::File {
        code: sent.text("code").to_owned(),
        number: sent.text("number").to_owned(),
        on: sent.text("on").parse().ok(),
        document: file,
    };
    let outcome = proposed_step(&web, &who, Some(&id), asked, sent.text("reason")).await?;
    answer(&web, &who, &id, (SealAct::File.as_str(), &sent), outcome, "proposed").await
}

/// `GET /seal-steps/{step}`.
pub async fn one(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    page(&web, &who, &id, Form::default(), StepPage::reason_form("")).await
}

/// `POST /seal-steps/{step}/confirm`.
pub async fn confirm(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    _: Sent,
) -> Result<Response, Error> {
    let (app, person, step) = (web.app.clone(), who.person.clone(), id.clone());
    match whole(async move { confirm::confirm(&app, &person, &step).await }).await? {
        Ok(()) => Ok(Redirect::to("/seals?done=confirmed").into_response()),
        Err(ActError::Refused(refusal)) => {
            let mut problems = Form::default();
            refusal.reasons().iter().for_each(|reason| problems.tell(None, &reason.text));
            refused(page(&web, &who, &id, problems, StepPage::reason_form("")).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /seal-steps/{step}/decline`: by the second person, or by whoever proposed it.
pub async fn decline(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let (row, _) = look_seals::step(&web.app, &who.person, &id).await?;
    let done = if row.proposed_by == who.person.staff.id.to_string() { "withdrawn" } else { "declined" };
    let why = sent.text("reason").to_owned();
    let (app, person, step) = (web.app.clone(), who.person.clone(), id.clone());
    match whole(async move { decline::decline(&app, &person, &step, &why).await }).await? {
        Ok(()) => Ok(Redirect::to(&format!("/seals?done={done}")).into_response()),
        Err(ActError::Refused(refusal)) => {
            let said = Said::of("reason", &sent, &refusal);
            refused(page(&web, &who, &id, Form::default(), said.fill(StepPage::reason_form(""))).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(web: &Web, who: &SignedIn, id: &str, problems: Form, reason: Form) -> Result<Response, Error> {
    let (step, plan) = look_seals::step(&web.app, &who.person, id).await?;
    let part = look_seals::part(&web.app, &who.person, &step).await?;
    let (state, tone) = match step.state.as_str() {
        "pending" => ("等另一人确认", Tone::Wait),
        "done" => ("已办理", Tone::Good),
        "declined" => ("已退回", Tone::Bad),
        "withdrawn" => ("已撤回", Tone::Calm),
        _ => ("已终止", Tone::Calm),
    };
    let mut facts = facts(web, who, &step, &plan).await?;
    facts.push(Fact::new("原因", &step.why));
    facts.push(Fact::new("提出", proposed_by(web, &step).await?));
    if let Some(at) = step.decided_at {
        let by = step.decided_by.as_deref();
        let by = if let Some(by) = by { look::name_of(&web.app, by).await? } else { "—".to_owned() };
        facts.push(Fact::new("处理", format!("{by}，{}", words::minute_of(at))));
    }
    facts.extend(step.decided_why.as_ref().map(|why| Fact::new("处理理由", why)));
    let page = StepPage {
        title: title(web, who, &step).await?,
        state: Tag::state(tone, state),
        facts,
        document: step.document.is_some().then(|| format!("/seal-steps/{id}/document.pdf")),
        imprint: Some(format!("/seal-steps/{id}/imprint.svg")),
        consequences: consequences(plan.act()),
        confirm: (part == Part::Second).then(|| format!("/seal-steps/{id}/confirm")),
        problems,
        decline: match part {
            Part::Second => Some((format!("/seal-steps/{id}/decline"), "退回")),
            Part::Own => Some((format!("/seal-steps/{id}/decline"), "撤回")),
            Part::Nothing => None,
        },
        reason,
        csrf: who.csrf.clone(),
    };
    Ok(web.shell_for(who, &page.title, "/seals").show(page.show()).into_response())
}

async fn proposed_by(web: &Web, step: &StepRow) -> Result<String, Error> {
    let name = look::name_of(&web.app, &step.proposed_by).await?;
    Ok(format!("{name}，{}", words::minute_of(step.proposed_at)))
}

/// What exactly will be done.
async fn facts(web: &Web, who: &SignedIn, step: &StepRow, plan: &Plan) -> Result<Vec<Fact>, Error> {
    let app = &web.app;
    let mut facts = vec![Fact::new("办理", plan.act().title())];
    if let Plan::Apply { department, kind, name, diameter_mm, code, custodian } = plan {
        facts.push(Fact::new("部门", named(app, department)));
        facts.push(Fact::new("印章", called(name, kind.as_str())));
        facts.push(Fact::new("规格", format!("圆形，直径 {diameter_mm} 毫米")));
        facts.push(Fact::code("印章编码", code.as_str()));
        facts.push(Fact::new("保管人", look::name_of(app, &custodian.to_string()).await?));
        return Ok(facts);
    }
    let link = |seal: &SealRow| {
        let name = super::seals::full_name(seal);
        maud::html! { a href={ "/seals/" (seal.id) } { (name) } }
    };
    let seal = look_seals::seal(app, &who.person, &step.seal).await?;
    facts.push(Fact::marked("印章", link(&seal)));
    facts.push(Fact::code("印章编码", &seal.code));
    facts.push(Fact::new("现在状态", seal.state.parse::<SealState>().map_or("—", SealState::title)));
    match plan {
        Plan::Make { years } | Plan::Renew { years } => {
            facts.push(Fact::new("证书", format!("大厅签发，有效期 {years} 年")));
        }
        Plan::File { number, on, document, .. } => {
            facts.push(Fact::new("备案号", number));
            facts.push(Fact::new("备案日期", on.to_string()));
            facts.push(Fact::code("备案材料摘要", document.to_string()));
        }
        Plan::Replace { by } => {
            let by = look_seals::seal(app, &who.person, &by.to_string()).await?;
            facts.push(Fact::marked("新印章", link(&by)));
            facts.push(Fact::code("新印章编码", &by.code));
            facts.push(Fact::new("新印章备案号", by.filing_no.as_deref().unwrap_or_default()));
        }
        _ => {}
    }
    Ok(facts)
}

/// `GET /seal-steps/{step}/document.pdf`.
pub async fn document(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(super::cases::pdf_response(look_seals::step_document(&web.app, &who.person, &id).await?))
}

/// `GET /seal-steps/{step}/imprint.svg`.
pub async fn imprint(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    let svg = look_seals::step_imprint(&web.app, &who.person, &id).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, max-age=3600")], svg)
        .into_response())
}

/// What no auditor has taken note of yet.
pub(super) async fn told(web: &Web, who: &SignedIn) -> Result<Vec<Told>, Error> {
    let mut told = Vec::new();
    for notice in look_seals::notices(&web.app, &who.person).await? {
        let seal = look_seals::seal(&web.app, &who.person, &notice.seal).await?;
        let what = match notice.kind.as_str() {
            "seal-reported-lost" => "被报告失控，等另一人确认",
            "seal-compromised" => "已按失控处置：废止，证书吊销",
            _ => "的失控报告被退回或撤回",
        };
        let text = format!("{}：{}{what}", words::minute_of(notice.at), super::seals::full_name(&seal));
        let (action, href) = (format!("/notices/{}", notice.id), format!("/seals/{}", seal.id));
        told.push(Told { action, href, text });
    }
    Ok(told)
}

/// `POST /notices/{id}`: the auditor takes note.
pub async fn note(State(web): State<Web>, who: SignedIn, Path(id): Path<String>, _: Sent) -> Result<Response, Error> {
    let (app, person) = (web.app.clone(), who.person.clone());
    whole(async move { crate::acts::notice::take_note(&app, &person, &id).await }).await??;
    Ok(Redirect::to("/uses?done=noted").into_response())
}
