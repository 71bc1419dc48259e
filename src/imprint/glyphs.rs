//! Characters to outlines, through the face's character map (OpenType `cmap`, `glyf` or `CFF`).

use super::ImprintError;
use super::outline::{Outline, Point, Segment};

/// A character's outline in em: x from the middle of its advance width, y from the baseline.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) outline: Outline,
}

/// The glyphs of each text. Every character without ink is reported, of all texts at once.
pub(super) fn find<const N: usize>(face: &[u8], texts: [&str; N]) -> Result<[Vec<Glyph>; N], ImprintError> {
    let face = ttf_parser::Face::parse(face, 0)?;
    let mut missing = String::new();
    let glyphs = texts.map(|text| {
        let mut glyphs = Vec::new();
        for character in text.chars() {
            match glyph(&face, character) {
                Some(glyph) => glyphs.push(glyph),
                None if !missing.contains(character) => missing.push(character),
                None => {}
            }
        }
        glyphs
    });
    if missing.is_empty() { Ok(glyphs) } else { Err(ImprintError::MissingGlyphs(missing)) }
}

fn glyph(face: &ttf_parser::Face<'_>, character: char) -> Option<Glyph> {
    let id = face.glyph_index(character)?;
    let em = f64::from(face.units_per_em());
    let mut pen = Pen { tolerance: em * JOINING_ERROR, ..Pen::default() };
    face.outline_glyph(id, &mut pen)?;
    let middle = f64::from(face.glyph_hor_advance(id)?) / 2.0;
    let outline = pen.outline.map(|[x, y]| [(x - middle) / em, y / em]);
    (!outline.is_empty()).then_some(Glyph { outline })
}

/// How far, in em, a cubic curve may be off the quadratic ones it replaces: 6 µm in the largest letter of a seal.
const JOINING_ERROR: f64 = 0.001;
/// The most quadratic curves replaced by one cubic.
const JOINED: usize = 6;

/// Takes down an outline in font units. PDF knows no quadratic curves, and spelling each as a cubic one doubles the size
/// of an imprint; runs of them mostly were one cubic curve when the face was drawn, and become one again.
#[derive(Default)]
struct Pen {
    outline: Outline,
    /// [`JOINING_ERROR`] in font units.
    tolerance: f64,
    at: Point,
    /// Control point and end of the quadratic curves since `at`.
    run: Vec<[Point; 2]>,
}

impl Pen {
    fn push(&mut self, segment: Segment, at: Point) {
        self.end_run();
        self.outline.push(segment);
        self.at = at;
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        let mut rest = run.as_slice();
        while let Some((count, [a, b, to])) = self.longest_fit(rest) {
            self.outline.push(Segment::Curve(a, b, to));
            self.at = to;
            rest = &rest[count..];
        }
    }

    /// The cubic curve that replaces most of the curves at the start of `run`, and how many; `None` when there are none.
    fn longest_fit(&self, run: &[[Point; 2]]) -> Option<(usize, [Point; 3])> {
        let counts = (1..=run.len().min(JOINED)).rev();
        let mut curves = counts.filter_map(|count| Some((count, join(self.at, &run[..count])?)));
        curves.find(|(count, curve)| *count == 1 || self.fits(curve, &run[..*count]))
    }

    /// Whether the cubic curve from here runs along `run`, each of whose curves takes an equal share of it.
    fn fits(&self, [a, b, to]: &[Point; 3], run: &[[Point; 2]]) -> bool {
        const LOOKS: usize = 4;
        let mut from = self.at;
        run.iter().enumerate().all(|(index, &[control, end])| {
            let close = (1..=LOOKS).all(|look| {
                let t = look as f64 / LOOKS as f64;
                let quadratic = mix(mix(from, control, t), mix(control, end, t), t);
                let t = (index as f64 + t) / run.len() as f64;
                let (left, middle, right) = (mix(self.at, *a, t), mix(*a, *b, t), mix(*b, *to, t));
                let cubic = mix(mix(left, middle, t), mix(middle, right, t), t);
                (cubic[0] - quadratic[0]).hypot(cubic[1] - quadratic[1]) <= self.tolerance
            });
            from = end;
            close
        })
    }
}

/// The cubic curve from `from` that, cut into equal shares of its parameter, has the tangents of `run` at both ends:
/// its handles are 2/3 of theirs, once for each share. For a single curve it is the same curve.
fn join(from: Point, run: &[[Point; 2]]) -> Option<[Point; 3]> {
    let ([first, _], [last, to]) = (*run.first()?, *run.last()?);
    let reach = 2.0 / 3.0 * run.len() as f64;
    Some([mix(from, first, reach), mix(to, last, reach), to])
}

fn mix(a: Point, b: Point, t: f64) -> Point {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]
}

impl ttf_parser::OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = [x.into(), y.into()];
        self.push(Segment::Move(to), to);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = [x.into(), y.into()];
        self.push(Segment::Line(to), to);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.run.push([[x1.into(), y1.into()], [x.into(), y.into()]]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let to = [x.into(), y.into()];
        self.push(Segment::Curve([x1.into(), y1.into()], [x2.into(), y2.into()], to), to);
    }

    fn close(&mut self) {
        self.push(Segment::Close, self.at);
    }
}
