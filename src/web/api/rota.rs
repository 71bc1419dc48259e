//! The rota of a department's deputies.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{body::Body, error::Error, guard::session::SignedIn, router::Web, whole};
use super::once::Key;
use super::problems;
use crate::acts::{register, stand_in};

/// Days on which a deputy stands in for the chief representative.
#[derive(Serialize, ToSchema)]
pub struct Watch {
    /// Identifier.
    id: String,
    /// The deputy: identifier of a member of the staff.
    deputy: String,
    /// The deputy's name.
    name: String,
    /// First day, YYYY-MM-DD.
    first_day: String,
    /// Last day.
    last_day: String,
    /// Name of whoever put them there.
    by: String,
}

/// The rota of one's department, the latest days first; for its leader and its chief representatives.
#[utoipa::path(get, path = "/api/v1/rota", security(("bearer" = [])),
    responses((status = 200, body = Vec<Watch>), problems::Session, problems::Rule))]
pub async fn list(State(web): State<Web>, who: SignedIn) -> Result<Json<Vec<Watch>>, Error> {
    let watch = |register::Standing { row, deputy: name, by }: register::Standing| Watch {
        id: row.id,
        deputy: row.deputy,
        name,
        first_day: row.first_day,
        last_day: row.last_day,
        by,
    };
    Ok(Json(register::rota(&web.app, &who.person).await?.into_iter().map(watch).collect()))
}

/// Days to be put on the rota.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWatch {
    /// The deputy: identifier of a member of the staff.
    deputy: String,
    /// First day, YYYY-MM-DD.
    first_day: String,
    /// Last day.
    last_day: String,
}

/// Days put on the rota, or taken off.
#[derive(Serialize, ToSchema)]
pub struct Watched {
    /// Identifier.
    id: String,
    /// `standing` or `withdrawn`.
    state: &'static str,
}

/// Puts a deputy on the rota; for the department's leader or chief representative.
#[utoipa::path(post, path = "/api/v1/rota", request_body = NewWatch, security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Watched), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn put(
    State(web): State<Web>,
    who: SignedIn,
    key: Key,
    Body(asked): Body<NewWatch>,
) -> Result<Response, Error> {
    let NewWatch { deputy, first_day, last_day } = &asked;
    let (deputy, from, to) = (deputy.clone(), first_day.clone(), last_day.clone());
    let (app, person) = (web.app.clone(), who.person.clone());
    let act = async {
        let put = async move { stand_in::put_on_rota(&app, &person, &deputy, &from, &to).await };
        Ok(Watched { id: whole(put).await??, state: "standing" })
    };
    key.once(&web, &who, &asked, act).await
}

/// Takes days off the rota, effective at once.
#[utoipa::path(post, path = "/api/v1/rota/{id}/withdrawal", security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Watched), problems::Session, problems::Key, problems::Named, problems::Rule))]
pub async fn withdraw(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
) -> Result<Response, Error> {
    let (app, person, watch) = (web.app.clone(), who.person.clone(), id.clone());
    let act = async {
        whole(async move { stand_in::take_off_rota(&app, &person, &watch).await }).await??;
        Ok(Watched { id, state: "withdrawn" })
    };
    key.once(&web, &who, &(), act).await
}
