//! Seals.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};
use crate::digest::Digest;

/// A seal as kept.
#[derive(Debug, Clone, FromRow)]
pub struct SealRow {
    /// Identifier.
    pub id: String,
    /// Department key.
    pub department: String,
    /// `approval` or `department`.
    pub kind: String,
    /// 14-digit seal code.
    pub code: String,
    /// Text on the arc.
    pub name: String,
    /// Diameter in millimetres.
    pub diameter_mm: i64,
    /// `made`, `active`, `suspended` or `retired`.
    pub state: String,
    /// SHA-256 of the SubjectPublicKeyInfo: the key's name in the vault and in the ledger.
    pub key: Vec<u8>,
    /// Signing certificate, DER.
    pub certificate: Vec<u8>,
    /// When it was enabled (microseconds).
    pub opened_at: i64,
    /// PEM of the authorities between the certificate and its root; `None`: the hall's own.
    pub chain: Option<String>,
    /// Since when the certificate is in use (microseconds).
    pub certified_at: i64,
}

impl Db {
    /// All seals, by department and kind.
    pub async fn seals(&self) -> Result<Vec<SealRow>, DbError> {
        sql("SELECT * FROM seal ORDER BY department, kind, opened_at").all(self.readers()).await
    }

    /// The seal of that identifier.
    pub async fn seal(&self, id: &str) -> Result<Option<SealRow>, DbError> {
        sql("SELECT * FROM seal WHERE id = ?").bind(id).optional(self.readers()).await
    }

    /// The seal whose key has this digest.
    pub async fn seal_of_key(&self, key: &Digest) -> Result<Option<SealRow>, DbError> {
        let key = key.as_bytes().as_slice();
        sql("SELECT * FROM seal WHERE key = ?").bind(key).optional(self.readers()).await
    }

    /// The department's seal of a kind that is in use or suspended.
    pub async fn seal_of(&self, department: &str, kind: &str) -> Result<Option<SealRow>, DbError> {
        sql("SELECT * FROM seal WHERE department = ? AND kind = ? AND state IN ('active', 'suspended')")
            .bind(department)
            .bind(kind)
            .optional(self.readers())
            .await
    }
}

/// What records say of seals.
pub static SEAL: Table = Table {
    name: "seal",
    key: "id",
    columns: &[
        ("department", Kind::Text),
        ("kind", Kind::Text),
        ("code", Kind::Text),
        ("name", Kind::Text),
        ("diameter_mm", Kind::Int),
        ("state", Kind::Text),
        ("key", Kind::Bytes),
        ("certificate", Kind::Bytes),
        ("opened_at", Kind::Int),
        ("chain", Kind::Text),
        ("certified_at", Kind::Int),
    ],
    unsaid: &[],
};

/// No use is logged that still needs the seal as it is.
pub const NOT_IN_USE: &str = "NOT EXISTS (SELECT 1 FROM seal_use u WHERE u.seal = ? AND u.state = 'logged')";

impl SealRow {
    /// The seal as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&SEAL, &self.id)
            .set("department", &self.department)
            .set("kind", &self.kind)
            .set("code", &self.code)
            .set("name", &self.name)
            .set("diameter_mm", self.diameter_mm)
            .set("state", &self.state)
            .set("key", &self.key)
            .set("certificate", &self.certificate)
            .set("opened_at", self.opened_at)
            .set("chain", self.chain.as_ref())
            .set("certified_at", self.certified_at)
    }
}
