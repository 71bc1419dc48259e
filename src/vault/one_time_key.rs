//! Secrets of one-time codes, each shared with one person's authenticator app.

use ring::hkdf;
use zeroize::Zeroizing;

use super::{Vault, VaultError};

/// Bound into every secret of this kind.
const SALT: &[u8] = b"yinxin one-time code v1";

/// The length of a secret, as HKDF asks for it.
struct Length;

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        20
    }
}

impl Vault {
    /// The secret of this person's codes of this identifier: derived from the vault's data key (HKDF-SHA-256, RFC 5869), so that it is kept nowhere
    /// and a copy of the database makes no codes. It is shown to its owner, once.
    pub fn one_time_secret(&self, person: &str, id: &str) -> Result<Zeroizing<[u8; 20]>, VaultError> {
        let mut secret = Zeroizing::new([0; 20]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, SALT)
            .extract(self.data_key.bytes())
            .expand(&[person.as_bytes(), b"/", id.as_bytes()], Length)?
            .fill(secret.as_mut())?;
        Ok(secret)
    }
}
