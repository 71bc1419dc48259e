//! Timestamps (RFC 3161): over a signature, and over the document as a signature of its own (EN 319 142-1, 5.3 and 5.4).

use jiff::Timestamp;

use super::chain::{CLOCK_SKEW, path_reason};
use super::evidence::Evidence;
use super::judgement::{Case, Judgement};
use super::reason::Reason;
use super::report::{ProvedAt, Prover, SignatureReport};
use super::signature::cms_reason;
use crate::cms::TimestampToken;
use crate::pdf::read::{Signature, SignatureField};
use crate::pki::path::RevocationState;

/// A timestamp over a revision that holds: everything before that revision existed at that time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) revision: usize,
    pub(super) at: Timestamp,
}

/// The earliest time at which revisions before `revision` are known to have existed: the time of asking, if nobody saw it before.
pub(super) fn control_time(seen: &[Seen], revision: usize, asked: Timestamp) -> Timestamp {
    seen.iter().filter(|seen| seen.revision > revision).map(|seen| seen.at).fold(asked, Timestamp::min)
}

/// Judges a document timestamp; `seen`: those of later revisions.
pub(super) fn judge(
    case: &Case<'_, '_>,
    field: &SignatureField,
    signature: &Signature,
    seen: &[Seen],
) -> (SignatureReport, Option<Seen>) {
    let mut judgement = Judgement::new(case, field, signature);
    let seen = judgement.timestamp(seen);
    (judgement.report(), seen)
}

impl Judgement<'_, '_, '_> {
    fn timestamp(&mut self, seen: &[Seen]) -> Option<Seen> {
        let coverage = self.coverage()?;
        self.changes(&coverage);
        let revision = coverage.revision();
        let control = control_time(seen, revision, self.case.at);
        let token = match TimestampToken::parse(coverage.der(self.signature)) {
            Ok(token) => token,
            Err(error) => {
                self.find(cms_reason(&error));
                return None;
            }
        };
        self.facts.signer = Some(token.signer().clone());
        self.facts.signed_at = Some(token.claimed_time());
        let checked = self
            .digest(&coverage, token.imprint_algorithm())
            .and_then(|imprint| check(&token, &imprint, self.case, &self.case.evidence, control));
        match checked {
            Ok(at) => {
                self.facts.proved = Some(ProvedAt { at, by: Prover::DocumentTimestamp });
                Some(Seen { revision, at })
            }
            Err(reason) => {
                self.find(reason);
                None
            }
        }
    }
}

/// The time a token proves over what hashes to `imprint`, judged as of `control`: the latest its authority allows.
///
/// # Errors
/// The first reason for which it proves nothing.
pub(super) fn check(
    token: &TimestampToken,
    imprint: &[u8],
    case: &Case<'_, '_>,
    evidence: &Evidence,
    control: Timestamp,
) -> Result<Timestamp, Reason> {
    let verified = token.verify(imprint).map_err(|error| cms_reason(&error))?;
    if !verified.strength(control).is_good() {
        return Err(Reason::WeakAlgorithm);
    }
    let evidence = evidence.with_timestamp(token);
    let path = case.trust.timestamp_path(verified.signer(), &evidence, control);
    let path = path.map_err(|error| path_reason(&error))?;
    let at = verified.latest();
    match path.revocation() {
        RevocationState::Revoked(revocation, _) if revocation.at <= control => return Err(Reason::RevokedNoProof),
        _ if path.revocation_states().contains(&RevocationState::TooMuch) => return Err(Reason::TooMuchEvidence),
        _ => {}
    }
    if at > control + CLOCK_SKEW { Err(Reason::SignedInFuture) } else { Ok(at) }
}
