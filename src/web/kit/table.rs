//! Tables that become cards on a phone, tags for states, and paging.
use maud::{Markup, html};

use super::notice::Tone;

/// A column: its heading, and how its cells are set.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    heading: &'static str,
    class: Option<&'static str>,
}

impl Column {
    /// A column of words.
    pub const fn words(heading: &'static str) -> Self {
        Column { heading, class: None }
    }

    /// A column of numbers, set to the right.
    pub const fn numbers(heading: &'static str) -> Self {
        Column { heading, class: Some("num") }
    }

    /// A column of codes, set in a fixed-width face and not broken.
    pub const fn codes(heading: &'static str) -> Self {
        Column { heading, class: Some("code") }
    }
}

/// A table. `caption` is always read out; `rows` have one cell a column. One of numbers that is slim stays a table on a phone.
pub fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    let slim = columns.len() <= 3 && columns.iter().any(|c| c.class == Some("num"));
    html! {
        div.frame tabindex="0" role="region" aria-label=(caption) {
            table.table.slim[slim] {
                thead { tr { @for c in columns { th scope="col" class=[c.class] { (c.heading) } } } }
                tbody {
                    @for row in rows {
                        tr { @for (c, cell) in columns.iter().zip(row) { td class=[c.class] data-label=(c.heading) { div { (cell) } } } }
                    }
                }
            }
        }
    }
}

/// A state in one word.
#[derive(Debug, Clone)]
pub struct Tag {
    /// How it is meant; `None` for a mere mark (重大, 即办件).
    pub tone: Option<Tone>,
    /// The word.
    pub word: String,
}

impl Tag {
    /// A state.
    pub fn state(tone: Tone, word: impl Into<String>) -> Self {
        Tag { tone: Some(tone), word: word.into() }
    }

    /// A mark that is no state.
    pub fn mark(word: impl Into<String>) -> Self {
        Tag { tone: None, word: word.into() }
    }

    /// Its markup.
    pub fn show(&self) -> Markup {
        let class = match self.tone {
            None => "mark",
            Some(tone) => tone.class().unwrap_or("go"),
        };
        html! { span.tag.(class) { (self.word) } }
    }
}

/// Where a list stands, and where it goes on.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// What is shown, in words: `第 1–50 条，共 1,204 条`.
    pub shown: String,
    /// The address of the page before.
    pub before: Option<String>,
    /// The address of the page after.
    pub after: Option<String>,
}

impl Pager {
    /// Its markup.
    pub fn show(&self) -> Markup {
        html! {
            nav.pager aria-label="翻页" {
                span { (self.shown) }
                span.row {
                    @if let Some(href) = &self.before { a.button href=(href) rel="prev" { "上一页" } }
                    @if let Some(href) = &self.after { a.button href=(href) rel="next" { "下一页" } }
                }
            }
        }
    }
}
