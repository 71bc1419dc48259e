//! Items (事项): what a department decides, and the certificate it issues for it.

use std::collections::BTreeSet;

use super::authorization;
use super::calendar::Limit;
use super::chain::Chain;
use super::id::{DepartmentKey, ItemCode};
use super::number::NumberPattern;
use super::seal::SealKind;
use super::spelling::spelled;

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its code.
    pub code: ItemCode,
    /// The department that decides it.
    pub department: DepartmentKey,
    /// Its name.
    pub name: String,
    /// What kind of decision it is.
    pub kind: ItemKind,
    /// The limit the law sets, in working days.
    pub legal_days: u16,
    /// The limit the hall promises, in working days, at most `legal_days`; 0 for an instant item (即办件).
    pub limit_days: u16,
    /// Its steps and their standard times (R7).
    pub chain: Chain,
    /// Decided in a meeting: its record is attached to the chief representative's approval (R3).
    pub by_meeting: bool,
    /// Whether every case of it is major and needs the department's leader, too (R4).
    pub weight: Weight,
    /// The certificate's name.
    pub certificate: String,
    /// How its certificates are numbered.
    pub number: NumberPattern,
    /// How many years the certificate is valid; none without a term.
    pub valid_years: Option<u8>,
    /// The fields of the certificate's face, in order.
    pub fields: Vec<String>,
    /// Those that may be empty.
    pub optional: BTreeSet<String>,
    /// Those of running text: clauses, paragraphs, tables.
    pub blocks: BTreeSet<String>,
    /// How many pages it has.
    pub pages: Pages,
    /// Which seal it bears.
    pub seal: ItemSeal,
    /// What whoever asks is told at once (一次性告知).
    pub guide: Guide,
}

/// What an applicant is told at once beside limits and fields (R18), and where the item is accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guide {
    /// The laws and orders it rests on (设定依据).
    pub basis: Vec<String>,
    /// What must be brought: without one of these it is not accepted.
    pub materials: Vec<String>,
    /// What must be brought in some cases, each with the case it is for.
    pub conditional: Vec<String>,
    /// The fee and what it rests on; none: it costs nothing.
    pub fee: Option<String>,
    /// Moved to the hall's integrated windows: accepted nowhere else (禁止两头受理, R11).
    pub integrated: bool,
}

impl Item {
    /// How long a case of it may take.
    pub fn limit(&self) -> Limit {
        Limit { promised: self.limit_days, legal: self.legal_days }
    }

    /// Whether what it issues are letters of authorization: asked for at the letter by the department's keeper, at no window.
    pub fn is_for_letters(&self) -> bool {
        self.certificate == authorization::CERTIFICATE
    }

    /// Done on the spot (即办件).
    pub fn is_instant(&self) -> bool {
        self.limit_days == 0
    }
}

spelled! {
    /// What kind of decision an item is.
    pub enum ItemKind {
        /// 行政许可.
        Permit = "permit",
        /// 备案.
        Filing = "filing",
        /// 证明.
        Proof = "proof",
        /// 批复.
        Reply = "reply",
    }
}

spelled! {
    /// How much weight a matter has.
    pub enum Weight {
        /// The chief representative decides.
        Ordinary = "ordinary",
        /// 重大: the department's leader decides, too.
        Major = "major",
        /// 争议: the department's leader decides, too.
        Disputed = "disputed",
    }
}

spelled! {
    /// How many pages a certificate has.
    pub enum Pages {
        /// One.
        One = "one",
        /// Running text over any number of pages: a seam seal (骑缝章) joins them.
        Many = "many",
    }
}

/// Which seal an item's certificates bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemSeal {
    /// 行政审批专用章.
    Approval,
    /// 部门行政印章, which only a law can provide for (R5).
    Department {
        /// The law and what it says.
        legal_basis: String,
    },
}

impl ItemSeal {
    /// The kind of seal.
    pub const fn kind(&self) -> SealKind {
        match self {
            Self::Approval => SealKind::Approval,
            Self::Department { .. } => SealKind::Department,
        }
    }
}

/// A joint approval (并联审批): several departments' items on one case, and one document with all their seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joint {
    /// Its name.
    pub name: String,
    /// The items, at least two.
    pub items: Vec<ItemCode>,
    /// The name of the joint document.
    pub joint_document: String,
    /// The fields of the joint document.
    pub fields: Vec<String>,
    /// The departments whose approval seals it bears, in the order of sealing; each decides one of the items
    /// at least.
    pub signers: Vec<DepartmentKey>,
}
