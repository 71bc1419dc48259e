//! A new passkey (Level 3, 7.1), without attestation.

use super::assertion::suite;
use super::{AuthenticatorData, MAX_CREDENTIAL, MAX_KEY, PasskeyError, RelyingParty, client_data};
use crate::digest::Digest;

/// What the browser hands over after `navigator.credentials.create`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// clientDataJSON, as the browser wrote it.
    pub client_data: Vec<u8>,
    /// `getAuthenticatorData()`.
    pub authenticator_data: Vec<u8>,
    /// `getPublicKey()`: DER SubjectPublicKeyInfo.
    pub spki: Vec<u8>,
}

/// What is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The credential's identifier: by it the browser is asked for this passkey.
    pub credential: Vec<u8>,
    /// DER SubjectPublicKeyInfo.
    pub spki: Vec<u8>,
    /// Whether it may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Signature counter.
    pub counter: u32,
}

/// Checks that a passkey was made for this challenge and the hall, with the person present and verified.
pub fn register(rp: &RelyingParty, challenge: &Digest, made: &Registration) -> Result<Registered, PasskeyError> {
    client_data::check(&made.client_data, "webauthn.create", rp, challenge)?;
    let data = AuthenticatorData::parse(rp, &made.authenticator_data)?;
    if !data.has_credential || data.has_extensions {
        return Err(PasskeyError::AuthenticatorData);
    }
    // Attested credential data: AAGUID (16), length of the identifier (2), identifier, key as CBOR, which is not read.
    let rest = data.rest.get(16..).ok_or(PasskeyError::AuthenticatorData)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(PasskeyError::AuthenticatorData)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > MAX_CREDENTIAL {
        return Err(PasskeyError::Length);
    }
    let credential = rest.get(..length).ok_or(PasskeyError::AuthenticatorData)?;
    if made.spki.len() > MAX_KEY {
        return Err(PasskeyError::Length);
    }
    suite(&made.spki)?;
    Ok(Registered {
        credential: credential.to_vec(),
        spki: made.spki.clone(),
        backup_eligible: data.backup_eligible,
        counter: data.counter,
    })
}
