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
    /// Whoever reads the file has the font, and knows how wide the letter is.
    pub(super) is_standard: bool,
    /// How wide the font has it, in parts of its size.
    pub(super) width: f64,
}

/// A path that was painted.
#[derive(Default, Clone, PartialEq)]
pub(super) struct Path {
    /// Where each straight line lies, as wide as it is drawn.
    pub(super) lines: Vec<Rect>,
    /// Where each curve lies.
    pub(super) curves: Vec<Rect>,
    pub(super) bounds: Option<Rect>,
    /// How often it is begun anew.
    pub(super) parts: usize,
    pub(super) is_filled: bool,
    pub(super) is_stroked: bool,
    pub(super) is_dashed: bool,
    /// As of a letter.
    pub(super) luma: Option<f64>,
    pub(super) clip: Option<Rect>,
}

impl Path {
    /// One upright rectangle, filled.
    pub(super) fn is_ground(&self) -> bool {
        let is_straight = |line: &Rect| {
            line.width().min(line.height()) <= self.bounds.map_or(0.0, |b| b.width().min(b.height()) / 2.0)
        };
        self.is_filled
            && self.parts == 1
            && self.curves.is_empty()
            && self.lines.len() == 4
            && self.lines.iter().all(is_straight)
    }
}

impl Inks {
    /// `None` if there are more marks than are kept.
    fn add(&mut self, ink: Ink) -> Option<()> {
        self.marks.push(ink);
        (self.marks.len() <= MAX_INKS).then_some(())
    }

    /// A letter that is shown now.
    pub(super) fn letter(&mut self, font: &Font, code: u32, state: &State) -> Option<()> {
        let width = font.width(code);
        let (from, to) = (state.pen(), state.end_of(width));
        self.add(Ink::Letter(Letter {
            said: font.said(code),
            from,
            to,
            up: state.up(),
            place: state.box_of(from, to)?,
            clip: state.clip,
            luma: state.text_luma(),
            font: font.id,
            is_standard: font.is_standard && font.measures(code),
            width,
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
                    self.begin(corners[0]);
                    for corner in corners.into_iter().cycle().skip(1).take(4) {
                        self.line(corner);
                    }
                }
            }
            (b"m", _) => {
                if let Some([x, y]) = numbers(operands) {
                    self.begin(point(x, y));
                }
            }
            (b"l", _) => {
                if let Some([x, y]) = numbers(operands) {
                    self.line(point(x, y));
                }
            }
            (b"h", _) => self.close(),
            (b"c" | b"v" | b"y", _) => {
                let points = operands.chunks_exact(2).filter_map(numbers).map(|[x, y]: [f64; 2]| point(x, y));
                let points: Vec<_> = self.last.into_iter().chain(points).collect();
                self.last = points.last().copied();
                self.path.curves.extend(Rect::around(points.iter().copied()));
                self.grow(points);
            }
            _ => {}
        }
    }

    fn begin(&mut self, at: (f64, f64)) {
        self.path.parts += 1;
        (self.start, self.last) = (Some(at), Some(at));
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
        if is_stroked {
            let (x, y) = state.line_reach();
            let wide = |line: &Rect| Rect([line.0[0] - x, line.0[1] - y, line.0[2] + x, line.0[3] + y]);
            path.lines.iter_mut().chain(&mut path.curves).for_each(|line| *line = wide(line));
        }
        let is_even = path.lines.len().max(path.curves.len()) <= MAX_LINES && state.hides();
        (path.is_filled, path.is_stroked, path.is_dashed) = (is_filled, is_stroked, is_stroked && state.is_dashed);
        (path.luma, path.clip) =
            (if is_filled { state.luma() } else { state.line_luma }, is_even.then_some(state.clip));
        self.paths += 1;
        self.add(Ink::Path(path)).filter(|()| self.paths <= MAX_PATHS)
    }
}
