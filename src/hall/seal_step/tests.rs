use jiff::civil::date;

use super::*;
use crate::hall::example::{friday, hall, in_hall, person};
use crate::hall::staff::Place;

fn scjg() -> DepartmentKey {
    "scjg".parse().unwrap()
}

fn code() -> SealCode {
    "22020100000011".parse().unwrap()
}

fn facts<'a>(state: Option<SealState>, department: &'a DepartmentKey, code: &'a SealCode) -> Facts<'a> {
    Facts {
        state,
        code: Some(code),
        department,
        kind: SealKind::Approval,
        in_force: None,
        by: None,
        has_legal_basis: true,
        is_certified_here: true,
        is_reported_lost: false,
        today: date(2026, 11, 20),
    }
}

fn codes(plan: &Plan, facts: &Facts<'_>) -> Vec<&'static str> {
    let mut reasons = Reasons::new();
    check_plan(plan, facts, &mut reasons);
    reasons.into_result().err().map(|refusal| refusal.codes()).unwrap_or_default()
}

/// Every step of every proposer and every second person.
#[test]
fn nobody_does_both_and_each_step_has_its_own_right() {
    let hall = hall();
    let department = scjg();
    let of = |duty: Duty| duty.is_of_a_department().then_some("scjg");
    for &act in SealAct::ALL {
        for &duty in Duty::ALL {
            let (one, other) = (person(1, duty, of(duty), &[]), person(2, duty, of(duty), &[]));
            let acting = |staff| Acting {
                actor: Actor { staff, place: Place::Elsewhere },
                department: &department,
                now: in_hall(&hall, friday()),
            };
            let mut reasons = Reasons::new();
            check_second(act, (one.id, duty), &acting(&one), &mut reasons);
            let refusal = reasons.into_result().expect_err("nobody confirms what is his own");
            assert!(refusal.codes().contains(&"same-person") || act == SealAct::Suspend, "{act} {duty}: {refusal}");
            let mut reasons = Reasons::new();
            check_second(act, (one.id, duty), &acting(&other), &mut reasons);
            let codes = reasons.into_result().err().map(|refusal| refusal.codes()).unwrap_or_default();
            let both = act == SealAct::Compromise && may_propose(act, duty);
            assert_eq!(
                !codes.contains(&"wrong-duty"),
                both,
                "{act} {duty}: two of one duty stand behind an emergency alone"
            );
            assert_eq!(
                !codes.contains(&"outside-hall"),
                matches!(act, SealAct::Suspend | SealAct::Compromise),
                "{act}"
            );
        }
    }
    // Those who use seals or audit them manage none; the leader only stops them (R20).
    for right in RIGHTS {
        for duty in right.proposes.iter().chain(right.confirms) {
            let stops = matches!(right.act, SealAct::Suspend | SealAct::Compromise);
            assert!(
                matches!(duty, Duty::Keeper | Duty::Administrator) || (*duty == Duty::Leader && stops),
                "{right:?}"
            );
        }
        assert_eq!(right.confirms.is_empty(), right.act == SealAct::Suspend);
    }
    for &act in SealAct::ALL {
        assert!(RIGHTS.iter().any(|right| right.act == act), "{act}: nobody's right");
    }
}

#[test]
fn another_departments_keeper_may_nothing() {
    let (hall, department) = (hall(), scjg());
    let keeper = person(1, Duty::Keeper, Some("jsj"), &[]);
    let acting = Acting {
        actor: Actor { staff: &keeper, place: Place::Elsewhere },
        department: &department,
        now: in_hall(&hall, friday()),
    };
    let mut reasons = Reasons::new();
    check_proposer(SealAct::Compromise, &acting, &mut reasons);
    assert_eq!(reasons.into_result().unwrap_err().codes(), ["wrong-department"]);
    let mut reasons = Reasons::new();
    check_proposer(SealAct::Enable, &acting, &mut reasons);
    assert_eq!(reasons.into_result().unwrap_err().codes(), ["wrong-department", "outside-hall"]);
}

#[test]
fn an_application_is_told_all_that_is_wrong_with_it() {
    let (department, code) = (scjg(), code());
    let plan = |kind, name: &str, diameter_mm| Plan::Apply {
        department: scjg(),
        kind,
        name: name.to_owned(),
        diameter_mm,
        code: code.clone(),
        custodian: person(1, Duty::Keeper, Some("scjg"), &[]).id,
    };
    let none = Facts { has_legal_basis: false, ..facts(None, &department, &code) };
    assert_eq!(codes(&plan(SealKind::Approval, "某局", 42), &none), [""; 0]);
    let all = ["name", "diameter", "no-legal-basis"];
    assert_eq!(codes(&plan(SealKind::Department, "某 局", 61), &none), all);
    let one = Facts { has_legal_basis: true, ..none };
    assert_eq!(codes(&plan(SealKind::Department, &"局".repeat(40), 30), &one), [""; 0]);
    assert_eq!(codes(&plan(SealKind::Department, &"局".repeat(41), 60), &one), ["name"]);
}

#[test]
fn a_filing_names_this_seal_and_no_day_to_come() {
    let (department, held) = (scjg(), code());
    let plan = |code: &str, number: &str, on| Plan::File {
        code: code.parse().unwrap(),
        number: number.to_owned(),
        on,
        document: Digest::of(b"scan"),
    };
    let made = facts(Some(SealState::Made), &department, &held);
    assert_eq!(codes(&plan("22020100000011", "吉公备〔2026〕7号", date(2026, 11, 20)), &made), [""; 0]);
    let all = ["code-differs", "filing-number", "filing-day"];
    assert_eq!(codes(&plan("22020100000012", "", date(2026, 11, 21)), &made), all);
    let applied = facts(Some(SealState::Applied), &department, &held);
    assert_eq!(codes(&plan("22020100000011", "7", date(2026, 11, 20)), &applied), ["seal-state"]);
}

#[test]
fn one_seal_of_a_kind_is_in_force() {
    let (department, code, other) = (scjg(), code(), "jsj".parse().unwrap());
    let filed = facts(Some(SealState::Filed), &department, &code);
    assert_eq!(codes(&Plan::Enable, &filed), [""; 0]);
    assert_eq!(codes(&Plan::Enable, &Facts { in_force: Some("22020100000007"), ..filed }), ["one-active-seal"]);
    let by = SealId::new(friday(), &[1; 10]);
    let active = facts(Some(SealState::Active), &department, &code);
    let with = |department, kind, state| Facts { by: Some((department, kind, state)), ..active };
    let replace = Plan::Replace { by };
    assert_eq!(codes(&replace, &active), ["no-successor"]);
    assert_eq!(codes(&replace, &with(&department, SealKind::Approval, SealState::Filed)), [""; 0]);
    let wrong = with(&other, SealKind::Department, SealState::Made);
    assert_eq!(codes(&replace, &wrong), ["other-seal", "successor-state"]);
    // One that is not in force is not replaced.
    for state in [SealState::Made, SealState::Filed, SealState::Retired] {
        let other = Facts { state: Some(state), ..with(&department, SealKind::Approval, SealState::Filed) };
        assert_eq!(codes(&replace, &other), ["seal-state"]);
    }
}

#[test]
fn what_is_reported_lost_waits_for_the_second_word() {
    let (department, code) = (scjg(), code());
    let lost = Facts { is_reported_lost: true, ..facts(Some(SealState::Suspended), &department, &code) };
    assert_eq!(codes(&Plan::Resume, &lost), ["reported-lost"]);
    assert_eq!(codes(&Plan::Compromise, &lost), [""; 0]);
    assert_eq!(codes(&Plan::Compromise, &facts(Some(SealState::Active), &department, &code)), [""; 0]);
    assert_eq!(codes(&Plan::Compromise, &facts(Some(SealState::Applied), &department, &code)), ["seal-state"]);
    let outside = Facts { is_certified_here: false, ..facts(Some(SealState::Active), &department, &code) };
    assert_eq!(codes(&Plan::Renew { years: 3 }, &outside), ["certified-elsewhere"]);
}

#[test]
fn plans_are_kept_as_text_and_read_back() {
    let plans = [
        (Plan::Enable, r#"{"act":"enable"}"#),
        (Plan::Make { years: 3 }, r#"{"act":"make","years":3}"#),
        (
            Plan::File { code: code(), number: "7".to_owned(), on: date(2026, 11, 20), document: Digest::of(b"") },
            r#"{"act":"file","code":"22020100000011","number":"7","on":"2026-11-20","document":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#,
        ),
    ];
    for (plan, text) in plans {
        assert_eq!(serde_json::to_string(&plan).unwrap(), text);
        assert_eq!(serde_json::from_str::<Plan>(text).unwrap(), plan);
        assert!(text.contains(plan.act().as_str()));
    }
}

#[test]
fn reasons_are_one_line() {
    assert_eq!(reason(" 一 \n\n二\r\n").unwrap(), "一 二");
    for bad in ["", " \n ", "a\u{7}", &"字".repeat(501)] {
        assert_eq!(reason(bad).unwrap_err().codes(), ["reason-missing"]);
    }
}

#[test]
fn a_certificate_that_runs_out_is_said_thirty_days_before() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let until = at("2026-12-20T09:00:00+08:00");
    assert_eq!(runs_out_in(at("2026-11-19T23:59:00+08:00"), until), None);
    assert_eq!(runs_out_in(at("2026-11-20T00:00:00+08:00"), until), Some(30));
    assert_eq!(runs_out_in(at("2026-12-21T00:00:00+08:00"), until), Some(-1));
}

/// The table in docs/DATA_MODEL.md has exactly these rights.
#[test]
fn the_page_names_every_right() {
    let page = include_str!("../../../docs/DATA_MODEL.md");
    let table = page.split("| step | proposed by |").nth(1).unwrap().split("\n\n").next().unwrap();
    let written: Vec<String> =
        table.lines().skip(2).map(|line| line.split(" | ").take(3).collect::<Vec<_>>().join(" | ")).collect();
    let names = |duties: &[Duty]| match duties {
        [] => "nobody".to_owned(),
        some => some.iter().map(|duty| duty.as_str()).collect::<Vec<_>>().join(", "),
    };
    let row = |right: &Right| {
        let Right { act, proposes, confirms } = right;
        format!("| `{act}` {} | {} | {}", act.title(), names(proposes), names(confirms))
    };
    assert_eq!(written, RIGHTS.iter().map(row).collect::<Vec<_>>());
}
