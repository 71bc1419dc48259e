//! Cross-reference tables (ISO 32000-1, 7.5.4), as the standard spells them and as others do.

use std::borrow::Cow;

use super::ReadError;
use super::input::{Input, MAX_SPACE};
use super::repair::Repair;
use super::source::Source;
use super::syntax::Parser;
use super::xref::{Encoding, Entry, MAX_SUBSECTIONS, Section, Subsection, trailer_dict};

/// Bytes of one entry as the standard spells it.
pub(super) const ENTRY: usize = 20;
/// Bytes of an entry written down anew: kind, offset, generation.
const COPIED: [usize; 3] = [1, 8, 2];
/// Bytes of an entry before its line end.
const WORDS: usize = 18;
/// Bytes that an entry spelled otherwise may take.
const MAX_ENTRY: usize = 64;
/// Entries looked at to see with which object a table begins.
const WITNESSES: u32 = 16;

/// The table whose keyword ends at `at`, and its trailer.
pub(super) fn read<'a>(input: &Input<'a>, start: usize, at: usize) -> Result<Section<'a>, ReadError> {
    let (subsections, data, encoding, trailer_at) = match as_written(input, at) {
        Ok((subsections, data, after)) => (subsections, data, Encoding::Lines, after),
        Err(error @ (ReadError::Limit(_) | ReadError::Io(_))) => return Err(error),
        Err(_) => {
            let (subsections, data, after) = otherwise(input, at)?;
            input.repairs.note(Repair::TableEntries);
            (subsections, Cow::Owned(data), Encoding::Fields(COPIED), after)
        }
    };
    let (trailer, trailer_at, end) = trailer_dict(&input.source, trailer_at)?;
    let mut section = Section {
        start,
        end,
        trailer,
        trailer_at,
        is_table: true,
        stream_id: None,
        reach: input.source.len(),
        is_repaired: false,
        origin: input.origin,
        data,
        encoding,
        subsections,
    };
    if section.trailer.get("Prev").is_none() && begins_with_one(input, &section)? {
        input.repairs.note(Repair::TableFromOne);
        section.subsections[0].first = 0;
    }
    Ok(section)
}

/// What stands where a subsection or the trailer begins.
enum Head {
    Subsection { first: u64, count: u64 },
    Trailer,
}

fn head(source: &Source<'_>, at: usize) -> Result<(Head, usize), ReadError> {
    source.parse(at, MAX_SPACE, |p| {
        p.skip_space();
        if p.take(b"trailer") {
            return Ok((Head::Trailer, p.at()));
        }
        let bad = |_| ReadError::Xref { at };
        let first = p.unsigned().map_err(bad)?;
        p.skip_space();
        let count = p.unsigned().map_err(bad)?;
        // A subsection of nothing is how some write a table of nothing. Elsewhere it is an entry to programs that go by lines.
        if !line_end(p) || count == 0 && first != 0 {
            return Err(ReadError::Xref { at });
        }
        Ok((Head::Subsection { first, count }, p.at()))
    })?
}

/// Whether the line ends here, or after some blanks.
fn line_end(p: &mut Parser<'_>) -> bool {
    while p.take(b" ") {}
    p.take(b"\r\n") || p.take(b"\n") || p.take(b"\r")
}

/// Subsections, the data their entries lie in, and where the trailer begins.
type Read<D> = (Vec<Subsection>, D, usize);

/// Subsections of entries of twenty bytes each; only the first of each is looked at now.
fn as_written<'a>(input: &Input<'a>, mut at: usize) -> Result<Read<Cow<'a, [u8]>>, ReadError> {
    let source = &input.source;
    let (mut subsections, mut copied) = (Vec::new(), Vec::new());
    loop {
        let (found, after) = head(source, at)?;
        let Head::Subsection { first, count } = found else {
            let data = match source {
                Source::Memory(bytes) => Cow::Borrowed(*bytes),
                Source::Windows { .. } => Cow::Owned(copied),
            };
            return Ok((subsections, data, after));
        };
        let length = usize::try_from(count).ok().and_then(|n| n.checked_mul(ENTRY));
        let end = length.and_then(|length| after.checked_add(length)).filter(|end| *end <= source.len());
        let end = end.ok_or(ReadError::Xref { at: after })?;
        if count > 0 && line(&source.read(after..after + ENTRY)?).is_none() {
            return Err(ReadError::Xref { at: after });
        }
        if let Source::Windows { .. } = source {
            input.charge_decompressed(end - after)?;
            subsections.push(Subsection::new(first, count, copied.len())?);
            copied.extend_from_slice(&source.read(after..end)?);
        } else {
            subsections.push(Subsection::new(first, count, after)?);
        }
        if subsections.len() > MAX_SUBSECTIONS {
            return Err(ReadError::Limit("cross-reference subsections"));
        }
        at = end;
    }
}

/// Entries with any line end, one a line, written down anew.
fn otherwise(input: &Input<'_>, mut at: usize) -> Result<Read<Vec<u8>>, ReadError> {
    let (mut subsections, mut data) = (Vec::new(), Vec::new());
    loop {
        let (found, after) = head(&input.source, at)?;
        let Head::Subsection { first, count } = found else { return Ok((subsections, data, after)) };
        let subsection = Subsection::new(first, count, data.len())?;
        let reach = (subsection.count as usize).saturating_mul(MAX_ENTRY);
        let (entries, end) = input.source.parse(after, reach, |p| entries(p, subsection.count))??;
        input.charge_parsed(end - after)?;
        input.charge_decompressed(entries.len())?;
        data.extend_from_slice(&entries);
        subsections.push(subsection);
        if subsections.len() > MAX_SUBSECTIONS {
            return Err(ReadError::Limit("cross-reference subsections"));
        }
        at = end;
    }
}

fn entries(p: &mut Parser<'_>, count: u32) -> Result<(Vec<u8>, usize), ReadError> {
    let mut data = Vec::new();
    for _ in 0..count {
        let bad = ReadError::Xref { at: p.at() };
        let entry = p.bytes(WORDS).and_then(words).filter(|_| line_end(p)).ok_or(bad)?;
        let (offset, generation) = (entry.0, entry.1.unwrap_or_default());
        data.push(u8::from(entry.1.is_some()));
        data.extend_from_slice(&offset.to_be_bytes());
        data.extend_from_slice(&generation.to_be_bytes());
    }
    Ok((data, p.at()))
}

/// `nnnnnnnnnn ggggg n` and two characters of line end.
pub(super) fn line(entry: &[u8]) -> Option<(u64, Option<u16>)> {
    if matches!(entry.get(WORDS..)?, b" \n" | b" \r" | b"\r\n") { words(&entry[..WORDS]) } else { None }
}

/// `nnnnnnnnnn ggggg n`: offset, and generation if it is in use.
fn words(entry: &[u8]) -> Option<(u64, Option<u16>)> {
    let digits = |from: usize, to: usize| entry.get(from..to).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    if !digits(0, 10) || entry[10] != b' ' || !digits(11, 16) || entry[16] != b' ' {
        return None;
    }
    let number = |digits: &[u8]| digits.iter().fold(0_u64, |n, b| n * 10 + u64::from(b - b'0'));
    match entry.get(17)? {
        b'f' => Some((0, None)),
        b'n' => Some((number(&entry[..10]), Some(u16::try_from(number(&entry[11..16])).ok()?))),
        _ => None,
    }
}

/// Whether the section, the oldest of its file, calls its first entry object 1 though it is object 0: the head of the free
/// list stands there, and the first object in use has the number one less than its entry.
fn begins_with_one(input: &Input<'_>, section: &Section<'_>) -> Result<bool, ReadError> {
    let [Subsection { first: 1, count, .. }, ..] = section.subsections[..] else { return Ok(false) };
    if !matches!(section.entry(1)?, Some(Entry::Free)) {
        return Ok(false);
    }
    for number in 2..=count.min(WITNESSES) {
        let Some(Entry::At { offset, .. }) = section.entry(number)? else { continue };
        let stands_there = input.source.parse(offset, MAX_SPACE, |p| {
            p.skip_space();
            p.object_header().ok()
        })?;
        return Ok(stands_there.is_some_and(|id| id.number == number - 1));
    }
    Ok(false)
}
