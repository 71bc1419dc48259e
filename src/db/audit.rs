//! What an audit reads: rows in order, as they are, through connections that cannot write.

use sqlx::FromRow;

use crate::digest::Digest;

use super::certificate::CertificateRow;
use super::sql::sql;
use super::{Db, DbError};

/// An entry of the ledger as kept.
#[derive(Debug, Clone, FromRow)]
pub struct EntryRow {
    /// Leaf index.
    pub idx: i64,
    /// First word of the entry.
    pub kind: String,
    /// Exact bytes.
    pub entry: Vec<u8>,
    /// Leaf hash.
    pub leaf: Vec<u8>,
    /// Of a seal-use entry: the use.
    pub seal_use: Option<String>,
    /// Of a seal-void entry: the index voided.
    pub voids: Option<i64>,
    /// Of a change of a seal: the statement whose salted digest stands in the entry.
    pub statement: Option<Vec<u8>>,
    /// Its salt.
    pub salt: Option<Vec<u8>>,
    /// When it was committed (microseconds).
    pub at: i64,
}

/// A statement whose salted digest stands in an entry.
#[derive(Debug, Clone, FromRow)]
pub struct OpenedRow {
    /// The entry.
    pub idx: i64,
    /// What was said.
    pub statement: Vec<u8>,
    /// Its salt.
    pub salt: Vec<u8>,
}

impl Db {
    /// Every statement that the entries of indexes `from..to` rest on: requests and approvals of uses, decisions on seals.
    pub async fn opened(&self, from: u64, to: u64) -> Result<Vec<OpenedRow>, DbError> {
        let mut opened = sql("SELECT e.idx, u.request AS statement, u.request_salt AS salt
             FROM ledger_entry e JOIN seal_use u ON u.id = e.seal_use WHERE e.idx >= ? AND e.idx < ?
             UNION ALL SELECT e.idx, a.statement, a.salt
             FROM ledger_entry e JOIN approval a ON a.seal_use = e.seal_use AND a.decision = 'approve'
             WHERE e.idx >= ? AND e.idx < ?
             UNION ALL SELECT e.idx, e.statement, e.salt
             FROM ledger_entry e WHERE e.statement IS NOT NULL AND e.idx >= ? AND e.idx < ?");
        for _ in 0..3 {
            opened = opened.bind(from as i64).bind(to as i64);
        }
        let mut rows: Vec<OpenedRow> = opened.all(self.readers()).await?;
        rows.sort_by(|a, b| (a.idx, &a.salt).cmp(&(b.idx, &b.salt)));
        Ok(rows)
    }

    /// The rows of entries of indexes `from..to`, in order.
    pub async fn entry_rows(&self, from: u64, to: u64) -> Result<Vec<EntryRow>, DbError> {
        sql("SELECT idx, kind, entry, leaf, seal_use, voids, statement, salt, at FROM ledger_entry
             WHERE idx >= ? AND idx < ? ORDER BY idx")
        .bind(from as i64)
        .bind(to as i64)
        .all(self.readers())
        .await
    }

    /// One more than the highest index there is a row of.
    pub async fn entries_end(&self) -> Result<u64, DbError> {
        let last: Option<i64> = sql("SELECT MAX(idx) FROM ledger_entry").the_value(self.readers()).await?;
        Ok(last.map_or(0, |last| last as u64 + 1))
    }

    /// The papers that rows name, each with the row: letters as composed, their scans, records of meetings.
    pub async fn papers(&self) -> Result<Vec<(String, Vec<u8>)>, DbError> {
        sql("SELECT 'letter ' || id, document FROM letter
             UNION ALL SELECT 'letter ' || id, scan FROM letter WHERE scan IS NOT NULL
             UNION ALL SELECT 'letter ' || id, sealed FROM letter WHERE sealed IS NOT NULL
             UNION ALL SELECT 'approval ' || seal_use || ' ' || step, meeting FROM approval WHERE meeting IS NOT NULL")
        .all(self.readers())
        .await
    }

    /// How many certificates there are.
    pub async fn certificate_count(&self) -> Result<u64, DbError> {
        let count: i64 = sql("SELECT COUNT(*) FROM certificate").the_value(self.readers()).await?;
        Ok(count as u64)
    }

    /// Whether a document of this digest was sealed and released.
    pub async fn is_released(&self, sealed: &Digest) -> Result<bool, DbError> {
        let count: i64 = sql("SELECT COUNT(*) FROM certificate WHERE sealed = ?")
            .bind(sealed.as_bytes().as_slice())
            .the_value(self.readers())
            .await?;
        Ok(count > 0)
    }

    /// The next certificates after an identifier, in order.
    pub async fn certificates_after(&self, id: &str, limit: u32) -> Result<Vec<CertificateRow>, DbError> {
        sql("SELECT * FROM certificate WHERE id > ? ORDER BY id LIMIT ?").bind(id).bind(limit).all(self.readers()).await
    }
}
