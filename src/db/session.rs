//! Signed-in staff.

use sqlx::FromRow;

use super::sql::sql;
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
        sql("DELETE FROM session WHERE expires_at <= ?").bind(now).execute(&mut tx).await?;
        sql("INSERT INTO session (token, staff, csrf, window_no, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(token.as_bytes().as_slice())
            .bind(&session.staff)
            .bind(&session.csrf)
            .bind(&session.window_no)
            .bind(now)
            .bind(session.expires_at)
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// The session of that token, if it has not ended.
    pub async fn session(&self, token: &Digest, now: i64) -> Result<Option<SessionRow>, DbError> {
        sql("SELECT staff, csrf, window_no, expires_at FROM session WHERE token = ? AND expires_at > ?")
            .bind(token.as_bytes().as_slice())
            .bind(now)
            .optional(self.readers())
            .await
    }

    /// Ends a session.
    pub async fn end_session(&self, token: &Digest) -> Result<(), DbError> {
        sql("DELETE FROM session WHERE token = ?").bind(token.as_bytes().as_slice()).execute(self.writer()).await?;
        Ok(())
    }
}
