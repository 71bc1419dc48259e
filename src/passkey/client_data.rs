//! clientDataJSON (Level 3, 5.8.1): what the browser says it was asked, by which page.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::{MAX_CLIENT_DATA, PasskeyError, RelyingParty};
use crate::digest::Digest;

/// What is read of it; browsers add members to it as they like.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(default, rename = "topOrigin")]
    top_origin: Option<String>,
}

/// Checks that the browser was asked for this ceremony with this challenge by a page of the hall's, not in somebody else's frame.
pub(super) fn check(bytes: &[u8], ceremony: &str, rp: &RelyingParty, challenge: &Digest) -> Result<(), PasskeyError> {
    if bytes.is_empty() || bytes.len() > MAX_CLIENT_DATA {
        return Err(PasskeyError::Length);
    }
    let data: ClientData = serde_json::from_slice(bytes).map_err(|_| PasskeyError::ClientData)?;
    if data.ceremony != ceremony || data.cross_origin || data.top_origin.is_some() {
        return Err(PasskeyError::Ceremony);
    }
    let asked = BASE64_URL_SAFE_NO_PAD.decode(&data.challenge).map_err(|_| PasskeyError::Challenge)?;
    if asked != challenge.as_bytes() {
        return Err(PasskeyError::Challenge);
    }
    if data.origin != rp.origin() {
        return Err(PasskeyError::Origin);
    }
    Ok(())
}
