//! The calendar of working days: what comes with the program, and what the hall's administrator has entered since.

use jiff::Timestamp;

use crate::app::App;
use crate::db::DbError;
use crate::db::certificate::CertificateRow;
use crate::db::limits::{ExtensionRow, HolidayYearRow};
use crate::db::matter::MatterRow;
use crate::hall::calendar::{Arrangement, Calendar, Due, NotEntered, Remaining};
use crate::hall::opening::{Moment, china_date};
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::Duty;
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::person::{Person, refused};
use super::record::{Act, record};
use super::{ActError, inconsistent};

/// A year's arrangement as a person enters it.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The year.
    pub year: i16,
    /// The notice it was published in.
    pub source: String,
    /// Days off: days, or first and last as `2027-02-05/2027-02-12`.
    pub off: Vec<String>,
    /// Weekend days that are worked.
    pub work: Vec<String>,
}

/// Where a case stands to its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// It waits to be decided and sealed.
    Open(Remaining),
    /// It waits, and nobody can say until when: a year's holidays were not entered.
    Unknown(NotEntered),
    /// It was done on a day that stood so to its last day.
    Done(Remaining),
    /// It ended without a certificate.
    Ended,
}

impl Time {
    /// Of a case with these documents.
    pub(super) fn of(
        calendar: &Calendar,
        matter: &MatterRow,
        documents: &[&CertificateRow],
        extension: Option<&ExtensionRow>,
        now: Timestamp,
    ) -> Result<Self, ActError> {
        if documents.iter().any(|one| matches!(one.state.as_str(), "refused" | "voided")) {
            return Ok(Self::Ended);
        }
        let moment = |micros| Timestamp::from_microsecond(micros).map_err(inconsistent);
        let sealed: Option<Vec<i64>> = documents.iter().map(|one| one.sealed_at).collect();
        let done = sealed.and_then(|all| all.into_iter().max());
        let day = china_date(done.map_or(Ok(now), moment)?);
        let due = extension.map_or_else(|| matter.due(), |one| one.due().map(Some))?;
        let remaining = match due {
            Some(due) => calendar.remaining(day, due.promised),
            None => {
                let counted = calendar.due(china_date(moment(matter.submitted_at)?), matter.limit());
                counted.and_then(|due| calendar.remaining(day, due.promised))
            }
        };
        Ok(match (remaining, done) {
            (Err(missing), _) => Self::Unknown(missing),
            (Ok(remaining), Some(_)) => Self::Done(remaining),
            (Ok(remaining), None) => Self::Open(remaining),
        })
    }

    /// In words, as lists show it.
    pub fn words(self) -> String {
        match self {
            Self::Open(remaining) => remaining.words(),
            Self::Unknown(missing) => missing.to_string(),
            Self::Done(Remaining::Late(days)) => format!("超期 {days} 个工作日办结"),
            Self::Done(_) => "按期办结".to_owned(),
            Self::Ended => "已终止".to_owned(),
        }
    }

    /// Whether its last day has passed, or nobody knows it.
    pub fn is_late(self) -> bool {
        match self {
            Self::Open(remaining) | Self::Done(remaining) => remaining.is_late(),
            Self::Unknown(_) => true,
            Self::Ended => false,
        }
    }

    /// Working days left; negative: late by so many; none where it is done, has ended or is unknown.
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Open(Remaining::Days(days)) => Some(i64::from(days)),
            Self::Open(Remaining::Today) => Some(0),
            Self::Open(Remaining::Late(days)) => Some(-i64::from(days)),
            _ => None,
        }
    }
}

/// The calendar as it stands.
pub async fn calendar(app: &App) -> Result<Calendar, ActError> {
    let mut calendar = Calendar::published();
    for row in app.db.holiday_years().await? {
        calendar.enter(row.to_arrangement()?);
    }
    Ok(calendar)
}

/// Now in the hall, by the calendar as it stands: what acts in the hall are checked with.
pub async fn moment(app: &App) -> Result<Moment, ActError> {
    Ok(app.hall.opening.moment(app.now(), &calendar(app).await?))
}

/// Enters a year's holidays, or enters them again as amended. Cases whose last day waited for it get it; last days that
/// applicants were told before do not move.
pub async fn enter_year(app: &App, person: &Person, entered: &Entered) -> Result<Arrangement, ActError> {
    match run(app, person, entered).await {
        Ok(done) => Ok(done),
        Err(error) => Err(refused(app, "enter-holidays", &entered.year.to_string(), person, error).await),
    }
}

async fn run(app: &App, person: &Person, entered: &Entered) -> Result<Arrangement, ActError> {
    person.require(&[Duty::Administrator])?;
    let mut reasons = Reasons::new();
    person.actor(&app.hall).check_presence(&moment(app).await?, &mut reasons);
    let arrangement = match Arrangement::new(entered.year, &entered.source, &entered.off, &entered.work) {
        Ok(arrangement) => Some(arrangement),
        Err(refusal) => {
            reasons.absorb(refusal);
            None
        }
    };
    reasons.into_result()?;
    let arrangement = arrangement.ok_or_else(|| inconsistent("an arrangement neither good nor refused"))?;
    let mut calendar = calendar(app).await?;
    if calendar.year(arrangement.year()) == Ok(&arrangement) {
        return Ok(arrangement); // the same again
    }
    calendar.enter(arrangement.clone());
    let version = app.db.holiday_years().await?.iter().filter(|row| row.year == i64::from(entered.year)).count() + 1;
    let row = HolidayYearRow {
        id: format!("{}-{version}", entered.year),
        year: i64::from(entered.year),
        version: version as i64,
        source: arrangement.source().to_owned(),
        arrangement: serde_json::to_string(&arrangement).map_err(inconsistent)?,
        staff: person.staff.id.to_string(),
        at: app.now().as_microsecond(),
    };
    let act = Act::by("holidays.enter", person, app.now()).because(arrangement.source());
    let counted = counted(app, &calendar).await?;
    match record(app, About::Hall, act, vec![row.write(counted)]).await {
        Ok(_) => Ok(arrangement),
        Err(SequencerError::Db(DbError::Constraint(_))) => {
            Err(Refusal::because("entered-meanwhile", "他人刚刚录入了这一年的放假安排，请刷新后核对").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The last days that can be counted now, of cases that wait for them.
async fn counted(app: &App, calendar: &Calendar) -> Result<Vec<(String, Due)>, ActError> {
    let mut counted = Vec::new();
    for matter in app.db.matters_without_due().await? {
        let accepted = china_date(Timestamp::from_microsecond(matter.submitted_at).map_err(inconsistent)?);
        if let Ok(due) = calendar.due(accepted, matter.limit()) {
            counted.push((matter.id, due));
        }
    }
    Ok(counted)
}
