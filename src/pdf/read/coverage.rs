//! What a signature's ByteRange covers (EN 319 142-1, 5.2 and 5.3; ISO 32000-2, 12.8.1).

use std::ops::Range;

use super::document::Document;
use super::signature::Signature;
use super::{ReadError, Revision};
use crate::digest::Digest;

/// How deep values of indefinite length may nest.
const MAX_INDEFINITE: usize = 32;

/// What a well-formed signature covers. Made only by [`Document::coverage`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    hole: Range<usize>,
    end: usize,
    revision: usize,
    is_whole_file: bool,
    has_lower_case_hex: bool,
    cms_length: usize,
}

/// Why a signature covers nothing in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CoverageError {
    /// A key of the signature dictionary, such as `/Contents`, stands there twice.
    #[error("the signature dictionary names a key twice")]
    DoubledKey,
    /// `/ByteRange` is missing or is no array of whole numbers.
    #[error("the ByteRange is not an array of whole numbers")]
    ByteRangeType,
    /// `/ByteRange` or one of its numbers is an object elsewhere.
    #[error("the ByteRange is not written out in the signature dictionary")]
    IndirectByteRange,
    /// `/ByteRange` has not four numbers.
    #[error("the ByteRange is not two ranges")]
    NotTwoRanges,
    /// A number of `/ByteRange` is negative.
    #[error("the ByteRange has a negative number")]
    NegativeRange,
    /// The first range does not begin with the file.
    #[error("the ByteRange does not begin at the start of the file")]
    NotFromStart,
    /// The second range does not begin after the end of the first.
    #[error("the ranges of the ByteRange overlap")]
    OverlappingRanges,
    /// The second range ends after the end of the file.
    #[error("the ByteRange reaches beyond the end of the file")]
    BeyondFile,
    /// `/Contents` is missing or is no string.
    #[error("the contents of the signature are not a string")]
    ContentsType,
    /// `/Contents` is an object elsewhere.
    #[error("the contents are not written out in the signature dictionary")]
    IndirectContents,
    /// The signature dictionary lies in an object stream, so that its `/Contents` has no place in the file.
    #[error("the signature lies in an object stream")]
    InObjectStream,
    /// The gap between the ranges is not exactly the value of this signature's `/Contents`.
    #[error("the gap in the ByteRange is not the signature's contents")]
    GapIsNotContents,
    /// Another object, or a section, has the bytes of the gap too: it would say whatever is written there after signing.
    #[error("the gap in the ByteRange belongs to another object as well")]
    SharedGap,
    /// There is too much to read to know what has the bytes of the gap.
    #[error("there is too much to read to know what lies over the gap in the ByteRange")]
    TooMuch,
    /// The bytes of the gap could not be read from where they are.
    #[error("the gap in the ByteRange cannot be read")]
    Unreadable,
    /// The gap is not `<`, hexadecimal digits, `>`.
    #[error("the gap holds something else than hexadecimal digits")]
    NotHex,
    /// `/Contents` does not begin with a DER or BER value that fits.
    #[error("the contents are neither DER nor BER")]
    NotDer,
    /// What follows the value in `/Contents` is not zero.
    #[error("the padding of the contents is not zero")]
    Padding,
    /// The second range does not end where a revision ends.
    #[error("the ByteRange does not end where a revision ends")]
    NotAtRevisionEnd,
    /// The signature dictionary belongs to another revision than the one the ByteRange ends with.
    #[error("the signature does not lie in the revision it covers")]
    NotInItsRevision,
}

impl Coverage {
    /// The revision that is covered, an index into [`Document::revisions`].
    pub fn revision(&self) -> usize {
        self.revision
    }

    /// Every byte of the file but the hole is covered.
    pub fn is_whole_file(&self) -> bool {
        self.is_whole_file
    }

    /// The hole holds digits and lower-case letters only, the one spelling of our own signatures.
    pub fn has_lower_case_hex(&self) -> bool {
        self.has_lower_case_hex
    }

    /// The place of `/Contents`, which alone is not covered.
    pub fn hole(&self) -> Range<usize> {
        self.hole.clone()
    }

    /// Where the covered bytes end.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The CMS object: the contents without their padding.
    pub fn der<'s>(&self, signature: &'s Signature) -> &'s [u8] {
        &signature.contents[..self.cms_length.min(signature.contents.len())]
    }
}

impl Document<'_> {
    /// Checks that the signature's ByteRange is `[0, a, b, c]`, that the gap is exactly the hexadecimal string of this
    /// signature's `/Contents`, padded with zeros, and that it ends with the revision the signature lies in.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn coverage(&self, signature: &Signature) -> Result<Coverage, CoverageError> {
        if let Some(flaw) = signature.flaw {
            return Err(flaw);
        }
        let (gap_start, gap_end, end) = two_ranges(&signature.byte_range)?;
        if end > self.length() {
            return Err(CoverageError::BeyondFile);
        }
        let hole = signature.hole.clone().ok_or(CoverageError::InObjectStream)?;
        if hole != (gap_start..gap_end) {
            return Err(CoverageError::GapIsNotContents);
        }
        self.lies_alone(&hole)?;
        let gap = self.bytes(hole.clone()).map_err(|_| CoverageError::Unreadable)?;
        let digits = gap.strip_prefix(b"<").and_then(|gap| gap.strip_suffix(b">")).ok_or(CoverageError::NotHex)?;
        let (is_hex, has_upper_case) = spelling(digits);
        if !is_hex || digits.len() % 2 != 0 {
            return Err(CoverageError::NotHex);
        }
        let length = match signature.contents.first() {
            // What a bare RSA signature is wrapped in (ISO 32000-1, table 257).
            Some(0x04) if signature.sub_filter == "adbe.x509.rsa_sha1" => {
                header(&signature.contents).and_then(|(_, length)| length)
            }
            _ => ber_length(&signature.contents),
        };
        let length = length.ok_or(CoverageError::NotDer)?;
        let padding = signature.contents.get(length..).ok_or(CoverageError::NotDer)?;
        if padding.iter().any(|b| *b != 0) {
            return Err(CoverageError::Padding);
        }
        let revisions = self.revisions();
        let ends_here = |r: &Revision| r.marker_end == end || r.end == end;
        let revision = revisions.iter().position(ends_here).ok_or(CoverageError::NotAtRevisionEnd)?;
        if hole.start < revisions[revision].start {
            return Err(CoverageError::NotInItsRevision);
        }
        Ok(Coverage {
            has_lower_case_hex: !has_upper_case,
            hole,
            end,
            revision,
            is_whole_file: end == self.length(),
            cms_length: length,
        })
    }

    /// Nothing that any revision lists has bytes of the hole but the one object that holds it.
    fn lies_alone(&self, hole: &Range<usize>) -> Result<(), CoverageError> {
        let layout = self.layout().map_err(|error| match error {
            ReadError::Io(_) => CoverageError::Unreadable,
            _ => CoverageError::TooMuch,
        })?;
        let mut over = layout.iter().filter(|span| span.start < hole.end && hole.start < span.end);
        match (over.next(), over.next()) {
            (Some(holder), None) if holder.start < hole.start && hole.end < holder.end => Ok(()),
            _ => Err(CoverageError::SharedGap),
        }
    }

    /// Shows the covered bytes to `sink`, piece by piece in order.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn each_covered(&self, coverage: &Coverage, sink: &mut dyn FnMut(&[u8])) -> Result<(), ReadError> {
        self.each_byte(0..coverage.hole.start, sink)?;
        self.each_byte(coverage.hole.end..coverage.end, sink)
    }

    /// Shows the bytes of a range to `sink`, piece by piece in order.
    pub(crate) fn each_byte(&self, range: Range<usize>, sink: &mut dyn FnMut(&[u8])) -> Result<(), ReadError> {
        self.input.source.each(range, |_, bytes| {
            sink(bytes);
            true
        })
    }

    /// SHA-256 of the covered bytes.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn covered_digest(&self, coverage: &Coverage) -> Result<Digest, ReadError> {
        Digest::of_pieces(|sink| self.each_covered(coverage, sink))
    }
}

/// Whether all bytes are hexadecimal digits, and whether one of them is an upper-case letter. No branch: there are many.
fn spelling(digits: &[u8]) -> (bool, bool) {
    digits.iter().fold((true, false), |(is_hex, has_upper_case), byte| {
        (is_hex & byte.is_ascii_hexdigit(), has_upper_case | byte.is_ascii_uppercase())
    })
}

/// `[0 a b c]` as the ends of the ranges: a, b, b + c.
fn two_ranges(byte_range: &[i64]) -> Result<(usize, usize, usize), CoverageError> {
    let [start, a, b, c] = byte_range else { return Err(CoverageError::NotTwoRanges) };
    if byte_range.iter().any(|number| *number < 0) {
        return Err(CoverageError::NegativeRange);
    }
    if *start != 0 {
        return Err(CoverageError::NotFromStart);
    }
    if a >= b {
        return Err(CoverageError::OverlappingRanges);
    }
    let place = |n: i64| usize::try_from(n).map_err(|_| CoverageError::BeyondFile);
    let (a, b, c) = (place(*a)?, place(*b)?, place(*c)?);
    Ok((a, b, b.checked_add(c).ok_or(CoverageError::BeyondFile)?))
}

/// The length of the DER SEQUENCE that begins here (X.690, 8.1.3 and 10.1); `None` if it is none or has another form.
pub(crate) fn der_length(contents: &[u8]) -> Option<usize> {
    if contents.first() == Some(&0x30) { header(contents)?.1 } else { None }
}

/// The length of the BER SEQUENCE that begins here, of definite or indefinite length (X.690, 8.1.3.6 and 8.1.5).
///
/// A value of definite length is not looked into.
fn ber_length(contents: &[u8]) -> Option<usize> {
    if !contents.starts_with(&[0x30, 0x80]) {
        return der_length(contents);
    }
    let (mut at, mut open) = (2_usize, 1_usize);
    while open > 0 {
        let rest = contents.get(at..)?;
        if rest.starts_with(&[0, 0]) {
            (at, open) = (at + 2, open - 1);
            continue;
        }
        let (identifier, length) = header(rest)?;
        match length {
            Some(length) => at = at.checked_add(length)?,
            // Only constructed values may be of indefinite length.
            None if rest[0] & 0x20 != 0 && open < MAX_INDEFINITE => (at, open) = (at + identifier + 1, open + 1),
            None => return None,
        }
    }
    Some(at)
}

/// Bytes of the identifier, and of the whole value unless its length is indefinite.
fn header(value: &[u8]) -> Option<(usize, Option<usize>)> {
    let identifier = match value.first()? & 0x1f {
        // A tag beyond 30 goes on for as long as the top bit is set (8.1.2.4); CMS has none near a million.
        0x1f => 2 + value.get(1..4)?.iter().position(|b| b & 0x80 == 0)?,
        _ => 1,
    };
    let (first, rest) = value.get(identifier..)?.split_first()?;
    if *first == 0x80 {
        return Some((identifier, None));
    }
    if *first < 0x80 {
        return Some((identifier, Some(identifier + 1 + usize::from(*first))));
    }
    let octets = usize::from(first & 0x7f);
    let length = rest.get(..octets).filter(|_| (1..=4).contains(&octets))?;
    let length = length.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
    Some((identifier, Some(identifier + 1 + octets + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_rise_and_do_not_wrap() {
        assert_eq!(two_ranges(&[0, 10, 20, 5]), Ok((10, 20, 25)));
        // Beyond 2^31 and 2^32, where 32-bit arithmetic goes wrong.
        assert_eq!(two_ranges(&[0, 3 << 30, (3 << 30) + 9, 5 << 30]), Ok((3 << 30, (3 << 30) + 9, (8 << 30) + 9)));
        for (ranges, error) in [
            (&[0, 10, 10, 5][..], CoverageError::OverlappingRanges),
            (&[0, 20, 10, 5], CoverageError::OverlappingRanges),
            (&[1, 10, 20, 5], CoverageError::NotFromStart),
            (&[0, -1, 20, 5], CoverageError::NegativeRange),
            (&[0, 10, 20, -5], CoverageError::NegativeRange),
            (&[-1, 10, 20, 5], CoverageError::NegativeRange),
            (&[0, 10, 20], CoverageError::NotTwoRanges),
            (&[0, 10, 20, 5, 30, 1], CoverageError::NotTwoRanges),
            (&[], CoverageError::NotTwoRanges),
        ] {
            assert_eq!(two_ranges(ranges), Err(error), "{ranges:?}");
        }
        assert!(two_ranges(&[0, 1, i64::MAX, i64::MAX]).is_ok_and(|(.., end)| end > i64::MAX as usize));
    }

    #[test]
    fn der_lengths_in_every_definite_form() {
        assert_eq!(der_length(&[0x30, 3, 1, 1, 0]), Some(5));
        assert_eq!(der_length(&[0x30, 0x82, 1, 0]), Some(260));
        assert_eq!(der_length(&[0x30, 0x80, 0, 0]), None, "indefinite is BER");
        assert_eq!(der_length(&[0x30, 0x85, 0, 0, 0, 0, 1]), None);
        assert_eq!(der_length(&[0; 4]), None);
    }

    #[test]
    fn ber_lengths_in_every_form() {
        let ends = |bytes: &[u8]| ber_length(bytes);
        assert_eq!(ends(&[0x30, 3, 1, 1, 0, 9]), Some(5));
        assert_eq!(ends(&[0x30, 0x80, 0, 0, 9]), Some(4));
        // SEQUENCE { OCTET STRING (constructed, indefinite) { 04 02 00 00 } [0] 3 bytes }: zeros inside a value end nothing.
        assert_eq!(ends(&[0x30, 0x80, 0x24, 0x80, 4, 2, 0, 0, 0, 0, 0xa0, 3, 0, 0, 0, 0, 0, 0, 0]), Some(17));
        // A tag of two bytes, a length of two bytes.
        assert_eq!(ends(&[0x30, 0x80, 0x1f, 0x81, 0x01, 0x81, 1, 7, 0, 0]), Some(10));
        for cut in
            [&[0x30, 0x80][..], &[0x30, 0x80, 0], &[0x30, 0x80, 4, 5, 0, 0], &[0x30, 0x80, 4, 0x80, 0, 0, 0, 0], &[]]
        {
            assert_eq!(ends(cut), None, "{cut:?}");
        }
        let nested = |depth: usize| [[0x30, 0x80].repeat(depth), [0, 0].repeat(depth)].concat();
        assert_eq!(ends(&nested(MAX_INDEFINITE)), Some(4 * MAX_INDEFINITE));
        assert_eq!(ends(&nested(MAX_INDEFINITE + 1)), None);
        assert_eq!(ends(&[0x30, 0x80].repeat(100_000)), None);
    }
}
