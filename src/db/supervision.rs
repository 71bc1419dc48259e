//! Findings of the supervision, what people did with them, and the monthly reports.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Column, Kind, sql};
use super::{Db, DbError};

/// What records say of findings.
pub static FINDING: Table = Table {
    name: "finding",
    key: "id",
    columns: &[
        ("rule", Kind::Text),
        ("subject", Kind::Text),
        ("period", Kind::Text),
        ("department", Kind::Text),
        ("people", Kind::Text),
        ("said", Kind::Text),
        ("found_at", Kind::Int),
        ("state", Kind::Text),
        ("answerer", Kind::Text),
        ("answer_by", Kind::Text),
        ("conclusion", Kind::Text),
        ("closed_at", Kind::Int),
    ],
    unsaid: &[],
};

/// What records say of the steps people took with them.
pub static FINDING_STEP: Table = Table {
    name: "finding_step",
    key: "id",
    columns: &[
        ("finding", Kind::Text),
        ("number", Kind::Int),
        ("act", Kind::Text),
        ("staff", Kind::Text),
        ("said", Kind::Text),
        ("at", Kind::Int),
    ],
    unsaid: &[],
};

/// What records say of monthly reports.
pub static MONTHLY_REPORT: Table = Table {
    name: "monthly_report",
    key: "id",
    columns: &[
        ("month", Kind::Text),
        ("version", Kind::Int),
        ("figures", Kind::Text),
        ("document", Kind::Bytes),
        ("staff", Kind::Text),
        ("at", Kind::Int),
    ],
    unsaid: &[],
};

/// A finding as kept.
#[derive(Debug, Clone, FromRow)]
pub struct FindingRow {
    /// Digest of rule, subject and period.
    pub id: String,
    /// Code of the rule.
    pub rule: String,
    /// What it is about.
    pub subject: String,
    /// The day, month or occasion.
    pub period: String,
    /// Department key; none: the hall's own matter.
    pub department: Option<String>,
    /// JSON array of the staff it concerns.
    pub people: String,
    /// What was found.
    pub said: String,
    /// When (microseconds).
    pub found_at: i64,
    /// `open`, `assigned`, `answered`, `closed`.
    pub state: String,
    /// Who answers: department key, or `-` for the hall.
    pub answerer: Option<String>,
    /// Last day for the answer, YYYY-MM-DD.
    pub answer_by: Option<String>,
    /// `upheld`, `explained`.
    pub conclusion: Option<String>,
    /// When it was closed (microseconds).
    pub closed_at: Option<i64>,
}

impl FindingRow {
    /// The finding as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&FINDING, &self.id)
            .set("rule", &self.rule)
            .set("subject", &self.subject)
            .set("period", &self.period)
            .set("department", self.department.clone())
            .set("people", &self.people)
            .set("said", &self.said)
            .set("found_at", self.found_at)
            .set("state", &self.state)
    }
}

/// What somebody did with a finding.
#[derive(Debug, Clone, FromRow)]
pub struct StepRow {
    /// The finding.
    pub finding: String,
    /// Its place among the finding's steps, from 1.
    pub number: i64,
    /// `assign`, `return`, `answer`, `close`.
    pub act: String,
    /// Who.
    pub staff: String,
    /// In their words.
    pub said: String,
    /// When (microseconds).
    pub at: i64,
}

impl StepRow {
    /// The step as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&FINDING_STEP, format!("{}/{}", self.finding, self.number))
            .set("finding", &self.finding)
            .set("number", self.number)
            .set("act", &self.act)
            .set("staff", &self.staff)
            .set("said", &self.said)
            .set("at", self.at)
    }
}

/// A monthly report as filed.
#[derive(Debug, Clone, FromRow)]
pub struct ReportRow {
    /// YYYY-MM.
    pub month: String,
    /// From 1.
    pub version: i64,
    /// JSON of the figures in it.
    pub figures: String,
    /// Digest of the PDF.
    pub document: Vec<u8>,
    /// Who made it.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
}

impl ReportRow {
    /// The report as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&MONTHLY_REPORT, format!("{}/{}", self.month, self.version))
            .set("month", &self.month)
            .set("version", self.version)
            .set("figures", &self.figures)
            .set("document", &self.document)
            .set("staff", &self.staff)
            .set("at", self.at)
    }
}

/// Which findings are listed.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Only in this state.
    pub state: Option<String>,
    /// Not the closed ones.
    pub unclosed: bool,
    /// Only of this rule.
    pub rule: Option<String>,
    /// Only of this department's matters; `-`: the hall's own.
    pub department: Option<String>,
    /// Only those that this department (or `-`, the hall) answers.
    pub answerer: Option<String>,
    /// Only about this, as kept.
    pub subject: Option<String>,
}

impl Db {
    /// Which of these findings there are already.
    pub async fn known_findings(&self, ids: Vec<String>) -> Result<Vec<String>, DbError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        sql("SELECT id FROM finding WHERE id IN (")
            .rows(vec![Column::Text(ids.into_iter().map(Some).collect())], ")")
            .values(self.readers())
            .await
    }

    /// A finding.
    pub async fn finding(&self, id: &str) -> Result<Option<FindingRow>, DbError> {
        sql("SELECT * FROM finding WHERE id = ?").bind(id).optional(self.readers()).await
    }

    /// Findings, the newest first.
    pub async fn findings(&self, which: &Which, limit: u32, offset: u32) -> Result<Vec<FindingRow>, DbError> {
        sql("SELECT * FROM finding WHERE (? IS NULL OR state = ?) AND (NOT ? OR state <> 'closed')
             AND (? IS NULL OR rule = ?) AND (? IS NULL OR COALESCE(department, '-') = ?)
             AND (? IS NULL OR answerer = ?) AND (? IS NULL OR subject = ?)
             ORDER BY found_at DESC, id LIMIT ? OFFSET ?")
        .bind(&which.state)
        .bind(&which.state)
        .bind(which.unclosed)
        .bind(&which.rule)
        .bind(&which.rule)
        .bind(&which.department)
        .bind(&which.department)
        .bind(&which.answerer)
        .bind(&which.answerer)
        .bind(&which.subject)
        .bind(&which.subject)
        .bind(limit)
        .bind(offset)
        .all(self.readers())
        .await
    }

    /// How many findings there are in each state.
    pub async fn finding_counts(&self) -> Result<Vec<(String, i64)>, DbError> {
        sql("SELECT state, COUNT(*) FROM finding GROUP BY state").all(self.readers()).await
    }

    /// How many findings wait for this answerer.
    pub async fn findings_to_answer(&self, answerer: &str) -> Result<i64, DbError> {
        sql("SELECT COUNT(*) FROM finding WHERE state = 'assigned' AND answerer = ?")
            .bind(answerer)
            .the_value(self.readers())
            .await
    }

    /// The steps taken with a finding, in order.
    pub async fn finding_steps(&self, finding: &str) -> Result<Vec<StepRow>, DbError> {
        sql("SELECT finding, number, act, staff, said, at FROM finding_step WHERE finding = ? ORDER BY number")
            .bind(finding)
            .all(self.readers())
            .await
    }

    /// The monthly reports, the newest first.
    pub async fn monthly_reports(&self) -> Result<Vec<ReportRow>, DbError> {
        sql("SELECT month, version, figures, document, staff, at FROM monthly_report ORDER BY month DESC, version DESC")
            .all(self.readers())
            .await
    }
}
