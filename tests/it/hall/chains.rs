//! R3, R4, R7: reviewed, decided, by different people, on the days of the rota; major matters by the leader; what a meeting
//! decided with its record.

use yinxin::acts::papers::keep_record;
use yinxin::acts::stand_in::take_off_rota;
use yinxin::hall::approval::{Statement, Step};

use super::letters::scan;
use super::*;

/// The hall with a line added to the first item of its file, the food licence.
async fn hall_with(line: &str) -> TestHall {
    let premises = Premises::new();
    let file = premises.path("hall.toml");
    let before = fs::read_to_string(&file).unwrap();
    let after = before.replacen("limit_days = 5\n", &format!("limit_days = 5\n{line}\n"), 1);
    assert_ne!(before, after);
    fs::write(&file, after).unwrap();
    premises.open().await
}

async fn licence_waiting(hall: &TestHall) -> (Case, Asked) {
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    (case, asked)
}

const REVIEWED: &str = r#"steps = [{ kind = "acceptance", hours = 2 }, { kind = "review", hours = 16 }, { kind = "decision", hours = 8 }]"#;

#[tokio::test(flavor = "multi_thread")]
async fn r7_a_review_comes_before_the_decision() {
    let hall = hall_with(REVIEWED).await;
    hall.register("scjg", "reviewer-scjg", "reviewer").await;
    let (case, asked) = licence_waiting(&hall).await;
    let (reviewer, chief) = (hall.in_office("reviewer-scjg".to_owned()), hall.chief("scjg"));
    assert!(chief.inbox(&case.case).await.is_empty(), "not the chief's turn");
    assert_eq!(refusal(chief.approve(&asked).await).codes(), ["review-first"]);
    assert_eq!(reviewer.inbox(&case.case).await.len(), 1);
    assert!(matches!(reviewer.approve(&asked).await, Ok(Done::Waiting)));
    assert!(matches!(reviewer.approve(&asked).await, Ok(Done::Waiting)), "a second click");
    assert!(reviewer.inbox(&case.case).await.is_empty());
    let documents = sealed(chief.approve(&asked).await);
    assert!(hall.report(&documents[0]).is_valid());
    // The clock stands still here, so that neither comes first.
    let approvals = hall.app.db.approvals_of(&asked.seal_use).await.unwrap();
    let steps: BTreeSet<String> = approvals.into_iter().map(|one| one.step).collect();
    assert_eq!(steps, BTreeSet::from(["chief".to_owned(), "review".to_owned()]));
    let premises = hall.close().await;
    assert_eq!(super::audit::audited(&premises).await.findings, []);
    for (forced, constraint) in [
        ("UPDATE approval SET staff = asked_by WHERE step = 'chief'", "nobody_approves_an_own_request"),
        (
            "UPDATE approval SET staff = (SELECT staff FROM approval a WHERE a.step = 'review') WHERE step = 'chief'",
            "nobody_decides_two_steps",
        ),
        ("UPDATE approval SET step = 'fourth' WHERE step = 'chief'", "step_is_known"),
    ] {
        assert!(premises.forbids(forced, constraint).await, "{forced}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_four_steps_have_a_recorded_reason_and_stand_in_the_ledger() {
    let four =
        REVIEWED.replace("{ kind = \"decision\"", "{ kind = \"second-review\", hours = 8 }, { kind = \"decision\"");
    let hall = hall_with(&format!("{four}\nmore_steps_because = \"须经专家复核\"\nmajor = true")).await;
    hall.register("scjg", "reviewer-scjg", "reviewer").await;
    hall.register("scjg", "reviewer2-scjg", "reviewer").await;
    let (case, asked) = licence_waiting(&hall).await;
    let one = hall.in_office("reviewer-scjg".to_owned());
    let other = hall.in_office("reviewer2-scjg".to_owned());
    assert!(matches!(one.approve(&asked).await, Ok(Done::Waiting)));
    assert!(one.inbox(&case.case).await.is_empty(), "the second review is somebody else's");
    assert!(matches!(other.approve(&asked).await, Ok(Done::Waiting)));
    assert!(matches!(hall.chief("scjg").approve(&asked).await, Ok(Done::Waiting)));
    assert!(hall.report(&sealed(hall.leader("scjg").approve(&asked).await)[0]).is_valid());
    let premises = hall.close().await;
    assert_eq!(super::audit::audited(&premises).await.findings, []);
    // A review that is taken away is missed.
    premises.tamper("DELETE FROM approval WHERE step = 'second-review'").await;
    let found = super::audit::audited(&premises).await.findings;
    assert!(found.iter().any(|one| one.code == "approval-missing"), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_a_reviewer_refuses_for_all() {
    let hall = hall_with(REVIEWED).await;
    hall.register("scjg", "reviewer-scjg", "reviewer").await;
    let (case, asked) = licence_waiting(&hall).await;
    let reviewer = hall.in_office("reviewer-scjg".to_owned());
    assert!(matches!(reviewer.refuse(&asked, "平面图与现场不符").await, Ok(Done::Refused)));
    assert_eq!(hall.documents(&case.case).await[0].state, "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_a_deputy_decides_on_the_days_of_the_rota_alone() {
    let hall = TestHall::open().await;
    let (_, asked) = licence_waiting(&hall).await;
    let deputy = hall.deputy("scjg");
    assert_eq!(refusal(deputy.approve(&asked).await).codes(), ["not-on-rota"]);
    let id = deputy.person().await.staff.id.to_string();
    let put = async |by: Actor, first: &'static str, last: &'static str| {
        put_on_rota(&hall.app, &by.person().await, &id, first, last).await
    };
    let own = refusal(put(deputy.clone(), "2026-11-20", "2026-11-20").await);
    assert_eq!(own.codes(), ["wrong-duty", "yourself"]);
    assert_eq!(refusal(put(hall.leader("jsj"), "2026-11-20", "2026-11-20").await).codes(), ["not-a-deputy"]);
    let bad = refusal(put(hall.leader("scjg"), "2026-11-19", "x").await);
    assert_eq!(bad.codes(), ["bad-date"]);
    put(hall.leader("scjg"), "2026-11-23", "2026-11-24").await.unwrap();
    assert_eq!(refusal(put(hall.chief("scjg"), "2026-11-24", "2026-11-25").await).codes(), ["rota-overlaps"]);
    assert_eq!(refusal(deputy.approve(&asked).await).codes(), ["not-on-rota"], "not yet");
    hall.set_time("2026-11-25T09:00:00+08:00");
    assert_eq!(refusal(deputy.approve(&asked).await).codes(), ["not-on-rota"], "no more");
    let watch = put(hall.chief("scjg"), "2026-11-25", "2026-11-25").await.unwrap();
    // Taken off between reading and deciding: the transaction that would log it asks again.
    let chief = hall.chief("scjg").person().await;
    let (approved, taken) = tokio::join!(deputy.approve(&asked), take_off_rota(&hall.app, &chief, &watch));
    taken.unwrap();
    if approved.is_err() {
        let codes = refusal(approved).codes();
        assert!(codes == ["not-on-rota"] || codes == ["conditions-changed"], "{codes:?}");
        assert_eq!(refusal(deputy.approve(&asked).await).codes(), ["not-on-rota"]);
        put(hall.chief("scjg"), "2026-11-25", "2026-11-25").await.unwrap();
        sealed(deputy.approve(&asked).await);
    }
    assert_eq!(refusal(take_off_rota(&hall.app, &chief, &watch).await).codes(), ["withdrawn-already"]);
    let premises = hall.close().await;
    let own = "UPDATE rota SET made_by = deputy";
    assert!(premises.forbids(own, "nobody_puts_themselves_on_the_rota").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_major_and_disputed_matters_are_the_leaders_from_a_device_in_the_hall() {
    let hall = TestHall::open().await;
    let (leader, disputed) = (hall.leader("scjg"), "2026-A01-700001");
    hall.clerk("A01").ask(disputed, &Request { disputed: true, ..Case::number("000001").request() }).await.unwrap();
    let asked = hall.only_use(disputed).await;
    assert_eq!(refusal(leader.approve(&asked).await).codes(), ["chief-first"]);
    assert!(matches!(hall.chief("scjg").approve(&asked).await, Ok(Done::Waiting)));
    sealed(leader.approve(&asked).await);
    let mut case = Case::number("000001");
    case.major = true;
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    assert!(matches!(hall.chief("scjg").approve(&asked).await, Ok(Done::Waiting)));
    let at_a_window = leader.clone().at(Seat::Window("A01".parse().unwrap()));
    assert_eq!(refusal(at_a_window.approve(&asked).await).codes(), ["not-at-a-device"]);
    assert_eq!(refusal(leader.clone().at(Seat::Elsewhere).approve(&asked).await).codes(), ["outside-hall"]);
    assert!(hall.report(&sealed(leader.approve(&asked).await)[0]).is_valid());
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_the_record_of_a_meeting_stands_in_the_approval() {
    let hall = hall_with("meeting = true").await;
    let (_, asked) = licence_waiting(&hall).await;
    let chief = hall.chief("scjg");
    assert_eq!(refusal(chief.approve(&asked).await).codes(), ["meeting-record-missing"]);
    let unknown = Verdict::ApproveAfterMeeting(Digest::of(b"nobody has sent it"));
    assert_eq!(refusal(chief.decide(&asked, unknown).await).codes(), ["meeting-record-missing"]);
    let person = chief.person().await;
    let not_a_pdf = refusal(keep_record(&hall.app, &person, b"minutes".to_vec()).await);
    assert_eq!(not_a_pdf.codes(), ["not-a-pdf"]);
    let record = keep_record(&hall.app, &person, scan(&hall.app).await).await.unwrap();
    let documents = sealed(chief.decide(&asked, Verdict::ApproveAfterMeeting(record)).await);
    assert!(hall.report(&documents[0]).is_valid());
    let approval = hall.app.db.approvals_of(&asked.seal_use).await.unwrap().remove(0);
    let said = Statement::parse(&approval.statement).unwrap();
    assert_eq!((said.step, said.meeting), (Step::Chief, Some(record)));
    assert!(String::from_utf8(approval.statement).unwrap().ends_with(&format!("\nmeeting {record}\n")));
    let premises = hall.close().await;
    assert_eq!(super::audit::audited(&premises).await.findings, []);
    let object = yinxin::store::Store::open(&premises.path("objects")).unwrap().path(&record);
    let bytes = fs::read(&object).unwrap();
    fs::remove_file(&object).unwrap();
    let found = super::audit::audited(&premises).await.findings;
    assert!(found.iter().any(|one| one.code == "document-missing" && one.place.starts_with("approval ")), "{found:#?}");
    fs::write(&object, bytes).unwrap();
    premises.tamper("UPDATE approval SET meeting = NULL").await;
    let found = super::audit::audited(&premises).await.findings;
    assert!(found.iter().any(|one| one.code == "approval-altered"), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_whoever_is_suspended_between_two_steps_decides_no_more() {
    let hall = hall_with(REVIEWED).await;
    hall.register("scjg", "reviewer-scjg", "reviewer").await;
    let (_, asked) = licence_waiting(&hall).await;
    let reviewer = hall.in_office("reviewer-scjg".to_owned());
    let before = reviewer.person().await;
    hall.chief("scjg").change(&reviewer, StaffAct::Suspend).await.unwrap();
    assert_eq!(refusal(reviewer.approve(&asked).await).codes(), ["suspended"]);
    // A request that was let in before: the transaction asks again.
    let Asked { certificate, seal_use, shown, .. } = &asked;
    for verdict in [Verdict::Approve, Verdict::Refuse(vec!["材料不全".to_owned()])] {
        let late = approve(&hall.app, &before, certificate, seal_use, *shown, verdict).await;
        assert_eq!(refusal(late).codes(), ["conditions-changed"]);
    }
    assert!(hall.app.db.approvals_of(seal_use).await.unwrap().is_empty());
}
