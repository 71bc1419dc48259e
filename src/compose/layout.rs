//! Lays out one certificate: the face compiled with its data, and refused when they do not fit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Map, Value, json};
use typst::Library;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Str};
use typst::utils::LazyHash;
use typst_layout::PagedDocument;

use super::anchors::labelled;
use super::check::{Checked, note_long};
use super::composer::{ComposeError, Facts, MAX_PAGES};
use super::world::Sheet;
use super::{FieldKind, Fonts, PageCount, Problem, Template, codes, qr};

/// How many lines fewer than usual a page may have, to bring text onto the page of the seal.
const MOST_LINES_LESS: u8 = 6;

/// What a page is laid out for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Certificate,
    Preview,
    /// To see whether it fits.
    DryRun,
}

/// The document, or why the data do not fit.
pub(super) fn lay_out(
    library: &LazyHash<Library>,
    fonts: &Fonts,
    checked: &Checked,
    facts: &Facts,
    purpose: Purpose,
) -> Result<PagedDocument, ComposeError> {
    let template = checked.template();
    let qr = match purpose {
        Purpose::Certificate => qr::svg(&facts.qr_text).ok_or_else(|| wrong(template, "no QR code".into()))?,
        Purpose::Preview | Purpose::DryRun => qr::EMPTY.to_owned(),
    };
    let mut sheet = Sheet {
        library,
        fonts,
        sources: &template.sources,
        data: Bytes::new([]),
        qr: Bytes::new(qr.into_bytes()),
        pages: &[],
    };
    // A seal never stands on a page without text (GB/T 9704-2012 §7.3.5.1): where it would, the pages are made shorter, so that lines move on.
    for lines_less in 0..=MOST_LINES_LESS {
        sheet.data = Bytes::new(data(checked, facts, purpose, lines_less).to_string().into_bytes());
        let document = compile(&sheet, template, facts)?;
        let problems = misfits(template, &document);
        if !problems.is_empty() {
            return Err(ComposeError::Refused(problems));
        }
        if template.pages == PageCount::One && document.pages().len() != 1 {
            return Err(wrong(template, format!("{} pages instead of one", document.pages().len())));
        }
        if text_reaches_the_seal(&document) {
            return Ok(document);
        }
    }
    let field = long_field(template);
    let text = format!("“{field}”末尾正好排满一页，印章会单独落在空白页上，请稍作增减");
    Err(ComposeError::Refused(vec![Problem::new(field, codes::DOES_NOT_FIT, text)]))
}

/// What the face reads as `/data.json`.
fn data(checked: &Checked, facts: &Facts, purpose: Purpose, lines_less: u8) -> Value {
    let mut long = checked.long().clone();
    let names = facts.signers.iter().map(|signer| &signer.name);
    names.chain([&facts.number, &facts.item]).for_each(|text| note_long(text, 6, &mut long));
    let signers: Map<String, Value> =
        facts.signers.iter().map(|signer| (signer.seal.clone(), Value::from(signer.name.as_str()))).collect();
    json!({
        "name": checked.template().name,
        "number": facts.number,
        "item": facts.item,
        "date": checked.date(),
        "signers": signers,
        "fields": checked.fields(),
        "long": long,
        "lines-less": lines_less,
        "preview": purpose == Purpose::Preview,
        "annotation": facts.annotation.as_ref().map(|said| json!({
            "purpose": said.purpose,
            "until": said.until.strftime("%Y年%-m月%-d日").to_string(),
        })),
    })
}

fn compile(sheet: &Sheet<'_>, template: &Template, facts: &Facts) -> Result<PagedDocument, ComposeError> {
    let mut document = typeset(sheet).map_err(|reason| wrong(template, reason))?;
    // Not by `set document` in the face: what changes from one certificate to the next would then be part of every style.
    let info = document.info_mut();
    info.title = Some(format!("{} {}", template.name, facts.number).into());
    info.author = facts.signers.iter().map(|signer| signer.name.as_str().into()).collect();
    Ok(document)
}

/// The pages, or what typst says.
pub(super) fn typeset(sheet: &Sheet<'_>) -> Result<PagedDocument, String> {
    // typst asserts its own invariants and the data are anybody's: a panic inside it is the end of this page, not of the process.
    // Nothing of ours is left half done, and what it memoises is only written whole.
    let compiled = catch_unwind(AssertUnwindSafe(|| typst::compile::<PagedDocument>(sheet).output));
    compiled.map_err(|_| "typst panicked".to_owned())?.map_err(|errors| said(&errors))
}

/// Every field that the face marked as too long for its place, and too many pages.
fn misfits(template: &Template, document: &PagedDocument) -> Vec<Problem> {
    let marked = labelled(document, "unfit").into_iter().filter_map(|(value, _)| value.cast::<Str>().ok());
    let unfit = |field: Str| {
        let text = format!("“{field}”内容太长，照面上放不下，请精简");
        Problem::new(field.as_str(), codes::DOES_NOT_FIT, text)
    };
    let mut problems: Vec<Problem> = marked.map(unfit).collect();
    let pages = document.pages().len();
    if pages > MAX_PAGES {
        let text = format!("共{pages}页，最多{MAX_PAGES}页，请精简");
        problems.push(Problem::new(long_field(template), codes::TOO_MANY_PAGES, text));
    }
    problems.sort();
    problems.dedup();
    problems
}

/// Whether the running text, if there is any, ends on the page of the first seal.
fn text_reaches_the_seal(document: &PagedDocument) -> bool {
    let page = |label| labelled(document, label).last().map(|(_, at)| at.page);
    page("text-end").is_none_or(|end| Some(end) == page("seal-anchor"))
}

/// The field that makes a document long.
fn long_field(template: &Template) -> &str {
    let blocks = template.fields.iter().find(|field| field.kind == FieldKind::Blocks);
    blocks.map_or(&template.name, |field| &field.name)
}

pub(super) fn wrong(template: &Template, reason: String) -> ComposeError {
    ComposeError::Template { slug: template.slug.clone(), reason }
}

pub(super) fn said(errors: &[SourceDiagnostic]) -> String {
    errors.iter().map(|error| error.message.to_string()).collect::<Vec<_>>().join("; ")
}
