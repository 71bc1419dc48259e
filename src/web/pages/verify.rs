//! The public's question: is this document genuine?
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Fact, facts,
    figure::Figure,
    icon,
    verdict::{Banner, Check, checks},
};

/// Asking.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// What was wrong with the last file, in one sentence; empty when nothing was.
    pub problem: String,
    /// The largest file taken, in words.
    pub limit: String,
    /// How often one may ask, in words.
    pub rate: String,
}

impl Ask {
    /// The page.
    pub fn show(&self) -> Markup {
        self.show_with(&Find::default())
    }

    /// The page, with what was asked of the register last.
    pub fn show_with(&self, find: &Find) -> Markup {
        html! {
            (head("", "这份证照是真的吗？", "放入 PDF 文件，当场查明：是不是本大厅签发、盖章以后有没有改动、印章当时是否有效。", html! {}))
            (self.drop())
            section.sheet {
                h2.as-h3 { "先知道三件事" }
                div.prose {
                    ul {
                        li { "文件只在内存中验证，验完即弃，不保存、不记录内容。" }
                        li { "打印件、截图、照片不能这样验证：请放入原 PDF 文件。" }
                        li { "结论有五种：有效、已失效、无效、不能确认、没有签章。只有“有效”可以采信。" }
                    }
                }
            }
            (find.show())
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
                    p #file-limit .quiet.small { "最大 " (self.limit) "；" (self.rate) }
                    p #file-problem .problem role="alert" hidden[!bad] { (self.problem) }
                    button.button.primary.big type="submit" { "验证" }
                    p.quiet role="status" aria-live="polite" data-busy="正在验证，请稍候……" {}
                }
            }
        }
    }
}

/// Asking the register by what stands on paper, where the QR code cannot be scanned.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// The number, as sent.
    pub number: String,
    /// The code, as sent.
    pub code: String,
    /// What was wrong, in one sentence; empty when nothing was.
    pub problem: String,
}

impl Find {
    /// The form.
    pub fn show(&self) -> Markup {
        let bad = !self.problem.is_empty();
        html! {
            section.sheet.find {
                h2.as-h3 { "手里只有纸面？查登记" }
                p.quiet { "扫描纸面上的二维码最方便。扫不了的，填编号和查询码：查询码是二维码网址末尾的 16 位字母和数字，只有编号查不到任何内容。" }
                form.filter method="get" action="/q" {
                    div.field {
                        label for="number" { "证照编号或办件编号" }
                        input #number .code name="number" required maxlength="60" autocomplete="off" value=(self.number);
                    }
                    div.field.bad[bad] {
                        label for="code" { "查询码" }
                        input #code .code name="code" required maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" value=(self.code) aria-describedby="code-problem" aria-invalid=[bad.then_some("true")];
                    }
                    button.button type="submit" { "查询登记" }
                }
                p #code-problem .problem role="alert" hidden[!bad] { (self.problem) }
            }
        }
    }
}

/// One seal found in the document.
#[derive(Debug, Clone)]
pub struct FoundSeal {
    /// The seal's name and owner.
    pub name: String,
    /// Its own verdict: the sign's class and the word.
    pub verdict: (&'static str, &'static str),
    /// Sealed when, ledger index, certificate …
    pub facts: Vec<Fact>,
    /// What is to be said of it alone; may be empty.
    pub reasons: Vec<Check>,
}

/// A page with seals, and what looks different today.
#[derive(Debug, Clone)]
pub struct View {
    /// What the pictures come to, in one sentence; may be empty.
    pub note: String,
    /// The page as signed; then pairs, as signed and today, of what differs.
    pub figures: Vec<Figure>,
}

/// A report to take away: the file's name, what it is, and a data URI.
#[derive(Debug, Clone)]
pub struct Download {
    /// What the file is called.
    pub name: String,
    /// What it is, in a few words.
    pub words: &'static str,
    /// The file itself.
    pub href: String,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The verdict.
    pub banner: Banner,
    /// The file's name as sent, its size, and the time of asking.
    pub file: Vec<String>,
    /// What was checked, the failed first.
    pub checks: Vec<Check>,
    /// All the reasons, the weightiest first; may be empty.
    pub reasons: Vec<Check>,
    /// The seals.
    pub seals: Vec<FoundSeal>,
    /// What it looks like; may be empty.
    pub views: Vec<View>,
    /// For experts: indication, digests, identifiers.
    pub technical: Vec<Fact>,
    /// Reports to take away; may be empty.
    pub downloads: Vec<Download>,
    /// To ask again.
    pub again: Ask,
}

impl Answer {
    /// The page.
    pub fn show(&self) -> Markup {
        // Pictures to be compared need the whole width; one alone stands beside the words.
        let pairs = self.views.iter().any(|view| view.figures.len() > 1);
        html! {
            (self.banner.show())
            p.quiet { (self.file.join(" · ")) br; "文件只在内存中验证，没有保存。" }
            @if pairs { (self.pictures()) }
            div.two {
                div.stack {
                    section.sheet { h2 { "查了什么" } (checks(&self.checks)) }
                    @if !self.reasons.is_empty() {
                        section.sheet { h2 { "说明" } (checks(&self.reasons)) }
                    }
                    @if !self.views.is_empty() && !pairs { (self.seals()) }
                }
                div.stack {
                    @if self.views.is_empty() || pairs { (self.seals()) } @else { (self.pictures()) }
                }
            }
            details.sheet { summary { "技术细节" } (facts(&self.technical)) }
            (self.reports())
            section.stack-small.again { h2 { "再验证一份" } (self.again.drop()) }
        }
    }

    fn seals(&self) -> Markup {
        html! {
            @for (index, seal) in self.seals.iter().enumerate() {
                section.sheet.found {
                    div.row {
                        h2 { @if self.seals.len() > 1 { span.number { "签章 " (index + 1) } " " } (seal.name) }
                        span.tag.(seal.verdict.0) { (seal.verdict.1) }
                    }
                    (facts(&seal.facts))
                    @if !seal.reasons.is_empty() { (checks(&seal.reasons)) }
                }
            }
            @if self.seals.is_empty() { section.sheet { h2 { "印章" } p.quiet { "文件里没有找到可识别的电子印章。" } } }
        }
    }

    fn pictures(&self) -> Markup {
        let figures = || self.views.iter().flat_map(|view| &view.figures);
        html! {
            section.sheet.views {
                h2 { "盖章的页面" }
                p.quiet.small {
                    @if figures().any(|figure| !figure.seals.is_empty()) { "实线框内是签章。" }
                    @if figures().any(|figure| !figure.differences.is_empty()) { "虚线框内是看起来不同的地方，小的在下面放大。" }
                    "图像只供对照，结论以上面的为准。"
                }
                @for view in &self.views {
                    @if !view.note.is_empty() { p { b { (view.note) } } }
                    div.figures.pairs[view.figures.len() > 1] { @for figure in &view.figures { (figure.show()) } }
                }
            }
        }
    }

    fn reports(&self) -> Markup {
        html! {
            @if !self.downloads.is_empty() {
                section.sheet.reports {
                    h2 { "带走验证报告" }
                    p.quiet { "报告本身不能证明文件真伪：要采信的人，请自己用原 PDF 文件再验证一次。" }
                    div.row {
                        @for one in &self.downloads { a.button href=(one.href) download=(one.name) { (one.words) } }
                    }
                }
            }
        }
    }
}
