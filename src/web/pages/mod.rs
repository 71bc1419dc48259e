//! The pages: each file holds what a page shows (plain structs) and its markup. No act, no session, no database here;
//! `desks` fills them in.
pub mod about;
pub mod account;
pub mod approval;
pub mod calendar;
pub mod case;
pub mod cases;
pub mod delivery;
pub mod design;
pub mod devices;
pub mod failure;
pub mod figures;
pub mod findings;
pub mod hall;
pub mod inbox;
pub mod items;
pub mod ledger;
pub mod letters;
pub mod lookup;
pub mod new_case;
pub mod nomination;
pub mod rota;
pub mod samples;
pub mod seal_steps;
pub mod seals;
pub mod sign_in;
pub mod staff;
pub mod story;
pub mod uses;
pub mod verify;

use maud::{Markup, html};

/// The head of a page: what it belongs to, its title, a sentence, and what can be done.
pub fn head(eyebrow: &str, title: &str, lead: &str, actions: Markup) -> Markup {
    html! {
        div.head {
            div {
                @if !eyebrow.is_empty() { p.eyebrow { (eyebrow) } }
                h1 { (title) }
                @if !lead.is_empty() { p.lead { (lead) } }
            }
            (actions)
        }
    }
}
