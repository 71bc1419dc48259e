//! The auditor's list of seal uses, each with its place in the ledger and its proof.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Column, Fact, Pager, Tag, facts,
    form::{self, Choice},
    notice, table,
    viewer::Viewer,
};

/// One use of a seal.
#[derive(Debug, Clone)]
pub struct UseRow {
    /// Its page.
    pub href: String,
    /// Its index in the ledger; `None` for a use that was refused before it was logged.
    pub index: Option<u64>,
    /// When.
    pub at: String,
    /// The seal's name.
    pub seal: String,
    /// The certificate: kind and number.
    pub certificate: String,
    /// Who approved.
    pub approved_by: Vec<String>,
    /// logged, sealed, voided.
    pub state: Tag,
    /// The proof's address; `None` before there is one.
    pub proof: Option<String>,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The departments to choose from.
    pub departments: Vec<Choice>,
    /// The department chosen, whose seals are shown; empty for all.
    pub department: String,
}

/// What the auditor is told of at once, until he takes note of it.
#[derive(Debug, Clone)]
pub struct Told {
    /// Where taking note goes.
    pub action: String,
    /// Where it leads.
    pub href: String,
    /// What happened.
    pub text: String,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Uses {
    /// What the auditor is told of at once.
    pub told: Vec<Told>,
    /// The session's token.
    pub csrf: String,
    /// What the list is narrowed to.
    pub filter: Filter,
    /// The uses of this page, newest first.
    pub rows: Vec<UseRow>,
    /// Where the list goes on.
    pub pager: Pager,
}

impl Uses {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("", "用印记录", "每一次用印先登入用印公示账本、后使用密钥；账本序号连续，缺一不可。", html! { a.button href="/ledger" { "用印公示账本" } }))
            (self.told())
            div {
                (self.filter.show())
                @if self.rows.is_empty() {
                    div.sheet { (notice::empty("没有符合条件的用印记录", "换一个条件再看。", Some(("清除条件", "/uses")))) }
                } @else {
                    (self.table())
                    (self.pager.show())
                }
            }
        }
    }

    fn told(&self) -> Markup {
        html! {
            @if !self.told.is_empty() {
                section.sheet.stack-small {
                    h2 { "须即时知悉" }
                    @for one in &self.told {
                        form.row method="post" action=(one.action) {
                            (form::csrf(&self.csrf))
                            a href=(one.href) { (one.text) }
                            button.button type="submit" { "已阅知" }
                        }
                    }
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let columns = [
            Column::numbers("账本序号"),
            Column::codes("时间"),
            Column::words("印章"),
            Column::words("证照"),
            Column::words("批准人"),
            Column::words("状态"),
            Column::words("证明"),
        ];
        let rows: Vec<_> = self.rows.iter().map(UseRow::cells).collect();
        table("用印记录", &columns, &rows)
    }
}

impl UseRow {
    fn cells(&self) -> Vec<Markup> {
        vec![
            html! { a href=(self.href) { @match self.index { Some(i) => { (i) }, None => { "未登入" } } } },
            html! { (self.at) },
            html! { (self.seal) },
            html! { (self.certificate) },
            html! { @for p in &self.approved_by { div { (p) } } },
            self.state.show(),
            html! { @match &self.proof { Some(href) => a href=(href) download { "下载" }, None => span.quiet { "—" } } },
        ]
    }
}

impl Filter {
    fn show(&self) -> Markup {
        html! {
            form.filter method="get" action="/uses" role="search" {
                div.field {
                    label for="department" { "部门" }
                    select #department name="department" {
                        option value="" { "全部" }
                        @for c in &self.departments { option value=(c.value) selected[c.value == self.department] { (c.label) } }
                    }
                }
                button.button type="submit" { "筛选" }
            }
        }
    }
}

/// One use, from request to delivery.
#[derive(Debug, Clone)]
pub struct UsePage {
    /// As in the list.
    pub row: UseRow,
    /// Everything recorded of it.
    pub facts: Vec<Fact>,
    /// The proof, as text; empty before there is one.
    pub proof: String,
    /// From request to delivery: when and what.
    pub course: Vec<(String, String)>,
    /// The sealed document.
    pub viewer: Option<Viewer>,
}

impl UsePage {
    /// The page.
    pub fn show(&self) -> Markup {
        let title = match self.row.index {
            Some(i) => format!("账本第 {i} 条"),
            None => "未登入用印公示账本的用印申请".to_owned(),
        };
        html! {
            (head("用印记录", &title, &self.row.certificate, self.row.state.show()))
            div.two {
                div.stack {
                    section.sheet { h2 { "记录" } (facts(&self.facts)) }
                    section.sheet {
                        h2 { "从申请到送达" }
                        ol.stack-small { @for (at, what) in &self.course { li { span.quiet.small { (at) } div { (what) } } } }
                    }
                    @if !self.proof.is_empty() {
                        section.sheet.stack-small {
                            h2 { "登账证明" }
                            p.small.quiet { "C2SP tlog-proof，任何人可用独立工具离线核验。" }
                            pre.code tabindex="0" { (self.proof) }
                            @if let Some(href) = &self.row.proof { a.button href=(href) download { "下载证明" } }
                        }
                    }
                }
                @if let Some(v) = &self.viewer { section.sheet { h2 { (v.title) } (v.show()) } }
            }
        }
    }
}
