//! All the SQL. Rows in, rows out; no rules here: a rule that a row can hold is a constraint named after its sentence,
//! and the database's refusal is the domain's refusal ([`DbError::Constraint`]).
//!
//! SQLite: WAL and `synchronous = FULL`, one connection that writes, several that read. PostgreSQL: the same schema and the
//! same statements; what must happen one at a time holds the row lock of the ledger's head ([`Db::decide`]).

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Postgres, SqlSafeStr, Sqlite, Transaction};

use crate::digest::Digest;

mod accepted;
pub mod audit;
pub mod certificate;
pub mod delivery;
pub mod device;
pub mod installation;
pub mod journal;
pub mod ledger;
pub mod letter;
pub mod limits;
pub mod matter;
pub mod nomination;
pub mod outbox;
pub mod passkey;
pub mod payment;
pub mod record;
pub mod rota;
pub mod seal;
pub mod seal_step;
pub mod seal_use;
pub mod session;
pub mod sign_in;
pub mod sql;
pub mod staff;
pub mod standing;
pub mod supervised;
pub mod supervision;
pub mod witness;

use sql::On;

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
    /// Shared by any number of nodes.
    Postgres(PgPool),
}

/// Which database a hall has.
#[derive(Debug, Clone)]
pub enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(PostgresUrl),
}

/// `postgres://…`; it may hold a password, and so it is never shown.
#[derive(Clone, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct PostgresUrl(Box<PgConnectOptions>);

impl TryFrom<String> for PostgresUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let known = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        let options = text.parse().ok().filter(|_| known);
        options.map(|options| Self(Box::new(options))).ok_or("must be an address such as postgres://user@host/database")
    }
}

impl std::fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresUrl(…)")
    }
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
    /// The server may answer before a transaction is on disk.
    #[error("PostgreSQL: {0} is off: a power cut would lose what has been published")]
    NotDurable(&'static str),
    /// The schema could not be brought up to date.
    #[error("schema: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// A transaction; opaque outside this module.
pub enum Tx {
    /// Of SQLite: it holds the write lock.
    Sqlite(Transaction<'static, Sqlite>),
    /// Of PostgreSQL, each statement seeing what was committed before it.
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Makes everything done in it durable.
    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Db {
    /// Opens the database (making the SQLite file) and brings its schema up to date.
    pub async fn open(address: &Address) -> Result<Self, DbError> {
        match address {
            Address::Sqlite(file) => Self::open_sqlite(file).await,
            Address::Postgres(url) => Self::open_postgres(url).await,
        }
    }

    async fn open_sqlite(file: &Path) -> Result<Self, DbError> {
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
        Migrator::with_migrations(migrations(|(sqlite, _)| sqlite)).run(&writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// A server that answers before its log is on disk would lose entries that outsiders have seen.
    async fn open_postgres(url: &PostgresUrl) -> Result<Self, DbError> {
        let options = (*url.0).clone().application_name("yinxin").options([
            ("statement_timeout", "60s"),
            // A node that stands still with the head's lock would stop all others.
            ("idle_in_transaction_session_timeout", "20s"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options)
            .await?;
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let value: String = sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&pool).await?;
            if value == "off" {
                return Err(DbError::NotDurable(setting));
            }
        }
        Migrator::with_migrations(migrations(|(_, postgres)| postgres)).run(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    /// Opens a database that is in use to be read alone.
    pub async fn open_to_read(address: &Address) -> Result<Self, DbError> {
        match address {
            Address::Sqlite(file) => {
                let options = SqliteConnectOptions::new().filename(file).read_only(true);
                let readers = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
                Ok(Self::Sqlite { writer: readers.clone(), readers })
            }
            Address::Postgres(url) => {
                let options = (*url.0).clone().options([("default_transaction_read_only", "on")]);
                Ok(Self::Postgres(PgPoolOptions::new().max_connections(4).connect_with(options).await?))
            }
        }
    }

    /// Begins a transaction that writes. On SQLite it holds the write lock from here on.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that changes what the logging of a use looks at: one at a time among all nodes, since each holds
    /// the row lock of the ledger's head.
    pub async fn decide(&self) -> Result<Tx, DbError> {
        let mut tx = self.begin().await?;
        tx.lock_head().await?;
        Ok(tx)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbError> {
        sql::sql("SELECT 1").execute(self.readers()).await?;
        Ok(())
    }

    /// Whether other nodes may be writing to it.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Writes everything back and closes.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    fn writer(&self) -> On<'_> {
        match self {
            Self::Sqlite { writer, .. } => On::Sqlite(writer),
            Self::Postgres(pool) => On::Postgres(pool),
        }
    }

    fn readers(&self) -> On<'_> {
        match self {
            Self::Sqlite { readers, .. } => On::Sqlite(readers),
            Self::Postgres(pool) => On::Postgres(pool),
        }
    }
}

/// Both dialects of every step of the schema.
const SCHEMA: [(i64, &str, (&str, &str)); 5] = [
    (
        1,
        "hall",
        (
            include_str!("../../migrations/sqlite/0001_hall.sql"),
            include_str!("../../migrations/postgres/0001_hall.sql"),
        ),
    ),
    (
        2,
        "webhook",
        (
            include_str!("../../migrations/sqlite/0002_webhook.sql"),
            include_str!("../../migrations/postgres/0002_webhook.sql"),
        ),
    ),
    (
        3,
        "witness",
        (
            include_str!("../../migrations/sqlite/0003_witness.sql"),
            include_str!("../../migrations/postgres/0003_witness.sql"),
        ),
    ),
    (
        5,
        "sign_in",
        (
            include_str!("../../migrations/sqlite/0005_sign_in.sql"),
            include_str!("../../migrations/postgres/0005_sign_in.sql"),
        ),
    ),
    (
        6,
        "supervision",
        (
            include_str!("../../migrations/sqlite/0006_supervision.sql"),
            include_str!("../../migrations/postgres/0006_supervision.sql"),
        ),
    ),
];

fn migrations(dialect: fn((&'static str, &'static str)) -> &'static str) -> Vec<Migration> {
    let step = |(version, name, both)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, dialect(both).into_sql_str(), false)
    };
    SCHEMA.into_iter().map(step).collect()
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) if refusal.is_unique_violation() || refusal.is_check_violation() => {
                if let Some(name) = refusal.constraint() {
                    return Self::Constraint(name.to_owned());
                }
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
        "index 'a_certificate_is_ended_by_one_document_at_a_time'" => {
            "a_certificate_is_ended_by_one_document_at_a_time"
        }
        "certificate.item, certificate.number, certificate.issue" => "a_number_is_never_used_again",
        "certificate.item, certificate.number" => "one_certificate_in_force_per_number",
        "certificate.letter" => "a_letter_is_sealed_by_one_document",
        "extension.matter" => "a_case_is_extended_once",
        "payment.matter" => "a_case_is_paid_once",
        "cancellation.certificate" => "a_certificate_is_cancelled_once",
        "holiday_year.id" | "holiday_year.year, holiday_year.version" => "one_arrangement_per_version",
        "matter.case_no" => "case_number_is_unique",
        "approval.seal_use, approval.step" => "one_decision_per_step",
        "finding.id" => "a_finding_is_found_once",
        "finding_step.id" => "finding_step_is_unique",
        "finding_step.finding, finding_step.number" => "one_step_of_a_finding_at_a_time",
        "monthly_report.id" => "one_report_per_version",
        "delivery.matter" => "a_case_is_delivered_once",
        "seal.department, seal.kind" => "one_active_seal_of_a_kind_per_department",
        "seal.filing_no" => "a_filing_number_is_used_once",
        "seal_step.seal" => "one_step_of_a_seal_at_a_time",
        "seal_step.seal, seal_step.act" => "a_loss_is_reported_once_at_a_time",
        "ledger_entry.seal_use" => "one_entry_per_use",
        "ledger_entry.voids" => "an_entry_is_voided_once",
        "passkey.credential" => "credential_is_unique",
        "one_time_code.staff" => "one_set_of_codes_per_person",
        "device.key" => "device_key_is_unique",
        "device.key_digest" => "device_key_digest_is_unique",
        "staff.login" => "staff_login_is_unique",
        "approval.seal_use, approval.staff" => "nobody_decides_two_steps",
        "nomination.login" => "one_open_nomination_per_account",
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
        for (_, name, (sqlite, postgres)) in super::SCHEMA {
            assert_eq!(sqlite.replace(" BLOB", " BYTEA"), postgres, "{name}");
            assert!(!sqlite.contains(" INTEGER"), "{name}: BIGINT or BOOLEAN, which mean the same in both");
            let of_column =
                |line: &&str| line.starts_with("    ") && !line.starts_with("     ") && !line.contains("CONSTRAINT");
            for line in sqlite.lines().filter(of_column) {
                let plain = [
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
                assert!(line.contains("--") || plain.contains(&column), "{name}: uncommented column: {line}");
            }
        }
    }
}
