//! Monthly reports of the supervision: made, looked at, sealed.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{
    body::Body, desks::cases::pdf_response, error::Error, guard::session::SignedIn, router::Web, whole,
};
use super::once::Key;
use super::problems;
use super::shapes::{Case, time};
use crate::acts::look;
use crate::acts::monthly::{self, ReportRow};
use crate::hall::supervision::figures::Month;

/// A report filed.
#[derive(Serialize, ToSchema)]
pub struct MonthlyReport {
    /// As `2026-11`.
    month: String,
    /// From 1.
    version: i64,
    /// SHA-256 of its PDF.
    document: String,
    /// Who made it: identifier of a member of the staff.
    by: String,
    /// When, RFC 3339.
    at: String,
}

impl From<ReportRow> for MonthlyReport {
    fn from(row: ReportRow) -> Self {
        let document = hex::encode(row.document);
        Self { month: row.month, version: row.version, document, by: row.staff, at: time(row.at) }
    }
}

/// The reports filed, the newest first.
#[utoipa::path(get, path = "/api/v1/reports", security(("bearer" = [])),
    responses((status = 200, body = Vec<MonthlyReport>), problems::Session, problems::Rule))]
pub async fn list(State(web): State<Web>, who: SignedIn) -> Result<Json<Vec<MonthlyReport>>, Error> {
    Ok(Json(monthly::reports(&web.app, &who.person).await?.into_iter().map(MonthlyReport::from).collect()))
}

/// Of which month.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// As `2026-11`.
    month: String,
}

/// Composes the report of a month that is over, or of this one so far, and files it as the next version; for the auditor.
#[utoipa::path(post, path = "/api/v1/reports", request_body = NewReport, security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = MonthlyReport), problems::Session, problems::Key, problems::Body, problems::Rule))]
pub async fn make(
    State(web): State<Web>,
    who: SignedIn,
    key: Key,
    Body(asked): Body<NewReport>,
) -> Result<Response, Error> {
    let month: Month = asked.month.parse().map_err(|_| Error::Unreadable("month 应写成 2026-11 的样子".into()))?;
    let (app, person) = (web.app.clone(), who.person.clone());
    let act =
        async { Ok(MonthlyReport::from(whole(async move { monthly::make(&app, &person, month).await }).await??)) };
    key.once(&web, &who, &asked, act).await
}

/// A report as filed.
#[utoipa::path(get, path = "/api/v1/reports/{month}/{version}/report.pdf", security(("bearer" = [])),
    params(("month" = String, Path), ("version" = i64, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), problems::Session, problems::Named, problems::Rule))]
pub async fn pdf(
    State(web): State<Web>,
    who: SignedIn,
    Path((month, version)): Path<(String, String)>,
) -> Result<Response, Error> {
    let (month, version) = named(&month, &version)?;
    Ok(pdf_response(monthly::pdf(&web.app, &who.person, month, version).await?))
}

/// Asks for the seal on a report as filed: a case, which its approvers decide; for a window. Asked again by the
/// same person, the case there is, unless it was refused.
#[utoipa::path(post, path = "/api/v1/reports/{month}/{version}/sealing", security(("bearer" = [])),
    params(("month" = String, Path), ("version" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Case), problems::Session, problems::Key, problems::Named, problems::Rule))]
pub async fn seal(
    State(web): State<Web>,
    who: SignedIn,
    Path((month, version)): Path<(String, String)>,
    key: Key,
) -> Result<Response, Error> {
    let (month, version) = named(&month, &version)?;
    let (app, person) = (web.app.clone(), who.person.clone());
    let act = async {
        let submitted = whole(async move { monthly::ask_for_seal(&app, &person, month, version).await }).await??;
        let case = look::case(&web.app, &who.person, &submitted.matter.case_no).await?;
        Ok(Case::of(case, &web.app))
    };
    key.once(&web, &who, &(), act).await
}

fn named(month: &str, version: &str) -> Result<(Month, i64), Error> {
    let month = month.parse().map_err(|_| Error::NotFound)?;
    Ok((month, version.parse().map_err(|_| Error::NotFound)?))
}
