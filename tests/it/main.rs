//! The integration tests, in one binary so that they are linked once.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod archive;
mod attacks;
mod compile_fail;
mod compose;
mod crash;
mod hall;
mod keys;
mod ledger;
mod pdf;
mod pixels;
mod robust;
mod tools;
mod verify;
