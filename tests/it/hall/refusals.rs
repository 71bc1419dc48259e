//! What the rules refuse, each with all its reasons at once, recorded, and without a trace in the ledger.

use yinxin::acts::Failure;
use yinxin::acts::resume::{Resumed, resume};
use yinxin::sequencer::SequencerError;

use super::*;

/// A hall with one licence submitted and waiting.
async fn waiting() -> (TestHall, Case, Asked) {
    let hall = TestHall::open().await;
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    (hall, case, asked)
}

async fn uses_in_ledger(hall: &TestHall) -> i64 {
    hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_submission_is_one_case_and_another_one_is_a_conflict() {
    let hall = TestHall::open().await;
    let case = Case::number("000001");
    let clerk = hall.clerk("A01");
    // Sent eight times at the same moment, and once more later.
    let mut sent = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (clerk, case) = (clerk.clone(), case.clone());
        sent.spawn(async move { clerk.submit(&case).await.unwrap() });
    }
    let mut answers = sent.join_all().await;
    answers.push(clerk.submit(&case).await.unwrap());
    for answer in &answers {
        assert_eq!(answer.matter.id, answers[0].matter.id);
        assert_eq!(answer.certificates[0].id, answers[0].certificates[0].id);
        assert_eq!(answer.certificates[0].number, answers[0].certificates[0].number);
    }
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM certificate").await, 1);
    let mut other = case.clone();
    other.data.insert("住所".to_owned(), "吉林经济技术开发区九站街道和平路67号".into());
    assert!(matches!(clerk.submit(&other).await, Err(ActError::Conflict(_))));
    let mut other_item = Case::number("000003").again_as(&case.case);
    other_item.data.insert("备注".to_owned(), "".into());
    assert!(matches!(clerk.submit(&other_item).await, Err(ActError::Conflict(_))));
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM certificate").await, 1);
    assert_eq!(hall.approve_all(&case.case).await[0].number, answers[0].certificates[0].number);
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_r9_only_the_right_person_approves_exactly_what_was_shown() {
    let (hall, case, asked) = waiting().await;
    let before = hall.app.db.refused_count().await.unwrap();
    // Whoever asked, whatever else they may be.
    let asker = refusal(hall.clerk("A01").approve(&asked).await);
    for code in ["self-approval", "wrong-duty", "wrong-department"] {
        assert!(asker.codes().contains(&code), "{asker}");
    }
    assert_eq!(refusal(hall.chief("jsj").approve(&asked).await).codes(), ["wrong-department"]);
    assert_eq!(refusal(hall.keeper("scjg").approve(&asked).await).codes(), ["wrong-duty"]);
    assert_eq!(refusal(hall.leader("scjg").approve(&asked).await).codes(), ["leader-not-needed"]);
    let auditor = refusal(hall.in_office("auditor".to_owned()).approve(&asked).await);
    assert_eq!(auditor.codes(), ["wrong-department", "wrong-duty"]);
    // Another document than the one to be sealed.
    let other = Asked { shown: Digest::of(b"what the approver saw"), ..asked.clone() };
    assert_eq!(refusal(hall.chief("scjg").approve(&other).await).codes(), ["document-changed"]);
    assert_eq!(refusal(hall.chief("scjg").refuse(&other, "材料不全").await).codes(), ["document-changed"]);
    let nothing = Asked { seal_use: "01985b2e-7c00-7000-8000-000000000001".to_owned(), ..asked.clone() };
    assert!(matches!(hall.chief("scjg").approve(&nothing).await, Err(ActError::NotFound)));
    // Each was recorded, none left a trace; the right one goes on.
    assert_eq!(hall.app.db.refused_count().await.unwrap(), before + 7);
    assert_eq!(uses_in_ledger(&hall).await, 0);
    assert!(hall.app.db.approvals_of(&asked.seal_use).await.unwrap().is_empty());
    assert!(hall.report(&hall.approve_all(&case.case).await[0]).is_valid());
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_nothing_happens_outside_the_hall_or_its_hours() {
    let (hall, case, asked) = waiting().await;
    let (chief, clerk) = (hall.chief("scjg"), hall.clerk("A01"));
    assert_eq!(refusal(chief.clone().at(Seat::Elsewhere).approve(&asked).await).codes(), ["outside-hall"]);
    let outside = refusal(clerk.clone().at(Seat::Elsewhere).submit(&Case::number("000003")).await);
    assert_eq!(outside.codes(), ["outside-hall", "not-at-a-window"]);
    let delivery_window = clerk.clone().at(Seat::Window("A09".parse().unwrap()));
    let refused = refusal(delivery_window.submit(&Case::number("000003")).await);
    assert_eq!(refused.codes(), ["window-kind", "wrong-window"]);
    // At night, on Saturday, and at the very minute of closing: the hall is open from half past eight to half past four.
    for (closed, at) in [
        (true, "2026-11-20T20:00:00+08:00"),
        (true, "2026-11-21T10:00:00+08:00"),
        (true, "2026-11-20T16:30:00+08:00"),
        (true, "2026-11-23T08:29:59+08:00"),
    ] {
        assert!(closed);
        hall.set_time(at);
        assert_eq!(refusal(chief.approve(&asked).await).codes(), ["hall-closed"], "{at}");
        assert_eq!(refusal(chief.refuse(&asked, "材料不全").await).codes(), ["hall-closed"], "{at}");
        assert_eq!(refusal(clerk.submit(&Case::number("000003")).await).codes(), ["hall-closed"], "{at}");
    }
    hall.set_time("2026-11-23T08:30:00+08:00");
    let documents = sealed(chief.approve(&asked).await);
    hall.set_time("2026-11-23T17:00:00+08:00");
    assert_eq!(refusal(hall.delivery().deliver(&case.case, "张三").await).codes(), ["hall-closed"]);
    hall.set_time("2026-11-24T09:00:00+08:00");
    let at_intake = refusal(hall.delivery().at(Seat::Window("A01".parse().unwrap())).deliver(&case.case, "张三").await);
    assert_eq!(at_intake.codes(), ["window-kind", "wrong-window"]);
    hall.delivery().deliver(&case.case, "张三").await.unwrap();
    assert!(hall.report(&documents[0]).is_valid());
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_letter_out_of_date_seals_nothing() {
    let (hall, _, asked) = waiting().await;
    hall.set_time("2027-01-04T10:00:00+08:00"); // a Monday; the letters end with 2026
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["letter-dates"]);
    assert_eq!(uses_in_ledger(&hall).await, 0);
    // Refusing needs no letter: the case can be given back.
    assert!(matches!(hall.chief("scjg").refuse(&asked, "授权已过期").await, Ok(Done::Refused)));
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_suspended_staff_do_nothing_from_that_moment_on() {
    let (hall, case, asked) = waiting().await;
    hall.put_on_rota("scjg").await;
    let chief = hall.chief("scjg");
    let before = chief.person().await;
    hall.administrator().change(&chief, StaffAct::Suspend).await.unwrap();
    assert_eq!(refusal(chief.approve(&asked).await).codes(), ["suspended"]);
    // A request that was let in before: the transaction that writes the ledger asks again.
    let Asked { certificate, seal_use, shown, .. } = &asked;
    let late = approve(&hall.app, &before, certificate, seal_use, *shown, Verdict::Approve).await;
    assert_eq!(refusal(late).codes(), ["conditions-changed"]);
    assert_eq!(uses_in_ledger(&hall).await, 0);
    assert!(hall.app.db.approvals_of(seal_use).await.unwrap().is_empty());
    let clerk = hall.clerk("A01");
    hall.administrator().change(&clerk, StaffAct::Suspend).await.unwrap();
    assert_eq!(refusal(clerk.submit(&Case::number("000003")).await).codes(), ["suspended"]);
    // The deputy is there, put on the rota before by the leader or the chief representative.
    assert!(hall.report(&sealed(hall.deputy("scjg").approve(&asked).await)[0]).is_valid());
    assert_eq!(hall.documents(&case.case).await[0].state, "sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_a_permit_that_has_run_out_is_none() {
    let (hall, _, asked) = waiting().await;
    // Permits run two years; the letter is out of date by then, too, and both are said at once.
    hall.set_time("2028-11-21T10:00:00+08:00");
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["permit-not-valid", "letter-dates"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_seal_is_not_used() {
    let (hall, case, asked) = waiting().await;
    let keeper = hall.keeper("scjg");
    assert_eq!(refusal(hall.chief("scjg").suspend("approval").await).codes(), ["wrong-duty"]);
    assert_eq!(refusal(keeper.suspend_because("approval", " ").await).codes(), ["reason-missing"]);
    assert_eq!(refusal(keeper.resume("approval").await).codes(), ["seal-state"]);
    // Clicked twice at the same moment: one entry.
    let before = hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await;
    let (one, two) = tokio::join!(keeper.suspend("approval"), keeper.suspend("approval"));
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(refusal(if one.is_ok() { two } else { one }).codes(), ["seal-state"]);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await, before + 1);
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["seal-not-active"]);
    assert_eq!(uses_in_ledger(&hall).await, 0);
    // The department's other seal and other departments go on.
    assert!(hall.report(&hall.carry(&Case::number("000006")).await[0]).is_valid());
    keeper.resume("approval").await.unwrap();
    assert!(hall.report(&hall.approve_all(&case.case).await[0]).is_valid());
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_one_document_ends_the_joint_case() {
    let hall = TestHall::open().await;
    let case = Case::number("000015");
    hall.clerk("A02").submit(&case).await.unwrap();
    let asked = hall.asked(&case.case).await;
    hall.chief("ghfj").approve(&asked[0]).await.unwrap();
    assert_eq!(refusal(hall.chief("jsj").refuse(&asked[1], " ").await).codes(), ["reason-missing"]);
    let jsj = hall.chief("jsj");
    assert!(matches!(jsj.refuse(&asked[1], "施工合同缺页，请补正").await, Ok(Done::Refused)));
    assert!(matches!(jsj.refuse(&asked[1], "施工合同缺页，请补正").await, Ok(Done::Refused)), "a second click");
    for document in hall.documents(&case.case).await {
        assert_eq!((document.state.as_str(), document.sealed), ("refused", None), "{}", document.name);
    }
    for one in &asked {
        for actor in [hall.chief(&one.department), hall.leader(&one.department)] {
            assert!(actor.inbox(&case.case).await.is_empty());
            let refused = refusal(actor.approve(one).await);
            assert!(refused.codes().contains(&"not-submitted"), "{refused}");
        }
    }
    assert_eq!(uses_in_ledger(&hall).await, 0);
    assert_eq!(refusal(hall.delivery().deliver(&case.case, "张三").await).codes()[0], "not-sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_joint_case_that_could_not_be_sealed_is_sealed_by_clicking_again() {
    let hall = TestHall::open().await;
    let case = Case::number("000015");
    hall.clerk("A02").submit(&case).await.unwrap();
    let asked = hall.asked(&case.case).await;
    for one in &asked {
        hall.chief(&one.department).approve(one).await.unwrap();
    }
    for one in &asked[..3] {
        let leader = hall.leader(&one.department);
        if leader.inbox(&case.case).await.iter().any(|waiting| waiting.seal_use == one.seal_use) {
            leader.approve(one).await.unwrap();
        }
    }
    // The last decision is made while the first document's seal is suspended: nothing is sealed, and it is said.
    hall.keeper("ghfj").suspend("approval").await.unwrap();
    let last = hall.leader("jsj");
    assert_eq!(refusal(last.approve(&asked[3]).await).codes(), ["seal-not-active", "approved-not-sealed"]);
    assert!(hall.documents(&case.case).await.iter().all(|document| document.sealed.is_none()));
    assert_eq!(uses_in_ledger(&hall).await, 0);
    hall.keeper("ghfj").resume("approval").await.unwrap();
    // Told that it was not sealed, they will not find it sealed by nobody: not now, not later, not at the next start.
    hall.set_time("2026-11-20T10:30:00+08:00");
    for at_start in [false, true] {
        assert_eq!(resume(&hall.app, at_start).await.unwrap(), Resumed::default());
    }
    assert_eq!(uses_in_ledger(&hall).await, 0);
    // It waits in the inbox of whoever approved.
    assert!(last.inbox(&case.case).await.iter().any(|waiting| waiting.seal_use == asked[3].seal_use));
    let documents = sealed(last.approve(&asked[3]).await);
    assert!(last.inbox(&case.case).await.is_empty());
    assert!(documents.len() == 3 && documents.iter().all(|document| hall.report(document).is_valid()));
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_does_not_go_back_in_time() {
    let (hall, case, asked) = waiting().await;
    hall.set_time("2026-11-20T12:00:00+08:00");
    hall.carry(&Case::number("000003")).await;
    let entries = hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await;
    hall.set_time("2026-11-20T11:00:00+08:00");
    let failed = hall.chief("scjg").approve(&asked).await;
    let Err(ActError::Failed(Failure::Sequencer(error))) = failed else { panic!("{failed:?}") };
    assert!(error.to_string().contains("the clock stands before the last ledger entry"), "{error}");
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await, entries);
    // Nor does a server start so.
    let premises = hall.close().await;
    let error = premises.refuses_to_open().await;
    assert!(matches!(error, StartError::Sequencer(SequencerError::ClockSetBack { .. })), "{error}");
    // A few seconds are a clock being set right. Nothing was lost.
    premises.clock.set(time("2026-11-20T11:59:55+08:00"));
    let hall = premises.open().await;
    assert!(hall.report(&hall.approve_all(&case.case).await[0]).is_valid());
    hall.assert_ledger_is_whole().await;
}
