//! PDF: reading signatures and revisions, stamping by incremental update (pure).
//!
//! A certificate passes through here four times, always by appending, so that what was there stays byte for byte:
//!
//! 1. [`prepare`]: the composed page gets its signature fields, all of them, empty.
//! 2. [`stamp`]: one field gets its seal and a signature dictionary whose `/Contents` is a hole of zeros -> [`Stamped`], whose
//!    digest is what the signed attributes name. [`Stamped::reopen`] finds the same digest again after a crash.
//! 3. [`fill`]: the CMS object goes into the hole; nothing else changes.
//! 4. [`read`]: any PDF, ours or not, is read strictly for the verifier.
//!
//! Standards: ISO 32000-1 (7.5.6 incremental updates, 12.5.5 appearances, 12.7 forms, 12.8 signatures), ISO 32000-2 (12.7.5.5
//! field locks), ISO 19005-2 (PDF/A-2b is kept: 6.3 annotations, 6.4.3 signatures), EN 319 142-1 (PAdES baseline).
//! Out of scope: what the CMS object says; making pages; files that others made (these are read, not stamped).

mod annotate;
mod fill;
mod form;
mod pages;
mod prepare;
pub mod read;
#[cfg(test)]
pub(crate) mod sample;
mod stamp;
#[cfg(test)]
mod tests;
mod update;
mod write;

pub use fill::fill;
pub use form::{Form, RectMm};
pub use pages::page_sizes;
pub use prepare::{FieldPlan, Locks, prepare};
pub use stamp::{MAX_HOLE, Permission, SeamSlice, StampPlan, Stamped, stamp};

use read::ReadError;

/// Why a document cannot be prepared, stamped or filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// The document cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The document does not have the form of those composed here: a cross-reference table at its end, an identifier,
    /// unrotated pages, annotations that are objects of their own.
    #[error("the document does not have the form of a document composed here")]
    NotOurForm,
    /// The document has an interactive form already.
    #[error("the document has been prepared already")]
    AlreadyPrepared,
    /// A field's name is empty, holds a full stop, or is used twice.
    #[error("the field name {0:?} is not usable")]
    FieldName(String),
    /// No such page.
    #[error("the document has no page {0}")]
    NoPage(usize),
    /// A rectangle is empty or reaches beyond its page.
    #[error("a rectangle does not lie on page {0}")]
    OffPage(usize),
    /// No signature field has this name.
    #[error("the document has no signature field {0:?}")]
    NoField(String),
    /// The field is signed already.
    #[error("the signature field {0:?} is signed already")]
    AlreadySigned(String),
    /// The rectangle has other proportions than the seal, which would be distorted.
    #[error("the rectangle has other proportions than the seal")]
    Distorted,
    /// An earlier signature allows no further change.
    #[error("an earlier signature allows no further change")]
    Locked,
    /// A certification, or a seam seal, can only be part of the first signature.
    #[error("only the first signature may certify or carry a seam seal")]
    NotFirst,
    /// An earlier stamp was never filled with its signature.
    #[error("an earlier stamp has not been filled")]
    Unfilled,
    /// The document has no single unfilled hole that covers all its bytes.
    #[error("the document has no hole to fill")]
    NoHole,
    /// The hole is empty or longer than a PDF/A string may be.
    #[error("a hole of {0} bytes is not usable")]
    HoleSize(usize),
    /// The CMS object is larger than the hole.
    #[error("a CMS object of {cms} bytes does not fit into a hole of {hole}")]
    DoesNotFit {
        /// Bytes of the CMS object.
        cms: usize,
        /// Bytes that fit.
        hole: usize,
    },
    /// What is to be filled in is not one DER value.
    #[error("the CMS object is not DER")]
    NotDer,
    /// The file would be too large for a cross-reference table.
    #[error("the document is too large")]
    TooLarge,
}
