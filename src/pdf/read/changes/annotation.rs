//! Annotations: whether one can hide or imitate what was signed (certification attack "evil annotation").
//!
//! An annotation may draw anything in its rectangle. Harmless are a note whose icon the viewer draws, a small icon on blank paper,
//! a pop-up, and marks of text that let through what lies below; nothing else is taken for harmless.

use super::added::has_action;
use super::code::ChangeCode;
use super::comparison::Comparison;
use super::geometry::upright;
use super::mark;
use super::page::detail;
use super::text::Change;
use crate::pdf::read::ReadError;
use crate::pdf::read::fields::rectangle;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;

/// The side of the largest icon of a note, in points.
const MAX_ICON: f64 = 25.0;
/// What a note may say anew.
const NOTE_KEYS: [&[u8]; 13] = [
    b"Contents",
    b"RC",
    b"M",
    b"C",
    b"T",
    b"Subj",
    b"Popup",
    b"Open",
    b"State",
    b"StateModel",
    b"AP",
    b"CreationDate",
    b"F",
];

/// What any annotation may have, and nothing else that is seen on a page (ISO 32000-2, 12.5.2 and 12.5.6).
const LOOK_KEYS: [&[u8]; 22] = [
    b"Rect",
    b"QuadPoints",
    b"AS",
    b"Border",
    b"BS",
    b"BE",
    b"IC",
    b"DA",
    b"DS",
    b"Q",
    b"L",
    b"LE",
    b"Vertices",
    b"InkList",
    b"CA",
    b"ca",
    b"Name",
    b"NM",
    b"IT",
    b"RD",
    b"CL",
    b"A",
];

/// Reports an annotation that a page lists for the first time; `false` if it is none.
pub(super) fn added(c: &mut Comparison<'_, '_>, id: Id, page: usize) -> Result<bool, ReadError> {
    // A stream could be the page's content as well.
    let object = c.after.object(id)?.filter(|object| object.data.is_none());
    let Some(Value::Dict(dict)) = object.map(|object| object.value) else { return Ok(false) };
    let is_harmless = c.kind(id).is_some() && is_harmless(c, &c.after, (id, page), &dict, true)?;
    c.need(id);
    report(c, id, page, &dict, if is_harmless { ChangeCode::AnnotationAdded } else { ChangeCode::AnnotationCovers });
    Ok(true)
}

/// Reports an annotation that says something else.
pub(super) fn changed(c: &mut Comparison<'_, '_>, id: Id, page: usize) -> Result<(), ReadError> {
    let (Some(old), Some(new)) = (c.before.object(id)?, c.after.object(id)?) else { return Ok(()) };
    let has_data = old.data.is_some() || new.data.is_some();
    let (Value::Dict(old), Value::Dict(new)) = (old.value, new.value) else { return Ok(()) };
    let changed = old.differing(&new);
    let is_note = changed.iter().all(|key| NOTE_KEYS.contains(key));
    let is_annotation = changed.iter().all(|key| NOTE_KEYS.contains(key) || LOOK_KEYS.contains(key));
    let is_text = matches!(new.get("Contents"), None | Some(Value::String(_)));
    if has_data || !is_annotation || !is_text {
        return Ok(());
    }
    if changed.contains(&b"A"[..]) || has_action(&Value::Dict(new.clone())) {
        c.add(Change::of(ChangeCode::Action, Some(id)).on(Some(page)));
    }
    let is_drawn = changed.contains(&b"AP"[..]) || changed.contains(&b"C"[..]) || changed.contains(&b"F"[..]);
    let is_harmless = is_note
        && is_harmless(c, &c.before, (id, page), &old, false)?
        && is_harmless(c, &c.after, (id, page), &new, is_drawn)?;
    new.references(&mut |id| c.need(id));
    c.explain(id);
    report(c, id, page, &new, if is_harmless { ChangeCode::Annotation } else { ChangeCode::AnnotationCovers });
    Ok(())
}

/// Reports an annotation that its page does not list any more.
pub(super) fn removed(c: &mut Comparison<'_, '_>, id: Id, page: usize) -> Result<(), ReadError> {
    let dict = c.before.dict(Some(&Value::Ref(id)), "annotation")?.unwrap_or_default();
    let is_harmless = is_harmless(c, &c.before, (id, page), &dict, false)?;
    if c.is_removed(id) {
        c.explain(id);
    }
    report(c, id, page, &dict, if is_harmless { ChangeCode::AnnotationRemoved } else { ChangeCode::AnnotationCovers });
    Ok(())
}

fn report(c: &mut Comparison<'_, '_>, id: Id, page: usize, dict: &Dict, code: ChangeCode) {
    let rect = dict.get("Rect").and_then(rectangle);
    c.add(Change::of(code, Some(id)).on(Some(page)).with(detail(dict, rect)));
}

/// It hides nothing and does nothing. (`is_drawn`: what it draws is new.)
fn is_harmless(
    c: &Comparison<'_, '_>,
    view: &View<'_, '_>,
    (id, page): (Id, usize),
    dict: &Dict,
    is_drawn: bool,
) -> Result<bool, ReadError> {
    // An action, or a way of its own to be drawn onto the page.
    if ["A", "AA", "BM"].iter().any(|key| dict.get(key).is_some()) {
        return Ok(false);
    }
    let subtype = view.resolve(dict.get("Subtype"))?;
    let has_look = view.dict(dict.get("AP"), "appearance")?.is_some();
    match subtype.as_name() {
        Some(b"Popup") => Ok(!has_look),
        Some(b"Text") if !has_look => Ok(true),
        Some(b"Text") => {
            let rect = rectangle(&view.resolve(dict.get("Rect"))?).map(upright);
            let Some(rect) = rect.filter(|[a, b, c, d]| c - a <= MAX_ICON && d - b <= MAX_ICON) else {
                return Ok(false);
            };
            let on = c.pages()?.get(page).copied().ok_or(ReadError::Structure("page"))?;
            // An icon that each writer draws as he likes may be a digit in place of another.
            Ok(!is_drawn || c.paper.is_blank(on, rect, id)?)
        }
        Some(subtype) if mark::is_mark(subtype) => {
            Ok(mark::tint(view, dict)?.is_some() && !(is_drawn && mark::darkens(c, id, page)?))
        }
        _ => Ok(false),
    }
}
