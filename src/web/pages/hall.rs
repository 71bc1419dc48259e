//! The administrator's overview: what the hall consists of.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Column, Fact, Notice, facts, notice, table};

/// One kind of thing the hall has.
#[derive(Debug, Clone)]
pub struct Register {
    /// Its name: 部门, 窗口, 人员, 事项, 证照模板, 授权委托书.
    pub name: String,
    /// A short word for the address.
    pub anchor: &'static str,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, a cell a column.
    pub rows: Vec<Vec<Markup>>,
}

/// The page.
#[derive(Debug, Clone)]
pub struct HallPage {
    /// What is said while a year's holidays are not entered.
    pub alarm: Option<Notice>,
    /// Name, area, opening hours, today.
    pub facts: Vec<Fact>,
    /// The three 100 % and the instant share: figure and what it says.
    pub figures: Vec<(String, String)>,
    /// The registers.
    pub registers: Vec<Register>,
}

impl HallPage {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("", "大厅", "部门、窗口、人员、事项和模板的登记。", html! { a.button href="/calendar" { "工作日历" } }))
            @if let Some(alarm) = &self.alarm { (alarm.show()) }
            section.sheet { (facts(&self.facts)) }
            div.cards.figures { @for (figure, words) in &self.figures { div.card { b.type-h1 { (figure) } span.quiet { (words) } } } }
            nav aria-label="本页目录" { ul.row { @for r in &self.registers { li { a href={ "#" (r.anchor) } { (r.name) "（" (r.rows.len()) "）" } } } } }
            @for r in &self.registers {
                section.stack-small id=(r.anchor) {
                    h2 { (r.name) }
                    @if r.rows.is_empty() {
                        div.sheet { (notice::empty(&format!("还没有{}", r.name), "在大厅配置中登记后显示。", None)) }
                    } @else {
                        (table(&r.name, &r.columns, &r.rows))
                    }
                }
            }
        }
    }
}
