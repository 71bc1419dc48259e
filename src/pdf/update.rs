//! One incremental update (ISO 32000-1, 7.5.6): objects, a cross-reference table, a trailer, appended to an untouched file.
//!
//! Only the appended bytes are built here; offsets count from the start of the file, so a file of any size costs the same.

use super::StampError;
use super::read::Document;
use super::read::syntax::Parser;
use super::read::value::{Id, Value};

/// The largest offset that a cross-reference table can hold, in ten digits.
const MAX_OFFSET: u64 = 9_999_999_999;

/// An update under construction.
pub(super) struct Update {
    /// Length of the file it is appended to.
    base: u64,
    tail: Vec<u8>,
    entries: Vec<(Id, u64)>,
    next: u32,
    trailer: Trailer,
}

/// What a new trailer takes over from the one before.
struct Trailer {
    root: Id,
    info: Option<Id>,
    /// `/ID` as written, both strings kept.
    id: Vec<u8>,
    previous: u64,
}

impl Update {
    /// Begins an update of a document that we made: whole, plain, a table at its end, nothing after it, not hybrid.
    pub(super) fn of(document: &Document<'_>) -> Result<Self, StampError> {
        let section = document.newest_section();
        let is_plain = !document.is_hybrid() && !document.is_encrypted() && document.repairs().is_empty();
        if !section.is_table || !is_plain || document.trailing() != 0 {
            return Err(StampError::NotOurForm);
        }
        let trailer = &section.trailer;
        let reference = |key: &str| trailer.get(key).and_then(Value::as_ref);
        let size = trailer.get("Size").and_then(Value::as_int).and_then(|n| u32::try_from(n).ok());
        let (base, written) = (document.length(), document.bytes(section.trailer_at..section.end)?);
        let raw_id = Parser::new(&written, 0).dict_spans()?.remove(&b"ID"[..]);
        let raw_id = raw_id.ok_or(StampError::NotOurForm)?;
        let mut update = Self {
            base: base as u64,
            tail: Vec::with_capacity(16 << 10),
            entries: Vec::new(),
            next: size.ok_or(StampError::NotOurForm)?,
            trailer: Trailer {
                root: reference("Root").ok_or(StampError::NotOurForm)?,
                info: reference("Info"),
                id: written[raw_id].to_vec(),
                previous: section.start as u64,
            },
        };
        if !document.bytes(base - 1..base)?.ends_with(b"\n") {
            update.tail.push(b'\n');
        }
        Ok(update)
    }

    /// A number that no object has yet.
    pub(super) fn reserve(&mut self) -> Id {
        let id = Id::new(self.next);
        self.next += 1;
        id
    }

    /// Writes object `id`; the result is where `body` begins in the whole file.
    pub(super) fn object(&mut self, id: Id, body: &[u8]) -> u64 {
        self.entries.push((id, self.at()));
        self.tail.extend_from_slice(format!("{} {} obj\n", id.number, id.generation).as_bytes());
        let at = self.at();
        self.tail.extend_from_slice(body);
        self.tail.extend_from_slice(b"\nendobj\n");
        at
    }

    /// Writes a stream; `entries` are those of its dictionary besides `/Length`.
    pub(super) fn stream(&mut self, id: Id, entries: &str, data: &[u8]) {
        let mut body = format!("<< {entries} /Length {} >>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(id, &body);
    }

    /// Where the next byte comes to stand in the whole file.
    fn at(&self) -> u64 {
        self.base + self.tail.len() as u64
    }

    /// The table and the trailer; the result is everything to append.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, StampError> {
        let start = self.at();
        if start > MAX_OFFSET {
            return Err(StampError::TooLarge);
        }
        self.entries.sort_unstable();
        self.tail.extend_from_slice(b"xref\n");
        for run in self.entries.chunk_by(|a, b| a.0.number + 1 == b.0.number) {
            self.tail.extend_from_slice(format!("{} {}\n", run[0].0.number, run.len()).as_bytes());
            for (id, offset) in run {
                self.tail.extend_from_slice(format!("{offset:010} {:05} n \n", id.generation).as_bytes());
            }
        }
        let Trailer { root, info, id, previous } = self.trailer;
        let info = info.map(|info| format!(" /Info {info}")).unwrap_or_default();
        self.tail.extend_from_slice(format!("trailer\n<< /Size {} /Root {root}{info} /ID ", self.next).as_bytes());
        self.tail.extend_from_slice(&id);
        self.tail.extend_from_slice(format!(" /Prev {previous} >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
        Ok(self.tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_beyond_four_gigabytes_are_right() {
        let base = 5_000_000_000_u64;
        let trailer = Trailer { root: Id::new(1), info: None, id: b"[<00><00>]".to_vec(), previous: base - 100 };
        let mut update = Update { base, tail: Vec::new(), entries: Vec::new(), next: 9, trailer };
        let id = update.reserve();
        assert_eq!(update.object(id, b"null"), base + 8, "after the header");
        update.object(Id::new(3), b"null");
        let tail = String::from_utf8(update.finish().unwrap()).unwrap();
        assert!(tail.contains("xref\n3 1\n5000000020 00000 n \n9 1\n5000000000 00000 n \n"), "{tail}");
        assert!(
            tail.ends_with("/Size 10 /Root 1 0 R /ID [<00><00>] /Prev 4999999900 >>\nstartxref\n5000000040\n%%EOF\n")
        );
    }

    #[test]
    fn an_offset_that_ten_digits_cannot_hold_is_refused() {
        let trailer = Trailer { root: Id::new(1), info: None, id: Vec::new(), previous: 0 };
        let update = Update { base: MAX_OFFSET + 1, tail: Vec::new(), entries: Vec::new(), next: 9, trailer };
        assert!(matches!(update.finish(), Err(StampError::TooLarge)));
    }
}
