//! Registered staff.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};
use crate::hall::id::WindowNo;
use crate::hall::staff::{Permit, Registration, Staff};

/// A registered person.
#[derive(Clone, FromRow)]
pub struct StaffRow {
    /// Identifier.
    pub id: String,
    /// Name to sign in with.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// One of the six duties.
    pub duty: String,
    /// Department key; none for the hall's own staff.
    pub department: Option<String>,
    /// 1: acts for the chief representative.
    pub deputy: bool,
    /// JSON array of window numbers.
    pub windows: String,
    /// Argon2id in PHC form.
    pub password: String,
    /// Number of the permit.
    pub permit_no: String,
    /// First day of the permit, YYYY-MM-DD.
    pub permit_from: String,
    /// Last day of the permit, YYYY-MM-DD.
    pub permit_to: String,
    /// 0: suspended.
    pub active: bool,
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

    /// Suspends a person or lets them act again; signed-in sessions end.
    pub async fn set_staff_active(&self, id: &str, active: bool) -> Result<(), DbError> {
        let mut tx = self.decide().await?;
        sql("UPDATE staff SET active = ? WHERE id = ?").bind(active).bind(id).execute(&mut tx).await?;
        sql("DELETE FROM session WHERE staff = ?").bind(id).execute(&mut tx).await?;
        tx.commit().await
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
        ("department", Kind::Text),
        ("deputy", Kind::Flag),
        ("windows", Kind::Text),
        ("permit_no", Kind::Text),
        ("permit_from", Kind::Text),
        ("permit_to", Kind::Text),
        ("active", Kind::Flag),
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
            .set("department", self.department.as_ref())
            .set("deputy", self.deputy)
            .set("windows", &self.windows)
            .set("permit_no", &self.permit_no)
            .set("permit_from", &self.permit_from)
            .set("permit_to", &self.permit_to)
            .set("active", self.active)
            .unsaid("password", &self.password)
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
            registration: if self.active { Registration::Active } else { Registration::Ended },
            permit: Some(Permit {
                number: self.permit_no.clone(),
                from: self.permit_from.parse().map_err(|_| wrong("permit_from"))?,
                to: self.permit_to.parse().map_err(|_| wrong("permit_to"))?,
            }),
        })
    }
}
