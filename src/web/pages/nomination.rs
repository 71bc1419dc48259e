//! Nominating staff, and the centre's consent.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Fact, Field, Form, Kind,
    ask::{Ask, Weight},
    facts,
    form::{self, Choice, Group},
};

/// What is chosen from when somebody is nominated.
#[derive(Debug, Clone, Default)]
pub struct Offered {
    /// Duties.
    pub duties: Vec<Choice>,
    /// Ways to be employed.
    pub grades: Vec<Choice>,
    /// Windows: number and name.
    pub windows: Vec<(String, String)>,
}

/// Nominating somebody, or a change.
#[derive(Debug, Clone)]
pub struct Nominate {
    /// Whose registration is to change; empty for somebody new.
    pub of: String,
    /// Where it goes.
    pub action: String,
    /// The fields.
    pub form: Form,
    /// The session's token.
    pub csrf: String,
}

impl Nominate {
    /// The fields, filled by `value`; a change keeps the sign-in name.
    pub fn form(offered: &Offered, is_change: bool, value: impl Fn(&str) -> String) -> Form {
        let line =
            |name: &str, label: &str, max| Field::new(name, label, Kind::Line { max: Some(max) }).value(value(name));
        let day = |name: &str, label: &str| Field::new(name, label, Kind::Date).value(value(name));
        let mut who = Vec::new();
        if !is_change {
            who.push(line("login", "工号（登录名）", 64).hint("小写字母、数字和 - . _，例如 chief2-scjg。"));
        }
        who.push(line("name", "姓名", 40));
        who.push(Field::new("grade", "人员身份", Kind::OneOf(offered.grades.clone())).value(value("grade")));
        let tick = |name: &str, words: &str| {
            Field::new(name, words, Kind::Tick(words.to_owned())).optional().value(value(name))
        };
        let duty = vec![
            Field::new("duty", "岗位", Kind::Select(offered.duties.clone())).value(value("duty")),
            tick("deputy", "首席代表的代理人（只在值守表安排的日期审批）"),
        ];
        let windows = offered.windows.iter().map(|(no, name)| tick(&format!("w:{no}"), &format!("{no} {name}")));
        let days = [("mon-fri", "周一至周五"), ("all", "每天"), ("sat", "周六"), ("sun", "周日")];
        let days = days.map(|(value, label)| Choice { value: value.into(), label: label.into(), hint: String::new() });
        let hours = vec![
            Field::new("hours", "值班日", Kind::Select(days.to_vec()))
                .optional()
                .hint("不选：大厅开放时间都可办理。")
                .value(value("hours")),
            line("hours_from", "值班开始", 5).optional().hint("例如 08:30"),
            line("hours_to", "值班结束", 5).optional().hint("例如 12:00"),
        ];
        let terms = vec![
            day("posted_from", "派驻窗口开始").optional().hint("首席代表必填。"),
            day("posted_to", "派驻窗口结束").optional().hint("首席代表派驻不少于两年。"),
            day("permit_to", "工作证有效期至"),
        ];
        let group = |legend: &str, fields| Group { legend: legend.into(), fields };
        let groups = vec![
            group("人员", who),
            group("岗位", duty),
            group("登记的窗口（窗口人员）", windows.collect()),
            group("值班时间", hours),
            group("期限", terms),
        ];
        Form { groups, ..Form::default() }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        let title = if self.of.is_empty() { "提名人员".to_owned() } else { format!("提名变更：{}", self.of) };
        let lead = "提交后由中心审核；同意后登记、发放工作证。同一账号只有一类职责：管理、使用、审计相互分离。";
        html! {
            (head("人员", &title, lead, html! {}))
            form.sheet.stack method="post" action=(self.action) {
                (form::csrf(&self.csrf))
                (self.form.summary())
                (self.form.show())
                div.row {
                    button.button.primary type="submit" { "提交中心审核" }
                    a.button.plain href="/staff" { "返回" }
                }
            }
        }
    }
}

/// One nomination before the centre.
#[derive(Debug, Clone)]
pub struct NominationPage {
    /// Who.
    pub name: String,
    /// What is asked for; of a change, beside what is registered now.
    pub facts: Vec<Fact>,
    /// Why this person cannot decide on it; none: they can.
    pub not_yours: Option<String>,
    /// Where consent goes.
    pub consent: String,
    /// Where declining goes.
    pub decline: String,
    /// Whether an account comes into being.
    pub is_new: bool,
    /// The field for the reason of declining.
    pub reason: Form,
    /// The session's token.
    pub csrf: String,
}

impl NominationPage {
    /// The page.
    pub fn show(&self) -> Markup {
        let consent = Ask {
            button: "同意…",
            title: "同意这项提名？",
            consequences: if self.is_new {
                &["登记即刻生效，取得工作证编号；首次口令只显示一次，请当面交给本人。"]
            } else {
                &["变更即刻生效，本人须重新登录。"]
            },
            sure: "同意",
            action: &self.consent,
            csrf: &self.csrf,
            weight: Weight::Calm,
            open: false,
        };
        let decline = Ask {
            button: "不同意…",
            title: "不同意这项提名？",
            consequences: &["理由会告诉提名的部门。"],
            sure: "不同意",
            action: &self.decline,
            csrf: &self.csrf,
            weight: Weight::Danger,
            open: self.reason.has_problems(),
        };
        html! {
            (head("提名", &self.name, "", html! {}))
            div.two.side {
                section.sheet { (facts(&self.facts)) }
                section.sheet.stack-small {
                    h2 { "中心审核" }
                    @if let Some(why) = &self.not_yours { p { (why) } } @else {
                        (consent.show(html! {}))
                        (decline.show(html! { (self.reason.summary()) (self.reason.show()) }))
                    }
                }
            }
        }
    }
}
