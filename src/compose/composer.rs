//! Sets the page: checked data and the facts that the hall adds -> PDF/A-2b (ISO 19005-2) and the places of the seals.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value};
use typst::foundations::{Datetime, Smart};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::anchors::{Anchor, anchors, labelled};
use super::check::{Checked, check};
use super::layout::{self, Purpose, said, wrong};
use super::{Fonts, Problem, Template, characters, codes, qr};

/// Most pages of one certificate.
pub const MAX_PAGES: usize = 50;
/// Longest number, item or signer name, in characters.
pub const MAX_FACT: usize = 120;
/// Longest purpose of an annotated copy, in characters.
pub const MAX_PURPOSE: usize = 60;
/// After how many certificates typst's memoised results are looked through, and how many such looks an unused one survives. Measured: every
/// look costs as much as a third of a page; forgetting sooner costs a third of the speed, later only memory.
const LOOK_EVERY: usize = 8;
const LOOKS_SURVIVED: usize = 2;
/// What a preview shows instead of a number.
const PREVIEW_NUMBER: &str = "（预览）";

/// What the hall adds to the applicant's data.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The certificate's number; for a dry run a placeholder of the same length.
    pub number: String,
    /// The item's name.
    pub item: String,
    /// One for every seal of the template, by its name there.
    pub signers: Vec<Signer>,
    /// What the QR code says, usually the address of the public check.
    pub qr_text: String,
    /// When it is made: the PDF's creation date, shown with the offset +08:00.
    pub made_at: jiff::Timestamp,
    /// What stands on every page of an annotated copy (加注件).
    pub annotation: Option<Annotation>,
}

/// What an annotated copy may be used for, and until when: printed on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Its purpose, in one line.
    pub purpose: String,
    /// The last day.
    pub until: jiff::civil::Date,
}

/// Who seals, and under which name of the template.
#[derive(Debug, Clone)]
pub struct Signer {
    /// One of [`Template::seals`].
    pub seal: String,
    /// The organ's full name, printed above the date.
    pub name: String,
}

/// An unsealed certificate.
#[derive(Debug, Clone)]
pub struct Composed {
    /// PDF/A-2b.
    pub pdf: Vec<u8>,
    /// Number of pages, 1 to [`MAX_PAGES`].
    pub pages: usize,
    /// Where the seals go, in the order of [`Template::seals`].
    pub anchors: Vec<Anchor>,
}

/// A page for the eye only: its own type, so that nobody seals it; 预览 stands across every page.
#[derive(Debug, Clone)]
pub struct Preview {
    /// PDF/A-2b.
    pub pdf: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
}

/// Why nothing was composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The data or the facts cannot stand on this certificate.
    #[error("{} problem(s) with the data", .0.len())]
    Refused(Vec<Problem>),
    /// The template is wrong: a failure of ours, not of the data.
    #[error("template {slug}: {reason}")]
    Template {
        /// The template's folder.
        slug: String,
        /// What typst, or this module, says.
        reason: String,
    },
}

/// Which PDF/A the composer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    /// ISO 19005-2 level B: what the service writes.
    A2b,
    /// ISO 19005-1 level B: for checkers that know no other.
    A1b,
}

/// Composes certificates; shared between threads.
pub struct Composer {
    pub(super) fonts: Arc<Fonts>,
    pub(super) library: LazyHash<Library>,
    archive: Archive,
    composed: AtomicUsize,
}

impl Composer {
    /// A composer of PDF/A-2b.
    pub fn new(fonts: Arc<Fonts>) -> Self {
        Self::with_archive(fonts, Archive::A2b)
    }

    /// A composer of another PDF/A part.
    pub fn with_archive(fonts: Arc<Fonts>, archive: Archive) -> Self {
        Self { fonts, library: LazyHash::new(Library::default()), archive, composed: AtomicUsize::new(0) }
    }

    /// The faces it draws with.
    pub fn fonts(&self) -> &Arc<Fonts> {
        &self.fonts
    }

    /// Everything that can be wrong, before a number is taken: the data, the facts, and whether all of it fits (a dry run without export).
    pub fn check(
        &self,
        template: &Arc<Template>,
        data: &Map<String, Value>,
        facts: &Facts,
    ) -> Result<Checked, ComposeError> {
        let checked = self.accept(template, data, facts)?;
        self.lay_out(&checked, facts, Purpose::DryRun)?;
        Ok(checked)
    }

    /// Checks and composes at once: composing shows by itself whether all of it fits.
    pub fn make(
        &self,
        template: &Arc<Template>,
        data: &Map<String, Value>,
        facts: &Facts,
    ) -> Result<Composed, ComposeError> {
        self.compose(&self.accept(template, data, facts)?, facts)
    }

    /// All but whether it fits.
    fn accept(
        &self,
        template: &Arc<Template>,
        data: &Map<String, Value>,
        facts: &Facts,
    ) -> Result<Checked, ComposeError> {
        let mut problems = self.inspect(template, facts);
        match check(template, data, &self.fonts) {
            Ok(checked) if problems.is_empty() => return Ok(checked),
            Ok(_) => {}
            Err(more) => problems.extend(more),
        }
        Err(ComposeError::Refused(problems))
    }

    /// The certificate. The same data, facts, template and faces give the same bytes.
    pub fn compose(&self, checked: &Checked, facts: &Facts) -> Result<Composed, ComposeError> {
        let template = checked.template();
        let problems = self.inspect(template, facts);
        if !problems.is_empty() {
            return Err(ComposeError::Refused(problems));
        }
        let document = self.lay_out(checked, facts, Purpose::Certificate)?;
        if facts.annotation.is_some() && labelled(&document, "annotation-mark").len() != document.pages().len() {
            return Err(wrong(template, "not every page of the annotated copy says so".into()));
        }
        let anchors = anchors(template, &document)?;
        let pdf = self.export(template, &document, facts)?;
        self.forget();
        Ok(Composed { pdf, pages: document.pages().len(), anchors })
    }

    /// What the certificate will look like, without its number and QR code; 预览 across every page.
    pub fn preview(&self, checked: &Checked, facts: &Facts) -> Result<Preview, ComposeError> {
        let template = checked.template();
        let facts = Facts { number: PREVIEW_NUMBER.to_owned(), ..facts.clone() };
        let document = self.lay_out(checked, &facts, Purpose::Preview)?;
        let pages = document.pages().len();
        if labelled(&document, "preview-mark").len() != pages {
            return Err(wrong(template, "not every page of the preview says so".into()));
        }
        let pdf = self.export(template, &document, &facts)?;
        self.forget();
        Ok(Preview { pdf, pages })
    }

    /// Drops what typst has memoised and not used for a while.
    pub(super) fn forget(&self) {
        if self.composed.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY) {
            comemo::evict(LOOKS_SURVIVED);
        }
    }

    /// What is wrong with the facts.
    fn inspect(&self, template: &Template, facts: &Facts) -> Vec<Problem> {
        let mut problems = Vec::new();
        let names = facts.signers.iter().map(|signer| ("发证机关", signer.name.as_str()));
        for (field, text) in [("编号", facts.number.as_str()), ("事项", facts.item.as_str())].into_iter().chain(names)
        {
            if characters::is_blank(text) {
                problems.push(Problem::new(field, codes::BLANK, format!("“{field}”不能为空")));
            } else if text.chars().count() > MAX_FACT {
                problems.push(Problem::new(field, codes::TOO_LONG, format!("“{field}”最多{MAX_FACT}字")));
            }
            characters::inspect(field, text, false, &self.fonts, &mut problems);
        }
        if let Some(Annotation { purpose, .. }) = &facts.annotation {
            if characters::is_blank(purpose) || purpose.chars().count() > MAX_PURPOSE {
                let text = format!("“加注用途”不能为空，最多{MAX_PURPOSE}字");
                problems.push(Problem::new("purpose", codes::BLANK, text));
            }
            characters::inspect("purpose", purpose, false, &self.fonts, &mut problems);
        }
        if !facts.signers.iter().map(|signer| &signer.seal).eq(&template.seals) {
            problems.push(Problem::new(
                "发证机关",
                codes::BLANK,
                format!("“{}”要由{}个机关盖章", template.name, template.seals.len()),
            ));
        }
        if !qr::takes(&facts.qr_text) {
            problems.push(Problem::new(
                "二维码",
                codes::TOO_LONG,
                format!("二维码内容应在1至{}字节之间", qr::MAX_TEXT),
            ));
        }
        problems
    }

    fn lay_out(&self, checked: &Checked, facts: &Facts, purpose: Purpose) -> Result<PagedDocument, ComposeError> {
        layout::lay_out(&self.library, &self.fonts, checked, facts, purpose)
    }

    fn export(&self, template: &Template, document: &PagedDocument, facts: &Facts) -> Result<Vec<u8>, ComposeError> {
        let standard = match self.archive {
            Archive::A2b => PdfStandard::A_2b,
            Archive::A1b => PdfStandard::A_1b,
        };
        let options = PdfOptions {
            ident: Smart::Custom(format!("{} {} {}", template.version, facts.number, facts.made_at)),
            creator: Smart::Custom(Some("Yinxin".to_owned())),
            timestamp: timestamp(facts.made_at),
            standards: PdfStandards::new(&[standard]).map_err(|error| wrong(template, error.message().to_string()))?,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(document, &options).map_err(|errors| wrong(template, said(&errors)))
    }
}

pub(super) fn timestamp(at: jiff::Timestamp) -> Option<Timestamp> {
    let local = jiff::tz::Offset::constant(8).to_datetime(at);
    let part = |number: i8| u8::try_from(number).ok();
    let datetime = Datetime::from_ymd_hms(
        local.year().into(),
        part(local.month())?,
        part(local.day())?,
        part(local.hour())?,
        part(local.minute())?,
        part(local.second())?,
    )?;
    Timestamp::new_local(datetime, 8 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Composer>();
        shared::<Checked>();
    }
}
