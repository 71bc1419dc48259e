//! Suspend somebody, effective at once; reinstate them; strike them off (R6).

use crate::app::App;
use crate::db::DbError;
use crate::db::record::RowWrite;
use crate::db::staff::STAFF;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::{Duty, StaffAct, check_step};
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::ActError;
use super::calendar::moment;
use super::person::{Person, reason, refused};
use super::record::{Act, record};

/// Takes a step in somebody's registration, for a reason.
pub async fn change_staff(app: &App, person: &Person, staff: &str, act: StaffAct, why: &str) -> Result<(), ActError> {
    match run(app, person, staff, act, why).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "staff-state", staff, person, error).await),
    }
}

async fn run(app: &App, person: &Person, staff: &str, step: StaffAct, why: &str) -> Result<(), ActError> {
    let row = app.db.staff(staff).await?.ok_or(ActError::NotFound)?;
    let of = row.to_staff()?;
    let mut reasons = Reasons::new();
    // Stopping somebody must be possible from anywhere at any hour.
    if step != StaffAct::Suspend {
        person.actor(&app.hall).check_presence(&moment(app).await?, &mut reasons);
    }
    if let Err(refusal) = check_step(step, &person.staff, &of) {
        reasons.absorb(refusal);
    }
    if of.duty == Duty::Administrator && step != StaffAct::Reinstate {
        let left = app.db.active_with_duty(Duty::Administrator.as_str(), staff).await?;
        reasons.require(left > 0, "last-administrator", "大厅须至少有一名在岗的管理员，请先登记另一名");
    }
    let why = match reason(why) {
        Ok(why) => why,
        Err(refusal) => {
            reasons.absorb(refusal);
            String::new()
        }
    };
    reasons.into_result()?;
    let to = of.registration.after(step).ok_or_else(not_possible)?;
    let name = match step {
        StaffAct::Suspend => "staff.suspend",
        StaffAct::Reinstate => "staff.reinstate",
        _ => "staff.end",
    };
    // Before somebody is back, too: what an earlier session could do it cannot do again.
    app.db.end_sessions(staff).await?;
    let rows = vec![RowWrite::change(&STAFF, staff).set("state", to.as_str()).was("state", of.registration.as_str())];
    match record(app, About::Staff, Act::by(name, person, app.now()).because(why), rows).await {
        Ok(_) => Ok(app.db.end_sessions(staff).await?),
        Err(SequencerError::Db(DbError::NothingChanged { .. })) => Err(not_possible().into()),
        Err(error) => Err(error.into()),
    }
}

fn not_possible() -> Refusal {
    Refusal::because("staff-state", "人员登记的当前状态不允许此操作，请刷新后查看")
}
