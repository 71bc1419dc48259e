//! The imprint as a picture for web pages: SVG 1.1, one path, transparent, in millimetres.

use std::fmt::Write;

use super::outline::Segment;
use super::{Imprint, RED};

impl Imprint {
    /// The imprint as an SVG document of its real size; user units are millimetres.
    pub fn svg(&self) -> String {
        let (side, middle) = (self.diameter_mm, self.diameter_mm / 2.0);
        let mut path = String::new();
        for segment in self.shapes.iter().flat_map(|shape| shape.segments()) {
            let (command, points): (_, &[_]) = match segment {
                Segment::Move(to) => ('M', &[*to]),
                Segment::Line(to) => ('L', &[*to]),
                Segment::Curve(a, b, to) => ('C', &[*a, *b, *to]),
                Segment::Close => ('Z', &[]),
            };
            path.push(command);
            for (index, [x, y]) in points.iter().enumerate() {
                let space = if index == 0 { "" } else { " " };
                // Writing to a String cannot fail.
                let _ = write!(path, "{space}{:.3} {:.3}", middle + x, middle - y);
            }
        }
        let [red, green, blue] = RED;
        let title = escape(&self.name);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}mm\" height=\"{side}mm\" \
             viewBox=\"0 0 {side} {side}\" role=\"img\"><title>{title}</title>\
             <path fill=\"#{red:02x}{green:02x}{blue:02x}\" d=\"{path}\"/></svg>\n"
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
