//! Who signed: from the signer's certificate to an anchor, at which time, and what revocation lists say.

use jiff::Timestamp;

use super::evidence::Evidence;
use super::reason::Reason;
use super::trust::Trust;
use crate::pki::certificate::Certificate;
use crate::pki::path::{PathError, RevocationState, ValidPath};
use crate::pki::suite::SuiteError;

/// Clocks may differ by this much.
pub(super) const CLOCK_SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// A path to an anchor, found at some time that matters.
pub(super) struct Chain {
    pub(super) path: ValidPath,
    /// The anchor is a hall's.
    pub(super) is_seal: bool,
    /// The path holds at the time of asking; else only at the time the signature claims.
    holds_now: bool,
}

impl Chain {
    /// Looks for a path at the time of asking, then, for a certificate that expired since, at the time claimed.
    pub(super) fn find(
        signer: &Certificate,
        evidence: &Evidence,
        trust: &Trust,
        claimed: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<Self, Reason> {
        let path = |time| trust.signer_path(signer, evidence, time);
        let (path, holds_now) = match (path(at), claimed) {
            (Ok(path), _) => (path, true),
            (Err(PathError::Expired { .. }), Some(claimed)) => (path(claimed).map_err(|e| path_reason(&e))?, false),
            (Err(error), _) => return Err(path_reason(&error)),
        };
        let is_seal = trust.is_seal(signer, path.anchor());
        Ok(Self { path, is_seal, holds_now })
    }

    /// What the times say. `proved`: a time at which a witness saw the signature's entry, if one did.
    pub(super) fn judge_times(
        &self,
        claimed: Option<Timestamp>,
        proved: Option<Timestamp>,
        at: Timestamp,
    ) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let below_anchor = &self.path.certificates()[..self.path.certificates().len() - 1];
        let first = below_anchor.iter().map(Certificate::not_before).max();
        let last = below_anchor.iter().map(Certificate::not_after).min();
        let (Some(first), Some(last)) = (first, last) else { return vec![Reason::ChainRule] };
        match claimed {
            Some(claimed) if claimed < first => reasons.push(Reason::NotYetValid),
            Some(claimed) if claimed > last => reasons.push(Reason::SignedAfterExpiry),
            Some(claimed) if claimed > at + CLOCK_SKEW => reasons.push(Reason::SignedInFuture),
            _ => {}
        }
        let proved = proved.filter(|time| *time <= at + CLOCK_SKEW);
        if !self.holds_now && !proved.is_some_and(|time| (first..=last).contains(&time)) {
            reasons.push(Reason::Expired);
        }
        match self.path.revocation() {
            RevocationState::NotRevoked(_) | RevocationState::TooMuch => {}
            RevocationState::Unknown => reasons.push(Reason::RevocationUnknown),
            RevocationState::Revoked(revocation, _) => {
                reasons.push(if claimed.is_some_and(|claimed| claimed >= revocation.at) {
                    Reason::Revoked
                } else if proved.is_some_and(|time| time < revocation.at) {
                    Reason::RevokedSince
                } else {
                    Reason::RevokedNoProof
                });
            }
        }
        if self.path.revocation_states().contains(&RevocationState::TooMuch) {
            reasons.push(Reason::TooMuchEvidence);
        }
        reasons
    }
}

/// Why there is no path.
pub(super) fn path_reason(error: &PathError) -> Reason {
    match error {
        PathError::Signature { source: SuiteError::Weak, .. } => Reason::WeakAlgorithm,
        PathError::NoIssuer(_) | PathError::Signature { .. } => Reason::NoChain,
        PathError::Expired { .. } => Reason::Expired,
        PathError::NotYetValid { .. } => Reason::NotYetValid,
        PathError::SignerIsAuthority(_)
        | PathError::NotForPurpose(_)
        | PathError::NotAnAuthority(_)
        | PathError::PathLength(_)
        | PathError::UnknownCritical { .. }
        | PathError::NameConstraint(_)
        | PathError::Policy => Reason::ChainRule,
        PathError::TooMuch => Reason::TooMuchEvidence,
    }
}
