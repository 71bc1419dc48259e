//! What a document says as of one revision.

use std::collections::HashSet;
use std::rc::Rc;

use super::ReadError;
use super::document::Document;
use super::objects::Object;
use super::value::{Dict, Id, Value};
use super::xref::Entry;

/// References followed from one value to the next.
const MAX_REFERENCES: usize = 8;

/// The objects of a document as of one revision.
#[derive(Clone, Copy)]
pub(crate) struct View<'d, 'a> {
    document: &'d Document<'a>,
    first: usize,
}

impl<'d, 'a> View<'d, 'a> {
    /// The view that looks into the sections from `first` on, which are the older ones.
    pub(super) fn new(document: &'d Document<'a>, first: usize) -> Self {
        Self { document, first }
    }

    pub(crate) fn document(&self) -> &'d Document<'a> {
        self.document
    }

    pub(super) fn nodes_limit(&self) -> usize {
        self.document.input.limits.nodes
    }

    pub(crate) fn trailer(&self) -> &Dict {
        &self.document.sections[self.first..]
            .iter()
            .find(|s| s.is_table || !self.document.is_hybrid)
            .unwrap_or(&self.document.sections[self.first])
            .trailer
    }

    /// Whether the two show the same revision of one document.
    pub(super) fn shows_what(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.first == other.first
    }

    /// The document as it was when the revision was written in whose bytes `place` lies.
    pub(super) fn when_written(&self, place: usize) -> Option<Self> {
        self.document.revision_at(place).map(|revision| self.document.as_of(revision))
    }

    /// What is said of the object of this number, whatever its generation.
    ///
    /// # Errors
    /// [`ReadError::Misplaced`] if it is said to lie beyond the revision that says so: what is appended could put it there.
    pub(super) fn entry(&self, number: u32) -> Result<Option<Entry>, ReadError> {
        for section in &self.document.sections[self.first..] {
            self.document.charge_lookups(1)?;
            match section.entry(number)? {
                None => {}
                Some(Entry::At { offset, generation }) if offset >= section.reach => {
                    return Err(ReadError::Misplaced(Id { number, generation }));
                }
                entry => return Ok(entry),
            }
        }
        Ok(None)
    }

    /// The object, or `None` if there is none, which means null (ISO 32000-1, 7.3.10).
    pub(crate) fn object(&self, id: Id) -> Result<Option<Object>, ReadError> {
        self.object_by(Document::object_at, id)
    }

    /// The same for whoever looks at every object once.
    pub(crate) fn object_in_passing(&self, id: Id) -> Result<Option<Object>, ReadError> {
        self.object_by(Document::object_in_passing, id)
    }

    fn object_by(
        &self,
        read: impl FnOnce(&Document<'a>, Self, Id, usize) -> Result<Object, ReadError>,
        id: Id,
    ) -> Result<Option<Object>, ReadError> {
        match self.entry(id.number)? {
            Some(Entry::At { offset, generation }) if generation == id.generation => {
                read(self.document, *self, id, offset).map(Some)
            }
            Some(Entry::Packed { container, index }) => self.document.packed_object(*self, id, container, index),
            _ => Ok(None),
        }
    }

    /// The value itself, references followed.
    pub(crate) fn resolve(&self, value: Option<&Value>) -> Result<Value, ReadError> {
        let mut value = value.cloned().unwrap_or(Value::Null);
        for _ in 0..MAX_REFERENCES {
            let Value::Ref(id) = value else { return Ok(value) };
            value = self.object(id)?.map_or(Value::Null, |object| object.value);
        }
        Err(ReadError::Limit("references"))
    }

    /// The dictionary that a value is or refers to; `None` if it is null.
    pub(crate) fn dict(&self, value: Option<&Value>, what: &'static str) -> Result<Option<Dict>, ReadError> {
        match self.resolve(value)? {
            Value::Null => Ok(None),
            Value::Dict(dict) => Ok(Some(dict)),
            _ => Err(ReadError::Structure(what)),
        }
    }

    /// The array that a value is or refers to; empty if it is null.
    pub(crate) fn array(&self, value: Option<&Value>, what: &'static str) -> Result<Vec<Value>, ReadError> {
        match self.resolve(value)? {
            Value::Null => Ok(Vec::new()),
            Value::Array(items) => Ok(Rc::unwrap_or_clone(items)),
            _ => Err(ReadError::Structure(what)),
        }
    }

    /// The catalog and its identifier.
    pub(crate) fn catalog(&self) -> Result<(Id, Dict), ReadError> {
        let id = self.trailer().get("Root").and_then(Value::as_ref).ok_or(ReadError::Structure("catalog"))?;
        let dict = self.dict(Some(&Value::Ref(id)), "catalog")?.ok_or(ReadError::Structure("catalog"))?;
        if dict.has_name("Type", "Catalog") { Ok((id, dict)) } else { Err(ReadError::Structure("catalog")) }
    }

    /// The pages in order.
    pub(crate) fn pages(&self) -> Result<Vec<Id>, ReadError> {
        let (_, catalog) = self.catalog()?;
        let root = catalog.get("Pages").and_then(Value::as_ref).ok_or(ReadError::Structure("pages"))?;
        let (mut pages, mut stack, mut seen) = (Vec::new(), vec![root], HashSet::new());
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                return Err(ReadError::Structure("pages"));
            }
            if seen.len() > self.nodes_limit() {
                return Err(ReadError::Limit("pages"));
            }
            let node = self.dict(Some(&Value::Ref(id)), "pages")?.ok_or(ReadError::Structure("pages"))?;
            if node.has_name("Type", "Page") {
                pages.push(id);
                continue;
            }
            let kids = self.array(node.get("Kids"), "pages")?;
            for kid in kids.iter().rev() {
                stack.push(kid.as_ref().ok_or(ReadError::Structure("pages"))?);
            }
        }
        Ok(pages)
    }
}
