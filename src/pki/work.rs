//! What the judging of one file may cost in signatures of certificates, revocation lists and responses.
//!
//! A file brings as many of these as it likes, and each of its signatures and timestamps asks anew. So one sum is kept for the whole file, and what came of a signature is remembered,
//! right or wrong. Once the sum is spent nothing of the file's is looked at any more, which is neither yes nor no. What the verifier was given himself is never paid for out of it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::suite::SuiteError;
use crate::digest::Digest;

/// The most signatures verified for one file.
const MAX_VERIFICATIONS: usize = 512;
/// What one of them costs, counted in looks at something that is known.
const VERIFICATION: usize = 64;

/// What may still be done for one file, and what is known already.
#[derive(Debug)]
pub struct Work {
    left: Cell<usize>,
    found: RefCell<HashMap<Digest, Result<(), SuiteError>>>,
}

/// Nothing is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spent;

impl Default for Work {
    fn default() -> Self {
        Self { left: Cell::new(MAX_VERIFICATIONS * VERIFICATION), found: RefCell::default() }
    }
}

impl Work {
    /// Pays for a look at something the file brought.
    pub(super) fn look(&self) -> Result<(), Spent> {
        self.pay(1)
    }

    fn pay(&self, cost: usize) -> Result<(), Spent> {
        let left = self.left.get().checked_sub(cost);
        self.left.set(left.unwrap_or(0));
        left.map(drop).ok_or(Spent)
    }

    /// What came of a signature that the file asks about; `signature` names it together with the key.
    pub(super) fn verify(
        &self,
        signature: Digest,
        verify: impl FnOnce() -> Result<(), SuiteError>,
    ) -> Result<Result<(), SuiteError>, Spent> {
        let is_known = self.found.borrow().contains_key(&signature);
        self.pay(if is_known { 1 } else { VERIFICATION })?;
        Ok(self.verify_for_free(signature, verify))
    }

    /// The same for what the verifier was given himself.
    pub(super) fn verify_for_free(
        &self,
        signature: Digest,
        verify: impl FnOnce() -> Result<(), SuiteError>,
    ) -> Result<(), SuiteError> {
        if let Some(found) = self.found.borrow().get(&signature) {
            return *found;
        }
        let found = verify();
        self.found.borrow_mut().insert(signature, found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signature_is_verified_once_and_the_sum_has_an_end() {
        let (work, times) = (Work::default(), Cell::new(0));
        let wrong = || {
            times.set(times.get() + 1);
            Err(SuiteError::Signature)
        };
        let number = |n: usize| Digest::of(&n.to_be_bytes());
        for _ in 0..10 {
            assert_eq!(work.verify(number(0), wrong), Ok(Err(SuiteError::Signature)));
        }
        assert_eq!(times.get(), 1);
        assert_eq!((1..).find(|n| work.verify(number(*n), wrong).is_err()), Some(MAX_VERIFICATIONS - 1));
        assert_eq!((work.verify(number(0), wrong), work.look()), (Err(Spent), Err(Spent)));
        assert_eq!(work.verify_for_free(number(usize::MAX), || Ok(())), Ok(()));
    }
}
