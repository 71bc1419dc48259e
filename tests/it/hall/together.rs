//! At the same moment: two approvers, a second click, a batch with a seal suspended in the middle, a hundred cases.

use tokio::task::JoinSet;

use super::*;

/// Cases that are approved by one click, of three departments.
pub(super) fn ordinary(count: usize) -> Vec<Case> {
    let kinds = [Case::number("000001"), Case::number("000006"), Case::number("000017")];
    (0..count).map(|i| kinds[i % 3].again_as(&format!("2026-A01-1{i:05}"))).collect()
}

/// Submits them all, and gives what is asked for each.
pub(super) async fn submit_all(hall: &TestHall, cases: &[Case]) -> Vec<Asked> {
    let mut submitting = JoinSet::new();
    for case in cases {
        let (clerk, case) = (hall.clerk("A01"), case.clone());
        submitting.spawn(async move { clerk.submit(&case).await.unwrap() });
    }
    submitting.join_all().await;
    let mut asked = Vec::new();
    for case in cases {
        asked.push(hall.only_use(&case.case).await);
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn two_approvers_at_the_same_instant_seal_once() {
    const ROUNDS: usize = 24;
    let hall = TestHall::open().await;
    let cases = ordinary(ROUNDS);
    let mut second_got = [0, 0];
    let all = submit_all(&hall, &cases).await;
    for department in all.iter().map(|one| &one.department).collect::<BTreeSet<_>>() {
        hall.put_on_rota(department).await;
    }
    for asked in all {
        let approve = |actor: Actor| {
            let asked = asked.clone();
            tokio::spawn(async move { actor.approve(&asked).await })
        };
        let both = (approve(hall.chief(&asked.department)), approve(hall.deputy(&asked.department)));
        let (one, two) = tokio::join!(both.0, both.1);
        let outcomes = [one.unwrap(), two.unwrap()];
        let stands = hall.app.db.certificate(&asked.certificate).await.unwrap().unwrap();
        assert!(hall.report(&stands).is_valid());
        assert!(outcomes.iter().any(Result::is_ok), "nobody sealed it");
        for outcome in outcomes {
            match outcome {
                // Whoever comes second gets what is stored, or is told that it has been decided.
                Ok(Done::Sealed(documents)) => {
                    second_got[0] += 1;
                    assert_eq!(documents[0].sealed, stands.sealed);
                }
                other => {
                    second_got[1] += 1;
                    let codes = refusal(other).codes();
                    let known = ["already-approved", "not-submitted", "already-decided"];
                    assert!(codes.iter().all(|code| known.contains(code)), "{codes:?}");
                }
            }
        }
        // One entry, one approval: of the one who came first.
        let approvals = hall.app.db.approvals_of(&asked.seal_use).await.unwrap();
        assert_eq!(approvals.len(), 1);
    }
    assert_eq!(second_got[0] + second_got[1], 2 * ROUNDS);
    assert_eq!(
        hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await,
        ROUNDS as i64
    );
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_gives_the_same_and_seals_once() {
    let hall = TestHall::open().await;
    for asked in submit_all(&hall, &ordinary(6)).await {
        let chief = hall.chief(&asked.department);
        let mut clicks = JoinSet::new();
        for _ in 0..4 {
            let (chief, asked) = (chief.clone(), asked.clone());
            clicks.spawn(async move { sealed(chief.approve(&asked).await) });
        }
        let mut answers = clicks.join_all().await;
        answers.push(sealed(chief.approve(&asked).await));
        assert!(answers.iter().all(|documents| documents[0].sealed == answers[0][0].sealed));
    }
    let case = Case::number("000015");
    hall.clerk("A02").submit(&case).await.unwrap();
    // Joint: the last two decisions at the same moment, each clicked twice.
    let asked = hall.asked(&case.case).await;
    for one in &asked {
        hall.chief(&one.department).approve(one).await.unwrap();
    }
    for one in &asked[..2] {
        let leader = hall.leader(&one.department);
        if !leader.inbox(&case.case).await.iter().any(|waiting| waiting.seal_use == one.seal_use) {
            continue;
        }
        leader.approve(one).await.unwrap();
    }
    let mut clicks = JoinSet::new();
    for one in asked[2..].iter().chain(&asked[2..]) {
        let (leader, one) = (hall.leader(&one.department), one.clone());
        clicks.spawn(async move { leader.approve(&one).await.unwrap() });
    }
    let done = clicks.join_all().await;
    assert!(done.iter().any(|one| matches!(one, Done::Sealed(_))), "{done:?}");
    for document in hall.documents(&case.case).await {
        assert!(hall.report(&document).is_valid(), "{}", document.name);
    }
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 6 + 4);
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_suspended_in_the_middle_of_a_batch_stops_its_own_uses_alone() {
    let hall = TestHall::open().await;
    let asked = submit_all(&hall, &ordinary(20)).await;
    let mut batch = JoinSet::new();
    for (place, one) in asked.iter().enumerate() {
        let (chief, one) = (hall.chief(&one.department), one.clone());
        batch.spawn(async move { (one.clone(), chief.approve(&one).await) });
        if place == asked.len() / 3 {
            let keeper = hall.keeper("scjg");
            keeper.suspend("approval").await.unwrap();
        }
    }
    let (mut done, mut stopped) = (0, 0);
    for (one, outcome) in batch.join_all().await {
        let stands = hall.app.db.certificate(&one.certificate).await.unwrap().unwrap();
        match outcome {
            Ok(Done::Sealed(_)) => {
                done += 1;
                assert!(hall.report(&stands).is_valid());
            }
            other => {
                stopped += 1;
                assert_eq!(one.department, "scjg");
                assert_eq!(refusal(other).codes(), ["seal-not-active"]);
                assert_eq!((stands.state.as_str(), stands.sealed), ("submitted", None));
            }
        }
    }
    // Of scjg's seven, those that came after the suspension: at least the ones that had not begun by then.
    assert!(stopped > 0 && done >= 13, "{done} sealed, {stopped} stopped");
    let entries = hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await;
    assert_eq!(entries, done);
    hall.assert_ledger_is_whole().await;
    // The stopped ones wait, and are sealed when the seal is back.
    hall.keeper("scjg").resume("approval").await.unwrap();
    for one in asked.iter().filter(|one| one.department == "scjg") {
        assert!(hall.report(&sealed(hall.chief("scjg").approve(one).await)[0]).is_valid());
    }
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_approvals_at_once_are_a_hundred_entries() {
    let hall = TestHall::open().await;
    let asked = submit_all(&hall, &ordinary(100)).await;
    let mut batch = JoinSet::new();
    for one in asked {
        let chief = hall.chief(&one.department);
        batch.spawn(async move { sealed(chief.approve(&one).await).remove(0) });
    }
    let documents = batch.join_all().await;
    let mut indexes = BTreeSet::new();
    for document in &documents {
        let report = hall.report(document);
        assert!(report.is_valid(), "{}: {}", document.number, report.summary());
        indexes.insert(report.signatures[0].ledger.as_ref().unwrap().index);
    }
    assert_eq!((documents.len(), indexes.len()), (100, 100), "one entry each, none double");
    let (first, last) = (*indexes.first().unwrap(), *indexes.last().unwrap());
    assert_eq!(last - first, 99, "no gap");
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 100);
    let numbers: BTreeSet<&String> = documents.iter().map(|document| &document.number).collect();
    assert_eq!(numbers.len(), 100);
    hall.assert_ledger_is_whole().await;
    // And after a restart the same.
    let hall = hall.close().await.open().await;
    hall.assert_ledger_is_whole().await;
}
