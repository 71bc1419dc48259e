//! Uses of seals and the decisions on them.

use sqlx::FromRow;

use super::ledger::{Approval, insert_approvals};
use super::sql::sql;
use super::{Db, DbError, Tx, digest};
use crate::digest::Digest;

/// A use of a seal as kept.
#[derive(Debug, Clone, FromRow)]
pub struct SealUseRow {
    /// Identifier.
    pub id: String,
    /// The certificate.
    pub certificate: String,
    /// Order of the seals on the document.
    pub position: i64,
    /// Whose seal.
    pub department: String,
    /// Kind of seal.
    pub kind: String,
    /// Code of the item under which the seal is used.
    pub item: String,
    /// The request's canonical statement.
    pub request: Vec<u8>,
    /// Its salt.
    pub request_salt: Vec<u8>,
    /// `asked`, `refused`, `logged`, `sealed`, `voided`.
    pub state: String,
    /// The seal, once logged.
    pub seal: Option<String>,
    /// Signed attributes, once logged.
    pub attributes: Option<Vec<u8>>,
    /// Digest of the stamped PDF, once logged.
    pub stamped: Option<Vec<u8>>,
    /// Digest of this seal's signed revision, once made.
    pub signed: Option<Vec<u8>>,
    /// The use belongs until then to the request that logged it.
    pub lease_until: Option<i64>,
    /// Index of its ledger entry, once logged.
    pub idx: Option<i64>,
}

impl SealUseRow {
    /// Digest of the stamped PDF.
    pub fn stamped_digest(&self) -> Result<Option<Digest>, DbError> {
        self.stamped.as_deref().map(|bytes| digest("seal_use", "stamped", &self.id, bytes)).transpose()
    }

    /// Digest of the signed revision.
    pub fn signed_digest(&self) -> Result<Option<Digest>, DbError> {
        self.signed.as_deref().map(|bytes| digest("seal_use", "signed", &self.id, bytes)).transpose()
    }
}

/// A decision as kept.
#[derive(Debug, Clone, FromRow)]
pub struct ApprovalRow {
    /// The use decided on.
    pub seal_use: String,
    /// `review`, `second-review`, `chief` or `leader`.
    pub step: String,
    /// `approve` or `refuse`.
    pub decision: String,
    /// Who decided.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
    /// The canonical statement.
    pub statement: Vec<u8>,
    /// Its salt.
    pub salt: Vec<u8>,
    /// Why it was refused.
    pub reasons: String,
    /// Who asked for the use.
    pub asked_by: String,
    /// Digest of the record of the meeting that decided.
    pub meeting: Option<Vec<u8>>,
}

/// A line of the auditor's list.
#[derive(Debug, Clone, FromRow)]
pub struct UseLine {
    /// Ledger index.
    pub idx: i64,
    /// The use.
    pub id: String,
    /// The certificate.
    pub certificate: String,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Number of the case.
    pub case_no: String,
    /// Department key.
    pub department: String,
    /// Kind of seal.
    pub kind: String,
    /// State of the use.
    pub state: String,
    /// When it was logged (microseconds).
    pub at: i64,
}

impl Db {
    /// The uses of a certificate, in order.
    pub async fn uses_of(&self, certificate: &str) -> Result<Vec<SealUseRow>, DbError> {
        sql("SELECT u.*, e.idx FROM seal_use u LEFT JOIN ledger_entry e ON e.seal_use = u.id
             WHERE u.certificate = ? ORDER BY u.position")
        .bind(certificate)
        .all(self.readers())
        .await
    }

    /// The uses of all documents of a case, in the order of sealing.
    pub async fn uses_of_case(&self, matter: &str) -> Result<Vec<SealUseRow>, DbError> {
        sql("SELECT u.*, e.idx FROM seal_use u JOIN certificate c ON c.id = u.certificate
             LEFT JOIN ledger_entry e ON e.seal_use = u.id WHERE c.matter = ? ORDER BY c.position, u.position")
        .bind(matter)
        .all(self.readers())
        .await
    }

    /// The decisions on a use, in order.
    pub async fn approvals_of(&self, seal_use: &str) -> Result<Vec<ApprovalRow>, DbError> {
        sql("SELECT * FROM approval WHERE seal_use = ? ORDER BY at, step").bind(seal_use).all(self.readers()).await
    }

    /// The certificates that wait for somebody's decision on a seal of `department`.
    pub async fn waiting(&self, department: &str) -> Result<Vec<(String, String)>, DbError> {
        sql("SELECT c.id, u.id FROM seal_use u JOIN certificate c ON c.id = u.certificate
             WHERE u.department = ? AND u.state = 'asked' AND c.state = 'submitted' ORDER BY c.id")
        .bind(department)
        .all(self.readers())
        .await
    }

    /// Records a decision that is not the last one needed.
    pub async fn record_approval(&self, seal_use: &str, approval: &Approval) -> Result<(), DbError> {
        let mut tx = self.decide().await?;
        tx.require_on_duty(approval).await?;
        insert_approvals(&mut tx, &[(seal_use, approval)]).await?;
        tx.commit().await
    }

    /// Records a refusal: the whole case ends, since its documents are sealed all or not at all.
    pub async fn record_refusal(&self, seal_use: &str, refusal: &Approval) -> Result<(), DbError> {
        let mut tx = self.decide().await?;
        tx.require_on_duty(refusal).await?;
        insert_approvals(&mut tx, &[(seal_use, refusal)]).await?;
        let ended = sql(
            "UPDATE certificate SET state = 'refused' WHERE state = 'submitted' AND matter =
             (SELECT c.matter FROM certificate c JOIN seal_use u ON u.certificate = c.id WHERE u.id = ? AND u.state = 'asked')
             AND NOT EXISTS (SELECT 1 FROM seal_use l JOIN certificate d ON d.id = l.certificate
                             WHERE d.matter = certificate.matter AND l.state = 'logged')",
        )
        .bind(seal_use)
        .execute(&mut tx)
        .await?;
        if ended == 0 {
            return Err(DbError::NothingChanged { table: "certificate", row: seal_use.to_owned() });
        }
        sql("UPDATE seal_use SET state = 'refused' WHERE state = 'asked'
             AND certificate IN (SELECT id FROM certificate WHERE state = 'refused')")
        .execute(&mut tx)
        .await?;
        tx.commit().await
    }

    /// Keeps the digest of a seal's signed revision and gives the one that stands: the first, whoever made it.
    pub async fn record_signed(&self, seal_use: &str, signed: &Digest) -> Result<Digest, DbError> {
        let stands: Vec<u8> = sql("UPDATE seal_use SET signed = COALESCE(signed, ?) WHERE id = ? RETURNING signed")
            .bind(signed.as_bytes().as_slice())
            .bind(seal_use)
            .the_value(self.writer())
            .await?;
        digest("seal_use", "signed", seal_use, &stands)
    }

    /// Cases whose every use has an approval made before `at` while none is in the ledger: the request that should have
    /// sealed them is gone, if all the approvals needed are there. Not those that a rule refused to seal.
    pub async fn approved_before(&self, at: i64) -> Result<Vec<String>, DbError> {
        sql("SELECT DISTINCT c.matter FROM certificate c JOIN matter m ON m.id = c.matter
             WHERE c.state = 'submitted' AND m.held_at IS NULL AND NOT EXISTS
             (SELECT 1 FROM certificate d JOIN seal_use u ON u.certificate = d.id WHERE d.matter = c.matter
              AND (u.state <> 'asked' OR NOT EXISTS
                   (SELECT 1 FROM approval a WHERE a.seal_use = u.id AND a.decision = 'approve' AND a.at <= ?)))")
        .bind(at)
        .values(self.readers())
        .await
    }

    /// Takes over the cases of logged uses whose lease has run out, until `lease_until`; gives the cases.
    pub async fn take_over_unfinished(&self, now: i64, lease_until: i64) -> Result<Vec<String>, DbError> {
        let mut tx = self.decide().await?;
        let matters: Vec<String> =
            sql("SELECT DISTINCT c.matter FROM seal_use u JOIN certificate c ON c.id = u.certificate
             WHERE u.state = 'logged' AND (u.lease_until IS NULL OR u.lease_until <= ?)")
            .bind(now)
            .values(&mut tx)
            .await?;
        sql("UPDATE seal_use SET lease_until = ? WHERE state = 'logged' AND (lease_until IS NULL OR lease_until <= ?)")
            .bind(lease_until)
            .bind(now)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(matters)
    }

    /// Gives up a case's logged uses before their lease runs out: whoever resumes may go on with them.
    pub async fn release_unfinished(&self, matter: &str, at: i64) -> Result<(), DbError> {
        sql("UPDATE seal_use SET lease_until = ? WHERE state = 'logged'
             AND certificate IN (SELECT id FROM certificate WHERE matter = ?)")
        .bind(at)
        .bind(matter)
        .execute(self.writer())
        .await?;
        Ok(())
    }

    /// The auditor's list: uses in the ledger, newest first, below index `before`.
    pub async fn use_lines(&self, before: i64, department: Option<&str>, limit: u32) -> Result<Vec<UseLine>, DbError> {
        sql("SELECT e.idx, u.id, c.id AS certificate, c.number, c.name, m.case_no, u.department, u.kind, u.state, e.at
             FROM ledger_entry e JOIN seal_use u ON u.id = e.seal_use JOIN certificate c ON c.id = u.certificate
             JOIN matter m ON m.id = c.matter
             WHERE e.idx < ? AND (? IS NULL OR u.department = ?) ORDER BY e.idx DESC LIMIT ?")
        .bind(before)
        .bind(department)
        .bind(department)
        .bind(limit)
        .all(self.readers())
        .await
    }

    /// The cases with a use that is logged and not finished under a seal.
    pub async fn cases_in_flight(&self, seal: &str) -> Result<Vec<String>, DbError> {
        sql("SELECT DISTINCT c.matter FROM seal_use u JOIN certificate c ON c.id = u.certificate
             WHERE u.seal = ? AND u.state = 'logged'")
        .bind(seal)
        .values(self.readers())
        .await
    }

    /// Every object that a row names.
    pub async fn named_objects(&self) -> Result<Vec<Vec<u8>>, DbError> {
        sql("SELECT unsealed FROM certificate UNION SELECT sealed FROM certificate WHERE sealed IS NOT NULL
             UNION SELECT stamped FROM seal_use WHERE stamped IS NOT NULL
             UNION SELECT signed FROM seal_use WHERE signed IS NOT NULL UNION SELECT document FROM letter
             UNION SELECT filing_document FROM seal WHERE filing_document IS NOT NULL
             UNION SELECT document FROM seal_step WHERE document IS NOT NULL
             UNION SELECT scan FROM letter WHERE scan IS NOT NULL
             UNION SELECT sealed FROM letter WHERE sealed IS NOT NULL
             UNION SELECT meeting FROM approval WHERE meeting IS NOT NULL
             UNION SELECT document FROM monthly_report")
        .values(self.readers())
        .await
    }
}

impl Tx {
    /// Whoever decides is registered at that very moment, and as deputy on the rota that day: what was asked before the
    /// transaction is asked again in it.
    async fn require_on_duty(&mut self, approval: &Approval) -> Result<(), DbError> {
        let on_duty: i64 = sql("SELECT COUNT(*) FROM staff d WHERE d.id = ? AND d.state = 'active'
             AND ? BETWEEN d.permit_from AND d.permit_to AND (NOT d.deputy OR EXISTS (SELECT 1 FROM rota r
             WHERE r.deputy = d.id AND r.withdrawn_at IS NULL AND ? BETWEEN r.first_day AND r.last_day))")
        .bind(&approval.staff)
        .bind(&approval.day)
        .bind(&approval.day)
        .the_value(&mut *self)
        .await?;
        match on_duty {
            0 => Err(DbError::Constraint("only_staff_on_duty_decide".to_owned())),
            _ => Ok(()),
        }
    }

    /// Ends a logged use that cannot be finished, and with it its document.
    pub(in crate::db) async fn void_use(&mut self, id: &str) -> Result<(), DbError> {
        let done = sql("UPDATE seal_use SET state = 'voided', lease_until = NULL WHERE id = ? AND state = 'logged'")
            .bind(id)
            .execute(&mut *self)
            .await?;
        if done != 1 {
            return Err(DbError::NothingChanged { table: "seal_use", row: id.to_owned() });
        }
        sql("UPDATE certificate SET state = 'voided' WHERE state = 'submitted' AND matter =
             (SELECT c.matter FROM certificate c JOIN seal_use u ON u.certificate = c.id WHERE u.id = ?)")
        .bind(id)
        .execute(&mut *self)
        .await?;
        Ok(())
    }
}
