//! The rules a decision asks, each adding its own reasons.

use super::{Apart, Question};
use crate::hall::approval::{Decision, Step};
use crate::hall::authorization::{LetterState, Power};
use crate::hall::certificate::CertificateState;
use crate::hall::refusal::Reasons;
use crate::hall::rota;
use crate::hall::seal::{SealKind, SealState};
use crate::hall::staff::{Duty, Place};

/// R3, R4, R6, R7, R11: who, in which order, from where, when.
pub(super) fn check_actor(question: &Question<'_>, reasons: &mut Reasons) -> Option<Apart> {
    let (staff, step) = (question.actor.staff, question.step());
    question.actor.check_presence(&question.now, reasons);
    if staff.department.as_ref() != Some(&question.item.department) {
        reasons.add("wrong-department", "只能审批本部门的事项，请由事项所属部门的首席代表办理");
    }
    let apart = Apart::of(question, step, reasons);
    if staff.duty.decides() {
        check_standing(question, reasons);
        if question.is_approved_at(step) {
            let text = format!("{}已批准本次用印，无需重复审批", staff.duty.title());
            reasons.add("already-approved", text);
        }
    }
    match staff.duty {
        Duty::Reviewer => {
            let reviewed = question.item.chain.reviews().next().is_some();
            reasons.require(reviewed, "review-not-needed", "本事项没有审核环节，由首席代表签批");
        }
        Duty::Chief => {
            let open = question.open_review().is_some();
            reasons.require(!open, "review-first", "须先由审核人员完成审核，再由首席代表签批");
        }
        Duty::Leader => {
            if !question.needs_leader() {
                reasons.add("leader-not-needed", "本件不是重大或争议事项，由首席代表审批");
            } else if !question.is_approved_at(Step::Chief) {
                reasons.add("chief-first", "须先由首席代表批准，再由部门领导决定");
            }
            // In the hall, from a device enrolled there; that the place is in the hall at all was asked before.
            let at_a_window = matches!(question.actor.place, Place::Window(_));
            reasons.require(!at_a_window, "not-at-a-device", "部门领导须在大厅登记的设备上决定，不得在窗口代办");
        }
        other => {
            let text = format!("{}无权审批用印，请由首席代表或部门领导办理", other.title());
            reasons.add("wrong-duty", text);
        }
    }
    apart
}

/// R3: established, kept at the window for two years or more; a deputy on the days of the rota alone.
fn check_standing(question: &Question<'_>, reasons: &mut Reasons) {
    let staff = question.actor.staff;
    if !staff.grade.may_decide() {
        let text = format!("{}须由公务员或事业编制人员担任，请由符合条件的人员审批", staff.duty.title());
        reasons.add("not-established", text);
    }
    let kept = staff.posting.is_some_and(|posting| posting.is_long_enough());
    if staff.duty.is_kept_at_the_window() && !kept {
        reasons.add("posting-too-short", "首席代表派驻窗口不足两年，请由部门重新提名派驻");
    }
    if staff.deputy && !rota::is_on(question.rota, staff.id, question.now.date()) {
        reasons.add("not-on-rota", "今天不是您的代理值守日，请由首席代表或当日值守的代理人审批");
    }
}

/// R3: what is decided in a meeting has its record attached.
pub(super) fn check_meeting(question: &Question<'_>, reasons: &mut Reasons) {
    if question.item.by_meeting && question.step() == Step::Chief && question.meeting.is_none() {
        let text = "本事项由会议集体决定，请附会议记录（PDF）后再批准";
        reasons.add_field("meeting-record-missing", "meeting", text);
    }
}

/// What was seen is what is stored, and it waits for approval.
pub(super) fn check_document(question: &Question<'_>, reasons: &mut Reasons) {
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
pub(super) fn check_request(question: &Question<'_>, reasons: &mut Reasons) {
    let asked = &question.request.statement;
    if asked.decision != Decision::Ask || asked.step != Step::Request || !question.is_about_document(asked) {
        reasons.add("request-mismatch", "用印申请与当前的文件、模板或办件不一致，请窗口重新提交");
    }
}

/// R2: the letter of authorization, and the power in it that this seal needs.
pub(super) fn check_letter(question: &Question<'_>, reasons: &mut Reasons) {
    let Some(letter) = question.letter else {
        reasons.add("no-letter", "本部门没有授权委托书，请先办理授权并备案");
        return;
    };
    if letter.department != question.item.department {
        reasons.add("letter-department", "授权委托书不是本部门出具的，请核对");
    }
    match letter.state {
        LetterState::Filed => {}
        LetterState::Revoked => reasons.add("letter-revoked", "授权委托书已撤销，请重新办理授权并备案"),
        other => reasons.add("letter-not-filed", format!("授权委托书{}，尚未生效，请先办结授权", other.title())),
    }
    if !letter.lists(&question.item.code) {
        reasons.add("letter-items", "授权委托书未包含本事项，请补充授权");
    }
    if !letter.is_valid_on(question.now.date()) {
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
pub(super) fn check_seal(question: &Question<'_>, reasons: &mut Reasons) {
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
