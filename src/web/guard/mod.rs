//! What stands between the network and the desks: one file a guard, outermost first.
//!
//! [`observe`] gives each request an id and a line in the log, [`headers`] sets what browsers must obey, [`trouble`] turns
//! every failure into a page or a problem document with that id, [`origin`] and [`csrf`] see that an act was asked for by
//! our own page, [`rate`] slows down whoever asks too often,
//! [`upload`] whoever sends too slowly.
pub mod csrf;
pub mod headers;
pub mod observe;
pub mod origin;
pub mod rate;
pub mod session;
pub mod trouble;
pub mod upload;
