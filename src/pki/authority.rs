//! What the hall's authorities issue: their own certificates, seal certificates, the web server's certificate (RFC 5280).
//!
//! Two trees. The **seal root** (path length 1) certifies the issuing authority (path length 0), which certifies seals: verifiers hold the seal root as anchor, and no
//! browser does. The **service authority** is an anchor of its own, name-constrained to the hall's own hosts: the hall's computers install it for the pages, and no verifier of
//! seals does. So neither a stolen issuing key can make a web server, nor a stolen service key a seal.
//!
//! Every certificate made is read back and its signature verified before it is returned.

use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use ring::rand::SecureRandom;

use super::certificate::{Certificate, CertificateError};
use super::extension as ext;
use super::name::DistinguishedName;
use super::suite::{Signature, Suite, SuiteError};
use super::time;
use super::tlv::{INTEGER, SEQUENCE, bit_string, context, tlv, unsigned};

/// What a [`ToBeSigned`] becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuance {
    /// A self-signed seal root.
    Root,
    /// The authority that issues seal certificates.
    SealAuthority,
    /// A seal certificate.
    Seal,
    /// The self-signed, name-constrained authority of the hall's web servers.
    ServiceAuthority,
    /// A web server's certificate.
    Server,
    /// A revocation list.
    RevocationList,
}

/// A DER TBSCertificate or TBSCertList, made only in this module and in [`super::crl`]: what an authority's key signs, and nothing else.
#[derive(Debug)]
pub struct ToBeSigned {
    issuance: Issuance,
    der: Vec<u8>,
}

impl ToBeSigned {
    pub(super) fn new(issuance: Issuance, der: Vec<u8>) -> Self {
        Self { issuance, der }
    }

    /// What it becomes.
    pub fn issuance(&self) -> Issuance {
        self.issuance
    }

    /// The bytes to sign.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }
}

/// An authority's key, wherever it is kept.
pub trait CertSigner {
    /// Its DER SubjectPublicKeyInfo.
    fn spki_der(&self) -> &[u8];
    /// Signs, or refuses what is not this key's to sign.
    fn sign(&self, tbs: &ToBeSigned) -> Result<Signature, SigningFailed>;
}

/// The key refused or failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningFailed {
    /// This key does not sign things of this kind.
    #[error("not this key's to sign: {0:?}")]
    NotItsKind(Issuance),
    /// The signing operation failed.
    #[error("signing failed")]
    Failed,
}

/// Why nothing was issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// The issuer's certificate is no authority, or has another key.
    #[error("issuer certificate and key do not make an authority")]
    NotTheIssuer,
    /// Ends before it begins, begins before 1970, or lies outside the issuer's own term.
    #[error("term of validity wrong or outside the issuer's")]
    Term,
    /// The public key is not of a supported kind.
    #[error(transparent)]
    Key(#[from] SuiteError),
    /// A URL that is not ASCII http, https or ldap, or a host name that is none.
    #[error("not a usable URL or host: {0}")]
    Address(String),
    /// The random number generator failed.
    #[error("no random numbers")]
    Random,
    /// The key refused or failed.
    #[error(transparent)]
    Signing(#[from] SigningFailed),
    /// The list made does not read back: a fault of this program.
    #[error("issued revocation list does not read back")]
    ListReadBack,
    /// The certificate made does not read back: a fault of this program.
    #[error("issued certificate does not read back: {0}")]
    ReadBack(#[from] CertificateError),
}

/// A term of validity, both ends included, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    from: Timestamp,
    to: Timestamp,
}

impl Term {
    /// From `from` to `to`.
    pub fn new(from: Timestamp, to: Timestamp) -> Result<Self, AuthorityError> {
        if from < to && from >= Timestamp::UNIX_EPOCH { Ok(Self { from, to }) } else { Err(AuthorityError::Term) }
    }
}

/// A serial number: 16 random bytes behind a leading one (RFC 5280 section 4.1.2.2: positive, at most 20 bytes, and never the same twice).
#[derive(Debug, Clone)]
pub struct Serial(Vec<u8>);

impl Serial {
    /// Draws one.
    pub fn random(rng: &dyn SecureRandom) -> Result<Self, AuthorityError> {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes).map_err(|_| AuthorityError::Random)?;
        Ok(Self(tlv(INTEGER, &[&[1], &bytes])))
    }
}

/// A web server's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A DNS name in lower-case ASCII.
    Dns(String),
    /// An IP address.
    Ip(IpAddr),
}

impl FromStr for Host {
    type Err = AuthorityError;

    fn from_str(text: &str) -> Result<Self, AuthorityError> {
        if let Ok(ip) = text.parse() {
            return Ok(Self::Ip(ip));
        }
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() <= 253 && text.split('.').all(label) {
            Ok(Self::Dns(text.to_owned()))
        } else {
            Err(AuthorityError::Address(text.to_owned()))
        }
    }
}

/// An authority's certificate with its key: proof that they belong together.
pub struct Issuer<'a> {
    certificate: &'a Certificate,
    key: &'a dyn CertSigner,
}

impl<'a> Issuer<'a> {
    /// Joins the two; refuses a key that is not the certificate's and a certificate that is no authority's.
    pub fn new(certificate: &'a Certificate, key: &'a dyn CertSigner) -> Result<Self, AuthorityError> {
        if certificate.is_authority() && certificate.spki_der() == key.spki_der() {
            Ok(Self { certificate, key })
        } else {
            Err(AuthorityError::NotTheIssuer)
        }
    }

    pub(super) fn certificate(&self) -> &Certificate {
        self.certificate
    }

    pub(super) fn key(&self) -> &dyn CertSigner {
        self.key
    }

    /// The identifier by which certificates and lists below name this authority's key.
    pub(super) fn key_identifier(&self) -> Result<Vec<u8>, SuiteError> {
        match self.certificate.subject_key_identifier() {
            Some(identifier) => Ok(identifier.to_vec()),
            None => ext::key_identifier(self.certificate.spki_der()),
        }
    }
}

/// Who a certificate is for: name, key, term and serial number.
pub struct Subject<'a> {
    /// The subject's name.
    pub name: &'a DistinguishedName,
    /// The subject's DER SubjectPublicKeyInfo.
    pub spki: &'a [u8],
    /// The term of validity.
    pub term: Term,
    /// The serial number.
    pub serial: Serial,
}

/// A self-signed seal root: path length 1, keyCertSign and cRLSign.
pub fn root(
    name: &DistinguishedName,
    term: Term,
    serial: Serial,
    key: &dyn CertSigner,
) -> Result<Certificate, AuthorityError> {
    let subject = Subject { name, spki: key.spki_der(), term, serial };
    self_signed(Issuance::Root, &subject, &[ext::authority(1), ext::key_usage(ext::USE_AUTHORITY)], key)
}

/// The authority that issues seal certificates: path length 0. `crl` is where the root publishes its list.
pub fn seal_authority(
    subject: &Subject<'_>,
    crl: Option<&str>,
    root: &Issuer<'_>,
) -> Result<Certificate, AuthorityError> {
    let extensions = vec![ext::authority(0), ext::key_usage(ext::USE_AUTHORITY)];
    issue(Issuance::SealAuthority, subject, extensions, crl, root)
}

/// A seal certificate: digitalSignature and nonRepudiation, critical. `crl` is where the issuing authority publishes its list.
pub fn seal(subject: &Subject<'_>, crl: Option<&str>, issuer: &Issuer<'_>) -> Result<Certificate, AuthorityError> {
    issue(Issuance::Seal, subject, vec![ext::end_entity(), ext::key_usage(ext::USE_SEAL)], crl, issuer)
}

/// The self-signed authority of the hall's web servers: path length 0, constrained to `hosts`.
pub fn service_authority(
    name: &DistinguishedName,
    hosts: &[Host],
    term: Term,
    serial: Serial,
    key: &dyn CertSigner,
) -> Result<Certificate, AuthorityError> {
    let subject = Subject { name, spki: key.spki_der(), term, serial };
    let extensions = [ext::authority(0), ext::key_usage(ext::USE_AUTHORITY), ext::permit_hosts(hosts)];
    self_signed(Issuance::ServiceAuthority, &subject, &extensions, key)
}

/// A web server's certificate: serverAuth, with `hosts` as subjectAltName.
pub fn server(subject: &Subject<'_>, hosts: &[Host], issuer: &Issuer<'_>) -> Result<Certificate, AuthorityError> {
    if hosts.is_empty() {
        return Err(AuthorityError::Address("no host".to_owned()));
    }
    let extensions =
        vec![ext::end_entity(), ext::key_usage(ext::USE_SERVER), ext::server_auth(), ext::subject_alt_name(hosts)];
    issue(Issuance::Server, subject, extensions, None, issuer)
}

fn self_signed(
    issuance: Issuance,
    subject: &Subject<'_>,
    extensions: &[Vec<u8>],
    key: &dyn CertSigner,
) -> Result<Certificate, AuthorityError> {
    let identifier = ext::key_identifier(subject.spki)?;
    sign(issuance, subject, subject.name.as_der(), &identifier, extensions, key)
}

fn issue(
    issuance: Issuance,
    subject: &Subject<'_>,
    mut extensions: Vec<Vec<u8>>,
    crl: Option<&str>,
    issuer: &Issuer<'_>,
) -> Result<Certificate, AuthorityError> {
    let (from, to) = (issuer.certificate.not_before(), issuer.certificate.not_after());
    if subject.term.from < from || subject.term.to > to {
        return Err(AuthorityError::Term);
    }
    if let Some(url) = crl {
        extensions.push(ext::crl_distribution_point(checked_url(url)?));
    }
    sign(issuance, subject, issuer.certificate.subject_der(), &issuer.key_identifier()?, &extensions, issuer.key)
}

fn sign(
    issuance: Issuance,
    subject: &Subject<'_>,
    issuer_name: &[u8],
    issuer_identifier: &[u8],
    extensions: &[Vec<u8>],
    key: &dyn CertSigner,
) -> Result<Certificate, AuthorityError> {
    Suite::of_key(subject.spki)?;
    let time = |at| time::write(at).ok_or(AuthorityError::Term);
    let identifiers = [
        ext::subject_key_identifier(&ext::key_identifier(subject.spki)?),
        ext::authority_key_identifier(issuer_identifier),
    ];
    let tbs = tlv(
        SEQUENCE,
        &[
            &tlv(context(0), &[&unsigned(2)]),
            &subject.serial.0,
            Suite::of_key(key.spki_der())?.algorithm(),
            issuer_name,
            &tlv(SEQUENCE, &[&time(subject.term.from)?, &time(subject.term.to)?]),
            subject.name.as_der(),
            subject.spki,
            &tlv(context(3), &[&tlv(SEQUENCE, &[&identifiers.concat(), &extensions.concat()])]),
        ],
    );
    let certificate = Certificate::from_der(&signed(&ToBeSigned::new(issuance, tbs), key)?)?;
    certificate.verify_signature(key.spki_der())?;
    Ok(certificate)
}

/// `SEQUENCE { tbs, signatureAlgorithm, signature }`, as certificates, lists and requests all have it.
pub(super) fn signed(tbs: &ToBeSigned, key: &dyn CertSigner) -> Result<Vec<u8>, SigningFailed> {
    let signature = key.sign(tbs)?;
    Ok(tlv(SEQUENCE, &[tbs.as_der(), signature.suite.algorithm(), &bit_string(&signature.bytes)]))
}

fn checked_url(url: &str) -> Result<&str, AuthorityError> {
    let known = ["http://", "https://", "ldap://"].iter().any(|scheme| url.starts_with(scheme));
    if known && url.len() <= 1024 && url.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(url)
    } else {
        Err(AuthorityError::Address(url.to_owned()))
    }
}

/// What no authority of ours would issue: any extensions, below any certificate.
#[cfg(test)]
pub(super) fn testing_issue_unchecked(
    subject: &Subject<'_>,
    extensions: Vec<Vec<u8>>,
    above: &Certificate,
    key: &dyn CertSigner,
) -> Certificate {
    issue(Issuance::Seal, subject, extensions, None, &Issuer { certificate: above, key }).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{Hall, at, serial};

    #[test]
    fn a_seal_certificate_says_what_it_must() {
        let hall = Hall::new();
        let seal = &hall.seal;
        assert_eq!(seal.subject(), "CN=33010000000001,O=11330100002489559L云溪市公安局,C=CN");
        assert_eq!(seal.issuer(), hall.issuing.subject());
        assert!(!seal.is_authority());
        let usage = seal.key_usage().unwrap();
        assert!(usage.digital_signature() && usage.non_repudiation() && !usage.key_cert_sign());
        assert_eq!(seal.crl_urls(), ["http://hall.example/crl/seal.crl"]);
        assert_eq!(seal.authority_key_identifier(), hall.issuing.subject_key_identifier());
        assert_eq!(seal.serial_der().len(), 2 + 17);
        assert_eq!((hall.root.path_length(), hall.issuing.path_length()), (Some(1), Some(0)));
        assert_eq!(Certificate::from_pem(seal.to_pem().as_bytes()).unwrap(), *seal);
    }

    #[test]
    fn nothing_outlives_its_issuer_and_no_key_issues_for_another() {
        let hall = Hall::new();
        let issuer = Issuer::new(&hall.issuing, &hall.issuing_key).unwrap();
        let subject = |from, to| Subject {
            name: &hall.seal_name,
            spki: hall.seal.spki_der(),
            term: Term::new(at(from), at(to)).unwrap(),
            serial: serial(),
        };
        assert_eq!(seal(&subject("2026-02-01", "2046-01-01"), None, &issuer), Err(AuthorityError::Term));
        assert_eq!(seal(&subject("2025-02-01", "2027-01-01"), None, &issuer), Err(AuthorityError::Term));
        let good = subject("2026-02-01", "2027-01-01");
        assert_eq!(seal(&good, Some("file:///x"), &issuer), Err(AuthorityError::Address("file:///x".into())));
        assert!(seal(&good, None, &issuer).is_ok());
        assert_eq!(Issuer::new(&hall.issuing, &hall.root_key).err(), Some(AuthorityError::NotTheIssuer));
        assert_eq!(Issuer::new(&hall.seal, &hall.seal_key).err(), Some(AuthorityError::NotTheIssuer));
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        assert_eq!("hall.example".parse(), Ok(Host::Dns("hall.example".into())));
        assert_eq!("::1".parse(), Ok(Host::Ip("::1".parse().unwrap())));
        for bad in ["", "a..b", "-a", "a b", "Ａ", "*.example", &"a".repeat(64)] {
            assert!(bad.parse::<Host>().is_err(), "{bad}");
        }
    }
}
