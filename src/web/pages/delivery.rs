//! The one exit: what is sealed and not handed out, and the record of the handing-over.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Column, Fact, Field, Form, Kind, Pager, Tag, facts,
    form::{self, Choice},
    notice, table,
    viewer::Viewer,
};

/// A case whose certificates lie ready.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Its page at the delivery desk.
    pub href: String,
    /// The case's number.
    pub case: String,
    /// Its certificates: kind and number.
    pub certificates: Vec<String>,
    /// Who asked for them.
    pub asker: String,
    /// Sealed when.
    pub sealed: String,
    /// Lies there for how long, when it is long.
    pub marks: Vec<Tag>,
}

/// The list.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The delivery window.
    pub window: String,
    /// What lies ready, oldest first.
    pub rows: Vec<Ready>,
    /// Where the list goes on.
    pub pager: Pager,
}

impl Delivery {
    /// The page.
    pub fn show(&self) -> Markup {
        let columns = [
            Column::codes("办件号"),
            Column::words("证照"),
            Column::words("申请人"),
            Column::codes("用印时间"),
            Column::words(""),
        ];
        let rows: Vec<_> = self.rows.iter().map(Ready::cells).collect();
        html! {
            (head(&self.window, "待出件", "已用印、尚未送达的证照。一件办件一次出齐。", html! {}))
            @if rows.is_empty() {
                div.sheet { (notice::empty("没有待出件的证照", "用印完成后会出现在这里。", None)) }
            } @else {
                div {
                    (table("待出件", &columns, &rows))
                    (self.pager.show())
                }
            }
        }
    }
}

impl Ready {
    fn cells(&self) -> Vec<Markup> {
        vec![
            html! { a href=(self.href) { (self.case) } },
            html! { @for c in &self.certificates { div { (c) } } },
            html! { (self.asker) },
            html! { (self.sealed) @for m in &self.marks { " " (m.show()) } },
            html! { a.button href=(self.href) { "出件" } },
        ]
    }
}

/// Handing over one case.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// The case's number.
    pub case: String,
    /// Who asked for it, the item.
    pub facts: Vec<Fact>,
    /// Every certificate of the case, with its sealed PDF.
    pub certificates: Vec<Viewer>,
    /// Receiver, identity shown, form.
    pub form: Form,
    /// Where the form goes.
    pub action: String,
    /// The session's token.
    pub csrf: String,
}

impl HandOver {
    /// The fields of the record. `sent` gives what was filled in before, by name.
    pub fn form(sent: impl Fn(&str) -> String) -> Form {
        let choice = |value: &str, label: &str, hint: &str| Choice {
            value: value.into(),
            label: label.into(),
            hint: hint.into(),
        };
        Form::of(vec![
            Field::new("receiver", "领取人姓名", Kind::Line { max: Some(64) }).value(sent("receiver")),
            Field::new(
                "document",
                "出示的证件",
                Kind::OneOf(vec![
                    choice("identity-card", "居民身份证", ""),
                    choice("business-licence", "营业执照", ""),
                    choice("other", "其他有效证件", ""),
                ]),
            )
            .value(sent("document")),
            Field::new("number", "证件号码", Kind::Code { max: Some(64) })
                .hint("核对原件后录入。身份证号码只保存首尾几位。")
                .value(sent("number")),
            Field::new(
                "form",
                "交付形式",
                Kind::OneOf(vec![
                    choice("paper", "纸质", "打印用印后的文件"),
                    choice("file", "电子文件", "PDF 原文件"),
                    choice("both", "两者都要", ""),
                ]),
            )
            .value(sent("form")),
        ])
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("待出件", &format!("办件 {}", self.case), "", html! { a.button.plain href="/delivery" { "回到列表" } }))
            (self.form.summary())
            div.two {
                section.sheet {
                    h2 { "出件登记" }
                    form method="post" action=(self.action) {
                        (form::csrf(&self.csrf))
                        (self.form.show())
                        div.actions { button.button.primary.big type="submit" { "登记出件" } }
                    }
                }
                div.stack {
                    section.sheet { h2 { "本件" } (facts(&self.facts)) }
                    @for v in &self.certificates {
                        section.sheet {
                            h3 { (v.title) }
                            (v.show())
                        }
                    }
                }
            }
        }
    }
}
