//! Unusual numbers: somebody's, or a seal's, against their own past.

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::facts::DayCounts;
use super::super::usual::{PAST_DAYS, Usual};
use super::super::{LOOK_BACK_DAYS, Subject};
use super::{Facts, Hit};

pub(super) fn persons(facts: &Facts) -> Vec<Hit> {
    let of = |staff: &String, day: Date, words: String| Hit {
        subject: Subject::Staff(staff.clone()),
        period: day.to_string(),
        department: facts.department(staff),
        people: vec![staff.clone()],
        said: format!("{}在{day}批准用印{words}", facts.name(staff)),
    };
    let each = facts.by_person.iter();
    each.flat_map(|(staff, counts)| {
        unusual(facts, counts).map(|(day, words)| of(staff, day, words)).collect::<Vec<_>>()
    })
    .collect()
}

pub(super) fn seals(facts: &Facts) -> Vec<Hit> {
    let of = |seal: &String, day: Date, words: String| {
        let named = facts.seals.get(seal);
        Hit {
            subject: Subject::Seal(seal.clone()),
            period: day.to_string(),
            department: named.map(|one| one.department.clone()),
            people: Vec::new(),
            said: format!("“{}”在{day}用印{words}", named.map_or(seal.as_str(), |one| one.name.as_str())),
        }
    };
    let each = facts.by_seal.iter();
    each.flat_map(|(seal, counts)| unusual(facts, counts).map(|(day, words)| of(seal, day, words)).collect::<Vec<_>>())
        .collect()
}

/// The latest days whose count is unusual, in words.
fn unusual<'a>(facts: &'a Facts, counts: &'a DayCounts) -> impl Iterator<Item = (Date, String)> + 'a {
    let first = counts.keys().next().copied();
    let since = facts.today().saturating_sub(LOOK_BACK_DAYS.days());
    counts.range(since..).filter_map(move |(&day, &count)| {
        let past = facts.days.before(day, PAST_DAYS).iter();
        // A past begins with the first use: the days before a seal or a person came say nothing.
        let past: Vec<u32> = past
            .filter(|one| first.is_some_and(|first| first <= **one))
            .map(|one| counts.get(one).copied().unwrap_or(0))
            .collect();
        let usual = Usual::of(&past)?;
        usual.exceeded_by(count).then(|| (day, format!("{count}次；{}。", usual.words())))
    })
}
