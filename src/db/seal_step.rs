//! Steps of seals' lives, and what the auditor is told of at once.

use sqlx::FromRow;

use super::record::{RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError};

/// A step that somebody proposed.
#[derive(Debug, Clone, FromRow)]
pub struct StepRow {
    /// Identifier.
    pub id: String,
    /// The seal; of an application, the one that comes of it.
    pub seal: String,
    /// Department key.
    pub department: String,
    /// Which step, as [`SealAct`](crate::hall::seal::SealAct) is written.
    pub act: String,
    /// JSON of the [`Plan`](crate::hall::seal_step::Plan).
    pub plan: String,
    /// Digest of the document that goes with it.
    pub document: Option<Vec<u8>>,
    /// The proposer's reason.
    pub why: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When (microseconds).
    pub proposed_at: i64,
    /// `pending`, `done`, `declined`, `withdrawn` or `lapsed`.
    pub state: String,
    /// Who decided on it.
    pub decided_by: Option<String>,
    /// When (microseconds).
    pub decided_at: Option<i64>,
    /// Why it was declined or withdrawn.
    pub decided_why: Option<String>,
}

/// What records say of steps.
pub static STEP: Table = Table {
    name: "seal_step",
    key: "id",
    columns: &[
        ("seal", Kind::Text),
        ("department", Kind::Text),
        ("act", Kind::Text),
        ("plan", Kind::Text),
        ("document", Kind::Bytes),
        ("why", Kind::Text),
        ("proposed_by", Kind::Text),
        ("proposed_at", Kind::Int),
        ("state", Kind::Text),
        ("decided_by", Kind::Text),
        ("decided_at", Kind::Int),
        ("decided_why", Kind::Text),
    ],
    unsaid: &[],
};

impl StepRow {
    /// The step as a new row.
    pub fn write(&self) -> RowWrite {
        RowWrite::new(&STEP, &self.id)
            .set("seal", &self.seal)
            .set("department", &self.department)
            .set("act", &self.act)
            .set("plan", &self.plan)
            .set("document", self.document.as_ref())
            .set("why", &self.why)
            .set("proposed_by", &self.proposed_by)
            .set("proposed_at", self.proposed_at)
            .set("state", &self.state)
    }

    /// The step as it ends, if it still waits: in which state, by whom, when and why.
    pub fn end(&self, state: &'static str, by: Option<String>, at: i64, why: Option<String>) -> RowWrite {
        RowWrite::change(&STEP, &self.id)
            .set("state", state)
            .set("decided_by", by)
            .set("decided_at", at)
            .set("decided_why", why)
            .was("state", "pending")
    }

    /// Whether it waits for a second person.
    pub fn is_pending(&self) -> bool {
        self.state == "pending"
    }
}

/// Something the auditor is told of at once.
#[derive(Debug, Clone, FromRow)]
pub struct NoticeRow {
    /// Identifier.
    pub id: String,
    /// `seal-reported-lost`, `seal-compromised` or `loss-declined`.
    pub kind: String,
    /// Which seal.
    pub seal: String,
    /// When (microseconds).
    pub at: i64,
    /// The auditor who has taken note.
    pub seen_by: Option<String>,
    /// When (microseconds).
    pub seen_at: Option<i64>,
}

/// What records say of notices.
pub static NOTICE: Table = Table {
    name: "notice",
    key: "id",
    columns: &[
        ("kind", Kind::Text),
        ("seal", Kind::Text),
        ("at", Kind::Int),
        ("seen_by", Kind::Text),
        ("seen_at", Kind::Int),
    ],
    unsaid: &[],
};

impl NoticeRow {
    /// A notice as a new row.
    pub fn write(id: String, kind: &'static str, seal: &str, at: i64) -> RowWrite {
        RowWrite::new(&NOTICE, id).set("kind", kind).set("seal", seal).set("at", at)
    }

    /// That an auditor has taken note.
    pub fn seen(id: &str, by: String, at: i64) -> RowWrite {
        RowWrite::change(&NOTICE, id)
            .set("seen_by", by)
            .set("seen_at", at)
            .was("seen_by", crate::hall::record::Value::Null)
    }
}

impl Db {
    /// The step of that identifier.
    pub async fn seal_step(&self, id: &str) -> Result<Option<StepRow>, DbError> {
        sql("SELECT * FROM seal_step WHERE id = ?").bind(id).optional(self.readers()).await
    }

    /// The steps of a seal, in the order in which they were proposed.
    pub async fn steps_of_seal(&self, seal: &str) -> Result<Vec<StepRow>, DbError> {
        sql("SELECT * FROM seal_step WHERE seal = ? ORDER BY proposed_at, id").bind(seal).all(self.readers()).await
    }

    /// The steps that wait for a second person.
    pub async fn pending_seal_steps(&self) -> Result<Vec<StepRow>, DbError> {
        sql("SELECT * FROM seal_step WHERE state = 'pending' ORDER BY proposed_at, id").all(self.readers()).await
    }

    /// What no auditor has taken note of yet, in order.
    pub async fn unseen_notices(&self) -> Result<Vec<NoticeRow>, DbError> {
        sql("SELECT * FROM notice WHERE seen_by IS NULL ORDER BY at, id").all(self.readers()).await
    }
}
