//! What is drawn: a form XObject in points, and rectangles in millimetres.

use std::io::Write;

use super::StampError;
use super::write::numbers;

/// Points in a millimetre.
pub(super) const POINTS_PER_MM: f64 = 72.0 / 25.4;
/// A rectangle and its seal may differ in proportion by this much, a tenth of a millimetre on a seal of 42.
const PROPORTION: f64 = 0.0025;

/// A vector drawing, compressed once and stamped any number of times.
///
/// It blends by Multiply with what is below, so that black text under a red seal stays black.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    data: Vec<u8>,
    bbox: [f64; 4],
}

impl Form {
    /// `content`: path and colour operators that need no resources; `bbox`: left, bottom, right, top in points.
    pub fn new(content: &[u8], bbox: [f64; 4]) -> Self {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        // Writing into memory cannot fail.
        let _ = [&b"/Multiply gs\n"[..], content].into_iter().try_for_each(|part| encoder.write_all(part));
        Self { data: encoder.finish().unwrap_or_default(), bbox }
    }

    /// Its dictionary but for `/Length`, and its data.
    ///
    /// No `/Group`: an annotation's appearance without one is a non-isolated group (ISO 32000-1, 12.5.5), so that the blend
    /// mode meets the page; in an isolated group it would meet nothing.
    pub(super) fn stream(&self) -> (String, &[u8]) {
        let resources = "<< /ExtGState << /Multiply << /Type /ExtGState /BM /Multiply >> >> >>";
        (format!("{} /Resources {resources} /Filter /FlateDecode", Self::entries(&self.bbox)), &self.data)
    }

    /// The entries of every form XObject.
    pub(super) fn entries(bbox: &[f64; 4]) -> String {
        format!("/Type /XObject /Subtype /Form /FormType 1 /BBox {}", numbers(bbox))
    }

    /// Refuses a rectangle in which the drawing would be stretched.
    pub(super) fn check_proportions(&self, rect: &[f64; 4]) -> Result<(), StampError> {
        let ratio = |r: &[f64; 4]| (r[2] - r[0]) / (r[3] - r[1]);
        let stretched = ratio(rect) / ratio(&self.bbox);
        // Not a number fails too.
        if (stretched - 1.0).abs() <= PROPORTION { Ok(()) } else { Err(StampError::Distorted) }
    }
}

/// A rectangle on a page, in millimetres from the page's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RectMm {
    /// From the left edge of the page.
    pub left: f64,
    /// From the upper edge of the page.
    pub top: f64,
    /// To the right.
    pub width: f64,
    /// Downward.
    pub height: f64,
}

impl RectMm {
    /// In points from the lower left corner (left, bottom, right, top) of `page`, a media box; `None` if it is empty or
    /// reaches beyond the page.
    pub(super) fn on(&self, page: &[f64; 4]) -> Option<[f64; 4]> {
        let left = page[0] + self.left * POINTS_PER_MM;
        let top = page[3] - self.top * POINTS_PER_MM;
        let rect = [left, top - self.height * POINTS_PER_MM, left + self.width * POINTS_PER_MM, top];
        // A thousandth of a point forgives rounding at the edges.
        let inside = rect[0] >= page[0] - 1e-3 && rect[1] >= page[1] - 1e-3;
        let inside = inside && rect[2] <= page[2] + 1e-3 && rect[3] <= page[3] + 1e-3;
        (inside && self.width > 0.0 && self.height > 0.0).then_some(rect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millimetres_from_above_become_points_from_below() {
        let a4 = [0.0, 0.0, 595.0, 842.0];
        let rect = RectMm { left: 25.4, top: 50.8, width: 25.4, height: 12.7 };
        assert_eq!(rect.on(&a4), Some([72.0, 842.0 - 144.0 - 36.0, 144.0, 842.0 - 144.0]));
        assert_eq!(RectMm { left: 200.0, ..rect }.on(&a4), None, "beyond the right edge");
        assert_eq!(RectMm { width: 0.0, ..rect }.on(&a4), None);
        assert_eq!(RectMm { top: f64::NAN, ..rect }.on(&a4), None);
    }

    #[test]
    fn a_round_seal_stays_round() {
        let form = Form::new(b"", [0.0, 0.0, 100.0, 100.0]);
        assert_eq!(form.check_proportions(&[10.0, 10.0, 60.0, 60.0]), Ok(()));
        assert_eq!(form.check_proportions(&[10.0, 10.0, 60.0, 61.0]), Err(StampError::Distorted));
        assert_eq!(Form::new(b"", [0.0; 4]).check_proportions(&[0.0, 0.0, 1.0, 1.0]), Err(StampError::Distorted));
    }
}
