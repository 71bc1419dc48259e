//! Secrets shared with other systems, each of which authenticates what one receiver is told and nothing else.

use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use super::{Vault, VaultError};

/// Bound into every secret of this kind.
const SALT: &[u8] = b"yinxin webhook secret v1";

impl Vault {
    /// The secret shared with the receiver of this name: derived from the vault's data key (HKDF-SHA-256, RFC 5869), so that it is
    /// kept nowhere. It is told to the receiver's operator, once.
    pub fn webhook_secret(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let mut secret = Zeroizing::new([0; 32]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, SALT)
            .extract(self.data_key.bytes())
            .expand(&[name.as_bytes()], hkdf::HKDF_SHA256)?
            .fill(secret.as_mut())?;
        Ok(secret)
    }

    /// HMAC-SHA-256 (RFC 2104) over `<seconds since 1970>.<body>` under the receiver's secret, in hexadecimal.
    pub fn authenticate_webhook(&self, name: &str, seconds: i64, body: &[u8]) -> Result<String, VaultError> {
        let secret = self.webhook_secret(name)?;
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_ref()));
        context.update(format!("{seconds}.").as_bytes());
        context.update(body);
        Ok(hex::encode(context.sign()))
    }
}
