//! What is done with a case beside deciding on it: more time, its fee, and cancelling its certificate.

use axum::{
    extract::{Path, State},
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{body::Body, error::Error, guard::session::SignedIn, router::Web, whole};
use super::once::Key;
use super::problems;
use super::shapes::{Extension, time};
use crate::acts::{cancel, extend, pay};
use crate::hall::{cancellation::Ground, extension::Telling, fee};

/// More time for a case.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExtension {
    /// Working days, at most 10; 15 where several departments decide.
    days: u16,
    /// Why, as told to the applicant.
    reason: String,
    /// How the applicant was told: `written`, `message`, `phone` or `in-person`.
    #[schema(value_type = String)]
    told: Telling,
    /// The day on which the applicant was told, YYYY-MM-DD.
    #[schema(value_type = String)]
    told_on: Date,
}

/// Extends a case, once; for a leader of a department that decides in it.
#[utoipa::path(post, path = "/api/v1/cases/{case}/extension", request_body = NewExtension, security(("bearer" = [])),
    params(("case" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Extension), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn extend(
    State(web): State<Web>,
    who: SignedIn,
    Path(case): Path<String>,
    key: Key,
    Body(asked): Body<NewExtension>,
) -> Result<Response, Error> {
    let extension =
        extend::Extension { days: asked.days, reason: asked.reason.clone(), told: asked.told, told_on: asked.told_on };
    let (app, person) = (web.app.clone(), who.person.clone());
    let act = async {
        let row = whole(async move { extend::extend(&app, &person, &case, &extension).await }).await??;
        Ok(Extension::from(row))
    };
    key.once(&web, &who, &asked, act).await
}

/// A case's fee as paid.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// Yuan, as `80` or `80.50`; `0` for an exemption.
    amount: String,
    /// Number of the receipt, or of the document that exempts the case.
    receipt: String,
}

/// A payment recorded.
#[derive(Serialize, ToSchema)]
pub struct Paid {
    /// Yuan.
    amount: String,
    /// Number of the receipt.
    receipt: String,
    /// Window that recorded it.
    window: String,
    /// When, RFC 3339.
    at: String,
}

/// Records that a case's fee is paid: before that it is neither sealed nor handed out.
#[utoipa::path(post, path = "/api/v1/cases/{case}/fee", request_body = NewPayment, security(("bearer" = [])),
    params(("case" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Paid), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn pay(
    State(web): State<Web>,
    who: SignedIn,
    Path(case): Path<String>,
    key: Key,
    Body(asked): Body<NewPayment>,
) -> Result<Response, Error> {
    let (amount, receipt) = (fee::fen(&asked.amount), asked.receipt.clone());
    let (app, person) = (web.app.clone(), who.person.clone());
    let act = async {
        let row = whole(async move { pay::pay(&app, &person, &case, amount, &receipt).await }).await??;
        Ok(Paid { amount: fee::yuan(row.amount), receipt: row.receipt, window: row.window_no, at: time(row.at) })
    };
    key.once(&web, &who, &asked, act).await
}

/// Why a certificate is cancelled.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCancellation {
    /// `holder`, `lapsed`, `deceased`, `dissolved`, `revoked`, `impossible` or `law`.
    #[schema(value_type = String)]
    ground: Ground,
    /// The facts, and the document they stand in.
    reason: String,
}

/// A certificate cancelled.
#[derive(Serialize, ToSchema)]
pub struct Cancelled {
    /// `cancelled`.
    state: &'static str,
    /// When, RFC 3339.
    at: String,
}

/// Cancels a certificate, and its copies with it; for the chief representative of the department that issued it.
#[utoipa::path(post, path = "/api/v1/certificates/{id}/cancellation", request_body = NewCancellation,
    security(("bearer" = [])), params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Cancelled), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn cancel(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<NewCancellation>,
) -> Result<Response, Error> {
    let (app, person, ground, reason) = (web.app.clone(), who.person.clone(), asked.ground, asked.reason.clone());
    let act = async {
        let row = whole(async move { cancel::cancel(&app, &person, &id, ground, &reason).await }).await??;
        Ok(Cancelled { state: "cancelled", at: time(row.at) })
    };
    key.once(&web, &who, &asked, act).await
}
