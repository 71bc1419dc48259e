//! Rows written by an act together with its record in the ledger: one description gives the statement and the SQL, so
//! that what the ledger says of a row and what the row holds cannot drift apart.

use super::sql::{self, Kind, built, sql};
use super::{Db, DbError, Tx};
use crate::hall::calendar::Due;
use crate::hall::record::{Row, Value};

/// A table whose rows are the fold of records.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The column of its key, a text.
    pub key: &'static str,
    /// The columns that records state and an audit compares. Others hold secrets or passing states.
    pub columns: &'static [(&'static str, Kind)],
    /// The other columns that records may be written with.
    pub unsaid: &'static [(&'static str, Kind)],
}

/// Every such table.
pub static RECORDED: &[&Table] = &[
    &super::staff::STAFF,
    &super::nomination::NOMINATION,
    &super::rota::ROTA,
    &super::letter::LETTER,
    &super::seal::SEAL,
    &super::seal::SEAL_CERTIFICATE,
    &super::seal_step::STEP,
    &super::seal_step::NOTICE,
    &super::delivery::DELIVERY,
    &super::passkey::PASSKEY,
    &super::passkey::ONE_TIME_CODE,
    &super::device::DEVICE,
    &super::sign_in::OWN_PASSWORD,
    &super::limits::HOLIDAY_YEAR,
    &super::limits::EXTENSION,
    &super::payment::PAYMENT,
    &super::standing::CANCELLATION,
    &super::supervision::FINDING,
    &super::supervision::FINDING_STEP,
    &super::supervision::MONTHLY_REPORT,
];

/// What follows from a row in tables that no record states: done in the same transaction, after it.
#[derive(Debug, Clone)]
pub enum Consequence {
    /// A certificate is in force no more, nor are its copies.
    CertificateCancelled,
    /// A letter's sealed document is in force no more.
    LetterRevoked,
    /// Last days that could not be counted before, by case.
    DaysCounted(Vec<(String, Due)>),
}

/// What is written to one row.
#[derive(Debug, Clone)]
pub struct RowWrite {
    table: &'static Table,
    row: Row,
    unsaid: Vec<(&'static str, Value)>,
    was: Vec<(&'static str, Value)>,
    when: Option<&'static str>,
    consequence: Option<Consequence>,
}

impl RowWrite {
    /// A row that comes into being.
    pub fn new(table: &'static Table, key: impl Into<String>) -> Self {
        Self::of(table, key.into(), true)
    }

    /// A row that there is.
    pub fn change(table: &'static Table, key: impl Into<String>) -> Self {
        Self::of(table, key.into(), false)
    }

    fn of(table: &'static Table, key: String, new: bool) -> Self {
        let row = Row { table: table.name.to_owned(), key, new, set: Vec::new() };
        Self { table, row, unsaid: Vec::new(), was: Vec::new(), when: None, consequence: None }
    }

    /// Sets a column that the record states.
    #[must_use]
    pub fn set(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.row.set.push((column.to_owned(), value.into()));
        self
    }

    /// Sets a column that the record does not state.
    #[must_use]
    pub fn unsaid(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.unsaid.push((column, value.into()));
        self
    }

    /// Only if the column holds this.
    #[must_use]
    pub fn was(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.was.push((column, value.into()));
        self
    }

    /// Only if this condition holds, in which every `?` stands for the row's key.
    #[must_use]
    pub fn when(mut self, condition: &'static str) -> Self {
        self.when = Some(condition);
        self
    }

    /// And this follows from it.
    #[must_use]
    pub fn and(mut self, consequence: Consequence) -> Self {
        self.consequence = Some(consequence);
        self
    }

    /// What the record says of it.
    pub fn row(&self) -> &Row {
        &self.row
    }

    fn bound(&self, column: &str, value: &Value) -> Result<sql::Value, DbError> {
        let known = self.table.columns.iter().chain(self.table.unsaid).find(|(name, _)| *name == column);
        known.and_then(|(_, kind)| kind.bind(value)).ok_or_else(|| DbError::Inconsistent {
            table: self.table.name,
            column: "a column that a record set",
            row: column.to_owned(),
        })
    }
}

impl Tx {
    /// Writes the row, or says that nothing was changed.
    pub(in crate::db) async fn write_row(&mut self, write: &RowWrite) -> Result<(), DbError> {
        let (table, key) = (write.table.name, write.table.key);
        let said = write.row.set.iter().map(|(column, value)| (column.as_str(), value));
        let set: Vec<_> = said.chain(write.unsaid.iter().map(|(column, value)| (*column, value))).collect();
        let mut condition = write.when.unwrap_or("1 = 1").to_owned();
        let mut values = Vec::new();
        for (column, value) in &set {
            values.push(write.bound(column, value)?);
        }
        let by_key = || sql::Value::from(&write.row.key);
        let in_condition = condition.matches('?').count();
        let text = if write.row.new {
            values.insert(0, by_key());
            let names: Vec<&str> = std::iter::once(key).chain(set.iter().map(|(column, _)| *column)).collect();
            let places = vec!["?"; names.len()].join(", ");
            format!("INSERT INTO {table} ({}) SELECT {places} WHERE {condition}", names.join(", "))
        } else {
            let set: Vec<String> = set.iter().map(|(column, _)| format!("{column} = ?")).collect();
            format!("UPDATE {table} SET {} WHERE {condition} AND {key} = ?", set.join(", "))
        };
        values.extend(std::iter::repeat_with(by_key).take(in_condition));
        condition = String::new();
        if !write.row.new {
            values.push(by_key());
            for (column, value) in &write.was {
                if *value == Value::Null {
                    condition.push_str(&format!(" AND {column} IS NULL"));
                    continue;
                }
                condition.push_str(&format!(" AND {column} = ?"));
                values.push(write.bound(column, value)?);
            }
        }
        let statement = values.into_iter().fold(built(text + &condition), |statement, value| statement.bind(value));
        if statement.execute(&mut *self).await? != 1 {
            return Err(DbError::NothingChanged { table, row: write.row.key.clone() });
        }
        match &write.consequence {
            None => Ok(()),
            Some(Consequence::CertificateCancelled) => self.end_cancelled(&write.row.key).await,
            Some(Consequence::LetterRevoked) => self.end_letter(&write.row.key).await,
            Some(Consequence::DaysCounted(counted)) => self.count_days(counted).await,
        }
    }
}

impl Db {
    /// The rows of a table as records state them, by key.
    pub async fn recorded(&self, table: &'static Table) -> Result<Vec<Row>, DbError> {
        let names: Vec<&str> = std::iter::once(table.key).chain(table.columns.iter().map(|(name, _)| *name)).collect();
        let kinds: Vec<Kind> = std::iter::once(Kind::Text).chain(table.columns.iter().map(|(_, kind)| *kind)).collect();
        let text = format!("SELECT {} FROM {} ORDER BY {}", names.join(", "), table.name, table.key);
        let rows = built(text).values_of(&kinds, self.readers()).await?;
        let row = |values: Vec<Value>| {
            let mut values = values.into_iter();
            let key = match values.next() {
                Some(Value::Text(key)) => key,
                _ => String::new(),
            };
            let set = table.columns.iter().map(|(name, _)| (*name).to_owned()).zip(values).collect();
            Row { table: table.name.to_owned(), key, new: true, set }
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// The statement of an entry, if it rests on one that is kept.
    pub async fn statement_of(&self, index: u64) -> Result<Option<Vec<u8>>, DbError> {
        sql("SELECT statement FROM ledger_entry WHERE idx = ? AND statement IS NOT NULL")
            .bind(index as i64)
            .value(self.readers())
            .await
    }
}
