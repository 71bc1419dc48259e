//! Signing in.
use maud::{Markup, html};

use crate::web::kit::{
    Field, Form, Kind,
    form::{self, Choice},
};

/// The form.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Login and password, with their problems.
    pub form: Form,
    /// Where to go afterwards: a path of this site.
    pub next: String,
    /// Accounts to choose from; only a demonstration shows any.
    pub accounts: Vec<(String, String)>,
}

impl SignIn {
    /// The fields. `windows` are the hall's.
    pub fn form(login: &str, windows: Vec<Choice>, window: &str) -> Form {
        Form::of(vec![
            Field::new("login", "工号（登录名）", Kind::Line { max: Some(64) }).value(login).autocomplete("username"),
            Field::new("password", "口令", Kind::Password).autocomplete("current-password"),
            Field::new("window", "所在窗口", Kind::Select(windows))
                .hint("窗口人员选今天值守的窗口，其他人员不选。")
                .value(window)
                .optional(),
        ])
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            div.two {
                section.sheet {
                    h1 { "工作人员登录" }
                    form.stack method="post" action="/sign-in" data-sign-in {
                        p.quiet { "只有大厅登记、持有效工作证的人员可以登录。" }
                        (self.form.summary())
                        (form::hidden("next", &self.next))
                        @for name in ["device", "device_at", "device_signature"] { (form::hidden(name, "")) }
                        (self.form.show())
                        div.actions { button.button.primary.big type="submit" { "登录" } }
                    }
                }
                div.stack {
                    section.sheet.stack-small {
                        h2 { "不是工作人员？" }
                        p { "验证一份证照是否真实，不需要登录。" }
                        a.button href="/verify" { "去验证证照" }
                    }
                    @if !self.accounts.is_empty() {
                        details.sheet {
                            summary { "演示账号（" (self.accounts.len()) "）" }
                            p.small.quiet { "口令在启动演示的窗口里。" }
                            dl.facts { @for (login, words) in &self.accounts { div { dt.code { (login) } dd { (words) } } } }
                        }
                    }
                }
            }
        }
    }
}
