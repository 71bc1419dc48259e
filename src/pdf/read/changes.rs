//! What later revisions changed, and whether a signature allows it (ISO 32000-1, 12.8.2.2 and 12.8.2.4).
//!
//! Closed by default: the one thing allowed after a signature is a further signature on a field that was prepared
//! before it. Everything else is a change and has a code.

use super::document::Document;
use super::value::Id;
use super::{ReadError, SignatureField};

/// A change that the signature does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// What kind.
    pub code: ChangeCode,
    /// The object, where one can be named.
    pub object: Option<Id>,
}

/// Kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeCode {
    /// Bytes follow the end of the file.
    TrailingBytes,
    /// A revision follows a signature that allows none.
    RevisionAfterFinal,
    /// Bytes of a revision belong to no object that it lists.
    UnlistedBytes,
    /// Catalog, document information or identifier replaced by the trailer.
    Trailer,
    /// The catalog says something else.
    Catalog,
    /// A page or the page tree says something else.
    Page,
    /// An annotation says something else.
    Annotation,
    /// A form field says something else.
    Field,
    /// A field was signed that an earlier signature locks.
    LockedField,
    /// A stream, such as the content of a page, an image or a font, has other data.
    Stream,
    /// An object was removed.
    Removed,
    /// Another object says something else.
    Object,
    /// An object was added that no further signature needs.
    Added,
}

impl ChangeCode {
    /// A stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TrailingBytes => "trailing-bytes",
            Self::RevisionAfterFinal => "revision-after-final",
            Self::UnlistedBytes => "unlisted-bytes",
            Self::Trailer => "trailer-changed",
            Self::Catalog => "catalog-changed",
            Self::Page => "page-changed",
            Self::Annotation => "annotation-changed",
            Self::Field => "field-changed",
            Self::LockedField => "locked-field-signed",
            Self::Stream => "content-changed",
            Self::Removed => "object-removed",
            Self::Object => "object-changed",
            Self::Added => "object-added",
        }
    }

    /// One sentence for the person who asks.
    pub const fn text(self) -> &'static str {
        match self {
            Self::TrailingBytes => "文件末尾在签章之后被追加了数据。",
            Self::RevisionAfterFinal => "签章已声明不得再作任何修改，之后文件又被修改。",
            Self::UnlistedBytes => "签章之后追加的内容中夹带了未登记的数据。",
            Self::Trailer => "签章之后文件的索引信息被改动。",
            Self::Catalog => "签章之后文件的目录结构被改动。",
            Self::Page => "签章之后页面被改动。",
            Self::Annotation => "签章之后页面上的批注或图章被改动。",
            Self::Field => "签章之后表单内容被改动。",
            Self::LockedField => "签章之后，已被锁定的签章位置又被使用。",
            Self::Stream => "签章之后页面内容、图片或字体被改动。",
            Self::Removed => "签章之后文件中的内容被删除。",
            Self::Object => "签章之后文件内容被改动。",
            Self::Added => "签章之后文件中被加入了新的内容。",
        }
    }
}

impl Document<'_> {
    /// What was changed after `revision` that the signature of `field`, which covers it, does not allow; empty if nothing.
    ///
    /// Each later revision is compared with the one before it, so that a change undone later is found too.
    ///
    /// # Errors
    /// If an object that was changed cannot be read.
    pub fn changes_after(&self, revision: usize, field: &SignatureField) -> Result<Vec<Change>, ReadError> {
        let mut changes = Vec::new();
        let mut add = |change| {
            if changes.len() < MAX_CHANGES && !changes.contains(&change) {
                changes.push(change);
            }
        };
        let (signature, lock) = (field.signature.as_ref(), field.lock.as_ref());
        let is_final = [signature.and_then(|s| s.certification), lock.and_then(|l| l.permission)].contains(&Some(1));
        let locks = [signature.and_then(|s| s.locked.as_ref()), lock.map(|l| &l.fields)];
        let is_locked = |name: &str| locks.iter().flatten().any(|locked| locked.contains(name));
        for later in revision + 1..self.revisions().len() {
            if is_final {
                add(Change { code: ChangeCode::RevisionAfterFinal, object: None });
            }
            let step = self.step(later)?;
            step.changes.iter().copied().for_each(&mut add);
            for (id, _) in step.signed.iter().filter(|(_, name)| is_locked(name)) {
                add(Change { code: ChangeCode::LockedField, object: Some(*id) });
            }
        }
        if self.trailing() > 0 {
            add(Change { code: ChangeCode::TrailingBytes, object: None });
        }
        Ok(changes)
    }
}

/// Changes listed for one signature; more are not more telling.
pub(super) const MAX_CHANGES: usize = 20;
