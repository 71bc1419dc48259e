//! Seals.

use sqlx::FromRow;

use super::sql::sql;
use super::{Db, DbError, Tx};
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

impl Tx {
    pub(in crate::db) async fn insert_seal(&mut self, seal: &SealRow) -> Result<(), DbError> {
        sql(
            "INSERT INTO seal (id, department, kind, code, name, diameter_mm, state, key, certificate, opened_at, chain,
             certified_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&seal.id)
        .bind(&seal.department)
        .bind(&seal.kind)
        .bind(&seal.code)
        .bind(&seal.name)
        .bind(seal.diameter_mm)
        .bind(&seal.state)
        .bind(&seal.key)
        .bind(&seal.certificate)
        .bind(seal.opened_at)
        .bind(&seal.chain)
        .bind(seal.certified_at)
        .execute(&mut *self)
        .await?;
        Ok(())
    }

    /// Gives the seal another certificate, unless a use is logged that still needs the one it has.
    pub(in crate::db) async fn change_seal_certificate(
        &mut self,
        seal: &str,
        certificate: &[u8],
        chain: &str,
        at: i64,
    ) -> Result<(), DbError> {
        let done = sql(
            "UPDATE seal SET certificate = ?, chain = ?, certified_at = ? WHERE id = ? AND state IN ('active', 'suspended')
             AND NOT EXISTS (SELECT 1 FROM seal_use u WHERE u.seal = seal.id AND u.state = 'logged')",
        )
        .bind(certificate)
        .bind(chain)
        .bind(at)
        .bind(seal)
        .execute(&mut *self)
        .await?;
        one_changed(done, seal)
    }

    pub(in crate::db) async fn change_seal_state(&mut self, seal: &str, from: &str, to: &str) -> Result<(), DbError> {
        let done = sql("UPDATE seal SET state = ? WHERE id = ? AND state = ?")
            .bind(to)
            .bind(seal)
            .bind(from)
            .execute(&mut *self)
            .await?;
        one_changed(done, seal)
    }
}

/// The statement changed the one row it was meant for.
fn one_changed(done: u64, seal: &str) -> Result<(), DbError> {
    match done {
        1 => Ok(()),
        _ => Err(DbError::NothingChanged { table: "seal", row: seal.to_owned() }),
    }
}
