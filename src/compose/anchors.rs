//! What a laid-out document says about itself: metadata that the shared typst functions leave under known labels.

use typst::foundations::{Dict, Label, Selector, Str, Value};
use typst::introspection::{Introspector, MetadataElem, PagedPosition};
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

use super::layout::wrong;
use super::{ComposeError, Template};

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

/// The anchors in the order of the template's seals, each exactly once.
pub(super) fn anchors(template: &Template, document: &PagedDocument) -> Result<Vec<Anchor>, ComposeError> {
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
fn anchor(value: Value, at: PagedPosition) -> Option<Anchor> {
    let dict = value.cast::<Dict>().ok()?;
    let mm = |key: &str| dict.get(key).ok()?.clone().cast::<f64>().ok();
    let (x, y) = (at.point.x.to_mm(), at.point.y.to_mm());
    Some(Anchor {
        signer: dict.get("seal").ok()?.clone().cast::<Str>().ok()?.to_string(),
        page: at.page.get() - 1,
        x_mm: x + mm("x")?,
        issuer_y_mm: y + mm("issuer-y")?,
        date_y_mm: y + mm("date-y")?,
        width_mm: mm("width")?,
    })
}

/// The values of all metadata with this label, and where they stand.
pub(super) fn labelled(document: &PagedDocument, label: &str) -> Vec<(Value, PagedPosition)> {
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
