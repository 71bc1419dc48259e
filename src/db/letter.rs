//! Letters of authorization.

use sqlx::FromRow;

use super::certificate::CertificateRow;
use super::record::{Consequence, RowWrite, Table};
use super::sql::{Kind, sql};
use super::{Db, DbError, Tx};
use crate::digest::Digest;
use crate::hall::authorization::{CoveredItems, Letter, LetterState, Power};
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
    /// The date on its face, YYYY-MM-DD.
    pub issued: String,
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
    /// Digest of the letter as sealed electronically.
    pub sealed: Option<Vec<u8>>,
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

    /// The documents that a letter was to be sealed as, the first asked for first: at most one that was neither refused nor voided.
    pub async fn documents_of_letter(&self, letter: &str) -> Result<Vec<CertificateRow>, DbError> {
        sql("SELECT * FROM certificate WHERE letter = ? ORDER BY id").bind(letter).all(self.readers()).await
    }

    /// The sealed documents whose letters are not filed yet.
    pub async fn sealed_letters_to_file(&self) -> Result<Vec<CertificateRow>, DbError> {
        sql("SELECT c.* FROM certificate c JOIN letter l ON l.id = c.letter
             WHERE l.state = 'approved' AND c.state = 'sealed' ORDER BY c.id")
        .all(self.readers())
        .await
    }

    /// The letters filed as sealed, each with its document; without one where there is none that is sealed.
    pub async fn sealed_letters(&self) -> Result<Vec<(LetterRow, Option<CertificateRow>)>, DbError> {
        let letters: Vec<LetterRow> =
            sql("SELECT * FROM letter WHERE filed_as = 'seal' ORDER BY id").all(self.readers()).await?;
        let mut found = Vec::new();
        for letter in letters {
            let documents = self.documents_of_letter(&letter.id).await?;
            found.push((letter, documents.into_iter().find(|one| one.sealed.is_some())));
        }
        Ok(found)
    }
}

impl Tx {
    /// A revoked letter's sealed document is in force no more; others are told.
    pub(in crate::db) async fn end_letter(&mut self, letter: &str) -> Result<(), DbError> {
        let ended: Option<(String, i64)> =
            sql("UPDATE certificate SET state = 'withdrawn' WHERE letter = ? AND state IN ('sealed', 'expired')
             RETURNING id, (SELECT revoked_at FROM letter l WHERE l.id = certificate.letter)")
            .bind(letter)
            .optional(&mut *self)
            .await?;
        if let Some((certificate, at)) = ended {
            self.tell("certificate.withdrawn", &certificate, at).await?;
        }
        Ok(())
    }
}

/// Its document is sealed.
const IS_SEALED: &str = "EXISTS (SELECT 1 FROM certificate c WHERE c.letter = ? AND c.state = 'sealed')";
/// No seal is being used on it, nor was any: what is logged is finished or voided first.
const NOT_BEING_SEALED: &str = "NOT EXISTS (SELECT 1 FROM certificate c JOIN seal_use u ON u.certificate = c.id
    WHERE c.letter = ? AND u.state IN ('logged', 'sealed'))";

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
        ("issued", Kind::Text),
        ("state", Kind::Text),
        ("proposed_by", Kind::Text),
        ("approved_by", Kind::Text),
        ("filed_as", Kind::Text),
        ("scan", Kind::Bytes),
        ("sealed", Kind::Bytes),
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
            .set("issued", &self.issued)
            .set("state", &self.state)
            .set("proposed_by", self.proposed_by.as_ref())
            .set("approved_by", self.approved_by.as_ref())
            .set("filed_as", self.filed_as.as_ref())
            .set("scan", self.scan.as_ref())
            .set("sealed", self.sealed.as_ref())
            .set("revoked_at", self.revoked_at)
    }

    /// Its state changes; nothing is changed where somebody else was first.
    pub fn step(&self, to: LetterState) -> RowWrite {
        let step = RowWrite::change(&LETTER, &self.id).set("state", to.as_str()).was("state", &self.state);
        match to {
            LetterState::Declined | LetterState::Filed => step.when(NOT_BEING_SEALED),
            LetterState::Revoked => step.and(Consequence::LetterRevoked),
            LetterState::Proposed | LetterState::Approved => step,
        }
    }

    /// It is filed as its sealed document.
    pub fn file_sealed(&self, sealed: &Digest) -> RowWrite {
        RowWrite::change(&LETTER, &self.id)
            .set("state", LetterState::Filed.as_str())
            .set("filed_as", "seal")
            .set("sealed", sealed.as_bytes().as_slice())
            .was("state", LetterState::Approved.as_str())
            .when(IS_SEALED)
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
