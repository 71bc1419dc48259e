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
        "the published checkpoint has {published} entries, the database {database}: the database is an older copy, and what \
         it would log next has numbers that are public already; restore the newest one. If it is lost for good, ask the auditor \
         before going on: this ledger ends at its last checkpoint, and a new one with a new key has to be begun"
    )]
    OldDatabase {
        /// Entries in the published checkpoint.
        published: u64,
        /// Entries in the database.
        database: u64,
    },
    /// A witness has cosigned more of this ledger than the database holds.
    #[error(
        "the witness {witness} has cosigned {size} entries of this ledger, the database holds {database}: the database is an \
         older copy; restore the newest one, or ask the auditor before going on. If it is the witness that is wrong, take it \
         out of keys/trust/policy.txt"
    )]
    WitnessAhead {
        /// Which.
        witness: String,
        /// Entries it has cosigned.
        size: u64,
        /// Entries in the database.
        database: u64,
    },
    /// A witness has cosigned another history.
    #[error(
        "the witness {witness} has cosigned another history of this ledger: the database is an older copy that was gone on \
         with, or was altered; restore the newest one and ask the auditor. If it is the witness that is wrong, take it out of \
         keys/trust/policy.txt"
    )]
    WitnessFork {
        /// Which.
        witness: String,
    },
    /// Too few witnesses have cosigned.
    #[error(
        "{present} witnesses have cosigned the checkpoint of {size} entries, fewer than the policy asks for: no seal is used \
         until they do"
    )]
    Unwitnessed {
        /// Entries of the checkpoint.
        size: u64,
        /// Witnesses that had cosigned before they were asked.
        present: usize,
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

impl SequencerError {
    /// Whether nothing is wrong here: the entries are committed or none were, and the witnesses have to answer.
    pub fn is_waiting(&self) -> bool {
        match self {
            Self::Unwitnessed { .. } => true,
            Self::Batch(cause) => cause.is_waiting(),
            _ => false,
        }
    }
}
