//! A document: its chain of cross-reference sections, its revisions, its objects as of any revision.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;

use super::chain::Chain;
use super::changes::{Step, spelled_objects};
use super::crypt::Crypt;
use super::frame;
use super::input::Input;
use super::kept::Kept;
use super::objects::ObjectStream;
use super::rebuild::Scan;
use super::repair::Repair;
use super::shadow::{Budget, Listing};
use super::source::{ReadAt, Source};
use super::view::View;
use super::xref::{Entry, Section};
use super::{Limits, ReadError};

/// Two line ends after the end of a file.
pub(super) const MAX_LINE_ENDS: usize = 4;

/// A PDF read strictly. Cheap to open: only cross-reference sections, trailers and the catalog are parsed.
pub struct Document<'a> {
    pub(super) input: Input<'a>,
    /// Newest first, the order of lookup.
    pub(super) sections: Vec<Section<'a>>,
    /// Oldest first.
    revisions: Vec<Revision>,
    pub(super) is_hybrid: bool,
    /// How strings and streams are encrypted, if they are.
    pub(super) crypt: Option<Crypt>,
    steps: RefCell<HashMap<usize, Rc<Step>>>,
    pub(super) packed: RefCell<HashMap<usize, Rc<ObjectStream>>>,
    pub(super) kept: Kept,
    listings: RefCell<HashMap<usize, Rc<Listing>>>,
    layout: OnceCell<Vec<Range<usize>>>,
    /// What looking for things prepared may cost, for all signatures together.
    pub(super) search: Budget,
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

impl<'a> Document<'a> {
    /// Reads the chain of cross-reference sections of a file in memory.
    ///
    /// # Errors
    /// Whatever makes the file unreadable, by name; see [`ReadError`].
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ReadError> {
        Self::read(Source::Memory(bytes), limits)
    }

    /// The same of a file that is too large for memory: only what is needed is read, window by window.
    ///
    /// # Errors
    /// As [`Document::open`], and [`ReadError::Io`].
    pub fn open_source(file: &'a dyn ReadAt, limits: &Limits) -> Result<Self, ReadError> {
        Self::read(Source::windows(file)?, limits)
    }

    fn read(source: Source<'a>, limits: &Limits) -> Result<Self, ReadError> {
        let header = frame::header(&source)?;
        if source.len() > limits.file {
            return Err(ReadError::Limit("file size"));
        }
        let mut input = Input::new(source, limits);
        let chain = Chain::read(&mut input, header);
        let mut document = Self {
            input,
            sections: Vec::new(),
            revisions: Vec::new(),
            is_hybrid: false,
            crypt: None,
            steps: RefCell::default(),
            packed: RefCell::default(),
            kept: Kept::default(),
            listings: RefCell::default(),
            layout: OnceCell::new(),
            search: Budget::default(),
        };
        match chain.and_then(|chain| document.adopt(chain)) {
            Err(error) if error.is_damage() => document.rebuild(header, error)?,
            result => result?,
        }
        Ok(document)
    }

    /// Takes the chain over, if it leads where objects are.
    fn adopt(&mut self, chain: Chain<'a>) -> Result<(), ReadError> {
        (self.sections, self.revisions, self.is_hybrid) = (chain.sections, chain.revisions, chain.is_hybrid);
        self.crypt = Crypt::of(self)?;
        self.kept.clear();
        let view = self.latest();
        // What everybody looks for first. Where it is not at its place, no place is worth anything; where it is, whoever asks
        // is told what is wrong with it.
        let looked_for = view.catalog().and_then(|(_, catalog)| {
            ["Pages", "AcroForm"].iter().try_for_each(|key| view.dict(catalog.get(key), "catalog").map(drop))
        });
        match looked_for {
            Err(error @ (ReadError::Misplaced(_) | ReadError::Limit(_) | ReadError::Io(_))) => Err(error),
            _ => Ok(()),
        }
    }

    /// Makes one revision of all objects that are found in the file; `error` says why, and stays if nothing comes of it.
    fn rebuild(&mut self, header: usize, error: ReadError) -> Result<(), ReadError> {
        let scan = Scan::of(&self.input)?;
        let Some(trailer) = scan.trailer(&self.input)? else { return Err(error) };
        let end = self.input.source.len();
        self.input.origin = 0;
        self.input.repairs.replace(&[Repair::Rebuilt]);
        if header > 0 {
            self.input.repairs.note(Repair::JunkBeforeHeader);
        }
        if error == ReadError::NoEnd {
            self.input.repairs.note(Repair::EndMarkerMissing);
        }
        (self.is_hybrid, self.crypt) = (false, None);
        self.packed.borrow_mut().clear();
        self.kept.clear();
        self.sections = vec![scan.section(&self.input, trailer.clone(), &BTreeMap::new())?];
        self.revisions = vec![Revision { start: 0, marker_end: end, end, sections: 0..1 }];
        self.crypt = Crypt::of(self)?;
        self.kept.clear();
        let mut packed: BTreeMap<u32, (usize, Entry)> = BTreeMap::new();
        for (id, offset) in &scan.containers {
            let stream = match self.object_stream(self.latest(), *id, *offset) {
                Err(error) if error.is_damage() => continue,
                stream => stream?,
            };
            for (index, number) in stream.numbers().enumerate() {
                let entry = Entry::Packed { container: id.number, index };
                let earlier = packed.get(&number).is_some_and(|(at, _)| at > offset);
                if !earlier {
                    packed.insert(number, (*offset, entry));
                }
            }
        }
        if !packed.is_empty() {
            self.sections = vec![scan.section(&self.input, trailer, &packed)?];
        }
        self.latest().catalog().map(drop).map_err(|_| error)
    }

    /// Bytes of the file.
    pub fn length(&self) -> usize {
        self.input.source.len()
    }

    /// The revisions, oldest first; never empty.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Bytes after the end of the last revision, which no cross-reference section accounts for.
    pub fn trailing(&self) -> usize {
        self.length() - self.revisions.last().map_or(0, |r| r.end)
    }

    /// Whether the trailing bytes are white space, if there are any.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn trailing_is_space(&self) -> Result<bool, ReadError> {
        self.input.source.is_space(self.length() - self.trailing()..self.length())
    }

    /// Whether the trailing bytes are a line end or two, such as some programs leave behind a file they send on.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn ends_in_line_ends(&self) -> Result<bool, ReadError> {
        let end = self.bytes(self.length() - self.trailing().min(MAX_LINE_ENDS + 1)..self.length())?;
        Ok(end.len() <= MAX_LINE_ENDS && end.iter().all(|byte| matches!(byte, b'\r' | b'\n')))
    }

    /// Older and newer readers see different objects: some section has both a table and a hidden stream.
    pub fn is_hybrid(&self) -> bool {
        self.is_hybrid
    }

    /// Strings and streams are encrypted, with a key that anybody can find.
    pub fn is_encrypted(&self) -> bool {
        self.crypt.is_some()
    }

    /// What was wrong with the file and was tolerated, as far as it has been read: to be asked for last.
    pub fn repairs(&self) -> Vec<Repair> {
        self.input.repairs.list()
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
        let revision = self.revisions.partition_point(|revision| revision.end <= place);
        (revision < self.revisions.len()).then_some(revision)
    }

    /// Where the revision ends in whose own bytes this place lies.
    pub(super) fn bound(&self, place: usize) -> usize {
        self.revision_at(place).map_or(self.length(), |revision| self.revisions[revision].end)
    }

    /// What a revision lists, read once.
    pub(super) fn listing(&self, revision: usize) -> Result<Rc<Listing>, ReadError> {
        if let Some(listing) = self.listings.borrow().get(&revision) {
            return Ok(Rc::clone(listing));
        }
        let listing = Rc::new(Listing::read(self, revision)?);
        self.listings.borrow_mut().insert(revision, Rc::clone(&listing));
        Ok(listing)
    }

    /// Where everything lies that any revision lists, in the order of the file: sections and objects, each once.
    pub(super) fn layout(&self) -> Result<&[Range<usize>], ReadError> {
        if let Some(layout) = self.layout.get() {
            return Ok(layout);
        }
        let mut spans = Vec::new();
        for revision in 0..self.revisions.len() {
            spans.extend_from_slice(self.listing(revision)?.spans());
        }
        spans.sort_by_key(|span| (span.start, span.end));
        spans.dedup();
        if spans.windows(2).any(|two| two[1].start < two[0].end) {
            self.input.repairs.note(Repair::Overlap);
        }
        let objects = spans.len() - self.sections.iter().filter(|section| section.is_table).count();
        if self.input.repairs.list().into_iter().any(Repair::makes_others_look)
            && spelled_objects(self, 0..self.length())? != objects
        {
            self.input.repairs.note(Repair::Unlisted);
        }
        Ok(self.layout.get_or_init(|| spans))
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

    /// Some bytes of the file, as far as it has them.
    pub(crate) fn bytes(&self, range: Range<usize>) -> Result<Cow<'a, [u8]>, ReadError> {
        self.input.source.read(range)
    }

    /// Whether all of these bytes exist and are white space.
    pub(crate) fn is_space(&self, range: Range<usize>) -> Result<bool, ReadError> {
        self.input.source.is_space(range)
    }

    pub(super) fn charge_lookups(&self, entries: usize) -> Result<(), ReadError> {
        self.input.charge_lookups(entries)
    }
}
