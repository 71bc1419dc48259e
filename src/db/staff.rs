//! Registered staff.

use sqlx::FromRow;

use super::sql::sql;
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
    /// Registers staff, all or none.
    pub async fn register_staff(&self, staff: &[StaffRow]) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        for person in staff {
            sql(
                "INSERT INTO staff (id, login, name, duty, department, deputy, windows, password, permit_no, permit_from,
                 permit_to, active) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(&person.id)
            .bind(&person.login)
            .bind(&person.name)
            .bind(&person.duty)
            .bind(&person.department)
            .bind(person.deputy)
            .bind(&person.windows)
            .bind(&person.password)
            .bind(&person.permit_no)
            .bind(&person.permit_from)
            .bind(&person.permit_to)
            .bind(person.active)
            .execute(&mut tx)
            .await?;
        }
        tx.commit().await
    }

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

impl StaffRow {
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
