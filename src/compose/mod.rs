//! Template + data + fonts -> unsealed PDF/A (pure; typst as a library).
//!
//! In order: [`Files`] holds the templates and faces (built into the program, or read from a directory); [`Templates`] parses them;
//! [`check`] refuses data that a template cannot take, every [`Problem`] at once, and leaves a [`Checked`] behind; [`Composer`] sets
//! the page, finds out whether everything fits, and writes PDF/A-2b with the [`Anchor`]s where seals go.
//!
//! *Trusted*: the template files; they are reviewed like code and can use any amount of time and memory.
//! *Not trusted*: the data. They reach typst as JSON strings and are inserted as text, never read as markup; they are bounded by each
//! field's `max`, by [`blocks`]' limits and by [`MAX_PAGES`].
//!
//! Out of scope: who may ask, what number it gets, signature fields and seals (`hall`, `acts`, `pdf`, `imprint`).

mod anchors;
pub mod blocks;
pub mod characters;
pub mod check;
pub mod codes;
pub mod composer;
pub mod dates;
pub mod field;
pub mod files;
pub mod filing_sheet;
pub mod fonts;
mod layout;
pub mod qr;
pub mod report;
pub mod story;
pub mod template;
mod world;

pub use anchors::Anchor;
pub use check::{Checked, check};
pub use composer::{Annotation, Archive, ComposeError, Composed, Composer, Facts, MAX_PAGES, Preview, Signer};
pub use field::{Field, FieldKind};
pub use files::{Files, FilesError};
pub use fonts::{Fonts, FontsError};
pub use template::{PageCount, Template, TemplateError, Templates};

/// One thing wrong with one field, for a person of the hall to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Problem {
    /// The field's name as on the form (or 编号, 事项, 发证机关, 二维码 for what the hall itself adds).
    pub field: String,
    /// Which rule refused it; one of [`codes`].
    pub code: &'static str,
    /// A Chinese sentence: what is wrong and, where it helps, what to do.
    pub text: String,
}

impl Problem {
    pub(crate) fn new(field: impl Into<String>, code: &'static str, text: impl Into<String>) -> Self {
        Self { field: field.into(), code, text: text.into() }
    }
}
