//! Which certificate a signature names among what it signs: signingCertificate (RFC 2634 section 5.4, SHA-1) and signingCertificateV2 (RFC 5035).

use super::CmsError;
use crate::pki::certificate::Certificate;
use crate::pki::hash::HashAlgorithm;
use crate::pki::tlv::{Element, INTEGER, OCTET_STRING, SEQUENCE, context};

/// The first certificate of the attribute; the others name issuers and are not needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedCertificate {
    algorithm: HashAlgorithm,
    hash: Vec<u8>,
    /// The issuer's DER Name, if it is given as one, and the DER serial number.
    issuer_and_serial: Option<(Option<Vec<u8>>, Vec<u8>)>,
}

impl NamedCertificate {
    /// What a seal writes: the default hash, and nothing beside it.
    pub(super) fn sha256_of(certificate: &Certificate) -> Self {
        let hash = certificate.digest().as_bytes().to_vec();
        Self { algorithm: HashAlgorithm::Sha256, hash, issuer_and_serial: None }
    }

    /// Reads a SigningCertificate.
    pub(super) fn parse_v1(value: &Element<'_>) -> Result<Self, CmsError> {
        Self::parse(value, HashAlgorithm::Sha1, false)
    }

    /// Reads a SigningCertificateV2.
    pub(super) fn parse_v2(value: &Element<'_>) -> Result<Self, CmsError> {
        Self::parse(value, HashAlgorithm::Sha256, true)
    }

    fn parse(value: &Element<'_>, default: HashAlgorithm, names_hash: bool) -> Result<Self, CmsError> {
        if value.tag != SEQUENCE {
            return Err(CmsError::Malformed);
        }
        let mut first = value.reader()?.expect(SEQUENCE)?.reader()?.expect(SEQUENCE)?.reader()?;
        let algorithm = match first.optional(SEQUENCE)?.filter(|_| names_hash) {
            None => default,
            Some(algorithm) => HashAlgorithm::parse(algorithm.full).map_err(|_| CmsError::DigestAlgorithm)?,
        };
        let hash = first.expect(OCTET_STRING)?.content.to_vec();
        let issuer_and_serial = match first.optional(SEQUENCE)? {
            None => None,
            Some(both) => {
                let mut both = both.reader()?;
                let mut names = both.expect(SEQUENCE)?.reader()?;
                let issuer = names.optional(context(4))?.map(|name| name.content.to_vec());
                Some((issuer, both.expect(INTEGER)?.full.to_vec()))
            }
        };
        first.finish()?;
        Ok(Self { algorithm, hash, issuer_and_serial })
    }

    pub(super) fn is_of(&self, certificate: &Certificate) -> bool {
        let same_place = self.issuer_and_serial.as_ref().is_none_or(|(issuer, serial)| {
            serial == certificate.serial_der()
                && issuer.as_ref().is_none_or(|issuer| issuer == certificate.issuer_der())
        });
        same_place && self.algorithm.hash(certificate.der()) == self.hash
    }
}
