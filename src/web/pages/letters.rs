//! Letters of authorization: the list, one letter, proposing one.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Column, Fact, Field, Form, Kind, Tag,
    ask::{Ask, Weight},
    facts,
    form::{self, Group},
    notice, table,
};

/// A letter in the list.
#[derive(Debug, Clone)]
pub struct LetterRow {
    /// Its page.
    pub href: String,
    /// Its number.
    pub number: String,
    /// Whose.
    pub department: String,
    /// Its term.
    pub term: String,
    /// Names of its items.
    pub items: String,
    /// Its state, and whether it is about to end.
    pub tags: Vec<Tag>,
}

/// The list.
#[derive(Debug, Clone)]
pub struct LetterList {
    /// The department or the hall.
    pub office: String,
    /// The letters.
    pub rows: Vec<LetterRow>,
    /// Whether this person may propose one.
    pub proposes: bool,
}

impl LetterList {
    /// The page.
    pub fn show(&self) -> Markup {
        let columns = [
            Column::codes("编号"),
            Column::words("部门"),
            Column::codes("期限"),
            Column::words("事项"),
            Column::words("状态"),
        ];
        let row = |l: &LetterRow| {
            vec![
                html! { a href=(l.href) { (l.number) } },
                html! { (l.department) },
                html! { (l.term) },
                html! { (l.items) },
                html! { div.row { @for t in &l.tags { (t.show()) } } },
            ]
        };
        let propose = html! { @if self.proposes { a.button.primary href="/letters/new" { "拟授权委托书" } } };
        html! {
            (head(&self.office, "授权委托书", "没有在有效期内、含该事项的授权委托书，不得用印。", propose))
            @if self.rows.is_empty() {
                div.sheet { (notice::empty("还没有授权委托书", "由首席代表或印章管理员拟稿，部门分管领导签发，盖电子印章或者盖章后扫描备案。", None)) }
            } @else { (table("授权委托书", &columns, &self.rows.iter().map(row).collect::<Vec<_>>())) }
        }
    }
}

/// What may be done with a letter.
#[derive(Debug, Clone)]
pub enum Action {
    /// Sign it.
    Approve,
    /// Not sign it.
    Decline(Form),
    /// File the scan.
    File(Form),
    /// Ask for the department's own seal on it.
    Seal,
    /// Revoke it.
    Revoke(Form),
}

/// One letter.
#[derive(Debug, Clone)]
pub struct LetterPage {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Its state.
    pub tags: Vec<Tag>,
    /// What it says, and who did what.
    pub facts: Vec<Fact>,
    /// Its files: words and address.
    pub files: Vec<(String, String)>,
    /// What this person may do.
    pub actions: Vec<Action>,
    /// The session's token.
    pub csrf: String,
}

impl LetterPage {
    /// The field for a reason.
    pub fn reason_form(mark: &'static str, reason: &str) -> Form {
        Form { mark, ..Form::of(vec![Field::new("reason", "原因", Kind::Lines { rows: 2 }).value(reason)]) }
    }

    /// The field for the scan.
    pub fn scan_form() -> Form {
        let hint = "已签字并加盖部门行政印章的原件，扫描成一个 PDF，不超过 20 MB。";
        Form { mark: "s", ..Form::of(vec![Field::new("scan", "扫描件", Kind::File("application/pdf")).hint(hint)]) }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("授权委托书", &self.number, "", html! { div.row { @for t in &self.tags { (t.show()) } } }))
            div.two.side {
                div.stack { section.sheet { (facts(&self.facts)) } }
                div.stack {
                    section.sheet.stack-small {
                        h2 { "文件" }
                        ul { @for (words, href) in &self.files { li { a href=(href) { (words) } } } }
                    }
                    @if !self.actions.is_empty() {
                        section.sheet.stack-small {
                            h2 { "办理" }
                            @for action in &self.actions { (self.action(action)) }
                        }
                    }
                }
            }
        }
    }

    fn action(&self, action: &Action) -> Markup {
        match action {
            Action::Approve => {
                let consequences = ["签发后加盖部门行政印章并备案，然后生效：用电子印章，或者盖在纸质件上再扫描。"];
                self.ask("approve", ("签发…", "签发这份授权委托书？", "签发"), &consequences, Weight::Calm, None)
            }
            Action::Decline(form) => {
                let consequences = ["理由会告诉拟稿人；须另行拟稿。"];
                let words = ("不予签发…", "不签发这份授权委托书？", "不予签发");
                self.ask("decline", words, &consequences, Weight::Danger, Some(form))
            }
            Action::Revoke(form) => {
                let consequences =
                    ["即刻生效：此后不得再依据它用印，正在审批的也不再用印。", "此前依据它的用印仍然有效。不能恢复。"];
                self.ask("revoke", ("撤销…", "撤销这份授权委托书？", "撤销"), &consequences, Weight::Danger, Some(form))
            }
            Action::Seal => {
                let consequences = [
                    "成为一个办件：由首席代表审批、分管领导决定，盖部门行政印章（电子印章），记入账本。",
                    "用印后自动备案，按所载期限生效；用印前仍可以不予签发，或者改为扫描备案。",
                ];
                let words = ("申请用电子印章…", "给这份授权委托书盖电子印章？", "申请用印");
                self.ask("seal", words, &consequences, Weight::Calm, None)
            }
            Action::File(fields) => html! {
                form.stack-small method="post" action={ (self.href) "/file" } enctype="multipart/form-data" {
                    h3 { "备案" }
                    (form::csrf(&self.csrf))
                    (fields.summary())
                    (fields.show())
                    button.button.primary type="submit" { "备案并生效" }
                }
            },
        }
    }

    fn ask(
        &self,
        verb: &str,
        (button, title, sure): (&str, &str, &str),
        consequences: &[&str],
        weight: Weight,
        fields: Option<&Form>,
    ) -> Markup {
        let action = format!("{}/{verb}", self.href);
        let open = fields.is_some_and(Form::has_problems);
        let ask = Ask { button, title, consequences, sure, action: &action, csrf: &self.csrf, weight, open };
        ask.show(html! { @if let Some(fields) = fields { (fields.summary()) (fields.show()) } })
    }
}

/// Proposing a letter.
#[derive(Debug, Clone)]
pub struct Propose {
    /// The department.
    pub office: String,
    /// The fields.
    pub form: Form,
    /// The session's token.
    pub csrf: String,
}

impl Propose {
    /// The fields: powers and items to be ticked, the term.
    pub fn form(powers: &[&str], items: &[(String, String)], value: impl Fn(&str) -> String) -> Form {
        let tick = |name: String, words: &str| {
            let ticked = value(&name);
            Field::new(name, words, Kind::Tick(words.to_owned())).optional().value(ticked)
        };
        let day = |name: &str, label: &str| Field::new(name, label, Kind::Date).value(value(name));
        let group = |legend: &str, fields| Group { legend: legend.into(), fields };
        let groups = vec![
            group("授予权限", powers.iter().map(|power| tick(format!("p:{power}"), power)).collect()),
            group("授权事项", items.iter().map(|(code, name)| tick(format!("i:{code}"), name)).collect()),
            group("授权期限", vec![day("from", "第一天"), day("to", "最后一天")]),
        ];
        Form { groups, ..Form::default() }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        let lead = "由首席代表或印章管理员拟稿；分管领导签发、加盖部门行政印章并备案后生效。";
        html! {
            (head(&self.office, "拟授权委托书", lead, html! {}))
            form.sheet.stack method="post" action="/letters/new" {
                (form::csrf(&self.csrf))
                (self.form.summary())
                (self.form.show())
                div.row {
                    button.button.primary type="submit" { "制成并送分管领导签发" }
                    a.button.plain href="/letters" { "返回" }
                }
            }
        }
    }
}
