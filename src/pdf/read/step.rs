//! One revision beside the one before it: what it changed, whoever signed what.
//!
//! Objects are compared by their number. A program that meets an object under another generation, in another place or where
//! there was none before may show it wherever something refers to that number: so an object keeps its generation, and a new
//! one is allowed only under a number to which nothing referred before.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::changes::{Change, ChangeCode, MAX_CHANGES};
use super::document::Document;
use super::fields::unplaced_signature_fields;
use super::objects::Object;
use super::syntax::is_space;
use super::value::{Dict, Id, Value};
use super::view::View;
use super::xref::{Entry, Section};
use super::{ReadError, SignatureField};

/// Bytes that may stand between a section and the end of its `%%EOF`.
const MAX_CLOSING: usize = 1 << 20;

/// What a revision did to the one before it.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// What no signature allows.
    pub(super) changes: Vec<Change>,
    /// The fields that were signed, with their names.
    pub(super) signed: Vec<(Id, String)>,
}

/// The two revisions, and what is found on the way.
struct Comparison<'d, 'a> {
    document: &'d Document<'a>,
    revision: usize,
    before: View<'d, 'a>,
    after: View<'d, 'a>,
    unsigned: HashMap<Id, SignatureField>,
    spans: Vec<Range<usize>>,
    added: HashMap<Id, Added>,
    containers: HashSet<u32>,
    signings: Vec<Signing>,
    step: Step,
}

/// What is remembered of an added object.
struct Added {
    kind: AddedKind,
    references: Vec<Id>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AddedKind {
    Signature,
    Form,
    ObjectStream,
    /// The cross-reference stream of the revision itself.
    Section,
    Other,
}

/// An empty field that was given a signature and an appearance.
struct Signing {
    signature: Id,
    appearance: Id,
}

impl Step {
    /// Compares `revision` with the one before it, of which there must be one.
    pub(super) fn find(document: &Document<'_>, revision: usize) -> Result<Self, ReadError> {
        let before = document.as_of(revision - 1);
        let fields = unplaced_signature_fields(&before)?;
        let mut comparison = Comparison {
            document,
            revision,
            before,
            after: document.as_of(revision),
            unsigned: fields.into_iter().filter(|f| f.signature.is_none()).map(|f| (f.id, f)).collect(),
            spans: Vec::new(),
            added: HashMap::new(),
            containers: HashSet::new(),
            signings: Vec::new(),
            step: Self::default(),
        };
        comparison.run()?;
        let mut step = comparison.step;
        // What signs nothing has no business after a signature, even if it seems to change nothing.
        if step.signed.is_empty() && step.changes.is_empty() {
            step.add(ChangeCode::Trailer, None);
        }
        Ok(step)
    }

    fn add(&mut self, code: ChangeCode, object: Option<Id>) {
        if self.changes.len() < MAX_CHANGES {
            self.changes.push(Change { code, object });
        }
    }
}

impl<'a> Comparison<'_, 'a> {
    fn run(&mut self) -> Result<(), ReadError> {
        let document = self.document;
        let [section] = document.sections_of(self.revision) else {
            self.step.add(ChangeCode::Trailer, None);
            return Ok(());
        };
        if !goes_on(self.before.trailer(), section) {
            self.step.add(ChangeCode::Trailer, None);
        }
        self.spans.push(section.start..section.end);
        document.charge_lookups(section.len())?;
        for entry in section.entries() {
            let (number, entry) = entry?;
            self.entry(section, number, entry)?;
        }
        self.additions()?;
        if !self.tiles()? {
            self.step.add(ChangeCode::UnlistedBytes, None);
        }
        Ok(())
    }

    fn entry(&mut self, section: &Section<'a>, number: u32, entry: Entry) -> Result<(), ReadError> {
        let (old, new) = (self.before.entry(number)?.and_then(|entry| id(number, entry)), id(number, entry));
        if let Entry::Packed { container, .. } = entry {
            self.containers.insert(container);
        }
        let before = old.map(|id| self.before.object(id)).transpose()?.flatten();
        let Some(new) = new else {
            if before.is_some() {
                self.step.add(ChangeCode::Removed, old);
            }
            return Ok(());
        };
        let Some(after) = self.after.object(new)? else { return Ok(()) };
        let mut added = Added::of(&after);
        if section.stream_id == Some(new) && after.span.as_ref().is_some_and(|span| span.start == section.start) {
            added.kind = AddedKind::Section;
        } else {
            self.spans.extend(after.span.clone());
        }
        match (old, before) {
            (Some(old), Some(before)) if old == new => self.replacement(new, &before, &after)?,
            (Some(old), Some(_)) => self.step.add(ChangeCode::Removed, Some(old)),
            _ => {
                self.added.insert(new, added);
            }
        }
        Ok(())
    }

    fn replacement(&mut self, id: Id, old: &Object, new: &Object) -> Result<(), ReadError> {
        if old.value == new.value && self.document.same_data(old, new)? {
            return Ok(());
        }
        match self.signing(id, &old.value, &new.value) {
            Ok((name, signing)) => {
                self.step.signed.push((id, name));
                self.signings.push(signing);
            }
            Err(code) => self.step.add(code, Some(id)),
        }
        Ok(())
    }

    /// The signature and appearance that replace an empty field's, or what the replacement is instead.
    fn signing(&self, id: Id, old: &Value, new: &Value) -> Result<(String, Signing), ChangeCode> {
        let (Some(old), Some(new)) = (old.as_dict(), new.as_dict()) else { return Err(ChangeCode::Object) };
        let Some(field) = self.unsigned.get(&id) else { return Err(kind(old)) };
        const SET: [&str; 2] = ["V", "AP"];
        let signature = new.get("V").and_then(Value::as_ref);
        let appearance = new.get("AP").and_then(Value::as_dict);
        let normal = appearance.and_then(|a| a.get("N")).and_then(Value::as_ref);
        let only_normal = appearance.is_some_and(|a| a.clone().without(&["N"]) == Dict::default());
        let rest_is_same = old.clone().without(&SET) == new.clone().without(&SET);
        match (signature, normal) {
            (Some(signature), Some(appearance)) if only_normal && rest_is_same => {
                Ok((field.name.clone(), Signing { signature, appearance }))
            }
            _ => Err(ChangeCode::Field),
        }
    }

    /// Added objects must be a further signature, its appearance, what these refer to, or what the file's structure needs.
    fn additions(&mut self) -> Result<(), ReadError> {
        let is = |id: Id, kind| self.added.get(&id).is_some_and(|added| added.kind == kind);
        let (mut allowed, mut queue) = (HashSet::new(), Vec::new());
        for signing in &self.signings {
            for (id, kind) in [(signing.signature, AddedKind::Signature), (signing.appearance, AddedKind::Form)] {
                if !is(id, kind) {
                    self.step.add(ChangeCode::Field, Some(id));
                }
                queue.push(id);
            }
        }
        while let Some(id) = queue.pop() {
            if let Some(added) = self.added.get(&id).filter(|_| allowed.insert(id)) {
                queue.extend(&added.references);
            }
        }
        let is_structure = |id: Id| {
            is(id, AddedKind::Section) || is(id, AddedKind::ObjectStream) && self.containers.contains(&id.number)
        };
        let referred = if self.added.is_empty() { HashSet::new() } else { self.referred_before()? };
        let mut others: Vec<Id> = self.added.keys().copied().collect();
        others.retain(|id| referred.contains(&id.number) || !(allowed.contains(id) || is_structure(*id)));
        others.sort_unstable();
        for id in others {
            self.step.add(ChangeCode::Added, Some(id));
        }
        Ok(())
    }

    /// The numbers of added objects to which something of an earlier revision refers, though there was no such object.
    fn referred_before(&self) -> Result<HashSet<u32>, ReadError> {
        let numbers: HashSet<u32> = self.added.keys().map(|id| id.number).collect();
        let mut referred = HashSet::new();
        let mut see = |id: Id| {
            if numbers.contains(&id.number) {
                referred.insert(id.number);
            }
        };
        for revision in 0..self.revision {
            let view = self.document.as_of(revision);
            for section in self.document.sections_of(revision) {
                section.trailer.references(&mut see);
                self.document.charge_lookups(section.len())?;
                for entry in section.entries() {
                    let (number, entry) = entry?;
                    let Some(id) = id(number, entry).filter(|_| !is_nowhere(entry)) else { continue };
                    // What cannot be read here may refer to anything where it can.
                    let object = view.object(id).map_err(|error| match error {
                        ReadError::Limit(_) => error,
                        _ => ReadError::Unsupported("an object that cannot be read"),
                    })?;
                    if let Some(object) = object {
                        object.value.references(&mut see);
                    }
                }
            }
        }
        Ok(referred)
    }

    /// The objects, the section and white space are all there is between the ends of the two revisions.
    fn tiles(&mut self) -> Result<bool, ReadError> {
        let (document, revision) = (self.document, &self.document.revisions()[self.revision]);
        self.spans.sort_by_key(|span| span.start);
        let mut at = revision.start;
        for span in &self.spans {
            if !document.is_space(at..span.start)? {
                return Ok(false);
            }
            at = span.end;
        }
        // White space aside, what closes a revision is short.
        if at > revision.marker_end || revision.marker_end - at > MAX_CLOSING {
            return Ok(false);
        }
        let closing = document.bytes(at..revision.marker_end)?;
        let words: Vec<&[u8]> = closing.split(|b| is_space(*b)).filter(|word| !word.is_empty()).collect();
        Ok(matches!(words[..], [b"startxref", _, b"%%EOF"]))
    }
}

impl Added {
    fn of(object: &Object) -> Self {
        let mut references = Vec::new();
        object.value.references(&mut |id| references.push(id));
        let dict = object.value.as_dict();
        let kind = match dict {
            Some(dict) if dict.get("ByteRange").is_some() => AddedKind::Signature,
            Some(dict) if object.data.is_some() && dict.has_name("Subtype", "Form") => AddedKind::Form,
            Some(dict) if object.data.is_some() && dict.has_name("Type", "ObjStm") => AddedKind::ObjectStream,
            _ => AddedKind::Other,
        };
        Self { kind, references }
    }
}

/// An entry in use that points to the file's first byte, where no object can be: some writers leave such.
fn is_nowhere(entry: Entry) -> bool {
    matches!(entry, Entry::At { offset: 0, .. })
}

/// The object that an entry names; a free one names none.
fn id(number: u32, entry: Entry) -> Option<Id> {
    match entry {
        Entry::Free => None,
        Entry::At { generation, .. } => Some(Id { number, generation }),
        Entry::Packed { .. } => Some(Id::new(number)),
    }
}

/// Keys that a trailer or a cross-reference stream has of its own (ISO 32000-1, tables 5, 15 and 17).
const TRAILER_KEYS: [&[u8]; 11] =
    [b"Size", b"Root", b"Info", b"ID", b"Prev", b"Type", b"W", b"Index", b"Filter", b"DecodeParms", b"Length"];

/// Whether the section goes on from the trailer before it: the same document, larger by what was added and no more, and
/// nothing new in the trailer. A size that some programs find absurd has them look for objects all over the file.
fn goes_on(old: &Dict, section: &Section<'_>) -> bool {
    let new = &section.trailer;
    let first_id = |dict: &Dict| dict.get("ID").and_then(Value::as_array).and_then(|ids| ids.first().cloned());
    let size = |dict: &Dict| dict.get("Size").and_then(Value::as_int);
    old.get("Root") == new.get("Root")
        && old.get("Info") == new.get("Info")
        && first_id(old) == first_id(new)
        && new.get("XRefStm").is_none()
        && size(new).is_some_and(|new| new == size(old).unwrap_or(0).max(i64::from(section.past_last())))
        && new.entries().all(|(key, value)| TRAILER_KEYS.contains(&key) || old.entries().any(|e| e == (key, value)))
}

/// What the changed object was.
fn kind(old: &Dict) -> ChangeCode {
    if old.has_name("Type", "Catalog") {
        ChangeCode::Catalog
    } else if old.has_name("Type", "Page") || old.has_name("Type", "Pages") {
        ChangeCode::Page
    } else if old.get("FT").is_some() || old.get("Fields").is_some() {
        ChangeCode::Field
    } else if old.get("Subtype").is_some() && old.get("Rect").is_some() {
        ChangeCode::Annotation
    } else if old.get("Length").is_some() {
        ChangeCode::Stream
    } else {
        ChangeCode::Object
    }
}
