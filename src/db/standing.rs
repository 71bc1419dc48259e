//! How certificates end beside the documents that end them: cancelled by their department, or by their own last day.

use sqlx::FromRow;

use super::certificate::CertificateRow;
use super::record::{Consequence, RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError, Tx};

/// A cancellation.
#[derive(Debug, Clone, FromRow)]
pub struct CancellationRow {
    /// The certificate.
    pub certificate: String,
    /// Which of the grounds.
    pub ground: String,
    /// The facts.
    pub reason: String,
    /// The chief representative who cancelled it.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
}

/// What other rows say has become of a certificate.
#[derive(Debug, Clone, FromRow)]
pub struct EndsRow {
    /// When a sealed decision withdrew it, or the letter of authorization that it is was revoked (microseconds).
    pub withdrawn_at: Option<i64>,
    /// When a sealed certificate took its place.
    pub superseded_at: Option<i64>,
    /// How: `change`, `renewal`, `reissue`.
    pub superseded_as: Option<String>,
    /// When it was cancelled.
    pub cancelled_at: Option<i64>,
    /// Of a copy: the state of the original.
    pub original: Option<String>,
    /// Of a replacement or copy: the number of the earlier certificate.
    pub earlier_number: Option<String>,
}

impl Db {
    /// What other rows say has become of a certificate.
    pub async fn ends_of(&self, certificate: &str) -> Result<EndsRow, DbError> {
        let found = sql("SELECT
             COALESCE((SELECT MIN(n.sealed_at) FROM certificate n WHERE n.withdraws = c.id),
              (SELECT l.revoked_at FROM letter l WHERE l.id = c.letter AND l.state = 'revoked')) AS withdrawn_at,
             (SELECT MIN(n.sealed_at) FROM certificate n WHERE n.replaces = c.id) AS superseded_at,
             (SELECT MIN(n.replaces_as) FROM certificate n WHERE n.replaces = c.id AND n.sealed_at IS NOT NULL) AS superseded_as,
             (SELECT x.at FROM cancellation x WHERE x.certificate = c.id) AS cancelled_at,
             (SELECT o.state FROM certificate o WHERE o.id = c.copy_of) AS original,
             (SELECT o.number FROM certificate o WHERE o.id = COALESCE(c.copy_of, c.replaces)) AS earlier_number
             FROM certificate c WHERE c.id = ?")
        .bind(certificate)
        .optional(self.readers())
        .await?;
        found.ok_or(DbError::NothingChanged { table: "certificate", row: certificate.to_owned() })
    }

    /// The documents that take a certificate's place, withdraw it or copy it, the oldest first.
    pub async fn documents_about(&self, certificate: &str) -> Result<Vec<CertificateRow>, DbError> {
        sql("SELECT * FROM certificate WHERE ? IN (replaces, withdraws, copy_of) ORDER BY id")
            .bind(certificate)
            .all(self.readers())
            .await
    }

    /// The cancellation of a certificate, if it was cancelled.
    pub async fn cancellation(&self, certificate: &str) -> Result<Option<CancellationRow>, DbError> {
        sql("SELECT * FROM cancellation WHERE certificate = ?").bind(certificate).optional(self.readers()).await
    }

    /// Certificates whose last day was before `today` expire; gives how many.
    pub async fn expire(&self, today: &str, at: i64) -> Result<u64, DbError> {
        let mut tx = self.decide().await?;
        let expired: Vec<String> =
            sql("UPDATE certificate SET state = 'expired' WHERE state = 'sealed' AND valid_to < ? RETURNING id")
                .bind(today)
                .values(&mut tx)
                .await?;
        for certificate in &expired {
            tx.tell("certificate.expired", certificate, at).await?;
        }
        tx.commit().await?;
        Ok(expired.len() as u64)
    }
}

impl Tx {
    /// A cancelled certificate is in force no more, nor are its copies; others are told.
    pub(in crate::db) async fn end_cancelled(&mut self, certificate: &str) -> Result<(), DbError> {
        let at: Option<i64> =
            sql("UPDATE certificate SET state = 'cancelled' WHERE id = ? AND state IN ('sealed', 'expired')
             RETURNING (SELECT at FROM cancellation x WHERE x.certificate = certificate.id)")
            .bind(certificate)
            .value(&mut *self)
            .await?;
        let at = at.ok_or_else(|| DbError::NothingChanged { table: "certificate", row: certificate.to_owned() })?;
        self.end_copies(certificate, "cancelled").await?;
        self.tell("certificate.cancelled", certificate, at).await
    }
}

/// What records say of cancellations.
pub static CANCELLATION: Table = Table {
    name: "cancellation",
    key: "certificate",
    columns: &[("ground", Kind::Text), ("reason", Kind::Text), ("staff", Kind::Text), ("at", Kind::Int)],
    unsaid: &[],
};

/// No document that takes its place, withdraws or copies it is being sealed.
const NOTHING_UNDER_WAY: &str = "NOT EXISTS (SELECT 1 FROM certificate n JOIN seal_use u ON u.certificate = n.id
    WHERE u.state = 'logged' AND ? IN (n.replaces, n.withdraws, n.copy_of))";

impl CancellationRow {
    /// The cancellation of a certificate in force or expired; `a_certificate_is_cancelled_once`.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&CANCELLATION, &self.certificate)
            .set("ground", &self.ground)
            .set("reason", &self.reason)
            .set("staff", &self.staff)
            .set("at", self.at)
            .when(NOTHING_UNDER_WAY)
            .and(Consequence::CertificateCancelled)
    }
}
