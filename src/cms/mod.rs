//! Signatures over documents (pure): CMS SignedData (RFC 5652) as PAdES wants it (`ETSI.CAdES.detached`: ETSI EN 319 142-1, EN 319 122-1) and as older PDFs have it
//! (`adbe.pkcs7.detached`, `adbe.pkcs7.sha1`, `adbe.x509.rsa_sha1`: ISO 32000-1 section 12.8.3), and timestamps (RFC 3161).
//!
//! In scope: the attributes a seal signs, SignedData written in one spelling and read from anybody, DER or BER, the check of one signer. Out of scope: the certificate's path
//! ([`crate::pki::path`]), the ledger proof's meaning and revocation information (carried as bytes), several signers in one SignedData (PAdES forbids them), countersignatures.
//!
//! Trusted: nothing read. A signer's certificate found in a SignedData is a claim until its path is validated.

mod attribute_types;
pub mod attributes;
mod ber;
mod covered;
mod envelope;
mod ess;
pub mod read;
mod revocation;
mod rsa_signature;
pub mod signed_data;
mod signer;
pub mod timestamp;

pub use attributes::SignedAttributes;
pub use read::{Kind, SignedData};
pub use rsa_signature::RsaSignature;
pub use timestamp::TimestampToken;

use crate::pki::certificate::CertificateError;
use crate::pki::suite::SuiteError;
use crate::pki::tlv::NotDer;

/// Why bytes are not a signature we read, or the signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CmsError {
    /// Longer than [`read::MAX_BYTES`].
    #[error("signature larger than {} bytes", read::MAX_BYTES)]
    TooLarge,
    /// Not DER or BER, or not the structure RFC 5652 describes.
    #[error("not a SignedData")]
    Malformed,
    /// More than [`read::MAX_CERTIFICATES`] certificates, [`read::MAX_ATTRIBUTES`] attributes or [`read::MAX_REVOCATION`] lists and answers, or nested too deep.
    #[error("too many parts in the signature")]
    TooMany,
    /// Bytes other than zeros follow the structure.
    #[error("data behind the signature")]
    TrailingData,
    /// The content is not what the kind of signature says: plain data that stands elsewhere, or (`adbe.pkcs7.sha1`) its digest.
    #[error("not a detached signature over plain data")]
    NotDetached,
    /// Not a timestamp of version 1, or with a critical extension.
    #[error("not a timestamp")]
    NotATimestamp,
    /// None or several signers.
    #[error("not exactly one signer")]
    NotOneSigner,
    /// An attribute stands twice or has not exactly one value, where RFC 5652 section 11 demands it.
    #[error("a signed attribute is doubled")]
    AttributeTwice,
    /// There are no signed attributes, or contentType or messageDigest is not among them.
    #[error("a mandatory signed attribute is missing")]
    AttributeMissing,
    /// A digest that is none of [`crate::pki::hash::HashAlgorithm`]'s.
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
    /// A timestamp's content is not what was signed.
    #[error("the timestamp's content is not the signed one")]
    ContentMismatch,
    /// The signed attributes protect other algorithms than those used (RFC 6211).
    #[error("the signed attributes name other algorithms")]
    OtherAlgorithm,
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
