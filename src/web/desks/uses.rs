//! The auditor's desk: every use of a seal, its place in the ledger, its proof.
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{cases::viewer, hall::named};
use crate::{
    acts::look::{self, Case, UseLine},
    app::App,
    hall::staff::Duty,
    web::{
        error::{Error, in_query},
        guard::session::SignedIn,
        kit::{Fact, Pager, Tag, Tone, form::Choice},
        pages::uses::{Filter, UsePage, UseRow, Uses},
        router::Web,
        words,
    },
};

/// What the list is narrowed to.
#[derive(Deserialize)]
pub struct Asked {
    department: Option<String>,
    before: Option<u64>,
    done: Option<String>,
}

/// `GET /uses`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(asked): Query<Asked>) -> Result<Response, Error> {
    who.require(&[Duty::Auditor])?;
    let app = &web.app;
    let department = asked.department.clone().filter(|d| !d.is_empty());
    let lines = look::uses(app, &who.person, asked.before, department.as_deref()).await?;
    let mut rows = Vec::new();
    for line in &lines {
        rows.push(row(app, line, &look::case_of(app, &who.person, &line.certificate).await?).await?);
    }
    let narrowed = department.as_deref().map(|d| format!("department={}&", in_query(d))).unwrap_or_default();
    let last = lines.last().map(|l| l.idx).filter(|i| *i > 0 && lines.len() >= look::USES_A_PAGE as usize);
    let pager = Pager {
        shown: format!("{} 条，新的在前", rows.len()),
        before: asked.before.map(|_| format!("/uses?{}", narrowed.trim_end_matches('&'))),
        after: last.map(|i| format!("/uses?{narrowed}before={i}")),
    };
    let departments = app.hall.departments.iter().filter(|d| d.issues());
    let filter = Filter {
        departments: departments
            .map(|d| Choice { value: d.key.to_string(), label: d.name.clone(), hint: String::new() })
            .collect(),
        department: department.unwrap_or_default(),
    };
    let told = super::seal_steps::told(&web, &who).await?;
    let mut shell = web.shell_for(&who, "用印记录", "/uses");
    shell.notice = super::done(asked.done.as_deref());
    Ok(shell.show(Uses { told, csrf: who.csrf.clone(), filter, rows, pager }.show()).into_response())
}

fn seal_name(app: &App, line: &UseLine) -> String {
    let department = line.department.parse().map(|key| named(app, &key)).unwrap_or_default();
    super::seals::called(&department, &line.kind)
}

async fn row(app: &App, line: &UseLine, case: &Case) -> Result<UseRow, Error> {
    let uses = case.documents.iter().flat_map(|d| &d.uses);
    let mut approved_by = Vec::new();
    for approval in uses.filter(|(u, _)| u.id == line.id).flat_map(|(_, a)| a) {
        approved_by.push(look::name_of(app, &approval.staff).await?);
    }
    let index = u64::try_from(line.idx).ok();
    Ok(UseRow {
        href: format!("/uses/{}", line.idx),
        index,
        at: words::second_of(line.at),
        seal: seal_name(app, line),
        certificate: format!("{} {}", line.name, line.number),
        approved_by,
        state: match line.state.as_str() {
            "sealed" => Tag::state(Tone::Good, "已用印"),
            "logged" => Tag::state(Tone::Wait, "已登账，未完成"),
            "voided" => Tag::state(Tone::Bad, "已作废"),
            other => Tag::mark(other),
        },
        proof: Some(format!("/uses/{}/proof", line.idx)),
    })
}

/// `GET /uses/{index}`.
pub async fn one(State(web): State<Web>, who: SignedIn, Path(index): Path<u64>) -> Result<Response, Error> {
    who.require(&[Duty::Auditor])?;
    let app = &web.app;
    let above = index.checked_add(1).ok_or(Error::NotFound)?;
    let lines = look::uses(app, &who.person, Some(above), None).await?;
    let line = lines.first().filter(|l| u64::try_from(l.idx) == Ok(index)).ok_or(Error::NotFound)?;
    let case = look::case_of(app, &who.person, &line.certificate).await?;
    let document = case.documents.iter().find(|d| d.certificate.id == line.certificate).ok_or(Error::NotFound)?;
    let proof = look::ledger_proof(app, &who.person, index).await?;
    let row = row(app, line, &case).await?;
    let certificate = &document.certificate;
    let mut facts = vec![
        Fact::new("印章", &row.seal),
        Fact::new("证照", &row.certificate),
        Fact::marked("办件", maud::html! { a href={ "/cases/" (line.case_no) } { (line.case_no) } }),
        Fact::new("登账时间", &row.at),
        Fact::new("申请用印", look::name_of(app, &certificate.asked_by).await?),
        Fact::new("批准", row.approved_by.join("、")),
        Fact::code("用印前文件摘要", hex::encode(&certificate.unsealed)),
        Fact::code("模板版本", hex::encode(&certificate.template_version)),
    ];
    facts.extend(certificate.sealed.as_ref().map(|d| Fact::code("用印后文件摘要", hex::encode(d))));
    let page = UsePage {
        facts,
        proof,
        viewer: Some(viewer(certificate, None, Default::default())),
        course: course(app, &case).await?,
        row,
    };
    Ok(web.shell_for(&who, &format!("账本第 {index} 条"), "/uses").show(page.show()).into_response())
}

async fn course(app: &App, case: &Case) -> Result<Vec<(String, String)>, Error> {
    let events = super::cases::events(app, case).await?;
    Ok(events.into_iter().map(|e| (format!("{} · {}", e.at, e.who), e.what)).collect())
}

/// `GET /uses/{index}/proof`.
pub async fn proof(State(web): State<Web>, who: SignedIn, Path(index): Path<u64>) -> Result<Response, Error> {
    let text = look::ledger_proof(&web.app, &who.person, index).await?;
    let name = HeaderValue::from_str(&format!("attachment; filename={index}.tlog-proof")).map_err(Error::failed)?;
    Ok((
        [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
            (header::CONTENT_DISPOSITION, name),
        ],
        text,
    )
        .into_response())
}
