//! Cross-reference sections (ISO 32000-1, 7.5.4, 7.5.5, 7.5.8): tables and streams, one section at a time.
//!
//! Entries are not taken apart: a section keeps where its subsections lie, and an entry is read when its object is asked
//! for. A file of 180,000 objects opens in microseconds.

use std::borrow::Cow;

use super::ReadError;
use super::input::{After, Input, MAX_SPACE};
use super::source::Source;
use super::stream;
use super::table;
use super::value::{Dict, Id, Value};

/// The largest trailer dictionary, or dictionary of a cross-reference stream.
pub(super) const MAX_TRAILER: usize = 2 << 20;
/// What a subsection costs in memory, to be charged like bytes parsed.
const SUBSECTION_COST: usize = 16;
/// Subsections in one section; incremental updates of many scattered objects have some hundreds.
pub(super) const MAX_SUBSECTIONS: usize = 100_000;
/// ISO 32000-1, annex C: 8,388,607 indirect objects.
const MAX_NUMBER: u32 = 8_388_607;

/// Where an object is, as one entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// No such object.
    Free,
    /// At this place in the file.
    At { offset: usize, generation: u16 },
    /// Number `index` in the object stream `container`.
    Packed { container: u32, index: usize },
}

/// One cross-reference section with its trailer.
pub(crate) struct Section<'a> {
    /// Where it begins.
    pub(crate) start: usize,
    /// Just after the trailer dictionary or the stream object.
    pub(crate) end: usize,
    pub(crate) trailer: Dict,
    /// Where the trailer dictionary stands.
    pub(crate) trailer_at: usize,
    /// A table, not a stream.
    pub(crate) is_table: bool,
    /// The object number of the cross-reference stream.
    pub(crate) stream_id: Option<Id>,
    /// Where its revision ends: nothing that it lists lies beyond.
    pub(super) reach: usize,
    /// It, or the way to it, was not spelled as the standard says.
    pub(super) is_repaired: bool,
    /// Where its offsets count from.
    pub(super) origin: usize,
    pub(super) data: Cow<'a, [u8]>,
    pub(super) encoding: Encoding,
    /// In order of their numbers.
    pub(super) subsections: Vec<Subsection>,
}

/// How entries are spelled in a section's data.
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    /// The lines of a table.
    Lines,
    /// Three big-endian numbers of these widths.
    Fields([usize; 3]),
}

pub(super) struct Subsection {
    pub(super) first: u32,
    pub(super) count: u32,
    /// Where its first entry lies in the section's data.
    pub(super) at: usize,
}

impl<'a> Section<'a> {
    /// The section at `start`.
    pub(super) fn read(input: &Input<'a>, start: usize) -> Result<Self, ReadError> {
        let start = input.after_space(start)?;
        let table = input.source.parse(start, b"xref".len(), |p| p.take(b"xref").then(|| p.at()))?;
        let mut section = match table {
            Some(after) => table::read(input, start, after)?,
            None => Self::stream(input, start)?,
        };
        section.subsections.sort_by_key(|s| s.first);
        let apart = section.subsections.windows(2).all(|w| w[0].first + w[0].count <= w[1].first);
        if apart { Ok(section) } else { Err(ReadError::Xref { at: start }) }
    }

    fn stream(input: &Input<'a>, start: usize) -> Result<Self, ReadError> {
        let bad = ReadError::Xref { at: start };
        let header = input.source.parse(start, MAX_SPACE, |p| p.object_header().ok().map(|id| (id, p.at())))?;
        let (id, after) = header.ok_or(bad.clone())?;
        let (trailer, trailer_at, end) = trailer_dict(&input.source, after)?;
        if !trailer.has_name("Type", "XRef") {
            return Err(bad);
        }
        let (After::Data(data_at), _) = input.after_value(end, input.source.len())? else { return Err(bad) };
        // Its length must be direct: the section that would find it is the one being read.
        let length = trailer.get("Length").and_then(Value::as_int).and_then(|n| usize::try_from(n).ok());
        let (raw, end) = input.stream_data(data_at, length, input.source.len())?;
        let data = stream::decode(
            &trailer,
            &input.source.read(stream::bounded(raw, input.limits.stream)?)?,
            input.limits.stream,
        )?;
        let widths = widths(&trailer).ok_or(bad.clone())?;
        let size = trailer.get("Size").cloned().ok_or(bad.clone())?;
        let index = match trailer.get("Index") {
            None => vec![Value::Int(0), size],
            Some(index) => index.as_array().ok_or(bad.clone())?.to_vec(),
        };
        if index.len() % 2 != 0 || index.len() / 2 > MAX_SUBSECTIONS {
            return Err(bad);
        }
        let (mut subsections, mut at) = (Vec::new(), 0_usize);
        for pair in index.chunks_exact(2) {
            let number = |value: &Value| value.as_int().and_then(|n| u64::try_from(n).ok());
            let (first, count) = number(&pair[0]).zip(number(&pair[1])).ok_or(bad.clone())?;
            let subsection = Subsection::new(first, count, at)?;
            at = at.saturating_add((subsection.count as usize).saturating_mul(widths.iter().sum()));
            subsections.push(subsection);
        }
        if at > data.len() {
            return Err(bad);
        }
        let (data, encoding, origin) = (Cow::Owned(data), Encoding::Fields(widths), input.origin);
        Ok(Self {
            start,
            end,
            trailer,
            trailer_at,
            is_table: false,
            stream_id: Some(id),
            reach: input.source.len(),
            is_repaired: false,
            origin,
            data,
            encoding,
            subsections,
        })
    }

    /// Charges what reading it cost: the section without the entries of a table, which are read one by one, and what it takes
    /// in memory, unless table entries have been charged when they were copied.
    pub(super) fn charge(&self, input: &Input<'_>) -> Result<(), ReadError> {
        let entries = if self.is_table { self.len() } else { 0 };
        let bytes = (self.end - self.start).saturating_sub(entries * table::ENTRY);
        input.charge_parsed(bytes + self.subsections.len() * SUBSECTION_COST)?;
        input.charge_decompressed(if self.is_table { 0 } else { self.data.len() })
    }

    /// One more than the highest number it has an entry for.
    pub(crate) fn past_last(&self) -> u32 {
        self.subsections.iter().rev().find(|s| s.count > 0).map_or(0, |s| s.first + s.count)
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.subsections.iter().map(|s| s.count as usize).sum()
    }

    /// What this section says of object `number`; `None`: nothing.
    pub(crate) fn entry(&self, number: u32) -> Result<Option<Entry>, ReadError> {
        let after = self.subsections.partition_point(|s| s.first <= number);
        let Some(subsection) = after.checked_sub(1).map(|i| &self.subsections[i]) else { return Ok(None) };
        let index = number - subsection.first;
        if index >= subsection.count { Ok(None) } else { self.decode(subsection, index).map(Some) }
    }

    /// All entries in order of their numbers.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<(u32, Entry), ReadError>> + '_ {
        self.subsections
            .iter()
            .flat_map(move |s| (0..s.count).map(move |i| self.decode(s, i).map(|entry| (s.first + i, entry))))
    }

    fn decode(&self, subsection: &Subsection, index: u32) -> Result<Entry, ReadError> {
        let width = match self.encoding {
            Encoding::Lines => table::ENTRY,
            Encoding::Fields(widths) => widths.iter().sum(),
        };
        let at = subsection.at + index as usize * width;
        let bad = ReadError::Xref { at: self.start };
        // `read` has checked that every subsection lies inside the data.
        let entry = self.data.get(at..at + width).ok_or(bad.clone())?;
        match self.encoding {
            Encoding::Lines => table::line(entry).and_then(|(offset, generation)| match generation {
                None => Some(Entry::Free),
                Some(generation) => Some(Entry::At { offset: self.place(offset)?, generation }),
            }),
            Encoding::Fields(widths) => self.fields(entry, widths),
        }
        .ok_or(bad)
    }

    fn fields(&self, entry: &[u8], widths: [usize; 3]) -> Option<Entry> {
        let field =
            |from: usize, width: usize| entry[from..from + width].iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        let kind = if widths[0] == 0 { 1 } else { field(0, widths[0]) };
        let second = field(widths[0], widths[1]);
        let third = field(widths[0] + widths[1], widths[2]);
        match kind {
            0 => Some(Entry::Free),
            1 => Some(Entry::At { offset: self.place(second)?, generation: u16::try_from(third).ok()? }),
            2 => Some(Entry::Packed { container: u32::try_from(second).ok()?, index: usize::try_from(third).ok()? }),
            _ => None,
        }
    }

    /// Offset 0, where no object can be, stays what it is: some writers mean nowhere.
    fn place(&self, offset: u64) -> Option<usize> {
        let offset = usize::try_from(offset).ok()?;
        if offset == 0 { Some(0) } else { offset.checked_add(self.origin) }
    }
}

/// The dictionary that follows at `at`, where it begins and where it ends.
pub(super) fn trailer_dict(source: &Source<'_>, at: usize) -> Result<(Dict, usize, usize), ReadError> {
    source.parse(at, MAX_TRAILER, |p| {
        p.skip();
        let start = p.at();
        Ok((p.dict()?, start, p.at()))
    })?
}

impl Subsection {
    pub(super) fn new(first: u64, count: u64, at: usize) -> Result<Self, ReadError> {
        match (u32::try_from(first), u32::try_from(count)) {
            (Ok(first), Ok(count)) if first <= MAX_NUMBER && count <= MAX_NUMBER + 1 => Ok(Self { first, count, at }),
            _ => Err(ReadError::Limit("object numbers")),
        }
    }
}

fn widths(trailer: &Dict) -> Option<[usize; 3]> {
    let [a, b, c] = trailer.get("W")?.as_array()? else { return None };
    let width = |value: &Value| value.as_int().and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= 8);
    let widths = [width(a)?, width(b)?, width(c)?];
    (widths[1] > 0).then_some(widths)
}
