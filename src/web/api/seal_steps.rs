//! Steps of a seal's life: proposed by one person, confirmed or declined by another.

use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::{
    body::Body, desks::cases::pdf_response, error::Error, guard::session::SignedIn, router::Web, whole,
};
use super::once::Key;
use super::paper::Paper;
use super::problems;
use super::shapes::time;
use crate::acts::look_seals::{self, Part, StepRow};
use crate::acts::seal_step::{confirm::confirm, decline::decline, propose};
use crate::hall::seal::SealKind;

/// A step of a seal's life.
#[derive(Serialize, ToSchema)]
pub struct SealStep {
    /// Identifier.
    id: String,
    /// The seal; of an application, the one that comes of it.
    seal: String,
    /// Department key.
    department: String,
    /// What exactly will be done: `act`, and what that act takes.
    #[schema(value_type = Object)]
    plan: Value,
    /// SHA-256 of the scanned document that goes with it.
    document: Option<String>,
    /// Why it was proposed.
    why: String,
    /// Who proposed it: identifier of a member of the staff.
    proposed_by: String,
    /// When, RFC 3339.
    proposed_at: String,
    /// `pending`, `done`, `declined`, `withdrawn` or `lapsed`.
    state: String,
    /// What is this person's: `decide` on it, `withdraw` it, or none.
    yours: Option<&'static str>,
}

impl SealStep {
    fn of(row: StepRow, part: Part) -> Result<Self, Error> {
        Ok(Self {
            plan: serde_json::from_str(&row.plan).map_err(Error::failed)?,
            document: row.document.map(hex::encode),
            proposed_at: time(row.proposed_at),
            yours: match part {
                Part::Second => Some("decide"),
                Part::Own => Some("withdraw"),
                Part::Nothing => None,
            },
            id: row.id,
            seal: row.seal,
            department: row.department,
            why: row.why,
            proposed_by: row.proposed_by,
            state: row.state,
        })
    }

    async fn now(web: &Web, who: &SignedIn, row: StepRow) -> Result<Self, Error> {
        let part = look_seals::part(&web.app, &who.person, &row).await?;
        Self::of(row, part)
    }
}

/// The steps that wait for a second person, of the seals this person may see.
#[utoipa::path(get, path = "/api/v1/seal-steps", security(("bearer" = [])),
    responses((status = 200, body = Vec<SealStep>), problems::Session, problems::Rule))]
pub async fn waiting(State(web): State<Web>, who: SignedIn) -> Result<Json<Vec<SealStep>>, Error> {
    let steps = look_seals::waiting(&web.app, &who.person).await?.into_iter();
    Ok(Json(steps.map(|(row, part)| SealStep::of(row, part)).collect::<Result<_, _>>()?))
}

/// A seal's steps, the oldest first.
#[utoipa::path(get, path = "/api/v1/seals/{id}/steps", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = Vec<SealStep>), problems::Session, problems::Named, problems::Rule))]
pub async fn of_seal(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<Vec<SealStep>>, Error> {
    let mut steps = Vec::new();
    for row in look_seals::steps(&web.app, &who.person, &id).await? {
        steps.push(SealStep::now(&web, &who, row).await?);
    }
    Ok(Json(steps))
}

/// A seal applied for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// `approval` or `department`.
    #[schema(value_type = String)]
    kind: SealKind,
    /// The text on the arc.
    name: String,
    /// Diameter in millimetres.
    diameter_mm: u8,
    /// Why.
    why: String,
}

/// Applies for a new seal of the keeper's department.
#[utoipa::path(post, path = "/api/v1/seals", request_body = Application, security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = SealStep), problems::Session, problems::Key, problems::Body, problems::Rule))]
pub async fn apply(
    State(web): State<Web>,
    who: SignedIn,
    key: Key,
    Body(asked): Body<Application>,
) -> Result<Response, Error> {
    let wanted = propose::Asked::Apply { kind: asked.kind, name: asked.name.clone(), diameter_mm: asked.diameter_mm };
    let act = proposed(&web, &who, None, wanted, asked.why.clone());
    key.once(&web, &who, &asked, act).await
}

/// A step proposed.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSealStep {
    /// Which step.
    step: Wanted,
    /// Why.
    why: String,
}

/// Which step of a seal's life. Suspending takes one person alone: `/api/v1/seals/{id}/state`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Wanted {
    /// 制作: key and certificate.
    Make,
    /// 备案.
    File {
        /// 14-digit seal code, as the filing document has it.
        code: String,
        /// The filing number.
        number: String,
        /// The day of the filing, YYYY-MM-DD.
        #[schema(value_type = String)]
        on: Date,
        /// The scanned filing document: PDF, base64.
        #[schema(value_type = String)]
        document: Paper,
    },
    /// 启用.
    Enable,
    /// 恢复启用.
    Resume,
    /// 更换: another seal comes into force and this one ends, in one act.
    Replace {
        /// The other seal, filed.
        by: String,
    },
    /// 废止.
    Retire,
    /// 换证: a new certificate for the same key.
    Renew,
    /// 挂失: the key is lost or in other hands. The seal is suspended at once.
    Compromise,
}

impl From<Wanted> for propose::Asked {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Make => Self::Make,
            Wanted::File { code, number, on, document } => {
                Self::File { code, number, on: Some(on), document: document.0 }
            }
            Wanted::Enable => Self::Enable,
            Wanted::Resume => Self::Resume,
            Wanted::Replace { by } => Self::Replace { by },
            Wanted::Retire => Self::Retire,
            Wanted::Renew => Self::Renew,
            Wanted::Compromise => Self::Compromise,
        }
    }
}

/// Proposes a step of a seal's life.
#[utoipa::path(post, path = "/api/v1/seals/{id}/steps", request_body = NewSealStep, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = SealStep), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule,
        problems::Rate))]
pub async fn propose(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<NewSealStep>,
) -> Result<Response, Error> {
    let body = serde_json::to_value(&asked).map_err(Error::failed)?;
    let act = proposed(&web, &who, Some(id), asked.step.into(), asked.why);
    key.once(&web, &who, &body, act).await
}

async fn proposed(
    web: &Web,
    who: &SignedIn,
    seal: Option<String>,
    asked: propose::Asked,
    why: String,
) -> Result<SealStep, Error> {
    let (app, person) = (web.app.clone(), who.person.clone());
    let row = whole(async move { propose::propose(&app, &person, seal.as_deref(), asked, &why).await }).await??;
    SealStep::now(web, who, row).await
}

/// The scanned document that goes with a step.
#[utoipa::path(get, path = "/api/v1/seal-steps/{id}/document.pdf", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), problems::Session, problems::Named, problems::Rule))]
pub async fn document(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(pdf_response(look_seals::step_document(&web.app, &who.person, &id).await?))
}

/// The imprint of the seal that a step is about, or that comes of it.
#[utoipa::path(get, path = "/api/v1/seal-steps/{id}/imprint.svg", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = String, content_type = "image/svg+xml"), problems::Session, problems::Named, problems::Rule))]
pub async fn imprint(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    let svg = look_seals::step_imprint(&web.app, &who.person, &id).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// A decision on a step.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
pub enum StepDecision {
    /// It is done: for the second person.
    Confirm,
    /// It is not done: for the second person, or for whoever proposed it, who thereby withdraws it.
    Decline {
        /// Why.
        why: String,
    },
}

/// Confirms, declines or withdraws a step.
#[utoipa::path(post, path = "/api/v1/seal-steps/{id}/decision", request_body = StepDecision, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = SealStep), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn decide(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<StepDecision>,
) -> Result<Response, Error> {
    let (app, person, step) = (web.app.clone(), who.person.clone(), id.clone());
    let why = match &asked {
        StepDecision::Confirm => None,
        StepDecision::Decline { why } => Some(why.clone()),
    };
    let act = async {
        let decided = async move {
            match why {
                None => confirm(&app, &person, &step).await,
                Some(why) => decline(&app, &person, &step, &why).await,
            }
        };
        whole(decided).await??;
        let (row, _) = look_seals::step(&web.app, &who.person, &id).await?;
        SealStep::now(&web, &who, row).await
    };
    key.once(&web, &who, &asked, act).await
}
