//! The JSON interface: the same acts as the pages, for approval systems.
//!
//! A program signs in for a bearer token; it sends no cookies. Every POST that does something carries an `Idempotency-Key`:
//! the same key with the same request gets the first answer again, with another request a conflict. The OpenAPI document at
//! `/api/openapi.json` is made from these very types.

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use paper::with_paper;

use super::{
    desks::verify::MOST_DOCUMENT,
    guard::{session, trouble::Problem},
    router::Web,
};

pub mod approvals;
pub mod calendar;
pub mod case_acts;
pub mod cases;
pub mod events;
pub mod findings;
pub mod items;
pub mod letters;
pub mod nominations;
pub mod once;
pub mod paper;
pub mod problems;
pub mod report;
pub mod reports;
pub mod rota;
pub mod seal_steps;
pub mod seals;
pub mod sessions;
pub mod shapes;
pub mod staff;
pub mod verifications;

/// Every address of the interface.
pub fn router(web: &Web) -> Router<Web> {
    Router::new()
        .route("/api/openapi.json", get(async || Json(Document::openapi())))
        .route("/api/v1/sessions", post(sessions::begin).delete(sessions::end))
        .route("/api/v1/previews", post(cases::preview))
        .route("/api/v1/cases", post(cases::submit).get(cases::list))
        .route("/api/v1/cases/{case}", get(cases::one))
        .route("/api/v1/cases/{case}/delivery", post(cases::deliver))
        .route("/api/v1/cases/{case}/extension", post(case_acts::extend))
        .route("/api/v1/cases/{case}/fee", post(case_acts::pay))
        .route("/api/v1/items", get(items::list))
        .route("/api/v1/items/{code}", get(items::one))
        .route("/api/v1/calendar", get(calendar::show).post(calendar::enter))
        .route("/api/v1/certificates/{id}/cancellation", post(case_acts::cancel))
        .route("/api/v1/inbox", get(approvals::inbox))
        .route("/api/v1/meetings", with_paper(web, post(approvals::meeting)))
        .route("/api/v1/certificates/{id}/approvals", post(approvals::decide))
        .route("/api/v1/certificates/{id}/unsealed.pdf", get(approvals::unsealed))
        .route("/api/v1/certificates/{id}/sealed.pdf", get(approvals::sealed))
        .route("/api/v1/seals", get(seals::list).post(seal_steps::apply))
        .route("/api/v1/seals/{id}/steps", with_paper(web, post(seal_steps::propose)).get(seal_steps::of_seal))
        .route("/api/v1/seal-steps", get(seal_steps::waiting))
        .route("/api/v1/seal-steps/{id}/document.pdf", get(seal_steps::document))
        .route("/api/v1/seal-steps/{id}/imprint.svg", get(seal_steps::imprint))
        .route("/api/v1/seal-steps/{id}/decision", post(seal_steps::decide))
        .route("/api/v1/seals/{id}/state", post(seals::change))
        .route("/api/v1/staff", get(staff::list))
        .route("/api/v1/staff/{id}/state", post(staff::change))
        .route("/api/v1/nominations", get(nominations::list).post(nominations::send))
        .route("/api/v1/nominations/{id}/decision", post(nominations::decide))
        .route("/api/v1/rota", get(rota::list).post(rota::put))
        .route("/api/v1/rota/{id}/withdrawal", post(rota::withdraw))
        .route("/api/v1/letters", get(letters::list).post(letters::propose))
        .route("/api/v1/letters/{id}/letter.pdf", get(letters::pdf))
        .route("/api/v1/letters/{id}/scan.pdf", get(letters::scan))
        .route("/api/v1/letters/{id}/decision", post(letters::decide))
        .route("/api/v1/letters/{id}/filing", with_paper(web, post(letters::file)))
        .route("/api/v1/letters/{id}/sealing", post(letters::seal))
        .route("/api/v1/letters/{id}/revocation", post(letters::revoke))
        .route("/api/v1/uses", get(seals::uses))
        .route("/api/v1/events", get(events::after))
        .route("/api/v1/findings", get(findings::list))
        .route("/api/v1/findings/{id}/steps", post(findings::step))
        .route("/api/v1/figures", get(findings::figures))
        .route("/api/v1/reports", get(reports::list).post(reports::make))
        .route("/api/v1/reports/{month}/{version}/report.pdf", get(reports::pdf))
        .route("/api/v1/reports/{month}/{version}/sealing", post(reports::seal))
        .route("/api/v1/certificates/{id}/story.pdf", get(findings::story))
        .route("/api/v1/verifications", post(verifications::judge).layer(DefaultBodyLimit::max(MOST_DOCUMENT)))
        .layer(middleware::from_fn_with_state(web.clone(), session::of_program))
}

/// The OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Yinxin 印信", description = "Electronic seals and certificates for government service halls."),
    paths(
        sessions::begin,
        sessions::end,
        cases::preview,
        cases::submit,
        cases::list,
        cases::one,
        cases::deliver,
        case_acts::extend,
        case_acts::pay,
        case_acts::cancel,
        items::list,
        items::one,
        calendar::show,
        calendar::enter,
        approvals::inbox,
        approvals::meeting,
        approvals::decide,
        approvals::unsealed,
        approvals::sealed,
        seals::list,
        seals::change,
        seals::uses,
        seal_steps::waiting,
        seal_steps::of_seal,
        seal_steps::apply,
        seal_steps::propose,
        seal_steps::document,
        seal_steps::imprint,
        seal_steps::decide,
        staff::list,
        staff::change,
        nominations::list,
        nominations::send,
        nominations::decide,
        rota::list,
        rota::put,
        rota::withdraw,
        letters::list,
        letters::pdf,
        letters::scan,
        letters::propose,
        letters::decide,
        letters::file,
        letters::seal,
        letters::revoke,
        events::after,
        findings::list,
        findings::step,
        findings::figures,
        reports::list,
        reports::make,
        reports::pdf,
        reports::seal,
        findings::story,
        verifications::judge,
    ),
    components(schemas(Problem)),
    modifiers(&Bearer)
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}
