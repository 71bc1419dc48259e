//! Figures of a month, monthly reports, statistics forms.
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::cases::pdf_response;
use crate::{
    acts::{
        look,
        monthly::{self, ReportRow},
        statistics::{self, Form, Format},
    },
    hall::{opening::china_date, staff::Duty, supervision::figures::Month},
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn},
        pages::figures::{FiguresPage, Filed},
        router::Web,
        whole, words,
    },
};

/// Which month.
#[derive(Deserialize)]
pub struct Asked {
    month: Option<String>,
    done: Option<String>,
}

/// `GET /figures`.
pub async fn overview(State(web): State<Web>, who: SignedIn, Query(asked): Query<Asked>) -> Result<Response, Error> {
    who.require(&[Duty::Auditor, Duty::Administrator, Duty::Clerk])?;
    let (app, duty) = (&web.app, who.person.staff.duty);
    let this = Month::of(china_date(app.now()));
    let month = asked.month.as_deref().and_then(|text| text.parse().ok()).unwrap_or(this);
    let figures = match duty {
        Duty::Clerk => None,
        _ => Some(monthly::figures(app, &who.person, month).await?),
    };
    let item = monthly::item(app);
    let mut reports = Vec::new();
    for row in monthly::reports(app, &who.person).await? {
        reports.push(filed(&web, &row, duty == Duty::Clerk && item.is_some()).await?);
    }
    let page = FiguresPage {
        month: month.to_string(),
        figures,
        make: (duty == Duty::Auditor).then(|| format!("/figures/{month}/report")),
        reports,
        sealing: match item {
            Some(item) => format!("需要盖章的通报，由窗口人员按“{}”事项提请用印。", item.name),
            None => "本厅没有设立通报用印的事项，通报只存档、不盖章。".to_owned(),
        },
        forms: if duty == Duty::Clerk { Vec::new() } else { forms() },
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(&who, "统计与通报", "/figures");
    shell.notice = super::done(asked.done.as_deref());
    Ok(shell.show(page.show()).into_response())
}

async fn filed(web: &Web, row: &ReportRow, seals: bool) -> Result<Filed, Error> {
    let month: Month = row.month.parse().map_err(Error::failed)?;
    let name = look::name_of(&web.app, &row.staff).await?;
    Ok(Filed {
        name: format!("{}，第 {} 版", month.words(), row.version),
        made: format!("{} {name}编制", words::minute_of(row.at)),
        pdf: format!("/figures/{}/{}/pdf", row.month, row.version),
        seal: seals.then(|| format!("/figures/{}/{}/seal", row.month, row.version)),
    })
}

fn forms() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let files = |form: Form| {
        let one = |format: Format| format!("/forms/{}.{}", form.as_str(), format.extension());
        vec![("XLSX", one(Format::Xlsx)), ("CSV", one(Format::Csv))]
    };
    Form::ALL.iter().map(|form| (form.title(), files(*form))).collect()
}

fn month(text: &str) -> Result<Month, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// `POST /figures/{month}/report`.
pub async fn make(State(web): State<Web>, who: SignedIn, Path(text): Path<String>, _: Sent) -> Result<Response, Error> {
    let (app, person, of) = (web.app.clone(), who.person.clone(), month(&text)?);
    whole(async move { monthly::make(&app, &person, of).await }).await??;
    Ok(Redirect::to(&format!("/figures?month={text}&done=report-filed")).into_response())
}

/// `GET /figures/{month}/{version}/pdf`.
pub async fn pdf(
    State(web): State<Web>,
    who: SignedIn,
    Path((text, version)): Path<(String, i64)>,
) -> Result<Response, Error> {
    Ok(pdf_response(monthly::pdf(&web.app, &who.person, month(&text)?, version).await?))
}

/// `POST /figures/{month}/{version}/seal`: a window asks for the seal.
pub async fn seal(
    State(web): State<Web>,
    who: SignedIn,
    Path((text, version)): Path<(String, i64)>,
    _: Sent,
) -> Result<Response, Error> {
    let (app, person, of) = (web.app.clone(), who.person.clone(), month(&text)?);
    let submitted = whole(async move { monthly::ask_for_seal(&app, &person, of, version).await }).await??;
    Ok(Redirect::to(&format!("/cases/{}?done=submitted", submitted.matter.case_no)).into_response())
}

/// `GET /forms/{file}`: `offices.xlsx`, `items.csv` …
pub async fn form(State(web): State<Web>, who: SignedIn, Path(file): Path<String>) -> Result<Response, Error> {
    let named = |form: Form, format: Format| format!("{}.{}", form.as_str(), format.extension()) == file;
    let all = Form::ALL.into_iter().flat_map(|form| [(form, Format::Xlsx), (form, Format::Csv)]);
    let (form, format) = all.into_iter().find(|(form, format)| named(*form, *format)).ok_or(Error::NotFound)?;
    let bytes = statistics::write(&web.app, &who.person, form, format).await?;
    let name = HeaderValue::from_str(&format!("attachment; filename={file}")).map_err(Error::failed)?;
    let kind = HeaderValue::from_static(format.media_type());
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}
