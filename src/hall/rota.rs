//! The rota of deputies (轮流值守): on which days a deputy decides in the chief representative's place (R3).

use jiff::civil::Date;

use super::id::StaffId;
use super::refusal::{Reasons, Refusal};

/// The longest watch, in days.
pub const MOST_DAYS: i32 = 92;

/// Some days on which a deputy stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Who.
    pub deputy: StaffId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Watch {
    /// Whether the day is one of them.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Whether a deputy is on the rota that day.
pub fn is_on(rota: &[Watch], deputy: StaffId, day: Date) -> bool {
    rota.iter().any(|watch| watch.deputy == deputy && watch.covers(day))
}

/// Whether a watch may be added to a department's rota: days to come, not too many, and nobody else's.
///
/// # Errors
/// Every reason against it.
pub fn check(watch: &Watch, rota: &[Watch], today: Date) -> Result<(), Refusal> {
    let mut reasons = Reasons::new();
    let Watch { from, to, .. } = *watch;
    if to < from {
        reasons.add_field("dates-order", "last_day", "结束日期早于开始日期，请改正");
    }
    if from < today {
        reasons.add_field("date-past", "first_day", "值守从今天起安排，不能补记过去的日期");
    }
    if (to - from).get_days() >= MOST_DAYS {
        reasons.add_field("too-long", "last_day", format!("一次值守不超过{MOST_DAYS}天，请分次安排"));
    }
    if let Some(other) = rota.iter().find(|other| other.from <= to && from <= other.to) {
        let text = format!("{}至{}已安排值守，同一天只由一人代理，请错开日期", other.from, other.to);
        reasons.add_field("rota-overlaps", "first_day", text);
    }
    reasons.into_result()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::hall::example::person;
    use crate::hall::staff::Duty;

    #[test]
    fn a_watch_is_ahead_short_and_alone() {
        let deputy = person(1, Duty::Chief, Some("scjg"), &[]).id;
        let watch = |from, to| Watch { deputy, from, to };
        let today = date(2026, 11, 20);
        let rota = [watch(date(2026, 12, 1), date(2026, 12, 7))];
        let codes = |watch: Watch| check(&watch, &rota, today).map_err(|refusal| refusal.codes());
        assert_eq!(codes(watch(today, today)), Ok(()));
        assert_eq!(codes(watch(today, date(2027, 2, 19))), Err(vec!["rota-overlaps"]));
        assert_eq!(codes(watch(date(2026, 12, 8), date(2027, 3, 9))), Ok(()), "92 days");
        assert_eq!(codes(watch(date(2026, 12, 8), date(2027, 3, 10))), Err(vec!["too-long"]));
        assert_eq!(codes(watch(date(2026, 12, 7), date(2026, 12, 7))), Err(vec!["rota-overlaps"]));
        assert_eq!(codes(watch(date(2026, 11, 19), date(2026, 11, 18))), Err(vec!["dates-order", "date-past"]));
        assert!(is_on(&rota, deputy, date(2026, 12, 7)) && !is_on(&rota, deputy, date(2026, 12, 8)));
        assert!(!is_on(&rota, person(2, Duty::Chief, Some("scjg"), &[]).id, date(2026, 12, 7)));
    }
}
