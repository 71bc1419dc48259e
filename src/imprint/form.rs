//! The imprint as the content of a PDF form XObject (ISO 32000-1, 8.10): fills of DeviceRGB, no fonts, no resources.

use std::fmt::Write;

use super::outline::{Outline, Segment};
use super::{Imprint, RED};

/// Content units per point: coordinates are whole hundredths of a point (3.5 µm), short and exact.
const UNITS_PER_POINT: f64 = 100.0;
const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// A content stream and its bounding box.
#[derive(Debug, Clone, PartialEq)]
pub struct PdfForm {
    /// Content operators, not compressed; they need no resources. What they draw outside `bbox`, PDF leaves out.
    pub content: Vec<u8>,
    /// `/BBox`: left, bottom, right, top, in points; left and bottom are 0.
    pub bbox: [f64; 4],
}

impl Imprint {
    /// The whole imprint; the lower left corner of the square around it is the origin.
    pub fn pdf_form(&self) -> PdfForm {
        let side = self.diameter_mm * POINTS_PER_MM;
        PdfForm { content: self.operators(0.0, side), bbox: [0.0, 0.0, side, side] }
    }

    /// Strip `index` (from 0) of `count` for a seam seal (骑缝章): upright strips of equal width, from left to right, that
    /// side by side make the whole imprint, one on the edge of each page. `None` unless `index < count`.
    ///
    /// Shapes on the border of two strips are drawn whole in both: `/BBox`, to which PDF clips every form, cuts them.
    pub fn pdf_slice(&self, index: u32, count: u32) -> Option<PdfForm> {
        let side = self.diameter_mm * POINTS_PER_MM;
        let width = side / f64::from(count);
        let slice =
            || PdfForm { content: self.operators(width * f64::from(index), width), bbox: [0.0, 0.0, width, side] };
        (index < count).then(slice)
    }

    /// Draws what lies between `left` and `left + width` points, with `left` moved to 0.
    fn operators(&self, left: f64, width: f64) -> Vec<u8> {
        let middle = self.diameter_mm / 2.0;
        let [red, green, blue] = RED.map(|channel| f64::from(channel) / 255.0);
        let unit = 1.0 / UNITS_PER_POINT;
        // The move is in the matrix: every slice has the same coordinates as the whole, so their edges meet.
        let mut content = format!("{red:.3} {green:.3} {blue:.3} rg\n{unit} 0 0 {unit} {:.4} 0 cm\n", 0.0 - left);
        for shape in &self.shapes {
            let shape = shape.map(|[x, y]| [(x + middle) * POINTS_PER_MM, (y + middle) * POINTS_PER_MM]);
            let seen = shape.bounds().is_some_and(|bounds| bounds.max[0] > left && bounds.min[0] < left + width);
            if seen {
                fill(&mut content, &shape);
            }
        }
        content.into_bytes()
    }
}

/// Appends the operators that fill one outline.
fn fill(content: &mut String, outline: &Outline) {
    for segment in outline.segments() {
        let (points, operator): (&[_], _) = match segment {
            Segment::Move(to) => (&[*to], "m\n"),
            Segment::Line(to) => (&[*to], "l\n"),
            Segment::Curve(a, b, to) => (&[*a, *b, *to], "c\n"),
            Segment::Close => (&[], "h\n"),
        };
        for &[x, y] in points {
            let [x, y] = [x, y].map(|points| (points * UNITS_PER_POINT).round() as i64);
            // Writing to a String cannot fail.
            let _ = write!(content, "{x} {y} ");
        }
        content.push_str(operator);
    }
    content.push_str("f\n");
}
