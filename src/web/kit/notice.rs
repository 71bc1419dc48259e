//! Notices (something was done, something is to be known) and the three states of a region: empty, loading, failed.
use maud::{Markup, html};

use super::icon;

/// What a notice or a tag says before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// To be known; also: under way.
    Calm,
    /// Done, good.
    Good,
    /// Waits, or wants attention.
    Wait,
    /// Refused, failed, dangerous.
    Bad,
}

impl Tone {
    pub(super) fn class(self) -> Option<&'static str> {
        match self {
            Tone::Calm => None,
            Tone::Good => Some("ok"),
            Tone::Wait => Some("wait"),
            Tone::Bad => Some("bad"),
        }
    }

    fn icon(self) -> Markup {
        match self {
            Tone::Calm => icon::note(),
            Tone::Good => icon::good(),
            Tone::Wait => icon::unsure(),
            Tone::Bad => icon::wrong(),
        }
    }
}

/// One message at the head of a page or a panel.
#[derive(Debug, Clone)]
pub struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// One sentence.
    pub title: String,
    /// What follows from it, each a line; may be empty.
    pub lines: Vec<String>,
}

impl Notice {
    /// A notice of one sentence.
    pub fn new(tone: Tone, title: impl Into<String>) -> Self {
        Notice { tone, title: title.into(), lines: Vec::new() }
    }

    /// The same with further lines.
    pub fn with(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.lines.extend(lines);
        self
    }

    /// Its markup; read out at once by screen readers when it says that something went wrong.
    pub fn show(&self) -> Markup {
        let role = if self.tone == Tone::Bad { "alert" } else { "status" };
        html! {
            div.notice.(self.tone.class().unwrap_or("calm")) role=(role) {
                div.icon { (self.tone.icon()) }
                b { (self.title) }
                @match self.lines.as_slice() {
                    [] => {}
                    [one] => p { (one) },
                    many => ul { @for line in many { li { (line) } } },
                }
            }
        }
    }
}

/// A region with nothing in it: why, and what can be done (`action`: words and address).
pub fn empty(title: &str, why: &str, action: Option<(&str, &str)>) -> Markup {
    html! {
        div.state {
            (icon::empty())
            b { (title) }
            p { (why) }
            @if let Some((words, href)) = action { a.button href=(href) { (words) } }
        }
    }
}

/// A region whose content is on its way.
pub fn loading(what: &str) -> Markup {
    html! { div.state role="status" { div.bar aria-hidden="true" {} p { (what) } } }
}

/// A region whose content could not be had; `id` is the request's, for whoever is asked.
pub fn failed(title: &str, what_to_do: &str, id: &str) -> Markup {
    html! {
        div.state role="alert" {
            (icon::wrong())
            b { (title) }
            p { (what_to_do) }
            p.small { "编号 " span.code { (id) } }
        }
    }
}
