//! Who refers to an object in earlier revisions, whatever became of the referrer.

use std::collections::{HashMap, HashSet};

use super::spelling;
use super::step::id;
use crate::pdf::read::ReadError;
use crate::pdf::read::document::Document;
use crate::pdf::read::value::Id;
use crate::pdf::read::xref::Entry;

/// Stands for a trailer, which is no object: number 0 is none (ISO 32000-1, 7.5.4).
pub(super) const TRAILER: Id = Id::new(0);

/// For some object numbers, the objects that refer to them.
pub(super) struct Referrers {
    found: HashMap<u32, HashSet<Id>>,
    /// No object had to be left out because it cannot be read.
    is_complete: bool,
}

impl Referrers {
    /// Something that can be read refers to this number.
    pub(super) fn has_any(&self, id: Id) -> bool {
        self.found.contains_key(&id.number)
    }

    /// All that refer to this number.
    ///
    /// # Errors
    /// [`ReadError::Unsupported`] if there may be others.
    pub(super) fn all(&self, id: Id) -> Result<Vec<Id>, ReadError> {
        match self.is_complete {
            true => Ok(self.found.get(&id.number).into_iter().flatten().copied().collect()),
            false => Err(UNREADABLE),
        }
    }
}

const UNREADABLE: ReadError = ReadError::Unsupported("an object that cannot be read");

/// Looks for the numbers of `added` and `changed` objects in all objects and trailers of the revisions before `revision`.
///
/// # Errors
/// [`ReadError::Unsupported`] if an object cannot be read and may refer to an added one where it can.
pub(super) fn find(
    document: &Document<'_>,
    revision: usize,
    added: &HashSet<u32>,
    changed: &HashSet<u32>,
) -> Result<Referrers, ReadError> {
    let mut referrers = Referrers { found: HashMap::new(), is_complete: true };
    let mut see = |from: Id, to: Id| {
        if added.contains(&to.number) || changed.contains(&to.number) {
            referrers.found.entry(to.number).or_default().insert(from);
        }
    };
    for earlier in 0..revision {
        let view = document.as_of(earlier);
        for section in document.sections_of(earlier) {
            section.trailer.references(&mut |to| see(TRAILER, to));
            document.charge_lookups(section.len())?;
            for entry in section.entries() {
                let (number, entry) = entry?;
                let Some(from) = id(number, entry).filter(|_| !is_nowhere(entry)) else { continue };
                // The dictionary of a cross-reference stream is the trailer.
                if section.stream_id == Some(from)
                    && matches!(entry, Entry::At { offset, .. } if offset == section.start)
                {
                    continue;
                }
                match (view.object(from), entry) {
                    (Ok(object), _) => {
                        object.iter().for_each(|object| object.value.references(&mut |to| see(from, to)));
                    }
                    (Err(error @ ReadError::Limit(_)), _) => return Err(error),
                    (Err(_), Entry::At { .. }) => referrers.is_complete = false,
                    // What is packed is not spelt in the file.
                    (Err(_), _) => return Err(UNREADABLE),
                }
            }
        }
    }
    // Whatever another program makes of it, it finds there no reference that the bytes do not spell.
    let is_added = |number: u64| u32::try_from(number).is_ok_and(|number| added.contains(&number));
    if !referrers.is_complete && spelling::count(document, 0..document.revisions()[revision].start, b"R", is_added)? > 0
    {
        return Err(UNREADABLE);
    }
    Ok(referrers)
}

/// An entry in use that points to the file's first byte, where no object can be: some writers leave such.
fn is_nowhere(entry: Entry) -> bool {
    matches!(entry, Entry::At { offset: 0, .. })
}
