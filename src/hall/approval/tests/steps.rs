//! Who decides in which step: reviews, deputies, meetings.

use super::*;
use crate::hall::chain::{Chain, StandardStep, StepKind};

#[test]
fn r3_a_deputy_approves_like_the_chief_on_the_days_of_the_rota_alone() {
    let mut scene = food();
    scene.actor.deputy = true;
    let watch = |deputy, from, to| Watch { deputy, from, to };
    let (me, other) = (scene.actor.id, leader().id);
    for (rota, on) in [
        (vec![], false),
        (vec![watch(me, date(2026, 11, 20), date(2026, 11, 20))], true),
        (
            vec![watch(me, date(2026, 11, 16), date(2026, 11, 19)), watch(me, date(2026, 11, 21), date(2026, 11, 22))],
            false,
        ),
        (vec![watch(other, date(2026, 11, 20), date(2026, 11, 20))], false),
    ] {
        scene.rota = rota;
        match scene.decide() {
            Ok(_) => assert!(on),
            Err(refusal) => assert_eq!((on, refusal.codes()), (false, vec!["not-on-rota"])),
        }
    }
}

fn reviewer(n: u8) -> Staff {
    person(n, Duty::Reviewer, Some("scjg"), &[])
}

/// A food permit whose item has these steps.
fn with_steps(kinds: &[StepKind], because: Option<&str>) -> Scene {
    let mut scene = food();
    let steps = kinds.iter().map(|&kind| StandardStep { kind, hours: 8 }).collect();
    scene.item.chain = Chain::new(steps, because.map(str::to_owned), 5).unwrap();
    scene
}

fn goes_on(scene: &mut Scene, by: Staff) -> Digest {
    scene.actor = by;
    let Ok(Decided::GoesOn(said)) = scene.decide() else { panic!("{:?}", scene.decide()) };
    scene.earlier.push(said.clone());
    said.digest()
}

#[test]
fn r7_a_review_comes_before_the_decision_and_is_somebody_elses() {
    use StepKind::*;
    let mut scene = with_steps(&[Acceptance, Review, Decision], None);
    assert_eq!(scene.decide().unwrap_err().codes(), ["review-first"]);
    let review = goes_on(&mut scene, reviewer(20));
    assert_eq!(scene.earlier[0].statement.step, Step::Review);
    scene.actor = reviewer(21);
    assert_eq!(scene.decide().unwrap_err().codes(), ["already-approved"]);
    scene.actor = Staff { id: reviewer(20).id, ..chief() };
    assert_eq!(scene.decide().unwrap_err().codes(), ["same-person"]);
    scene.actor = chief();
    let approved = complete(scene.decide());
    let mut expected = vec![scene.request.digest(), review, approved.statement().digest()];
    expected.sort();
    assert_eq!(approved.approvals(), expected);
    let mut plain = food();
    plain.actor = reviewer(20);
    assert_eq!(plain.decide().unwrap_err().codes(), ["review-not-needed"]);
}

#[test]
fn r7_more_than_three_steps_have_a_reason_and_fit_the_ledger() {
    use StepKind::*;
    let mut scene = with_steps(&[Acceptance, Review, SecondReview, Decision], Some("须经专家复核"));
    scene.weight = Weight::Major;
    let first = goes_on(&mut scene, reviewer(20));
    scene.actor = reviewer(20);
    assert_eq!(scene.decide().unwrap_err().codes(), ["same-person"]);
    let second = goes_on(&mut scene, reviewer(21));
    let by_chief = goes_on(&mut scene, chief());
    scene.actor = leader();
    let approved = complete(scene.decide());
    let both = Digest::of_parts(&[first.as_bytes(), second.as_bytes()]);
    let mut expected = vec![scene.request.digest(), both, by_chief, approved.statement().digest()];
    expected.sort();
    assert_eq!(approved.approvals(), expected);
    // The same from what is on record.
    scene.earlier.push(approved.statement().clone());
    assert_eq!(recall(&scene.question()).unwrap().approvals(), expected);
    scene.earlier.remove(1);
    assert_eq!(recall(&scene.question()).unwrap_err().codes(), ["not-approved"]);
}

#[test]
fn r3_what_a_meeting_decided_names_its_record() {
    let mut scene = food();
    scene.item.by_meeting = true;
    let refusal = scene.decide().unwrap_err();
    assert_eq!(refusal.codes(), ["meeting-record-missing"]);
    assert_eq!(refusal.reasons()[0].field.as_deref(), Some("meeting"));
    scene.meeting = Some(Digest::of(b"the record"));
    let approved = complete(scene.decide());
    assert_eq!(approved.statement().statement.meeting, scene.meeting);
    assert!(turn_down(&Question { meeting: None, ..scene.question() }, vec!["不同意".to_owned()], SALT).is_ok());
}

#[test]
fn r4_what_is_sealed_later_has_the_leaders_word_too() {
    let mut scene = food();
    scene.weight = Weight::Disputed;
    goes_on(&mut scene, chief());
    assert_eq!(recall(&scene.question()).unwrap_err().codes(), ["not-approved"]);
    scene.actor = leader();
    let approved = complete(scene.decide());
    scene.earlier.push(approved.statement().clone());
    assert_eq!(recall(&scene.question()).unwrap().approvals(), approved.approvals());
}
