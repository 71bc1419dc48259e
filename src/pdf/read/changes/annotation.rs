//! Annotations: whether one can hide or imitate what was signed (certification attack "evil annotation").
//!
//! An annotation may draw anything in its rectangle. Harmless are a small note, a pop-up, and marks of text that the viewer draws
//! or that are drawn in colours that let through what lies below; nothing else is taken for harmless.

use super::added::has_action;
use super::code::ChangeCode;
use super::comparison::Comparison;
use super::page::detail;
use super::text::Change;
use crate::pdf::read::ReadError;
use crate::pdf::read::fields::rectangle;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;

/// The side of the largest icon of a note, in points.
const MAX_ICON: f64 = 25.0;
/// The longest drawing of a mark that is looked at.
const MAX_DRAWING: usize = 64 << 10;
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
    let is_harmless = c.kind(id).is_some() && is_harmless(&c.after, &dict)?;
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
    let is_harmless = is_note && is_harmless(&c.before, &old)? && is_harmless(&c.after, &new)?;
    new.references(&mut |id| c.need(id));
    c.explain(id);
    report(c, id, page, &new, if is_harmless { ChangeCode::Annotation } else { ChangeCode::AnnotationCovers });
    Ok(())
}

/// Reports an annotation that its page does not list any more.
pub(super) fn removed(c: &mut Comparison<'_, '_>, id: Id, page: usize) -> Result<(), ReadError> {
    let dict = c.before.dict(Some(&Value::Ref(id)), "annotation")?.unwrap_or_default();
    let is_harmless = is_harmless(&c.before, &dict)?;
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

/// It hides nothing and does nothing.
fn is_harmless(view: &View<'_, '_>, dict: &Dict) -> Result<bool, ReadError> {
    if dict.get("A").is_some() || dict.get("AA").is_some() {
        return Ok(false);
    }
    let subtype = view.resolve(dict.get("Subtype"))?;
    let appearance = view.dict(dict.get("AP"), "appearance")?;
    match subtype.as_name() {
        Some(b"Popup") => Ok(appearance.is_none()),
        Some(b"Text") => {
            let rect = rectangle(&view.resolve(dict.get("Rect"))?);
            let is_small = rect.is_some_and(|[a, b, c, d]| (c - a).abs() <= MAX_ICON && (d - b).abs() <= MAX_ICON);
            Ok(is_small || appearance.is_none())
        }
        Some(b"Highlight" | b"Underline" | b"Squiggly" | b"StrikeOut") => match appearance {
            None => Ok(true),
            Some(appearance) => lets_through(view, &appearance),
        },
        _ => Ok(false),
    }
}

/// The only drawing is made of areas that colour what lies below and cannot hide it: all of them in bright colours, all of them
/// multiplied with the page (ISO 32000-2, 11.3.5.2).
fn lets_through(view: &View<'_, '_>, appearance: &Dict) -> Result<bool, ReadError> {
    let Some(normal) = appearance.get("N").and_then(Value::as_ref).filter(|_| appearance.entries().count() == 1) else {
        return Ok(false);
    };
    let Some(object) = view.object(normal)? else { return Ok(true) };
    let (Value::Dict(form), Some(_)) = (&object.value, &object.data) else { return Ok(false) };
    let resources = view.dict(form.get("Resources"), "resources")?.unwrap_or_default();
    if !resources.entries().all(|(key, _)| matches!(key, b"ExtGState" | b"ProcSet")) {
        return Ok(false);
    }
    for (_, state) in view.dict(resources.get("ExtGState"), "resources")?.unwrap_or_default().entries() {
        let state = view.dict(Some(state), "graphics state")?.unwrap_or_default();
        if !state.has_name("BM", "Multiply") || state.get("SMask").is_some() {
            return Ok(false);
        }
    }
    Ok(view.document().decoded(&object, MAX_DRAWING).is_ok_and(|data| is_tint(&data)))
}

/// Paths painted in bright colours after a graphics state was set, which here all multiply; nothing else.
fn is_tint(content: &[u8]) -> bool {
    let (mut operands, mut multiplies, mut fills, mut strokes) = (Vec::new(), false, false, false);
    // One colour alone: several, one over the other, make a dark one.
    let mut colour: Option<Vec<f64>> = None;
    for word in content.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        if word.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'))
            && let Some(number) = std::str::from_utf8(word).ok().and_then(|word| word.parse::<f64>().ok())
        {
            operands.push(number);
            continue;
        }
        match word {
            b"gs" => multiplies = true,
            b"rg" | b"RG" | b"g" | b"G" => {
                let components = if word.len() == 2 { 3 } else { 1 };
                let is_bright = operands.len() == components && operands.iter().any(|component| *component >= 0.5);
                if !is_bright || colour.get_or_insert_with(|| operands.clone()) != &operands {
                    return false;
                }
                *(if word[0] == b'r' || word[0] == b'g' { &mut fills } else { &mut strokes }) = true;
            }
            b"f" | b"F" | b"f*" if multiplies && fills => {}
            b"S" | b"s" if multiplies && strokes => {}
            b"B" | b"b" | b"B*" | b"b*" if multiplies && fills && strokes => {}
            b"m" | b"l" | b"c" | b"v" | b"y" | b"h" | b"re" | b"n" | b"w" | b"J" | b"j" | b"M" | b"W" | b"W*" => {}
            // Kept before anything is set, a state can only be restored to one in which nothing is painted.
            b"q" if !multiplies && !fills && !strokes => {}
            b"Q" => (multiplies, fills, strokes) = (false, false, false),
            _ if word.starts_with(b"/") => {}
            _ => return false,
        }
        operands.clear();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tints_or_may_hide() {
        assert!(is_tint(b"q /R0 gs 1 1 0 rg 0 0 100 20 re f Q"), "a highlight");
        assert!(!is_tint(b"1 1 1 rg 0 0 100 20 re f"), "a white box");
        assert!(!is_tint(b"1 1 0 rg 0 0 100 20 re f /R0 gs"), "drawn before the blend mode is set");
        assert!(!is_tint(b"q /R0 gs 1 1 0 rg Q 0 0 100 20 re f"), "drawn after it is unset");
        assert!(!is_tint(b"/R0 gs 0 0 0 rg 0 0 100 20 re f"), "a black bar");
        assert!(!is_tint(b"/R0 gs 0 0 100 20 re f"), "black is what is not set");
        assert!(!is_tint(b"/R0 gs 1 1 0 rg /Fm Do") && !is_tint(b"/R0 gs 1 1 0 rg BT (9) Tj ET"));
    }

    #[test]
    fn only_one_bright_colour_lets_through_what_lies_below() {
        for tint in ["/R0 gs 1 1 0 rg 0 0 100 20 re f", "q /R0 gs 1 0 0 RG 2 w 0 0 m 9 0 l S Q"] {
            assert!(is_tint(tint.as_bytes()), "{tint}");
        }
        for bar in [
            "1 1 0 rg 0 0 100 20 re f",
            "/R0 gs 0 0 0 rg 1 1 0 RG 0 0 100 20 re f",
            "/R0 gs 1 1 0 RG 0 0 100 20 re f",
            "/R0 gs 1 0 0 0 rg 0 0 100 20 re f",
            "/R0 gs inf 0 0 rg 0 0 100 20 re f",
            "/R0 gs 1 0 0 rg 0 0 100 20 re f 0 1 0 rg 0 0 100 20 re f",
            "/R0 gs 1 1 0 rg 0 0 100 20 re f Q 0 0 100 20 re f",
        ] {
            assert!(!is_tint(bar.as_bytes()), "{bar}");
        }
    }
}
