//! What waits for a decision, the bytes to be decided on, and the decision.

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
use crate::acts::approve::{Done, Verdict, approve_confirmed};
use crate::acts::confirm::Confirmation;
use crate::acts::look;
use crate::acts::papers::keep_record;
use crate::digest::Digest;

/// A use of a seal that waits for this person.
#[derive(Serialize, ToSchema)]
pub struct Waiting {
    /// Number of the case.
    case: String,
    /// The certificate.
    certificate: String,
    /// Its name.
    name: String,
    /// Its number.
    number: String,
    /// The use to decide on.
    #[serde(rename = "use")]
    seal_use: String,
    /// SHA-256 of the unsealed PDF: what the decision must name.
    digest: String,
}

/// What waits for this person's decision.
#[utoipa::path(get, path = "/api/v1/inbox", security(("bearer" = [])),
    responses((status = 200, body = Vec<Waiting>), problems::Session, problems::Rule))]
pub async fn inbox(State(web): State<Web>, who: SignedIn) -> Result<Json<Vec<Waiting>>, Error> {
    let waiting = look::inbox(&web.app, &who.person).await?;
    let shown = |one: look::Waiting| Waiting {
        case: one.matter.case_no,
        digest: hex::encode(&one.certificate.unsealed),
        certificate: one.certificate.id,
        name: one.certificate.name,
        number: one.certificate.number,
        seal_use: one.seal_use.id,
    };
    Ok(Json(waiting.into_iter().map(shown).collect()))
}

/// A decision.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The use decided on.
    #[serde(rename = "use")]
    seal_use: String,
    /// SHA-256 of the unsealed PDF that the approver saw.
    #[schema(value_type = String)]
    digest: Digest,
    /// `approve` or `refuse`.
    decision: Word,
    /// Why it is refused: all reasons.
    #[serde(default)]
    reasons: Vec<String>,
    /// SHA-256 of the record of the meeting that decided, sent before to `/api/v1/meetings`; where the item is decided in a meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    meeting: Option<Digest>,
    /// A one-time code that confirms an approval, where the hall or the approver demands one. Passkeys confirm on the hall's pages alone.
    #[serde(default)]
    code: Option<String>,
}

/// What is decided.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Seal it.
    Approve,
    /// Do not.
    Refuse,
}

/// What came of a decision.
#[derive(Serialize, ToSchema)]
pub struct Outcome {
    /// `waiting` for others, `refused` or `sealed`.
    outcome: &'static str,
    /// The case as it is now.
    case: Case,
}

/// Decides on a use of a seal; the last approval needed seals the case.
#[utoipa::path(post, path = "/api/v1/certificates/{id}/approvals", request_body = Decision, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Outcome), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule,
        problems::Sealing))]
pub async fn decide(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<Decision>,
) -> Result<Response, Error> {
    let verdict = match (asked.decision, asked.meeting) {
        (Word::Approve, None) => Verdict::Approve,
        (Word::Approve, Some(record)) => Verdict::ApproveAfterMeeting(record),
        (Word::Refuse, None) => Verdict::Refuse(asked.reasons.clone()),
        (Word::Refuse, Some(_)) => {
            return Err(Error::Unreadable("不批准（refuse）不附会议记录，请去掉 meeting".into()));
        }
    };
    let (app, person, certificate) = (web.app.clone(), who.person.clone(), id.clone());
    let (seal_use, digest) = (asked.seal_use.clone(), asked.digest);
    let given = asked.code.clone().map_or(Confirmation::Session, Confirmation::Code);
    let act = async {
        let act =
            async move { approve_confirmed(&app, &person, &certificate, &seal_use, digest, verdict, given).await };
        let outcome = match whole(act).await?? {
            Done::Waiting => "waiting",
            Done::Refused => "refused",
            Done::Sealed(_) => "sealed",
        };
        let case = look::case_of(&web.app, &who.person, &id).await?;
        Ok(Outcome { outcome, case: Case::of(case, &web.app) })
    };
    key.once(&web, &who, &asked, act).await
}

/// The record of a meeting.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeetingRecord {
    /// PDF, base64.
    #[schema(value_type = String)]
    record: Paper,
}

/// A record kept.
#[derive(Serialize, ToSchema)]
pub struct MeetingKept {
    /// SHA-256: what the decision names.
    digest: String,
}

/// Takes the record of the meeting that decided, for the approval that will name it; for chief representatives.
#[utoipa::path(post, path = "/api/v1/meetings", request_body = MeetingRecord, security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = MeetingKept), problems::Session, problems::Key, problems::Body, problems::Rule,
        problems::Rate))]
pub async fn meeting(
    State(web): State<Web>,
    who: SignedIn,
    key: Key,
    Body(asked): Body<MeetingRecord>,
) -> Result<Response, Error> {
    let body = serde_json::to_value(&asked).map_err(Error::failed)?;
    let act = async {
        let kept = keep_record(&web.app, &who.person, asked.record.0).await?;
        Ok(MeetingKept { digest: kept.to_string() })
    };
    key.once(&web, &who, &body, act).await
}

/// The unsealed PDF: the bytes that an approval names.
#[utoipa::path(get, path = "/api/v1/certificates/{id}/unsealed.pdf", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), problems::Session, problems::Named))]
pub async fn unsealed(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(pdf_response(look::unsealed_pdf(&web.app, &who.person, &id).await?))
}

/// The sealed PDF, once it is released.
#[utoipa::path(get, path = "/api/v1/certificates/{id}/sealed.pdf", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), problems::Session, problems::Named))]
pub async fn sealed(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(pdf_response(look::sealed_pdf(&web.app, &who.person, &id).await?))
}
