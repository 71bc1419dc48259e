//! The verifier (pure): coverage + changes + signature + trust + ledger proof -> verdict and report.
//!
//! This is the specification of a genuine document. The self-check of a fresh seal, the portal, the command line and the
//! tests call [`verify`]; there is no second, quicker way.
//!
//! Order for each signature, each step with a name for what can be wrong (see [`Reason`]):
//!
//! 1. coverage: the ByteRange is the file but for the hole, the hole is this signature's (EN 319 142-1);
//! 2. changes: what later revisions did is allowed by the signature (ISO 32000-1, 12.8.2);
//! 3. signature: digest, signed attributes, cryptography (RFC 5652, EN 319 122-1);
//! 4. chain: from the signer to a trusted anchor, at a time that is proved or, failing that, now (RFC 5280);
//! 5. seal: a signer under a hall's anchor must have the one spelling and exactly one ledger proof of exactly this use.
//!
//! Indications follow EN 319 102-1. *Valid* speaks of the moment of sealing; what happened since is [`Today`].
//! Trusted: the [`Trust`] given. Not trusted: every byte of the file. Out of scope: timestamps (a seal that carries one cannot be
//! confirmed), OCSP, validation data embedded in the file.

mod chain;
mod plain;
mod reason;
pub mod report;
mod seal;
mod signature;
#[cfg(test)]
mod tests;
pub mod trust;

pub use reason::Reason;
pub use report::{
    Indication, Integrity, LedgerReport, Report, SignatureReport, Stated, SubIndication, Today, Verdict, exit_code,
};
pub use trust::{Trust, TrustError};

use std::collections::HashSet;

use jiff::Timestamp;

use crate::pdf::read::{Document, Limits, Repair, SignatureField};

/// Signatures judged in one document at most.
pub const MAX_SIGNATURES: usize = 64;

/// Judges a file as of `at`, the time of asking.
pub fn verify(bytes: &[u8], trust: &Trust, at: Timestamp) -> Report {
    let document = match Document::open(bytes, &Limits::DEFAULT) {
        Ok(document) => document,
        Err(error) => return Report::new(vec![Reason::of_unreadable(&error)], Vec::new()),
    };
    let fields = match document.signature_fields() {
        Ok(fields) => fields,
        Err(error) => return Report::new(vec![Reason::of_unreadable(&error)], Vec::new()),
    };
    // Each signature hashes the file once more: without a limit a small file asks for hours of work.
    if fields.iter().filter(|field| field.signature.is_some()).count() > MAX_SIGNATURES {
        return Report::new(vec![Reason::TooLarge], Vec::new());
    }
    let signed = fields.iter().filter_map(|field| field.signature.as_ref().map(|signature| (field, signature)));
    let judged: Vec<SignatureReport> =
        signed.map(|(field, signature)| signature::judge(&document, field, signature, trust, at)).collect();
    Report::new(document_reasons(&document, &fields, &judged), judged)
}

/// What is to be said of the document as a whole.
fn document_reasons(document: &Document<'_>, fields: &[SignatureField], judged: &[SignatureReport]) -> Vec<Reason> {
    let repairs = document.repairs();
    let mut reasons = Vec::new();
    // Another program may guess otherwise: nothing is confirmed on a guess.
    if repairs.contains(&Repair::EndMarkerMissing) {
        reasons.push(Reason::Truncated);
    } else if repairs.iter().any(|repair| repair.is_guess()) {
        reasons.push(Reason::Damaged);
    }
    if !reasons.is_empty() && judged.is_empty() {
        return reasons;
    }
    if judged.is_empty() {
        // The end of an earlier revision is found where the real end was cut off.
        let is_whole = document.trailing_is_space().unwrap_or(false);
        return vec![if is_whole { Reason::Unsigned } else { Reason::Truncated }];
    }
    if document.is_hybrid() {
        reasons.push(Reason::Hybrid);
    }
    let mut names = HashSet::new();
    if !fields.iter().all(|field| names.insert(&field.name)) {
        reasons.push(Reason::SharedName);
    }
    let mut holes = HashSet::new();
    if !fields.iter().filter_map(|field| field.signature.as_ref()?.hole.as_ref()).all(|hole| holes.insert(hole.start)) {
        reasons.push(Reason::SharedSignature);
    }
    // Seals are given out all together or not at all: a prepared field that is empty is a seal that is missing, and one that
    // somebody else has signed is a seal replaced. That may be a seal of which this verifier was not told, so it is not condemned.
    if judged.iter().any(|signature| signature.is_seal) {
        if fields.iter().any(|field| field.signature.is_none()) {
            reasons.push(Reason::SealMissing);
        }
        if judged.iter().any(|signature| !signature.is_seal) {
            reasons.push(Reason::SealReplaced);
        }
    }
    reasons
}
