//! How large the pages are.

use super::StampError;
use super::annotate::Page;
use super::form::POINTS_PER_MM;
use super::read::{Document, Limits};

/// Width and height of every page in millimetres, of a document composed here.
pub fn page_sizes(pdf: &[u8]) -> Result<Vec<(f64, f64)>, StampError> {
    let document = Document::open(pdf, &Limits::DEFAULT)?;
    let view = document.latest();
    let size = |id| {
        let [left, bottom, right, top] = Page::read(&view, id)?.media_box;
        Ok(((right - left) / POINTS_PER_MM, (top - bottom) / POINTS_PER_MM))
    };
    view.pages()?.into_iter().map(size).collect()
}
