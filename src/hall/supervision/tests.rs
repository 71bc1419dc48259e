//! Each rule with what it finds and what it does not, on a Friday in the hall.

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};

use super::facts::*;
use super::working::{WorkingDays, is_weekday};
use super::*;

const A: &str = "01985b2e-7c00-7000-8000-00000000000a";
const B: &str = "01985b2e-7c00-7000-8000-00000000000b";
const C: &str = "01985b2e-7c00-7000-8000-00000000000c";

fn at(text: &str) -> Timestamp {
    format!("{text}+08:00").parse().unwrap()
}

fn facts() -> Facts {
    let mut facts =
        Facts::none(at("2026-11-20T10:00:00"), WorkingDays::between(date(2026, 6, 1), date(2027, 2, 1), is_weekday));
    for (id, name, deputy) in [(A, "王一", false), (B, "李二", true), (C, "窗口一", false)] {
        let one = StaffFact {
            name: name.to_owned(),
            department: (id != C).then(|| "scjg".to_owned()),
            deputy,
            active: true,
            permit_no: "2202012026001".to_owned(),
            permit_to: date(2027, 12, 31),
        };
        facts.staff.insert(id.to_owned(), one);
    }
    facts
}

fn case() -> CaseFact {
    CaseFact {
        case_no: "2026-A01-000001".to_owned(),
        title: "食品经营许可证核发".to_owned(),
        department: Some("scjg".to_owned()),
        instant: false,
        due: Some(date(2026, 11, 25)),
        decided_on: None,
        undelivered_since: None,
        held_at: None,
    }
}

fn refused(staff: &str, time: &str, codes: &[&str]) -> RefusedAct {
    RefusedAct {
        staff: staff.to_owned(),
        at: at(time),
        act: "approve".to_owned(),
        subject: "2026-A01-000001".to_owned(),
        codes: codes.iter().map(|&code| code.to_owned()).collect(),
    }
}

/// What is found, as `rule subject period`.
fn found(facts: &Facts) -> Vec<String> {
    examine(facts).iter().map(|one| format!("{} {} {}", one.rule.code, one.hit.subject, one.hit.period)).collect()
}

#[test]
fn every_rule_has_its_own_code_title_and_source() {
    for (place, rule) in RULES.iter().enumerate() {
        assert!(rule.source.contains("R16") && rule.source.contains(" · "), "{}", rule.code);
        assert!(RULES[place + 1..].iter().all(|other| other.code != rule.code && other.title != rule.title));
        assert!(Rule::of(rule.code).is_some_and(|same| same.title == rule.title));
    }
    assert!(found(&facts()).is_empty(), "nothing is found where nothing is wrong");
}

#[test]
fn r16_overdue_and_about_to_be() {
    let on = |due: Date, decided_on: Option<Date>, instant: bool| {
        let mut facts = facts();
        facts.cases.push(CaseFact { due: Some(due), decided_on, instant, ..case() });
        found(&facts)
    };
    let late = |due| vec![format!("case-overdue case 2026-A01-000001 {due}")];
    let soon = |due| vec![format!("case-due-soon case 2026-A01-000001 {due}")];
    // Today is Friday the 20th.
    assert_eq!(on(date(2026, 11, 19), None, false), late("2026-11-19"));
    assert_eq!(on(date(2026, 11, 20), None, false), soon("2026-11-20"), "due today");
    assert_eq!(on(date(2026, 11, 23), None, false), soon("2026-11-23"), "today and Monday");
    assert!(on(date(2026, 11, 24), None, false).is_empty());
    assert!(on(date(2026, 11, 20), None, true).is_empty(), "an instant item is done today or late tomorrow");
    assert_eq!(on(date(2026, 11, 19), None, true), late("2026-11-19"));
    assert_eq!(on(date(2026, 11, 17), Some(date(2026, 11, 18)), false), late("2026-11-17"), "decided late");
    assert!(on(date(2026, 11, 18), Some(date(2026, 11, 18)), false).is_empty(), "decided in time");
    let mut facts = facts();
    facts.cases.push(CaseFact { due: Some(date(2026, 11, 17)), ..case() });
    assert_eq!(
        examine(&facts)[0].hit.said,
        "“食品经营许可证核发”承诺2026-11-17前办结，今天2026-11-20仍未办结，超期3个工作日。"
    );
}

#[test]
fn r16_sealed_but_undelivered() {
    let on = |since: Date| {
        let mut facts = facts();
        let decided_on = Some(since);
        facts.cases.push(CaseFact { due: None, decided_on, undelivered_since: Some(since), ..case() });
        found(&facts)
    };
    assert!(on(date(2026, 11, 13)).is_empty(), "five working days");
    assert_eq!(on(date(2026, 11, 12)), ["undelivered case 2026-A01-000001 2026-11-12"], "six");
}

#[test]
fn r16_logged_but_unfinished_voided_and_held() {
    let on = |time: &str, voided: bool| {
        let mut facts = facts();
        facts.unfinished.push(UnfinishedUse {
            id: "u".to_owned(),
            index: 7,
            case_no: "2026-A01-000001".to_owned(),
            department: "scjg".to_owned(),
            at: at(time),
            voided,
        });
        found(&facts)
    };
    assert!(on("2026-11-20T09:50:00", false).is_empty(), "ten minutes");
    assert_eq!(on("2026-11-20T09:49:00", false), ["use-unfinished use u 7"]);
    assert_eq!(on("2026-11-20T09:59:00", true), ["use-voided use u 7"]);
    let held = |time: &str, decided_on| {
        let mut facts = facts();
        facts.cases.push(CaseFact { due: None, held_at: Some(at(time)), decided_on, ..case() });
        found(&facts)
    };
    assert!(held("2026-11-20T09:00:00", None).is_empty(), "an hour");
    assert_eq!(held("2026-11-20T08:59:00", None), ["sealing-held case 2026-A01-000001 2026-11-20"]);
    assert!(held("2026-11-20T08:00:00", Some(date(2026, 11, 20))).is_empty(), "sealed since");
}

#[test]
fn r16_outside_place_hours_and_scope_by_person_and_day() {
    let mut facts = facts();
    facts.refused = vec![
        refused(A, "2026-11-18T20:00:00", &["hall-closed", "outside-hall"]),
        refused(A, "2026-11-19T20:00:00", &["hall-closed"]),
        refused(A, "2026-11-19T20:10:00", &["hall-closed"]),
        refused(C, "2026-11-19T10:00:00", &["wrong-duty", "permit-not-valid"]),
        refused(C, "2026-11-19T10:00:00", &["blank"]),
    ];
    assert_eq!(
        found(&facts),
        [
            format!("outside-place staff {A} 2026-11-18"),
            format!("outside-hours staff {A} 2026-11-18"),
            format!("outside-hours staff {A} 2026-11-19"),
            format!("outside-scope staff {C} 2026-11-19"),
        ]
    );
    let hours = Rule::of("outside-hours").unwrap().examine(&facts);
    assert_eq!(
        hours[1].hit.said,
        "王一在2026-11-19有2次操作因不在规定时间内被拒绝（hall-closed），涉及2026-A01-000001。"
    );
    assert_eq!(
        (hours[1].hit.department.as_deref(), hours[1].hit.people.as_slice()),
        (Some("scjg"), [A.to_owned()].as_slice())
    );
}

#[test]
fn r16_refusals_in_a_row() {
    let mut facts = facts();
    for minute in 0..4 {
        facts.refused.push(refused(A, &format!("2026-11-20T09:0{minute}:00"), &["blank"]));
    }
    assert!(found(&facts).is_empty(), "four");
    facts.refused.push(refused(A, "2026-11-20T09:05:00", &["blank"]));
    assert_eq!(found(&facts), [format!("refusals-in-a-row staff {A} 2026-11-20")]);
    facts.done.push((A.to_owned(), at("2026-11-20T09:03:30")));
    assert!(found(&facts).is_empty(), "with a success between them they are no row");
    facts.done = vec![(B.to_owned(), at("2026-11-20T09:03:30"))];
    assert_eq!(found(&facts).len(), 1, "somebody else's success is none of theirs");
    // Over midnight the row begins anew.
    facts.refused[0] = refused(A, "2026-11-19T09:00:00", &["blank"]);
    assert!(found(&facts).is_empty());
}

#[test]
fn r16_rejections_in_a_row() {
    let mut facts = facts();
    let decision = |minute: u8, refused| Decision {
        staff: A.to_owned(),
        at: at(&format!("2026-11-20T09:0{minute}:00")),
        refused,
        case_no: "2026-A01-000001".to_owned(),
    };
    facts.decisions = (0..5).map(|minute| decision(minute, true)).collect();
    assert_eq!(found(&facts), [format!("rejections-in-a-row staff {A} 2026-11-20")]);
    facts.decisions[2].refused = false;
    assert!(found(&facts).is_empty());
}

#[test]
fn r16_the_same_person_on_both_sides() {
    let decided = DecidedUse {
        id: "u".to_owned(),
        case_no: "2026-A01-000001".to_owned(),
        department: "scjg".to_owned(),
        day: date(2026, 11, 20),
        asked_by: vec![C.to_owned()],
        asked_earlier: vec![],
        approved_by: vec![B.to_owned()],
    };
    let with = |change: &dyn Fn(&mut Facts, &mut DecidedUse)| {
        let (mut facts, mut one) = (facts(), decided.clone());
        change(&mut facts, &mut one);
        facts.decided = vec![one];
        found(&facts)
    };
    assert!(with(&|_, _| {}).is_empty(), "two people");
    let of = |approver: &str, other: &str| vec![format!("self-dealing staff {approver} 2026-11 {other}")];
    assert_eq!(with(&|_, one| one.asked_by.push(B.to_owned())), of(B, B), "somebody else submitted it for them");
    assert_eq!(with(&|_, one| one.asked_earlier.push(B.to_owned())), of(B, B), "their own earlier request");
    let second = |facts: &mut Facts| facts.staff.get_mut(B).unwrap().name = "窗口一".to_owned();
    assert_eq!(with(&|facts, _| second(facts)), of(B, C), "two accounts of one name");
    assert_eq!(with(&|_, one| one.approved_by.push(B.to_owned())), of(B, B), "both steps");
    let (mut facts, mut one) = (facts(), decided.clone());
    one.asked_earlier = vec![B.to_owned()];
    facts.decided = vec![one];
    let said = &examine(&facts)[0].hit.said;
    assert!(
        said.contains("李二（代理）批准用印，而九十日内为同一当事人申请同一事项的人也是李二（同一登记）"),
        "{said}"
    );
}

#[test]
fn r16_unusual_numbers_against_ones_own_past() {
    let mut facts = facts();
    let mut counts = DayCounts::new();
    // Sixty working days before 2026-11-20 with 8 and 12 in turn: mean 10, deviation 2.02, limit 16.05.
    for (turn, day) in facts.days.before(date(2026, 11, 20), 60).iter().enumerate() {
        counts.insert(*day, if turn % 2 == 0 { 8 } else { 12 });
    }
    let with = |facts: &mut Facts, count| {
        counts.insert(date(2026, 11, 20), count);
        facts.by_person = std::collections::BTreeMap::from([(A.to_owned(), counts.clone())]);
        facts.by_seal = std::collections::BTreeMap::from([("s".to_owned(), counts.clone())]);
        found(facts)
    };
    let mut with = with;
    assert!(with(&mut facts, 16).is_empty());
    assert_eq!(
        with(&mut facts, 17),
        [format!("unusual-person staff {A} 2026-11-20"), "unusual-seal seal s 2026-11-20".to_owned()]
    );
    let said = &examine(&facts)[0].hit.said;
    assert_eq!(
        said,
        "王一在2026-11-20批准用印17次；前60个工作日平均10.0次，标准差2.0次，界限为平均加3倍标准差，即16.1次。"
    );
    // Somebody new has no past: nineteen working days say nothing.
    let young: DayCounts = facts.days.before(date(2026, 11, 20), 19).iter().map(|day| (*day, 1)).collect();
    facts.by_person.get_mut(A).unwrap().clone_from(&young);
    facts.by_person.get_mut(A).unwrap().insert(date(2026, 11, 20), 500);
    facts.by_seal.clear();
    assert!(found(&facts).is_empty());
    // What was missed while the service stood still is found afterwards, but not what lies far back.
    let mut past = counts.clone();
    past.insert(date(2026, 11, 13), 40);
    past.insert(date(2026, 11, 12), 40);
    past.insert(date(2026, 11, 20), 0);
    facts.by_person = std::collections::BTreeMap::from([(A.to_owned(), past)]);
    assert_eq!(found(&facts), [format!("unusual-person staff {A} 2026-11-13")]);
}

#[test]
fn r16_permits_and_letters_about_to_end() {
    let mut facts = facts();
    let letter = |id: &str, from, to| LetterFact {
        id: id.to_owned(),
        department: "scjg".to_owned(),
        name: "市场监管局".to_owned(),
        from,
        to,
    };
    let today = date(2026, 11, 20);
    facts.letters = vec![letter("l", date(2026, 1, 1), today.saturating_add(31.days()))];
    facts.staff.get_mut(A).unwrap().permit_to = today.saturating_add(31.days());
    assert!(found(&facts).is_empty(), "31 days");
    facts.letters = vec![letter("l", date(2026, 1, 1), today.saturating_add(30.days()))];
    facts.staff.get_mut(A).unwrap().permit_to = today.saturating_add(30.days());
    assert_eq!(
        found(&facts),
        [format!("term-ending staff {A} 2026-12-20"), "term-ending letter l 2026-12-20".to_owned()]
    );
    facts.letters.push(letter("next", date(2026, 12, 21), date(2027, 12, 31)));
    facts.staff.get_mut(A).unwrap().active = false;
    assert!(found(&facts).is_empty(), "a letter follows, and the person is gone");
    facts.letters[1].from = date(2026, 12, 22);
    assert_eq!(found(&facts), ["term-ending letter l 2026-12-20"], "a day between the letters");
}

#[test]
fn r16_trouble_with_the_ledger_once_a_day() {
    let mut facts = facts();
    facts.ledger = vec![("unpublished".to_owned(), "账本没有公布到最新。".to_owned())];
    assert_eq!(found(&facts), ["ledger-trouble ledger 2026-11-20 unpublished"]);
}

#[test]
fn the_same_is_found_once() {
    let mut facts = facts();
    facts.cases = vec![CaseFact { due: Some(date(2026, 11, 19)), ..case() }; 2];
    let first = examine(&facts);
    assert_eq!(first.len(), 1);
    facts.now = at("2026-11-23T10:00:00");
    let later = examine(&facts);
    assert_eq!(later[0].id(), first[0].id(), "the same case, the same due day");
    assert_ne!(later[0].hit.said, first[0].hit.said);
    // printf 'case-overdue\ncase 2026-A01-000001\n2026-11-19\n' | sha256sum | cut -c-24
    assert_eq!(first[0].id(), "8f4ac008422b3fba85419375");
    for subject in ["case 2026-A01-000001", "use u", "staff a", "seal s", "letter l", "ledger"] {
        assert_eq!(subject.parse::<Subject>().unwrap().to_string(), subject);
    }
    for wrong in ["", "case", "case ", "ledger x", "door 1"] {
        assert!(wrong.parse::<Subject>().is_err(), "{wrong}");
    }
}
