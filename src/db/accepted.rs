//! Cases and documents as they were accepted. The request for a use names both digests, and its salted digest stands in
//! the ledger: a row that is altered later fits them no more. Each is SHA-256 of a JSON array of the columns that acceptance
//! writes and nothing changes afterwards, digests in hexadecimal.

use serde_json::{Value, json};

use super::certificate::CertificateRow;
use super::matter::MatterRow;
use crate::digest::Digest;

impl MatterRow {
    /// The case as accepted. Its last days count where they were known then: of a year whose holidays were entered later,
    /// they were not.
    pub fn as_accepted(&self, were_known: bool) -> Digest {
        let known = |day: &Option<String>| day.clone().filter(|_| were_known);
        digest(json!([
            self.id,
            self.case_no,
            self.title,
            self.window_no,
            hex::encode(&self.submission),
            self.submitted_by,
            self.submitted_at,
            self.limit_days,
            self.legal_days,
            known(&self.due),
            known(&self.legal_due),
            self.key_project,
            self.materials,
            self.fee,
            self.entrustment,
        ]))
    }
}

impl CertificateRow {
    /// The document as accepted, with the uses of seals it asks for: identifier, department, kind and item of each.
    pub fn as_accepted<'a>(&self, uses: impl IntoIterator<Item = [&'a str; 4]>) -> Digest {
        let uses: Vec<_> = uses.into_iter().collect();
        digest(json!([
            self.id,
            self.matter,
            self.position,
            self.item,
            self.name,
            self.number,
            self.holder,
            self.data,
            self.template,
            hex::encode(&self.template_version),
            hex::encode(&self.unsealed),
            self.layout,
            self.major,
            self.disputed,
            self.lookup_code,
            self.asked_by,
            self.withdraws,
            self.issue,
            self.replaces,
            self.replaces_as,
            self.copy_of,
            self.letter,
            self.purpose,
            self.valid_to,
            uses,
        ]))
    }
}

fn digest(columns: Value) -> Digest {
    Digest::of(columns.to_string().as_bytes())
}
