//! What a validation draws on: the verifier's trust, prepared once, and what one file carries beside it.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use super::certificate::Certificate;
use super::crl::Crl;
use super::ocsp::OcspResponse;
use super::suite::SuiteError;
use super::work::{Spent, Work};
use crate::digest::Digest;

/// The most signatures remembered: 32 bytes each.
const MAX_REMEMBERED: usize = 16 * 1024;
/// The most revocation lists and responses of a file looked at.
const MAX_SOURCES: usize = 512;

/// Anchors, and revocation lists and responses that came with them. Remembers which signatures it has seen to be right; that is all that changes in it.
#[derive(Debug, Default)]
pub struct Store {
    anchors: Vec<Certificate>,
    lists: Vec<Crl>,
    responses: Vec<OcspResponse>,
    verified: Verified,
}

impl Store {
    /// A store of what is trusted (`anchors`) and what is known, but has to be signed by an authority like everything else.
    pub fn new(anchors: Vec<Certificate>, lists: Vec<Crl>, responses: Vec<OcspResponse>) -> Self {
        Self { anchors, lists, responses, verified: Verified::default() }
    }

    /// The trust anchors.
    pub fn anchors(&self) -> &[Certificate] {
        &self.anchors
    }

    /// The revocation lists.
    pub fn lists(&self) -> &[Crl] {
        &self.lists
    }

    pub(super) fn verified(&self) -> &Verified {
        &self.verified
    }
}

/// A store, and what one file carries: certificates, lists and responses that come from strangers and count for what their signatures make them.
#[derive(Debug, Clone)]
pub struct Pool<'a> {
    /// The trust.
    pub store: &'a Store,
    /// Certificates that may stand between a signer and an anchor.
    pub certificates: &'a [Certificate],
    /// Revocation lists.
    pub lists: &'a [Crl],
    /// OCSP responses.
    pub responses: &'a [OcspResponse],
    /// What may still be done for the file.
    pub work: Rc<Work>,
}

impl<'a> Pool<'a> {
    /// A store with the certificates of a file, without any revocation information of the file's.
    pub fn new(store: &'a Store, certificates: &'a [Certificate]) -> Self {
        Self { store, certificates, lists: &[], responses: &[], work: Rc::default() }
    }

    /// All lists, the store's own first.
    pub(super) fn all_lists(&self) -> impl Iterator<Item = (&'a Crl, Origin)> {
        owned(&self.store.lists, self.lists)
    }

    /// All responses, the store's own first.
    pub(super) fn all_responses(&self) -> impl Iterator<Item = (&'a OcspResponse, Origin)> {
        owned(&self.store.responses, self.responses)
    }

    /// Verifies that `issuer`'s key signed something of this digest, unless that is known.
    pub(super) fn verify(
        &self,
        issuer: &Certificate,
        signed: Digest,
        paid: Origin,
        verify: impl FnOnce() -> Result<(), SuiteError>,
    ) -> Result<Result<(), SuiteError>, Spent> {
        let verified = &self.store.verified;
        if verified.knows(issuer, signed) {
            return Ok(Ok(()));
        }
        let verify = || {
            #[cfg(test)]
            verified.verifications.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            verify()
        };
        match paid {
            Origin::Trust => Ok(self.work.verify_for_free(Verified::entry(issuer, signed), verify)),
            Origin::File => self.work.verify(Verified::entry(issuer, signed), verify),
        }
    }
}

/// Where a list, a response or a certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The verifier was given it.
    Trust,
    /// The file brought it.
    File,
}

impl Origin {
    /// Where something comes from that takes both.
    pub(super) fn and(self, other: Self) -> Self {
        if self == Self::File { self } else { other }
    }
}

fn owned<'a, T>(own: &'a [T], brought: &'a [T]) -> impl Iterator<Item = (&'a T, Origin)> {
    let brought = brought.iter().take(MAX_SOURCES).map(|one| (one, Origin::File));
    own.iter().map(|one| (one, Origin::Trust)).chain(brought)
}

/// Signatures seen to be right: SHA-256 over the issuer's key and the whole certificate or list.
///
/// A file cannot poison it, since what enters has been verified; nor make it grow, since it is emptied when full; nor easily empty it, since it enters only what led to an anchor
/// or came with the trust.
#[derive(Debug, Default)]
pub(super) struct Verified {
    seen: Mutex<HashSet<Digest>>,
    #[cfg(test)]
    verifications: std::sync::atomic::AtomicUsize,
}

impl Verified {
    /// The entry for something signed, named by its digest, and the certificate whose key signed it.
    fn entry(issuer: &Certificate, signed: Digest) -> Digest {
        Digest::of_parts(&[issuer.spki_digest().as_bytes(), signed.as_bytes()])
    }

    /// Whether it is remembered that `issuer`'s key signed something of this digest.
    fn knows(&self, issuer: &Certificate, signed: Digest) -> bool {
        // A thread that panicked while it held the lock left a whole set behind.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).contains(&Self::entry(issuer, signed))
    }

    /// Remembers that `issuer`'s key signed something of this digest.
    pub(super) fn remember(&self, issuer: &Certificate, signed: Digest) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MAX_REMEMBERED {
            seen.clear();
        }
        seen.insert(Self::entry(issuer, signed));
    }

    /// How many signatures have been verified, for tests.
    #[cfg(test)]
    pub(super) fn verifications(&self) -> usize {
        self.verifications.load(std::sync::atomic::Ordering::Relaxed)
    }
}
