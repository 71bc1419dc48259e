//! Letters of authorization.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};
use crate::hall::authorization::{CoveredItems, Letter, Power};
use crate::hall::id::ItemCode;

/// A letter of authorization as filed.
#[derive(Debug, Clone, FromRow)]
pub struct LetterRow {
    /// Identifier.
    pub id: String,
    /// Department key.
    pub department: String,
    /// The chief representative named in it.
    pub chief: String,
    /// JSON array of powers.
    pub powers: String,
    /// JSON array of item codes.
    pub items: String,
    /// First day of its term, YYYY-MM-DD.
    pub first_day: String,
    /// Last day of its term, YYYY-MM-DD.
    pub last_day: String,
    /// Digest of the PDF as composed.
    pub document: Vec<u8>,
    /// Its number.
    pub number: String,
    /// `proposed`, `approved`, `filed`, `declined`, `revoked`.
    pub state: String,
    /// Who proposed it; none: the hall was set up with it.
    pub proposed_by: Option<String>,
    /// The department's leader who decided.
    pub approved_by: Option<String>,
    /// `paper`, `scan` or `seal`, once it is filed.
    pub filed_as: Option<String>,
    /// Digest of the scan.
    pub scan: Option<Vec<u8>>,
    /// When it was revoked (microseconds).
    pub revoked_at: Option<i64>,
}

impl Db {
    /// The letters of a department, whatever their state, the longest-lasting first.
    pub async fn letters(&self, department: &str) -> Result<Vec<LetterRow>, DbError> {
        sql("SELECT * FROM letter WHERE department = ? ORDER BY last_day DESC, id")
            .bind(department)
            .all(self.readers())
            .await
    }
}

impl Db {
    /// A letter by its identifier.
    pub async fn letter(&self, id: &str) -> Result<Option<LetterRow>, DbError> {
        sql("SELECT * FROM letter WHERE id = ?").bind(id).optional(self.readers()).await
    }
}

/// What records say of letters.
pub static LETTER: Table = Table {
    name: "letter",
    key: "id",
    columns: &[
        ("department", Kind::Text),
        ("chief", Kind::Text),
        ("powers", Kind::Text),
        ("items", Kind::Text),
        ("first_day", Kind::Text),
        ("last_day", Kind::Text),
        ("document", Kind::Bytes),
        ("number", Kind::Text),
        ("state", Kind::Text),
        ("proposed_by", Kind::Text),
        ("approved_by", Kind::Text),
        ("filed_as", Kind::Text),
        ("scan", Kind::Bytes),
        ("revoked_at", Kind::Int),
    ],
    unsaid: &[],
};

impl LetterRow {
    /// The letter as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&LETTER, &self.id)
            .set("department", &self.department)
            .set("chief", &self.chief)
            .set("powers", &self.powers)
            .set("items", &self.items)
            .set("first_day", &self.first_day)
            .set("last_day", &self.last_day)
            .set("document", &self.document)
            .set("number", &self.number)
            .set("state", &self.state)
            .set("proposed_by", self.proposed_by.as_ref())
            .set("approved_by", self.approved_by.as_ref())
            .set("filed_as", self.filed_as.as_ref())
            .set("scan", self.scan.as_ref())
            .set("revoked_at", self.revoked_at)
    }

    /// The letter as the rules know it.
    pub fn to_letter(&self) -> Result<Letter, DbError> {
        let wrong = |column| DbError::Inconsistent { table: "letter", column, row: self.id.clone() };
        let items: Vec<ItemCode> = serde_json::from_str(&self.items).map_err(|_| wrong("items"))?;
        let powers: Vec<Power> = serde_json::from_str(&self.powers).map_err(|_| wrong("powers"))?;
        Ok(Letter {
            state: self.state.parse().map_err(|_| wrong("state"))?,
            department: self.department.parse().map_err(|_| wrong("department"))?,
            items: CoveredItems::Listed(items.into_iter().collect()),
            powers: powers.into_iter().collect(),
            from: self.first_day.parse().map_err(|_| wrong("first_day"))?,
            to: self.last_day.parse().map_err(|_| wrong("last_day"))?,
        })
    }
}
