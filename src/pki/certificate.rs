//! An X.509 certificate as its exact bytes and what they say (RFC 5280 section 4).

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use jiff::Timestamp;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
    name::{DistributionPointName, GeneralName},
};

use super::algorithm::Algorithm;
use super::suite::SuiteError;
use super::tlv::{BIT_STRING, Element, INTEGER, NotDer, SEQUENCE, context};
use crate::digest::Digest;

/// The largest certificate read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

const LABEL: &str = "CERTIFICATE";

/// A certificate. Cloning shares the bytes; equality is that of the bytes.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    layout: Layout,
    names: [String; 2],
    not_before: Timestamp,
    not_after: Timestamp,
    extensions: Extensions,
}

/// Where the parts lie in the bytes.
struct Layout {
    tbs: Range<usize>,
    serial: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    spki: Range<usize>,
    algorithm: Range<usize>,
    signature: Range<usize>,
}

#[derive(Default)]
struct Extensions {
    basic_constraints: Option<BasicConstraints>,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<ExtendedKeyUsage>,
    subject_key_identifier: Option<Vec<u8>>,
    authority_key_identifier: Option<Vec<u8>>,
    crl_urls: Vec<String>,
    unknown_critical: Option<ObjectIdentifier>,
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
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_BYTES {
            return Err(CertificateError::TooLarge);
        }
        let x509 = x509_cert::Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        let layout = Layout::of(der)?;
        let tbs = x509.tbs_certificate();
        if tbs.version() != x509_cert::Version::V3 {
            return Err(CertificateError::NotVersion3);
        }
        if tbs.signature() != x509.signature_algorithm() {
            return Err(CertificateError::AlgorithmsDiffer);
        }
        Ok(Self(Arc::new(Parsed {
            names: [tbs.subject().to_string(), tbs.issuer().to_string()],
            not_before: timestamp(&tbs.validity().not_before)?,
            not_after: timestamp(&tbs.validity().not_after)?,
            extensions: Extensions::read(tbs.extensions().map_or(&[], Vec::as_slice))?,
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
        Digest::of(self.der())
    }

    /// The DER SubjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        self.part(&self.0.layout.spki)
    }

    /// SHA-256 of [`spki_der`](Self::spki_der): how the ledger and the vault name a key.
    pub fn spki_digest(&self) -> Digest {
        Digest::of(self.spki_der())
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
        &self.0.names[0]
    }

    /// The issuer as text (RFC 4514).
    pub fn issuer(&self) -> &str {
        &self.0.names[1]
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
        let mut inner = tbs.reader()?;
        inner.optional(context(0))?;
        let serial = inner.expect(INTEGER)?;
        inner.expect(SEQUENCE)?;
        let issuer = inner.expect(SEQUENCE)?;
        inner.expect(SEQUENCE)?;
        let subject = inner.expect(SEQUENCE)?;
        let spki = inner.expect(SEQUENCE)?;
        Ok(Self {
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

impl Extensions {
    fn read(list: &[x509_cert::ext::Extension]) -> Result<Self, CertificateError> {
        use const_oids as oid;
        let mut out = Self::default();
        for (index, extension) in list.iter().enumerate() {
            let id = extension.extn_id;
            if list[..index].iter().any(|earlier| earlier.extn_id == id) {
                return Err(CertificateError::ExtensionTwice(id));
            }
            let value = extension.extn_value.as_bytes();
            let malformed = |_| CertificateError::ExtensionMalformed(id);
            match id {
                oid::BASIC_CONSTRAINTS => {
                    out.basic_constraints = Some(BasicConstraints::from_der(value).map_err(malformed)?);
                }
                oid::KEY_USAGE => out.key_usage = Some(KeyUsage::from_der(value).map_err(malformed)?),
                oid::EXTENDED_KEY_USAGE => {
                    out.extended_key_usage = Some(ExtendedKeyUsage::from_der(value).map_err(malformed)?);
                }
                oid::SUBJECT_KEY_IDENTIFIER => {
                    let identifier = SubjectKeyIdentifier::from_der(value).map_err(malformed)?;
                    out.subject_key_identifier = Some(identifier.0.as_bytes().to_vec());
                }
                oid::AUTHORITY_KEY_IDENTIFIER => {
                    let identifier = AuthorityKeyIdentifier::from_der(value).map_err(malformed)?;
                    out.authority_key_identifier = identifier.key_identifier.map(|id| id.as_bytes().to_vec());
                }
                // Informative here; private certificates carry LDAP names in it, which we do not follow.
                oid::CRL_DISTRIBUTION_POINTS => out.crl_urls = crl_urls(value),
                // Nothing in them can narrow what we accept: no policy is asked for, no host name compared.
                oid::SUBJECT_ALT_NAME | oid::CERTIFICATE_POLICIES => {}
                _ if extension.critical => out.unknown_critical = out.unknown_critical.or(Some(id)),
                _ => {}
            }
        }
        Ok(out)
    }
}

mod const_oids {
    use der::asn1::ObjectIdentifier as Oid;
    pub(super) const SUBJECT_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.14");
    pub(super) const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
    pub(super) const SUBJECT_ALT_NAME: Oid = Oid::new_unwrap("2.5.29.17");
    pub(super) const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
    pub(super) const CRL_DISTRIBUTION_POINTS: Oid = Oid::new_unwrap("2.5.29.31");
    pub(super) const CERTIFICATE_POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
    pub(super) const AUTHORITY_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.35");
    pub(super) const EXTENDED_KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.37");
}

fn crl_urls(value: &[u8]) -> Vec<String> {
    let mut urls = Vec::new();
    for point in CrlDistributionPoints::from_der(value).map(|points| points.0).unwrap_or_default() {
        if let Some(DistributionPointName::FullName(names)) = point.distribution_point {
            urls.extend(names.into_iter().filter_map(|name| match name {
                GeneralName::UniformResourceIdentifier(url) => Some(url.as_str().to_owned()),
                _ => None,
            }));
        }
    }
    urls
}

/// An X.501 time as a timestamp.
pub(super) fn timestamp(time: &x509_cert::time::Time) -> Result<Timestamp, NotDer> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| NotDer)?;
    Timestamp::from_second(seconds).map_err(|_| NotDer)
}

/// A timestamp as DER UTCTime up to 2049 and GeneralizedTime from 2050 (RFC 5280 section 4.1.2.5), whole seconds. Before 1970: none.
pub(super) fn time_der(at: Timestamp) -> Option<Vec<u8>> {
    let seconds = u64::try_from(at.as_second()).ok()?;
    let date = der::DateTime::from_unix_duration(std::time::Duration::from_secs(seconds)).ok()?;
    x509_cert::time::Time::from(date).to_der().ok()
}

/// PEM (RFC 7468) with LF line ends.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    // It fails for lengths beyond usize alone; labels are constants here.
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).expect("PEM of a bounded structure")
}
