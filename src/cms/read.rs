//! SignedData read from a document, ours or anybody's, and checked against it (RFC 5652 sections 5.4 and 5.6).

use super::CmsError;
use super::attribute_types::{DATA, LEDGER_PROOF, SIGNED_DATA, TIMESTAMP};
use super::attributes::{SignedAttributes, octets, read_set};
use super::signed_data::{UnsignedAttributes, assemble};
use crate::digest::Digest;
use crate::pki::certificate::Certificate;
use crate::pki::suite::{SHA256, SHA256_WITH_NULL, Signature, Suite};
use crate::pki::tlv::{Element, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE, SET, context, context_primitive};

/// The largest SignedData read, padding included, in bytes. Signatures with embedded revocation lists and timestamps stay far below.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The most certificates carried.
pub const MAX_CERTIFICATES: usize = 16;
/// The most attributes in one set.
pub const MAX_ATTRIBUTES: usize = 32;

/// A detached signature of one signer. Reading it verifies nothing.
#[derive(Debug, Clone)]
pub struct SignedData {
    der: Vec<u8>,
    certificates: Vec<Certificate>,
    signer: usize,
    attributes: SignedAttributes,
    signature: Signature,
    proofs: Vec<Vec<u8>>,
    timestamps: Vec<Vec<u8>>,
}

/// A signature that holds over the document it was checked against; made by [`SignedData::verify`] alone. Whether the signer is to be believed is a matter of its path.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    signed_data: &'a SignedData,
    names_certificate: bool,
}

impl<'a> Verified<'a> {
    /// The signer's certificate.
    pub fn signer(&self) -> &'a Certificate {
        self.signed_data.signer()
    }

    /// The attributes that are covered.
    pub fn attributes(&self) -> &'a SignedAttributes {
        &self.signed_data.attributes
    }

    /// Whether the signer's certificate is itself among what is signed (signingCertificateV2), as CAdES demands.
    pub fn names_certificate(&self) -> bool {
        self.names_certificate
    }
}

impl SignedData {
    /// Reads DER, behind which zeros may stand, as they do in a PDF's `/Contents`.
    pub fn parse(contents: &[u8]) -> Result<Self, CmsError> {
        if contents.len() > MAX_BYTES {
            return Err(CmsError::TooLarge);
        }
        let outer = Reader::new(contents)?.expect(SEQUENCE)?;
        if contents[outer.full.len()..].iter().any(|byte| *byte != 0) {
            return Err(CmsError::TrailingData);
        }
        let mut content_info = outer.reader()?;
        if content_info.expect(OID)?.full != SIGNED_DATA {
            return Err(CmsError::NotDetached);
        }
        let explicit = content_info.expect(context(0))?;
        content_info.finish()?;
        let mut fields = Element::parse(explicit.content, SEQUENCE)?.reader()?;
        fields.expect(INTEGER)?;
        fields.expect(SET)?;
        let encapsulated = fields.expect(SEQUENCE)?;
        if encapsulated.content != DATA {
            return Err(CmsError::NotDetached);
        }
        let certificates = read_certificates(fields.optional(context(0))?)?;
        // Revocation lists that a signer sent along: whoever validates the path brings current ones.
        fields.optional(context(1))?;
        let mut signers = fields.expect(SET)?.reader()?;
        fields.finish()?;
        let signer_info = signers.element().map_err(|_| CmsError::NotOneSigner)?;
        if !signers.is_finished() {
            return Err(CmsError::NotOneSigner);
        }
        Self::read_signer(outer.full, certificates, &signer_info)
    }

    fn read_signer(der: &[u8], certificates: Vec<Certificate>, info: &Element<'_>) -> Result<Self, CmsError> {
        if info.tag != SEQUENCE {
            return Err(CmsError::Malformed);
        }
        let mut fields = info.reader()?;
        fields.expect(INTEGER)?;
        let identifier = fields.element()?;
        let signer = find_signer(&certificates, &identifier)?;
        let digest_algorithm = fields.expect(SEQUENCE)?.full;
        if digest_algorithm != SHA256 && digest_algorithm != SHA256_WITH_NULL {
            return Err(CmsError::DigestAlgorithm);
        }
        // Without signed attributes a signature over a document could be one over a set of attributes (RFC 5652 section 11).
        let mut set_der = fields.optional(context(0))?.ok_or(CmsError::AttributeMissing)?.full.to_vec();
        set_der[0] = SET;
        let attributes = SignedAttributes::parse(&set_der)?;
        let suite = Suite::of_cms_algorithm(fields.expect(SEQUENCE)?.full)?;
        let signature = Signature { suite, bytes: fields.expect(OCTET_STRING)?.content.to_vec() };
        let (mut proofs, mut timestamps) = (Vec::new(), Vec::new());
        if let Some(set) = fields.optional(context(1))? {
            for (oid, value) in read_set(set)? {
                match oid {
                    LEDGER_PROOF => proofs.push(octets(&value)?.to_vec()),
                    TIMESTAMP => timestamps.push(value.full.to_vec()),
                    _ => {}
                }
            }
        }
        fields.finish()?;
        Ok(Self { der: der.to_vec(), certificates, signer, attributes, signature, proofs, timestamps })
    }

    /// The exact bytes, without padding.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The signer's certificate, as claimed.
    pub fn signer(&self) -> &Certificate {
        &self.certificates[self.signer]
    }

    /// All certificates carried, the signer's among them.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The signed attributes, as claimed.
    pub fn attributes(&self) -> &SignedAttributes {
        &self.attributes
    }

    /// The signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The ledger proofs carried; a seal has exactly one.
    pub fn proofs(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.proofs.iter().map(Vec::as_slice)
    }

    /// The timestamp tokens carried, each one DER ContentInfo.
    pub fn timestamps(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.timestamps.iter().map(Vec::as_slice)
    }

    /// Whether writing what was read gives the same bytes, and every certificate is the signer's or issued one of the others: what our own seals must satisfy, so that nothing can be
    /// added to or changed in the parts no signature covers. (Another valid ECDSA signature by the same key over the same attributes would pass; it says the same.)
    pub fn is_canonical(&self) -> bool {
        if self.proofs.len() > 1 || self.timestamps.len() > 1 || !self.chain_is_used() {
            return false;
        }
        let unsigned_attributes = UnsignedAttributes {
            proof: self.proofs.first().map(Vec::as_slice),
            timestamp: self.timestamps.first().map(Vec::as_slice),
        };
        assemble(&self.attributes, &self.signature, self.signer(), &self.certificates, unsigned_attributes) == self.der
    }

    fn chain_is_used(&self) -> bool {
        let mut last = self.signer();
        let mut used = 1;
        while let Some(issuer) = self.certificates.iter().find(|issuer| {
            issuer.subject_der() == last.issuer_der() && last.verify_signature(issuer.spki_der()).is_ok()
        }) {
            if issuer == last || used == self.certificates.len() {
                return false;
            }
            (last, used) = (issuer, used + 1);
        }
        used == self.certificates.len()
    }

    /// Checks the signature over a document whose ByteRange digest is `content`: the digest is the signed one, the certificate named is the signer's, the signature is the signer's
    /// over exactly the attributes' bytes.
    pub fn verify(&self, content: Digest) -> Result<Verified<'_>, CmsError> {
        if self.attributes.message_digest() != content {
            return Err(CmsError::DigestMismatch);
        }
        let names_certificate = match self.attributes.names(self.signer()) {
            Some(false) => return Err(CmsError::OtherCertificate),
            named => named.is_some(),
        };
        let Signature { suite, bytes } = &self.signature;
        suite.verify(self.signer().spki_der(), self.attributes.as_set_der(), bytes)?;
        Ok(Verified { signed_data: self, names_certificate })
    }
}

fn read_certificates(set: Option<Element<'_>>) -> Result<Vec<Certificate>, CmsError> {
    let mut certificates = Vec::new();
    if let Some(set) = set {
        let mut reader = set.reader()?;
        while !reader.is_finished() {
            if certificates.len() == MAX_CERTIFICATES {
                return Err(CmsError::TooMany);
            }
            certificates.push(Certificate::from_der(reader.expect(SEQUENCE)?.full)?);
        }
    }
    Ok(certificates)
}

/// The signer's certificate by issuer and serial number, or by `[0]` subjectKeyIdentifier.
fn find_signer(certificates: &[Certificate], identifier: &Element<'_>) -> Result<usize, CmsError> {
    let position = if identifier.tag == context_primitive(0) {
        certificates.iter().position(|certificate| certificate.subject_key_identifier() == Some(identifier.content))
    } else if identifier.tag == SEQUENCE {
        let mut parts = identifier.reader()?;
        let (issuer, serial) = (parts.expect(SEQUENCE)?.full, parts.expect(INTEGER)?.full);
        parts.finish()?;
        certificates
            .iter()
            .position(|certificate| certificate.issuer_der() == issuer && certificate.serial_der() == serial)
    } else {
        return Err(CmsError::Malformed);
    };
    position.ok_or(CmsError::SignerMissing)
}

#[cfg(test)]
mod tests;
