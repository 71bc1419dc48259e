//! Certificates, requests, revocation lists and path validation (pure): RFC 5280, RFC 2986, RFC 5480, RFC 4055.
//!
//! In scope: the hall's own authorities (a root, an issuing authority for seal certificates, a name-constrained authority for the hall's web servers), certificates of outside
//! authorities for keys held here, and the validation of paths of anybody's: names, policies, lists of every kind, OCSP responses (RFC 6960). Out of scope: fetching
//! anything. SM2 with SM3 is a further [`suite::Suite`] and [`algorithm::Algorithm`].
//!
//! No private key enters here: what is to be signed leaves as a typed [`authority::ToBeSigned`] or [`csr::CertificationRequestInfo`].

pub mod algorithm;
pub mod authority;
pub mod certificate;
pub mod crl;
pub mod csr;
mod ecdsa;
mod extension;
mod general_name;
pub mod hash;
pub mod name;
pub mod ocsp;
pub mod path;
pub mod public_key;
mod revocation;
mod rsa;
mod scope;
pub mod store;
pub mod strength;
pub mod suite;
mod time;
pub(crate) mod tlv;
pub mod work;

#[cfg(test)]
pub(crate) mod testing;
