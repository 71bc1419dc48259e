//! Nominate: a department asks the centre to register somebody, or to change a registration (R6). Nothing changes until
//! the centre consents ([`super::consent`]).

use crate::app::App;
use crate::db::DbError;
use crate::db::nomination::NominationRow;
use crate::hall::nomination::{Entered, Nominee, check};
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::{Registration, Staff};
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::calendar::moment;
use super::person::{Person, refused};
use super::record::{Act, record};
use super::{ActError, inconsistent};

/// Nominates somebody; `of`: whose registration is to change. Gives the nomination.
pub async fn nominate(app: &App, person: &Person, entered: &Entered, of: Option<&str>) -> Result<String, ActError> {
    match run(app, person, entered, of).await {
        Ok(id) => Ok(id),
        Err(error) => Err(refused(app, "staff-nominate", &entered.login, person, error).await),
    }
}

async fn run(app: &App, person: &Person, entered: &Entered, of: Option<&str>) -> Result<String, ActError> {
    let of = match of {
        Some(id) => Some(app.db.staff(id).await?.ok_or(ActError::NotFound)?),
        None => None,
    };
    let changed: Option<Staff> = of.as_ref().map(|row| row.to_staff()).transpose()?;
    let mut reasons = Reasons::new();
    person.actor(&app.hall).check_presence(&moment(app).await?, &mut reasons);
    if changed.as_ref().is_some_and(|staff| staff.registration == Registration::Ended) {
        reasons.add("not-registered", "人员登记已终止，请以新的工号另行提名");
    }
    // A change keeps the account.
    let login = of.as_ref().map_or(entered.login.trim(), |row| row.login.as_str());
    if of.is_none() && app.db.staff_by_login(login).await?.is_some() {
        reasons.add_field("login-taken", "login", "这个工号已有人使用，请另取一个");
    }
    let entered = Entered { login: login.to_owned(), ..entered.clone() };
    let nominee = match check(&entered, &person.staff, changed.as_ref(), &app.hall, china_date(app.now())) {
        Ok(nominee) => Some(nominee),
        Err(refusal) => {
            reasons.absorb(refusal);
            None
        }
    };
    reasons.into_result()?;
    let nominee = nominee.ok_or_else(|| inconsistent("a nomination without a nominee"))?;
    let row = row(app, person, &nominee, of.map(|row| row.id))?;
    let act = Act::by("staff.nominate", person, app.now());
    match record(app, About::Staff, act, vec![row.write()]).await {
        Ok(_) => Ok(row.id),
        Err(SequencerError::Db(DbError::Constraint(name))) if name == "one_open_nomination_per_account" => {
            Err(Refusal::because("nominated-already", "这个工号已有提名在等中心审核，请等审核后再提").into())
        }
        Err(error) => Err(error.into()),
    }
}

fn row(app: &App, person: &Person, nominee: &Nominee, staff: Option<String>) -> Result<NominationRow, ActError> {
    Ok(NominationRow {
        id: app.new_uuid().to_string(),
        staff,
        login: nominee.login.to_string(),
        name: nominee.name.clone(),
        duty: nominee.duty.as_str().to_owned(),
        department: nominee.department.as_ref().map(ToString::to_string),
        deputy: nominee.deputy,
        windows: serde_json::to_string(&nominee.windows).map_err(inconsistent)?,
        grade: nominee.grade.as_str().to_owned(),
        posted_from: nominee.posting.map(|posting| posting.from.to_string()),
        posted_to: nominee.posting.map(|posting| posting.to.to_string()),
        hours: nominee.hours.map(|hours| hours.spelling()),
        permit_to: nominee.permit_to.to_string(),
        nominated_by: person.staff.id.to_string(),
        nominated_at: app.now().as_microsecond(),
        state: "nominated".to_owned(),
        decided_by: None,
        decided_at: None,
    })
}
