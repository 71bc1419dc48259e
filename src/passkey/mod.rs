//! What shows that a person is there and means it: passkeys (W3C Web Authentication, Level 3), one-time codes (RFC 6238) and keys
//! bound to a device of the hall.
//!
//! Everything here is bytes in, verdict out. In scope: one relying party at one origin, user presence and user verification always
//! asked for, ES256 and RS256 (what security keys, phones and Windows make), no attestation: the hall believes whoever registers a
//! passkey with the person's password, not its maker. Out of scope: extensions, which are neither asked for nor read; CBOR, since
//! browsers hand out key and authenticator data apart (`getPublicKey`, `getAuthenticatorData`; [ADR 14](../../docs/adr/0015-own-passkey-verifier.md)).
//! Trusted: the browser for the origin it writes, the authenticator for the flags it signs.

mod assertion;
mod client_data;
pub mod device;
mod registration;
pub mod totp;

pub use assertion::{Assertion, PasskeyKey, verify};
pub use registration::{Registered, Registration, register};

use crate::digest::Digest;

/// The longest clientDataJSON taken, in bytes.
pub const MAX_CLIENT_DATA: usize = 4096;
/// The longest authenticator data taken, in bytes.
pub const MAX_AUTHENTICATOR_DATA: usize = 2048;
/// The longest credential identifier (Level 3, 7.1 step 25), in bytes.
pub const MAX_CREDENTIAL: usize = 1023;
/// The longest signature taken: RSA with 4096 bits.
pub const MAX_SIGNATURE: usize = 512;
/// The longest SubjectPublicKeyInfo taken, in bytes.
pub const MAX_KEY: usize = 1024;

/// Why a passkey's answer is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// A part is longer than anything an authenticator makes, or empty.
    #[error("a part is too long or empty")]
    Length,
    /// clientDataJSON cannot be read.
    #[error("the client data cannot be read")]
    ClientData,
    /// Made for another ceremony, or inside a frame of another site.
    #[error("the client data are of another ceremony or another site's frame")]
    Ceremony,
    /// Another challenge than the one asked.
    #[error("the challenge is another one")]
    Challenge,
    /// Another origin than the hall's.
    #[error("the origin is another one")]
    Origin,
    /// The authenticator data cannot be read.
    #[error("the authenticator data cannot be read")]
    AuthenticatorData,
    /// Made for another relying party.
    #[error("the relying party is another one")]
    RelyingParty,
    /// Nobody touched the authenticator.
    #[error("nobody was present")]
    NotPresent,
    /// The authenticator did not ask who it is (PIN, fingerprint, face).
    #[error("the user was not verified")]
    NotVerified,
    /// Flags that contradict each other or what was registered.
    #[error("the backup flags make no sense")]
    Backup,
    /// A key of a kind that is not taken.
    #[error("the key is of a kind that is not taken")]
    Key,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
}

/// The hall as browsers and authenticators know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    origin: String,
    id: String,
}

impl RelyingParty {
    /// Of the prefix of the hall's public addresses: `https://hall.example.gov.cn:8443/path`.
    pub fn of(base_url: &str) -> Self {
        let (scheme, rest) = base_url.split_once("://").unwrap_or(("https", base_url));
        let (scheme, authority) =
            (scheme.to_ascii_lowercase(), rest.split('/').next().unwrap_or_default().to_ascii_lowercase());
        let usual = if scheme == "http" { ":80" } else { ":443" };
        let authority = authority.strip_suffix(usual).unwrap_or(&authority);
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        Self { origin: format!("{scheme}://{authority}"), id: host.to_owned() }
    }

    /// The origin that pages are served from.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The relying party's identifier: the host.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether browsers make passkeys for it at all: a name, not an address; over TLS, or on this very machine.
    pub fn takes_passkeys(&self) -> bool {
        let is_name = self.id.parse::<std::net::IpAddr>().is_err() && !self.id.starts_with('[');
        is_name && (self.origin.starts_with("https://") || self.id == "localhost" || self.id.ends_with(".localhost"))
    }

    fn digest(&self) -> Digest {
        Digest::of(self.id.as_bytes())
    }
}

/// What is common to the authenticator data of both ceremonies (Level 3, 6.1).
struct AuthenticatorData<'a> {
    backup_eligible: bool,
    counter: u32,
    /// Attested credential data and extensions.
    rest: &'a [u8],
    has_credential: bool,
    has_extensions: bool,
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const CREDENTIAL: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;

impl<'a> AuthenticatorData<'a> {
    fn parse(rp: &RelyingParty, bytes: &'a [u8]) -> Result<Self, PasskeyError> {
        if bytes.len() > MAX_AUTHENTICATOR_DATA {
            return Err(PasskeyError::Length);
        }
        let (party, rest) = bytes.split_first_chunk::<32>().ok_or(PasskeyError::AuthenticatorData)?;
        let (&[flags], rest) = rest.split_first_chunk::<1>().ok_or(PasskeyError::AuthenticatorData)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(PasskeyError::AuthenticatorData)?;
        let is = |flag| flags & flag != 0;
        if party != rp.digest().as_bytes() {
            return Err(PasskeyError::RelyingParty);
        }
        if !is(PRESENT) {
            return Err(PasskeyError::NotPresent);
        }
        if !is(VERIFIED) {
            return Err(PasskeyError::NotVerified);
        }
        if is(BACKED_UP) && !is(BACKUP_ELIGIBLE) {
            return Err(PasskeyError::Backup);
        }
        let (has_credential, has_extensions) = (is(CREDENTIAL), is(EXTENSIONS));
        if !has_credential && !has_extensions && !rest.is_empty() {
            return Err(PasskeyError::AuthenticatorData);
        }
        let counter = u32::from_be_bytes(*counter);
        Ok(Self { backup_eligible: is(BACKUP_ELIGIBLE), counter, rest, has_credential, has_extensions })
    }
}

#[cfg(test)]
mod tests;
