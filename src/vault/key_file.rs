//! One private key at rest: JSON with everything in clear but the key, so that an administrator sees what lies there.
//!
//! ```json
//! { "format": "yinxin-key/v1", "kind": "seal", "public": "<base64 DER SubjectPublicKeyInfo>", "nonce": "<hex>", "ciphertext": "<base64 of AES-256-GCM over PKCS#8>" }
//! ```
//! The file's name is `<kind>-<hex SHA-256 of the SubjectPublicKeyInfo>.key`. Format, name and public key are bound to the ciphertext: a file that is renamed, or whose clear part is changed, does not open.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::VaultError;
use super::ca_key::Authority;
use super::envelope::{DataKey, Envelope};
use super::folder::Folder;
use crate::digest::Digest;

const FORMAT: &str = "yinxin-key/v1";

/// What a key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Seal,
    Log,
    Witness,
    Authority(Authority),
    Server,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Seal,
        Self::Log,
        Self::Witness,
        Self::Authority(Authority::Root),
        Self::Authority(Authority::Seal),
        Self::Authority(Authority::Service),
        Self::Server,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Log => "log",
            Self::Witness => "witness",
            Self::Authority(Authority::Root) => "root-authority",
            Self::Authority(Authority::Seal) => "seal-authority",
            Self::Authority(Authority::Service) => "service-authority",
            Self::Server => "server",
        }
    }
}

/// A key file, its key still encrypted.
pub(super) struct KeyFile {
    pub(super) kind: Kind,
    /// DER SubjectPublicKeyInfo.
    pub(super) public: Vec<u8>,
    envelope: Envelope,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    format: String,
    kind: String,
    public: String,
    nonce: String,
    ciphertext: String,
}

impl KeyFile {
    /// Encrypts a key.
    pub(super) fn seal(
        kind: Kind,
        public: Vec<u8>,
        pkcs8: Zeroizing<Vec<u8>>,
        data_key: &DataKey,
        rng: &dyn SecureRandom,
    ) -> Result<Self, VaultError> {
        let envelope = data_key.seal(pkcs8, &context(kind, &public), rng)?;
        Ok(Self { kind, public, envelope })
    }

    pub(super) fn name(&self) -> String {
        file_name(self.kind, &Digest::of(&self.public))
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>, VaultError> {
        let json = Json {
            format: FORMAT.to_owned(),
            kind: self.kind.as_str().to_owned(),
            public: STANDARD.encode(&self.public),
            nonce: hex::encode(self.envelope.nonce),
            ciphertext: STANDARD.encode(&self.envelope.ciphertext),
        };
        serde_json::to_vec_pretty(&json).map_err(|_| VaultError::Crypto)
    }

    /// Reads the file of that name.
    pub(super) fn read(folder: &Folder, name: &str) -> Result<Self, VaultError> {
        let bytes = folder.read(name)?;
        Self::parse(&bytes).filter(|file| file.name() == name).ok_or_else(|| VaultError::Altered(folder.path(name)))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let json: Json = serde_json::from_slice(bytes).ok()?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == json.kind)?;
        let nonce = hex::decode(&json.nonce).ok()?.try_into().ok()?;
        let ciphertext = STANDARD.decode(&json.ciphertext).ok()?;
        let file = Self { kind, public: STANDARD.decode(&json.public).ok()?, envelope: Envelope { nonce, ciphertext } };
        (json.format == FORMAT).then_some(file)
    }

    /// Decrypts the key (PKCS#8).
    pub(super) fn open(&self, folder: &Folder, data_key: &DataKey) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let envelope = Envelope { nonce: self.envelope.nonce, ciphertext: self.envelope.ciphertext.clone() };
        let opened = data_key.open(envelope, &context(self.kind, &self.public));
        opened.ok_or_else(|| VaultError::Altered(folder.path(&self.name())))
    }
}

pub(super) fn file_name(kind: Kind, public: &Digest) -> String {
    format!("{}-{public}.key", kind.as_str())
}

/// What is bound to the ciphertext beside it.
fn context(kind: Kind, public: &[u8]) -> Vec<u8> {
    let name = file_name(kind, &Digest::of(public));
    [FORMAT.as_bytes(), b"\n", name.as_bytes(), b"\n", public].concat()
}
