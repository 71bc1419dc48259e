//! Reading any PDF strictly: cross-references, revisions, signature fields, what a signature covers, what changed after it.
//!
//! Standards: ISO 32000-1 (7.5 file structure, 12.7 forms, 12.8 signatures), ISO 32000-2 (field locks), ETSI EN 319 142-1.
//! In scope: tables, cross-reference and object streams, hybrid and linearized files, files encrypted without a password, in
//! memory or through windows. Damage that is tolerated has a name ([`Repair`]), and what had to be guessed is told apart,
//! because two programs guess differently and a signature must mean one thing.
//!
//! Trusts nothing: every input is hostile. Work and memory are bounded by [`Limits`].

mod chain;
mod changes;
mod characters;
pub(super) mod coverage;
mod crypt;
pub(super) mod document;
mod dss;
pub(super) mod fields;
mod frame;
mod input;
mod kept;
pub(super) mod objects;
mod rebuild;
mod repair;
mod shadow;
pub(super) mod signature;
mod source;
mod stream;
pub(super) mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod text;
pub(super) mod value;
pub(super) mod view;
mod xref;

pub use changes::{Change, ChangeCode, Changes, Detail, Part};
pub use coverage::{Coverage, CoverageError};
pub use document::{Document, Revision};
pub use dss::ValidationData;
pub use fields::{Lock, LockedFields, SignatureField};
pub use repair::Repair;
pub use shadow::{Prepared, PreparedCode, Weight};
pub use signature::Signature;
pub use source::ReadAt;
pub use value::Id;

/// What reading one document may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file: usize,
    /// Bytes parsed as objects, all together; streams' data are not parsed.
    pub parsed: usize,
    /// Bytes that one cross-reference or object stream may decode to.
    pub stream: usize,
    /// Bytes that all of them together may decode to.
    pub decompressed: usize,
    /// Cross-reference sections, which bounds the revisions.
    pub sections: usize,
    /// Pages and form fields looked at.
    pub nodes: usize,
    /// Cross-reference entries looked at, and sections asked for one, all together.
    pub lookups: usize,
}

impl Limits {
    /// What a portal can afford for one visitor: files up to 512 MiB, some seconds, some hundred MiB.
    pub const DEFAULT: Self = Self {
        file: 512 << 20,
        parsed: 128 << 20,
        stream: 16 << 20,
        decompressed: 128 << 20,
        sections: 1000,
        nodes: 200_000,
        lookups: 20_000_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// `%PDF-` does not stand within the first 1024 bytes.
    #[error("not a PDF file")]
    NotPdf,
    /// There is no `startxref` with an offset, and nothing to go by without: cut off, or never a whole PDF.
    #[error("the end of the file is missing")]
    NoEnd,
    /// Bytes at this offset are not a PDF object.
    #[error("not a PDF object at byte {at}")]
    Syntax {
        /// Offset in the file, or in the object stream.
        at: usize,
    },
    /// A dictionary names one key twice, so that readers may differ.
    #[error("a dictionary key appears twice at byte {at}")]
    DuplicateKey {
        /// Offset of the second.
        at: usize,
    },
    /// A cross-reference section or entry is damaged.
    #[error("the cross-reference is damaged at byte {at}")]
    Xref {
        /// Offset of the section or entry.
        at: usize,
    },
    /// Cross-reference sections are in no order that incremental updates produce, or form a ring.
    #[error("the cross-reference sections are out of order")]
    SectionOrder,
    /// The cross-reference says that this object is at an offset where it is not.
    #[error("object {0} is not where the cross-reference says")]
    Misplaced(Id),
    /// A stream's data do not end where its length says.
    #[error("a stream is damaged at byte {at}")]
    Stream {
        /// Offset of the keyword `stream`.
        at: usize,
    },
    /// Something the standard allows and this reader does not take.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
    /// The file asks for a password; its objects cannot be read without it, nor judged.
    #[error("the file is encrypted with a password")]
    Encrypted,
    /// The file is encrypted in a way that this reader does not know, such as for certain recipients only.
    #[error("the file is encrypted by an unknown security handler")]
    SecurityHandler,
    /// A revision adds, drops or replaces the encryption of the file.
    #[error("the encryption changes from one revision to another")]
    EncryptionChanged,
    /// The bytes of the file could not be read from where they are.
    #[error("the file cannot be read: {0}")]
    Io(std::io::ErrorKind),
    /// The file asks for more work or memory than [`Limits`] grant.
    #[error("beyond the limit: {0}")]
    Limit(&'static str),
    /// A required part of the document is missing or of the wrong type.
    #[error("the document structure is damaged: {0}")]
    Structure(&'static str),
}

impl ReadError {
    /// The file is damaged, rather than too large, locked or out of reach.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::NoEnd
            | Self::Syntax { .. }
            | Self::DuplicateKey { .. }
            | Self::Xref { .. }
            | Self::SectionOrder
            | Self::Misplaced(_)
            | Self::Stream { .. }
            | Self::Unsupported(_)
            | Self::Structure(_) => true,
            Self::NotPdf
            | Self::Encrypted
            | Self::SecurityHandler
            | Self::EncryptionChanged
            | Self::Io(_)
            | Self::Limit(_) => false,
        }
    }
}
