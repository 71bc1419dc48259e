//! The pages, the JSON API and the ledger's files over HTTP. axum only: extract, call one act, show.
pub mod blocks;
pub mod kit;
pub mod pages;
