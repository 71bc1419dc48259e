//! What was refused, what was answered, and what others are to be told.

use super::sql::sql;
use super::{Db, DbError};
use crate::digest::Digest;

/// An act that a rule refused.
#[derive(Debug, Clone)]
pub struct RefusedAct<'a> {
    /// Identifier.
    pub id: String,
    /// Which act.
    pub act: &'a str,
    /// Case number or certificate.
    pub subject: &'a str,
    /// Who tried.
    pub staff: &'a str,
    /// JSON array of the reasons' codes and fields.
    pub codes: String,
    /// When (microseconds).
    pub at: i64,
}

/// The answer given to a request with an idempotency key.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AnsweredRequest {
    /// SHA-256 of method, path and body.
    pub request: Vec<u8>,
    /// HTTP status.
    pub status: i64,
    /// JSON body.
    pub body: String,
}

impl Db {
    /// Records a refused act.
    pub async fn record_refused(&self, refused: &RefusedAct<'_>) -> Result<(), DbError> {
        sql("INSERT INTO refused_act (id, act, subject, staff, codes, at) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(&refused.id)
            .bind(refused.act)
            .bind(refused.subject)
            .bind(refused.staff)
            .bind(&refused.codes)
            .bind(refused.at)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    /// How many acts were refused.
    pub async fn refused_count(&self) -> Result<i64, DbError> {
        sql("SELECT COUNT(*) FROM refused_act").the_value(self.readers()).await
    }

    /// What was answered to this key before.
    pub async fn answered(&self, staff: &str, key: &str) -> Result<Option<AnsweredRequest>, DbError> {
        sql("SELECT request, status, body FROM answered_request WHERE staff = ? AND key = ?")
            .bind(staff)
            .bind(key)
            .optional(self.readers())
            .await
    }

    /// Keeps an answer; the first one for a key stands.
    pub async fn keep_answer(
        &self,
        staff: &str,
        key: &str,
        request: &Digest,
        (status, body): (u16, &str),
        at: i64,
    ) -> Result<(), DbError> {
        sql("INSERT INTO answered_request (staff, key, request, status, body, at) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING")
        .bind(staff)
        .bind(key)
        .bind(request.as_bytes().as_slice())
        .bind(i64::from(status))
        .bind(body)
        .bind(at)
        .execute(self.writer())
        .await?;
        Ok(())
    }
}
