//! A passkey's signature over a challenge (Level 3, 7.2).

use super::{AuthenticatorData, MAX_SIGNATURE, PasskeyError, RelyingParty, client_data};
use crate::digest::Digest;
use crate::pki::suite::Suite;

/// What the browser hands over after `navigator.credentials.get`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// clientDataJSON, as the browser wrote it.
    pub client_data: Vec<u8>,
    /// Authenticator data, as signed.
    pub authenticator_data: Vec<u8>,
    /// The signature: of ECDSA a DER SEQUENCE, of RSA the number.
    pub signature: Vec<u8>,
}

/// A registered passkey, as far as its answers are judged by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasskeyKey<'a> {
    /// DER SubjectPublicKeyInfo.
    pub spki: &'a [u8],
    /// Whether it may be copied to other devices of its owner; this never changes.
    pub backup_eligible: bool,
}

/// Checks that `key` signed this very challenge for the hall, with the person present and verified; gives the signature counter (0: the
/// authenticator keeps none).
pub fn verify(
    rp: &RelyingParty,
    challenge: &Digest,
    key: PasskeyKey<'_>,
    assertion: &Assertion,
) -> Result<u32, PasskeyError> {
    if assertion.signature.is_empty() || assertion.signature.len() > MAX_SIGNATURE {
        return Err(PasskeyError::Length);
    }
    client_data::check(&assertion.client_data, "webauthn.get", rp, challenge)?;
    let data = AuthenticatorData::parse(rp, &assertion.authenticator_data)?;
    if data.has_credential {
        return Err(PasskeyError::AuthenticatorData);
    }
    if data.backup_eligible != key.backup_eligible {
        return Err(PasskeyError::Backup);
    }
    check_signature(key.spki, assertion)?;
    Ok(data.counter)
}

/// The signature is over the authenticator data and the digest of the client data.
pub(super) fn check_signature(spki: &[u8], assertion: &Assertion) -> Result<(), PasskeyError> {
    let mut signed = assertion.authenticator_data.clone();
    signed.extend(Digest::of(&assertion.client_data).as_bytes());
    suite(spki)?.verify(spki, &signed, &assertion.signature).map_err(|_| PasskeyError::Signature)
}

/// ES256 (COSE -7) or RS256 (COSE -257), by the key.
pub(super) fn suite(spki: &[u8]) -> Result<Suite, PasskeyError> {
    match Suite::of_key(spki) {
        Ok(suite @ (Suite::EcdsaP256Sha256 | Suite::RsaPkcs1Sha256)) => Ok(suite),
        _ => Err(PasskeyError::Key),
    }
}
