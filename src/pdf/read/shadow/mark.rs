//! What a content stream leaves on a page.

use super::super::value::Id;
use super::geometry::Rect;

/// What was drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// Text that is drawn: where it begins and ends, a little above the base line, and how many letters there are.
    Text { from: (f64, f64), to: (f64, f64), letters: usize, is_white: bool },
    /// An upright rectangle that nothing shows through.
    Cover { rect: Rect, image: Option<Id> },
    /// Other than white paint somewhere in here.
    Paint(Rect),
}

/// Something that is seen at a place, each letter by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thing {
    pub(super) rect: Rect,
    pub(super) kind: Kind,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A letter as one writes it.
    Letter,
    /// What says where to write: a dash, a dot, an empty box.
    Filler,
    /// A letter that is white, outlined, as tall as a picture, or a drawing.
    Odd,
    /// An image or a shading.
    Picture,
    /// A filled area with so many curves, or a line that fills.
    Area(usize),
    /// A rectangle of one colour, and how light that is, of 100.
    Ground(u8),
}
