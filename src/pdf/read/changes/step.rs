//! One revision beside the one before it: what it changed, whoever signed what.
//!
//! Objects are compared by their number. A program that meets an object under another generation, in another place or where
//! there was none before may show it wherever something refers to that number: so an object keeps its generation, and a new
//! one is allowed only under a number to which nothing referred before.

use std::collections::HashSet;
use std::ops::Range;

use super::added::{Added, AddedKind};
use super::code::ChangeCode;
use super::comparison::Comparison;
use super::text::Change;
use super::{catalog, filling, metadata, page, place, signature, spelled_objects};
use crate::pdf::read::ReadError;
use crate::pdf::read::document::Document;
use crate::pdf::read::repair::Repair;
use crate::pdf::read::syntax::is_space;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::xref::{Entry, Section};

/// What a revision did to the one before it.
#[derive(Debug, Default)]
pub(in crate::pdf::read) struct Step {
    changes: Vec<Change>,
}

impl Step {
    /// Compares `revision` with the one before it, of which there must be one.
    pub(in crate::pdf::read) fn find(document: &Document<'_>, revision: usize) -> Result<Self, ReadError> {
        let mut comparison = Comparison::new(document, revision);
        comparison.run()?;
        let views = [comparison.before, comparison.after];
        let mut step = Self { changes: comparison.into_changes()? };
        // What does nothing has no business after a signature, even if it seems to change nothing.
        if step.changes.is_empty() {
            step.changes.push(Change::of(ChangeCode::Trailer, None));
        }
        place::find(&mut step.changes, &views);
        Ok(step)
    }

    pub(super) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// It brings evidence for the signatures that are there, and nothing else but dates.
    pub(super) fn is_upkeep(&self) -> bool {
        let is_evidence = |code| matches!(code, ChangeCode::Evidence | ChangeCode::Timestamp);
        self.changes.iter().all(|change| is_evidence(change.code) || change.code == ChangeCode::Metadata)
            && self.changes.iter().any(|change| is_evidence(change.code))
    }
}

impl Comparison<'_, '_> {
    fn run(&mut self) -> Result<(), ReadError> {
        let document = self.document;
        let [section] = document.sections_of(self.revision) else {
            self.add(Change::of(ChangeCode::Trailer, None));
            return Ok(());
        };
        self.spans.push(section.start..section.end);
        document.charge_lookups(section.len())?;
        for entry in section.entries() {
            let (number, entry) = entry?;
            self.entry(section, number, entry)?;
        }
        let before = self.before;
        let (old, new) = (before.trailer(), &section.trailer);
        if !metadata::information(self, old.get("Info"), new.get("Info"))? || !goes_on(old, section) {
            self.add(Change::of(ChangeCode::Trailer, None));
        }
        if old.get("Root") == new.get("Root")
            && !(self.replaced.is_empty() && self.removed.is_empty() && self.added.is_empty())
        {
            self.rules()?;
        }
        self.leftovers()?;
        self.additions()?;
        if !self.tiles()? {
            self.add(Change::of(ChangeCode::UnlistedBytes, None));
        }
        Ok(())
    }

    fn rules(&mut self) -> Result<(), ReadError> {
        let mut appended = catalog::apply(self)?;
        page::apply(self, &mut appended)?;
        signature::report(self, &appended)?;
        for id in self.open() {
            filling::apply(self, id)?;
        }
        Ok(())
    }

    /// Sorts what one entry of the revision does into replaced, removed and added.
    fn entry(&mut self, section: &Section<'_>, number: u32, entry: Entry) -> Result<(), ReadError> {
        let (old, new) = (self.before.entry(number)?.and_then(|entry| id(number, entry)), id(number, entry));
        if let Entry::Packed { container, .. } = entry {
            self.containers.insert(container);
        }
        let before = old.map(|id| self.before.object(id)).transpose()?.flatten();
        let Some(new) = new else {
            self.removed.extend(old.filter(|_| before.is_some()));
            return Ok(());
        };
        let noted = self.document.input.repairs.noted();
        let Some(after) = self.after.object(new)? else { return Ok(()) };
        if section.is_repaired || self.document.input.repairs.noted() > noted {
            self.document.input.repairs.note(Repair::Update);
        }
        let mut added = Added::of(&after);
        if section.stream_id == Some(new) && after.span.as_ref().is_some_and(|span| span.start == section.start) {
            added.kind = AddedKind::Section;
        } else {
            self.spans.extend(after.span.clone());
        }
        match (old, before) {
            (Some(old), Some(before)) if old == new => {
                let is_same = before.value == after.value && self.document.same_data(&before, &after)?;
                // What is drawn says nothing new if written again, unless some program saw something else before.
                if !is_same || after.data.is_some() {
                    self.replaced.insert(new);
                } else if self.document.is_hybrid() && !is_catalog(&after.value) {
                    // Not every program saw it where the hidden stream has it.
                    self.document.input.repairs.note(Repair::Update);
                }
            }
            (Some(old), Some(_)) => drop(self.removed.insert(old)),
            _ => drop(self.added.insert(new, added)),
        }
        Ok(())
    }

    /// Added objects must be what something allowed refers to, or what the file's structure needs.
    fn additions(&mut self) -> Result<(), ReadError> {
        let (mut allowed, mut queue) = (HashSet::new(), std::mem::take(&mut self.needed));
        while let Some(id) = queue.pop() {
            if let Some(added) = self.added.get(&id).filter(|_| allowed.insert(id)) {
                queue.extend(&added.references);
            }
        }
        let is_structure = |id: Id| match self.kind(id) {
            Some(AddedKind::Section) => true,
            Some(AddedKind::ObjectStream) => self.containers.contains(&id.number),
            _ => false,
        };
        let mut others = Vec::new();
        for (id, added) in &self.added {
            if added.has_action {
                others.push(Change::of(ChangeCode::Action, Some(*id)));
            } else if self.referrers()?.has_any(*id) || !(allowed.contains(id) || is_structure(*id)) {
                others.push(Change::of(ChangeCode::Added, Some(*id)));
            }
        }
        others.into_iter().for_each(|change| self.add(change));
        Ok(())
    }

    /// What no rule has explained.
    fn leftovers(&mut self) -> Result<(), ReadError> {
        for id in self.open() {
            let before = self.before.object(id)?;
            let code = before.as_ref().and_then(|object| object.value.as_dict()).map_or(ChangeCode::Object, kind);
            let part = before.as_ref().and_then(place::part);
            self.add(Change { detail: part, ..Change::of(code, Some(id)) });
        }
        for id in self.removed.iter().copied().collect::<Vec<_>>() {
            if !self.explained.contains(&id) && !self.is_dropped(id)? {
                self.add(Change::of(ChangeCode::Removed, Some(id)));
            }
        }
        Ok(())
    }

    /// Nothing misses it: all that ever referred to it has changed as some rule allows, and does not refer to it any more.
    fn is_dropped(&self, id: Id) -> Result<bool, ReadError> {
        if self.after.entry(id.number)? != Some(Entry::Free) || !self.referrers()?.has_any(id) {
            return Ok(false);
        }
        let mut is_missed = false;
        for referrer in self.referrers()?.all(id)? {
            is_missed |= !self.replaced.contains(&referrer) || !self.explained.contains(&referrer);
            if let Some(object) = self.after.object(referrer)?.filter(|_| !is_missed) {
                object.value.references(&mut |other| is_missed |= other.number == id.number);
            }
        }
        Ok(!is_missed)
    }

    /// The objects, the section, white space and remarks are all there is between the ends of the two revisions, and who looks
    /// for objects there without the section finds the same.
    fn tiles(&mut self) -> Result<bool, ReadError> {
        let (document, revision) = (self.document, &self.document.revisions()[self.revision]);
        let headers = spelled_objects(document, revision.start..revision.marker_end)?;
        if headers != self.headers() || !self.are_unpacked()? {
            return Ok(false);
        }
        self.spans.sort_by_key(|span| span.start);
        let mut at = revision.start;
        for span in &self.spans {
            if !is_filling(document, at..span.start)? {
                return Ok(false);
            }
            at = span.end;
        }
        if at > revision.marker_end || revision.marker_end - at > MAX_CLOSING {
            return Ok(false);
        }
        let closing = document.bytes(at..revision.marker_end)?;
        let Some(marker) = closing.windows(9).rposition(|word| word == b"startxref") else { return Ok(false) };
        let words = closing[marker..].split(|b| is_space(*b)).filter(|word| !word.is_empty());
        Ok(is_filler(&closing[..marker]) && matches!(words.collect::<Vec<_>>()[..], [_, _, b"%%EOF"]))
    }
}

/// From the end of a section to `%%EOF`. Many programs look no further than 1024 bytes back for `startxref`, and where they find
/// none, they rebuild the file from whatever looks like an object.
const MAX_CLOSING: usize = 512;

/// Bytes between two objects that are more than white space.
const MAX_BETWEEN: usize = 1 << 20;

impl Comparison<'_, '_> {
    /// Objects of the revision that stand in the file on their own; all of its spans are such but a table.
    fn headers(&self) -> usize {
        let tables = self.document.sections_of(self.revision).iter().filter(|section| section.is_table).count();
        self.spans.len() - tables
    }

    /// All that lies in the object streams of the revision is listed as lying there.
    fn are_unpacked(&self) -> Result<bool, ReadError> {
        let [section] = self.document.sections_of(self.revision) else { return Ok(false) };
        for (id, _) in self.added.iter().filter(|(_, added)| added.kind == AddedKind::ObjectStream) {
            let Some(Entry::At { offset, .. }) = self.after.entry(id.number)? else { return Ok(false) };
            let stream = match self.document.object_stream(self.after, *id, offset) {
                Err(error) if error.is_damage() => return Ok(false),
                stream => stream?,
            };
            for (index, number) in stream.numbers().enumerate() {
                if section.entry(number)? != Some(Entry::Packed { container: id.number, index }) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// Whether nothing but white space and remarks stands in this range.
fn is_filling(document: &Document<'_>, range: Range<usize>) -> Result<bool, ReadError> {
    if range.start > range.end {
        return Ok(false);
    }
    Ok(document.is_space(range.clone())? || range.len() <= MAX_BETWEEN && is_filler(&document.bytes(range)?))
}

/// The longest remark between objects: the name of a program and its version.
const MAX_REMARK: usize = 120;

/// White space, and remarks in which no program that repairs files finds a piece of one.
fn is_filler(bytes: &[u8]) -> bool {
    const PIECES: [&[u8]; 6] = [b"obj", b"stream", b"xref", b"trailer", b"EOF", b"<<"];
    bytes.split(|b| matches!(b, b'\r' | b'\n')).all(|line| {
        let is_remark = line.starts_with(b"%") && line.len() <= MAX_REMARK;
        let is_plain = PIECES.iter().all(|piece| !line.windows(piece.len()).any(|word| word == *piece));
        line.iter().copied().all(is_space) || is_remark && is_plain
    })
}

/// Every update writes the catalog again.
fn is_catalog(value: &Value) -> bool {
    value.as_dict().is_some_and(|dict| dict.has_name("Type", "Catalog"))
}

/// The object that an entry names; a free one names none.
pub(super) fn id(number: u32, entry: Entry) -> Option<Id> {
    match entry {
        Entry::Free => None,
        Entry::At { generation, .. } => Some(Id { number, generation }),
        Entry::Packed { .. } => Some(Id::new(number)),
    }
}

/// Keys that a trailer or a cross-reference stream has of its own (ISO 32000-1, tables 5, 15 and 17).
const TRAILER_KEYS: [&[u8]; 11] =
    [b"Size", b"Root", b"Info", b"ID", b"Prev", b"Type", b"W", b"Index", b"Filter", b"DecodeParms", b"Length"];

/// Numbers that a writer may take and not use: some count one too far when they add nothing.
const MAX_SPARE: i64 = 100;

/// Whether the section goes on from the trailer before it: the same document, larger by what was added and hardly more, and
/// nothing new in the trailer. A size that some programs find absurd has them look for objects all over the file.
fn goes_on(old: &Dict, section: &Section<'_>) -> bool {
    let new = &section.trailer;
    let first_id = |dict: &Dict| dict.get("ID").and_then(Value::as_array).and_then(|ids| ids.first().cloned());
    let size = |dict: &Dict| dict.get("Size").and_then(Value::as_int);
    let least = size(old).unwrap_or(0).max(i64::from(section.past_last()));
    old.get("Root") == new.get("Root")
        && (old.get("ID").is_none() || first_id(old) == first_id(new))
        && new.get("XRefStm").is_none()
        && size(new).is_some_and(|new| (least..=least.saturating_add(MAX_SPARE)).contains(&new))
        && new.entries().all(|(key, value)| TRAILER_KEYS.contains(&key) || old.at(key) == Some(value))
}

/// What a changed object was.
fn kind(old: &Dict) -> ChangeCode {
    let has = |key: &str| old.get(key).is_some();
    if old.has_name("Type", "Catalog") {
        ChangeCode::Catalog
    } else if old.has_name("Type", "Page") || old.has_name("Type", "Pages") {
        ChangeCode::Page
    } else if old.has_name("Type", "OCG") || old.has_name("Type", "OCMD") || has("OCGs") {
        ChangeCode::Layers
    } else if has("FT") || has("Fields") || old.has_name("Subtype", "Widget") {
        ChangeCode::Field
    } else if has("Length") {
        ChangeCode::Stream
    } else {
        ChangeCode::Object
    }
}
