//! Kinds of change, in one table: the code, and one sentence. Codes are only ever added.

/// Kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeCode {
    // What no signature allows
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
    /// An action or a script was added.
    Action,
    /// Layers (optional content) are shown otherwise.
    Layers,
    /// A page or the page tree says something else.
    Page,
    /// A form field says something else than filling it in would make it say.
    Field,
    /// A field was signed that an earlier signature locks.
    LockedField,
    /// A field was filled in that an earlier signature locks.
    LockedFieldFilled,
    /// A new signature covers a large part of its page or an earlier signature.
    SignatureCovers,
    /// A stream, such as the content of a page, an image or a font, has other data.
    Stream,
    /// An object was removed.
    Removed,
    /// Another object says something else.
    Object,
    /// An object was added that nothing allowed needs.
    Added,
    // What a signature may allow
    /// Validation data were added (a DSS).
    Evidence,
    /// A document timestamp was added.
    Timestamp,
    /// Document information or metadata were brought up to date.
    Metadata,
    /// A field prepared before was signed.
    Signed,
    /// A new field was added and signed.
    SignedNewField,
    /// A field was signed that draws, or drew before, something over what the page says.
    SignedCovers,
    /// A new, empty signature field was added.
    SignatureField,
    /// A form field was filled in.
    Filled,
    /// The form has defaults that it had not, for what is filled in to be drawn with.
    FormDefaults,
    /// A form field was filled in that takes up most of its page, or draws over text.
    FilledCovers,
    /// A form field was filled in that shows something other than its value, or more, or letters that are not seen.
    FilledOddly,
    /// An annotation that hides nothing was added.
    AnnotationAdded,
    /// An annotation that hides nothing says something else.
    Annotation,
    /// An annotation was removed.
    AnnotationRemoved,
    /// An annotation was added, changed or removed that can hide or imitate what was signed.
    AnnotationCovers,
}

impl ChangeCode {
    /// A stable name for programs.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// One sentence for the person who asks.
    pub const fn text(self) -> &'static str {
        self.row().1
    }

    /// No signature allows it, whatever its conditions.
    pub const fn is_never_allowed(self) -> bool {
        matches!(
            self,
            Self::TrailingBytes
                | Self::RevisionAfterFinal
                | Self::UnlistedBytes
                | Self::Trailer
                | Self::Catalog
                | Self::Action
                | Self::Layers
                | Self::Page
                | Self::Field
                | Self::LockedField
                | Self::LockedFieldFilled
                | Self::SignatureCovers
                | Self::Stream
                | Self::Removed
                | Self::Object
                | Self::Added
        )
    }

    #[rustfmt::skip]
    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::TrailingBytes => ("trailing-bytes", "文件末尾在签章之后被追加了数据。"),
            Self::RevisionAfterFinal => ("revision-after-final", "签章已声明不得再作任何修改，之后文件又被修改。"),
            Self::UnlistedBytes => ("unlisted-bytes", "签章之后追加的内容中夹带了未登记的数据。"),
            Self::Trailer => ("trailer-changed", "签章之后文件的索引信息被改动。"),
            Self::Catalog => ("catalog-changed", "签章之后文件的目录结构被改动。"),
            Self::Action => ("action-added", "签章之后文件中被加入了会自动执行的动作或脚本。"),
            Self::Layers => ("layers-changed", "签章之后图层的显示方式被改动。"),
            Self::Page => ("page-changed", "签章之后页面被改动。"),
            Self::Field => ("field-changed", "签章之后表单内容被改动。"),
            Self::LockedField => ("locked-field-signed", "签章之后，已被锁定的签章位置又被使用。"),
            Self::LockedFieldFilled => ("locked-field-filled", "签章之后，已被锁定的表单项又被改动。"),
            Self::SignatureCovers => ("signature-covers-content", "签章之后新增的签名图样遮盖了页面内容或原有签章。"),
            Self::Stream => ("content-changed", "签章之后页面内容、图片或字体被改动。"),
            Self::Removed => ("object-removed", "签章之后文件中的内容被删除。"),
            Self::Object => ("object-changed", "签章之后文件内容被改动。"),
            Self::Added => ("object-added", "签章之后文件中被加入了新的内容。"),
            Self::Evidence => ("validation-data-added", "签章之后补充了签名验证资料。"),
            Self::Timestamp => ("timestamp-added", "签章之后加盖了时间戳。"),
            Self::Metadata => ("metadata-changed", "签章之后文件的属性信息被更新。"),
            Self::Signed => ("signature-added", "签章之后新增了一处签名。"),
            Self::SignedNewField => ("signature-added-in-new-field", "签章之后新增了一处签名。"),
            Self::SignedCovers => ("signature-may-cover-content", "签章之后新增的一处签名，其图样压着页面上的文字或图片，可能遮盖或换去原有内容。"),
            Self::SignatureField => ("signature-field-added", "签章之后新增了一处待签名的位置。"),
            Self::Filled => ("form-filled", "签章之后表单项的内容被改动。"),
            Self::FormDefaults => ("form-defaults-changed", "签章之后表单的缺省字体或画法被补充。"),
            Self::FilledCovers => ("form-filled-covers-content", "签章之后，一个占满页面或压着文字的表单项的内容被改动，可能遮盖原有内容。"),
            Self::FilledOddly => ("form-filled-shows-other", "签章之后，一个表单项的内容被改动，显示的与所填的不一致，或另有图形、看不清的文字。"),
            Self::AnnotationAdded => ("annotation-added", "签章之后页面上新增了批注。"),
            Self::Annotation => ("annotation-changed", "签章之后页面上的批注或图章被改动。"),
            Self::AnnotationRemoved => ("annotation-removed", "签章之后页面上的批注被删除。"),
            Self::AnnotationCovers => ("annotation-covers-content", "签章之后页面上新增或改动了可能遮盖、冒充原有内容的批注。"),
        }
    }
}
