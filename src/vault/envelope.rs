//! AES-256-GCM over a key (NIST SP 800-38D): nonces are random, which is safe for some 2^32 uses of one data key; a vault makes a few hundred.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::SecureRandom;
use zeroize::Zeroizing;

use super::VaultError;

/// A 256-bit key that encrypts other keys.
pub(super) struct DataKey(Zeroizing<[u8; 32]>);

/// Nonce and ciphertext with its tag.
pub(super) struct Envelope {
    pub(super) nonce: [u8; NONCE_LEN],
    pub(super) ciphertext: Vec<u8>,
}

impl DataKey {
    /// A random key.
    pub(super) fn generate(rng: &dyn SecureRandom) -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    pub(super) fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Encrypts in place; `context` is bound but not stored.
    pub(super) fn seal(
        &self,
        mut plaintext: Zeroizing<Vec<u8>>,
        context: &[u8],
        rng: &dyn SecureRandom,
    ) -> Result<Envelope, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        rng.fill(&mut nonce)?;
        let tag = self.cipher()?.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context),
            &mut plaintext,
        )?;
        Ok(Envelope { nonce, ciphertext: [plaintext.as_slice(), tag.as_ref()].concat() })
    }

    /// Decrypts; none if key, context or any byte is another.
    pub(super) fn open(&self, envelope: Envelope, context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut buffer = Zeroizing::new(envelope.ciphertext);
        let nonce = Nonce::assume_unique_for_key(envelope.nonce);
        let length = self.cipher().ok()?.open_in_place(nonce, Aad::from(context), &mut buffer).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }

    fn cipher(&self) -> Result<LessSafeKey, VaultError> {
        Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.0.as_ref())?))
    }
}
