//! The administrator's calendar: the holiday arrangements that are known, and entering the next year's.
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::cases::Looked;
use crate::{
    acts::{
        ActError,
        calendar::{self, Entered},
    },
    app::App,
    hall::{
        calendar::{Arrangement, Calendar},
        opening::china_date,
        staff::Duty,
    },
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn, trouble::Shown},
        kit::{Form, Notice, Tone},
        pages::calendar::{CalendarPage, Year},
        router::Web,
        whole,
    },
};

/// `GET /calendar`: for all of the staff.
pub async fn show(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    let form = CalendarPage::form(|_| String::new());
    page(&web, &who, form, super::done(looked.done.as_deref())).await
}

/// `POST /calendar`.
pub async fn enter(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    who.require(&[Duty::Administrator])?;
    let entered = Entered {
        year: sent.text("year").trim().parse().unwrap_or(0),
        source: sent.text("source").to_owned(),
        off: days(sent.text("off")),
        work: days(sent.text("work")),
    };
    let (app, person) = (web.app.clone(), who.person.clone());
    match whole(async move { calendar::enter_year(&app, &person, &entered).await }).await? {
        Ok(_) => Ok(Redirect::to("/calendar?done=entered").into_response()),
        Err(ActError::Refused(refusal)) => {
            let mut form = CalendarPage::form(|name| sent.text(name).to_owned());
            for reason in refusal.reasons() {
                form.tell(reason.field.as_deref(), &reason.text);
            }
            let mut response = page(&web, &who, form, None).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            response.extensions_mut().insert(Shown);
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// One day, or first and last, a line; commas part them, too, and `至` joins as `/` does.
fn days(text: &str) -> Vec<String> {
    let parts = text.split(['\n', '，', ',', '、', ' ']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.replace('至', "/")).collect()
}

/// The year that comes next and is not known, when it is wanted: from November on, or when this very year is missing.
pub(super) fn missing(app: &App, calendar: &Calendar) -> Option<i16> {
    let today = china_date(app.now());
    let wanted = if today.month() >= 11 { today.year() + 1 } else { today.year() };
    (today.year()..=wanted).find(|year| calendar.year(*year).is_err())
}

/// What is said loudly while a year is missing.
pub(super) fn alarm(app: &App, calendar: &Calendar) -> Option<Notice> {
    let year = missing(app, calendar)?;
    let lines = [
        "期限跨入该年的办件照常受理，但到期日暂时算不出，办件页面上标明“放假安排尚未录入”。".to_owned(),
        "国务院办公厅通知公布后（通常在前一年11月），请大厅管理员在“工作日历”录入；录入后这些办件的到期日随即算出。"
            .to_owned(),
    ];
    Some(Notice::new(Tone::Wait, format!("{year}年放假安排尚未录入")).with(lines))
}

async fn page(web: &Web, who: &SignedIn, form: Form, notice: Option<Notice>) -> Result<Response, Error> {
    let calendar = calendar::calendar(&web.app).await?;
    let span = |(first, last): (jiff::civil::Date, jiff::civil::Date)| {
        if first == last { first.to_string() } else { format!("{first} 至 {last}") }
    };
    let year = |one: &Arrangement| Year {
        year: one.year().to_string(),
        source: one.source().to_owned(),
        off: Arrangement::spans(one.off()).into_iter().map(span).collect(),
        work: one.work().map(|day| day.to_string()).collect(),
    };
    let page = CalendarPage {
        years: calendar.years().map(year).collect(),
        alarm: alarm(&web.app, &calendar),
        form: (who.person.staff.duty == Duty::Administrator).then_some(form),
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, "工作日历", "/hall");
    shell.notice = notice;
    Ok(shell.show(page.show()).into_response())
}
