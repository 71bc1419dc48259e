//! The verdict on a document, readable at arm's length: sign, word and colour say the same thing three times.
use maud::{Markup, html};

use super::icon;

/// What is said of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Genuine, whole, sealed by whom it names.
    Valid,
    /// Not genuine or changed.
    Invalid,
    /// Nothing wrong was found, but something could not be checked.
    Unsure,
    /// Genuine and valid when it was sealed, but no longer.
    Lapsed,
    /// There is no seal at all.
    Unsigned,
}

impl Verdict {
    /// The one word.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Valid => "有效",
            Verdict::Invalid => "无效",
            Verdict::Unsure => "不能确认",
            Verdict::Lapsed => "已失效",
            Verdict::Unsigned => "没有签章",
        }
    }
}

/// The banner.
#[derive(Debug, Clone)]
pub struct Banner {
    /// The verdict.
    pub verdict: Verdict,
    /// The cause, in one sentence.
    pub cause: String,
    /// What to do next, in one sentence.
    pub next: String,
}

impl Banner {
    /// Its markup; the word is the page's first heading.
    pub fn show(&self) -> Markup {
        let (class, icon) = match self.verdict {
            Verdict::Valid => ("valid", icon::good()),
            Verdict::Invalid => ("invalid", icon::wrong()),
            Verdict::Lapsed => ("invalid", icon::lapsed()),
            Verdict::Unsure => ("unsure", icon::unsure()),
            Verdict::Unsigned => ("unsigned", icon::unsigned()),
        };
        html! {
            section.verdict.(class) aria-label="验证结论" {
                (icon)
                div {
                    h1 tabindex="-1" data-focus { (self.verdict.word()) }
                    p { (self.cause) }
                    p.next { (self.next) }
                }
            }
        }
    }
}

/// How one check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Held.
    Yes,
    /// Failed.
    No,
    /// Could not be done.
    Open,
    /// Only to be known.
    Note,
}

/// One check: what was asked and what was found.
#[derive(Debug, Clone)]
pub struct Check {
    /// How it came out.
    pub outcome: Outcome,
    /// What was found, in one sentence.
    pub found: String,
    /// What it rests on, for those who ask further.
    pub detail: Option<String>,
}

/// All checks.
pub fn checks(list: &[Check]) -> Markup {
    html! {
        ul.checks {
            @for check in list {
                @let (class, word) = match check.outcome {
                    Outcome::Yes => ("yes", "通过"),
                    Outcome::No => ("no", "未通过"),
                    Outcome::Open => ("open", "未能检查"),
                    Outcome::Note => ("note", "说明"),
                };
                li.(class) {
                    div {
                        span.unseen { (word) "：" }
                        (check.found)
                        @if let Some(detail) = &check.detail { small { (detail) } }
                    }
                }
            }
        }
    }
}
