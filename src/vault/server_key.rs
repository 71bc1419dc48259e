//! The web server's key: it signs TLS handshakes, inside rustls, which is given a signer and not the key's bytes.

use std::fmt;
use std::sync::Arc;

use ring::rand::SecureRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::SigningKey;
use zeroize::Zeroizing;

use super::key_file::Kind;
use super::{Vault, VaultError};
use crate::digest::Digest;
use crate::pki::suite::p256_spki;

/// A web server's private key.
pub(super) struct ServerKey {
    signer: Arc<dyn SigningKey>,
    spki: Vec<u8>,
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKey(..)")
    }
}

impl Vault {
    /// Makes a P-256 key for the web server. Gives the DER SubjectPublicKeyInfo.
    pub fn new_server_key(&self, rng: &dyn SecureRandom) -> Result<Vec<u8>, VaultError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, rng)?;
        self.keep(Kind::Server, Zeroizing::new(pkcs8.as_ref().to_vec()), rng)
    }

    /// The DER SubjectPublicKeyInfo of every web server key held.
    pub fn server_keys(&self) -> Vec<Vec<u8>> {
        self.keys().servers.values().map(|key| key.spki.clone()).collect()
    }

    /// The web server key with this digest of its SubjectPublicKeyInfo, as rustls takes it.
    pub fn server_key(&self, spki: &Digest) -> Result<Arc<dyn SigningKey>, VaultError> {
        self.keys().servers.get(spki).map(|key| key.signer.clone()).ok_or(VaultError::NoSuchKey(*spki))
    }
}

impl ServerKey {
    pub(super) fn load(pkcs8: &[u8], rng: &dyn SecureRandom) -> Result<Self, VaultError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, rng)
            .map_err(|_| VaultError::UnusableKey)?;
        let spki = p256_spki(pair.public_key().as_ref());
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8));
        let signer = rustls::crypto::ring::sign::any_ecdsa_type(&der).map_err(|_| VaultError::UnusableKey)?;
        Ok(Self { signer, spki })
    }

    pub(super) fn spki(&self) -> &[u8] {
        &self.spki
    }
}
