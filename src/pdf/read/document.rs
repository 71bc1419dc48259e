//! A document: its chain of cross-reference sections, its revisions, its objects as of any revision.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::changes::Step;
use super::stream;
use super::syntax::Parser;
use super::value::{Id, Value};
use super::view::View;
use super::xref::{Entry, Section, stream_data};
use super::{Limits, ReadError};

/// How far an object that is an integer may reach.
const MAX_LENGTH_OBJECT: usize = 1024;
/// The largest object body; content lies in streams, which are not parsed.
const MAX_OBJECT: usize = 8 << 20;
/// Objects in one object stream; writers pack some hundreds.
const MAX_PACKED: usize = 100_000;

/// A PDF read strictly. Cheap to open: only cross-reference sections and trailers are parsed.
pub struct Document<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) limits: Limits,
    /// Newest first, the order of lookup.
    pub(super) sections: Vec<Section<'a>>,
    /// Oldest first.
    revisions: Vec<Revision>,
    pub(super) is_hybrid: bool,
    parsed: Cell<usize>,
    decompressed: Cell<usize>,
    lookups: Cell<usize>,
    steps: RefCell<HashMap<usize, Rc<Step>>>,
    packed: RefCell<HashMap<usize, Rc<ObjectStream>>>,
}

/// One revision: the bytes up to an `%%EOF` that a cross-reference section ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Where its own bytes begin: the end of the revision before.
    pub start: usize,
    /// Just after `%%EOF`.
    pub marker_end: usize,
    /// After the line end that may follow.
    pub end: usize,
    /// The sections that make it up, in the document's order.
    pub(super) sections: Range<usize>,
}

/// An object and where it was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Object {
    pub(crate) value: Value,
    /// From its number to the end of `endobj`; `None` in an object stream.
    pub(crate) span: Option<Range<usize>>,
    /// Where its value begins.
    pub(crate) body: usize,
    /// The raw data of a stream.
    pub(crate) data: Option<Range<usize>>,
}

struct ObjectStream {
    data: Vec<u8>,
    /// Object number and offset in `data`.
    index: Vec<(u32, usize)>,
}

impl<'a> Document<'a> {
    /// Reads the chain of cross-reference sections.
    ///
    /// # Errors
    /// Whatever makes the file unreadable, by name; see [`ReadError`].
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ReadError> {
        if !bytes.starts_with(b"%PDF-") {
            return Err(ReadError::NotPdf);
        }
        if bytes.len() > limits.file {
            return Err(ReadError::Limit("file size"));
        }
        let mut document = Self {
            bytes,
            limits: *limits,
            sections: Vec::new(),
            revisions: Vec::new(),
            is_hybrid: false,
            parsed: Cell::new(0),
            decompressed: Cell::new(0),
            lookups: Cell::new(0),
            steps: RefCell::default(),
            packed: RefCell::default(),
        };
        document.follow(last_startxref(bytes)?)?;
        document.revisions.reverse();
        let mut start = 0;
        for revision in &mut document.revisions {
            if revision.end <= start {
                return Err(ReadError::SectionOrder);
            }
            revision.start = start;
            start = revision.end;
        }
        if document.sections.iter().any(|s| s.trailer.get("Encrypt").is_some()) {
            return Err(ReadError::Encrypted);
        }
        Ok(document)
    }

    /// Follows `/Prev` from the newest section; revisions are collected newest first.
    fn follow(&mut self, newest: usize) -> Result<(), ReadError> {
        let (mut next, mut first) = (Some(newest), 0);
        while let Some(start) = next {
            let section = self.section(start)?;
            let place = |key: &str| match section.trailer.get(key) {
                None => Ok(None),
                Some(Value::Int(n)) => usize::try_from(*n).map(Some).map_err(|_| ReadError::Xref { at: start }),
                Some(_) => Err(ReadError::Xref { at: start }),
            };
            next = place("Prev")?;
            if next.is_some_and(|previous| previous > start) {
                // A linearized file's first page has a section of its own, part of the first revision (annex F.3.3).
                if !is_linearized(self.bytes) {
                    return Err(ReadError::SectionOrder);
                }
                self.sections.push(section);
                continue;
            }
            let closing = closing(self.bytes, section.end)?;
            if let Some(hidden) = place("XRefStm")?.filter(|_| section.is_table) {
                // Objects it names are free in the table, so it is looked at first (ISO 32000-1, 7.5.8.4).
                self.is_hybrid = true;
                let hidden = self.section(hidden)?;
                self.sections.push(hidden);
            }
            self.sections.push(section);
            self.revisions.push(Revision {
                start: 0,
                marker_end: closing.0,
                end: closing.1,
                sections: first..self.sections.len(),
            });
            first = self.sections.len();
        }
        Ok(())
    }

    fn section(&self, start: usize) -> Result<Section<'a>, ReadError> {
        if self.sections.len() >= self.limits.sections {
            return Err(ReadError::Limit("cross-reference sections"));
        }
        if self.sections.iter().any(|s| s.start == start) {
            return Err(ReadError::SectionOrder);
        }
        let section = Section::read(self.bytes, start, self.limits.stream)?;
        self.charge_parsed(section.parsed_bytes())?;
        charge(&self.decompressed, section.decompressed_bytes(), self.limits.decompressed, "decompressed bytes")?;
        Ok(section)
    }

    /// The bytes read.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The revisions, oldest first; never empty.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Bytes after the end of the last revision, which no cross-reference section accounts for.
    pub fn trailing(&self) -> usize {
        self.bytes.len() - self.revisions.last().map_or(0, |r| r.end)
    }

    /// Older and newer readers see different objects: some section has both a table and a hidden stream.
    pub fn is_hybrid(&self) -> bool {
        self.is_hybrid
    }

    /// The document as it is.
    pub(crate) fn latest(&self) -> View<'_, 'a> {
        View::new(self, 0)
    }

    /// The document as it was at the end of a revision.
    pub(crate) fn as_of(&self, revision: usize) -> View<'_, 'a> {
        View::new(self, self.revisions[revision].sections.start)
    }

    pub(crate) fn sections_of(&self, revision: usize) -> &[Section<'a>] {
        &self.sections[self.revisions[revision].sections.clone()]
    }

    /// The revision in whose own bytes this place lies.
    pub(super) fn revision_at(&self, place: usize) -> Option<usize> {
        self.revisions.iter().position(|revision| place < revision.end)
    }

    /// What a revision did to the one before it, found once.
    pub(super) fn step(&self, revision: usize) -> Result<Rc<Step>, ReadError> {
        if let Some(step) = self.steps.borrow().get(&revision) {
            return Ok(Rc::clone(step));
        }
        let step = Rc::new(Step::find(self, revision)?);
        self.steps.borrow_mut().insert(revision, Rc::clone(&step));
        Ok(step)
    }

    pub(crate) fn newest_section(&self) -> &Section<'a> {
        &self.sections[0]
    }

    pub(super) fn charge_lookups(&self, entries: usize) -> Result<(), ReadError> {
        charge(&self.lookups, entries, self.limits.lookups, "cross-reference entries")
    }

    fn charge_parsed(&self, bytes: usize) -> Result<(), ReadError> {
        charge(&self.parsed, bytes, self.limits.parsed, "parsed bytes")
    }

    pub(super) fn object_at(&self, view: View<'_, 'a>, id: Id, offset: usize) -> Result<Object, ReadError> {
        let mut parser = Parser::new(&self.bytes[..self.bytes.len().min(offset.saturating_add(MAX_OBJECT))], offset);
        if offset == 0 || parser.object_header() != Ok(id) {
            return Err(ReadError::Misplaced(id));
        }
        parser.skip();
        let body = parser.at();
        let value = parser.value();
        let mut end = Parser::new(self.bytes, parser.at());
        end.skip();
        self.charge_parsed(end.at() - offset)?;
        let value = value?;
        if end.keyword(b"endobj").is_ok() {
            return Ok(Object { value, span: Some(offset..end.at()), body, data: None });
        }
        let Value::Dict(dict) = &value else { return Err(ReadError::Syntax { at: end.at() }) };
        let length = match dict.get("Length") {
            Some(Value::Int(n)) => *n,
            Some(Value::Ref(length)) => self.stream_length(view, *length)?.ok_or(ReadError::Stream { at: end.at() })?,
            _ => return Err(ReadError::Stream { at: end.at() }),
        };
        let length = usize::try_from(length).map_err(|_| ReadError::Stream { at: end.at() })?;
        let (data, end) = stream_data(self.bytes, parser, length)?;
        Ok(Object { value, span: Some(offset..end), body, data: Some(data) })
    }

    /// The integer that an indirect `/Length` names. Only an object of its own that is nothing but an integer counts: looking
    /// further would let lengths refer to streams whose lengths refer to streams.
    fn stream_length(&self, view: View<'_, 'a>, id: Id) -> Result<Option<i64>, ReadError> {
        let Some(Entry::At { offset, generation }) = view.entry(id.number)? else { return Ok(None) };
        let end = self.bytes.len().min(offset.saturating_add(MAX_LENGTH_OBJECT));
        let mut parser = Parser::new(&self.bytes[..end], offset);
        if generation != id.generation || offset == 0 || parser.object_header() != Ok(id) {
            return Err(ReadError::Misplaced(id));
        }
        parser.skip();
        let value = parser.value();
        parser.skip();
        self.charge_parsed(parser.at() - offset)?;
        Ok(value?.as_int().filter(|_| parser.keyword(b"endobj").is_ok()))
    }

    pub(super) fn packed_object(
        &self,
        view: View<'_, 'a>,
        id: Id,
        container: u32,
        index: usize,
    ) -> Result<Option<Object>, ReadError> {
        if id.generation != 0 {
            return Ok(None);
        }
        let container = Id::new(container);
        let Some(Entry::At { offset, generation: 0 }) = view.entry(container.number)? else {
            return Err(ReadError::Misplaced(container));
        };
        let stream = self.object_stream(view, container, offset)?;
        let Some((_, body)) = stream.index.get(index).filter(|(number, _)| *number == id.number) else {
            return Err(ReadError::Misplaced(id));
        };
        let mut parser = Parser::new(&stream.data, *body);
        let value = parser.value();
        self.charge_parsed(parser.at().saturating_sub(*body))?;
        Ok(Some(Object { value: value?, span: None, body: *body, data: None }))
    }

    fn object_stream(&self, view: View<'_, 'a>, id: Id, offset: usize) -> Result<Rc<ObjectStream>, ReadError> {
        if let Some(stream) = self.packed.borrow().get(&offset) {
            return Ok(Rc::clone(stream));
        }
        let object = self.object_at(view, id, offset)?;
        let (Value::Dict(dict), Some(data)) = (&object.value, object.data) else {
            return Err(ReadError::Misplaced(id));
        };
        let number = |key: &str| dict.get(key).and_then(Value::as_int).and_then(|n| usize::try_from(n).ok());
        let (true, Some(count), Some(first)) = (dict.has_name("Type", "ObjStm"), number("N"), number("First")) else {
            return Err(ReadError::Structure("object stream"));
        };
        let data = stream::decode(dict, &self.bytes[data], self.limits.stream)?;
        charge(&self.decompressed, data.len(), self.limits.decompressed, "decompressed bytes")?;
        if count > MAX_PACKED {
            return Err(ReadError::Limit("objects in one object stream"));
        }
        let (mut parser, mut index) = (Parser::new(&data, 0), Vec::with_capacity(count));
        for _ in 0..count {
            parser.skip_space();
            let number = u32::try_from(parser.unsigned()?).map_err(|_| ReadError::Structure("object stream"))?;
            parser.skip_space();
            let at = usize::try_from(parser.unsigned()?).ok().and_then(|at| at.checked_add(first));
            index.push((number, at.ok_or(ReadError::Structure("object stream"))?));
        }
        self.charge_parsed(parser.at() + count * size_of::<(u32, usize)>())?;
        let stream = Rc::new(ObjectStream { data, index });
        self.packed.borrow_mut().insert(offset, Rc::clone(&stream));
        Ok(stream)
    }
}

fn charge(spent: &Cell<usize>, bytes: usize, limit: usize, what: &'static str) -> Result<(), ReadError> {
    spent.set(spent.get().saturating_add(bytes));
    if spent.get() > limit { Err(ReadError::Limit(what)) } else { Ok(()) }
}

/// The offset that the last `startxref` names.
fn last_startxref(bytes: &[u8]) -> Result<usize, ReadError> {
    const WORD: &[u8] = b"startxref";
    let at = bytes.windows(WORD.len()).rposition(|w| w == WORD).ok_or(ReadError::NoEnd)?;
    let (offset, _) = startxref(bytes, at)?;
    usize::try_from(offset).map_err(|_| ReadError::NoEnd)
}

/// What closes a section: the ends of its `%%EOF`, without and with the line end.
fn closing(bytes: &[u8], section_end: usize) -> Result<(usize, usize), ReadError> {
    let mut parser = Parser::new(bytes, section_end);
    parser.skip();
    let (_, marker_end) = startxref(bytes, parser.at())?;
    let mut parser = Parser::new(bytes, marker_end);
    let _ = parser.take(b"\r\n") || parser.take(b"\n") || parser.take(b"\r");
    Ok((marker_end, parser.at()))
}

/// `startxref`, a number, `%%EOF`: the number, and where the marker ends.
fn startxref(bytes: &[u8], at: usize) -> Result<(u64, usize), ReadError> {
    let mut parser = Parser::new(bytes, at);
    let missing = |_| ReadError::NoEnd;
    parser.keyword(b"startxref").map_err(missing)?;
    parser.skip_space();
    let offset = parser.unsigned().map_err(missing)?;
    parser.skip_space();
    if parser.take(b"%%EOF") { Ok((offset, parser.at())) } else { Err(ReadError::NoEnd) }
}

/// The first object of a linearized file is its linearization dictionary.
fn is_linearized(bytes: &[u8]) -> bool {
    let mut parser = Parser::new(bytes, 0);
    parser.skip();
    parser.object_header().is_ok() && {
        parser.skip();
        parser.dict().is_ok_and(|dict| dict.get("Linearized").is_some())
    }
}
