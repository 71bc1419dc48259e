//! Sets the page: checked data and the facts that the hall adds -> PDF/A-2b (ISO 19005-2) and the places of the seals.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Datetime, Dict, Label, Selector, Smart, Value as TypstValue};
use typst::introspection::{Introspector, MetadataElem, PagedPosition};
use typst::utils::{LazyHash, PicoStr};
use typst::{Library, LibraryExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::check::{Checked, check, note_long};
use super::world::Sheet;
use super::{Fonts, PageCount, Problem, Template, characters, codes, qr};

/// Most pages of one certificate.
pub const MAX_PAGES: usize = 50;
/// Longest number, item or signer name, in characters.
pub const MAX_FACT: usize = 120;
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

/// Where a seal goes: over the issuer's name and the date (GB/T 9704-2012 §7.3.5.1). Millimetres from the page's top left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Anchor {
    /// One of [`Template::seals`].
    pub signer: String,
    /// Page, from 0.
    pub page: usize,
    /// Centre of the date line; of the name where this signer has no date line.
    pub x_mm: f64,
    /// Middle of the issuer's name, of all its lines.
    pub issuer_y_mm: f64,
    /// Middle of the date line; equal to `issuer_y_mm` where this signer has none.
    pub date_y_mm: f64,
    /// Width of the wider of the two.
    pub width_mm: f64,
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

/// What a page is laid out for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Certificate,
    Preview,
    /// To see whether it fits.
    DryRun,
}

/// Composes certificates; shared between threads.
pub struct Composer {
    fonts: Arc<Fonts>,
    library: LazyHash<Library>,
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
        let mut problems = self.inspect(template, facts);
        let checked = match check(template, data, &self.fonts) {
            Ok(checked) if problems.is_empty() => checked,
            Ok(_) => return Err(ComposeError::Refused(problems)),
            Err(more) => {
                problems.extend(more);
                return Err(ComposeError::Refused(problems));
            }
        };
        self.lay_out(&checked, facts, Purpose::DryRun)?;
        Ok(checked)
    }

    /// The certificate. The same data, facts, template and faces give the same bytes.
    pub fn compose(&self, checked: &Checked, facts: &Facts) -> Result<Composed, ComposeError> {
        let template = checked.template();
        let problems = self.inspect(template, facts);
        if !problems.is_empty() {
            return Err(ComposeError::Refused(problems));
        }
        let document = self.lay_out(checked, facts, Purpose::Certificate)?;
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
    fn forget(&self) {
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

    /// Compiles the face, and refuses what does not fit.
    fn lay_out(&self, checked: &Checked, facts: &Facts, purpose: Purpose) -> Result<PagedDocument, ComposeError> {
        let template = checked.template();
        let mut long = checked.long().clone();
        facts
            .signers
            .iter()
            .map(|signer| &signer.name)
            .chain([&facts.number, &facts.item])
            .for_each(|text| note_long(text, 6, &mut long));
        let data = json!({
            "name": template.name,
            "number": facts.number,
            "item": facts.item,
            "date": checked.date(),
            "signers": facts.signers.iter().map(|signer| (signer.seal.clone(), Value::from(signer.name.as_str()))).collect::<Map<_, _>>(),
            "fields": checked.fields(),
            "long": long,
            "preview": purpose == Purpose::Preview,
        });
        let qr = match purpose {
            Purpose::Certificate => qr::svg(&facts.qr_text).ok_or_else(|| wrong(template, "no QR code".into()))?,
            Purpose::Preview | Purpose::DryRun => qr::EMPTY.to_owned(),
        };
        let sheet = Sheet {
            library: &self.library,
            fonts: &self.fonts,
            template,
            data: Bytes::new(data.to_string().into_bytes()),
            qr: Bytes::new(qr.into_bytes()),
        };
        let document =
            typst::compile::<PagedDocument>(&sheet).output.map_err(|errors| wrong(template, said(&errors)))?;

        let pages = document.pages().len();
        let mut problems: Vec<Problem> = labelled(&document, "unfit")
            .into_iter()
            .filter_map(|(value, _)| value.cast::<typst::foundations::Str>().ok())
            .map(|field| {
                Problem::new(field.as_str(), codes::DOES_NOT_FIT, format!("“{field}”内容太长，照面上放不下，请精简"))
            })
            .collect();
        if pages > MAX_PAGES {
            problems.push(Problem::new("正文", codes::TOO_MANY_PAGES, format!("共{pages}页，最多{MAX_PAGES}页")));
        }
        problems.dedup();
        if !problems.is_empty() {
            return Err(ComposeError::Refused(problems));
        }
        if template.pages == PageCount::One && pages != 1 {
            return Err(wrong(template, format!("{pages} pages instead of one")));
        }
        Ok(document)
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

/// The anchors in the order of the template's seals, each exactly once.
fn anchors(template: &Template, document: &PagedDocument) -> Result<Vec<Anchor>, ComposeError> {
    let found: Vec<Anchor> =
        labelled(document, "seal-anchor").into_iter().filter_map(|(value, at)| anchor(value, at)).collect();
    let one = |seal: &String| {
        let mut of_seal = found.iter().filter(|anchor| anchor.signer == *seal);
        of_seal
            .next()
            .filter(|_| of_seal.next().is_none())
            .cloned()
            .ok_or_else(|| wrong(template, format!("seal {seal} has not exactly one place")))
    };
    template.seals.iter().map(one).collect()
}

/// Reads `(seal, x, issuer-y, date-y, width)`, lengths in millimetres from the anchor's own position.
fn anchor(value: TypstValue, at: PagedPosition) -> Option<Anchor> {
    let dict = value.cast::<Dict>().ok()?;
    let mm = |key: &str| dict.get(key).ok()?.clone().cast::<f64>().ok();
    let (x, y) = (at.point.x.to_mm(), at.point.y.to_mm());
    Some(Anchor {
        signer: dict.get("seal").ok()?.clone().cast::<typst::foundations::Str>().ok()?.to_string(),
        page: at.page.get() - 1,
        x_mm: x + mm("x")?,
        issuer_y_mm: y + mm("issuer-y")?,
        date_y_mm: y + mm("date-y")?,
        width_mm: mm("width")?,
    })
}

/// The values of all metadata with this label, and where they stand.
fn labelled(document: &PagedDocument, label: &str) -> Vec<(TypstValue, PagedPosition)> {
    let Some(label) = Label::new(PicoStr::intern(label)) else { return Vec::new() };
    let introspector = document.introspector();
    let elements = introspector.query(&Selector::Label(label));
    elements
        .iter()
        .filter_map(|content| {
            let value = content.to_packed::<MetadataElem>()?.value.clone();
            Some((value, introspector.position(content.location()?)?))
        })
        .collect()
}

fn timestamp(at: jiff::Timestamp) -> Option<Timestamp> {
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

fn wrong(template: &Template, reason: String) -> ComposeError {
    ComposeError::Template { slug: template.slug.clone(), reason }
}

fn said(errors: &[SourceDiagnostic]) -> String {
    errors.iter().map(|error| error.message.to_string()).collect::<Vec<_>>().join("; ")
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
