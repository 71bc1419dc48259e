//! What the hall's register says of the certificate that a QR code names.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Fact, Notice, Tag, Tone, facts};

/// One certificate as registered; nothing of whom it was made out to.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its kind.
    pub name: String,
    /// Its number.
    pub number: String,
    /// Its state.
    pub state: Tag,
    /// Why nobody may rely on it; nothing for a certificate in force.
    pub warning: Option<&'static str>,
    /// When it was sealed; empty before.
    pub sealed: String,
    /// Its last day; empty without a term.
    pub valid_to: String,
    /// What it may be used for alone, if it is an annotated copy; else empty.
    pub purpose: String,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// The certificates of the case.
    pub entries: Vec<Entry>,
    /// The moment of which all this is said.
    pub as_of: String,
}

impl Lookup {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("", "这张证照的登记", &format!("下面是本大厅截至 {} 的登记。请与您手中的纸面逐项核对：证照名称、编号、状态。", self.as_of), html! {}))
            @for entry in &self.entries {
                section.sheet.stack-small {
                    @if let Some(warning) = entry.warning { (Notice::new(Tone::Bad, warning).show()) }
                    div.row { h2 { (entry.name) } (entry.state.show()) }
                    (facts(&entry.facts()))
                }
            }
            section.notice.wait {
                div.icon { (crate::web::kit::icon::unsure()) }
                b { "纸面的其余内容，这里不能证明" }
                p { "二维码可以被复印到别的纸上。要确认全部内容，请索取 PDF 原文件，" a href="/verify" { "在这里验证" } "。" }
            }
        }
    }
}

impl Entry {
    fn facts(&self) -> Vec<Fact> {
        let sealed = if self.sealed.is_empty() { "—" } else { &self.sealed };
        let mut facts = vec![Fact::code("编号", &self.number), Fact::new("用印时间", sealed)];
        if !self.purpose.is_empty() {
            facts.push(Fact::new("加注件，仅供", &self.purpose));
        }
        if !self.valid_to.is_empty() {
            facts.push(Fact::new(if self.purpose.is_empty() { "有效期至" } else { "截止日期" }, &self.valid_to));
        }
        facts
    }
}

/// The page for a code that the hall has never given out.
pub fn unknown() -> Markup {
    html! {
        (head("", "没有查到这张证照", "", html! {}))
        div.notice.bad role="alert" {
            div.icon { (crate::web::kit::icon::wrong()) }
            b { "本大厅没有这一登记，请勿采信" }
            p { "请向出示人索取 PDF 原文件，在“" a href="/verify" { "验证证照" } "”中验证。" }
        }
    }
}
