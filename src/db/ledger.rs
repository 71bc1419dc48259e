//! The ledger's rows: entries in order, the head, and the set-based append shared by all uses pending at a moment.

use super::passkey::ApprovalEvidence;
use super::record::RowWrite;
use super::sql::{Column, On, sql};
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
    /// `review`, `second-review`, `chief` or `leader`.
    pub step: &'static str,
    /// `approve` or `refuse`.
    pub decision: &'static str,
    /// Who decided.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
    /// The day of that, YYYY-MM-DD.
    pub day: String,
    /// The canonical statement.
    pub statement: Vec<u8>,
    /// Its salt.
    pub salt: [u8; 32],
    /// Why it was refused; empty for an approval.
    pub reasons: String,
    /// Digest of the record of the meeting that decided.
    pub meeting: Option<Vec<u8>>,
    /// What confirmed it, where that is more than the session.
    pub evidence: Option<ApprovalEvidence>,
}

/// What stands or falls with an entry that is no use of a seal.
#[derive(Debug, Clone)]
pub enum Change {
    /// Rows that the entry's statement tells of.
    Rows(Vec<RowWrite>),
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

/// An entry of another kind than a use.
#[derive(Debug)]
pub struct PendingEntry {
    /// First word of the entry.
    pub kind: &'static str,
    /// Exact bytes of the entry.
    pub entry: Vec<u8>,
    /// Its leaf hash.
    pub leaf: Digest,
    /// What it rests on.
    pub evidence: Option<Evidence>,
}

/// Entries that stand or fall together, with what they change.
#[derive(Debug)]
pub struct PendingChange {
    /// In the order in which they are appended.
    pub entries: Vec<PendingEntry>,
    /// The rows.
    pub change: Change,
}

impl Db {
    /// The entries of indexes `from..to`, in order.
    pub async fn entries(&self, from: u64, to: u64) -> Result<Vec<Vec<u8>>, DbError> {
        entries(self.readers(), from, to).await
    }

    /// The head as last committed; `None` before the ledger has begun.
    pub async fn head(&self) -> Result<Option<Head>, DbError> {
        head_of(sql("SELECT size, root FROM ledger_head").optional(self.readers()).await?)
    }
}

type HeadRow = (i64, Vec<u8>);

fn head_of(row: Option<HeadRow>) -> Result<Option<Head>, DbError> {
    let Some((size, root)) = row else { return Ok(None) };
    Ok(Some(Head { size: size as u64, root: digest("ledger_head", "root", "1", &root)? }))
}

async fn entries(on: On<'_>, from: u64, to: u64) -> Result<Vec<Vec<u8>>, DbError> {
    sql("SELECT entry FROM ledger_entry WHERE idx >= ? AND idx < ? ORDER BY idx")
        .bind(from as i64)
        .bind(to as i64)
        .values(on)
        .await
}

/// What is read while the head is locked is read in the same transaction: those that wait for the lock may hold every other
/// connection there is.
impl Tx {
    /// The leaf hashes from index `from` on, in order.
    pub async fn leaves(&mut self, from: u64) -> Result<Vec<Digest>, DbError> {
        let rows: Vec<(i64, Vec<u8>)> =
            sql("SELECT idx, leaf FROM ledger_entry WHERE idx >= ? ORDER BY idx").bind(from as i64).all(self).await?;
        rows.iter().map(|(idx, leaf)| digest("ledger_entry", "leaf", &idx.to_string(), leaf)).collect()
    }

    /// The entries of indexes `from..to`, in order.
    pub async fn entries(&mut self, from: u64, to: u64) -> Result<Vec<Vec<u8>>, DbError> {
        entries(self.into(), from, to).await
    }

    /// When the last entry was committed (microseconds).
    pub async fn last_entry_at(&mut self) -> Result<Option<i64>, DbError> {
        sql("SELECT MAX(at) FROM ledger_entry").the_value(self).await
    }

    /// The head, and with it the right to advance it and to decide what may be logged.
    pub async fn lock_head(&mut self) -> Result<Option<Head>, DbError> {
        // SQLite's transaction has the lock already.
        let locked = match self {
            Self::Sqlite(_) => "SELECT size, root FROM ledger_head",
            Self::Postgres(_) => "SELECT size, root FROM ledger_head FOR UPDATE",
        };
        head_of(sql(locked).optional(self).await?)
    }

    /// Moves the head from the size it had to a larger one.
    pub async fn advance_head(&mut self, from: Option<u64>, to: Head) -> Result<(), DbError> {
        let (size, root) = (to.size as i64, to.root.as_bytes().as_slice());
        let changed = match from {
            None => sql("INSERT INTO ledger_head (one, size, root) VALUES (1, ?, ?)").bind(size).bind(root),
            Some(from) => {
                let update = sql("UPDATE ledger_head SET size = ?, root = ? WHERE size = ?");
                update.bind(size).bind(root).bind(from as i64)
            }
        };
        match changed.execute(self).await? {
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
        let of = |text: fn(&PendingUse) -> &String| Column::Text(batch.iter().map(|p| Some(text(p).clone())).collect());
        let by = |text: fn(&Approval) -> String| {
            Column::Text(batch.iter().map(|pending| pending.approval.as_ref().map(text)).collect())
        };
        let columns = vec![
            Column::Int((0..).take(batch.len()).collect()),
            of(|pending| &pending.id),
            of(|pending| &pending.seal),
            Column::Int(batch.iter().map(|pending| pending.certified_at).collect()),
            of(|pending| &pending.letter),
            of(|pending| &pending.day),
            Column::Bytes(batch.iter().map(|pending| pending.entry.clone()).collect()),
            Column::Bytes(batch.iter().map(|pending| pending.leaf.as_bytes().to_vec()).collect()),
            by(|approval| approval.staff.clone()),
            by(|approval| approval.step.to_owned()),
        ];
        let rows: Vec<(i64, String)> =
            sql("WITH pending (place, id, seal, certified_at, letter, day, entry, leaf, staff, step) AS (")
                .rows(
                    columns,
                    ") INSERT INTO ledger_entry (idx, kind, entry, leaf, seal_use, at)
              SELECT ? + ROW_NUMBER() OVER (ORDER BY p.place) - 1, 'seal-use/v1', p.entry, p.leaf, p.id, ?
              FROM pending p
              JOIN seal_use u ON u.id = p.id AND u.state = 'asked'
              JOIN certificate c ON c.id = u.certificate AND c.state = 'submitted'
              JOIN matter m ON m.id = c.matter
                           AND (m.fee IS NULL OR EXISTS (SELECT 1 FROM payment WHERE payment.matter = m.id))
              JOIN seal s ON s.id = p.seal AND s.state = 'active' AND s.certified_at = p.certified_at
                         AND s.department = u.department AND s.kind = u.kind
              JOIN letter l ON l.id = p.letter AND l.department = u.department AND l.state = 'filed'
                           AND p.day BETWEEN l.first_day AND l.last_day
              WHERE (p.staff IS NULL OR EXISTS (SELECT 1 FROM staff d WHERE d.id = p.staff AND d.state = 'active' AND d.id <> c.asked_by
                     AND p.day BETWEEN d.permit_from AND d.permit_to AND (NOT d.deputy OR EXISTS (SELECT 1 FROM rota r
                     WHERE r.deputy = d.id AND r.withdrawn_at IS NULL AND p.day BETWEEN r.first_day AND r.last_day))))
                AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.seal_use = p.id AND (a.step = p.step OR a.staff = p.staff))
                AND NOT EXISTS (SELECT 1 FROM certificate o WHERE o.id IN (c.replaces, c.copy_of) AND o.state <> 'sealed')
                AND NOT EXISTS (SELECT 1 FROM letter w WHERE w.id = c.letter AND w.state <> 'approved')
              ON CONFLICT DO NOTHING RETURNING idx, seal_use",
                )
                .bind(size as i64)
                .bind(at)
                .all(&mut *self)
                .await?;
        let mut accepted = Vec::new();
        for (index, id) in rows {
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
        let accepted: Vec<&PendingUse> = accepted.iter().map(|(place, _)| &batch[*place]).collect();
        let of =
            |text: fn(&PendingUse) -> &String| Column::Text(accepted.iter().map(|p| Some(text(p).clone())).collect());
        let columns = vec![
            of(|pending| &pending.id),
            of(|pending| &pending.seal),
            Column::Bytes(accepted.iter().map(|pending| pending.attributes.clone()).collect()),
            Column::Bytes(accepted.iter().map(|pending| pending.stamped.as_bytes().to_vec()).collect()),
            Column::Int(accepted.iter().map(|pending| pending.lease_until).collect()),
        ];
        sql("WITH pending (id, seal, attributes, stamped, lease) AS (")
            .rows(
                columns,
                ") UPDATE seal_use SET state = 'logged', seal = p.seal, attributes = p.attributes, stamped = p.stamped,
                 lease_until = p.lease FROM pending p WHERE seal_use.id = p.id",
            )
            .execute(&mut *self)
            .await?;
        let decided: Vec<(&str, &Approval)> =
            accepted.iter().filter_map(|pending| Some((pending.id.as_str(), pending.approval.as_ref()?))).collect();
        if !decided.is_empty() {
            insert_approvals(self, &decided).await?;
        }
        Ok(())
    }

    /// Appends entries of other kinds, from index `size` on, with the change that belongs to them. What a rule of the rows
    /// refuses leaves nothing behind, and the transaction goes on.
    pub async fn append_change(&mut self, size: u64, pending: &PendingChange, at: i64) -> Result<(), DbError> {
        sql("SAVEPOINT change").execute(&mut *self).await?;
        let done = self.append_entries(size, pending, at).await;
        if done.is_err() {
            sql("ROLLBACK TO SAVEPOINT change").execute(&mut *self).await?;
        }
        sql("RELEASE SAVEPOINT change").execute(&mut *self).await?;
        done
    }

    async fn append_entries(&mut self, size: u64, pending: &PendingChange, at: i64) -> Result<(), DbError> {
        let voids = if let Change::Void { index, .. } = pending.change { Some(index as i64) } else { None };
        for (index, PendingEntry { kind, entry, leaf, evidence }) in (size..).zip(&pending.entries) {
            sql("INSERT INTO ledger_entry (idx, kind, entry, leaf, voids, statement, salt, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(index as i64)
                .bind(*kind)
                .bind(entry)
                .bind(leaf.as_bytes().as_slice())
                .bind(voids)
                .bind(evidence.as_ref().map(|evidence| &evidence.statement))
                .bind(evidence.as_ref().map(|evidence| evidence.salt.as_slice()))
                .bind(at)
                .execute(&mut *self)
                .await?;
        }
        match &pending.change {
            Change::Rows(rows) => {
                for row in rows {
                    self.write_row(row).await?;
                }
                Ok(())
            }
            Change::Void { id, .. } => self.void_use(id).await,
            Change::None => Ok(()),
        }
    }
}

/// Records decisions; a second one for the same step is refused by `one_decision_per_step`, one by whoever asked by
/// `nobody_approves_an_own_request`: who asked is read from the certificate's row.
pub(in crate::db) async fn insert_approvals(tx: &mut Tx, decided: &[(&str, &Approval)]) -> Result<(), DbError> {
    let texts = |text: fn(&Approval) -> &str| {
        Column::Text(decided.iter().map(|(_, approval)| Some(text(approval).to_owned())).collect())
    };
    let columns = vec![
        Column::Text(decided.iter().map(|(seal_use, _)| Some((*seal_use).to_owned())).collect()),
        texts(|approval| approval.step),
        texts(|approval| approval.decision),
        texts(|approval| &approval.staff),
        Column::Int(decided.iter().map(|(_, approval)| approval.at).collect()),
        Column::Bytes(decided.iter().map(|(_, approval)| approval.statement.clone()).collect()),
        Column::Bytes(decided.iter().map(|(_, approval)| approval.salt.to_vec()).collect()),
        texts(|approval| &approval.reasons),
        Column::MaybeBytes(decided.iter().map(|(_, approval)| approval.meeting.clone()).collect()),
    ];
    sql("WITH decided (seal_use, step, decision, staff, at, statement, salt, reasons, meeting) AS (")
        .rows(
            columns,
            ") INSERT INTO approval (seal_use, step, decision, staff, at, statement, salt, reasons, asked_by, meeting)
             SELECT d.seal_use, d.step, d.decision, d.staff, d.at, d.statement, d.salt, d.reasons, c.asked_by, d.meeting
             FROM decided d JOIN seal_use u ON u.id = d.seal_use JOIN certificate c ON c.id = u.certificate",
        )
        .execute(&mut *tx)
        .await?;
    for (seal_use, approval) in decided {
        if let Some(evidence) = &approval.evidence {
            tx.insert_evidence(seal_use, approval.step, evidence).await?;
        }
    }
    Ok(())
}
