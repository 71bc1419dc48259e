//! The ledger's rows: entries in order, the head, and the set-based append shared by all uses pending at a moment.

use sqlx::{QueryBuilder, Row, Sqlite};

use super::{Db, DbError, Tx, digest};
use crate::digest::Digest;

/// The head of the ledger as the database has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Root hash of the tree of that size.
    pub root: Digest,
}

/// A use of a seal that asks to be logged: everything that stands or falls with its entry.
#[derive(Debug, Clone)]
pub struct PendingUse {
    /// The use.
    pub id: String,
    /// The seal whose key will sign.
    pub seal: String,
    /// Since when the seal has the certificate that the attributes name (microseconds).
    pub certified_at: i64,
    /// The letter of authorization it is used under.
    pub letter: String,
    /// The day of the entry, YYYY-MM-DD.
    pub day: String,
    /// Exact bytes of the entry.
    pub entry: Vec<u8>,
    /// Its leaf hash.
    pub leaf: Digest,
    /// DER SET OF signed attributes: the intent.
    pub attributes: Vec<u8>,
    /// Digest of the stamped PDF in the store: the intent.
    pub stamped: Digest,
    /// The use belongs until then to the request that logs it (microseconds).
    pub lease_until: i64,
    /// The decision made in the same act; `None` where all decisions are recorded already.
    pub approval: Option<Approval>,
}

/// A decision on a use.
#[derive(Debug, Clone)]
pub struct Approval {
    /// `chief` or `leader`.
    pub step: &'static str,
    /// `approve` or `refuse`.
    pub decision: &'static str,
    /// Who decided.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
    /// The canonical statement.
    pub statement: Vec<u8>,
    /// Its salt.
    pub salt: [u8; 32],
    /// Why it was refused; empty for an approval.
    pub reasons: String,
}

/// A change of a seal's or a use's state that stands or falls with its entry.
#[derive(Debug, Clone)]
pub enum Change {
    /// A new seal, enabled from this entry on.
    OpenSeal(super::seal::SealRow),
    /// A seal goes from one state to another.
    SealState {
        /// The seal.
        seal: String,
        /// The state it must be in.
        from: &'static str,
        /// The state it gets.
        to: &'static str,
    },
    /// A seal's key gets another certificate.
    SealCertificate {
        /// The seal.
        seal: String,
        /// DER.
        certificate: Vec<u8>,
        /// PEM of the authorities above it.
        chain: String,
    },
    /// A logged use that cannot be finished.
    Void {
        /// The use.
        id: String,
        /// The index of its entry.
        index: u64,
    },
    /// No row beside the entry's own.
    None,
}

/// A statement whose salted digest stands in an entry, kept so that it can be opened to an auditor.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The canonical text.
    pub statement: Vec<u8>,
    /// Its salt.
    pub salt: [u8; 32],
}

/// An entry of another kind than a use, with all that stands or falls with it.
#[derive(Debug)]
pub struct PendingChange {
    /// First word of the entry.
    pub kind: &'static str,
    /// Exact bytes of the entry.
    pub entry: Vec<u8>,
    /// Its leaf hash.
    pub leaf: Digest,
    /// The rows it changes.
    pub change: Change,
    /// What it rests on.
    pub evidence: Option<Evidence>,
}

impl Db {
    /// The leaf hashes from index `from` on, in order.
    pub async fn leaves(&self, from: u64) -> Result<Vec<Digest>, DbError> {
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT idx, leaf FROM ledger_entry WHERE idx >= ? ORDER BY idx")
                .bind(from as i64)
                .fetch_all(self.readers())
                .await?;
        rows.iter().map(|(idx, leaf)| digest("ledger_entry", "leaf", &idx.to_string(), leaf)).collect()
    }

    /// The entries of indexes `from..to`, in order.
    pub async fn entries(&self, from: u64, to: u64) -> Result<Vec<Vec<u8>>, DbError> {
        Ok(sqlx::query_scalar("SELECT entry FROM ledger_entry WHERE idx >= ? AND idx < ? ORDER BY idx")
            .bind(from as i64)
            .bind(to as i64)
            .fetch_all(self.readers())
            .await?)
    }

    /// When the last entry was committed (microseconds).
    pub async fn last_entry_at(&self) -> Result<Option<i64>, DbError> {
        Ok(sqlx::query_scalar("SELECT MAX(at) FROM ledger_entry").fetch_one(self.readers()).await?)
    }

    /// The head as last committed; `None` before the ledger has begun.
    pub async fn head(&self) -> Result<Option<Head>, DbError> {
        head_of(sqlx::query("SELECT size, root FROM ledger_head").fetch_optional(self.readers()).await?)
    }
}

fn head_of(row: Option<sqlx::sqlite::SqliteRow>) -> Result<Option<Head>, DbError> {
    let Some(row) = row else { return Ok(None) };
    let root: Vec<u8> = row.try_get("root")?;
    Ok(Some(Head { size: row.try_get::<i64, _>("size")? as u64, root: digest("ledger_head", "root", "1", &root)? }))
}

impl Tx {
    /// The head, and with it the right to advance it.
    pub async fn lock_head(&mut self) -> Result<Option<Head>, DbError> {
        head_of(sqlx::query("SELECT size, root FROM ledger_head").fetch_optional(&mut *self.0).await?)
    }

    /// Moves the head from the size it had to a larger one.
    pub async fn advance_head(&mut self, from: Option<u64>, to: Head) -> Result<(), DbError> {
        let query = match from {
            None => sqlx::query("INSERT INTO ledger_head (one, size, root) VALUES (1, ?, ?)"),
            Some(_) => sqlx::query("UPDATE ledger_head SET size = ?, root = ? WHERE size = ?"),
        };
        let query = query.bind(to.size as i64).bind(to.root.as_bytes().to_vec());
        let query = match from {
            None => query,
            Some(size) => query.bind(size as i64),
        };
        match query.execute(&mut *self.0).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(DbError::NothingChanged { table: "ledger_head", row: "1".into() }),
        }
    }

    /// Appends the uses that may be logged, in the order given, from index `size` on, and gives for each accepted one its
    /// place in `batch` and its index. A use that is not (or no longer) allowed gives nothing; the others go on.
    pub async fn append_uses(
        &mut self,
        size: u64,
        batch: &[PendingUse],
        at: i64,
    ) -> Result<Vec<(usize, u64)>, DbError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "WITH pending (place, id, seal, certified_at, letter, day, entry, leaf, staff, step) AS (",
        );
        query.push_values(batch.iter().enumerate(), |mut row, (place, pending)| {
            row.push_bind(place as i64)
                .push_bind(&pending.id)
                .push_bind(&pending.seal)
                .push_bind(pending.certified_at)
                .push_bind(&pending.letter)
                .push_bind(&pending.day)
                .push_bind(&pending.entry)
                .push_bind(pending.leaf.as_bytes().to_vec())
                .push_bind(pending.approval.as_ref().map(|approval| &approval.staff))
                .push_bind(pending.approval.as_ref().map(|approval| approval.step));
        });
        query.push(") INSERT INTO ledger_entry (idx, kind, entry, leaf, seal_use, at) SELECT ");
        query.push_bind(size as i64);
        query.push(" + ROW_NUMBER() OVER (ORDER BY p.place) - 1, 'seal-use/v1', p.entry, p.leaf, p.id, ").push_bind(at);
        query.push(
            " FROM pending p
              JOIN seal_use u ON u.id = p.id AND u.state = 'asked'
              JOIN certificate c ON c.id = u.certificate AND c.state = 'submitted'
              JOIN seal s ON s.id = p.seal AND s.state = 'active' AND s.certified_at = p.certified_at AND s.department = u.department AND s.kind = u.kind
              JOIN letter l ON l.id = p.letter AND l.department = u.department AND l.revoked_at IS NULL
                           AND p.day BETWEEN l.first_day AND l.last_day
              WHERE (p.staff IS NULL OR EXISTS (SELECT 1 FROM staff WHERE id = p.staff AND active = 1))
                AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.seal_use = p.id AND a.step = p.step)
              ON CONFLICT DO NOTHING RETURNING idx, seal_use",
        );
        let mut accepted = Vec::new();
        for row in query.build().fetch_all(&mut *self.0).await? {
            let (index, id): (i64, String) = (row.try_get("idx")?, row.try_get("seal_use")?);
            // The statement gives back only ids it was given.
            if let Some(place) = batch.iter().position(|pending| pending.id == id) {
                accepted.push((place, index as u64));
            }
        }
        accepted.sort_by_key(|(_, index)| *index);
        // A row that a constraint dropped would leave a gap: its index was counted already.
        if let Some((_, index)) =
            accepted.iter().zip(size..).find(|((_, index), next)| index != next).map(|(row, _)| row)
        {
            return Err(DbError::Inconsistent { table: "ledger_entry", column: "idx", row: index.to_string() });
        }
        if !accepted.is_empty() {
            self.record_accepted(batch, &accepted).await?;
        }
        Ok(accepted)
    }

    async fn record_accepted(&mut self, batch: &[PendingUse], accepted: &[(usize, u64)]) -> Result<(), DbError> {
        let accepted = || accepted.iter().map(|(place, _)| &batch[*place]);
        let mut query = QueryBuilder::<Sqlite>::new("WITH pending (id, seal, attributes, stamped, lease) AS (");
        query.push_values(accepted(), |mut row, pending| {
            row.push_bind(&pending.id)
                .push_bind(&pending.seal)
                .push_bind(&pending.attributes)
                .push_bind(pending.stamped.as_bytes().to_vec())
                .push_bind(pending.lease_until);
        });
        query.push(
            ") UPDATE seal_use SET state = 'logged', seal = p.seal, attributes = p.attributes, stamped = p.stamped,
               lease_until = p.lease FROM pending p WHERE seal_use.id = p.id",
        );
        query.build().execute(&mut *self.0).await?;
        let decided: Vec<(&str, &Approval)> =
            accepted().filter_map(|pending| Some((pending.id.as_str(), pending.approval.as_ref()?))).collect();
        if !decided.is_empty() {
            insert_approvals(&mut self.0, &decided).await?;
        }
        Ok(())
    }

    /// Appends one entry of another kind with the change that belongs to it.
    pub async fn append_change(&mut self, index: u64, pending: &PendingChange, at: i64) -> Result<(), DbError> {
        let PendingChange { kind, entry, leaf, change, evidence } = pending;
        let voids = if let Change::Void { index, .. } = change { Some(*index as i64) } else { None };
        sqlx::query(
            "INSERT INTO ledger_entry (idx, kind, entry, leaf, voids, statement, salt, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(index as i64)
        .bind(kind)
        .bind(entry)
        .bind(leaf.as_bytes().to_vec())
        .bind(voids)
        .bind(evidence.as_ref().map(|evidence| &evidence.statement))
        .bind(evidence.as_ref().map(|evidence| evidence.salt.to_vec()))
        .bind(at)
        .execute(&mut *self.0)
        .await?;
        match change {
            Change::OpenSeal(seal) => self.insert_seal(seal).await,
            Change::SealState { seal, from, to } => self.change_seal_state(seal, from, to).await,
            Change::SealCertificate { seal, certificate, chain } => {
                self.change_seal_certificate(seal, certificate, chain, at).await
            }
            Change::Void { id, .. } => self.void_use(id).await,
            Change::None => Ok(()),
        }
    }
}

/// Records decisions; a second one for the same step is refused by `one_decision_per_step`.
pub(in crate::db) async fn insert_approvals(
    tx: &mut sqlx::Transaction<'static, Sqlite>,
    decided: &[(&str, &Approval)],
) -> Result<(), DbError> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO approval (seal_use, step, decision, staff, at, statement, salt, reasons) ",
    );
    query.push_values(decided, |mut row, (seal_use, approval)| {
        row.push_bind(*seal_use)
            .push_bind(approval.step)
            .push_bind(approval.decision)
            .push_bind(&approval.staff)
            .push_bind(approval.at)
            .push_bind(&approval.statement)
            .push_bind(approval.salt.to_vec())
            .push_bind(&approval.reasons);
    });
    query.build().execute(&mut **tx).await?;
    Ok(())
}
