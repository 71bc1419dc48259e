//! Taking a case: choosing what it is about, then filling in its fields with the certificate's picture beside them.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Fact, Form, Tag, facts, form, notice, viewer::Viewer};

/// Something that can be applied for.
#[derive(Debug, Clone)]
pub struct ItemCard {
    /// The form's address.
    pub href: String,
    /// The item's or joint matter's name.
    pub name: String,
    /// What comes out: the certificate, or the certificates of a joint matter.
    pub gives: String,
    /// 行政许可, 即办件, 重大, 并联 …
    pub marks: Vec<Tag>,
}

/// The items of one department.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// The department, or 并联审批.
    pub name: String,
    /// Its items.
    pub items: Vec<ItemCard>,
}

/// Choosing an item.
#[derive(Debug, Clone)]
pub struct Choose {
    /// By department.
    pub shelves: Vec<Shelf>,
}

impl Choose {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("办件", "新办件", "先选申请人要办的事项。", html! {}))
            @if self.shelves.is_empty() {
                div.sheet { (notice::empty("这个窗口没有可受理的事项", "事项由大厅管理员登记并授权后才能受理。", None)) }
            }
            div.shelves {
                @for shelf in &self.shelves {
                    section.shelf {
                        h2.as-h3 { (shelf.name) }
                        div.cards {
                            @for item in &shelf.items {
                                a.card href=(item.href) {
                                    b { (item.name) }
                                    span.quiet { (item.gives) }
                                    span.row { @for m in &item.marks { (m.show()) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A problem found while drawing.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The name of the form's field it belongs to.
    pub field: Option<String>,
    /// The field as read.
    pub label: String,
    /// What is wrong.
    pub text: String,
}

/// The picture of what the data make.
#[derive(Debug, Clone)]
pub enum Preview {
    /// Nothing is filled in yet.
    Waiting,
    /// The pages, as addresses or data URIs.
    Pages(Vec<String>),
    /// It cannot be made; every reason.
    Problems(Vec<Problem>),
}

impl Preview {
    /// The panel's content, also sent alone to the script.
    pub fn show(&self) -> Markup {
        html! {
            h2 { "证照预览" }
            @match self {
                Preview::Waiting => div.blank-page { "填写各项后，这里显示将要制成的证照。" },
                Preview::Pages(pages) => {
                    (Viewer { title: "证照预览".into(), pages: pages.clone(), here: None, zoom: Default::default(), pdf: None }.pictures())
                    p.small.quiet { "编号在提交时取得；此处为样张，未用印。" }
                },
                Preview::Problems(problems) => {
                    div.sheet.stack-small {
                        h3 { "还差 " (problems.len()) " 处，改好后显示证照" }
                        ul.checks {
                            @for p in problems {
                                li.open data-field=[p.field.as_deref()] data-text=(p.text) {
                                    div { @if !p.label.is_empty() { b { (p.label) } "：" } (p.text) }
                                }
                            }
                        }
                    }
                },
            }
        }
    }
}

/// Filling in the fields of one item.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// The item's name.
    pub item: String,
    /// The department.
    pub department: String,
    /// All that the applicant is to be told at once: basis, limits, steps, what is asked for, where to fetch it.
    pub told: Vec<Fact>,
    /// The fields.
    pub form: Form,
    /// The picture.
    pub preview: Preview,
    /// Where the form goes.
    pub action: String,
    /// Where the script asks for the picture.
    pub preview_url: String,
    /// Drawn at random when the form was first shown: the same form sent twice is one case.
    pub key: String,
    /// What the form carries beside its fields.
    pub hidden: Vec<(&'static str, String)>,
    /// The session's token.
    pub csrf: String,
}

impl NewCase {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head(&self.department, &self.item, "", html! { a.button.plain href="/cases/new" { "换一个事项" } }))
            details.sheet {
                summary { "一次性告知：" (self.told.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join("、")) }
                (facts(&self.told))
            }
            (self.form.summary())
            form.two method="post" action=(self.action) data-preview="preview" data-preview-url=(self.preview_url) {
                div.sheet {
                    (form::csrf(&self.csrf))
                    (form::hidden("key", &self.key))
                    @for (name, value) in &self.hidden { (form::hidden(name, value)) }
                    (self.form.show())
                    div.actions {
                        button.button.primary.big type="submit" name="act" value="submit" { "提交，取得编号" }
                        button.button type="submit" name="act" value="preview" data-preview-button { "只看预览" }
                    }
                    p.small.quiet { "提交后内容不再改动：首席代表看到并批准的，就是这份文件。" }
                }
                section #preview .preview.stay aria-live="polite" aria-label="证照预览" { (self.preview.show()) }
            }
        }
    }
}
