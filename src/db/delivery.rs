//! Handing-over.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
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
    /// `paper`, `file` or `both`.
    pub form: String,
    /// The delivery window.
    pub window_no: String,
    /// Who handed over.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
}

impl Db {
    /// The handing-over of a case, if it happened.
    pub async fn delivery(&self, matter: &str) -> Result<Option<DeliveryRow>, DbError> {
        sql("SELECT * FROM delivery WHERE matter = ?").bind(matter).optional(self.readers()).await
    }

    /// Cases sealed and not yet handed over: key projects first, then oldest first.
    pub async fn undelivered(&self) -> Result<Vec<String>, DbError> {
        sql("SELECT m.id FROM matter m WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.matter = m.id)
             AND EXISTS (SELECT 1 FROM certificate c WHERE c.matter = m.id)
             AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.matter = m.id AND c.sealed IS NULL)
             ORDER BY CASE WHEN m.key_project THEN 0 ELSE 1 END, m.submitted_at")
        .values(self.readers())
        .await
    }
}

/// What records say of handing-over.
pub static DELIVERY: Table = Table {
    name: "delivery",
    key: "matter",
    columns: &[
        ("receiver", Kind::Text),
        ("identity", Kind::Text),
        ("form", Kind::Text),
        ("window_no", Kind::Text),
        ("staff", Kind::Text),
        ("at", Kind::Int),
    ],
    unsaid: &[],
};

/// Every document of the case is sealed, there is one, and no fee is due.
const ALL_SEALED: &str = "EXISTS (SELECT 1 FROM certificate WHERE matter = ?)
    AND NOT EXISTS (SELECT 1 FROM certificate WHERE matter = ? AND sealed IS NULL)
    AND NOT EXISTS (SELECT 1 FROM matter WHERE id = ? AND fee IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.matter = matter.id))";

impl DeliveryRow {
    /// The handing-over of a case all of whose documents are sealed; `a_case_is_delivered_once`.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&DELIVERY, &self.matter)
            .set("receiver", &self.receiver)
            .set("identity", &self.identity)
            .set("form", &self.form)
            .set("window_no", &self.window_no)
            .set("staff", &self.staff)
            .set("at", self.at)
            .when(ALL_SEALED)
    }
}
