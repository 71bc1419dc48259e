//! The desk of the chief representative and of the leader: what waits, and the decision.
use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};

use maud::{Markup, html};
use serde_json::Value;

use super::{
    account::{confirm, confirmation, proposal},
    cases::{Looked, due, viewer},
    hall::named,
};
use crate::{
    acts::{
        ActError,
        approve::{Done, Verdict, approve_confirmed},
        look::{self, Waiting},
        papers,
        propose::propose,
    },
    app::App,
    digest::Digest,
    hall::{fee::Fee, opening::china_date, staff::Duty},
    web::{
        error::Error,
        guard::{
            csrf::{Sent, SentWithFile},
            session::SignedIn,
        },
        kit::{Fact, Notice, Pager, Tag, Tone, confirm::Confirm, viewer::Zoom},
        pages::{
            approval::{Approval, Decision},
            inbox::{self, Inbox},
        },
        router::Web,
        whole, words,
    },
};

/// Who has these pages.
const APPROVERS: [Duty; 3] = [Duty::Reviewer, Duty::Chief, Duty::Leader];

fn address(waiting: &Waiting) -> String {
    format!("/approvals/{}/{}", waiting.certificate.id, waiting.seal_use.id)
}

fn marks(waiting: &Waiting) -> Vec<Tag> {
    let mut marks = Vec::new();
    if waiting.matter.key_project {
        marks.push(Tag::mark("重点项目"));
    }
    if waiting.certificate.copy_of.is_some() {
        marks.push(Tag::mark("加注件"));
    }
    if waiting.certificate.major {
        marks.push(Tag::mark("重大"));
    }
    if waiting.certificate.disputed {
        marks.push(Tag::mark("争议"));
    }
    marks
}

/// `GET /inbox`.
pub async fn inbox(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    who.require(&APPROVERS)?;
    let waiting = look::inbox(&web.app, &who.person).await?;
    let mut rows = Vec::new();
    for one in &waiting {
        rows.push(inbox::Waiting {
            href: address(one),
            certificate: one.certificate.name.clone(),
            number: one.certificate.number.clone(),
            asked_by: look::name_of(&web.app, &one.certificate.asked_by).await?,
            asker: one.certificate.holder.clone(),
            since: words::minute_of(one.matter.submitted_at),
            marks: marks(one),
            due: due(&one.matter, one.time),
        });
    }
    let shown = format!("共 {} 件", rows.len());
    let name = list_of(who.person.staff.duty);
    let page = Inbox { name, office: office(&web.app, &who), rows, pager: Pager { shown, ..Pager::default() } };
    let mut shell = web.shell_for(&who, name, "/inbox");
    shell.notice = super::done(looked.done.as_deref());
    Ok(shell.show(page.show()).into_response())
}

/// What the list of those who decide is called.
fn list_of(duty: Duty) -> &'static str {
    if duty == Duty::Reviewer { "待审核" } else { "待签批" }
}

fn office(app: &App, who: &SignedIn) -> String {
    who.person.staff.department.as_ref().map(|key| named(app, key)).unwrap_or_default()
}

/// `GET /approvals/{certificate}/{use}`.
pub async fn look(
    State(web): State<Web>,
    who: SignedIn,
    Path(ids): Path<(String, String)>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    who.require(&APPROVERS)?;
    let zoom = Zoom::from_query(looked.zoom.as_deref());
    let meeting = looked.meeting.as_deref().filter(|digest| digest.parse::<Digest>().is_ok());
    let meeting = meeting.unwrap_or_default().to_owned();
    let with = With { notice: super::done(looked.done.as_deref()), meeting, ..With::default() };
    page(&web, &who, &ids, zoom, with).await
}

/// `POST /approvals/{certificate}/{use}/challenge`: the digest of the statement that this approval will make, to be signed by a passkey.
pub async fn challenge(
    State(web): State<Web>,
    who: SignedIn,
    Path((certificate, seal_use)): Path<(String, String)>,
    sent: Sent,
) -> Result<Json<Value>, Error> {
    let (shown, meeting) = (digest(&sent)?, attached(&sent)?);
    let proposed =
        propose(&web.app, &who.person, &certificate, &seal_use, shown, meeting, sent.text("passkey")).await?;
    Ok(Json(proposal(&web, &proposed)))
}

fn digest(sent: &Sent) -> Result<Digest, Error> {
    sent.text("digest").parse().map_err(|_| Error::Unreadable("文件摘要不完整，请刷新页面".into()))
}

/// The record of the meeting that decided, if one was attached.
fn attached(sent: &Sent) -> Result<Option<Digest>, Error> {
    let given = Some(sent.text("meeting")).filter(|meeting| !meeting.is_empty());
    given.map(|one| one.parse().map_err(|_| Error::Unreadable("会议记录的摘要不完整，请刷新页面".into()))).transpose()
}

/// `POST /approvals/{certificate}/{use}`.
pub async fn decide(
    State(web): State<Web>,
    who: SignedIn,
    Path(ids): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Error> {
    let (shown, given) = (digest(&sent)?, confirmation(&sent)?);
    let why = sent.text("why");
    let verdict = match sent.text("decision") {
        "approve" => attached(&sent)?.map_or(Verdict::Approve, Verdict::ApproveAfterMeeting),
        "refuse" => Verdict::Refuse(why.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()),
        _ => return Err(Error::Unreadable("没有说明是批准还是不予批准".into())),
    };
    let (app, person, (certificate, seal_use)) = (web.app.clone(), who.person.clone(), ids.clone());
    let act = async move { approve_confirmed(&app, &person, &certificate, &seal_use, shown, verdict, given).await };
    match whole(act).await? {
        Ok(done) => {
            let word = match done {
                Done::Waiting => "approved",
                Done::Refused => "refused",
                Done::Sealed(_) => "sealed",
            };
            let next = look::inbox(&web.app, &who.person).await?;
            let address = next.first().map_or_else(|| "/inbox".to_owned(), address);
            Ok(Redirect::to(&format!("{address}?done={word}")).into_response())
        }
        Err(ActError::Refused(refusal)) => {
            let of = |field| refusal.reasons().iter().filter(move |reason| reason.field.as_deref() == field);
            let general = refusal.reasons().iter().filter(|r| !matches!(r.field.as_deref(), Some("why" | "code")));
            let lines: Vec<String> = general.map(|r| r.text.clone()).collect();
            let notice = (!lines.is_empty()).then(|| Notice::new(Tone::Bad, "没有办成").with(lines));
            let problem = of(Some("why")).next().map(|reason| reason.text.clone());
            let code = of(Some("code")).map(|reason| reason.text.clone()).collect();
            let meeting = sent.text("meeting").parse::<Digest>().map_or_else(|_| String::new(), |one| one.to_string());
            let with = With { why: why.to_owned(), notice, problem, meeting, code };
            Ok(super::shown_again(page(&web, &who, &ids, Zoom::Fit, with).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// What was said and sent before.
#[derive(Default)]
struct With {
    why: String,
    notice: Option<Notice>,
    problem: Option<String>,
    /// Digest of the meeting's record that was sent; empty: none.
    meeting: String,
    /// What is wrong with the code.
    code: Vec<String>,
}

async fn page(
    web: &Web,
    who: &SignedIn,
    (certificate, seal_use): &(String, String),
    zoom: Zoom,
    With { why, notice, problem, meeting, code }: With,
) -> Result<Response, Error> {
    let app = &web.app;
    let inbox = look::inbox(app, &who.person).await?;
    let more = inbox.len().saturating_sub(1);
    let case = look::case_of(app, &who.person, certificate).await?;
    let document = case.documents.iter().find(|d| d.certificate.id == *certificate).ok_or(Error::NotFound)?;
    let (one, approvals) = document.uses.iter().find(|(u, _)| u.id == *seal_use).ok_or(Error::NotFound)?;
    let waiting = inbox.into_iter().find(|w| w.seal_use.id == *seal_use);
    let row = &document.certificate;
    let seal = look::all_seals(app).await?.into_iter().find(|s| match &one.seal {
        Some(id) => s.id == *id,
        None => s.department == one.department && s.kind == one.kind && (s.state == "active" || s.state == "suspended"),
    });
    let here = format!("/approvals/{certificate}/{seal_use}");
    let mut facts = vec![
        Fact::new("申请人", &row.holder),
        Fact::new("事项", &case.matter.title),
        Fact::new("办件", &case.matter.case_no),
        Fact::new(
            "经办",
            format!(
                "{}，{}，{}",
                case.submitted_by,
                words::window(&case.matter.window_no),
                words::minute_of(case.matter.submitted_at)
            ),
        ),
        Fact::marked("授权委托书", letter(app, who, one).await?),
        Fact::new("时限", due(&case.matter, case.time).words),
    ];
    if let Some(steps) = steps(app, one) {
        facts.push(Fact::new("环节与标准时限", steps));
    }
    if case.fee() != Fee::Free {
        facts.push(Fact::new("收费", case.fee().title()));
    }
    for approval in approvals {
        let said = if approval.decision == "approve" { "批准" } else { "不予批准" };
        let step = match approval.step.as_str() {
            "leader" => "分管领导",
            "review" => "审核",
            "second-review" => "复审",
            _ => "首席代表",
        };
        let meeting = approval.meeting.as_ref().map_or_else(String::new, |record| {
            format!("，会议记录摘要 {}", hex::encode(record).get(..16).unwrap_or_default())
        });
        let name = look::name_of(app, &approval.staff).await?;
        facts.push(Fact::new(step, format!("{name} {said}，{}{meeting}", words::minute_of(approval.at))));
    }
    let mut refusal = Approval::refusal_form(&why);
    if let Some(problem) = problem {
        refusal.tell(Some("why"), &problem);
    }
    let page = Approval {
        list: list_of(who.person.staff.duty),
        certificate: row.name.clone(),
        number: row.number.clone(),
        marks: waiting.as_ref().map(marks).unwrap_or_default(),
        facts,
        notes: notes(seal.as_ref()),
        seal: seal.as_ref().map_or_else(|| "没有启用的印章".to_owned(), super::seals::full_name),
        imprint: seal.as_ref().map(|s| format!("/seals/{}/imprint.svg", s.id)).unwrap_or_default(),
        digest: hex::encode(&row.unsealed),
        viewer: viewer(row, Some(here.clone()), zoom),
        decision: decision(app, waiting.as_ref(), who, &case),
        meeting: (who.person.staff.duty == Duty::Chief).then_some(meeting),
        confirm: Confirm {
            problems: code,
            ..confirm(web, who, &format!("/approvals/{certificate}/{seal_use}/challenge")).await?
        },
        action: here,
        refusal,
        more,
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, &row.name, "/inbox");
    shell.wide = true;
    shell.notice = notice;
    Ok(shell.show(page.show()).into_response())
}

/// The item's steps, each with its standard time.
fn steps(app: &App, one: &look::SealUseRow) -> Option<String> {
    let item = one.item.parse().ok().and_then(|code| app.hall.item(&code))?;
    let step = |step: &crate::hall::chain::StandardStep| format!("{} {} 小时", step.kind.title(), step.hours);
    let steps: Vec<String> = item.chain.steps().iter().map(step).collect();
    let more = item.chain.more_because().map_or_else(String::new, |why| format!("（超过三个环节：{why}）"));
    Some(format!("{}{more}", steps.join("，")))
}

/// `POST /approvals/{certificate}/{use}/meeting`: the record of the meeting that decided, kept for the approval.
pub async fn meeting(
    State(web): State<Web>,
    who: SignedIn,
    Path(ids): Path<(String, String)>,
    SentWithFile { file, .. }: SentWithFile,
) -> Result<Response, Error> {
    let (app, person) = (web.app.clone(), who.person.clone());
    match whole(async move { papers::keep_record(&app, &person, file).await }).await? {
        Ok(kept) => {
            let (certificate, seal_use) = &ids;
            Ok(Redirect::to(&format!("/approvals/{certificate}/{seal_use}?meeting={kept}")).into_response())
        }
        Err(ActError::Refused(refusal)) => {
            let lines: Vec<String> = refusal.reasons().iter().map(|reason| reason.text.clone()).collect();
            let notice = Notice::new(Tone::Bad, "会议记录没有附上").with(lines);
            let with = With { notice: Some(notice), ..With::default() };
            Ok(super::shown_again(page(&web, &who, &ids, Zoom::Fit, with).await?))
        }
        Err(error) => Err(error.into()),
    }
}

fn notes(seal: Option<&look::SealRow>) -> Vec<String> {
    match seal {
        Some(seal) if seal.state == "suspended" => vec!["印章已停用，恢复启用前不能用印。".into()],
        Some(_) => vec![],
        None => vec!["本部门没有启用的印章，请先办理启用。".into()],
    }
}

/// What this person's approval does: seals the case, or leaves it to others.
fn decision(app: &App, waiting: Option<&Waiting>, who: &SignedIn, case: &look::Case) -> Decision {
    let Some(waiting) = waiting else {
        return Decision::NotYours(vec!["本件不在您的待签批之列：可能已有决定，或者正等其他审批人。".into()]);
    };
    let weighty = look::needs_leader(app, &waiting.certificate, &waiting.seal_use);
    match who.person.staff.duty {
        Duty::Reviewer => {
            let item = waiting.seal_use.item.parse().ok().and_then(|code| app.hall.item(&code));
            let reviews = item.map_or(0, |item| item.chain.reviews().count());
            let to = if waiting.approvals.len() + 1 < reviews { "复审人员" } else { "首席代表" };
            return Decision::PassesOn { to: to.into() };
        }
        Duty::Chief if weighty => return Decision::PassesOn { to: "分管领导".into() },
        _ => {}
    }
    let others =
        case.documents.iter().flat_map(|d| d.uses.iter().map(move |(u, approvals)| (&d.certificate, u, approvals)));
    let mut others = others.filter(|(_, u, _)| u.id != waiting.seal_use.id);
    let open = others.any(|(certificate, u, approvals)| {
        let by = |step: &str| approvals.iter().any(|a| a.step == step && a.decision == "approve");
        !by("chief") || (look::needs_leader(app, certificate, u) && !by("leader"))
    });
    if open { Decision::PassesOn { to: "其余各审批人".into() } } else { Decision::Seals }
}

/// The letter under which the seal is used today, to be opened.
async fn letter(app: &App, who: &SignedIn, one: &look::SealUseRow) -> Result<Markup, Error> {
    let today = china_date(app.now());
    let Ok(item) = one.item.parse() else { return Err(Error::failed("a use without an item")) };
    for row in look::letters(app, &one.department).await? {
        if row.to_letter().map_err(Error::failed)?.covers(&item, today) {
            let open = look::may_open_letters(&who.person, &row.department);
            return Ok(html! {
                (row.first_day) " 至 " (row.last_day) "，含本事项"
                @if open { "（" a href={ "/letters/" (row.id) "/pdf" } { "打开" } "）" }
            });
        }
    }
    Ok(html! { "今天没有含本事项的授权委托书" })
}
