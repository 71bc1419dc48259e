//! Asks the policy's witnesses for cosignatures (C2SP tlog-witness, the client's side).
//!
//! Not trusted: what a witness answers counts only as a signature line that its key in the policy verifies. A witness that is
//! slow or down costs a bounded time and is then left alone for a while.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::digest::Digest;
use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::note::{NoteSignature, VerifierKey};
use crate::ledger::witness::{AddCheckpoint, SIZE_TYPE, parse_lines};
use crate::post::{Address, PostError};

/// How long a witness may take, its 409 and the second request included.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one that failed is left alone.
const REST: Duration = Duration::from_secs(3);
/// Requests for one checkpoint: the witness may have been asked by another node in between.
const ATTEMPTS: usize = 4;

/// Consistency path from a size to the checkpoint's; `None` if it cannot be made.
pub type Consistency = Arc<dyn Fn(u64) -> Option<Vec<Digest>> + Send + Sync>;

/// A witness that can be asked.
#[derive(Debug)]
struct Peer {
    name: String,
    key: VerifierKey,
    address: Address,
    /// The size it cosigned last, as far as is known.
    last: AtomicU64,
    rests_until: Mutex<Option<Instant>>,
}

/// The witnesses that can be asked.
#[derive(Debug, Default)]
pub struct Witnesses(Vec<Arc<Peer>>);

/// What witnesses answered.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Their lines, each verified.
    pub lines: Vec<NoteSignature>,
    /// One that will not cosign because it knows more, or other things, of this log.
    pub objection: Option<Objection>,
    /// Whether one could not be given its proof: tiles are missing.
    pub unproved: bool,
}

/// A witness knows of another tree than the one it was asked to cosign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// It has cosigned a larger one.
    Ahead {
        /// Which witness.
        witness: String,
        /// How large.
        size: u64,
    },
    /// It has cosigned one of which this is no continuation.
    Fork {
        /// Which witness.
        witness: String,
    },
}

/// Why a witness gave no cosignature.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{0:?}")]
    Objects(Objection),
    #[error(transparent)]
    Post(#[from] PostError),
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Slow,
    #[error("answered {0}")]
    Answered(u16),
    #[error("its answer makes no sense")]
    Senseless,
    #[error("no consistency proof from {0} entries can be made")]
    NoProof(u64),
}

impl Witnesses {
    /// Witnesses by name, key and submission prefix.
    ///
    /// # Errors
    /// [`PostError::Address`].
    pub fn new(all: Vec<(String, VerifierKey, Address)>) -> Result<Self, PostError> {
        let peer = |(name, key, prefix): (String, VerifierKey, Address)| {
            let address = prefix.below("add-checkpoint")?;
            Ok(Arc::new(Peer { name, key, address, last: AtomicU64::new(0), rests_until: Mutex::default() }))
        };
        Ok(Self(all.into_iter().map(peer).collect::<Result<_, PostError>>()?))
    }

    /// Whether one of them has not cosigned this checkpoint.
    pub fn are_wanted(&self, signed: &SignedCheckpoint) -> bool {
        self.0.iter().any(|peer| peer.is_wanted(signed))
    }

    /// Asks all that have not cosigned the checkpoint, at once, until what came is `enough` or all have answered or failed.
    pub async fn gather(
        &self,
        signed: &SignedCheckpoint,
        consistency: &Consistency,
        enough: impl Fn(&[NoteSignature]) -> bool,
    ) -> Gathered {
        let mut asking = JoinSet::new();
        for peer in self.0.iter().filter(|peer| peer.is_wanted(signed) && !peer.rests()) {
            let (peer, signed, consistency) = (peer.clone(), signed.clone(), consistency.clone());
            asking.spawn(async move {
                let asked = tokio::time::timeout(PATIENCE, peer.ask(&signed, &consistency)).await;
                let answer = asked.unwrap_or(Err(Problem::Slow));
                (peer, answer)
            });
        }
        let mut gathered = Gathered::default();
        while !enough(&gathered.lines)
            && let Some(done) = asking.join_next().await
        {
            match done {
                Ok((_, Ok(lines))) => gathered.lines.extend(lines),
                Ok((peer, Err(problem))) => {
                    tracing::warn!(witness = peer.name, %problem, "a witness has not cosigned");
                    match problem {
                        Problem::Objects(objection) => gathered.objection = Some(objection),
                        Problem::NoProof(_) => gathered.unproved = true,
                        _ => peer.rest(),
                    }
                }
                Err(error) => tracing::error!(%error, "asking a witness failed"),
            }
        }
        gathered // those still asked are left: what they answer is asked for again
    }
}

impl Peer {
    fn is_wanted(&self, signed: &SignedCheckpoint) -> bool {
        !signed.note().signatures().iter().any(|line| self.key.claims(line))
    }

    fn rests(&self) -> bool {
        let until = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| until > Instant::now())
    }

    fn rest(&self) {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
    }

    async fn ask(&self, signed: &SignedCheckpoint, consistency: &Consistency) -> Result<Vec<NoteSignature>, Problem> {
        let size = signed.claim().size;
        let objects = |objection| Err(Problem::Objects(objection));
        for _ in 0..ATTEMPTS {
            let old = self.last.load(Ordering::SeqCst);
            // Of a witness that was ahead it is asked anew: what it has may have been taken back.
            let old = if old > size { size } else { old };
            let proof = consistency(old).ok_or(Problem::NoProof(old))?;
            let request = AddCheckpoint { old, proof, checkpoint: signed.clone() };
            let answer = self.address.ask(request.to_string()).await?;
            match answer.status {
                200 => {
                    let lines = parse_lines(&answer.body).map_err(|_| Problem::Senseless)?;
                    let text = signed.note().text();
                    let ours: Vec<_> = lines.into_iter().filter(|line| self.key.verify(text, line).is_ok()).collect();
                    if ours.is_empty() {
                        return Err(Problem::Senseless);
                    }
                    self.last.fetch_max(size, Ordering::SeqCst);
                    return Ok(ours);
                }
                409 if answer.kind.split(';').next().is_some_and(|kind| kind.trim() == SIZE_TYPE) => {
                    let known = size_in(&answer.body).ok_or(Problem::Senseless)?;
                    self.last.store(known, Ordering::SeqCst);
                    if known > size {
                        return objects(Objection::Ahead { witness: self.name.clone(), size: known });
                    }
                    if known == old {
                        return objects(Objection::Fork { witness: self.name.clone() });
                    }
                }
                // Earlier versions of the specification have 409 for the same size with another root.
                409 | 422 => return objects(Objection::Fork { witness: self.name.clone() }),
                status => return Err(Problem::Answered(status)),
            }
        }
        Err(Problem::Senseless)
    }
}

fn size_in(body: &[u8]) -> Option<u64> {
    let text = str::from_utf8(body).ok()?.trim_end_matches('\n');
    text.parse().ok().filter(|size: &u64| size.to_string() == text)
}
