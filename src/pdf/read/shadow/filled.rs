//! What a field shows that was filled in after the signature: its value, so that everybody sees it, and nothing else.
//!
//! Whoever fills in a field draws it as well. What programs draw is known: letters in their order, in a frame, on a ground. So
//! that is all that passes: strokes between letters, letters that nobody sees or that lie in another order do not.
//!
//! 1. the look is written as fillers write ([`filler`](super::filler))
//! 2. nothing is drawn but letters and a frame ([`Filled::has_no_drawing`])
//! 3. every letter is seen ([`Grounds`]), upright, after the one before it ([`line`](super::line))
//! 4. in a font that was signed, or that everybody has
//! 5. and together they are the value ([`said`](super::said))

use super::super::ReadError;
use super::super::text::text;
use super::super::value::{Id, Value};
use super::super::view::View;
use super::annotations::Annotation;
use super::content::Canvas;
use super::filler;
use super::geometry::Rect;
use super::grounds::Grounds;
use super::ink::{Ink, Letter, Path};
use super::mark::Kind;
use super::page::{Page, of_field};
use super::paper::Paper;
use super::reader::Reader;
use super::{line, said, values};

/// Field flags (ISO 32000-1, tables 228 and 230).
const MULTILINE: i64 = 1 << 12;
const COMB: i64 = 1 << 24;
/// A frame is no wider, in points and as a part of the field's side.
const FRAME: f64 = 5.0;
const FRAME_PART: f64 = 0.25;
/// The part of a side that each part of a frame goes along, at least.
const FRAME_LENGTH: f64 = 0.8;
/// A rounded corner takes up no more of the shorter side.
const CORNER: f64 = 0.55;
/// And is at least so much as high as it is wide, and the other way round.
const ROUND: f64 = 0.5;
/// A look has a rounded ground and a rounded frame.
const MAX_ROUNDED: usize = 2;
/// Lines between the letters of a comb are no wider, and stand no further from the end of a cell.
const COMB_LINE: f64 = 3.0;
/// A bar that marks a choice is no lighter.
const LIGHT: f64 = 0.95;

impl Paper<'_, '_> {
    /// Whether the widget shows its value in `after`, and nothing else.
    pub(in super::super) fn is_plain(&self, page: Id, widget: Id, after: View<'_, '_>) -> Result<bool, ReadError> {
        let (reader, id) = (Reader::new(after), page);
        let (Some(page), Some(is), Some(was)) =
            (Page::read(&self.reader, page)?, Annotation::at(&reader, widget)?, Annotation::at(&self.reader, widget)?)
        else {
            return Ok(false);
        };
        if !self.has_other_looks_as_before(&reader, &was, &is)? {
            return Ok(false);
        }
        if is.field == b"Btn" {
            return self.is_ticked_as_said(&reader, &was, &is, &page);
        }
        let Some(look) = is.look else { return Ok(is.dict.get("AP").is_none()) };
        let is_old = was.look == Some(look) && self.is_untouched(&reader, &Value::Ref(look))?;
        if is_old && of_field(&self.reader, &was.dict, "V")? == of_field(&reader, &is.dict, "V")? {
            return Ok(true);
        }
        let Some(inks) = inks(&reader, &is, &page, is_old) else { return Ok(false) };
        let old = if is_old { None } else { inks_of(&self.reader, &was, &page) };
        let comb = cells(&reader, &is)?;
        let filled =
            Filled { field: &is, inner: inner(&is.rect), comb, inks: &inks, was: old.as_deref().unwrap_or(&[]) };
        let (letters, direction) = (filled.letters(), self.direction(widget)?);
        let is_drawn_well = is_old
            || filled.has_no_drawing()
                && filled.is_seen(self.grounds(id, &page, widget)?, &self.reader)
                && line::is_in_order(&letters, direction, filled.has_lines())
                && line::is_whole(&letters, &filled.inner, direction, filled.has_lines())
                && self.has_known_shapes(&reader, &is, &inks)?;
        Ok(is_drawn_well && said::is_value(&reader, &is, &letters, &filled.marked(&letters))?)
    }

    /// What is drawn when the pointer is over the widget, or presses it, is what it was (ISO 32000-1, table 168).
    fn has_other_looks_as_before(
        &self,
        after: &Reader<'_, '_>,
        was: &Annotation,
        is: &Annotation,
    ) -> Result<bool, ReadError> {
        let old = self.reader.dict(was.dict.get("AP"))?.unwrap_or_default();
        let new = after.dict(is.dict.get("AP"))?.unwrap_or_default();
        for key in ["R", "D"] {
            let other = new.get(key).unwrap_or(&Value::Null);
            if *other != Value::Null && (old.get(key) != Some(other) || !self.is_untouched(after, other)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the forms to which the value refers are what they were.
    pub(super) fn is_untouched(&self, after: &Reader<'_, '_>, value: &Value) -> Result<bool, ReadError> {
        let mut forms = Vec::new();
        value.references(&mut |id| forms.push(id));
        for form in forms {
            let (Some(was), Some(is)) = (self.reader.object(form)?, after.object(form)?) else { return Ok(false) };
            let is_same = was.value == is.value && was.data.is_some() == is.data.is_some();
            if !is_same
                || is.data.is_some() && self.reader.decode(&was).is_none_or(|data| after.decode(&is) != Some(data))
            {
                return Ok(false);
            }
        }
        Ok(true)
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

    /// What the page itself has been filled with, in order.
    fn grounds(&self, id: Id, page: &Page, widget: Id) -> Result<Grounds, ReadError> {
        let around = self.around(id, page)?;
        let grounds = around.iter().flat_map(|around| around.iter()).filter_map(|(thing, by)| match thing.kind {
            Kind::Ground(light) if *by != Some(widget) => Some((thing.rect, f64::from(light) / 100.0)),
            _ => None,
        });
        Ok(Grounds::on(grounds))
    }

    /// The letters' shapes were signed, or everybody has them: others may draw 9 for 1. Chinese needs fonts that come with it.
    fn has_known_shapes(&self, after: &Reader<'_, '_>, field: &Annotation, inks: &[Ink]) -> Result<bool, ReadError> {
        let value = match of_field(after, &field.dict, "V")? {
            Some(Value::String(value)) => text(&value),
            _ => String::new(),
        };
        let signed = Reader::new(self.reader.view.document().as_of(self.signed()?));
        for ink in inks {
            let Ink::Letter(letter) = ink else { continue };
            let was_there = match letter.font {
                Some(font) => {
                    signed.object(font)?.zip(after.object(font)?).is_some_and(|(was, is)| was.value == is.value)
                }
                None => false,
            };
            let is_known = was_there || letter.is_standard;
            if !is_known && value.is_ascii() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What the annotation draws; `None` if that cannot be told, or is not written as fillers write. What was signed may be.
pub(super) fn inks(reader: &Reader<'_, '_>, annotation: &Annotation, page: &Page, is_signed: bool) -> Option<Vec<Ink>> {
    let form = reader.object(annotation.look?).ok()??;
    let is_plain = is_signed || reader.is_whole(&form)? && filler::speaks(&reader.decode(&form)?, reader);
    if is_plain { inks_of(reader, annotation, page) } else { None }
}

fn inks_of(reader: &Reader<'_, '_>, annotation: &Annotation, page: &Page) -> Option<Vec<Ink>> {
    let mut canvas = Canvas::new(reader, true).inked();
    canvas.appearance(annotation.look?, annotation.rect, page.visible)?;
    Some(canvas.ink?.marks)
}

/// How many letters a comb takes.
fn cells(reader: &Reader<'_, '_>, field: &Annotation) -> Result<Option<f64>, ReadError> {
    let most = of_field(reader, &field.dict, "MaxLen")?.and_then(|most| most.as_int());
    Ok(most.filter(|most| field.field_flags & COMB != 0 && (1..=1000).contains(most)).map(|most| most as f64))
}

/// The rectangle within its frame.
pub(super) fn inner(rect: &Rect) -> Rect {
    let side = |length: f64| FRAME.min(FRAME_PART * length);
    let ([left, bottom, right, top], x, y) = (rect.0, side(rect.width()), side(rect.height()));
    Rect([left + x, bottom + y, right - x, top - y])
}

/// A field that was filled in.
pub(super) struct Filled<'i> {
    pub(super) field: &'i Annotation,
    pub(super) inner: Rect,
    pub(super) comb: Option<f64>,
    pub(super) inks: &'i [Ink],
    /// What it drew before.
    pub(super) was: &'i [Ink],
}

impl<'i> Filled<'i> {
    /// All but blanks.
    fn letters(&self) -> Vec<&'i Letter> {
        let letters = self.inks.iter().filter_map(|ink| match ink {
            Ink::Letter(letter) => Some(letter),
            Ink::Path(_) => None,
        });
        letters.filter(|letter| !letter.is_blank()).collect()
    }

    fn has_no_drawing(&self) -> bool {
        let count =
            |is: fn(&Path) -> bool| self.inks.iter().filter(|ink| matches!(ink, Ink::Path(path) if is(path))).count();
        count(|path| path.is_dashed) <= 1
            && count(|path| !path.curves.is_empty()) <= MAX_ROUNDED
            && self.inks.iter().all(|ink| matches!(ink, Ink::Letter(_)) || self.is_frame(ink))
    }

    /// A path along the edges of the field, or one that was there before.
    pub(super) fn is_frame(&self, ink: &Ink) -> bool {
        let Ink::Path(path) = ink else { return false };
        let (Some(bounds), Some(clip)) = (path.bounds, path.clip) else { return false };
        let holds = |rect: &Rect| self.inner.corners().iter().all(|corner| rect.holds(*corner));
        let field = self.field.rect;
        let is_long =
            bounds.width() >= FRAME_LENGTH * field.width() || bounds.height() >= FRAME_LENGTH * field.height();
        let is_along =
            is_long && path.lines.iter().all(|line| self.is_edge(line, path)) && self.are_corners(&path.curves);
        let is_around = !path.is_dashed || holds(&bounds);
        holds(&clip) && is_around && (is_along || self.is_bar(path))
            || self.was.iter().any(|was| matches!(was, Ink::Path(old) if old == path))
    }

    /// A line of the frame: along an edge from end to end, or in a corner; in a comb, one between two cells.
    fn is_edge(&self, line: &Rect, path: &Path) -> bool {
        let ([left, bottom, right, top], [x, y, x2, y2]) = (line.0, self.inner.0);
        let field = self.field.rect;
        let is_whole = path.is_filled || !path.curves.is_empty();
        let is_across = left <= x && right >= x2 && (is_whole || line.width() >= FRAME_LENGTH * field.width());
        let is_upright = bottom <= y && top >= y2 && (is_whole || line.height() >= FRAME_LENGTH * field.height());
        let (is_above, is_beside) = (top <= y || bottom >= y2, right <= x || left >= x2);
        let is_between = self.comb.is_some_and(|cells| {
            let (cell, at) = (self.field.rect.width() / cells, (left + right) / 2.0 - self.field.rect.0[0]);
            let off = (at - (at / cell).round() * cell).abs();
            line.width() <= COMB_LINE.min(cell / 4.0) && off <= COMB_LINE.min(cell / 8.0) && !path.is_dashed
        });
        // The edges of a frame that looks raised meet at a slant.
        let is_slant = path.is_filled && line.width() > 0.0 && line.height() > 0.0;
        is_across && is_above || is_upright && (is_beside || is_between) || is_above && is_beside && is_slant
    }

    /// Curves that round the corners, each with two at most.
    fn are_corners(&self, curves: &[Rect]) -> bool {
        let [x, y, x2, y2] = self.inner.0;
        let most = CORNER * self.field.rect.width().min(self.field.rect.height());
        let at = |[left, bottom, right, top]: [f64; 4]| {
            let across = [left <= x, right >= x2].iter().position(|is| *is)?;
            let upward = [bottom <= y, top >= y2].iter().position(|is| *is)?;
            let (width, height) = (right - left, top - bottom);
            let is_round = width.max(height) <= most && width.min(height) >= ROUND * width.max(height);
            is_round.then_some((across, upward))
        };
        let corners: Option<Vec<_>> = curves.iter().map(|curve| at(curve.0)).collect();
        corners
            .is_some_and(|corners| corners.iter().all(|one| corners.iter().filter(|other| *other == one).count() <= 2))
    }

    /// What shows which choice of a list is taken.
    fn is_bar(&self, path: &Path) -> bool {
        let is_across = |bounds: Rect| bounds.0[0] <= self.inner.0[0] && bounds.0[2] >= self.inner.0[2];
        let is_dark = path.luma.is_some_and(|luma| luma < LIGHT);
        values::is_list(self.field)
            && path.is_ground()
            && !path.is_stroked
            && is_dark
            && path.bounds.is_some_and(is_across)
    }

    /// The letters on a bar.
    fn marked(&self, letters: &[&'i Letter]) -> Vec<&'i Letter> {
        let bars = || {
            self.inks.iter().filter_map(|ink| match ink {
                Ink::Path(path) if self.is_bar(path) => path.bounds.filter(|b| b.height() < self.inner.height()),
                _ => None,
            })
        };
        letters.iter().copied().filter(|letter| bars().any(|bar| bar.holds(letter.middle()))).collect()
    }

    fn has_lines(&self) -> bool {
        self.field.field_flags & MULTILINE != 0 || values::is_list(self.field)
    }

    /// Every letter stands out from what it stands on, and nothing lies over it.
    fn is_seen(&self, mut grounds: Grounds, reader: &Reader<'_, '_>) -> bool {
        // Each with each.
        let most = (self.inks.len() + grounds.len()).saturating_mul(self.inks.len());
        if reader.comparisons(most).is_none() {
            return false;
        }
        let mut stands_out = |ink: &Ink| match ink {
            Ink::Letter(letter) => letter.is_blank() || grounds.show(letter),
            Ink::Path(path) => grounds.paint(path),
        };
        self.inks.iter().all(&mut stands_out) && grounds.are_lines_clear()
    }
}
