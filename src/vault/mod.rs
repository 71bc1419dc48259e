//! The only place that sees private keys.
//!
//! Each kind of key has its own file, its own type and its own argument: a seal key signs [`SignedAttributes`](crate::cms::SignedAttributes) that are
//! [`Logged`](crate::ledger::proof::Logged) (and requests for its certificate), the log's key checkpoints, a witness's key cosignatures, an authority's key certificates and revocation
//! lists of its own sort. Nothing signs bytes as such, and no key leaves; a secret shared with a receiver of webhooks is derived, and told to
//! whoever runs it.
//!
//! At rest a key is a file `<kind>-<digest of its public key>.key`, encrypted with the vault's data key (AES-256-GCM); the data key lies in `vault.json`, wrapped by a key derived from a
//! passphrase (Argon2id) or read from a key file. docs/THREATS.md says what a thief of each could do and what stays in memory; keys/README.md who holds them.

mod ca_key;
mod envelope;
mod folder;
mod key_file;
mod log_key;
mod one_time_key;
mod seal_key;
mod server_key;
mod unlock;
mod webhook_key;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use ring::rand::SecureRandom;
use zeroize::Zeroizing;

pub use ca_key::{Authority, AuthoritySigner};
pub use unlock::{KdfCost, Unlock};

use crate::digest::Digest;
use crate::pki::csr::AnswerError;
use crate::pki::suite::SuiteError;
use ca_key::AuthorityKey;
use envelope::DataKey;
use folder::Folder;
use key_file::{KeyFile, Kind};
use log_key::{LogKey, WitnessKey};
use seal_key::SealKey;
use server_key::ServerKey;

/// A folder of encrypted private keys, opened.
pub struct Vault {
    folder: Folder,
    data_key: DataKey,
    keys: RwLock<Keys>,
}

/// Why the vault did not open, keep or use a key. None of these texts holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file or folder is not there.
    #[error("{0} is missing")]
    Missing(PathBuf),
    /// Something is there that would be overwritten.
    #[error("{0} is there already")]
    AlreadyThere(PathBuf),
    /// A file that is not 0600 or a folder that is not 0700, or stricter: others could have read or replaced it.
    #[error("{path} is open to others (mode {mode:o}); it must be the owner's alone")]
    TooOpen {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The folder cannot be written to.
    #[error("{0} cannot be written to")]
    ReadOnly(PathBuf),
    /// The file system failed otherwise.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Cut short, changed, renamed, or of another vault.
    #[error("{0} is damaged or has been altered")]
    Altered(PathBuf),
    /// Wrong passphrase, or another key file than the vault was made with.
    #[error("wrong passphrase or key file")]
    WrongSecret,
    /// The vault was made for the other way of unlocking.
    #[error("this vault is unlocked with a {0}")]
    WrongUnlock(&'static str),
    /// Shorter than [`unlock::MIN_PASSPHRASE_CHARACTERS`].
    #[error("a passphrase has at least {} characters", unlock::MIN_PASSPHRASE_CHARACTERS)]
    PassphraseTooShort,
    /// The key file does not hold exactly 32 bytes.
    #[error("{0} is not a key file of 32 bytes")]
    KeyFileLength(PathBuf),
    /// Below the least cost of deriving a key, or beyond what a machine can be expected to have.
    #[error("cost of key derivation out of bounds")]
    Cost,
    /// No key of the wanted kind with this digest of its public key.
    #[error("no such key here: {0}")]
    NoSuchKey(Digest),
    /// There is no log key, or no witness key.
    #[error("no {0} key here")]
    NoKey(&'static str),
    /// The ledger entry is not the use of a seal.
    #[error("the ledger entry is not a seal use")]
    NotASealUse,
    /// The ledger entry names another document than the attributes to be signed.
    #[error("the ledger entry names another document")]
    OtherDocument,
    /// The attributes are not the four of a seal.
    #[error("the attributes are not those of a seal")]
    NotSealAttributes,
    /// This process has signed another tree of the same size.
    #[error("another checkpoint of this size has been signed: the log would fork")]
    Fork,
    /// What is to be imported is not an unencrypted PKCS#8 RSA key of 2048 to 4096 bits.
    #[error("not a PKCS#8 RSA key of 2048 to 4096 bits")]
    UnusableKey,
    /// An outside authority's certificate does not fit the key.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A signature made here does not verify.
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// The random number generator or a cryptographic operation failed.
    #[error("cryptographic operation failed")]
    Crypto,
}

impl From<ring::error::Unspecified> for VaultError {
    fn from(_: ring::error::Unspecified) -> Self {
        Self::Crypto
    }
}

#[derive(Default)]
struct Keys {
    seal: BTreeMap<Digest, Arc<SealKey>>,
    log: Option<Arc<LogKey>>,
    witness: Option<Arc<WitnessKey>>,
    authorities: BTreeMap<Digest, Arc<AuthorityKey>>,
    servers: BTreeMap<Digest, Arc<ServerKey>>,
}

impl Vault {
    /// Makes a vault in `dir`, which is made too if it is not there. A passphrase is stretched at [`KdfCost::default`].
    pub fn create(dir: &Path, unlock: &Unlock, rng: &dyn SecureRandom) -> Result<Self, VaultError> {
        Self::create_at_cost(dir, unlock, KdfCost::default(), rng)
    }

    /// The same at a higher cost of stretching the passphrase.
    pub fn create_at_cost(
        dir: &Path,
        unlock: &Unlock,
        cost: KdfCost,
        rng: &dyn SecureRandom,
    ) -> Result<Self, VaultError> {
        let folder = Folder::create(dir)?;
        if folder.holds(unlock::FILE_NAME) {
            return Err(VaultError::AlreadyThere(folder.path(unlock::FILE_NAME)));
        }
        let data_key = DataKey::generate(rng)?;
        folder.write(unlock::FILE_NAME, &unlock::wrap(&data_key, unlock, cost, rng)?)?;
        Ok(Self { folder, data_key, keys: RwLock::default() })
    }

    /// Opens the vault in `dir` with all its keys. Any key file that is damaged, renamed or open to others is an error: a vault is whole or closed.
    pub fn open(dir: &Path, unlock: &Unlock, rng: &dyn SecureRandom) -> Result<Self, VaultError> {
        let folder = Folder::open(dir)?;
        let data_key = unlock::unwrap(&folder, unlock)?;
        let mut keys = Keys::default();
        for name in folder.key_files()? {
            let file = KeyFile::read(&folder, &name)?;
            let pkcs8 = file.open(&folder, &data_key)?;
            // The key is what the name and the unencrypted part say, or somebody has mixed files up.
            let public = keys.load(file.kind, &pkcs8, rng).map_err(|_| VaultError::Altered(folder.path(&name)))?;
            if public != file.public {
                return Err(VaultError::Altered(folder.path(&name)));
            }
        }
        Ok(Self { folder, data_key, keys: RwLock::new(keys) })
    }

    /// Wraps the data key anew, for another passphrase or key file. Key files stay as they are; a copy of the old `vault.json` still opens with the old secret.
    pub fn change_unlock(&self, unlock: &Unlock, cost: KdfCost, rng: &dyn SecureRandom) -> Result<(), VaultError> {
        self.folder.write(unlock::FILE_NAME, &unlock::wrap(&self.data_key, unlock, cost, rng)?)
    }

    /// Keeps a new key durably, then takes it into use. Gives its DER SubjectPublicKeyInfo.
    fn keep(&self, kind: Kind, pkcs8: Zeroizing<Vec<u8>>, rng: &dyn SecureRandom) -> Result<Vec<u8>, VaultError> {
        let mut loaded = Keys::default();
        let public = loaded.load(kind, &pkcs8, rng)?;
        let file = KeyFile::seal(kind, public.clone(), pkcs8, &self.data_key, rng)?;
        // One lock over check, write and use: two makers of the one log key cannot both succeed.
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.would_replace(&loaded) || self.folder.holds(&file.name()) {
            return Err(VaultError::AlreadyThere(self.folder.path(&file.name())));
        }
        self.folder.write(&file.name(), &file.to_json()?)?;
        keys.absorb(loaded);
        Ok(public)
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        // A panic elsewhere leaves the maps whole: entries are inserted in one step.
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys();
        f.debug_struct("Vault")
            .field("folder", &self.folder)
            .field("seal_keys", &keys.seal.len())
            .field("authority_keys", &keys.authorities.len())
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads a PKCS#8 key of this kind; gives its DER SubjectPublicKeyInfo.
    fn load(&mut self, kind: Kind, pkcs8: &[u8], rng: &dyn SecureRandom) -> Result<Vec<u8>, VaultError> {
        Ok(match kind {
            Kind::Seal => {
                let key = SealKey::load(pkcs8, rng)?;
                let spki = key.spki().to_vec();
                self.seal.insert(Digest::of(&spki), Arc::new(key));
                spki
            }
            Kind::Log => self.log.insert(Arc::new(LogKey::load(pkcs8)?)).spki(),
            Kind::Witness => self.witness.insert(Arc::new(WitnessKey::load(pkcs8)?)).spki(),
            Kind::Authority(authority) => {
                let key = AuthorityKey::load(authority, pkcs8, rng)?;
                let spki = key.spki().to_vec();
                self.authorities.insert(Digest::of(&spki), Arc::new(key));
                spki
            }
            Kind::Server => {
                let key = ServerKey::load(pkcs8, rng)?;
                let spki = key.spki().to_vec();
                self.servers.insert(Digest::of(&spki), Arc::new(key));
                spki
            }
        })
    }

    fn would_replace(&self, new: &Self) -> bool {
        (self.log.is_some() && new.log.is_some()) || (self.witness.is_some() && new.witness.is_some())
    }

    fn absorb(&mut self, new: Self) {
        self.seal.extend(new.seal);
        self.log = self.log.take().or(new.log);
        self.witness = self.witness.take().or(new.witness);
        self.authorities.extend(new.authorities);
        self.servers.extend(new.servers);
    }
}

#[cfg(test)]
mod tests;
