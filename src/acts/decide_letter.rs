//! A letter of authorization on its way: the department's leader signs it or not; the letter as sealed on paper is filed as a
//! scan, and is in force from then on; it is revoked, effective at once (R2).

use crate::app::App;
use crate::db::DbError;
use crate::db::letter::LetterRow;
use crate::db::record::RowWrite;
use crate::hall::authorization::{LetterAct, LetterState};
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::Duty;
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::calendar::moment;
use super::papers::Paper;
use super::person::{Person, reason, refused};
use super::record::{Act, record};
use super::seal_letter::{being_sealed, document};
use super::{ActError, inconsistent};

/// The leader signs a proposed letter (签发).
pub async fn approve_letter(app: &App, person: &Person, letter: &str) -> Result<(), ActError> {
    let run = async {
        let (row, mut reasons) = open(app, person, letter, Whereabouts::InTheHall).await?;
        let leads = person.staff.duty == Duty::Leader;
        reasons.require(leads, "wrong-duty", "授权委托书由部门分管领导签发");
        let own = row.proposed_by.as_ref() == Some(&person.staff.id.to_string());
        reasons.require(!own, "self-approval", "自己拟稿的授权委托书不得由自己签发，请由他人签发");
        let to = after(&row, LetterAct::Approve, &mut reasons);
        reasons.into_result()?;
        let change = step(&row, to)?.set("approved_by", person.staff.id.to_string());
        write(app, Act::by("letter.approve", person, app.now()), change).await
    };
    told(app, "letter-approve", letter, person, run.await).await
}

/// The leader does not sign it, or takes it back before it is filed.
pub async fn decline_letter(app: &App, person: &Person, letter: &str, why: &str) -> Result<(), ActError> {
    let run = async {
        let (row, mut reasons) = open(app, person, letter, Whereabouts::InTheHall).await?;
        let leads = person.staff.duty == Duty::Leader;
        reasons.require(leads, "wrong-duty", "授权委托书由部门分管领导决定是否签发");
        let to = after(&row, LetterAct::Decline, &mut reasons);
        not_being_sealed(app, &row, &mut reasons).await?;
        let why = said(why, &mut reasons);
        reasons.into_result()?;
        let change = step(&row, to)?.set("approved_by", person.staff.id.to_string());
        write(app, Act::by("letter.decline", person, app.now()).because(why), change).await
    };
    told(app, "letter-decline", letter, person, run.await).await
}

/// The letter as signed and sealed on paper is filed: it is in force on its days.
pub async fn file_letter(app: &App, person: &Person, letter: &str, scan: Vec<u8>) -> Result<(), ActError> {
    let run = async {
        let (row, mut reasons) = open(app, person, letter, Whereabouts::InTheHall).await?;
        let files = matches!(person.staff.duty, Duty::Keeper | Duty::Administrator);
        reasons.require(files, "wrong-duty", "授权委托书由部门印章管理员或大厅管理员备案");
        let to = after(&row, LetterAct::File, &mut reasons);
        not_being_sealed(app, &row, &mut reasons).await?;
        let scan = Paper::read("scan", scan, &mut reasons).await?;
        reasons.into_result()?;
        let kept = scan.ok_or_else(|| inconsistent("a scan refused without a reason"))?.keep(app).await?;
        let change = step(&row, to)?.set("filed_as", "scan").set("scan", kept.as_bytes().as_slice());
        write(app, Act::by("letter.file", person, app.now()), change).await
    };
    told(app, "letter-file", letter, person, run.await).await
}

/// Revokes a letter: from this moment on no seal is used under it.
pub async fn revoke_letter(app: &App, person: &Person, letter: &str, why: &str) -> Result<(), ActError> {
    let run = async {
        // Stopping must be possible from anywhere at any hour.
        let (row, mut reasons) = open(app, person, letter, Whereabouts::Anywhere).await?;
        let may = person.staff.duty == Duty::Leader || person.staff.duty == Duty::Chief && !person.staff.deputy;
        reasons.require(may, "wrong-duty", "授权委托书由部门分管领导或首席代表（不含代理）撤销");
        let to = after(&row, LetterAct::Revoke, &mut reasons);
        let why = said(why, &mut reasons);
        reasons.into_result()?;
        let change = step(&row, to)?.set("revoked_at", app.now().as_microsecond());
        write(app, Act::by("letter.revoke", person, app.now()).because(why), change).await
    };
    told(app, "letter-revoke", letter, person, run.await).await
}

/// Where an act may be done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whereabouts {
    InTheHall,
    Anywhere,
}

/// The letter of this person's department (an administrator's: any), and what the person lacks.
async fn open(
    app: &App,
    person: &Person,
    letter: &str,
    whereabouts: Whereabouts,
) -> Result<(LetterRow, Reasons), ActError> {
    let row = app.db.letter(letter).await?.ok_or(ActError::NotFound)?;
    let mut reasons = Reasons::new();
    match whereabouts {
        Whereabouts::InTheHall => {
            person.actor(&app.hall).check_presence(&moment(app).await?, &mut reasons);
        }
        Whereabouts::Anywhere => person.staff.registration.require_active(&mut reasons),
    }
    let own = person.staff.department.as_ref().is_some_and(|own| own.as_str() == row.department);
    let over_all = person.staff.duty == Duty::Administrator;
    reasons.require(own || over_all, "wrong-department", "只能办理本部门的授权委托书");
    Ok((row, reasons))
}

/// What becomes of it by an act; what stands against it is said.
fn after(row: &LetterRow, act: LetterAct, reasons: &mut Reasons) -> Option<LetterState> {
    let state: Option<LetterState> = row.state.parse().ok();
    let to = state.and_then(|state| state.after(act));
    if to.is_none() {
        let now = state.map_or("无法识别的状态", LetterState::title);
        reasons.add("letter-state", format!("授权委托书现为“{now}”，不能办理此项，请刷新后查看"));
    }
    to
}

/// Once its seal is being used it is too late to take it back or to file it otherwise; what cannot be finished is voided first.
async fn not_being_sealed(app: &App, row: &LetterRow, reasons: &mut Reasons) -> Result<(), ActError> {
    if let Some(document) = document(app, &row.id).await? {
        let uses = app.db.uses_of(&document.id).await?;
        if uses.iter().any(|one| matches!(one.state.as_str(), "logged" | "sealed")) {
            reasons.absorb(being_sealed());
        }
    }
    Ok(())
}

fn said(why: &str, reasons: &mut Reasons) -> String {
    reason(why).unwrap_or_else(|refusal| {
        reasons.absorb(refusal);
        String::new()
    })
}

fn step(row: &LetterRow, to: Option<LetterState>) -> Result<RowWrite, ActError> {
    to.map(|to| row.step(to)).ok_or_else(|| inconsistent("a letter's step refused without a reason"))
}

async fn write(app: &App, act: Act, change: RowWrite) -> Result<(), ActError> {
    match record(app, About::Letter, act, vec![change]).await {
        Ok(_) => Ok(()),
        Err(SequencerError::Db(DbError::NothingChanged { .. })) => {
            Err(Refusal::because("letter-state", "授权委托书的状态刚刚已由他人变更，请刷新后查看").into())
        }
        Err(SequencerError::Db(DbError::Constraint(name))) if name == "nobody_approves_an_own_letter" => {
            Err(Refusal::because("self-approval", "自己拟稿的授权委托书不得由自己签发，请由他人签发").into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn told(app: &App, act: &str, letter: &str, person: &Person, done: Result<(), ActError>) -> Result<(), ActError> {
    match done {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, act, letter, person, error).await),
    }
}
