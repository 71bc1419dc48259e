//! Staff: duties, permits, and where somebody acts from.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::department::Window;
use super::id::{DepartmentKey, DeviceId, StaffId, WindowNo};
use super::opening::{Doors, Hours, Moment};
use super::refusal::{Reasons, Refusal};
use super::spelling::spelled;

spelled! {
    /// What somebody is registered for.
    pub enum Duty {
        /// 窗口人员: takes cases, asks for sealing, hands out.
        Clerk = "clerk",
        /// 审核人员: reviews cases of items that have such a step.
        Reviewer = "reviewer",
        /// 首席代表, or a deputy by rota: approves each use of the department's seal.
        Chief = "chief",
        /// 部门领导: also decides major and disputed cases.
        Leader = "leader",
        /// 印章管理员: applies for, makes, files, enables, suspends, retires seals.
        Keeper = "keeper",
        /// 中心管理员: departments, items, templates, staff, windows.
        Administrator = "administrator",
        /// 监察、审计.
        Auditor = "auditor",
    }
}

spelled! {
    /// The three that nobody has two of (R20).
    pub enum Side {
        /// 管理: manages seals and the hall.
        Managing = "managing",
        /// 使用: asks for and approves uses.
        Using = "using",
        /// 审计: looks at everything and changes nothing.
        Auditing = "auditing",
    }
}

impl Duty {
    /// Which of the three a duty belongs to.
    pub const fn side(self) -> Side {
        match self {
            Self::Clerk | Self::Reviewer | Self::Chief | Self::Leader => Side::Using,
            Self::Keeper | Self::Administrator => Side::Managing,
            Self::Auditor => Side::Auditing,
        }
    }

    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Clerk => "窗口人员",
            Self::Reviewer => "审核人员",
            Self::Chief => "首席代表",
            Self::Leader => "部门分管领导",
            Self::Keeper => "印章管理员",
            Self::Administrator => "大厅管理员",
            Self::Auditor => "监察审计员",
        }
    }

    /// Whether a duty belongs to a department (the others are the hall's).
    pub const fn is_of_a_department(self) -> bool {
        matches!(self, Self::Reviewer | Self::Chief | Self::Leader | Self::Keeper)
    }

    /// Whether whoever has it decides on uses of seals, and so must be a civil servant or established staff (R3).
    pub const fn decides(self) -> bool {
        matches!(self, Self::Reviewer | Self::Chief | Self::Leader)
    }

    /// Whether it is that of a chief representative, who is kept at the window for two years or more (R3).
    pub const fn is_kept_at_the_window(self) -> bool {
        matches!(self, Self::Chief)
    }
}

/// The duties of one person, all of the same side: a set that would join two sides cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duties(BTreeSet<Duty>);

/// Duties that one person may not have together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("管理、使用、审计三类职责相互分离，“{}”与“{}”不得由同一人承担", .0.title(), .1.title())]
pub struct DutiesNotApart(pub Duty, pub Duty);

impl Duties {
    /// The duties, if they may be one person's.
    pub fn new(duties: impl IntoIterator<Item = Duty>) -> Result<Self, DutiesNotApart> {
        let duties = BTreeSet::from_iter(duties);
        let first = duties.first().copied();
        match (first, duties.iter().find(|duty| Some(duty.side()) != first.map(Duty::side))) {
            (Some(first), Some(&other)) => Err(DutiesNotApart(first, other)),
            _ => Ok(Self(duties)),
        }
    }

    /// Whether one of them is `duty`.
    pub fn has(&self, duty: Duty) -> bool {
        self.0.contains(&duty)
    }

    /// The duties in order.
    pub fn iter(&self) -> impl Iterator<Item = Duty> {
        self.0.iter().copied()
    }
}

/// A registered member of the staff: one account, one duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// The name, as shown.
    pub name: String,
    /// The duty.
    pub duty: Duty,
    /// Whether a chief representative acts as deputy, by rota (轮流值守).
    pub deputy: bool,
    /// The department; none for the hall's own staff (the integrated windows, administrators, auditors).
    pub department: Option<DepartmentKey>,
    /// The windows a clerk is registered at.
    pub windows: BTreeSet<WindowNo>,
    /// How they are employed.
    pub grade: Grade,
    /// How long the department keeps them at the window, where that is on record.
    pub posting: Option<Posting>,
    /// When they are on duty; none: whenever the hall is open.
    pub hours: Option<Hours>,
    /// Whether the registration stands.
    pub registration: Registration,
    /// The permit issued by the centre, if one is.
    pub permit: Option<Permit>,
}

spelled! {
    /// How somebody is employed.
    pub enum Grade {
        /// 公务员.
        CivilServant = "civil-servant",
        /// 事业编制人员.
        Established = "established",
        /// 合同制、聘用人员.
        Contract = "contract",
    }
}

impl Grade {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::CivilServant => "公务员",
            Self::Established => "事业编制",
            Self::Contract => "合同制",
        }
    }

    /// Whether such a person may decide on uses of seals (R3).
    pub const fn may_decide(self) -> bool {
        matches!(self, Self::CivilServant | Self::Established)
    }
}

/// How long a department keeps somebody at the window (派驻).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Posting {
    /// Years for which a chief representative is kept at the window, at least (R3).
    pub const LEAST_YEARS: i16 = 2;

    /// Whether it is as long as a chief representative's must be. Compared by the calendar's numbers, as the database
    /// does: what begins on 29 February ends on 1 March at the earliest.
    pub fn is_long_enough(&self) -> bool {
        let numbers = |day: Date, years: i16| (day.year() + years, day.month(), day.day());
        numbers(self.from, Self::LEAST_YEARS) <= numbers(self.to, 0)
    }
}

spelled! {
    /// How far somebody's registration with the centre has come (R6).
    pub enum Registration {
        /// 已提名: the department asks for it; no account yet.
        Nominated = "nominated",
        /// 未同意: the centre has said no.
        Declined = "declined",
        /// 在岗: registered, with a permit.
        Active = "active",
        /// 停职: may do nothing until reinstated.
        Suspended = "suspended",
        /// 离岗: struck off for good.
        Ended = "ended",
    }
}

spelled! {
    /// What happens to a registration.
    pub enum StaffAct {
        /// The centre consents and issues the permit.
        Consent = "consent",
        /// The centre declines.
        Decline = "decline",
        /// Stopped at once.
        Suspend = "suspend",
        /// Back on duty.
        Reinstate = "reinstate",
        /// Struck off.
        End = "end",
    }
}

impl Registration {
    /// Every step there is: from, act, to.
    pub const STEPS: &[(Self, StaffAct, Self)] = &[
        (Self::Nominated, StaffAct::Consent, Self::Active),
        (Self::Nominated, StaffAct::Decline, Self::Declined),
        (Self::Active, StaffAct::Suspend, Self::Suspended),
        (Self::Suspended, StaffAct::Reinstate, Self::Active),
        (Self::Active, StaffAct::End, Self::Ended),
        (Self::Suspended, StaffAct::End, Self::Ended),
    ];

    /// What becomes of it by an act; `None`: that is not possible now.
    pub fn after(self, act: StaffAct) -> Option<Self> {
        Self::STEPS.iter().find(|(from, by, _)| (*from, *by) == (self, act)).map(|(_, _, to)| *to)
    }

    /// What every act needs of it.
    pub fn require_active(self, reasons: &mut Reasons) {
        match self {
            Self::Active => {}
            Self::Suspended => reasons.add("suspended", "人员登记已停职，不得办理任何业务；恢复须由中心同意"),
            _ => reasons.add("not-registered", "人员登记已终止，请由中心重新审核登记"),
        }
    }

    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Nominated => "已提名",
            Self::Declined => "未同意",
            Self::Active => "在岗",
            Self::Suspended => "停职",
            Self::Ended => "离岗",
        }
    }
}

/// Whether `by` may take a step in the registration of `of`: the centre's administrators any, leader and chief representative
/// (no deputy) may suspend their own department's people; nobody themselves.
///
/// # Errors
/// Every reason against it.
pub fn check_step(act: StaffAct, by: &Staff, of: &Staff) -> Result<(), Refusal> {
    let mut reasons = Reasons::new();
    by.registration.require_active(&mut reasons);
    let heads = by.duty == Duty::Leader || by.duty == Duty::Chief && !by.deputy;
    match (by.duty, act) {
        (Duty::Administrator, _) => {}
        (_, StaffAct::Suspend) if heads => {
            reasons.require(by.department == of.department, "wrong-department", "只能停用本部门人员的登记");
        }
        (_, StaffAct::Suspend) => {
            reasons.add("wrong-duty", "停职由大厅管理员，或本部门分管领导、首席代表（不含代理）办理");
        }
        _ => reasons.add("wrong-duty", "恢复、终止登记须经中心同意，由大厅管理员办理"),
    }
    reasons.require(by.id != of.id, "yourself", "不得变更自己的登记，请由他人办理");
    if of.registration.after(act).is_none() {
        let text = format!("人员现为“{}”，不能办理此项变更，请刷新后查看", of.registration.title());
        reasons.add("staff-state", text);
    }
    reasons.into_result()
}

/// A permit (工作证).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// Its number.
    pub number: String,
    /// The first day it is valid.
    pub from: Date,
    /// The last day it is valid.
    pub to: Date,
}

impl Permit {
    /// Whether it is valid on that day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Where somebody acts from (R11: seals are used only from registered windows and enrolled devices).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A window of the hall's register.
    Window(&'a Window),
    /// A device enrolled in the hall.
    Device(DeviceId),
    /// Anywhere else.
    Elsewhere,
}

/// Somebody acting.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    /// Who.
    pub staff: &'a Staff,
    /// From where.
    pub place: Place<'a>,
}

impl Actor<'_> {
    /// What every act in the hall needs: registration, a valid permit, a place in the hall, opening hours (R6, R11).
    pub fn check_presence(&self, now: &Moment, reasons: &mut Reasons) {
        self.staff.registration.require_active(reasons);
        let permit = self.staff.permit.as_ref();
        let valid = permit.is_some_and(|permit| permit.is_valid_on(now.date()));
        reasons.require(valid, "permit-not-valid", "没有有效的工作证，请向中心申领或换发");
        let inside = self.place != Place::Elsewhere;
        reasons.require(inside, "outside-hall", "大厅之外无审批：请在登记的窗口或设备上办理");
        match now.doors() {
            Doors::Open => {}
            Doors::Closed => reasons.add("hall-closed", "不在大厅开放时间内，请在开放时间办理"),
            Doors::Holiday => reasons.add("hall-closed", "今天按国家放假安排休息，大厅不开放，请在开放时间办理"),
        }
        if let Some(hours) = self.staff.hours.filter(|hours| !hours.is_within(now)) {
            reasons.add("off-duty", format!("不在您登记的值班时间（{hours}）内，请在值班时间办理或由他人办理"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_sides_are_apart() {
        let sides = |wanted| Duty::ALL.iter().filter(|duty| duty.side() == wanted).copied().collect::<Vec<_>>();
        assert_eq!(sides(Side::Using), [Duty::Clerk, Duty::Reviewer, Duty::Chief, Duty::Leader]);
        assert_eq!(sides(Side::Managing), [Duty::Keeper, Duty::Administrator]);
        assert_eq!(sides(Side::Auditing), [Duty::Auditor]);
        for &one in Duty::ALL {
            for &other in Duty::ALL {
                assert_eq!(Duties::new([one, other]).is_ok(), one.side() == other.side(), "{one} and {other}");
            }
        }
        let both = Duties::new([Duty::Keeper, Duty::Administrator]).unwrap();
        assert!(both.has(Duty::Keeper) && !both.has(Duty::Chief));
        assert_eq!(both.iter().collect::<Vec<_>>(), [Duty::Keeper, Duty::Administrator]);
        assert_eq!(
            Duties::new([Duty::Auditor, Duty::Chief]).unwrap_err().to_string(),
            "管理、使用、审计三类职责相互分离，“首席代表”与“监察审计员”不得由同一人承担"
        );
    }

    #[test]
    fn duties_are_written_as_words() {
        for &duty in Duty::ALL {
            assert_eq!(duty.as_str().parse(), Ok(duty));
            assert_eq!(serde_json::from_str::<Duty>(&serde_json::to_string(&duty).unwrap()).unwrap(), duty);
        }
        assert_eq!(Duty::Chief.to_string(), "chief");
        assert!("boss".parse::<Duty>().is_err());
    }

    #[test]
    fn a_permit_holds_on_its_first_and_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let permit = Permit { number: "001".to_owned(), from: day("2026-01-01"), to: day("2027-12-31") };
        assert!(permit.is_valid_on(day("2026-01-01")) && permit.is_valid_on(day("2027-12-31")));
        assert!(!permit.is_valid_on(day("2025-12-31")) && !permit.is_valid_on(day("2028-01-01")));
    }

    #[test]
    fn a_posting_of_two_years_is_long_enough() {
        let posting = |from: &str, to: &str| Posting { from: from.parse().unwrap(), to: to.parse().unwrap() };
        for (from, to, enough) in [
            ("2026-11-20", "2028-11-20", true),
            ("2026-11-20", "2028-11-19", false),
            ("2024-02-29", "2026-02-28", false),
            ("2024-02-29", "2026-03-01", true),
            ("2026-12-31", "2029-01-01", true),
            ("2026-11-20", "2026-11-20", false),
        ] {
            assert_eq!(posting(from, to).is_long_enough(), enough, "{from} {to}");
        }
    }

    /// docs/DATA_MODEL.md draws exactly the steps of the table.
    #[test]
    fn the_diagram_of_staff_is_the_table() {
        let page = include_str!("../../docs/DATA_MODEL.md");
        let section = page.split("\n## ").find(|section| section.starts_with("Staff")).expect("a section on staff");
        let drawn: BTreeSet<(String, String, String)> = section
            .lines()
            .filter_map(|line| {
                let (from, rest) = line.trim().split_once(" --> ")?;
                let (to, act) = rest.split_once(": ")?;
                (from != "[*]").then(|| (from.to_owned(), act.to_owned(), to.to_owned()))
            })
            .collect();
        let step = |(from, act, to): &(Registration, StaffAct, Registration)| {
            (from.to_string(), act.to_string(), to.to_string())
        };
        assert_eq!(drawn, Registration::STEPS.iter().map(step).collect());
        for state in Registration::ALL {
            let ends = StaffAct::ALL.iter().all(|act| state.after(*act).is_none());
            assert_eq!(section.contains(&format!("{state} --> [*]\n")), ends, "{state}");
        }
    }
}
