//! The working days around a day, as a list: counting in it needs no calendar at hand.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The working days of a stretch of time, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDays(Vec<Date>);

impl WorkingDays {
    /// Those among the days from `first` to `last` of which `is_working` says so.
    pub fn between(first: Date, last: Date, is_working: impl Fn(Date) -> bool) -> Self {
        Self(first.series(1.day()).take_while(|day| *day <= last).filter(|day| is_working(*day)).collect())
    }

    /// Whether people work on that day.
    pub fn has(&self, day: Date) -> bool {
        self.0.binary_search(&day).is_ok()
    }

    /// How many lie after `from`, up to `to` and with it; 0 when `to` is not later.
    pub fn after(&self, from: Date, to: Date) -> usize {
        self.0.partition_point(|day| *day <= to).saturating_sub(self.0.partition_point(|day| *day <= from))
    }

    /// The last `count` before `day`, in order; fewer where the list begins later.
    pub fn before(&self, day: Date, count: usize) -> &[Date] {
        let end = self.0.partition_point(|one| *one < day);
        &self.0[end.saturating_sub(count)..end]
    }
}

/// Monday to Friday: what is assumed of a year whose holidays nobody has entered.
pub fn is_weekday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_counted_without_the_day_they_are_counted_from() {
        // 2026-11-20 is a Friday.
        let days = WorkingDays::between(date(2026, 11, 9), date(2026, 11, 30), is_weekday);
        assert!(days.has(date(2026, 11, 20)) && !days.has(date(2026, 11, 21)));
        assert_eq!(days.after(date(2026, 11, 20), date(2026, 11, 23)), 1);
        assert_eq!(days.after(date(2026, 11, 20), date(2026, 11, 20)), 0);
        assert_eq!(days.after(date(2026, 11, 23), date(2026, 11, 20)), 0);
        assert_eq!(days.after(date(2026, 11, 21), date(2026, 11, 27)), 5);
        assert_eq!(days.before(date(2026, 11, 23), 2), [date(2026, 11, 19), date(2026, 11, 20)]);
        assert_eq!(days.before(date(2026, 11, 10), 60), [date(2026, 11, 9)]);
    }
}
