//! Where the bytes of a file come from: memory, or windows over something that is too large to hold.
//!
//! In memory nothing is copied. Over a file, a parser sees a window that begins where it reads; when it meets the end of the
//! window, the window grows and it begins again. Memory is bounded by what one object or table takes.

use std::borrow::Cow;
use std::ops::Range;

use super::ReadError;
use super::syntax::Parser;

/// What one read of a file fetches at first; most objects are shorter.
const WINDOW: usize = 4 << 10;
/// What one read fetches when bytes are looked through in order.
const CHUNK: usize = 256 << 10;

/// Bytes that can be read at any place, such as a file's.
pub trait ReadAt {
    /// How many there are. The same answer every time.
    fn size(&self) -> u64;

    /// Reads some bytes from the offset `at` into `buffer`; the result is how many, 0 only at the end.
    ///
    /// # Errors
    /// If they cannot be read.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<usize>;
}

/// A file's bytes.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Memory(&'a [u8]),
    Windows { file: &'a dyn ReadAt, length: usize },
}

impl<'a> Source<'a> {
    /// Windows over `file`.
    pub(super) fn windows(file: &'a dyn ReadAt) -> Result<Self, ReadError> {
        let length = usize::try_from(file.size()).map_err(|_| ReadError::Limit("file size"))?;
        Ok(Self::Windows { file, length })
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Memory(bytes) => bytes.len(),
            Self::Windows { length, .. } => *length,
        }
    }

    /// The bytes of `range`, as far as the file has them.
    pub(crate) fn read(&self, range: Range<usize>) -> Result<Cow<'a, [u8]>, ReadError> {
        let end = range.end.min(self.len());
        let start = range.start.min(end);
        match self {
            Self::Memory(bytes) => Ok(Cow::Borrowed(&bytes[start..end])),
            Self::Windows { file, .. } => {
                let mut buffer = vec![0; end - start];
                fill(*file, start, &mut buffer)?;
                Ok(Cow::Owned(buffer))
            }
        }
    }

    /// What `parse` makes of the bytes from `at` on, of which it sees `reach` at most.
    pub(crate) fn parse<T>(
        &self,
        at: usize,
        reach: usize,
        parse: impl Fn(&mut Parser<'_>) -> T,
    ) -> Result<T, ReadError> {
        let end = self.len().min(at.saturating_add(reach));
        let at = at.min(end);
        match self {
            Self::Memory(bytes) => Ok(parse(&mut Parser::new(&bytes[..end], at))),
            Self::Windows { .. } => {
                let mut size = WINDOW;
                loop {
                    let window = self.read(at..end.min(at.saturating_add(size)))?;
                    let mut parser = Parser::window(&window, at);
                    let result = parse(&mut parser);
                    if !parser.met_the_end() || at.saturating_add(window.len()) >= end {
                        return Ok(result);
                    }
                    size = size.saturating_mul(4);
                }
            }
        }
    }

    /// Shows all bytes of `range` to `see`, piece by piece in order, until it says `false`.
    pub(crate) fn each(&self, range: Range<usize>, mut see: impl FnMut(usize, &[u8]) -> bool) -> Result<(), ReadError> {
        let end = range.end.min(self.len());
        let mut at = range.start;
        match self {
            Self::Memory(bytes) => {
                if at < end {
                    see(at, &bytes[at..end]);
                }
            }
            Self::Windows { file, .. } => {
                let mut buffer = vec![0; CHUNK.min(end.saturating_sub(at))];
                while at < end {
                    let piece = buffer.len().min(end - at);
                    let buffer = &mut buffer[..piece];
                    fill(*file, at, buffer)?;
                    if !see(at, buffer) {
                        break;
                    }
                    at += piece;
                }
            }
        }
        Ok(())
    }

    /// Where `word` stands first in `range`.
    pub(crate) fn find(&self, range: Range<usize>, word: &[u8]) -> Result<Option<usize>, ReadError> {
        let (mut found, mut at) = (None, range.start);
        while found.is_none() && at < range.end.min(self.len()) {
            let end = self.step(at, range.end);
            let piece = self.read(at..end.saturating_add(word.len() - 1).min(range.end))?;
            found = memchr::memmem::find(&piece, word).map(|i| at + i);
            at = end;
        }
        Ok(found)
    }

    /// Where `word` stands last in `range`.
    pub(crate) fn find_last(&self, range: Range<usize>, word: &[u8]) -> Result<Option<usize>, ReadError> {
        let (mut found, mut end) = (None, range.end.min(self.len()));
        while found.is_none() && end > range.start {
            let start = match self {
                Self::Memory(_) => range.start,
                Self::Windows { .. } => end.saturating_sub(CHUNK).max(range.start),
            };
            let piece = self.read(start..end.saturating_add(word.len() - 1).min(range.end))?;
            found = memchr::memmem::rfind(&piece, word).map(|i| start + i);
            end = start;
        }
        Ok(found)
    }

    /// Whether all bytes of `range`, which must lie in the file, are white space.
    pub(crate) fn is_space(&self, range: Range<usize>) -> Result<bool, ReadError> {
        if range.start > range.end || range.end > self.len() {
            return Ok(false);
        }
        let mut is_space = true;
        self.each(range, |_, bytes| {
            is_space &= bytes.iter().copied().all(super::syntax::is_space);
            is_space
        })?;
        Ok(is_space)
    }

    /// Whether the two ranges hold the same bytes.
    pub(crate) fn same(&self, a: Range<usize>, b: Range<usize>) -> Result<bool, ReadError> {
        if a.len() != b.len() {
            return Ok(false);
        }
        let (mut at, mut same) = (0, true);
        while same && at < a.len() {
            let piece = (self.step(at, a.len()) - at).min(a.len() - at);
            same = self.read(a.start + at..a.start + at + piece)? == self.read(b.start + at..b.start + at + piece)?;
            at += piece;
        }
        Ok(same)
    }

    /// How far one read from `at` goes.
    fn step(&self, at: usize, end: usize) -> usize {
        match self {
            Self::Memory(_) => end,
            Self::Windows { .. } => end.min(at.saturating_add(CHUNK)),
        }
    }
}

/// Reads all of `buffer` from the offset `at`.
fn fill(file: &dyn ReadAt, at: usize, buffer: &mut [u8]) -> Result<(), ReadError> {
    let mut done = 0;
    while done < buffer.len() {
        match file.read_at((at + done) as u64, &mut buffer[done..]) {
            // Shorter than it said: it is being written to.
            Ok(0) => return Err(ReadError::Io(std::io::ErrorKind::UnexpectedEof)),
            Ok(read) => done += read.min(buffer.len() - done),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ReadError::Io(error.kind())),
        }
    }
    Ok(())
}
