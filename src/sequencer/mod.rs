//! The only writer of the ledger in a process: pending uses -> one transaction -> tiles and checkpoint -> proofs.
//!
//! A batch is what came in while the last one was being committed; there is no fixed wait. Whoever asks gets the proof
//! that the entry stands in the *published* tree ([`Logged`]), or learns that the database did not accept the use.
//!
//! Trusted for: the order of the entries. Not trusted for anything else: whoever gets a proof verifies it.
//! Recovery is [`recover`](recovery::recover): the same steps from the database's rows, at every start and after every failure.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use crate::db::ledger::{Change, Evidence, Head, PendingChange, PendingEntry, PendingUse};
use crate::db::{Db, Tx};
use crate::digest::Digest;
use crate::fault;
use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::entry::Entry;
use crate::ledger::note::KeyName;
use crate::ledger::policy::Policy;
use crate::ledger::proof::{Logged, ProofError, TlogProof, verify};
use crate::ledger::tree::{
    Appended, Edge, ReadError, append, consistency_path, inclusion_path, leaf_hash, verify_consistency,
    verify_inclusion,
};
use crate::vault::Vault;
use crate::witness::Witnesses;

mod announce;
mod changes;
pub mod publish;
mod recovery;
mod trouble;

use announce::Tending;
use publish::Publication;
pub use trouble::SequencerError;

/// Uses taken into one transaction at most.
const MAX_BATCH: usize = 512;
/// A clock may be put back by this much without the ledger refusing to go on (microseconds).
const CLOCK_TOLERANCE: i64 = 10_000_000;

/// An entry that stands in the published ledger, with its proof.
#[derive(Debug)]
pub struct InLedger {
    /// The proof as it goes into the signature.
    pub proof: TlogProof,
    /// The token for which the vault signs.
    pub logged: Logged,
}

/// What became of a use that asked to be logged.
#[derive(Debug)]
pub enum Outcome {
    /// It is logged.
    Logged(Box<InLedger>),
    /// The database did not accept it: the seal, the letter, the approver or the use itself is not (or no longer) what
    /// it must be. Nothing was written for it.
    NotAccepted,
}

type Reply<T> = oneshot::Sender<Result<T, SequencerError>>;

enum Job {
    Use(Box<PendingUse>, Reply<Outcome>),
    Change(Box<PendingChange>, Reply<u64>),
    Republish(Reply<()>),
}

/// The clock, as an argument.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Asks the writer. Cheap to clone.
#[derive(Clone)]
pub struct Sequencer {
    jobs: mpsc::Sender<Job>,
    published: watch::Receiver<Option<SignedCheckpoint>>,
    publication: Publication,
    policy: Arc<Policy>,
    _tending: Arc<Tending>,
}

impl Sequencer {
    /// Recovers the ledger from the database, publishes what is missing and starts writing. Where too few witnesses answer it
    /// starts all the same: no seal is used until they do.
    ///
    /// # Errors
    /// [`SequencerError::OldDatabase`], [`SequencerError::Fork`], [`SequencerError::WitnessAhead`],
    /// [`SequencerError::WitnessFork`], [`SequencerError::Altered`], [`SequencerError::ClockSetBack`]: the service must not start.
    pub async fn start(
        db: Db,
        vault: Arc<Vault>,
        origin: KeyName,
        policy: Arc<Policy>,
        witnesses: Arc<Witnesses>,
        publication: Publication,
        now: Now,
    ) -> Result<Self, SequencerError> {
        let (publish, published) = watch::channel(None);
        let mut writer = Writer {
            db,
            vault,
            origin,
            policy: policy.clone(),
            witnesses: witnesses.clone(),
            publication: publication.clone(),
            now,
            tree: None,
            waits: false,
            publish: publish.clone(),
        };
        writer.begin_life().await?;
        let (jobs, waiting) = mpsc::channel(4 * MAX_BATCH);
        tokio::spawn(writer.run(waiting));
        let tending = Arc::new(Tending::start(witnesses, publication.clone(), publish));
        Ok(Self { jobs, published, publication, policy, _tending: tending })
    }

    /// Logs a use, together with all that are pending at this moment.
    pub async fn append(&self, pending: PendingUse) -> Result<Outcome, SequencerError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Job::Use(Box::new(pending), reply), answer).await
    }

    /// Logs an entry of another kind with the change that stands or falls with it; gives its index.
    pub async fn change(
        &self,
        entry: &Entry,
        change: Change,
        evidence: Option<Evidence>,
    ) -> Result<u64, SequencerError> {
        self.change_all(vec![(entry.clone(), evidence)], change).await
    }

    /// Logs entries that stand or fall together with one change; gives the index of the first.
    pub async fn change_all(
        &self,
        entries: Vec<(Entry, Option<Evidence>)>,
        change: Change,
    ) -> Result<u64, SequencerError> {
        let (reply, answer) = oneshot::channel();
        let pending = |(entry, evidence): (Entry, Option<Evidence>)| {
            let bytes = entry.to_bytes();
            PendingEntry { kind: entry.kind(), leaf: leaf_hash(&bytes), entry: bytes, evidence }
        };
        let entries = entries.into_iter().map(pending).collect();
        self.ask(Job::Change(Box::new(PendingChange { entries, change }), reply), answer).await
    }

    async fn ask<T>(
        &self,
        job: Job,
        answer: oneshot::Receiver<Result<T, SequencerError>>,
    ) -> Result<T, SequencerError> {
        self.jobs.send(job).await.map_err(|_| SequencerError::Stopped)?;
        answer.await.map_err(|_| SequencerError::Stopped)?
    }

    /// The proof of an entry logged before, in the tree as published now. What is not published, or no longer, is
    /// published first.
    pub async fn prove(&self, index: u64, entry: &Entry) -> Result<InLedger, SequencerError> {
        if let Ok(proven) = self.prove_published(index, entry) {
            return Ok(proven);
        }
        let (reply, answer) = oneshot::channel();
        self.ask(Job::Republish(reply), answer).await?;
        self.prove_published(index, entry)
    }

    fn prove_published(&self, index: u64, entry: &Entry) -> Result<InLedger, SequencerError> {
        let checkpoint = self.published.borrow().clone().ok_or(SequencerError::Unpublished)?;
        let path = path_in(index, checkpoint.claim().size, |tile| self.publication.tile(tile))?;
        in_ledger(entry, index, path, &checkpoint, &self.policy)
    }

    /// Whether what a proof says of this log is what this log says: the same entry at that index, and a tree that ours goes
    /// on from. Files of ours that were lost or altered are made again before the answer is no.
    pub async fn agrees(&self, index: u64, leaf: &Digest, size: u64, root: &Digest) -> Result<bool, SequencerError> {
        if matches!(self.agrees_as_published(index, leaf, size, root), Ok(true)) {
            return Ok(true);
        }
        let (reply, answer) = oneshot::channel();
        match self.ask(Job::Republish(reply), answer).await {
            Err(error) if !error.is_waiting() => Err(error),
            _ => self.agrees_as_published(index, leaf, size, root),
        }
    }

    fn agrees_as_published(&self, index: u64, leaf: &Digest, size: u64, root: &Digest) -> Result<bool, SequencerError> {
        let ours = self.published.borrow().as_ref().map(|signed| signed.claim().clone());
        let ours = ours.ok_or(SequencerError::Unpublished)?;
        if index >= size || size > ours.size {
            return Ok(false);
        }
        let read = |tile| self.publication.tile(tile);
        let entry = path_in(index, ours.size, read)?;
        let history = unpublished(consistency_path(size, ours.size, read))?;
        Ok(verify_inclusion(leaf, index, ours.size, &entry, &ours.root).is_ok()
            && verify_consistency(size, root, ours.size, &ours.root, &history).is_ok())
    }

    /// The checkpoint last published.
    pub fn checkpoint(&self) -> Option<SignedCheckpoint> {
        self.published.borrow().clone()
    }
}

fn path_in(
    index: u64,
    size: u64,
    read: impl FnMut(crate::ledger::tile::Tile) -> Result<Vec<Digest>, SequencerError>,
) -> Result<Vec<Digest>, SequencerError> {
    unpublished(inclusion_path(index, size, read))
}

/// A path that cannot be computed from the files lacks some of them.
fn unpublished<T>(path: Result<T, ReadError<SequencerError>>) -> Result<T, SequencerError> {
    path.map_err(|error| match error {
        ReadError::Read(error) => error,
        _ => SequencerError::Unpublished,
    })
}

fn in_ledger(
    entry: &Entry,
    index: u64,
    path: Vec<Digest>,
    checkpoint: &SignedCheckpoint,
    policy: &Policy,
) -> Result<InLedger, SequencerError> {
    let proof = TlogProof::new(entry, index, path, checkpoint.clone());
    let logged = verify(&proof, policy)?;
    Ok(InLedger { proof, logged })
}

/// What the writer knows of the tree: as much as is published.
struct Tree {
    edge: Edge,
    /// Entries of the last, still growing bundle.
    tail: Vec<Vec<u8>>,
    last_at: i64,
}

struct Writer {
    db: Db,
    vault: Arc<Vault>,
    origin: KeyName,
    policy: Arc<Policy>,
    witnesses: Arc<Witnesses>,
    publication: Publication,
    now: Now,
    /// `None` after a failure: recover first.
    tree: Option<Tree>,
    /// Whether what is committed and signed still waits for its quorum of witnesses.
    waits: bool,
    publish: watch::Sender<Option<SignedCheckpoint>>,
}

impl Writer {
    async fn run(mut self, mut waiting: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(MAX_BATCH);
        while self.next(&mut waiting, &mut jobs).await {
            let (mut uses, mut changes) = (Vec::new(), Vec::new());
            for job in jobs.drain(..) {
                match job {
                    Job::Use(pending, reply) => uses.push((*pending, reply)),
                    Job::Change(pending, reply) => changes.push((*pending, reply)),
                    Job::Republish(reply) => {
                        let _ = reply.send(self.republish().await.map(drop));
                    }
                }
            }
            if !changes.is_empty() {
                self.log_changes(changes).await;
            }
            if !uses.is_empty() {
                self.log_uses(uses).await;
            }
        }
    }

    /// Waits for jobs; false when nobody can ask any more. What waits for witnesses is published meanwhile, if they answer.
    async fn next(&mut self, waiting: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>) -> bool {
        while self.waits {
            match tokio::time::timeout(announce::ASK_AGAIN, waiting.recv_many(jobs, MAX_BATCH)).await {
                Ok(count) => return count > 0,
                Err(_) => {
                    if let Err(error) = self.republish().await {
                        tracing::warn!(%error, "the ledger is not published yet");
                    }
                }
            }
        }
        waiting.recv_many(jobs, MAX_BATCH).await > 0
    }

    /// Logs a batch and answers everybody in it.
    async fn log_uses(&mut self, uses: Vec<(PendingUse, Reply<Outcome>)>) {
        let mut seen = HashSet::new();
        let (mut batch, mut replies, mut doubled) = (Vec::new(), Vec::new(), Vec::new());
        for (pending, reply) in uses {
            // A use asked for twice at the same moment: one entry, and the second learns that it came second.
            if seen.insert(pending.id.clone()) {
                batch.push(pending);
                replies.push(Some(reply));
            } else {
                doubled.push(reply);
            }
        }
        let done = self.append_batch(&batch).await;
        // Only now: whoever came second looks at the rows for what the first has done.
        for reply in doubled {
            let _ = reply.send(Ok(Outcome::NotAccepted));
        }
        match done {
            Ok(outcomes) => {
                for (outcome, reply) in outcomes.into_iter().zip(replies.iter_mut()) {
                    if let Some(reply) = reply.take() {
                        let _ = reply.send(outcome);
                    }
                }
            }
            Err(error) => {
                if !error.is_waiting() {
                    self.tree = None;
                }
                let error = Arc::new(error);
                tracing::error!(%error, uses = batch.len(), "the ledger could not be written");
                for reply in replies.into_iter().flatten() {
                    let _ = reply.send(Err(SequencerError::Batch(error.clone())));
                }
            }
        }
    }

    async fn append_batch(
        &mut self,
        batch: &[PendingUse],
    ) -> Result<Vec<Result<Outcome, SequencerError>>, SequencerError> {
        let mut outcomes: Vec<_> = batch.iter().map(|_| Ok(Outcome::NotAccepted)).collect();
        if self.waits {
            self.republish().await?; // nothing is logged that could not be finished
        }
        let (mut tx, at, size) = self.begin().await?;
        let accepted = tx.append_uses(size, batch, at).await?;
        if accepted.is_empty() {
            return Ok(outcomes); // the transaction is rolled back when it is dropped
        }
        let accepted_uses = || accepted.iter().map(|(place, _)| &batch[*place]);
        let leaves: Vec<Digest> = accepted_uses().map(|pending| pending.leaf).collect();
        let appended = self.advance(&mut tx, size, &leaves).await?;
        fault::point("5a");
        tx.commit().await?;
        fault::point("5b");
        let entries: Vec<Vec<u8>> = accepted_uses().map(|pending| pending.entry.clone()).collect();
        let checkpoint = self.publish(&appended, entries, at).await?;
        for (place, index) in accepted {
            let proven = match self.prove(&batch[place].entry, index, &appended, &checkpoint) {
                // Somebody has taken away an older tile.
                Err(SequencerError::Unpublished) => {
                    self.recover().await?;
                    self.prove(&batch[place].entry, index, &appended, &checkpoint)
                }
                other => other,
            };
            outcomes[place] = proven.map(|proven| Outcome::Logged(Box::new(proven)));
        }
        Ok(outcomes)
    }

    fn prove(
        &self,
        entry: &[u8],
        index: u64,
        appended: &Appended,
        checkpoint: &SignedCheckpoint,
    ) -> Result<InLedger, SequencerError> {
        let path = path_in(index, checkpoint.claim().size, |tile| match appended.hashes(tile) {
            Some(hashes) => Ok(hashes.to_vec()),
            None => self.publication.tile(tile),
        })?;
        let entry = Entry::parse(entry).map_err(ProofError::from)?;
        in_ledger(&entry, index, path, checkpoint, &self.policy)
    }

    /// A transaction that may append, the time for its entries and the size of the tree they go on from, after recovering or
    /// catching up with other nodes where that is needed.
    async fn begin(&mut self) -> Result<(Tx, i64, u64), SequencerError> {
        if self.tree.is_none() {
            self.rebuild().await?;
        }
        let mut tx = self.db.begin().await?;
        if let Some(head) = tx.lock_head().await?
            && self.tree.as_ref().is_some_and(|tree| tree.edge.size() != head.size)
        {
            self.catch_up(&mut tx, head).await?;
        }
        let Some(tree) = &self.tree else { return Err(SequencerError::Stopped) };
        let at = self.time_after(tree.last_at)?;
        Ok((tx, at, tree.edge.size()))
    }

    /// Now, in microseconds, never before the last entry.
    fn time_after(&self, last: i64) -> Result<i64, SequencerError> {
        let at = (self.now)().as_microsecond();
        if at + CLOCK_TOLERANCE < last {
            return Err(SequencerError::ClockSetBack { last: Timestamp::from_microsecond(last).unwrap_or_default() });
        }
        Ok(at.max(last))
    }

    async fn advance(&mut self, tx: &mut Tx, size: u64, leaves: &[Digest]) -> Result<Appended, SequencerError> {
        let Some(tree) = &self.tree else { return Err(SequencerError::Stopped) };
        let appended = append(&tree.edge, leaves);
        tx.advance_head(Some(size), Head { size: appended.size, root: appended.root }).await?;
        Ok(appended)
    }
}
