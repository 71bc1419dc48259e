//! Who refers to an object in earlier revisions, whatever became of the referrer.

use std::collections::{HashMap, HashSet};

use super::step::id;
use crate::pdf::read::ReadError;
use crate::pdf::read::document::Document;
use crate::pdf::read::syntax::Parser;
use crate::pdf::read::value::Id;
use crate::pdf::read::xref::Entry;

/// Stands for a trailer, which is no object: number 0 is none (ISO 32000-1, 7.5.4).
const TRAILER: Id = Id::new(0);

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
    if !referrers.is_complete && spells(document, revision, added)? {
        return Err(UNREADABLE);
    }
    Ok(referrers)
}

/// An entry in use that points to the file's first byte, where no object can be: some writers leave such.
fn is_nowhere(entry: Entry) -> bool {
    matches!(entry, Entry::At { offset: 0, .. })
}

/// Bytes searched for a reference.
const MAX_SPELT: usize = 64 << 20;

/// Whether somewhere before `revision` the bytes read as a reference to one of `numbers`.
fn spells(document: &Document<'_>, revision: usize, numbers: &HashSet<u32>) -> Result<bool, ReadError> {
    let end = document.revisions()[revision].start;
    if end > MAX_SPELT {
        return Err(ReadError::Limit("bytes before a revision"));
    }
    let bytes = &*document.bytes(0..end)?;
    let mut at = 0;
    while let Some(digits) = bytes.get(at..) {
        let Some(start) = digits.iter().position(u8::is_ascii_digit).map(|skip| at + skip) else { return Ok(false) };
        let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        at = start + length;
        let number = std::str::from_utf8(&bytes[start..at]).ok().and_then(|digits| digits.parse().ok());
        if number.is_some_and(|number| numbers.contains(&number)) && is_reference(bytes, at) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A generation and `R` follow.
fn is_reference(bytes: &[u8], at: usize) -> bool {
    let mut parser = Parser::new(bytes, at);
    parser.skip();
    let is_apart = parser.at() > at;
    let has_generation = parser.unsigned().is_ok();
    parser.skip();
    is_apart && has_generation && parser.take(b"R")
}
