//! The one row that says whose installation this is.

use super::sql::sql;
use super::{Db, DbError};

impl Db {
    /// The ledger's origin; `None` before the hall is set up.
    pub async fn origin(&self) -> Result<Option<String>, DbError> {
        sql("SELECT origin FROM installation").value(self.readers()).await
    }

    /// Says whose installation this is, once.
    pub async fn install(&self, hall: &str, origin: &str, at: i64) -> Result<(), DbError> {
        sql("INSERT INTO installation (one, hall, origin, created_at) VALUES (1, ?, ?, ?)")
            .bind(hall)
            .bind(origin)
            .bind(at)
            .execute(self.writer())
            .await?;
        Ok(())
    }
}
