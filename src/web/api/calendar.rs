//! The calendar of working days.

use axum::{Json, extract::State, response::Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{body::Body, error::Error, guard::session::SignedIn, router::Web, whole};
use super::once::Key;
use super::problems;
use crate::acts::calendar::{self, Entered};
use crate::hall::calendar::Arrangement;

/// A year's holidays as published.
#[derive(Serialize, ToSchema)]
pub struct HolidayYear {
    /// The year.
    year: i16,
    /// The notice.
    source: String,
    /// Days off, weekends within them included.
    #[schema(value_type = Vec<String>)]
    off: Vec<Date>,
    /// Weekend days that are worked (调休).
    #[schema(value_type = Vec<String>)]
    work: Vec<Date>,
}

impl From<&Arrangement> for HolidayYear {
    fn from(one: &Arrangement) -> Self {
        Self { year: one.year(), source: one.source().to_owned(), off: one.off().collect(), work: one.work().collect() }
    }
}

/// The years that are known: limits that reach into another one cannot be counted yet.
#[utoipa::path(get, path = "/api/v1/calendar", security(("bearer" = [])),
    responses((status = 200, body = Vec<HolidayYear>), problems::Session))]
pub async fn show(State(web): State<Web>, _: SignedIn) -> Result<Json<Vec<HolidayYear>>, Error> {
    let calendar = calendar::calendar(&web.app).await?;
    Ok(Json(calendar.years().map(HolidayYear::from).collect()))
}

/// A year's holidays to be entered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHolidayYear {
    /// The year.
    year: i16,
    /// The notice, with its day.
    source: String,
    /// Days off: `2027-01-01`, or first and last as `2027-02-05/2027-02-12`.
    off: Vec<String>,
    /// Weekend days that are worked.
    #[serde(default)]
    work: Vec<String>,
}

/// Enters a year's holidays, or again as amended; for the hall's administrator.
#[utoipa::path(post, path = "/api/v1/calendar", request_body = NewHolidayYear, security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = HolidayYear), problems::Session, problems::Key, problems::Body, problems::Rule))]
pub async fn enter(
    State(web): State<Web>,
    who: SignedIn,
    key: Key,
    Body(asked): Body<NewHolidayYear>,
) -> Result<Response, Error> {
    let entered =
        Entered { year: asked.year, source: asked.source.clone(), off: asked.off.clone(), work: asked.work.clone() };
    let (app, person) = (web.app.clone(), who.person.clone());
    let act = async {
        let done = whole(async move { calendar::enter_year(&app, &person, &entered).await }).await??;
        Ok(HolidayYear::from(&done))
    };
    key.once(&web, &who, &asked, act).await
}
