//! Whether a signed checkpoint is believed under a policy. The check leaves a type behind: [`TrustedCheckpoint`].

use jiff::Timestamp;

use super::checkpoint::{Checkpoint, SignedCheckpoint};
use super::note::{KeyName, NoteError, NoteSignature, Statement, VerifierKey};
use super::policy::Policy;

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// No log of the policy has this origin, or those that have it use other keys than the one that signed.
    #[error("the policy does not know the log {0} or its key")]
    UnknownLog(KeyName),
    /// The policy knows the origin, and there is no signature line in its name.
    #[error("the log {0} has not signed")]
    NotSigned(KeyName),
    /// A line by a key of the policy does not verify: the note is forged or damaged.
    #[error(transparent)]
    Signature(#[from] NoteError),
    /// The log has signed, too few of its witnesses have.
    #[error("{present} cosignatures are fewer than the policy asks for")]
    QuorumShort {
        /// Good cosignatures by witnesses of the policy.
        present: usize,
    },
}

impl TrustError {
    /// Whether another policy or further cosignatures could change the answer: nothing was found to be wrong.
    pub const fn is_inconclusive(&self) -> bool {
        matches!(self, Self::UnknownLog(_) | Self::QuorumShort { .. })
    }
}

/// A good cosignature by a witness of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The witness's key name.
    pub witness: KeyName,
    /// When it saw the checkpoint, by its own clock; the earliest if it signed more than once.
    pub at: Timestamp,
}

/// A checkpoint signed by a log and cosigned by a quorum of the policy it was checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedCheckpoint {
    checkpoint: Checkpoint,
    witnesses: Vec<Cosignature>,
}

impl TrustedCheckpoint {
    /// What the log says.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The witnesses that have cosigned, in the policy's order; none if the policy asks for none and none is there.
    pub fn witnesses(&self) -> &[Cosignature] {
        &self.witnesses
    }
}

/// Checks a checkpoint against a policy: every line by a known key must verify, one must be the log's, and the witnesses'
/// must be a quorum. Lines by unknown keys are ignored.
///
/// # Errors
/// [`TrustError`]; what is wrong for certain comes before what is merely not known.
pub fn accept(signed: &SignedCheckpoint, policy: &Policy) -> Result<TrustedCheckpoint, TrustError> {
    let (claim, note) = (signed.claim(), signed.note());
    let logs = || policy.logs().iter().map(|log| &log.key).filter(|key| *key.name() == claim.origin);
    let mut log_has_signed = false;
    for key in logs() {
        log_has_signed |= !statements(key, signed)?.is_empty();
    }
    let (mut cosigned, mut witnesses) = (Vec::new(), Vec::new());
    for witness in policy.witnesses() {
        let times = statements(&witness.key, signed)?.into_iter().filter_map(|statement| match statement {
            Statement::Cosigned(at) => Some(at),
            Statement::Signed => None,
        });
        if let Some(at) = times.min() {
            cosigned.push(witness);
            witnesses.push(Cosignature { witness: witness.key.name().clone(), at });
        }
    }
    if !log_has_signed {
        let known = logs().next().is_some();
        let by_another_key = |line: &NoteSignature| {
            *line.name() == claim.origin && !policy.witnesses().iter().any(|witness| witness.key.claims(line))
        };
        return Err(if known && !note.signatures().iter().any(by_another_key) {
            TrustError::NotSigned(claim.origin.clone())
        } else {
            TrustError::UnknownLog(claim.origin.clone())
        });
    }
    if !policy.is_quorum(|witness| cosigned.contains(&witness)) {
        return Err(TrustError::QuorumShort { present: cosigned.len() });
    }
    Ok(TrustedCheckpoint { checkpoint: claim.clone(), witnesses })
}

/// What this key states on this note, once for every line that claims to be by it.
fn statements(key: &VerifierKey, signed: &SignedCheckpoint) -> Result<Vec<Statement>, NoteError> {
    let note = signed.note();
    note.signatures().iter().filter(|line| key.claims(line)).map(|line| key.verify(note.text(), line)).collect()
}
