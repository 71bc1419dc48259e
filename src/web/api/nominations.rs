//! Nominations: somebody is named by the department, and registered with the centre's consent.

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
use super::shapes::time;
use crate::acts::consent::{Consented, consent, decline};
use crate::acts::nominate::nominate;
use crate::acts::register;
use crate::hall::nomination::Entered;

/// A nomination that waits for the centre.
#[derive(Serialize, ToSchema)]
pub struct Nomination {
    /// Identifier.
    id: String,
    /// The person whose registration is to be changed; none: somebody new.
    of: Option<String>,
    /// What they sign in with.
    login: String,
    /// Name.
    name: String,
    /// Duty.
    duty: String,
    /// Whether as deputy.
    deputy: bool,
    /// Department key.
    department: Option<String>,
    /// Numbers of a clerk's windows.
    windows: Vec<String>,
    /// `civil-servant`, `established` or `contract`.
    grade: String,
    /// First day at the window, YYYY-MM-DD.
    posted_from: Option<String>,
    /// Last day at the window.
    posted_to: Option<String>,
    /// Hours of duty, as `mon-fri 08:30-12:00`.
    hours: Option<String>,
    /// Last day of the permit asked for, YYYY-MM-DD.
    permit_to: String,
    /// Name of whoever nominated.
    by: String,
    /// When, RFC 3339.
    at: String,
}

impl TryFrom<register::Nomination> for Nomination {
    type Error = Error;

    fn try_from(register::Nomination { row, by }: register::Nomination) -> Result<Self, Error> {
        Ok(Self {
            windows: serde_json::from_str(&row.windows).map_err(Error::failed)?,
            at: time(row.nominated_at),
            id: row.id,
            of: row.staff,
            login: row.login,
            name: row.name,
            duty: row.duty,
            deputy: row.deputy,
            department: row.department,
            grade: row.grade,
            posted_from: row.posted_from,
            posted_to: row.posted_to,
            hours: row.hours,
            permit_to: row.permit_to,
            by,
        })
    }
}

/// The nominations that wait: of one's department; for the hall's administrator and auditor all.
#[utoipa::path(get, path = "/api/v1/nominations", security(("bearer" = [])),
    responses((status = 200, body = Vec<Nomination>), problems::Session, problems::Rule))]
pub async fn list(State(web): State<Web>, who: SignedIn) -> Result<Json<Vec<Nomination>>, Error> {
    let waiting = register::nominations(&web.app, &who.person).await?;
    Ok(Json(waiting.into_iter().map(Nomination::try_from).collect::<Result<_, _>>()?))
}

/// Somebody to be registered, or a registration to be changed: all of it as it is to be.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNomination {
    /// The person whose registration is to be changed; without one, somebody new.
    #[serde(default)]
    of: Option<String>,
    /// What they will sign in with; of a change, empty.
    #[serde(default)]
    login: String,
    /// Name.
    name: String,
    /// `clerk`, `reviewer`, `chief`, `leader`, `keeper`, `administrator` or `auditor`.
    duty: String,
    /// Whether as deputy, by rota.
    #[serde(default)]
    deputy: bool,
    /// Numbers of a clerk's windows.
    #[serde(default)]
    windows: Vec<String>,
    /// `civil-servant`, `established` or `contract`.
    grade: String,
    /// First day at the window, YYYY-MM-DD.
    #[serde(default)]
    posted_from: String,
    /// Last day at the window.
    #[serde(default)]
    posted_to: String,
    /// Hours of duty, as `mon-fri 08:30-12:00`; empty: whenever the hall is open.
    #[serde(default)]
    hours: String,
    /// Last day of the permit asked for, YYYY-MM-DD.
    permit_to: String,
}

impl NewNomination {
    fn entered(&self) -> Entered {
        Entered {
            login: self.login.clone(),
            name: self.name.clone(),
            duty: self.duty.clone(),
            deputy: self.deputy,
            windows: self.windows.clone(),
            grade: self.grade.clone(),
            posted_from: self.posted_from.clone(),
            posted_to: self.posted_to.clone(),
            hours: self.hours.clone(),
            permit_to: self.permit_to.clone(),
        }
    }
}

/// A nomination made.
#[derive(Serialize, ToSchema)]
pub struct Nominated {
    /// Identifier.
    id: String,
}

/// Nominates somebody: a department's leader or chief representative, for the hall's own staff an administrator.
#[utoipa::path(post, path = "/api/v1/nominations", request_body = NewNomination, security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Nominated), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn send(
    State(web): State<Web>,
    who: SignedIn,
    key: Key,
    Body(asked): Body<NewNomination>,
) -> Result<Response, Error> {
    let (app, person, entered, of) = (web.app.clone(), who.person.clone(), asked.entered(), asked.of.clone());
    let act = async {
        let id = whole(async move { nominate(&app, &person, &entered, of.as_deref()).await }).await??;
        Ok(Nominated { id })
    };
    key.once(&web, &who, &asked, act).await
}

/// The centre's decision on a nomination.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
pub enum NominationDecision {
    /// 同意.
    Consent,
    /// 退回.
    Decline {
        /// Why.
        why: String,
    },
}

/// What came of a decision.
#[derive(Serialize, ToSchema)]
pub struct NominationDecided {
    /// `consented` or `declined`.
    state: &'static str,
    /// The person registered.
    staff: Option<String>,
    /// The first password of a new account: in this answer alone, never in one that is given again.
    first_password: Option<String>,
}

/// Consents to a nomination, or declines it; for the hall's administrator, never the one who nominated.
#[utoipa::path(post, path = "/api/v1/nominations/{id}/decision", request_body = NominationDecision,
    security(("bearer" = [])), params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = NominationDecided), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn decide(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<NominationDecision>,
) -> Result<Response, Error> {
    let (app, person) = (web.app.clone(), who.person.clone());
    let why = match &asked {
        NominationDecision::Consent => None,
        NominationDecision::Decline { why } => Some(why.clone()),
    };
    let act = async {
        let decided = async move {
            match why {
                None => consent(&app, &person, &id).await.map(Some),
                Some(why) => decline(&app, &person, &id, &why).await.map(|()| None),
            }
        };
        Ok(match whole(decided).await?? {
            Some(Consented { staff, first_password, .. }) => {
                NominationDecided { state: "consented", staff: Some(staff), first_password }
            }
            None => NominationDecided { state: "declined", staff: None, first_password: None },
        })
    };
    key.once_without(&web, &who, &asked, act, |answer| answer.first_password = None).await
}
