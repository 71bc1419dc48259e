//! Reading revocation lists, indirect and delta lists included.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use der::Decode;
use der::asn1::ObjectIdentifier;
use jiff::Timestamp;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;

use super::{CrlError, LABEL, MAX_BYTES, Reason, Revocation};
use crate::digest::Digest;
use crate::pki::algorithm::Algorithm;
use crate::pki::certificate::{Certificate, pem};
use crate::pki::general_name::GeneralName;
use crate::pki::name::CanonicalName;
use crate::pki::scope::{Coverage, Scope};
use crate::pki::time;
use crate::pki::tlv::{
    BIT_STRING, BOOLEAN, ENUMERATED, Element, INTEGER, NotDer, OCTET_STRING, OID, Reader, SEQUENCE, context,
};

/// The most extensions in one place; each is compared with those before it.
const MAX_EXTENSIONS: usize = 32;

/// A revocation list. Its signature is not verified by reading it. Cloning shares it.
#[derive(Clone)]
pub struct Crl(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    digest: OnceLock<Digest>,
    issuer_der: Vec<u8>,
    issuer: CanonicalName,
    this_update: Timestamp,
    next_update: Timestamp,
    extensions: Extensions,
    /// By issuer of the certificate, then by the content of its serial number.
    entries: HashMap<CanonicalName, HashMap<Vec<u8>, Listed>>,
}

#[derive(Default)]
struct Extensions {
    number: Option<Number>,
    /// The number of the list that this one, a delta list, begins from.
    base: Option<Number>,
    scope: Scope,
    authority_key_identifier: Option<Vec<u8>>,
}

/// A number of a list: bytes without leading zeros, compared by length first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Number(usize, Vec<u8>);

/// What an entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pki) enum Listed {
    Revoked(Revocation),
    /// In a delta list: no longer revoked (removeFromCRL).
    Removed,
}

impl Crl {
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_BYTES {
            return Err(CrlError::TooLarge);
        }
        let (tbs, algorithm, _) = parts(der)?;
        let mut fields = Element::parse(tbs, SEQUENCE)?.reader()?;
        let version = fields.expect(INTEGER)?;
        if version.content != [1] || fields.expect(SEQUENCE)?.full != algorithm {
            return Err(CrlError::Malformed);
        }
        let issuer_der = fields.expect(SEQUENCE)?.full.to_vec();
        let issuer = CanonicalName::of(&issuer_der)?;
        let (this_update, next_update) = (time::read(&fields.element()?)?, time::read(&fields.element()?)?);
        let entries = fields.optional(SEQUENCE)?;
        let mut extensions = Extensions::default();
        if let Some(list) = fields.optional(context(0))? {
            for_each_extension(&Element::parse(list.content, SEQUENCE)?, |id, value| extensions.take(id, value))?;
        }
        fields.finish()?;
        let entries = match entries {
            Some(entries) => read_entries(&entries, &issuer, extensions.scope.is_indirect)?,
            None => HashMap::new(),
        };
        let (der, digest) = (der.to_vec(), OnceLock::new());
        Ok(Self(Arc::new(Parsed { der, digest, issuer_der, issuer, this_update, next_update, extensions, entries })))
    }

    /// Reads one PEM block labelled X509 CRL.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CrlError> {
        if pem.len() > 2 * MAX_BYTES {
            return Err(CrlError::TooLarge);
        }
        match der::pem::decode_vec(pem) {
            Ok((LABEL, der)) => Self::from_der(&der),
            _ => Err(CrlError::NotPem),
        }
    }

    /// PEM with LF line ends.
    pub fn to_pem(&self) -> String {
        pem(LABEL, &self.0.der)
    }

    /// The exact bytes.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of [`der`](Self::der).
    pub(in crate::pki) fn digest(&self) -> Digest {
        *self.0.digest.get_or_init(|| Digest::of(&self.0.der))
    }

    /// The DER Name of the issuer.
    pub fn issuer_der(&self) -> &[u8] {
        &self.0.issuer_der
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.0.this_update
    }

    /// When at the latest there is another.
    pub fn next_update(&self) -> Timestamp {
        self.0.next_update
    }

    /// The number of the list, where it has one that fits.
    pub fn number(&self) -> Option<u64> {
        let Number(length, bytes) = self.0.extensions.number.as_ref()?;
        (*length <= 8).then(|| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Whether it says only what changed since another list (section 5.2.4).
    pub(in crate::pki) fn is_delta(&self) -> bool {
        self.0.extensions.base.is_some()
    }

    /// Whether `self`, a delta list, continues `complete` (section 6.3.3 (c), and (h) on the numbers).
    pub(in crate::pki) fn continues(&self, complete: &Self) -> bool {
        let (own, theirs) = (&self.0.extensions, &complete.0.extensions);
        let (Some(base), Some(number), Some(complete_number)) = (&own.base, &own.number, &theirs.number) else {
            return false;
        };
        self.0.issuer == complete.0.issuer
            && own.scope == theirs.scope
            && own.authority_key_identifier == theirs.authority_key_identifier
            && base <= complete_number
            && complete_number < number
    }

    /// How this list speaks of a certificate.
    pub(in crate::pki) fn covers(&self, certificate: &Certificate) -> Coverage {
        self.0.extensions.scope.covers(&self.0.issuer, certificate.asked())
    }

    /// Whether `authority` bears the issuer's name and key identifier, and may sign lists.
    pub(in crate::pki) fn may_be_by(&self, authority: &Certificate) -> bool {
        let may_sign = authority.key_usage().map_or(authority.is_authority(), |usage| usage.crl_sign());
        let identifiers = (&self.0.extensions.authority_key_identifier, authority.subject_key_identifier());
        let other_key = matches!(identifiers, (Some(wanted), Some(found)) if wanted != found);
        may_sign && !other_key && *authority.canonical_subject() == self.0.issuer
    }

    /// Verifies that the key in `spki` signed this list; nothing else.
    pub(in crate::pki) fn verify_signature(&self, spki: &[u8]) -> Result<(), CrlError> {
        let (tbs, algorithm, signature) = parts(&self.0.der)?;
        // Strong enough for today: when a list was made is its own word.
        Ok(Algorithm::parse(algorithm)?.verify(spki, tbs, signature)?.strong(Timestamp::MAX).map(drop)?)
    }

    /// Verifies that `authority` issued this list and may issue lists.
    pub fn verify(&self, authority: &Certificate) -> Result<(), CrlError> {
        if self.may_be_by(authority) {
            self.verify_signature(authority.spki_der())
        } else {
            Err(CrlError::NotTheIssuer)
        }
    }

    /// What the list says of a certificate.
    pub(in crate::pki) fn listed(&self, certificate: &Certificate) -> Option<Listed> {
        let serial = Element::parse(certificate.serial_der(), INTEGER).ok()?.content;
        self.0.entries.get(certificate.canonical_issuer())?.get(serial).copied()
    }

    /// What the list says of a certificate: revoked, or not listed.
    pub fn revocation(&self, certificate: &Certificate) -> Option<Revocation> {
        match self.listed(certificate)? {
            Listed::Revoked(revocation) => Some(revocation),
            Listed::Removed => None,
        }
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl(made {}, {} bytes)", self.this_update(), self.der().len())
    }
}

impl Number {
    /// The value of cRLNumber or deltaCRLIndicator.
    fn read(value: &[u8]) -> Result<Self, NotDer> {
        let content = Element::parse(value, INTEGER)?.content;
        let bytes = content.strip_prefix(&[0]).unwrap_or(content).to_vec();
        Ok(Self(bytes.len(), bytes))
    }
}

impl Extensions {
    fn take(&mut self, id: &[u8], value: &[u8]) -> Result<bool, NotDer> {
        match id {
            CRL_NUMBER => self.number = Some(Number::read(value)?),
            DELTA_INDICATOR => self.base = Some(Number::read(value)?),
            ISSUING_DISTRIBUTION_POINT => self.scope = Scope::read(value)?,
            AUTHORITY_KEY_IDENTIFIER => {
                let identifier = AuthorityKeyIdentifier::from_der(value)?;
                self.authority_key_identifier = identifier.key_identifier.map(|id| id.as_bytes().to_vec());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

// id-ce: 2.5.29
const CRL_NUMBER: &[u8] = b"\x55\x1d\x14";
const REASON_CODE: &[u8] = b"\x55\x1d\x15";
const DELTA_INDICATOR: &[u8] = b"\x55\x1d\x1b";
const ISSUING_DISTRIBUTION_POINT: &[u8] = b"\x55\x1d\x1c";
const CERTIFICATE_ISSUER: &[u8] = b"\x55\x1d\x1d";
const AUTHORITY_KEY_IDENTIFIER: &[u8] = b"\x55\x1d\x23";

type Parts<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// tbsCertList, signatureAlgorithm and the signature.
fn parts(der: &[u8]) -> Result<Parts<'_>, NotDer> {
    let mut outer = Element::parse(der, SEQUENCE)?.reader()?;
    let tbs = outer.expect(SEQUENCE)?;
    let algorithm = outer.expect(SEQUENCE)?;
    let signature = outer.expect(BIT_STRING)?.whole_bits()?;
    outer.finish()?;
    Ok((tbs.full, algorithm.full, signature))
}

/// Gives each of `extensions` (a SEQUENCE OF Extension) to `take`, which says whether it knows it.
pub(in crate::pki) fn for_each_extension(
    extensions: &Element<'_>,
    mut take: impl FnMut(&[u8], &[u8]) -> Result<bool, NotDer>,
) -> Result<(), CrlError> {
    let mut reader = extensions.reader()?;
    let mut seen = Vec::new();
    while !reader.is_finished() {
        let mut extension = reader.expect(SEQUENCE)?.reader()?;
        let id = extension.expect(OID)?;
        let is_critical = extension.optional(BOOLEAN)?.is_some_and(|critical| critical.content != [0]);
        let value = extension.expect(OCTET_STRING)?.content;
        extension.finish()?;
        if seen.len() == MAX_EXTENSIONS || seen.contains(&id.content) {
            return Err(CrlError::Malformed);
        }
        seen.push(id.content);
        if !take(id.content, value)? && is_critical {
            return Err(CrlError::UnknownCritical(ObjectIdentifier::from_der(id.full).map_err(NotDer::from)?));
        }
    }
    Ok(())
}

fn read_entries(
    list: &Element<'_>,
    issuer: &CanonicalName,
    is_indirect: bool,
) -> Result<HashMap<CanonicalName, HashMap<Vec<u8>, Listed>>, CrlError> {
    let mut entries: HashMap<CanonicalName, HashMap<Vec<u8>, Listed>> = HashMap::new();
    let mut reader = list.reader()?;
    let mut of = issuer.clone();
    while !reader.is_finished() {
        let mut entry = reader.expect(SEQUENCE)?.reader()?;
        let serial = entry.expect(INTEGER)?.content.to_vec();
        let (listed, named) = read_entry(entry)?;
        // Section 5.3.3: it holds for the entries that follow, too.
        match named {
            Some(_) if !is_indirect => return Err(CrlError::Malformed),
            Some(name) => of = name,
            None => {}
        }
        match entries.get_mut(&of) {
            Some(serials) => drop(serials.insert(serial, listed)),
            None => drop(entries.insert(of.clone(), HashMap::from([(serial, listed)]))),
        }
    }
    Ok(entries)
}

/// What follows the serial number: what is said, and of whose certificates from here on.
fn read_entry(mut entry: Reader<'_>) -> Result<(Listed, Option<CanonicalName>), CrlError> {
    /// removeFromCRL
    const REMOVED: &[u8] = &[8];
    let at = time::read(&entry.element()?)?;
    let (mut reason, mut issuer) = (None, None);
    if let Some(extensions) = entry.optional(SEQUENCE)? {
        for_each_extension(&extensions, |id, value| match id {
            REASON_CODE => {
                reason = Some(Element::parse(value, ENUMERATED)?.content.to_vec());
                Ok(true)
            }
            CERTIFICATE_ISSUER => {
                let names = GeneralName::read_all(Element::parse(value, SEQUENCE)?.reader()?)?;
                let directory = |name| match name {
                    GeneralName::Directory(name) => Some(name),
                    _ => None,
                };
                issuer = Some(names.into_iter().find_map(directory).ok_or(NotDer)?);
                Ok(true)
            }
            _ => Ok(false),
        })?;
    }
    entry.finish()?;
    let listed = match reason.as_deref() {
        Some(REMOVED) => Listed::Removed,
        code => Listed::Revoked(Revocation { at, reason: code.map_or(Reason::Unspecified, Reason::read) }),
    };
    Ok((listed, issuer))
}
