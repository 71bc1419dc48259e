//! Certificate revocation lists, version 2: made by an authority, read and asked by a validator (RFC 5280 section 5).
//!
//! Full lists of the issuer itself alone: a list with another critical extension (delta lists, partial or indirect lists) is refused.

use std::collections::HashMap;

use der::{Decode, asn1::ObjectIdentifier};
use jiff::Timestamp;
use x509_cert::crl::{RevokedCert, TbsCertList};

use super::algorithm::Algorithm;
use super::authority::{AuthorityError, Issuance, Issuer, ToBeSigned, signed};
use super::certificate::{Certificate, pem, time_der, timestamp};
use super::extension as ext;
use super::suite::{Suite, SuiteError};
use super::tlv::{BIT_STRING, Element, NotDer, SEQUENCE, context, tlv, unsigned};

/// The largest list read, in bytes: about 200,000 entries.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

const LABEL: &str = "X509 CRL";
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const REASON_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");

/// Why a certificate was revoked: the reasons of RFC 5280 section 5.3.1 that a full list can show. Numbers are the code's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// 0: no reason given.
    Unspecified = 0,
    /// 1: the key is known or suspected to be in other hands.
    KeyCompromise = 1,
    /// 2: the issuing authority's key is.
    AuthorityCompromise = 2,
    /// 3: the department's name or other facts changed.
    AffiliationChanged = 3,
    /// 4: replaced by another certificate.
    Superseded = 4,
    /// 5: no longer needed.
    CessationOfOperation = 5,
    /// 6: suspended for now.
    CertificateHold = 6,
    /// 9: a privilege stated in the certificate was withdrawn.
    PrivilegeWithdrawn = 9,
}

impl Reason {
    const ALL: [Self; 8] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::AuthorityCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::PrivilegeWithdrawn,
    ];
}

/// That a certificate is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// What a new list says.
pub struct RevocationList<'a> {
    /// Greater than that of every list issued before.
    pub number: u64,
    /// When it is made.
    pub this_update: Timestamp,
    /// When at the latest there will be another.
    pub next_update: Timestamp,
    /// The revoked certificates.
    pub revoked: &'a [(Certificate, Revocation)],
}

/// Issues a list. Refuses a certificate of another issuer in it.
pub fn issue(list: &RevocationList<'_>, issuer: &Issuer<'_>) -> Result<Crl, AuthorityError> {
    if list.next_update <= list.this_update {
        return Err(AuthorityError::Term);
    }
    let time = |at| time_der(at).ok_or(AuthorityError::Term);
    let mut entries = Vec::new();
    for (certificate, revocation) in list.revoked {
        if certificate.issuer_der() != issuer.certificate().subject_der() {
            return Err(AuthorityError::NotTheIssuer);
        }
        // RFC 5280 section 5.3.1: absent rather than unspecified.
        let reason = match revocation.reason {
            Reason::Unspecified => Vec::new(),
            reason => tlv(SEQUENCE, &[&ext::crl_reason(reason as u8)]),
        };
        entries.extend(tlv(SEQUENCE, &[certificate.serial_der(), &time(revocation.at)?, &reason]));
    }
    let entries = if entries.is_empty() { entries } else { tlv(SEQUENCE, &[&entries]) };
    let extensions = [ext::authority_key_identifier(&issuer.key_identifier()?), ext::crl_number(list.number)].concat();
    let tbs = tlv(
        SEQUENCE,
        &[
            &unsigned(1),
            Suite::of_key(issuer.key().spki_der())?.algorithm(),
            issuer.certificate().subject_der(),
            &time(list.this_update)?,
            &time(list.next_update)?,
            &entries,
            &tlv(context(0), &[&tlv(SEQUENCE, &[&extensions])]),
        ],
    );
    let der = signed(&ToBeSigned::new(Issuance::RevocationList, tbs), issuer.key())?;
    let crl = Crl::from_der(&der).map_err(|_| AuthorityError::ListReadBack)?;
    crl.verify(issuer.certificate()).map_err(|_| AuthorityError::ListReadBack)?;
    Ok(crl)
}

/// A revocation list. Its signature is not verified by reading it.
#[derive(Debug, Clone)]
pub struct Crl {
    der: Vec<u8>,
    issuer: Vec<u8>,
    this_update: Timestamp,
    next_update: Timestamp,
    number: Option<Vec<u8>>,
    revoked: HashMap<Vec<u8>, Revocation>,
}

/// Why bytes are not a list we read, or not that of an authority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// Longer than [`MAX_BYTES`].
    #[error("revocation list larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Not PEM, or PEM of something else.
    #[error("not a PEM revocation list")]
    NotPem,
    /// Not DER, not version 2, or without the next update that RFC 5280 section 5.1.2.5 demands.
    #[error("not a DER revocation list of version 2 with a next update")]
    Malformed,
    /// A critical extension that narrows what the list means.
    #[error("critical extension {0} not supported in a revocation list")]
    UnknownCritical(ObjectIdentifier),
    /// Of another issuer, or the issuer may not sign lists.
    #[error("not this authority's revocation list")]
    NotTheIssuer,
    /// The signature does not verify.
    #[error(transparent)]
    Signature(#[from] SuiteError),
}

impl From<NotDer> for CrlError {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

impl Crl {
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_BYTES {
            return Err(CrlError::TooLarge);
        }
        let (tbs, algorithm, _) = parts(der)?;
        let list = TbsCertList::<x509_cert::certificate::Rfc5280>::from_der(tbs).map_err(|_| CrlError::Malformed)?;
        // The serial numbers and the name as they stand, since certificates are compared by bytes.
        let mut fields = Element::parse(tbs, SEQUENCE)?.reader()?;
        fields.element()?;
        let inner_algorithm = fields.expect(SEQUENCE)?;
        let issuer = fields.expect(SEQUENCE)?;
        if inner_algorithm.full != algorithm || list.version != x509_cert::Version::V2 {
            return Err(CrlError::Malformed);
        }
        let mut number = None;
        for extension in list.crl_extensions.iter().flatten() {
            if extension.extn_id == CRL_NUMBER {
                number = Some(Element::parse(extension.extn_value.as_bytes(), super::tlv::INTEGER)?.content.to_vec());
            } else if extension.critical {
                return Err(CrlError::UnknownCritical(extension.extn_id));
            }
        }
        let mut revoked = HashMap::new();
        for entry in list.revoked_certificates.iter().flatten() {
            revoked.insert(entry.serial_number.as_bytes().to_vec(), revocation(entry)?);
        }
        Ok(Self {
            der: der.to_vec(),
            issuer: issuer.full.to_vec(),
            this_update: timestamp(&list.this_update)?,
            next_update: timestamp(&list.next_update.ok_or(CrlError::Malformed)?)?,
            number,
            revoked,
        })
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
        pem(LABEL, &self.der)
    }

    /// The exact bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The DER Name of the issuer.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When at the latest there is another.
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// The number of the list, where it has one that fits.
    pub fn number(&self) -> Option<u64> {
        let content = self.number.as_deref()?;
        let bytes = content.strip_prefix(&[0]).unwrap_or(content);
        (bytes.len() <= 8).then(|| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Verifies that `authority` issued this list and may issue lists.
    pub fn verify(&self, authority: &Certificate) -> Result<(), CrlError> {
        let may_sign = authority.is_authority() && authority.key_usage().is_none_or(|usage| usage.crl_sign());
        if !may_sign || authority.subject_der() != self.issuer {
            return Err(CrlError::NotTheIssuer);
        }
        let (tbs, algorithm, signature) = parts(&self.der)?;
        // Strong enough for today: when a list was made is its own word.
        let proven = Algorithm::parse(algorithm)?.verify(authority.spki_der(), tbs, signature)?;
        Ok(proven.strong(Timestamp::MAX).map(drop)?)
    }

    /// What the list says of a certificate of its issuer: revoked, or not listed.
    pub fn revocation(&self, certificate: &Certificate) -> Option<Revocation> {
        let serial = Element::parse(certificate.serial_der(), super::tlv::INTEGER).ok()?.content;
        self.revoked.get(serial).or_else(|| self.revoked.get(serial.strip_prefix(&[0])?)).copied()
    }
}

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

fn revocation(entry: &RevokedCert) -> Result<Revocation, CrlError> {
    let mut reason = Reason::Unspecified;
    for extension in entry.crl_entry_extensions.iter().flatten() {
        if extension.extn_id == REASON_CODE {
            let code = Element::parse(extension.extn_value.as_bytes(), super::tlv::ENUMERATED)?.content;
            // A reason we do not know still revokes.
            reason = Reason::ALL.into_iter().find(|known| [*known as u8] == code).unwrap_or(Reason::Unspecified);
        } else if extension.critical {
            return Err(CrlError::UnknownCritical(extension.extn_id));
        }
    }
    Ok(Revocation { at: timestamp(&entry.revocation_date)?, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{Hall, at};

    fn list(hall: &Hall, revoked: &[(Certificate, Revocation)]) -> Result<Crl, AuthorityError> {
        let list =
            RevocationList { number: 300, this_update: at("2026-06-01"), next_update: at("2026-06-08"), revoked };
        issue(&list, &Issuer::new(&hall.issuing, &hall.issuing_key).unwrap())
    }

    #[test]
    fn what_is_listed_is_found_with_time_and_reason() {
        let hall = Hall::new();
        let revocation = Revocation { at: at("2026-05-30"), reason: Reason::KeyCompromise };
        let crl = list(&hall, &[(hall.seal.clone(), revocation)]).unwrap();
        assert_eq!(crl.revocation(&hall.seal), Some(revocation));
        assert_eq!(crl.number(), Some(300));
        assert_eq!((crl.this_update(), crl.next_update()), (at("2026-06-01"), at("2026-06-08")));
        let again = Crl::from_pem(crl.to_pem().as_bytes()).unwrap();
        assert_eq!(again.der(), crl.der());
        assert_eq!(list(&hall, &[]).unwrap().revocation(&hall.seal), None);
    }

    #[test]
    fn a_list_of_another_authority_is_none() {
        let hall = Hall::new();
        let crl = list(&hall, &[]).unwrap();
        assert_eq!(crl.verify(&hall.issuing), Ok(()));
        assert_eq!(crl.verify(&hall.root), Err(CrlError::NotTheIssuer));
        assert_eq!(
            crl.verify(&Hall::new().issuing),
            Err(CrlError::Signature(SuiteError::Signature)),
            "same name, other key"
        );
        let revocation = Revocation { at: at("2026-05-30"), reason: Reason::Superseded };
        assert_eq!(list(&hall, &[(hall.issuing.clone(), revocation)]).err(), Some(AuthorityError::NotTheIssuer));
    }

    #[test]
    fn altered_or_cut_lists_are_refused() {
        let hall = Hall::new();
        let revocation = Revocation { at: at("2026-05-30"), reason: Reason::Superseded };
        let der = list(&hall, &[(hall.seal.clone(), revocation)]).unwrap().der().to_vec();
        for length in 0..der.len() {
            assert!(Crl::from_der(&der[..length]).is_err());
        }
        for index in 0..der.len() {
            let mut altered = der.clone();
            altered[index] ^= 1;
            let accepted = Crl::from_der(&altered).and_then(|crl| crl.verify(&hall.issuing));
            assert!(accepted.is_err(), "byte {index}");
        }
    }
}
