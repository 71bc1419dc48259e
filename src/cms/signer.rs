//! One SignerInfo: who signed, how, over what (RFC 5652 sections 5.3, 5.4 and 5.6).

use jiff::Timestamp;

use super::CmsError;
use super::attribute_types::{LEDGER_PROOF, TIMESTAMP};
use super::attributes::{octets, read_attributes};
use super::covered::CoveredAttributes;
use super::envelope::Envelope;
use crate::pki::algorithm::{Algorithm, Proven};
use crate::pki::certificate::Certificate;
use crate::pki::hash::HashAlgorithm;
use crate::pki::strength::{self, Strength};
use crate::pki::suite::SuiteError;
use crate::pki::tlv::{Element, INTEGER, OCTET_STRING, SEQUENCE, context, context_primitive};

/// A signer as claimed.
#[derive(Debug, Clone)]
pub(super) struct SignerInfo {
    pub(super) certificate: Certificate,
    pub(super) digest: HashAlgorithm,
    /// DER AlgorithmIdentifier of the signature.
    pub(super) algorithm_der: Vec<u8>,
    pub(super) covered: Option<CoveredAttributes>,
    pub(super) signature: Vec<u8>,
    pub(super) proofs: Vec<Vec<u8>>,
    pub(super) timestamps: Vec<Vec<u8>>,
}

/// A signature that holds, whoever made it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) proven: Proven,
    /// Of the content.
    pub(super) digest: HashAlgorithm,
    pub(super) names_certificate: bool,
}

impl Held {
    pub(super) fn strength(&self, at: Timestamp) -> Strength {
        self.proven.strength(at).and(strength::strength_of_hash(self.digest, at))
    }
}

impl SignerInfo {
    /// Reads the signer of `envelope`. `sent`: its signed attributes as sent, where BER became DER.
    pub(super) fn read(envelope: &mut Envelope<'_>, sent: Option<&[u8]>) -> Result<Self, CmsError> {
        let mut fields = envelope.signer_info.reader()?;
        fields.expect(INTEGER)?;
        let identifier = fields.element()?;
        let digest = HashAlgorithm::parse(fields.expect(SEQUENCE)?.full).map_err(|_| CmsError::DigestAlgorithm)?;
        let covered = match fields.optional(context(0))? {
            Some(set) => Some(CoveredAttributes::parse(&set, sent, envelope.content_type, &mut envelope.revocation)?),
            None => None,
        };
        let algorithm_der = fields.expect(SEQUENCE)?.full.to_vec();
        let signature = fields.expect(OCTET_STRING)?.content.to_vec();
        let (mut proofs, mut timestamps) = (Vec::new(), Vec::new());
        if let Some(set) = fields.optional(context(1))? {
            for attribute in read_attributes(set)? {
                for value in &attribute.values {
                    match attribute.oid {
                        LEDGER_PROOF => proofs.push(octets(value)?.to_vec()),
                        TIMESTAMP => timestamps.push(value.full.to_vec()),
                        _ => {}
                    }
                }
            }
        }
        fields.finish()?;
        let certificate = find_certificate(envelope, &identifier, covered.as_ref())?;
        Ok(Self { certificate, digest, algorithm_der, covered, signature, proofs, timestamps })
    }

    /// Checks the signature over content with the hash value `content`, made by [`digest`](Self::digest).
    pub(super) fn verify(&self, content: &[u8]) -> Result<Held, CmsError> {
        let algorithm = Algorithm::of_cms(&self.algorithm_der, self.digest);
        let spki = self.certificate.spki_der();
        let Some(covered) = &self.covered else {
            // RFC 5652 section 5.4: without attributes the signature is over the content itself.
            let proven = algorithm?.verify_digest(spki, content, &self.signature)?;
            return Ok(Held { proven, digest: self.digest, names_certificate: false });
        };
        if covered.message_digest() != content {
            return Err(CmsError::DigestMismatch);
        }
        let names_certificate = match covered.names(&self.certificate) {
            Some(false) => return Err(CmsError::OtherCertificate),
            named => named.is_some(),
        };
        let algorithm = algorithm?;
        covered.check_protection(self.digest, algorithm, &self.algorithm_der)?;
        let mut result = Err(SuiteError::Signature);
        for spelling in covered.spellings() {
            result = algorithm.verify(spki, spelling, &self.signature);
            if !matches!(result, Err(SuiteError::Signature)) {
                break;
            }
        }
        Ok(Held { proven: result?, digest: self.digest, names_certificate })
    }
}

/// The signer's certificate by issuer and serial number, or by `[0]` subjectKeyIdentifier. Of several, the one that the signed attributes name.
fn find_certificate(
    envelope: &Envelope<'_>,
    identifier: &Element<'_>,
    covered: Option<&CoveredAttributes>,
) -> Result<Certificate, CmsError> {
    let by_key = identifier.tag == context_primitive(0);
    let (issuer, serial) = if by_key {
        (&[][..], &[][..])
    } else if identifier.tag == SEQUENCE {
        let mut parts = identifier.reader()?;
        let both = (parts.expect(SEQUENCE)?.full, parts.expect(INTEGER)?.full);
        parts.finish()?;
        both
    } else {
        return Err(CmsError::Malformed);
    };
    let is_meant = |certificate: &&Certificate| match by_key {
        true => certificate.subject_key_identifier() == Some(identifier.content),
        false => certificate.issuer_der() == issuer && certificate.serial_der() == serial,
    };
    let candidates: Vec<&Certificate> = envelope.certificates.iter().filter(is_meant).collect();
    let named = |certificate: &&&Certificate| covered.and_then(|c| c.names(certificate)) == Some(true);
    let found = candidates.iter().find(named).or(candidates.first());
    match (found, &envelope.unreadable) {
        (Some(certificate), _) => Ok((*certificate).clone()),
        (None, Some(error)) => Err(CmsError::Certificate(error.clone())),
        (None, None) => Err(CmsError::SignerMissing),
    }
}
