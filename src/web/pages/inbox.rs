//! What waits for a chief representative or a leader.
use maud::{Markup, html};

use super::cases::Due;
use super::head;
use crate::web::kit::{Column, Pager, Tag, notice, table};

/// One use of the seal asked for.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The approval page.
    pub href: String,
    /// The certificate's kind.
    pub certificate: String,
    /// Its number.
    pub number: String,
    /// Who asked: the clerk.
    pub asked_by: String,
    /// For whom.
    pub asker: String,
    /// Since when.
    pub since: String,
    /// 重大, 争议, 并联 …
    pub marks: Vec<Tag>,
    /// The time limit.
    pub due: Due,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// What it is called: 待审核 or 待签批.
    pub name: &'static str,
    /// The department (and office) whose seal is asked for.
    pub office: String,
    /// What waits, most urgent first.
    pub rows: Vec<Waiting>,
    /// Where the list goes on.
    pub pager: Pager,
}

impl Inbox {
    /// The page.
    pub fn show(&self) -> Markup {
        let first = self.rows.first().map(|w| w.href.as_str());
        html! {
            (head(&self.office, self.name, "批准之前，您看到的就是将要盖章的那份文件，一个字节不差。", html! {
                @if let Some(href) = first { a.button.primary href=(href) accesskey="n" { "从第一件开始" } }
            }))
            @if self.rows.is_empty() {
                div.sheet { (notice::empty(&format!("没有等您{}的", self.name.trim_start_matches('待')), "窗口提交后会出现在这里。", None)) }
            } @else {
                div {
                    (self.table())
                    (self.pager.show())
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let columns = [
            Column::words("证照"),
            Column::codes("编号"),
            Column::words("申请人"),
            Column::words("经办"),
            Column::codes("提交时间"),
            Column::words("时限"),
        ];
        let rows: Vec<_> = self.rows.iter().map(Waiting::cells).collect();
        table(self.name, &columns, &rows)
    }
}

impl Waiting {
    fn cells(&self) -> Vec<Markup> {
        vec![
            html! { a href=(self.href) { (self.certificate) } @for m in &self.marks { " " (m.show()) } },
            html! { (self.number) },
            html! { (self.asker) },
            html! { (self.asked_by) },
            html! { (self.since) },
            self.due.show(),
        ]
    }
}
