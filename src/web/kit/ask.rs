//! A question asked once before what cannot be taken back. Works without JavaScript: the button opens a panel (`details`)
//! that says what will happen and holds the form that does it.
use maud::{Markup, html};

use super::form;

/// How grave the act is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It destroys, stops or refuses: drawn in red.
    Danger,
    /// It only needs a second thought.
    Calm,
}

/// The question.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The words on the button that opens it.
    pub button: &'a str,
    /// What will happen, as a question: `停用这枚印章？`.
    pub title: &'a str,
    /// The consequences, each a sentence.
    pub consequences: &'a [&'a str],
    /// The words on the button that does it.
    pub sure: &'a str,
    /// Where the form goes (POST).
    pub action: &'a str,
    /// The session's CSRF token.
    pub csrf: &'a str,
    /// How grave it is.
    pub weight: Weight,
    /// Open from the start, as after a refusal.
    pub open: bool,
}

impl Ask<'_> {
    /// Its markup; `inner` are the fields of the form.
    pub fn show(&self, inner: Markup) -> Markup {
        self.show_as(inner, None, None)
    }

    /// The same with a file among the fields.
    pub fn show_with_file(&self, inner: Markup) -> Markup {
        self.show_as(inner, Some("multipart/form-data"), None)
    }

    /// The same where a passkey signs the act: `signs` is where the script asks what.
    pub fn show_confirmed(&self, signs: Option<&str>, inner: Markup) -> Markup {
        self.show_as(inner, None, signs)
    }

    fn show_as(&self, inner: Markup, encoding: Option<&str>, signs: Option<&str>) -> Markup {
        let danger = self.weight == Weight::Danger;
        html! {
            details.ask open[self.open] {
                summary.button.danger[danger] { (self.button) }
                form.ask-body.calm[!danger] method="post" action=(self.action) enctype=[encoding] data-passkey=[signs] {
                    (form::csrf(self.csrf))
                    h3 { (self.title) }
                    @for line in self.consequences { p { (line) } }
                    (inner)
                    div.row {
                        button.button.(if danger { "danger" } else { "primary" }).sure type="submit" { (self.sure) }
                        button.button.plain type="button" data-close { "不了，收起" }
                    }
                }
            }
        }
    }
}
