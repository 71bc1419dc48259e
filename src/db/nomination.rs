//! Nominations of staff.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};

/// A nomination: somebody to be registered, or a registration to be changed.
#[derive(Debug, Clone, FromRow)]
pub struct NominationRow {
    /// Identifier.
    pub id: String,
    /// Whose registration is to be changed; none for somebody new.
    pub staff: Option<String>,
    /// Name to sign in with.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// The duty's word.
    pub duty: String,
    /// Department key; none for the hall's own staff.
    pub department: Option<String>,
    /// Acts for the chief representative.
    pub deputy: bool,
    /// JSON array of window numbers.
    pub windows: String,
    /// How they are employed.
    pub grade: String,
    /// First day at the window, YYYY-MM-DD.
    pub posted_from: Option<String>,
    /// Last day at the window, YYYY-MM-DD.
    pub posted_to: Option<String>,
    /// Hours of duty.
    pub hours: Option<String>,
    /// Last day of the permit asked for, YYYY-MM-DD.
    pub permit_to: String,
    /// Who nominated.
    pub nominated_by: String,
    /// When (microseconds).
    pub nominated_at: i64,
    /// `nominated`, `consented`, `declined`.
    pub state: String,
    /// Who decided for the centre.
    pub decided_by: Option<String>,
    /// When (microseconds).
    pub decided_at: Option<i64>,
}

/// What records say of nominations.
pub static NOMINATION: Table = Table {
    name: "nomination",
    key: "id",
    columns: &[
        ("staff", Kind::Text),
        ("login", Kind::Text),
        ("name", Kind::Text),
        ("duty", Kind::Text),
        ("department", Kind::Text),
        ("deputy", Kind::Flag),
        ("windows", Kind::Text),
        ("grade", Kind::Text),
        ("posted_from", Kind::Text),
        ("posted_to", Kind::Text),
        ("hours", Kind::Text),
        ("permit_to", Kind::Text),
        ("nominated_by", Kind::Text),
        ("nominated_at", Kind::Int),
        ("state", Kind::Text),
        ("decided_by", Kind::Text),
        ("decided_at", Kind::Int),
    ],
    unsaid: &[],
};

impl NominationRow {
    /// The nomination as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&NOMINATION, &self.id)
            .set("staff", self.staff.as_ref())
            .set("login", &self.login)
            .set("name", &self.name)
            .set("duty", &self.duty)
            .set("department", self.department.as_ref())
            .set("deputy", self.deputy)
            .set("windows", &self.windows)
            .set("grade", &self.grade)
            .set("posted_from", self.posted_from.as_ref())
            .set("posted_to", self.posted_to.as_ref())
            .set("hours", self.hours.as_ref())
            .set("permit_to", &self.permit_to)
            .set("nominated_by", &self.nominated_by)
            .set("nominated_at", self.nominated_at)
            .set("state", &self.state)
            .set("decided_by", self.decided_by.as_ref())
            .set("decided_at", self.decided_at)
    }
}

impl Db {
    /// A nomination.
    pub async fn nomination(&self, id: &str) -> Result<Option<NominationRow>, DbError> {
        sql("SELECT * FROM nomination WHERE id = ?").bind(id).optional(self.readers()).await
    }

    /// The nominations that wait for the centre, of one department or of all, oldest first.
    pub async fn open_nominations(&self, department: Option<&str>) -> Result<Vec<NominationRow>, DbError> {
        sql("SELECT * FROM nomination WHERE state = 'nominated' AND (? IS NULL OR department = ?) ORDER BY nominated_at, id")
            .bind(department)
            .bind(department)
            .all(self.readers())
            .await
    }
}
