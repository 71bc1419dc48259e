//! How a vault is unlocked: `vault.json` holds the data key, wrapped by a key from a passphrase (Argon2id, RFC 9106) or from a key file.
//!
//! ```json
//! { "format": "yinxin-vault/v1", "unlock": { "passphrase": { "memory_kib": 65536, "passes": 3, "salt": "<hex>" } }, "nonce": "<hex>", "wrapped_key": "<hex>", "checksum": "<hex>" }
//! ```
//! The checksum (SHA-256 over the rest) protects nothing: it tells a damaged file from a wrong passphrase.

use std::fmt;
use std::path::PathBuf;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::VaultError;
use super::envelope::{DataKey, Envelope};
use super::folder::{Folder, read_private};
use crate::digest::Digest;

pub(super) const FILE_NAME: &str = "vault.json";
const FORMAT: &str = "yinxin-vault/v1";

/// The fewest characters of a passphrase.
pub(super) const MIN_PASSPHRASE_CHARACTERS: usize = 12;

/// What opens a vault.
pub enum Unlock {
    /// A passphrase, typed at the start or handed over as a credential.
    Passphrase(Zeroizing<String>),
    /// A file of exactly 32 random bytes, the owner's alone; a credential of the service manager, or a file on a token that is taken out.
    KeyFile(PathBuf),
}

impl fmt::Debug for Unlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passphrase(_) => f.write_str("Passphrase(..)"),
            Self::KeyFile(path) => write!(f, "KeyFile({})", path.display()),
        }
    }
}

/// What it costs to try one passphrase. At least what RFC 9106 section 4 recommends second (64 MiB, 3 passes); it can be raised, not lowered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfCost {
    memory_kib: u32,
    passes: u32,
}

impl KdfCost {
    const LEAST: Self = Self { memory_kib: 64 * 1024, passes: 3 };
    /// Beyond, a `vault.json` is an attack on the machine's memory.
    const MOST: Self = Self { memory_kib: 4 * 1024 * 1024, passes: 64 };

    /// A cost between the least and 4 GiB with 64 passes.
    pub fn new(memory_kib: u32, passes: u32) -> Result<Self, VaultError> {
        let memory_fits = (Self::LEAST.memory_kib..=Self::MOST.memory_kib).contains(&memory_kib);
        let passes_fit = (Self::LEAST.passes..=Self::MOST.passes).contains(&passes);
        if memory_fits && passes_fit { Ok(Self { memory_kib, passes }) } else { Err(VaultError::Cost) }
    }
}

impl Default for KdfCost {
    fn default() -> Self {
        Self::LEAST
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VaultFile {
    format: String,
    unlock: Method,
    nonce: String,
    wrapped_key: String,
    checksum: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Method {
    Passphrase { memory_kib: u32, passes: u32, salt: String },
    KeyFile {},
}

/// A `vault.json` for this data key.
pub(super) fn wrap(
    data_key: &DataKey,
    unlock: &Unlock,
    cost: KdfCost,
    rng: &dyn SecureRandom,
) -> Result<Vec<u8>, VaultError> {
    let mut salt = [0; 16];
    rng.fill(&mut salt)?;
    let method = match unlock {
        Unlock::Passphrase(text) if text.chars().count() < MIN_PASSPHRASE_CHARACTERS => {
            return Err(VaultError::PassphraseTooShort);
        }
        Unlock::Passphrase(_) => {
            Method::Passphrase { memory_kib: cost.memory_kib, passes: cost.passes, salt: hex::encode(salt) }
        }
        Unlock::KeyFile(_) => Method::KeyFile {},
    };
    let context = method.context()?;
    let wrapping = wrapping_key(&method, unlock)?.ok_or(VaultError::Crypto)?;
    let envelope = wrapping.seal(Zeroizing::new(data_key.bytes().to_vec()), &context, rng)?;
    let (nonce, wrapped_key) = (hex::encode(envelope.nonce), hex::encode(envelope.ciphertext));
    let checksum = checksum(&context, &nonce, &wrapped_key);
    let file = VaultFile { format: FORMAT.to_owned(), unlock: method, nonce, wrapped_key, checksum };
    serde_json::to_vec_pretty(&file).map_err(|_| VaultError::Crypto)
}

/// The data key of the vault in `folder`.
pub(super) fn unwrap(folder: &Folder, unlock: &Unlock) -> Result<DataKey, VaultError> {
    let altered = || VaultError::Altered(folder.path(FILE_NAME));
    let file: VaultFile = serde_json::from_slice(&folder.read(FILE_NAME)?).map_err(|_| altered())?;
    let context = file.unlock.context()?;
    if file.format != FORMAT || file.checksum != checksum(&context, &file.nonce, &file.wrapped_key) {
        return Err(altered());
    }
    let nonce = hex::decode(&file.nonce).ok().and_then(|nonce| nonce.try_into().ok()).ok_or_else(altered)?;
    let ciphertext = hex::decode(&file.wrapped_key).map_err(|_| altered())?;
    let wrapping = wrapping_key(&file.unlock, unlock)?.ok_or_else(altered)?;
    let opened = wrapping.open(Envelope { nonce, ciphertext }, &context).ok_or(VaultError::WrongSecret)?;
    let mut bytes = Zeroizing::new([0; 32]);
    if opened.len() != bytes.len() {
        return Err(altered());
    }
    bytes.copy_from_slice(&opened);
    Ok(DataKey::from_bytes(bytes))
}

impl Method {
    /// What is bound to the wrapped key: method and cost cannot be changed beside it.
    fn context(&self) -> Result<Vec<u8>, VaultError> {
        let json = serde_json::to_vec(self).map_err(|_| VaultError::Crypto)?;
        Ok([FORMAT.as_bytes(), b"\n", &json].concat())
    }
}

fn checksum(context: &[u8], nonce: &str, wrapped_key: &str) -> Digest {
    Digest::of_parts(&[context, b"\n", nonce.as_bytes(), b"\n", wrapped_key.as_bytes()])
}

/// The key that wraps the data key; none if the method's parameters are not well formed.
fn wrapping_key(method: &Method, unlock: &Unlock) -> Result<Option<DataKey>, VaultError> {
    match (method, unlock) {
        (Method::Passphrase { memory_kib, passes, salt }, Unlock::Passphrase(passphrase)) => {
            let cost = KdfCost::new(*memory_kib, *passes)?;
            hex::decode(salt).ok().map(|salt| stretch(passphrase, &salt, cost)).transpose()
        }
        (Method::KeyFile {}, Unlock::KeyFile(path)) => {
            let bytes = read_private(path)?;
            let mut key = Zeroizing::new([0; 32]);
            if bytes.len() != key.len() {
                return Err(VaultError::KeyFileLength(path.clone()));
            }
            key.copy_from_slice(&bytes);
            Ok(Some(DataKey::from_bytes(key)))
        }
        (Method::Passphrase { .. }, _) => Err(VaultError::WrongUnlock("passphrase")),
        (Method::KeyFile {}, _) => Err(VaultError::WrongUnlock("key file")),
    }
}

fn stretch(passphrase: &str, salt: &[u8], cost: KdfCost) -> Result<DataKey, VaultError> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(|_| VaultError::Cost)?;
    let mut memory = vec![Block::default(); params.block_count()];
    let mut key = Zeroizing::new([0; 32]);
    let result = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        passphrase.as_bytes(),
        salt,
        key.as_mut(),
        &mut memory,
    );
    memory.zeroize();
    result.map_err(|_| VaultError::Crypto)?;
    Ok(DataKey::from_bytes(key))
}
