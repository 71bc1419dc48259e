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
pub(super) struct Referrers(HashMap<u32, HashSet<Id>>);

impl Referrers {
    /// Something refers to this number.
    pub(super) fn has_any(&self, id: Id) -> bool {
        self.0.contains_key(&id.number)
    }

    /// Nothing but `owners` refers to this number.
    pub(super) fn are_among(&self, id: Id, owners: &[Id]) -> bool {
        self.of(id).all(|referrer| owners.contains(&referrer))
    }

    pub(super) fn of(&self, id: Id) -> impl Iterator<Item = Id> {
        self.0.get(&id.number).into_iter().flatten().copied()
    }
}

/// Looks for `numbers` in all objects and trailers of the revisions before `revision`.
///
/// # Errors
/// [`ReadError::Unsupported`] if an object cannot be read and may refer to one of them where it can.
pub(super) fn find(document: &Document<'_>, revision: usize, numbers: &HashSet<u32>) -> Result<Referrers, ReadError> {
    let mut found = Referrers(HashMap::new());
    let mut see = |from: Id, to: Id| {
        if numbers.contains(&to.number) {
            found.0.entry(to.number).or_default().insert(from);
        }
    };
    let mut is_spelt = None;
    for earlier in 0..revision {
        let view = document.as_of(earlier);
        for section in document.sections_of(earlier) {
            section.trailer.references(&mut |to| see(TRAILER, to));
            document.charge_lookups(section.len())?;
            for entry in section.entries() {
                let (number, entry) = entry?;
                let Some(from) = id(number, entry).filter(|_| !is_nowhere(entry)) else { continue };
                match (view.object(from), entry) {
                    (Ok(None), _) => {}
                    (Ok(Some(object)), _) => object.value.references(&mut |to| see(from, to)),
                    (Err(error @ ReadError::Limit(_)), _) => return Err(error),
                    // Whatever another program makes of it, it finds there no reference that the bytes do not spell.
                    (Err(_), Entry::At { .. })
                        if !*is_spelt.get_or_insert_with(|| spells(document, revision, numbers)) => {}
                    (Err(_), _) => return Err(ReadError::Unsupported("an object that cannot be read")),
                }
            }
        }
    }
    Ok(found)
}

/// An entry in use that points to the file's first byte, where no object can be: some writers leave such.
fn is_nowhere(entry: Entry) -> bool {
    matches!(entry, Entry::At { offset: 0, .. })
}

/// Whether somewhere before `revision` the bytes read as a reference to one of `numbers`.
fn spells(document: &Document<'_>, revision: usize, numbers: &HashSet<u32>) -> bool {
    let bytes = &document.bytes()[..document.revisions()[revision].start];
    let mut at = 0;
    while let Some(digits) = bytes.get(at..) {
        let Some(start) = digits.iter().position(u8::is_ascii_digit).map(|skip| at + skip) else { return false };
        let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        at = start + length;
        let number = std::str::from_utf8(&bytes[start..at]).ok().and_then(|digits| digits.parse().ok());
        if number.is_some_and(|number| numbers.contains(&number)) && is_reference(bytes, at) {
            return true;
        }
    }
    false
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
