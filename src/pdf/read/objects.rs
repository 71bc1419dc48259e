//! Objects at their places, on their own or packed into object streams (ISO 32000-1, 7.3.10 and 7.5.7).

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use super::ReadError;
use super::document::Document;
use super::input::After;
use super::repair::Repair;
use super::stream;
use super::syntax::Parser;
use super::value::{Dict, Id, Value};
use super::view::View;
use super::xref::Entry;

/// How far an object that is an integer may reach.
const MAX_LENGTH_OBJECT: usize = 1024;
/// The largest object body; content lies in streams, which are not parsed.
pub(super) const MAX_OBJECT: usize = 8 << 20;
/// Objects in one object stream; writers pack some hundreds.
const MAX_PACKED: usize = 100_000;
/// Keys of an object stream (ISO 32000-1, tables 5 and 16) that say nothing of data elsewhere.
const OBJECT_STREAM_KEYS: [&[u8]; 7] = [b"Type", b"N", b"First", b"Length", b"Filter", b"DecodeParms", b"Extends"];

/// An object and where it was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Object {
    pub(crate) id: Id,
    /// Its strings are decrypted.
    pub(crate) value: Value,
    /// From its number to the end of `endobj`; `None` in an object stream.
    pub(crate) span: Option<Range<usize>>,
    /// Where its value begins.
    pub(crate) body: usize,
    /// The raw data of a stream, as they stand in the file.
    pub(crate) data: Option<Range<usize>>,
}

pub(super) struct ObjectStream {
    data: Vec<u8>,
    /// Object number and offset in `data`; each number once, the offsets rising.
    index: Vec<(u32, usize)>,
}

impl ObjectStream {
    /// Some programs look an object up by its place, others by its number; some read each up to where the next one begins: the
    /// index must say the same to all of them.
    fn new(data: Vec<u8>, count: usize, first: usize) -> Result<(Self, usize), ReadError> {
        let bad = ReadError::Structure("object stream");
        let (mut parser, mut index) = (Parser::new(&data, 0), Vec::with_capacity(count));
        for _ in 0..count {
            parser.skip_space();
            let number = u32::try_from(parser.unsigned()?).map_err(|_| bad.clone())?;
            parser.skip_space();
            let at = usize::try_from(parser.unsigned()?).ok().and_then(|at| at.checked_add(first));
            index.push((number, at.ok_or(bad.clone())?));
        }
        let end = parser.at();
        let mut numbers = HashSet::new();
        let is_one = index.iter().all(|(number, _)| numbers.insert(*number));
        if end > first || !is_one || !index.is_sorted_by(|one, next| one.1 < next.1) {
            return Err(bad);
        }
        Ok((Self { data, index }, end))
    }

    /// The value of object `number`, at this place in the index, and how many bytes it takes; `None` if it is not there.
    fn value(&self, number: u32, place: usize) -> Option<(Result<Value, ReadError>, usize, usize)> {
        let (_, body) = self.index.get(place).filter(|(found, _)| *found == number)?;
        let end = self.index.get(place + 1).map_or(self.data.len(), |(_, next)| *next).min(self.data.len());
        let mut parser = Parser::new(&self.data[..end], *body);
        let value = parser.value();
        Some((value, *body, parser.at().saturating_sub(*body)))
    }

    /// The numbers of its objects, in their order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.index.iter().map(|(number, _)| *number)
    }
}

impl<'a> Document<'a> {
    /// The object `id` that lies at `offset`. Whoever asks again pays again, and does not wait again.
    pub(super) fn object_at(&self, view: View<'_, 'a>, id: Id, offset: usize) -> Result<Object, ReadError> {
        if let Some((object, cost)) = self.kept.get(id, offset) {
            self.input.charge_parsed(cost)?;
            return Ok(object);
        }
        let (parsed, noted) = (self.input.parsed(), self.input.repairs.noted());
        let object = self.read_object(view, id, offset)?;
        // Who asks for a damaged object is to note that it is.
        if self.input.repairs.noted() == noted {
            self.kept.keep(offset, &object, self.input.parsed() - parsed);
        }
        Ok(object)
    }

    /// The same for whoever looks at every object once: what nobody has asked for yet is not kept.
    pub(super) fn object_in_passing(&self, view: View<'_, 'a>, id: Id, offset: usize) -> Result<Object, ReadError> {
        match self.kept.get(id, offset) {
            Some((object, cost)) => self.input.charge_parsed(cost).map(|()| object),
            None => self.read_object(view, id, offset),
        }
    }

    fn read_object(&self, view: View<'_, 'a>, id: Id, offset: usize) -> Result<Object, ReadError> {
        let input = &self.input;
        if offset == 0 {
            return Err(ReadError::Misplaced(id));
        }
        // What was signed may not depend on what is appended: an object is read as if the file ended with its revision.
        let bound = self.bound(offset);
        let reach = MAX_OBJECT.min(bound.saturating_sub(offset));
        let (start, body, value, end) = input.source.parse(offset, reach, |p| {
            p.skip_space();
            let start = p.at();
            if p.object_header() != Ok(id) {
                return (start, start, Err(ReadError::Misplaced(id)), start);
            }
            p.skip();
            let body = p.at();
            let value = p.value();
            (start, body, value, p.at())
        })?;
        input.charge_parsed(end.saturating_sub(offset))?;
        let mut value = value?;
        if start != offset {
            input.repairs.note(Repair::Spacing);
        }
        let (after, after_at) = input.after_value(end, bound)?;
        let (span, data) = match after {
            After::End => (start..after_at, None),
            After::Neither => return Err(ReadError::Syntax { at: after_at }),
            After::Data(data_at) => {
                let Value::Dict(dict) = &value else { return Err(ReadError::Stream { at: end }) };
                let length = match dict.get("Length") {
                    Some(Value::Ref(length)) => self.stream_length(view, *length)?,
                    length => length.and_then(Value::as_int),
                };
                let length = length.and_then(|length| usize::try_from(length).ok());
                let (data, object_end) = input.stream_data(data_at, length, bound)?;
                (start..object_end, Some(data))
            }
        };
        if let Some(crypt) = &self.crypt {
            crypt.decrypt_strings(id, &mut value)?;
        }
        Ok(Object { id, value, span: Some(span), body, data })
    }

    /// The integer that an indirect `/Length` names. Only an object of its own that is nothing but an integer counts: looking
    /// further would let lengths refer to streams whose lengths refer to streams.
    fn stream_length(&self, view: View<'_, 'a>, id: Id) -> Result<Option<i64>, ReadError> {
        let Some(Entry::At { offset, generation }) = view.entry(id.number)? else { return Ok(None) };
        if generation != id.generation || offset == 0 {
            return Err(ReadError::Misplaced(id));
        }
        let reach = MAX_LENGTH_OBJECT.min(self.bound(offset).saturating_sub(offset));
        let (value, end) = self.input.source.parse(offset, reach, |p| {
            p.skip_space();
            if p.object_header() != Ok(id) {
                return (Err(ReadError::Misplaced(id)), p.at());
            }
            let value = p.value();
            p.skip();
            let is_whole = p.keyword(b"endobj").is_ok();
            (value.map(|value| value.as_int().filter(|_| is_whole)), p.at())
        })?;
        self.input.charge_parsed(end.saturating_sub(offset))?;
        value
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
        let (value, body, length) = stream.value(id.number, index).ok_or(ReadError::Misplaced(id))?;
        self.input.charge_parsed(length)?;
        Ok(Some(Object { id, value: value?, span: None, body, data: None }))
    }

    pub(super) fn object_stream(
        &self,
        view: View<'_, 'a>,
        id: Id,
        offset: usize,
    ) -> Result<Rc<ObjectStream>, ReadError> {
        if let Some(stream) = self.packed.borrow().get(&offset) {
            return Ok(Rc::clone(stream));
        }
        let object = self.object_at(view, id, offset)?;
        let Some(dict) = object.value.as_dict().filter(|_| object.data.is_some()) else {
            return Err(ReadError::Misplaced(id));
        };
        let number = |key: &str| dict.get(key).and_then(Value::as_int).and_then(|n| usize::try_from(n).ok());
        let (true, Some(count), Some(first)) = (dict.has_name("Type", "ObjStm"), number("N"), number("First")) else {
            return Err(ReadError::Structure("object stream"));
        };
        if !dict.entries().all(|(key, _)| OBJECT_STREAM_KEYS.contains(&key)) {
            return Err(ReadError::Unsupported("object stream"));
        }
        let data = stream::decode(&self.filters_left(dict), &self.data(&object)?, self.input.limits.stream)?;
        self.input.charge_decompressed(data.len())?;
        if count > MAX_PACKED {
            return Err(ReadError::Limit("objects in one object stream"));
        }
        let (stream, read) = ObjectStream::new(data, count, first)?;
        self.input.charge_parsed(read + count * size_of::<(u32, usize)>())?;
        let stream = Rc::new(stream);
        self.packed.borrow_mut().insert(offset, Rc::clone(&stream));
        Ok(stream)
    }

    /// The data of a stream, decrypted, its filters not undone. Empty if the object is no stream.
    ///
    /// # Errors
    /// If they cannot be read or decrypted, or are more than one stream may decode to.
    pub(crate) fn data(&self, object: &Object) -> Result<Cow<'a, [u8]>, ReadError> {
        let Some(range) = &object.data else { return Ok(Cow::Borrowed(&[])) };
        let raw = self.input.source.read(stream::bounded(range.clone(), self.input.limits.stream)?)?;
        match (&self.crypt, object.value.as_dict()) {
            (Some(crypt), Some(dict)) => crypt.decrypt_stream(object.id, dict, raw),
            _ => Ok(raw),
        }
    }

    /// The data of a stream, decrypted and decoded, at most `limit` bytes. Empty if the object is no stream.
    ///
    /// # Errors
    /// As [`data`](Self::data), and if a filter is none that structure uses.
    pub(crate) fn decoded(&self, object: &Object, limit: usize) -> Result<Vec<u8>, ReadError> {
        match &object.value {
            Value::Dict(dict) if object.data.is_some() => {
                stream::decode(&self.filters_left(dict), &self.data(object)?, limit)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Whether two versions of an object have the same data, once decrypted.
    pub(crate) fn same_data(&self, a: &Object, b: &Object) -> Result<bool, ReadError> {
        match (&a.data, &b.data) {
            (None, None) => Ok(true),
            (Some(x), Some(y)) if self.crypt.is_none() => self.input.source.same(x.clone(), y.clone()),
            // The same ciphertext under the same key and filter.
            (Some(x), Some(y))
                if a.id == b.id && a.value == b.value && self.input.source.same(x.clone(), y.clone())? =>
            {
                Ok(true)
            }
            (Some(_), Some(_)) => Ok(self.data(a)? == self.data(b)?),
            _ => Ok(false),
        }
    }

    /// The bytes of an object from its value to the end of `endobj`; `None` in an object stream.
    pub(crate) fn written(&self, object: &Object) -> Result<Option<Cow<'a, [u8]>>, ReadError> {
        object.span.as_ref().map(|span| self.input.source.read(object.body..span.end)).transpose()
    }

    /// The dictionary of a stream without the encryption filter, which [`Document::data`] has undone.
    fn filters_left(&self, dict: &Dict) -> Dict {
        match &self.crypt {
            Some(_) => super::crypt::without_crypt_filter(dict),
            None => dict.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_says_one_thing() {
        let read = |text: &str, count: usize, first: usize| {
            let stream = ObjectStream::new(text.as_bytes().to_vec(), count, first).ok()?.0;
            Some((0..count).map(|place| stream.value(stream.index[place].0, place).unwrap().0.ok()).collect::<Vec<_>>())
        };
        let [one, two] = [1, 2].map(|n| Some(Value::Int(n)));
        assert_eq!(read("8 0 9 2 1 2", 2, 8), Some(vec![one.clone(), two]));
        // A number twice; places that fall or are the same; an index that goes on among the objects.
        for bad in ["8 0 8 2 1 2", "8 2 9 0 1 2", "8 0 9 0 1 2"] {
            assert_eq!(read(bad, 2, 8), None, "{bad}");
        }
        assert_eq!(read("8 0 9 2 1 2", 2, 6), None);
        // What reaches into the next object is not read whole by everybody.
        assert_eq!(read("8 0 9 2 << >>", 2, 8), Some(vec![None, None]));
        assert_eq!(read("8 0 9 2 1 0 R", 2, 8), Some(vec![one, Some(Value::Int(0))]));
    }
}
