//! Signatures over documents as PAdES wants them (pure): CMS SignedData (RFC 5652), detached, in the profile `ETSI.CAdES.detached` (ETSI EN 319 142-1, EN 319 122-1).
//!
//! In scope: the attributes a seal signs, SignedData written in one spelling and read from anybody, the check of one signer. Out of scope: the certificate's path
//! ([`crate::pki::path`]), the ledger proof's and the timestamp's meaning (carried as bytes), BER, RSA-PSS, digests other than SHA-256, several signers in one SignedData (PAdES forbids them).
//!
//! Trusted: nothing read. A signer's certificate found in a SignedData is a claim until its path is validated.

mod attribute_types;
pub mod attributes;
pub mod read;
pub mod signed_data;

pub use attributes::SignedAttributes;
pub use read::SignedData;

use crate::pki::certificate::CertificateError;
use crate::pki::suite::SuiteError;
use crate::pki::tlv::NotDer;

/// Why bytes are not a signature we read, or the signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CmsError {
    /// Longer than [`read::MAX_BYTES`].
    #[error("signature larger than {} bytes", read::MAX_BYTES)]
    TooLarge,
    /// Not DER, or not the structure RFC 5652 describes.
    #[error("not a DER SignedData")]
    Malformed,
    /// More than [`read::MAX_CERTIFICATES`] certificates or [`read::MAX_ATTRIBUTES`] attributes.
    #[error("too many certificates or attributes in the signature")]
    TooMany,
    /// Bytes other than zeros follow the structure.
    #[error("data behind the signature")]
    TrailingData,
    /// Content stands in the structure, or it is not plain data: not a detached signature.
    #[error("not a detached signature over plain data")]
    NotDetached,
    /// None or several signers.
    #[error("not exactly one signer")]
    NotOneSigner,
    /// An attribute stands twice or has not exactly one value, where RFC 5652 section 11 demands it.
    #[error("a signed attribute is doubled")]
    AttributeTwice,
    /// There are no signed attributes, or contentType or messageDigest is not among them.
    #[error("a mandatory signed attribute is missing")]
    AttributeMissing,
    /// A digest other than SHA-256.
    #[error("digest algorithm not supported")]
    DigestAlgorithm,
    /// A certificate among those carried does not read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The signer's certificate is not among those carried.
    #[error("the signer's certificate is not in the signature")]
    SignerMissing,
    /// The document is not what was signed.
    #[error("the document's digest is not the signed one")]
    DigestMismatch,
    /// The signed attributes name another certificate than the signer's (RFC 5035).
    #[error("the signed attributes name another certificate")]
    OtherCertificate,
    /// Algorithm or key not supported, or the signature wrong.
    #[error(transparent)]
    Signature(#[from] SuiteError),
}

impl From<NotDer> for CmsError {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}
