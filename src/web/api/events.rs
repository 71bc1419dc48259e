//! What happened to certificates, to be fetched by those who cannot be told.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{error::Error, guard::session::SignedIn, router::Web};
use super::problems;
use crate::acts::{look, tell};

/// From where on.
#[derive(Deserialize, IntoParams)]
pub struct After {
    /// The cursor that the last answer gave; without it, from the first event on.
    #[serde(default)]
    after: Option<u32>,
}

/// Something that happened to a certificate. Names nobody.
#[derive(Serialize, ToSchema)]
pub struct Event {
    /// Running number: later events have higher ones.
    id: i64,
    /// `certificate.sealed`, `.changed`, `.renewed`, `.reissued`, `.withdrawn`, `.cancelled` or `.expired`.
    kind: String,
    /// When, RFC 3339.
    at: String,
    /// The certificate.
    certificate: String,
    /// Its name.
    name: String,
    /// Its number.
    number: String,
    /// Code of the item, or the joint document's name.
    item: String,
    /// Number of its case.
    case: String,
}

impl From<tell::Event> for Event {
    fn from(event: tell::Event) -> Self {
        let tell::Event { id, kind, at, certificate, name, number, item, case } = event;
        Self { id, kind, at, certificate, name, number, item, case }
    }
}

/// Events in order.
#[derive(Serialize, ToSchema)]
pub struct Events {
    /// At most a hundred.
    events: Vec<Event>,
    /// Where to go on: the cursor for the next request, whether or not there were events.
    next: i64,
}

/// The feed, oldest first: what became of certificates. For the hall's administrators and auditors.
#[utoipa::path(get, path = "/api/v1/events", params(After), security(("bearer" = [])),
    responses((status = 200, body = Events), problems::Session, problems::Query, problems::Rule))]
pub async fn after(State(web): State<Web>, who: SignedIn, Query(from): Query<After>) -> Result<Json<Events>, Error> {
    let after = i64::from(from.after.unwrap_or(0));
    let events: Vec<Event> = look::events(&web.app, &who.person, after).await?.into_iter().map(Event::from).collect();
    let next = events.last().map_or(after, |event| event.id);
    Ok(Json(Events { events, next }))
}
