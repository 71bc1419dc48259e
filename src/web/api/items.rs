//! What an item asks and gives, told at once (一次性告知): for anybody.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{error::Error, router::Web};
use super::problems;
use crate::app::App;
use crate::hall::department::WindowKind;
use crate::hall::item;
use crate::web::desks::items::{basis, steps};

/// An item with all that an applicant needs to know.
#[derive(Serialize, ToSchema)]
pub struct Item {
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// Department key.
    department: String,
    /// `permit`, `filing`, `proof` or `reply`.
    kind: String,
    /// The name of the certificate that comes out.
    certificate: String,
    /// How many years it is valid.
    valid_years: Option<u8>,
    /// The laws and orders it rests on.
    basis: Vec<String>,
    /// The limit the law sets, in working days from the day after acceptance.
    legal_days: u16,
    /// The limit the hall promises; 0: done on the spot.
    limit_days: u16,
    /// The steps, with their times where they have some.
    steps: Vec<String>,
    /// What must be brought: without one of these a case is refused.
    materials: Vec<String>,
    /// What must be brought in some cases.
    conditional_materials: Vec<String>,
    /// The fields that must be filled in, in order.
    fields: Vec<String>,
    /// Those that may be empty.
    optional_fields: Vec<String>,
    /// The fee; none: it costs nothing.
    fee: Option<String>,
    /// Whether only the integrated windows accept it (禁止两头受理).
    integrated: bool,
    /// The record by which the department has entrusted its intake to the integrated windows.
    entrustment: Option<String>,
    /// The windows that accept.
    windows: Vec<String>,
}

impl Item {
    fn of(app: &App, item: &item::Item) -> Self {
        let department = app.hall.department(&item.department);
        let entrustment = department.and_then(|department| department.entrustment());
        let intake = app.hall.windows.iter().filter(|window| window.kind == WindowKind::Intake);
        let (optional, required) = item.fields.iter().cloned().partition(|field| item.optional.contains(field));
        Self {
            code: item.code.to_string(),
            name: item.name.clone(),
            department: item.department.to_string(),
            kind: item.kind.to_string(),
            certificate: item.certificate.clone(),
            valid_years: item.valid_years,
            basis: basis(item),
            legal_days: item.legal_days,
            limit_days: item.limit_days,
            steps: steps(item),
            materials: item.guide.materials.clone(),
            conditional_materials: item.guide.conditional.clone(),
            fields: required,
            optional_fields: optional,
            fee: item.guide.fee.clone(),
            integrated: item.guide.integrated || entrustment.is_some(),
            entrustment: entrustment.map(|(record, scope)| format!("{}：{record}", scope.title())),
            windows: intake.map(|window| window.no.to_string()).collect(),
        }
    }
}

/// Every item of the hall.
#[utoipa::path(get, path = "/api/v1/items", responses((status = 200, body = Vec<Item>)))]
pub async fn list(State(web): State<Web>) -> Json<Vec<Item>> {
    Json(web.app.hall.items.iter().filter(|item| !item.is_for_letters()).map(|item| Item::of(&web.app, item)).collect())
}

/// One item.
#[utoipa::path(get, path = "/api/v1/items/{code}", params(("code" = String, Path)),
    responses((status = 200, body = Item), problems::Named))]
pub async fn one(State(web): State<Web>, Path(code): Path<String>) -> Result<Json<Item>, Error> {
    let code = code.parse().map_err(|_| Error::NotFound)?;
    Ok(Json(Item::of(&web.app, web.app.hall.item(&code).ok_or(Error::NotFound)?)))
}
