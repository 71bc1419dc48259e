//! Where a page is blank, so that what comes to lie there hides nothing, and where it has text.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::super::ReadError;
use super::super::signature::Signature;
use super::super::value::Id;
use super::super::view::View;
use super::annotations;
use super::content::Canvas;
use super::geometry::Rect;
use super::mark::{Mark, Thing};
use super::page::Page;
use super::reader::Reader;

/// The space that letters take up around the line they stand on, in points.
const LETTERS: f64 = 12.0;
/// Lines have a width.
const LINES: f64 = 1.0;

/// What the pages of one view show, each looked at once.
pub(in super::super) struct Paper<'d, 'a> {
    pub(super) reader: Reader<'d, 'a>,
    pages: RefCell<HashMap<Id, Shown>>,
    /// What is seen on a page, each thing by itself, with the annotation that shows it.
    pub(super) things: RefCell<HashMap<Id, Around>>,
    /// Where something may be drawn, text taken to reach as far as it may.
    reaches: RefCell<HashMap<Id, Option<Rc<Vec<Rect>>>>>,
    signed: OnceCell<usize>,
}

/// Everything that is seen on a page, each thing by itself, with the annotation that shows it; `None` if that cannot be told.
pub(super) type Around = Option<Rc<Vec<(Thing, Option<Id>)>>>;

/// What is drawn; `None` if that cannot be told.
type Shown = Option<Rc<Vec<Drawing>>>;

struct Drawing {
    /// Of text, the line it stands on.
    place: Rect,
    /// None if it is no text.
    letters: usize,
    /// The annotation that draws it.
    by: Option<Id>,
}

impl<'d, 'a> Paper<'d, 'a> {
    pub(in super::super) fn new(view: View<'d, 'a>) -> Self {
        Self {
            reader: Reader::new(view),
            pages: RefCell::default(),
            things: RefCell::default(),
            reaches: RefCell::default(),
            signed: OnceCell::new(),
        }
    }

    /// The revision at the end of which the first signature says that it ends.
    pub(super) fn signed(&self) -> Result<usize, ReadError> {
        if let Some(signed) = self.signed.get() {
            return Ok(*signed);
        }
        let document = self.reader.view.document();
        let end = |signature: Signature| match signature.byte_range[..] {
            [_, _, second, length] => usize::try_from(second.checked_add(length)?.checked_sub(1)?).ok(),
            _ => None,
        };
        let fields = document.signature_fields()?.into_iter();
        let revisions = fields.filter_map(|field| document.revision_at(end(field.signature?)?));
        Ok(*self.signed.get_or_init(|| revisions.min().unwrap_or(0)))
    }

    /// Whether certainly nothing is drawn there but by the annotation `own`.
    pub(in super::super) fn is_blank(&self, page: Id, rect: [f64; 4], own: Id) -> Result<bool, ReadError> {
        let is_clear = |drawing: &Drawing| {
            let margin = if drawing.letters > 0 { LETTERS } else { LINES };
            let both = drawing.place.grown(margin).meet(&Rect(rect));
            drawing.by == Some(own) || both.width() <= 0.0 || both.height() <= 0.0
        };
        let misses = |place: &Rect| {
            let both = place.grown(LINES).meet(&Rect(rect));
            both.width() <= 0.0 || both.height() <= 0.0
        };
        Ok(self.page(page)?.is_some_and(|shown| shown.iter().all(is_clear))
            && self.reach(page)?.is_some_and(|reach| reach.iter().all(misses)))
    }

    /// Where the page's own content may leave marks; `None` if that cannot be told.
    fn reach(&self, page: Id) -> Result<Option<Rc<Vec<Rect>>>, ReadError> {
        if let Some(reach) = self.reaches.borrow().get(&page) {
            return Ok(reach.clone());
        }
        let read = Page::read(&self.reader, page)?;
        let content = match &read {
            Some(page) if page.dict.get("Contents").is_some() => page.content(&self.reader)?,
            page => page.as_ref().map(|_| Vec::new()),
        };
        let mut canvas = Canvas::wide(&self.reader);
        let followed =
            read.zip(content).and_then(|(page, content)| canvas.page(&content, &page.resources, Rect::EVERYWHERE));
        let reach = followed.filter(|()| !canvas.is_full()).map(|()| {
            let places = canvas.marks.iter().filter_map(|mark| match mark {
                Mark::Paint(place) => Some(*place),
                _ => None,
            });
            Rc::new(places.collect())
        });
        self.reaches.borrow_mut().insert(page, reach.clone());
        Ok(reach)
    }

    fn page(&self, page: Id) -> Result<Shown, ReadError> {
        if let Some(shown) = self.pages.borrow().get(&page) {
            return Ok(shown.clone());
        }
        let shown = self.shown(page)?.map(Rc::new);
        self.pages.borrow_mut().insert(page, shown.clone());
        Ok(shown)
    }

    fn shown(&self, page: Id) -> Result<Option<Vec<Drawing>>, ReadError> {
        let Some(page) = Page::read(&self.reader, page)? else { return Ok(None) };
        let mut shown: Vec<_> = annotations::of_page(&self.reader, &page)?
            .into_iter()
            .filter(|annotation| annotation.look.is_some() && annotation.subtype != b"Text")
            .map(|annotation| Drawing { place: annotation.rect, letters: 0, by: annotation.id })
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
            Mark::Text { from, to, letters, .. } => {
                Rect::around([*from, *to]).map(|place| Drawing { place, letters: *letters, by: None })
            }
            Mark::Paint(place) => Some(Drawing { place: *place, letters: 0, by: None }),
            Mark::Cover { .. } => None,
        }));
        Ok(Some(shown))
    }
}
