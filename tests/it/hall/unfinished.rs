//! Logged and not finished: finished by the normal path, or voided by a further entry.

use yinxin::acts::Failure;
use yinxin::acts::resume::{Resumed, resume, sweep};
use yinxin::ledger::entry::Entry;
use yinxin::vault::VaultError;

use super::*;

/// As if the process had died after the transaction of step 5: the rows are what they were then.
const DIED_AFTER_LOGGING: [&str; 3] = [
    "UPDATE certificate SET state = 'submitted', sealed = NULL, sealed_at = NULL",
    "UPDATE seal_use SET state = 'logged', lease_until = (SELECT MAX(at) FROM ledger_entry) + 60000000,
     signed = CASE WHEN position = (SELECT MAX(position) FROM seal_use) THEN NULL ELSE signed END",
    "DELETE FROM outbox",
];

/// A hall that died so while sealing this case, which was its first.
async fn died_while_sealing(end: &str) -> (Premises, Case) {
    let hall = TestHall::open().await;
    let case = Case::number(end);
    hall.carry(&case).await;
    let premises = hall.close().await;
    for sql in DIED_AFTER_LOGGING {
        assert!(premises.tamper(sql).await > 0, "{sql}");
    }
    (premises, case)
}

/// What is resumed at a start: at once where nobody else can be at work, and where other nodes may be when the lease has run out.
async fn at_start(hall: &TestHall) -> Resumed {
    if hall.app.db.is_shared() {
        assert_eq!(resume(&hall.app, true).await.unwrap(), Resumed::default(), "another node's");
        hall.premises.clock.set(hall.app.now() + jiff::SignedDuration::from_secs(61));
    }
    resume(&hall.app, true).await.unwrap()
}

const FINISHED: Resumed = Resumed { finished: 1, voided: 0, filed: 0 };
const VOIDED: Resumed = Resumed { finished: 0, voided: 1, filed: 0 };

async fn entries(hall: &TestHall) -> Vec<Entry> {
    let bytes = hall.app.db.entries(0, i64::MAX as u64).await.unwrap();
    bytes.iter().map(|bytes| Entry::parse(bytes).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_logged_is_finished_at_the_next_start() {
    for end in ["000001", "000015"] {
        let (premises, case) = died_while_sealing(end).await;
        let hall = premises.open().await;
        let before = entries(&hall).await;
        assert!(hall.documents(&case.case).await.iter().all(|document| document.sealed.is_none()));
        assert_eq!(at_start(&hall).await, FINISHED);
        for document in hall.documents(&case.case).await {
            let report = hall.report(&document);
            assert!(report.is_valid(), "{}: {}", document.name, report.summary());
        }
        assert_eq!(entries(&hall).await, before, "not one entry more");
        assert_eq!(at_start(&hall).await, Resumed::default());
        hall.assert_ledger_is_whole().await;
        hall.delivery().deliver(&case.case, "张三").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_logged_belongs_to_its_request_for_a_minute() {
    let (premises, case) = died_while_sealing("000001").await;
    let hall = premises.open().await;
    hall.set_time("2026-11-20T10:00:59+08:00");
    assert_eq!(resume(&hall.app, false).await.unwrap(), Resumed::default());
    hall.set_time("2026-11-20T10:01:00+08:00");
    assert_eq!(resume(&hall.app, false).await.unwrap(), FINISHED);
    assert!(hall.report(&hall.documents(&case.case).await[0]).is_valid());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_logged_with_a_seal_suspended_since_is_voided_by_an_entry() {
    // One seal; and a joint case, all of which ends with it.
    for (end, department, uses) in [("000001", "scjg", 1), ("000015", "jsj", 4)] {
        let (premises, case) = died_while_sealing(end).await;
        let hall = premises.open().await;
        hall.keeper(department).suspend("approval").await.unwrap();
        let before = entries(&hall).await;
        assert_eq!(at_start(&hall).await, VOIDED);
        for document in hall.documents(&case.case).await {
            assert_eq!((document.state.as_str(), &document.sealed), ("voided", &None), "{}", document.name);
        }
        // Each use has its own void entry, which names its index.
        let after = entries(&hall).await;
        assert_eq!(after[..before.len()], before);
        let mut voided: Vec<u64> = Vec::new();
        for entry in &after[before.len()..] {
            let Entry::SealVoid { index, .. } = entry else { panic!("{entry:?}") };
            assert!(matches!(after[*index as usize], Entry::SealUse(_)));
            voided.push(*index);
        }
        voided.sort_unstable();
        voided.dedup();
        assert_eq!(voided.len(), uses);
        assert_eq!(at_start(&hall).await, Resumed::default());
        // The case has ended: no approval, no delivery; a new one is made when the seal is back.
        let asked = hall.asked(&case.case).await;
        let refused = refusal(hall.deputy(&asked[0].department).approve(&asked[0]).await);
        assert!(refused.codes().contains(&"not-submitted"), "{refused}");
        assert_eq!(refusal(hall.delivery().deliver(&case.case, "张三").await).codes()[0], "not-sealed");
        hall.keeper(department).resume("approval").await.unwrap();
        let again = hall.carry(&case.again_as("2026-A02-000115")).await;
        assert!(again.iter().all(|document| hall.report(document).is_valid()));
        hall.assert_ledger_is_whole().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_whose_key_is_gone_is_not_used_and_what_was_logged_waits_for_the_key() {
    let (premises, waiting) = died_while_sealing("000001").await;
    let hall = premises.open().await;
    let seal = hall.app.db.seal_of("scjg", "approval").await.unwrap().unwrap();
    let premises = hall.close().await;
    let file = premises.path(&format!("keys/seal-{}.key", seal.key_digest().unwrap()));
    let (elsewhere, there) = (tempfile::tempdir().unwrap(), "seal.key");
    fs::rename(&file, elsewhere.path().join(there)).unwrap();
    let hall = premises.open().await;
    let before = entries(&hall).await;
    assert_eq!(at_start(&hall).await, Resumed::default(), "neither finished nor voided");
    assert_eq!(hall.documents(&waiting.case).await[0].state, "submitted");
    // Another approval leaves no trace: no entry that could not be signed, no decision without its seal.
    let case = waiting.again_as("2026-A01-000101");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let failed = hall.chief("scjg").approve(&asked).await;
    assert!(matches!(&failed, Err(ActError::Failed(Failure::Vault(VaultError::NoSuchKey(_))))), "{failed:?}");
    assert_eq!(entries(&hall).await, before);
    assert!(hall.app.db.approvals_of(&asked.seal_use).await.unwrap().is_empty());
    // Other seals are not concerned.
    assert!(hall.report(&hall.carry(&Case::number("000003")).await[0]).is_valid());
    let premises = hall.close().await;
    fs::rename(elsewhere.path().join(there), &file).unwrap();
    let hall = premises.open().await;
    assert_eq!(at_start(&hall).await, FINISHED);
    assert!(hall.report(&hall.documents(&waiting.case).await[0]).is_valid());
    assert!(hall.report(&sealed(hall.chief("scjg").approve(&asked).await)[0]).is_valid());
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_no_row_names_is_swept() {
    let hall = TestHall::open().await;
    let documents = hall.carry(&Case::number("000001")).await;
    let orphan = hall.app.store.put(b"the intent of a request that died").unwrap();
    // Young ones are left alone: somebody may be about to name them.
    assert_eq!(sweep(&hall.app).await.unwrap(), 0);
    hall.set_time("2126-11-20T10:00:00+08:00");
    assert_eq!(sweep(&hall.app).await.unwrap(), 1);
    assert!(hall.app.store.read(&orphan).is_err());
    hall.set_time(OPEN);
    assert!(hall.report(&documents[0]).is_valid());
    for letter in hall.app.db.letters("scjg").await.unwrap() {
        assert!(hall.app.store.read(&Digest::try_from(&letter.document[..]).unwrap()).is_ok());
    }
}
