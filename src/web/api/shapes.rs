//! What the interface takes and gives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::acts::draft::Request;
use crate::acts::look;
use crate::web::error::Error;

/// A case to be accepted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// The approval system's number for the case; without one, the window gives the next of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Code of the item; or `joint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Name of the joint matter; or `item`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<String>,
    /// The fields of the certificate, or of the joint document.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// In a joint case: the fields of each item's certificate, by item code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub certificates: BTreeMap<String, Map<String, Value>>,
    /// Marked major: the department's leader decides, too.
    #[serde(default)]
    pub major: bool,
    /// Marked disputed: the department's leader decides, too.
    #[serde(default)]
    pub disputed: bool,
}

impl NewCase {
    /// As the act takes it.
    pub fn request(self) -> Result<Request, Error> {
        let item = self.item.map(|code| code.parse()).transpose();
        Ok(Request {
            item: item.map_err(|_| Error::Unreadable("item 不是事项编码".into()))?,
            joint: self.joint,
            data: self.data,
            certificates: self.certificates,
            major: self.major,
            disputed: self.disputed,
        })
    }
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub struct Case {
    /// Its number.
    pub case: String,
    /// Name of the item or joint matter.
    pub title: String,
    /// Where it was accepted.
    pub window: String,
    /// When, RFC 3339.
    pub submitted_at: String,
    /// Its documents, in order.
    pub certificates: Vec<Certificate>,
    /// When it was handed over, RFC 3339.
    pub delivered_at: Option<String>,
}

/// A document of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct Certificate {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Number.
    pub number: String,
    /// `submitted`, `refused`, `sealed`, `voided` or `withdrawn`.
    pub state: String,
    /// SHA-256 of the unsealed PDF: what an approval names.
    pub digest: String,
    /// SHA-256 of the sealed PDF.
    pub sealed: Option<String>,
    /// Where the QR code leads.
    pub lookup: String,
    /// The uses of seals it asks for.
    pub uses: Vec<SealUse>,
}

/// A use of a seal on a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct SealUse {
    /// Identifier: what a decision is about.
    pub id: String,
    /// Department key.
    pub department: String,
    /// `approval` or `department`.
    pub kind: String,
    /// `asked`, `refused`, `logged`, `sealed` or `voided`.
    pub state: String,
    /// Index of its ledger entry.
    pub index: Option<i64>,
    /// Decisions made, in order.
    pub decisions: Vec<Decided>,
}

/// A decision made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// `chief` or `leader`.
    pub step: String,
    /// `approve` or `refuse`.
    pub decision: String,
    /// When, RFC 3339.
    pub at: String,
    /// Why it was refused.
    pub reasons: String,
}

/// A moment as RFC 3339.
pub fn time(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap_or_default().to_string()
}

impl Case {
    /// As the interface shows it.
    pub fn of(case: look::Case, base_url: &str) -> Self {
        let number = case.matter.case_no.clone();
        let certificate = |document: look::Document| {
            let row = document.certificate;
            Certificate {
                lookup: format!("{base_url}/q/{number}/{}", row.lookup_code),
                digest: hex::encode(&row.unsealed),
                sealed: row.sealed.as_deref().map(hex::encode),
                uses: document.uses.into_iter().map(SealUse::of).collect(),
                id: row.id,
                name: row.name,
                number: row.number,
                state: row.state,
            }
        };
        Self {
            certificates: case.documents.into_iter().map(certificate).collect(),
            case: case.matter.case_no,
            title: case.matter.title,
            window: case.matter.window_no,
            submitted_at: time(case.matter.submitted_at),
            delivered_at: case.delivery.map(|delivery| time(delivery.at)),
        }
    }
}

impl SealUse {
    fn of((row, approvals): (look::SealUseRow, Vec<look::ApprovalRow>)) -> Self {
        let decided = |one: look::ApprovalRow| Decided {
            step: one.step,
            decision: one.decision,
            at: time(one.at),
            reasons: one.reasons,
        };
        Self {
            id: row.id,
            department: row.department,
            kind: row.kind,
            state: row.state,
            index: row.idx,
            decisions: approvals.into_iter().map(decided).collect(),
        }
    }
}
