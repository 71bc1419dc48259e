//! What later revisions did, and whether a signature allows it (ISO 32000-2, 12.8.2.2 and 12.8.2.4).
//!
//! Closed by default. [`step`] compares each revision with the one before it, once, whoever signed; the rules below name what
//! they recognize, and whatever no rule has explained is a change of its own. [`permission`] then decides which of it one
//! signature allows.
//!
//! | rule | recognizes |
//! |---|---|
//! | [`catalog`] | entries of the catalog that others refine; developer extensions, a later version |
//! | [`evidence`] | validation data (EN 319 142-1, 5.4.2) |
//! | [`metadata`] | dates and programs in the document information, XMP metadata |
//! | [`form`] | the form: fields appended, fonts added |
//! | [`signature`] | further signatures and document timestamps, in prepared and in new fields |
//! | [`filling`] | fields filled in |
//! | [`page`] | annotations listed by a page |
//! | [`annotation`] | whether an annotation can hide what was signed |
//! | [`mark`] | marks of text that let through what lies below |

mod added;
mod annotation;
mod catalog;
mod code;
mod comparison;
mod evidence;
mod filling;
mod form;
mod geometry;
mod mark;
mod metadata;
mod page;
mod permission;
mod place;
mod referrers;
mod signature;
mod spelling;
mod step;
mod text;

pub use code::ChangeCode;
pub use text::{Change, Detail, Part};

pub(super) use step::Step;

use std::ops::Range;

use super::document::Document;
use super::{ReadError, SignatureField};
use permission::{Judgement, Permissions};

/// How many objects the bytes of a range spell, whatever the bytes are a part of.
pub(super) fn spelled_objects(document: &Document<'_>, range: Range<usize>) -> Result<usize, ReadError> {
    spelling::count(document, range, b"obj", |_| true)
}

/// Changes listed for one signature, of each kind of judgement; more are not more telling.
const MAX_CHANGES: usize = 20;

/// What was done after a signature, as the signature judges it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// What it does not allow.
    pub forbidden: Vec<Change>,
    /// What it allows by the letter and what can yet mislead who looks at the page: it cannot be confirmed.
    pub doubtful: Vec<Change>,
    /// What it allows.
    pub allowed: Vec<Change>,
}

impl Document<'_> {
    /// What was done after `revision`, which the signature of `field` covers.
    ///
    /// Each later revision is compared with the one before it, so that a change undone later is found too.
    ///
    /// # Errors
    /// If an object that was changed cannot be read.
    pub fn changes_after(&self, revision: usize, field: &SignatureField) -> Result<Changes, ReadError> {
        let mut changes = Changes::default();
        if revision + 1 < self.revisions().len() {
            let permissions = Permissions::of(self, revision, field)?;
            for later in revision + 1..self.revisions().len() {
                changes.judge(&*self.step(later)?, &permissions);
            }
        }
        if self.trailing() > 0 && !self.ends_in_line_ends()? {
            add(&mut changes.forbidden, Change::of(ChangeCode::TrailingBytes, None));
        }
        Ok(changes)
    }
}

impl Changes {
    fn judge(&mut self, step: &Step, permissions: &Permissions) {
        if permissions.is_final() && !step.is_upkeep() {
            add(&mut self.forbidden, Change::of(ChangeCode::RevisionAfterFinal, None));
        }
        for change in step.changes() {
            match permissions.judge(change) {
                Judgement::Allowed => add(&mut self.allowed, change.clone()),
                Judgement::Doubtful => add(&mut self.doubtful, change.clone()),
                Judgement::Forbidden(change) => add(&mut self.forbidden, change),
            }
        }
    }
}

fn add(changes: &mut Vec<Change>, change: Change) {
    if changes.len() < MAX_CHANGES && !changes.contains(&change) {
        changes.push(change);
    }
}
