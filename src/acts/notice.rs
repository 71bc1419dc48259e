//! Notices: an auditor takes note of what he was told at once.

use crate::app::App;
use crate::db::DbError;
use crate::db::seal_step::NoticeRow;
use crate::hall::refusal::Refusal;
use crate::hall::staff::Duty;
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::ActError;
use super::person::{Person, refused};
use super::record::{Act, record};

/// Takes note of a notice.
pub async fn take_note(app: &App, person: &Person, notice: &str) -> Result<(), ActError> {
    match run(app, person, notice).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "notice", notice, person, error).await),
    }
}

async fn run(app: &App, person: &Person, notice: &str) -> Result<(), ActError> {
    person.require(&[Duty::Auditor])?;
    let now = app.now();
    let row = NoticeRow::seen(notice, person.staff.id.to_string(), now.as_microsecond());
    match record(app, About::Supervision, Act::by("notice.note", person, now), vec![row]).await {
        Ok(_) => Ok(()),
        Err(SequencerError::Db(DbError::NothingChanged { table: "notice", .. })) => {
            Err(Refusal::because("notice-seen", "没有这条通知，或者已由他人阅知").into())
        }
        Err(error) => Err(error.into()),
    }
}
