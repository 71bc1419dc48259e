//! The clerk's list of cases.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Column, Pager, Tag, form::Choice, notice, table};

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
    /// The certificate's number, once taken.
    pub number: String,
    /// Its time limit.
    pub due: Due,
}

/// The page.
#[derive(Debug, Clone)]
pub struct CaseList {
    /// The cases of this page.
    pub rows: Vec<CaseRow>,
    /// The words searched for.
    pub words: String,
    /// The states to choose from.
    pub states: Vec<Choice>,
    /// The state chosen; empty for all.
    pub state: String,
    /// Where the list goes on.
    pub pager: Pager,
}

impl CaseList {
    /// The page.
    pub fn show(&self) -> Markup {
        let filtered = !self.words.is_empty() || !self.state.is_empty();
        html! {
            (head("", "办件", "本大厅受理的办件，新的在前。", html! { a.button.primary href="/cases/new" accesskey="n" { "新办件" } }))
            div {
                form.filter method="get" action="/cases" role="search" {
                    div.field { label for="q" { "办件号、证号或申请人" } input #q name="q" type="search" value=(self.words) accesskey="f"; }
                    div.field {
                        label for="state" { "状态" }
                        select #state name="state" {
                            option value="" { "全部" }
                            @for c in &self.states { option value=(c.value) selected[c.value == self.state] { (c.label) } }
                        }
                    }
                    button.button type="submit" { "查找" }
                    @if filtered { a.button.plain href="/cases" { "清除" } }
                }
                @if self.rows.is_empty() {
                    div.sheet {
                        @if filtered {
                            (notice::empty("没有找到", "换一个词，或者清除条件再看。", Some(("清除条件", "/cases"))))
                        } @else {
                            (notice::empty("还没有办件", "受理第一件后，它会出现在这里。", Some(("新办件", "/cases/new"))))
                        }
                    }
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
            Column::words("证号"),
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
            html! { (self.number) },
        ]
    }
}
