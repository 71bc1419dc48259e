//! Fees paid.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};

/// A case's fee as paid.
#[derive(Debug, Clone, FromRow)]
pub struct PaymentRow {
    /// The case.
    pub matter: String,
    /// In fen; 0: exempted.
    pub amount: i64,
    /// Number of the receipt, or of the document that exempts it.
    pub receipt: String,
    /// Window that recorded it.
    pub window_no: String,
    /// Who recorded it.
    pub staff: String,
    /// When (microseconds).
    pub at: i64,
}

impl Db {
    /// The payment of a case, if it is paid.
    pub async fn payment(&self, matter: &str) -> Result<Option<PaymentRow>, DbError> {
        sql("SELECT * FROM payment WHERE matter = ?").bind(matter).optional(self.readers()).await
    }
}

/// What records say of payments.
pub static PAYMENT: Table = Table {
    name: "payment",
    key: "matter",
    columns: &[
        ("amount", Kind::Int),
        ("receipt", Kind::Text),
        ("window_no", Kind::Text),
        ("staff", Kind::Text),
        ("at", Kind::Int),
    ],
    unsaid: &[],
};

impl PaymentRow {
    /// The payment of a case; `a_case_is_paid_once`.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&PAYMENT, &self.matter)
            .set("amount", self.amount)
            .set("receipt", &self.receipt)
            .set("window_no", &self.window_no)
            .set("staff", &self.staff)
            .set("at", self.at)
    }
}
