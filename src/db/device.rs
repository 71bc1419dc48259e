//! Devices enrolled in the hall, and the sessions bound to them.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};
use crate::digest::Digest;
use crate::hall::device::{Device, Stand};

/// A device.
#[derive(Debug, Clone, FromRow)]
pub struct DeviceRow {
    /// Identifier.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The window it stands at.
    pub window_no: Option<String>,
    /// The department in whose office it stands.
    pub department: Option<String>,
    /// Its public key.
    pub key: Vec<u8>,
    /// Good from then on (microseconds).
    pub enrolled_at: i64,
    /// No longer good from then on.
    pub removed_at: Option<i64>,
}

/// What records say of devices.
pub static DEVICE: Table = Table {
    name: "device",
    key: "id",
    columns: &[
        ("name", Kind::Text),
        ("window_no", Kind::Text),
        ("department", Kind::Text),
        ("key", Kind::Bytes),
        ("key_digest", Kind::Bytes),
        ("enrolled_at", Kind::Int),
        ("removed_at", Kind::Int),
    ],
    unsaid: &[],
};

impl DeviceRow {
    /// The device as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&DEVICE, &self.id)
            .set("name", &self.name)
            .set("window_no", self.window_no.as_deref())
            .set("department", self.department.as_deref())
            .set("key", &self.key)
            .set("key_digest", Digest::of(&self.key).as_bytes().as_slice())
            .set("enrolled_at", self.enrolled_at)
            .set("removed_at", self.removed_at)
    }

    /// The device as the rules know it.
    pub fn to_device(&self) -> Result<Device, DbError> {
        let wrong = |column| DbError::Inconsistent { table: "device", column, row: self.id.clone() };
        let stand = match (&self.window_no, &self.department) {
            (Some(no), _) => Stand::Window(no.parse().map_err(|_| wrong("window_no"))?),
            (None, Some(key)) => Stand::Office(key.parse().map_err(|_| wrong("department"))?),
            (None, None) => Stand::Centre,
        };
        Ok(Device { id: self.id.parse().map_err(|_| wrong("id"))?, stand })
    }
}

/// The device of a session.
#[derive(Debug, Clone, FromRow)]
pub struct SessionDeviceRow {
    /// Which device.
    pub device: String,
    /// SHA-256 of the second cookie.
    pub proof: Vec<u8>,
    /// The one before.
    pub earlier: Option<Vec<u8>>,
    /// When the device last signed (microseconds).
    pub proven_at: i64,
    /// From which address.
    pub peer: String,
}

impl Db {
    /// The devices that stand, by name.
    pub async fn devices(&self) -> Result<Vec<DeviceRow>, DbError> {
        sql("SELECT id, name, window_no, department, key, enrolled_at, removed_at FROM device
             WHERE removed_at IS NULL ORDER BY name, id")
        .all(self.readers())
        .await
    }

    /// A device that stands, by the digest of its key.
    pub async fn device_by_key(&self, digest: &Digest) -> Result<Option<DeviceRow>, DbError> {
        sql("SELECT id, name, window_no, department, key, enrolled_at, removed_at FROM device
             WHERE removed_at IS NULL AND key_digest = ?")
        .bind(digest.as_bytes().as_slice())
        .optional(self.readers())
        .await
    }

    /// A device that stands.
    pub async fn device(&self, id: &str) -> Result<Option<DeviceRow>, DbError> {
        sql("SELECT id, name, window_no, department, key, enrolled_at, removed_at FROM device
             WHERE removed_at IS NULL AND id = ?")
        .bind(id)
        .optional(self.readers())
        .await
    }

    /// Binds a session to its device.
    pub async fn bind_session(&self, token: &Digest, bound: &SessionDeviceRow) -> Result<(), DbError> {
        sql("INSERT INTO session_device (token, device, proof, earlier, proven_at, peer, noticed_at)
             VALUES (?, ?, ?, NULL, ?, ?, 0)")
        .bind(token.as_bytes().as_slice())
        .bind(&bound.device)
        .bind(&bound.proof)
        .bind(bound.proven_at)
        .bind(&bound.peer)
        .execute(self.writer())
        .await?;
        Ok(())
    }

    /// The device of a session, if it has one.
    pub async fn device_of_session(&self, token: &Digest) -> Result<Option<SessionDeviceRow>, DbError> {
        sql("SELECT device, proof, earlier, proven_at, peer FROM session_device WHERE token = ?")
            .bind(token.as_bytes().as_slice())
            .optional(self.readers())
            .await
    }

    /// The device has signed again: another second cookie.
    pub async fn renew_session(&self, token: &Digest, proof: &Digest, at: i64, peer: &str) -> Result<(), DbError> {
        sql("UPDATE session_device SET earlier = proof, proof = ?, proven_at = ?, peer = ? WHERE token = ?")
            .bind(proof.as_bytes().as_slice())
            .bind(at)
            .bind(peer)
            .bind(token.as_bytes().as_slice())
            .execute(self.writer())
            .await?;
        Ok(())
    }

    /// Whether a copy of this session should be recorded now: not more often than once in `pause` microseconds.
    pub async fn notice_copy(&self, token: &Digest, at: i64, pause: i64) -> Result<bool, DbError> {
        let noticed = sql("UPDATE session_device SET noticed_at = ? WHERE token = ? AND noticed_at <= ?")
            .bind(at)
            .bind(token.as_bytes().as_slice())
            .bind(at.saturating_sub(pause))
            .execute(self.writer())
            .await?;
        Ok(noticed == 1)
    }

    /// Ends all sessions of a device.
    pub async fn end_sessions_of_device(&self, device: &str) -> Result<(), DbError> {
        sql("DELETE FROM session WHERE token IN (SELECT token FROM session_device WHERE device = ?)")
            .bind(device)
            .execute(self.writer())
            .await?;
        Ok(())
    }
}
