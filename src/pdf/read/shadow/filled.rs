//! What a field shows that was filled in after the signature: its value, so that everybody sees it, and nothing else.
//!
//! Whoever fills in a field draws it as well. What programs draw is known: letters in their order, in a frame, on a ground. So
//! that is all that passes: strokes between letters, letters that nobody sees or that lie in another order do not.

use super::super::ReadError;
use super::super::value::{Id, Value};
use super::super::view::View;
use super::annotations::Annotation;
use super::content::Canvas;
use super::geometry::Rect;
use super::ink::{Ink, Letter, Path};
use super::page::{Page, of_field};
use super::paper::Paper;
use super::reader::Reader;

/// Field flags (ISO 32000-1, tables 228 and 230).
const COMB: i64 = 1 << 24;
const COMBO: i64 = 1 << 17;
/// A frame is no wider, in points and as a part of the field's side.
const FRAME: f64 = 4.0;
const FRAME_PART: f64 = 0.2;
/// The part of a side that each part of a frame goes along, at least.
const FRAME_LENGTH: f64 = 0.8;
/// Curves of a rounded frame.
const MAX_CURVES: usize = 8;
/// Lines between the letters of a comb are no wider.
const COMB_LINE: f64 = 3.0;
/// Letters are at least so large, in points, and as a part of the largest.
const MIN_SIZE: f64 = 2.0;
const MIN_PART: f64 = 0.7;
/// The part of a letter's size by which it may lie over the one before it, or beside its line.
const SLACK: f64 = 0.3;
/// The part of its size that a letter of ASCII is wide at least.
const MIN_WIDTH: f64 = 0.1;
/// Letters and what they stand on differ at least so much, black and white by 1.
const CONTRAST: f64 = 0.25;
/// Areas filled in one field.
const MAX_FILLS: usize = 100;
/// The part of a letter by which something drawn later may lie over it.
const OVERLAP: f64 = 0.2;

impl Paper<'_, '_> {
    /// Whether the widget shows in `after` its value and nothing else; that the letters are those of the value is for
    /// [`values`](super::values) to say.
    pub(in super::super) fn is_plain(&self, page: Id, widget: Id, after: View<'_, '_>) -> Result<bool, ReadError> {
        let reader = Reader::new(after);
        let (Some(page), Some(field)) = (Page::read(&self.reader, page)?, Annotation::at(&reader, widget)?) else {
            return Ok(false);
        };
        let Some(look) = field.look else { return Ok(true) };
        if is_same(&self.reader, &reader, look)? {
            return Ok(true);
        }
        let Some(is) = inks(&reader, &field, &page) else { return Ok(false) };
        let before = Annotation::at(&self.reader, widget)?;
        let was = before.and_then(|before| inks(&self.reader, &before, &page)).unwrap_or_default();
        let filled = Filled { field: &field, inner: inner(&field.rect), inks: &is, was: &was };
        if field.field == b"Btn" {
            return Ok(filled.is_ticked_as_said());
        }
        Ok(filled.has_no_drawing()
            && filled.is_seen()
            && filled.is_in_order(self.direction(widget)?)
            && self.has_known_shapes(&reader, &filled)?)
    }

    /// The direction in which the widget is written (ISO 32000-1, table 189).
    fn direction(&self, widget: Id) -> Result<(f64, f64), ReadError> {
        let dict = self.reader.dict(Some(&Value::Ref(widget)))?.unwrap_or_default();
        let characteristics = self.reader.dict(dict.get("MK"))?.unwrap_or_default();
        let turn = self.reader.resolve(characteristics.get("R"))?.as_int().unwrap_or(0);
        Ok(match turn.rem_euclid(360) {
            90 => (0.0, 1.0),
            180 => (-1.0, 0.0),
            270 => (0.0, -1.0),
            _ => (1.0, 0.0),
        })
    }

    /// A value of ASCII is written in a font that was there, or that every program has: another may draw 9 for 1. Chinese
    /// needs fonts that come with it.
    fn has_known_shapes(&self, after: &Reader<'_, '_>, filled: &Filled<'_>) -> Result<bool, ReadError> {
        if let Some(Value::String(value)) = of_field(after, &filled.field.dict, "V")?
            && !value.is_ascii()
        {
            return Ok(true);
        }
        for letter in filled.letters() {
            let was_there = match letter.font {
                Some(font) => self.reader.object(font)?.is_some(),
                None => false,
            };
            if !was_there && (letter.has_shape || letter.said.is_none()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether the form is the one that it was.
fn is_same(before: &Reader<'_, '_>, after: &Reader<'_, '_>, look: Id) -> Result<bool, ReadError> {
    let (Some(was), Some(is)) = (before.object(look)?, after.object(look)?) else { return Ok(false) };
    let (old, new) = (before.decode(&was), after.decode(&is));
    Ok(was.value == is.value && old.is_some() && old == new)
}

/// What the annotation draws; `None` if that cannot be told.
fn inks(reader: &Reader<'_, '_>, annotation: &Annotation, page: &Page) -> Option<Vec<Ink>> {
    let mut canvas = Canvas::new(reader, true).inked();
    canvas.appearance(annotation.look?, annotation.rect, page.visible)?;
    Some(canvas.ink?.marks)
}

/// The rectangle within its frame.
fn inner(rect: &Rect) -> Rect {
    let side = |length: f64| FRAME.min(FRAME_PART * length);
    let ([left, bottom, right, top], x, y) = (rect.0, side(rect.width()), side(rect.height()));
    Rect([left + x, bottom + y, right - x, top - y])
}

/// A field that was filled in.
struct Filled<'i> {
    field: &'i Annotation,
    inner: Rect,
    inks: &'i [Ink],
    /// What it drew before.
    was: &'i [Ink],
}

impl<'i> Filled<'i> {
    fn letters(&self) -> impl Iterator<Item = &'i Letter> {
        self.inks.iter().filter_map(|ink| match ink {
            Ink::Letter(letter) => Some(letter),
            _ => None,
        })
    }

    /// A box shows a mark if it is ticked, and none if it is not.
    fn is_ticked_as_said(&self) -> bool {
        let is_on = self.field.dict.get("AS").and_then(Value::as_name).is_some_and(|state| state != b"Off");
        let marks = || self.inks.iter().filter(|ink| !self.is_frame(ink));
        let is_dark = |ink: &Ink| match ink {
            Ink::Letter(Letter { luma, .. }) | Ink::Path(Path { luma, .. }) => {
                luma.is_some_and(|luma| luma <= 1.0 - CONTRAST)
            }
            Ink::Other => true,
        };
        if is_on { marks().any(is_dark) } else { marks().next().is_none() }
    }

    fn has_no_drawing(&self) -> bool {
        self.inks.iter().all(|ink| matches!(ink, Ink::Letter(_)) || self.is_frame(ink))
    }

    /// A path along the edges of the field, or one that was there before.
    fn is_frame(&self, ink: &Ink) -> bool {
        let Ink::Path(path) = ink else { return false };
        let (Some(bounds), Some(clip)) = (path.bounds, path.clip) else { return false };
        let spans = |rect: &Rect| self.inner.corners().iter().all(|corner| rect.holds(*corner));
        let field = self.field.rect;
        let is_long =
            bounds.width() >= FRAME_LENGTH * field.width() || bounds.height() >= FRAME_LENGTH * field.height();
        let is_round = path.curves <= MAX_CURVES && spans(&bounds);
        let is_along = is_long && path.lines.iter().all(|line| self.is_edge(line));
        let is_new = spans(&clip) && (path.curves == 0 || is_round) && (is_along || self.is_bar(path, &bounds));
        is_new || self.was.iter().any(|was| matches!(was, Ink::Path(old) if old == path))
    }

    /// A line of the frame: along an edge from end to end, or in a corner; in a comb, one from top to bottom.
    fn is_edge(&self, line: &Rect) -> bool {
        let ([left, bottom, right, top], [x, y, x2, y2]) = (line.0, self.inner.0);
        let is_across = left <= x && right >= x2;
        let is_upright = bottom <= y && top >= y2;
        let (is_above, is_beside) = (top <= y || bottom >= y2, right <= x || left >= x2);
        let is_comb = self.field.field_flags & COMB != 0 && line.width() <= COMB_LINE;
        is_across && is_above || is_upright && (is_beside || is_comb) || is_above && is_beside
    }

    /// What shows which choice of a list is taken.
    fn is_bar(&self, path: &Path, bounds: &Rect) -> bool {
        let is_list = self.field.field == b"Ch" && self.field.field_flags & COMBO == 0;
        let is_straight = |line: &Rect| line.width() == 0.0 || line.height() == 0.0;
        let is_across = bounds.0[0] <= self.inner.0[0] && bounds.0[2] >= self.inner.0[2];
        is_list && is_across && path.is_filled && path.lines.len() == 4 && path.lines.iter().all(is_straight)
    }

    /// Every letter is seen, but for a tail that has no room in the field.
    fn is_seen(&self) -> bool {
        let largest = self.letters().map(Letter::size).fold(MIN_SIZE / MIN_PART, f64::max);
        let (mut grounds, mut before) = (Grounds::default(), None::<(&Letter, bool)>);
        for ink in self.inks {
            let letter = match ink {
                Ink::Letter(letter) => letter,
                Ink::Path(Path { bounds: Some(bounds), luma, is_filled: true, .. }) => {
                    if !grounds.paint(*bounds, *luma) {
                        return false;
                    }
                    continue;
                }
                _ => continue,
            };
            let is_inside = letter.is_inside();
            let is_cut = !is_inside && !self.inner.holds(letter.middle());
            let goes_on = match before {
                None => is_inside,
                Some((before, true)) => is_inside || !(before.is_of_number() && letter.is_of_number()),
                Some((_, false)) => is_cut,
            };
            if letter.size() < MIN_PART * largest || !grounds.show(letter) || !goes_on || !(is_inside || is_cut) {
                return false;
            }
            before = Some((letter, is_inside));
        }
        true
    }

    /// Letter after letter in the direction of writing, line below line.
    fn is_in_order(&self, (x, y): (f64, f64)) -> bool {
        let along = |(a, b): (f64, f64), (c, d): (f64, f64)| (c - a) * x + (d - b) * y;
        let upward = |(a, b): (f64, f64), (c, d): (f64, f64)| (d - b) * x - (c - a) * y;
        let stands = |letter: &Letter| {
            let is_ascii = letter.said.as_ref().is_some_and(|said| said.is_ascii());
            let (size, width) = (letter.size(), along(letter.from, letter.to));
            upward((0.0, 0.0), letter.up) >= 0.95 * size
                && upward(letter.from, letter.to).abs() <= 0.05 * size
                && width >= if is_ascii { MIN_WIDTH * size } else { 0.0 }
        };
        let follows = |before: &Letter, letter: &Letter| {
            let (step, rise) = (along(before.to, letter.from), upward(before.from, letter.from));
            let slack = SLACK * letter.size();
            if rise.abs() <= slack { step >= -slack } else { rise <= -0.5 * letter.size() }
        };
        self.letters().all(stands)
            && self.letters().zip(self.letters().skip(1)).all(|(before, letter)| follows(before, letter))
    }
}

/// Areas that were filled, and the letters on them.
#[derive(Default)]
struct Grounds {
    fills: Vec<(Rect, Option<f64>)>,
    places: Vec<Rect>,
}

impl Grounds {
    /// False if it hides a letter, or if there are more areas than a field has.
    fn paint(&mut self, area: Rect, luma: Option<f64>) -> bool {
        self.fills.push((area, luma));
        self.fills.len() <= MAX_FILLS && !self.places.iter().any(|place| overlaps(&area, place))
    }

    /// Whether the letter differs from what it stands on.
    fn show(&mut self, letter: &Letter) -> bool {
        self.places.push(letter.place);
        let ground = self.fills.iter().rev().find(|(area, _)| overlaps(area, &letter.place));
        let ground = ground.map_or(Some(1.0), |(_, luma)| *luma);
        letter.luma.zip(ground).is_some_and(|(letter, ground)| (letter - ground).abs() >= CONTRAST)
    }
}

fn overlaps(area: &Rect, letter: &Rect) -> bool {
    area.meet(letter).area() > OVERLAP * letter.area()
}

impl Letter {
    fn size(&self) -> f64 {
        self.up.0.hypot(self.up.1)
    }

    fn middle(&self) -> (f64, f64) {
        ((self.place.0[0] + self.place.0[2]) / 2.0, (self.place.0[1] + self.place.0[3]) / 2.0)
    }

    /// More than half of it is seen.
    fn is_inside(&self) -> bool {
        self.clip.meet(&self.place).area() > 0.5 * self.place.area()
    }

    fn is_of_number(&self) -> bool {
        self.said.as_ref().is_none_or(|said| said.chars().all(|c| c.is_ascii_digit() || ",.".contains(c)))
    }
}
