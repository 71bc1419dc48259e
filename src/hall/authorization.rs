//! Letters of authorization (授权委托书): no seal is used without one (R2).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::id::{DepartmentKey, ItemCode};
use super::spelling::spelled;

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

/// The items a letter covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoveredItems {
    /// All items of the department.
    All,
    /// Only these.
    Listed(BTreeSet<ItemCode>),
}

/// A letter of authorization, from a department to its approval office. A letter withdrawn early ends that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
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
    /// Whether it covers an item (of this letter's department) on that day.
    pub fn covers(&self, item: &ItemCode, day: Date) -> bool {
        self.lists(item) && self.is_valid_on(day)
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn covers_its_items_on_its_days() {
        let item = |code: &str| code.parse::<ItemCode>().unwrap();
        let mut letter = Letter {
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
    }
}
