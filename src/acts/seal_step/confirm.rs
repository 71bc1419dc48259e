//! Confirm a step of a seal's life: another person than the proposer has seen what will be done, and it is done.
//!
//! 1. load the step and the seal as they are now
//! 2. whose right, and whether it can still be done: all reasons at once
//! 3. carry out: rows, record and entries in one transaction

use crate::app::App;
use crate::db::seal_step::StepRow;
use crate::hall::refusal::Reasons;
use crate::hall::seal_step::{check_plan, check_second};

use super::super::person::{Person, refused};
use super::super::{ActError, inconsistent};
use super::carry_out::carry_out;
use super::{Loaded, decided, plan_of};

/// Confirms a step.
pub async fn confirm(app: &App, person: &Person, id: &str) -> Result<(), ActError> {
    match run(app, person, id).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "seal-confirm", id, person, error).await),
    }
}

async fn run(app: &App, person: &Person, id: &str) -> Result<(), ActError> {
    // 1
    let (step, plan) = waiting_step(app, id).await?;
    let loaded = Loaded::of_step(app, &step, &plan).await?;
    // 2
    let mut reasons = Reasons::new();
    let proposer_stands = check(app, person, &step, &loaded, &mut reasons).await?;
    reasons.require(proposer_stands, "proposer-ended", "提出人的登记已终止，请退回后重新提出");
    check_plan(&plan, &loaded.facts(app), &mut reasons);
    if let Err(refusal) = reasons.into_result() {
        // The seal was read after the step: what does not fit may be what another's decision has just made of it.
        waiting_step(app, id).await?;
        return Err(refusal.into());
    }
    // 3
    carry_out(app, person, &step, &plan, &loaded).await
}

/// A step that waits for a second person, with its plan.
pub(super) async fn waiting_step(app: &App, id: &str) -> Result<(StepRow, crate::hall::seal_step::Plan), ActError> {
    let step = app.db.seal_step(id).await?.ok_or(ActError::NotFound)?;
    if !step.is_pending() {
        return Err(decided());
    }
    let plan = plan_of(&step)?;
    Ok((step, plan))
}

/// Whether this person may decide on the step. Gives whether the proposer is still registered.
pub(super) async fn check(
    app: &App,
    person: &Person,
    step: &StepRow,
    loaded: &Loaded,
    reasons: &mut Reasons,
) -> Result<bool, ActError> {
    let row = app.db.staff(&step.proposed_by).await?.ok_or_else(|| inconsistent(&step.proposed_by))?;
    let proposer = row.to_staff()?;
    let act = step.act.parse().map_err(inconsistent)?;
    check_second(act, (proposer.id, proposer.duty), &loaded.acting(app, person).await?, reasons);
    Ok(row.state == "active")
}
