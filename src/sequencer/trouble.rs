//! Why the ledger could not be written.

use std::sync::Arc;

use jiff::Timestamp;

use crate::db::DbError;
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::proof::ProofError;
use crate::ledger::tile::TileError;
use crate::store::StoreError;
use crate::vault::VaultError;

/// Why the ledger could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SequencerError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A file could not be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log key could not sign.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A tile or bundle is malformed.
    #[error("a published tile is malformed: {0}")]
    Tile(TileError),
    /// The published checkpoint cannot be read.
    #[error("the published checkpoint cannot be read: {0}")]
    PublishedCheckpoint(CheckpointError),
    /// A tile that must have been published is missing.
    #[error("a tile that must have been published is missing")]
    Unpublished,
    /// The proof just made does not verify.
    #[error("the ledger's own proof does not verify: {0}")]
    Proof(#[from] ProofError),
    /// Rows and head do not agree.
    #[error("the ledger's rows do not give the root that the head names: the database was altered")]
    Altered,
    /// What is published is ahead of the database.
    #[error(
        "the published checkpoint has {published} entries, the database {database}: the database is an older copy; \
         restore the newest one, or ask the auditor before going on"
    )]
    OldDatabase {
        /// Entries in the published checkpoint.
        published: u64,
        /// Entries in the database.
        database: u64,
    },
    /// What is published is another history.
    #[error("the published checkpoint does not belong to this database: the histories differ")]
    Fork,
    /// The clock is behind the last entry.
    #[error("the clock stands before the last ledger entry ({last}): set it right, then start again")]
    ClockSetBack {
        /// Time of the last entry.
        last: Timestamp,
    },
    /// Another request's batch met this failure.
    #[error("{0}")]
    Batch(Arc<SequencerError>),
    /// The sequencer has stopped.
    #[error("the service is shutting down")]
    Stopped,
}
