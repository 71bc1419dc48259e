//! One certificate's whole story, chapter by chapter.
use maud::{Markup, html};

use super::head;
use crate::compose::story::{Chapter, Part, Story};
use crate::web::kit::{Fact, facts, viewer::Viewer};

/// The page.
#[derive(Debug, Clone)]
pub struct StoryPage {
    /// What is told.
    pub story: Story,
    /// The pages as they were shown to the approvers.
    pub viewer: Viewer,
    /// The story as a PDF.
    pub pdf: String,
}

impl StoryPage {
    /// The page.
    pub fn show(&self) -> Markup {
        let story = &self.story;
        html! {
            (head("证照全过程", &story.title, &story.lead, html! { a.button href=(self.pdf) { "打开 PDF" } }))
            nav aria-label="本页目录" { ul.row { @for (i, c) in story.chapters.iter().enumerate() { li { a href={ "#c" (i + 1) } { (c.title) } } } } }
            @for (i, chapter) in story.chapters.iter().enumerate() { (self.chapter(i + 1, chapter)) }
        }
    }

    fn chapter(&self, number: usize, chapter: &Chapter) -> Markup {
        html! {
            section.sheet.stack-small id={ "c" (number) } {
                h2 { (number) "　" (chapter.title) }
                @for part in &chapter.parts { (self.part(part)) }
            }
        }
    }

    fn part(&self, part: &Part) -> Markup {
        match part {
            Part::Facts { facts: list } => {
                let list: Vec<Fact> = list.iter().map(|(name, value)| fact(name, value)).collect();
                facts(&list)
            }
            Part::Text { title, lines } => html! {
                details { summary { (title) } pre.code tabindex="0" { @for line in lines { (line) "\n" } } }
            },
            Part::Table { head, rows } => tabled(head, rows),
            Part::Note { text } => html! { p { (text) } },
            Part::Pages { .. } => self.viewer.show(),
        }
    }
}

/// A table whose heads are known only now.
fn tabled(head: &[String], rows: &[Vec<String>]) -> Markup {
    html! {
        div.frame tabindex="0" role="region" aria-label=(head.join("、")) {
            table.table {
                thead { tr { @for word in head { th scope="col" { (word) } } } }
                tbody { @for row in rows { tr { @for (word, cell) in head.iter().zip(row) { td data-label=(word) { div { (cell) } } } } } }
            }
        }
    }
}

/// A digest is set as one.
fn fact(name: &str, value: &str) -> Fact {
    let digest = value.len() >= 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
    if digest { Fact::code(name, value) } else { Fact::new(name, value) }
}
