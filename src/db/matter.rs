//! Cases, and the numbers taken for their certificates.

use sqlx::FromRow;

use super::certificate::CertificateRow;
use super::sql::sql;
use super::{Db, DbError};
use crate::hall::calendar::{Due, Limit};

/// A case as accepted.
#[derive(Debug, Clone, FromRow)]
pub struct MatterRow {
    /// Identifier.
    pub id: String,
    /// Number of the case.
    pub case_no: String,
    /// Name of the item or joint matter.
    pub title: String,
    /// Window where it was accepted.
    pub window_no: String,
    /// SHA-256 of what was submitted.
    pub submission: Vec<u8>,
    /// Who submitted it.
    pub submitted_by: String,
    /// When (microseconds).
    pub submitted_at: i64,
    /// When a rule refused to seal what everybody had approved (microseconds): an approver has to ask again.
    pub held_at: Option<i64>,
    /// Working days promised when it was accepted.
    pub limit_days: i64,
    /// Working days the law gives.
    pub legal_days: i64,
    /// Last day of the promise, YYYY-MM-DD; none: a year's holidays were not entered yet.
    pub due: Option<String>,
    /// Last day by law.
    pub legal_due: Option<String>,
    /// A key project: first in every list while it is open.
    pub key_project: bool,
    /// JSON array of the materials received.
    pub materials: String,
    /// The fee that its items name.
    pub fee: Option<String>,
    /// The recorded entrustments under which the integrated window accepted it.
    pub entrustment: Option<String>,
}

impl MatterRow {
    /// When it is due; none: a year's holidays were not entered yet.
    pub fn due(&self) -> Result<Option<Due>, DbError> {
        let day = |column, text: &Option<String>| {
            let wrong = |_| DbError::Inconsistent { table: "matter", column, row: self.id.clone() };
            text.as_deref().map(str::parse).transpose().map_err(wrong)
        };
        let (promised, legal) = (day("due", &self.due)?, day("legal_due", &self.legal_due)?);
        Ok(promised.zip(legal).map(|(promised, legal)| Due { promised, legal }))
    }

    /// How long it may take.
    pub fn limit(&self) -> Limit {
        let days = |days: i64| u16::try_from(days).unwrap_or(u16::MAX);
        Limit { promised: days(self.limit_days), legal: days(self.legal_days) }
    }
}

/// A use of a seal that is asked for: whose seal, of what kind.
#[derive(Debug, Clone)]
pub struct AskedUse {
    /// Identifier of the use.
    pub id: String,
    /// Department key.
    pub department: String,
    /// Kind of seal.
    pub kind: &'static str,
    /// Code of the item under which the seal is used.
    pub item: String,
    /// The request's canonical statement.
    pub request: Vec<u8>,
    /// Its salt.
    pub request_salt: [u8; 32],
}

impl Db {
    /// Takes the next running number of `item` in `year`; it is never given again.
    pub async fn take_number(&self, item: &str, year: i16) -> Result<u64, DbError> {
        let taken: i64 = sql("INSERT INTO number_sequence (item, year, taken) VALUES (?, ?, 1)
             ON CONFLICT (item, year) DO UPDATE SET taken = number_sequence.taken + 1 RETURNING taken")
        .bind(item)
        .bind(year)
        .the_value(self.writer())
        .await?;
        Ok(taken as u64)
    }

    /// Accepts a case with its certificates and the uses of seals they ask for, all or nothing.
    pub async fn accept(&self, matter: &MatterRow, asked: &[(CertificateRow, Vec<AskedUse>)]) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        sql("INSERT INTO matter (id, case_no, title, window_no, submission, submitted_by, submitted_at, limit_days, legal_days,
             due, legal_due, key_project, materials, fee, entrustment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(&matter.id)
        .bind(&matter.case_no)
        .bind(&matter.title)
        .bind(&matter.window_no)
        .bind(&matter.submission)
        .bind(&matter.submitted_by)
        .bind(matter.submitted_at)
        .bind(matter.limit_days)
        .bind(matter.legal_days)
        .bind(&matter.due)
        .bind(&matter.legal_due)
        .bind(matter.key_project)
        .bind(&matter.materials)
        .bind(&matter.fee)
        .bind(&matter.entrustment)
        .execute(&mut tx)
        .await?;
        for (certificate, uses) in asked {
            tx.insert_certificate(certificate).await?;
            for (position, asked) in uses.iter().enumerate() {
                sql("INSERT INTO seal_use (id, certificate, position, department, kind, item, request, request_salt,
                     state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'asked')")
                .bind(&asked.id)
                .bind(&certificate.id)
                .bind(position as i64)
                .bind(&asked.department)
                .bind(asked.kind)
                .bind(&asked.item)
                .bind(&asked.request)
                .bind(asked.request_salt.to_vec())
                .execute(&mut tx)
                .await?;
            }
        }
        tx.commit().await
    }

    /// The case of that number.
    pub async fn matter_by_number(&self, case_no: &str) -> Result<Option<MatterRow>, DbError> {
        sql("SELECT * FROM matter WHERE case_no = ?").bind(case_no).optional(self.readers()).await
    }

    /// The case of that identifier.
    pub async fn matter(&self, id: &str) -> Result<Option<MatterRow>, DbError> {
        sql("SELECT * FROM matter WHERE id = ?").bind(id).optional(self.readers()).await
    }

    /// The first case there was.
    pub async fn first_matter(&self) -> Result<Option<MatterRow>, DbError> {
        sql("SELECT * FROM matter ORDER BY submitted_at, id LIMIT 1").optional(self.readers()).await
    }

    /// Leaves a case whose sealing a rule has refused to its approvers.
    pub async fn hold(&self, matter: &str, at: i64) -> Result<(), DbError> {
        sql("UPDATE matter SET held_at = ? WHERE id = ?").bind(at).bind(matter).execute(self.writer()).await?;
        Ok(())
    }

    /// The latest cases: key projects that are not handed out yet first, then newest first; all, or those in which this
    /// department's seal is asked for.
    pub async fn matters(&self, department: Option<&str>, limit: u32, offset: u32) -> Result<Vec<MatterRow>, DbError> {
        sql(
            "SELECT * FROM matter m WHERE ? IS NULL OR EXISTS
             (SELECT 1 FROM certificate c JOIN seal_use u ON u.certificate = c.id WHERE c.matter = m.id AND u.department = ?)
             ORDER BY CASE WHEN key_project AND EXISTS (SELECT 1 FROM certificate o WHERE o.matter = m.id
                 AND o.state IN ('submitted', 'sealed')) AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.matter = m.id)
                 THEN 0 ELSE 1 END, submitted_at DESC, id DESC LIMIT ? OFFSET ?",
        )
            .bind(department)
            .bind(department)
            .bind(limit)
            .bind(offset)
            .all(self.readers())
            .await
    }
}
