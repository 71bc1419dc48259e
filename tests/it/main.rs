//! The integration tests, in one binary so that they are linked once.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod archive;
mod attacks;
mod browser;
mod changes;
mod compile_fail;
mod compose;
mod crash;
mod encrypted;
mod hall;
mod keys;
mod ledger;
mod ocsp;
mod outside;
mod pdf;
mod pixels;
mod pkits;
mod postgres;
mod robust;
mod shadow;
mod tools;
mod verify;
mod wycheproof;
mod year;
