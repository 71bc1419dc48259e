//! One certificate's whole story, for an auditor: request, data, who saw and approved what with the very page shown, the
//! evidence, the ledger's entry with its proof, the state of the seal at that index, delivery, and how often outsiders asked.

mod afterwards;
mod request;
mod seal_use;

use serde_json::{Map, Value};

use crate::app::App;
pub use crate::compose::story::{Chapter, Part, Story};
use crate::compose::{FieldKind, Template};
use crate::db::certificate::CertificateRow;
use crate::hall::identity::IdentityNumber;
use crate::hall::opening::{china_date, china_time};
use crate::hall::staff::Duty;
use crate::ledger::entry::approval_digest;
use crate::picture::Pictures;

use super::look::{self, Case, Document};
use super::person::Person;
use super::{ActError, Failure, compute};
use afterwards::{afterwards, outside, supervised};
use request::request;
use seal_use::seal_use;

/// Resolution of the pages in the story's PDF.
const DPI: u16 = 120;

/// The story of a certificate.
pub async fn story(app: &App, person: &Person, certificate: &str) -> Result<Story, ActError> {
    person.require(&[Duty::Auditor])?;
    let case = look::case_of(app, person, certificate).await?;
    let document = document(&case, certificate)?;
    let row = &document.certificate;
    let mut chapters = vec![overview(app, &case, row).await?, request(app, &case, document).await?, data(app, row)];
    chapters.push(shown(row));
    for (number, (one, approvals)) in document.uses.iter().enumerate() {
        chapters.push(seal_use(app, number + 1, one, approvals).await?);
    }
    chapters.push(afterwards(app, &case, row).await?);
    chapters.push(supervised(app, &case, document).await?);
    chapters.push(outside(app, row).await?);
    Ok(Story {
        title: format!("{} {}", row.name, row.number),
        lead: format!("{}的记录，截至{}（北京时间）。", app.hall.name, second(app.now().as_microsecond())),
        chapters,
    })
}

/// The story as a PDF.
pub async fn pdf(app: &App, person: &Person, certificate: &str) -> Result<Vec<u8>, ActError> {
    let story = story(app, person, certificate).await?;
    let unsealed = look::unsealed_pdf(app, person, certificate).await?;
    let (composer, now) = (app.composer.clone(), app.now());
    compute(move || {
        let pictures = Pictures::open(unsealed)?;
        let pages = (0..pictures.pages()).map(|page| pictures.png(page, DPI)).collect::<Result<Vec<_>, _>>()?;
        composer.story(&story, pages, now).map_err(|error| ActError::Failed(Failure::Compose(error)))
    })
    .await?
}

/// The picture of a page as the approvers saw it (from 0).
pub async fn page(app: &App, person: &Person, certificate: &str, page: usize, dpi: u16) -> Result<Vec<u8>, ActError> {
    person.require(&[Duty::Auditor])?;
    let unsealed = look::unsealed_pdf(app, person, certificate).await?;
    compute(move || {
        let pictures = Pictures::open(unsealed)?;
        if page < pictures.pages() { Ok(pictures.png(page, dpi)?) } else { Err(ActError::NotFound) }
    })
    .await?
}

fn document<'a>(case: &'a Case, certificate: &str) -> Result<&'a Document, ActError> {
    case.documents.iter().find(|document| document.certificate.id == certificate).ok_or(ActError::NotFound)
}

fn second(at: i64) -> String {
    let at = jiff::Timestamp::from_microsecond(at).unwrap_or_default();
    china_time(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn fact(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn facts(facts: Vec<(String, String)>) -> Part {
    Part::Facts { facts }
}

fn note(text: impl Into<String>) -> Part {
    Part::Note { text: text.into() }
}

fn chapter(title: impl Into<String>, parts: Vec<Part>) -> Chapter {
    Chapter { title: title.into(), parts }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

async fn overview(app: &App, case: &Case, row: &CertificateRow) -> Result<Chapter, ActError> {
    let item = row.item.parse().ok().and_then(|code| app.hall.item(&code));
    let state = match row.state.as_str() {
        "submitted" => "办理中，尚未用印",
        "refused" => "未批准",
        "voided" => "用印作废",
        other => row.standing(china_date(app.now())).map_or(other, |standing| standing.title()),
    };
    Ok(chapter(
        "概况",
        vec![facts(vec![
            fact("证照", &row.name),
            fact("证号", &row.number),
            fact("持有人", &row.holder),
            fact("办件", &case.matter.case_no),
            fact("事项", item.map_or_else(|| row.item.clone(), |item| format!("{}（{}）", item.name, item.code))),
            fact("今天的状态", state),
            fact("标识", &row.id),
        ])],
    ))
}

/// A statement with its salt and the digest of both, which stands in the ledger.
fn evidence(title: &str, statement: &[u8], salt: &[u8]) -> Vec<Part> {
    let digest = <[u8; 32]>::try_from(salt)
        .map_or_else(|_| "盐值长度不对".to_owned(), |salt| approval_digest(&salt, statement).to_string());
    vec![
        Part::Text { title: title.to_owned(), lines: lines(&String::from_utf8_lossy(statement)) },
        facts(vec![fact("盐值", hex::encode(salt)), fact("加盐摘要", digest)]),
    ]
}

fn data(app: &App, row: &CertificateRow) -> Chapter {
    let fields: Map<String, Value> = serde_json::from_str(&row.data).unwrap_or_default();
    let template = app.templates.slug(&row.template);
    let shown = |(name, value): (&String, &Value)| fact(name, shown_value(template.map(|t| &**t), name, value));
    let fields: Vec<_> = fields.iter().map(shown).collect();
    chapter("照面数据", vec![facts(fields)])
}

fn shown_value(template: Option<&Template>, name: &str, value: &Value) -> String {
    let identity = template.and_then(|one| one.field(name)).is_some_and(|field| field.kind == FieldKind::Identity);
    match value {
        Value::String(text) if identity => {
            text.parse::<IdentityNumber>().map_or_else(|_| "（公民身份号码）".to_owned(), |number| number.to_string())
        }
        Value::String(text) => text.replace('\n', "；"),
        Value::Array(blocks) => format!("（正文，共{}段，见所附页面图像）", blocks.len()),
        other => other.to_string(),
    }
}

fn shown(row: &CertificateRow) -> Chapter {
    chapter(
        "审批人所见（用印前的页面）",
        vec![facts(vec![fact("文件摘要", hex::encode(&row.unsealed))]), Part::Pages { count: look::page_count(row) }],
    )
}

/// How an outsider asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// By the QR code or the numbers on paper.
    Lookup,
    /// With the file.
    Verify,
}

/// Counts that an outsider asked after a certificate: the day and how, nothing else. Whoever asks is answered all the same
/// if it cannot be counted.
pub(super) async fn count(app: &App, certificate: &str, check: Check) {
    let day = china_date(app.now()).to_string();
    let kind = match check {
        Check::Lookup => "lookup",
        Check::Verify => "verify",
    };
    if let Err(error) = app.db.count_check(certificate, &day, kind).await {
        tracing::warn!(%error, "a check by an outsider could not be counted");
    }
}
