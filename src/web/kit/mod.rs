//! The design system: what every page is built from. Shown whole at `/design`.
//!
//! Each part is a plain struct (or a function of plain values) and its markup. Nothing here knows an act, a session or a
//! database. The looks are in `assets/yinxin.css`; no part carries a style or a script of its own, so that a strict
//! Content-Security-Policy holds.
pub mod ask;
pub mod confirm;
pub mod facts;
pub mod figure;
pub mod form;
pub mod icon;
pub mod notice;
pub mod shell;
pub mod steps;
pub mod table;
pub mod verdict;
pub mod viewer;

pub use facts::{Fact, facts};
pub use form::{Field, Form, Group, Kind};
pub use notice::{Notice, Tone};
pub use shell::Shell;
pub use table::{Column, Pager, Tag, table};
