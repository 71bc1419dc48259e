//! The guide to what can be applied for, and one item with all that is to be told at once.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Fact, Tag, facts, notice};

/// An item of the guide.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its code; empty for a joint matter.
    pub code: String,
    /// What comes out.
    pub gives: String,
    /// 行政许可, 即办件 …
    pub marks: Vec<Tag>,
}

/// The items of one department.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// The department, or 并联审批.
    pub name: String,
    /// Its items.
    pub items: Vec<Line>,
}

/// The guide.
#[derive(Debug, Clone)]
pub struct ItemList {
    /// By department.
    pub shelves: Vec<Shelf>,
}

/// One item.
#[derive(Debug, Clone)]
pub struct ItemGuide {
    /// The department, or those that sign.
    pub department: String,
    /// Its name.
    pub name: String,
    /// 行政许可, 即办件 …
    pub marks: Vec<Tag>,
    /// Basis, limits, steps, materials, fee, where, what comes out.
    pub told: Vec<Fact>,
}

impl ItemList {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("", "办事指南", "每个事项一次讲清：依据、时限、步骤、材料、收费、到哪里办。", html! {}))
            @if self.shelves.is_empty() {
                div.sheet { (notice::empty("还没有事项", "事项由大厅管理员登记后显示。", None)) }
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
                                    @if !item.code.is_empty() { " " span.quiet.small.code { (item.code) } }
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

impl ItemGuide {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head(&self.department, &self.name, "一次性告知：办这件事需要知道的全部，都在这一页。", html! {
                div.row { @for m in &self.marks { (m.show()) } }
            }))
            section.sheet { (facts(&self.told)) }
            p.small.quiet { "本页可以直接打印。材料不齐或不符合要求的，窗口一次告知全部需要补正的内容。" a href="/items" { "全部事项" } }
        }
    }
}
