//! One certificate's whole story on paper, for an auditor's file: chapters of facts, texts, tables and the pages as they were shown.

use std::sync::OnceLock;

use serde::Serialize;

use super::composer::{ComposeError, Composer};
use super::report::Print;
use super::template::{Sources, TemplateError};
use super::{Files, qr};

/// The folder of its face.
const SLUG: &str = "certificate-story";
/// Most characters of one text, and most elements of one list.
const MOST: (usize, usize) = (600, 200);

/// A story from its beginning to today.
#[derive(Debug, Clone, Serialize)]
pub struct Story {
    /// What it is the story of.
    pub title: String,
    /// Whose books it comes from, and when it was written.
    pub lead: String,
    /// The chapters, in order.
    pub chapters: Vec<Chapter>,
}

/// A chapter.
#[derive(Debug, Clone, Serialize)]
pub struct Chapter {
    /// Its title.
    pub title: String,
    /// What stands in it, in order.
    pub parts: Vec<Part>,
}

/// A part of a chapter.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Part {
    /// Names and values.
    Facts {
        /// In order.
        facts: Vec<(String, String)>,
    },
    /// A text as kept, line by line.
    Text {
        /// What it is.
        title: String,
        /// Its lines.
        lines: Vec<String>,
    },
    /// A table.
    Table {
        /// The heads of its columns.
        head: Vec<String>,
        /// Its rows, a cell a column.
        rows: Vec<Vec<String>>,
    },
    /// A sentence.
    Note {
        /// The sentence.
        text: String,
    },
    /// The pages, as pictures.
    Pages {
        /// How many.
        count: usize,
    },
}

impl Composer {
    /// The story as PDF/A-2b, made at `at`, with the pages' pictures as PNG.
    ///
    /// # Errors
    /// Only a fault of ours.
    pub fn story(&self, story: &Story, pages: Vec<Vec<u8>>, at: jiff::Timestamp) -> Result<Vec<u8>, ComposeError> {
        let (title, picture) = (story.title.as_str(), qr::EMPTY.as_bytes().to_vec());
        self.print(Print { slug: SLUG, title, sources: sources(), picture, pages, most: MOST }, story, at)
    }
}

/// The face, parsed at its first use.
fn sources() -> &'static Result<Sources, TemplateError> {
    static SOURCES: OnceLock<Result<Sources, TemplateError>> = OnceLock::new();
    SOURCES.get_or_init(|| Sources::of(SLUG, &Files::builtin()))
}
