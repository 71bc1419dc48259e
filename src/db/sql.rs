//! One statement for both databases: the text with `?` for each value, the values, and where it runs.
//!
//! Only types that mean the same in both are bound and read: text, 64-bit integers, booleans, bytes. A set of rows is given
//! by columns ([`Statement::rows`]): SQLite gets it as `VALUES`, PostgreSQL as `UNNEST` of one array a column, so that the
//! statement's text, and with it its plan, does not depend on how many rows there are.

use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, FromRow, Row as _};

use super::{DbError, Tx};
use crate::hall::record;

/// Where a statement runs.
pub(in crate::db) enum On<'a> {
    Sqlite(&'a SqlitePool),
    Postgres(&'a PgPool),
    SqliteTx(&'a mut SqliteConnection),
    PostgresTx(&'a mut PgConnection),
}

impl<'a> From<&'a mut Tx> for On<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        match tx {
            Tx::Sqlite(tx) => On::SqliteTx(tx),
            Tx::Postgres(tx) => On::PostgresTx(tx),
        }
    }
}

/// A value that is bound.
pub(in crate::db) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
    Flag(bool),
}

macro_rules! values {
    ($($from:ty => $kind:ident($value:ident: $into:expr),)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                Self::$kind(Some($into))
            }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                Self::$kind(value.map(|$value| $into))
            }
        }
    )*};
}

values! {
    &str => Text(v: v.to_owned()),
    &String => Text(v: v.clone()),
    String => Text(v: v),
    i64 => Int(v: v),
    i16 => Int(v: v.into()),
    u32 => Int(v: v.into()),
    &[u8] => Bytes(v: v.to_vec()),
    &Vec<u8> => Bytes(v: v.clone()),
    Vec<u8> => Bytes(v: v),
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        Self::Text(text.clone())
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TEXT.
    Text,
    /// BIGINT.
    Int,
    /// BOOLEAN.
    Flag,
    /// BLOB or BYTEA.
    Bytes,
}

impl Kind {
    /// The value as it is bound; `None` if such a column cannot hold it.
    pub(in crate::db) fn bind(self, value: &record::Value) -> Option<Value> {
        Some(match (self, value) {
            (Self::Text, record::Value::Null) => Value::Text(None),
            (Self::Int, record::Value::Null) => Value::Int(None),
            (Self::Bytes, record::Value::Null) => Value::Bytes(None),
            (Self::Text, record::Value::Text(text)) => text.into(),
            (Self::Int, record::Value::Int(number)) => (*number).into(),
            (Self::Flag, record::Value::Flag(flag)) => (*flag).into(),
            (Self::Bytes, record::Value::Bytes(bytes)) => bytes.into(),
            _ => return None,
        })
    }
}

macro_rules! value_of {
    ($row:expr, $place:expr, $kind:expr) => {
        match $kind {
            Kind::Text => $row.try_get::<Option<String>, _>($place).map(Into::into),
            Kind::Int => $row.try_get::<Option<i64>, _>($place).map(Into::into),
            Kind::Flag => $row.try_get::<Option<bool>, _>($place).map(Into::into),
            Kind::Bytes => $row.try_get::<Option<Vec<u8>>, _>($place).map(Into::into),
        }
    };
}

/// A column of a set of rows, one value a row.
pub(in crate::db) enum Column {
    Text(Vec<Option<String>>),
    Int(Vec<i64>),
    Bytes(Vec<Vec<u8>>),
    MaybeBytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Bytes(values) => values.len(),
            Self::MaybeBytes(values) => values.len(),
        }
    }

    fn value(&self, row: usize) -> Value {
        match self {
            Self::Text(values) => Value::Text(values[row].clone()),
            Self::Int(values) => Value::Int(Some(values[row])),
            Self::Bytes(values) => Value::Bytes(Some(values[row].clone())),
            Self::MaybeBytes(values) => Value::Bytes(values[row].clone()),
        }
    }

    fn array(&self) -> &'static str {
        match self {
            Self::Text(_) => "?::text[]",
            Self::Int(_) => "?::bigint[]",
            Self::Bytes(_) | Self::MaybeBytes(_) => "?::bytea[]",
        }
    }
}

enum Bound {
    Value(Value),
    Rows(Vec<Column>),
}

/// A statement with its values.
pub(in crate::db) struct Statement {
    /// The text between the sets of rows: one piece more than there are sets.
    pieces: Vec<Cow<'static, str>>,
    bound: Vec<Bound>,
}

/// A statement; `?` stands for each value, in order.
pub(in crate::db) fn sql(text: &'static str) -> Statement {
    Statement { pieces: vec![text.into()], bound: Vec::new() }
}

/// A statement put together from names that stand in the program.
pub(in crate::db) fn built(text: String) -> Statement {
    Statement { pieces: vec![text.into()], bound: Vec::new() }
}

/// What a row can be read into, from either database.
pub(in crate::db) trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Record for T {}

enum Rows {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

impl Statement {
    /// Binds the next value.
    pub(in crate::db) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.bound.push(Bound::Value(value.into()));
        self
    }

    /// Goes on with a set of rows, then with `text`. The columns are equally long and not empty.
    pub(in crate::db) fn rows(mut self, columns: Vec<Column>, text: &'static str) -> Self {
        self.bound.push(Bound::Rows(columns));
        self.pieces.push(text.into());
        self
    }

    /// Runs it; how many rows were written.
    pub(in crate::db) async fn execute(self, on: impl Into<On<'_>>) -> Result<u64, DbError> {
        Ok(match on.into() {
            On::Sqlite(pool) => self.sqlite()?.execute(pool).await?.rows_affected(),
            On::SqliteTx(tx) => self.sqlite()?.execute(tx).await?.rows_affected(),
            On::Postgres(pool) => self.postgres()?.execute(pool).await?.rows_affected(),
            On::PostgresTx(tx) => self.postgres()?.execute(tx).await?.rows_affected(),
        })
    }

    async fn fetch(self, on: On<'_>) -> Result<Rows, DbError> {
        Ok(match on {
            On::Sqlite(pool) => Rows::Sqlite(self.sqlite()?.fetch_all(pool).await?),
            On::SqliteTx(tx) => Rows::Sqlite(self.sqlite()?.fetch_all(tx).await?),
            On::Postgres(pool) => Rows::Postgres(self.postgres()?.fetch_all(pool).await?),
            On::PostgresTx(tx) => Rows::Postgres(self.postgres()?.fetch_all(tx).await?),
        })
    }

    /// All rows.
    pub(in crate::db) async fn all<T: Record>(self, on: impl Into<On<'_>>) -> Result<Vec<T>, DbError> {
        let read: Result<_, sqlx::Error> = match self.fetch(on.into()).await? {
            Rows::Sqlite(rows) => rows.iter().map(T::from_row).collect(),
            Rows::Postgres(rows) => rows.iter().map(T::from_row).collect(),
        };
        Ok(read?)
    }

    /// All rows, each a value of each kind, in order.
    pub(in crate::db) async fn values_of(
        self,
        kinds: &[Kind],
        on: impl Into<On<'_>>,
    ) -> Result<Vec<Vec<record::Value>>, DbError> {
        let places = || kinds.iter().enumerate();
        let read: Result<_, sqlx::Error> = match self.fetch(on.into()).await? {
            Rows::Sqlite(rows) => {
                rows.iter().map(|row| places().map(|(place, kind)| value_of!(row, place, kind)).collect()).collect()
            }
            Rows::Postgres(rows) => {
                rows.iter().map(|row| places().map(|(place, kind)| value_of!(row, place, kind)).collect()).collect()
            }
        };
        Ok(read?)
    }

    /// The first row, if there is one.
    pub(in crate::db) async fn optional<T: Record>(self, on: impl Into<On<'_>>) -> Result<Option<T>, DbError> {
        Ok(self.all(on).await?.into_iter().next())
    }

    /// The one column of all rows.
    pub(in crate::db) async fn values<V>(self, on: impl Into<On<'_>>) -> Result<Vec<V>, DbError>
    where
        (V,): Record,
    {
        Ok(self.all::<(V,)>(on).await?.into_iter().map(|(value,)| value).collect())
    }

    /// The one column of the first row, if there is one.
    pub(in crate::db) async fn value<V>(self, on: impl Into<On<'_>>) -> Result<Option<V>, DbError>
    where
        (V,): Record,
    {
        Ok(self.values(on).await?.into_iter().next())
    }

    /// The one column of the row there must be.
    pub(in crate::db) async fn the_value<V>(self, on: impl Into<On<'_>>) -> Result<V, DbError>
    where
        (V,): Record,
    {
        self.value(on).await?.ok_or(DbError::Sql(sqlx::Error::RowNotFound))
    }

    fn sqlite(self) -> Result<sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>, DbError> {
        let mut arguments = SqliteArguments::default();
        let mut text = String::new();
        let mut pieces = self.pieces.into_iter();
        text.push_str(&pieces.next().unwrap_or_default());
        for bound in self.bound {
            match bound {
                Bound::Value(value) => add_sqlite(&mut arguments, value)?,
                Bound::Rows(columns) => {
                    let count = columns.first().map_or(0, Column::len);
                    let row = format!("({})", vec!["?"; columns.len()].join(","));
                    text.push_str(" VALUES ");
                    text.push_str(&vec![row.as_str(); count].join(","));
                    for row in 0..count {
                        for column in &columns {
                            add_sqlite(&mut arguments, column.value(row))?;
                        }
                    }
                    text.push_str(&pieces.next().unwrap_or_default());
                }
            }
        }
        Ok(sqlx::query_with(AssertSqlSafe(text), arguments))
    }

    fn postgres(self) -> Result<sqlx::query::Query<'static, sqlx::Postgres, PgArguments>, DbError> {
        let mut arguments = PgArguments::default();
        let mut text = String::new();
        let mut pieces = self.pieces.into_iter();
        text.push_str(&pieces.next().unwrap_or_default());
        for bound in self.bound {
            match bound {
                Bound::Value(value) => add_postgres(&mut arguments, value)?,
                Bound::Rows(columns) => {
                    let arrays: Vec<&str> = columns.iter().map(Column::array).collect();
                    text.push_str(&format!(" SELECT * FROM UNNEST({})", arrays.join(",")));
                    for column in columns {
                        match column {
                            Column::Text(values) => arguments.add(values),
                            Column::Int(values) => arguments.add(values),
                            Column::Bytes(values) => arguments.add(values),
                            Column::MaybeBytes(values) => arguments.add(values),
                        }
                        .map_err(sqlx::Error::Encode)?;
                    }
                    text.push_str(&pieces.next().unwrap_or_default());
                }
            }
        }
        Ok(sqlx::query_with(AssertSqlSafe(numbered(&text)), arguments))
    }
}

/// PostgreSQL's way to write the values' places: `$1`, `$2` … No text here has a `?` of its own.
fn numbered(text: &str) -> String {
    let mut pieces = text.split('?');
    let mut numbered = pieces.next().unwrap_or_default().to_owned();
    for (number, piece) in (1..).zip(pieces) {
        numbered.push_str(&format!("${number}{piece}"));
    }
    numbered
}

fn add_sqlite(arguments: &mut SqliteArguments, value: Value) -> Result<(), DbError> {
    let added = match value {
        Value::Text(value) => arguments.add(value),
        Value::Int(value) => arguments.add(value),
        Value::Bytes(value) => arguments.add(value),
        Value::Flag(value) => arguments.add(value),
    };
    added.map_err(|error| DbError::Sql(sqlx::Error::Encode(error)))
}

fn add_postgres(arguments: &mut PgArguments, value: Value) -> Result<(), DbError> {
    let added = match value {
        Value::Text(value) => arguments.add(value),
        Value::Int(value) => arguments.add(value),
        Value::Bytes(value) => arguments.add(value),
        Value::Flag(value) => arguments.add(value),
    };
    added.map_err(|error| DbError::Sql(sqlx::Error::Encode(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_across_pieces() {
        assert_eq!(numbered("a = ? AND b = ? OR c IS NULL"), "a = $1 AND b = $2 OR c IS NULL");
        assert_eq!(numbered("SELECT 1"), "SELECT 1");
    }
}
