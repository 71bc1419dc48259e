//! Boxes that are ticked after the signature: in the state that their value names, and looking like it.

use super::super::ReadError;
use super::super::value::{Dict, Value};
use super::annotations::Annotation;
use super::filled::{Filled, inks, inner};
use super::ink::Ink;
use super::page::{Page, of_field};
use super::paper::Paper;
use super::reader::Reader;

/// A field flag (ISO 32000-1, table 226).
const RADIO: i64 = 1 << 15;
/// What a program draws in a box that is ticked, if it writes it.
const TICKS: &str = "xX×✓✔✕✖✗✘●■*";
/// A ground is no darker; a mark is no lighter.
const GROUND: f64 = 0.75;
const DARK: f64 = 0.5;
/// The part of a box that its mark takes up at least.
const MARK: f64 = 0.1;

impl Paper<'_, '_> {
    /// A box is in the state that its value names, and looks as it did in that state, or as if it were.
    pub(super) fn is_ticked_as_said(
        &self,
        after: &Reader<'_, '_>,
        was: &Annotation,
        is: &Annotation,
        page: &Page,
    ) -> Result<bool, ReadError> {
        let looks_like_it = match is.look {
            Some(look) => self.is_untouched(after, &Value::Ref(look))? || is_drawn_as_said(after, is, page),
            // Nothing is shown.
            None => !is_on(is),
        };
        Ok(looks_like_it && self.has_state(after, was, is)?)
    }

    /// A box is in the state that its value names, of those that it had.
    fn has_state(&self, after: &Reader<'_, '_>, was: &Annotation, is: &Annotation) -> Result<bool, ReadError> {
        let states = |reader: &Reader<'_, '_>, dict: &Dict| -> Result<Option<Dict>, ReadError> {
            let appearances = reader.dict(dict.get("AP"))?.unwrap_or_default();
            match appearances.get("N") {
                Some(Value::Ref(id)) if reader.object(*id)?.is_some_and(|object| object.data.is_some()) => Ok(None),
                normal => reader.dict(normal),
            }
        };
        let (Some(old), Some(new)) = (states(&self.reader, &was.dict)?, states(after, &is.dict)?) else {
            return Ok(false);
        };
        let has = |states: &Dict, wanted: &[u8]| states.entries().any(|(name, _)| *name == *wanted);
        let state = is.dict.get("AS").and_then(Value::as_name).unwrap_or(b"Off");
        let value = of_field(after, &is.dict, "V")?.unwrap_or(Value::Name(b"Off"[..].into()));
        let Some(value) = value.as_name() else { return Ok(false) };
        // Of several boxes of one field, each has states of its own.
        let is_alone = is.dict.get("T").is_some() && is.field_flags & RADIO == 0;
        if is_alone && value != b"Off" && !has(&old, value) {
            return Ok(false);
        }
        let wanted = if has(&old, value) { value } else { b"Off" };
        // Each state looks as it did, unless it is drawn anew: never as another did.
        let is_swapped =
            new.entries().any(|(name, form)| old.entries().any(|(other, old)| old == form && other != name));
        Ok(state == wanted && old.entries().all(|(name, _)| has(&new, name)) && !is_swapped)
    }
}

fn is_on(field: &Annotation) -> bool {
    field.dict.get("AS").and_then(Value::as_name).is_some_and(|state| state != b"Off")
}

/// A box shows a mark if it is ticked, and none if it is not.
fn is_drawn_as_said(reader: &Reader<'_, '_>, field: &Annotation, page: &Page) -> bool {
    let Some(inks) = inks(reader, field, page, false) else { return false };
    let filled = Filled { field, inner: inner(&field.rect), comb: None, inks: &inks, was: &[] };
    let is_dark =
        |ink: &&Ink| matches!(ink, Ink::Path(path) if path.is_filled && path.luma.is_none_or(|luma| luma < GROUND));
    if inks.iter().filter(|ink| filled.is_frame(ink)).any(|ink| is_dark(&ink)) {
        return false;
    }
    let Some(first) = inks.iter().position(|ink| !filled.is_frame(ink)) else { return !is_on(field) };
    let is_mark = |ink: &Ink| {
        let (place, luma) = match ink {
            Ink::Letter(letter) => {
                let is_tick =
                    letter.is_standard && letter.said.as_ref().is_none_or(|said| TICKS.contains(said.as_str()));
                (is_tick.then_some(letter.place.meet(&letter.clip)), letter.luma)
            }
            Ink::Path(path) => (path.bounds.zip(path.clip).map(|(bounds, clip)| bounds.meet(&clip)), path.luma),
        };
        let area = place.map_or(0.0, |place| place.meet(&filled.inner).area());
        area >= MARK * filled.inner.area() && luma.is_some_and(|luma| luma <= DARK)
    };
    is_on(field) && inks[first..].iter().all(is_mark)
}
