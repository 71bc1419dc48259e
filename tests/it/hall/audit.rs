//! `ledger audit`: nothing is found in order's place, and whatever is done behind the service's back is found and named.

use yinxin::acts::audit::{Audited, Books, audit};

use super::together::ordinary;
use super::*;

pub(super) async fn audited(premises: &Premises) -> Audited {
    let books = Books::open(&premises.config).await.unwrap();
    let audited = audit(&books, |_, _| {}).await.unwrap();
    books.close().await;
    audited
}

/// A day's work: some licences, a joint case, a refusal, a withdrawal, a seal suspended and resumed; two cases still open.
async fn a_day() -> Premises {
    let hall = TestHall::open().await;
    for case in ordinary(3) {
        hall.carry(&case).await;
    }
    hall.carry(&Case::number("000015")).await;
    hall.delivery().deliver("2026-A02-000015", "王明").await.unwrap();
    let refused = Case::number("000001").again_as("2026-A01-700001");
    hall.clerk("A01").submit(&refused).await.unwrap();
    let asked = hall.only_use(&refused.case).await;
    hall.chief(&asked.department).decide(&asked, Verdict::Refuse(vec!["材料不齐".to_owned()])).await.unwrap();
    hall.keeper("scjg").suspend("approval").await.unwrap();
    hall.keeper("scjg").resume("approval").await.unwrap();
    hall.clerk("A01").submit(&Case::number("000006").again_as("2026-A01-700002")).await.unwrap();
    hall.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_behind_the_services_back_is_found_and_named() {
    let mut premises = a_day().await;
    let before = audited(&premises).await;
    assert_eq!(before.findings, [], "in order");
    assert!(before.uses >= 7 && before.certificates >= 8 && before.not_composed == 0, "{before:?}");

    // Each: what is done, the code, and the table that is named with the row.
    let rows = [
        ("DELETE FROM approval WHERE decision = 'approve' AND step = 'leader'", "approval-missing", "approval "),
        (
            "UPDATE approval SET reasons = '' , staff = (SELECT id FROM staff WHERE login = 'chief-jjfz')
             WHERE decision = 'approve' AND step = 'chief'",
            "approval-altered",
            "approval ",
        ),
        (
            "UPDATE certificate SET data = replace(data, '司', '厂') WHERE item = '220201-scjg-001' AND state = 'sealed'",
            "certificate-altered",
            "certificate ",
        ),
        ("UPDATE certificate SET number = number || '9' WHERE state = 'sealed'", "certificate-altered", "certificate "),
        ("UPDATE certificate SET state = 'refused' WHERE state = 'sealed'", "certificate-altered", "certificate "),
        (
            "UPDATE certificate SET asked_by = (SELECT id FROM staff WHERE login = 'clerk2')",
            "certificate-altered",
            "certificate ",
        ),
        (
            "UPDATE seal SET state = 'suspended' WHERE department = 'scjg' AND kind = 'approval'",
            "seal-altered",
            "seal ",
        ),
        (
            "UPDATE seal SET code = '11111111111111' WHERE department = 'scjg' AND kind = 'approval'",
            "seal-altered",
            "seal ",
        ),
        ("UPDATE ledger_entry SET at = at - 86400000000 * 3 WHERE idx = 12", "entry-time", "ledger_entry 12"),
        ("UPDATE ledger_entry SET leaf = zeroblob(32) WHERE idx = 3", "entry-altered", "ledger_entry 3"),
        (
            "UPDATE ledger_entry SET entry = CAST(replace(CAST(entry AS TEXT), '2026', '2025') AS BLOB) WHERE idx = 3",
            "entry-altered",
            "ledger_entry 3",
        ),
        ("DELETE FROM ledger_entry WHERE idx = 2", "entry-missing", "ledger_entry 2"),
        ("DELETE FROM ledger_entry WHERE seal_use IS NOT NULL", "use-unlogged", "seal_use "),
        ("UPDATE ledger_head SET size = size - 1", "head-altered", "ledger_head 1"),
        ("UPDATE seal_use SET state = 'voided' WHERE state = 'sealed'", "certificate-altered", "certificate "),
        (
            "UPDATE seal_use SET request = (SELECT request FROM seal_use WHERE state = 'refused') WHERE state = 'sealed'",
            "statement-copied",
            "seal_use ",
        ),
        ("UPDATE staff SET permit_to = '2026-01-01' WHERE duty = 'chief'", "approver-wrong", "approval "),
        ("UPDATE staff SET windows = '[\"A09\"]' WHERE login = 'clerk1'", "row-altered", "staff "),
        ("UPDATE letter SET last_day = '2030-12-31' WHERE department = 'scjg'", "row-altered", "letter "),
        ("DELETE FROM letter WHERE department = 'jjfz'", "row-missing", "letter "),
        ("INSERT INTO letter (id, department, chief, powers, items, first_day, last_day, document, number, issued, state, filed_as)
          SELECT id || 'x', department, chief, powers, items, first_day, last_day, document, number || 'x', issued, state, filed_as
          FROM letter WHERE department = 'scjg'", "row-unrecorded", "letter "),
        ("UPDATE delivery SET receiver = '他人'", "row-altered", "delivery "),
        ("DELETE FROM delivery", "row-missing", "delivery "),
        ("UPDATE ledger_entry SET statement = CAST(replace(CAST(statement AS TEXT), 'scjg', 'jjfz') AS BLOB) WHERE kind = 'record/v1'",
         "statement-altered", "ledger_entry "),
        ("UPDATE ledger_entry SET statement = NULL, salt = NULL WHERE kind = 'record/v1'", "statement-missing", "ledger_entry "),
    ];
    for (tampering, code, place) in rows {
        let good = premises.state();
        assert_ne!(premises.tamper(tampering).await, 0, "{tampering}");
        let found = audited(&premises).await.findings;
        assert!(found.iter().any(|one| one.code == code && one.place.starts_with(place)), "{tampering}: {found:#?}");
        premises.put_back(&good);
    }

    // An approval of one use copied to another, and the PDF of one certificate put in another's place.
    for (tampering, code) in [
        (
            "UPDATE approval SET statement = (SELECT statement FROM approval WHERE decision = 'approve' ORDER BY statement LIMIT 1),
             salt = (SELECT salt FROM approval WHERE decision = 'approve' ORDER BY statement LIMIT 1) WHERE decision = 'approve'",
            "statement-copied",
        ),
        (
            "UPDATE certificate SET sealed = (SELECT sealed FROM certificate WHERE state = 'sealed' ORDER BY sealed LIMIT 1) WHERE state = 'sealed'",
            "document-swapped",
        ),
    ] {
        let good = premises.state();
        premises.tamper(tampering).await;
        let found = audited(&premises).await.findings;
        assert!(found.iter().any(|one| one.code == code), "{tampering}: {found:#?}");
        premises.put_back(&good);
    }
    assert_eq!(audited(&premises).await.findings, [], "put back");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_were_lost_changed_or_put_back_are_found_and_named() {
    let premises = a_day().await;
    let old = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &Path| {
        let _ = fs::remove_dir_all(to);
        crate::tools::run(std::process::Command::new("cp").arg("-a").args([from, to]));
    };
    let (log, kept) = (premises.path("log"), old.path().join("log"));
    copy(&log, &kept);
    let hall = premises.open().await;
    let document = hall.carry(&Case::number("000003")).await.remove(0);
    let sealed = hall.app.store.path(&document.sealed_digest().unwrap().unwrap());
    let premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);

    let good = fs::read(&sealed).unwrap();
    let changed: Vec<u8> =
        good.iter().enumerate().map(|(at, byte)| if at == 9000 { byte ^ 1 } else { *byte }).collect();
    fs::set_permissions(&sealed, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&sealed, changed).unwrap();
    let found = audited(&premises).await.findings;
    assert!(found.len() == 1 && found[0].code == "document-missing", "{found:#?}");
    assert_eq!(found[0].place, format!("certificate {}", document.id));
    fs::remove_file(&sealed).unwrap();
    assert_eq!(audited(&premises).await.findings[0].code, "document-missing");
    fs::write(&sealed, good).unwrap();

    // The log as it was before the last certificate: truncated.
    let new = old.path().join("new");
    copy(&log, &new);
    copy(&kept, &log);
    let found = audited(&premises).await.findings;
    assert!(found.iter().all(|one| one.code == "entry-unpublished") && !found.is_empty(), "{found:#?}");
    // A bundle of it altered.
    copy(&new, &log);
    let size = premises.count("SELECT size FROM ledger_head").await;
    let bundle = log.join(format!("tile/entries/000.p/{size}"));
    let bytes = fs::read(&bundle).unwrap();
    let day = bytes.windows(8).position(|word| word == b"day 2026").unwrap();
    let mut altered = bytes.clone();
    altered[day + 7] = b'4';
    fs::write(&bundle, altered).unwrap();
    let found = audited(&premises).await.findings;
    assert!(
        found.iter().any(|one| one.code == "log-altered") && found.iter().any(|one| one.code == "entry-altered"),
        "{found:#?}"
    );
    fs::remove_file(&bundle).unwrap();
    assert!(audited(&premises).await.findings.iter().any(|one| one.code == "log-altered"));
    copy(&new, &log);
    assert_eq!(audited(&premises).await.findings, []);

    // Another history under the same key: the hall as it was, gone on elsewhere.
    let mut elsewhere = Premises::new();
    let state = premises.state();
    fs::remove_dir_all(&elsewhere.config.data).unwrap();
    copy(&premises.config.data, &elsewhere.config.data);
    elsewhere.put_back(&state);
    let (ours, theirs) = (premises.open().await, elsewhere.open().await);
    ours.carry(&Case::number("000006").again_as("2026-A01-800001")).await;
    theirs.carry(&Case::number("000006").again_as("2026-A01-800002")).await;
    let (premises, elsewhere) = (ours.close().await, theirs.close().await);
    copy(&elsewhere.path("log"), &log);
    let found = audited(&premises).await.findings;
    assert!(found.iter().any(|one| one.code == "fork"), "{found:#?}");
}
