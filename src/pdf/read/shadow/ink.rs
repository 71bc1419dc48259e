//! Every mark that a look leaves, in the order drawn, as far as it takes to tell writing in a frame from anything else.

use super::super::value::{Id, Value};
use super::font::Font;
use super::geometry::{Matrix, Rect, numbers};
use super::state::State;

/// Marks kept of one look.
const MAX_INKS: usize = 10_000;
/// Paths of one look; a comb has as many as letters.
const MAX_PATHS: usize = 500;
/// Lines kept of one path; no frame has more.
const MAX_LINES: usize = 256;

/// What was drawn, in order.
#[derive(Default)]
pub(super) struct Inks {
    pub(super) marks: Vec<Ink>,
    paths: usize,
    path: Path,
    start: Option<(f64, f64)>,
    last: Option<(f64, f64)>,
}

/// One mark.
pub(super) enum Ink {
    Letter(Letter),
    Path(Path),
    /// A picture, a shading, or what nobody can tell.
    Other,
}

/// One letter of a text.
pub(super) struct Letter {
    /// What the font says it is.
    pub(super) said: Option<String>,
    /// Where it begins and ends, a little above the base line.
    pub(super) from: (f64, f64),
    pub(super) to: (f64, f64),
    /// From the base line, as far as the text is large.
    pub(super) up: (f64, f64),
    pub(super) place: Rect,
    pub(super) clip: Rect,
    /// From 0, black, to 1, white; `None` if it is not filled with one opaque colour.
    pub(super) luma: Option<f64>,
    pub(super) font: Option<Id>,
    /// Its shape comes with the font.
    pub(super) has_shape: bool,
}

/// A path that was painted.
#[derive(Default, Clone, PartialEq)]
pub(super) struct Path {
    /// Where each straight line lies, as wide as it is drawn.
    pub(super) lines: Vec<Rect>,
    pub(super) curves: usize,
    pub(super) bounds: Option<Rect>,
    pub(super) is_filled: bool,
    /// As of a letter.
    pub(super) luma: Option<f64>,
    pub(super) clip: Option<Rect>,
}

impl Inks {
    /// `None` if there are more marks than are kept.
    fn add(&mut self, ink: Ink) -> Option<()> {
        self.marks.push(ink);
        (self.marks.len() <= MAX_INKS).then_some(())
    }

    pub(super) fn other(&mut self) -> Option<()> {
        self.add(Ink::Other)
    }

    /// A letter that was shown from this point to where the pen is now.
    pub(super) fn letter(&mut self, font: &Font, code: u32, from: (f64, f64), state: &State) -> Option<()> {
        let said = font.said(code);
        if said.as_ref().is_some_and(|said| said.trim().is_empty()) {
            return Some(());
        }
        let to = state.pen();
        let place = state.box_of(from, to)?;
        self.add(Ink::Letter(Letter {
            said,
            from,
            to,
            up: state.up(),
            place,
            clip: state.clip,
            luma: state.text_luma(),
            font: font.id,
            has_shape: font.has_shapes,
        }))
    }

    /// Adds a segment to the path.
    pub(super) fn build(&mut self, operator: &[u8], operands: &[Value], matrix: &Matrix) {
        let point = |x: f64, y: f64| matrix.apply((x, y));
        match (operator, operands) {
            (b"re", _) => {
                if let Some([x, y, width, height]) = numbers(operands) {
                    let corners =
                        [(x, y), (x + width, y), (x + width, y + height), (x, y + height)].map(|(x, y)| point(x, y));
                    (self.start, self.last) = (Some(corners[0]), Some(corners[0]));
                    for corner in corners.into_iter().cycle().skip(1).take(4) {
                        self.line(corner);
                    }
                }
            }
            (b"m", _) => {
                if let Some([x, y]) = numbers(operands) {
                    (self.start, self.last) = (Some(point(x, y)), Some(point(x, y)));
                }
            }
            (b"l", _) => {
                if let Some([x, y]) = numbers(operands) {
                    self.line(point(x, y));
                }
            }
            (b"h", _) => self.close(),
            (b"c" | b"v" | b"y", _) => {
                self.path.curves += 1;
                let points: Vec<_> =
                    operands.chunks_exact(2).filter_map(numbers).map(|[x, y]: [f64; 2]| point(x, y)).collect();
                self.last = points.last().copied();
                self.grow(points);
            }
            _ => {}
        }
    }

    fn grow(&mut self, points: impl IntoIterator<Item = (f64, f64)>) {
        let corners = self.path.bounds.map(|bounds| bounds.corners()).into_iter().flatten();
        self.path.bounds = Rect::around(points.into_iter().chain(corners));
    }

    fn line(&mut self, to: (f64, f64)) {
        let from = self.last.replace(to).unwrap_or(to);
        self.grow([from, to]);
        if let Some(line) = Rect::around([from, to]).filter(|_| from != to && self.path.lines.len() <= MAX_LINES) {
            self.path.lines.push(line);
        }
    }

    fn close(&mut self) {
        if let Some(start) = self.start {
            self.line(start);
        }
    }

    /// The path is painted, or dropped.
    pub(super) fn paint(&mut self, operator: &[u8], state: &State) -> Option<()> {
        let is_stroked = !matches!(operator, b"f" | b"F" | b"f*" | b"n");
        let is_filled = !matches!(operator, b"S" | b"s" | b"n");
        if is_filled || matches!(operator, b"s") {
            self.close();
        }
        let mut path = std::mem::take(&mut self.path);
        (self.start, self.last) = (None, None);
        if operator == b"n" || path.bounds.is_none() {
            return Some(());
        }
        let margin = if is_stroked { state.line_width() / 2.0 } else { 0.0 };
        path.lines.iter_mut().for_each(|line| *line = line.grown(margin));
        let is_even = path.lines.len() <= MAX_LINES && state.hides();
        (path.is_filled, path.luma, path.clip) = (is_filled, state.luma(), is_even.then_some(state.clip));
        self.paths += 1;
        self.add(Ink::Path(path)).filter(|()| self.paths <= MAX_PATHS)
    }
}
