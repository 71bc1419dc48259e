//! Signed-in staff.

use sqlx::FromRow;

use super::{Db, DbError};
use crate::digest::Digest;

/// A session, without the token, which only the browser has.
#[derive(Clone, FromRow)]
pub struct SessionRow {
    /// Who signed in.
    pub staff: String,
    /// Token that every unsafe page request carries.
    pub csrf: String,
    /// The window the person sits at.
    pub window_no: Option<String>,
    /// Not accepted from then on (microseconds).
    pub expires_at: i64,
}

impl Db {
    /// Begins a session and forgets those that have ended.
    pub async fn begin_session(&self, token: &Digest, session: &SessionRow, now: i64) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM session WHERE expires_at <= ?").bind(now).execute(&mut *tx.0).await?;
        sqlx::query(
            "INSERT INTO session (token, staff, csrf, window_no, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(token.as_bytes().to_vec())
        .bind(&session.staff)
        .bind(&session.csrf)
        .bind(&session.window_no)
        .bind(now)
        .bind(session.expires_at)
        .execute(&mut *tx.0)
        .await?;
        tx.commit().await
    }

    /// The session of that token, if it has not ended.
    pub async fn session(&self, token: &Digest, now: i64) -> Result<Option<SessionRow>, DbError> {
        Ok(sqlx::query_as("SELECT staff, csrf, window_no, expires_at FROM session WHERE token = ? AND expires_at > ?")
            .bind(token.as_bytes().to_vec())
            .bind(now)
            .fetch_optional(self.readers())
            .await?)
    }

    /// Ends a session.
    pub async fn end_session(&self, token: &Digest) -> Result<(), DbError> {
        sqlx::query("DELETE FROM session WHERE token = ?")
            .bind(token.as_bytes().to_vec())
            .execute(self.writer())
            .await?;
        Ok(())
    }
}
