//! Letters of authorization: proposed by the department, signed by its leader, sealed or filed, revoked.

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
use super::paper::Paper;
use super::problems;
use super::shapes::Case;
use crate::acts::decide_letter::{approve_letter, decline_letter, file_letter, revoke_letter};
use crate::acts::look::{self, LetterRow};
use crate::acts::propose_letter::propose_letter;
use crate::acts::seal_letter::seal_letter;
use crate::acts::{ActError, register};
use crate::hall::authorization::EnteredLetter;

/// A letter of authorization.
#[derive(Serialize, ToSchema)]
pub struct Letter {
    /// Identifier.
    id: String,
    /// Its number.
    number: String,
    /// Department key.
    department: String,
    /// Powers given.
    powers: Vec<String>,
    /// Item codes.
    items: Vec<String>,
    /// First day, YYYY-MM-DD.
    from: String,
    /// Last day, YYYY-MM-DD.
    to: String,
    /// `proposed`, `approved`, `filed` (in force on its days), `declined` or `revoked`.
    state: String,
    /// SHA-256 of the PDF as composed.
    document: String,
    /// `paper` (before the hall was set up), `scan` or `seal`, once it is filed.
    filed_as: Option<String>,
    /// SHA-256 of the scan filed.
    scan: Option<String>,
    /// SHA-256 of the letter as sealed electronically.
    sealed: Option<String>,
}

impl From<LetterRow> for Letter {
    fn from(row: LetterRow) -> Self {
        Self {
            powers: serde_json::from_str(&row.powers).unwrap_or_default(),
            items: serde_json::from_str(&row.items).unwrap_or_default(),
            document: hex::encode(row.document),
            filed_as: row.filed_as,
            scan: row.scan.map(hex::encode),
            sealed: row.sealed.map(hex::encode),
            id: row.id,
            number: row.number,
            department: row.department,
            from: row.first_day,
            to: row.last_day,
            state: row.state,
        }
    }
}

/// The letters of authorization of one's department; for the hall's administrator and auditor all.
#[utoipa::path(get, path = "/api/v1/letters", security(("bearer" = [])),
    responses((status = 200, body = Vec<Letter>), problems::Session, problems::Rule))]
pub async fn list(State(web): State<Web>, who: SignedIn) -> Result<Json<Vec<Letter>>, Error> {
    Ok(Json(register::letters(&web.app, &who.person).await?.into_iter().map(Letter::from).collect()))
}

/// Why a letter is revoked.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// Why.
    why: String,
}

/// A letter revoked.
#[derive(Serialize, ToSchema)]
pub struct Revoked {
    /// The state now: `revoked`.
    state: &'static str,
}

/// Revokes a letter of authorization of one's department, effective at once.
#[utoipa::path(post, path = "/api/v1/letters/{id}/revocation", request_body = Revocation, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Revoked), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn revoke(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<Revocation>,
) -> Result<Response, Error> {
    let (app, person, why) = (web.app.clone(), who.person.clone(), asked.why.clone());
    let act = async {
        whole(async move { revoke_letter(&app, &person, &id, &why).await }).await??;
        Ok(Revoked { state: "revoked" })
    };
    key.once(&web, &who, &asked, act).await
}

/// The letter: as composed, or as sealed.
#[utoipa::path(get, path = "/api/v1/letters/{id}/letter.pdf", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), problems::Session, problems::Named))]
pub async fn pdf(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(pdf_response(look::letter_pdf(&web.app, &who.person, &id).await?))
}

/// The scan of its stamped original, once it is filed so.
#[utoipa::path(get, path = "/api/v1/letters/{id}/scan.pdf", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), problems::Session, problems::Named, problems::Rule))]
pub async fn scan(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(pdf_response(register::letter_scan(&web.app, &who.person, &id).await?))
}

/// A letter to be proposed.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLetter {
    /// Powers to be given.
    powers: Vec<String>,
    /// Codes of the items they are given for.
    items: Vec<String>,
    /// First day, YYYY-MM-DD.
    from: String,
    /// Last day, YYYY-MM-DD.
    to: String,
}

/// Proposes a letter; for the department's chief representative or keeper.
#[utoipa::path(post, path = "/api/v1/letters", request_body = NewLetter, security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Letter), problems::Session, problems::Key, problems::Body, problems::Rule))]
pub async fn propose(
    State(web): State<Web>,
    who: SignedIn,
    key: Key,
    Body(asked): Body<NewLetter>,
) -> Result<Response, Error> {
    let NewLetter { powers, items, from, to } = &asked;
    let entered = EnteredLetter { powers: powers.clone(), items: items.clone(), from: from.clone(), to: to.clone() };
    let (app, person) = (web.app.clone(), who.person.clone());
    let act = async {
        let id = whole(async move { propose_letter(&app, &person, &entered).await }).await??;
        now(&web, &who, &id).await
    };
    key.once(&web, &who, &asked, act).await
}

async fn now(web: &Web, who: &SignedIn, id: &str) -> Result<Letter, Error> {
    Ok(register::letter(&web.app, &who.person, id).await?.into())
}

/// A leader's decision on a letter.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
pub enum LetterDecision {
    /// 签发.
    Sign,
    /// 退回.
    Decline {
        /// Why.
        why: String,
    },
}

/// Signs a letter or sends it back; for the department's leader.
#[utoipa::path(post, path = "/api/v1/letters/{id}/decision", request_body = LetterDecision, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Letter), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn decide(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<LetterDecision>,
) -> Result<Response, Error> {
    let (app, person, letter) = (web.app.clone(), who.person.clone(), id.clone());
    let why = match &asked {
        LetterDecision::Sign => None,
        LetterDecision::Decline { why } => Some(why.clone()),
    };
    let decided = async move {
        match why {
            None => approve_letter(&app, &person, &letter).await,
            Some(why) => decline_letter(&app, &person, &letter, &why).await,
        }
    };
    let act = done(&web, &who, &id, decided);
    key.once(&web, &who, &asked, act).await
}

/// The original of a letter, stamped on paper.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// Its scan: PDF, base64.
    #[schema(value_type = String)]
    scan: Paper,
}

/// Files a signed letter by the scan of its stamped original; it is in force on its days.
#[utoipa::path(post, path = "/api/v1/letters/{id}/filing", request_body = Filing, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Letter), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule,
        problems::Rate))]
pub async fn file(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<Filing>,
) -> Result<Response, Error> {
    let body = serde_json::to_value(&asked).map_err(Error::failed)?;
    let (app, person, letter) = (web.app.clone(), who.person.clone(), id.clone());
    let act = done(&web, &who, &id, async move { file_letter(&app, &person, &letter, asked.scan.0).await });
    key.once(&web, &who, &body, act).await
}

async fn done(
    web: &Web,
    who: &SignedIn,
    id: &str,
    act: impl Future<Output = Result<(), ActError>> + Send + 'static,
) -> Result<Letter, Error> {
    whole(act).await??;
    now(web, who, id).await
}

/// Asks for the department's seal on a signed letter: a case, which its approvers decide. Asked again, the case there is.
#[utoipa::path(post, path = "/api/v1/letters/{id}/sealing", security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Case), problems::Session, problems::Key, problems::Named, problems::Rule))]
pub async fn seal(State(web): State<Web>, who: SignedIn, Path(id): Path<String>, key: Key) -> Result<Response, Error> {
    let (app, person) = (web.app.clone(), who.person.clone());
    let act = async {
        let submitted = whole(async move { seal_letter(&app, &person, &id).await }).await??;
        let case = look::case(&web.app, &who.person, &submitted.matter.case_no).await?;
        Ok(Case::of(case, &web.app))
    };
    key.once(&web, &who, &(), act).await
}
