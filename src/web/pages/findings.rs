//! What the supervision found: the list, and one finding with its story and what can be done with it.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Column, Fact, Field, Form, Kind, Pager, Tag,
    ask::{Ask, Weight},
    facts,
    form::{Choice, csrf},
    notice, table,
};

/// A finding in the list.
#[derive(Debug, Clone)]
pub struct FindingLine {
    /// Its page.
    pub href: String,
    /// When it was found.
    pub at: String,
    /// What was looked for.
    pub rule: String,
    /// What was found.
    pub said: String,
    /// Whose matter it is.
    pub department: String,
    /// Where it stands.
    pub state: Tag,
    /// Until when an answer is wanted; may be empty.
    pub by: String,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The states to choose from, and the one chosen.
    pub states: (Vec<Choice>, String),
    /// The rules.
    pub rules: (Vec<Choice>, String),
    /// The departments; none to choose from: the list is one department's.
    pub departments: (Vec<Choice>, String),
}

/// The list.
#[derive(Debug, Clone)]
pub struct Findings {
    /// For whom: 全厅, or a department.
    pub whose: String,
    /// How many in each state; empty where only one's own are shown.
    pub counts: Vec<(String, i64)>,
    /// What it is narrowed to.
    pub filter: Filter,
    /// Whether it is narrowed at all.
    pub narrowed: bool,
    /// The findings, the newest first.
    pub rows: Vec<FindingLine>,
    /// Where it goes on.
    pub pager: Pager,
}

impl Findings {
    /// The page.
    pub fn show(&self) -> Markup {
        let lead = "规则从记录中发现，监察审计员交办，被交办部门答复，监察审计员办结；没有自行消失的。";
        html! {
            (head(&self.whose, "监察事项", lead, html! {}))
            @if !self.counts.is_empty() {
                div.cards.figures { @for (words, count) in &self.counts { div.card { b.type-h1 { (count) } span.quiet { (words) } } } }
            }
            div {
                (self.filter.show())
                @if self.rows.is_empty() {
                    div.sheet { (self.nothing()) }
                } @else {
                    (self.table())
                    (self.pager.show())
                }
            }
        }
    }

    fn nothing(&self) -> Markup {
        if self.narrowed {
            notice::empty("没有符合条件的监察事项", "换一个条件再看。", Some(("清除条件", "/findings")))
        } else {
            notice::empty("没有未办结的监察事项", "规则每十分钟查一遍记录；发现了什么，会出现在这里。", None)
        }
    }

    fn table(&self) -> Markup {
        let columns = [
            Column::codes("发现时间"),
            Column::words("规则"),
            Column::words("发现"),
            Column::words("部门"),
            Column::words("办理"),
            Column::codes("答复期限"),
        ];
        let cells = |one: &FindingLine| {
            vec![
                html! { a href=(one.href) { (one.at) } },
                html! { (one.rule) },
                html! { (one.said) },
                html! { (one.department) },
                one.state.show(),
                html! { @if one.by.is_empty() { span.quiet { "—" } } @else { (one.by) } },
            ]
        };
        table("监察事项", &columns, &self.rows.iter().map(cells).collect::<Vec<_>>())
    }
}

impl Filter {
    fn show(&self) -> Markup {
        let select = |name: &str, words: &str, all: &str, (choices, chosen): &(Vec<Choice>, String)| {
            html! {
                @if !choices.is_empty() {
                    div.field {
                        label for=(name) { (words) }
                        select id=(name) name=(name) {
                            option value="" { (all) }
                            @for c in choices { option value=(c.value) selected[c.value == *chosen] { (c.label) } }
                        }
                    }
                }
            }
        };
        html! {
            form.filter method="get" action="/findings" role="search" {
                (select("state", "办理", "未办结的", &self.states))
                (select("rule", "规则", "全部", &self.rules))
                (select("department", "部门", "全部", &self.departments))
                button.button type="submit" { "筛选" }
            }
        }
    }
}

/// What this person may do with a finding.
#[derive(Debug, Clone)]
pub enum Doing {
    /// Assign it to one of these.
    Assign(Form),
    /// Close it, or send it back.
    Judge {
        /// Conclusion and reason.
        close: Form,
        /// To whom, until when, why.
        back: Form,
    },
    /// Answer it.
    Answer(Form),
    /// Nothing now: why.
    Nothing(&'static str),
}

/// One finding.
#[derive(Debug, Clone)]
pub struct FindingPage {
    /// What was looked for.
    pub rule: String,
    /// What was found.
    pub said: String,
    /// Where it stands.
    pub state: Tag,
    /// Everything recorded of it.
    pub facts: Vec<Fact>,
    /// What people did with it: when and who, what, their words.
    pub steps: Vec<(String, String, String)>,
    /// What may be done.
    pub doing: Doing,
    /// The page's address.
    pub here: String,
    /// The session's token.
    pub csrf: String,
}

impl FindingPage {
    /// To whom, until when, and what is wanted.
    pub fn assign_form(answerers: Vec<Choice>, to: &str, by: &str, words: &str) -> Form {
        Form::of(vec![
            Field::new("to", "由谁答复", Kind::Select(answerers))
                .hint("部门由首席代表或分管领导答复；大厅由大厅管理员答复。涉及本人的由同部门他人答复。")
                .value(to),
            Field::new("by", "答复期限", Kind::Date).value(by),
            Field::new("words", "交办意见", Kind::Lines { rows: 3 })
                .hint("要查明什么、说明什么、整改什么。")
                .value(words),
        ])
    }

    /// The answer.
    pub fn answer_form(words: &str) -> Form {
        let hint = "查明的情况、原因、已经采取的措施。答复写入账本所据的记录，不能修改。";
        Form::of(vec![Field::new("words", "答复", Kind::Lines { rows: 6 }).hint(hint).value(words)])
    }

    /// Conclusion and reason.
    pub fn close_form(conclusions: Vec<Choice>, conclusion: &str, words: &str) -> Form {
        let fields = vec![
            Field::new("conclusion", "结论", Kind::OneOf(conclusions)).value(conclusion),
            Field::new("words", "理由", Kind::Lines { rows: 3 }).hint("为什么可以办结。").value(words),
        ];
        Form { mark: "c", ..Form::of(fields) }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("监察事项", &self.rule, &self.said, html! { (self.state.show()) }))
            div.two.side {
                div.stack {
                    section.sheet { h2 { "记录" } (facts(&self.facts)) }
                    section.sheet {
                        h2 { "办理过程" }
                        @if self.steps.is_empty() {
                            p.quiet { "还没有人办理。" }
                        } @else {
                            ol.stack-small {
                                @for (at, what, words) in &self.steps { li { span.quiet.small { (at) } div { b { (what) } } div.pre { (words) } } }
                            }
                        }
                    }
                }
                div.stack { (self.doing()) }
            }
        }
    }

    fn doing(&self) -> Markup {
        let plain = |title: &str, action: &str, form: &Form, button: &str| {
            html! {
                section.sheet.stack-small {
                    h2 { (title) }
                    (form.summary())
                    form method="post" action={ (self.here) "/" (action) } {
                        (csrf(&self.csrf))
                        (form.show())
                        div.actions { button.button.primary type="submit" { (button) } }
                    }
                }
            }
        };
        match &self.doing {
            Doing::Assign(form) => plain("交办", "assign", form, "交办"),
            Doing::Answer(form) => plain("答复", "answer", form, "提交答复"),
            Doing::Judge { close, back } => html! {
                (plain("办结", "close", close, "办结"))
                section.sheet.stack-small {
                    h2 { "答复不清楚" }
                    (Ask {
                        button: "退回重答…",
                        title: "退回重新答复？",
                        consequences: &["原答复保留在办理过程中。"],
                        sure: "退回",
                        action: &format!("{}/assign", self.here),
                        csrf: &self.csrf,
                        weight: Weight::Calm,
                        open: back.has_problems(),
                    }.show(html! { (back.summary()) (back.show()) }))
                }
            },
            Doing::Nothing(why) => html! { section.sheet { h2 { "下一步" } p { (why) } } },
        }
    }
}
