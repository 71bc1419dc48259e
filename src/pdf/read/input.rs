//! The file being read, what reading it has cost so far, and what was tolerated on the way.

use std::cell::Cell;
use std::ops::Range;

use super::repair::{Repair, Repairs};
use super::source::Source;
use super::{Limits, ReadError};

/// Bytes that may stand between two tokens.
pub(super) const MAX_SPACE: usize = 2 << 20;

pub(super) struct Input<'a> {
    pub(super) source: Source<'a>,
    pub(super) limits: Limits,
    /// Where the file's offsets count from: its start, or its header if something stands before that.
    pub(super) origin: usize,
    pub(super) repairs: Repairs,
    parsed: Cell<usize>,
    decompressed: Cell<usize>,
    lookups: Cell<usize>,
}

/// What follows the dictionary or value of an object.
pub(super) enum After {
    /// `endobj`, or what begins the next thing.
    End,
    /// `stream`; the data begin here.
    Data(usize),
    Neither,
}

impl<'a> Input<'a> {
    pub(super) fn new(source: Source<'a>, limits: &Limits) -> Self {
        Self {
            source,
            limits: *limits,
            origin: 0,
            repairs: Repairs::default(),
            parsed: Cell::new(0),
            decompressed: Cell::new(0),
            lookups: Cell::new(0),
        }
    }

    /// Nothing more may be read: what is too much from now on is no single object's fault.
    pub(super) fn is_spent(&self) -> bool {
        self.parsed.get() > self.limits.parsed
            || self.decompressed.get() > self.limits.decompressed
            || self.lookups.get() > self.limits.lookups
    }

    /// Bytes parsed so far.
    pub(super) fn parsed(&self) -> usize {
        self.parsed.get()
    }

    pub(super) fn charge_parsed(&self, bytes: usize) -> Result<(), ReadError> {
        charge(&self.parsed, bytes, self.limits.parsed, "parsed bytes")
    }

    pub(super) fn charge_decompressed(&self, bytes: usize) -> Result<(), ReadError> {
        charge(&self.decompressed, bytes, self.limits.decompressed, "decompressed bytes")
    }

    pub(super) fn charge_lookups(&self, entries: usize) -> Result<(), ReadError> {
        charge(&self.lookups, entries, self.limits.lookups, "cross-reference entries")
    }

    /// The place in the file that an offset written in it means.
    pub(super) fn place(&self, offset: u64) -> Option<usize> {
        usize::try_from(offset).ok()?.checked_add(self.origin)
    }

    /// The same without white space that stands there.
    pub(super) fn after_space(&self, at: usize) -> Result<usize, ReadError> {
        let found = self.source.parse(at, MAX_SPACE, |p| {
            p.skip_space();
            p.at()
        })?;
        if found != at {
            self.charge_parsed(found.saturating_sub(at))?;
            self.repairs.note(Repair::Spacing);
        }
        Ok(found)
    }

    /// What stands before `bound` after the value that ends at `at`, and where the object ends.
    pub(super) fn after_value(&self, at: usize, bound: usize) -> Result<(After, usize), ReadError> {
        enum Seen {
            Endobj,
            Next,
            Stream { is_lone: bool },
            Neither,
        }
        let (seen, end) = self.source.parse(at, MAX_SPACE.min(bound.saturating_sub(at)), |p| {
            p.skip();
            if p.keyword(b"endobj").is_ok() {
                return (Seen::Endobj, p.at());
            }
            if p.take(b"stream") {
                let whole = p.take(b"\r\n") || p.take(b"\n");
                let is_lone = !whole && p.take(b"\r");
                return (if whole || is_lone { Seen::Stream { is_lone } } else { Seen::Neither }, p.at());
            }
            let next = p.peek().is_none()
                || [&b"xref"[..], b"trailer", b"startxref"].iter().any(|word| p.keyword(word).is_ok())
                || p.object_header().is_ok();
            (if next { Seen::Next } else { Seen::Neither }, p.at())
        })?;
        self.charge_parsed(end.saturating_sub(at))?;
        Ok(match seen {
            Seen::Endobj => (After::End, end),
            Seen::Next => {
                self.repairs.note(Repair::EndobjMissing);
                (After::End, at)
            }
            Seen::Stream { is_lone } => {
                if is_lone {
                    self.repairs.note(Repair::StreamLineEnd);
                }
                (After::Data(end), end)
            }
            Seen::Neither => (After::Neither, end),
        })
    }

    /// The data of a stream that begin at `start` and are said to be `length` long, and where their object ends; all of it
    /// before `bound`.
    pub(super) fn stream_data(
        &self,
        start: usize,
        length: Option<usize>,
        bound: usize,
    ) -> Result<(Range<usize>, usize), ReadError> {
        let bad = ReadError::Stream { at: start };
        let said = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= bound);
        if let Some(end) = said
            && let Some(after) = self.endstream(end, bound)?
        {
            return Ok((start..end, self.object_end(after, bound, &bad)?));
        }
        self.repairs.note(Repair::StreamLength);
        let found = self.source.find(start..bound, b"endstream")?;
        self.charge_parsed(found.unwrap_or(bound).saturating_sub(start))?;
        let at = found.ok_or(bad.clone())?;
        let line = self.source.read(at.saturating_sub(2).max(start)..at)?;
        let end =
            at - if line.ends_with(b"\r\n") { 2 } else { usize::from(line.ends_with(b"\n") || line.ends_with(b"\r")) };
        Ok((start..end, self.object_end(at + b"endstream".len(), bound, &bad)?))
    }

    /// Where `endstream` ends, if it follows white space here.
    fn endstream(&self, at: usize, bound: usize) -> Result<Option<usize>, ReadError> {
        let (is_there, end) = self.source.parse(at, MAX_SPACE.min(bound.saturating_sub(at)), |p| {
            p.skip_space();
            (p.take(b"endstream"), p.at())
        })?;
        self.charge_parsed(end.saturating_sub(at))?;
        Ok(is_there.then_some(end))
    }

    fn object_end(&self, at: usize, bound: usize, bad: &ReadError) -> Result<usize, ReadError> {
        match self.after_value(at, bound)? {
            (After::End, end) => Ok(end),
            _ => Err(bad.clone()),
        }
    }
}

fn charge(spent: &Cell<usize>, bytes: usize, limit: usize, what: &'static str) -> Result<(), ReadError> {
    spent.set(spent.get().saturating_add(bytes));
    if spent.get() > limit { Err(ReadError::Limit(what)) } else { Ok(()) }
}
