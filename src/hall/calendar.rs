//! Working days (R15): the official holiday arrangements with their make-up days (调休), and limits counted in them.
//!
//! A period in days begins on the day after (民法典第二百零一条), and a limit in working days leaves out the official holidays
//! (行政许可法第八十二条). A year whose arrangement nobody has entered has no working days and no holidays: whatever needs it is
//! told so ([`NotEntered`]), never guessed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use serde::{Deserialize, Serialize};

use super::refusal::{Reasons, Refusal};

/// The arrangements published so far.
const PUBLISHED: &str = include_str!("holidays.toml");
/// The holidays that a year has at least (全国年节及纪念日放假办法, 2025).
const LEAST_OFF: usize = 13;
/// Longest name of a notice, in characters.
const MAX_SOURCE: usize = 200;

/// One year's arrangement as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement {
    year: i16,
    source: String,
    off: BTreeSet<Date>,
    work: BTreeSet<Date>,
}

/// What an arrangement says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arranged {
    /// Off, weekends within the holidays included.
    Off,
    /// A weekend day that is worked (调休).
    Work,
}

/// The arrangement of a year is needed and was never entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}年放假安排尚未录入，期限无法计算；请大厅管理员按国务院办公厅通知录入")]
pub struct NotEntered(pub i16);

/// The arrangements of all years that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar(BTreeMap<i16, Arrangement>);

/// How long a case may take, in working days; both 0 for what is done on the spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The hall's promise (承诺时限).
    pub promised: u16,
    /// The law's limit (法定时限).
    pub legal: u16,
}

/// The last days on which a case can be done in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// By the hall's promise.
    pub promised: Date,
    /// By law.
    pub legal: Date,
}

/// Where a day stands before or after the day something is due, in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remaining {
    /// So many working days after today, the day it is due included.
    Days(u16),
    /// It is due today.
    Today,
    /// Its day has passed, so many working days ago; 0 when no working day has come since.
    Late(u16),
}

impl Arrangement {
    /// An arrangement as an administrator enters it: days, or first and last day as `2026-02-15/2026-02-23`.
    pub fn new(year: i16, source: &str, off: &[String], work: &[String]) -> Result<Self, Refusal> {
        let mut reasons = Reasons::new();
        let source = source.trim();
        if source.is_empty() || source.chars().count() > MAX_SOURCE || source.chars().any(char::is_control) {
            reasons.add_field("source-missing", "source", format!("请写明通知的名称和日期，不超过{MAX_SOURCE}个字"));
        }
        if !(2000..=2199).contains(&year) {
            reasons.add_field("bad-year", "year", "年份应为四位数字，如 2027");
            return Err(reasons.into_result().err().unwrap_or_else(|| Refusal::because("bad-year", "年份不正确")));
        }
        let off = days(year, "off", off, &mut reasons);
        let work = days(year, "work", work, &mut reasons);
        for day in off.intersection(&work) {
            reasons.add_field("day-twice", "work", format!("{day} 既列为放假又列为上班，请核对通知"));
        }
        for day in work.iter().filter(|day| !is_weekend(**day)) {
            reasons.add_field("work-on-a-weekday", "work", format!("{day} 不是周末，本来就上班，请核对通知"));
        }
        for day in [date(year, 1, 1), date(year, 5, 1), date(year, 10, 1), date(year, 10, 2), date(year, 10, 3)] {
            if !off.contains(&day) {
                reasons.add_field("holiday-missing", "off", format!("{day} 是法定节假日，放假日期中没有，请核对通知"));
            }
        }
        if off.len() < LEAST_OFF {
            let text = format!("全年法定节假日不少于{LEAST_OFF}天，现只有{}天，请按通知逐段录全", off.len());
            reasons.add_field("too-few-days", "off", text);
        }
        reasons.into_result()?;
        Ok(Self { year, source: source.to_owned(), off, work })
    }

    /// Its year.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// The notice it was published in.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The days off, in order.
    pub fn off(&self) -> impl Iterator<Item = Date> {
        self.off.iter().copied()
    }

    /// The weekend days that are worked, in order.
    pub fn work(&self) -> impl Iterator<Item = Date> {
        self.work.iter().copied()
    }

    /// Days in a row as first and last.
    pub fn spans(days: impl Iterator<Item = Date>) -> Vec<(Date, Date)> {
        let mut spans: Vec<(Date, Date)> = Vec::new();
        for day in days {
            match spans.last_mut() {
                Some((_, last)) if last.tomorrow().ok() == Some(day) => *last = day,
                _ => spans.push((day, day)),
            }
        }
        spans
    }
}

/// The days that texts name, each in the year or in the December before (a notice may arrange the turn of the year).
fn days(year: i16, field: &'static str, texts: &[String], reasons: &mut Reasons) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    for text in texts {
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        let (Ok(first), Ok(last)) = (first.trim().parse::<Date>(), last.trim().parse::<Date>()) else {
            let text = format!("“{text}”应写成 2027-01-01 或 2027-01-01/2027-01-03 的样子");
            reasons.add_field("bad-date", field, text);
            continue;
        };
        let within = |day: Date| day.year() == year || (day.year() == year - 1 && day.month() == 12);
        if last < first || !within(first) || !within(last) {
            reasons.add_field("bad-date", field, format!("“{text}”不在{year}年内，或者先后颠倒"));
            continue;
        }
        days.extend(first.series(1.day()).take_while(|day| *day <= last));
    }
    days
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl Calendar {
    /// What has been published and comes with the program.
    pub fn published() -> Self {
        #[derive(Deserialize)]
        struct File {
            year: Vec<Year>,
        }
        #[derive(Deserialize)]
        struct Year {
            year: i16,
            source: String,
            off: Vec<String>,
            work: Vec<String>,
        }
        let file: File = toml::from_str(PUBLISHED).unwrap_or_else(|_| File { year: Vec::new() });
        let arrangements = file.year.iter().filter_map(|y| Arrangement::new(y.year, &y.source, &y.off, &y.work).ok());
        let mut calendar = Self::default();
        arrangements.for_each(|one| calendar.enter(one));
        calendar
    }

    /// Enters a year's arrangement; a later one of the same year takes its place.
    pub fn enter(&mut self, arrangement: Arrangement) {
        self.0.insert(arrangement.year, arrangement);
    }

    /// The years known, in order.
    pub fn years(&self) -> impl Iterator<Item = &Arrangement> {
        self.0.values()
    }

    /// The arrangement of a year.
    pub fn year(&self, year: i16) -> Result<&Arrangement, NotEntered> {
        self.0.get(&year).ok_or(NotEntered(year))
    }

    /// What notices say of a day beside its day of the week; `None`: nothing.
    pub fn arranged(&self, day: Date) -> Option<Arranged> {
        // The next year's notice may arrange days of December; until it is out, the own year's stands.
        let years = [day.year().saturating_add(1), day.year()];
        years.iter().filter_map(|year| self.0.get(year)).find_map(|one| {
            let worked = one.work.contains(&day).then_some(Arranged::Work);
            one.off.contains(&day).then_some(Arranged::Off).or(worked)
        })
    }

    /// Whether people work on that day.
    pub fn is_working(&self, day: Date) -> Result<bool, NotEntered> {
        self.year(day.year())?;
        Ok(self.arranged(day).map_or(!is_weekend(day), |arranged| arranged == Arranged::Work))
    }

    /// The `count`-th working day after a day; that very day for 0.
    pub fn after(&self, day: Date, count: u16) -> Result<Date, NotEntered> {
        let (mut day, mut left) = (day, count);
        while left > 0 {
            day = day.tomorrow().map_err(|_| NotEntered(day.year()))?;
            left -= u16::from(self.is_working(day)?);
        }
        Ok(day)
    }

    /// When a case accepted on a day is due.
    pub fn due(&self, accepted: Date, limit: Limit) -> Result<Due, NotEntered> {
        Ok(Due { promised: self.after(accepted, limit.promised)?, legal: self.after(accepted, limit.legal)? })
    }

    /// Where `today` stands to the day `due`.
    pub fn remaining(&self, today: Date, due: Date) -> Result<Remaining, NotEntered> {
        let working = |from: Date, to: Date| -> Result<u16, NotEntered> {
            let mut count: u16 = 0;
            for day in from.series(1.day()).skip(1).take_while(|day| *day <= to) {
                count = count.saturating_add(u16::from(self.is_working(day)?));
            }
            Ok(count)
        };
        Ok(match today.cmp(&due) {
            std::cmp::Ordering::Less => Remaining::Days(working(today, due)?),
            std::cmp::Ordering::Equal => Remaining::Today,
            std::cmp::Ordering::Greater => Remaining::Late(working(due, today)?),
        })
    }
}

impl Limit {
    /// The limit of a case of several items: each has its own, and the case is done with the last of them.
    pub fn longest(limits: impl IntoIterator<Item = Self>) -> Self {
        limits.into_iter().fold(Self { promised: 0, legal: 0 }, |all, one| Self {
            promised: all.promised.max(one.promised),
            legal: all.legal.max(one.legal),
        })
    }

    /// Done on the spot (即办件).
    pub fn is_instant(self) -> bool {
        self.promised == 0
    }
}

impl Remaining {
    /// In words: `还有 3 个工作日`, `今天到期`, `超期 1 个工作日`.
    pub fn words(self) -> String {
        match self {
            Self::Days(days) => format!("还有 {days} 个工作日"),
            Self::Today => "今天到期".to_owned(),
            Self::Late(0) => "已超期".to_owned(),
            Self::Late(days) => format!("超期 {days} 个工作日"),
        }
    }

    /// Whether its day has passed.
    pub fn is_late(self) -> bool {
        matches!(self, Self::Late(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(days: &[&str]) -> Vec<String> {
        days.iter().map(|&day| day.to_owned()).collect()
    }

    /// Hand-counted on the calendar of the notice of 2025-11-04.
    #[test]
    fn r15_working_days_leave_out_holidays_and_count_make_up_days() {
        let calendar = Calendar::published();
        // 2026-02-13 is the last Friday before the Spring Festival; Saturday the 14th is worked, 15–23 are off, then 24, 25,
        // 26, 27 and the Saturday 28th.
        let friday = date(2026, 2, 13);
        for (count, day) in [
            (0, date(2026, 2, 13)),
            (1, date(2026, 2, 14)),
            (2, date(2026, 2, 24)),
            (5, date(2026, 2, 27)),
            (6, date(2026, 2, 28)),
            (7, date(2026, 3, 2)),
        ] {
            assert_eq!(calendar.after(friday, count), Ok(day), "{count}");
        }
        // From the middle of the National Day holidays: the 8th is a Thursday, 9th, Saturday 10th worked, Sunday off, 12th.
        assert_eq!(calendar.after(date(2026, 10, 3), 4), Ok(date(2026, 10, 12)));
        assert_eq!(calendar.is_working(date(2026, 9, 20)), Ok(true), "a Sunday, worked");
        assert_eq!(calendar.is_working(date(2026, 9, 25)), Ok(false), "a Friday, off");
        assert_eq!(calendar.is_working(date(2025, 10, 11)), Ok(true));
        let due = calendar.due(date(2026, 11, 20), Limit { promised: 5, legal: 20 }).unwrap();
        assert_eq!(due, Due { promised: date(2026, 11, 27), legal: date(2026, 12, 18) });
        let instant = calendar.due(date(2026, 11, 20), Limit { promised: 0, legal: 1 }).unwrap();
        assert_eq!(instant.promised, date(2026, 11, 20));
    }

    #[test]
    fn r15_remaining_days_are_told_before_and_after() {
        let calendar = Calendar::published();
        let due = date(2026, 11, 27);
        let on = |day| calendar.remaining(day, due).unwrap().words();
        assert_eq!(on(date(2026, 11, 20)), "还有 5 个工作日");
        assert_eq!(on(date(2026, 11, 22)), "还有 5 个工作日", "a Sunday");
        assert_eq!(on(date(2026, 11, 26)), "还有 1 个工作日");
        assert_eq!(on(due), "今天到期");
        assert_eq!(on(date(2026, 11, 28)), "已超期", "a Saturday");
        assert_eq!(on(date(2026, 12, 1)), "超期 2 个工作日");
        assert!(calendar.remaining(date(2026, 11, 28), due).unwrap().is_late());
    }

    #[test]
    fn r15_a_year_nobody_has_entered_is_said_and_not_guessed() {
        let mut calendar = Calendar::published();
        let accepted = date(2026, 12, 21);
        assert_eq!(calendar.after(accepted, 8), Ok(date(2026, 12, 31)));
        assert_eq!(calendar.after(accepted, 9), Err(NotEntered(2027)));
        assert!(NotEntered(2027).to_string().starts_with("2027年放假安排尚未录入"));
        // A made-up arrangement of 2027: 1 to 3 January off, and the last Sunday of December worked for it.
        let off = texts(&[
            "2027-01-01/2027-01-03",
            "2027-02-05/2027-02-12",
            "2027-05-01/2027-05-05",
            "2027-10-01/2027-10-07",
        ]);
        let made_up = Arrangement::new(2027, "试", &off, &texts(&["2026-12-27", "2027-02-13"])).unwrap();
        assert_eq!(Arrangement::spans(made_up.off()).len(), 4);
        calendar.enter(made_up);
        assert_eq!(calendar.after(accepted, 9), Ok(date(2026, 12, 31)), "the 27th is worked now");
        assert_eq!(calendar.after(accepted, 10), Ok(date(2027, 1, 4)));
    }

    #[test]
    fn an_arrangement_is_refused_with_all_that_is_wrong() {
        let off = texts(&["2027-10-01/2027-10-07", "2027-13-01", "2026-11-30", "2027-02-09/2027-02-01"]);
        let refused = Arrangement::new(2027, " ", &off, &texts(&["2027-10-04", "2027-10-02"])).unwrap_err();
        assert_eq!(
            refused.codes(),
            [
                "source-missing",
                "bad-date",
                "bad-date",
                "bad-date",
                "day-twice",
                "day-twice",
                "work-on-a-weekday",
                "holiday-missing",
                "holiday-missing",
                "too-few-days"
            ]
        );
        assert_eq!(Arrangement::new(27, "通知", &[], &[]).unwrap_err().codes(), ["bad-year"]);
    }

    #[test]
    fn what_is_published_comes_with_the_program() {
        let years: Vec<(i16, usize, usize)> =
            Calendar::published().years().map(|one| (one.year(), one.off().count(), one.work().count())).collect();
        // 1+8+3+5+3+8 days off and five worked; 3+9+3+5+3+3+7 and six.
        assert_eq!(years, [(2025, 28, 5), (2026, 33, 6)]);
    }
}
