//! Certification path building and validation (RFC 5280 section 6.1 with the policy graph of RFC 9618), and what revocation lists and OCSP responses say of the path.
//!
//! The chain is one answer, revocation another: a seal revoked today may have been good on the day of sealing, and only the caller knows which day it asks about.
//! Trusted: the store's anchors; what they constrain (names, length, purposes) is obeyed. Not trusted: everything else, the order of the certificates included.
//! Every limit is a constant here; a path that would need more is not found.

use der::asn1::ObjectIdentifier;
use jiff::Timestamp;

use super::certificate::Certificate;
use super::revocation;
use super::store::Pool;
use super::suite::SuiteError;

mod build;
mod names;
mod policy;
mod rules;

pub use super::revocation::{Evidence, RevocationState, Source};
pub use policy::{Policies, PolicySettings};
pub use rules::Purpose;

pub(super) use build::Search;

/// The most certificates in a path, signer and anchor included.
pub const MAX_PATH: usize = 10;
/// The most certificates of a file looked at.
pub const MAX_CERTIFICATES: usize = 512;
/// The most candidate issuers tried before giving up; bounds the signatures verified.
pub const MAX_CANDIDATES: usize = 64;

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
    #[error("{0} is an authority and no signer")]
    SignerIsAuthority(String),
    /// keyUsage or extKeyUsage do not allow what the path is asked for.
    #[error("{0} is not for this purpose")]
    NotForPurpose(String),
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
    /// A name in it lies outside what an authority above may name.
    #[error("{0}: name not permitted by an authority above")]
    NameConstraint(String),
    /// The path is valid for no policy that is acceptable, where one is required; or maps anyPolicy.
    #[error("no acceptable certificate policy")]
    Policy,
    /// More than [`MAX_CERTIFICATES`], [`MAX_PATH`] or [`MAX_CANDIDATES`], or more than may be done for one file.
    #[error("certification path too long or too tangled")]
    TooMuch,
}

/// What a path is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The time at which every certificate has to be valid.
    pub at: Timestamp,
    /// What the first certificate is used for.
    pub purpose: Purpose,
    /// What is asked of certificate policies.
    pub policies: PolicySettings,
}

impl Settings {
    /// A path for this purpose at this time, under any policy.
    pub fn new(purpose: Purpose, at: Timestamp) -> Self {
        Self { at, purpose, policies: PolicySettings::default() }
    }
}

/// A path from signer to anchor that validated; made by [`validate`] alone.
#[derive(Debug, Clone)]
pub struct ValidPath {
    certificates: Vec<Certificate>,
    policies: Policies,
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

    /// The policies it is valid for.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// The state of each certificate but the anchor, signer first.
    pub fn revocation_states(&self) -> &[RevocationState] {
        &self.revocation
    }

    /// The state of the path: the earliest revocation in it, else what could not be looked through or is unknown if anything is, else what the oldest evidence relied on says.
    pub fn revocation(&self) -> RevocationState {
        let of_revoked = |state: &&RevocationState| match state {
            RevocationState::Revoked(revocation, _) => Some(revocation.at),
            _ => None,
        };
        if let Some(first) = self.revocation.iter().filter(|s| of_revoked(s).is_some()).min_by_key(of_revoked) {
            return *first;
        }
        if self.revocation.contains(&RevocationState::TooMuch) {
            return RevocationState::TooMuch;
        }
        let mut oldest: Option<Evidence> = None;
        for state in &self.revocation {
            match state {
                RevocationState::NotRevoked(evidence)
                    if oldest.is_some_and(|o| o.this_update <= evidence.this_update) => {}
                RevocationState::NotRevoked(evidence) => oldest = Some(*evidence),
                _ => return RevocationState::Unknown,
            }
        }
        oldest.map_or(RevocationState::Unknown, RevocationState::NotRevoked)
    }
}

/// Finds a path from `signer` over the pool's certificates to one of its anchors that holds under `settings`, and asks the pool's lists and responses about it.
///
/// # Errors
/// Of several failing paths the error of the first tried is returned, anchors before other certificates.
pub fn validate(signer: &Certificate, pool: &Pool<'_>, settings: &Settings) -> Result<ValidPath, PathError> {
    let (certificates, policies) = Search::new(pool, pool.store.anchors(), settings)?.find(signer)?;
    let revocation = revocation::states(&certificates, pool, settings.at);
    Ok(ValidPath { certificates, policies, revocation })
}

#[cfg(test)]
pub(crate) mod tests;
