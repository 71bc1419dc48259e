//! The graphics state, and the path being built (ISO 32000-1, 8.4, 8.5 and 9.3), as far as hiding needs them.

use std::rc::Rc;

use super::super::value::{Dict, Value};
use super::font::Font;
use super::geometry::{Matrix, Rect, numbers};

/// Points by which a line may be wider than its path, on which white text may stand.
const MAX_LINE: f64 = 20.0;
/// Above it, a colour is light.
const LIGHT: f64 = 0.7;
/// A line that takes up a larger part of the space it is drawn in fills it.
const MAX_INK: f64 = 0.2;
/// The part of its size by which a letter may reach out of its place.
const OVERHANG: f64 = 0.25;
/// Rectangles in one path; a path of more is taken to hide nothing.
const MAX_RECTANGLES: usize = 64;

/// The state that `q` saves.
#[derive(Clone)]
pub(super) struct State {
    pub(super) matrix: Matrix,
    pub(super) clip: Rect,
    /// The clip is a rectangle, not only inside one.
    is_clip_exact: bool,
    is_opaque: bool,
    pub(super) is_white: bool,
    is_plain: bool,
    /// So light that it may stand for paper.
    is_light: bool,
    /// How light it is, from 0 to 1; `None` if nobody can tell.
    luma: Option<f64>,
    /// The same of lines.
    pub(super) line_luma: Option<f64>,
    /// Numbers of `sc` are those of a device's colours, not of a space of the file's own.
    is_device: bool,
    line_width: f64,
    pub(super) is_dashed: bool,
    pub(super) is_layered: bool,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    pub(super) letter_space: f64,
    pub(super) word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    render: i64,
    text: Matrix,
    line: Matrix,
    /// How far from the beginning of the line the pen is, at the least and at the most.
    spread: (f64, f64),
}

impl State {
    pub(super) fn new(matrix: Matrix, clip: Rect) -> Self {
        Self {
            matrix,
            clip,
            is_clip_exact: true,
            is_opaque: true,
            is_white: false,
            is_plain: true,
            is_light: false,
            luma: Some(0.0),
            line_luma: Some(0.0),
            is_device: false,
            line_width: 1.0,
            is_dashed: false,
            is_layered: false,
            font: None,
            size: 0.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            render: 0,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            spread: (0.0, 0.0),
        }
    }

    pub(super) fn clip_to(&mut self, rect: Option<Rect>, is_exact: bool) {
        self.clip = rect.map_or(Rect([0.0; 4]), |rect| self.clip.meet(&rect));
        self.is_clip_exact &= is_exact;
    }

    /// What is filled now hides what was there.
    pub(super) fn hides(&self) -> bool {
        self.is_opaque && self.is_plain && self.is_clip_exact && !self.is_layered
    }

    /// Text shown now is what one writes with: filled, dark, of one colour, no taller than this.
    pub(super) fn is_writing(&self, most: f64) -> bool {
        let (x, y) = self.up();
        self.is_flat() && !self.is_light && x.hypot(y) <= most
    }

    /// Text shown now is filled with one colour.
    fn is_flat(&self) -> bool {
        self.render == 0 && self.is_plain
    }

    /// From the base line, as far as the text is large.
    pub(super) fn up(&self) -> (f64, f64) {
        let (origin, top) =
            (self.matrix.apply(self.text.apply((0.0, 0.0))), self.matrix.apply(self.text.apply((0.0, self.size))));
        (top.0 - origin.0, top.1 - origin.1)
    }

    /// How light an area is that is filled now; `None` if something else shows through or beside it.
    pub(super) fn luma(&self) -> Option<f64> {
        self.luma.filter(|_| self.hides())
    }

    /// How light text is that is shown now.
    pub(super) fn text_luma(&self) -> Option<f64> {
        self.luma().filter(|_| self.is_flat())
    }

    /// How far a line reaches from its middle, sideways and upwards.
    pub(super) fn line_reach(&self) -> (f64, f64) {
        let [a, b, c, d, ..] = self.matrix.0;
        (self.line_width * a.hypot(c) / 2.0, self.line_width * b.hypot(d) / 2.0)
    }

    pub(super) fn line_width(&self) -> f64 {
        let [a, b, c, d, ..] = self.matrix.0;
        self.line_width * (a * d - b * c).abs().sqrt()
    }

    /// Text shown now leaves no trace (ISO 32000-1, table 106).
    pub(super) fn is_invisible(&self) -> bool {
        self.render == 3
    }

    /// About where a letter stands that was shown between these points.
    pub(super) fn box_of(&self, from: (f64, f64), to: (f64, f64)) -> Option<Rect> {
        let up = |part: f64| {
            let (x, y) = self.text.apply((0.0, self.rise + self.size * part));
            self.matrix.apply((x, y))
        };
        let (middle, low, high) = (up(0.3), up(0.0), up(0.6));
        let shifted = |by: (f64, f64), at: (f64, f64)| (at.0 + by.0 - middle.0, at.1 + by.1 - middle.1);
        Rect::around([shifted(low, from), shifted(high, from), shifted(low, to), shifted(high, to)])
    }

    /// Text shown now is drawn.
    pub(super) fn shows_text(&self) -> bool {
        matches!(self.render, 0..=2 | 4..=6) && self.is_opaque && !self.is_layered
    }

    /// An external graphics state (8.4.5).
    pub(super) fn blend(&mut self, set: &Dict) {
        let is =
            |key: &str, names: &[&[u8]]| set.get(key).is_none_or(|v| v.as_name().is_some_and(|n| names.contains(&n)));
        if ["ca", "BM", "SMask"].iter().any(|key| set.get(key).is_some()) {
            let is_dense = set.get("ca").and_then(Value::as_number).is_none_or(|alpha| alpha > 0.95);
            self.is_opaque = is_dense && is("BM", &[b"Normal", b"Compatible"]) && is("SMask", &[b"None"]);
        }
    }

    /// The operators that set one thing each; others mean nothing here.
    pub(super) fn set(&mut self, operator: &[u8], operands: &[Value]) {
        let number = operands.first().and_then(Value::as_number);
        match (operator, number) {
            (b"cm", _) => {
                if let Some(matrix) = numbers(operands) {
                    self.matrix = Matrix(matrix).then(&self.matrix);
                }
            }
            (b"g" | b"rg" | b"k" | b"sc" | b"scn", _) => self.colour(operator, operands),
            (b"G" | b"RG" | b"K" | b"SC" | b"SCN", _) => {
                self.line_luma = luma(&operands.iter().filter_map(Value::as_number).collect::<Vec<_>>());
            }
            (b"cs", _) => self.colour_space(operands),
            (b"BT", _) => self.begin(Matrix::IDENTITY),
            (b"d", _) => {
                self.is_dashed = operands.first().and_then(Value::as_array).is_none_or(|dashes| !dashes.is_empty());
            }
            (b"w", Some(width)) => self.line_width = width,
            (b"Tc", Some(space)) => self.letter_space = space,
            (b"Tw", Some(space)) => self.word_space = space,
            (b"Tz", Some(percent)) => self.stretch = percent / 100.0,
            (b"TL", Some(leading)) => self.leading = leading,
            (b"Ts", Some(rise)) => self.rise = rise,
            (b"Tr", Some(render)) => self.render = render as i64,
            (b"T*", _) => self.next_line(),
            (b"Td" | b"TD", _) => {
                if let Some([x, y]) = numbers(operands) {
                    if operator == b"TD" {
                        self.leading = -y;
                    }
                    self.new_line(x, y);
                }
            }
            (b"Tm", _) => {
                if let Some(matrix) = numbers(operands) {
                    self.begin(Matrix(matrix));
                }
            }
            _ => {}
        }
    }

    /// Sets its first colour, too (ISO 32000-1, 8.6.3): black, of a device.
    fn colour_space(&mut self, operands: &[Value]) {
        let space = operands.first().and_then(Value::as_name).unwrap_or_default();
        self.is_device = matches!(space, b"DeviceGray" | b"DeviceRGB" | b"DeviceCMYK");
        (self.is_white, self.is_plain, self.is_light) = (false, true, false);
        self.luma = self.is_device.then_some(0.0);
    }

    fn colour(&mut self, operator: &[u8], operands: &[Value]) {
        let white = if operands.len() == 4 { 0.0 } else { 1.0 };
        self.is_plain = !operands.iter().any(|operand| operand.as_name().is_some());
        // One number of `sc` may be a tint, of which none is white.
        let is_tint = operator.starts_with(b"sc") && operands.len() == 1 && !self.is_device;
        self.is_white = !is_tint && !operands.is_empty() && operands.iter().all(|o| o.as_number() == Some(white));
        let parts: Vec<f64> = operands.iter().filter_map(Value::as_number).collect();
        self.luma = luma(&parts).filter(|_| !is_tint);
        // Nobody can tell how light a tint is.
        self.is_light = is_tint
            || match parts[..] {
                [grey] => grey > LIGHT,
                [red, green, blue] => red.min(green).min(blue) > LIGHT,
                [cyan, magenta, yellow, black] => cyan.max(magenta).max(yellow).max(black) < 1.0 - LIGHT,
                _ => true,
            };
    }

    pub(super) fn next_line(&mut self) {
        self.new_line(0.0, -self.leading);
    }

    fn new_line(&mut self, x: f64, y: f64) {
        self.begin(Matrix::shift(x, y).then(&self.line));
    }

    fn begin(&mut self, line: Matrix) {
        (self.text, self.line, self.spread) = (line, line, (0.0, 0.0));
    }

    /// Where the next letter will stand: a little above the base line.
    pub(super) fn pen(&self) -> (f64, f64) {
        let (x, y) = self.text.apply((0.0, self.rise + self.size * 0.3));
        self.matrix.apply((x, y))
    }

    /// Where the next letter will have ended.
    pub(super) fn end_of(&self, width: f64) -> (f64, f64) {
        let (x, y) = self.text.apply((width * self.size * self.stretch, self.rise + self.size * 0.3));
        self.matrix.apply((x, y))
    }

    /// Moves on by a string, and counts its letters.
    pub(super) fn advance(&mut self, font: &Font, string: &[u8]) -> usize {
        let mut letters = 0;
        for code in font.codes(string) {
            letters += self.advance_by(font, code);
        }
        letters
    }

    /// Moves on by one code, and says whether it is a letter.
    pub(super) fn advance_by(&mut self, font: &Font, code: u32) -> usize {
        let space = self.letter_space + if font.is_space(code) { self.word_space } else { 0.0 };
        self.go((font.width(code) * self.size + space) * self.stretch);
        usize::from(!font.is_space(code))
    }

    /// Where a string that is shown now may leave marks, at the most; `None` if nobody can tell. The strings of one line are to
    /// be asked for in their order.
    pub(super) fn reach(&mut self, font: &Font, string: &[u8]) -> Option<Rect> {
        let reach = font.reach(string)?;
        let spaces = reach.letters as f64 * self.letter_space;
        let words = reach.letters as f64 * self.word_space;
        let ends = [
            (reach.least * self.size + spaces.min(0.0) + words.min(0.0)) * self.stretch,
            (reach.most * self.size + spaces.max(0.0) + words.max(0.0)) * self.stretch,
        ];
        let from = self.spread;
        self.spread = (from.0 + ends[0].min(ends[1]), from.1 + ends[0].max(ends[1]));
        let letter = reach.extent * self.size.abs();
        let margin = letter * OVERHANG * self.stretch.abs();
        let (left, right) = (from.0.min(self.spread.0) - margin, from.1.max(self.spread.1) + margin);
        let (low, high) = (self.rise - letter, self.rise + 1.5 * letter);
        Rect::around([(left, low), (right, low), (left, high), (right, high)].map(|corner| {
            let (x, y) = self.line.apply(corner);
            self.matrix.apply((x, y))
        }))
    }

    /// Moves back by a number of `TJ`.
    pub(super) fn adjust(&mut self, thousandths: f64) {
        let x = -thousandths / 1000.0 * self.size * self.stretch;
        self.spread = (self.spread.0 + x, self.spread.1 + x);
        self.go(x);
    }

    fn go(&mut self, x: f64) {
        self.text = Matrix::shift(x, 0.0).then(&self.text);
    }
}

/// How light a colour of a device is (ISO 32000-1, 10.3).
fn luma(parts: &[f64]) -> Option<f64> {
    let weigh = |red: f64, green: f64, blue: f64| 0.3 * red + 0.59 * green + 0.11 * blue;
    let luma = match parts[..] {
        [grey] => grey,
        [red, green, blue] => weigh(red, green, blue),
        [cyan, magenta, yellow, black] => 1.0 - weigh(cyan, magenta, yellow) - black,
        _ => return None,
    };
    Some(luma.clamp(0.0, 1.0))
}

/// The path being built, in points of the page.
#[derive(Default)]
pub(super) struct Outline {
    rectangles: Vec<Rect>,
    /// The lines since the last move.
    lines: Vec<(f64, f64)>,
    bounds: Option<Rect>,
    is_other: bool,
    clips: bool,
    last: Option<(f64, f64)>,
    /// Of all lines together.
    length: f64,
    pub(super) curves: usize,
}

impl Outline {
    /// Adds a segment, or remembers to clip; false if the operator is none of these.
    pub(super) fn build(&mut self, operator: &[u8], operands: &[Value], matrix: &Matrix) -> bool {
        match operator {
            b"re" => {
                if let Some([x, y, width, height]) = numbers(operands) {
                    let corners = [(x, y), (x + width, y + height), (x + width, y), (x, y + height)];
                    let corners = corners.map(|corner| matrix.apply(corner));
                    self.grow(&corners);
                    self.length += 2.0 * (corners[2].0 - corners[0].0).hypot(corners[2].1 - corners[0].1);
                    self.length += 2.0 * (corners[3].0 - corners[0].0).hypot(corners[3].1 - corners[0].1);
                    self.rectangle(Rect::around(corners).filter(|_| matrix.is_upright()));
                }
            }
            b"m" => {
                self.finish();
                self.last = None;
                self.line(operands, matrix);
            }
            b"l" => self.line(operands, matrix),
            b"c" | b"v" | b"y" => {
                self.is_other = true;
                self.curves += 1;
                let points: Vec<_> = operands.chunks_exact(2).filter_map(numbers).collect();
                self.grow(&points.iter().map(|[x, y]| matrix.apply((*x, *y))).collect::<Vec<_>>());
            }
            b"h" => {}
            b"W" | b"W*" => self.clips = true,
            _ => return false,
        }
        true
    }

    fn line(&mut self, operands: &[Value], matrix: &Matrix) {
        if let Some([x, y]) = numbers(operands) {
            let point = matrix.apply((x, y));
            self.grow(&[point]);
            let from = self.last.replace(point).unwrap_or(point);
            self.length += (point.0 - from.0).hypot(point.1 - from.1);
            if self.lines.len() < 6 {
                self.lines.push(point);
            }
        }
    }

    /// Where this operator leaves paint, whatever its colour, and whether that is more than a thin line.
    pub(super) fn inked(&self, operator: &[u8], state: &State) -> Option<(Rect, bool)> {
        let bounds = self.bounds.filter(|_| operator != b"n")?;
        if !matches!(operator, b"S" | b"s") {
            return Some((bounds, true));
        }
        let width = state.line_width().max(1.0);
        let bounds = bounds.grown(width / 2.0);
        Some((bounds, self.curves > 64 || self.length * width > MAX_INK * bounds.area()))
    }

    fn grow(&mut self, points: &[(f64, f64)]) {
        let corners = self.bounds.map(|bounds| bounds.corners());
        self.bounds = Rect::around(points.iter().copied().chain(corners.into_iter().flatten()));
    }

    fn rectangle(&mut self, rect: Option<Rect>) {
        match rect {
            Some(rect) if self.rectangles.len() < MAX_RECTANGLES => self.rectangles.push(rect),
            _ => self.is_other = true,
        }
    }

    /// Takes the lines for what they are: four corners of a rectangle, or something else.
    fn finish(&mut self) {
        let mut lines = std::mem::take(&mut self.lines);
        if lines.len() < 2 {
            return;
        }
        if lines.len() == 5 && lines.first() == lines.last() {
            lines.pop();
        }
        let upright = |(a, b): (&(f64, f64), &(f64, f64))| (a.0 - b.0).abs() < 0.01 || (a.1 - b.1).abs() < 0.01;
        let is_rectangle = lines.len() == 4 && lines.iter().zip(lines.iter().cycle().skip(1)).all(upright);
        self.rectangle(Rect::around(lines).filter(|_| is_rectangle));
    }

    pub(super) fn is_painted_by(operator: &[u8]) -> bool {
        matches!(operator, b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" | b"n")
    }

    /// Where this operator paints other than white, roughly; a line may be wide.
    pub(super) fn painted(&self, operator: &[u8], state: &State) -> Option<Rect> {
        match operator {
            b"n" => None,
            b"S" | b"s" => self.bounds.map(|bounds| bounds.grown(MAX_LINE)),
            _ => self.bounds.filter(|_| !state.is_white),
        }
    }

    /// The rectangles that this operator fills.
    pub(super) fn filled(&mut self, operator: &[u8]) -> Vec<Rect> {
        self.finish();
        let is_simple = !self.is_other && (self.rectangles.len() == 1 || !operator.ends_with(b"*"));
        let fills = !matches!(operator, b"S" | b"s" | b"n");
        if is_simple && fills { self.rectangles.clone() } else { Vec::new() }
    }

    /// Clips, if that was asked for.
    pub(super) fn clip(&self, state: &mut State) {
        if self.clips {
            state.clip_to(self.bounds, !self.is_other && self.rectangles.len() == 1);
        }
    }
}
