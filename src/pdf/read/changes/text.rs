//! A change in words: where, what, which kind.

use super::code::ChangeCode;
use crate::pdf::read::value::Id;

/// Something that a later revision did.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What kind.
    pub code: ChangeCode,
    /// The object, where one can be named.
    pub object: Option<Id>,
    /// The first page that shows it, from 0, where one was found.
    pub page: Option<usize>,
    /// More, where the kind has more to say.
    pub detail: Option<Detail>,
}

/// What a kind of change has to say beyond its page.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// The full name of a form field.
    Field(String),
    /// A new signature field.
    Signature {
        /// Its full name.
        field: String,
        /// Where it is visible on the page, in points: left, bottom, right, top; `None` if it shows nothing.
        rect: Option<[f64; 4]>,
    },
    /// An annotation.
    Annotation {
        /// Its `/Subtype`.
        subtype: String,
        /// Its rectangle in points: left, bottom, right, top.
        rect: Option<[f64; 4]>,
    },
    /// A part of a page.
    Part(Part),
}

/// Parts of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The page's own content.
    Content,
    /// An image.
    Image,
    /// A drawing that the page uses.
    Drawing,
    /// A font.
    Font,
    /// What an annotation, a stamp or a form field shows.
    Appearance,
    /// Any other resource.
    Resource,
}

impl Part {
    const fn text(self) -> &'static str {
        match self {
            Self::Content => "页面内容",
            Self::Image => "图片",
            Self::Drawing => "图形",
            Self::Font => "字体",
            Self::Appearance => "批注或表单的图样",
            Self::Resource => "页面资源",
        }
    }
}

impl Change {
    pub(super) fn of(code: ChangeCode, object: Option<Id>) -> Self {
        Self { code, object, page: None, detail: None }
    }

    pub(super) fn with(self, detail: Detail) -> Self {
        Self { detail: Some(detail), ..self }
    }

    pub(super) fn on(self, page: Option<usize>) -> Self {
        Self { page, ..self }
    }

    pub(super) fn coded(&self, code: ChangeCode) -> Self {
        Self { code, ..self.clone() }
    }

    /// The name of the form field it is about.
    pub fn field(&self) -> Option<&str> {
        match &self.detail {
            Some(Detail::Field(field) | Detail::Signature { field, .. }) => Some(field),
            _ => None,
        }
    }

    /// One sentence without a full stop: the page, where it is known, and the kind.
    pub fn text(&self) -> String {
        let page = self.page.map(|page| format!("第{}页", page + 1)).unwrap_or_default();
        let of_page = if page.is_empty() { "文件的".to_owned() } else { format!("{page}的") };
        let on_page = if page.is_empty() { String::new() } else { format!("（{page}）") };
        let field = self.field().unwrap_or_default();
        let kind = match &self.detail {
            Some(Detail::Annotation { subtype, .. }) => annotation(subtype),
            _ => "批注",
        };
        match (self.code, &self.detail) {
            (ChangeCode::Stream | ChangeCode::Object, Some(Detail::Part(part))) => {
                format!("{of_page}{}被改动", part.text())
            }
            (ChangeCode::Added, Some(Detail::Part(part))) => format!("{of_page}{}中被加入了新的内容", part.text()),
            (ChangeCode::Removed, Some(Detail::Part(part))) => format!("{of_page}{}被删除", part.text()),
            (ChangeCode::Page, _) => match self.page {
                Some(_) => format!("{page}被改动"),
                None => "页面的增减、次序或设置被改动".to_owned(),
            },
            (ChangeCode::Filled, _) => format!("{page}表单项“{field}”的内容被改动"),
            (ChangeCode::FilledCovers, _) => {
                format!("{page}占满页面或压着文字的表单项“{field}”的内容被改动，可能遮盖原有内容")
            }
            (ChangeCode::FilledOddly, _) => {
                format!("{page}表单项“{field}”的内容被改动，显示的与所填的不一致，或另有图形、看不清的文字")
            }
            (ChangeCode::LockedFieldFilled, _) => format!("{page}已被锁定的表单项“{field}”的内容被改动"),
            (ChangeCode::LockedField, _) => format!("已被锁定的签章位置“{field}”又被使用{on_page}"),
            (ChangeCode::Signed | ChangeCode::SignedNewField, _) => format!("新增了一处签名{on_page}"),
            (ChangeCode::SignatureField, _) => format!("新增了一处待签名的位置{on_page}"),
            (ChangeCode::SignatureCovers, _) => format!("{page}新增的签名图样遮盖了页面内容或原有签章"),
            (ChangeCode::Evidence, _) => "补充了签名验证资料（DSS）".to_owned(),
            (ChangeCode::Timestamp, _) => "加盖了时间戳".to_owned(),
            (ChangeCode::Metadata, _) => "文件的属性信息（如修改时间）被更新".to_owned(),
            (ChangeCode::AnnotationAdded, _) => format!("{page}新增了一处{kind}"),
            (ChangeCode::Annotation, _) => format!("{page}有一处{kind}被改动"),
            (ChangeCode::AnnotationRemoved, _) => format!("{page}有一处{kind}被删除"),
            (ChangeCode::AnnotationCovers, _) => format!("{page}有一处{kind}是新增或改动的，可能遮盖或冒充原有内容"),
            (code, _) => {
                let sentence = code.text().trim_end_matches('。');
                let sentence = sentence.strip_prefix("签章之后").unwrap_or(sentence).trim_start_matches('，');
                if page.is_empty() { sentence.to_owned() } else { format!("{page}：{sentence}") }
            }
        }
    }
}

/// What a kind of annotation is called (ISO 32000-2, table 171).
fn annotation(subtype: &str) -> &'static str {
    match subtype {
        "Text" => "文字批注",
        "FreeText" => "文本框批注",
        "Highlight" => "高亮批注",
        "Underline" | "Squiggly" => "下划线批注",
        "StrikeOut" => "删除线批注",
        "Stamp" => "图章批注",
        "Ink" => "手写批注",
        "Line" | "Polygon" | "PolyLine" | "Square" | "Circle" => "图形批注",
        "Redact" => "涂黑批注",
        "Popup" => "批注弹出框",
        "Link" => "链接",
        "FileAttachment" => "附件批注",
        "Widget" => "表单控件",
        "Watermark" => "水印",
        "Screen" | "Movie" | "Sound" | "RichMedia" | "3D" => "多媒体批注",
        _ => "批注",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_page_and_kind() {
        let annotation = |subtype: &str| Detail::Annotation { subtype: subtype.to_owned(), rect: None };
        let change = |code, page, detail: Option<Detail>| Change { code, object: None, page, detail }.text();
        let said = [
            (change(ChangeCode::AnnotationAdded, Some(1), Some(annotation("Text"))), "第2页新增了一处文字批注"),
            (change(ChangeCode::Stream, Some(0), Some(Detail::Part(Part::Content))), "第1页的页面内容被改动"),
            (change(ChangeCode::Stream, None, Some(Detail::Part(Part::Font))), "文件的字体被改动"),
            (change(ChangeCode::Filled, None, Some(Detail::Field("姓名".to_owned()))), "表单项“姓名”的内容被改动"),
            (change(ChangeCode::SignedNewField, Some(0), None), "新增了一处签名（第1页）"),
            (change(ChangeCode::Evidence, None, None), "补充了签名验证资料（DSS）"),
            (change(ChangeCode::Page, Some(2), None), "第3页被改动"),
            (change(ChangeCode::Removed, None, None), "文件中的内容被删除"),
            (change(ChangeCode::Field, Some(0), None), "第1页：表单内容被改动"),
        ];
        for (said, expected) in said {
            assert_eq!(said, expected);
        }
    }
}
