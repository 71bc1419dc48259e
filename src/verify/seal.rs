//! The rules for seals, that is for signers under a hall's anchor: one spelling, and no use without its ledger entry.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};

use super::chain::Chain;
use super::reason::Reason;
use super::report::LedgerReport;
use crate::cms::{SignedAttributes, SignedData};
use crate::ledger::entry::Entry;
use crate::ledger::note::VerifierKey;
use crate::ledger::policy::Policy;
use crate::ledger::proof::{self, ProofError, TlogProof};
use crate::ledger::tree::leaf_hash;
use crate::ledger::trust::TrustError;
use crate::pdf::read::{Coverage, Signature};

/// Refuses a seal that is not spelt as this system spells seals: what is not covered by the signature (the hole, unsigned
/// attributes, carried certificates) has then no byte that could be another.
pub(super) fn check_form(
    signature: &Signature,
    coverage: &Coverage,
    signed: &SignedData,
    chain: &Chain,
) -> Option<Reason> {
    let is_ours = signature.filter == "Adobe.PPKLite"
        && signature.sub_filter == "ETSI.CAdES.detached"
        && signature.signed_at_text.is_some()
        && signature.signed_at_text == signature.signed_at.map(written)
        && coverage.has_lower_case_hex()
        && signed.is_canonical(chain.path.certificates())
        && signed.seal_attributes().is_some_and(|attributes| attributes.is_of_seal(signed.signer()));
    (!is_ours).then_some(Reason::NotOurForm)
}

/// `/M` as this system writes it.
fn written(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(offset(8))).strftime("D:%Y%m%d%H%M%S+08'00'").to_string()
}

/// The day of `/M` at the hall.
fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(offset(8))).date()
}

/// What the ledger says of the use.
#[derive(Default)]
pub(super) struct LedgerFinding {
    pub(super) reasons: Vec<Reason>,
    pub(super) report: Option<LedgerReport>,
}

impl LedgerFinding {
    /// Checks the one proof: its entry is of this use, it is logged in a log of this hall, and the policy's witnesses have seen it.
    pub(super) fn of(
        signed: &SignedData,
        signed_at: Option<Timestamp>,
        policy: Option<&Policy>,
        is_of_hall: impl Fn(&VerifierKey) -> bool,
    ) -> Self {
        let mut finding = Self::default();
        let mut proofs = signed.proofs();
        let proof = match (proofs.next(), proofs.next()) {
            (None, _) => return finding.with(Reason::ProofMissing),
            (Some(_), Some(_)) => return finding.with(Reason::ProofDoubled),
            (Some(proof), None) => proof,
        };
        let Ok(parsed) = TlogProof::parse(proof) else { return finding.with(Reason::ProofWrong) };
        if parsed.to_string().as_bytes() != proof {
            return finding.with(Reason::ProofWrong);
        }
        // Whatever the policy: an entry of another use is wrong.
        let Some(Ok(entry)) = parsed.extra().map(Entry::parse) else { return finding.with(Reason::ProofWrong) };
        finding.reasons.extend(other_use(&entry, signed, signed_at));
        let Some(policy) = policy else { return finding.with(Reason::LogUnknown) };
        let lines = parsed.checkpoint().note().signatures();
        let has_signed = |key: &VerifierKey| lines.iter().any(|line| key.claims(line));
        match proof::verify(&parsed, policy) {
            // A log that is another hall's proves nothing here, however many have seen it: nobody looks there for this hall's seals.
            Ok(_) if !policy.logs().iter().any(|log| has_signed(&log.key) && is_of_hall(&log.key)) => {
                finding.reasons.push(Reason::LogUnknown);
            }
            Ok(logged) => {
                if policy.is_unwitnessed() && logged.witnesses().is_empty() {
                    finding.reasons.push(Reason::NoWitness);
                }
                let witnesses = logged.witnesses().iter().map(|w| (w.witness.as_str().to_owned(), w.at)).collect();
                let checkpoint = logged.checkpoint();
                finding.report = Some(LedgerReport {
                    log: checkpoint.origin.as_str().to_owned(),
                    index: logged.index(),
                    size: checkpoint.size,
                    root: checkpoint.root,
                    leaf: leaf_hash(&entry.to_bytes()),
                    witnesses,
                });
            }
            Err(ProofError::Trust(TrustError::QuorumShort { .. })) => finding.reasons.push(Reason::QuorumShort),
            Err(error) if error.is_inconclusive() => finding.reasons.push(Reason::LogUnknown),
            Err(_) => finding.reasons.push(Reason::ProofWrong),
        }
        // An unknown line proves nothing and may be anything: a changed byte could hide in it.
        let known = || policy.logs().iter().map(|l| &l.key).chain(policy.witnesses().iter().map(|w| &w.key));
        if !lines.iter().all(|line| known().any(|key| key.claims(line))) {
            finding.reasons.push(Reason::CosignerUnknown);
        }
        // Nor does a second line by the same key prove anything.
        if known().any(|key| lines.iter().filter(|line| key.claims(line)).count() > 1) {
            finding.reasons.push(Reason::ProofWrong);
        }
        finding
    }

    fn with(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        self
    }

    /// The earliest time at which a witness saw the entry: proof that the signed attributes existed.
    pub(super) fn proved_at(&self) -> Option<Timestamp> {
        self.report.as_ref()?.witnesses.iter().map(|(_, at)| *at).min()
    }
}

/// In what the entry differs from the use that is before us.
fn other_use(entry: &Entry, signed: &SignedData, signed_at: Option<Timestamp>) -> Vec<Reason> {
    let Entry::SealUse(entry) = entry else { return vec![Reason::EntryOfOtherKind] };
    let mut reasons = Vec::new();
    if Some(entry.document) != signed.seal_attributes().map(SignedAttributes::digest) {
        reasons.push(Reason::EntryOfOtherDocument);
    }
    if entry.seal != signed.signer().spki_digest() {
        reasons.push(Reason::EntryOfOtherSeal);
    }
    if Some(entry.day) != signed_at.map(day) {
        reasons.push(Reason::EntryOfOtherDay);
    }
    reasons
}
