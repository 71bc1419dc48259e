//! Electronic supervision (电子监察, R16): what the records show that somebody has to look into.
//!
//! A rule is one small function from [`Facts`] to what it found, listed in [`RULES`] with its code, its Chinese title and the
//! documents it rests on. A finding is found once: its identity is the rule, the subject and the period, so that looking again
//! at the same facts adds nothing. What becomes of it afterwards (assigned, answered, closed, each by people) is in
//! [`finding`]; the month's figures (R19) are in [`figures`].
//!
//! In scope: what follows from the facts handed in. Out of scope: reading them, and keeping what was found. Trusted: the facts.

pub mod bulletin;
pub mod facts;
pub mod figures;
pub mod finding;
mod rules;
pub mod usual;
pub mod working;

use std::fmt;

pub use facts::Facts;
pub use rules::kinds;

use crate::digest::Digest;
use crate::hall::id::NotValid;

/// A case is about to be overdue when it has so many working days left, today included.
pub const DUE_SOON_DAYS: usize = 2;
/// Sealed and not handed over for more working days than this.
pub const UNDELIVERED_DAYS: usize = 5;
/// Logged and not finished for longer than this (minutes).
pub const UNFINISHED_MINUTES: i64 = 10;
/// Approved by everybody and not sealed for longer than this (minutes).
pub const HELD_MINUTES: i64 = 60;
/// So many refusals without a success between them are a row.
pub const REFUSALS_IN_A_ROW: usize = 5;
/// Permits and letters are about to end so many days before.
pub const ENDING_DAYS: i32 = 30;
/// How far back a sweep looks for what it may have missed while the service stood still (days).
pub const LOOK_BACK_DAYS: i32 = 7;
/// How far back an earlier request for the same holder and item still counts as one's own matter (days).
pub const EARLIER_DAYS: i32 = 90;

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A case, by its number.
    Case(String),
    /// A use of a seal, by its identifier.
    Use(String),
    /// A member of the staff, by identifier.
    Staff(String),
    /// A seal, by identifier.
    Seal(String),
    /// A letter of authorization, by identifier.
    Letter(String),
    /// The ledger.
    Ledger,
}

impl Subject {
    /// What kind of thing it is, in one Chinese word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Case(_) => "办件",
            Self::Use(_) => "用印",
            Self::Staff(_) => "人员",
            Self::Seal(_) => "印章",
            Self::Letter(_) => "授权委托书",
            Self::Ledger => "用印公示账本",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(no) => write!(f, "case {no}"),
            Self::Use(id) => write!(f, "use {id}"),
            Self::Staff(id) => write!(f, "staff {id}"),
            Self::Seal(id) => write!(f, "seal {id}"),
            Self::Letter(id) => write!(f, "letter {id}"),
            Self::Ledger => f.write_str("ledger"),
        }
    }
}

impl std::str::FromStr for Subject {
    type Err = NotValid;

    fn from_str(text: &str) -> Result<Self, NotValid> {
        let refused = NotValid { what: "Subject", rule: "what it is, then its name" };
        let (kind, name) = text.split_once(' ').unwrap_or((text, ""));
        let name = name.to_owned();
        match (kind, name.is_empty()) {
            ("ledger", true) => Ok(Self::Ledger),
            ("case", false) => Ok(Self::Case(name)),
            ("use", false) => Ok(Self::Use(name)),
            ("staff", false) => Ok(Self::Staff(name)),
            ("seal", false) => Ok(Self::Seal(name)),
            ("letter", false) => Ok(Self::Letter(name)),
            _ => Err(refused),
        }
    }
}

/// A rule of the supervision.
#[derive(Debug)]
pub struct Rule {
    /// A stable word for programs, as `case-overdue`.
    pub code: &'static str,
    /// What it looks for.
    pub title: &'static str,
    /// What it rests on, by the marks of the design's list of documents: `R15 · D5 五`.
    pub source: &'static str,
    /// In plain words: when exactly it finds something.
    pub explained: &'static str,
    find: fn(&Facts) -> Vec<Hit>,
}

/// Every rule, in the order of the report.
pub static RULES: [Rule; 16] = rules::ALL;

impl Rule {
    /// The rule of this code.
    pub fn of(code: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.code == code)
    }

    /// What it finds, without repetition.
    pub fn examine(&'static self, facts: &Facts) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for hit in (self.find)(facts) {
            if !found.iter().any(|one| one.hit.subject == hit.subject && one.hit.period == hit.period) {
                found.push(Found { rule: self, hit });
            }
        }
        found
    }
}

/// What one rule has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is about.
    pub subject: Subject,
    /// Which day, month or occasion: the same subject is found again in another one only.
    pub period: String,
    /// The department whose matter it is; none: the hall's.
    pub department: Option<String>,
    /// Members of the staff whom it concerns: they do not answer for themselves.
    pub people: Vec<String>,
    /// What was found, for whoever looks into it (Chinese).
    pub said: String,
}

/// A finding with its rule.
#[derive(Debug, Clone)]
pub struct Found {
    /// The rule.
    pub rule: &'static Rule,
    /// What it found.
    pub hit: Hit,
}

impl Found {
    /// Its identifier: the same for the same rule, subject and period.
    pub fn id(&self) -> String {
        let text = format!("{}\n{}\n{}\n", self.rule.code, self.hit.subject, self.hit.period);
        hex::encode(&Digest::of(text.as_bytes()).as_bytes()[..12])
    }
}

/// Everything that all rules find.
pub fn examine(facts: &Facts) -> Vec<Found> {
    RULES.iter().flat_map(|rule| rule.examine(facts)).collect()
}

#[cfg(test)]
mod tests;
