//! All the SQL. Rows in, rows out; no rules here: a rule that a row can hold is a constraint named after its sentence,
//! and the database's refusal is the domain's refusal ([`DbError::Constraint`]).
//!
//! SQLite: WAL and `synchronous = FULL`, one connection that writes, several that read. PostgreSQL has the same schema in
//! `migrations/postgres`, kept in step by a test.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlSafeStr, Sqlite, Transaction};

use crate::digest::Digest;

pub mod certificate;
pub mod delivery;
pub mod installation;
pub mod journal;
pub mod ledger;
pub mod letter;
pub mod matter;
pub mod seal;
pub mod seal_use;
pub mod session;
pub mod staff;

/// The database of one hall.
#[derive(Debug, Clone)]
pub enum Db {
    /// The embedded default.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Connections that read, never blocked by the writer.
        readers: SqlitePool,
    },
}

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A named constraint said no.
    #[error("refused by the constraint `{0}`")]
    Constraint(String),
    /// A row holds what it cannot hold.
    #[error("table {table}, row {row}: {column} makes no sense")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// A statement that must change a row changed none.
    #[error("table {table}: nothing was changed for {row}")]
    NothingChanged {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: String,
    },
    /// The database file or connection failed.
    #[error("database: {0}")]
    Sql(sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("schema: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// A transaction; opaque outside this module.
pub struct Tx(pub(in crate::db) Transaction<'static, Sqlite>);

impl Tx {
    /// Makes everything done in it durable.
    pub async fn commit(self) -> Result<(), DbError> {
        Ok(self.0.commit().await?)
    }
}

impl Db {
    /// Opens the SQLite file (making it) and brings its schema up to date.
    pub async fn open(file: &Path) -> Result<Self, DbError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        // A COMMIT that fails for want of space ends the transaction in SQLite and not in sqlx: such a connection could never
        // begin another one. It is closed, and the next use opens a new one.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        let problems: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&writer).await?;
        if problems != "ok" {
            return Err(DbError::Sql(sqlx::Error::Protocol(format!("the database file is damaged: {problems}"))));
        }
        Migrator::with_migrations(vec![migration(1, "hall", include_str!("../../migrations/sqlite/0001_hall.sql"))])
            .run(&writer)
            .await?;
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Begins a transaction that writes; it holds the write lock from here on.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Ok(Tx(self.writer().begin_with("BEGIN IMMEDIATE").await?))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbError> {
        sqlx::query("SELECT 1").execute(self.readers()).await?;
        Ok(())
    }

    /// Writes everything back and closes.
    pub async fn close(&self) {
        self.readers().close().await;
        self.writer().close().await;
    }

    fn writer(&self) -> &SqlitePool {
        let Self::Sqlite { writer, .. } = self;
        writer
    }

    fn readers(&self) -> &SqlitePool {
        let Self::Sqlite { readers, .. } = self;
        readers
    }
}

fn migration(version: i64, name: &'static str, sql: &'static str) -> Migration {
    Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) if refusal.is_unique_violation() || refusal.is_check_violation() => {
                // SQLite names a CHECK by its name and a UNIQUE by its columns: the columns are mapped back to the name.
                let message = refusal.message();
                let named = message.rsplit(": ").next().unwrap_or(message);
                Self::Constraint(constraint_of(named).to_owned())
            }
            _ => Self::Sql(error),
        }
    }
}

/// The constraint's name for SQLite's list of columns.
fn constraint_of(columns: &str) -> &str {
    match columns {
        "certificate.item, certificate.number" => "a_number_is_never_used_again",
        "matter.case_no" => "case_number_is_unique",
        "approval.seal_use, approval.step" => "one_decision_per_step",
        "delivery.matter" => "a_case_is_delivered_once",
        "seal.department, seal.kind" => "one_active_seal_of_a_kind_per_department",
        "ledger_entry.seal_use" => "one_entry_per_use",
        "ledger_entry.voids" => "an_entry_is_voided_once",
        "staff.login" => "staff_login_is_unique",
        "answered_request.staff, answered_request.key" => "one_answer_per_key",
        other => other,
    }
}

/// A digest out of a column.
fn digest(table: &'static str, column: &'static str, row: &str, bytes: &[u8]) -> Result<Digest, DbError> {
    Digest::try_from(bytes).map_err(|_| DbError::Inconsistent { table, column, row: row.to_owned() })
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_schemas_are_in_step() {
        let sqlite = include_str!("../../migrations/sqlite/0001_hall.sql");
        let postgres = include_str!("../../migrations/postgres/0001_hall.sql");
        assert_eq!(sqlite.replace(" BLOB", " BYTEA"), postgres);
        for line in sqlite.lines().filter(|line| line.starts_with("    ") && !line.contains("CONSTRAINT")) {
            let named = [
                "id",
                "staff",
                "matter",
                "certificate",
                "seal",
                "department",
                "at",
                "year",
                "diameter_mm",
                "window_no",
                "submitted_by",
                "submitted_at",
                "name",
                "seal_use",
            ];
            let column = line.split_whitespace().next().unwrap();
            assert!(line.contains("--") || named.contains(&column), "uncommented column: {line}");
        }
    }
}
