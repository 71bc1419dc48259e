//! Consent: the centre registers whom a department has nominated and issues the permit (工作证), or declines (R6). Never the
//! one who nominated.

use crate::app::App;
use crate::db::DbError;
use crate::db::nomination::{NOMINATION, NominationRow};
use crate::db::record::RowWrite;
use crate::db::staff::{STAFF, StaffRow};
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::{Duty, StaffAct};
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::calendar::moment;
use super::person::{Person, reason, refused};
use super::record::{Act, record};
use super::sign_in::hash_password;
use super::{ActError, compute, inconsistent};

/// Letters and digits of first passwords: none that are mistaken for another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What came of a consent.
#[derive(Debug)]
pub struct Consented {
    /// The person.
    pub staff: String,
    /// What they sign in with.
    pub login: String,
    /// The first password of a new account: shown once, kept nowhere.
    pub first_password: Option<String>,
}

/// Consents to a nomination.
pub async fn consent(app: &App, person: &Person, nomination: &str) -> Result<Consented, ActError> {
    match run(app, person, nomination).await {
        Ok(done) => Ok(done),
        Err(error) => Err(refused(app, "staff-consent", nomination, person, error).await),
    }
}

/// Declines a nomination.
pub async fn decline(app: &App, person: &Person, nomination: &str, why: &str) -> Result<(), ActError> {
    let run = async {
        let row = open(app, person, nomination).await?;
        let act = Act::by("staff.decline", person, app.now()).because(reason(why)?);
        let decided = decided(app, person, &row, "declined");
        record(app, About::Staff, act, vec![decided]).await.map_err(not_possible)?;
        Ok(())
    };
    match run.await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "staff-decline", nomination, person, error).await),
    }
}

async fn run(app: &App, person: &Person, nomination: &str) -> Result<Consented, ActError> {
    let row = open(app, person, nomination).await?;
    let today = china_date(app.now());
    if row.permit_to < today.to_string() {
        return Err(Refusal::because("permit-term", "所请工作证有效期已过，请部门重新提名").into());
    }
    let act = Act::by("staff.consent", person, app.now());
    let decided = decided(app, person, &row, "consented");
    if let Some(id) = &row.staff {
        let before = app.db.staff(id).await?.ok_or_else(|| inconsistent(id))?;
        let change = change(&row, &before, person)?;
        record(app, About::Staff, act, vec![change, decided]).await.map_err(not_possible)?;
        // What a session knows of windows and duty is no longer so.
        app.db.end_sessions(id).await?;
        return Ok(Consented { staff: before.id, login: before.login, first_password: None });
    }
    let first_password = first_password(app);
    let (secret, salt) = (first_password.clone(), app.random());
    let password = compute(move || hash_password(&secret, &salt)).await??;
    let number = app.db.take_number("permit", today.year()).await?;
    let staff = StaffRow {
        id: app.new_uuid().to_string(),
        side: side(&row)?,
        login: row.login.clone(),
        name: row.name.clone(),
        duty: row.duty.clone(),
        department: row.department.clone(),
        deputy: row.deputy,
        windows: row.windows.clone(),
        grade: row.grade.clone(),
        posted_from: row.posted_from.clone(),
        posted_to: row.posted_to.clone(),
        hours: row.hours.clone(),
        password,
        permit_no: format!("{}{:04}{number:04}", app.hall.area, today.year()),
        permit_from: today.to_string(),
        permit_to: row.permit_to.clone(),
        nominated_by: Some(row.nominated_by.clone()),
        consented_by: Some(person.staff.id.to_string()),
        state: "active".to_owned(),
    };
    record(app, About::Staff, act, vec![staff.write(), decided]).await.map_err(not_possible)?;
    Ok(Consented { staff: staff.id, login: staff.login, first_password: Some(first_password) })
}

/// The nomination, if this person may decide on it now.
async fn open(app: &App, person: &Person, nomination: &str) -> Result<NominationRow, ActError> {
    person.require(&[Duty::Administrator])?;
    let row = app.db.nomination(nomination).await?.ok_or(ActError::NotFound)?;
    let mut reasons = Reasons::new();
    person.actor(&app.hall).check_presence(&moment(app).await?, &mut reasons);
    reasons.require(row.state == "nominated", "decided-already", "这项提名已经办结，请刷新后查看");
    reasons.require(
        row.nominated_by != person.staff.id.to_string(),
        "own-nomination",
        "自己提名的不得由自己审核，请由另一名大厅管理员审核",
    );
    let own = row.staff.as_ref().is_some_and(|staff| *staff == person.staff.id.to_string());
    reasons.require(!own, "yourself", "不得审核对自己登记的变更，请由另一名大厅管理员审核");
    reasons.into_result()?;
    Ok(row)
}

fn decided(app: &App, person: &Person, row: &NominationRow, state: &'static str) -> RowWrite {
    RowWrite::change(&NOMINATION, &row.id)
        .set("state", state)
        .set("decided_by", person.staff.id.to_string())
        .set("decided_at", app.now().as_microsecond())
        .was("state", "nominated")
}

/// Account, department, duty and side stay.
fn change(row: &NominationRow, before: &StaffRow, person: &Person) -> Result<RowWrite, ActError> {
    let state = before.to_staff()?.registration;
    if row.duty != before.duty || row.department != before.department {
        return Err(Refusal::because("duty-fixed", "一个账号只有一个岗位、一个部门，不得变更").into());
    }
    if state.after(StaffAct::End).is_none() {
        return Err(Refusal::because("not-registered", "人员登记已终止，请以新的工号另行提名").into());
    }
    Ok(RowWrite::change(&STAFF, &before.id)
        .set("name", &row.name)
        .set("deputy", row.deputy)
        .set("windows", &row.windows)
        .set("grade", &row.grade)
        .set("posted_from", row.posted_from.as_ref())
        .set("posted_to", row.posted_to.as_ref())
        .set("hours", row.hours.as_ref())
        .set("permit_to", &row.permit_to)
        .set("nominated_by", &row.nominated_by)
        .set("consented_by", person.staff.id.to_string())
        .was("state", state.as_str()))
}

fn side(row: &NominationRow) -> Result<String, ActError> {
    let duty: Duty = row.duty.parse().map_err(inconsistent)?;
    Ok(duty.side().as_str().to_owned())
}

/// Four groups of four: 80 bits.
fn first_password(app: &App) -> String {
    let drawn: Vec<char> =
        app.random().iter().take(16).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    drawn.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// What the rows do not allow is a refusal.
fn not_possible(error: SequencerError) -> ActError {
    let name = match error {
        SequencerError::Db(DbError::Constraint(name)) => name,
        SequencerError::Db(DbError::NothingChanged { .. }) => {
            return Refusal::because("decided-already", "这项提名刚刚已由他人办结，请刷新后查看").into();
        }
        other => return other.into(),
    };
    match name.as_str() {
        "staff_login_is_unique" => Refusal::because("login-taken", "这个工号已有人使用，请部门另取工号重新提名").into(),
        "managing_using_and_auditing_are_apart" => {
            Refusal::because("duties-apart", "管理、使用、审计三类职责相互分离，同一账号不得改任另一类岗位").into()
        }
        "approvers_are_civil_servants_or_established" => {
            Refusal::because("not-established", "审批人员须由公务员或事业编制人员担任").into()
        }
        "chief_representatives_stay_two_years" => {
            Refusal::because("posting-too-short", "首席代表派驻窗口不少于两年").into()
        }
        "nobody_consents_to_an_own_nomination" => Refusal::because("own-nomination", "自己提名的不得由自己审核").into(),
        _ => SequencerError::Db(DbError::Constraint(name)).into(),
    }
}
