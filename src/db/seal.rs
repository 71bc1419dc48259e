//! Seals and their certificates.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError, digest};
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
    /// Who keeps it.
    pub custodian: Option<String>,
    /// As [`SealState`](crate::hall::seal::SealState) is written.
    pub state: String,
    /// When it was applied for (microseconds).
    pub applied_at: i64,
    /// SHA-256 of the SubjectPublicKeyInfo: the key's name in the vault and in the ledger. `None` until it is made.
    pub key: Option<Vec<u8>>,
    /// Signing certificate, DER. `None` until it is made.
    pub certificate: Option<Vec<u8>>,
    /// PEM of the authorities between the certificate and its root; `None`: the hall's own.
    pub chain: Option<String>,
    /// Since when the certificate is in use (microseconds).
    pub certified_at: Option<i64>,
    /// The filing number.
    pub filing_no: Option<String>,
    /// The day of the filing, YYYY-MM-DD.
    pub filed_on: Option<String>,
    /// Digest of the scanned filing document.
    pub filing_document: Option<Vec<u8>>,
    /// When it was enabled (microseconds).
    pub opened_at: Option<i64>,
    /// When it was retired (microseconds).
    pub retired_at: Option<i64>,
}

/// A certificate that a seal's key has or had.
#[derive(Debug, Clone, FromRow)]
pub struct SealCertificateRow {
    /// SHA-256 of the certificate, hexadecimal.
    pub id: String,
    /// The seal.
    pub seal: String,
    /// DER.
    pub certificate: Vec<u8>,
    /// In use since (microseconds).
    pub since: i64,
    /// Revoked since (microseconds).
    pub revoked_at: Option<i64>,
    /// `key-compromise`.
    pub revocation: Option<String>,
}

impl Db {
    /// All seals, by department and kind.
    pub async fn seals(&self) -> Result<Vec<SealRow>, DbError> {
        sql("SELECT * FROM seal ORDER BY department, kind, applied_at, id").all(self.readers()).await
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

    /// The certificates that a seal's key has had, the first one first.
    pub async fn certificates_of_seal(&self, seal: &str) -> Result<Vec<SealCertificateRow>, DbError> {
        sql("SELECT * FROM seal_certificate WHERE seal = ? ORDER BY since, id").bind(seal).all(self.readers()).await
    }

    /// The certificates of seals that are revoked, by time.
    pub async fn revoked_certificates(&self) -> Result<Vec<SealCertificateRow>, DbError> {
        sql("SELECT * FROM seal_certificate WHERE revoked_at IS NOT NULL ORDER BY revoked_at, id")
            .all(self.readers())
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
        ("custodian", Kind::Text),
        ("state", Kind::Text),
        ("applied_at", Kind::Int),
        ("key", Kind::Bytes),
        ("certificate", Kind::Bytes),
        ("chain", Kind::Text),
        ("certified_at", Kind::Int),
        ("filing_no", Kind::Text),
        ("filed_on", Kind::Text),
        ("filing_document", Kind::Bytes),
        ("opened_at", Kind::Int),
        ("retired_at", Kind::Int),
    ],
    unsaid: &[],
};

/// What records say of seals' certificates.
pub static SEAL_CERTIFICATE: Table = Table {
    name: "seal_certificate",
    key: "id",
    columns: &[
        ("seal", Kind::Text),
        ("certificate", Kind::Bytes),
        ("since", Kind::Int),
        ("revoked_at", Kind::Int),
        ("revocation", Kind::Text),
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
            .set("custodian", self.custodian.as_ref())
            .set("state", &self.state)
            .set("applied_at", self.applied_at)
            .set("key", self.key.as_ref())
            .set("certificate", self.certificate.as_ref())
            .set("chain", self.chain.as_ref())
            .set("certified_at", self.certified_at)
            .set("filing_no", self.filing_no.as_ref())
            .set("filed_on", self.filed_on.as_ref())
            .set("filing_document", self.filing_document.as_ref())
            .set("opened_at", self.opened_at)
            .set("retired_at", self.retired_at)
    }

    /// A change of the seal, if it is still in the state it was read in.
    pub fn change(&self) -> RowWrite {
        RowWrite::change(&SEAL, &self.id).was("state", &self.state)
    }

    /// SHA-256 of its key.
    ///
    /// # Errors
    /// It has none: it has not been made.
    pub fn key_digest(&self) -> Result<Digest, DbError> {
        digest("seal", "key", &self.id, self.key.as_deref().unwrap_or_default())
    }

    /// Its certificate, DER; empty until it is made.
    pub fn certificate_der(&self) -> &[u8] {
        self.certificate.as_deref().unwrap_or_default()
    }
}

impl SealCertificateRow {
    /// A certificate of a seal as a new row.
    pub fn write(seal: &str, certificate: &[u8], since: i64) -> RowWrite {
        RowWrite::new(&SEAL_CERTIFICATE, Digest::of(certificate).to_string())
            .set("seal", seal)
            .set("certificate", certificate)
            .set("since", since)
    }

    /// That it is revoked, since its key is lost or in other hands.
    pub fn revoke(&self, at: i64) -> RowWrite {
        RowWrite::change(&SEAL_CERTIFICATE, &self.id)
            .set("revoked_at", at)
            .set("revocation", "key-compromise")
            .was("revoked_at", crate::hall::record::Value::Null)
    }
}
