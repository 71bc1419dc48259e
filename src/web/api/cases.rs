//! Cases: preview, submit, look, deliver.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{body::Body, error::Error, guard::session::SignedIn, router::Web, whole};
use super::once::Key;
use super::problems;
use super::shapes::{Case, NewCase, time};
use crate::acts::deliver::{self, Receiver};
use crate::acts::{draft, look, submit};
use crate::hall::counter::{DeliveryForm, IdentityDocument};

/// Page pictures of what would be made.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    /// PNG files, base64.
    pages: Vec<String>,
}

/// Pictures a case's documents; nothing is taken or kept.
#[utoipa::path(post, path = "/api/v1/previews", request_body = NewCase, security(("bearer" = [])),
    responses((status = 200, body = Preview), problems::Session, problems::Body, problems::Rule))]
pub async fn preview(State(web): State<Web>, who: SignedIn, Body(case): Body<NewCase>) -> Result<Json<Preview>, Error> {
    let pages = draft::preview(&web.app, &who.person, &case.request()?).await?;
    Ok(Json(Preview { pages: pages.iter().map(|png| BASE64_STANDARD.encode(png)).collect() }))
}

/// Accepts a case: numbers are taken, its documents composed.
#[utoipa::path(post, path = "/api/v1/cases", request_body = NewCase, security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Case), problems::Session, problems::Key, problems::Body, problems::Rule))]
pub async fn submit(
    State(web): State<Web>,
    who: SignedIn,
    key: Key,
    Body(asked): Body<NewCase>,
) -> Result<Response, Error> {
    let body = serde_json::to_value(&asked).map_err(Error::failed)?;
    let number = asked.case.as_deref().map(str::parse).transpose();
    let number = number.map_err(|_| Error::Unreadable("case 不是办件编号（字母、数字和连字符，至多64个）".into()))?;
    let request = asked.request()?;
    let (app, person, form) = (web.app.clone(), who.person.clone(), key.text().to_owned());
    let act = async {
        let work = async move {
            match number {
                Some(number) => submit::submit(&app, &person, Some(number), &request).await,
                None => submit::submit_form(&app, &person, &form, &request).await,
            }
        };
        let submitted = whole(work).await??;
        let case = look::case(&web.app, &who.person, &submitted.matter.case_no).await?;
        Ok(Case::of(case, &web.app))
    };
    key.once(&web, &who, &body, act).await
}

/// Which part of a list.
#[derive(Deserialize, IntoParams)]
pub struct Page {
    /// From 0.
    #[serde(default)]
    page: u32,
}

/// The latest cases.
#[utoipa::path(get, path = "/api/v1/cases", params(Page), security(("bearer" = [])),
    responses((status = 200, body = Vec<Case>), problems::Session, problems::Query))]
pub async fn list(State(web): State<Web>, who: SignedIn, Query(page): Query<Page>) -> Result<Json<Vec<Case>>, Error> {
    let cases = look::cases(&web.app, &who.person, page.page).await?;
    Ok(Json(cases.into_iter().map(|case| Case::of(case, &web.app)).collect()))
}

/// One case.
#[utoipa::path(get, path = "/api/v1/cases/{case}", params(("case" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = Case), problems::Session, problems::Named))]
pub async fn one(State(web): State<Web>, who: SignedIn, Path(case): Path<String>) -> Result<Json<Case>, Error> {
    let case = look::case(&web.app, &who.person, &case).await?;
    Ok(Json(Case::of(case, &web.app)))
}

/// Who receives.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// Name.
    receiver: String,
    /// Kind of document shown.
    #[schema(value_type = String)]
    document: IdentityDocument,
    /// Its number; kept masked.
    number: String,
    /// `paper` or `file`.
    #[schema(value_type = String)]
    form: DeliveryForm,
}

/// A handing-over recorded.
#[derive(Serialize, ToSchema)]
pub struct Delivered {
    /// When, RFC 3339.
    at: String,
    /// The window.
    window: String,
    /// What identity was shown, masked.
    identity: String,
}

/// Records the handing-over of all documents of a case.
#[utoipa::path(post, path = "/api/v1/cases/{case}/delivery", request_body = Handover, security(("bearer" = [])),
    params(("case" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Delivered), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn deliver(
    State(web): State<Web>,
    who: SignedIn,
    Path(case): Path<String>,
    key: Key,
    Body(asked): Body<Handover>,
) -> Result<Response, Error> {
    let receiver = Receiver {
        name: asked.receiver.clone(),
        document: asked.document,
        number: asked.number.clone(),
        form: asked.form,
    };
    let act = async {
        let row = deliver::deliver(&web.app, &who.person, &case, &receiver).await?;
        Ok(Delivered { at: time(row.at), window: row.window_no, identity: row.identity })
    };
    key.once(&web, &who, &asked, act).await
}
