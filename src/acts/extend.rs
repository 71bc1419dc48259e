//! Extend: the department's leader gives a case more time, once, and the applicant is told why (R15).

use jiff::Timestamp;
use jiff::civil::Date;

use crate::app::App;
use crate::db::DbError;
use crate::db::limits::ExtensionRow;
use crate::hall::extension::{Asked, Telling, extend as allow};
use crate::hall::opening::china_date;
use crate::hall::refusal::Refusal;
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::calendar::{calendar, moment};
use super::person::{Person, refused};
use super::record::{Act, record};
use super::{ActError, inconsistent};

/// How much longer, why, and how the applicant was told.
#[derive(Debug, Clone)]
pub struct Extension {
    /// Working days.
    pub days: u16,
    /// The reason as told.
    pub reason: String,
    /// How it was told.
    pub told: Telling,
    /// When it was told.
    pub told_on: Date,
}

/// Extends a case.
pub async fn extend(app: &App, person: &Person, case: &str, extension: &Extension) -> Result<ExtensionRow, ActError> {
    match run(app, person, case, extension).await {
        Ok(done) => Ok(done),
        Err(error) => Err(refused(app, "extend", case, person, error).await),
    }
}

async fn run(app: &App, person: &Person, case: &str, extension: &Extension) -> Result<ExtensionRow, ActError> {
    let matter = app.db.matter_by_number(case).await?.ok_or(ActError::NotFound)?;
    let certificates = app.db.certificates_of(&matter.id).await?;
    let mut departments = Vec::new();
    for one in app.db.uses_of_case(&matter.id).await? {
        departments.push(one.department.parse().map_err(inconsistent)?);
    }
    departments.sort();
    departments.dedup();
    let due = matter.due()?;
    let asked = Asked {
        actor: person.actor(&app.hall),
        departments: &departments,
        undecided: certificates.iter().any(|one| one.state == "submitted"),
        extended: app.db.extension(&matter.id).await?.is_some(),
        instant: matter.limit().is_instant(),
        due,
        days: extension.days,
        reason: &extension.reason,
        told_on: extension.told_on,
        accepted_on: china_date(Timestamp::from_microsecond(matter.submitted_at).map_err(inconsistent)?),
        now: moment(app).await?,
    };
    let extended = allow(&asked, &calendar(app).await?)?;
    let row = ExtensionRow {
        matter: matter.id.clone(),
        days: i64::from(extension.days),
        due_before: due.map(|due| due.promised.to_string()).unwrap_or_default(),
        due: extended.due().promised.to_string(),
        legal_due: extended.due().legal.to_string(),
        reason: extended.reason().to_owned(),
        told: extension.told.to_string(),
        told_on: extension.told_on.to_string(),
        staff: extended.leader().to_string(),
        at: app.now().as_microsecond(),
    };
    let act = Act::by("case.extend", person, app.now()).because(extended.reason());
    match record(app, About::Case, act, vec![row.write()]).await {
        Ok(_) => Ok(row),
        Err(SequencerError::Db(DbError::Constraint(name))) if name == "a_case_is_extended_once" => {
            Err(Refusal::because("already-extended", "本件已延期一次，不得再次延期").into())
        }
        Err(SequencerError::Db(DbError::NothingChanged { .. })) => {
            Err(Refusal::because("decided", "本件刚刚已作出决定或已变更，请刷新后查看").into())
        }
        Err(error) => Err(error.into()),
    }
}
