//! The clerk's list of cases.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Column, Pager, Tag, notice, table};

/// A time limit as it stands today.
#[derive(Debug, Clone)]
pub struct Due {
    /// `还有 3 个工作日`, `超期 1 个工作日`, `即办`.
    pub words: String,
    /// Past the promised limit.
    pub late: bool,
}

impl Due {
    /// Its markup.
    pub fn show(&self) -> Markup {
        html! { span.late[self.late] { (self.words) } }
    }
}

/// One case in the list.
#[derive(Debug, Clone)]
pub struct CaseRow {
    /// The case's page.
    pub href: String,
    /// Its number.
    pub case: String,
    /// The item, or the joint matter.
    pub item: String,
    /// Who asks.
    pub asker: String,
    /// Where it stands.
    pub state: Tag,
    /// Further marks: 重大, 即办件, 并联.
    pub marks: Vec<Tag>,
    /// The certificates' numbers.
    pub numbers: Vec<String>,
    /// Its time limit.
    pub due: Due,
}

/// The page.
#[derive(Debug, Clone)]
pub struct CaseList {
    /// The cases of this page.
    pub rows: Vec<CaseRow>,
    /// The case number looked for; empty for the list.
    pub words: String,
    /// Whether this person takes cases.
    pub accepts: bool,
    /// Where the list goes on.
    pub pager: Pager,
}

impl CaseList {
    /// The page.
    pub fn show(&self) -> Markup {
        let new = html! { @if self.accepts { a.button.primary href="/cases/new" accesskey="n" { "新办件" } } };
        html! {
            (head("", "办件", "新的在前。", new))
            div {
                form.filter method="get" action="/cases" role="search" {
                    div.field { label for="q" { "办件号" } input.code #q name="q" type="search" value=(self.words) accesskey="f" autocomplete="off"; }
                    button.button type="submit" { "打开" }
                }
                @if !self.words.is_empty() {
                    div.sheet { (notice::empty("没有这个办件号", "请核对编号；其他部门的办件在这里看不到。", Some(("看全部", "/cases")))) }
                } @else if self.rows.is_empty() {
                    div.sheet { (notice::empty("还没有办件", "受理第一件后，它会出现在这里。", self.accepts.then_some(("新办件", "/cases/new")))) }
                } @else {
                    (self.table())
                    (self.pager.show())
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let columns = [
            Column::codes("办件号"),
            Column::words("事项"),
            Column::words("申请人"),
            Column::words("状态"),
            Column::words("时限"),
            Column::codes("证号"),
        ];
        let rows: Vec<_> = self.rows.iter().map(CaseRow::cells).collect();
        table("办件", &columns, &rows)
    }
}

impl CaseRow {
    fn cells(&self) -> Vec<Markup> {
        vec![
            html! { a href=(self.href) { (self.case) } },
            html! { (self.item) @for m in &self.marks { " " (m.show()) } },
            html! { (self.asker) },
            self.state.show(),
            self.due.show(),
            html! { @for n in &self.numbers { div { (n) } } },
        ]
    }
}
