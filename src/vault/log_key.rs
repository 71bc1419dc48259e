//! The log's key, which signs checkpoints of this hall's ledger, and the witness's key, which cosigns those of others. Two keys, Ed25519 both.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use ring::rand::SecureRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use zeroize::Zeroizing;

use super::key_file::Kind;
use super::{Vault, VaultError};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::{KeyName, NoteSignature, VerifierKey, cosignature_message};
use crate::ledger::witness::Continued;

/// The log's private key, with the last checkpoint it signed in this process.
pub(super) struct LogKey {
    pair: Pair,
    last: Mutex<Option<Checkpoint>>,
}

/// The witness's private key.
pub(super) struct WitnessKey(Pair);

struct Pair {
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl Vault {
    /// Makes the log's key; there is one, since another key is another log.
    pub fn new_log_key(&self, rng: &dyn SecureRandom) -> Result<(), VaultError> {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(rng)?;
        self.keep(Kind::Log, Zeroizing::new(pkcs8.as_ref().to_vec()), rng).map(|_| ())
    }

    /// Makes this hall's key as a witness for others; there is one.
    pub fn new_witness_key(&self, rng: &dyn SecureRandom) -> Result<(), VaultError> {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(rng)?;
        self.keep(Kind::Witness, Zeroizing::new(pkcs8.as_ref().to_vec()), rng).map(|_| ())
    }

    /// What verifiers are given of the log's key; `origin` is the log's name.
    pub fn log_verifier_key(&self, origin: &KeyName) -> Result<VerifierKey, VaultError> {
        Ok(VerifierKey::log(origin.clone(), self.log_key()?.pair.public))
    }

    /// What verifiers are given of the witness's key.
    pub fn witness_verifier_key(&self, name: &KeyName) -> Result<VerifierKey, VaultError> {
        Ok(VerifierKey::witness(name.clone(), self.witness_key()?.0.public))
    }

    /// The log's signature line for a checkpoint. Refuses another tree of the size signed last; what was signed before this process began is for the sequencer to know.
    pub fn sign_checkpoint(&self, checkpoint: &Checkpoint) -> Result<NoteSignature, VaultError> {
        let key = self.log_key()?;
        let mut last = key.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|last| last.origin == checkpoint.origin && forks(last, checkpoint)) {
            return Err(VaultError::Fork);
        }
        let signature = key.pair.sign(checkpoint.text().as_bytes())?;
        *last = Some(checkpoint.clone());
        Ok(NoteSignature::by_log(&checkpoint.origin, &key.pair.public, &signature))
    }

    /// This hall's cosignature of another log's checkpoint, which continues those it has cosigned before; seen at `at`.
    pub fn cosign_checkpoint(
        &self,
        name: &KeyName,
        continued: &Continued,
        at: Timestamp,
    ) -> Result<NoteSignature, VaultError> {
        let key = self.witness_key()?;
        let seconds = u64::try_from(at.as_second()).map_err(|_| VaultError::Crypto)?;
        let signature = key.0.sign(&cosignature_message(seconds, &continued.checkpoint().text()))?;
        Ok(NoteSignature::by_witness(name, &key.0.public, seconds, &signature))
    }

    fn log_key(&self) -> Result<Arc<LogKey>, VaultError> {
        self.keys().log.clone().ok_or(VaultError::NoKey("log"))
    }

    fn witness_key(&self) -> Result<Arc<WitnessKey>, VaultError> {
        self.keys().witness.clone().ok_or(VaultError::NoKey("witness"))
    }
}

fn forks(last: &Checkpoint, next: &Checkpoint) -> bool {
    last.size == next.size && last.root != next.root
}

impl LogKey {
    pub(super) fn load(pkcs8: &[u8]) -> Result<Self, VaultError> {
        Ok(Self { pair: Pair::load(pkcs8)?, last: Mutex::default() })
    }

    pub(super) fn spki(&self) -> Vec<u8> {
        self.pair.spki()
    }
}

impl WitnessKey {
    pub(super) fn load(pkcs8: &[u8]) -> Result<Self, VaultError> {
        Pair::load(pkcs8).map(Self)
    }

    pub(super) fn spki(&self) -> Vec<u8> {
        self.0.spki()
    }
}

impl Pair {
    fn load(pkcs8: &[u8]) -> Result<Self, VaultError> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| VaultError::UnusableKey)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| VaultError::Crypto)?;
        Ok(Self { pair, public })
    }

    /// `SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING }` (RFC 8410 section 4).
    fn spki(&self) -> Vec<u8> {
        [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), &self.public].concat()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], VaultError> {
        self.pair.sign(message).as_ref().try_into().map_err(|_| VaultError::Crypto)
    }
}
