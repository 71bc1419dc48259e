//! Supervise: reads the records, asks every rule, and keeps what was not found before. Run by the service at intervals and by
//! `yinxin supervise`; the same facts looked at again add nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use crate::app::App;
use crate::db::DbError;
use crate::db::supervised::{CaseStand, DecisionLine};
use crate::db::supervision::FindingRow;
use crate::hall::opening::{CHINA, china_date};
use crate::hall::supervision::facts::{
    CaseFact, DayCounts, DecidedUse, Decision, LetterFact, Named, RefusedAct, StaffFact, UnfinishedUse,
};
use crate::hall::supervision::working::{WorkingDays, is_weekday};
use crate::hall::supervision::{EARLIER_DAYS, Facts, Found, LOOK_BACK_DAYS, examine};
use crate::ledger::entry::About;
use crate::ledger::note::NoteSignature;
use crate::ledger::policy::Witness;
use crate::sequencer::SequencerError;

use super::calendar::calendar;
use super::record::{Act, record};
use super::{ActError, inconsistent};

/// How far back days are counted: sixty working days and the longest holidays.
const COUNTED_DAYS: i32 = 120;
/// Entries younger than this may still be on their way to be published (microseconds).
const PUBLISHING: i64 = 60_000_000;
/// Findings kept by one record: its statement stays short.
const AT_ONCE: usize = 100;

/// What a sweep came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Everything the rules find in the records as they are.
    pub standing: usize,
    /// What was not found before, by rule.
    pub new: BTreeMap<&'static str, usize>,
}

/// Looks once.
pub async fn supervise(app: &App) -> Result<Swept, ActError> {
    let found = examine(&facts(app).await?);
    let standing = found.len();
    let known = app.db.known_findings(found.iter().map(Found::id).collect()).await?;
    let known: BTreeSet<String> = known.into_iter().collect();
    let mut swept = Swept { standing, new: BTreeMap::new() };
    let new: Vec<&Found> = found.iter().filter(|one| !known.contains(&one.id())).collect();
    for some in new.chunks(AT_ONCE) {
        keep(app, some, &mut swept).await?;
    }
    Ok(swept)
}

/// Keeps findings in one record. Where another node has found one of them meanwhile, each is kept by itself.
async fn keep(app: &App, found: &[&Found], swept: &mut Swept) -> Result<(), ActError> {
    let rows = found.iter().map(|one| Ok(row(app, one)?.write())).collect::<Result<Vec<_>, ActError>>()?;
    match record(app, About::Supervision, Act::of_the_hall("finding.find", app.now()), rows).await {
        Ok(_) => {
            found.iter().for_each(|one| *swept.new.entry(one.rule.code).or_default() += 1);
            Ok(())
        }
        Err(SequencerError::Db(DbError::Constraint(name))) if name == "a_finding_is_found_once" => match found {
            [_] => Ok(()),
            several => {
                for one in several {
                    Box::pin(keep(app, &[one], swept)).await?;
                }
                Ok(())
            }
        },
        Err(error) => Err(error.into()),
    }
}

fn row(app: &App, found: &Found) -> Result<FindingRow, ActError> {
    let hit = &found.hit;
    Ok(FindingRow {
        id: found.id(),
        rule: found.rule.code.to_owned(),
        subject: hit.subject.to_string(),
        period: hit.period.clone(),
        department: hit.department.clone(),
        people: serde_json::to_string(&hit.people).map_err(inconsistent)?,
        said: hit.said.clone(),
        found_at: app.now().as_microsecond(),
        state: "open".to_owned(),
        answerer: None,
        answer_by: None,
        conclusion: None,
        closed_at: None,
    })
}

/// The first moment of a day in the hall's time, in microseconds.
pub(super) fn midnight(day: Date) -> i64 {
    CHINA.to_timestamp(day.at(0, 0, 0, 0)).map_or(i64::MAX, Timestamp::as_microsecond)
}

/// The working days around a day; of a year whose holidays nobody has entered, Monday to Friday.
async fn working_days(app: &App, today: Date) -> Result<WorkingDays, ActError> {
    let calendar = calendar(app).await?;
    let (first, last) = (today.saturating_sub(200.days()), today.saturating_add(60.days()));
    Ok(WorkingDays::between(first, last, |day| calendar.is_working(day).unwrap_or_else(|_| is_weekday(day))))
}

async fn facts(app: &App) -> Result<Facts, ActError> {
    let now = app.now();
    let today = china_date(now);
    let since = midnight(today.saturating_sub(LOOK_BACK_DAYS.days()));
    let mut facts = Facts::none(now, working_days(app, today).await?);
    let stands = app.db.case_stands(since).await?;
    facts.cases = stands.iter().map(case).collect();
    for one in app.db.use_stands(since).await? {
        facts.unfinished.push(UnfinishedUse {
            index: u64::try_from(one.idx).map_err(inconsistent)?,
            at: moment(one.at)?,
            voided: one.state == "voided",
            id: one.id,
            case_no: one.case_no,
            department: one.department,
        });
    }
    for (staff, at) in app.db.done_since(since).await? {
        facts.done.push((staff, moment(at)?));
    }
    decisions(app, &mut facts, since).await?;
    refused(app, &mut facts, since).await?;
    counts(app, &mut facts, today).await?;
    registers(app, &mut facts).await?;
    facts.ledger = ledger(app).await?;
    Ok(facts)
}

/// The day on which a case was decided, if nothing of it waits.
pub(super) fn decided_at(stand: &CaseStand) -> Option<i64> {
    stand.refused_at.or(stand.sealed_at).filter(|_| stand.waiting == 0)
}

/// The last day of a case's promise, extensions included.
pub(super) fn due(stand: &CaseStand) -> Option<Date> {
    stand.due.as_deref().and_then(|day| day.parse().ok())
}

fn case(stand: &CaseStand) -> CaseFact {
    let waits = stand.delivered_at.is_none() && stand.waiting == 0 && stand.refused_at.is_none();
    CaseFact {
        case_no: stand.case_no.clone(),
        title: stand.title.clone(),
        department: stand.department.clone(),
        instant: stand.limit_days == 0,
        due: due(stand),
        decided_on: decided_at(stand).and_then(day),
        undelivered_since: stand.sealed_at.filter(|_| waits).and_then(day),
        held_at: stand.held_at.and_then(|at| Timestamp::from_microsecond(at).ok()),
    }
}

async fn decisions(app: &App, facts: &mut Facts, since: i64) -> Result<(), ActError> {
    let today = china_date(facts.now);
    let mut uses: BTreeMap<String, Vec<DecisionLine>> = BTreeMap::new();
    for line in app.db.decisions_since(since).await? {
        facts.decisions.push(Decision {
            staff: line.staff.clone(),
            at: moment(line.at)?,
            refused: line.decision == "refuse",
            case_no: line.case_no.clone(),
        });
        uses.entry(line.seal_use.clone()).or_default().push(line);
    }
    let mut earlier: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let far = midnight(today.saturating_sub((LOOK_BACK_DAYS + EARLIER_DAYS).days()));
    for (seal_use, asker) in app.db.earlier_askers(since, far).await? {
        earlier.entry(seal_use).or_default().push(asker);
    }
    for (id, lines) in uses {
        let approved: Vec<&DecisionLine> = lines.iter().filter(|line| line.decision == "approve").collect();
        let Some(last) = approved.last() else { continue };
        facts.decided.push(DecidedUse {
            case_no: last.case_no.clone(),
            department: last.department.clone(),
            day: china_date(moment(last.at)?),
            asked_by: vec![last.asked_by.clone(), last.submitted_by.clone()],
            asked_earlier: earlier.remove(&id).unwrap_or_default(),
            approved_by: approved.iter().map(|line| line.staff.clone()).collect(),
            id,
        });
    }
    Ok(())
}

async fn refused(app: &App, facts: &mut Facts, since: i64) -> Result<(), ActError> {
    for line in app.db.refused_between(since, i64::MAX).await? {
        facts.refused.push(RefusedAct {
            codes: codes(&line.codes),
            at: moment(line.at)?,
            staff: line.staff,
            act: line.act,
            subject: line.subject,
        });
    }
    Ok(())
}

/// The codes out of what is kept of a refusal: pairs of code and field.
pub(super) fn codes(kept: &str) -> Vec<String> {
    let pairs: Vec<(String, Option<String>)> = serde_json::from_str(kept).unwrap_or_default();
    pairs.into_iter().map(|(code, _)| code).collect()
}

async fn counts(app: &App, facts: &mut Facts, today: Date) -> Result<(), ActError> {
    let since = midnight(today.saturating_sub(COUNTED_DAYS.days()));
    for (staff, day, count) in app.db.approvals_a_day(since).await? {
        add(facts.by_person.entry(staff).or_default(), day, count);
    }
    for (seal, day, count) in app.db.uses_a_day(since).await? {
        add(facts.by_seal.entry(seal).or_default(), day, count);
    }
    Ok(())
}

fn add(counts: &mut DayCounts, day: i64, count: i64) {
    counts.insert(day_of_number(day), u32::try_from(count).unwrap_or(u32::MAX));
}

/// The day so many days after 1970-01-01.
pub(super) fn day_of_number(number: i64) -> Date {
    date(1970, 1, 1).saturating_add(number.days())
}

async fn registers(app: &App, facts: &mut Facts) -> Result<(), ActError> {
    for row in app.db.all_staff().await? {
        let wrong = |_| inconsistent(format!("staff {}: permit_to", row.id));
        let one = StaffFact {
            name: row.name,
            department: row.department,
            deputy: row.deputy,
            active: row.state == "active",
            permit_no: row.permit_no,
            permit_to: row.permit_to.parse().map_err(wrong)?,
        };
        facts.staff.insert(row.id.clone(), one);
    }
    for row in app.db.seals().await? {
        facts.seals.insert(row.id, Named { name: row.name, department: row.department });
    }
    for department in app.hall.departments.iter().filter(|department| department.issues()) {
        for row in app.db.letters(department.key.as_str()).await?.into_iter().filter(|row| row.state == "filed") {
            let letter = row.to_letter()?;
            facts.letters.push(LetterFact {
                id: row.id,
                department: row.department,
                name: department.name.clone(),
                from: letter.from,
                to: letter.to,
            });
        }
    }
    Ok(())
}

/// What is wrong with the ledger and its witnesses now; what was logged a moment ago may still be on its way.
async fn ledger(app: &App) -> Result<Vec<(String, String)>, ActError> {
    let entries = app.db.entries_end().await?;
    let Some(last) = entries.checked_sub(1) else { return Ok(Vec::new()) };
    let rows = app.db.entry_rows(last, entries).await?;
    if rows.iter().any(|row| row.at + PUBLISHING >= app.now().as_microsecond()) {
        return Ok(Vec::new());
    }
    let mut trouble = Vec::new();
    let checkpoint = app.sequencer.checkpoint();
    let published = checkpoint.as_ref().map_or(0, |signed| signed.claim().size);
    if published < entries {
        let said =
            format!("账本已有{entries}条，公布到{published}条，超过一分钟没有公布到最新。请检查存放账本文件的磁盘。");
        trouble.push(("unpublished".to_owned(), said));
    }
    if let Some(signed) = checkpoint {
        let note = signed.note();
        let cosigned = |witness: &&Witness| {
            let by = |line: &NoteSignature| witness.key.claims(line) && witness.key.verify(note.text(), line).is_ok();
            note.signatures().iter().any(by)
        };
        let silent = app.policy.witnesses().iter().filter(|witness| !cosigned(witness));
        let silent: Vec<&str> = silent.map(|witness| witness.name.as_str()).collect();
        if !silent.is_empty() {
            let said = format!(
                "最新公布的账本（{published}条）没有这些见证人的见证：{}。请查明是否失去联系。",
                silent.join("、")
            );
            trouble.push(("unwitnessed".to_owned(), said));
        }
    }
    Ok(trouble)
}

fn day(at: i64) -> Option<Date> {
    Timestamp::from_microsecond(at).ok().map(china_date)
}

fn moment(at: i64) -> Result<Timestamp, ActError> {
    Timestamp::from_microsecond(at).map_err(inconsistent)
}
