//! Steps of a seal's life: each is proposed by one person and confirmed by another, who sees exactly what will be done.
//!
//! In scope: whose right a step is, that two people stand behind it (R20: nobody does both), and whether it can be done as
//! things are. The rules are asked at the proposal and again at the confirmation. Only stopping a seal needs nobody else.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::id::{DepartmentKey, SealId, StaffId};
use super::opening::{Moment, china_date};
use super::refusal::{Reasons, Refusal};
use super::seal::{SealAct, SealCode, SealKind, SealState};
use super::staff::{Actor, Duty};
use crate::digest::Digest;

/// Longest reason, in characters.
pub const MAX_REASON: usize = 500;
/// Longest name on a seal, in characters.
pub const MAX_NAME: usize = 40;
/// Diameters a seal can have, in millimetres.
const DIAMETERS_MM: std::ops::RangeInclusive<u8> = 30..=60;
/// Longest filing number, in characters.
const MAX_FILING_NUMBER: usize = 64;

/// Who proposes a step and who confirms it.
#[derive(Debug, Clone, Copy)]
pub struct Right {
    /// The step.
    pub act: SealAct,
    /// One of these proposes it.
    pub proposes: &'static [Duty],
    /// Another person, one of these, confirms it; none: it is done at once.
    pub confirms: &'static [Duty],
}

/// Those who may stop a seal, each alone, and any two of whom may end it when its key is lost or in other hands.
const ANY: &[Duty] = &[Duty::Keeper, Duty::Leader, Duty::Administrator];
const KEEPER: &[Duty] = &[Duty::Keeper];
const CENTRE: &[Duty] = &[Duty::Administrator];

/// Every right. docs/DATA_MODEL.md has the same table.
pub const RIGHTS: &[Right] = &[
    Right { act: SealAct::Apply, proposes: KEEPER, confirms: CENTRE },
    Right { act: SealAct::Make, proposes: CENTRE, confirms: KEEPER },
    Right { act: SealAct::File, proposes: KEEPER, confirms: CENTRE },
    Right { act: SealAct::Enable, proposes: KEEPER, confirms: CENTRE },
    Right { act: SealAct::Suspend, proposes: ANY, confirms: &[] },
    Right { act: SealAct::Resume, proposes: KEEPER, confirms: CENTRE },
    Right { act: SealAct::Replace, proposes: KEEPER, confirms: CENTRE },
    Right { act: SealAct::Retire, proposes: KEEPER, confirms: CENTRE },
    Right { act: SealAct::Retire, proposes: CENTRE, confirms: KEEPER },
    Right { act: SealAct::Renew, proposes: KEEPER, confirms: CENTRE },
    Right { act: SealAct::Renew, proposes: CENTRE, confirms: KEEPER },
    Right { act: SealAct::Compromise, proposes: ANY, confirms: ANY },
];

/// What exactly a step will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "lowercase")]
pub enum Plan {
    /// A new seal is applied for.
    Apply {
        /// Whose.
        department: DepartmentKey,
        /// Of which kind.
        kind: SealKind,
        /// The text on the arc.
        name: String,
        /// The diameter in millimetres.
        diameter_mm: u8,
        /// Its code.
        code: SealCode,
        /// Who will keep it.
        custodian: StaffId,
    },
    /// Key and certificate are made.
    Make {
        /// How many years the certificate runs.
        years: u8,
    },
    /// The filing is recorded.
    File {
        /// The code, as the filing document has it.
        code: SealCode,
        /// The filing number.
        number: String,
        /// The day of the filing.
        on: Date,
        /// SHA-256 of the scanned filing document.
        document: Digest,
    },
    /// The seal comes into force.
    Enable,
    /// It may be used again.
    Resume,
    /// Another seal comes into force, and this one ends.
    Replace {
        /// The other.
        by: SealId,
    },
    /// It ends for ever.
    Retire,
    /// Its key gets a new certificate.
    Renew {
        /// How many years that runs.
        years: u8,
    },
    /// It ends for ever and its certificates are revoked.
    Compromise,
}

impl Plan {
    /// Which step it is.
    pub const fn act(&self) -> SealAct {
        match self {
            Self::Apply { .. } => SealAct::Apply,
            Self::Make { .. } => SealAct::Make,
            Self::File { .. } => SealAct::File,
            Self::Enable => SealAct::Enable,
            Self::Resume => SealAct::Resume,
            Self::Replace { .. } => SealAct::Replace,
            Self::Retire => SealAct::Retire,
            Self::Renew { .. } => SealAct::Renew,
            Self::Compromise => SealAct::Compromise,
        }
    }
}

/// The seal and what stands beside it, as things are.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Its state; `None`: there is no such seal yet.
    pub state: Option<SealState>,
    /// Its code, if it has one.
    pub code: Option<&'a SealCode>,
    /// Whose it is.
    pub department: &'a DepartmentKey,
    /// Of which kind.
    pub kind: SealKind,
    /// Code of another seal of the department and kind that is in force or suspended.
    pub in_force: Option<&'a str>,
    /// The seal that is to replace it: department, kind, state.
    pub by: Option<(&'a DepartmentKey, SealKind, SealState)>,
    /// Whether an item of the department has a law that provides for the department's own seal (R5).
    pub has_legal_basis: bool,
    /// Whether the hall's own authority issued its certificate.
    pub is_certified_here: bool,
    /// Whether the loss of its key has been reported and not been decided on.
    pub is_reported_lost: bool,
    /// Today.
    pub today: Date,
}

/// Who acts on a seal of which department, from where and when.
#[derive(Debug, Clone, Copy)]
pub struct Acting<'a> {
    /// Who.
    pub actor: Actor<'a>,
    /// Whose seal it is.
    pub department: &'a DepartmentKey,
    /// Now.
    pub now: Moment,
}

/// Whether stopping a seal may wait for no opening hours and no window.
const fn is_urgent(act: SealAct) -> bool {
    matches!(act, SealAct::Suspend | SealAct::Compromise)
}

/// Whether this duty may propose the step.
pub fn may_propose(act: SealAct, duty: Duty) -> bool {
    RIGHTS.iter().any(|right| right.act == act && right.proposes.contains(&duty))
}

/// Whether this duty may confirm the step that somebody of that duty has proposed.
pub fn may_confirm(act: SealAct, proposer: Duty, duty: Duty) -> bool {
    let of = |right: &&Right| right.act == act && right.proposes.contains(&proposer);
    RIGHTS.iter().filter(of).any(|right| right.confirms.contains(&duty))
}

/// Whether the actor may propose the step, or carry it out where it needs nobody else.
pub fn check_proposer(act: SealAct, acting: &Acting<'_>, reasons: &mut Reasons) {
    let proposes: Vec<Duty> =
        RIGHTS.iter().filter(|right| right.act == act).flat_map(|right| right.proposes).copied().collect();
    check_duty(act, &proposes, acting, reasons);
}

/// Whether the actor may confirm or decline the step that somebody else has proposed.
pub fn check_second(act: SealAct, proposer: (StaffId, Duty), acting: &Acting<'_>, reasons: &mut Reasons) {
    let of = |right: &&Right| right.act == act && right.proposes.contains(&proposer.1);
    let confirms: Vec<Duty> = RIGHTS.iter().filter(of).flat_map(|right| right.confirms).copied().collect();
    check_duty(act, &confirms, acting, reasons);
    let is_another = acting.actor.staff.id != proposer.0;
    reasons.require(is_another, "same-person", "提出的人不能自己确认，请由另一人确认");
}

fn check_duty(act: SealAct, duties: &[Duty], acting: &Acting<'_>, reasons: &mut Reasons) {
    let staff = acting.actor.staff;
    if !duties.contains(&staff.duty) {
        let titles: Vec<&str> = duties.iter().map(|duty| duty.title()).collect();
        let text = format!("此操作由{}办理，您的岗位是{}", titles.join("或"), staff.duty.title());
        reasons.add("wrong-duty", text);
    }
    let is_own = staff.department.as_ref() == Some(acting.department);
    if staff.duty.is_of_a_department() && !is_own {
        reasons.add("wrong-department", "只能管理本部门的印章");
    }
    if !is_urgent(act) {
        acting.actor.check_presence(&acting.now, reasons);
    }
}

/// Whether the step can be done as things are.
pub fn check_plan(plan: &Plan, facts: &Facts<'_>, reasons: &mut Reasons) {
    let act = plan.act();
    // Whoever reports a loss suspends the seal with it.
    let state = match (plan, facts.state) {
        (Plan::Compromise, Some(SealState::Active)) => Some(SealState::Suspended),
        (_, state) => state,
    };
    if let Some(Err(error)) = state.map(|state| state.after(act)) {
        reasons.add("seal-state", format!("{error}，请刷新后查看"));
    }
    if facts.is_reported_lost && act != SealAct::Compromise {
        reasons.add("reported-lost", "这枚印章已报失控，须先由另一人确认或退回失控处置");
    }
    match plan {
        Plan::Apply { kind, name, diameter_mm, .. } => check_application(*kind, name, *diameter_mm, facts, reasons),
        Plan::File { code, number, on, .. } => check_filing(code, number, *on, facts, reasons),
        Plan::Enable => check_alone(facts, reasons),
        Plan::Replace { .. } => check_successor(facts, reasons),
        Plan::Renew { .. } => {
            let text = "签章证书由外部机构签发，请向该机构申请换发后导入";
            reasons.require(facts.is_certified_here, "certified-elsewhere", text);
        }
        Plan::Make { .. } | Plan::Resume | Plan::Retire | Plan::Compromise => {}
    }
}

fn check_application(kind: SealKind, name: &str, diameter_mm: u8, facts: &Facts<'_>, reasons: &mut Reasons) {
    let is_name =
        (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(|c| c.is_control() || c.is_whitespace());
    if !is_name {
        reasons.add_field("name", "name", format!("请填写印章名称，不超过{MAX_NAME}个字，不含空格"));
    }
    if !DIAMETERS_MM.contains(&diameter_mm) {
        let (least, most) = (DIAMETERS_MM.start(), DIAMETERS_MM.end());
        reasons.add_field("diameter", "diameter", format!("直径须为{least}至{most}毫米"));
    }
    if kind == SealKind::Department && !facts.has_legal_basis {
        let text = "本部门没有法律规定须加盖部门行政印章的事项，不得在大厅设立部门行政印章，请使用行政审批专用章";
        reasons.add_field("no-legal-basis", "kind", text);
    }
}

fn check_filing(code: &SealCode, number: &str, on: Date, facts: &Facts<'_>, reasons: &mut Reasons) {
    if facts.code.is_some_and(|held| held != code) {
        reasons.add_field("code-differs", "code", "备案材料上的印章编码与本印章的编码不一致，请核对");
    }
    let is_number = (1..=MAX_FILING_NUMBER).contains(&number.chars().count()) && !number.chars().any(char::is_control);
    if !is_number {
        reasons.add_field("filing-number", "number", format!("请填写备案号，不超过{MAX_FILING_NUMBER}个字"));
    }
    if on > facts.today {
        reasons.add_field("filing-day", "on", "备案日期不能晚于今天");
    }
}

/// R1: at most one seal of a kind is in force.
fn check_alone(facts: &Facts<'_>, reasons: &mut Reasons) {
    if let Some(code) = facts.in_force {
        let kind = facts.kind.title();
        let text = format!(
            "本部门已有一枚{kind}（编码{code}），一个部门同一种印章只有一枚，请办理“更换”，启用新章同时废止旧章"
        );
        reasons.add("one-active-seal", text);
    }
}

fn check_successor(facts: &Facts<'_>, reasons: &mut Reasons) {
    let Some((department, kind, state)) = facts.by else {
        return reasons.add_field("no-successor", "by", "请选择已备案的新印章");
    };
    let is_like = department == facts.department && kind == facts.kind;
    if !is_like {
        reasons.add_field("other-seal", "by", "新印章须是同一部门的同一种印章");
    }
    if state != SealState::Filed {
        let text = format!("新印章现为“{}”，须先备案才能启用", state.title());
        reasons.add_field("successor-state", "by", text);
    }
    if facts.state == Some(SealState::Filed) {
        reasons.add("seal-state", "这枚印章没有启用，请直接办理启用");
    }
}

/// The reason in somebody's words, in one line.
///
/// # Errors
/// None given, or too long a one.
pub fn reason(why: &str) -> Result<String, Refusal> {
    let written = why.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    if written.is_empty() || written.chars().count() > MAX_REASON || written.chars().any(char::is_control) {
        let mut reasons = Reasons::new();
        reasons.add_field("reason-missing", "reason", format!("请写明原因，不超过{MAX_REASON}个字"));
        reasons.into_result()?;
    }
    Ok(written)
}

/// Days before a certificate ends from which its keeper is warned.
pub const WARNED_DAYS: i64 = 30;

/// How many days a certificate still runs, if that is to be said.
pub fn runs_out_in(now: Timestamp, until: Timestamp) -> Option<i64> {
    let days = china_date(until).since(china_date(now)).map_or(0, |span| i64::from(span.get_days()));
    (days <= WARNED_DAYS).then_some(days)
}

#[cfg(test)]
mod tests;
