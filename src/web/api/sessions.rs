//! Signing in for a bearer token, and out.

use std::{net::SocketAddr, time::Instant};

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{body::Body, error::Error, guard::session::SignedIn, router::Web};
use super::problems;
use crate::acts::sign_in;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    login: String,
    password: String,
    /// A clerk's window.
    #[serde(default)]
    window: Option<String>,
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
    let inside = web.is_inside(peer.ip());
    let begun = sign_in::sign_in(&web.app, &asked.login, &asked.password, asked.window.as_deref(), inside).await?;
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
