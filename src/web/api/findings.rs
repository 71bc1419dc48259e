//! The supervision: findings, what is done with them, the month's figures, a certificate's story.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{body::Body, error::Error, guard::session::SignedIn, router::Web, whole};
use super::once::Key;
use super::problems;
use super::shapes::time;
use crate::acts::findings::{self, Doing, FindingRow, Which};
use crate::acts::{monthly, story};
use crate::hall::supervision::figures::{Count, Figures, RuleFigures};
use crate::hall::supervision::finding::{Conclusion, FindingState};

/// Which findings.
#[derive(Deserialize, IntoParams)]
pub struct Asked {
    /// `open`, `assigned`, `answered`, `closed`; without it, all that are not closed.
    #[serde(default)]
    state: Option<String>,
    /// Code of a rule.
    #[serde(default)]
    rule: Option<String>,
    /// Department key; `-`: the hall's own.
    #[serde(default)]
    department: Option<String>,
    /// From 0.
    #[serde(default)]
    page: u32,
}

/// A finding.
#[derive(Serialize, ToSchema)]
pub struct Finding {
    /// Identifier: the same for the same rule, subject and period.
    id: String,
    /// Code of the rule.
    rule: String,
    /// What it is about: `case`, `use`, `staff`, `seal`, `letter` with its name, or `ledger`.
    subject: String,
    /// The day, month or occasion.
    period: String,
    /// Department key; none: the hall's own matter.
    department: Option<String>,
    /// What was found.
    said: String,
    /// When, RFC 3339.
    found_at: String,
    /// `open`, `assigned`, `answered`, `closed`.
    state: String,
    /// Who answers: department key, or `-` for the hall.
    answerer: Option<String>,
    /// Last day for the answer.
    answer_by: Option<String>,
    /// `upheld` or `explained`, once it is closed.
    conclusion: Option<String>,
}

impl From<FindingRow> for Finding {
    fn from(row: FindingRow) -> Self {
        let FindingRow { id, rule, subject, period, department, said, state, answerer, answer_by, conclusion, .. } =
            row;
        let found_at = time(row.found_at);
        Self { id, rule, subject, period, department, said, found_at, state, answerer, answer_by, conclusion }
    }
}

/// Findings, the newest first, fifty at a time: for the auditor all, for a department those it has to answer.
#[utoipa::path(get, path = "/api/v1/findings", params(Asked), security(("bearer" = [])),
    responses((status = 200, body = Vec<Finding>), problems::Session, problems::Query, problems::Rule))]
pub async fn list(
    State(web): State<Web>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Finding>>, Error> {
    let size = findings::FINDINGS_A_PAGE;
    let which = Which {
        unclosed: asked.state.is_none(),
        state: asked.state,
        rule: asked.rule,
        department: asked.department,
        ..Which::default()
    };
    let rows = findings::list(&web.app, &who.person, which, size, asked.page.saturating_mul(size)).await?;
    Ok(Json(rows.into_iter().map(Finding::from).collect()))
}

/// What is done with a finding.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum StepTaken {
    /// 交办, or an answer sent back.
    Assign {
        /// Department key, or `-` for the hall.
        to: String,
        /// Last day for the answer.
        #[schema(value_type = String)]
        by: Date,
        /// What is wanted.
        words: String,
    },
    /// 答复.
    Answer {
        /// The answer.
        words: String,
    },
    /// 办结.
    Close {
        /// `upheld` or `explained`.
        #[schema(value_type = String)]
        conclusion: Conclusion,
        /// Why.
        words: String,
    },
}

/// Where the finding stands now.
#[derive(Serialize, ToSchema)]
pub struct Stands {
    /// `assigned`, `answered`, `closed`.
    #[schema(value_type = String)]
    state: FindingState,
}

/// Assigns a finding, answers it, or closes it.
#[utoipa::path(post, path = "/api/v1/findings/{id}/steps", request_body = StepTaken, security(("bearer" = [])),
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Stands), problems::Session, problems::Key, problems::Body, problems::Named, problems::Rule))]
pub async fn step(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    key: Key,
    Body(asked): Body<StepTaken>,
) -> Result<Response, Error> {
    let (doing, said) = match &asked {
        StepTaken::Assign { to, by, words } => {
            let to = to.parse().map_err(|_| Error::Unreadable("to 不是部门代码，也不是“-”".into()))?;
            (Doing::Assign { to, by: *by }, words.clone())
        }
        StepTaken::Answer { words } => (Doing::Answer, words.clone()),
        StepTaken::Close { conclusion, words } => (Doing::Close(*conclusion), words.clone()),
    };
    let (app, person) = (web.app.clone(), who.person.clone());
    let act = async {
        let state = whole(async move { findings::act(&app, &person, &id, &doing, &said).await }).await??;
        Ok(Stands { state })
    };
    key.once(&web, &who, &asked, act).await
}

/// Which month.
#[derive(Deserialize, IntoParams)]
pub struct OfMonth {
    /// As `2026-11`.
    month: String,
}

/// A name and a count.
#[derive(Serialize, ToSchema)]
pub struct Counted {
    /// What is counted.
    name: String,
    /// How many.
    count: u32,
}

impl From<Count> for Counted {
    fn from(Count { name, count }: Count) -> Self {
        Self { name, count }
    }
}

/// Findings of one rule.
#[derive(Serialize, ToSchema)]
pub struct OfRule {
    /// The rule's title.
    rule: String,
    /// Found in the month.
    found: u32,
    /// Brought over from earlier months.
    earlier: u32,
    /// Not closed.
    unclosed: u32,
}

impl From<RuleFigures> for OfRule {
    fn from(of: RuleFigures) -> Self {
        Self { rule: of.name, found: of.found, earlier: of.earlier, unclosed: of.open + of.assigned + of.answered }
    }
}

/// The figures of a month.
#[derive(Serialize, ToSchema)]
pub struct MonthFigures {
    /// Items in the hall.
    items: u32,
    /// Items that a letter of authorization covers.
    authorized: u32,
    /// Items that are applied for online.
    online: u32,
    /// Instant items.
    instant: u32,
    /// Uses of seals.
    uses: u32,
    /// Uses by department.
    by_department: Vec<Counted>,
    /// Uses by item.
    by_item: Vec<Counted>,
    /// Uses by window.
    by_window: Vec<Counted>,
    /// Uses by month, the last twelve.
    by_month: Vec<Counted>,
    /// Cases accepted.
    accepted: u32,
    /// Cases decided.
    decided: u32,
    /// Cases decided in time.
    in_time: u32,
    /// Cases handed over.
    delivered: u32,
    /// Cases open and overdue at the month's end.
    overdue: u32,
    /// Acts refused by rules.
    refused: u32,
    /// Findings by rule.
    findings: Vec<OfRule>,
}

impl From<Figures> for MonthFigures {
    fn from(of: Figures) -> Self {
        let counted = |counts: Vec<Count>| counts.into_iter().map(Counted::from).collect();
        Self {
            items: of.in_hall.whole,
            authorized: of.authorized.part,
            online: of.online.part,
            instant: of.instant.part,
            uses: of.uses,
            by_department: counted(of.by_department),
            by_item: counted(of.by_item),
            by_window: counted(of.by_window),
            by_month: counted(of.by_month),
            accepted: of.accepted,
            decided: of.decided,
            in_time: of.in_time.part,
            delivered: of.delivered,
            overdue: of.overdue,
            refused: of.refused_acts,
            findings: of.findings.into_iter().map(OfRule::from).collect(),
        }
    }
}

/// The figures of a month, as far as it has come. For the auditor and the hall's administrator.
#[utoipa::path(get, path = "/api/v1/figures", params(OfMonth), security(("bearer" = [])),
    responses((status = 200, body = MonthFigures), problems::Session, problems::Query, problems::Rule))]
pub async fn figures(
    State(web): State<Web>,
    who: SignedIn,
    Query(asked): Query<OfMonth>,
) -> Result<Json<MonthFigures>, Error> {
    let month = asked.month.parse().map_err(|_| Error::Unreadable("month 应写成 2026-11 的样子".into()))?;
    Ok(Json(monthly::figures(&web.app, &who.person, month).await?.into()))
}

/// A certificate's whole story as a PDF, for the auditor.
#[utoipa::path(get, path = "/api/v1/certificates/{id}/story.pdf", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), problems::Session, problems::Named, problems::Rule))]
pub async fn story(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(super::super::desks::cases::pdf_response(story::pdf(&web.app, &who.person, &id).await?))
}
