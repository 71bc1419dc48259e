//! Approve: an approver has seen exactly the bytes that will be sealed, names their digest, and decides. The last
//! approval needed seals them, in this very request: see [`super::seal`] for steps 3 to 9.
//!
//! 1. load
//! 2. decide (pure) -> `Approved`, or a refusal with all its reasons; with it what confirms the decision: a passkey's signature over the digest of
//!    the very statement ([`super::propose`]), or a code ([`super::confirm`])
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
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};

use super::confirm::{CODE_USED, Confirmation, Shown};
use super::facts::UseFacts;
use super::person::{Person, refused};
use super::seal::{Decisive, ENDED, IN_PROGRESS, Work, seal_case};
use super::{ActError, compute, inconsistent};

/// The code of the refusal for whoever decides at the same moment as somebody else.
const ALREADY_DECIDED: &str = "already-decided";

/// What an approver says.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Seal it.
    Approve,
    /// Seal it, as a meeting decided whose record was stored before ([`super::papers::keep_record`]).
    ApproveAfterMeeting(Digest),
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

/// Decides on one use of a seal by the session alone. `shown` is the digest of the unsealed PDF that the approver saw.
pub async fn approve(
    app: &App,
    person: &Person,
    certificate: &str,
    seal_use: &str,
    shown: Digest,
    verdict: Verdict,
) -> Result<Done, ActError> {
    approve_confirmed(app, person, certificate, seal_use, shown, verdict, Confirmation::Session).await
}

/// Decides on one use of a seal; an approval is confirmed by `given`.
pub async fn approve_confirmed(
    app: &App,
    person: &Person,
    certificate: &str,
    seal_use: &str,
    shown: Digest,
    verdict: Verdict,
    given: Confirmation,
) -> Result<Done, ActError> {
    let done = match run(app, person, certificate, seal_use, shown, verdict.clone(), given.clone()).await {
        // Perhaps a second click at the same moment: by now the first is on record, and is the answer.
        Err(ActError::Refused(refusal))
            if refusal.codes().iter().any(|code| [ALREADY_DECIDED, "already-approved", CODE_USED].contains(code)) =>
        {
            run(app, person, certificate, seal_use, shown, verdict, given).await
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
    given: Confirmation,
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
    // Before the question: what is said now is not said later than it is asked about.
    let confirmed = Shown::by(app, person, given).await?;
    let mut question = facts.question(app, person.actor(&app.hall), shown);
    let salt = app.random();
    match verdict {
        Verdict::Refuse(why) => {
            let turned_down = turn_down(&question, why, salt)?;
            let refusal = approval(turned_down.statement(), "refuse", turned_down.why().join("\n"));
            app.db.record_refusal(seal_use, &refusal).await.map_err(second)?;
            return Ok(Done::Refused);
        }
        Verdict::Approve => {}
        Verdict::ApproveAfterMeeting(record) => question.meeting = Some(kept_record(app, record).await?),
    }
    (question.by, question.said_at) = (confirmed.by, confirmed.said_at);
    let (mut reasons, decided) = (Reasons::new(), decide(&question, salt));
    let challenge = decided.as_ref().ok().map(|decided| decided.statement().statement.challenge());
    let held = confirmed.check(app, app.rules.approvals, challenge, &mut reasons).await?;
    let decided = match (decided, reasons.into_result()) {
        (Ok(decided), Ok(())) => decided,
        (Err(refusal), Ok(())) | (Ok(_), Err(refusal)) => return Err(refusal.into()),
        (Err(refusal), Err(more)) => return Err(refusal.with(more).into()),
    };
    let evidence = held.use_up(app, &format!("{seal_use} {}", decided.statement().statement.step)).await?;
    fault::point("2");
    let approval = Approval { evidence, ..approval(decided.statement(), "approve", String::new()) };
    match decided {
        Decided::GoesOn(_) => {
            app.db.record_approval(seal_use, &approval).await.map_err(second)?;
            Ok(Done::Waiting)
        }
        Decided::Complete(approved) => complete(app, &matter, &facts, approved, approval).await,
    }
}

async fn complete(
    app: &App,
    matter: &MatterRow,
    facts: &UseFacts<'_>,
    approved: Approved,
    approval: Approval,
) -> Result<Done, ActError> {
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
            if facts.next_step().is_some() {
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
    let said = if matches!(verdict, Verdict::Refuse(_)) { "refuse" } else { "approve" };
    let who = person.staff.id.to_string();
    let approvals = app.db.approvals_of(seal_use).await?;
    if !approvals.iter().any(|approval| approval.staff == who && approval.decision == said) {
        return Ok(None);
    }
    Ok(match certificate.state.as_str() {
        "refused" if said == "refuse" => Some(Done::Refused),
        _ if certificate.sealed.is_some() => Some(Done::Sealed(app.db.certificates_of(&matter.id).await?)),
        // The earlier request may have gone before it sealed, or be at it: sealing is the same for whoever comes second.
        "submitted" if is_complete(app, matter).await? => Some(seal_complete(app, matter).await?),
        "submitted" => Some(Done::Waiting),
        _ => None,
    })
}

/// The record of a meeting, if it can be shown to everybody who looks at the decision later.
pub(super) async fn kept_record(app: &App, record: Digest) -> Result<Digest, ActError> {
    let store = app.store.clone();
    if compute(move || store.read(&record)).await?.is_ok() {
        return Ok(record);
    }
    let mut reasons = Reasons::new();
    reasons.add_field("meeting-record-missing", "meeting", "没有找到所附的会议记录，请重新选择文件");
    Err(reasons.into_result().map_or_else(ActError::Refused, |()| inconsistent(record)))
}

fn approval(said: &SaltedStatement, decision: &'static str, reasons: String) -> Approval {
    Approval {
        step: said.statement.step.as_str(),
        decision,
        staff: said.statement.who.to_string(),
        at: said.statement.at.as_microsecond(),
        day: china_date(said.statement.at).to_string(),
        statement: said.statement.to_bytes(),
        salt: said.salt,
        reasons,
        meeting: said.statement.meeting.map(|digest| digest.as_bytes().to_vec()),
        evidence: None,
    }
}

/// Somebody else decided this step at the same moment.
fn second(error: DbError) -> ActError {
    match error {
        // The second one is asked again by the rules, which say what is the matter.
        DbError::Constraint(name) if ["one_decision_per_step", "nobody_decides_two_steps"].contains(&name.as_str()) => {
            Refusal::because(ALREADY_DECIDED, "本环节刚刚已由他人作出决定，请刷新后查看").into()
        }
        DbError::Constraint(name) if name == "nobody_approves_an_own_request" => {
            Refusal::because("self-approval", "申请用印的人不得审批自己的申请，请由他人审批").into()
        }
        DbError::Constraint(name) if name == "only_staff_on_duty_decide" => {
            let text = "您的人员登记、工作证或代理值守在审批时已变更，本次决定没有记录，请刷新后查看";
            Refusal::because("conditions-changed", text).into()
        }
        DbError::NothingChanged { .. } => {
            Refusal::because(ALREADY_DECIDED, "本件已不在待审批状态，请刷新后查看").into()
        }
        other => other.into(),
    }
}
