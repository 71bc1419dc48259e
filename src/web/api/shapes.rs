//! What the interface takes and gives.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::acts::draft::{self, Request};
use crate::acts::look;
use crate::app::App;
use crate::hall::certificate::Replacement;
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
    /// A key project (重点项目直通车): first in every list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key_project: bool,
    /// The materials received, as `/api/v1/items` names them: all that are required, else the case is refused.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub materials: BTreeSet<String>,
    /// The certificate whose place the new one takes, bearing its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaces>,
    /// The certificate of which an annotated copy is made; `data` stays empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyOf>,
}

/// A certificate to be changed, renewed or issued again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replaces {
    /// Its number.
    pub number: String,
    /// `change`, `renewal` or `reissue` (the same content: `data` may stay empty).
    #[schema(value_type = String)]
    pub how: Replacement,
}

/// A certificate to be copied for one purpose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyOf {
    /// Its number.
    pub number: String,
    /// What the copy is for, at most 60 characters: printed on every page.
    pub purpose: String,
    /// The last day on which it may be used, YYYY-MM-DD: printed on every page.
    #[schema(value_type = String)]
    pub until: Date,
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
            key_project: self.key_project,
            materials: self.materials,
            replaces: self.replaces.map(|one| draft::Replaces { number: one.number, how: one.how }),
            copy: self.copy.map(|one| draft::CopyOf { number: one.number, purpose: one.purpose, until: one.until }),
            letter: None,
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
    /// The branch hall of that window.
    pub branch: Option<String>,
    /// The recorded entrustments under which the integrated window accepted it.
    pub entrustment: Option<String>,
    /// The materials received.
    pub materials: Vec<String>,
    /// Whether it is a key project.
    pub key_project: bool,
    /// The last day of the hall's promise, an extension included; none while a year's holidays are not entered.
    pub due: Option<String>,
    /// The last day by law.
    pub legal_due: Option<String>,
    /// Working days left: 0 today, negative when late; none when it is done, has ended or cannot be counted.
    pub remaining: Option<i64>,
    /// The same in words: `还有 3 个工作日`, `按期办结`, `2027年放假安排尚未录入…`.
    pub time: String,
    /// How it was extended.
    pub extension: Option<Extension>,
    /// `free`, `due` or `paid`.
    pub fee: String,
    /// Its documents, in order.
    pub certificates: Vec<Certificate>,
    /// When it was handed over, RFC 3339.
    pub delivered_at: Option<String>,
}

/// An extension of a case, told to the applicant.
#[derive(Debug, Serialize, ToSchema)]
pub struct Extension {
    /// Working days added.
    pub days: i64,
    /// Last day of the promise before.
    pub due_before: String,
    /// Last day of the promise since.
    pub due: String,
    /// Why, as told.
    pub reason: String,
    /// `written`, `message`, `phone` or `in-person`.
    pub told: String,
    /// The day on which the applicant was told.
    pub told_on: String,
}

impl From<look::ExtensionRow> for Extension {
    fn from(row: look::ExtensionRow) -> Self {
        let look::ExtensionRow { days, due_before, due, reason, told, told_on, .. } = row;
        Self { days, due_before, due, reason, told, told_on }
    }
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
    /// `submitted`, `refused`, `sealed` (in force), `voided`, `superseded`, `withdrawn`, `cancelled` or `expired`.
    pub state: String,
    /// The last day of its term.
    pub valid_to: Option<String>,
    /// How often its number was issued before.
    pub issue: i64,
    /// The certificate whose place it takes.
    pub replaces: Option<String>,
    /// The certificate that it is an annotated copy of, and what for.
    pub copy_of: Option<String>,
    /// What the copy is for.
    pub purpose: Option<String>,
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
    pub fn of(case: look::Case, app: &App) -> Self {
        let number = case.matter.case_no.clone();
        let certificate = |document: look::Document| {
            let row = document.certificate;
            Certificate {
                lookup: format!("{}/q/{number}/{}", app.base_url, row.lookup_code),
                digest: hex::encode(&row.unsealed),
                sealed: row.sealed.as_deref().map(hex::encode),
                uses: document.uses.into_iter().map(SealUse::of).collect(),
                id: row.id,
                name: row.name,
                number: row.number,
                state: row.state,
                valid_to: row.valid_to,
                issue: row.issue,
                replaces: row.replaces,
                copy_of: row.copy_of,
                purpose: row.purpose,
            }
        };
        let (due, legal_due) = case.due();
        let (due, legal_due) = (due.map(str::to_owned), legal_due.map(str::to_owned));
        let window = case.matter.window_no.parse().ok().and_then(|no| app.hall.window(&no));
        Self {
            branch: window.and_then(|window| window.branch.clone()),
            materials: serde_json::from_str(&case.matter.materials).unwrap_or_default(),
            fee: case.fee().to_string(),
            remaining: case.time.days(),
            time: case.time.words(),
            extension: case.extension.map(Extension::from),
            entrustment: case.matter.entrustment,
            key_project: case.matter.key_project,
            due,
            legal_due,
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
