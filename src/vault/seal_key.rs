//! Seal keys. What one signs is a use that the ledger holds; and, as a thing of another shape, the request for its own certificate.

use std::sync::{Arc, PoisonError};

use ring::rand::SecureRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use zeroize::Zeroizing;

use super::key_file::{KeyFile, Kind, file_name};
use super::{Keys, Vault, VaultError};
use crate::cms::SignedAttributes;
use crate::digest::Digest;
use crate::ledger::entry::Entry;
use crate::ledger::proof::Logged;
use crate::pki::certificate::Certificate;
use crate::pki::csr::{CertificationRequest, CertificationRequestInfo, check_answer};
use crate::pki::suite::{Signature, Suite, p256_spki, rsa_spki};

/// The largest file with an RSA key to import, in bytes.
const MAX_IMPORT_BYTES: usize = 16 * 1024;

/// A seal's private key.
pub(super) struct SealKey {
    pair: Pair,
    spki: Vec<u8>,
}

enum Pair {
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Vault {
    /// Signs the attributes of one document with a seal: the only use of a seal key. `use_` is proof that the ledger holds this very use; it is consumed.
    ///
    /// Refuses unless the entry is a seal use, names a key held here by the digest of its SubjectPublicKeyInfo, and names exactly these attributes by their digest.
    pub fn sign(
        &self,
        use_: Logged,
        attributes: &SignedAttributes,
        rng: &dyn SecureRandom,
    ) -> Result<Signature, VaultError> {
        let Entry::SealUse(entry) = use_.entry() else { return Err(VaultError::NotASealUse) };
        let key = self.seal_key(&entry.seal, rng)?;
        if entry.document != attributes.digest() {
            return Err(VaultError::OtherDocument);
        }
        if !attributes.is_seal_profile() {
            return Err(VaultError::NotSealAttributes);
        }
        key.sign(attributes.as_set_der(), rng)
    }

    /// Makes a P-256 seal key. Several may exist: a seal whose certificate is renewed keeps or changes its key. Gives the DER SubjectPublicKeyInfo.
    pub fn new_seal_key(&self, rng: &dyn SecureRandom) -> Result<Vec<u8>, VaultError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, rng)?;
        self.keep(Kind::Seal, Zeroizing::new(pkcs8.as_ref().to_vec()), rng)
    }

    /// Takes over an RSA seal key that another system made: PKCS#8, DER or PEM, not encrypted, 2048 to 4096 bits. Gives the DER SubjectPublicKeyInfo.
    pub fn import_rsa_key(&self, pkcs8: &[u8], rng: &dyn SecureRandom) -> Result<Vec<u8>, VaultError> {
        if pkcs8.len() > MAX_IMPORT_BYTES {
            return Err(VaultError::UnusableKey);
        }
        let der = match der::pem::decode_vec(pkcs8) {
            Ok(("PRIVATE KEY", der)) => Zeroizing::new(der),
            Ok((_, other)) => {
                drop(Zeroizing::new(other));
                return Err(VaultError::UnusableKey);
            }
            Err(_) => Zeroizing::new(pkcs8.to_vec()),
        };
        RsaKeyPair::from_pkcs8(&der).map_err(|_| VaultError::UnusableKey)?;
        self.keep(Kind::Seal, der, rng)
    }

    /// The DER SubjectPublicKeyInfo of every seal key held.
    pub fn seal_keys(&self) -> Vec<Vec<u8>> {
        self.keys().seal.values().map(|key| key.spki.clone()).collect()
    }

    /// Refuses unless the key is held here: asked before the ledger is told of a use that could then not be signed.
    pub fn check_seal_key(&self, spki: &Digest, rng: &dyn SecureRandom) -> Result<(), VaultError> {
        self.seal_key(spki, rng).map(drop)
    }

    /// Signs a request to an outside authority for a certificate on a seal key held here. The request names its own key.
    pub fn request_certificate(
        &self,
        request: CertificationRequestInfo,
        rng: &dyn SecureRandom,
    ) -> Result<CertificationRequest, VaultError> {
        let key = self.seal_key(&Digest::of(request.spki_der()), rng)?;
        let signature = key.sign(request.as_der(), rng)?;
        Ok(request.signed(&signature)?)
    }

    /// Checks that an outside authority's certificate is for a seal key held here and for signing. Its chain is for [`crate::pki::path`] to judge.
    pub fn accept_certificate(&self, certificate: &Certificate) -> Result<(), VaultError> {
        let spki = certificate.spki_digest();
        let key = self.keys().seal.get(&spki).cloned().ok_or(VaultError::NoSuchKey(spki))?;
        Ok(check_answer(certificate, key.spki())?)
    }

    /// Destroys a seal key: forgets it and removes its file. Copies in backups are the holder's to destroy (keys/README.md).
    pub fn destroy_seal_key(&self, spki: &Digest) -> Result<(), VaultError> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if !keys.seal.contains_key(spki) {
            return Err(VaultError::NoSuchKey(*spki));
        }
        self.folder.remove(&file_name(Kind::Seal, spki))?;
        keys.seal.remove(spki);
        Ok(())
    }

    /// The key; one that another node has made since this vault was opened is read now.
    fn seal_key(&self, spki: &Digest, rng: &dyn SecureRandom) -> Result<Arc<SealKey>, VaultError> {
        if let Some(key) = self.keys().seal.get(spki) {
            return Ok(key.clone());
        }
        let name = file_name(Kind::Seal, spki);
        if !self.folder.holds(&name) {
            return Err(VaultError::NoSuchKey(*spki));
        }
        let file = KeyFile::read(&self.folder, &name)?;
        let pkcs8 = file.open(&self.folder, &self.data_key)?;
        let mut loaded = Keys::default();
        let public = loaded.load(Kind::Seal, &pkcs8, rng);
        if public.as_ref().ok() != Some(&file.public) {
            return Err(VaultError::Altered(self.folder.path(&name)));
        }
        self.keys.write().unwrap_or_else(PoisonError::into_inner).absorb(loaded);
        self.keys().seal.get(spki).cloned().ok_or(VaultError::NoSuchKey(*spki))
    }
}

impl SealKey {
    pub(super) fn load(pkcs8: &[u8], rng: &dyn SecureRandom) -> Result<Self, VaultError> {
        if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, rng) {
            let spki = p256_spki(pair.public_key().as_ref());
            return Ok(Self { pair: Pair::P256(pair), spki });
        }
        let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| VaultError::UnusableKey)?;
        let spki = rsa_spki(pair.public_key().as_ref());
        Ok(Self { pair: Pair::Rsa(pair), spki })
    }

    pub(super) fn spki(&self) -> &[u8] {
        &self.spki
    }

    fn sign(&self, message: &[u8], rng: &dyn SecureRandom) -> Result<Signature, VaultError> {
        Ok(match &self.pair {
            Pair::P256(pair) => {
                let bytes = pair.sign(rng, message)?.as_ref().to_vec();
                Signature { suite: Suite::EcdsaP256Sha256, bytes }
            }
            Pair::Rsa(pair) => {
                let mut bytes = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, rng, message, &mut bytes)?;
                Signature { suite: Suite::RsaPkcs1Sha256, bytes }
            }
        })
    }
}
