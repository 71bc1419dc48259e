//! The desks: each file takes the requests of those who sit (or stand) at it, calls one act and fills a page.
pub mod design;
pub mod entry;
pub mod front;
