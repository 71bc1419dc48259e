//! The frame around every page: skip link, hall, person, desks, notice, foot.
use maud::{DOCTYPE, Markup, html};

use super::{Notice, form, icon};

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name on the permit.
    pub name: String,
    /// Duty and department or window: `窗口人员 · A01 综合受理一窗`.
    pub place: String,
}

/// A desk in the navigation.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Its name.
    pub name: &'static str,
    /// Where it is.
    pub href: &'static str,
    /// How many things wait there.
    pub waiting: Option<usize>,
}

/// What the frame needs to know.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// The page's title, without the hall.
    pub title: String,
    /// The hall's name.
    pub hall: String,
    /// The path of the current desk, to mark it.
    pub here: String,
    /// Who is signed in; `None` for the public.
    pub person: Option<Person>,
    /// The desks this person has.
    pub desks: Vec<Desk>,
    /// The session's CSRF token; empty for the public.
    pub csrf: String,
    /// What the last act had to say.
    pub notice: Option<Notice>,
    /// A page of two columns takes more width.
    pub wide: bool,
    /// Signs with passkeys or the device's key: the page of somebody who signs in or is signed in.
    pub access: Option<Access>,
}

/// What the script that signs has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The hall's clock, in seconds since 1970.
    pub now: i64,
    /// The public name of the session, where it is bound to a device.
    pub session: Option<String>,
}

/// Where style and script lie; the query changes with their content, so that they may be kept for ever.
pub mod asset {
    /// The style sheet.
    pub const CSS: &str = include_str!("../assets/yinxin.css");
    /// The script.
    pub const JS: &str = include_str!("../assets/yinxin.js");
    /// The script of those who sign.
    pub const ACCESS: &str = include_str!("../assets/access.js");
    /// The mark, as the window's icon.
    pub const MARK: &str = include_str!("../assets/mark.svg");

    /// A short name of the content of all of them, computed once.
    pub fn version() -> &'static str {
        static VERSION: std::sync::OnceLock<String> = std::sync::OnceLock::new();
        VERSION.get_or_init(|| {
            let all = [CSS, JS, ACCESS, MARK].map(str::as_bytes);
            let all = crate::digest::Digest::of_parts(&all).to_string();
            all.chars().take(12).collect()
        })
    }
}

impl Shell {
    /// The whole document around `body`.
    pub fn show(&self, body: Markup) -> Markup {
        let v = asset::version();
        html! {
            (DOCTYPE)
            html lang="zh-CN" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · " (self.hall) }
                    link rel="icon" type="image/svg+xml" href={ "/assets/mark.svg?" (v) };
                    link rel="stylesheet" href={ "/assets/yinxin.css?" (v) };
                    @if self.access.is_some() { script src={ "/assets/access.js?" (v) } defer {} }
                    script src={ "/assets/yinxin.js?" (v) } defer {}
                }
                @let now = self.access.as_ref().map(|access| access.now);
                @let session = self.access.as_ref().and_then(|access| access.session.as_ref());
                body.wide[self.wide] data-now=[now] data-device-session=[session] {
                    a.skip href="#main" accesskey="s" { "跳到正文" }
                    (self.top())
                    main #main tabindex="-1" {
                        div.width.stack {
                            @if let Some(notice) = &self.notice { (notice.show()) }
                            (body)
                        }
                    }
                    (self.foot())
                }
            }
        }
    }

    fn top(&self) -> Markup {
        html! {
            header.top {
                div.width {
                    div.top-row {
                        a.brand href="/" accesskey="1" { (icon::mark()) span { "印信" small { (self.hall) } } }
                        @if let Some(person) = &self.person {
                            div.who {
                                div { b { a href="/account" { (person.name) } } span { (person.place) } }
                                form method="post" action="/sign-out" { (form::csrf(&self.csrf)) button.button type="submit" { "退出" } }
                            }
                        } @else {
                            div.who { a href="/sign-in" { "工作人员登录" } }
                        }
                    }
                    nav.nav aria-label="主导航" {
                        ul { @for (i, desk) in self.desks.iter().enumerate() { li { (self.tab(desk, i + 2)) } } }
                    }
                }
            }
        }
    }

    fn tab(&self, desk: &Desk, key: usize) -> Markup {
        html! {
            a href=(desk.href) accesskey=[(key < 10).then_some(key)] aria-current=[(desk.href == self.here).then_some("page")] {
                (desk.name)
                @if let Some(n) = desk.waiting.filter(|n| *n > 0) { span.count { (n) span.unseen { "件待办" } } }
            }
        }
    }

    fn foot(&self) -> Markup {
        html! {
            footer.foot {
                div.width {
                    span { (self.hall) }
                    a href="/items" { "办事指南" }
                    a href="/verify" { "验证证照" }
                    a href="/ledger" { "用印公示账本" }
                    a href="/about" { "关于印信" }
                }
            }
        }
    }
}
