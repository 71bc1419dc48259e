//! A seal's filing sheet (印章备案表) on paper: its archive and its imprint in real size. It is no certificate: it has no number of a
//! case and no seal is used on it, which it says itself.
//!
//! *Not trusted*: the texts; they reach typst as JSON strings and are made drawable, as those of a [report](super::report).

use std::sync::OnceLock;

use serde::Serialize;

use super::Files;
use super::composer::{ComposeError, Composer};
use super::report::{MOST, Print};
use super::template::{Sources, TemplateError};

/// The folder of its face.
const SLUG: &str = "seal-filing-sheet";

/// A filing sheet.
#[derive(Debug, Clone, Serialize)]
pub struct FilingSheet {
    /// The hall's name.
    pub hall: String,
    /// The filing number; empty before it is filed.
    pub filing: String,
    /// What the seal is called.
    pub name: String,
    /// Lines of one or two names with their values; an empty value is shown as none.
    pub rows: Vec<Vec<(String, String)>>,
    /// The seal's diameter in millimetres.
    pub diameter: u8,
    /// When the sheet was made, in words.
    pub made: String,
}

impl Composer {
    /// The sheet as PDF/A-2b, made at `at`, with the imprint given as SVG.
    ///
    /// # Errors
    /// Only a fault of ours: whatever stands in it can be set.
    pub fn filing_sheet(
        &self,
        sheet: &FilingSheet,
        imprint_svg: String,
        at: jiff::Timestamp,
    ) -> Result<Vec<u8>, ComposeError> {
        static SOURCES: OnceLock<Result<Sources, TemplateError>> = OnceLock::new();
        let sources = SOURCES.get_or_init(|| Sources::of(SLUG, &Files::builtin()));
        let (title, picture) = ("印章备案表", imprint_svg.into_bytes());
        let print = Print { slug: SLUG, title, sources, picture, pages: Vec::new(), most: MOST };
        self.print(print, sheet, at)
    }
}
