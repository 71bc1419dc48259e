//! What happened to certificates, to be fetched by those who cannot be told.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{error::Error, guard::session::SignedIn, router::Web};
use super::problems;
use crate::acts::look;
use crate::acts::tell::Event;

/// From where on.
#[derive(Deserialize, IntoParams)]
pub struct After {
    /// The cursor that the last answer gave; without it, from the first event on.
    #[serde(default)]
    after: Option<u32>,
}

/// Events in order.
#[derive(Serialize, ToSchema)]
pub struct Events {
    /// At most a hundred.
    events: Vec<Event>,
    /// Where to go on: the cursor for the next request, whether or not there were events.
    next: i64,
}

/// The feed, oldest first: certificates sealed and withdrawn. For the hall's administrators and auditors.
#[utoipa::path(get, path = "/api/v1/events", params(After), security(("bearer" = [])),
    responses((status = 200, body = Events), problems::Session, problems::Query, problems::Rule))]
pub async fn after(State(web): State<Web>, who: SignedIn, Query(from): Query<After>) -> Result<Json<Events>, Error> {
    let after = i64::from(from.after.unwrap_or(0));
    let events = look::events(&web.app, &who.person, after).await?;
    let next = events.last().map_or(after, |event| event.id);
    Ok(Json(Events { events, next }))
}
