//! Pages for when it did not work: what happened, what to do, and the request's id.
use maud::{Markup, html};

use crate::web::kit::icon;

/// The page.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// All the reasons, when a rule said no; may be empty.
    pub reasons: Vec<String>,
    /// What to do now.
    pub what_to_do: String,
    /// The request's id.
    pub id: String,
}

impl Failure {
    /// The words for a status that comes without its own.
    pub fn of(status: u16, id: &str) -> Self {
        let (title, what_to_do) = match status {
            400 => ("这个请求看不懂", "请回到上一页重新填写后再提交。"),
            401 => ("请先登录", "登录后会回到您要去的页面。"),
            403 => ("您没有这项权限", "如果这是您的职责，请联系大厅管理员核对登记。"),
            404 => ("没有这个页面", "请核对网址；也许办件号或证号写错了。"),
            405 => ("这里不接受这种操作", "请从页面上的按钮进入。"),
            408 => ("等得太久，没有完成", "请再试一次；已经提交的不会重复办理。"),
            409 => ("情况已经变了", "请刷新页面，看清现在的状态再决定。"),
            413 => ("文件太大", "请换一个小一些的文件。"),
            422 => ("没有办成", "请按下面所列逐条改正。"),
            429 => ("请求太频繁", "请等一分钟再试。"),
            503 => ("服务暂时不能用", "请稍后再试；已经提交的不会丢失。"),
            _ => ("我们这边出错了", "没有办成的事不会留下一半。请再试一次；仍不行，请把下面的编号告诉管理员。"),
        };
        Failure { status, title: title.into(), reasons: Vec::new(), what_to_do: what_to_do.into(), id: id.into() }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            div.sheet.prose.stack-small {
                div.notice.(if self.status >= 500 { "bad" } else { "wait" }) {
                    div.icon { (icon::unsure()) }
                    h1 { (self.title) }
                    p { (self.what_to_do) }
                }
                @if !self.reasons.is_empty() { ul.checks { @for r in &self.reasons { li.no { div { (r) } } } } }
                p.small.quiet { "状态 " (self.status) " · 编号 " span.code { (self.id) } }
                div.row { a.button href="/" { "回到首页" } }
            }
        }
    }
}
