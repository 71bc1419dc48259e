//! Approve: an approver has seen exactly the bytes that will be sealed, names their digest, and decides. The last
//! approval needed seals them, in this very request: see [`super::seal`] for steps 3 to 9.
//!
//! 1. load
//! 2. decide (pure) -> `Approved`, or a refusal with all its reasons
//!
//! A case with several uses of seals (joint approval) records each decision first and seals when the last one is in.

use crate::app::App;
use crate::db::DbError;
use crate::db::certificate::CertificateRow;
use crate::db::ledger::Approval;
use crate::db::matter::MatterRow;
use crate::digest::Digest;
use crate::fault;
use crate::hall::approval::{Approved, Decided, SaltedStatement, decide, turn_down};
use crate::hall::refusal::{Reasons, Refusal};

use super::facts::UseFacts;
use super::person::{Person, refused};
use super::seal::{Decisive, ENDED, IN_PROGRESS, Work, seal_case};
use super::{ActError, inconsistent};

/// The code of the refusal for whoever decides at the same moment as somebody else.
const ALREADY_DECIDED: &str = "already-decided";

/// What an approver says.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Seal it.
    Approve,
    /// Do not, for these reasons.
    Refuse(Vec<String>),
}

/// What came of a decision.
#[derive(Debug)]
pub enum Done {
    /// Recorded; others still have to decide.
    Waiting,
    /// Recorded; the case ends here.
    Refused,
    /// Sealed: the documents of the case.
    Sealed(Vec<CertificateRow>),
}

/// Decides on one use of a seal. `shown` is the digest of the unsealed PDF that the approver saw.
pub async fn approve(
    app: &App,
    person: &Person,
    certificate: &str,
    seal_use: &str,
    shown: Digest,
    verdict: Verdict,
) -> Result<Done, ActError> {
    let done = match run(app, person, certificate, seal_use, shown, verdict.clone()).await {
        // Perhaps a second click at the same moment: by now the first is on record, and is the answer.
        Err(ActError::Refused(refusal))
            if refusal.codes().iter().any(|code| [ALREADY_DECIDED, "already-approved"].contains(code)) =>
        {
            run(app, person, certificate, seal_use, shown, verdict).await
        }
        done => done,
    };
    match done {
        Ok(done) => Ok(done),
        Err(error) => Err(refused(app, "approve", certificate, person, error).await),
    }
}

async fn run(
    app: &App,
    person: &Person,
    certificate: &str,
    seal_use: &str,
    shown: Digest,
    verdict: Verdict,
) -> Result<Done, ActError> {
    // 1
    let row = app.db.certificate(certificate).await?.ok_or(ActError::NotFound)?;
    let matter = app.db.matter(&row.matter).await?.ok_or_else(|| inconsistent(&row.matter))?;
    let uses = app.db.uses_of(certificate).await?;
    let wanted = uses.into_iter().find(|one| one.id == seal_use).ok_or(ActError::NotFound)?;
    if let Some(done) = decided_before(app, person, &matter, &row, seal_use, &verdict).await? {
        return Ok(done);
    }
    let facts = UseFacts::load(app, &matter, row, wanted).await?;
    fault::point("1");
    // 2
    let question = facts.question(app, person.actor(&app.hall), shown);
    let salt = app.random();
    let decided = match verdict {
        Verdict::Refuse(why) => {
            let turned_down = turn_down(&question, why, salt)?;
            let refusal = approval(turned_down.statement(), "refuse", turned_down.why().join("\n"));
            app.db.record_refusal(seal_use, &refusal).await.map_err(second)?;
            return Ok(Done::Refused);
        }
        Verdict::Approve => decide(&question, salt)?,
    };
    fault::point("2");
    match decided {
        Decided::NeedsLeader(statement) => {
            let approval = approval(&statement, "approve", String::new());
            app.db.record_approval(seal_use, &approval).await.map_err(second)?;
            Ok(Done::Waiting)
        }
        Decided::Complete(approved) => complete(app, &matter, &facts, approved).await,
    }
}

async fn complete(app: &App, matter: &MatterRow, facts: &UseFacts<'_>, approved: Approved) -> Result<Done, ActError> {
    let approval = approval(approved.statement(), "approve", String::new());
    let alone = app.db.uses_of_case(&matter.id).await?.len() == 1;
    if alone {
        let decisive = Decisive { seal_use: facts.seal_use.id.clone(), approved, approval };
        return Ok(Done::Sealed(seal_case(app, matter, Work::Decided(Box::new(decisive))).await?));
    }
    // Recorded first, so that of two last approvers at the same moment at least one finds the case complete.
    app.db.record_approval(&facts.seal_use.id, &approval).await.map_err(second)?;
    if is_complete(app, matter).await? { seal_complete(app, matter).await } else { Ok(Done::Waiting) }
}

/// Seals what everybody has approved. If a rule refuses that, it stays approved and unsealed until an approver asks again:
/// nothing may be sealed later, while nobody is there, after somebody was told that it was not.
async fn seal_complete(app: &App, matter: &MatterRow) -> Result<Done, ActError> {
    match seal_case(app, matter, Work::Complete).await {
        Err(ActError::Refused(refusal)) if ![[IN_PROGRESS], [ENDED]].iter().any(|code| refusal.codes() == code) => {
            if app.db.certificates_of(&matter.id).await?.iter().any(|one| one.state != "submitted") {
                return Err(refusal.into()); // it was voided
            }
            app.db.hold(&matter.id, app.now().as_microsecond()).await?;
            let kept = "审批意见已经记录，但没有用印；上述原因消除后，请再次批准，届时用印";
            let mut reasons = Reasons::new();
            reasons.absorb(refusal);
            reasons.add("approved-not-sealed", kept);
            Err(reasons.into_result().map_or_else(ActError::Refused, |()| inconsistent(&matter.id)))
        }
        other => Ok(Done::Sealed(other?)),
    }
}

/// Whether every use of the case has all its approvals.
pub(super) async fn is_complete(app: &App, matter: &MatterRow) -> Result<bool, ActError> {
    for certificate in app.db.certificates_of(&matter.id).await? {
        for seal_use in app.db.uses_of(&certificate.id).await? {
            if seal_use.state != "asked" {
                continue; // somebody is sealing the case already; sealing is the same statement for whoever comes second
            }
            let facts = UseFacts::load(app, matter, certificate.clone(), seal_use).await?;
            let (chief, leader) = facts.approved_by();
            if !chief || (facts.needs_leader() && !leader) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// A second click or a retried request: the same person has decided the same before.
async fn decided_before(
    app: &App,
    person: &Person,
    matter: &MatterRow,
    certificate: &CertificateRow,
    seal_use: &str,
    verdict: &Verdict,
) -> Result<Option<Done>, ActError> {
    let (said, who) =
        (if matches!(verdict, Verdict::Approve) { "approve" } else { "refuse" }, person.staff.id.to_string());
    let approvals = app.db.approvals_of(seal_use).await?;
    if !approvals.iter().any(|approval| approval.staff == who && approval.decision == said) {
        return Ok(None);
    }
    Ok(match certificate.state.as_str() {
        "refused" if said == "refuse" => Some(Done::Refused),
        "sealed" | "withdrawn" => Some(Done::Sealed(app.db.certificates_of(&matter.id).await?)),
        // The earlier request may have gone before it sealed, or be at it: sealing is the same for whoever comes second.
        "submitted" if is_complete(app, matter).await? => Some(seal_complete(app, matter).await?),
        "submitted" => Some(Done::Waiting),
        _ => None,
    })
}

fn approval(said: &SaltedStatement, decision: &'static str, reasons: String) -> Approval {
    Approval {
        step: said.statement.step.as_str(),
        decision,
        staff: said.statement.who.to_string(),
        at: said.statement.at.as_microsecond(),
        statement: said.statement.to_bytes(),
        salt: said.salt,
        reasons,
    }
}

/// Somebody else decided this step at the same moment.
fn second(error: DbError) -> ActError {
    match error {
        DbError::Constraint(name) if name == "one_decision_per_step" => {
            Refusal::because(ALREADY_DECIDED, "本环节刚刚已由他人作出决定，请刷新后查看").into()
        }
        DbError::NothingChanged { .. } => {
            Refusal::because(ALREADY_DECIDED, "本件已不在待审批状态，请刷新后查看").into()
        }
        other => other.into(),
    }
}
