//! Passkeys, one-time codes, and the evidence of approvals that were confirmed by them.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError, Tx};

/// What records say of passkeys.
pub static PASSKEY: Table = Table {
    name: "passkey",
    key: "id",
    columns: &[
        ("staff", Kind::Text),
        ("name", Kind::Text),
        ("credential", Kind::Bytes),
        ("key", Kind::Bytes),
        ("backup_eligible", Kind::Flag),
        ("registered_at", Kind::Int),
        ("removed_at", Kind::Int),
    ],
    unsaid: &[("counter", Kind::Int)],
};

/// What records say of one-time codes.
pub static ONE_TIME_CODE: Table = Table {
    name: "one_time_code",
    key: "id",
    columns: &[("staff", Kind::Text), ("registered_at", Kind::Int), ("removed_at", Kind::Int)],
    unsaid: &[("period", Kind::Int), ("failures", Kind::Int), ("failed_at", Kind::Int)],
};

/// A passkey.
#[derive(Debug, Clone, FromRow)]
pub struct PasskeyRow {
    /// Identifier.
    pub id: String,
    /// Whose.
    pub staff: String,
    /// What its owner calls it.
    pub name: String,
    /// By which the browser is asked for it.
    pub credential: Vec<u8>,
    /// SubjectPublicKeyInfo, DER.
    pub key: Vec<u8>,
    /// Whether it may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Good from then on (microseconds).
    pub registered_at: i64,
    /// No longer good from then on.
    pub removed_at: Option<i64>,
    /// Signature counter seen last.
    pub counter: i64,
}

impl PasskeyRow {
    /// The passkey as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&PASSKEY, &self.id)
            .set("staff", &self.staff)
            .set("name", &self.name)
            .set("credential", &self.credential)
            .set("key", &self.key)
            .set("backup_eligible", self.backup_eligible)
            .set("registered_at", self.registered_at)
            .set("removed_at", self.removed_at)
            .unsaid("counter", self.counter)
    }
}

/// Somebody's one-time codes.
#[derive(Debug, Clone, FromRow)]
pub struct OneTimeCodeRow {
    /// Identifier, from which the secret is derived.
    pub id: String,
    /// Whose.
    pub staff: String,
    /// Good from then on (microseconds).
    pub registered_at: i64,
    /// No longer good from then on.
    pub removed_at: Option<i64>,
    /// Period of the code used last.
    pub period: i64,
    /// Wrong codes since the last right one.
    pub failures: i64,
    /// When the last wrong one was given (microseconds).
    pub failed_at: i64,
}

impl OneTimeCodeRow {
    /// The codes as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&ONE_TIME_CODE, &self.id)
            .set("staff", &self.staff)
            .set("registered_at", self.registered_at)
            .set("removed_at", self.removed_at)
            .unsaid("period", self.period)
            .unsaid("failures", self.failures)
            .unsaid("failed_at", self.failed_at)
    }
}

/// What confirmed an approval.
#[derive(Debug, Clone)]
pub enum ApprovalEvidence {
    /// A passkey's signature over the digest of the statement.
    Passkey {
        /// Which passkey.
        passkey: String,
        /// clientDataJSON.
        client_data: Vec<u8>,
        /// Authenticator data.
        authenticator_data: Vec<u8>,
        /// The signature.
        signature: Vec<u8>,
    },
    /// A one-time code.
    Code {
        /// Of whose codes.
        codes: String,
        /// Its period.
        period: i64,
    },
}

/// The same as kept.
#[derive(Debug, Clone, FromRow)]
pub struct EvidenceRow {
    /// The step of the approval.
    pub step: String,
    /// Which passkey; `None`: a code.
    pub passkey: Option<String>,
    /// clientDataJSON.
    pub client_data: Option<Vec<u8>>,
    /// Authenticator data.
    pub authenticator_data: Option<Vec<u8>>,
    /// The signature.
    pub signature: Option<Vec<u8>>,
    /// Of whose codes.
    pub codes: Option<String>,
    /// The period of the code.
    pub period: Option<i64>,
}

impl Db {
    /// The passkeys of a person that stand, oldest first.
    pub async fn passkeys_of(&self, staff: &str) -> Result<Vec<PasskeyRow>, DbError> {
        sql("SELECT id, staff, name, credential, key, backup_eligible, registered_at, removed_at, counter FROM passkey
             WHERE staff = ? AND removed_at IS NULL ORDER BY registered_at, id")
        .bind(staff)
        .all(self.readers())
        .await
    }

    /// Every passkey there ever was.
    pub async fn all_passkeys(&self) -> Result<Vec<PasskeyRow>, DbError> {
        sql("SELECT id, staff, name, credential, key, backup_eligible, registered_at, removed_at, counter FROM passkey ORDER BY id")
            .all(self.readers())
            .await
    }

    /// A signature with this counter was used for `what`. False: a counter not beyond the last, unless for the very same.
    pub async fn use_passkey(&self, id: &str, counter: u32, what: &str) -> Result<bool, DbError> {
        let counter = i64::from(counter);
        let used = sql("UPDATE passkey SET counter = ?, used_for = ? WHERE id = ? AND removed_at IS NULL
             AND (counter < ? OR (counter = 0 AND ? = 0) OR (counter = ? AND used_for = ?))")
        .bind(counter)
        .bind(what)
        .bind(id)
        .bind(counter)
        .bind(counter)
        .bind(counter)
        .bind(what)
        .execute(self.writer())
        .await?;
        Ok(used == 1)
    }

    /// The one-time codes of a person that stand.
    pub async fn codes_of(&self, staff: &str) -> Result<Option<OneTimeCodeRow>, DbError> {
        sql("SELECT id, staff, registered_at, removed_at, period, failures, failed_at FROM one_time_code
             WHERE staff = ? AND removed_at IS NULL")
        .bind(staff)
        .optional(self.readers())
        .await
    }

    /// Everybody's one-time codes there ever were.
    pub async fn all_codes(&self) -> Result<Vec<OneTimeCodeRow>, DbError> {
        sql("SELECT id, staff, registered_at, removed_at, period, failures, failed_at FROM one_time_code ORDER BY id")
            .all(self.readers())
            .await
    }

    /// The code of this period was used for `what`. False: it, or a later one, was used before, for something else.
    pub async fn use_code(&self, id: &str, period: i64, what: &str) -> Result<bool, DbError> {
        let used =
            sql("UPDATE one_time_code SET period = ?, used_for = ?, failures = 0 WHERE id = ? AND removed_at IS NULL
             AND (period < ? OR (period = ? AND used_for = ?))")
            .bind(period)
            .bind(what)
            .bind(id)
            .bind(period)
            .bind(period)
            .bind(what)
            .execute(self.writer())
            .await?;
        Ok(used == 1)
    }

    /// Somebody gave a wrong code.
    pub async fn wrong_code(&self, id: &str, at: i64) -> Result<(), DbError> {
        sql("UPDATE one_time_code SET failures = failures + 1, failed_at = ? WHERE id = ?")
            .bind(at)
            .bind(id)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    /// What confirmed the approvals of a use.
    pub async fn evidence_of(&self, seal_use: &str) -> Result<Vec<EvidenceRow>, DbError> {
        sql("SELECT step, passkey, client_data, authenticator_data, signature, codes, period FROM approval_evidence
             WHERE seal_use = ? ORDER BY step")
        .bind(seal_use)
        .all(self.readers())
        .await
    }
}

impl Tx {
    /// Keeps what confirmed an approval, beside it.
    pub(in crate::db) async fn insert_evidence(
        &mut self,
        seal_use: &str,
        step: &str,
        evidence: &ApprovalEvidence,
    ) -> Result<(), DbError> {
        let insert = "INSERT INTO approval_evidence (seal_use, step, passkey, client_data, authenticator_data, signature, codes, period)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let statement = sql(insert).bind(seal_use).bind(step);
        let statement = match evidence {
            ApprovalEvidence::Passkey { passkey, client_data, authenticator_data, signature } => statement
                .bind(passkey)
                .bind(client_data)
                .bind(authenticator_data)
                .bind(signature)
                .bind(None::<&str>)
                .bind(None::<i64>),
            ApprovalEvidence::Code { codes, period } => statement
                .bind(None::<&str>)
                .bind(None::<&[u8]>)
                .bind(None::<&[u8]>)
                .bind(None::<&[u8]>)
                .bind(codes)
                .bind(*period),
        };
        statement.execute(self).await?;
        Ok(())
    }
}
