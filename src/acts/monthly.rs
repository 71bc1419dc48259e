//! The month's figures (R19), and the monthly report (月通报): composed from a template like any document of the hall, and filed.
//! Where the hall has an item for it, a window asks for its sealing: from then on it is a case like any other.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::db::DbError;
use crate::db::supervised::CaseStand;
pub use crate::db::supervision::ReportRow;
use crate::digest::Digest;
use crate::hall::department::{Role, Window};
use crate::hall::item::Item;
use crate::hall::opening::china_date;
use crate::hall::refusal::Refusal;
use crate::hall::staff::Duty;
use crate::hall::supervision::bulletin;
use crate::hall::supervision::figures::{CaseCount, Counted, Figures, FindingCount, Month};
use crate::hall::supervision::kinds;
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::draft::{Draft, Request, compose};
use super::person::{Person, refused};
use super::record::{Act, record};
use super::submit::{Submitted, submit_form};
use super::supervise::{codes, day_of_number, decided_at, due, midnight};
use super::{ActError, compute, inconsistent};

/// Name of the template, and of the certificate that an item for it issues.
const TEMPLATE: &str = "政务服务电子监察通报";

/// The figures of a month, as far as it has come.
pub async fn figures(app: &App, person: &Person, month: Month) -> Result<Figures, ActError> {
    person.require(&[Duty::Auditor, Duty::Administrator])?;
    let this = Month::of(china_date(app.now()));
    if month > this {
        return Err(Refusal::because("month-to-come", "还没有到这个月，请选择本月或以前的月份").into());
    }
    count(app, month).await
}

async fn count(app: &App, month: Month) -> Result<Figures, ActError> {
    let (from, to) = (midnight(month.first()), midnight(month.last().saturating_add(1.day())));
    let mut counted = Counted::default();
    uses(app, month, (from, to), &mut counted).await?;
    let closing = month.last().min(china_date(app.now()));
    for stand in app.db.case_stands_between(from, to).await? {
        counted.cases.push(case(&stand, (from, to), closing));
    }
    for line in app.db.refused_between(from, to).await? {
        counted.refused_acts += 1;
        for kind in kinds(&codes(&line.codes)) {
            *counted.refused.entry(kind.to_owned()).or_default() += 1;
        }
    }
    for stand in app.db.finding_stands(from, to).await? {
        counted.findings.push(FindingCount {
            rule: stand.rule,
            state: stand.state.parse().map_err(inconsistent)?,
            conclusion: stand.conclusion.as_deref().map(str::parse).transpose().map_err(inconsistent)?,
            of_month: stand.found_at >= from,
        });
    }
    items(app, closing, &mut counted).await?;
    Ok(Figures::of(month, &counted))
}

async fn uses(app: &App, month: Month, (from, to): (i64, i64), counted: &mut Counted) -> Result<(), ActError> {
    for line in app.db.use_counts(from, to).await? {
        let count = u32::try_from(line.count).unwrap_or(u32::MAX);
        let department = line.department.parse().ok().and_then(|key| app.hall.department(&key));
        let item = line.item.parse().ok().and_then(|code| app.hall.item(&code));
        let window = line.window_no.parse().ok().and_then(|no| app.hall.window(&no));
        let named = [
            (&mut counted.by_department, department.map_or(line.department, |one| one.name.clone())),
            (&mut counted.by_item, item.map_or(line.item, |one| one.name.clone())),
            (&mut counted.by_window, window.map_or(line.window_no.clone(), Window::title)),
        ];
        for (counts, name) in named {
            *counts.entry(name).or_default() += count;
        }
    }
    let mut months: BTreeMap<Month, u32> = BTreeMap::new();
    for (_, day, count) in app.db.uses_a_day(midnight(month.back(11).first())).await? {
        *months.entry(Month::of(day_of_number(day))).or_default() += u32::try_from(count).unwrap_or(u32::MAX);
    }
    counted.by_month = months;
    Ok(())
}

fn case(stand: &CaseStand, (from, to): (i64, i64), closing: Date) -> CaseCount {
    let within = |at: i64| from <= at && at < to;
    let (decided, due) = (decided_at(stand), due(stand));
    let on = |at: i64| Timestamp::from_microsecond(at).ok().map(china_date);
    CaseCount {
        instant: stand.limit_days == 0,
        accepted: within(stand.submitted_at),
        decided: decided.is_some_and(within),
        refused: stand.refused_at.is_some(),
        late: due.zip(decided.and_then(on)).is_some_and(|(due, day)| day > due),
        delivered: stand.delivered_at.is_some_and(within),
        overdue: decided.is_none_or(|at| at >= to) && due.is_some_and(|due| due < closing),
    }
}

/// The items in the hall: how many, authorized on a day, applied for online, done on the spot.
async fn items(app: &App, day: Date, counted: &mut Counted) -> Result<(), ActError> {
    for department in app.hall.departments.iter().filter(|department| department.issues()) {
        let mut letters = Vec::new();
        for row in app.db.letters(department.key.as_str()).await?.into_iter().filter(|row| row.state == "filed") {
            letters.push(row.to_letter()?);
        }
        for item in app.hall.items.iter().filter(|item| item.department == department.key) {
            counted.items += 1;
            counted.authorized += u32::from(letters.iter().any(|letter| letter.covers(&item.code, day)));
            counted.online += u32::from(app.templates.named(&item.certificate).is_some());
            counted.instant += u32::from(item.is_instant());
        }
    }
    Ok(())
}

/// Composes the report of a month that is over, or of this one so far, and files it as the next version.
pub async fn make(app: &App, person: &Person, month: Month) -> Result<ReportRow, ActError> {
    match run(app, person, month).await {
        Ok(row) => Ok(row),
        Err(error) => Err(refused(app, "monthly-report", &month.to_string(), person, error).await),
    }
}

async fn run(app: &App, person: &Person, month: Month) -> Result<ReportRow, ActError> {
    person.require(&[Duty::Auditor])?;
    let figures = figures(app, person, month).await?;
    let pdf = document(app, month, &figures).await?;
    let store = app.store.clone();
    let document = compute(move || store.put(&pdf)).await??;
    let earlier = app.db.monthly_reports().await?.into_iter().filter(|row| row.month == month.to_string());
    let row = ReportRow {
        month: month.to_string(),
        version: earlier.map(|row| row.version).max().unwrap_or(0) + 1,
        figures: serde_json::to_string(&figures).map_err(inconsistent)?,
        document: document.as_bytes().to_vec(),
        staff: person.staff.id.to_string(),
        at: app.now().as_microsecond(),
    };
    match record(app, About::Supervision, Act::by("report.file", person, app.now()), vec![row.write()]).await {
        Ok(_) => Ok(row),
        Err(SequencerError::Db(DbError::Constraint(_))) => {
            Err(ActError::Conflict("另一位监察审计员刚刚编制了同一月份的通报"))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the template takes.
fn data(hall: &str, figures: &Figures, day: Date) -> Map<String, Value> {
    Map::from_iter([
        ("标题".to_owned(), json!(bulletin::title(hall, figures))),
        ("正文".to_owned(), bulletin::body(figures)),
        ("成文日期".to_owned(), json!(day.to_string())),
    ])
}

async fn document(app: &App, month: Month, figures: &Figures) -> Result<Vec<u8>, ActError> {
    let template = app.templates.named(TEMPLATE).ok_or_else(|| inconsistent(TEMPLATE))?;
    let of_centre = |role: &Role| matches!(role, Role::Centre);
    let centre = app.hall.departments.iter().find(|one| of_centre(&one.role)).or(app.hall.departments.first());
    let centre = centre.ok_or_else(|| inconsistent("a hall without departments"))?;
    let data = data(&app.hall.name, figures, china_date(app.now()));
    let draft = Draft::of_letter(template.clone(), data, centre);
    let number = format!("监察通报〔{}〕{}号", month.first().year(), month.first().month());
    Ok(compose(app, &draft, &number, &app.base_url, app.now()).await?.pdf)
}

/// The reports filed, the newest first.
pub async fn reports(app: &App, person: &Person) -> Result<Vec<ReportRow>, ActError> {
    person.require(&[Duty::Auditor, Duty::Administrator, Duty::Clerk])?;
    Ok(app.db.monthly_reports().await?)
}

/// The PDF of a report as filed.
pub async fn pdf(app: &App, person: &Person, month: Month, version: i64) -> Result<Vec<u8>, ActError> {
    let row = one(app, person, month, version).await?;
    let digest = Digest::try_from(row.document.as_slice()).map_err(inconsistent)?;
    let store = app.store.clone();
    Ok(compute(move || store.read(&digest)).await??)
}

async fn one(app: &App, person: &Person, month: Month, version: i64) -> Result<ReportRow, ActError> {
    let mut rows = reports(app, person).await?.into_iter();
    rows.find(|row| row.month == month.to_string() && row.version == version).ok_or(ActError::NotFound)
}

/// The item under which the hall has its reports sealed, if it has one.
pub fn item(app: &App) -> Option<&Item> {
    app.hall.items.iter().find(|item| item.certificate == TEMPLATE)
}

/// A window asks for the sealing of a report as filed: the same figures, a case like any other from here on. Asked again, gives the
/// case that this person has asked for, unless that was refused.
pub async fn ask_for_seal(app: &App, person: &Person, month: Month, version: i64) -> Result<Submitted, ActError> {
    person.require(&[Duty::Clerk])?;
    let row = one(app, person, month, version).await?;
    let text = "本厅没有设立通报用印的事项，通报只能存档；需要用印的，请在大厅配置中设立该事项";
    let item = item(app).ok_or_else(|| ActError::from(Refusal::because("no-item", text)))?;
    let figures: Figures = serde_json::from_str(&row.figures).map_err(inconsistent)?;
    let filed = Timestamp::from_microsecond(row.at).map_err(inconsistent)?;
    let request = Request {
        item: Some(item.code.clone()),
        data: data(&app.hall.name, &figures, china_date(filed)),
        materials: item.guide.materials.iter().cloned().collect(),
        ..Request::default()
    };
    let mut asked = 0;
    loop {
        let submitted = submit_form(app, person, &format!("report {month}/{version} {asked}"), &request).await?;
        if !submitted.certificates.iter().any(|one| matches!(one.state.as_str(), "refused" | "voided")) {
            return Ok(submitted);
        }
        asked += 1;
    }
}
