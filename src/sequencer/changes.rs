//! Entries of other kinds than uses: what people decided, with the rows it changes.

use std::sync::Arc;

use crate::db::DbError;
use crate::db::ledger::PendingChange;

use super::{Reply, SequencerError, Writer};

impl Writer {
    /// Logs changes and answers everybody who asked; whoever asked may have gone, the entries stand.
    pub(super) async fn log_changes(&mut self, changes: Vec<(PendingChange, Reply<u64>)>) {
        let (pending, replies): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
        match self.append_changes(pending).await {
            Ok(done) => {
                for (done, reply) in done.into_iter().zip(replies) {
                    let _ = reply.send(done.map_err(SequencerError::Db));
                }
            }
            Err(error) => {
                self.tree = None; // whatever was committed, the next act goes on from the rows
                let error = Arc::new(error);
                tracing::error!(%error, "the ledger could not be written");
                for reply in replies {
                    let _ = reply.send(Err(SequencerError::Batch(error.clone())));
                }
            }
        }
    }

    /// In one transaction; what a rule of the rows refuses is refused alone.
    async fn append_changes(
        &mut self,
        changes: Vec<PendingChange>,
    ) -> Result<Vec<Result<u64, DbError>>, SequencerError> {
        let (mut tx, at, first) = self.begin().await?;
        let (mut done, mut entries, mut leaves) = (Vec::new(), Vec::new(), Vec::new());
        for pending in changes {
            let index = first + leaves.len() as u64;
            match tx.append_change(index, &pending, at).await {
                Ok(()) => {
                    done.push(Ok(index));
                    leaves.extend(pending.entries.iter().map(|entry| entry.leaf));
                    entries.extend(pending.entries.into_iter().map(|entry| entry.entry));
                }
                Err(refused @ (DbError::Constraint(_) | DbError::NothingChanged { .. })) => done.push(Err(refused)),
                Err(error) => return Err(error.into()),
            }
        }
        if !leaves.is_empty() {
            let appended = self.advance(&mut tx, first, &leaves).await?;
            tx.commit().await?;
            match self.publish(&appended, entries, at).await {
                // They are in force; that outsiders see them waits for the witnesses.
                Ok(_) | Err(SequencerError::Unwitnessed { .. }) => {}
                Err(error) => return Err(error), // the entries stand; the next act publishes them
            }
        }
        Ok(done)
    }
}
