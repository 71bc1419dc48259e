//! Every column of every table: altered behind the service's back, alone, in a row that the ledger stands for.

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use yinxin::acts::audit::{Books, audit};
use yinxin::acts::calendar::enter_year;
use yinxin::acts::cancel::cancel;
use yinxin::acts::extend::{Extension, extend};
use yinxin::acts::monthly;
use yinxin::acts::nominate::nominate;
use yinxin::acts::pay::pay;
use yinxin::hall::cancellation::Ground;
use yinxin::hall::extension::Telling;

use super::staff::nominee;
use super::time::made_up;
use super::*;

/// Tables that no audit can hold against anything: how people are signed in and slowed down, answers to be given again, counters,
/// what was refused, how far others have read, what outsiders asked.
const UNHELD: [&str; 11] = [
    "answered_request",
    "installation",
    "number_sequence",
    "outside_check",
    "refused_act",
    "session",
    "session_confirmation",
    "session_device",
    "sign_in_failure",
    "webhook",
    "witnessed",
];

/// Tables that have no row here. Of each, every column is in the record of the act that wrote it, as those of the others; but of
/// `approval_evidence`, which is held against its statement (`passkeys.rs`, `access.rs`).
const WITHOUT_ROWS: [&str; 8] =
    ["approval_evidence", "device", "finding", "finding_step", "notice", "one_time_code", "own_password", "passkey"];

/// Columns of work under way, which say nothing once it is done; the one value that the head's key can have; and what people
/// sign in with, of which nothing stands in the ledger.
const UNSAID: [&str; 6] = [
    "ledger_head.one",
    "matter.held_at",
    "seal_use.stamped",
    "seal_use.signed",
    "seal_use.lease_until",
    "staff.password",
];

/// A hall in which nearly every table that can be held has a row, all of them done with.
async fn done_with() -> Premises {
    let hall = TestHall::set_up_on(None, HALL, OPEN).await;
    let (app, centre, leader, chief) = (&hall.app, hall.centre(), hall.leader("scjg"), hall.chief("scjg"));
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let told_on = "2026-11-20".parse().unwrap();
    let more = Extension { days: 5, reason: "需要现场核查".to_owned(), told: Telling::Phone, told_on };
    extend(app, &leader.person().await, &case.case, &more).await.unwrap();
    let licence = hall.approve_all(&case.case).await.remove(0);
    hall.delivery().deliver(&case.case, "王明").await.unwrap();
    let catering = "2026-A01-700001";
    hall.clerk("A01").ask(catering, &super::intake::catering()).await.unwrap();
    pay(app, &hall.clerk("A01").person().await, catering, Some(1050), "吉财0001").await.unwrap();
    hall.approve_all(catering).await;
    hall.keeper("jsj").suspend("approval").await.unwrap();
    hall.keeper("jsj").resume("approval").await.unwrap();
    hall.put_on_rota("scjg").await;
    nominate(app, &leader.person().await, &nominee("chief2-scjg", "chief"), None).await.unwrap();
    enter_year(app, &centre.person().await, &made_up()).await.unwrap();
    let auditor = hall.in_office("auditor".to_owned()).person().await;
    monthly::make(app, &auditor, "2026-11".parse().unwrap()).await.unwrap();
    cancel(app, &chief.person().await, &licence.id, Ground::Holder, "持证人申请注销").await.unwrap();
    hall.close().await
}

/// Another value of the same kind.
fn other(kind: &str, column: &str) -> String {
    match kind {
        "TEXT" => format!(
            "CASE WHEN {column} IS NULL THEN 'x' WHEN {column} LIKE '____-__-__' THEN date({column}, '+1 day')
             ELSE {column} || 'x' END"
        ),
        "BLOB" => {
            format!("CASE WHEN {column} IS NULL THEN zeroblob(32) ELSE CAST(substr({column}, 2) || x'00' AS BLOB) END")
        }
        "BOOLEAN" => format!("NOT {column}"),
        _ => format!("COALESCE({column}, 0) + 1000003"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_altered_in_any_column_is_found() {
    let premises = done_with().await;
    let books = Books::open(&premises.config).await.unwrap();
    assert_eq!(audit(&books, |_, _| {}).await.unwrap().findings, [], "in order");
    let good = premises.path("good.sqlite");
    fs::copy(premises.path("yinxin.sqlite"), &good).unwrap();
    let file = format!("sqlite://{}", premises.path("yinxin.sqlite").display());
    let mut thief = SqliteConnection::connect(&file).await.unwrap();
    let attach =
        format!("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; ATTACH '{}' AS good", good.display());
    sqlx::raw_sql(AssertSqlSafe(attach)).execute(&mut thief).await.unwrap();

    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'
         AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY t.name, c.cid",
    )
    .fetch_all(&mut thief)
    .await
    .unwrap();
    let mut missed = Vec::new();
    let mut empty = std::collections::BTreeSet::new();
    for (table, column, kind) in columns.iter().filter(|(table, ..)| !UNHELD.contains(&table.as_str())) {
        let row = format!("(SELECT MIN(rowid) FROM good.{table})");
        let alter = format!("UPDATE main.{table} SET {column} = {} WHERE rowid = {row}", other(kind, column));
        if sqlx::query(AssertSqlSafe(alter)).execute(&mut thief).await.unwrap().rows_affected() == 0 {
            empty.insert(table.as_str());
            continue;
        }
        match audit(&books, |_, _| {}).await {
            Ok(audited) if audited.findings.is_empty() => missed.push(format!("{table}.{column}")),
            Ok(_) => {}
            Err(error) => assert!(error.to_string().contains(table), "{table}.{column}: {error}"),
        }
        let back = format!(
            "UPDATE main.{table} SET {column} = (SELECT {column} FROM good.{table} WHERE rowid = {row}) WHERE rowid = {row}"
        );
        sqlx::query(AssertSqlSafe(back)).execute(&mut thief).await.unwrap();
    }
    assert_eq!(audit(&books, |_, _| {}).await.unwrap().findings, [], "put back");
    // Others are told of what did not happen.
    let forged = "INSERT INTO outbox SELECT MAX(id) + 1, 'certificate.withdrawn', certificate, at FROM outbox";
    sqlx::query(forged).execute(&mut thief).await.unwrap();
    let found = audit(&books, |_, _| {}).await.unwrap().findings;
    assert!(found.iter().any(|one| one.code == "event-unfounded"), "{found:?}");
    assert_eq!(missed, UNSAID);
    assert_eq!(Vec::from_iter(empty), WITHOUT_ROWS);
}
