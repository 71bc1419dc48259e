//! Suspend a seal, effective at once, or let it be used again: each an entry in the ledger.

use crate::app::App;
use crate::db::DbError;
use crate::db::record::RowWrite;
use crate::db::seal::SEAL;
use crate::digest::Digest;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::Duty;
use crate::ledger::entry::{Entry, SealChange};
use crate::sequencer::SequencerError;

use super::person::{Person, refused};
use super::record::{Act, record_as};
use super::{ActError, inconsistent};

/// Longest reason, in characters.
const MAX_REASON: usize = 500;

/// What happens to the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealAct {
    /// 停用.
    Suspend,
    /// 恢复启用.
    Resume,
}

/// Suspends or resumes a seal of the keeper's department.
pub async fn suspend_seal(app: &App, person: &Person, seal: &str, act: SealAct, why: &str) -> Result<(), ActError> {
    match run(app, person, seal, act, why).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "seal-state", seal, person, error).await),
    }
}

async fn run(app: &App, person: &Person, seal: &str, act: SealAct, why: &str) -> Result<(), ActError> {
    person.require(&[Duty::Keeper])?;
    // Stopping a seal must be possible from anywhere at any hour; letting it be used again only from within the hall.
    if act == SealAct::Resume {
        let mut reasons = Reasons::new();
        person.actor(&app.hall).check_presence(app.now(), &app.hall.opening, &mut reasons);
        reasons.into_result()?;
    }
    let row = app.db.seal(seal).await?.ok_or(ActError::NotFound)?;
    if person.staff.department.as_ref().map(|key| key.as_str()) != Some(row.department.as_str()) {
        return Err(Refusal::because("wrong-department", "只能管理本部门的印章").into());
    }
    // The statement has a line for it: what was written in several is put in one.
    let written = why.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    if written.is_empty() || written.chars().count() > MAX_REASON || written.chars().any(char::is_control) {
        return Err(Refusal::because("reason-missing", format!("请写明原因，不超过{MAX_REASON}个字")).into());
    }
    let (from, to) = match act {
        SealAct::Suspend => ("active", "suspended"),
        SealAct::Resume => ("suspended", "active"),
    };
    if row.state != from {
        return Err(not_possible().into());
    }
    let now = app.now();
    let key = Digest::try_from(row.key.as_slice()).map_err(inconsistent)?;
    let (name, kind): (_, fn(SealChange) -> Entry) = match act {
        SealAct::Suspend => ("seal.suspend", Entry::SealSuspend),
        SealAct::Resume => ("seal.resume", Entry::SealResume),
    };
    let rows = vec![RowWrite::change(&SEAL, row.id).set("state", to).was("state", from)];
    let done = record_as(app, Act::by(name, person, now).because(written), rows, |approvals, day| {
        kind(SealChange { seal: key, approvals, day })
    });
    match done.await {
        Ok(_) => Ok(()),
        // Somebody else changed its state at the same moment.
        Err(SequencerError::Db(DbError::NothingChanged { table: "seal", .. })) => Err(not_possible().into()),
        Err(error) => Err(error.into()),
    }
}

fn not_possible() -> Refusal {
    Refusal::because("seal-state", "印章当前状态不允许此操作，请刷新后查看")
}
