//! Page pictures of a PDF: exactly what is or will be sealed. Larger by plain links.
use maud::{Markup, html};

/// How large the pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zoom {
    /// As wide as the column.
    #[default]
    Fit,
    /// 150 dpi.
    Large,
    /// 220 dpi.
    Huge,
}

impl Zoom {
    /// From the address (`?zoom=`); anything else is [`Zoom::Fit`].
    pub fn from_query(text: Option<&str>) -> Self {
        match text {
            Some("large") => Zoom::Large,
            Some("huge") => Zoom::Huge,
            _ => Zoom::Fit,
        }
    }

    /// The resolution a picture of this size is asked for in, in dots an inch.
    pub fn dpi(self) -> u16 {
        match self {
            Zoom::Fit => 110,
            Zoom::Large => 150,
            Zoom::Huge => 220,
        }
    }

    /// The word in the address.
    pub fn query(self) -> &'static str {
        match self {
            Zoom::Fit => "fit",
            Zoom::Large => "large",
            Zoom::Huge => "huge",
        }
    }
}

/// The pages of one document.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// What the document is, for those who cannot see it.
    pub title: String,
    /// An address (or data URI) for each page's picture.
    pub pages: Vec<String>,
    /// The address of the page these pictures stand on, to which `?zoom=` is added; `None` where they cannot be enlarged.
    pub here: Option<String>,
    /// How large they are shown.
    pub zoom: Zoom,
    /// Where the PDF itself lies.
    pub pdf: Option<String>,
}

impl Viewer {
    /// Its markup.
    pub fn show(&self) -> Markup {
        let count = self.pages.len();
        html! {
            section aria-label={ (self.title) " 页面图像" } {
                @if self.here.is_some() || self.pdf.is_some() {
                    div.tools {
                        span { "共 " (count) " 页" }
                        @if let Some(here) = &self.here {
                            @for (zoom, word) in [(Zoom::Fit, "适合宽度"), (Zoom::Large, "放大"), (Zoom::Huge, "再放大")] {
                                a href={ (here) "?zoom=" (zoom.query()) "" } aria-current=[(zoom == self.zoom).then_some("true")] { (word) }
                            }
                        }
                        @if let Some(pdf) = &self.pdf { a href=(pdf) { "打开 PDF" } }
                    }
                }
                (self.pictures())
            }
        }
    }

    /// The pictures alone.
    pub fn pictures(&self) -> Markup {
        let count = self.pages.len();
        html! {
            div.pages.zoom[self.zoom != Zoom::Fit] {
                @for (i, src) in self.pages.iter().enumerate() {
                    figure tabindex="0" {
                        img src=(src) alt={ (self.title) " 第 " (i + 1) " 页" } loading=[(i > 1).then_some("lazy")];
                        @if count > 1 { figcaption { "第 " (i + 1) " 页，共 " (count) " 页" } }
                    }
                }
            }
        }
    }
}
