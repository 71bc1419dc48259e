//! One case: its steps, what to do next, its certificates, what happened.
use maud::{Markup, html};

use super::cases::Due;
use super::head;
use crate::web::kit::{
    Fact, Tag, facts,
    steps::{Step, steps},
    viewer::Viewer,
};

/// What is to be done now.
#[derive(Debug, Clone)]
pub struct Next {
    /// In one sentence, with who.
    pub words: String,
    /// For this person: words and address; `None` when someone else is to act.
    pub action: Option<(String, String)>,
}

/// One certificate of the case.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// Its kind.
    pub name: String,
    /// Its number.
    pub number: String,
    /// Its state.
    pub state: Tag,
    /// Issuer, seals, digests, ledger index …
    pub facts: Vec<Fact>,
    /// Its pages.
    pub viewer: Viewer,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
    /// All the reasons of a refusal; mostly empty.
    pub reasons: Vec<String>,
}

/// The page.
#[derive(Debug, Clone)]
pub struct CasePage {
    /// The case's number.
    pub case: String,
    /// The item or joint matter.
    pub item: String,
    /// Who asks.
    pub asker: String,
    /// 重大, 并联 …
    pub marks: Vec<Tag>,
    /// Its time limit.
    pub due: Due,
    /// Its steps.
    pub steps: Vec<Step>,
    /// What is to be done now; `None` when all is done.
    pub next: Option<Next>,
    /// Limits, fee, materials, where and under which entrustment it was accepted.
    pub facts: Vec<Fact>,
    /// What this person may do with it beside its next step; may be nothing.
    pub acts: Vec<Markup>,
    /// Its certificates.
    pub certificates: Vec<Certificate>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
}

impl CasePage {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head(&format!("办件 {}", self.case), &self.item, &self.asker, html! {
                div.row { @for m in &self.marks { (m.show()) } (self.due.show()) }
            }))
            section.sheet { (steps(&self.steps)) }
            @if let Some(next) = &self.next {
                section.notice aria-label="下一步" {
                    div.icon { (crate::web::kit::icon::note()) }
                    b { "下一步" }
                    p { (next.words) }
                    @if let Some((words, href)) = &next.action { div { a.button.primary href=(href) { (words) } } }
                }
            }
            section.sheet { h2 { "受理" } (facts(&self.facts)) }
            @for c in &self.certificates { (c.show()) }
            @if !self.acts.is_empty() { section.sheet.stack-small { h2 { "办理" } @for act in &self.acts { (act) } } }
            section.sheet {
                h2 { "经过" }
                ol.stack-small {
                    @for e in &self.events {
                        li {
                            span.quiet.small { (e.at) " · " (e.who) }
                            div { (e.what) }
                            @if !e.reasons.is_empty() { ul.checks { @for r in &e.reasons { li.no { div { (r) } } } } }
                        }
                    }
                }
            }
        }
    }
}

impl Certificate {
    fn show(&self) -> Markup {
        html! {
            section.sheet {
                div.row { h2 { (self.name) } (self.state.show()) }
                div.two {
                    (facts(&self.facts))
                    (self.viewer.show())
                }
            }
        }
    }
}
