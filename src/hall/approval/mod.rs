//! Whether a use of a seal is approved: the hall's rules R2 to R6 and R11, asked all at once.
//!
//! [`decide`] is the only maker of [`Approved`], and nothing is sealed without one. In scope: who may approve what,
//! when and where. Out of scope: whether the person really is who the caller says (sign-in, passkeys), and whether the
//! facts still hold when the use is written into the ledger (the database asks again in that very transaction).

mod statement;

use jiff::Timestamp;
use jiff::civil::Date;

pub use self::statement::{Decision, MAX_STATEMENT, SaltedStatement, Statement, StatementError, Step};
use super::authorization::{Letter, Power};
use super::certificate::CertificateState;
use super::id::{CaseNumber, CertificateId, DepartmentKey, SealId};
use super::item::{Item, Weight};
use super::opening::{Opening, china_date};
use super::refusal::{Reasons, Refusal};
use super::seal::{SealKind, SealState};
use super::staff::{Actor, Duty};
use crate::digest::Digest;

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
    /// The letter of authorization of the item's department.
    pub letter: Option<&'a Letter>,
    /// The request to seal this document; of a joint one, the same for each of its seals.
    pub request: &'a SaltedStatement,
    /// What approvers have said before; statements about other uses are passed over.
    pub earlier: &'a [SaltedStatement],
    /// Who decides, and from where.
    pub actor: Actor<'a>,
    /// Now.
    pub now: Timestamp,
    /// The hall's opening hours.
    pub opening: &'a Opening,
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
    /// The chief representative has approved; the department's leader decides next (R4). The statement is to be kept.
    NeedsLeader(SaltedStatement),
    /// Everybody needed has approved.
    Complete(Approved),
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

/// Decides whether the actor may approve this use, and whether it is approved with that. `salt`: 32 fresh random bytes.
pub fn decide(question: &Question<'_>, salt: [u8; 32]) -> Result<Decided, Refusal> {
    let mut reasons = Reasons::new();
    check_actor(question, &mut reasons);
    check_document(question, &mut reasons);
    check_request(question, &mut reasons);
    check_letter(question, &mut reasons);
    check_seal(question, &mut reasons);
    reasons.into_result()?;

    let statement = state(question, Decision::Approve, salt);
    if statement.statement.step == Step::Chief && question.needs_leader() {
        return Ok(Decided::NeedsLeader(statement));
    }
    let before = question.earlier_approvals().map(SaltedStatement::digest);
    let mut approvals: Vec<_> = before.chain([question.request.digest(), statement.digest()]).collect();
    approvals.sort();
    Ok(Decided::Complete(Approved { seal: question.seal.id, kind: question.seal.kind, statement, approvals }))
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
    let approved_at = |step| question.earlier_approvals().find(|said| said.statement.step == step);
    let chief = approved_at(Step::Chief);
    let last = if question.needs_leader() { approved_at(Step::Leader) } else { chief };
    let complete = chief.and(last);
    reasons.require(complete.is_some(), "not-approved", "审批尚未完成，不得用印");
    reasons.into_result()?;
    let statement = complete.ok_or_else(|| Refusal::because("not-approved", "审批尚未完成，不得用印"))?.clone();
    let before = question.earlier_approvals().map(SaltedStatement::digest);
    let mut approvals: Vec<_> = before.chain([question.request.digest()]).collect();
    approvals.sort();
    Ok(Approved { seal: question.seal.id, kind: question.seal.kind, statement, approvals })
}

/// Refuses a use: the same people in the same order as for an approval, but neither seal nor letter need be in order.
/// `why`: the approver's reasons, all at once. `salt`: 32 fresh random bytes.
pub fn turn_down(question: &Question<'_>, why: Vec<String>, salt: [u8; 32]) -> Result<TurnedDown, Refusal> {
    let mut reasons = Reasons::new();
    check_actor(question, &mut reasons);
    check_document(question, &mut reasons);
    if why.iter().all(|reason| reason.trim().is_empty()) {
        reasons.add_field("reason-missing", "why", "请一次性写明全部退回理由和补正要求");
    }
    reasons.into_result()?;
    Ok(TurnedDown { statement: state(question, Decision::Refuse, salt), why })
}

impl Question<'_> {
    /// Whether the department's leader has to approve, too (R4).
    pub fn needs_leader(&self) -> bool {
        self.item.weight != Weight::Ordinary || self.weight != Weight::Ordinary
    }

    fn step(&self) -> Step {
        if self.actor.staff.duty == Duty::Leader { Step::Leader } else { Step::Chief }
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

fn state(question: &Question<'_>, decision: Decision, salt: [u8; 32]) -> SaltedStatement {
    Statement {
        certificate: question.certificate,
        document: question.document,
        template: question.template,
        seal: question.seal.spki,
        item: question.item.code.clone(),
        case: question.case.clone(),
        step: question.step(),
        decision,
        who: question.actor.staff.id,
        at: to_the_microsecond(question.now),
    }
    .salted(salt)
}

/// What the statement's text can hold, so that it reads back as the same moment.
fn to_the_microsecond(at: Timestamp) -> Timestamp {
    // Rounding down the microseconds of a valid moment cannot leave the range of moments.
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// R3, R4, R6, R11: who, in which order, from where, when.
fn check_actor(question: &Question<'_>, reasons: &mut Reasons) {
    let staff = question.actor.staff;
    question.actor.check_presence(question.now, question.opening, reasons);
    if staff.department.as_ref() != Some(&question.item.department) {
        reasons.add("wrong-department", "只能审批本部门的事项，请由事项所属部门的首席代表办理");
    }
    if question.request.statement.who == staff.id {
        reasons.add("self-approval", "申请用印的人不得审批自己的申请，请由他人审批");
    }
    let approved_by = |step| question.earlier_approvals().any(|said| said.statement.step == step);
    let by_chief = approved_by(Step::Chief);
    match staff.duty {
        Duty::Chief if by_chief => {
            reasons.add("already-approved", "首席代表已批准本次用印，无需重复审批");
        }
        Duty::Chief => {}
        Duty::Leader => {
            if !question.needs_leader() {
                reasons.add("leader-not-needed", "本件不是重大或争议事项，由首席代表审批");
            } else if !by_chief {
                reasons.add("chief-first", "须先由首席代表批准，再由部门领导决定");
            }
            if approved_by(Step::Leader) {
                reasons.add("already-approved", "部门领导已批准本次用印，无需重复审批");
            }
            if question.earlier_approvals().any(|said| said.statement.who == staff.id) {
                reasons.add("same-person", "同一人不得既作首席代表又作部门领导审批同一件，请由他人决定");
            }
        }
        other => {
            let text = format!("{}无权审批用印，请由首席代表或部门领导办理", other.title());
            reasons.add("wrong-duty", text);
        }
    }
}

/// What was seen is what is stored, and it waits for approval.
fn check_document(question: &Question<'_>, reasons: &mut Reasons) {
    if question.state != CertificateState::Submitted {
        let text = format!("本件当前为“{}”，只有待审批的才能审批", question.state.title());
        reasons.add("not-submitted", text);
    }
    if question.shown != question.document {
        reasons.add("document-changed", "审批人所见文件与待用印文件不一致，请重新打开后再审批");
    }
}

/// What was asked for is this document. A request is made once for all seals of a document and may outlive a seal that
/// is replaced meanwhile, so its seal and item lines decide nothing.
fn check_request(question: &Question<'_>, reasons: &mut Reasons) {
    let asked = &question.request.statement;
    if asked.decision != Decision::Ask || asked.step != Step::Request || !question.is_about_document(asked) {
        reasons.add("request-mismatch", "用印申请与当前的文件、模板或办件不一致，请窗口重新提交");
    }
}

/// R2: the letter of authorization, and the power in it that this seal needs.
fn check_letter(question: &Question<'_>, reasons: &mut Reasons) {
    let Some(letter) = question.letter else {
        reasons.add("no-letter", "本部门没有授权委托书，请先办理授权并备案");
        return;
    };
    if letter.department != question.item.department {
        reasons.add("letter-department", "授权委托书不是本部门出具的，请核对");
    }
    if !letter.lists(&question.item.code) {
        reasons.add("letter-items", "授权委托书未包含本事项，请补充授权");
    }
    if !letter.is_valid_on(china_date(question.now)) {
        let text = format!("授权委托书有效期为{}至{}，今日不在其内，请续办授权", letter.from, letter.to);
        reasons.add("letter-dates", text);
    }
    // The approval seal is used by delegated power; the department's own seal by the law named on the item (R5), so
    // that there the decision itself must be delegated.
    let power = match question.item.seal.kind() {
        SealKind::Approval => Power::SealUse,
        SealKind::Department => Power::Decision,
    };
    if !letter.powers.contains(&power) {
        reasons.add("letter-powers", format!("授权委托书未授予{power}，请补充授权"));
    }
}

/// R1, R5: the item's kind of seal, of the item's department, active.
fn check_seal(question: &Question<'_>, reasons: &mut Reasons) {
    let (seal, item) = (&question.seal, question.item);
    if seal.kind != item.seal.kind() {
        let (wanted, given) = (item.seal.kind().title(), seal.kind.title());
        reasons.add("seal-kind", format!("本事项应使用{wanted}，不得使用{given}"));
    }
    if *seal.department != item.department {
        reasons.add("seal-department", "印章不属于事项所属部门，请改用本部门印章");
    }
    if seal.state != SealState::Active {
        let text = format!("印章当前为“{}”，请印章管理员处理后再审批", seal.state.title());
        reasons.add("seal-not-active", text);
    }
}

#[cfg(test)]
mod tests;
