//! The one row that says whose installation this is.

use super::{Db, DbError};

impl Db {
    /// The ledger's origin; `None` before the hall is set up.
    pub async fn origin(&self) -> Result<Option<String>, DbError> {
        Ok(sqlx::query_scalar("SELECT origin FROM installation").fetch_optional(self.readers()).await?)
    }

    /// Says whose installation this is, once.
    pub async fn install(&self, hall: &str, origin: &str, at: i64) -> Result<(), DbError> {
        sqlx::query("INSERT INTO installation (one, hall, origin, created_at) VALUES (1, ?, ?, ?)")
            .bind(hall)
            .bind(origin)
            .bind(at)
            .execute(self.writer())
            .await?;
        Ok(())
    }
}
