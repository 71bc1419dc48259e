//! The rules of the hall (pure): departments, staff, items, authorizations, seals, certificates, approvals.
//!
//! Reading order: [`file`] says what a hall consists of; [`staff`], [`seal`], [`certificate`], [`authorization`] are
//! its nouns; [`counter`] and [`approval`] are the decisions. A decision takes everything it looks at as an argument
//! and answers with a type that only it can make, or with a [`refusal::Refusal`] that names every reason at once.
//! Who somebody is, and where, is judged by [`password`], [`pause`], [`means`] and [`device`].
//!
//! In scope: what the law and the hall's own rules allow. Out of scope: documents, signatures, the ledger, storage.
//! Trusted: the facts handed in (the rows as loaded, the clock). Not trusted: any text.
#[cfg(test)]
mod example;
mod spelling;

pub mod approval;
pub mod authorization;
pub mod calendar;
pub mod cancellation;
pub mod certificate;
pub mod chain;
pub mod counter;
pub mod department;
pub mod device;
pub mod extension;
pub mod fee;
pub mod file;
pub mod id;
pub mod identity;
pub mod item;
pub mod means;
pub mod nomination;
pub mod number;
pub mod opening;
pub mod password;
pub mod pause;
pub mod record;
pub mod refusal;
pub mod rota;
pub mod seal;
pub mod seal_step;
pub mod staff;
pub mod supervision;
pub mod uscc;
