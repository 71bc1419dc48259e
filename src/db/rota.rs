//! The rota of deputies.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};
use crate::hall::rota::Watch;

/// Some days on which a deputy stands in.
#[derive(Debug, Clone, FromRow)]
pub struct WatchRow {
    /// Identifier.
    pub id: String,
    /// Who stands in.
    pub deputy: String,
    /// Department key.
    pub department: String,
    /// The first day, YYYY-MM-DD.
    pub first_day: String,
    /// The last day, YYYY-MM-DD.
    pub last_day: String,
    /// Who put them there.
    pub made_by: String,
    /// When it was taken off the rota (microseconds).
    pub withdrawn_at: Option<i64>,
}

/// What records say of the rota.
pub static ROTA: Table = Table {
    name: "rota",
    key: "id",
    columns: &[
        ("deputy", Kind::Text),
        ("department", Kind::Text),
        ("first_day", Kind::Text),
        ("last_day", Kind::Text),
        ("made_by", Kind::Text),
        ("withdrawn_at", Kind::Int),
    ],
    unsaid: &[],
};

impl WatchRow {
    /// The watch as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&ROTA, &self.id)
            .set("deputy", &self.deputy)
            .set("department", &self.department)
            .set("first_day", &self.first_day)
            .set("last_day", &self.last_day)
            .set("made_by", &self.made_by)
            .set("withdrawn_at", self.withdrawn_at)
    }

    /// The watch as the rules know it.
    pub fn to_watch(&self) -> Result<Watch, DbError> {
        let wrong = |column| DbError::Inconsistent { table: "rota", column, row: self.id.clone() };
        Ok(Watch {
            deputy: self.deputy.parse().map_err(|_| wrong("deputy"))?,
            from: self.first_day.parse().map_err(|_| wrong("first_day"))?,
            to: self.last_day.parse().map_err(|_| wrong("last_day"))?,
        })
    }
}

impl Db {
    /// A department's rota as it stands, the latest days first.
    pub async fn rota(&self, department: &str) -> Result<Vec<WatchRow>, DbError> {
        sql("SELECT * FROM rota WHERE department = ? AND withdrawn_at IS NULL ORDER BY last_day DESC, id")
            .bind(department)
            .all(self.readers())
            .await
    }

    /// Some days of the rota.
    pub async fn watch(&self, id: &str) -> Result<Option<WatchRow>, DbError> {
        sql("SELECT * FROM rota WHERE id = ?").bind(id).optional(self.readers()).await
    }
}
