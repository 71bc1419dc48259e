//! What is asked of each certificate of a path, one by one.

use der::asn1::ObjectIdentifier;
use jiff::Timestamp;

use super::PathError;
use crate::pki::certificate::Certificate;

/// What the first certificate of a path is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing documents: no authority, digitalSignature or nonRepudiation, and where purposes are named at all, one with which documents are signed.
    DocumentSigning,
    /// Signing timestamps: id-kp-timeStamping, critical and alone (RFC 3161 section 2.3).
    TimeStamping,
    /// Signing OCSP responses: id-kp-OCSPSigning (RFC 6960 section 4.2.2.2).
    OcspSigning,
    /// Signing revocation lists: cRLSign.
    CrlSigning,
    /// Whatever it says it is for: RFC 5280 alone.
    Any,
}

const ANY_EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
/// emailProtection, clientAuth (departments' seal certificates have these two), documentSigning (RFC 9336), and what two makers of viewers call the same before
/// there was a standard for it.
const DOCUMENT_SIGNING: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12"),
    ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.5"),
];

impl Purpose {
    /// The purposes of extKeyUsage that serve it, beside any; none where they are not looked at.
    fn purposes(self) -> Option<&'static [ObjectIdentifier]> {
        match self {
            Self::DocumentSigning => Some(&DOCUMENT_SIGNING),
            Self::TimeStamping => Some(&[TIME_STAMPING]),
            Self::OcspSigning => Some(&[OCSP_SIGNING]),
            Self::CrlSigning | Self::Any => None,
        }
    }
}

/// The first certificate of a path.
pub(super) fn check_signer(signer: &Certificate, purpose: Purpose, at: Timestamp) -> Result<(), PathError> {
    let subject = || signer.subject().to_owned();
    let named = signer.extended_key_usage().unwrap_or_default();
    let signs = || signer.key_usage().is_none_or(|usage| usage.digital_signature() || usage.non_repudiation());
    let is_fit = match purpose {
        Purpose::DocumentSigning if signer.is_authority() => return Err(PathError::SignerIsAuthority(subject())),
        Purpose::DocumentSigning => signs(),
        Purpose::TimeStamping => {
            signs() && named == [TIME_STAMPING] && signer.extensions().is_extended_key_usage_critical
        }
        Purpose::OcspSigning => signs() && named.contains(&OCSP_SIGNING),
        Purpose::CrlSigning => signer.key_usage().map_or(signer.is_authority(), |usage| usage.crl_sign()),
        Purpose::Any => true,
    };
    if is_fit { check_any(signer, purpose, at) } else { Err(PathError::NotForPurpose(subject())) }
}

/// A certificate above others: `below` are those between it and the first, which is not counted (section 6.1.4 (k) to (n)). Its signature on the one below is not looked at here.
pub(super) fn check_issuer(
    issuer: &Certificate,
    below: &[Certificate],
    purpose: Purpose,
    at: Timestamp,
) -> Result<(), PathError> {
    let subject = || issuer.subject().to_owned();
    if !issuer.is_authority() || issuer.key_usage().is_some_and(|usage| !usage.key_cert_sign()) {
        return Err(PathError::NotAnAuthority(subject()));
    }
    let counted = below.iter().filter(|between| !between.is_self_issued()).count();
    if issuer.path_length().is_some_and(|most| counted > usize::from(most)) {
        return Err(PathError::PathLength(subject()));
    }
    check_any(issuer, purpose, at)
}

/// An authority that names purposes serves no others, which is not RFC 5280's rule but that of all who issue such authorities.
fn check_any(certificate: &Certificate, purpose: Purpose, at: Timestamp) -> Result<(), PathError> {
    let subject = || certificate.subject().to_owned();
    if let Some(extension) = certificate.unknown_critical_extension() {
        return Err(PathError::UnknownCritical { subject: subject(), extension });
    }
    if let (Some(named), Some(serving)) = (certificate.extended_key_usage(), purpose.purposes())
        && !named.iter().any(|named| *named == ANY_EXTENDED_KEY_USAGE || serving.contains(named))
    {
        return Err(PathError::NotForPurpose(subject()));
    }
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    if at < not_before {
        return Err(PathError::NotYetValid { subject: subject(), not_before });
    }
    // The last second belongs to the term as a whole.
    if at.as_second() > not_after.as_second() {
        return Err(PathError::Expired { subject: subject(), not_after });
    }
    Ok(())
}
