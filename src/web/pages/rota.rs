//! The rota of deputies.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Column, Field, Form, Kind, Tag,
    form::{self, Choice},
    notice, table,
};

/// Some days of the rota.
#[derive(Debug, Clone)]
pub struct WatchRow {
    /// Who stands in.
    pub deputy: String,
    /// From when to when.
    pub days: String,
    /// Who put them there.
    pub by: String,
    /// Past, today, or to come.
    pub state: Tag,
    /// Where it is taken off; empty where this person may not, or it is past.
    pub take: String,
}

/// The rota of a department.
#[derive(Debug, Clone)]
pub struct Rota {
    /// The department.
    pub office: String,
    /// The watches, the latest first.
    pub rows: Vec<WatchRow>,
    /// The fields for another one; none where this person may not make it.
    pub form: Option<Form>,
    /// The session's token.
    pub csrf: String,
}

impl Rota {
    /// The fields of a watch.
    pub fn form(deputies: Vec<Choice>, value: impl Fn(&str) -> String) -> Form {
        Form::of(vec![
            Field::new("deputy", "代理人", Kind::Select(deputies)).value(value("deputy")),
            Field::new("first_day", "第一天", Kind::Date).value(value("first_day")),
            Field::new("last_day", "最后一天", Kind::Date).value(value("last_day")),
        ])
    }

    /// The page.
    pub fn show(&self) -> Markup {
        let columns = [
            Column::words("代理人"),
            Column::codes("日期"),
            Column::words("安排人"),
            Column::words("状态"),
            Column::words("操作"),
        ];
        let row = |w: &WatchRow| {
            vec![
                html! { (w.deputy) },
                html! { (w.days) },
                html! { (w.by) },
                w.state.show(),
                html! { @if !w.take.is_empty() { form method="post" action=(w.take) { (form::csrf(&self.csrf)) button.button.plain type="submit" { "取消" } } } },
            ]
        };
        html! {
            (head(&self.office, "代理值守表", "代理人只在安排的日期代首席代表审批；同一天只由一人代理。", html! {}))
            @if self.rows.is_empty() {
                div.sheet { (notice::empty("还没有安排值守", "首席代表不在岗的日期，在这里安排代理人。", None)) }
            } @else { (table("代理值守表", &columns, &self.rows.iter().map(row).collect::<Vec<_>>())) }
            @if let Some(form) = &self.form {
                form.sheet.stack method="post" action="/rota" {
                    h2 { "安排值守" }
                    (form::csrf(&self.csrf))
                    (form.summary())
                    (form.show())
                    div.row { button.button.primary type="submit" { "安排" } }
                }
            }
        }
    }
}
