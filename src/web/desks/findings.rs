//! The supervision's desk: findings for the auditor, and for those who have to answer.
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::ToSpan;
use maud::html;
use serde::Deserialize;

use super::{cases::Looked, hall::named};
use crate::{
    acts::{
        ActError,
        findings::{self, Doing, Finding, FindingRow, MayDo, Which},
    },
    app::App,
    hall::{
        opening::china_date,
        refusal::Refusal,
        staff::Duty,
        supervision::{
            RULES, Rule, Subject,
            finding::{Answerer, Conclusion, FindingAct, FindingState},
        },
    },
    web::{
        error::{Error, in_query},
        guard::{csrf::Sent, session::SignedIn, trouble::Shown},
        kit::{Fact, Form, Tag, Tone, form::Choice},
        pages::findings::{self as pages, Filter, FindingLine, FindingPage, Findings},
        router::Web,
        whole,
        words::{self, Slice},
    },
};

/// Days given for an answer, unless the auditor says otherwise.
const DAYS_TO_ANSWER: i32 = 7;

/// What the list is narrowed to.
#[derive(Deserialize)]
pub struct Asked {
    state: Option<String>,
    rule: Option<String>,
    department: Option<String>,
    page: Option<String>,
}

/// `GET /findings`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(asked): Query<Asked>) -> Result<Response, Error> {
    who.require(&[Duty::Auditor, Duty::Chief, Duty::Leader, Duty::Administrator])?;
    let app = &web.app;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (state, rule, department) = (given(asked.state), given(asked.rule), given(asked.department));
    let narrowed = state.is_some() || rule.is_some() || department.is_some();
    let which = Which {
        unclosed: state.is_none(),
        state: state.clone(),
        rule: rule.clone(),
        department: department.clone(),
        ..Which::default()
    };
    let slice = Slice::from_query(asked.page.as_deref(), findings::FINDINGS_A_PAGE);
    let mut rows = findings::list(app, &who.person, which, slice.limit(), slice.offset()).await?;
    let chosen = [("state", &state), ("rule", &rule), ("department", &department)];
    let address: String = chosen
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={}&", in_query(value))))
        .collect();
    let pager = slice.cut(&mut rows, &format!("/findings?{address}"));
    let auditor = who.person.staff.duty == Duty::Auditor;
    let counts = if auditor { findings::counts(app, &who.person).await? } else { Vec::new() };
    let page = Findings {
        whose: match &who.person.staff.department {
            Some(key) if !auditor => named(app, key),
            _ => app.hall.name.clone(),
        },
        counts: counts.into_iter().map(|(state, count)| (state.title().to_owned(), count)).collect(),
        filter: filter(app, auditor, [state, rule, department]),
        narrowed,
        rows: rows.iter().map(|row| line(app, row)).collect(),
        pager,
    };
    Ok(web.shell_for(&who, "监察事项", "/findings").show(page.show()).into_response())
}

fn choice(value: impl Into<String>, label: impl Into<String>) -> Choice {
    Choice { value: value.into(), label: label.into(), hint: String::new() }
}

fn filter(app: &App, auditor: bool, [state, rule, department]: [Option<String>; 3]) -> Filter {
    let states = FindingState::ALL.iter().map(|state| choice(state.as_str(), state.title()));
    Filter {
        states: (states.collect(), state.unwrap_or_default()),
        rules: (RULES.iter().map(|rule| choice(rule.code, rule.title)).collect(), rule.unwrap_or_default()),
        departments: (if auditor { answerers(app) } else { Vec::new() }, department.unwrap_or_default()),
    }
}

/// The departments and the hall.
fn answerers(app: &App) -> Vec<Choice> {
    let departments = app.hall.departments.iter().filter(|one| one.issues());
    let hall = [choice("-", "大厅（中心）")];
    departments.map(|one| choice(one.key.as_str(), one.name.as_str())).chain(hall).collect()
}

fn whose(app: &App, department: Option<&str>) -> String {
    match department {
        None | Some("-") => "大厅（中心）".to_owned(),
        Some(key) => key.parse().map_or_else(|_| key.to_owned(), |key| named(app, &key)),
    }
}

fn tag(state: &str) -> Tag {
    match state.parse() {
        Ok(state @ (FindingState::Open | FindingState::Answered)) => Tag::state(Tone::Wait, state.title()),
        Ok(state @ FindingState::Assigned) => Tag::state(Tone::Calm, state.title()),
        Ok(state @ FindingState::Closed) => Tag::state(Tone::Good, state.title()),
        Err(_) => Tag::mark(state),
    }
}

fn line(app: &App, row: &FindingRow) -> FindingLine {
    FindingLine {
        href: format!("/findings/{}", row.id),
        at: words::minute_of(row.found_at),
        rule: Rule::of(&row.rule).map_or(row.rule.clone(), |rule| rule.title.to_owned()),
        said: row.said.clone(),
        department: whose(app, row.department.as_deref()),
        state: tag(&row.state),
        by: row.answer_by.clone().filter(|_| row.state == "assigned").unwrap_or_default(),
    }
}

/// `GET /findings/{id}`.
pub async fn one(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    let notice = super::done(looked.done.as_deref());
    let (page, title) = page(&web, &who, &id, None).await?;
    let mut shell = web.shell_for(&who, &title, "/findings");
    shell.notice = notice;
    Ok(shell.show(page.show()).into_response())
}

/// What was sent, and why it was refused.
struct Refused<'a> {
    what: &'a str,
    sent: &'a Sent,
    refusal: Refusal,
}

impl Refused<'_> {
    /// The form as it was sent, with what is wrong with it.
    fn fill(&self, mut form: Form) -> Form {
        for reason in self.refusal.reasons() {
            form.tell(reason.field.as_deref(), &reason.text);
        }
        form
    }
}

async fn page(
    web: &Web,
    who: &SignedIn,
    id: &str,
    refused: Option<&Refused<'_>>,
) -> Result<(FindingPage, String), Error> {
    let app = &web.app;
    let finding = findings::one(app, &who.person, id).await?;
    let rule = finding.rule.map_or(finding.row.rule.clone(), |rule| rule.title.to_owned());
    let doing = doing(app, &finding, finding.may(&who.person), refused);
    let steps = finding.steps.iter().map(|(step, name)| {
        let act = step.act.parse::<FindingAct>().map_or(step.act.clone(), |act| act.title().to_owned());
        (format!("{} · {name}", words::minute_of(step.at)), act, step.said.clone())
    });
    let page = FindingPage {
        rule: rule.clone(),
        said: finding.row.said.clone(),
        state: tag(&finding.row.state),
        facts: facts(app, &finding),
        steps: steps.collect(),
        doing,
        here: format!("/findings/{id}"),
        csrf: who.csrf.clone(),
    };
    Ok((page, rule))
}

fn facts(app: &App, finding: &Finding) -> Vec<Fact> {
    let row = &finding.row;
    let subject = match &finding.subject {
        Subject::Case(no) => Fact::marked("办件", html! { a href={ "/cases/" (no) } { (no) } }),
        Subject::Seal(id) => Fact::marked("印章", html! { a href={ "/seals/" (id) } { "印章档案" } }),
        Subject::Letter(id) => Fact::marked("授权委托书", html! { a href={ "/letters/" (id) "/pdf" } { "打开" } }),
        other => Fact::new("对象", other.kind()),
    };
    let mut facts = vec![
        Fact::new("发现时间", words::second_of(row.found_at)),
        subject,
        Fact::new("所属部门", whose(app, row.department.as_deref())),
    ];
    if !finding.people.is_empty() {
        facts.push(Fact::new("涉及人员", finding.people.join("、")));
    }
    if let Some(rule) = finding.rule {
        facts.push(Fact::new("规则", rule.explained));
    }
    if let Some(answerer) = &row.answerer {
        facts.push(Fact::new("由谁答复", whose(app, Some(answerer))));
    }
    if let Some(by) = &row.answer_by {
        facts.push(Fact::new("答复期限", by));
    }
    if let Some(conclusion) = &row.conclusion {
        let title = conclusion.parse::<Conclusion>().map_or_else(|_| conclusion.clone(), |one| one.title().to_owned());
        facts.push(Fact::new("结论", title));
    }
    facts.push(Fact::code("编号", &row.id));
    facts
}

fn doing(app: &App, finding: &Finding, may: MayDo, refused: Option<&Refused<'_>>) -> pages::Doing {
    let sent = |what: &str, name: &str| {
        refused.filter(|one| one.what == what).map_or_else(String::new, |one| one.sent.text(name).to_owned())
    };
    let filled = |what: &str, form: Form| match refused.filter(|one| one.what == what) {
        Some(refused) => refused.fill(form),
        None => form,
    };
    let or = |text: String, other: String| if text.is_empty() { other } else { text };
    let assign = || {
        let by = china_date(app.now()).saturating_add(DAYS_TO_ANSWER.days()).to_string();
        let to = finding.row.answerer.clone().or_else(|| finding.row.department.clone());
        let to = or(sent("assign", "to"), to.unwrap_or_else(|| "-".to_owned()));
        let form =
            FindingPage::assign_form(answerers(app), &to, &or(sent("assign", "by"), by), &sent("assign", "words"));
        filled("assign", form)
    };
    match may {
        MayDo::Assign => pages::Doing::Assign(assign()),
        MayDo::Answer => pages::Doing::Answer(filled("answer", FindingPage::answer_form(&sent("answer", "words")))),
        MayDo::Judge => {
            let conclusions = Conclusion::ALL.iter().map(|one| choice(one.as_str(), one.title())).collect();
            let close = FindingPage::close_form(conclusions, &sent("close", "conclusion"), &sent("close", "words"));
            pages::Doing::Judge { close: filled("close", close), back: assign() }
        }
        MayDo::Look => pages::Doing::Nothing(match finding.state {
            FindingState::Open => "等监察审计员交办。",
            FindingState::Assigned => "等被交办的部门答复。",
            FindingState::Answered => "等监察审计员审核答复。",
            FindingState::Closed => "已办结。记录不能再改。",
        }),
    }
}

/// `POST /findings/{id}/assign`.
pub async fn assign(web: State<Web>, who: SignedIn, id: Path<String>, sent: Sent) -> Result<Response, Error> {
    let to = sent.text("to").parse::<Answerer>();
    let by = sent.text("by").parse::<jiff::civil::Date>();
    let doing = match (to, by) {
        (Ok(to), Ok(by)) => Ok(Doing::Assign { to, by }),
        (Err(_), _) => Err(("to", "请选择由谁答复")),
        (_, Err(_)) => Err(("by", "请填写答复期限，如 2026-12-01")),
    };
    act(web, who, id, sent, "assign", doing).await
}

/// `POST /findings/{id}/answer`.
pub async fn answer(web: State<Web>, who: SignedIn, id: Path<String>, sent: Sent) -> Result<Response, Error> {
    act(web, who, id, sent, "answer", Ok(Doing::Answer)).await
}

/// `POST /findings/{id}/close`.
pub async fn close(web: State<Web>, who: SignedIn, id: Path<String>, sent: Sent) -> Result<Response, Error> {
    let doing = sent.text("conclusion").parse().map(Doing::Close).map_err(|_| ("conclusion", "请选择结论"));
    act(web, who, id, sent, "close", doing).await
}

async fn act(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
    what: &'static str,
    doing: Result<Doing, (&'static str, &'static str)>,
) -> Result<Response, Error> {
    let outcome = match doing {
        Ok(doing) => {
            let (app, person, finding, said) =
                (web.app.clone(), who.person.clone(), id.clone(), sent.text("words").to_owned());
            whole(async move { findings::act(&app, &person, &finding, &doing, &said).await }).await?
        }
        Err((field, text)) => {
            let mut reasons = crate::hall::refusal::Reasons::new();
            reasons.add_field("not-chosen", field, text);
            Err(reasons.into_result().map_or_else(ActError::Refused, |()| ActError::NotFound))
        }
    };
    match outcome {
        Ok(state) => Ok(Redirect::to(&format!("/findings/{id}?done=finding-{state}")).into_response()),
        Err(ActError::Refused(refusal)) => {
            let refused = Refused { what, sent: &sent, refusal };
            let (mut page, title) = page(&web, &who, &id, Some(&refused)).await?;
            if let pages::Doing::Nothing(_) = page.doing {
                // Nothing to be filled in again: the reasons alone.
                return Err(ActError::Refused(refused.refusal).into());
            }
            page.csrf.clone_from(&who.csrf);
            let shell = web.shell_for(&who, &title, "/findings");
            let mut response = (StatusCode::UNPROCESSABLE_ENTITY, shell.show(page.show())).into_response();
            response.extensions_mut().insert(Shown);
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}
