//! SignedData read from a document, ours or anybody's, and checked against it (RFC 5652 sections 5.4 and 5.6, ISO 32000-2 section 12.8.3).

use jiff::Timestamp;

use super::CmsError;
use super::attribute_types::DATA;
use super::attributes::SignedAttributes;
use super::envelope::{Envelope, Sent};
use super::revocation::Revocation;
use super::signed_data::{UnsignedAttributes, assemble};
use super::signer::{Held, SignerInfo};
use crate::pki::algorithm::Proven;
use crate::pki::certificate::Certificate;
use crate::pki::hash::HashAlgorithm;
use crate::pki::strength::{self, Strength};
use crate::pki::suite::{Signature, Suite};

/// The largest SignedData read, padding included, in bytes. Signatures with embedded revocation lists and timestamps stay far below.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The most certificates carried.
pub const MAX_CERTIFICATES: usize = 64;
/// The most attributes in one set, and values in one attribute.
pub const MAX_ATTRIBUTES: usize = 32;
/// The most revocation lists and OCSP answers carried.
pub const MAX_REVOCATION: usize = 256;

/// What `/SubFilter` says `/Contents` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `ETSI.CAdES.detached`: signed attributes are mandatory (EN 319 122-1).
    Cades,
    /// `adbe.pkcs7.detached`: signed attributes may be absent.
    Pkcs7,
    /// `adbe.pkcs7.sha1`: the content is the document's SHA-1 digest.
    Pkcs7Sha1,
}

impl Kind {
    /// The kind of a `/SubFilter`; none for those that are not a SignedData over the document ([`super::RsaSignature`], [`super::TimestampToken`]) or unknown.
    pub fn of_sub_filter(name: &str) -> Option<Self> {
        match name {
            "ETSI.CAdES.detached" => Some(Self::Cades),
            "adbe.pkcs7.detached" => Some(Self::Pkcs7),
            "adbe.pkcs7.sha1" => Some(Self::Pkcs7Sha1),
            _ => None,
        }
    }
}

/// A signature of one signer over a document. Reading it verifies nothing.
#[derive(Debug, Clone)]
pub struct SignedData {
    bytes: Vec<u8>,
    /// The SHA-1 digest that is signed in the document's place.
    encapsulated: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    revocation: Revocation,
    signer: SignerInfo,
    seal_attributes: Option<SignedAttributes>,
}

/// A signature that holds over the document it was checked against; made by [`SignedData::verify`] alone. Whether the signer is to be believed is a matter of its path,
/// whether the algorithms are one of [`strength`](Self::strength).
#[derive(Debug, Clone, Copy)]
#[must_use = "a signature that holds may still be too weak to believe"]
pub struct Verified<'a> {
    signed_data: &'a SignedData,
    held: Held,
}

impl<'a> Verified<'a> {
    /// The signer's certificate.
    pub fn signer(&self) -> &'a Certificate {
        self.signed_data.signer()
    }

    /// Whether the signer's certificate is itself among what is signed (signingCertificate, signingCertificateV2), as CAdES demands.
    pub fn names_certificate(&self) -> bool {
        self.held.names_certificate
    }

    /// Algorithm and size of the key.
    pub fn proven(&self) -> Proven {
        self.held.proven
    }

    /// What the signature is worth if it is known to have existed at `at`: the weakest of key, signature, and the digests between it and the document.
    pub fn strength(&self, at: Timestamp) -> Strength {
        self.held.strength(at).and(strength::strength_of_hash(self.signed_data.digest_algorithm(), at))
    }
}

impl SignedData {
    /// Reads DER or BER, behind which zeros may stand, as they do in a PDF's `/Contents`.
    pub fn parse(contents: &[u8], kind: Kind) -> Result<Self, CmsError> {
        let sent = Sent::read(contents)?;
        let mut envelope = Envelope::open(&sent)?;
        let is_right_content = match (kind, envelope.content) {
            (Kind::Cades | Kind::Pkcs7, content) => content.is_none(),
            (Kind::Pkcs7Sha1, content) => content.is_some_and(|content| content.len() == HashAlgorithm::Sha1.length()),
        };
        if envelope.content_type != DATA || !is_right_content {
            return Err(CmsError::NotDetached);
        }
        let signer = SignerInfo::read(&mut envelope, sent.signed_attributes())?;
        if kind == Kind::Cades && signer.covered.is_none() {
            return Err(CmsError::AttributeMissing);
        }
        let spelling = signer.covered.as_ref().and_then(|covered| covered.spellings().first());
        let seal_attributes = spelling.and_then(|set| SignedAttributes::parse(set).ok());
        Ok(Self {
            bytes: sent.bytes.to_vec(),
            encapsulated: envelope.content.map(<[u8]>::to_vec),
            certificates: envelope.certificates,
            revocation: envelope.revocation,
            signer,
            seal_attributes,
        })
    }

    /// The exact bytes as sent, without padding.
    pub fn der(&self) -> &[u8] {
        &self.bytes
    }

    /// The signer's certificate, as claimed.
    pub fn signer(&self) -> &Certificate {
        &self.signer.certificate
    }

    /// All certificates carried that read, the signer's among them.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The revocation lists carried, covered or not, each one DER CertificateList as claimed.
    pub fn crls(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.revocation.crls.iter().map(Vec::as_slice)
    }

    /// The OCSP answers carried, covered or not, each one DER OCSPResponse as claimed.
    pub fn ocsps(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.revocation.ocsps.iter().map(Vec::as_slice)
    }

    /// The signed attributes in the strict form of a seal, SHA-256 and DER; none if they have another.
    pub fn seal_attributes(&self) -> Option<&SignedAttributes> {
        self.seal_attributes.as_ref()
    }

    /// The signing time among the signed attributes, as claimed.
    pub fn signing_time(&self) -> Option<Timestamp> {
        self.signer.covered.as_ref().and_then(|covered| covered.signing_time())
    }

    /// The hash function for the document's bytes.
    pub fn digest_algorithm(&self) -> HashAlgorithm {
        if self.encapsulated.is_some() { HashAlgorithm::Sha1 } else { self.signer.digest }
    }

    /// The signature as such: what a signature timestamp is over (RFC 3161 appendix A).
    pub fn signature_value(&self) -> &[u8] {
        &self.signer.signature
    }

    /// The ledger proofs carried; a seal has exactly one.
    pub fn proofs(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.signer.proofs.iter().map(Vec::as_slice)
    }

    /// The timestamp tokens carried, each one ContentInfo for [`super::TimestampToken::parse`].
    pub fn timestamps(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.signer.timestamps.iter().map(Vec::as_slice)
    }

    /// Whether writing what was read gives the same bytes, and every certificate is one of `path`, which was validated: what our own seals must satisfy, so that nothing can be
    /// added to or changed in the parts no signature covers. (Another valid ECDSA signature by the same key over the same attributes would pass; it says the same.)
    pub fn is_canonical(&self, path: &[Certificate]) -> bool {
        let (proofs, timestamps) = (&self.signer.proofs, &self.signer.timestamps);
        if proofs.len() > 1 || timestamps.len() > 1 || !self.certificates.iter().all(|one| path.contains(one)) {
            return false;
        }
        let Some(attributes) = &self.seal_attributes else { return false };
        let Ok(suite) = Suite::of_algorithm(&self.signer.algorithm_der) else { return false };
        let unsigned_attributes = UnsignedAttributes {
            proof: proofs.first().map(Vec::as_slice),
            timestamp: timestamps.first().map(Vec::as_slice),
        };
        let signature = Signature { suite, bytes: self.signer.signature.clone() };
        assemble(attributes, &signature, self.signer(), &self.certificates, unsigned_attributes) == self.bytes
    }

    /// Checks the signature over a document whose bytes hash to `content` by [`digest_algorithm`](Self::digest_algorithm): the digest is the signed one, the certificate named is
    /// the signer's, the protected algorithms are those used, the signature is the signer's over exactly the attributes' bytes.
    pub fn verify(&self, content: &[u8]) -> Result<Verified<'_>, CmsError> {
        let held = match &self.encapsulated {
            None => self.signer.verify(content)?,
            Some(encapsulated) if encapsulated == content => {
                self.signer.verify(&self.signer.digest.hash(encapsulated))?
            }
            Some(_) => return Err(CmsError::DigestMismatch),
        };
        Ok(Verified { signed_data: self, held })
    }
}

#[cfg(test)]
mod tests;
