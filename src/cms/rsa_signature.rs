//! `adbe.x509.rsa_sha1`: a PKCS#1 signature alone, its certificates in the signature dictionary's `/Cert` (ISO 32000-1 section 12.8.3.2).
//!
//! Nothing but the document is covered: neither the certificate nor the algorithm.

use super::CmsError;
use super::ber;
use super::read::MAX_BYTES;
use crate::pki::algorithm::{Algorithm, Proven};
use crate::pki::certificate::Certificate;
use crate::pki::hash::HashAlgorithm;
use crate::pki::public_key::PublicKey;
use crate::pki::suite::SuiteError;
use crate::pki::tlv::{Element, OCTET_STRING};

/// A PKCS#1 v1.5 signature over a document. Reading it verifies nothing.
#[derive(Debug, Clone)]
pub struct RsaSignature {
    signature: Vec<u8>,
    digest: HashAlgorithm,
    certificates: Vec<Certificate>,
}

impl RsaSignature {
    /// Reads `/Contents`, an OCTET STRING behind which zeros may stand. `certificates`: those of `/Cert`, the signer's first; at least one.
    pub fn parse(contents: &[u8], certificates: Vec<Certificate>) -> Result<Self, CmsError> {
        if contents.len() > MAX_BYTES {
            return Err(CmsError::TooLarge);
        }
        let (sent, der) = ber::first(contents)?;
        if contents[sent.len()..].iter().any(|byte| *byte != 0) {
            return Err(CmsError::TrailingData);
        }
        let signature = Element::parse(&der, OCTET_STRING)?.content.to_vec();
        let signer = certificates.first().ok_or(CmsError::SignerMissing)?;
        // SHA-1 as the name says, or a later one (table 257): the signature itself says which.
        let digest = PublicKey::parse(signer.spki_der())?.claimed_hash(&signature).ok_or(SuiteError::Signature)?;
        Ok(Self { signature, digest, certificates })
    }

    /// The signer's certificate, as claimed.
    pub fn signer(&self) -> &Certificate {
        // There is one: `parse` has looked at it.
        &self.certificates[0]
    }

    /// All certificates given, the signer's first.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The hash function for the document's bytes.
    pub fn digest_algorithm(&self) -> HashAlgorithm {
        self.digest
    }

    /// Checks the signature over a document whose bytes hash to `content` by [`digest_algorithm`](Self::digest_algorithm). [`CmsError::DigestMismatch`] if it is over other bytes.
    pub fn verify(&self, content: &[u8]) -> Result<Proven, CmsError> {
        // That the signature has the form of one by this key was seen when it was read; what can differ is the digest in it.
        let algorithm = Algorithm::RsaPkcs1(self.digest);
        algorithm.verify_digest(self.signer().spki_der(), content, &self.signature).map_err(|error| match error {
            SuiteError::Signature => CmsError::DigestMismatch,
            other => other.into(),
        })
    }
}
