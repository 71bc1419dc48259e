//! Whether a use of a seal is approved: the hall's rules R2 to R6 and R11, asked all at once.
//!
//! [`decide`] is the only maker of [`Approved`], and nothing is sealed without one. In scope: who may approve what,
//! when and where. Out of scope: whether the person really is who the caller says (sign-in, the passkey's signature), and whether the
//! facts still hold when the use is written into the ledger (the database asks again in that very transaction).

mod rules;
mod statement;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

pub use self::statement::{Accepted, Decision, MAX_STATEMENT, SaltedStatement, Statement, StatementError, Step};
use super::authorization::{Letter, LetterState};
use super::certificate::{CertificateState, Standing};
use super::fee::Fee;
use super::id::{CaseNumber, CertificateId, DepartmentKey, SealId, StaffId};
use super::item::{Item, Weight};
use super::means::Means;
use super::opening::{Moment, china_date};
use super::refusal::{Reasons, Refusal};
use super::rota::Watch;
use super::seal::{SealKind, SealState};
use super::staff::{Actor, Duty};
use crate::digest::Digest;
use rules::{check_actor, check_document, check_letter, check_meeting, check_request, check_seal};

/// How long after an approver's passkey has signed a statement it may be handed in.
pub const MOST_AGE: SignedDuration = SignedDuration::from_mins(5);

/// Everything a decision looks at: one use of one seal on one certificate, and who decides.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The certificate.
    pub certificate: CertificateId,
    /// How far it has come.
    pub state: CertificateState,
    /// SHA-256 of the unsealed PDF as stored.
    pub document: Digest,
    /// SHA-256 of the unsealed PDF as shown to the approver, named by the approver.
    pub shown: Digest,
    /// The template version it was made from.
    pub template: Digest,
    /// The case.
    pub case: &'a CaseNumber,
    /// How much weight this very case has, whatever the item's is.
    pub weight: Weight,
    /// The item; of a joint document, the one that the seal's department decides.
    pub item: &'a Item,
    /// The seal asked for.
    pub seal: Seal<'a>,
    /// How it stands with the case's fee.
    pub fee: Fee,
    /// Where the certificate stands that this one replaces or copies; none where it does neither.
    pub predecessor: Option<Standing>,
    /// Where the document is itself a letter of authorization: how far that one has come.
    pub sealing: Option<LetterState>,
    /// The letter of authorization of the item's department.
    pub letter: Option<&'a Letter>,
    /// The request to seal this document; of a joint one, the same for each of its seals.
    pub request: &'a SaltedStatement,
    /// What approvers have said before; statements about other uses are passed over.
    pub earlier: &'a [SaltedStatement],
    /// Who decides, and from where.
    pub actor: Actor<'a>,
    /// By what the actor confirms it.
    pub by: Means,
    /// When the actor said it: now, or some minutes ago, where a passkey had to sign that very moment.
    pub said_at: Timestamp,
    /// Now.
    pub now: Moment,
    /// The rota of the department's deputies.
    pub rota: &'a [Watch],
    /// SHA-256 of the record of the meeting that decided, as stored.
    pub meeting: Option<Digest>,
}

/// A seal as a decision sees it.
#[derive(Debug, Clone, Copy)]
pub struct Seal<'a> {
    /// Which.
    pub id: SealId,
    /// Whose.
    pub department: &'a DepartmentKey,
    /// Of which kind.
    pub kind: SealKind,
    /// In which state.
    pub state: SealState,
    /// SHA-256 of its SubjectPublicKeyInfo.
    pub spki: Digest,
}

/// The rules allow it.
#[derive(Debug)]
pub enum Decided {
    /// This step is done; the next one is somebody else's (R4, R7). The statement is to be kept.
    GoesOn(SaltedStatement),
    /// Everybody needed has approved.
    Complete(Approved),
}

impl Decided {
    /// What the actor has said.
    pub fn statement(&self) -> &SaltedStatement {
        match self {
            Self::GoesOn(said) => said,
            Self::Complete(approved) => &approved.statement,
        }
    }
}

/// A use of a seal that everybody needed has approved. Made only by [`decide`]; neither cloned nor stored.
#[derive(Debug)]
pub struct Approved {
    seal: SealId,
    kind: SealKind,
    statement: SaltedStatement,
    approvals: Vec<Digest>,
}

impl Approved {
    /// The certificate.
    pub fn certificate(&self) -> CertificateId {
        self.statement.statement.certificate
    }

    /// SHA-256 of the unsealed PDF: exactly these bytes are sealed.
    pub fn document(&self) -> Digest {
        self.statement.statement.document
    }

    /// The template version.
    pub fn template(&self) -> Digest {
        self.statement.statement.template
    }

    /// The seal.
    pub fn seal(&self) -> SealId {
        self.seal
    }

    /// The seal's kind.
    pub fn seal_kind(&self) -> SealKind {
        self.kind
    }

    /// SHA-256 of the seal's SubjectPublicKeyInfo.
    pub fn seal_spki(&self) -> Digest {
        self.statement.statement.seal
    }

    /// The salted digests of the request and of each approval, sorted; two at least.
    pub fn approvals(&self) -> &[Digest] {
        &self.approvals
    }

    /// The last approver's statement, to be kept with the use.
    pub fn statement(&self) -> &SaltedStatement {
        &self.statement
    }

    /// When it was approved, to the microsecond.
    pub fn at(&self) -> Timestamp {
        self.statement.statement.at
    }

    /// The day in China on which it was approved.
    pub fn day(&self) -> Date {
        china_date(self.at())
    }
}

/// A use that an approver refuses. Made only by [`turn_down`].
#[derive(Debug)]
pub struct TurnedDown {
    statement: SaltedStatement,
    why: Vec<String>,
}

impl TurnedDown {
    /// The approver's statement, to be kept.
    pub fn statement(&self) -> &SaltedStatement {
        &self.statement
    }

    /// The approver's reasons, at least one.
    pub fn why(&self) -> &[String] {
        &self.why
    }
}

/// Somebody who did not ask for the use and decided no other step of it. Made only by [`Apart::of`]; whoever has none can
/// make no statement, so that nobody approves what they asked for themselves (R3).
struct Apart(StaffId);

impl Apart {
    fn of(question: &Question<'_>, step: Step, reasons: &mut Reasons) -> Option<Self> {
        let id = question.actor.staff.id;
        if question.request.statement.who == id {
            reasons.add("self-approval", "申请用印的人不得审批自己的申请，请由他人审批");
            return None;
        }
        if question.earlier_approvals().any(|said| said.statement.who == id && said.statement.step != step) {
            reasons.add("same-person", "同一人不得办理同一件的两个审批环节，请由他人决定");
            return None;
        }
        Some(Self(id))
    }
}

/// Decides whether the actor may approve this use, and whether it is approved with that. `salt`: 32 fresh random bytes.
pub fn decide(question: &Question<'_>, salt: [u8; 32]) -> Result<Decided, Refusal> {
    let mut reasons = Reasons::new();
    let apart = check_actor(question, &mut reasons);
    check_meeting(question, &mut reasons);
    check_document(question, &mut reasons);
    check_request(question, &mut reasons);
    check_letter(question, &mut reasons);
    check_seal(question, &mut reasons);
    check_moment(question, &mut reasons);
    question.fee.require_settled(&mut reasons);
    check_predecessor(question, &mut reasons);
    check_sealing(question, &mut reasons);
    reasons.into_result()?;

    let statement = state(question, apart.ok_or_else(not_apart)?, Decision::Approve, salt);
    let last = if question.needs_leader() { Step::Leader } else { Step::Chief };
    if statement.statement.step != last {
        return Ok(Decided::GoesOn(statement));
    }
    let approvals = entry_digests(question.request, question.earlier_approvals().chain([&statement]));
    Ok(Decided::Complete(Approved { seal: question.seal.id, kind: question.seal.kind, statement, approvals }))
}

/// The statement that an approval will make, to be signed by the actor's passkey: the same rules are asked as when it is handed in.
pub fn propose(question: &Question<'_>) -> Result<Statement, Refusal> {
    Ok(decide(question, [0; 32])?.statement().statement.clone())
}

/// Whether the decisions recorded earlier are complete, and everything they rest on still holds now: for a use that is
/// sealed later than it was approved (joint approval, or finishing after a crash). The actor is not asked again.
///
/// # Errors
/// Every reason why it may not be sealed (any more).
pub fn recall(question: &Question<'_>) -> Result<Approved, Refusal> {
    let mut reasons = Reasons::new();
    check_document(question, &mut reasons);
    check_request(question, &mut reasons);
    check_letter(question, &mut reasons);
    check_seal(question, &mut reasons);
    question.fee.require_settled(&mut reasons);
    check_predecessor(question, &mut reasons);
    check_sealing(question, &mut reasons);
    let approved_at = |step| question.earlier_approvals().find(|said| said.statement.step == step);
    let chief = approved_at(Step::Chief);
    let last = if question.needs_leader() { approved_at(Step::Leader) } else { chief };
    let reviewed = question.item.chain.reviews().all(|step| approved_at(step).is_some());
    let complete = chief.filter(|_| reviewed).and(last);
    reasons.require(complete.is_some(), "not-approved", "审批尚未完成，不得用印");
    reasons.into_result()?;
    let statement = complete.ok_or_else(|| Refusal::because("not-approved", "审批尚未完成，不得用印"))?.clone();
    let approvals = entry_digests(question.request, question.earlier_approvals());
    Ok(Approved { seal: question.seal.id, kind: question.seal.kind, statement, approvals })
}

/// Refuses a use: the same people in the same order as for an approval, but neither seal nor letter need be in order.
/// `why`: the approver's reasons, all at once. `salt`: 32 fresh random bytes.
pub fn turn_down(question: &Question<'_>, why: Vec<String>, salt: [u8; 32]) -> Result<TurnedDown, Refusal> {
    let mut reasons = Reasons::new();
    let apart = check_actor(question, &mut reasons);
    check_document(question, &mut reasons);
    if why.iter().all(|reason| reason.trim().is_empty()) {
        reasons.add_field("reason-missing", "why", "请一次性写明全部退回理由和补正要求");
    }
    reasons.into_result()?;
    let apart = apart.ok_or_else(not_apart)?;
    Ok(TurnedDown { statement: state(question, apart, Decision::Refuse, salt), why })
}

/// The salted digests that the ledger's entry of a use names, sorted: of the request and of each approval. Two reviews stand
/// there as one, SHA-256 of both digests in the order of the steps: an entry has room for four.
pub fn entry_digests<'a>(
    request: &SaltedStatement,
    approvals: impl Iterator<Item = &'a SaltedStatement>,
) -> Vec<Digest> {
    let (mut reviews, mut digests) = (Vec::new(), vec![request.digest()]);
    for said in approvals {
        match said.statement.step {
            step @ (Step::Review | Step::SecondReview) => reviews.push((step, said.digest())),
            _ => digests.push(said.digest()),
        }
    }
    reviews.sort();
    digests.extend(match reviews.as_slice() {
        [] => None,
        [(_, only)] => Some(*only),
        [(_, first), (_, second), ..] => Some(both_reviews(first, second)),
    });
    digests.sort();
    digests
}

/// What stands in the ledger's entry for two reviews.
pub fn both_reviews(first: &Digest, second: &Digest) -> Digest {
    Digest::of_parts(&[first.as_bytes(), second.as_bytes()])
}

impl Question<'_> {
    /// Whether the department's leader has to approve, too (R4).
    pub fn needs_leader(&self) -> bool {
        self.item.weight != Weight::Ordinary || self.weight != Weight::Ordinary
    }

    fn step(&self) -> Step {
        match self.actor.staff.duty {
            Duty::Leader => Step::Leader,
            Duty::Reviewer => self.open_review().or(self.item.chain.reviews().last()).unwrap_or(Step::Review),
            _ => Step::Chief,
        }
    }

    /// The first review that is not done yet.
    fn open_review(&self) -> Option<Step> {
        self.item.chain.reviews().find(|step| !self.is_approved_at(*step))
    }

    fn is_approved_at(&self, step: Step) -> bool {
        self.earlier_approvals().any(|said| said.statement.step == step)
    }

    /// Whether a statement is about this very certificate, its bytes, its template and its case.
    fn is_about_document(&self, said: &Statement) -> bool {
        said.certificate == self.certificate
            && said.document == self.document
            && said.template == self.template
            && said.case == *self.case
    }

    /// Whether a statement is about this very use: the document, and the seal and the item it is sealed under.
    fn is_about_use(&self, said: &Statement) -> bool {
        self.is_about_document(said) && said.seal == self.seal.spki && said.item == self.item.code
    }

    fn earlier_approvals(&self) -> impl Iterator<Item = &SaltedStatement> {
        self.earlier.iter().filter(|said| {
            let said = &said.statement;
            said.decision == Decision::Approve && self.is_about_use(said)
        })
    }
}

fn not_apart() -> Refusal {
    Refusal::because("self-approval", "申请、审核、签批须由不同的人办理")
}

fn state(question: &Question<'_>, apart: Apart, decision: Decision, salt: [u8; 32]) -> SaltedStatement {
    Statement {
        certificate: question.certificate,
        document: question.document,
        template: question.template,
        seal: question.seal.spki,
        item: question.item.code.clone(),
        case: question.case.clone(),
        step: question.step(),
        decision,
        who: apart.0,
        by: question.by,
        at: to_the_microsecond(question.said_at),
        meeting: question.meeting,
        accepted: None,
    }
    .salted(salt)
}

/// What the statement's text can hold, so that it reads back as the same moment.
fn to_the_microsecond(at: Timestamp) -> Timestamp {
    // Rounding down the microseconds of a valid moment cannot leave the range of moments.
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// What is said was said now, or a little before: a signature made long ago decides nothing.
fn check_moment(question: &Question<'_>, reasons: &mut Reasons) {
    let age = question.now.at().duration_since(question.said_at);
    let is_fresh = !age.is_negative() && age <= MOST_AGE;
    reasons.require(is_fresh, "statement-stale", "确认与提交隔得太久，请重新打开后再确认一次");
}

/// A letter of authorization is sealed only while its leader's signature stands and it is not filed otherwise.
fn check_sealing(question: &Question<'_>, reasons: &mut Reasons) {
    if let Some(state) = question.sealing.filter(|state| *state != LetterState::Approved) {
        let text = format!("所盖的授权委托书现为“{}”，不得再用印，请退回本件", state.title());
        reasons.add("letter-not-signed", text);
    }
}

/// What replaces or copies a certificate is sealed only while that one is in force.
fn check_predecessor(question: &Question<'_>, reasons: &mut Reasons) {
    if let Some(standing) = question.predecessor.filter(|standing| *standing != Standing::InForce) {
        let text = format!("所替换（加注）的原证照{}，本件不得再用印，请退回", standing.title());
        reasons.add("earlier-certificate-ended", text);
    }
}

#[cfg(test)]
mod tests;
