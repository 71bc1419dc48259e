//! A signature dictionary (ISO 32000-1, 12.8.1) and what its ByteRange covers (EN 319 142-1, 5.2 and 5.3).

use std::ops::Range;

use jiff::Timestamp;

use super::ReadError;
use super::document::{Document, Object};
use super::fields::LockedFields;
use super::syntax::Parser;
use super::text::{date, text};
use super::value::{Dict, Id, Value};
use super::view::View;
use crate::digest::Digest;

/// A signature dictionary as read; nothing about it is checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// The dictionary's object; `None` if it lies inside the field.
    pub id: Option<Id>,
    /// `/Filter`.
    pub filter: String,
    /// `/SubFilter`, which says what `/Contents` is.
    pub sub_filter: String,
    /// `/ByteRange` as written.
    pub byte_range: Vec<i64>,
    /// `/Contents`, padding included.
    pub contents: Vec<u8>,
    /// Where the value of `/Contents` stands in the file, delimiters included; `None` in an object stream.
    pub hole: Option<Range<usize>>,
    /// `/M` as written.
    pub signed_at_text: Option<String>,
    /// `/M` as an instant, if it is one.
    pub signed_at: Option<Timestamp>,
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// The access permission of a DocMDP reference: 1 no change, 2 forms and signatures, 3 annotations too.
    pub certification: Option<u8>,
    /// The fields that a FieldMDP reference locks.
    pub locked: Option<LockedFields>,
}

impl Signature {
    /// It is a document timestamp (ISO 32000-2, 12.8.5), which says when and not who.
    pub fn is_timestamp(&self) -> bool {
        self.sub_filter == "ETSI.RFC3161"
    }

    /// The signature that is the value of `field`; `None` if it has none.
    pub(super) fn read(view: &View<'_, '_>, field: Id, value: Option<&Value>) -> Result<Option<Self>, ReadError> {
        let damaged = ReadError::Structure("signature");
        let (id, holder) = match value {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Ref(id)) => (Some(*id), view.object(*id)?),
            Some(_) => (None, view.object(field)?),
        };
        let Some(holder) = holder else { return Ok(None) };
        let dict = view.dict(value, "signature")?.ok_or(damaged.clone())?;
        let byte_range = view.array(dict.get("ByteRange"), "ByteRange")?;
        let byte_range: Option<Vec<i64>> = byte_range.iter().map(Value::as_int).collect();
        let contents = dict.get("Contents").and_then(Value::as_string).ok_or(damaged.clone())?.to_vec();
        let words = |key: &str| view.resolve(dict.get(key)).map(|v| v.as_string().map(text));
        let name = |key: &str| view.resolve(dict.get(key)).map(|v| v.as_name().map(text).unwrap_or_default());
        let at = view.resolve(dict.get("M"))?;
        let (certification, locked) = references(view, &dict)?;
        Ok(Some(Self {
            id,
            filter: name("Filter")?,
            sub_filter: name("SubFilter")?,
            byte_range: byte_range.ok_or(damaged)?,
            contents,
            hole: hole(view, &holder, id.is_none())?,
            signed_at: at.as_string().and_then(date),
            signed_at_text: at.as_string().map(text),
            name: words("Name")?,
            reason: words("Reason")?,
            certification,
            locked,
        }))
    }
}

/// Finds the value of `/Contents` in the bytes of the file.
fn hole(view: &View<'_, '_>, holder: &Object, in_field: bool) -> Result<Option<Range<usize>>, ReadError> {
    if holder.span.is_none() {
        return Ok(None);
    }
    let find = |at: usize, key: &[u8]| -> Result<Option<Range<usize>>, ReadError> {
        Ok(Parser::new(view.bytes(), at).dict_spans()?.remove(key))
    };
    match in_field {
        false => find(holder.body, b"Contents"),
        true => find(holder.body, b"V")?.map_or(Ok(None), |value| find(value.start, b"Contents")),
    }
}

/// The transform methods of `/Reference` (ISO 32000-1, 12.8.2).
fn references(view: &View<'_, '_>, dict: &Dict) -> Result<(Option<u8>, Option<LockedFields>), ReadError> {
    let (mut certification, mut locked) = (None, None);
    for reference in view.array(dict.get("Reference"), "signature reference")? {
        let Some(reference) = view.dict(Some(&reference), "signature reference")? else { continue };
        let parameters = view.dict(reference.get("TransformParams"), "signature reference")?.unwrap_or_default();
        if reference.has_name("TransformMethod", "DocMDP") {
            certification = Some(match parameters.get("P") {
                None => 2,
                Some(Value::Int(p @ 1..=3)) => *p as u8,
                Some(_) => return Err(ReadError::Structure("signature reference")),
            });
        } else if reference.has_name("TransformMethod", "FieldMDP") {
            locked = Some(LockedFields::read(view, &parameters)?);
        }
    }
    Ok((certification, locked))
}

/// What a well-formed signature covers. Made only by [`Document::coverage`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    hole: Range<usize>,
    end: usize,
    revision: usize,
    is_whole_file: bool,
    has_lower_case_hex: bool,
    der_length: usize,
}

/// Why a signature covers nothing in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CoverageError {
    /// `/ByteRange` is not `[0 a b c]` with ranges that rise and stay inside the file.
    #[error("the ByteRange is not two rising ranges from the start of the file")]
    NotTwoRanges,
    /// `/Contents` lies in an object stream, or is no string of the file.
    #[error("the signature's contents have no place in the file")]
    NoHole,
    /// The gap between the ranges is not exactly the value of this signature's `/Contents`.
    #[error("the gap in the ByteRange is not the signature's contents")]
    GapIsNotContents,
    /// The gap is not `<`, hexadecimal digits, `>`.
    #[error("the gap holds something else than hexadecimal digits")]
    NotHex,
    /// `/Contents` does not begin with a DER value that fits.
    #[error("the contents are not DER")]
    NotDer,
    /// What follows the DER value in `/Contents` is not zero.
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

    /// The two covered ranges of the file.
    pub fn parts<'b>(&self, bytes: &'b [u8]) -> [&'b [u8]; 2] {
        [&bytes[..self.hole.start], &bytes[self.hole.end..self.end]]
    }

    /// SHA-256 of the covered bytes.
    pub fn digest(&self, bytes: &[u8]) -> Digest {
        Digest::of_parts(&self.parts(bytes))
    }

    /// The CMS object: the contents without their padding.
    pub fn der<'s>(&self, signature: &'s Signature) -> &'s [u8] {
        &signature.contents[..self.der_length.min(signature.contents.len())]
    }
}

impl Document<'_> {
    /// Checks that the signature's ByteRange is `[0, a, b, c]`, that the gap is exactly the hexadecimal string of this
    /// signature's `/Contents`, padded with zeros, and that it ends with the revision the signature lies in.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn coverage(&self, signature: &Signature) -> Result<Coverage, CoverageError> {
        let hole = signature.hole.clone().ok_or(CoverageError::NoHole)?;
        let gap = self.bytes().get(hole.clone()).ok_or(CoverageError::NoHole)?;
        let end = match two_ranges(&signature.byte_range).ok_or(CoverageError::NotTwoRanges)? {
            (_, _, end) if end > self.bytes().len() => return Err(CoverageError::NotTwoRanges),
            (a, b, _) if a != hole.start || b != hole.end => return Err(CoverageError::GapIsNotContents),
            (_, _, end) => end,
        };
        let digits = gap.strip_prefix(b"<").and_then(|gap| gap.strip_suffix(b">")).ok_or(CoverageError::NotHex)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) || digits.len() % 2 != 0 {
            return Err(CoverageError::NotHex);
        }
        let der_length = der_length(&signature.contents).ok_or(CoverageError::NotDer)?;
        let padding = signature.contents.get(der_length..).ok_or(CoverageError::NotDer)?;
        if padding.iter().any(|b| *b != 0) {
            return Err(CoverageError::Padding);
        }
        let revisions = self.revisions();
        let revision = revisions.iter().position(|r| r.marker_end == end || r.end == end);
        let revision = revision.ok_or(CoverageError::NotAtRevisionEnd)?;
        if hole.start < revisions[revision].start {
            return Err(CoverageError::NotInItsRevision);
        }
        Ok(Coverage {
            has_lower_case_hex: !digits.iter().any(u8::is_ascii_uppercase),
            hole,
            end,
            revision,
            is_whole_file: end == self.bytes().len(),
            der_length,
        })
    }
}

/// `[0 a b c]` as the ends of the ranges: a, b, b + c.
fn two_ranges(byte_range: &[i64]) -> Option<(usize, usize, usize)> {
    let [0, a, b, c] = byte_range else { return None };
    let (a, b, c) = (usize::try_from(*a).ok()?, usize::try_from(*b).ok()?, usize::try_from(*c).ok()?);
    (a < b).then_some(())?;
    Some((a, b, b.checked_add(c)?))
}

/// The length of the DER SEQUENCE that begins here (X.690, 8.1.3 and 10.1); `None` if it is none or has another form.
pub(crate) fn der_length(contents: &[u8]) -> Option<usize> {
    let [0x30, first, rest @ ..] = contents else { return None };
    if *first < 0x80 {
        return Some(2 + usize::from(*first));
    }
    let octets = usize::from(first & 0x7f);
    let length = rest.get(..octets).filter(|_| (1..=4).contains(&octets))?;
    let length = length.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
    Some(2 + octets + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_rise_and_do_not_wrap() {
        assert_eq!(two_ranges(&[0, 10, 20, 5]), Some((10, 20, 25)));
        // Beyond 2^31 and 2^32, where 32-bit arithmetic goes wrong.
        assert_eq!(two_ranges(&[0, 3 << 30, (3 << 30) + 9, 5 << 30]), Some((3 << 30, (3 << 30) + 9, (8 << 30) + 9)));
        for bad in [
            &[0, 10, 10, 5][..],
            &[0, 20, 10, 5],
            &[1, 10, 20, 5],
            &[0, -1, 20, 5],
            &[0, 10, 20, -5],
            &[0, 10, 20],
            &[0, 10, 20, 5, 30, 1],
        ] {
            assert_eq!(two_ranges(bad), None, "{bad:?}");
        }
        assert!(two_ranges(&[0, 1, i64::MAX, i64::MAX]).is_none_or(|(_, _, end)| end > i64::MAX as usize));
    }

    #[test]
    fn der_lengths_in_every_definite_form() {
        assert_eq!(der_length(&[0x30, 3, 1, 1, 0]), Some(5));
        assert_eq!(der_length(&[0x30, 0x82, 1, 0]), Some(260));
        assert_eq!(der_length(&[0x30, 0x80, 0, 0]), None, "indefinite is BER");
        assert_eq!(der_length(&[0x30, 0x85, 0, 0, 0, 0, 1]), None);
        assert_eq!(der_length(&[0; 4]), None);
    }
}
