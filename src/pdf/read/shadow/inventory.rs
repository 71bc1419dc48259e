//! Everything a revision's bytes hold: what is used, what is listed and not used, what is not even listed.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::super::ReadError;
use super::super::document::Document;
use super::super::rebuild::{MAX_HEADER, header_before};
use super::super::syntax::Parser;
use super::super::value::Id;
use super::super::xref::Entry;
use super::code::PreparedCode;
use super::content::Canvas;
use super::geometry::Rect;
use super::listing::{Kind, Listed, count};
use super::reader::Reader;

/// Unlisted objects looked at in one place.
const MAX_UNLISTED: usize = 1000;
/// Bytes looked at between two listed objects.
const MAX_GAP: usize = 16 << 20;
/// Texts in a stream that could stand for a page's content.
const PAGE_TEXTS: usize = 3;

/// All objects up to the end of one revision. Definitions of one number in several revisions are taken together, so that what
/// any of them used is used: editing leaves such behind.
#[derive(Default)]
pub(super) struct Inventory {
    nodes: HashMap<u32, Node>,
    roots: Vec<u32>,
    spans: Vec<Range<usize>>,
    /// Where objects begin that could not be read.
    unreadable: HashMap<u32, usize>,
    notable: Vec<(Id, PreparedCode)>,
    /// Descriptors of fonts whose letters are drawings in the file (Type 3).
    drawn_fonts: HashSet<u32>,
    /// Object streams with the number of objects they say they hold.
    containers: HashMap<u32, usize>,
    /// The places in object streams that are listed.
    packed: HashMap<u32, HashSet<usize>>,
}

#[derive(Default)]
struct Node {
    references: Vec<u32>,
    kind: Kind,
}

impl Inventory {
    pub(super) fn take(document: &Document<'_>, revision: usize) -> Result<Self, ReadError> {
        let mut inventory = Self::default();
        for revision in 0..=revision {
            let listing = document.listing(revision)?;
            document.charge_lookups(listing.objects.len())?;
            inventory.roots.extend(&listing.roots);
            inventory.spans.extend_from_slice(listing.spans());
            for listed in &listing.objects {
                inventory.entry(listed);
            }
        }
        inventory.spans.sort_by_key(|span| span.start);
        Ok(inventory)
    }

    fn entry(&mut self, listed: &Listed) {
        let offset = match listed.entry {
            Entry::At { offset, .. } => offset,
            Entry::Packed { container, index } => {
                self.packed.entry(container).or_default().insert(index);
                0
            }
            Entry::Free => return,
        };
        let Some(facts) = &listed.facts else {
            self.unreadable.insert(listed.number, offset);
            return;
        };
        self.notable.extend(&facts.notable);
        self.containers.extend(facts.holds.map(|count| (listed.number, count)));
        self.drawn_fonts.extend(facts.descriptor);
        let node = self.nodes.entry(listed.number).or_default();
        node.references.extend(&facts.references);
        node.kind = facts.kind;
    }

    /// Something that is used cannot be read: some programs take it for nothing, others look for it all over the file.
    pub(super) fn misses(&self, used: &HashSet<u32>) -> bool {
        self.unreadable.keys().any(|number| used.contains(number))
    }

    /// What is used, by the references from the trailers.
    pub(super) fn used(&self) -> HashSet<u32> {
        let (mut used, mut queue) = (HashSet::new(), self.roots.clone());
        while let Some(number) = queue.pop() {
            if used.insert(number) {
                queue.extend(self.nodes.get(&number).iter().flat_map(|node| &node.references));
            }
        }
        used
    }

    /// Actions and content elsewhere, of objects that are used.
    pub(super) fn notable<'s>(&'s self, used: &'s HashSet<u32>) -> impl Iterator<Item = (Id, PreparedCode)> + 's {
        let is_drawn = |(id, code): &(Id, PreparedCode)| {
            *code == PreparedCode::UnembeddedFont && self.drawn_fonts.contains(&id.number)
        };
        self.notable.iter().copied().filter(move |found| used.contains(&found.0.number) && !is_drawn(found))
    }

    /// To what the objects in use refer, other than the catalog and `arrangement`.
    pub(super) fn referred_to(&self, used: &HashSet<u32>, arrangement: &HashSet<u32>, catalog: Id) -> HashSet<u32> {
        let counts = |number: &u32| *number != catalog.number && used.contains(number) && !arrangement.contains(number);
        let nodes = self.nodes.iter().filter(|(number, _)| counts(number));
        nodes.flat_map(|(_, node)| &node.references).copied().collect()
    }

    /// What is listed and not used, though it could be shown.
    pub(super) fn unused(
        &self,
        reader: &Reader<'_, '_>,
        used: &HashSet<u32>,
    ) -> Result<Vec<(Id, PreparedCode)>, ReadError> {
        let mut found = Vec::new();
        // What an unreadable object refers to is not known.
        if self.misses(used) {
            return Ok(found);
        }
        let is_unused_page = |number: &u32| {
            let kind = self.nodes.get(number).map(|node| node.kind);
            !used.contains(number) && matches!(kind, Some(Kind::Page | Kind::Pages))
        };
        let mut unused: Vec<_> = self.nodes.iter().filter(|(number, _)| !used.contains(number)).collect();
        unused.sort_unstable_by_key(|(number, _)| **number);
        for (number, node) in unused {
            let id = Id::new(*number);
            let code = match node.kind {
                // One that only repeats what is used, as some writers leave it, has nothing to show.
                Kind::Catalog if node.references.iter().any(is_unused_page) => PreparedCode::UnusedCatalog,
                Kind::Page => PreparedCode::UnusedPage,
                Kind::Content => PreparedCode::UnusedContent,
                Kind::Font => PreparedCode::UnusedFont,
                Kind::Stream if is_text(reader, id)? => PreparedCode::UnusedContent,
                _ => continue,
            };
            found.push((id, code));
        }
        Ok(found)
    }

    /// A cross-reference names an object of this number.
    pub(super) fn lists(&self, number: u32) -> bool {
        self.nodes.contains_key(&number) || self.unreadable.contains_key(&number)
    }

    /// Objects in the bytes of these revisions that no cross-reference lists.
    pub(super) fn unlisted(&self, reader: &Reader<'_, '_>, end: usize) -> Vec<(Id, PreparedCode)> {
        let mut found = self.between(reader, end);
        for (container, count) in &self.containers {
            let listed = self.packed.get(container);
            if listed.map_or(0, HashSet::len) < *count {
                found.extend(unlisted_packed(reader, Id::new(*container), listed).unwrap_or_default());
            }
        }
        found
    }

    /// Objects in the bytes between those that are listed.
    fn between(&self, reader: &Reader<'_, '_>, end: usize) -> Vec<(Id, PreparedCode)> {
        let (mut found, mut at) = (Vec::new(), 0);
        let starts: HashSet<usize> = self.unreadable.values().copied().collect();
        for span in self.spans.iter().chain([&(end..end)]) {
            if at < span.start
                && found.len() < MAX_UNLISTED
                && let Some(bytes) = reader.bytes(at..span.start.min(at.saturating_add(MAX_GAP)))
            {
                found.extend(objects(&bytes, |place| starts.contains(&(at + place))));
            }
            at = at.max(span.end);
        }
        found
    }
}

/// The objects in bytes that no other object is in, up to one that is excused: what follows its header may be its own.
fn objects(bytes: &[u8], is_excused: impl Fn(usize) -> bool) -> Vec<(Id, PreparedCode)> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some((start, id)) =
        header(bytes, from).filter(|(start, _)| found.len() < MAX_UNLISTED && !is_excused(*start))
    {
        let mut parser = Parser::new(bytes, start);
        let value = parser.object_header().and_then(|_| parser.value());
        from = parser.at().max(start + 1);
        found.extend(value.ok().map(|value| (id, Kind::of(&value, false).unlisted())));
    }
    found
}

/// The first `12 0 obj` from here on, with whatever white space, and its place.
fn header(bytes: &[u8], from: usize) -> Option<(usize, Id)> {
    let rest = bytes.get(from..)?;
    memchr::memmem::find_iter(rest, b"obj").find_map(|word| {
        let before = header_before(&rest[word.saturating_sub(MAX_HEADER)..word])?;
        let start = from + word - before.length;
        Some((start, Parser::new(bytes, start).object_header().ok()?))
    })
}

/// Objects in an object stream whose places no cross-reference names (ISO 32000-1, 7.5.7).
fn unlisted_packed(
    reader: &Reader<'_, '_>,
    container: Id,
    listed: Option<&HashSet<usize>>,
) -> Option<Vec<(Id, PreparedCode)>> {
    let object = reader.object(container).ok()??;
    let data = reader.decode(&object)?;
    let dict = object.value.as_dict()?;
    let (places, first) = (count(dict, "N")?.min(MAX_UNLISTED), count(dict, "First")?);
    let (mut parser, mut found) = (Parser::new(&data, 0), Vec::new());
    for index in 0..places {
        parser.skip_space();
        let number = u32::try_from(parser.unsigned().ok()?).ok()?;
        parser.skip_space();
        let at = usize::try_from(parser.unsigned().ok()?).ok()?.checked_add(first)?;
        if listed.is_some_and(|listed| listed.contains(&index)) {
            continue;
        }
        let value = Parser::new(&data, at).value().ok()?;
        found.push((Id::new(number), Kind::of(&value, false).unlisted()));
    }
    Some(found)
}

/// Whether a stream that nothing uses draws text as a page does.
fn is_text(reader: &Reader<'_, '_>, id: Id) -> Result<bool, ReadError> {
    let Some(data) = reader.object(id)?.and_then(|object| reader.decode(&object)) else {
        return Ok(false);
    };
    if !data.windows(3).any(|w| w == b"BT\n" || w == b"BT " || w == b"BT\r") {
        return Ok(false);
    }
    let mut canvas = Canvas::new(reader, false);
    let _ = canvas.page(&data, &Default::default(), Rect::EVERYWHERE);
    Ok(canvas.shows >= PAGE_TEXTS)
}
