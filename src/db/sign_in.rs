//! Wrong passwords, and who has chosen a password.

use sqlx::FromRow;

use super::record::Table;
use super::sql::{Kind, sql};
use super::{Db, DbError};
use crate::digest::Digest;

/// What records say of who has chosen a password.
pub static OWN_PASSWORD: Table =
    Table { name: "own_password", key: "staff", columns: &[("set_at", Kind::Int)], unsaid: &[] };

/// The count for all addresses together.
pub const ANYWHERE: &str = "*";

/// Wrong passwords for a name from an address.
#[derive(Debug, Clone, FromRow)]
pub struct FailureRow {
    /// The address, or [`ANYWHERE`].
    pub peer: String,
    /// Since the last right one.
    pub failures: i64,
    /// When the last wrong one was given (microseconds).
    pub last_at: i64,
    /// When the last right one was given.
    pub right_at: Option<i64>,
}

impl Db {
    /// What is counted for a name from this address and from all.
    pub async fn sign_in_failures(&self, login: &str, peer: &str) -> Result<Vec<FailureRow>, DbError> {
        sql("SELECT peer, failures, last_at, right_at FROM sign_in_failure WHERE login = ? AND peer IN (?, ?)")
            .bind(login)
            .bind(peer)
            .bind(ANYWHERE)
            .all(self.readers())
            .await
    }

    /// A wrong password; what is older than `forgotten` is forgotten.
    pub async fn wrong_password(&self, login: &str, peer: &str, at: i64, forgotten: i64) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        sql("DELETE FROM sign_in_failure WHERE last_at < ? AND right_at IS NULL")
            .bind(forgotten)
            .execute(&mut tx)
            .await?;
        for peer in [peer, ANYWHERE] {
            sql("INSERT INTO sign_in_failure (login, peer, failures, last_at) VALUES (?, ?, 1, ?) ON CONFLICT (login, peer)
                 DO UPDATE SET failures = CASE WHEN sign_in_failure.last_at < ? THEN 1 ELSE sign_in_failure.failures + 1 END, last_at = excluded.last_at")
                .bind(login)
                .bind(peer)
                .bind(at)
                .bind(forgotten)
                .execute(&mut tx)
                .await?;
        }
        tx.commit().await
    }

    /// A right password.
    pub async fn right_password(&self, login: &str, peer: &str, at: i64) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        sql("INSERT INTO sign_in_failure (login, peer, failures, last_at, right_at) VALUES (?, ?, 0, ?, ?)
             ON CONFLICT (login, peer) DO UPDATE SET failures = 0, right_at = excluded.right_at")
        .bind(login)
        .bind(peer)
        .bind(at)
        .bind(at)
        .execute(&mut tx)
        .await?;
        sql("UPDATE sign_in_failure SET failures = 0 WHERE login = ? AND peer = ?")
            .bind(login)
            .bind(ANYWHERE)
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Whether a session was confirmed.
    pub async fn is_confirmed(&self, token: &Digest) -> Result<bool, DbError> {
        let at: Option<i64> = sql("SELECT confirmed_at FROM session_confirmation WHERE token = ?")
            .bind(token.as_bytes().as_slice())
            .value(self.readers())
            .await?;
        Ok(at.is_some())
    }

    /// A session was confirmed.
    pub async fn confirm_session(&self, token: &Digest, at: i64) -> Result<(), DbError> {
        sql("INSERT INTO session_confirmation (token, confirmed_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(token.as_bytes().as_slice())
            .bind(at)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    /// Whether somebody has chosen a password of their own.
    pub async fn has_own_password(&self, staff: &str) -> Result<bool, DbError> {
        let set: Option<i64> =
            sql("SELECT set_at FROM own_password WHERE staff = ?").bind(staff).value(self.readers()).await?;
        Ok(set.is_some())
    }

    /// Ends all sessions of a person but this one.
    pub async fn end_other_sessions(&self, staff: &str, keep: &Digest) -> Result<(), DbError> {
        sql("DELETE FROM session WHERE staff = ? AND token <> ?")
            .bind(staff)
            .bind(keep.as_bytes().as_slice())
            .execute(self.writer())
            .await?;
        Ok(())
    }
}
