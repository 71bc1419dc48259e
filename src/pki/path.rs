//! Certification path validation for signers of documents (RFC 5280 section 6.1, without policies and name constraints), and what revocation lists say of the path.
//!
//! The chain is one answer, revocation another: a seal revoked today may have been good on the day of sealing, and only the caller knows which day it asks about.
//! Names and key identifiers are compared byte for byte. Trusted: the anchors. Not trusted: everything else, the order of the intermediates included.

use der::asn1::ObjectIdentifier;
use jiff::Timestamp;

use super::certificate::Certificate;
use super::crl::{Crl, Revocation};
use super::suite::SuiteError;

/// The most certificates in a path, signer and anchor included.
pub const MAX_PATH: usize = 6;
/// The most intermediates looked at.
pub const MAX_INTERMEDIATES: usize = 32;
/// The most candidate issuers tried before giving up; bounds the signatures verified.
pub const MAX_CANDIDATES: usize = 64;

/// Purposes of extKeyUsage with which a document may be signed: any, emailProtection, clientAuth (departments' seal certificates have these two), documentSigning (RFC 9336).
const SIGNING_PURPOSES: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("2.5.29.37.0"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36"),
];

/// Why no path was found. Certificates are named by their subjects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No certificate at hand bears the issuer's name and key identifier.
    #[error("no issuer found for {0}")]
    NoIssuer(String),
    /// Issuer found by name, but it did not sign this, or not in a supported way.
    #[error("{subject}: {source}")]
    Signature {
        /// The certificate signed.
        subject: String,
        /// What failed.
        source: SuiteError,
    },
    /// Not yet valid at the time asked about.
    #[error("{subject} not valid before {not_before}")]
    NotYetValid {
        /// Which certificate.
        subject: String,
        /// Its first moment.
        not_before: Timestamp,
    },
    /// No longer valid at the time asked about.
    #[error("{subject} expired {not_after}")]
    Expired {
        /// Which certificate.
        subject: String,
        /// Its last moment.
        not_after: Timestamp,
    },
    /// The signer's certificate is an authority's.
    #[error("{0} is an authority and signs no documents")]
    SignerIsAuthority(String),
    /// The signer's keyUsage lacks both digitalSignature and nonRepudiation, or its purposes are others.
    #[error("{0} is not for signing documents")]
    NotForSigning(String),
    /// An issuer without basicConstraints cA, or whose keyUsage lacks keyCertSign.
    #[error("{0} may not issue certificates")]
    NotAnAuthority(String),
    /// More authorities below this one than it permits.
    #[error("too many authorities below {0}")]
    PathLength(String),
    /// A critical extension that is not processed here.
    #[error("{subject}: critical extension {extension} not supported")]
    UnknownCritical {
        /// Which certificate.
        subject: String,
        /// Which extension.
        extension: ObjectIdentifier,
    },
    /// More than [`MAX_INTERMEDIATES`], [`MAX_PATH`] or [`MAX_CANDIDATES`].
    #[error("certification path too long or too tangled")]
    TooMuch,
}

/// What the given lists say of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationState {
    /// Not on a list of its issuer that is current at the time asked about, or made later.
    NotRevoked {
        /// When that list was made.
        this_update: Timestamp,
    },
    /// On a list of its issuer.
    Revoked(Revocation),
    /// No list of its issuer at hand that speaks for the time asked about.
    Unknown,
}

/// A path from signer to anchor that validated; made by [`validate`] alone.
#[derive(Debug, Clone)]
pub struct ValidPath {
    certificates: Vec<Certificate>,
    revocation: Vec<RevocationState>,
}

impl ValidPath {
    /// Signer first, anchor last; at least two.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The trust anchor.
    pub fn anchor(&self) -> &Certificate {
        &self.certificates[self.certificates.len() - 1]
    }

    /// The state of each certificate but the anchor, signer first.
    pub fn revocation_states(&self) -> &[RevocationState] {
        &self.revocation
    }

    /// The state of the path: the earliest revocation in it, else unknown if any is, else the oldest of the lists relied on.
    pub fn revocation(&self) -> RevocationState {
        let revoked = self.revocation.iter().filter_map(|state| match state {
            RevocationState::Revoked(revocation) => Some(*revocation),
            _ => None,
        });
        if let Some(first) = revoked.min_by_key(|revocation| revocation.at) {
            return RevocationState::Revoked(first);
        }
        let mut oldest = Timestamp::MAX;
        for state in &self.revocation {
            match state {
                RevocationState::NotRevoked { this_update } => oldest = oldest.min(*this_update),
                _ => return RevocationState::Unknown,
            }
        }
        RevocationState::NotRevoked { this_update: oldest }
    }
}

/// Finds a path from `signer` over `intermediates` to one of `anchors` that is valid at `at`, and asks `crls` about it.
///
/// Of several failing paths the error of the first tried is returned, anchors before intermediates.
pub fn validate(
    signer: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Certificate],
    crls: &[Crl],
    at: Timestamp,
) -> Result<ValidPath, PathError> {
    if intermediates.len() > MAX_INTERMEDIATES {
        return Err(PathError::TooMuch);
    }
    check_signer(signer, at)?;
    let mut search = Search { intermediates, anchors, at, candidates: 0 };
    let mut certificates = vec![signer.clone()];
    search.extend(&mut certificates)?;
    let revocation = certificates.windows(2).map(|pair| revocation_state(&pair[0], &pair[1], crls, at)).collect();
    Ok(ValidPath { certificates, revocation })
}

struct Search<'a> {
    intermediates: &'a [Certificate],
    anchors: &'a [Certificate],
    at: Timestamp,
    candidates: usize,
}

impl<'a> Search<'a> {
    fn extend(&mut self, path: &mut Vec<Certificate>) -> Result<(), PathError> {
        if path.len() == MAX_PATH {
            return Err(PathError::TooMuch);
        }
        let mut refusal = None;
        let anchors = self.anchors.iter().map(|certificate| (certificate, true));
        let candidates = anchors.chain(self.intermediates.iter().map(|certificate| (certificate, false)));
        for (issuer, is_anchor) in candidates {
            // A path always holds the signer.
            let subject = &path[path.len() - 1];
            if !may_be_issuer(issuer, subject) || path.contains(issuer) {
                continue;
            }
            self.candidates += 1;
            if self.candidates > MAX_CANDIDATES {
                return Err(PathError::TooMuch);
            }
            if let Err(error) = check_issuer(issuer, path, self.at) {
                refusal.get_or_insert(error);
                continue;
            }
            path.push(issuer.clone());
            if is_anchor {
                return Ok(());
            }
            match self.extend(path) {
                Ok(()) => return Ok(()),
                Err(error) => refusal.get_or_insert(error),
            };
            path.pop();
        }
        Err(refusal.unwrap_or_else(|| PathError::NoIssuer(path[path.len() - 1].subject().to_owned())))
    }
}

fn may_be_issuer(issuer: &Certificate, subject: &Certificate) -> bool {
    let identifiers_differ = match (subject.authority_key_identifier(), issuer.subject_key_identifier()) {
        (Some(wanted), Some(found)) => wanted != found,
        _ => false,
    };
    issuer.subject_der() == subject.issuer_der() && !identifiers_differ
}

fn check_signer(signer: &Certificate, at: Timestamp) -> Result<(), PathError> {
    let subject = || signer.subject().to_owned();
    if signer.is_authority() {
        return Err(PathError::SignerIsAuthority(subject()));
    }
    if signer.key_usage().is_some_and(|usage| !usage.digital_signature() && !usage.non_repudiation()) {
        return Err(PathError::NotForSigning(subject()));
    }
    check_any(signer, at)
}

fn check_issuer(issuer: &Certificate, path: &[Certificate], at: Timestamp) -> Result<(), PathError> {
    let subject = || issuer.subject().to_owned();
    if !issuer.is_authority() || issuer.key_usage().is_some_and(|usage| !usage.key_cert_sign()) {
        return Err(PathError::NotAnAuthority(subject()));
    }
    // RFC 5280 section 6.1.4 (l): self-issued certificates do not count, and the signer never does.
    let below = path[1..].iter().filter(|between| between.subject_der() != between.issuer_der()).count();
    if issuer.path_length().is_some_and(|most| below > usize::from(most)) {
        return Err(PathError::PathLength(subject()));
    }
    check_any(issuer, at)?;
    let signed = &path[path.len() - 1];
    signed
        .verify_signature(issuer.spki_der())
        .map_err(|source| PathError::Signature { subject: signed.subject().to_owned(), source })
}

fn check_any(certificate: &Certificate, at: Timestamp) -> Result<(), PathError> {
    let subject = || certificate.subject().to_owned();
    if let Some(extension) = certificate.unknown_critical_extension() {
        return Err(PathError::UnknownCritical { subject: subject(), extension });
    }
    if let Some(purposes) = certificate.extended_key_usage()
        && !purposes.iter().any(|purpose| SIGNING_PURPOSES.contains(purpose))
    {
        return Err(PathError::NotForSigning(subject()));
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

fn revocation_state(certificate: &Certificate, issuer: &Certificate, crls: &[Crl], at: Timestamp) -> RevocationState {
    let mut state = RevocationState::Unknown;
    let mut newest = Timestamp::MIN;
    for crl in crls.iter().filter(|crl| crl.verify(issuer).is_ok()) {
        if let Some(revocation) = crl.revocation(certificate) {
            // A later list may lift a suspension, so only a list at least as new counts against another.
            if crl.this_update() >= newest {
                (state, newest) = (RevocationState::Revoked(revocation), crl.this_update());
            }
            continue;
        }
        // A list may drop what has expired before it was made (RFC 5280 section 3.3).
        let speaks = at < crl.next_update() && crl.this_update() <= certificate.not_after();
        if speaks && crl.this_update() > newest {
            (state, newest) = (RevocationState::NotRevoked { this_update: crl.this_update() }, crl.this_update());
        }
    }
    state
}

#[cfg(test)]
mod tests;
