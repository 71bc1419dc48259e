//! Marks of text (ISO 32000-2, 12.5.6.10): highlights, underlines and the like, which let through what lies below or may hide it.

use super::comparison::Comparison;
use super::geometry::{area, common, place, upright};
use crate::pdf::read::ReadError;
use crate::pdf::read::fields::rectangle;
use crate::pdf::read::shadow::{Token, token};
use crate::pdf::read::syntax::Parser;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;

/// The longest drawing of a mark that is looked at.
const MAX_DRAWING: usize = 64 << 10;
/// The tallest line of text that a viewer is let draw a mark on, in points: the thickness of lines goes by it.
const MAX_LINE: f64 = 40.0;
/// A mark may reach out of its rectangle by so much: what is rounded, and the ends of a highlight.
const OUTSIDE: f64 = 3.0;
/// Marks that only touch do not overlap: in square points.
const TOUCH: f64 = 1.0;
/// Marks of one page that are looked at together; with more, whichever comes later may darken others.
const MAX_MARKS: usize = 2000;

/// A colour that what lies below is multiplied with.
type Colour = [f64; 3];
const WHITE: Colour = [1.0; 3];
/// A line that is drawn: one is bright enough, two in one place are not.
const LINE: Colour = [0.6; 3];
/// Lines drawn in a mark: how thick, how long, how far from each other, in points, and how many.
const THIN: f64 = 2.0;
const LONG: f64 = 20.0;
const APART: f64 = 8.0;
const MAX_LINES: usize = 64;

/// A mark on a page: where, and its colour.
pub(super) struct Tint {
    id: Id,
    rect: [f64; 4],
    colour: Colour,
}

pub(super) fn is_mark(subtype: &[u8]) -> bool {
    matches!(subtype, b"Highlight" | b"Underline" | b"Squiggly" | b"StrikeOut")
}

/// The marks of a page that let through what lies below.
pub(super) fn of_page(view: &View<'_, '_>, page: Id) -> Result<Vec<Tint>, ReadError> {
    let page = view.dict(Some(&Value::Ref(page)), "page")?.unwrap_or_default();
    let mut tints = Vec::new();
    for id in view.array(page.get("Annots"), "annotations")?.iter().filter_map(Value::as_ref) {
        let Some(Value::Dict(dict)) = view.object(id)?.map(|object| object.value) else { continue };
        if dict.get("Subtype").and_then(Value::as_name).is_some_and(is_mark)
            && let (Some(rect), Some(colour)) = (place(view, &dict)?, tint(view, &dict)?)
        {
            tints.push(Tint { id, rect, colour });
        }
    }
    Ok(tints)
}

/// Whether the mark and those it overlaps make a dark colour together: red, green and blue make a black bar.
pub(super) fn darkens(c: &Comparison<'_, '_>, id: Id, page: usize) -> Result<bool, ReadError> {
    let tints = c.tints(page)?;
    let Some(own) = tints.iter().find(|tint| tint.id == id).filter(|_| tints.len() <= MAX_MARKS) else {
        return Ok(true);
    };
    let overlapping = tints.iter().filter(|tint| tint.id == id || area(&common(&tint.rect, &own.rect)) > TOUCH);
    let colour = overlapping.fold(WHITE, |[r, g, b], tint| {
        let [red, green, blue] = tint.colour;
        [r * red, g * green, b * blue]
    });
    Ok(!is_bright(&colour))
}

/// The colour with which a mark multiplies the page; `None` if it may hide what lies below.
pub(super) fn tint(view: &View<'_, '_>, dict: &Dict) -> Result<Option<Colour>, ReadError> {
    match view.dict(dict.get("AP"), "appearance")? {
        Some(appearance) => drawn(view, &appearance, dict),
        None => Ok(left_to_viewers(dict)),
    }
}

/// A mark that viewers draw, each in its own way: a highlight multiplies, a line is thin and has another colour than paper.
fn left_to_viewers(dict: &Dict) -> Option<Colour> {
    let numbers = |key: &str| -> Option<Vec<f64>> { dict.get(key)?.as_array()?.iter().map(Value::as_number).collect() };
    let colour = match numbers("C")?[..] {
        [grey] => [grey; 3],
        [red, green, blue] => [red, green, blue],
        _ => return None,
    };
    let ([left, bottom, right, top], quads) = (upright(dict.get("Rect").and_then(rectangle)?), numbers("QuadPoints")?);
    let are_lines = quads.chunks(8).all(|quad| {
        let (xs, ys) = (quad.iter().step_by(2), quad.iter().skip(1).step_by(2));
        let (low, high) = (ys.clone().copied().fold(top, f64::min), ys.clone().copied().fold(bottom, f64::max));
        quad.len() == 8
            && high - low <= MAX_LINE
            && xs.copied().all(|x| (left - OUTSIDE..=right + OUTSIDE).contains(&x))
            && ys.copied().all(|y| (bottom - OUTSIDE..=top + OUTSIDE).contains(&y))
    });
    match dict.get("Subtype").and_then(Value::as_name) {
        Some(b"Highlight") if are_lines && !quads.is_empty() && is_bright(&colour) => Some(colour),
        Some(subtype) if are_lines && !quads.is_empty() && subtype != b"Highlight" => {
            colour.iter().any(|component| *component <= 0.5).then_some(WHITE)
        }
        _ => None,
    }
}

fn is_bright(colour: &[f64]) -> bool {
    colour.iter().any(|component| *component >= 0.5)
}

/// The only drawing is made of areas that colour what lies below and cannot hide it: all of them in one bright colour, all of
/// them multiplied with the page (ISO 32000-2, 11.3.5.2), and not first with each other in a group.
fn drawn(view: &View<'_, '_>, appearance: &Dict, mark: &Dict) -> Result<Option<Colour>, ReadError> {
    let Some(normal) = appearance.get("N").and_then(Value::as_ref).filter(|_| appearance.entries().count() == 1) else {
        return Ok(None);
    };
    let Some(object) = view.object(normal)? else { return Ok(Some(WHITE)) };
    let (Value::Dict(form), Some(_)) = (&object.value, &object.data) else { return Ok(None) };
    let resources = view.dict(form.get("Resources"), "resources")?.unwrap_or_default();
    if form.get("Group").is_some() || !resources.entries().all(|(key, _)| matches!(key, b"ExtGState" | b"ProcSet")) {
        return Ok(None);
    }
    let states = view.dict(resources.get("ExtGState"), "resources")?.unwrap_or_default();
    for (_, state) in states.entries() {
        let state = view.dict(Some(state), "graphics state")?.unwrap_or_default();
        if !state.has_name("BM", "Multiply") || state.get("SMask").is_some() {
            return Ok(None);
        }
    }
    let Ok(data) = view.document().decoded(&object, MAX_DRAWING) else { return Ok(None) };
    let is_line = ["Underline", "StrikeOut"].iter().any(|kind| mark.has_name("Subtype", kind));
    Ok(painted(&data, &states).or_else(|| (is_line && is_life_size(form, mark) && are_lines(&data)).then_some(LINE)))
}

/// The form is drawn as large as it is.
fn is_life_size(form: &Dict, mark: &Dict) -> bool {
    let size = |dict: &Dict, key: &str| dict.get(key).and_then(rectangle).map(|[a, b, c, d]| [c - a, d - b]);
    let unmoved = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let is_unmoved = form.get("Matrix").is_none_or(|matrix| {
        matrix.as_array().is_some_and(|matrix| matrix.iter().map(Value::as_number).eq(unmoved.map(Some)))
    });
    let sizes = size(form, "BBox").zip(size(mark, "Rect"));
    is_unmoved && sizes.is_some_and(|(own, place)| own.iter().zip(place).all(|(own, place)| (own - place).abs() < 0.5))
}

/// Thin dark lines from left to right, far from each other: letters can be read through one, and none looks like a letter.
fn are_lines(content: &[u8]) -> bool {
    let (mut numbers, mut from, mut heights, mut at): (Vec<f64>, Option<[f64; 2]>, Vec<f64>, usize) =
        Default::default();
    while let Some((token, end)) = token(&mut Parser::new(content, at)) {
        at = end;
        let word = match token {
            Token::Operand(value) => match value.as_number().filter(|number| number.is_finite()) {
                Some(number) => {
                    numbers.push(number);
                    continue;
                }
                None => return false,
            },
            Token::Operator(word) => word,
        };
        let is_thin = match (word, &numbers[..]) {
            (b"RG", [_, _, _]) | (b"G", [_]) => numbers.iter().any(|component| *component <= 0.5),
            (b"w", [width]) => (0.0..=THIN).contains(width),
            (b"m", [x, y]) => {
                from = Some([*x, *y]);
                true
            }
            (b"l", [x, y]) => from.take().is_some_and(|[left, height]| {
                let is_apart = heights.iter().all(|other| (other - height).abs() >= APART);
                heights.push(height);
                is_apart && (height - y).abs() < 0.01 && (x - left).abs() >= LONG && heights.len() <= MAX_LINES
            }),
            (b"S" | b"q" | b"Q", []) => true,
            _ => false,
        };
        if !is_thin {
            return false;
        }
        numbers.clear();
    }
    numbers.is_empty() && content[at..].iter().all(|byte| matches!(byte, b' ' | b'\r' | b'\n' | b'\t'))
}

/// The colour of paths painted in one bright colour after one of these graphics states was set, which all multiply; `None` if
/// there is anything else, and if some program could see anything else in it.
fn painted(content: &[u8], states: &Dict) -> Option<Colour> {
    let (mut operands, mut multiplies, mut fills, mut strokes) = (Vec::new(), false, false, false);
    // One colour alone: several, one over the other, make a dark one.
    let mut colour: Option<Colour> = None;
    let mut at = 0;
    while let Some((token, end)) = token(&mut Parser::new(content, at)) {
        at = end;
        let word = match token {
            Token::Operand(value) => {
                operands.push(value);
                continue;
            }
            Token::Operator(word) => word,
        };
        if word == b"gs" {
            let [Value::Name(name)] = &operands[..] else { return None };
            multiplies = states.at(name).is_some();
            if !multiplies {
                return None;
            }
            operands.clear();
            continue;
        }
        let numbers: Vec<f64> = operands.drain(..).map(|operand| operand.as_number()).collect::<Option<_>>()?;
        match word {
            b"rg" | b"RG" | b"g" | b"G" => {
                let set = match (word.len(), &numbers[..]) {
                    (2, [red, green, blue]) => [*red, *green, *blue],
                    (1, [grey]) => [*grey; 3],
                    _ => return None,
                };
                if !is_bright(&set) || *colour.get_or_insert(set) != set {
                    return None;
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
            _ => return None,
        }
    }
    let is_whole = operands.is_empty() && content[at..].iter().all(|byte| matches!(byte, b' ' | b'\r' | b'\n' | b'\t'));
    is_whole.then_some(colour.unwrap_or(WHITE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_tint(content: &[u8]) -> bool {
        let states = Parser::new(b"<< /R0 << /BM /Multiply >> >>", 0).dict().unwrap();
        painted(content, &states).is_some()
    }

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
    fn lines_that_are_drawn_are_thin_and_long() {
        let underline = "1 0 0 RG\n1.125 w\n72 734.5 m\n320 734.5 l\nS\n";
        assert!(are_lines(underline.as_bytes()));
        for bar in [
            underline.replace("1.125 w", "12 w"),
            underline.replace("1 0 0", "1 1 1"),
            underline.replace("320 734.5", "320 744.5"),
            underline.replace("320", "80"),
            underline.repeat(2),
            underline.replace("S", "S 72 736 m 320 736 l S"),
            underline.replace("S", "f"),
            underline.replace("m", "m /a[]q"),
        ] {
            assert!(!are_lines(bar.as_bytes()), "{bar}");
        }
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
            "1 1 1 rg /a[]q /R0 gs 1 1 1 rg /b[]Q 0 0 100 20 re f",
            "1 1 1 rg /a\0q /R0 gs 1 1 1 rg /b\0Q 0 0 100 20 re f",
            "/R1 gs 1 1 1 rg 0 0 100 20 re f",
            "/R0 /R1 gs 1 1 1 rg 0 0 100 20 re f",
            "/R0 gs 1 1 0 rg 0 0 100 20 re f )",
            "/R0 gs 1 1 0 rg << /A 1 >> 0 0 100 20 re f",
        ] {
            assert!(!is_tint(bar.as_bytes()), "{bar}");
        }
    }
}
