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
//! 5. times: what witnesses, timestamps over the signature and over the document prove (RFC 3161, ADR 12);
//! 6. seal: a signer under a hall's anchor must have the one spelling and exactly one ledger proof of exactly this use; what
//!    anybody else signed must show the same to everybody.
//!
//! Indications follow EN 319 102-1. *Valid* speaks of the moment of sealing; what happened since is [`Today`].
//! Trusted: the [`Trust`] given. Not trusted: every byte of the file. Out of scope: asking anybody for anything.

mod chain;
mod covered;
mod digests;
mod evidence;
mod finding;
mod judgement;
mod plain;
mod reason;
pub mod report;
pub mod said;
mod seal;
mod signature;
#[cfg(test)]
mod tests;
mod timestamp;
mod today;
pub mod trust;
pub mod xml;

pub use reason::{Effect, Reason};
pub use report::{
    AnchorReport, Indication, Integrity, LedgerReport, ProvedAt, Prover, Report, SignatureReport, Stated,
    SubIndication, Today, Verdict, exit_code,
};
pub use today::Since;
pub use trust::{Trust, TrustError};

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use self::digests::Digests;
use self::evidence::Evidence;
use self::finding::Finding;
use self::judgement::Case;
use crate::pdf::read::{Document, Limits, ReadAt, ReadError, Repair, SignatureField};

/// Signatures judged in one document at most.
pub const MAX_SIGNATURES: usize = 64;

/// Judges a file as of `at`, the time of asking.
pub fn verify(bytes: &[u8], trust: &Trust, at: Timestamp) -> Report {
    judge(Document::open(bytes, &Limits::DEFAULT), trust, at)
}

/// Judges a file that is read piece by piece, so that its size costs no memory.
pub fn verify_file(file: &dyn ReadAt, trust: &Trust, at: Timestamp) -> Report {
    judge(Document::open_source(file, &Limits::DEFAULT), trust, at)
}

fn judge(document: Result<Document<'_>, ReadError>, trust: &Trust, at: Timestamp) -> Report {
    let read = document.and_then(|document| document.signature_fields().map(|fields| (document, fields)));
    let (document, fields) = match read {
        Ok(read) => read,
        Err(error) => return Report::of_file(Reason::of_unreadable(&error)),
    };
    let signed: Vec<_> = fields.iter().filter_map(|field| Some((field, field.signature.as_ref()?))).collect();
    // Without a limit a small file asks for hours of work.
    if signed.len() > MAX_SIGNATURES {
        return Report::of_file(Reason::TooLarge);
    }
    let places = signed.iter().filter_map(|(_, signature)| Some(signature.hole.as_ref()?.start));
    let digests = Digests::new(&document, places);
    let evidence = Evidence::of_document(&document);
    let case = Case { document: &document, fields: &fields, trust, at, evidence, digests };
    // Timestamps first, from the newest on: each is judged as of the time that the later ones prove.
    let mut timestamps: Vec<usize> = (0..signed.len()).filter(|index| signed[*index].1.is_timestamp()).collect();
    timestamps.sort_by_key(|index| std::cmp::Reverse(signed[*index].1.hole.as_ref().map(|hole| hole.start)));
    let (mut judged, mut seen) = (BTreeMap::new(), Vec::new());
    for index in timestamps {
        let (report, proof) = timestamp::judge(&case, signed[index].0, signed[index].1, &seen);
        judged.insert(index, report);
        seen.extend(proof);
    }
    for (index, (field, signature)) in signed.iter().enumerate() {
        judged.entry(index).or_insert_with(|| signature::judge(&case, field, signature, &seen));
    }
    let judged: Vec<SignatureReport> = judged.into_values().collect();
    let reasons = document_reasons(&document, &fields, &judged);
    Report::new(reasons.into_iter().map(Finding::from).collect(), judged)
}

/// What is to be said of the document as a whole.
fn document_reasons(document: &Document<'_>, fields: &[SignatureField], judged: &[SignatureReport]) -> Vec<Reason> {
    let mut reasons = damage(document, judged.is_empty());
    if judged.is_empty() {
        if reasons.iter().all(|reason| *reason == Reason::Repaired) {
            // The end of an earlier revision is found where the real end was cut off.
            let is_whole = document.trailing_is_space().unwrap_or(false);
            reasons.push(if is_whole { Reason::Unsigned } else { Reason::Truncated });
        }
        return reasons;
    }
    if judged.iter().all(|signature| signature.is_timestamp) {
        reasons.push(Reason::TimestampAlone);
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
        let seals = judged.iter().filter(|signature| signature.is_seal);
        let first = seals.filter_map(|seal| seal.revision_end).min().unwrap_or(0);
        // A timestamp brings a field of its own.
        let prepared = LazyCell::new(|| document.unsigned_fields_at(first));
        let is_apart = |name: &String| prepared.as_ref().is_ok_and(|prepared| !prepared.contains(name));
        let replaces = |other: &SignatureReport| !(other.is_timestamp && is_apart(&other.field));
        if judged.iter().any(|signature| !signature.is_seal && replaces(signature)) {
            reasons.push(Reason::SealReplaced);
        }
    }
    reasons
}

/// What was wrong with the file's structure. Nothing is confirmed on a guess.
fn damage(document: &Document<'_>, is_unsigned: bool) -> Vec<Reason> {
    let repairs = document.repairs();
    let reason = if repairs.contains(&Repair::EndMarkerMissing) {
        Reason::Truncated
    } else if !repairs.iter().any(|repair| repair.is_guess()) {
        Reason::Repaired
    } else if is_unsigned {
        Reason::Damaged
    } else {
        Reason::Guessed
    };
    if repairs.is_empty() { Vec::new() } else { vec![reason] }
}
