//! Seals and their uses.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{body::Body, error::Error, guard::session::SignedIn, router::Web, whole};
use super::once::Key;
use super::problems;
use super::shapes::time;
use crate::acts::look;
use crate::acts::suspend_seal::suspend_seal;

/// A seal.
#[derive(Serialize, ToSchema)]
pub struct Seal {
    /// Identifier.
    id: String,
    /// Department key.
    department: String,
    /// `approval` or `department`.
    kind: String,
    /// 14-digit seal code.
    code: String,
    /// `applied`, `made`, `filed`, `active`, `suspended` or `retired`.
    state: String,
    /// The filing number, once it is filed.
    filing: Option<String>,
    /// SHA-256 of its public key, its name in the ledger, once it is made.
    key: Option<String>,
    /// When its certificate ends, RFC 3339, once it is made.
    certified_until: Option<String>,
}

/// The seals of a keeper's or leader's department; for the hall's administrator and auditor all.
#[utoipa::path(get, path = "/api/v1/seals", security(("bearer" = [])),
    responses((status = 200, body = Vec<Seal>), problems::Session, problems::Rule))]
pub async fn list(State(web): State<Web>, who: SignedIn) -> Result<Json<Vec<Seal>>, Error> {
    let shown = |row: look::SealRow| Seal {
        certified_until: row.key.as_ref().and_then(|_| look::certified(&row).ok()).map(|(_, until)| until.to_string()),
        id: row.id,
        department: row.department,
        kind: row.kind,
        code: row.code,
        state: row.state,
        filing: row.filing_no,
        key: row.key.map(hex::encode),
    };
    Ok(Json(look::seals(&web.app, &who.person).await?.into_iter().map(shown).collect()))
}

/// That a seal is stopped.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `suspended`: what one person may do alone. Everything else takes two people: `/api/v1/seals/{id}/steps`.
    to: To,
    /// Why.
    why: String,
}

/// A seal's new state.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// 停用, effective at once.
    Suspended,
}

/// A change made.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    /// The state now.
    state: To,
}

/// Suspends a seal: by its keeper, the department's leader or the hall's administrator, from anywhere, at any hour.
#[utoipa::path(post, path = "/api/v1/seals/{id}/state", request_body = Change, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Changed), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn change(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<Change>,
) -> Result<Response, Error> {
    let (app, person, why) = (web.app.clone(), who.person.clone(), asked.why.clone());
    let act = async {
        whole(async move { suspend_seal(&app, &person, &id, &why).await }).await??;
        Ok(Changed { state: asked.to })
    };
    key.once(&web, &who, &asked, act).await
}

/// Which uses.
#[derive(Deserialize, IntoParams)]
pub struct Which {
    /// Only those below this ledger index.
    #[serde(default)]
    before: Option<u64>,
    /// Only those of this department.
    #[serde(default)]
    department: Option<String>,
}

/// A use in the ledger.
#[derive(Serialize, ToSchema)]
pub struct Use {
    /// Ledger index.
    index: i64,
    /// Number of the case.
    case: String,
    /// The certificate.
    certificate: String,
    /// Its number.
    number: String,
    /// Department key.
    department: String,
    /// State of the use.
    state: String,
    /// When it was logged, RFC 3339.
    at: String,
}

/// The auditor's list, newest first, fifty at a time.
#[utoipa::path(get, path = "/api/v1/uses", params(Which), security(("bearer" = [])),
    responses((status = 200, body = Vec<Use>), problems::Session, problems::Query, problems::Rule))]
pub async fn uses(State(web): State<Web>, who: SignedIn, Query(which): Query<Which>) -> Result<Json<Vec<Use>>, Error> {
    let lines = look::uses(&web.app, &who.person, which.before, which.department.as_deref()).await?;
    let shown = lines.into_iter().map(|line| Use {
        index: line.idx,
        case: line.case_no,
        certificate: line.certificate,
        number: line.number,
        department: line.department,
        state: line.state,
        at: time(line.at),
    });
    Ok(Json(shown.collect()))
}
