//! Staff: duties, permits, and where somebody acts from.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::department::Window;
use super::id::{DepartmentKey, DeviceId, StaffId, WindowNo};
use super::opening::{Opening, china_date};
use super::refusal::Reasons;
use super::spelling::spelled;

spelled! {
    /// What somebody is registered for.
    pub enum Duty {
        /// 窗口人员: takes cases, asks for sealing, hands out.
        Clerk = "clerk",
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
            Self::Clerk | Self::Chief | Self::Leader => Side::Using,
            Self::Keeper | Self::Administrator => Side::Managing,
            Self::Auditor => Side::Auditing,
        }
    }

    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Clerk => "窗口人员",
            Self::Chief => "首席代表",
            Self::Leader => "部门分管领导",
            Self::Keeper => "印章管理员",
            Self::Administrator => "大厅管理员",
            Self::Auditor => "监察审计员",
        }
    }

    /// Whether a duty belongs to a department (the others are the hall's).
    pub const fn is_of_a_department(self) -> bool {
        matches!(self, Self::Chief | Self::Leader | Self::Keeper)
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
    /// Whether the registration stands.
    pub registration: Registration,
    /// The permit issued by the centre, if one is.
    pub permit: Option<Permit>,
}

spelled! {
    /// Whether a member of the staff is registered with the centre.
    pub enum Registration {
        /// Registered.
        Active = "active",
        /// Struck off, or suspended.
        Ended = "ended",
    }
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
    pub fn check_presence(&self, now: Timestamp, opening: &Opening, reasons: &mut Reasons) {
        let registered = self.staff.registration == Registration::Active;
        reasons.require(registered, "not-registered", "人员登记已终止，请由中心重新审核登记");
        let permit = self.staff.permit.as_ref();
        let valid = permit.is_some_and(|permit| permit.is_valid_on(china_date(now)));
        reasons.require(valid, "permit-not-valid", "没有有效的工作证，请向中心申领或换发");
        let inside = self.place != Place::Elsewhere;
        reasons.require(inside, "outside-hall", "大厅之外无审批：请在登记的窗口或设备上办理");
        reasons.require(opening.is_open(now), "hall-closed", "不在大厅开放时间内，请在开放时间办理");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_sides_are_apart() {
        let sides = |wanted| Duty::ALL.iter().filter(|duty| duty.side() == wanted).copied().collect::<Vec<_>>();
        assert_eq!(sides(Side::Using), [Duty::Clerk, Duty::Chief, Duty::Leader]);
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
}
