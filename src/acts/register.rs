//! Register: what pages and programs show of staff, nominations, the rota and letters, read for whoever asks.
//!
//! The hall's administrators and auditors see all, a department's leader, chief representatives and keeper their own.

use crate::app::App;
use crate::db::letter::LetterRow;
use crate::db::nomination::NominationRow;
use crate::db::rota::WatchRow;
use crate::db::staff::StaffRow;
use crate::digest::Digest;
use crate::hall::staff::{Duty, Staff};

use super::look::{may_open_letters, name_of, read};
use super::person::Person;
use super::{ActError, inconsistent};

/// A registered person as shown: nothing of what they sign in with but the name.
#[derive(Debug, Clone)]
pub struct Member {
    /// What they sign in with.
    pub login: String,
    /// Who they are.
    pub staff: Staff,
    /// Who nominated them; none: the hall was set up with them.
    pub nominated_by: Option<String>,
    /// Who consented for the centre.
    pub consented_by: Option<String>,
}

/// A nomination with who made it.
#[derive(Debug, Clone)]
pub struct Nomination {
    /// As kept.
    pub row: NominationRow,
    /// Who nominated.
    pub by: String,
}

/// A watch of the rota with who stands in.
#[derive(Debug, Clone)]
pub struct Standing {
    /// As kept.
    pub row: WatchRow,
    /// Who stands in.
    pub deputy: String,
    /// Who put them there.
    pub by: String,
}

/// Whose staff this person may see: `None` all, or one department's.
fn reach(person: &Person) -> Result<Option<String>, ActError> {
    person.require(&[Duty::Leader, Duty::Chief, Duty::Administrator, Duty::Auditor])?;
    Ok(person.staff.department.as_ref().map(ToString::to_string))
}

/// The staff this person may see, by sign-in name.
pub async fn staff(app: &App, person: &Person) -> Result<Vec<Member>, ActError> {
    let reach = reach(person)?;
    let everybody = app.db.all_staff().await?;
    let name = |id: &Option<String>| {
        let found = id.as_ref().and_then(|id| everybody.iter().find(|one| one.id == *id));
        found.map(|one| one.name.clone())
    };
    let seen = everybody.iter().filter(|row| reach.is_none() || row.department == reach);
    seen.map(|row| member(row, name(&row.nominated_by), name(&row.consented_by))).collect()
}

fn member(row: &StaffRow, nominated_by: Option<String>, consented_by: Option<String>) -> Result<Member, ActError> {
    Ok(Member { login: row.login.clone(), staff: row.to_staff()?, nominated_by, consented_by })
}

/// One of them.
pub async fn one(app: &App, person: &Person, staff_id: &str) -> Result<Member, ActError> {
    let all = staff(app, person).await?;
    all.into_iter().find(|member| member.staff.id.to_string() == staff_id).ok_or(ActError::NotFound)
}

/// The nominations that wait for the centre.
pub async fn nominations(app: &App, person: &Person) -> Result<Vec<Nomination>, ActError> {
    let reach = reach(person)?;
    let mut found = Vec::new();
    for row in app.db.open_nominations(reach.as_deref()).await? {
        found.push(Nomination { by: name_of(app, &row.nominated_by).await?, row });
    }
    Ok(found)
}

/// The rota of a person's department as it stands, the latest days first.
pub async fn rota(app: &App, person: &Person) -> Result<Vec<Standing>, ActError> {
    person.require(&[Duty::Leader, Duty::Chief])?;
    let department = person.staff.department.as_ref().ok_or(ActError::NotFound)?;
    let mut found = Vec::new();
    for row in app.db.rota(department.as_str()).await? {
        let (deputy, by) = (name_of(app, &row.deputy).await?, name_of(app, &row.made_by).await?);
        found.push(Standing { row, deputy, by });
    }
    Ok(found)
}

/// The letters of authorization this person may see, the longest-lasting of each department first.
pub async fn letters(app: &App, person: &Person) -> Result<Vec<LetterRow>, ActError> {
    person.require(&[Duty::Leader, Duty::Chief, Duty::Keeper, Duty::Administrator, Duty::Auditor])?;
    let mut found = Vec::new();
    for department in app.hall.departments.iter().filter(|department| department.issues()) {
        if may_open_letters(person, department.key.as_str()) {
            found.extend(app.db.letters(department.key.as_str()).await?);
        }
    }
    Ok(found)
}

/// One of them.
pub async fn letter(app: &App, person: &Person, letter: &str) -> Result<LetterRow, ActError> {
    let row = app.db.letter(letter).await?.ok_or(ActError::NotFound)?;
    if may_open_letters(person, &row.department) { Ok(row) } else { Err(ActError::NotFound) }
}

/// The scan under which a letter was filed.
pub async fn letter_scan(app: &App, person: &Person, id: &str) -> Result<Vec<u8>, ActError> {
    let row = letter(app, person, id).await?;
    let scan = row.scan.ok_or(ActError::NotFound)?;
    read(app, Digest::try_from(scan.as_slice()).map_err(inconsistent)?).await
}
