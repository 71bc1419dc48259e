//! What the rows hold by themselves: whoever comes around the rules of the hall is refused by the database, each time under
//! the name of the sentence that stands against it.

use yinxin::acts::pay::pay;
use yinxin::db::DbError;
use yinxin::db::ledger::{Approval, Change, PendingUse};
use yinxin::db::limits::ExtensionRow;
use yinxin::ledger::entry::{About, Entry, Salted, SealUse};
use yinxin::ledger::tree::leaf_hash;
use yinxin::sequencer::{Outcome, SequencerError};

use super::*;

/// A decision of this step by somebody, of the first day of these tests.
async fn said(by: &Actor, step: &'static str) -> Approval {
    Approval {
        step,
        decision: "approve",
        staff: by.person().await.staff.id.to_string(),
        at: time(OPEN).as_microsecond(),
        day: "2026-11-20".to_owned(),
        statement: b"what was said".to_vec(),
        salt: [7; 32],
        reasons: String::new(),
        meeting: None,
        evidence: None,
    }
}

/// A use as it is handed to the ledger, past every rule.
async fn pending(hall: &TestHall, asked: &Asked, approval: Approval) -> PendingUse {
    let seal = hall.app.db.seal_of(&asked.department, "approval").await.unwrap().unwrap();
    let letter = hall.app.db.letters(&asked.department).await.unwrap().remove(0);
    let approvals = Salted::new([Digest::of(b"request"), Digest::of(b"approval")]).unwrap();
    let (key, day) = (seal.key_digest().unwrap(), china_date(hall.app.now()));
    let (template, document) = (Digest::of(b"template"), Digest::of(b"attributes"));
    let entry = Entry::SealUse(SealUse { seal: key, template, document, approvals, day }).to_bytes();
    PendingUse {
        id: asked.seal_use.clone(),
        seal: seal.id,
        certified_at: seal.certified_at.unwrap(),
        letter: letter.id,
        day: day.to_string(),
        leaf: leaf_hash(&entry),
        entry,
        attributes: b"attributes".to_vec(),
        stamped: Digest::of(b"stamped"),
        lease_until: 0,
        approval: Some(approval),
    }
}

/// A catering permit, its fee paid, waiting for whoever decides; the deputy is on the rota.
async fn waiting() -> (TestHall, Asked) {
    let hall = TestHall::open().await;
    let mut request = Case::number("000002").request();
    request.data.insert("社会信用代码".to_owned(), "91220201MA1XY0004T".into());
    let (clerk, case) = (hall.clerk("A01"), "2026-A01-700001");
    clerk.ask(case, &request).await.unwrap();
    pay(&hall.app, &clerk.person().await, case, Some(1050), "吉财0001").await.unwrap();
    hall.put_on_rota("scjg").await;
    let asked = hall.only_use(case).await;
    (hall, asked)
}

const DECIDED: &str = "INSERT INTO approval (seal_use, step, decision, staff, at, statement, salt, reasons, asked_by)
    SELECT u.id, 'chief', 'approve', s.id, 1, zeroblob(32), zeroblob(32), '', c.asked_by
    FROM seal_use u JOIN certificate c ON c.id = u.certificate JOIN staff s ON s.login = 'chief-scjg'";
const REVIEWED: &str = "INSERT INTO approval (seal_use, step, decision, staff, at, statement, salt, reasons, asked_by)
    SELECT u.id, 'review', 'approve', s.id, 1, zeroblob(32), zeroblob(32), '', c.asked_by
    FROM seal_use u JOIN certificate c ON c.id = u.certificate JOIN staff s ON s.login = 'deputy-scjg'";
const PAID: &str = "INSERT INTO payment (matter, amount, receipt, window_no, staff, at)
    SELECT id, 1050, '吉财0001', 'A01', submitted_by, 1 FROM matter";

#[tokio::test(flavor = "multi_thread")]
async fn r1_r2_r3_r5_r6_r7_r12_a_use_is_logged_only_while_everything_holds() {
    let (hall, asked) = waiting().await;
    let deputy = hall.deputy("scjg");
    let good = pending(&hall, &asked, said(&deputy, "chief").await).await;
    let logged = async |pending: &PendingUse| match hall.app.sequencer.append(pending.clone()).await.unwrap() {
        Outcome::Logged(_) => true,
        Outcome::NotAccepted => false,
    };
    // Each taken back before the next.
    for (rule, changed, back) in [
        (
            "R1: the seal is in force",
            "UPDATE seal SET state = 'suspended' WHERE department = 'scjg' AND kind = 'approval'",
            "UPDATE seal SET state = 'active' WHERE department = 'scjg' AND kind = 'approval'",
        ),
        (
            "R2: the letter stands",
            "UPDATE letter SET state = 'revoked', revoked_at = 1 WHERE department = 'scjg'",
            "UPDATE letter SET state = 'filed', revoked_at = NULL WHERE department = 'scjg'",
        ),
        (
            "R2: its term has begun",
            "UPDATE letter SET first_day = '2026-11-21' WHERE department = 'scjg'",
            "UPDATE letter SET first_day = '2026-11-20' WHERE department = 'scjg'",
        ),
        (
            "R2: its term has not ended",
            "UPDATE letter SET last_day = '2026-11-19' WHERE department = 'scjg'",
            "UPDATE letter SET last_day = '2026-11-20' WHERE department = 'scjg'",
        ),
        (
            "R3: the deputy is on the rota",
            "UPDATE rota SET withdrawn_at = 1",
            "UPDATE rota SET withdrawn_at = NULL, last_day = '2026-11-20'",
        ),
        (
            "R3: on the rota that day",
            "UPDATE rota SET first_day = '2026-11-21', last_day = '2026-11-22'",
            "UPDATE rota SET first_day = '2026-11-20', last_day = '2026-11-20'",
        ),
        ("R3: a person decides one step", REVIEWED, "DELETE FROM approval"),
        ("R7: a step is decided once", DECIDED, "DELETE FROM approval"),
        (
            "R6: registered",
            "UPDATE staff SET state = 'suspended' WHERE login = 'deputy-scjg'",
            "UPDATE staff SET state = 'active' WHERE login = 'deputy-scjg'",
        ),
        (
            "R6: with a permit that has not run out",
            "UPDATE staff SET permit_to = '2026-11-19' WHERE login = 'deputy-scjg'",
            "UPDATE staff SET permit_to = '2026-11-20' WHERE login = 'deputy-scjg'",
        ),
        ("R12: the fee is paid", "DELETE FROM payment", PAID),
    ] {
        assert_ne!(hall.premises.tamper(changed).await, 0, "{rule}");
        assert!(!logged(&good).await, "{rule}");
        assert_ne!(hall.premises.tamper(back).await, 0, "{rule}");
    }
    // Another department's letter and seal; the department's own seal, for which no law provides here.
    let jsj = Asked { department: "jsj".to_owned(), ..asked.clone() };
    let other = pending(&hall, &jsj, said(&deputy, "chief").await).await;
    let own = hall.app.db.seal_of("scjg", "department").await.unwrap().unwrap();
    for (rule, wrong) in [
        ("R2: the department's letter", PendingUse { letter: other.letter, ..good.clone() }),
        ("R2: no letter at all", PendingUse { letter: String::new(), ..good.clone() }),
        (
            "R1: the department's seal",
            PendingUse { seal: other.seal, certified_at: other.certified_at, ..good.clone() },
        ),
        (
            "R5: the seal of the item",
            PendingUse { seal: own.id, certified_at: own.certified_at.unwrap(), ..good.clone() },
        ),
        (
            "R3: not whoever asked",
            PendingUse { approval: Some(said(&hall.clerk("A01"), "chief").await), ..good.clone() },
        ),
    ] {
        assert!(!logged(&wrong).await, "{rule}");
    }
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 0);
    assert!(logged(&good).await, "and as everything was before");
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_r6_r7_a_step_is_recorded_only_of_whoever_may_decide() {
    let (hall, asked) = waiting().await;
    let (deputy, chief) = (hall.deputy("scjg"), hall.chief("scjg"));
    let recorded = async |approval: Approval| match hall.app.db.record_approval(&asked.seal_use, &approval).await {
        Err(DbError::Constraint(name)) => name,
        other => format!("{other:?}"),
    };
    for (rule, changed, back) in [
        (
            "R6: registered",
            "UPDATE staff SET state = 'suspended' WHERE login = 'deputy-scjg'",
            "UPDATE staff SET state = 'active' WHERE login = 'deputy-scjg'",
        ),
        (
            "R6: with a permit",
            "UPDATE staff SET permit_to = '2026-11-19' WHERE login = 'deputy-scjg'",
            "UPDATE staff SET permit_to = '2026-11-20' WHERE login = 'deputy-scjg'",
        ),
        (
            "R3: on the rota that day",
            "UPDATE rota SET first_day = '2026-11-21', last_day = '2026-11-22'",
            "UPDATE rota SET first_day = '2026-11-20', last_day = '2026-11-20'",
        ),
    ] {
        assert_eq!(hall.premises.tamper(changed).await, 1, "{rule}");
        assert_eq!(recorded(said(&deputy, "review").await).await, "only_staff_on_duty_decide", "{rule}");
        assert_eq!(hall.premises.tamper(back).await, 1, "{rule}");
    }
    let asker = said(&hall.clerk("A01"), "review").await;
    assert_eq!(recorded(asker).await, "nobody_approves_an_own_request");
    assert_eq!(recorded(said(&deputy, "review").await).await, "Ok(())");
    assert_eq!(recorded(said(&chief, "review").await).await, "one_decision_per_step");
    assert_eq!(recorded(said(&chief, "fourth").await).await, "step_is_known");
    assert_eq!(recorded(said(&deputy, "chief").await).await, "nobody_decides_two_steps");
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_r6_r20_letters_permits_and_steps_of_a_seal_are_other_peoples_too() {
    let hall = TestHall::open().await;
    hall.keeper("scjg").suspend("approval").await.unwrap();
    hall.keeper("scjg").resume("approval").await.unwrap();
    let premises = hall.close().await;
    for (forced, constraint) in [
        ("UPDATE letter SET filed_as = NULL", "letters_in_force_are_sealed_or_filed"),
        ("UPDATE letter SET filed_as = 'scan', scan = NULL", "letters_in_force_are_sealed_or_filed"),
        (
            "UPDATE letter SET proposed_by = (SELECT id FROM staff WHERE login = 'centre'), approved_by = NULL",
            "letters_in_force_are_approved",
        ),
        (
            "UPDATE staff SET permit_no = (SELECT permit_no FROM staff WHERE login = 'centre')",
            "permit_number_is_unique",
        ),
        ("UPDATE seal_step SET decided_by = proposed_by", "nobody_confirms_a_step_of_their_own"),
        ("UPDATE seal_step SET decided_by = NULL", "nobody_confirms_a_step_of_their_own"),
    ] {
        assert!(premises.forbids(forced, constraint).await, "{forced}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_r10_r12_r17_numbers_payments_deliveries_and_events_are_there_once() {
    let (hall, asked) = waiting().await;
    sealed(hall.chief("scjg").approve(&asked).await);
    hall.delivery().deliver("2026-A01-700001", "张三").await.unwrap();
    let clerk = hall.clerk("A01");
    for case in ["2026-A01-700002", "2026-A01-700003"] {
        clerk.submit(&Case::number("000001").again_as(case)).await.unwrap();
    }
    let premises = hall.close().await;
    for (forced, constraint) in [
        (
            "UPDATE certificate SET number = 'JY12202010000017' WHERE item = '220201-scjg-001'",
            "a_number_is_never_used_again",
        ),
        ("UPDATE certificate SET issue = 1", "only_a_replacement_bears_a_number_again"),
        ("UPDATE certificate SET sealed = NULL", "sealed_certificates_have_their_pdf"),
        ("INSERT INTO payment SELECT * FROM payment", "a_case_is_paid_once"),
        ("UPDATE payment SET amount = -1", "a_fee_is_not_negative"),
        ("INSERT INTO delivery SELECT * FROM delivery", "a_case_is_delivered_once"),
        ("UPDATE delivery SET form = 'word of mouth'", "form_is_known"),
        ("INSERT INTO outbox SELECT * FROM outbox", "outbox_id_is_unique"),
    ] {
        assert!(premises.forbids(forced, constraint).await, "{forced}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_r12_nothing_leaves_the_hall_unsealed_or_unpaid_whoever_records_it() {
    let (hall, asked) = waiting().await;
    let delivery = DeliveryRow {
        matter: hall.app.db.matter_by_number("2026-A01-700001").await.unwrap().unwrap().id,
        receiver: "张三".to_owned(),
        identity: "other X1*****78".to_owned(),
        form: "paper".to_owned(),
        window_no: "A09".to_owned(),
        staff: hall.delivery().person().await.staff.id.to_string(),
        at: time(OPEN).as_microsecond(),
    };
    let record = async || {
        let statements = Salted::new([Digest::of(b"who handed it to whom")]).unwrap();
        let entry = Entry::Record { about: About::Delivery, statements, day: china_date(hall.app.now()) };
        hall.app.sequencer.change(&entry, Change::Rows(vec![delivery.write()]), None).await
    };
    let not_now = |done| matches!(done, Err(SequencerError::Db(DbError::NothingChanged { .. })));
    assert!(not_now(record().await), "R10: not sealed");
    sealed(hall.chief("scjg").approve(&asked).await);
    hall.premises.tamper("DELETE FROM payment").await;
    assert!(not_now(record().await), "R12: not paid");
    hall.premises.tamper(PAID).await;
    record().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_what_is_decided_is_not_extended_whoever_records_it() {
    let (hall, asked) = waiting().await;
    let extension = ExtensionRow {
        matter: hall.app.db.matter_by_number("2026-A01-700001").await.unwrap().unwrap().id,
        days: 1,
        due_before: "2026-11-20".to_owned(),
        due: "2026-11-23".to_owned(),
        legal_due: "2026-12-14".to_owned(),
        reason: "需要现场核查".to_owned(),
        told: "phone".to_owned(),
        told_on: "2026-11-20".to_owned(),
        staff: hall.leader("scjg").person().await.staff.id.to_string(),
        at: time(OPEN).as_microsecond(),
    };
    sealed(hall.chief("scjg").approve(&asked).await);
    let statements = Salted::new([Digest::of(b"more time")]).unwrap();
    let entry = Entry::Record { about: About::Case, statements, day: china_date(hall.app.now()) };
    let done = hall.app.sequencer.change(&entry, Change::Rows(vec![extension.write()]), None).await;
    assert!(matches!(done, Err(SequencerError::Db(DbError::NothingChanged { .. }))), "{done:?}");
}
