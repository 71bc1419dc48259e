//! What this hall has cosigned as a witness for other logs: one row a log.

use sqlx::FromRow;

use super::sql::sql;
use super::{Db, DbError, Tx};

/// The checkpoint of a log that was cosigned last.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct WitnessedRow {
    /// The log's origin.
    pub origin: String,
    /// Entries of its tree.
    pub size: i64,
    /// Its root, 32 bytes.
    pub root: Vec<u8>,
    /// The checkpoint with the log's signatures and our cosignature.
    pub note: Vec<u8>,
    /// When it was cosigned (microseconds).
    pub at: i64,
}

impl Db {
    /// What was cosigned last of a log.
    pub async fn witnessed(&self, origin: &str) -> Result<Option<WitnessedRow>, DbError> {
        sql("SELECT origin, size, root, note, at FROM witnessed WHERE origin = ?")
            .bind(origin)
            .optional(self.readers())
            .await
    }

    /// What was cosigned last of every log.
    pub async fn all_witnessed(&self) -> Result<Vec<WitnessedRow>, DbError> {
        sql("SELECT origin, size, root, note, at FROM witnessed ORDER BY origin").all(self.readers()).await
    }
}

impl Tx {
    /// What was cosigned last of a log, and with it the right to go on from there.
    pub async fn lock_witnessed(&mut self, origin: &str) -> Result<Option<WitnessedRow>, DbError> {
        // SQLite's transaction has the lock already.
        let locked = match self {
            Self::Sqlite(_) => "SELECT origin, size, root, note, at FROM witnessed WHERE origin = ?",
            Self::Postgres(_) => "SELECT origin, size, root, note, at FROM witnessed WHERE origin = ? FOR UPDATE",
        };
        sql(locked).bind(origin).optional(self).await
    }

    /// Goes on from what was cosigned last (`None`: nothing); false if that is no longer so.
    pub async fn record_witnessed(&mut self, from: Option<&WitnessedRow>, to: &WitnessedRow) -> Result<bool, DbError> {
        let changed = match from {
            None => sql(
                "INSERT INTO witnessed (origin, size, root, note, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            )
            .bind(&to.origin)
            .bind(to.size)
            .bind(&to.root)
            .bind(&to.note)
            .bind(to.at),
            Some(from) => sql(
                "UPDATE witnessed SET size = ?, root = ?, note = ?, at = ? WHERE origin = ? AND size = ? AND root = ?",
            )
            .bind(to.size)
            .bind(&to.root)
            .bind(&to.note)
            .bind(to.at)
            .bind(&to.origin)
            .bind(from.size)
            .bind(&from.root),
        };
        Ok(changed.execute(self).await? == 1)
    }
}
