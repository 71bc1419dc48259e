//! What is shown of seals' lives: steps, notices, filing documents.

use crate::app::App;
use crate::digest::Digest;
use crate::hall::refusal::Refusal;
use crate::hall::seal::SealAct;
use crate::hall::seal_step::{Plan, may_confirm, may_propose, runs_out_in};
use crate::hall::staff::Duty;

use super::person::Person;
use super::seal_step::{applied, plan_of};
use super::{ActError, compute, inconsistent, look};

pub use crate::db::seal::{SealCertificateRow, SealRow};
pub use crate::db::seal_step::{NoticeRow, StepRow};

/// What a person may do with a step that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Confirm or decline it.
    Second,
    /// Withdraw it: it is the person's own.
    Own,
    /// Look at it.
    Nothing,
}

/// The seal, if this person may see it.
pub async fn seal(app: &App, person: &Person, id: &str) -> Result<SealRow, ActError> {
    look::seals(app, person).await?.into_iter().find(|seal| seal.id == id).ok_or(ActError::NotFound)
}

/// The steps of a seal this person may see, in order.
pub async fn steps(app: &App, person: &Person, id: &str) -> Result<Vec<StepRow>, ActError> {
    seal(app, person, id).await?;
    Ok(app.db.steps_of_seal(id).await?)
}

/// The steps that wait for a second person, as far as this one may see them, each with what he may do.
pub async fn waiting(app: &App, person: &Person) -> Result<Vec<(StepRow, Part)>, ActError> {
    person.require(&[Duty::Keeper, Duty::Leader, Duty::Administrator, Duty::Auditor])?;
    let mut waiting = Vec::new();
    for step in app.db.pending_seal_steps().await? {
        if sees(person, &step.department) {
            let part = part(app, person, &step).await?;
            waiting.push((step, part));
        }
    }
    Ok(waiting)
}

fn sees(person: &Person, department: &str) -> bool {
    let own = person.staff.department.as_ref();
    own.map_or_else(|| !person.staff.duty.is_of_a_department(), |own| own.as_str() == department)
}

/// What this person may do with a step.
pub async fn part(app: &App, person: &Person, step: &StepRow) -> Result<Part, ActError> {
    if !step.is_pending() || !sees(person, &step.department) {
        return Ok(Part::Nothing);
    }
    if step.proposed_by == person.staff.id.to_string() {
        return Ok(Part::Own);
    }
    let proposer = app.db.staff(&step.proposed_by).await?.ok_or_else(|| inconsistent(&step.proposed_by))?;
    let (act, duty): (SealAct, Duty) =
        (step.act.parse().map_err(inconsistent)?, proposer.duty.parse().map_err(inconsistent)?);
    Ok(if may_confirm(act, duty, person.staff.duty) { Part::Second } else { Part::Nothing })
}

/// Whether this person may propose a step of a department's seal.
pub fn may_act(person: &Person, act: SealAct, department: &str) -> bool {
    may_propose(act, person.staff.duty) && sees(person, department)
}

/// The document that goes with a step.
pub async fn step_document(app: &App, person: &Person, step: &str) -> Result<Vec<u8>, ActError> {
    let (step, _) = self::step(app, person, step).await?;
    read(app, step.document).await
}

/// One step, if this person may see it, with its plan.
pub async fn step(app: &App, person: &Person, id: &str) -> Result<(StepRow, Plan), ActError> {
    person.require(&[Duty::Keeper, Duty::Leader, Duty::Administrator, Duty::Auditor])?;
    let step = app.db.seal_step(id).await?.filter(|step| sees(person, &step.department)).ok_or(ActError::NotFound)?;
    let plan = plan_of(&step)?;
    Ok((step, plan))
}

/// The imprint (SVG) of the seal of a step, which there may not be yet.
pub async fn step_imprint(app: &App, person: &Person, id: &str) -> Result<String, ActError> {
    let (step, plan) = step(app, person, id).await?;
    match plan {
        Plan::Apply { .. } => Ok(app.draw(&applied(&plan, &step.seal, step.proposed_at)?)?.imprint.svg()),
        _ => look::imprint_svg(app, &step.seal).await,
    }
}

/// The filing document of a seal.
pub async fn filing_document(app: &App, person: &Person, id: &str) -> Result<Vec<u8>, ActError> {
    read(app, seal(app, person, id).await?.filing_document).await
}

async fn read(app: &App, digest: Option<Vec<u8>>) -> Result<Vec<u8>, ActError> {
    let digest = Digest::try_from(digest.ok_or(ActError::NotFound)?.as_slice()).map_err(inconsistent)?;
    let store = app.store.clone();
    Ok(compute(move || store.read(&digest)).await??)
}

/// The certificates a seal this person may see has had.
pub async fn certificates(app: &App, person: &Person, id: &str) -> Result<Vec<SealCertificateRow>, ActError> {
    seal(app, person, id).await?;
    Ok(app.db.certificates_of_seal(id).await?)
}

/// How many days the certificate of a seal in force still runs, if its keeper is to be warned.
pub fn runs_out(app: &App, seal: &SealRow) -> Option<i64> {
    if !matches!(seal.state.as_str(), "active" | "suspended") {
        return None;
    }
    look::certified(seal).ok().and_then(|(_, until)| runs_out_in(app.now(), until))
}

/// What no auditor has taken note of yet.
pub async fn notices(app: &App, person: &Person) -> Result<Vec<NoticeRow>, ActError> {
    match person.staff.duty {
        Duty::Auditor => Ok(app.db.unseen_notices().await?),
        _ => Err(Refusal::because("wrong-duty", "此操作由监察审计员办理").into()),
    }
}
