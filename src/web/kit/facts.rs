//! Names and values, one under the other.
use maud::{Markup, html};

/// A name and its value.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value; line breaks are kept.
    pub value: Markup,
}

impl Fact {
    /// A fact in plain words.
    pub fn new(name: impl Into<String>, value: impl AsRef<str>) -> Self {
        Fact { name: name.into(), value: html! { (value.as_ref()) } }
    }

    /// A digest, a number: set in a fixed-width face.
    pub fn code(name: impl Into<String>, value: impl AsRef<str>) -> Self {
        Fact { name: name.into(), value: html! { span.digest { (value.as_ref()) } } }
    }

    /// A fact with markup of its own.
    pub fn marked(name: impl Into<String>, value: Markup) -> Self {
        Fact { name: name.into(), value }
    }
}

/// A list of facts.
pub fn facts(list: &[Fact]) -> Markup {
    html! { dl.facts { @for f in list { div { dt { (f.name) } dd { (f.value) } } } } }
}
