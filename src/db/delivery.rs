//! Handing-over.

use sqlx::FromRow;

use super::sql::sql;
use super::{Db, DbError};

/// A record of handing-over.
#[derive(Debug, Clone, FromRow)]
pub struct DeliveryRow {
    /// The case.
    pub matter: String,
    /// Who received it.
    pub receiver: String,
    /// What identity was shown, masked.
    pub identity: String,
    /// `paper` or `file`.
    pub form: String,
    /// The delivery window.
    pub window_no: String,
    /// Who handed over.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
}

impl Db {
    /// Records the handing-over of a case all of whose documents are sealed; `a_case_is_delivered_once`.
    pub async fn deliver(&self, row: &DeliveryRow) -> Result<(), DbError> {
        let done = sql("INSERT INTO delivery (matter, receiver, identity, form, window_no, staff, at)
             SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM certificate WHERE matter = ?)
             AND NOT EXISTS (SELECT 1 FROM certificate WHERE matter = ? AND sealed IS NULL)")
        .bind(&row.matter)
        .bind(&row.receiver)
        .bind(&row.identity)
        .bind(&row.form)
        .bind(&row.window_no)
        .bind(&row.staff)
        .bind(row.at)
        .bind(&row.matter)
        .bind(&row.matter)
        .execute(self.writer())
        .await?;
        match done {
            1 => Ok(()),
            _ => Err(DbError::NothingChanged { table: "delivery", row: row.matter.clone() }),
        }
    }

    /// The handing-over of a case, if it happened.
    pub async fn delivery(&self, matter: &str) -> Result<Option<DeliveryRow>, DbError> {
        sql("SELECT * FROM delivery WHERE matter = ?").bind(matter).optional(self.readers()).await
    }

    /// Cases sealed and not yet handed over, oldest first.
    pub async fn undelivered(&self) -> Result<Vec<String>, DbError> {
        sql(
            "SELECT m.id FROM matter m WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.matter = m.id)
             AND EXISTS (SELECT 1 FROM certificate c WHERE c.matter = m.id)
             AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.matter = m.id AND c.sealed IS NULL) ORDER BY m.submitted_at",
        )
        .values(self.readers())
        .await
    }
}
