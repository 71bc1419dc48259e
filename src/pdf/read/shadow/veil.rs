//! What a signature draws, or drew, over what its page says: something through which nothing shows, and what it says itself.

use std::collections::HashSet;

use super::super::ReadError;
use super::super::syntax::{Parser, is_space};
use super::super::value::{Id, Value};
use super::super::view::View;
use super::annotations;
use super::content::{Canvas, Token, token};
use super::geometry::Rect;
use super::mark::Mark;
use super::page::Page;
use super::reader::Reader;

/// Forms looked at in one look.
const MAX_FORMS: usize = 64;
/// The strokes of a seal's characters are no wider, in points.
const MIN_SIDE: f64 = 3.0;
/// From here on a colour is lighter than any seal's: 1 is white.
const LIGHT: f64 = 0.6;

/// What a widget draws in its place, in one view.
#[derive(Clone, Copy)]
pub(in super::super) struct Look<'d, 'a> {
    pub(in super::super) view: View<'d, 'a>,
    pub(in super::super) form: Id,
    pub(in super::super) rect: [f64; 4],
    /// The widget.
    pub(in super::super) by: Id,
}

/// Whether the look may hide text, an image or another annotation's drawing on this page: an opaque rectangle or image lies
/// over it, or the look paints in a light colour anywhere. Seals and letters in dark colours let text be read.
pub(in super::super) fn veils(page: View<'_, '_>, id: Id, look: Look<'_, '_>) -> Result<bool, ReadError> {
    let reader = Reader::new(page);
    let Some(page) = Page::read(&reader, id)? else { return Ok(true) };
    let above = Reader::new(look.view);
    let mut drawn = Canvas::new(&above, false);
    drawn.on(&page);
    let is_followed = drawn.appearance(look.form, Rect(look.rect), Rect::EVERYWHERE).is_some() && !drawn.is_ambiguous;
    let mut covers: Vec<Rect> = drawn.marks.iter().filter_map(cover).collect();
    if !is_followed || paints_light(&above, look.form)? {
        covers.push(Rect(look.rect));
    }
    if covers.is_empty() {
        return Ok(false);
    }
    let is_under = |place: &Rect| {
        covers.iter().any(|cover| {
            let both = cover.meet(place);
            both.width() >= 0.0 && both.height() >= 0.0
        })
    };
    for annotation in annotations::of_page(&reader, &page)? {
        if annotation.id != Some(look.by) && annotation.overlay().is_some() && is_under(&annotation.rect) {
            return Ok(true);
        }
    }
    let content = match page.dict.get("Contents") {
        None => return Ok(false),
        Some(_) => page.content(&reader)?,
    };
    let mut below = Canvas::new(&reader, false);
    let Some(()) = content.and_then(|content| below.page(&content, &page.resources, page.visible)) else {
        return Ok(true);
    };
    Ok(below.marks.iter().any(|mark| match mark {
        Mark::Text { from, to, is_white: false, .. } => Rect::around([*from, *to]).is_some_and(|line| is_under(&line)),
        Mark::Cover { rect, image: Some(_) } => is_under(rect),
        _ => false,
    }))
}

fn cover(mark: &Mark) -> Option<Rect> {
    match mark {
        Mark::Cover { rect, image } if image.is_some() || rect.width().min(rect.height()) >= MIN_SIDE => Some(*rect),
        _ => None,
    }
}

/// Whether the look says or pictures something itself: it draws letters, images or shadings.
pub(in super::super) fn draws_content(view: View<'_, '_>, form: Id) -> Result<bool, ReadError> {
    has_operator(&Reader::new(view), form, &mut |operator, _| {
        matches!(operator, b"Tj" | b"TJ" | b"'" | b"\"" | b"BI" | b"sh" | b"Do")
    })
}

/// Whether the look sets a light colour, or one of which nobody knows how light it is, or shades.
fn paints_light(reader: &Reader<'_, '_>, form: Id) -> Result<bool, ReadError> {
    has_operator(reader, form, &mut |operator, operands| {
        let numbers: Option<Vec<f64>> = operands.iter().map(Value::as_number).collect();
        match (operator, numbers.as_deref()) {
            (b"sh", _) => true,
            (b"g" | b"G" | b"rg" | b"RG", Some(numbers)) => numbers.iter().all(|number| *number >= LIGHT),
            (b"k" | b"K", Some(numbers)) => numbers.iter().all(|number| *number <= 1.0 - LIGHT),
            (b"sc" | b"SC" | b"scn" | b"SCN", Some(numbers)) => {
                let of_all = |is: fn(f64) -> bool| numbers.iter().all(|number| is(*number));
                of_all(|number| number >= LIGHT) || of_all(|number| number <= 1.0 - LIGHT) && numbers.len() == 4
            }
            (b"sc" | b"SC" | b"scn" | b"SCN" | b"g" | b"G" | b"rg" | b"RG" | b"k" | b"K", None) => true,
            _ => false,
        }
    })
}

/// Whether one of the look's operators, or of those of the forms below it, is of this kind; true if that cannot be told.
fn has_operator(
    reader: &Reader<'_, '_>,
    form: Id,
    is: &mut dyn FnMut(&[u8], &[Value]) -> bool,
) -> Result<bool, ReadError> {
    let (mut queue, mut seen) = (vec![form], HashSet::new());
    while let Some(id) = queue.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(object) = reader.object(id)?.filter(|_| seen.len() <= MAX_FORMS) else { return Ok(true) };
        let Some(dict) = object.value.as_dict() else { return Ok(true) };
        if !dict.has_name("Subtype", "Form") {
            continue;
        }
        let Some(content) = reader.decode(&object) else { return Ok(true) };
        let (mut operands, mut at) = (Vec::new(), 0);
        while let Some((token, end)) = token(&mut Parser::new(&content, at)) {
            at = end;
            match token {
                Token::Operand(value) => operands.push(value),
                // The data of an image are no tokens.
                Token::Operator(b"BI") => return Ok(true),
                Token::Operator(operator) => {
                    if reader.operator().is_none() || is(operator, &operands) {
                        return Ok(true);
                    }
                    operands.clear();
                }
            }
        }
        if !content[at..].iter().all(|byte| is_space(*byte)) {
            return Ok(true);
        }
        let resources = reader.dict(dict.get("Resources"))?.unwrap_or_default();
        let forms = reader.dict(resources.get("XObject"))?.unwrap_or_default();
        queue.extend(forms.entries().filter_map(|(_, form)| form.as_ref()));
    }
    Ok(false)
}
