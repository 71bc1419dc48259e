//! Staff: the register, one person, the permit, a first password.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Column, Fact, Field, Form, Kind, Tag,
    ask::{Ask, Weight},
    facts, notice, table,
};

/// Somebody in the list.
#[derive(Debug, Clone)]
pub struct StaffRow {
    /// Their page.
    pub href: String,
    /// Name to sign in with.
    pub login: String,
    /// Name.
    pub name: String,
    /// Duty, as deputy or not.
    pub duty: String,
    /// Department or windows.
    pub place: String,
    /// Number of the permit.
    pub permit: String,
    /// Its last day.
    pub until: String,
    /// State, and what wants attention.
    pub tags: Vec<Tag>,
}

/// A nomination that waits.
#[derive(Debug, Clone)]
pub struct NominationRow {
    /// Its page.
    pub href: String,
    /// Who is nominated, for what.
    pub what: String,
    /// Who nominated, when.
    pub by: String,
    /// New, or a change.
    pub kind: Tag,
}

/// The register.
#[derive(Debug, Clone)]
pub struct StaffList {
    /// The department or the hall.
    pub office: String,
    /// Those that wait for the centre.
    pub nominations: Vec<NominationRow>,
    /// Everybody.
    pub rows: Vec<StaffRow>,
    /// Whether this person may nominate.
    pub nominates: bool,
    /// Whether this person has a rota to make or to look at.
    pub has_rota: bool,
}

impl StaffList {
    /// The page.
    pub fn show(&self) -> Markup {
        let actions = html! {
            div.row {
                @if self.has_rota { a.button href="/rota" { "代理值守表" } }
                @if self.nominates { a.button.primary href="/staff/new" { "提名人员" } }
            }
        };
        let lead = "人员由部门提名，经中心同意后登记发证；停职即时生效。";
        html! {
            (head(&self.office, "人员", lead, actions))
            section.stack-small {
                h2 { "待中心审核的提名" }
                @if self.nominations.is_empty() {
                    div.sheet { (notice::empty("没有待审核的提名", "部门提名人员或变更登记后，会出现在这里。", None)) }
                } @else { (self.nominations()) }
            }
            section.stack-small {
                h2 { "在册人员（" (self.rows.len()) "）" }
                @if self.rows.is_empty() {
                    div.sheet { (notice::empty("还没有登记的人员", "提名经中心同意后，会出现在这里。", None)) }
                } @else { (self.people()) }
            }
        }
    }

    fn nominations(&self) -> Markup {
        let columns = [Column::words("提名"), Column::words("提名人"), Column::words("类别")];
        let row = |n: &NominationRow| vec![html! { a href=(n.href) { (n.what) } }, html! { (n.by) }, n.kind.show()];
        table("待审核的提名", &columns, &self.nominations.iter().map(row).collect::<Vec<_>>())
    }

    fn people(&self) -> Markup {
        let columns = [
            Column::words("姓名"),
            Column::codes("工号"),
            Column::words("岗位"),
            Column::words("部门或窗口"),
            Column::words("工作证"),
            Column::words("状态"),
        ];
        let row = |p: &StaffRow| {
            vec![
                html! { a href=(p.href) { (p.name) } },
                html! { (p.login) },
                html! { (p.duty) },
                html! { (p.place) },
                html! { (p.permit) @if !p.until.is_empty() { small { "至 " (p.until) } } },
                html! { div.row { @for t in &p.tags { (t.show()) } } },
            ]
        };
        table("在册人员", &columns, &self.rows.iter().map(row).collect::<Vec<_>>())
    }
}

/// A step that may be taken in somebody's registration.
#[derive(Debug, Clone)]
pub struct Step {
    /// `suspend`, `reinstate` or `end`.
    pub verb: &'static str,
    /// Where it goes.
    pub action: String,
    /// The field for the reason, with its problem.
    pub reason: Form,
}

/// One person.
#[derive(Debug, Clone)]
pub struct StaffPage {
    /// Name.
    pub name: String,
    /// State, and what wants attention.
    pub tags: Vec<Tag>,
    /// The registration.
    pub facts: Vec<Fact>,
    /// The permit's sheet, to be printed.
    pub permit: String,
    /// Where a change is nominated; empty where this person may not.
    pub change: String,
    /// What may be done.
    pub steps: Vec<Step>,
    /// The session's token.
    pub csrf: String,
}

impl StaffPage {
    /// The field for a reason; `mark` tells the forms of the page apart.
    pub fn reason_form(mark: &'static str, reason: &str) -> Form {
        let field = Field::new("reason", "原因", Kind::Lines { rows: 2 });
        Form {
            mark,
            ..Form::of(vec![field.hint("写入人员档案，登入用印公示账本的摘要，监察审计可见。").value(reason)])
        }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("人员", &self.name, "", html! { div.row { @for t in &self.tags { (t.show()) } } }))
            div.two.side {
                div.stack { section.sheet { h2 { "登记" } (facts(&self.facts)) } }
                div.stack {
                    section.sheet.stack-small {
                        h2 { "工作证" }
                        p { a href=(self.permit) { "打印工作证" } }
                        @if !self.change.is_empty() {
                            p.quiet { "岗位、窗口、值班时间、派驻和工作证期限的变更，须经中心同意。" }
                            p { a.button href=(self.change) { "提名变更…" } }
                        }
                    }
                    @if !self.steps.is_empty() {
                        section.sheet.stack-small {
                            h2 { "停职、恢复与离岗" }
                            @for step in &self.steps { (self.ask(step)) }
                        }
                    }
                }
            }
        }
    }

    fn ask(&self, step: &Step) -> Markup {
        let (button, title, consequences, sure): (_, _, &[&str], _) = match step.verb {
            "suspend" => (
                "停职…",
                "停止这个人的一切业务？",
                &["即刻生效：已登录的立即退出，正在审批而未用印的不再用印。", "恢复须由大厅管理员办理。"],
                "停职",
            ),
            "reinstate" => ("恢复…", "让这个人恢复在岗？", &["工作证在有效期内即可重新登录办理业务。"], "恢复"),
            _ => (
                "离岗…",
                "终止这个人的登记？",
                &["不能恢复；此人以后回来，须以新的工号另行提名。", "此前经办、审批的记录照旧保留。"],
                "终止登记",
            ),
        };
        let weight = if step.verb == "reinstate" { Weight::Calm } else { Weight::Danger };
        let open = step.reason.has_problems();
        let ask = Ask { button, title, consequences, sure, action: &step.action, csrf: &self.csrf, weight, open };
        ask.show(html! { (step.reason.summary()) (step.reason.show()) })
    }
}

/// A first password, shown once.
#[derive(Debug, Clone)]
pub struct FirstPassword {
    /// Who.
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// The password.
    pub password: String,
    /// Their page.
    pub href: String,
}

impl FirstPassword {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("人员", &format!("{}已登记", self.name), "首次口令只在本页显示这一次，请当面交给本人；离开本页后无法再看。", html! {}))
            section.sheet.stack-small {
                (facts(&[Fact::code("工号", &self.login), Fact::code("首次口令", &self.password)]))
                p { a.button href=(self.href) { "我已抄录，打开人员登记" } }
            }
        }
    }
}

/// A permit to be printed (工作证).
#[derive(Debug, Clone)]
pub struct Permit {
    /// The hall.
    pub hall: String,
    /// Name, department, duty, windows.
    pub facts: Vec<Fact>,
    /// Name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// From when to when.
    pub term: String,
}

impl Permit {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("人员", "工作证", "用浏览器打印本页，剪下后贴一寸免冠照片，加盖中心印章后有效。", html! {}))
            section.permit {
                header { p { (self.hall) } h2 { "工作证" } }
                div.photo { "贴照片处" }
                div.stack-small { p.type-h1 { (self.name) } (facts(&self.facts)) }
                footer { div { p { "编号 " span.code { (self.number) } } p { "有效期 " (self.term) } } span { "（盖章处）" } }
            }
        }
    }
}
