//! The demonstration's hall and people, for the tests of the rules.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;

use super::calendar::Calendar;
use super::department::Window;
use super::file::Hall;
use super::id::StaffId;
use super::opening::Moment;
use super::staff::{Duty, Grade, Permit, Posting, Registration, Staff};

pub(super) const HALL: &str = include_str!("../../tests/data/hall.toml");
pub(super) const CASES: &str = include_str!("../../tests/data/cases.jsonl");

pub(super) fn hall() -> Hall {
    Hall::parse(HALL).unwrap()
}

pub(super) fn window<'a>(hall: &'a Hall, no: &str) -> &'a Window {
    hall.window(&no.parse().unwrap()).unwrap()
}

/// The `n`-th person, in order, with a permit for 2026 and 2027.
pub(super) fn person(n: u8, duty: Duty, department: Option<&str>, windows: &[&str]) -> Staff {
    Staff {
        id: StaffId::new(Timestamp::UNIX_EPOCH, &[n; 10]),
        name: "某人".to_owned(),
        duty,
        deputy: false,
        department: department.map(|key| key.parse().unwrap()),
        windows: BTreeSet::from_iter(windows.iter().map(|no| no.parse().unwrap())),
        grade: Grade::CivilServant,
        posting: Some(Posting { from: date(2026, 1, 1), to: date(2028, 1, 1) }),
        hours: None,
        registration: Registration::Active,
        permit: Some(Permit { number: "001".to_owned(), from: date(2026, 1, 1), to: date(2027, 12, 31) }),
    }
}

/// That moment in the hall, by the calendar as published.
pub(super) fn in_hall(hall: &Hall, at: Timestamp) -> Moment {
    hall.opening.moment(at, &Calendar::published())
}

/// A Friday morning in opening hours.
pub(super) fn friday() -> Timestamp {
    "2026-11-20T10:00:00+08:00".parse().unwrap()
}
