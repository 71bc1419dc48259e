//! The records as the rules look at them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::working::WorkingDays;
use crate::hall::opening::china_date;

/// Everything that the rules look at, read at one moment.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Now.
    pub now: Timestamp,
    /// The working days from half a year before to some weeks after.
    pub days: WorkingDays,
    /// Cases that wait for a decision, wait to be handed over, or were decided lately.
    pub cases: Vec<CaseFact>,
    /// Uses of seals that stand in the ledger and are not finished, or were voided lately.
    pub unfinished: Vec<UnfinishedUse>,
    /// Uses decided lately, with everybody on both sides.
    pub decided: Vec<DecidedUse>,
    /// Decisions made lately, in order.
    pub decisions: Vec<Decision>,
    /// Acts refused lately, in order.
    pub refused: Vec<RefusedAct>,
    /// Acts carried out lately: who and when, in order.
    pub done: Vec<(String, Timestamp)>,
    /// Uses of seals a day, by the chief representative or leader who approved last.
    pub by_person: BTreeMap<String, DayCounts>,
    /// Uses of seals a day, by seal.
    pub by_seal: BTreeMap<String, DayCounts>,
    /// Active seals, by identifier.
    pub seals: BTreeMap<String, Named>,
    /// Registered staff, by identifier.
    pub staff: BTreeMap<String, StaffFact>,
    /// Letters of authorization that have not been revoked.
    pub letters: Vec<LetterFact>,
    /// What is wrong with the ledger or its witnesses now: a stable word, and the words for people.
    pub ledger: Vec<(String, String)>,
}

impl Facts {
    /// Nothing but the moment and the days.
    pub fn none(now: Timestamp, days: WorkingDays) -> Self {
        Self {
            now,
            days,
            cases: Vec::new(),
            unfinished: Vec::new(),
            decided: Vec::new(),
            decisions: Vec::new(),
            refused: Vec::new(),
            done: Vec::new(),
            by_person: BTreeMap::new(),
            by_seal: BTreeMap::new(),
            seals: BTreeMap::new(),
            staff: BTreeMap::new(),
            letters: Vec::new(),
            ledger: Vec::new(),
        }
    }

    /// Today, in China.
    pub fn today(&self) -> Date {
        china_date(self.now)
    }

    /// Somebody's name; their identifier if nobody knows it.
    pub(super) fn name<'a>(&'a self, staff: &'a str) -> &'a str {
        self.staff.get(staff).map_or(staff, |one| one.name.as_str())
    }

    /// Somebody's department.
    pub(super) fn department(&self, staff: &str) -> Option<String> {
        self.staff.get(staff).and_then(|one| one.department.clone())
    }
}

/// A case.
#[derive(Debug, Clone)]
pub struct CaseFact {
    /// Its number.
    pub case_no: String,
    /// Name of the item or joint matter.
    pub title: String,
    /// The department that decides it, the first of a joint one.
    pub department: Option<String>,
    /// Done on the spot (即办件).
    pub instant: bool,
    /// The last day of its promise; none while that cannot be counted.
    pub due: Option<Date>,
    /// The day on which it was sealed or refused; none while it waits.
    pub decided_on: Option<Date>,
    /// The day on which its documents were sealed, if they wait to be handed over.
    pub undelivered_since: Option<Date>,
    /// When a rule refused to seal what everybody had approved.
    pub held_at: Option<Timestamp>,
}

/// A use of a seal that was logged and not finished.
#[derive(Debug, Clone)]
pub struct UnfinishedUse {
    /// Its identifier.
    pub id: String,
    /// Index of its entry.
    pub index: u64,
    /// Number of the case.
    pub case_no: String,
    /// Whose seal.
    pub department: String,
    /// When it was logged.
    pub at: Timestamp,
    /// Whether it was voided since.
    pub voided: bool,
}

/// A use that was approved, with everybody on both sides.
#[derive(Debug, Clone)]
pub struct DecidedUse {
    /// Its identifier.
    pub id: String,
    /// Number of the case.
    pub case_no: String,
    /// Whose seal.
    pub department: String,
    /// The day of the last approval.
    pub day: Date,
    /// Who asked for the seal, and who submitted the case.
    pub asked_by: Vec<String>,
    /// Who asked earlier for the same holder and item.
    pub asked_earlier: Vec<String>,
    /// Who approved, in order.
    pub approved_by: Vec<String>,
}

/// A decision on a use.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Who decided.
    pub staff: String,
    /// When.
    pub at: Timestamp,
    /// Whether it was refused.
    pub refused: bool,
    /// Number of the case.
    pub case_no: String,
}

/// An act that a rule refused.
#[derive(Debug, Clone)]
pub struct RefusedAct {
    /// Who tried.
    pub staff: String,
    /// When.
    pub at: Timestamp,
    /// Which act.
    pub act: String,
    /// Case number or certificate.
    pub subject: String,
    /// The reasons' codes.
    pub codes: Vec<String>,
}

/// How many a day.
pub type DayCounts = BTreeMap<Date, u32>;

/// A thing with a name, and whose it is.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its department.
    pub department: String,
}

/// A member of the staff.
#[derive(Debug, Clone)]
pub struct StaffFact {
    /// Name.
    pub name: String,
    /// Department; none: the hall's own.
    pub department: Option<String>,
    /// Acts for the chief representative.
    pub deputy: bool,
    /// Whether the registration stands.
    pub active: bool,
    /// Number of the permit.
    pub permit_no: String,
    /// The last day of the permit.
    pub permit_to: Date,
}

/// A letter of authorization.
#[derive(Debug, Clone)]
pub struct LetterFact {
    /// Its identifier.
    pub id: String,
    /// The department.
    pub department: String,
    /// The department's name.
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}
