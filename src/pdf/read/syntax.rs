//! PDF objects as bytes spell them (ISO 32000-1, 7.2 and 7.3): a strict parser over a slice.
//!
//! Strict means one reading only: no repaired dictionaries, no duplicate keys, no unbalanced strings. What two readers could
//! understand differently is refused here, because a signature must not mean two things.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::ReadError;
use super::characters::{hex, hex_digit};
pub(crate) use super::characters::{is_regular, is_space};
use super::value::{Dict, Id, Name, Value};

/// How deep arrays and dictionaries may nest.
const MAX_DEPTH: usize = 64;
/// Values in one object; each takes some thirty bytes of memory, however short it is written.
const MAX_VALUES: usize = 500_000;
/// The longest number token; longer ones name no quantity a document has.
const MAX_NUMBER: usize = 40;

/// A position in a slice, reading forward.
pub(crate) struct Parser<'a> {
    bytes: &'a [u8],
    /// Where the slice lies in what positions count.
    base: usize,
    at: usize,
    depth: usize,
    values: usize,
    /// Only places are asked for.
    skims: bool,
    /// More bytes might have changed what was read.
    met_the_end: Cell<bool>,
}

impl<'a> Parser<'a> {
    /// Reads `bytes` from `at`; positions are those of `bytes`.
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            base: 0,
            at: at.min(bytes.len()),
            depth: 0,
            values: 0,
            skims: false,
            met_the_end: Cell::new(false),
        }
    }

    /// Reads `bytes` from their start, which is at `base` in the file; positions are those of the file.
    pub(crate) fn window(bytes: &'a [u8], base: usize) -> Self {
        Self { base, ..Self::new(bytes, 0) }
    }

    pub(crate) fn at(&self) -> usize {
        self.base + self.at
    }

    /// The end of the slice was looked at, and what was read may go on behind it.
    pub(crate) fn met_the_end(&self) -> bool {
        self.met_the_end.get()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// The bytes from here on that are so.
    fn run(&self, mut is_so: impl FnMut(u8) -> bool) -> &'a [u8] {
        let run = self.rest().iter().take_while(|b| is_so(**b)).count();
        self.met_the_end.set(self.met_the_end.get() || run == self.rest().len());
        &self.rest()[..run]
    }

    fn fail<T>(&self) -> Result<T, ReadError> {
        Err(ReadError::Syntax { at: self.at() })
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        if byte.is_none() {
            self.met_the_end.set(true);
        }
        byte
    }

    fn next(&mut self) -> Result<u8, ReadError> {
        let byte = self.peek().ok_or(ReadError::Syntax { at: self.at() })?;
        self.at += 1;
        Ok(byte)
    }

    /// Skips white space only.
    pub(crate) fn skip_space(&mut self) {
        self.at += self.run(is_space).len();
    }

    /// Skips white space and comments.
    pub(crate) fn skip(&mut self) {
        // Most often there is nothing to skip, or one space.
        if let [byte, next, ..] = self.rest() {
            let at = usize::from(is_space(*byte));
            let next = if at == 0 { byte } else { next };
            if !is_space(*next) && *next != b'%' {
                self.at += at;
                return;
            }
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'%') {
                return;
            }
            self.at += self.run(|b| b != b'\n' && b != b'\r').len();
        }
    }

    /// Takes `word` if it stands here.
    pub(crate) fn take(&mut self, word: &[u8]) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        } else if self.rest().len() < word.len() {
            self.met_the_end.set(true);
        }
        found
    }

    /// Takes as many bytes, if there are so many.
    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let bytes = self.rest().get(..count);
        match bytes {
            Some(_) => self.at += count,
            None => self.met_the_end.set(true),
        }
        bytes
    }

    /// Requires the keyword `word`, ended by a delimiter or white space.
    pub(crate) fn keyword(&mut self, word: &[u8]) -> Result<(), ReadError> {
        let start = self.at;
        if self.take(word) && !self.peek().is_some_and(is_regular) {
            return Ok(());
        }
        self.at = start;
        self.fail()
    }

    /// A whole number without sign, as in headers and cross-reference sections.
    pub(crate) fn unsigned(&mut self) -> Result<u64, ReadError> {
        let mut value = 0_u64;
        let digits = self.run(|byte| {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            }
            digit < 10
        });
        if digits.is_empty() || digits.len() > 19 {
            return self.fail();
        }
        self.at += digits.len();
        Ok(value)
    }

    /// `12 0 obj`: the identifier of the object that begins here.
    pub(crate) fn object_header(&mut self) -> Result<Id, ReadError> {
        let number = u32::try_from(self.unsigned()?).or_else(|_| self.fail())?;
        self.space()?;
        let generation = u16::try_from(self.unsigned()?).or_else(|_| self.fail())?;
        self.space()?;
        self.keyword(b"obj")?;
        Ok(Id { number, generation })
    }

    /// Skips white space, of which there must be some.
    fn space(&mut self) -> Result<(), ReadError> {
        let start = self.at;
        self.skip_space();
        if self.at == start { self.fail() } else { Ok(()) }
    }

    /// The object that stands here.
    pub(crate) fn value(&mut self) -> Result<Value, ReadError> {
        self.skip();
        self.value_here()
    }

    /// The same, where white space has been skipped.
    fn value_here(&mut self) -> Result<Value, ReadError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(ReadError::Limit("values in one object"));
        }
        match self.peek() {
            Some(b'/') => self.name().map(Value::Name),
            Some(b'(') => self.literal_string().map(Value::String),
            Some(b'<') => match self.rest().get(1) {
                Some(b'<') => self.dict().map(Value::Dict),
                _ => self.hex_string().map(Value::String),
            },
            Some(b'[') => self.array(),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => self.number_or_reference(),
            Some(b't') => self.keyword(b"true").map(|()| Value::Bool(true)),
            Some(b'f') => self.keyword(b"false").map(|()| Value::Bool(false)),
            Some(b'n') => self.keyword(b"null").map(|()| Value::Null),
            _ => self.fail(),
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, ReadError>) -> Result<T, ReadError> {
        if self.depth == MAX_DEPTH {
            return Err(ReadError::Limit("nesting"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn array(&mut self) -> Result<Value, ReadError> {
        self.deeper(|p| {
            p.at += 1;
            let mut items = Vec::new();
            loop {
                p.skip();
                if p.take(b"]") {
                    return Ok(Value::Array(Rc::new(items)));
                }
                items.push(p.value_here()?);
            }
        })
    }

    /// The dictionary that stands here.
    pub(crate) fn dict(&mut self) -> Result<Dict, ReadError> {
        let (start, mut entries) = (self.at, Vec::new());
        self.each_entry(|p, key, _| {
            entries.push((key, p.value_here()?));
            Ok(())
        })?;
        match Dict::new(entries) {
            Some(dict) => Ok(dict),
            // ISO 32000-1, 7.3.7: two entries with one key leave the meaning open. The second one is looked for.
            None => {
                self.at = start;
                self.dict_spans().and_then(|_| self.fail())
            }
        }
    }

    /// The keys of the dictionary that stands here, each with the place of its value. What hexadecimal strings say is not asked.
    pub(crate) fn dict_spans(&mut self) -> Result<BTreeMap<Vec<u8>, Range<usize>>, ReadError> {
        self.skims = true;
        let mut spans = BTreeMap::new();
        self.each_entry(|p, key, start| {
            let from = p.at();
            p.value_here()?;
            match spans.insert(key.to_vec(), from..p.at()) {
                None => Ok(()),
                Some(_) => Err(ReadError::DuplicateKey { at: start }),
            }
        })?;
        self.skims = false;
        Ok(spans)
    }

    /// Calls `see` where the value of each entry begins, with its key and where that begins.
    fn each_entry(
        &mut self,
        mut see: impl FnMut(&mut Self, Name, usize) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.deeper(|p| {
            if !p.take(b"<<") {
                return p.fail();
            }
            loop {
                p.skip();
                if p.take(b">>") {
                    return Ok(());
                }
                let start = p.at();
                let key = p.name()?;
                p.skip();
                see(p, key, start)?;
            }
        })
    }

    fn name(&mut self) -> Result<Name, ReadError> {
        if !self.take(b"/") {
            return self.fail();
        }
        let mut is_plain = true;
        let plain = self.run(|byte| {
            is_plain &= byte != b'#';
            is_regular(byte)
        });
        if is_plain {
            let name = Name::beginning(self.rest(), plain.len());
            self.at += plain.len();
            return Ok(name);
        }
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|b| is_regular(*b)) {
            self.at += 1;
            if byte == b'#' {
                let (Some(high), Some(low)) = (hex_digit(self.next()?), hex_digit(self.next()?)) else {
                    return self.fail();
                };
                name.push(high << 4 | low);
            } else {
                name.push(byte);
            }
        }
        Ok(name.as_slice().into())
    }

    fn number_or_reference(&mut self) -> Result<Value, ReadError> {
        let first = self.number()?;
        let (Value::Int(number), after) = (&first, self.at) else { return Ok(first) };
        // Most references are to generation 0, and written so.
        if let ([b' ', b'0', b' ', b'R', next, ..], Ok(number)) = (self.rest(), u32::try_from(*number))
            && !is_regular(*next)
        {
            self.at += 4;
            return Ok(Value::Ref(Id::new(number)));
        }
        if let Some(id) = self.rest_of_reference(*number) {
            return Ok(Value::Ref(id));
        }
        self.at = after;
        Ok(first)
    }

    fn rest_of_reference(&mut self, number: i64) -> Option<Id> {
        let number = u32::try_from(number).ok()?;
        self.space().ok()?;
        let generation = u16::try_from(self.unsigned().ok()?).ok()?;
        self.space().ok()?;
        self.keyword(b"R").ok()?;
        Some(Id { number, generation })
    }

    fn number(&mut self) -> Result<Value, ReadError> {
        let (mut value, mut is_whole) = (0_i64, true);
        let token = self
            .run(|byte| {
                let (digit, goes_on) = (byte.wrapping_sub(b'0'), is_regular(byte));
                if goes_on {
                    is_whole &= digit < 10;
                    value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
                }
                goes_on
            })
            .len();
        // Most numbers are small and whole.
        if (1..=18).contains(&token) && is_whole {
            self.at += token;
            return Ok(Value::Int(value));
        }
        let text = self.rest()[..token.min(MAX_NUMBER)].trim_ascii();
        let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
        let dots = digits.iter().filter(|b| **b == b'.').count();
        let plain = digits.iter().all(|b| b.is_ascii_digit() || *b == b'.');
        if token > MAX_NUMBER || !plain || dots > 1 || digits.len() == dots {
            return self.fail();
        }
        let text = std::str::from_utf8(text).or_else(|_| self.fail())?;
        let value = if dots == 0 {
            Value::Int(text.parse().or_else(|_| self.fail())?)
        } else {
            Value::Real(text.parse().or_else(|_| self.fail())?)
        };
        self.at += token;
        Ok(value)
    }

    fn hex_string(&mut self) -> Result<Vec<u8>, ReadError> {
        self.at += 1;
        let Some(length) = memchr::memchr(b'>', self.rest()) else {
            self.met_the_end.set(true);
            return self.fail();
        };
        let digits = &self.rest()[..length];
        let bytes = if self.skims { Some(Vec::new()) } else { hex(digits) };
        let bytes = bytes.ok_or(ReadError::Syntax { at: self.at() })?;
        self.at += length + 1;
        Ok(bytes)
    }

    fn literal_string(&mut self) -> Result<Vec<u8>, ReadError> {
        self.at += 1;
        let (mut bytes, mut open) = (Vec::new(), 1);
        loop {
            match self.next()? {
                b'(' => {
                    open += 1;
                    bytes.push(b'(');
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(bytes);
                    }
                    bytes.push(b')');
                }
                b'\\' => self.escape(&mut bytes)?,
                b'\r' => {
                    self.take(b"\n");
                    bytes.push(b'\n');
                }
                byte => bytes.push(byte),
            }
        }
    }

    /// What follows a backslash (ISO 32000-1, table 3).
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        match self.next()? {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'\n' => {}
            b'\r' => {
                self.take(b"\n");
            }
            first @ b'0'..=b'7' => {
                let mut code = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit) = self.peek().filter(|b| (b'0'..=b'7').contains(b)) else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                // High-order overflow is ignored (7.3.4.2).
                bytes.push((code & 0xff) as u8);
            }
            other => bytes.push(other),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Value, ReadError> {
        Parser::new(text.as_bytes(), 0).value()
    }

    #[test]
    fn reads_the_examples_of_the_standard() {
        // ISO 32000-1, 7.3.3 to 7.3.5.
        for (text, want) in [("123", 123), ("+17", 17), ("-98", -98), ("0", 0), ("007", 7)] {
            assert_eq!(parse(text), Ok(Value::Int(want)));
        }
        for want in [999_999_999_999_999_999, 1_000_000_000_000_000_000, i64::MAX] {
            assert_eq!(parse(&want.to_string()), Ok(Value::Int(want)), "18 digits and 19");
        }
        for (text, want) in [("34.5", 34.5), ("-3.62", -3.62), ("4.", 4.0), ("-.002", -0.002)] {
            assert_eq!(parse(text), Ok(Value::Real(want)));
        }
        assert_eq!(parse("/A;Name_With-Various***Characters?"), parse("/A#3BName_With-Various***Characters?"));
        assert_eq!(parse("/lime#20Green"), Ok(Value::Name(b"lime Green"[..].into())));
        assert_eq!(parse("(a (b) \\(c \\245 \\053\\53 \\\nd)"), Ok(Value::String(b"a (b) (c \xa5 ++ d".to_vec())));
        assert_eq!(parse("<901FA>"), Ok(Value::String(vec![0x90, 0x1f, 0xa0])));
        assert_eq!(
            parse("[12 0 R 1 2 %x\n /N]").unwrap().as_array().map(<[_]>::len),
            Some(4),
            "a reference is one object, two numbers are two"
        );
    }

    #[test]
    fn refuses_what_can_be_read_in_two_ways() {
        assert_eq!(parse("<< /A 1 /A 2 >>"), Err(ReadError::DuplicateKey { at: 8 }));
        assert_eq!(parse("<< /A 1 /#41 2 >>"), Err(ReadError::DuplicateKey { at: 8 }));
        for text in [
            "--5",
            "1.2.3",
            "+",
            "(abc",
            "<12",
            "<1x>",
            "[1 2",
            "<< /A >>",
            "nulll",
            "/A#4",
            "12abc",
            "9223372036854775808",
            "",
        ] {
            assert!(matches!(parse(text), Err(ReadError::Syntax { .. })), "{text}");
        }
    }

    #[test]
    fn deep_nesting_stops_at_the_limit() {
        assert!(parse(&("[".repeat(MAX_DEPTH) + &"]".repeat(MAX_DEPTH))).is_ok());
        assert_eq!(parse(&"[".repeat(100_000)), Err(ReadError::Limit("nesting")));
        assert_eq!(parse(&"<</A".repeat(100_000)), Err(ReadError::Limit("nesting")));
    }

    #[test]
    fn short_values_stop_at_the_limit() {
        assert!(parse(&format!("[{}]", "/".repeat(MAX_VALUES - 1))).is_ok());
        assert_eq!(parse(&format!("[{}]", "/".repeat(MAX_VALUES))), Err(ReadError::Limit("values in one object")));
    }
}
