//! The two revisions that are compared, and what rules ask of them and say.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use super::added::{Added, AddedKind};
use super::evidence;
use super::form::{self, Node};
use super::mark::{self, Tint};
use super::page;
use super::referrers::{self, Referrers};
use super::text::Change;
use crate::pdf::read::ReadError;
use crate::pdf::read::document::Document;
use crate::pdf::read::shadow::Paper;
use crate::pdf::read::value::{Id, Value};
use crate::pdf::read::view::View;

/// What no signature allows is remembered up to here; more is not more telling.
const MAX_FORBIDDEN: usize = 100;
/// What some signature may allow must all be remembered, up to here.
const MAX_CHANGES: usize = 10_000;

/// The two revisions, and what is found on the way.
pub(super) struct Comparison<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    pub(super) revision: usize,
    pub(super) before: View<'d, 'a>,
    pub(super) after: View<'d, 'a>,
    /// Objects that say something else.
    pub(super) replaced: BTreeSet<Id>,
    pub(super) removed: BTreeSet<Id>,
    pub(super) added: BTreeMap<Id, Added>,
    /// Replaced or removed objects of which a rule says all there is to say.
    pub(super) explained: HashSet<Id>,
    /// Added objects that something allowed refers to.
    pub(super) needed: Vec<Id>,
    pub(super) facts: Vec<Change>,
    pub(super) forbidden: usize,
    pub(super) spans: Vec<Range<usize>>,
    pub(super) containers: HashSet<u32>,
    /// Where signatures of this revision draw.
    pub(super) drawn: Vec<(usize, [f64; 4])>,
    pub(super) referrers: OnceCell<Referrers>,
    pub(super) pages: OnceCell<(Vec<Id>, HashMap<Id, usize>)>,
    pub(super) annotations: OnceCell<HashMap<Id, usize>>,
    pub(super) fields: OnceCell<HashMap<Id, Node>>,
    pub(super) tints: RefCell<HashMap<usize, Rc<Vec<Tint>>>>,
    /// What the pages showed before.
    pub(super) paper: Paper<'d, 'a>,
}

impl<'d, 'a> Comparison<'d, 'a> {
    pub(super) fn new(document: &'d Document<'a>, revision: usize) -> Self {
        Self {
            document,
            revision,
            before: document.as_of(revision - 1),
            after: document.as_of(revision),
            replaced: BTreeSet::new(),
            removed: BTreeSet::new(),
            added: BTreeMap::new(),
            explained: HashSet::new(),
            needed: Vec::new(),
            facts: Vec::new(),
            forbidden: 0,
            spans: Vec::new(),
            containers: HashSet::new(),
            drawn: Vec::new(),
            referrers: OnceCell::new(),
            pages: OnceCell::new(),
            annotations: OnceCell::new(),
            fields: OnceCell::new(),
            tints: RefCell::default(),
            paper: Paper::new(document.as_of(revision - 1)),
        }
    }
}

/// What rules ask and say.
impl<'d, 'a> Comparison<'d, 'a> {
    pub(super) fn add(&mut self, change: Change) {
        let is_forbidden = change.code.is_never_allowed();
        let has_room = if is_forbidden { self.forbidden < MAX_FORBIDDEN } else { self.facts.len() <= MAX_CHANGES };
        if has_room {
            self.forbidden += usize::from(is_forbidden);
            self.facts.push(change);
        }
    }

    /// The rule that calls has said all there is to say of the replacement or removal of this object.
    pub(super) fn explain(&mut self, id: Id) {
        self.explained.insert(id);
    }

    /// Something allowed refers to this object, which may be a new one.
    pub(super) fn need(&mut self, id: Id) {
        if self.added.contains_key(&id) {
            self.needed.push(id);
        }
    }

    /// What a reference names is allowed: a new object, or the same one as before that says something else.
    pub(super) fn allow(&mut self, was: Option<&Value>, is: Option<&Value>) {
        if let Some(id) = is.and_then(Value::as_ref) {
            self.need(id);
            if was == is {
                self.explain(id);
            }
        }
    }

    /// The same of an object that would be harmful in another place: this reference must have been the only one to it, and
    /// one of `owners` must have had it.
    pub(super) fn allow_only_from(
        &mut self,
        was: Option<&Value>,
        is: Option<&Value>,
        owners: &[Id],
    ) -> Result<bool, ReadError> {
        let Some(id) = is.and_then(Value::as_ref) else { return Ok(true) };
        let is_private = !self.replaced.contains(&id) || was == is && self.has_one_place(id, owners)?;
        if is_private {
            self.allow(was, is);
        }
        Ok(is_private)
    }

    /// Only `owners` ever referred to the object, and they do so once.
    pub(super) fn has_one_place(&self, id: Id, owners: &[Id]) -> Result<bool, ReadError> {
        let mut places = 0;
        for referrer in self.referrers()?.all(id)? {
            if !owners.contains(&referrer) {
                return Ok(false);
            }
            if let Some(object) = self.before.object(referrer)? {
                object.value.references(&mut |other| places += usize::from(other.number == id.number));
            }
        }
        Ok(places <= 1)
    }

    /// What was found; fails if it is so much that something forbidden could hide in it.
    pub(super) fn into_changes(self) -> Result<Vec<Change>, ReadError> {
        match self.facts.len() > MAX_CHANGES && self.forbidden == 0 {
            true => Err(ReadError::Limit("changes")),
            false => Ok(self.facts),
        }
    }

    pub(super) fn kind(&self, id: Id) -> Option<AddedKind> {
        self.added.get(&id).map(|added| added.kind)
    }

    /// Replaced objects of which no rule has spoken yet.
    pub(super) fn open(&self) -> Vec<Id> {
        self.replaced.iter().copied().filter(|id| !self.explained.contains(id)).collect()
    }

    pub(super) fn is_removed(&self, id: Id) -> bool {
        self.removed.contains(&id)
    }

    /// Who referred to the added and replaced objects before.
    pub(super) fn referrers(&self) -> Result<&Referrers, ReadError> {
        once(&self.referrers, || {
            let added = self.added.keys().map(|id| id.number).collect();
            let holders = self.holders()?;
            let changed = self.replaced.iter().chain(&self.removed).chain(&holders).map(|id| id.number).collect();
            referrers::find(self.document, self.revision, &added, &changed)
        })
    }

    /// Objects that may go on only if nothing else shows what they hold: the form, its resources, the store, what fields show.
    fn holders(&self) -> Result<Vec<Id>, ReadError> {
        let Ok((id, catalog)) = self.before.catalog() else { return Ok(Vec::new()) };
        let mut holders = form::holders(&self.before, &catalog)?;
        holders.extend(evidence::holders(&self.before, &catalog)?);
        // Who only adds evidence need not have the fields read.
        if self.replaced.iter().any(|replaced| *replaced != id) {
            holders.extend(self.fields()?.values().filter_map(|node| node.look));
        }
        Ok(holders)
    }

    /// The pages before.
    pub(super) fn pages(&self) -> Result<&[Id], ReadError> {
        self.numbered_pages().map(|(pages, _)| pages.as_slice())
    }

    /// The number of a page before, from 0.
    pub(super) fn page_number(&self, id: Id) -> Result<Option<usize>, ReadError> {
        self.numbered_pages().map(|(_, numbers)| numbers.get(&id).copied())
    }

    fn numbered_pages(&self) -> Result<&(Vec<Id>, HashMap<Id, usize>), ReadError> {
        once(&self.pages, || {
            let pages = self.before.pages()?;
            let numbers = pages.iter().enumerate().map(|(number, id)| (*id, number)).collect();
            Ok((pages, numbers))
        })
    }

    /// The annotations before, and the pages that list them.
    pub(super) fn annotations(&self) -> Result<&HashMap<Id, usize>, ReadError> {
        once(&self.annotations, || page::annotations(&self.before, self.pages()?))
    }

    /// The marks of text on a page, as they are now.
    pub(super) fn tints(&self, page: usize) -> Result<Rc<Vec<Tint>>, ReadError> {
        if let Some(tints) = self.tints.borrow().get(&page) {
            return Ok(Rc::clone(tints));
        }
        let id = self.pages()?.get(page).copied().ok_or(ReadError::Structure("page"))?;
        let tints = Rc::new(mark::of_page(&self.after, id)?);
        self.tints.borrow_mut().insert(page, Rc::clone(&tints));
        Ok(tints)
    }

    /// The form before: its fields and their widgets.
    pub(super) fn fields(&self) -> Result<&HashMap<Id, Node>, ReadError> {
        once(&self.fields, || form::nodes(&self.before))
    }
}

/// The value of the cell, made if it is not there yet.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T, ReadError>) -> Result<&T, ReadError> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::read::changes::ChangeCode;
    use crate::pdf::read::{Limits, ReadError};
    use crate::pdf::sample::{append, document};

    #[test]
    fn nothing_forbidden_hides_among_much_that_is_allowed() {
        let bytes = append(&document(1), &[]);
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
        let found = |forbidden: usize| {
            let mut comparison = Comparison::new(&document, 1);
            (0..20_000).for_each(|_| comparison.add(Change::of(ChangeCode::Filled, None)));
            (0..forbidden).for_each(|_| comparison.add(Change::of(ChangeCode::Stream, None)));
            comparison.into_changes()
        };
        assert_eq!(found(0), Err(ReadError::Limit("changes")));
        assert!(found(1).unwrap().iter().any(|change| change.code == ChangeCode::Stream));
        assert!(found(20_000).unwrap().len() < 11_000);
    }
}
