//! Suspend a seal, effective at once: an entry in the ledger. One person is enough, from anywhere at any hour; letting it be used
//! again takes two ([`seal_step`](super::seal_step)).

use crate::app::App;
use crate::db::DbError;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::seal::{SealAct, SealState};
use crate::hall::seal_step::{Acting, check_proposer, reason};
use crate::ledger::entry::{Entry, SealChange};
use crate::sequencer::SequencerError;

use super::calendar::moment;
use super::person::{Person, refused};
use super::record::{Act, record_as};
use super::{ActError, inconsistent};

/// Suspends a seal.
pub async fn suspend_seal(app: &App, person: &Person, seal: &str, why: &str) -> Result<(), ActError> {
    match run(app, person, seal, why).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "seal-suspend", seal, person, error).await),
    }
}

async fn run(app: &App, person: &Person, seal: &str, why: &str) -> Result<(), ActError> {
    let row = app.db.seal(seal).await?.ok_or(ActError::NotFound)?;
    let department = row.department.parse().map_err(inconsistent)?;
    let actor = person.actor(&app.hall);
    let acting = Acting { actor, department: &department, now: moment(app).await? };
    let mut reasons = Reasons::new();
    check_proposer(SealAct::Suspend, &acting, &mut reasons);
    let why = reason(why).map_err(|refusal| reasons.absorb(refusal)).unwrap_or_default();
    let state: SealState = row.state.parse().map_err(inconsistent)?;
    let to = state.after(SealAct::Suspend);
    if let Err(error) = to {
        reasons.add("seal-state", format!("{error}，请刷新后查看"));
    }
    reasons.into_result()?;
    let key = row.key_digest()?;
    let rows = vec![row.change().set("state", SealState::Suspended.as_str())];
    let act = Act::by("seal.suspend", person, app.now()).because(why);
    let entry = |approvals, day| Entry::SealSuspend(SealChange { seal: key, approvals, day });
    match record_as(app, act, rows, entry).await {
        Ok(_) => Ok(()),
        // Somebody else changed its state at the same moment.
        Err(SequencerError::Db(DbError::NothingChanged { table: "seal", .. })) => {
            Err(Refusal::because("seal-state", "印章的状态刚刚变了，请刷新后查看").into())
        }
        Err(error) => Err(error.into()),
    }
}
