//! Registered staff.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};
use crate::hall::id::WindowNo;
use crate::hall::staff::{Permit, Posting, Staff};

/// A registered person.
#[derive(Clone, FromRow)]
pub struct StaffRow {
    /// Identifier.
    pub id: String,
    /// Name to sign in with.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// The duty's word.
    pub duty: String,
    /// Managing, using or auditing.
    pub side: String,
    /// Department key; none for the hall's own staff.
    pub department: Option<String>,
    /// 1: acts for the chief representative.
    pub deputy: bool,
    /// JSON array of window numbers.
    pub windows: String,
    /// How they are employed.
    pub grade: String,
    /// First day for which they are kept at the window, YYYY-MM-DD.
    pub posted_from: Option<String>,
    /// Last day of that, YYYY-MM-DD.
    pub posted_to: Option<String>,
    /// Hours of duty; none: whenever the hall is open.
    pub hours: Option<String>,
    /// Argon2id in PHC form.
    pub password: String,
    /// Number of the permit.
    pub permit_no: String,
    /// First day of the permit, YYYY-MM-DD.
    pub permit_from: String,
    /// Last day of the permit, YYYY-MM-DD.
    pub permit_to: String,
    /// Who nominated them; none: the hall was set up with them.
    pub nominated_by: Option<String>,
    /// Who consented for the centre.
    pub consented_by: Option<String>,
    /// `active`, `suspended`, `ended`.
    pub state: String,
}

impl Db {
    /// The person of that identifier.
    pub async fn staff(&self, id: &str) -> Result<Option<StaffRow>, DbError> {
        sql("SELECT * FROM staff WHERE id = ?").bind(id).optional(self.readers()).await
    }

    /// The person who signs in by that name.
    pub async fn staff_by_login(&self, login: &str) -> Result<Option<StaffRow>, DbError> {
        sql("SELECT * FROM staff WHERE login = ?").bind(login).optional(self.readers()).await
    }

    /// Everybody registered, by sign-in name.
    pub async fn all_staff(&self) -> Result<Vec<StaffRow>, DbError> {
        sql("SELECT * FROM staff ORDER BY login").all(self.readers()).await
    }

    /// How many of a duty are on duty, one person not counted.
    pub async fn active_with_duty(&self, duty: &str, but: &str) -> Result<i64, DbError> {
        sql("SELECT COUNT(*) FROM staff WHERE duty = ? AND state = 'active' AND id <> ?")
            .bind(duty)
            .bind(but)
            .the_value(self.readers())
            .await
    }

    /// Ends all sessions of a person.
    pub async fn end_sessions(&self, staff: &str) -> Result<(), DbError> {
        sql("DELETE FROM session WHERE staff = ?").bind(staff).execute(self.writer()).await?;
        Ok(())
    }
}

/// What records say of staff; passwords are no business of theirs.
pub static STAFF: Table = Table {
    name: "staff",
    key: "id",
    columns: &[
        ("login", Kind::Text),
        ("name", Kind::Text),
        ("duty", Kind::Text),
        ("side", Kind::Text),
        ("department", Kind::Text),
        ("deputy", Kind::Flag),
        ("windows", Kind::Text),
        ("grade", Kind::Text),
        ("posted_from", Kind::Text),
        ("posted_to", Kind::Text),
        ("hours", Kind::Text),
        ("permit_no", Kind::Text),
        ("permit_from", Kind::Text),
        ("permit_to", Kind::Text),
        ("nominated_by", Kind::Text),
        ("consented_by", Kind::Text),
        ("state", Kind::Text),
    ],
    unsaid: &[("password", Kind::Text)],
};

impl StaffRow {
    /// The person as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&STAFF, &self.id)
            .set("login", &self.login)
            .set("name", &self.name)
            .set("duty", &self.duty)
            .set("side", &self.side)
            .set("department", self.department.as_ref())
            .set("deputy", self.deputy)
            .set("windows", &self.windows)
            .set("grade", &self.grade)
            .set("posted_from", self.posted_from.as_ref())
            .set("posted_to", self.posted_to.as_ref())
            .set("hours", self.hours.as_ref())
            .set("permit_no", &self.permit_no)
            .set("permit_from", &self.permit_from)
            .set("permit_to", &self.permit_to)
            .set("nominated_by", self.nominated_by.as_ref())
            .set("consented_by", self.consented_by.as_ref())
            .set("state", &self.state)
            .unsaid("password", &self.password)
    }

    fn posting(&self) -> Result<Option<Posting>, DbError> {
        let wrong = |column| DbError::Inconsistent { table: "staff", column, row: self.id.clone() };
        let (Some(from), Some(to)) = (&self.posted_from, &self.posted_to) else { return Ok(None) };
        let from = from.parse().map_err(|_| wrong("posted_from"))?;
        Ok(Some(Posting { from, to: to.parse().map_err(|_| wrong("posted_to"))? }))
    }

    /// The person as the rules know them.
    pub fn to_staff(&self) -> Result<Staff, DbError> {
        let wrong = |column| DbError::Inconsistent { table: "staff", column, row: self.id.clone() };
        let windows: Vec<WindowNo> = serde_json::from_str(&self.windows).map_err(|_| wrong("windows"))?;
        Ok(Staff {
            id: self.id.parse().map_err(|_| wrong("id"))?,
            name: self.name.clone(),
            duty: self.duty.parse().map_err(|_| wrong("duty"))?,
            deputy: self.deputy,
            department: self.department.as_deref().map(str::parse).transpose().map_err(|_| wrong("department"))?,
            windows: windows.into_iter().collect(),
            grade: self.grade.parse().map_err(|_| wrong("grade"))?,
            posting: self.posting()?,
            hours: self.hours.as_deref().map(str::parse).transpose().map_err(|_| wrong("hours"))?,
            registration: self.state.parse().map_err(|_| wrong("state"))?,
            permit: Some(Permit {
                number: self.permit_no.clone(),
                from: self.permit_from.parse().map_err(|_| wrong("permit_from"))?,
                to: self.permit_to.parse().map_err(|_| wrong("permit_to"))?,
            }),
        })
    }
}
