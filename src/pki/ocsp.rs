//! OCSP responses (RFC 6960), as they are carried in documents: whole or the BasicOCSPResponse alone. DER, strictly.
//!
//! Out of scope: asking for them. Nonces therefore do not count; a response speaks for its times.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::algorithm::Algorithm;
use super::certificate::Certificate;
use super::crl::{CrlError, Reason, Revocation, for_each_extension};
use super::name::CanonicalName;
use super::suite::{SuiteError, key_bits};
use super::time;
use super::tlv::{
    BIT_STRING, ENUMERATED, Element, GENERALIZED_TIME, INTEGER, NotDer, OCTET_STRING, OID, Reader, SEQUENCE,
};
use super::tlv::{context, context_primitive};
use crate::digest::Digest;

/// The largest response read, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// The most certificates spoken of in one response.
pub const MAX_SINGLES: usize = 256;
/// The most certificates carried in one response.
pub const MAX_CERTIFICATES: usize = 16;

/// Why bytes are not a response we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OcspError {
    /// Longer than [`MAX_BYTES`], or more in it than [`MAX_SINGLES`] or [`MAX_CERTIFICATES`].
    #[error("OCSP response too large")]
    TooLarge,
    /// Not a DER OCSP response of version 1.
    #[error("not a DER OCSP response")]
    Malformed,
    /// The responder answered with an error (RFC 6960 section 4.2.1): its code.
    #[error("the OCSP responder gave no answer: {0}")]
    Unsuccessful(u8),
    /// A kind of response other than id-pkix-ocsp-basic.
    #[error("kind of OCSP response not supported")]
    OtherKind,
    /// A critical extension that is not processed here.
    #[error("critical extension in an OCSP response")]
    UnknownCritical,
}

impl From<NotDer> for OcspError {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

impl From<CrlError> for OcspError {
    fn from(error: CrlError) -> Self {
        if matches!(error, CrlError::UnknownCritical(_)) { Self::UnknownCritical } else { Self::Malformed }
    }
}

/// A response. Its signature is not verified by reading it. Cloning shares it.
#[derive(Clone)]
pub struct OcspResponse(Arc<Parsed>);

struct Parsed {
    digest: Digest,
    tbs: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    responder: Responder,
    produced_at: Timestamp,
    singles: Vec<Single>,
    certificates: Vec<Certificate>,
}

/// ResponderID.
enum Responder {
    Name(CanonicalName),
    /// SHA-1 of the key.
    Key(Vec<u8>),
}

/// What is said of one certificate (SingleResponse).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Single {
    id: CertId,
    pub(super) status: Status,
    pub(super) this_update: Timestamp,
    pub(super) next_update: Option<Timestamp>,
}

/// CertStatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Good,
    Revoked(Revocation),
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct CertId {
    /// The content of the digest algorithm's identifier.
    algorithm: Vec<u8>,
    issuer_name: Vec<u8>,
    issuer_key: Vec<u8>,
    serial: Vec<u8>,
}

impl OcspResponse {
    /// Reads an OCSPResponse or a BasicOCSPResponse.
    ///
    /// # Errors
    /// [`OcspError`]; also where the responder gave no answer.
    pub fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        /// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1
        const BASIC: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x30\x01\x01";
        if der.len() > MAX_BYTES {
            return Err(OcspError::TooLarge);
        }
        let mut fields = Element::parse(der, SEQUENCE)?.reader()?;
        let Some(status) = fields.optional(ENUMERATED)? else { return Self::from_basic(der) };
        if status.content != [0] {
            return Err(OcspError::Unsuccessful(status.content.first().copied().unwrap_or_default()));
        }
        let mut bytes = Element::parse(fields.expect(context(0))?.content, SEQUENCE)?.reader()?;
        fields.finish()?;
        let (kind, basic) = (bytes.expect(OID)?, bytes.expect(OCTET_STRING)?);
        bytes.finish()?;
        if kind.content == BASIC { Self::from_basic(basic.content) } else { Err(OcspError::OtherKind) }
    }

    fn from_basic(der: &[u8]) -> Result<Self, OcspError> {
        let mut fields = Element::parse(der, SEQUENCE)?.reader()?;
        let (tbs, algorithm) = (fields.expect(SEQUENCE)?, fields.expect(SEQUENCE)?);
        let signature = fields.expect(BIT_STRING)?.whole_bits()?;
        let mut certificates = Vec::new();
        if let Some(carried) = fields.optional(context(0))? {
            let mut reader = Element::parse(carried.content, SEQUENCE)?.reader()?;
            while !reader.is_finished() {
                if certificates.len() == MAX_CERTIFICATES {
                    return Err(OcspError::TooLarge);
                }
                certificates.push(Certificate::from_der(reader.expect(SEQUENCE)?.full).map_err(|_| NotDer)?);
            }
        }
        fields.finish()?;
        let mut data = tbs.reader()?;
        if data.optional(context(0))?.is_some_and(|version| version.content != [INTEGER, 1, 0]) {
            return Err(OcspError::Malformed);
        }
        let responder = Responder::read(&data.element()?)?;
        let produced_at = generalized_time(&data.element()?)?;
        let singles = read_singles(data.expect(SEQUENCE)?.reader()?)?;
        check_extensions(&mut data)?;
        data.finish()?;
        let digest = Digest::of(der);
        let (tbs, algorithm, signature) = (tbs.full.to_vec(), algorithm.full.to_vec(), signature.to_vec());
        Ok(Self(Arc::new(Parsed { digest, tbs, algorithm, signature, responder, produced_at, singles, certificates })))
    }

    /// The digest of its bytes.
    pub(super) fn digest(&self) -> Digest {
        self.0.digest
    }

    /// When it was signed.
    pub fn produced_at(&self) -> Timestamp {
        self.0.produced_at
    }

    /// The certificates it carries, the responder's among them.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// What it says of a certificate of this issuer.
    pub(super) fn about(&self, certificate: &Certificate, issuer: &Certificate) -> Option<&Single> {
        self.0.singles.iter().find(|single| single.id.names(certificate, issuer))
    }

    /// Whether this is the responder's certificate, by name or key.
    pub(super) fn names_responder(&self, certificate: &Certificate) -> bool {
        match &self.0.responder {
            Responder::Name(name) => certificate.canonical_subject() == name,
            Responder::Key(hash) => key_bits(certificate.spki_der()).is_ok_and(|key| sha1(key) == *hash),
        }
    }

    /// Whether `responder`, apart from `issuer`'s signature on it, was authorised by it to sign this (RFC 6960 section 4.2.2.2): named as issued directly, for OCSP signing, valid when this was signed.
    pub(super) fn may_be_by(&self, responder: &Certificate, issuer: &Certificate) -> bool {
        const OCSP_SIGNING: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
        responder.names_issuer(issuer)
            && responder.extended_key_usage().is_some_and(|purposes| purposes.contains(&OCSP_SIGNING))
            && responder.key_usage().is_none_or(|usage| usage.digital_signature() || usage.non_repudiation())
            && responder.unknown_critical_extension().is_none()
            && (responder.not_before()..=responder.not_after()).contains(&self.0.produced_at)
    }

    /// Verifies that the key in `spki` signed this response; nothing else.
    pub(super) fn verify_signature(&self, spki: &[u8]) -> Result<(), SuiteError> {
        // Strong enough for today: when a response was made is its own word.
        let algorithm = Algorithm::parse(&self.0.algorithm)?;
        algorithm.verify(spki, &self.0.tbs, &self.0.signature)?.strong(Timestamp::MAX).map(drop)
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcspResponse(produced {}, {} certificates)", self.0.produced_at, self.0.singles.len())
    }
}

impl Responder {
    fn read(element: &Element<'_>) -> Result<Self, NotDer> {
        match element.tag {
            tag if tag == context(1) => Ok(Self::Name(CanonicalName::of(element.content)?)),
            tag if tag == context(2) => Ok(Self::Key(Element::parse(element.content, OCTET_STRING)?.content.to_vec())),
            _ => Err(NotDer),
        }
    }
}

impl CertId {
    fn read(element: &Element<'_>) -> Result<Self, NotDer> {
        let mut fields = element.reader()?;
        let algorithm = fields.expect(SEQUENCE)?.reader()?.expect(OID)?.content.to_vec();
        let mut hash = || Ok::<_, NotDer>(fields.expect(OCTET_STRING)?.content.to_vec());
        let (issuer_name, issuer_key) = (hash()?, hash()?);
        let serial = fields.expect(INTEGER)?.full.to_vec();
        fields.finish()?;
        Ok(Self { algorithm, issuer_name, issuer_key, serial })
    }

    /// By SHA-1, as most responders have it, or SHA-2. A digest of the wrong length matches nothing.
    fn names(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        use ring::digest as d;
        let algorithm = match self.algorithm.as_slice() {
            b"\x2b\x0e\x03\x02\x1a" => &d::SHA1_FOR_LEGACY_USE_ONLY,
            b"\x60\x86\x48\x01\x65\x03\x04\x02\x01" => &d::SHA256,
            b"\x60\x86\x48\x01\x65\x03\x04\x02\x02" => &d::SHA384,
            b"\x60\x86\x48\x01\x65\x03\x04\x02\x03" => &d::SHA512,
            _ => return false,
        };
        let is_hash = |hash: &[u8], of: &[u8]| d::digest(algorithm, of).as_ref() == hash;
        self.serial == certificate.serial_der()
            && is_hash(&self.issuer_name, certificate.issuer_der())
            && key_bits(issuer.spki_der()).is_ok_and(|key| is_hash(&self.issuer_key, key))
    }
}

fn read_singles(mut reader: Reader<'_>) -> Result<Vec<Single>, OcspError> {
    let mut singles = Vec::new();
    while !reader.is_finished() {
        if singles.len() == MAX_SINGLES {
            return Err(OcspError::TooLarge);
        }
        let mut fields = reader.expect(SEQUENCE)?.reader()?;
        let id = CertId::read(&fields.expect(SEQUENCE)?)?;
        let status = read_status(&fields.element()?)?;
        let this_update = generalized_time(&fields.element()?)?;
        let next_update = match fields.optional(context(0))? {
            Some(time) => Some(generalized_time(&Element::parse(time.content, GENERALIZED_TIME)?)?),
            None => None,
        };
        check_extensions(&mut fields)?;
        fields.finish()?;
        singles.push(Single { id, status, this_update, next_update });
    }
    Ok(singles)
}

fn read_status(element: &Element<'_>) -> Result<Status, OcspError> {
    const GOOD: u8 = context_primitive(0);
    const REVOKED: u8 = context(1);
    const UNKNOWN: u8 = context_primitive(2);
    match element.tag {
        GOOD if element.content.is_empty() => Ok(Status::Good),
        UNKNOWN if element.content.is_empty() => Ok(Status::Unknown),
        REVOKED => {
            let mut fields = element.reader()?;
            let at = generalized_time(&fields.element()?)?;
            let reason = match fields.optional(context(0))? {
                Some(reason) => Reason::read(Element::parse(reason.content, ENUMERATED)?.content),
                None => Reason::Unspecified,
            };
            fields.finish()?;
            Ok(Status::Revoked(Revocation { at, reason }))
        }
        _ => Err(OcspError::Malformed),
    }
}

/// `[1] EXPLICIT Extensions OPTIONAL`, none of which is processed.
fn check_extensions(fields: &mut Reader<'_>) -> Result<(), OcspError> {
    match fields.optional(context(1))? {
        Some(extensions) => Ok(for_each_extension(&Element::parse(extensions.content, SEQUENCE)?, |_, _| Ok(false))?),
        None => Ok(()),
    }
}

fn generalized_time(element: &Element<'_>) -> Result<Timestamp, NotDer> {
    if element.tag == GENERALIZED_TIME { time::read(element) } else { Err(NotDer) }
}

/// As ResponderID names keys.
fn sha1(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}
