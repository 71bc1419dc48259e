//! The hall's opening hours, in China's time (+08:00, all year).

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use super::id::NotValid;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// China's time: eight hours east of UTC, without summer time.
pub const CHINA: Offset = Offset::constant(8);

/// The civil date and time in China at a moment.
pub fn china_time(at: Timestamp) -> DateTime {
    CHINA.to_datetime(at)
}

/// The civil date in China at a moment: what every rule about days means by "today".
pub fn china_date(at: Timestamp) -> Date {
    china_time(at).date()
}

/// When the hall is open: on some days of the week, from one minute of the day up to another (not including it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Monday first.
    days: [bool; 7],
    from: MinuteOfDay,
    to: MinuteOfDay,
}

/// When somebody is on duty: hours in one spelling, as `mon-fri 08:30-12:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours(Opening);

impl Hours {
    /// Whether the moment is within them.
    pub fn is_within(&self, at: Timestamp) -> bool {
        self.0.is_open(at)
    }
}

const HOURS: NotValid = NotValid { what: "Hours", rule: "as `mon-fri 08:30-12:00`" };

impl FromStr for Hours {
    type Err = NotValid;

    fn from_str(text: &str) -> Result<Self, NotValid> {
        let (days, times) = text.split_once(' ').ok_or(HOURS)?;
        let (from, to) = times.split_once('-').ok_or(HOURS)?;
        let hours = Self(Opening::parse(days, from, to).map_err(|_| HOURS)?);
        if hours.spelling() == text { Ok(hours) } else { Err(HOURS) }
    }
}

impl Hours {
    /// The one spelling.
    pub fn spelling(&self) -> String {
        let Opening { days, from, to } = &self.0;
        let first = days.iter().position(|open| *open).unwrap_or(0);
        let last = days.iter().rposition(|open| *open).unwrap_or(6);
        let days = match (first, last) {
            (0, 6) => "all".to_owned(),
            (first, last) if first == last => DAYS[first].to_owned(),
            (first, last) => format!("{}-{}", DAYS[first], DAYS[last]),
        };
        format!("{days} {from}-{to}")
    }
}

/// In the hall's words: `周一至周五 08:30–12:00`.
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WORDS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
        let Opening { days, from, to } = &self.0;
        let first = days.iter().position(|open| *open).unwrap_or(0);
        let last = days.iter().rposition(|open| *open).unwrap_or(6);
        match (first, last) {
            (0, 6) => f.write_str("每天")?,
            (first, last) if first == last => f.write_str(WORDS[first])?,
            (first, last) => write!(f, "{}至{}", WORDS[first], WORDS[last])?,
        }
        write!(f, " {from}–{to}")
    }
}

/// Minutes since midnight, 0 to 1440 (`24:00`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct MinuteOfDay(u16);

/// What is wrong with opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// Neither `all`, a day (`mon`) nor a range (`mon-fri`).
    #[error("days must be \"all\", a day as \"mon\", or a range as \"mon-fri\"")]
    Days,
    /// Not a time of day as `08:30`.
    #[error("`from` must be a time as \"08:30\"")]
    From,
    /// Not a time of day as `16:30`.
    #[error("`to` must be a time as \"16:30\", at most \"24:00\"")]
    To,
    /// The hours end before they begin.
    #[error("`to` must be later than `from`")]
    Order,
}

impl Opening {
    /// Opening hours from the words of the hall's file; all problems at once.
    pub fn parse(days: &str, from: &str, to: &str) -> Result<Self, Vec<OpeningError>> {
        let mut problems = Vec::new();
        let days = parse_days(days);
        let (from, to) = (MinuteOfDay::parse(from), MinuteOfDay::parse(to));
        if days.is_none() {
            problems.push(OpeningError::Days);
        }
        if from.is_none() {
            problems.push(OpeningError::From);
        }
        if to.is_none() {
            problems.push(OpeningError::To);
        }
        match (days, from, to) {
            (Some(days), Some(from), Some(to)) if from < to => return Ok(Self { days, from, to }),
            (_, Some(from), Some(to)) if from >= to => problems.push(OpeningError::Order),
            _ => {}
        }
        Err(problems)
    }

    /// Whether the hall is open at that moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let now = china_time(at);
        let minute = MinuteOfDay(now.hour().unsigned_abs() as u16 * 60 + now.minute().unsigned_abs() as u16);
        let day = now.weekday().to_monday_zero_offset().unsigned_abs() as usize;
        self.days[day % 7] && self.from <= minute && minute < self.to
    }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl MinuteOfDay {
    fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if !two_digits(hours) || !two_digits(minutes) {
            return None;
        }
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        let total = hours * 60 + minutes;
        (minutes < 60 && total <= 24 * 60).then_some(Self(total))
    }
}

fn parse_days(text: &str) -> Option<[bool; 7]> {
    if text == "all" {
        return Some([true; 7]);
    }
    let index = |name: &str| DAYS.iter().position(|&day| day == name);
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (index(first)?, index(last)?);
    (first <= last).then(|| std::array::from_fn(|day| (first..=last).contains(&day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(opening: &Opening, at: &str) -> bool {
        opening.is_open(at.parse().unwrap())
    }

    #[test]
    fn open_on_working_days_by_china_time() {
        let hours = Opening::parse("mon-fri", "08:30", "16:30").unwrap();
        // 2026-11-20 is a Friday.
        assert!(open(&hours, "2026-11-20T10:00:00+08:00"));
        assert!(open(&hours, "2026-11-20T08:30:00+08:00"));
        assert!(!open(&hours, "2026-11-20T08:29:59.999999+08:00"));
        assert!(open(&hours, "2026-11-20T16:29:59+08:00"));
        assert!(!open(&hours, "2026-11-20T16:30:00+08:00"));
        assert!(!open(&hours, "2026-11-21T10:00:00+08:00"), "Saturday");
        assert!(!open(&hours, "2026-11-22T10:00:00+08:00"), "Sunday");
        // Sunday evening in London is Monday morning in Jilin.
        assert!(open(&hours, "2026-11-23T01:00:00Z"));
        assert!(!open(&hours, "2026-11-20T10:00:00Z"));
        assert_eq!(china_date("2026-11-22T16:00:00Z".parse().unwrap()).to_string(), "2026-11-23");
    }

    #[test]
    fn the_demonstration_is_open_at_all_hours() {
        let always = Opening::parse("all", "00:00", "24:00").unwrap();
        for at in ["2026-11-22T00:00:00+08:00", "2026-11-22T23:59:59.999999+08:00", "2026-11-20T12:00:00+08:00"] {
            assert!(open(&always, at));
        }
        let sunday = Opening::parse("sun", "09:00", "12:00").unwrap();
        assert!(open(&sunday, "2026-11-22T09:00:00+08:00"));
        assert!(!open(&sunday, "2026-11-23T09:00:00+08:00"));
    }

    #[test]
    fn says_every_problem_at_once() {
        use OpeningError::*;
        assert_eq!(Opening::parse("weekdays", "8:30", "25:00"), Err(vec![Days, From, To]));
        assert_eq!(Opening::parse("fri-mon", "16:30", "08:30"), Err(vec![Days, Order]));
        assert_eq!(Opening::parse("all", "24:00", "24:01"), Err(vec![To]));
        assert_eq!(Opening::parse("all", "00:60", "+1:00"), Err(vec![From, To]));
    }

    #[test]
    fn hours_of_duty_have_one_spelling() {
        for (text, words) in [
            ("mon-fri 08:30-12:00", "周一至周五 08:30–12:00"),
            ("all 00:00-24:00", "每天 00:00–24:00"),
            ("sat 09:00-12:00", "周六 09:00–12:00"),
        ] {
            let hours: Hours = text.parse().unwrap();
            assert_eq!((hours.spelling(), hours.to_string()), (text.to_owned(), words.to_owned()));
        }
        for text in ["", "mon-fri", "mon-sun 08:00-12:00", "mon-mon 08:00-12:00", "mon 12:00-08:00", "all 8:00-12:00"] {
            assert!(text.parse::<Hours>().is_err(), "{text}");
        }
        let morning: Hours = "mon-fri 08:30-12:00".parse().unwrap();
        assert!(morning.is_within("2026-11-20T10:00:00+08:00".parse().unwrap()));
        assert!(!morning.is_within("2026-11-20T12:00:00+08:00".parse().unwrap()));
    }
}
