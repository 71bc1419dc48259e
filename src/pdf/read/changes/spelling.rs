//! Headers and references as bytes spell them, whatever the bytes are a part of.
//!
//! A program that does without the cross-reference, or reads what this one cannot, goes by what it meets: `12 0 obj`, `12 0 R`.

use std::ops::Range;

use crate::pdf::read::ReadError;
use crate::pdf::read::document::Document;
use crate::pdf::read::syntax::is_space;

/// How often a number that is `wanted`, a generation and `word` stand one after another in this range. White space and remarks
/// may come between them, and between the generation and the word nothing.
pub(super) fn count(
    document: &Document<'_>,
    range: Range<usize>,
    word: &'static [u8],
    wanted: impl Fn(u64) -> bool,
) -> Result<usize, ReadError> {
    let (mut reader, mut found) = (Reader::new(word, wanted), 0);
    document.input.source.each(range, |_, bytes| {
        found += bytes.iter().filter(|byte| reader.takes(**byte)).count();
        true
    })?;
    Ok(found)
}

/// All ways to read the bytes so far at once: `%` may begin a remark or be a part of other data.
struct Reader<W> {
    word: &'static [u8],
    wanted: W,
    /// The digits just read.
    number: Option<u64>,
    /// They may be a generation.
    is_generation: bool,
    /// What came before: a wanted number, a generation after one; with a remark that has not ended.
    after_number: Between,
    after_generation: Between,
    /// Letters of the word.
    letters: usize,
}

#[derive(Default, Clone, Copy)]
struct Between {
    blank: bool,
    remark: bool,
}

impl Between {
    fn space(&mut self, begins: bool, is_line_end: bool) {
        self.blank |= begins || is_line_end && self.remark;
        self.remark &= !is_line_end;
    }

    fn percent(&mut self, begins: bool) {
        self.remark |= begins || self.blank;
        self.blank = false;
    }
}

impl<W: Fn(u64) -> bool> Reader<W> {
    fn new(word: &'static [u8], wanted: W) -> Self {
        let nothing = Between::default();
        let (after_number, after_generation) = (nothing, nothing);
        Self { word, wanted, number: None, is_generation: false, after_number, after_generation, letters: 0 }
    }

    /// Takes the next byte; whether it is the last of what is looked for.
    fn takes(&mut self, byte: u8) -> bool {
        if byte.is_ascii_digit() {
            self.is_generation = if self.number.is_none() { self.after_number.blank } else { self.is_generation };
            let digit = u64::from(byte - b'0');
            self.number = Some(self.number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            (self.after_number.blank, self.after_generation.blank, self.letters) = (false, false, 0);
            return false;
        }
        let is_number = self.number.take().is_some_and(&self.wanted);
        let is_generation = std::mem::take(&mut self.is_generation);
        if is_space(byte) {
            let is_line_end = matches!(byte, b'\r' | b'\n');
            self.after_number.space(is_number, is_line_end);
            self.after_generation.space(is_generation, is_line_end);
            self.letters = 0;
            return false;
        }
        let begins = is_generation || std::mem::take(&mut self.after_generation.blank);
        if byte == b'%' {
            self.after_generation.percent(begins);
            self.after_number.percent(is_number);
        }
        self.after_number.blank = false;
        self.letters = match self.letters {
            read if read > 0 && self.word[read] == byte => read + 1,
            _ => usize::from(begins && self.word[0] == byte),
        };
        let is_whole = self.letters == self.word.len();
        self.letters = if is_whole { 0 } else { self.letters };
        is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str, word: &'static [u8]) -> usize {
        let mut reader = Reader::new(word, |number| number == 12);
        text.bytes().filter(|byte| reader.takes(*byte)).count()
    }

    #[test]
    fn headers_are_found_wherever_a_program_may_find_them() {
        let one =
            ["12 0 obj", "x12 0 obj", "endobj12\r\n0\0obj", "12 0obj", "12 %7\n0 obj", "12 0 %x\n%\nobj", "%12 0 obj"];
        for text in one {
            assert_eq!(count(text, b"obj"), 1, "{text}");
        }
        for text in
            ["", "12 obj", "120 obj", "7 0 obj", "12 0 endobj", "12 0 ob j", "12 0 R", "12 0 % obj", "12 (0) obj"]
        {
            assert_eq!(count(text, b"obj"), 0, "{text}");
        }
        assert_eq!(count("5 12 0 obj 12 0 obj 12 %12 0 obj\n0 obj", b"obj"), 4);
        assert_eq!(count("[12 0 R 112 0 R 12 1 R 12 0 obj]", b"R"), 2);
    }
}
