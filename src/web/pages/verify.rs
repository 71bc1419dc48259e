//! The public's question: is this document genuine?
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Fact, facts, icon,
    verdict::{Banner, Check, checks},
};

/// Asking.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// What was wrong with the last file, in one sentence; empty when nothing was.
    pub problem: String,
    /// The largest file taken, in words.
    pub limit: String,
}

impl Ask {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("", "这份证照是真的吗？", "放入 PDF 文件，当场查明：是不是本大厅签发、盖章以后有没有改动、印章当时是否有效。", html! {}))
            (self.drop())
            section.sheet.prose {
                h3 { "先知道三件事" }
                ul {
                    li { "文件只用来验证，验完即弃，不保存。" }
                    li { "打印件、截图、照片不能这样验证：请放入原 PDF 文件。" }
                    li { "结论有四种：有效、已失效、无效、不能确认。只有“有效”可以采信。" }
                }
            }
        }
    }

    /// The frame a file is dropped on, with its form.
    fn drop(&self) -> Markup {
        let bad = !self.problem.is_empty();
        html! {
            form method="post" action="/verify" enctype="multipart/form-data" {
                div.drop.bad[bad] data-drop {
                    (icon::file_in())
                    label for="file" { b { "把 PDF 拖到这里，或者选择文件" } }
                    input #file type="file" name="file" accept="application/pdf,.pdf" aria-describedby="file-limit file-problem" aria-invalid=[bad.then_some("true")];
                    p #file-limit .quiet.small { "最大 " (self.limit) }
                    p #file-problem .problem role="alert" hidden[!bad] { (self.problem) }
                    button.button.primary.big type="submit" { "验证" }
                }
            }
        }
    }
}

/// One seal found in the document.
#[derive(Debug, Clone)]
pub struct FoundSeal {
    /// The seal's name and owner.
    pub name: String,
    /// Sealed when, ledger index, certificate …
    pub facts: Vec<Fact>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The verdict.
    pub banner: Banner,
    /// The file's name, as sent.
    pub file: String,
    /// What was checked, the failed first.
    pub checks: Vec<Check>,
    /// All the reasons, the weightiest first; may be empty.
    pub reasons: Vec<String>,
    /// The seals.
    pub seals: Vec<FoundSeal>,
    /// For experts: indication, digests, identifiers.
    pub technical: Vec<Fact>,
    /// To ask again.
    pub again: Ask,
}

impl Answer {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (self.banner.show())
            @if !self.file.is_empty() { p.quiet { "文件：" (self.file) } }
            div.two {
                div.stack {
                    section.sheet { h2 { "查了什么" } (checks(&self.checks)) }
                    @if !self.reasons.is_empty() {
                        section.sheet { h2 { "说明" } ul.checks { @for r in &self.reasons { li.open { div { (r) } } } } }
                    }
                }
                div.stack {
                    @for s in &self.seals { section.sheet { h2 { (s.name) } (facts(&s.facts)) } }
                    @if self.seals.is_empty() { section.sheet { h2 { "印章" } p.quiet { "文件里没有找到可识别的电子印章。" } } }
                }
            }
            details.sheet { summary { "技术细节" } (facts(&self.technical)) }
            section.stack-small { h2 { "再验证一份" } (self.again.drop()) }
        }
    }
}
