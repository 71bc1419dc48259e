//! The hall's opening hours, in China's time (+08:00, all year), by the holiday calendar (R11, R15): on an official holiday it is
//! closed, on a weekend day that is worked for it (调休) it is open as on its working days. A year whose arrangement nobody has
//! entered goes by the days of the week: a hall is never locked out for want of a notice.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use super::calendar::{Arranged, Calendar};
use super::id::NotValid;
use super::spelling::spelled;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Monday to Friday among them.
const WEEKDAYS: std::ops::Range<usize> = 0..5;

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
    holidays: Holidays,
}

spelled! {
    /// What a hall does on official holidays.
    pub enum Holidays {
        /// It is closed.
        Closed = "closed",
        /// It is open as on any such day of the week.
        Open = "open",
    }
}

spelled! {
    /// Whether the hall's doors are open.
    pub enum Doors {
        /// 开放.
        Open = "open",
        /// 不在开放时间: not the day of the week, or not the hour.
        Closed = "closed",
        /// 节假日休息.
        Holiday = "holiday",
    }
}

impl Doors {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "开放",
            Self::Closed => "不在开放时间",
            Self::Holiday => "节假日休息，不开放",
        }
    }
}

/// A moment in the hall: when, and whether the doors are open then. Made only by [`Opening::moment`], which has asked the
/// calendar, and so what every act in the hall is checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    at: Timestamp,
    arranged: Option<Arranged>,
    doors: Doors,
}

impl Moment {
    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The civil date in China.
    pub fn date(&self) -> Date {
        china_date(self.at)
    }

    /// Whether the hall is open.
    pub fn doors(&self) -> Doors {
        self.doors
    }
}

/// When somebody is on duty: hours in one spelling, as `mon-fri 08:30-12:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours(Opening);

impl Hours {
    /// Whether the moment is within them. A weekend day that is worked is one of theirs if they are of the whole working week:
    /// which of its days it is worked for no notice says.
    pub fn is_within(&self, moment: &Moment) -> bool {
        let Opening { days, .. } = &self.0;
        let made_up = moment.arranged == Some(Arranged::Work) && days[WEEKDAYS].iter().all(|on| *on);
        (made_up || self.0.has_day(moment.at)) && self.0.has_hour(moment.at)
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
        let Opening { days, from, to, .. } = &self.0;
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
        let Opening { days, from, to, .. } = &self.0;
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
            (Some(days), Some(from), Some(to)) if from < to => {
                return Ok(Self { days, from, to, holidays: Holidays::Closed });
            }
            (_, Some(from), Some(to)) if from >= to => problems.push(OpeningError::Order),
            _ => {}
        }
        Err(problems)
    }

    /// The same hours with what the hall does on holidays; closed, where nobody says.
    #[must_use]
    pub fn on_holidays(self, holidays: Holidays) -> Self {
        Self { holidays, ..self }
    }

    /// That moment in the hall, by the calendar.
    pub fn moment(&self, at: Timestamp, calendar: &Calendar) -> Moment {
        let arranged = calendar.arranged(china_date(at));
        let made_up = arranged == Some(Arranged::Work) && self.days[WEEKDAYS].iter().any(|on| *on);
        let doors = match (arranged, self.holidays) {
            // On a day on which the hall would be closed anyway, that is why.
            (Some(Arranged::Off), Holidays::Closed) if self.has_day(at) => Doors::Holiday,
            _ if (made_up || self.has_day(at)) && self.has_hour(at) => Doors::Open,
            _ => Doors::Closed,
        };
        Moment { at, arranged, doors }
    }

    /// Whether it is one of the days of the week.
    fn has_day(&self, at: Timestamp) -> bool {
        let day = china_time(at).weekday().to_monday_zero_offset().unsigned_abs() as usize;
        self.days[day % 7]
    }

    fn has_hour(&self, at: Timestamp) -> bool {
        let now = china_time(at);
        let minute = MinuteOfDay(now.hour().unsigned_abs() as u16 * 60 + now.minute().unsigned_abs() as u16);
        self.from <= minute && minute < self.to
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

    fn doors(opening: &Opening, at: &str) -> Doors {
        opening.moment(at.parse().unwrap(), &Calendar::published()).doors()
    }

    fn open(opening: &Opening, at: &str) -> bool {
        doors(opening, at) == Doors::Open
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

    /// By the notice of 2025-11-04 on 2026.
    #[test]
    fn r11_opening_hours_follow_the_holiday_calendar() {
        let hall = Opening::parse("mon-fri", "08:30", "16:30").unwrap();
        for (day, said) in [
            ("2026-10-01", Doors::Holiday), // a Thursday, National Day
            ("2026-10-05", Doors::Holiday), // the Monday of that week
            ("2026-10-03", Doors::Closed),  // the Saturday: closed anyway
            ("2026-10-08", Doors::Open),
            ("2026-10-10", Doors::Open), // a Saturday, worked for it
            ("2026-10-11", Doors::Closed),
            ("2026-02-14", Doors::Open), // a Saturday before the Spring Festival, worked
            ("2026-02-16", Doors::Holiday),
            ("2026-02-28", Doors::Open),
            ("2026-09-20", Doors::Open), // a Sunday, worked for the 25th
            ("2026-09-25", Doors::Holiday),
            ("2026-01-04", Doors::Open),
            ("2026-05-09", Doors::Open),
            ("2026-06-19", Doors::Holiday),
        ] {
            assert_eq!(doors(&hall, &format!("{day}T10:00:00+08:00")), said, "{day}");
        }
        // A day that is worked has the hours of every other; by China's day, whatever day it is elsewhere.
        assert!(!open(&hall, "2026-10-10T16:30:00+08:00") && !open(&hall, "2026-10-10T08:29:59+08:00"));
        assert!(open(&hall, "2026-10-10T00:30:00Z") && !open(&hall, "2026-10-10T18:00:00Z"));
        // Open at weekends anyway: as configured, but for the holidays.
        let daily = Opening::parse("all", "08:30", "16:30").unwrap();
        assert!(open(&daily, "2026-10-10T10:00:00+08:00") && open(&daily, "2026-10-11T10:00:00+08:00"));
        assert_eq!(doors(&daily, "2026-10-03T10:00:00+08:00"), Doors::Holiday);
        let weekends = Opening::parse("sat-sun", "09:00", "12:00").unwrap();
        assert!(open(&weekends, "2026-10-10T09:00:00+08:00") && !open(&weekends, "2026-10-12T09:00:00+08:00"));
        // And one that says that it stays open.
        let always = daily.on_holidays(Holidays::Open);
        assert!(open(&always, "2026-10-01T10:00:00+08:00") && !open(&always, "2026-10-01T16:30:00+08:00"));
    }

    #[test]
    fn r11_a_year_nobody_has_entered_goes_by_the_days_of_the_week() {
        let hall = Opening::parse("mon-fri", "08:30", "16:30").unwrap();
        // National Day of 2027 is a Friday; nothing is known of that year.
        assert!(open(&hall, "2027-10-01T10:00:00+08:00") && !open(&hall, "2027-10-02T10:00:00+08:00"));
        let off = ["2027-01-01/2027-01-03", "2027-02-05/2027-02-12", "2027-05-01/2027-05-05", "2027-10-01/2027-10-07"];
        let off: Vec<String> = off.map(str::to_owned).to_vec();
        let mut calendar = Calendar::published();
        let entered = super::super::calendar::Arrangement::new(2027, "试", &off, &["2027-02-13".to_owned()]).unwrap();
        calendar.enter(entered);
        let at = |at: &str| hall.moment(at.parse().unwrap(), &calendar).doors();
        assert_eq!(at("2027-10-01T10:00:00+08:00"), Doors::Holiday);
        assert_eq!(at("2027-02-13T10:00:00+08:00"), Doors::Open, "a Saturday");
    }

    #[test]
    fn r11_a_day_that_is_worked_counts_in_the_hours_of_the_whole_week() {
        let hall = Opening::parse("all", "00:00", "24:00").unwrap();
        let within = |hours: &str, at: &str| {
            let moment = hall.moment(at.parse().unwrap(), &Calendar::published());
            hours.parse::<Hours>().unwrap().is_within(&moment)
        };
        let saturday = "2026-10-10T10:00:00+08:00";
        assert!(within("mon-fri 08:30-12:00", saturday) && within("mon-sat 08:30-12:00", saturday));
        assert!(!within("mon-fri 08:30-12:00", "2026-10-10T12:00:00+08:00"));
        assert!(!within("mon-fri 08:30-12:00", "2026-10-17T10:00:00+08:00"), "a Saturday like any other");
        assert!(!within("mon-wed 08:30-12:00", saturday), "which day it is worked for nobody says");
        assert!(within("sat 08:30-12:00", saturday));
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
        let moment = |at: &str| morning.0.moment(at.parse().unwrap(), &Calendar::published());
        assert!(morning.is_within(&moment("2026-11-20T10:00:00+08:00")));
        assert!(!morning.is_within(&moment("2026-11-20T12:00:00+08:00")));
    }
}
