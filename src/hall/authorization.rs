//! Letters of authorization (授权委托书): no seal is used without one (R2).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::file::Hall;
use super::id::{DepartmentKey, ItemCode};
use super::refusal::{Reasons, Refusal};
use super::spelling::spelled;
use super::staff::{Duty, Staff};

spelled! {
    /// The powers a department gives its approval office.
    pub enum Power {
        /// To decide.
        Decision = "审批决定权",
        /// To review and report upward.
        Review = "审核上报权",
        /// To organise and coordinate.
        Coordination = "组织协调权",
        /// To use the approval seal.
        SealUse = "审批专用章使用权",
    }
}

/// The name of the certificate that a letter is when it is sealed electronically, and of its template.
pub const CERTIFICATE: &str = "授权委托书";

/// The items a letter covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoveredItems {
    /// All items of the department.
    All,
    /// Only these.
    Listed(BTreeSet<ItemCode>),
}

spelled! {
    /// How far a letter has come.
    pub enum LetterState {
        /// 拟稿: composed, and the department's leader has not approved it yet.
        Proposed = "proposed",
        /// 已签发: approved by the leader, neither sealed nor filed as a scan yet.
        Approved = "approved",
        /// 已备案: in force on its days.
        Filed = "filed",
        /// 未签发: the leader has said no.
        Declined = "declined",
        /// 已撤销: revoked, from that moment on.
        Revoked = "revoked",
    }
}

spelled! {
    /// What happens to a letter.
    pub enum LetterAct {
        /// The department's leader signs it.
        Approve = "approve",
        /// The leader does not, or takes it back.
        Decline = "decline",
        /// It is filed, and in force from then on.
        File = "file",
        /// It ends early.
        Revoke = "revoke",
    }
}

impl LetterState {
    /// Every step there is: from, act, to.
    pub const STEPS: &[(Self, LetterAct, Self)] = &[
        (Self::Proposed, LetterAct::Approve, Self::Approved),
        (Self::Proposed, LetterAct::Decline, Self::Declined),
        (Self::Approved, LetterAct::Decline, Self::Declined),
        (Self::Approved, LetterAct::File, Self::Filed),
        (Self::Filed, LetterAct::Revoke, Self::Revoked),
    ];

    /// What becomes of it by an act; `None`: that is not possible now.
    pub fn after(self, act: LetterAct) -> Option<Self> {
        Self::STEPS.iter().find(|(from, by, _)| (*from, *by) == (self, act)).map(|(_, _, to)| *to)
    }

    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Proposed => "拟稿待签发",
            Self::Approved => "已签发待备案",
            Self::Filed => "已备案",
            Self::Declined => "未签发",
            Self::Revoked => "已撤销",
        }
    }
}

/// A letter of authorization, from a department to its approval office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// How far it has come; only a filed one authorizes anything.
    pub state: LetterState,
    /// The department that gives it.
    pub department: DepartmentKey,
    /// The items it covers.
    pub items: CoveredItems,
    /// The powers it gives.
    pub powers: BTreeSet<Power>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Letter {
    /// Whether it is in force and covers an item (of this letter's department) on that day.
    pub fn covers(&self, item: &ItemCode, day: Date) -> bool {
        self.state == LetterState::Filed && self.lists(item) && self.is_valid_on(day)
    }

    /// Whether the item stands in it.
    pub fn lists(&self, item: &ItemCode) -> bool {
        match &self.items {
            CoveredItems::All => true,
            CoveredItems::Listed(items) => items.contains(item),
        }
    }

    /// Whether it is valid on that day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Whether `by` may ask for the department's own seal on a letter that its leader has signed (the keeper, or an administrator of the
/// hall: neither decides on uses), and the letter is one to be sealed.
pub fn check_sealing(letter: &Letter, by: &Staff, reasons: &mut Reasons) {
    let asks = matches!(by.duty, Duty::Keeper | Duty::Administrator);
    reasons.require(asks, "wrong-duty", "授权委托书用印由部门印章管理员或大厅管理员申请");
    let own = by.department.as_ref() == Some(&letter.department);
    reasons.require(own || by.duty == Duty::Administrator, "wrong-department", "只能办理本部门的授权委托书");
    if letter.state != LetterState::Approved {
        let text = format!("授权委托书现为“{}”，只有已签发待备案的才能申请用印", letter.state.title());
        reasons.add("letter-state", text);
    }
}

/// Longest term of a letter, in years.
const MOST_YEARS: i16 = 3;

/// A letter as entered, each field as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnteredLetter {
    /// Powers.
    pub powers: Vec<String>,
    /// Item codes.
    pub items: Vec<String>,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// Whether `by` may propose such a letter for their department; what it will say.
///
/// # Errors
/// Every reason against it, by its field.
pub fn check_proposal(entered: &EnteredLetter, by: &Staff, hall: &Hall, today: Date) -> Result<Letter, Refusal> {
    let mut reasons = Reasons::new();
    let may = by.duty == Duty::Keeper || by.duty == Duty::Chief && !by.deputy;
    reasons.require(may, "wrong-duty", "授权委托书由部门首席代表（不含代理）或印章管理员拟稿");
    let mut powers = BTreeSet::new();
    for word in &entered.powers {
        match word.parse::<Power>() {
            Ok(power) => drop(powers.insert(power)),
            Err(_) => reasons.add_field("not-valid", "powers", "没有这项权限，请从所列权限中选择"),
        }
    }
    if entered.powers.is_empty() {
        reasons.add_field("blank", "powers", "请至少选择一项授予权限");
    }
    let mut items = BTreeSet::new();
    for code in &entered.items {
        let item = code.parse().ok().and_then(|code| hall.item(&code));
        match item.filter(|item| Some(&item.department) == by.department.as_ref()) {
            Some(item) => drop(items.insert(item.code.clone())),
            None => reasons.add_field("unknown-item", "items", "只能授权本部门的事项，请核对"),
        }
    }
    if entered.items.is_empty() {
        reasons.add_field("blank", "items", "请至少选择一个授权事项");
    }
    let mut day = |text: &str, field: &'static str| {
        let day = text.trim().parse::<Date>().ok();
        if day.is_none() {
            reasons.add_field("bad-date", field, "请填写日期");
        }
        day
    };
    let (from, to) = (day(&entered.from, "from"), day(&entered.to, "to"));
    if let (Some(from), Some(to)) = (from, to) {
        let numbers = |day: Date, years: i16| (day.year() + years, day.month(), day.day());
        if to < from {
            reasons.add_field("dates-order", "to", "截止日期早于开始日期，请改正");
        } else if to < today {
            reasons.add_field("date-past", "to", "截止日期已过，请改正");
        } else if numbers(to, 0) > numbers(from, MOST_YEARS) {
            reasons.add_field("too-long", "to", format!("授权期限不超过{MOST_YEARS}年，请改正"));
        }
    }
    reasons.into_result()?;
    let missing = || Refusal::because("incomplete", "填写不完整，请补全");
    Ok(Letter {
        state: LetterState::Proposed,
        department: by.department.clone().ok_or_else(missing)?,
        items: CoveredItems::Listed(items),
        powers,
        from: from.ok_or_else(missing)?,
        to: to.ok_or_else(missing)?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn covers_its_items_on_its_days() {
        let item = |code: &str| code.parse::<ItemCode>().unwrap();
        let mut letter = Letter {
            state: LetterState::Filed,
            department: "scjg".parse().unwrap(),
            items: CoveredItems::All,
            powers: Power::ALL.iter().copied().collect(),
            from: date(2026, 1, 1),
            to: date(2026, 12, 31),
        };
        assert!(letter.covers(&item("a"), date(2026, 1, 1)) && letter.covers(&item("a"), date(2026, 12, 31)));
        assert!(!letter.covers(&item("a"), date(2025, 12, 31)) && !letter.covers(&item("a"), date(2027, 1, 1)));
        letter.items = CoveredItems::Listed(BTreeSet::from([item("a")]));
        assert!(letter.covers(&item("a"), date(2026, 6, 1)));
        assert!(!letter.covers(&item("b"), date(2026, 6, 1)));
        assert_eq!("审批专用章使用权".parse(), Ok(Power::SealUse));
        for &state in LetterState::ALL {
            letter.state = state;
            assert_eq!(letter.covers(&item("a"), date(2026, 6, 1)), state == LetterState::Filed, "{state}");
        }
    }

    #[test]
    fn r2_a_proposal_names_powers_items_and_dates() {
        let (hall, today) = (crate::hall::example::hall(), date(2026, 11, 20));
        let by = |duty| crate::hall::example::person(1, duty, Some("scjg"), &[]);
        let entered = EnteredLetter {
            powers: vec!["审批决定权".into(), "审批专用章使用权".into()],
            items: vec!["220201-scjg-001".into()],
            from: "2027-01-01".into(),
            to: "2027-12-31".into(),
        };
        let letter = check_proposal(&entered, &by(Duty::Chief), &hall, today).unwrap();
        assert_eq!((letter.state, letter.powers.len()), (LetterState::Proposed, 2));
        assert!(letter.lists(&"220201-scjg-001".parse().unwrap()));
        let refused =
            |entered: &EnteredLetter, duty| check_proposal(entered, &by(duty), &hall, today).unwrap_err().codes();
        assert_eq!(refused(&entered, Duty::Leader), ["wrong-duty"]);
        let nothing = EnteredLetter::default();
        assert_eq!(refused(&nothing, Duty::Clerk), ["wrong-duty", "blank", "blank", "bad-date", "bad-date"]);
        let others = EnteredLetter { items: vec!["220201-jsj-001".into()], to: "2026-12-31".into(), ..entered.clone() };
        assert_eq!(refused(&others, Duty::Keeper), ["unknown-item", "dates-order"]);
        let long = EnteredLetter { to: "2030-01-02".into(), ..entered };
        assert_eq!(refused(&long, Duty::Keeper), ["too-long"]);
    }

    /// docs/DATA_MODEL.md draws exactly the steps of the table.
    #[test]
    fn the_diagram_of_letters_is_the_table() {
        let page = include_str!("../../docs/DATA_MODEL.md");
        let section = page.split("\n## ").find(|section| section.starts_with("Letter of authorization")).unwrap();
        let drawn: BTreeSet<&str> =
            section.lines().map(str::trim).filter(|line| line.contains(" --> ") && !line.contains("[*]")).collect();
        let steps = LetterState::STEPS.iter().map(|(from, act, to)| format!("{from} --> {to}: {act}"));
        let steps: Vec<String> = steps.collect();
        assert_eq!(drawn, steps.iter().map(String::as_str).collect());
        assert_eq!(LetterState::Filed.after(LetterAct::Revoke), Some(LetterState::Revoked));
        assert_eq!(LetterState::Proposed.after(LetterAct::File), None);
    }
}
