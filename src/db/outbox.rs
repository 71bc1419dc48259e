//! The outbox: what other systems are to be told, in the order it happened, and how far each of them has been told.

use sqlx::FromRow;

use super::sql::sql;
use super::{Db, DbError};

/// Something that happened to a certificate.
#[derive(Debug, Clone, FromRow)]
pub struct EventRow {
    /// Running number.
    pub id: i64,
    /// `certificate.sealed`, `.changed`, `.renewed`, `.reissued`, `.withdrawn`, `.cancelled`, `.expired`.
    pub kind: String,
    /// When (microseconds).
    pub at: i64,
    /// The certificate.
    pub certificate: String,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// Code of the item, or the joint document's name.
    pub item: String,
    /// Number of its case.
    pub case_no: String,
}

/// Where a receiver stands.
#[derive(Debug, Clone, FromRow)]
pub struct WebhookRow {
    /// As in the configuration.
    pub name: String,
    /// Running number of the last event it has confirmed.
    pub told: i64,
    /// Attempts that failed since.
    pub failures: i64,
    /// Not tried again before (microseconds).
    pub next_at: i64,
    /// Why the last attempt failed.
    pub problem: Option<String>,
}

impl Db {
    /// The events after a running number, in order.
    pub async fn events_after(&self, id: i64, limit: u32) -> Result<Vec<EventRow>, DbError> {
        sql("SELECT o.id, o.kind, o.at, c.id AS certificate, c.name, c.number, c.item, m.case_no FROM outbox o
             JOIN certificate c ON c.id = o.certificate JOIN matter m ON m.id = c.matter
             WHERE o.id > ? ORDER BY o.id LIMIT ?")
        .bind(id)
        .bind(limit)
        .all(self.readers())
        .await
    }

    /// The running number of the last event; 0 before the first.
    pub async fn last_event(&self) -> Result<i64, DbError> {
        sql("SELECT COALESCE(MAX(id), 0) FROM outbox").the_value(self.readers()).await
    }

    /// How many running numbers up to the last have no event.
    pub async fn missing_events(&self) -> Result<i64, DbError> {
        sql("SELECT COALESCE(MAX(id), 0) - COUNT(*) FROM outbox").the_value(self.readers()).await
    }

    /// Makes known the receiver's name; it begins with the first event there is.
    pub async fn know_webhook(&self, name: &str) -> Result<(), DbError> {
        sql("INSERT INTO webhook (name, told, failures, next_at, lease_until) VALUES (?, 0, 0, 0, 0) ON CONFLICT DO NOTHING")
            .bind(name)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    /// All receivers that were ever known, by name.
    pub async fn webhooks(&self) -> Result<Vec<WebhookRow>, DbError> {
        sql("SELECT name, told, failures, next_at, problem FROM webhook ORDER BY name").all(self.readers()).await
    }

    /// Takes a receiver for this node until `lease_until`, if it is due, has something to be told, and no other node has it.
    pub async fn take_webhook(&self, name: &str, now: i64, lease_until: i64) -> Result<Option<WebhookRow>, DbError> {
        sql("UPDATE webhook SET lease_until = ? WHERE name = ? AND next_at <= ? AND lease_until <= ?
             AND told < (SELECT COALESCE(MAX(id), 0) FROM outbox) RETURNING name, told, failures, next_at, problem")
        .bind(lease_until)
        .bind(name)
        .bind(now)
        .bind(now)
        .optional(self.writer())
        .await
    }

    /// The receiver has confirmed everything up to `told`, of what came after `from`.
    pub async fn webhook_told(&self, name: &str, from: i64, told: i64) -> Result<(), DbError> {
        sql("UPDATE webhook SET told = ?, failures = 0, problem = NULL, next_at = 0, lease_until = 0
             WHERE name = ? AND told = ?")
        .bind(told)
        .bind(name)
        .bind(from)
        .execute(self.writer())
        .await?;
        Ok(())
    }

    /// An attempt has failed.
    pub async fn webhook_failed(&self, name: &str, problem: &str, next_at: i64) -> Result<(), DbError> {
        sql("UPDATE webhook SET failures = failures + 1, problem = ?, next_at = ?, lease_until = 0 WHERE name = ?")
            .bind(problem)
            .bind(next_at)
            .bind(name)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    /// Tells the receiver everything after `told` once more, from now on.
    pub async fn replay_webhook(&self, name: &str, told: i64) -> Result<(), DbError> {
        let done = sql(
            "UPDATE webhook SET told = ?, failures = 0, problem = NULL, next_at = 0, lease_until = 0 WHERE name = ?",
        )
        .bind(told)
        .bind(name)
        .execute(self.writer())
        .await?;
        match done {
            1 => Ok(()),
            _ => Err(DbError::NothingChanged { table: "webhook", row: name.to_owned() }),
        }
    }
}
