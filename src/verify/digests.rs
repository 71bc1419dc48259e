//! Digests of what the signatures of one document cover.
//!
//! Each covers the file from its start to its own place, and what stands behind that up to the end of its revision. What they
//! have in common is hashed once; that costs a file with many signatures hardly more than one. What is left has a limit.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;

use super::reason::Reason;
use crate::pdf::read::{Coverage, Document};
use crate::pki::hash::{HashAlgorithm, Hasher};

/// How often a file may be hashed: once for each algorithm in use, and once for what stands behind the signatures' places.
const MAX_TIMES: usize = 4;
/// Bytes hashed that nobody minds, however small the file.
const MIN_BYTES: usize = 64 << 20;

/// What was hashed so far.
pub(super) struct Digests<'d, 'a> {
    document: &'d Document<'a>,
    /// Where the places of the signatures begin.
    places: Vec<usize>,
    /// For each algorithm, what has been hashed before each of the places.
    before: RefCell<HashMap<HashAlgorithm, Rc<BTreeMap<usize, Hasher>>>>,
    left: Cell<usize>,
}

impl<'d, 'a> Digests<'d, 'a> {
    /// Nothing hashed yet. `places`: where those of the signatures begin, in any order.
    pub(super) fn new(document: &'d Document<'a>, places: impl Iterator<Item = usize>) -> Self {
        let mut places: Vec<usize> = places.collect();
        places.sort_unstable();
        let left = Cell::new(document.length().saturating_mul(MAX_TIMES).max(MIN_BYTES));
        Self { document, places, before: RefCell::default(), left }
    }

    /// The digest of what is covered.
    ///
    /// # Errors
    /// If it cannot be read, or too much would have to be hashed.
    pub(super) fn of(&self, coverage: &Coverage, algorithm: HashAlgorithm) -> Result<Vec<u8>, Reason> {
        let hole = coverage.hole();
        // A signature of which the place was not told shares nothing.
        let before = self.before(algorithm)?.get(&hole.start).cloned();
        let mut hasher = match before {
            Some(hasher) => hasher,
            None => self.hash(Hasher::new(algorithm), 0..hole.start)?,
        };
        hasher = self.hash(hasher, hole.end..coverage.end())?;
        Ok(hasher.finish())
    }

    fn before(&self, algorithm: HashAlgorithm) -> Result<Rc<BTreeMap<usize, Hasher>>, Reason> {
        if let Some(before) = self.before.borrow().get(&algorithm) {
            return Ok(Rc::clone(before));
        }
        let (mut before, mut hasher, mut at) = (BTreeMap::new(), Hasher::new(algorithm), 0);
        for place in &self.places {
            hasher = self.hash(hasher, at..*place)?;
            at = *place;
            before.insert(at, hasher.clone());
        }
        let before = Rc::new(before);
        self.before.borrow_mut().insert(algorithm, Rc::clone(&before));
        Ok(before)
    }

    fn hash(&self, mut hasher: Hasher, range: Range<usize>) -> Result<Hasher, Reason> {
        self.left.set(self.left.get().checked_sub(range.len()).ok_or(Reason::TooLarge)?);
        let read = self.document.each_byte(range, &mut |bytes| hasher.update(bytes));
        read.map(|()| hasher).map_err(|error| Reason::of_unreadable(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::read::Limits;
    use crate::pdf::sample::document;

    #[test]
    fn what_stands_before_each_place_is_hashed_once() {
        let bytes = document(1);
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
        for algorithm in HashAlgorithm::ALL {
            let digests = Digests::new(&document, [90, 10, 40].into_iter());
            digests.left.set(90);
            for (place, hasher) in &*digests.before(algorithm).unwrap() {
                assert_eq!(hasher.clone().finish(), algorithm.hash(&bytes[..*place]), "{algorithm:?} {place}");
            }
            assert_eq!(digests.before(algorithm).unwrap().len(), 3);
            assert_eq!(digests.hash(Hasher::new(algorithm), 0..1).err(), Some(Reason::TooLarge));
        }
    }
}
