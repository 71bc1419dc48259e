//! The keys of the hall's own authorities. Each signs certificates of its own sort and its own revocation list, and nothing else.

use std::sync::Arc;

use ring::rand::SecureRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

use super::key_file::Kind;
use super::{Vault, VaultError};
use crate::digest::Digest;
use crate::pki::authority::{CertSigner, Issuance, SigningFailed, ToBeSigned};
use crate::pki::suite::{Signature, Suite, p256_spki};

/// Which authority a key is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// The seal root: itself and issuing authorities.
    Root,
    /// The issuing authority: seal certificates.
    Seal,
    /// The authority of the hall's web servers: itself and server certificates.
    Service,
}

impl Authority {
    const fn may_sign(self, issuance: Issuance) -> bool {
        matches!(
            (self, issuance),
            (Self::Root, Issuance::Root | Issuance::SealAuthority)
                | (Self::Seal, Issuance::Seal)
                | (Self::Service, Issuance::ServiceAuthority | Issuance::Server)
                | (_, Issuance::RevocationList)
        )
    }
}

/// An authority's private key.
pub(super) struct AuthorityKey {
    authority: Authority,
    pair: EcdsaKeyPair,
    spki: Vec<u8>,
}

/// An authority's key in use: what [`crate::pki::authority`] asks for.
pub struct AuthoritySigner<'a> {
    key: Arc<AuthorityKey>,
    rng: &'a dyn SecureRandom,
}

impl Vault {
    /// Makes a P-256 key for an authority. Several may exist: an authority that renews its key needs the old one for its list. Gives the DER SubjectPublicKeyInfo.
    pub fn new_authority_key(&self, authority: Authority, rng: &dyn SecureRandom) -> Result<Vec<u8>, VaultError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, rng)?;
        self.keep(Kind::Authority(authority), Zeroizing::new(pkcs8.as_ref().to_vec()), rng)
    }

    /// The DER SubjectPublicKeyInfo of every key of this authority.
    pub fn authority_keys(&self, authority: Authority) -> Vec<Vec<u8>> {
        let keys = self.keys();
        keys.authorities.values().filter(|key| key.authority == authority).map(|key| key.spki.clone()).collect()
    }

    /// The authority's key with this digest of its SubjectPublicKeyInfo.
    pub fn authority<'a>(&self, spki: &Digest, rng: &'a dyn SecureRandom) -> Result<AuthoritySigner<'a>, VaultError> {
        let key = self.keys().authorities.get(spki).cloned().ok_or(VaultError::NoSuchKey(*spki))?;
        Ok(AuthoritySigner { key, rng })
    }
}

impl CertSigner for AuthoritySigner<'_> {
    fn spki_der(&self) -> &[u8] {
        &self.key.spki
    }

    fn sign(&self, tbs: &ToBeSigned) -> Result<Signature, SigningFailed> {
        if !self.key.authority.may_sign(tbs.issuance()) {
            return Err(SigningFailed::NotItsKind(tbs.issuance()));
        }
        let signature = self.key.pair.sign(self.rng, tbs.as_der()).map_err(|_| SigningFailed::Failed)?;
        Ok(Signature { suite: Suite::EcdsaP256Sha256, bytes: signature.as_ref().to_vec() })
    }
}

impl AuthorityKey {
    pub(super) fn load(authority: Authority, pkcs8: &[u8], rng: &dyn SecureRandom) -> Result<Self, VaultError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, rng)
            .map_err(|_| VaultError::UnusableKey)?;
        let spki = p256_spki(pair.public_key().as_ref());
        Ok(Self { authority, pair, spki })
    }

    pub(super) fn spki(&self) -> &[u8] {
        &self.spki
    }
}
