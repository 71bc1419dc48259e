//! What one revision holds that lets two programs, or one program at two times, show different things.
//!
//! Shadow attacks (Mainka, Mladenov, Rohlmann: "Shadow Attacks: Hiding and Replacing Content in Signed PDFs", 2021) prepare a
//! document before it is signed: something hides (an image over text), something differs (a form field's value and what it
//! shows), something waits (a second page to which nothing refers yet). The revision that springs the trap is found by
//! comparing revisions; here the trap itself is found, and with it content that changes without any later revision: scripts,
//! layers, XFA, content elsewhere.
//!
//! This adds doubts and is no gate: what cannot be followed is passed over, and silence proves nothing; but that a search ended
//! early is said. Work is bounded by [`Limits`](super::Limits) and by limits of its own.

mod actions;
mod annotations;
mod code;
mod content;
mod cover;
mod everybodys;
mod filled;
mod filler;
mod font;
mod geometry;
mod grounds;
mod images;
mod ink;
mod inventory;
mod layers;
mod line;
mod listing;
mod look;
mod mark;
mod operands;
mod page;
mod paper;
mod reader;
mod said;
mod standard;
mod state;
#[cfg(test)]
mod tests;
mod ticked;
mod tree;
mod values;
mod veil;

use super::ReadError;
use super::document::Document;
use super::repair::Repair;
use super::value::Id;
use inventory::Inventory;
use layers::Layers;
use page::Page;
use reader::Reader;

pub use code::{Prepared, PreparedCode, Weight};
pub(super) use content::{Token, token};
pub(super) use listing::Listing;
pub(super) use paper::Paper;
pub(super) use reader::Budget;
pub(super) use veil::{Look, draws_content, veils};

/// Findings of one weight listed of one revision; more are not more telling.
const MAX_FOUND: usize = 50;

impl Document<'_> {
    /// What `revision` and those before it have prepared, in no order that means something; empty if nothing was found.
    ///
    /// Costs about as much as parsing all objects once, and following the content of the pages. If the catalog or the page tree
    /// cannot be read, or [`Limits`](super::Limits) are reached, that is itself something found: who prepares a trap would
    /// have the search end before it.
    pub fn prepared(&self, revision: usize) -> Vec<Prepared> {
        let mut finder = Finder { reader: Reader::new(self.as_of(revision)), found: Vec::new() };
        if finder.search(self, revision).is_err() {
            finder.add(PreparedCode::NotSearched, None, None);
        }
        if finder.reader.has_left_out() {
            finder.add(PreparedCode::NotFollowed, None, None);
        }
        finder.found
    }
}

/// What was found so far, in one view.
struct Finder<'d, 'a> {
    reader: Reader<'d, 'a>,
    found: Vec<Prepared>,
}

impl Finder<'_, '_> {
    fn search(&mut self, document: &Document<'_>, revision: usize) -> Result<(), ReadError> {
        self.document(document, revision)?;
        for (number, id) in self.reader.view.pages()?.into_iter().enumerate() {
            self.page(number, id)?;
        }
        Ok(())
    }

    /// Notes a finding, of each kind one a page.
    fn add(&mut self, code: PreparedCode, page: Option<usize>, object: Option<Id>) {
        let is_known = self.found.iter().any(|found| found.code == code && found.page == page);
        // What weighs little must not crowd out what weighs much.
        let alike = self.found.iter().filter(|found| found.code.weight() == code.weight()).count();
        if !is_known && alike < MAX_FOUND {
            self.found.push(Prepared { code, page, object });
        }
    }

    /// What concerns no page.
    fn document(&mut self, document: &Document<'_>, revision: usize) -> Result<(), ReadError> {
        let (id, catalog) = self.reader.view.catalog()?;
        for code in actions::of_catalog(&self.reader, &catalog)? {
            self.add(code, None, Some(id));
        }
        let inventory = Inventory::take(document, revision)?;
        let used = inventory.used();
        if inventory.misses(&used) {
            document.input.repairs.note(Repair::Unreadable);
        }
        for (object, code) in inventory.notable(&used) {
            self.add(code, None, Some(object));
        }
        for (object, code) in inventory.unused(&self.reader, &used)? {
            self.add(code, None, Some(object));
        }
        let end = document.revisions().get(revision).map_or(0, |revision| revision.end);
        for (object, code) in inventory.unlisted(&self.reader, end) {
            let is_missed = used.contains(&object.number) && !inventory.lists(object.number);
            self.add(if is_missed { PreparedCode::UnlistedInUse } else { code }, None, Some(object));
        }
        if tree::is_ambiguous(&self.reader, &catalog)? {
            self.add(PreparedCode::PageTree, None, Some(id));
        }
        let Some(layers) = Layers::read(&self.reader, &catalog)? else { return Ok(()) };
        let referred = inventory.referred_to(&used, &layers.arrangement, id);
        for (group, code) in &layers.found {
            if referred.contains(&group.number) {
                self.add(*code, None, Some(*group));
            }
        }
        Ok(())
    }

    fn page(&mut self, number: usize, id: Id) -> Result<(), ReadError> {
        let Some(page) = Page::read(&self.reader, id)? else { return Ok(()) };
        if let Some(code) = actions::additional(&self.reader, &page.dict, &["O", "C"])? {
            self.add(code, Some(number), Some(id));
        }
        let annotations = annotations::of_page(&self.reader, &page)?;
        for annotation in &annotations {
            for code in annotation.judge(&self.reader)? {
                self.add(code, Some(number), annotation.id);
            }
        }
        for (object, code) in cover::on_page(&self.reader, &page, &annotations)? {
            self.add(code, Some(number), object);
        }
        Ok(())
    }
}
