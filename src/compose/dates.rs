//! Dates, months and periods as people write them on forms, and as certificates show them (GB/T 9704-2012 §7.3.5.4: Arabic digits,
//! no leading zeros: 2026年1月5日).

use jiff::civil::Date;

/// A day or month as written; it may not exist in the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Written {
    year: i16,
    month: i8,
    /// None for a month.
    day: Option<i8>,
}

impl Written {
    /// `2026-11-20`.
    pub fn day(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let written = Self {
            year: digits(parts.next()?, 4, 4)?,
            month: digits(parts.next()?, 2, 2)? as i8,
            day: Some(digits(parts.next()?, 2, 2)? as i8),
        };
        parts.next().is_none().then_some(written)
    }

    /// `2027年4月`, `2009年03月` or `2027-04`.
    pub fn month(text: &str) -> Option<Self> {
        let (year, month) = match text.split_once('年') {
            Some((year, rest)) => (year, rest.strip_suffix('月')?),
            None => text.split_once('-').filter(|(_, month)| month.len() == 2)?,
        };
        Some(Self { year: digits(year, 4, 4)?, month: digits(month, 1, 2)? as i8, day: None })
    }

    /// `2026年12月1日` or what [`day`](Self::day) and [`month`](Self::month) take.
    pub fn day_or_month(text: &str) -> Option<Self> {
        if let Some((head, day)) = text.strip_suffix('日').and_then(|text| text.split_once('月')) {
            let (year, month) = head.split_once('年')?;
            return Some(Self {
                year: digits(year, 4, 4)?,
                month: digits(month, 1, 2)? as i8,
                day: Some(digits(day, 1, 2)? as i8),
            });
        }
        Self::day(text).or_else(|| Self::month(text))
    }

    /// Whether the calendar has it, between the years 1900 and 2200.
    pub fn exists(self) -> bool {
        (1900..=2200).contains(&self.year) && Date::new(self.year, self.month, self.day.unwrap_or(1)).is_ok()
    }

    /// `2026年11月20日` or `2027年4月`.
    pub fn shown(self) -> String {
        match self.day {
            Some(day) => format!("{}年{}月{day}日", self.year, self.month),
            None => format!("{}年{}月", self.year, self.month),
        }
    }

    /// Order of two dates as far as both are written: a day against a month compares months. Impossible days compare as written.
    pub fn is_before(self, other: Self) -> bool {
        let months = (self.year, self.month).cmp(&(other.year, other.month));
        match (self.day, other.day) {
            (Some(day), Some(other)) => months.then(day.cmp(&other)).is_lt(),
            _ => months.is_lt(),
        }
    }
}

/// `A至B`, both of the same grain.
pub fn period(text: &str) -> Option<(Written, Written)> {
    let (from, to) = text.split_once('至')?;
    let (from, to) = (Written::day_or_month(from.trim())?, Written::day_or_month(to.trim())?);
    (from.day.is_some() == to.day.is_some()).then_some((from, to))
}

fn digits(text: &str, least: usize, most: usize) -> Option<i16> {
    let plain = (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_forms_hold_and_knows_the_calendar() {
        assert_eq!(Written::day("2026-01-05").unwrap().shown(), "2026年1月5日");
        assert!(Written::day("2028-02-29").unwrap().exists());
        assert!(!Written::day("2026-02-30").unwrap().exists());
        assert!(!Written::day("0026-02-03").unwrap().exists());
        for text in
            ["2026-1-5", "2026/01/05", "20260105", "2026-01-05 ", "２０２６-01-05", "+026-01-05", "2026-01-05-1", ""]
        {
            assert_eq!(Written::day(text), None, "{text:?}");
        }
        assert_eq!(Written::month("2009年03月").unwrap().shown(), "2009年3月");
        assert_eq!(Written::month("2027-04"), Written::month("2027年4月"));
        assert!(!Written::month("2027年13月").unwrap().exists());
    }

    #[test]
    fn orders_dates_even_when_one_of_them_is_impossible() {
        let (issued, until) = (Written::day("2026-02-30").unwrap(), Written::day("2020-01-01").unwrap());
        assert!(until.is_before(issued) && !issued.is_before(until));
        let (from, to) = period("2026年12月1日至2027年10月31日").unwrap();
        assert!(from.is_before(to));
        assert!(period("2012年08月至2026年10月").is_some());
        assert!(period("2012年08月至2026年10月1日").is_none());
        assert!(period("2012年08月-2026年10月").is_none());
    }
}
