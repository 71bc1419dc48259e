//! The kinds of preparation, how heavy each weighs, and the words for it.

use super::super::value::Id;

/// Something in a signed revision that lets two programs, or one program at two times, show different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prepared {
    /// What kind.
    pub code: PreparedCode,
    /// The page it concerns, from 0, where one can be named.
    pub page: Option<usize>,
    /// The object, where one can be named.
    pub object: Option<Id>,
}

/// What a preparation means for the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Worth telling; honest files have it too.
    Note,
    /// What the signer saw cannot be confirmed from the file.
    Suspicious,
}

/// Kinds of preparation (Mainka et al., "Shadow Attacks", 2021: hide, replace, hide-and-replace) and of content that is not the
/// same for every viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PreparedCode {
    /// An opaque image, an object of its own and so replaceable, covers text of the page.
    ImageOverText,
    /// Images as large as the page cover all its text, as in scans whose text was recognised.
    TextUnderScan,
    /// An annotation or a form field with an opaque appearance covers text of the page.
    AnnotationOverText,
    /// The page's own drawing covers text of the page.
    DrawingOverText,
    /// Content that some programs obey and others pass over: operands that an operator does not take, names that only the page has.
    Ambiguous,
    /// White text on white paper.
    WhiteText,
    /// A form field's value is not what its appearance shows.
    ValueDiffers,
    /// A check box or radio button is drawn in another state than its value.
    StateDiffers,
    /// A form field has a value and an appearance that shows nothing.
    ValueNotShown,
    /// Programs are asked to draw the form's fields anew, each in its own way.
    Regenerated,
    /// A second catalog, to which nothing refers.
    UnusedCatalog,
    /// A page with content, or a page tree, to which nothing refers.
    UnusedPage,
    /// Page-sized drawings, images or text to which nothing refers.
    UnusedContent,
    /// A font to which nothing refers.
    UnusedFont,
    /// A catalog, page or page tree in the file's bytes that no cross-reference lists.
    UnlistedPage,
    /// An object in the file's bytes that is referred to and that no cross-reference lists: some programs find it nevertheless.
    UnlistedInUse,
    /// The page tree is one that programs read in different ways.
    PageTree,
    /// Other objects in the file's bytes that no cross-reference lists.
    UnlistedObject,
    /// A layer that is shown on screen and not on paper, or on paper only.
    PrintLayer,
    /// A layer that is shown or not by magnification, user or language.
    ViewerLayer,
    /// A layer that is not shown at first and can be switched on.
    HiddenLayer,
    /// A script that runs by itself when the document or a page is opened or printed.
    AutomaticScript,
    /// A script that runs when someone fills in or clicks.
    Script,
    /// Another action that runs by itself: start a program, send or load data, hide, play.
    AutomaticAction,
    /// The same, on a click.
    Action,
    /// An XFA form, drawn by some programs in place of the pages or fields that others draw.
    XfaForm,
    /// The file is a portfolio: some programs show a file that is attached in place of the pages.
    Collection,
    /// Content that lies in another file.
    ExternalContent,
    /// An image with other images to show in its place, as on paper.
    AlternateImage,
    /// An annotation that is on paper and not on screen, or that appears under the pointer only.
    PrintOnlyAnnotation,
    /// An annotation that is on screen and not on paper.
    ScreenOnlyAnnotation,
    /// An annotation that has an appearance and is hidden.
    HiddenAnnotation,
    /// Sound, film or three-dimensional content.
    Media,
    /// A font that each program finds for itself.
    UnembeddedFont,
    /// The search could not be finished.
    NotSearched,
    /// There is more content than was followed.
    NotFollowed,
}

impl PreparedCode {
    /// What it means for the verdict.
    pub const fn weight(self) -> Weight {
        match self {
            Self::ImageOverText
            | Self::AnnotationOverText
            | Self::ValueDiffers
            | Self::StateDiffers
            | Self::UnusedCatalog
            | Self::UnusedPage
            | Self::UnlistedPage
            | Self::UnlistedInUse
            | Self::PageTree
            | Self::Ambiguous
            | Self::PrintLayer
            | Self::ViewerLayer
            | Self::AutomaticScript
            | Self::AutomaticAction
            | Self::XfaForm
            | Self::Collection
            | Self::ExternalContent
            | Self::AlternateImage
            | Self::PrintOnlyAnnotation
            | Self::NotSearched => Weight::Suspicious,
            Self::TextUnderScan
            | Self::DrawingOverText
            | Self::WhiteText
            | Self::UnusedFont
            | Self::ValueNotShown
            | Self::Regenerated
            | Self::UnusedContent
            | Self::UnlistedObject
            | Self::HiddenLayer
            | Self::Script
            | Self::Action
            | Self::ScreenOnlyAnnotation
            | Self::HiddenAnnotation
            | Self::Media
            | Self::UnembeddedFont
            | Self::NotFollowed => Weight::Note,
        }
    }

    /// A stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ImageOverText => "image-over-text",
            Self::TextUnderScan => "text-under-scan",
            Self::AnnotationOverText => "annotation-over-text",
            Self::DrawingOverText => "drawing-over-text",
            Self::Ambiguous => "ambiguous-content",
            Self::WhiteText => "white-text",
            Self::ValueDiffers => "field-value-differs",
            Self::StateDiffers => "field-state-differs",
            Self::ValueNotShown => "field-value-not-shown",
            Self::Regenerated => "fields-regenerated",
            Self::UnusedCatalog => "unused-catalog",
            Self::UnusedPage => "unused-page",
            Self::UnusedContent => "unused-content",
            Self::UnusedFont => "unused-font",
            Self::UnlistedPage => "unlisted-page",
            Self::UnlistedInUse => "unlisted-in-use",
            Self::PageTree => "page-tree",
            Self::UnlistedObject => "unlisted-object",
            Self::PrintLayer => "print-layer",
            Self::ViewerLayer => "viewer-layer",
            Self::HiddenLayer => "hidden-layer",
            Self::AutomaticScript => "automatic-script",
            Self::Script => "script",
            Self::AutomaticAction => "automatic-action",
            Self::Action => "action",
            Self::XfaForm => "xfa-form",
            Self::Collection => "portfolio",
            Self::ExternalContent => "external-content",
            Self::AlternateImage => "alternate-image",
            Self::PrintOnlyAnnotation => "print-only-annotation",
            Self::ScreenOnlyAnnotation => "screen-only-annotation",
            Self::HiddenAnnotation => "hidden-annotation",
            Self::Media => "media",
            Self::UnembeddedFont => "unembedded-font",
            Self::NotSearched => "not-searched",
            Self::NotFollowed => "not-followed",
        }
    }

    /// What follows the place in the sentence.
    const fn predicate(self) -> &'static str {
        match self {
            Self::ImageOverText => "有一张遮住文字的图片，图片之下另有看不见的文字。",
            Self::TextUnderScan => "整页是图片，图片之下另有文字；扫描后识别文字的文件常是这样。",
            Self::AnnotationOverText => "有遮住文字的批注或表单域，移开之后会露出另外的文字。",
            Self::DrawingOverText => "有被图形遮住的文字。",
            Self::Ambiguous => "的内容有不合规范的写法，不同软件显示的可能不同。",
            Self::WhiteText => "有白底上的白色文字，看不见而可以选中、复制。",
            Self::ValueDiffers => "有表单域，显示的文字与其中保存的内容不一致。",
            Self::StateDiffers => "有勾选框，显示的状态与其中保存的选择不一致。",
            Self::ValueNotShown => "有表单域，保存了内容而没有显示出来。",
            Self::Regenerated => "要求阅读软件自行重画表单，不同软件显示的样子可能不同。",
            Self::UnusedCatalog => "夹带了另一套没有使用的文件目录，可被用来替换显示的内容。",
            Self::UnusedPage => "夹带了没有使用的页面，可被用来替换显示的页面。",
            Self::UnusedContent => "夹带了没有使用的整页内容。",
            Self::UnusedFont => "夹带了没有使用的字体。",
            Self::UnlistedPage => "夹带了未登记的页面或目录，可被用来替换显示的内容。",
            Self::UnlistedInUse => "引用了未登记的数据，不同软件显示的内容可能不同。",
            Self::PageTree => "页面的目录不合规范，不同软件显示的页面可能不同。",
            Self::UnlistedObject => "夹带了未登记的数据。",
            Self::PrintLayer => "有图层在屏幕上与打印时显示不同。",
            Self::ViewerLayer => "有图层随放大比例、使用者或语言而显示不同。",
            Self::HiddenLayer => "有默认不显示、可以打开的图层。",
            Self::AutomaticScript => "有打开或打印时自动运行的脚本，显示的内容可能被它改变。",
            Self::Script => "有填写或点击时运行的脚本。",
            Self::AutomaticAction => "有打开时自动执行的操作，例如启动程序、传送数据或隐藏内容。",
            Self::Action => "有点击时执行的操作，例如启动程序、传送数据或隐藏内容。",
            Self::XfaForm => "含有XFA表单，不同软件显示的内容可能不同。",
            Self::Collection => "是文件包，有的软件打开时显示的是附件，而不是签章的页面。",
            Self::ExternalContent => "引用了文件之外的内容，签章不能证明那些内容。",
            Self::AlternateImage => "有备有替换图片的图片，屏幕上与打印时可能显示不同。",
            Self::PrintOnlyAnnotation => "有打印时才出现、屏幕上看不见的批注或表单域。",
            Self::ScreenOnlyAnnotation => "有屏幕上可见、打印时不出现的批注或表单域。",
            Self::HiddenAnnotation => "有隐藏的批注。",
            Self::Media => "含有声音、视频或三维内容。",
            Self::UnembeddedFont => "使用了没有嵌入文件的字体，不同电脑显示的字形可能不同。",
            Self::NotSearched => "没有能够查完，其中可能夹带了会变化的内容。",
            Self::NotFollowed => "内容很多，没有逐一查看是否有被遮住的文字。",
        }
    }
}

impl Prepared {
    /// One sentence for the person who asks.
    pub fn text(&self) -> String {
        let place = self.page.map_or_else(|| "文件".to_owned(), |page| format!("第{}页", page.saturating_add(1)));
        place + self.code.predicate()
    }
}
