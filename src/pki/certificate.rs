//! An X.509 certificate as its exact bytes and what they say (RFC 5280 section 4).

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use der::Decode;
use der::asn1::ObjectIdentifier;
use jiff::Timestamp;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::KeyUsage;

use super::algorithm::Algorithm;
use super::name::{CanonicalName, plain_text};
use super::scope::Asked;
use super::suite::SuiteError;
use super::time;
use super::tlv::{BIT_STRING, Element, INTEGER, NotDer, SEQUENCE, context, context_primitive};
use crate::digest::Digest;

mod extensions;

pub(super) use extensions::{Extensions, NameConstraints};

/// The largest certificate read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

const LABEL: &str = "CERTIFICATE";
/// Bytes of a serial number's content: RFC 5280 section 4.1.2.2 allows 20, which some take for those of a number without its sign byte.
const SERIAL_BYTES: std::ops::RangeInclusive<usize> = 1..=21;
/// INTEGER 2
const VERSION_3: &[u8] = &[INTEGER, 1, 2];

/// How many certificates are kept as read: those of a hall's seals and authorities, which stand in every file it seals.
const RECENT: usize = 32;

static READ_LATELY: Mutex<VecDeque<Certificate>> = Mutex::new(VecDeque::new());

/// A certificate. Cloning shares the bytes; equality is that of the bytes.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    layout: Layout,
    /// Subject and issuer as text, made when they are asked for.
    names: [OnceLock<String>; 2],
    /// The same as they are compared.
    canonical: [CanonicalName; 2],
    not_before: Timestamp,
    not_after: Timestamp,
    extensions: Extensions,
    digests: [OnceLock<Digest>; 2],
}

/// Where the parts lie in the bytes.
struct Layout {
    tbs: Range<usize>,
    /// The content of `[0]`; empty in version 1.
    version: Range<usize>,
    serial: Range<usize>,
    inner_algorithm: Range<usize>,
    issuer: Range<usize>,
    validity: Range<usize>,
    subject: Range<usize>,
    spki: Range<usize>,
    /// The content of `[3]`; empty if there is none.
    extensions: Range<usize>,
    algorithm: Range<usize>,
    signature: Range<usize>,
}

/// Why bytes are not a certificate we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Longer than [`MAX_BYTES`].
    #[error("certificate larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Not PEM, or PEM of something else.
    #[error("not a PEM certificate")]
    NotPem,
    /// Not a DER certificate.
    #[error("not a DER certificate")]
    Malformed,
    /// Version 1 or 2: without extensions nothing says what the key is for.
    #[error("not an X.509 version 3 certificate")]
    NotVersion3,
    /// The algorithm inside the signed part is not the one outside (RFC 5280 section 4.1.1.2).
    #[error("the two signature algorithms differ")]
    AlgorithmsDiffer,
    /// An extension stands twice (RFC 5280 section 4.2).
    #[error("extension {0} stands twice")]
    ExtensionTwice(ObjectIdentifier),
    /// An extension we know is not well formed.
    #[error("extension {0} malformed")]
    ExtensionMalformed(ObjectIdentifier),
}

impl From<NotDer> for CertificateError {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

impl Certificate {
    /// Reads DER, or recalls what the same bytes said when they were read lately.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_BYTES {
            return Err(CertificateError::TooLarge);
        }
        let lately = || READ_LATELY.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lately().iter().find(|known| known.der() == der) {
            return Ok(known.clone());
        }
        let certificate = Self::read(der)?;
        let mut lately = lately();
        lately.truncate(RECENT - 1);
        lately.push_front(certificate.clone());
        Ok(certificate)
    }

    fn read(der: &[u8]) -> Result<Self, CertificateError> {
        let layout = Layout::of(der)?;
        if der[layout.version.clone()] != *VERSION_3 {
            return Err(CertificateError::NotVersion3);
        }
        if der[layout.inner_algorithm.clone()] != der[layout.algorithm.clone()] {
            return Err(CertificateError::AlgorithmsDiffer);
        }
        if !SERIAL_BYTES.contains(&(layout.serial.len() - 2)) {
            return Err(CertificateError::Malformed);
        }
        let mut validity = Element::parse(&der[layout.validity.clone()], SEQUENCE)?.reader()?;
        let (not_before, not_after) = (time::read(&validity.element()?)?, time::read(&validity.element()?)?);
        validity.finish()?;
        let extensions = match &der[layout.extensions.clone()] {
            [] => Vec::new(),
            list => Vec::<Extension>::from_der(list).map_err(|_| CertificateError::Malformed)?,
        };
        let canonical = |range: &Range<usize>| CanonicalName::of(&der[range.clone()]);
        Ok(Self(Arc::new(Parsed {
            names: Default::default(),
            canonical: [canonical(&layout.subject)?, canonical(&layout.issuer)?],
            not_before,
            not_after,
            extensions: Extensions::read(&extensions)?,
            digests: Default::default(),
            der: der.to_vec(),
            layout,
        })))
    }

    /// Reads one PEM block labelled CERTIFICATE.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        if pem.len() > 2 * MAX_BYTES {
            return Err(CertificateError::TooLarge);
        }
        match der::pem::decode_vec(pem) {
            Ok((LABEL, der)) => Self::from_der(&der),
            _ => Err(CertificateError::NotPem),
        }
    }

    /// PEM with LF line ends.
    pub fn to_pem(&self) -> String {
        pem(LABEL, self.der())
    }

    /// The exact bytes.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of [`der`](Self::der), as ESS signing-certificate-v2 names a certificate.
    pub fn digest(&self) -> Digest {
        *self.0.digests[0].get_or_init(|| Digest::of(self.der()))
    }

    /// The DER SubjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        self.part(&self.0.layout.spki)
    }

    /// SHA-256 of [`spki_der`](Self::spki_der): how the ledger and the vault name a key.
    pub fn spki_digest(&self) -> Digest {
        *self.0.digests[1].get_or_init(|| Digest::of(self.spki_der()))
    }

    /// The DER Name of the subject.
    pub fn subject_der(&self) -> &[u8] {
        self.part(&self.0.layout.subject)
    }

    /// The DER Name of the issuer.
    pub fn issuer_der(&self) -> &[u8] {
        self.part(&self.0.layout.issuer)
    }

    /// The subject as text (RFC 4514).
    pub fn subject(&self) -> &str {
        self.0.names[0].get_or_init(|| shown(self.subject_der()))
    }

    /// The issuer as text (RFC 4514).
    pub fn issuer(&self) -> &str {
        self.0.names[1].get_or_init(|| shown(self.issuer_der()))
    }

    /// The subject as it is compared.
    pub(super) fn canonical_subject(&self) -> &CanonicalName {
        &self.0.canonical[0]
    }

    /// The issuer as it is compared.
    pub(super) fn canonical_issuer(&self) -> &CanonicalName {
        &self.0.canonical[1]
    }

    /// Whether this certificate's issuer bears the subject of that one (RFC 5280 section 7.1).
    pub(super) fn names_issuer(&self, issuer: &Self) -> bool {
        self.canonical_issuer() == issuer.canonical_subject()
    }

    /// Whether issuer and subject are the same name (RFC 5280 section 3.2): so an authority certifies its own next key.
    pub(super) fn is_self_issued(&self) -> bool {
        self.names_issuer(self)
    }

    /// What a revocation list is asked about this certificate.
    pub(super) fn asked(&self) -> Asked<'_> {
        let points = &self.0.extensions.distribution_points;
        Asked { issuer: self.canonical_issuer(), is_authority: self.is_authority(), points }
    }

    pub(super) fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// The serial number as a DER INTEGER.
    pub fn serial_der(&self) -> &[u8] {
        self.part(&self.0.layout.serial)
    }

    /// The serial number in upper-case hexadecimal, as tools print it.
    pub fn serial_hex(&self) -> String {
        let content = &self.serial_der()[2..];
        hex::encode_upper(content.strip_prefix(&[0]).unwrap_or(content))
    }

    /// First moment of validity.
    pub fn not_before(&self) -> Timestamp {
        self.0.not_before
    }

    /// Last moment of validity, itself included.
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// Whether basicConstraints make this an authority.
    pub fn is_authority(&self) -> bool {
        self.0.extensions.basic_constraints.as_ref().is_some_and(|constraints| constraints.ca)
    }

    /// How many authorities may follow this one, if limited.
    pub fn path_length(&self) -> Option<u8> {
        self.0.extensions.basic_constraints.as_ref().and_then(|constraints| constraints.path_len_constraint)
    }

    /// keyUsage, if present.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.extensions.key_usage
    }

    /// The purposes of extKeyUsage, if present.
    pub fn extended_key_usage(&self) -> Option<&[ObjectIdentifier]> {
        self.0.extensions.extended_key_usage.as_ref().map(|usage| usage.0.as_slice())
    }

    /// subjectKeyIdentifier, if present.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_identifier.as_deref()
    }

    /// The key identifier of authorityKeyIdentifier, if present.
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.0.extensions.authority_key_identifier.as_deref()
    }

    /// The URLs of cRLDistributionPoints.
    pub fn crl_urls(&self) -> &[String] {
        &self.0.extensions.crl_urls
    }

    /// A critical extension this validator does not process: a path through it is refused.
    pub fn unknown_critical_extension(&self) -> Option<ObjectIdentifier> {
        self.0.extensions.unknown_critical
    }

    /// Verifies that the key in `spki` signed this certificate, strongly enough for today; nothing else.
    pub fn verify_signature(&self, spki: &[u8]) -> Result<(), SuiteError> {
        self.verify_signature_at(spki, Timestamp::MAX)
    }

    /// Verifies that the key in `spki` signed this certificate, strongly enough for `at`, a time at which the certificate is known to have existed.
    pub fn verify_signature_at(&self, spki: &[u8], at: Timestamp) -> Result<(), SuiteError> {
        let layout = &self.0.layout;
        let algorithm = Algorithm::parse(self.part(&layout.algorithm))?;
        algorithm.verify(spki, self.part(&layout.tbs), self.part(&layout.signature))?.strong(at).map(drop)
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        &self.0.der[range.clone()]
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, serial {})", self.subject(), self.serial_hex())
    }
}

impl Layout {
    fn of(der: &[u8]) -> Result<Self, NotDer> {
        let at = |part: &[u8]| {
            // Every part is a slice of `der`, so that its place is the distance of the two beginnings.
            let start = part.as_ptr() as usize - der.as_ptr() as usize;
            start..start + part.len()
        };
        let mut outer = Element::parse(der, SEQUENCE)?.reader()?;
        let tbs = outer.expect(SEQUENCE)?;
        let algorithm = outer.expect(SEQUENCE)?;
        let signature = outer.expect(BIT_STRING)?.whole_bits()?;
        outer.finish()?;
        let mut inner = tbs.reader()?;
        let version = inner.optional(context(0))?.map_or(&der[..0], |version| version.content);
        let serial = inner.expect(INTEGER)?;
        let inner_algorithm = inner.expect(SEQUENCE)?;
        let issuer = inner.expect(SEQUENCE)?;
        let validity = inner.expect(SEQUENCE)?;
        let subject = inner.expect(SEQUENCE)?;
        let spki = inner.expect(SEQUENCE)?;
        // issuerUniqueID and subjectUniqueID, which nobody uses any more.
        inner.optional(context_primitive(1))?;
        inner.optional(context_primitive(2))?;
        let extensions = inner.optional(context(3))?.map_or(&der[..0], |extensions| extensions.content);
        inner.finish()?;
        Ok(Self {
            version: at(version),
            inner_algorithm: at(inner_algorithm.full),
            validity: at(validity.full),
            extensions: at(extensions),
            tbs: at(tbs.full),
            serial: at(serial.full),
            issuer: at(issuer.full),
            subject: at(subject.full),
            spki: at(spki.full),
            algorithm: at(algorithm.full),
            signature: at(signature),
        })
    }
}

/// A DER Name as text (RFC 4514); what has no such form, in hexadecimal.
fn shown(name: &[u8]) -> String {
    let any = || match x509_cert::name::Name::from_der(name) {
        Ok(name) => name.to_string(),
        Err(_) => format!("#{}", hex::encode(name)),
    };
    plain_text(name).unwrap_or_else(any)
}

/// PEM (RFC 7468) with LF line ends.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    // It fails for lengths beyond usize alone; labels are constants here.
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).expect("PEM of a bounded structure")
}
