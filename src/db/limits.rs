//! Time: the holiday arrangements that were entered, the days on which cases are due, extensions.

use sqlx::FromRow;

use super::matter::MatterRow;
use super::record::{Consequence, RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError, Tx};
use crate::hall::calendar::{Arrangement, Due};

/// A holiday arrangement as entered.
#[derive(Debug, Clone, FromRow)]
pub struct HolidayYearRow {
    /// Year and version.
    pub id: String,
    /// The year.
    pub year: i64,
    /// From 1; the latest is in force.
    pub version: i64,
    /// The notice.
    pub source: String,
    /// JSON: days off and weekend days worked.
    pub arrangement: String,
    /// Who entered it.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
}

/// An extension of a case.
#[derive(Debug, Clone, FromRow)]
pub struct ExtensionRow {
    /// The case.
    pub matter: String,
    /// Working days added.
    pub days: i64,
    /// Last day of the promise before.
    pub due_before: String,
    /// Last day of the promise since.
    pub due: String,
    /// Last day by law since.
    pub legal_due: String,
    /// Why, as told to the applicant.
    pub reason: String,
    /// How the applicant was told.
    pub told: String,
    /// The day on which the applicant was told.
    pub told_on: String,
    /// The leader who extended it.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
}

impl HolidayYearRow {
    /// The arrangement.
    pub fn to_arrangement(&self) -> Result<Arrangement, DbError> {
        let row = self.id.clone();
        let parsed: Option<Arrangement> = serde_json::from_str(&self.arrangement).ok();
        parsed.filter(|parsed| i64::from(parsed.year()) == self.year).ok_or(DbError::Inconsistent {
            table: "holiday_year",
            column: "arrangement",
            row,
        })
    }
}

impl Db {
    /// Every arrangement that was entered, each year's versions in order.
    pub async fn holiday_years(&self) -> Result<Vec<HolidayYearRow>, DbError> {
        sql("SELECT * FROM holiday_year ORDER BY year, version").all(self.readers()).await
    }

    /// Cases whose last day could not be counted when they were accepted.
    pub async fn matters_without_due(&self) -> Result<Vec<MatterRow>, DbError> {
        sql("SELECT * FROM matter WHERE due IS NULL ORDER BY submitted_at, id").all(self.readers()).await
    }

    /// The extension of a case, if it was extended.
    pub async fn extension(&self, matter: &str) -> Result<Option<ExtensionRow>, DbError> {
        sql("SELECT * FROM extension WHERE matter = ?").bind(matter).optional(self.readers()).await
    }
}

impl Tx {
    /// Sets last days that could not be counted before.
    pub(in crate::db) async fn count_days(&mut self, counted: &[(String, Due)]) -> Result<(), DbError> {
        for (matter, due) in counted {
            sql("UPDATE matter SET due = ?, legal_due = ? WHERE id = ? AND due IS NULL")
                .bind(due.promised.to_string())
                .bind(due.legal.to_string())
                .bind(matter)
                .execute(&mut *self)
                .await?;
        }
        Ok(())
    }
}

/// What records say of holiday arrangements.
pub static HOLIDAY_YEAR: Table = Table {
    name: "holiday_year",
    key: "id",
    columns: &[
        ("year", Kind::Int),
        ("version", Kind::Int),
        ("source", Kind::Text),
        ("arrangement", Kind::Text),
        ("staff", Kind::Text),
        ("at", Kind::Int),
    ],
    unsaid: &[],
};

/// What records say of extensions.
pub static EXTENSION: Table = Table {
    name: "extension",
    key: "matter",
    columns: &[
        ("days", Kind::Int),
        ("due_before", Kind::Text),
        ("due", Kind::Text),
        ("legal_due", Kind::Text),
        ("reason", Kind::Text),
        ("told", Kind::Text),
        ("told_on", Kind::Text),
        ("staff", Kind::Text),
        ("at", Kind::Int),
    ],
    unsaid: &[],
};

impl HolidayYearRow {
    /// A year's arrangement as a new row, and the last days that can be counted with it.
    pub fn write(&self, counted: Vec<(String, Due)>) -> RowWrite {
        RowWrite::new(&HOLIDAY_YEAR, &self.id)
            .set("year", self.year)
            .set("version", self.version)
            .set("source", &self.source)
            .set("arrangement", &self.arrangement)
            .set("staff", &self.staff)
            .set("at", self.at)
            .and(Consequence::DaysCounted(counted))
    }
}

impl ExtensionRow {
    /// The extension of a case that still waits for a decision; `a_case_is_extended_once`.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&EXTENSION, &self.matter)
            .set("days", self.days)
            .set("due_before", &self.due_before)
            .set("due", &self.due)
            .set("legal_due", &self.legal_due)
            .set("reason", &self.reason)
            .set("told", &self.told)
            .set("told_on", &self.told_on)
            .set("staff", &self.staff)
            .set("at", self.at)
            .when("EXISTS (SELECT 1 FROM certificate WHERE matter = ? AND state = 'submitted')")
    }

    /// When the case is due since.
    pub fn due(&self) -> Result<Due, DbError> {
        let wrong = |column| DbError::Inconsistent { table: "extension", column, row: self.matter.clone() };
        Ok(Due {
            promised: self.due.parse().map_err(|_| wrong("due"))?,
            legal: self.legal_due.parse().map_err(|_| wrong("legal_due"))?,
        })
    }
}
