//! The calendar of working days: the holiday arrangements known, and the form for the next year's.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Column, Field, Form, Kind, Notice, form, table};

/// A year's arrangement.
#[derive(Debug, Clone)]
pub struct Year {
    /// The year.
    pub year: String,
    /// The notice.
    pub source: String,
    /// Days off, in spans.
    pub off: Vec<String>,
    /// Weekend days worked.
    pub work: Vec<String>,
}

/// The page.
#[derive(Debug, Clone)]
pub struct CalendarPage {
    /// The years known.
    pub years: Vec<Year>,
    /// What is said while a year is missing.
    pub alarm: Option<Notice>,
    /// The form, for the administrator.
    pub form: Option<Form>,
    /// The session's token.
    pub csrf: String,
}

impl CalendarPage {
    /// The fields of a year.
    pub fn form(value: impl Fn(&str) -> String) -> Form {
        let field =
            |name: &str, label: &str, kind, hint: &str| Field::new(name, label, kind).hint(hint).value(value(name));
        Form::of(vec![
            field("year", "年份", Kind::Figure, "四位数字"),
            field(
                "source",
                "通知",
                Kind::Line { max: Some(200) },
                "通知全称和日期，如：国务院办公厅关于2027年部分节假日安排的通知（2026年11月×日）",
            ),
            field(
                "off",
                "放假日期",
                Kind::Lines { rows: 8 },
                "每行一段，连同其中的周末：2027-01-01 或 2027-02-05 至 2027-02-12",
            ),
            field("work", "调休上班的周末", Kind::Lines { rows: 4 }, "每行一天").optional(),
        ])
    }

    /// The page.
    pub fn show(&self) -> Markup {
        let columns = [Column::codes("年份"), Column::words("放假"), Column::words("调休上班"), Column::words("依据")];
        let rows: Vec<Vec<Markup>> = self.years.iter().map(Year::cells).collect();
        html! {
            (head("大厅", "工作日历", "办理期限按工作日计算：周末和下列放假日不计，调休上班的周末计入；受理当日不计。", html! {}))
            @if let Some(alarm) = &self.alarm { (alarm.show()) }
            (table("放假安排", &columns, &rows))
            @if let Some(form) = &self.form {
                (form.summary())
                form.sheet method="post" action="/calendar" {
                    h2 { "录入一年的放假安排" }
                    (form::csrf(&self.csrf))
                    (form.show())
                    div.actions { button.button.primary type="submit" { "录入" } }
                    p.small.quiet { "按国务院办公厅通知原文录入；同一年再次录入即为更正，以后一次为准，先前告知申请人的到期日不变。" }
                }
            }
        }
    }
}

impl Year {
    fn cells(&self) -> Vec<Markup> {
        let lines = |all: &[String]| html! { @for one in all { div { (one) } } };
        vec![html! { (self.year) }, lines(&self.off), lines(&self.work), html! { (self.source) }]
    }
}
