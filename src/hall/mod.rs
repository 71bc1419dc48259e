//! The rules of the hall (pure): departments, staff, items, authorizations, seals, certificates, approvals.
//!
//! Reading order: [`file`] says what a hall consists of; [`staff`], [`seal`], [`certificate`], [`authorization`] are
//! its nouns; [`counter`] and [`approval`] are the decisions. A decision takes everything it looks at as an argument
//! and answers with a type that only it can make, or with a [`refusal::Refusal`] that names every reason at once.
//!
//! In scope: what the law and the hall's own rules allow. Out of scope: documents, signatures, the ledger, storage.
//! Trusted: the facts handed in (the rows as loaded, the clock). Not trusted: any text.
#[cfg(test)]
mod example;
mod spelling;

pub mod approval;
pub mod authorization;
pub mod certificate;
pub mod counter;
pub mod department;
pub mod file;
pub mod id;
pub mod identity;
pub mod item;
pub mod number;
pub mod opening;
pub mod record;
pub mod refusal;
pub mod seal;
pub mod seal_step;
pub mod staff;
pub mod uscc;
