//! Certificate revocation lists, version 2: made by an authority, read and asked by a validator (RFC 5280 section 5).
//!
//! Made are full lists of the issuer itself alone; read are partial, indirect and delta lists, too. Which list speaks of which certificate, and who may sign it, is for
//! `revocation` to judge. A list with another critical extension is refused.

use der::asn1::ObjectIdentifier;
use jiff::Timestamp;

use super::authority::{AuthorityError, Issuance, Issuer, ToBeSigned, signed};
use super::certificate::Certificate;
use super::extension as ext;
use super::suite::{Suite, SuiteError};
use super::time;
use super::tlv::{NotDer, SEQUENCE, context, tlv, unsigned};

mod read;

pub use read::Crl;
pub(super) use read::{Listed, for_each_extension};

/// The largest list read, in bytes: about 200,000 entries.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

const LABEL: &str = "X509 CRL";

/// Why a certificate was revoked: the reasons of RFC 5280 section 5.3.1 that public key certificates have. Numbers are the code's.
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

    /// The content of a CRLReason. A reason we do not know still revokes.
    pub(super) fn read(code: &[u8]) -> Self {
        Self::ALL.into_iter().find(|known| [*known as u8] == code).unwrap_or(Self::Unspecified)
    }
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
    let time = |at| time::write(at).ok_or(AuthorityError::Term);
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
        assert_eq!(crl.verify(&Hall::new().issuing), Err(CrlError::NotTheIssuer), "same name, other key");
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
