//! A key bound to a device: made by the browser (WebCrypto, ECDSA on P-256) so that it cannot be taken out of it, and told to the hall
//! when an administrator enrols the device. What it signs is one short text that says what for and when.

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use crate::digest::Digest;

/// Length of a public key: an uncompressed point (SEC 1, 2.3.3).
pub const KEY: usize = 65;
/// How far the time in a proof may lie from the hall's, in seconds.
pub const TOLERANCE: i64 = 90;

/// What a device is asked to sign for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// Somebody signs in by this name.
    SignIn(&'a str),
    /// A session goes on at this device: its public identifier.
    Session(&'a Digest),
}

/// A device's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceProof {
    /// SHA-256 of the device's public key: which device.
    pub device: Digest,
    /// When it was made, by the hall's clock as the page knows it (seconds since 1970).
    pub seconds: i64,
    /// r and s, 32 bytes each (as WebCrypto writes them).
    pub signature: Vec<u8>,
}

/// The text that is signed.
pub fn text(origin: &str, purpose: Purpose<'_>, seconds: i64) -> String {
    let purpose = match purpose {
        Purpose::SignIn(login) => format!("sign-in {login}"),
        Purpose::Session(session) => format!("session {session}"),
    };
    format!("yinxin-device/v1\norigin {origin}\n{purpose}\nat {seconds}\n")
}

/// Whether a key is a point that signatures can be checked by, as far as its form says.
pub fn is_key(key: &[u8]) -> bool {
    key.len() == KEY && key.first() == Some(&4)
}

impl DeviceProof {
    /// Whether `key` made this proof for this purpose, lately.
    pub fn holds(&self, key: &[u8], origin: &str, purpose: Purpose<'_>, now: i64) -> bool {
        let is_late = now.checked_sub(self.seconds).is_none_or(|apart| apart.unsigned_abs() > TOLERANCE as u64);
        if is_late || !is_key(key) || Digest::of(key) != self.device {
            return false;
        }
        let text = text(origin, purpose, self.seconds);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(text.as_bytes(), &self.signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test may ask for random numbers")]
    fn a_proof_holds_for_its_key_its_purpose_and_a_while() {
        let rng = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &rng).unwrap();
        let key = pair.public_key().as_ref();
        let (origin, purpose) = ("https://hall.example", Purpose::SignIn("chief-scjg"));
        let signature = pair.sign(&rng, text(origin, purpose, 1000).as_bytes()).unwrap().as_ref().to_vec();
        let proof = DeviceProof { device: Digest::of(key), seconds: 1000, signature };
        assert!(proof.holds(key, origin, purpose, 1000));
        assert!(proof.holds(key, origin, purpose, 1090) && proof.holds(key, origin, purpose, 910));
        assert!(!proof.holds(key, origin, purpose, 1091) && !proof.holds(key, origin, purpose, 909));
        assert!(!proof.holds(key, origin, purpose, i64::MIN) && !proof.holds(key, origin, purpose, i64::MAX));
        assert!(!proof.holds(key, origin, Purpose::SignIn("leader-scjg"), 1000));
        assert!(!proof.holds(key, origin, Purpose::Session(&proof.device), 1000));
        assert!(!proof.holds(key, "https://other.example", purpose, 1000));
        assert!(!proof.holds(&key[1..], origin, purpose, 1000) && !proof.holds(&[4; 65], origin, purpose, 1000));
        for at in 0..64 {
            let mut other = proof.clone();
            other.signature[at] ^= 1;
            assert!(!other.holds(key, origin, purpose, 1000));
        }
        assert!(!DeviceProof { signature: Vec::new(), ..proof }.holds(key, origin, purpose, 1000));
    }
}
