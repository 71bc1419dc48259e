//! Decline a step of a seal's life, with a reason; whoever proposed it may withdraw it. Nothing happens to the seal: one that was
//! suspended with a report of its loss stays so until its use is resumed.

use crate::app::App;
use crate::db::seal_step::NoticeRow;
use crate::hall::refusal::Reasons;
use crate::hall::seal::SealAct;
use crate::hall::seal_step::{check_proposer, reason};
use crate::ledger::entry::About;

use super::super::ActError;
use super::super::person::{Person, refused};
use super::super::record::{Act, record};
use super::confirm::{check, waiting_step};
use super::{Loaded, in_words};

/// Declines a step, or withdraws one's own.
pub async fn decline(app: &App, person: &Person, id: &str, why: &str) -> Result<(), ActError> {
    match run(app, person, id, why).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "seal-decline", id, person, error).await),
    }
}

async fn run(app: &App, person: &Person, id: &str, why: &str) -> Result<(), ActError> {
    let (step, plan) = waiting_step(app, id).await?;
    let loaded = Loaded::of_step(app, &step, &plan).await?;
    let mut reasons = Reasons::new();
    let is_own = step.proposed_by == person.staff.id.to_string();
    if is_own {
        check_proposer(plan.act(), &loaded.acting(app, person).await?, &mut reasons);
    } else {
        check(app, person, &step, &loaded, &mut reasons).await?;
    }
    let why = reason(why).map_err(|refusal| reasons.absorb(refusal)).unwrap_or_default();
    reasons.into_result()?;
    let now = app.now();
    let (name, state) = if is_own { ("seal.withdraw", "withdrawn") } else { ("seal.decline", "declined") };
    let by = person.staff.id.to_string();
    let mut rows = vec![step.end(state, Some(by), now.as_microsecond(), Some(why.clone()))];
    if plan.act() == SealAct::Compromise {
        rows.push(NoticeRow::write(app.new_uuid().to_string(), "loss-declined", &step.seal, now.as_microsecond()));
    }
    match record(app, About::Seal, Act::by(name, person, now).because(why), rows).await {
        Ok(_) => Ok(()),
        Err(error) => Err(in_words(app, &step.seal, error).await),
    }
}
