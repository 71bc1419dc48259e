//! Certificates and other documents of a case.

use jiff::civil::Date;
use sqlx::FromRow;

use super::sql::sql;
use super::{Db, DbError, Tx, digest};
use crate::digest::Digest;
use crate::hall::certificate::Standing;

/// A certificate as kept.
#[derive(Debug, Clone, FromRow)]
pub struct CertificateRow {
    /// Identifier.
    pub id: String,
    /// Its case.
    pub matter: String,
    /// Order within the case.
    pub position: i64,
    /// Item code, or the joint document's name.
    pub item: String,
    /// Name of the certificate.
    pub name: String,
    /// Its number.
    pub number: String,
    /// Who holds it.
    pub holder: String,
    /// JSON object of its fields.
    pub data: String,
    /// Slug of its template.
    pub template: String,
    /// SHA-256 over the template's files.
    pub template_version: Vec<u8>,
    /// SHA-256 of the unsealed PDF.
    pub unsealed: Vec<u8>,
    /// JSON: anchors and pages.
    pub layout: String,
    /// The item or this case is major.
    pub major: bool,
    /// Disputed.
    pub disputed: bool,
    /// Random part of the address in the QR code.
    pub lookup_code: String,
    /// Who asked for the seal.
    pub asked_by: String,
    /// The certificate that this decision withdraws.
    pub withdraws: Option<String>,
    /// How often its number was issued before.
    pub issue: i64,
    /// The certificate of the same number whose place it takes.
    pub replaces: Option<String>,
    /// `change`, `renewal`, `reissue`.
    pub replaces_as: Option<String>,
    /// The certificate that this is an annotated copy of.
    pub copy_of: Option<String>,
    /// The letter of authorization that this is.
    pub letter: Option<String>,
    /// What the copy is for.
    pub purpose: Option<String>,
    /// The last day of its term, YYYY-MM-DD.
    pub valid_to: Option<String>,
    /// `submitted`, `refused`, `sealed`, `voided`, `superseded`, `withdrawn`, `cancelled`, `expired`.
    pub state: String,
    /// SHA-256 of the sealed PDF.
    pub sealed: Option<Vec<u8>>,
    /// When it was released (microseconds).
    pub sealed_at: Option<i64>,
}

impl CertificateRow {
    /// The last day of its term; none without one.
    pub fn last_day(&self) -> Option<Date> {
        self.valid_to.as_deref().and_then(|day| day.parse().ok())
    }

    /// Where it stands on a day; none before it is sealed.
    pub fn standing(&self, today: Date) -> Option<Standing> {
        Standing::on(&self.state, self.last_day(), today)
    }

    /// Digest of the unsealed PDF.
    pub fn unsealed_digest(&self) -> Result<Digest, DbError> {
        digest("certificate", "unsealed", &self.id, &self.unsealed)
    }

    /// Digest over the template's files.
    pub fn template_digest(&self) -> Result<Digest, DbError> {
        digest("certificate", "template_version", &self.id, &self.template_version)
    }

    /// Digest of the sealed PDF, once there is one.
    pub fn sealed_digest(&self) -> Result<Option<Digest>, DbError> {
        self.sealed.as_deref().map(|bytes| digest("certificate", "sealed", &self.id, bytes)).transpose()
    }
}

/// A released document: which certificate, and the digest of its sealed PDF in the store.
#[derive(Debug, Clone)]
pub struct Released {
    /// The certificate.
    pub certificate: String,
    /// The sealed PDF.
    pub sealed: Digest,
}

impl Db {
    /// The certificate of that identifier.
    pub async fn certificate(&self, id: &str) -> Result<Option<CertificateRow>, DbError> {
        sql("SELECT * FROM certificate WHERE id = ?").bind(id).optional(self.readers()).await
    }

    /// The certificates of a case, in order.
    pub async fn certificates_of(&self, matter: &str) -> Result<Vec<CertificateRow>, DbError> {
        sql("SELECT * FROM certificate WHERE matter = ? ORDER BY position").bind(matter).all(self.readers()).await
    }

    /// The certificate that a QR code's address names.
    pub async fn certificate_by_lookup(&self, case_no: &str, code: &str) -> Result<Option<CertificateRow>, DbError> {
        sql("SELECT c.* FROM certificate c JOIN matter m ON m.id = c.matter WHERE m.case_no = ? AND c.lookup_code = ?")
            .bind(case_no)
            .bind(code)
            .optional(self.readers())
            .await
    }

    /// The number of the case of the certificate that has this code, and this number or a case of this number.
    pub async fn case_by_number_and_lookup(&self, number: &str, code: &str) -> Result<Option<String>, DbError> {
        sql("SELECT m.case_no FROM certificate c JOIN matter m ON m.id = c.matter
             WHERE c.lookup_code = ? AND (c.number = ? OR m.case_no = ?)")
        .bind(code)
        .bind(number)
        .bind(number)
        .value(self.readers())
        .await
    }

    /// The certificate whose seal stands in the ledger at that index.
    pub async fn certificate_of_entry(&self, index: u64) -> Result<Option<CertificateRow>, DbError> {
        sql("SELECT c.* FROM certificate c JOIN seal_use u ON u.certificate = c.id
             JOIN ledger_entry e ON e.seal_use = u.id WHERE e.idx = ?")
        .bind(index as i64)
        .optional(self.readers())
        .await
    }

    /// The first certificate of a case.
    pub async fn certificate_of_case(&self, case_no: &str) -> Result<Option<CertificateRow>, DbError> {
        sql(
            "SELECT c.* FROM certificate c JOIN matter m ON m.id = c.matter WHERE m.case_no = ? ORDER BY c.position LIMIT 1",
        )
        .bind(case_no)
        .optional(self.readers())
        .await
    }

    /// The latest sealed certificate of a number, the newest if several items use the same numbers; no copy.
    pub async fn certificate_by_number(&self, number: &str) -> Result<Option<CertificateRow>, DbError> {
        sql("SELECT * FROM certificate WHERE number = ? AND sealed IS NOT NULL AND copy_of IS NULL
             ORDER BY sealed_at DESC, issue DESC, id DESC LIMIT 1")
        .bind(number)
        .optional(self.readers())
        .await
    }

    /// The latest sealed certificate of an item's number; no copy.
    pub async fn certificate_of_item(&self, item: &str, number: &str) -> Result<Option<CertificateRow>, DbError> {
        sql("SELECT * FROM certificate WHERE item = ? AND number = ? AND sealed IS NOT NULL AND copy_of IS NULL
             ORDER BY issue DESC LIMIT 1")
        .bind(item)
        .bind(number)
        .optional(self.readers())
        .await
    }

    /// Releases all documents of a case at once: only where each is still waiting and each of its uses is logged. Gives
    /// whether this call did it; `false` means that somebody else had, and what is stored stands.
    pub async fn release(&self, released: &[Released], at: i64) -> Result<bool, DbError> {
        let mut tx = self.decide().await?;
        for one in released {
            // Whose place it takes goes first: one of a number is in force.
            tx.supersede(&one.certificate, at).await?;
            let done = sql(
                "UPDATE certificate SET state = 'sealed', sealed = ?, sealed_at = ? WHERE id = ? AND state = 'submitted'
                 AND NOT EXISTS (SELECT 1 FROM seal_use u WHERE u.certificate = certificate.id AND u.state <> 'logged')",
            )
            .bind(one.sealed.as_bytes().as_slice())
            .bind(at)
            .bind(&one.certificate)
            .execute(&mut tx)
            .await?;
            if done != 1 {
                return Ok(false);
            }
            sql("UPDATE seal_use SET state = 'sealed', lease_until = NULL WHERE certificate = ?")
                .bind(&one.certificate)
                .execute(&mut tx)
                .await?;
            tx.tell("certificate.sealed", &one.certificate, at).await?;
            tx.withdraw(&one.certificate, at).await?;
            tx.follow_original(&one.certificate).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

impl Tx {
    /// The certificate whose place this one takes is in force no more.
    async fn supersede(&mut self, by: &str, at: i64) -> Result<(), DbError> {
        let told: Vec<(String, String)> = sql("UPDATE certificate SET state = 'superseded' WHERE state = 'sealed'
             AND id = (SELECT replaces FROM certificate WHERE id = ? AND state = 'submitted')
             RETURNING id, (SELECT replaces_as FROM certificate n WHERE n.id = ?)")
        .bind(by)
        .bind(by)
        .all(&mut *self)
        .await?;
        for (superseded, how) in told {
            let kind = match how.as_str() {
                "renewal" => "certificate.renewed",
                "reissue" => "certificate.reissued",
                _ => "certificate.changed",
            };
            self.tell(kind, &superseded, at).await?;
            self.end_copies(&superseded, "superseded").await?;
        }
        Ok(())
    }

    /// The certificate that this decision withdraws is in force no more.
    async fn withdraw(&mut self, by: &str, at: i64) -> Result<(), DbError> {
        let withdrawn: Option<String> =
            sql("UPDATE certificate SET state = 'withdrawn' WHERE state IN ('sealed', 'expired')
             AND id = (SELECT withdraws FROM certificate WHERE id = ?) RETURNING id")
            .bind(by)
            .value(&mut *self)
            .await?;
        if let Some(withdrawn) = withdrawn {
            self.tell("certificate.withdrawn", &withdrawn, at).await?;
            self.end_copies(&withdrawn, "withdrawn").await?;
        }
        Ok(())
    }

    /// Copies stand and fall with their original.
    pub(in crate::db) async fn end_copies(&mut self, original: &str, state: &str) -> Result<(), DbError> {
        sql("UPDATE certificate SET state = ? WHERE copy_of = ? AND state IN ('sealed', 'expired')")
            .bind(state)
            .bind(original)
            .execute(&mut *self)
            .await?;
        Ok(())
    }

    /// A copy whose original ended while it was being sealed ends with it.
    async fn follow_original(&mut self, copy: &str) -> Result<(), DbError> {
        sql("UPDATE certificate SET state = (SELECT state FROM certificate o WHERE o.id = certificate.copy_of)
             WHERE id = ? AND EXISTS (SELECT 1 FROM certificate o WHERE o.id = certificate.copy_of
             AND o.state IN ('superseded', 'withdrawn', 'cancelled'))")
        .bind(copy)
        .execute(&mut *self)
        .await?;
        Ok(())
    }

    /// Puts into the outbox what others are to be told.
    pub(in crate::db) async fn tell(&mut self, kind: &str, certificate: &str, at: i64) -> Result<(), DbError> {
        sql("INSERT INTO outbox (id, kind, certificate, at)
             SELECT (SELECT COALESCE(MAX(id), 0) + 1 FROM outbox), ?, ?, ?")
        .bind(kind)
        .bind(certificate)
        .bind(at)
        .execute(&mut *self)
        .await?;
        Ok(())
    }

    pub(in crate::db) async fn insert_certificate(&mut self, row: &CertificateRow) -> Result<(), DbError> {
        sql(
            "INSERT INTO certificate (id, matter, position, item, name, number, holder, data, template, template_version,
             unsealed, layout, major, disputed, lookup_code, asked_by, withdraws, issue, replaces, replaces_as, copy_of, letter,
             purpose, valid_to, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.id)
        .bind(&row.matter)
        .bind(row.position)
        .bind(&row.item)
        .bind(&row.name)
        .bind(&row.number)
        .bind(&row.holder)
        .bind(&row.data)
        .bind(&row.template)
        .bind(&row.template_version)
        .bind(&row.unsealed)
        .bind(&row.layout)
        .bind(row.major)
        .bind(row.disputed)
        .bind(&row.lookup_code)
        .bind(&row.asked_by)
        .bind(&row.withdraws)
        .bind(row.issue)
        .bind(&row.replaces)
        .bind(&row.replaces_as)
        .bind(&row.copy_of)
        .bind(&row.letter)
        .bind(&row.purpose)
        .bind(&row.valid_to)
        .bind(&row.state)
        .execute(&mut *self)
        .await?;
        Ok(())
    }
}
