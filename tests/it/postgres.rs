//! Databases of the server that `tools/with-postgres` runs, one for each hall; none where the tests run on SQLite.

use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The server's address, where the tests run on PostgreSQL.
pub(crate) fn server() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a test may ask where its tools are")]
    std::env::var("YINXIN_TEST_POSTGRES").ok()
}

/// The address of a new database, empty or a copy of another one to which nobody is connected.
pub(crate) async fn database(copied: Option<&str>) -> Option<String> {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let server = server()?;
    let name = format!("hall_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let copied = copied.map(|address| format!(" TEMPLATE {}", name_in(address))).unwrap_or_default();
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}{copied}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let (before, after) = server.split_once("/postgres?").unwrap();
    Some(format!("{before}/{name}?{after}"))
}

fn name_in(address: &str) -> &str {
    address.split_once('?').and_then(|(before, _)| before.rsplit_once('/')).unwrap().1
}
