//! Requests to an outside authority for a certificate on a key held here, and its answer (PKCS#10, RFC 2986).

use super::certificate::{Certificate, pem};
use super::name::DistinguishedName;
use super::suite::{Signature, Suite, SuiteError};
use super::tlv::{SEQUENCE, bit_string, context, tlv, unsigned};

/// The part of a request that is signed: subject and key. A SEQUENCE, where the attributes of a document signature are a SET: no signature over one is one over the other.
#[derive(Debug)]
pub struct CertificationRequestInfo {
    der: Vec<u8>,
    spki: Vec<u8>,
}

impl CertificationRequestInfo {
    /// A request for `subject` to be certified with the key in `spki`, without attributes.
    pub fn new(subject: &DistinguishedName, spki: &[u8]) -> Result<Self, SuiteError> {
        Suite::of_key(spki)?;
        let der = tlv(SEQUENCE, &[&unsigned(0), subject.as_der(), spki, &tlv(context(0), &[])]);
        Ok(Self { der, spki: spki.to_vec() })
    }

    /// The bytes to sign.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The key asked for, which is also the key that signs.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The finished request; refuses a signature that is not by the key itself (its proof of possession).
    pub fn signed(self, signature: &Signature) -> Result<CertificationRequest, SuiteError> {
        signature.suite.verify(&self.spki, &self.der, &signature.bytes)?;
        let parts = [&self.der, signature.suite.algorithm(), &bit_string(&signature.bytes)];
        Ok(CertificationRequest(tlv(SEQUENCE, &parts)))
    }
}

/// A signed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationRequest(Vec<u8>);

impl CertificationRequest {
    /// DER.
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    /// PEM with LF line ends.
    pub fn to_pem(&self) -> String {
        pem("CERTIFICATE REQUEST", &self.0)
    }
}

/// Why the certificate an outside authority sent cannot be used for the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It certifies another key.
    #[error("the certificate is for another key")]
    OtherKey,
    /// It is an authority's certificate.
    #[error("the certificate is an authority's")]
    Authority,
    /// keyUsage lacks both digitalSignature and nonRepudiation: an encryption certificate.
    #[error("the certificate is not for signing")]
    NotForSigning,
}

/// Checks that `certificate` certifies the key in `spki` for signing. Its chain is [`super::path`]'s matter.
pub fn check_answer(certificate: &Certificate, spki: &[u8]) -> Result<(), AnswerError> {
    if certificate.spki_der() != spki {
        return Err(AnswerError::OtherKey);
    }
    if certificate.is_authority() {
        return Err(AnswerError::Authority);
    }
    match certificate.key_usage() {
        Some(usage) if !usage.digital_signature() && !usage.non_repudiation() => Err(AnswerError::NotForSigning),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{Hall, Key};

    #[test]
    fn a_request_is_signed_by_its_own_key_alone() {
        let hall = Hall::new();
        let info = || CertificationRequestInfo::new(&hall.seal_name, hall.seal.spki_der()).unwrap();
        assert!(info().signed(&hall.seal_key.sign_bytes(info().as_der())).is_ok());
        let foreign = Key::new().sign_bytes(info().as_der());
        assert_eq!(info().signed(&foreign), Err(SuiteError::Signature));
    }

    #[test]
    fn the_answer_must_be_for_the_key_and_for_signing() {
        let hall = Hall::new();
        assert_eq!(check_answer(&hall.seal, hall.seal.spki_der()), Ok(()));
        assert_eq!(check_answer(&hall.seal, hall.root.spki_der()), Err(AnswerError::OtherKey));
        assert_eq!(check_answer(&hall.root, hall.root.spki_der()), Err(AnswerError::Authority));
    }
}
