//! The transparency log as formats and arithmetic (pure): C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature,
//! tlog-proof, tlog-policy and tlog-witness over an RFC 6962 tree. Docs: docs/LEDGER.md.
//!
//! In reading order: what is logged ([`entry`]), how it is hashed and stored ([`tree`], [`tile`]), what the log and its
//! witnesses sign ([`note`], [`checkpoint`]), whom a verifier believes ([`policy`], [`trust`]), the one token that lets
//! a seal key be used ([`proof::Logged`]), a copy of a log read whole ([`replay`]), and what witnesses are asked ([`witness`]).
//!
//! Trusted: SHA-256, Ed25519, and the policy given by the caller. Everything else is hostile input: every parser has a
//! size limit and accepts one spelling only. Out of scope: storage, HTTP, and private keys (nothing here can sign).

mod about;
pub mod checkpoint;
mod encoding;
pub mod entry;
pub mod note;
pub mod policy;
pub mod proof;
pub mod replay;
#[cfg(test)]
pub(crate) mod sample;
pub mod tile;
pub mod tree;
pub mod trust;
pub mod witness;
