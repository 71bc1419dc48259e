//! The verifier's report on paper: what `verify` found, set with the hall's faces. It is no certificate: it has no number and no seal, and
//! says so itself.
//!
//! *Not trusted*: every text in it, which may come from the file that was judged. It reaches typst as JSON strings, is cut to a length, and
//! characters that no face can draw or that turn the order of writing are replaced: a report is never refused for them.

use std::sync::OnceLock;

use serde::Serialize;
use serde_json::Value;
use typst::foundations::{Bytes, Smart};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::composer::{ComposeError, Composer, timestamp};
use super::layout::{said, typeset};
use super::template::{Sources, TemplateError};
use super::world::Sheet;
use super::{Files, Fonts, qr};

/// The folder of its face.
const SLUG: &str = "verification-report";
/// Most characters of one text; most lines under one heading, and most signatures.
pub(super) const MOST: (usize, usize) = (400, 64);
/// What stands for a character that cannot be drawn.
const REPLACED: char = '？';

/// A report as it stands on paper, from top to bottom.
#[derive(Debug, Clone, Serialize)]
pub struct Paper {
    /// `valid`, `invalid`, `lapsed`, `unsure` or `unsigned`: which sign stands beside the word.
    pub sign: &'static str,
    /// The verdict in one word.
    pub word: String,
    /// Why, in one sentence.
    pub cause: String,
    /// What to do, in one sentence.
    pub next: String,
    /// The file and the asking: names and values.
    pub facts: Vec<(String, String)>,
    /// The answer of today.
    pub today: String,
    /// All the reasons; may be empty.
    pub reasons: Vec<String>,
    /// The signatures.
    pub signatures: Vec<PaperSignature>,
}

/// A signature on paper.
#[derive(Debug, Clone, Serialize)]
pub struct PaperSignature {
    /// What it is called.
    pub title: String,
    /// Its verdict in one word.
    pub word: String,
    /// Names and values.
    pub facts: Vec<(String, String)>,
    /// Its own reasons; may be empty.
    pub reasons: Vec<String>,
}

impl Composer {
    /// The report as PDF/A-2b, made at `at`.
    ///
    /// # Errors
    /// Only a fault of ours: whatever stands in `paper` can be set.
    pub fn report(&self, paper: &Paper, at: jiff::Timestamp) -> Result<Vec<u8>, ComposeError> {
        let picture = qr::EMPTY.as_bytes().to_vec();
        let title = "文件验证报告";
        self.print(Print { slug: SLUG, title, sources: sources(), picture, pages: Vec::new(), most: MOST }, paper, at)
    }

    /// Something that is no certificate as PDF/A-2b, made at `at`, from whatever texts.
    pub(super) fn print(
        &self,
        print: Print<'_>,
        data: &impl Serialize,
        at: jiff::Timestamp,
    ) -> Result<Vec<u8>, ComposeError> {
        let wrong = |reason: String| ComposeError::Template { slug: print.slug.to_owned(), reason };
        let sources = print.sources.as_ref().map_err(|error| wrong(error.to_string()))?;
        let mut data = serde_json::to_value(data).map_err(|error| wrong(error.to_string()))?;
        make_drawable(&mut data, &self.fonts, print.most);
        let data = Bytes::new(data.to_string().into_bytes());
        let (qr, pages): (_, Vec<Bytes>) =
            (Bytes::new(print.picture), print.pages.into_iter().map(Bytes::new).collect());
        let sheet = Sheet { library: &self.library, fonts: &self.fonts, sources, data, qr, pages: &pages };
        let mut document = typeset(&sheet).map_err(wrong)?;
        document.info_mut().title = Some(print.title.into());
        let options = PdfOptions {
            ident: Smart::Custom(format!("{} {at}", print.slug)),
            creator: Smart::Custom(Some("Yinxin".to_owned())),
            timestamp: timestamp(at),
            standards: PdfStandards::new(&[PdfStandard::A_2b]).map_err(|error| wrong(error.message().to_string()))?,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| wrong(said(&errors)))?;
        self.forget();
        Ok(pdf)
    }
}

/// What is printed: a face of ours without fields to be checked.
pub(super) struct Print<'s> {
    /// The folder of its face.
    pub(super) slug: &'static str,
    /// The document's title.
    pub(super) title: &'s str,
    /// The face.
    pub(super) sources: &'s Result<Sources, TemplateError>,
    /// The picture that the face reads as `/qr.svg`.
    pub(super) picture: Vec<u8>,
    /// Pictures of pages that the face reads as `/page-1.png`, `/page-2.png`, …
    pub(super) pages: Vec<Vec<u8>>,
    /// Most characters of one text, and most lines of one list.
    pub(super) most: (usize, usize),
}

/// The face, parsed at its first use.
fn sources() -> &'static Result<Sources, TemplateError> {
    static SOURCES: OnceLock<Result<Sources, TemplateError>> = OnceLock::new();
    SOURCES.get_or_init(|| Sources::of(SLUG, &Files::builtin()))
}

/// Cuts every text and every list, and replaces what cannot be drawn.
fn make_drawable(value: &mut Value, fonts: &Fonts, most: (usize, usize)) {
    match value {
        Value::String(text) => *text = drawable(text, fonts, most.0),
        Value::Array(items) => {
            items.truncate(most.1);
            items.iter_mut().for_each(|item| make_drawable(item, fonts, most));
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| make_drawable(field, fonts, most)),
        _ => {}
    }
}

fn drawable(text: &str, fonts: &Fonts, most: usize) -> String {
    let turns =
        |c: char| matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    let shown = |c: char| if c.is_control() || turns(c) || !fonts.can_draw(c) { REPLACED } else { c };
    let mut cut: String = text.chars().take(most).map(shown).collect();
    if text.chars().nth(most).is_some() {
        cut.push('…');
    }
    cut
}
