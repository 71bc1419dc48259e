//! The way of a checkpoint to the public: tiles, the log's signature, the witnesses' cosignatures, the file.
//!
//! Where the policy has a quorum, nothing is published before it is there, and so no seal is used. Without one the checkpoint
//! is published at once, and a task beside the writer adds the cosignatures that come.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::publish::Publication;
use super::{SequencerError, Writer};
use crate::digest::Digest;
use crate::fault;
use crate::ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::ledger::proof::ProofError;
use crate::ledger::tree::{Appended, consistency_path};
use crate::ledger::trust::{TrustError, accept};
use crate::witness::{Consistency, Objection, Witnesses};

/// How often witnesses that failed are asked again for the checkpoint that is published.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(10);
/// How often a checkpoint is signed anew because another node has gone on meanwhile.
const OVERTAKEN: usize = 5;

impl Writer {
    /// At start: rebuilds the tree, publishes, and asks the witnesses whether they know more than this database.
    pub(super) async fn begin_life(&mut self) -> Result<(), SequencerError> {
        match self.recover().await {
            Ok(signed) if self.policy.is_unwitnessed() => {
                let gathered = self.witnesses.gather(&signed, &self.publication.consistency(&signed), |_| false).await;
                if !gathered.lines.is_empty() {
                    let joined = self.publication.join(&signed, &gathered.lines)?;
                    self.publish.send_replace(Some(joined));
                }
                match gathered.objection {
                    Some(objection) if !self.is_overtaken(&objection).await? => Err(self.objected(objection).await?),
                    _ => Ok(()),
                }
            }
            Err(error) if error.is_waiting() => {
                tracing::warn!(%error, "no seal can be used yet");
                Ok(())
            }
            other => other.map(drop),
        }
    }

    /// Publishes what has been committed. If that goes wrong, everything is in the rows: once more from there.
    pub(super) async fn publish(
        &mut self,
        appended: &Appended,
        entries: Vec<Vec<u8>>,
        at: i64,
    ) -> Result<SignedCheckpoint, SequencerError> {
        let published = match self.publish_appended(appended, entries, at) {
            Ok(signed) => self.announce(signed).await,
            Err(error) => Err(error),
        };
        match published {
            Err(error) if !error.is_waiting() => {
                tracing::warn!(%error, "the ledger is published again from the database");
                self.recover().await
            }
            other => {
                fault::point("5d");
                other
            }
        }
    }

    /// The tiles, then the checkpoint that names them, signed; the writer goes on from here.
    fn publish_appended(
        &mut self,
        appended: &Appended,
        entries: Vec<Vec<u8>>,
        at: i64,
    ) -> Result<SignedCheckpoint, SequencerError> {
        let Some(tree) = &mut self.tree else { return Err(SequencerError::Stopped) };
        let first = tree.edge.size() - tree.tail.len() as u64;
        tree.tail.extend(entries);
        self.publication.write_tiles(appended, first, &tree.tail)?;
        fault::point("5c");
        let growing = (appended.size % 256) as usize;
        tree.tail.drain(..tree.tail.len() - growing);
        tree.edge = appended.edge.clone();
        tree.last_at = at;
        self.sign(appended.size, appended.root)
    }

    pub(super) fn sign(&self, size: u64, root: Digest) -> Result<SignedCheckpoint, SequencerError> {
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root };
        let signature = self.vault.sign_checkpoint(&checkpoint)?;
        SignedCheckpoint::new(&checkpoint, vec![signature]).map_err(SequencerError::PublishedCheckpoint)
    }

    /// Publishes a signed checkpoint; where the policy has a quorum, not before it is there.
    pub(super) async fn announce(&mut self, signed: SignedCheckpoint) -> Result<SignedCheckpoint, SequencerError> {
        self.waits = !self.policy.is_unwitnessed();
        let signed = self.witnessed(signed).await?;
        let signed = self.publication.write_checkpoint(&signed)?;
        self.waits = false;
        self.publish.send_replace(Some(signed.clone()));
        Ok(signed)
    }

    /// With the cosignatures that the policy asks for.
    async fn witnessed(&mut self, mut signed: SignedCheckpoint) -> Result<SignedCheckpoint, SequencerError> {
        for _ in 0..OVERTAKEN {
            if self.lacks(&signed)?.is_none() {
                return Ok(signed);
            }
            let enough = |lines: &[_]| signed.joined_by(lines).is_ok_and(|all| accept(&all, &self.policy).is_ok());
            let gathered = self.witnesses.gather(&signed, &self.publication.consistency(&signed), enough).await;
            let joined = signed.joined_by(&gathered.lines).map_err(SequencerError::PublishedCheckpoint)?;
            fault::point("5w");
            let Some(present) = self.lacks(&joined)? else { return Ok(joined) };
            match gathered.objection {
                None if gathered.unproved => return Err(SequencerError::Unpublished),
                None => return Err(SequencerError::Unwitnessed { size: signed.claim().size, present }),
                // Another node has had a later checkpoint cosigned: ours goes on from there.
                Some(objection) if self.is_overtaken(&objection).await? => {
                    let tx = self.begin().await?.0;
                    let Some(tree) = &self.tree else { return Err(SequencerError::Stopped) };
                    signed = self.sign(tree.edge.size(), tree.edge.root())?;
                    tx.commit().await?;
                }
                Some(objection) => return Err(self.objected(objection).await?),
            }
        }
        Err(SequencerError::Unwitnessed { size: signed.claim().size, present: 0 })
    }

    /// How many witnesses there are where they are no quorum; `None` where they are one.
    fn lacks(&self, signed: &SignedCheckpoint) -> Result<Option<usize>, SequencerError> {
        match accept(signed, &self.policy) {
            Ok(_) => Ok(None),
            Err(TrustError::QuorumShort { present }) => Ok(Some(present)),
            Err(error) => Err(ProofError::from(error).into()),
        }
    }

    /// Whether what a witness has cosigned may be what another node has written.
    async fn is_overtaken(&self, objection: &Objection) -> Result<bool, SequencerError> {
        let Objection::Ahead { size, .. } = objection else { return Ok(false) };
        Ok(self.db.head().await?.is_some_and(|head| head.size >= *size))
    }

    async fn objected(&self, objection: Objection) -> Result<SequencerError, SequencerError> {
        let database = self.db.head().await?.map_or(0, |head| head.size);
        Ok(match objection {
            Objection::Ahead { witness, size } => SequencerError::WitnessAhead { witness, size, database },
            Objection::Fork { witness } => SequencerError::WitnessFork { witness },
        })
    }
}

impl Publication {
    /// How consistency with an earlier size of this checkpoint's tree is proved, from the published tiles.
    fn consistency(&self, signed: &SignedCheckpoint) -> Consistency {
        let (publication, size) = (self.clone(), signed.claim().size);
        Arc::new(move |old| consistency_path(old, size, |tile| publication.tile(tile)).ok())
    }
}

/// The task that adds cosignatures to the published checkpoint; it ends with the sequencer.
pub(super) struct Tending(JoinHandle<()>);

impl Tending {
    pub(super) fn start(
        witnesses: Arc<Witnesses>,
        publication: Publication,
        publish: watch::Sender<Option<SignedCheckpoint>>,
    ) -> Self {
        Self(tokio::spawn(tend(witnesses, publication, publish)))
    }
}

impl Drop for Tending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn tend(witnesses: Arc<Witnesses>, publication: Publication, publish: watch::Sender<Option<SignedCheckpoint>>) {
    let mut changes = publish.subscribe();
    loop {
        let current = changes.borrow_and_update().clone();
        if let Some(signed) = current.filter(|signed| witnesses.are_wanted(signed)) {
            let gathered = witnesses.gather(&signed, &publication.consistency(&signed), |_| false).await;
            // One that is ahead may have been asked for the next checkpoint meanwhile.
            if let Some(objection @ Objection::Fork { .. }) = gathered.objection {
                tracing::error!(?objection, "a witness knows another history of this ledger");
            }
            if !gathered.lines.is_empty() {
                match publication.join(&signed, &gathered.lines) {
                    Ok(joined) => {
                        publish.send_if_modified(|latest| {
                            let same = latest.as_ref().is_some_and(|latest| latest.claim() == joined.claim());
                            if same {
                                *latest = Some(joined);
                            }
                            same
                        });
                    }
                    Err(error) => tracing::warn!(%error, "cosignatures could not be published"),
                }
            }
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(ASK_AGAIN) => {}
        }
    }
}
