//! Record: an act of people that changes rows is one entry in the ledger. The entry holds a salted digest of the act's
//! statement (who, second person, why, every row with its columns); statement, rows and entry stand or fall together.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::app::App;
use crate::db::ledger::{Change, Evidence};
use crate::db::record::RowWrite;
use crate::hall::id::StaffId;
use crate::hall::opening::china_date;
use crate::hall::record::Record;
use crate::ledger::entry::{About, Entry, Salted, approval_digest};
use crate::sequencer::SequencerError;

use super::person::Person;

/// Who does what, and why.
#[derive(Debug, Clone)]
pub(super) struct Act {
    name: &'static str,
    at: Timestamp,
    who: Option<StaffId>,
    second: Option<StaffId>,
    why: Option<String>,
}

impl Act {
    /// An act of that name, for example `letter.revoke`, by this person.
    pub(super) fn by(name: &'static str, person: &Person, at: Timestamp) -> Self {
        Self { who: Some(person.staff.id), ..Self::of_the_hall(name, at) }
    }

    /// An act that this member of the staff has proposed, who need not be there when it is done.
    pub(super) fn proposed_by(name: &'static str, who: StaffId, at: Timestamp) -> Self {
        Self { who: Some(who), ..Self::of_the_hall(name, at) }
    }

    /// An act that nobody does: setting up, or what time brings about.
    pub(super) fn of_the_hall(name: &'static str, at: Timestamp) -> Self {
        Self { name, at, who: None, second: None, why: None }
    }

    /// With a second person, where an act needs two.
    pub(super) fn with(mut self, second: StaffId) -> Self {
        self.second = Some(second);
        self
    }

    /// For this reason.
    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }
}

/// Carries out an act whose entry is a record; gives the entry's index. What the rows do not allow is
/// [`DbError::Constraint`](crate::db::DbError) or `NothingChanged`, and nothing was written.
pub(super) async fn record(app: &App, about: About, act: Act, rows: Vec<RowWrite>) -> Result<u64, SequencerError> {
    record_as(app, act, rows, |statements, day| Entry::Record { about, statements, day }).await
}

/// Carries out an act whose entry is of another kind.
pub(super) async fn record_as(
    app: &App,
    act: Act,
    rows: Vec<RowWrite>,
    entry: impl FnOnce(Salted<1>, Date) -> Entry,
) -> Result<u64, SequencerError> {
    record_all(app, act, rows, |statements, day| vec![entry(statements, day)]).await
}

/// Carries out an act with several entries, which stand or fall together; gives the index of the first.
pub(super) async fn record_all(
    app: &App,
    act: Act,
    rows: Vec<RowWrite>,
    entries: impl FnOnce(Salted<1>, Date) -> Vec<Entry>,
) -> Result<u64, SequencerError> {
    let statement = Record {
        act: act.name.to_owned(),
        who: act.who,
        second: act.second,
        at: act.at,
        why: act.why,
        rows: rows.iter().map(|write| write.row().clone()).collect(),
    };
    let (statement, salt) = (statement.to_bytes(), app.random());
    let entries = entries(Salted::one(approval_digest(&salt, &statement)), china_date(act.at));
    let evidence = Evidence { statement, salt };
    let entries = entries.into_iter().map(|entry| (entry, Some(evidence.clone()))).collect();
    app.sequencer.change_all(entries, Change::Rows(rows)).await
}
