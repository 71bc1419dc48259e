//! Signing in for a bearer token, and out.

use std::{net::SocketAddr, time::Instant};

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::StatusCode,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{body::Body, error::Error, guard::session::SignedIn, router::Web};
use super::problems;
use crate::acts::confirm::Confirmation;
use crate::acts::confirm_session::confirm_session;
use crate::acts::sign_in;
use crate::digest::Digest;
use crate::passkey::device::DeviceProof;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    login: String,
    password: String,
    /// A clerk's window.
    #[serde(default)]
    window: Option<String>,
    /// The signature of an enrolled device, where the hall demands that acts are done at such. The session is then good from this
    /// address alone.
    #[serde(default)]
    device: Option<Device>,
    /// A one-time code of a keeper or administrator who has registered codes, or must.
    #[serde(default)]
    code: Option<String>,
}

/// What an enrolled device says: an ECDSA signature by its key (P-256, SHA-256) over the UTF-8 text
/// `yinxin-device/v1\norigin ORIGIN\nsign-in LOGIN\nat SECONDS\n`, where ORIGIN is the scheme and host of the hall's address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// SHA-256 of its public key (uncompressed point) in hexadecimal.
    #[schema(value_type = String)]
    key: Digest,
    /// SECONDS since 1970, at most 90 from the hall's clock.
    at: i64,
    /// r and s, 32 bytes each, in base64url without padding.
    signature: String,
}

/// A session begun.
#[derive(Serialize, ToSchema)]
pub struct Begun {
    /// For `Authorization: Bearer`; good for ten hours.
    token: String,
    /// The person's duty.
    duty: String,
    /// The person's department key.
    department: Option<String>,
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/sessions", request_body = SignIn,
    responses((status = 201, body = Begun), problems::Body, problems::Rule, problems::Rate))]
pub async fn begin(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Body(asked): Body<SignIn>,
) -> Result<(StatusCode, Json<Begun>), Error> {
    if !web.sign_ins.take(peer.ip(), Instant::now()) {
        return Err(Error::TooMany);
    }
    let from = sign_in::From { peer: peer.ip(), inside: web.is_inside(peer.ip()) };
    let device = asked.device.map(|device| DeviceProof {
        device: device.key,
        seconds: device.at,
        signature: BASE64_URL_SAFE_NO_PAD.decode(device.signature).unwrap_or_default(),
    });
    let given = sign_in::Given {
        login: &asked.login,
        password: &asked.password,
        window: asked.window.as_deref(),
        device: device.as_ref(),
        program: true,
    };
    let begun = sign_in::sign_in(&web.app, given, from).await?;
    if let Some(code) = asked.code {
        let session = Digest::of(begun.token.as_bytes());
        confirm_session(&web.app, &begun.person, &session, Confirmation::Code(code)).await?;
    }
    let staff = begun.person.staff;
    let answer = Begun {
        token: begun.token,
        duty: staff.duty.to_string(),
        department: staff.department.map(|key| key.to_string()),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/sessions", security(("bearer" = [])),
    responses((status = 204, description = "Signed out"), problems::Session))]
pub async fn end(State(web): State<Web>, who: SignedIn) -> Result<StatusCode, Error> {
    sign_in::sign_out(&web.app, &who.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
