//! Yinxin (印信): electronic seals and certificates for a government service hall.
//!
//! Modules in reading order. *Pure* ones take bytes and return bytes: no clock, no random numbers, no database, no HTTP.
//!
//! The rules and the formats (pure):
pub mod cms;
pub mod compose;
pub mod digest;
pub mod hall;
pub mod imprint;
pub mod ledger;
pub mod passkey;
pub mod pdf;
pub mod picture;
pub mod pki;
pub mod verify;
// The service:
pub mod acts;
pub mod app;
pub mod db;
pub mod demo;
pub mod fault;
pub mod post;
pub mod sequencer;
pub mod store;
pub mod vault;
pub mod web;
pub mod witness;
