//! Reading objects and streams for the search, under limits of its own. A search that runs out says what it has found so far:
//! it adds doubts, and no file is good for its silence.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::rc::Rc;

use flate2::{Decompress, FlushDecompress, Status};

use super::super::ReadError;
use super::super::document::Document;
use super::super::objects::Object;
use super::super::value::{Dict, Id, Value};
use super::super::view::View;

/// Operators of content streams followed, all together.
const OPERATORS: usize = 500_000;
/// Bytes decoded, all together.
const BYTES: usize = 64 << 20;
/// Bytes that one stream may decode to.
const STREAM: usize = 16 << 20;
/// Bytes inflated at once, at least.
const CHUNK: usize = 16 << 10;
/// Texts compared with what may cover them.
const COMPARISONS: usize = 50_000_000;
/// Revisions for which all of this may be spent in one document: many signatures do not make the work endless.
const SEARCHES: usize = 4;
/// Filters in a row.
const FILTERS: usize = 3;

/// Values kept of objects that may be asked for again, all together; each takes some thirty bytes.
const KEPT: usize = 1_000_000;
/// References followed from one value to the next.
const REFERENCES: usize = 8;

/// The objects of one view. What cannot be read is passed over; what is too much is told.
pub(super) struct Reader<'d, 'a> {
    pub(super) view: View<'d, 'a>,
    kept: RefCell<HashMap<Id, Rc<Object>>>,
    room: Cell<usize>,
    budget: Budget,
}

/// What following content may cost.
pub(in crate::pdf::read) struct Budget {
    operators: Cell<usize>,
    bytes: Cell<usize>,
    comparisons: Cell<usize>,
}

impl Budget {
    /// For this many searches.
    const fn of(searches: usize) -> Self {
        Self {
            operators: Cell::new(OPERATORS * searches),
            bytes: Cell::new(BYTES * searches),
            comparisons: Cell::new(COMPARISONS * searches),
        }
    }
}

impl Default for Budget {
    /// For one document.
    fn default() -> Self {
        Self::of(SEARCHES)
    }
}

impl<'d, 'a> Reader<'d, 'a> {
    pub(super) fn new(view: View<'d, 'a>) -> Self {
        Self { view, kept: RefCell::default(), room: Cell::new(KEPT), budget: Budget::of(1) }
    }

    /// Spends of this search's budget and of the document's; what does not suffice is lost.
    fn spend(&self, of: fn(&Budget) -> &Cell<usize>, amount: usize) -> Option<()> {
        let mine = spend(of(&self.budget), amount);
        let all = spend(of(&self.view.document().search), amount);
        if mine.and(all).is_none() {
            of(&self.budget).set(0);
        }
        mine.and(all)
    }

    /// Takes one operator; `None` if none is left.
    pub(super) fn operator(&self) -> Option<()> {
        self.spend(|budget| &budget.operators, 1)
    }

    /// Whether no more content can be followed.
    pub(super) fn is_spent(&self) -> bool {
        self.budget.operators.get() == 0
    }

    /// Whether there was more to follow than could be.
    pub(super) fn has_left_out(&self) -> bool {
        [&self.budget.operators, &self.budget.bytes, &self.budget.comparisons].iter().any(|left| left.get() == 0)
    }

    pub(super) fn comparisons(&self, count: usize) -> Option<()> {
        self.spend(|budget| &budget.comparisons, count)
    }

    /// An object. Kept, because every page may ask for the same fonts, images and nodes above it.
    pub(super) fn object(&self, id: Id) -> Result<Option<Rc<Object>>, ReadError> {
        if let Some(object) = self.kept.borrow().get(&id) {
            return Ok(Some(Rc::clone(object)));
        }
        let Some(object) = readable(self.view.document(), self.view.object(id))?.flatten().map(Rc::new) else {
            return Ok(None);
        };
        if spend(&self.room, values(&object.value)).is_some() {
            self.kept.borrow_mut().insert(id, Rc::clone(&object));
        }
        Ok(Some(object))
    }

    /// The value itself, references followed; null if it cannot be read.
    pub(super) fn resolve(&self, value: Option<&Value>) -> Result<Value, ReadError> {
        let mut value = value.cloned().unwrap_or(Value::Null);
        for _ in 0..REFERENCES {
            let Value::Ref(id) = value else { return Ok(value) };
            value = self.object(id)?.map_or(Value::Null, |object| object.value.clone());
        }
        Ok(Value::Null)
    }

    /// The dictionary that a value is or refers to.
    pub(super) fn dict(&self, value: Option<&Value>) -> Result<Option<Dict>, ReadError> {
        Ok(if let Value::Dict(dict) = self.resolve(value)? { Some(dict) } else { None })
    }

    /// What a dictionary, itself or by reference, has under a key.
    pub(super) fn entry(&self, dict: Option<&Value>, key: &str) -> Option<Value> {
        match dict? {
            Value::Dict(dict) => dict.get(key).cloned(),
            Value::Ref(id) => self.object(*id).ok()??.value.as_dict()?.get(key).cloned(),
            _ => None,
        }
    }

    /// The array that a value is or refers to; empty if there is none.
    pub(super) fn array(&self, value: Option<&Value>) -> Result<Vec<Value>, ReadError> {
        Ok(if let Value::Array(items) = self.resolve(value)? { Rc::unwrap_or_clone(items) } else { Vec::new() })
    }

    /// Bytes of the file.
    pub(super) fn bytes(&self, range: Range<usize>) -> Option<Cow<'a, [u8]>> {
        self.view.document().bytes(range).ok()
    }

    /// The data of a stream, its filters not undone.
    fn raw(&self, object: &Object) -> Option<Cow<'a, [u8]>> {
        let range = object.data.as_ref()?;
        if range.len() > STREAM { None } else { self.view.document().data(object).ok() }
    }

    /// The decoded data of a stream; `None` if it is none, or by a filter that text does not use.
    pub(super) fn decode(&self, object: &Object) -> Option<Vec<u8>> {
        let (dict, raw) = (object.value.as_dict()?, self.raw(object)?);
        let filters = match self.resolve(dict.get("Filter")).ok()? {
            Value::Null => Vec::new(),
            Value::Array(names) if names.len() <= FILTERS => Rc::unwrap_or_clone(names),
            name @ Value::Name(_) => vec![name],
            _ => return None,
        };
        if dict.get("F").is_some() || self.has_predictor(dict)? {
            return None;
        }
        let limit = STREAM.min(self.budget.bytes.get());
        let mut data: Option<Vec<u8>> = None;
        for filter in &filters {
            let from = data.as_deref().unwrap_or(&raw);
            let decoded = match filter.as_name()? {
                b"FlateDecode" | b"Fl" => inflate(from, limit)?,
                b"ASCII85Decode" | b"A85" => ascii85(from)?,
                b"ASCIIHexDecode" | b"AHx" => ascii_hex(from)?,
                _ => return None,
            };
            self.spend(|budget| &budget.bytes, decoded.len())?;
            data = Some(decoded);
        }
        match data {
            Some(data) => Some(data),
            None => {
                self.spend(|budget| &budget.bytes, raw.len())?;
                Some(raw.into_owned())
            }
        }
    }

    /// Whether the data of a stream are all there and every program reads them alike: plain, or deflated to their end.
    pub(super) fn is_whole(&self, object: &Object) -> Option<bool> {
        let (dict, raw) = (object.value.as_dict()?, self.raw(object)?);
        let is_deflated = match dict.get("Filter") {
            None => false,
            Some(Value::Name(name)) if **name == *b"FlateDecode" => true,
            Some(Value::Array(names)) if matches!(names.as_slice(), [Value::Name(name)] if **name == *b"FlateDecode") => {
                true
            }
            Some(_) => return Some(false),
        };
        let read = |raw: &[u8]| {
            let read = flate2::read::ZlibDecoder::new(raw).take(STREAM as u64).read_to_end(&mut Vec::new());
            read.is_ok_and(|length| length < STREAM)
        };
        Some(dict.get("DecodeParms").is_none() && (!is_deflated || read(&raw)))
    }

    fn has_predictor(&self, dict: &Dict) -> Option<bool> {
        let number = |parameters: &Value| parameters.as_dict().and_then(|d| d.get("Predictor")?.as_int());
        let predicts = |parameters: &Value| number(parameters).is_some_and(|n| n > 1);
        Some(match self.resolve(dict.get("DecodeParms")).ok()? {
            Value::Array(items) => items.iter().any(predicts),
            parameters => predicts(&parameters),
        })
    }
}

/// The parser bounds how deep values nest.
fn values(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(values).sum::<usize>() + 1,
        Value::Dict(dict) => dict.entries().map(|(_, value)| values(value) + 1).sum::<usize>() + 1,
        Value::String(bytes) => bytes.len() / 32 + 1,
        Value::Name(name) => name.len() / 32 + 1,
        _ => 1,
    }
}

/// What cannot be read, one object nested too deep among it, is passed over; that nothing more can be read is told.
pub(super) fn readable<T>(document: &Document<'_>, result: Result<T, ReadError>) -> Result<Option<T>, ReadError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error @ ReadError::Io(_)) => Err(error),
        Err(error) if document.input.is_spent() => Err(error),
        Err(_) => Ok(None),
    }
}

fn spend(left: &Cell<usize>, amount: usize) -> Option<()> {
    left.set(left.get().checked_sub(amount)?);
    Some(())
}

/// What can be had, to the last byte before what is wrong: writers that end early are common, and programs show what there is.
fn inflate(raw: &[u8], limit: usize) -> Option<Vec<u8>> {
    let (mut inflater, mut data, mut rest) = (Decompress::new(true), Vec::new(), raw);
    loop {
        data.reserve(raw.len().clamp(CHUNK, limit.max(CHUNK)));
        let (read, written) = (inflater.total_in(), data.len());
        let status = inflater.decompress_vec(rest, &mut data, FlushDecompress::None);
        if data.len() > limit {
            return None;
        }
        rest = &rest[usize::try_from(inflater.total_in() - read).ok()?..];
        match status {
            Ok(Status::StreamEnd) => return Some(data),
            Ok(_) if data.len() > written || inflater.total_in() > read => {}
            _ => return (!data.is_empty()).then_some(data),
        }
    }
}

/// ISO 32000-1, 7.4.2.
fn ascii_hex(raw: &[u8]) -> Option<Vec<u8>> {
    let digits = raw.iter().take_while(|b| **b != b'>').filter(|b| !b.is_ascii_whitespace() && **b != 0);
    let mut digits: Vec<u8> = digits.copied().collect();
    if digits.len() % 2 == 1 {
        digits.push(b'0');
    }
    hex::decode(digits).ok()
}

/// ISO 32000-1, 7.4.3.
fn ascii85(raw: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut group) = (Vec::with_capacity(raw.len() / 5 * 4), Vec::with_capacity(5));
    for byte in raw.iter().filter(|b| !b.is_ascii_whitespace() && **b != 0) {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => return None,
        }
        if group.len() == 5 {
            out.extend(base85(&group)?);
            group.clear();
        }
    }
    if let used @ 2.. = group.len() {
        group.resize(5, 84);
        out.extend(base85(&group)?.get(..used - 1)?);
    }
    Some(out)
}

fn base85(group: &[u8]) -> Option<[u8; 4]> {
    let number = group.iter().fold(0_u64, |n, digit| n * 85 + u64::from(*digit));
    u32::try_from(number).ok().map(u32::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deflated_is_had_up_to_where_it_is_damaged() {
        let said: Vec<u8> = (0..200_000_u32).flat_map(u32::to_be_bytes).collect();
        let mut deflated = Vec::new();
        flate2::read::ZlibEncoder::new(&said[..], flate2::Compression::fast()).read_to_end(&mut deflated).unwrap();
        assert_eq!(inflate(&deflated, STREAM).as_ref(), Some(&said));
        assert_eq!(inflate(&deflated, said.len() - 1), None);
        let sum = deflated.len() - 4;
        deflated[sum..].fill(0);
        assert_eq!(inflate(&deflated, STREAM).as_ref(), Some(&said), "a wrong checksum");
        assert_eq!(inflate(&deflated[..sum], STREAM).as_ref(), Some(&said), "none");
        let half = inflate(&deflated[..sum / 2], STREAM).unwrap();
        assert!(half.len() > said.len() / 4 && said.starts_with(&half), "{}", half.len());
        assert_eq!(inflate(b"no such stream", STREAM), None);
    }

    #[test]
    fn text_filters_decode() {
        assert_eq!(ascii_hex(b"50 6 44>"), Some(vec![0x50, 0x64, 0x40]));
        // Computed with Python's base64.a85encode.
        assert_eq!(ascii85(b";e9BR\nzBl7P~>").as_deref(), Some(&b"Seal\0\0\0\0ing"[..]));
        assert_eq!([ascii_hex(b"5x>"), ascii85(b"vvvvv")], [None, None]);
    }
}
