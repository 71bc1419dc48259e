//! Acts that were refused: of which kind, how many, and in a row.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::facts::{Decision, RefusedAct};
use super::super::{REFUSALS_IN_A_ROW, Subject};
use super::{Facts, Hit};
use crate::hall::opening::china_date;

/// Reasons that somebody was not where the seal may be used.
const PLACE: &[&str] =
    &["outside-hall", "not-at-a-window", "wrong-window", "window-kind", "not-at-a-device", "other-device"];
/// Reasons that it was not the time.
const HOURS: &[&str] = &["hall-closed", "off-duty", "not-on-rota"];
/// Reasons that somebody went beyond registration, letter or duty.
const SCOPE: &[&str] = &[
    "not-registered",
    "permit-not-valid",
    "wrong-department",
    "wrong-duty",
    "entrusted-intake",
    "integrated-intake",
    "self-approval",
    "same-person",
    "own-nomination",
    "no-letter",
    "letter-department",
    "letter-items",
    "letter-dates",
    "letter-powers",
    "letter-revoked",
    "letter-not-filed",
    "seal-kind",
    "seal-department",
    "seal-not-active",
];

/// What kinds of reasons a refused act had, for counting: at least one.
pub fn kinds(codes: &[String]) -> Vec<&'static str> {
    let named = [(PLACE, "不在登记的窗口或设备上"), (HOURS, "不在规定时间内"), (SCOPE, "超出登记、授权或岗位范围")];
    let has = |kind: &[&str]| codes.iter().any(|code| kind.contains(&code.as_str()));
    let mut kinds: Vec<&str> = named.iter().filter(|(kind, _)| has(kind)).map(|(_, name)| *name).collect();
    let known = |code: &String| named.iter().any(|(kind, _)| kind.contains(&code.as_str()));
    if kinds.is_empty() || !codes.iter().all(known) {
        kinds.push("材料、数据或办件状态不符");
    }
    kinds
}

pub(super) fn place(facts: &Facts) -> Vec<Hit> {
    of_kind(facts, PLACE, "不在登记的窗口或设备上")
}

pub(super) fn hours(facts: &Facts) -> Vec<Hit> {
    of_kind(facts, HOURS, "不在规定时间内")
}

pub(super) fn scope(facts: &Facts) -> Vec<Hit> {
    of_kind(facts, SCOPE, "超出登记、授权或岗位范围")
}

fn of_kind(facts: &Facts, kind: &[&str], what: &str) -> Vec<Hit> {
    let mut days: BTreeMap<(Date, &str), Vec<&RefusedAct>> = BTreeMap::new();
    for act in facts.refused.iter().filter(|act| act.codes.iter().any(|code| kind.contains(&code.as_str()))) {
        days.entry((china_date(act.at), act.staff.as_str())).or_default().push(act);
    }
    let hit = |((day, staff), acts): ((Date, &str), Vec<&RefusedAct>)| {
        let codes = acts.iter().flat_map(|act| &act.codes).map(String::as_str).filter(|code| kind.contains(code));
        let codes: BTreeSet<&str> = codes.collect();
        let subjects: BTreeSet<&str> =
            acts.iter().map(|act| act.subject.as_str()).filter(|one| !one.is_empty()).collect();
        let named: Vec<&str> = subjects.iter().copied().take(5).collect();
        let about = match subjects.len() {
            0 => String::new(),
            n if n > named.len() => format!("，涉及{}等{n}件", named.join("、")),
            _ => format!("，涉及{}", named.join("、")),
        };
        Hit {
            subject: Subject::Staff(staff.to_owned()),
            period: day.to_string(),
            department: facts.department(staff),
            people: vec![staff.to_owned()],
            said: format!(
                "{}在{day}有{}次操作因{what}被拒绝（{}）{about}。",
                facts.name(staff),
                acts.len(),
                Vec::from_iter(codes).join("、")
            ),
        }
    };
    days.into_iter().map(hit).collect()
}

pub(super) fn in_a_row(facts: &Facts) -> Vec<Hit> {
    let mut events: Vec<_> = facts.refused.iter().map(|act| (act.at, act.staff.as_str(), true)).collect();
    events.extend(facts.done.iter().map(|(staff, at)| (*at, staff.as_str(), false)));
    events.sort();
    rows(events.into_iter().map(|(at, staff, refused)| (china_date(at), staff, refused)))
        .into_iter()
        .map(|(day, staff, longest)| Hit {
            subject: Subject::Staff(staff.to_owned()),
            period: day.to_string(),
            department: facts.department(staff),
            people: vec![staff.to_owned()],
            said: format!("{}在{day}连续{longest}次操作被拒绝，其间没有一次办成。", facts.name(staff)),
        })
        .collect()
}

pub(super) fn rejections(facts: &Facts) -> Vec<Hit> {
    let mut decisions: Vec<&Decision> = facts.decisions.iter().collect();
    decisions.sort_by_key(|one| one.at);
    rows(decisions.into_iter().map(|one| (china_date(one.at), one.staff.as_str(), one.refused)))
        .into_iter()
        .map(|(day, staff, longest)| Hit {
            subject: Subject::Staff(staff.to_owned()),
            period: day.to_string(),
            department: facts.department(staff),
            people: vec![staff.to_owned()],
            said: format!("{}在{day}连续退回{longest}次，其间没有一次批准。", facts.name(staff)),
        })
        .collect()
}

/// The longest row of refusals that each person has on each day, where it is long enough. Events in order.
fn rows<'a>(events: impl Iterator<Item = (Date, &'a str, bool)>) -> Vec<(Date, &'a str, usize)> {
    let mut rows: BTreeMap<(Date, &str), (usize, usize)> = BTreeMap::new();
    for (day, staff, refused) in events {
        let (now, longest) = rows.entry((day, staff)).or_default();
        *now = if refused { *now + 1 } else { 0 };
        *longest = (*longest).max(*now);
    }
    let long = rows.into_iter().filter(|(_, (_, longest))| *longest >= REFUSALS_IN_A_ROW);
    long.map(|((day, staff), (_, longest))| (day, staff, longest)).collect()
}
