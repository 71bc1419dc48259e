//! Findings: listed, assigned, answered, closed. Each step is one record; a finding changes by people alone.

use jiff::civil::Date;

use crate::app::App;
use crate::db::DbError;
use crate::db::record::RowWrite;
use crate::db::supervision::FINDING;
pub use crate::db::supervision::{FindingRow, StepRow, Which};
use crate::hall::refusal::Refusal;
use crate::hall::staff::Duty;
use crate::hall::supervision::finding::{self, Answerer, Conclusion, FindingState, Step, Taken};
use crate::hall::supervision::{Rule, Subject};
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::person::{Person, refused};
use super::record::{Act, record};
use super::{ActError, inconsistent};

/// Findings on one page of their list.
pub const FINDINGS_A_PAGE: u32 = 50;

/// A finding with its story.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The finding.
    pub row: FindingRow,
    /// Its rule; none: a rule of an earlier version.
    pub rule: Option<&'static Rule>,
    /// What it is about.
    pub subject: Subject,
    /// Where it stands.
    pub state: FindingState,
    /// Who answers, once it is assigned.
    pub answerer: Option<Answerer>,
    /// Those it concerns, by name.
    pub people: Vec<String>,
    /// What was done, with the names of those who did it.
    pub steps: Vec<(StepRow, String)>,
}

/// What somebody may do with a finding now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayDo {
    /// Assign it.
    Assign,
    /// Close it, or send it back.
    Judge,
    /// Answer it.
    Answer,
    /// Look at it.
    Look,
}

impl Finding {
    /// What this person may do with it.
    pub fn may(&self, person: &Person) -> MayDo {
        match (self.state, person.staff.duty) {
            (FindingState::Open, Duty::Auditor) => MayDo::Assign,
            (FindingState::Answered, Duty::Auditor) => MayDo::Judge,
            (FindingState::Assigned, _) if self.answerer.as_ref().is_some_and(|one| one.is(&person.staff)) => {
                MayDo::Answer
            }
            _ => MayDo::Look,
        }
    }
}

/// The findings this person may see: the auditor all, who answers what was assigned to their side.
pub async fn list(
    app: &App,
    person: &Person,
    which: Which,
    limit: u32,
    offset: u32,
) -> Result<Vec<FindingRow>, ActError> {
    let which = match own(person)? {
        None => which,
        Some(answerer) => Which { answerer: Some(answerer.as_str().to_owned()), ..which },
    };
    Ok(app.db.findings(&which, limit, offset).await?)
}

/// For whom this person answers; none: the auditor, who sees everything.
fn own(person: &Person) -> Result<Option<Answerer>, ActError> {
    person.require(&[Duty::Auditor, Duty::Chief, Duty::Leader, Duty::Administrator])?;
    Ok(match (person.staff.duty, &person.staff.department) {
        (Duty::Auditor, _) => None,
        (Duty::Administrator, _) | (_, None) => Some(Answerer::Hall),
        (_, Some(department)) => Some(Answerer::Department(department.clone())),
    })
}

/// How many findings there are in each state.
pub async fn counts(app: &App, person: &Person) -> Result<Vec<(FindingState, i64)>, ActError> {
    person.require(&[Duty::Auditor])?;
    let rows = app.db.finding_counts().await?;
    let of = |state: FindingState| rows.iter().find(|(word, _)| word == state.as_str()).map_or(0, |(_, count)| *count);
    Ok(FindingState::ALL.iter().map(|&state| (state, of(state))).collect())
}

/// One finding with its story.
pub async fn one(app: &App, person: &Person, id: &str) -> Result<Finding, ActError> {
    let answerer = own(person)?;
    let finding = load(app, id).await?;
    match answerer {
        Some(own) if finding.answerer.as_ref() != Some(&own) => Err(ActError::NotFound),
        _ => Ok(finding),
    }
}

async fn load(app: &App, id: &str) -> Result<Finding, ActError> {
    let row = app.db.finding(id).await?.ok_or(ActError::NotFound)?;
    let mut people = Vec::new();
    for staff in concerned(&row)? {
        people.push(super::look::name_of(app, &staff).await?);
    }
    let mut steps = Vec::new();
    for step in app.db.finding_steps(id).await? {
        let name = super::look::name_of(app, &step.staff).await?;
        steps.push((step, name));
    }
    Ok(Finding {
        rule: Rule::of(&row.rule),
        subject: row.subject.parse().map_err(inconsistent)?,
        state: row.state.parse().map_err(inconsistent)?,
        answerer: row.answerer.as_deref().map(str::parse).transpose().map_err(inconsistent)?,
        people,
        steps,
        row,
    })
}

fn concerned(row: &FindingRow) -> Result<Vec<String>, ActError> {
    serde_json::from_str(&row.people).map_err(inconsistent)
}

/// What is done with a finding.
#[derive(Debug, Clone)]
pub enum Doing {
    /// Assign it, or send an answer back.
    Assign {
        /// Who answers.
        to: Answerer,
        /// Until when.
        by: Date,
    },
    /// Answer it.
    Answer,
    /// Close it.
    Close(Conclusion),
}

/// Does it, with these words.
pub async fn act(app: &App, person: &Person, id: &str, doing: &Doing, words: &str) -> Result<FindingState, ActError> {
    match run(app, person, id, doing, words).await {
        Ok(state) => Ok(state),
        Err(error) => Err(refused(app, "finding", id, person, error).await),
    }
}

async fn run(app: &App, person: &Person, id: &str, doing: &Doing, words: &str) -> Result<FindingState, ActError> {
    let finding = load(app, id).await?;
    let (now, people) = (app.now(), concerned(&finding.row)?);
    let step = Step {
        state: finding.state,
        answerer: finding.answerer.as_ref(),
        people: &people,
        staff: &person.staff,
        words,
        now,
    };
    let change = RowWrite::change(&FINDING, id).was("state", finding.state.as_str());
    let (name, taken, change) = match doing {
        Doing::Assign { to, by } => {
            known(app, to)?;
            let taken = finding::assign(&step, *by)?;
            ("finding.assign", taken, change.set("answerer", to.as_str()).set("answer_by", by.to_string()))
        }
        Doing::Answer => ("finding.answer", finding::answer(&step)?, change),
        Doing::Close(conclusion) => {
            let change = change.set("conclusion", conclusion.as_str()).set("closed_at", now.as_microsecond());
            ("finding.close", finding::close(&step)?, change)
        }
    };
    keep(app, person, name, &finding, &taken, change).await?;
    Ok(taken.to())
}

async fn keep(
    app: &App,
    person: &Person,
    name: &'static str,
    finding: &Finding,
    taken: &Taken,
    change: RowWrite,
) -> Result<(), ActError> {
    let number = finding.steps.last().map_or(0, |(step, _)| step.number) + 1;
    let step = StepRow {
        finding: finding.row.id.clone(),
        number,
        act: taken.act().as_str().to_owned(),
        staff: taken.who().to_string(),
        said: taken.words().to_owned(),
        at: app.now().as_microsecond(),
    };
    let rows = vec![change.set("state", taken.to().as_str()), step.write()];
    match record(app, About::Supervision, Act::by(name, person, app.now()), rows).await {
        Ok(_) => Ok(()),
        Err(SequencerError::Db(DbError::NothingChanged { .. } | DbError::Constraint(_))) => {
            Err(Refusal::because("changed-meanwhile", "本事项刚刚已由他人办理，请刷新后再看").into())
        }
        Err(error) => Err(error.into()),
    }
}

fn known(app: &App, to: &Answerer) -> Result<(), ActError> {
    match to {
        Answerer::Department(key) if !app.hall.department(key).is_some_and(|one| one.issues()) => {
            Err(Refusal::because("unknown-department", "没有这个审批部门，请从列表中选择").into())
        }
        _ => Ok(()),
    }
}
