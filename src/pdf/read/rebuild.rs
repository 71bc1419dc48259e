//! Objects of a file without a usable cross-reference, found by looking for `12 0 obj` all over it.
//!
//! What comes of it is a guess ([`Repair::Rebuilt`](super::Repair::Rebuilt)): good enough to say what the file seems to be, never
//! to call a signature valid. One pass over the file; what lies in object streams is added by the document, which can read them.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use super::ReadError;
use super::input::Input;
use super::syntax::{is_regular, is_space};
use super::value::{Dict, Id, Value};
use super::xref::{Encoding, Entry, MAX_TRAILER, Section, Subsection};

/// Objects found at most.
const MAX_OBJECTS: usize = 1_000_000;
/// Trailers, cross-reference streams and object streams of which the place is kept; the last ones count.
const MAX_PLACES: usize = 10_000;
/// The longest `4294967295 65535 ` before `obj`, with some white space.
pub(super) const MAX_HEADER: usize = 32;

/// What one pass over a file finds.
#[derive(Default)]
pub(super) struct Scan {
    /// The last place of each object.
    objects: BTreeMap<u32, (usize, u16)>,
    /// Where the dictionaries after `trailer` begin.
    trailers: VecDeque<usize>,
    /// Objects in whose bytes `/XRef` stands.
    sections: VecDeque<usize>,
    /// Objects in whose bytes `/ObjStm` stands.
    pub(super) containers: VecDeque<(Id, usize)>,
    /// The last object in whose bytes `/Catalog` stands.
    catalog: Option<Id>,
    /// The object whose bytes are being looked at.
    current: Option<(Id, usize)>,
}

/// `12 0 ` before `obj`.
pub(super) struct Header {
    pub(super) id: Id,
    /// Bytes before `obj`.
    pub(super) length: usize,
}

/// The header of an object that ends these bytes, which stand before `obj`.
pub(super) fn header_before(bytes: &[u8]) -> Option<Header> {
    let before = |bytes: &[u8], is_so: fn(u8) -> bool| bytes.iter().rposition(|b| !is_so(*b)).map_or(0, |at| at + 1);
    let number = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.parse::<u32>().ok();
    let digit = |b: u8| b.is_ascii_digit();
    let rest = &bytes[..before(bytes, is_space)];
    let generation_at = before(rest, digit);
    let generation = u16::try_from(number(&rest[generation_at..])?).ok()?;
    let numbers = &rest[..before(&rest[..generation_at], is_space)];
    let start = before(numbers, digit);
    let id = Id { number: number(&numbers[start..])?, generation };
    let is_apart = rest.len() < bytes.len() && numbers.len() < generation_at;
    let begins = start == 0 || !is_regular(numbers[start - 1]);
    (is_apart && begins).then_some(Header { id, length: bytes.len() - start })
}

impl Scan {
    /// Looks through the file once.
    pub(super) fn of(input: &Input<'_>) -> Result<Self, ReadError> {
        const WORDS: [&[u8]; 5] = [b"obj", b"trailer", b"/XRef", b"/ObjStm", b"/Catalog"];
        const PIECE: usize = 1 << 20;
        let (mut scan, mut at) = (Self::default(), 0);
        while at < input.source.len() {
            // Each piece begins some bytes early, so that headers are whole, and ends some late, so that words are.
            let (from, to) = (at.saturating_sub(MAX_HEADER), at.saturating_add(PIECE));
            let piece = input.source.read(from..to.saturating_add(MAX_HEADER))?;
            let mut found: Vec<(usize, &[u8])> = WORDS
                .iter()
                .flat_map(|word| memchr::memmem::find_iter(&piece, word).map(move |i| (i, *word)))
                .filter(|(i, _)| (at..to).contains(&(from + i)))
                .collect();
            found.sort_unstable();
            for (i, word) in found {
                scan.see(word, from + i, &piece[i.saturating_sub(MAX_HEADER)..i])?;
            }
            at = to;
        }
        Ok(scan)
    }

    fn see(&mut self, word: &[u8], at: usize, before: &[u8]) -> Result<(), ReadError> {
        match word {
            b"obj" => {
                let Some(header) = header_before(before) else { return Ok(()) };
                let start = at - header.length;
                self.current = Some((header.id, start));
                self.objects.insert(header.id.number, (start, header.id.generation));
                if self.objects.len() > MAX_OBJECTS {
                    return Err(ReadError::Limit("objects"));
                }
            }
            b"trailer" => keep(&mut self.trailers, at + word.len()),
            b"/XRef" => keep(&mut self.sections, self.current.map_or(0, |(_, start)| start)),
            b"/ObjStm" => {
                if let Some(container) = self.current {
                    keep(&mut self.containers, container);
                }
            }
            _ => self.catalog = self.current.map(|(id, _)| id).or(self.catalog),
        }
        Ok(())
    }

    /// The trailer to go by: the last one that names a catalog, else the last object that looks like one.
    pub(super) fn trailer(&self, input: &Input<'_>) -> Result<Option<Dict>, ReadError> {
        let mut places: Vec<usize> = self.trailers.iter().rev().copied().collect();
        for at in self.sections.iter().rev() {
            places.push(input.source.parse(*at, MAX_HEADER * 2, |p| {
                let _ = p.object_header();
                p.at()
            })?);
        }
        for at in places {
            let (dict, end) = input.source.parse(at, MAX_TRAILER, |p| {
                p.skip();
                (p.dict().ok(), p.at())
            })?;
            input.charge_parsed(end.saturating_sub(at))?;
            if let Some(dict) = dict.filter(|dict| matches!(dict.get("Root"), Some(Value::Ref(_)))) {
                return Ok(Some(dict));
            }
        }
        Ok(self.catalog.and_then(|id| Dict::new(vec![(b"Root"[..].into(), Value::Ref(id))])))
    }

    /// A section of what was found, and of what lies in the object streams.
    pub(super) fn section<'a>(
        &self,
        input: &Input<'a>,
        trailer: Dict,
        packed: &BTreeMap<u32, (usize, Entry)>,
    ) -> Result<Section<'a>, ReadError> {
        let mut entries: BTreeMap<u32, (usize, Entry)> = self
            .objects
            .iter()
            .map(|(number, (offset, generation))| {
                (*number, (*offset, Entry::At { offset: *offset, generation: *generation }))
            })
            .collect();
        for (number, (container_at, entry)) in packed {
            if entries.get(number).is_none_or(|(at, _)| at < container_at) {
                entries.insert(*number, (*container_at, *entry));
            }
        }
        let mut data = Vec::with_capacity(entries.len() * 13);
        let mut subsections: Vec<Subsection> = Vec::new();
        for (number, (_, entry)) in &entries {
            let (kind, second, third) = match entry {
                Entry::Free => (0, 0, 0),
                Entry::At { offset, generation } => (1, *offset as u64, u32::from(*generation)),
                Entry::Packed { container, index } => (2, u64::from(*container), *index as u32),
            };
            match subsections.last_mut() {
                Some(last) if last.first + last.count == *number => last.count += 1,
                _ => subsections.push(Subsection::new(u64::from(*number), 1, data.len())?),
            }
            data.push(kind);
            data.extend_from_slice(&second.to_be_bytes());
            data.extend_from_slice(&third.to_be_bytes());
        }
        input.charge_decompressed(data.len())?;
        let length = input.source.len();
        Ok(Section {
            start: length,
            end: length,
            trailer,
            trailer_at: length,
            is_table: true,
            stream_id: None,
            reach: length,
            is_repaired: false,
            // What was found are places in the file.
            origin: 0,
            data: Cow::Owned(data),
            encoding: Encoding::Fields([1, 8, 4]),
            subsections,
        })
    }
}

fn keep<T>(places: &mut VecDeque<T>, place: T) {
    if places.len() == MAX_PLACES {
        places.pop_front();
    }
    places.push_back(place);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_stands_whole_before_its_keyword() {
        let header = |text: &str| header_before(text.as_bytes()).map(|h| (h.id.number, h.id.generation, h.length));
        assert_eq!(header("x\n12 0 "), Some((12, 0, 5)));
        assert_eq!(header("1 2\r\n"), Some((1, 2, 5)));
        assert_eq!(header(">>7 0 "), Some((7, 0, 4)));
        for bad in ["", "12 0", "x12 0 ", "12 ", "0 ", "1 70000 ", "end", "a 0 ", "99999999999 0 "] {
            assert_eq!(header(bad), None, "{bad}");
        }
    }
}
