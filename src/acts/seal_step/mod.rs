//! Steps of a seal's life (docs/DATA_MODEL.md): [`propose`] by one person, [`confirm`] or [`decline`] by another.
//!
//! A step is a row that says exactly what will be done; whoever confirms it confirms that row. Proposal and decision are each
//! an entry in the ledger, and what is done to the seal stands or falls with the decision. The rules are in
//! [`hall::seal_step`](crate::hall::seal_step).

mod carry_out;
pub mod confirm;
pub mod decline;
pub mod propose;

use crate::app::App;
use crate::db::DbError;
use crate::db::seal::SealRow;
use crate::db::seal_step::StepRow;
use crate::hall::id::DepartmentKey;
use crate::hall::item::ItemSeal;
use crate::hall::opening::china_date;
use crate::hall::refusal::Refusal;
use crate::hall::seal::{SealAct, SealCode, SealKind, SealState};
use crate::hall::seal_step::{Acting, Facts, Plan};
use crate::sequencer::SequencerError;

use super::calendar::moment;
use super::person::Person;
use super::{ActError, inconsistent};

pub use carry_out::SEAL_YEARS;
pub(super) use carry_out::certify;
pub(super) use propose::{applied, new_code};

/// A seal as the rules look at it, with all that stands beside it. Of an application: what is applied for.
struct Loaded {
    row: Option<SealRow>,
    department: DepartmentKey,
    kind: SealKind,
    state: Option<SealState>,
    code: Option<SealCode>,
    in_force: Option<SealRow>,
    by: Option<(SealRow, DepartmentKey, SealKind, SealState)>,
    has_legal_basis: bool,
    is_reported_lost: bool,
}

impl Loaded {
    /// What there is of a seal.
    async fn of_seal(app: &App, row: SealRow, by: Option<&str>) -> Result<Self, ActError> {
        let steps = app.db.steps_of_seal(&row.id).await?;
        let by = match by {
            None => None,
            Some(id) => match app.db.seal(id).await?.filter(|other| other.id != row.id) {
                None => None,
                Some(other) => {
                    let department = other.department.parse().map_err(inconsistent)?;
                    let kind = other.kind.parse().map_err(inconsistent)?;
                    let state = other.state.parse().map_err(inconsistent)?;
                    Some((other, department, kind, state))
                }
            },
        };
        let in_force = app.db.seal_of(&row.department, &row.kind).await?.filter(|other| other.id != row.id);
        let department = row.department.parse().map_err(inconsistent)?;
        Ok(Self {
            kind: row.kind.parse().map_err(inconsistent)?,
            state: Some(row.state.parse().map_err(inconsistent)?),
            code: Some(row.code.parse().map_err(inconsistent)?),
            has_legal_basis: has_legal_basis(app, &department),
            department,
            in_force,
            by,
            is_reported_lost: steps.iter().any(|step| step.act == SealAct::Compromise.as_str() && step.is_pending()),
            row: Some(row),
        })
    }

    /// What an application looks at.
    fn of_application(app: &App, department: DepartmentKey, kind: SealKind) -> Self {
        Self {
            row: None,
            has_legal_basis: has_legal_basis(app, &department),
            department,
            kind,
            state: None,
            code: None,
            in_force: None,
            by: None,
            is_reported_lost: false,
        }
    }

    /// What a step looks at, whoever acts.
    async fn of_step(app: &App, step: &StepRow, plan: &Plan) -> Result<Self, ActError> {
        match plan {
            Plan::Apply { department, kind, .. } => Ok(Self::of_application(app, department.clone(), *kind)),
            Plan::Replace { by } => Self::of_seal(app, seal(app, &step.seal).await?, Some(&by.to_string())).await,
            _ => Self::of_seal(app, seal(app, &step.seal).await?, None).await,
        }
    }

    fn facts(&self, app: &App) -> Facts<'_> {
        Facts {
            state: self.state,
            code: self.code.as_ref(),
            department: &self.department,
            kind: self.kind,
            in_force: self.in_force.as_ref().map(|seal| seal.code.as_str()),
            by: self.by.as_ref().map(|(_, department, kind, state)| (department, *kind, *state)),
            has_legal_basis: self.has_legal_basis,
            is_certified_here: self.row.as_ref().is_some_and(|row| row.chain.is_none()),
            is_reported_lost: self.is_reported_lost,
            today: china_date(app.now()),
        }
    }

    async fn acting<'a>(&'a self, app: &'a App, person: &'a Person) -> Result<Acting<'a>, ActError> {
        let actor = person.actor(&app.hall);
        Ok(Acting { actor, department: &self.department, now: moment(app).await? })
    }

    /// The seal.
    fn seal(&self) -> Result<&SealRow, ActError> {
        self.row.as_ref().ok_or_else(|| inconsistent("a step without its seal"))
    }
}

/// R5: a law that provides for the department's own seal stands on one of its items.
fn has_legal_basis(app: &App, department: &DepartmentKey) -> bool {
    let mut own = app.hall.items.iter().filter(|item| item.department == *department);
    own.any(|item| matches!(item.seal, ItemSeal::Department { .. }))
}

async fn seal(app: &App, id: &str) -> Result<SealRow, ActError> {
    app.db.seal(id).await?.ok_or(ActError::NotFound)
}

/// What exactly a step will do.
pub fn plan_of(step: &StepRow) -> Result<Plan, ActError> {
    serde_json::from_str(&step.plan).map_err(|error| inconsistent(format!("seal_step {}: {error}", step.id)))
}

/// A rule that the rows held, in the words of the rules; anything else is given on.
async fn in_words(app: &App, seal: &str, error: SequencerError) -> ActError {
    let refused = |code, text: String| ActError::Refused(Refusal::because(code, text));
    match &error {
        SequencerError::Db(DbError::NothingChanged { table: "seal_step", .. }) => decided(),
        SequencerError::Db(DbError::NothingChanged { table: "seal", .. }) => {
            let text = "印章的状态刚刚变了，或者还有已登账而未完成的用印，请刷新后再试";
            refused("seal-state", text.to_owned())
        }
        SequencerError::Db(DbError::NothingChanged { table: "notice", .. }) => {
            refused("notice-seen", "这条通知已由他人阅知".to_owned())
        }
        SequencerError::Db(DbError::Constraint(name)) => match name.as_str() {
            "one_active_seal_of_a_kind_per_department" => {
                refused("one-active-seal", "本部门刚刚已有同一种印章启用，请刷新后查看".to_owned())
            }
            "a_filing_number_is_used_once" => {
                refused("filing-number-used", "这个备案号已用于另一枚印章，请核对".to_owned())
            }
            "one_step_of_a_seal_at_a_time" | "a_loss_is_reported_once_at_a_time" => waiting(app, seal).await,
            _ => error.into(),
        },
        _ => error.into(),
    }
}

/// Somebody else has decided on the step.
fn decided() -> ActError {
    Refusal::because("step-decided", "这一步骤刚刚已由他人处理，请刷新后查看").into()
}

/// Somebody else came first with a step of this seal: which.
async fn waiting(app: &App, seal: &str) -> ActError {
    let steps = match app.db.steps_of_seal(seal).await {
        Ok(steps) => steps,
        Err(error) => return error.into(),
    };
    let text = match steps.iter().rev().find(|step| step.is_pending()) {
        Some(step) => {
            let act = step.act.parse().map_or("办理", SealAct::title);
            let name = super::look::name_of(app, &step.proposed_by).await.unwrap_or_default();
            format!("这枚印章已由{name}提出“{act}”（{}），正等另一人确认；处理完才能再提出", step.why)
        }
        None => "这枚印章刚刚有另一步骤，请刷新后查看".to_owned(),
    };
    Refusal::because("step-pending", text).into()
}
