//! Staff.

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
use crate::acts::change_staff::change_staff;
use crate::acts::register::{self, Member};
use crate::hall::staff::{Registration, StaffAct};

/// A member of the staff.
#[derive(Serialize, ToSchema)]
pub struct Person {
    /// Identifier.
    id: String,
    /// What they sign in with.
    login: String,
    /// Name.
    name: String,
    /// `clerk`, `reviewer`, `chief`, `leader`, `keeper`, `administrator` or `auditor`.
    duty: &'static str,
    /// `managing`, `using` or `auditing`.
    side: &'static str,
    /// Whether as deputy, by rota.
    deputy: bool,
    /// Department key.
    department: Option<String>,
    /// Numbers of a clerk's windows.
    windows: Vec<String>,
    /// `civil-servant`, `established` or `contract`.
    grade: &'static str,
    /// Hours of duty, as `mon-fri 08:30-12:00`; none: whenever the hall is open.
    hours: Option<String>,
    /// Number of the permit.
    permit: Option<String>,
    /// Last day of the permit, YYYY-MM-DD.
    permit_to: Option<String>,
    /// `active`, `suspended` or `ended`.
    state: &'static str,
}

impl From<Member> for Person {
    fn from(Member { login, staff, .. }: Member) -> Self {
        Self {
            id: staff.id.to_string(),
            login,
            duty: staff.duty.as_str(),
            side: staff.duty.side().as_str(),
            deputy: staff.deputy,
            department: staff.department.as_ref().map(ToString::to_string),
            windows: staff.windows.iter().map(ToString::to_string).collect(),
            grade: staff.grade.as_str(),
            hours: staff.hours.map(|hours| hours.spelling()),
            permit: staff.permit.as_ref().map(|permit| permit.number.clone()),
            permit_to: staff.permit.as_ref().map(|permit| permit.to.to_string()),
            state: staff.registration.as_str(),
            name: staff.name,
        }
    }
}

/// The staff of a leader's or chief representative's department; for the hall's administrator and auditor all.
#[utoipa::path(get, path = "/api/v1/staff", security(("bearer" = [])),
    responses((status = 200, body = Vec<Person>), problems::Session, problems::Rule))]
pub async fn list(State(web): State<Web>, who: SignedIn) -> Result<Json<Vec<Person>>, Error> {
    Ok(Json(register::staff(&web.app, &who.person).await?.into_iter().map(Person::from).collect()))
}

/// A step in somebody's registration.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffStep {
    /// The state they get.
    to: StaffTo,
    /// Why.
    why: String,
}

/// The state somebody gets.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffTo {
    /// 停职, effective at once.
    Suspended,
    /// 恢复在岗.
    Active,
    /// 离岗, for good.
    Ended,
}

/// A step taken.
#[derive(Serialize, ToSchema)]
pub struct StaffStepped {
    /// The state now.
    state: &'static str,
}

/// Suspends somebody (a department's head or the hall's administrator), reinstates them or strikes them off (the
/// administrator).
#[utoipa::path(post, path = "/api/v1/staff/{id}/state", request_body = StaffStep, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = StaffStepped), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn change(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<StaffStep>,
) -> Result<Response, Error> {
    let (step, state) = match asked.to {
        StaffTo::Suspended => (StaffAct::Suspend, Registration::Suspended),
        StaffTo::Active => (StaffAct::Reinstate, Registration::Active),
        StaffTo::Ended => (StaffAct::End, Registration::Ended),
    };
    let (app, person, why) = (web.app.clone(), who.person.clone(), asked.why.clone());
    let act = async {
        whole(async move { change_staff(&app, &person, &id, step, &why).await }).await??;
        Ok(StaffStepped { state: state.as_str() })
    };
    key.once(&web, &who, &asked, act).await
}
