//! Where a page is blank, so that what comes to lie there hides nothing.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::ReadError;
use super::super::value::Id;
use super::super::view::View;
use super::annotations;
use super::content::{Canvas, Mark};
use super::geometry::Rect;
use super::page::Page;
use super::reader::Reader;

/// The space that letters take up around the line they stand on, in points.
const LETTERS: f64 = 12.0;
/// Lines have a width.
const LINES: f64 = 1.0;

/// What the pages of one view show, each looked at once.
pub(in super::super) struct Paper<'d, 'a> {
    reader: Reader<'d, 'a>,
    pages: RefCell<HashMap<Id, Shown>>,
}

/// Where something is drawn, by which annotation if it is one's; `None` if that cannot be told.
type Shown = Option<Rc<Vec<(Rect, Option<Id>)>>>;

impl<'d, 'a> Paper<'d, 'a> {
    pub(in super::super) fn new(view: View<'d, 'a>) -> Self {
        Self { reader: Reader::new(view), pages: RefCell::default() }
    }

    /// Whether certainly nothing is drawn there but by the annotation `own`.
    pub(in super::super) fn is_blank(&self, page: Id, rect: [f64; 4], own: Id) -> Result<bool, ReadError> {
        let known = self.pages.borrow().get(&page).cloned();
        let shown = match known {
            Some(shown) => shown,
            None => {
                let shown = self.shown(page)?.map(Rc::new);
                self.pages.borrow_mut().insert(page, shown.clone());
                shown
            }
        };
        let is_clear = |place: &Rect| {
            let both = place.meet(&Rect(rect));
            both.width() <= 0.0 || both.height() <= 0.0
        };
        Ok(shown.is_some_and(|shown| shown.iter().all(|(place, by)| *by == Some(own) || is_clear(place))))
    }

    fn shown(&self, page: Id) -> Result<Option<Vec<(Rect, Option<Id>)>>, ReadError> {
        let Some(page) = Page::read(&self.reader, page)? else { return Ok(None) };
        let mut shown: Vec<_> = annotations::of_page(&self.reader, &page)?
            .into_iter()
            .filter(|annotation| annotation.look.is_some() && annotation.subtype != b"Text")
            .map(|annotation| (annotation.rect, annotation.id))
            .collect();
        let content = match page.dict.get("Contents") {
            None => Some(Vec::new()),
            Some(_) => page.content(&self.reader)?,
        };
        let mut canvas = Canvas::new(&self.reader, false);
        let Some(()) = content.and_then(|content| canvas.page(&content, &page.resources, page.visible)) else {
            return Ok(None);
        };
        shown.extend(canvas.marks.iter().filter_map(|mark| match mark {
            Mark::Text { from, to, .. } => Rect::around([*from, *to]).map(|line| (line.grown(LETTERS), None)),
            Mark::Paint(rect) => Some((rect.grown(LINES), None)),
            Mark::Cover { .. } => None,
        }));
        Ok(Some(shown))
    }
}
