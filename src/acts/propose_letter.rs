//! Propose a letter of authorization (授权委托书): powers, items and dates from the department's chief representative or keeper,
//! composed from the template, for the department's leader to sign (R2).

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::app::App;
use crate::db::letter::LetterRow;
use crate::digest::Digest;
use crate::hall::authorization::{CERTIFICATE, CoveredItems, EnteredLetter, Letter, LetterState, check_proposal};
use crate::hall::department::Department;
use crate::hall::id::ItemCode;
use crate::hall::opening::china_date;
use crate::hall::refusal::Reasons;
use crate::ledger::entry::About;

use super::calendar::moment;
use super::draft::{Draft, compose};
use super::person::{Person, refused};
use super::record::{Act, record};
use super::seal_letter::data;
use super::{ActError, inconsistent};

/// Proposes a letter; gives it.
pub async fn propose_letter(app: &App, person: &Person, entered: &EnteredLetter) -> Result<String, ActError> {
    match run(app, person, entered).await {
        Ok(id) => Ok(id),
        Err(error) => Err(refused(app, "letter-propose", person.login.as_str(), person, error).await),
    }
}

async fn run(app: &App, person: &Person, entered: &EnteredLetter) -> Result<String, ActError> {
    let today = china_date(app.now());
    let mut reasons = Reasons::new();
    person.actor(&app.hall).check_presence(&moment(app).await?, &mut reasons);
    let letter = match check_proposal(entered, &person.staff, &app.hall, today) {
        Ok(letter) => Some(letter),
        Err(refusal) => {
            reasons.absorb(refusal);
            None
        }
    };
    let department = person.staff.department.as_ref().map(ToString::to_string).unwrap_or_default();
    let chief = chief_of(app, &department).await?;
    reasons.require(chief.is_some(), "no-chief", "本部门没有在岗的首席代表，请先提名首席代表");
    reasons.into_result()?;
    let letter = letter.ok_or_else(|| inconsistent("a letter without a text"))?;
    let mut row = compose_letter(app, &letter, chief.as_deref(), today).await?;
    row.proposed_by = Some(person.staff.id.to_string());
    record(app, About::Letter, Act::by("letter.propose", person, app.now()), vec![row.write()]).await?;
    Ok(row.id)
}

/// The name of the department's chief representative on duty.
pub(super) async fn chief_of(app: &App, department: &str) -> Result<Option<String>, ActError> {
    let everybody = app.db.all_staff().await?;
    let chief = everybody.into_iter().find(|person| {
        person.duty == "chief"
            && !person.deputy
            && person.state == "active"
            && person.department.as_deref() == Some(department)
    });
    Ok(chief.map(|chief| chief.name))
}

/// Composes a letter with a number of its own and stores it; the row to be recorded.
pub(super) async fn compose_letter(
    app: &App,
    letter: &Letter,
    chief: Option<&str>,
    issued: Date,
) -> Result<LetterRow, ActError> {
    let department = app.hall.department(&letter.department).ok_or_else(|| inconsistent(&letter.department))?;
    let chief = chief.unwrap_or("首席代表");
    let of_department = app.hall.items.iter().filter(|item| item.department == department.key);
    let number = format!("授权〔{}〕{}号", issued.year(), app.db.take_number("letter", issued.year()).await?);
    let document = compose_paper(app, department, data(app, department, letter, chief, issued)?, &number).await?;
    let codes: Vec<ItemCode> = match &letter.items {
        CoveredItems::All => of_department.map(|item| item.code.clone()).collect(),
        CoveredItems::Listed(codes) => codes.iter().cloned().collect(),
    };
    Ok(LetterRow {
        id: app.new_uuid().to_string(),
        department: department.key.to_string(),
        chief: chief.to_owned(),
        powers: serde_json::to_string(&letter.powers).map_err(inconsistent)?,
        items: serde_json::to_string(&codes).map_err(inconsistent)?,
        first_day: letter.from.to_string(),
        last_day: letter.to.to_string(),
        document: document.as_bytes().to_vec(),
        number,
        issued: issued.to_string(),
        state: LetterState::Proposed.as_str().to_owned(),
        proposed_by: None,
        approved_by: None,
        filed_as: None,
        scan: None,
        sealed: None,
        revoked_at: None,
    })
}

async fn compose_paper(
    app: &App,
    department: &Department,
    data: Map<String, Value>,
    number: &str,
) -> Result<Digest, ActError> {
    let template =
        app.templates.named(CERTIFICATE).ok_or_else(|| inconsistent("no template for letters of authorization"))?;
    let draft = Draft::of_letter(template.clone(), data, department);
    let composed = compose(app, &draft, number, &app.base_url, app.now()).await?;
    Ok(app.store.put(&composed.pdf)?)
}
