//! What a widget that looks otherwise than before does to what is seen around it: it may hide something of the page or of
//! another annotation, write over it, or uncover what it lay over.

use std::rc::Rc;

use super::super::ReadError;
use super::super::value::{Id, Value};
use super::super::view::View;
use super::annotations::{self, look};
use super::content::Canvas;
use super::geometry::Rect;
use super::mark::{Kind, Thing};
use super::page::Page;
use super::paper::{Around, Paper};
use super::reader::Reader;

/// Writing in a field is at most so much taller than the field.
const TALLER: f64 = 1.5;
/// The part of a letter that is touched by what lies over it.
const PART: f64 = 0.2;
/// Points by which an area may differ and still be the same.
const SAME: f64 = 1.0;
/// Curves of a filled outline from which it is taken for letters, or a drawing, and not for a frame or a background.
const DRAWING: usize = 12;

impl Paper<'_, '_> {
    /// Whether the widget, which looks as in `after` from now on, hides, overwrites or uncovers something.
    pub(in super::super) fn is_touched(&self, page: Id, widget: Id, after: View<'_, '_>) -> Result<bool, ReadError> {
        let Some(page) = Page::read(&self.reader, page)?.map(|read| (page, read)) else { return Ok(true) };
        let (was, is) = (worn(&self.reader, widget, &page.1)?, worn(&Reader::new(after), widget, &page.1)?);
        let Some(around) = self.around(page.0, &page.1)? else {
            // Only what shows nothing, before and after, touches nothing then.
            return Ok(!matches!((&was, &is), (Some(was), Some(is)) if was.is_empty() && is.is_empty()));
        };
        let others: Vec<&Thing> = around.iter().filter(|(_, by)| *by != Some(widget)).map(|(thing, _)| thing).collect();
        let (Some(was), Some(is)) = (was, is) else {
            let rect = self.reader.dict(Some(&Value::Ref(widget)))?.and_then(|dict| Rect::read(dict.get("Rect")?));
            let rect = rect.unwrap_or(Rect::EVERYWHERE);
            return Ok(others.iter().any(|thing| is_hidden(thing, &rect)));
        };
        let written = is.iter().filter(|thing| thing.kind == Kind::Letter);
        let mut writes = written.flat_map(|over| others.iter().map(move |under| (over, under)));
        if writes.any(|(over, under)| matches!(under.kind, Kind::Letter | Kind::Odd) && is_hidden(under, &over.rect)) {
            return Ok(true);
        }
        Ok(covers(&was, &is, &others) || covers(&is, &was, &others))
    }

    /// What is seen on a page: its content, and every annotation.
    pub(super) fn around(&self, id: Id, page: &Page) -> Result<Around, ReadError> {
        if let Some(seen) = self.things.borrow().get(&id) {
            return Ok(seen.clone());
        }
        let seen = self.look_around(page)?;
        self.things.borrow_mut().insert(id, seen.clone());
        Ok(seen)
    }

    fn look_around(&self, page: &Page) -> Result<Around, ReadError> {
        let content = match page.dict.get("Contents") {
            None => Some(Vec::new()),
            Some(_) => page.content(&self.reader)?,
        };
        let mut canvas = Canvas::new(&self.reader, true).each(f64::INFINITY);
        if content.and_then(|content| canvas.page(&content, &page.resources, page.visible)).is_none() {
            return Ok(None);
        }
        let mut seen: Vec<_> = canvas.things.iter().map(|thing| (*thing, None)).collect();
        for annotation in annotations::of_page(&self.reader, page)? {
            let Some(look) = annotation.look else { continue };
            let mut canvas = Canvas::new(&self.reader, true).each(f64::INFINITY);
            // One that cannot be followed may show anything in its rectangle.
            if canvas.appearance(look, annotation.rect, page.visible).is_none() && annotation.rect.area() > 0.0 {
                canvas.things.push(Thing { rect: annotation.rect, kind: Kind::Picture });
            }
            seen.extend(canvas.things.iter().map(|thing| (*thing, annotation.id)));
        }
        Ok(Some(Rc::new(seen)))
    }
}

/// What the widget shows in this view; `None` if that cannot be told.
fn worn(reader: &Reader<'_, '_>, widget: Id, page: &Page) -> Result<Option<Vec<Thing>>, ReadError> {
    let Value::Dict(dict) = reader.resolve(Some(&Value::Ref(widget)))? else { return Ok(None) };
    let Some(form) = look(reader, &dict)? else { return Ok(Some(Vec::new())) };
    let Some(rect) = Rect::read(&reader.resolve(dict.get("Rect"))?) else { return Ok(None) };
    let mut canvas = Canvas::new(reader, true).each(rect.height() * TALLER);
    Ok(canvas.appearance(form, rect, page.visible).map(|()| canvas.things))
}

/// Whether something that `upper` paints, where `before` did not, lies over something else.
fn covers(before: &[Thing], upper: &[Thing], others: &[&Thing]) -> bool {
    let paints = |thing: &&Thing| matches!(thing.kind, Kind::Odd | Kind::Picture | Kind::Area(_));
    upper.iter().filter(paints).any(|paint| {
        let corners = paint.rect.corners();
        let same = |old: &Thing| corners.iter().all(|corner| old.rect.grown(SAME).holds(*corner));
        !before.iter().filter(paints).any(same) && others.iter().any(|under| is_hidden(under, &paint.rect))
    })
}

/// Whether what lies over this is seen no more, as it was.
fn is_hidden(thing: &Thing, by: &Rect) -> bool {
    let both = thing.rect.meet(by);
    let touches = both.width() > 0.0 && both.height() > 0.0;
    let holds = by.corners().iter().all(|corner| thing.rect.grown(SAME).holds(*corner));
    match thing.kind {
        Kind::Letter | Kind::Odd => touches && both.area() >= PART * thing.rect.area(),
        Kind::Filler | Kind::Ground(_) => false,
        Kind::Picture => touches && both.area() > SAME,
        Kind::Area(curves) => touches && both.area() > SAME && (curves >= DRAWING || (curves > 0 && !holds)),
    }
}
