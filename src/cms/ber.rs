//! BER, as many signers write it, turned into the definite and shortest lengths of DER (X.690 sections 8.1.3 and 10.1), so that one strict reader reads both.
//!
//! Lengths become definite and minimal, constructed OCTET STRINGs one piece. Nothing else is touched: values stay as sent and sets stay in their order. Nesting is limited.

use std::borrow::Cow;

use super::CmsError;
use crate::pki::tlv::{OCTET_STRING, Reader, tlv};

/// How deep elements may nest. A timestamp within a signature, with its certificates, reaches about 20.
const MAX_DEPTH: usize = 48;
const CONSTRUCTED: u8 = 0x20;
const END_OF_CONTENTS: &[u8] = &[0, 0];

/// The first element of `bytes`: as sent, and with the lengths of DER.
pub(super) fn first(bytes: &[u8]) -> Result<(&[u8], Cow<'_, [u8]>), CmsError> {
    let walked = walk(bytes, MAX_DEPTH)?;
    let sent = bytes.get(..walked.length).ok_or(CmsError::Malformed)?;
    if walked.is_plain {
        return Ok((sent, Cow::Borrowed(sent)));
    }
    let mut out = Vec::with_capacity(sent.len());
    rewrite(sent, &mut out)?;
    Ok((sent, Cow::Owned(out)))
}

/// The elements inside a constructed one, each as sent.
pub(super) fn children(element: &[u8]) -> Result<Vec<&[u8]>, CmsError> {
    let mut out = Vec::new();
    each_child(element, |child| {
        let length = walk(child, MAX_DEPTH)?.length;
        out.push(child.get(..length).ok_or(CmsError::Malformed)?);
        Ok(length)
    })?;
    Ok(out)
}

/// Tag and length of an element.
struct Head {
    tag: u8,
    /// Bytes of tag and length.
    size: usize,
    /// None: indefinite.
    content: Option<usize>,
    is_minimal: bool,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, CmsError> {
        let [tag, first, rest @ ..] = bytes else { return Err(CmsError::Malformed) };
        let (tag, first) = (*tag, *first);
        if tag & 0x1f == 0x1f {
            return Err(CmsError::Malformed);
        }
        match first {
            ..0x80 => Ok(Self { tag, size: 2, content: Some(usize::from(first)), is_minimal: true }),
            0x80 if tag & CONSTRUCTED != 0 => Ok(Self { tag, size: 2, content: None, is_minimal: false }),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let digits = rest.get(..count).ok_or(CmsError::Malformed)?;
                let length = digits.iter().fold(0u32, |value, digit| value << 8 | u32::from(*digit));
                let is_minimal = length >= 0x80 && digits.first() != Some(&0);
                let content = usize::try_from(length).map_err(|_| CmsError::TooLarge)?;
                Ok(Self { tag, size: 2 + count, content: Some(content), is_minimal })
            }
            _ => Err(CmsError::Malformed),
        }
    }

    fn is_constructed(&self) -> bool {
        self.tag & CONSTRUCTED != 0
    }
}

/// What is known of an element after walking through it.
struct Walked {
    length: usize,
    /// Nothing in it would be rewritten.
    is_plain: bool,
}

fn walk(bytes: &[u8], depth: usize) -> Result<Walked, CmsError> {
    let head = Head::read(bytes)?;
    if !head.is_constructed() {
        let length = head.content.and_then(|content| head.size.checked_add(content)).ok_or(CmsError::Malformed)?;
        return if length <= bytes.len() {
            Ok(Walked { length, is_plain: head.is_minimal })
        } else {
            Err(CmsError::Malformed)
        };
    }
    let depth = depth.checked_sub(1).ok_or(CmsError::Malformed)?;
    let mut is_plain = head.is_minimal && head.tag != OCTET_STRING | CONSTRUCTED;
    let length = each_child(bytes, |child| {
        let walked = walk(child, depth)?;
        is_plain &= walked.is_plain;
        Ok(walked.length)
    })?;
    Ok(Walked { length, is_plain })
}

/// Calls `child` with what remains at the start of each element inside; it says how long that one is. Gives the length of the whole.
fn each_child<'a>(
    bytes: &'a [u8],
    mut child: impl FnMut(&'a [u8]) -> Result<usize, CmsError>,
) -> Result<usize, CmsError> {
    let head = Head::read(bytes)?;
    let end = match head.content {
        Some(content) => head.size.checked_add(content),
        None => None,
    };
    let inside = bytes.get(..end.unwrap_or(bytes.len())).ok_or(CmsError::Malformed)?;
    let mut at = head.size;
    loop {
        let rest = inside.get(at..).ok_or(CmsError::Malformed)?;
        match head.content {
            Some(_) if rest.is_empty() => return Ok(at),
            None if rest.starts_with(END_OF_CONTENTS) => return Ok(at + END_OF_CONTENTS.len()),
            _ => at = at.checked_add(child(rest)?).ok_or(CmsError::Malformed)?,
        }
    }
}

/// Writes an element that [`walk`] has been through; its depth is known to be small.
fn rewrite(bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, CmsError> {
    let head = Head::read(bytes)?;
    if !head.is_constructed() {
        let length = head.size + head.content.unwrap_or(0);
        let content = bytes.get(head.size..length).ok_or(CmsError::Malformed)?;
        out.extend(tlv(head.tag, &[content]));
        return Ok(length);
    }
    let mut inside = Vec::new();
    let length = each_child(bytes, |child| rewrite(child, &mut inside))?;
    if head.tag == OCTET_STRING | CONSTRUCTED {
        let mut reader = Reader::new(&inside)?;
        let mut pieces = Vec::new();
        while !reader.is_finished() {
            pieces.extend_from_slice(reader.expect(OCTET_STRING)?.content);
        }
        out.extend(tlv(OCTET_STRING, &[&pieces]));
    } else {
        out.extend(tlv(head.tag, &[&inside]));
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(ber: &str) -> Result<String, CmsError> {
        let bytes = hex::decode(ber.replace(' ', "")).unwrap();
        first(&bytes).map(|(_, der)| hex::encode(der))
    }

    #[test]
    fn lengths_become_definite_and_short_and_strings_whole() {
        let same = "30 05 04 03 010203";
        assert_eq!(der(same), Ok("30050403010203".into()));
        assert_eq!(der("30 80 04 03 010203 0000"), Ok("30050403010203".into()), "indefinite");
        assert_eq!(der("30 81 05 04 03 010203"), Ok("30050403010203".into()), "long form of a short length");
        assert_eq!(der("30 84 00000005 04 03 010203"), Ok("30050403010203".into()), "leading zeros");
        assert_eq!(der("30 07 24 05 04 01 01 04 00"), Ok("3003040101".into()), "an empty piece");
        assert_eq!(der("24 80 04 01 01 24 80 04 02 0203 0000 0000"), Ok("0403010203".into()), "nested pieces");
        assert_eq!(der("a0 80 30 80 0000 0000"), Ok("a0023000".into()));
        // Behind the element may stand what it wants.
        assert_eq!(der("05 00 ff"), Ok("0500".into()));
    }

    #[test]
    fn the_sent_bytes_are_told_from_what_follows() {
        let bytes = [0x30, 0x80, 5, 0, 0, 0, 0, 0, 0];
        assert_eq!(first(&bytes).unwrap().0, &bytes[..6]);
        assert_eq!(children(&bytes).unwrap(), [&[5, 0]]);
    }

    #[test]
    fn what_is_no_ber_is_refused() {
        for bad in [
            "",
            "30",
            "30 80",             // no end
            "30 80 05 00 00",    // half an end
            "30 03 05 00",       // cut short
            "30 01 05",          // half an element inside
            "04 80 00 00",       // a primitive of indefinite length
            "1f 01 00",          // a tag of several bytes
            "30 85 0000000001",  // a length of five bytes
            "24 02 05 00",       // a piece that is no string
            "30 84 ffffffff 00", // four gigabytes
        ] {
            assert_eq!(der(bad), Err(CmsError::Malformed), "{bad}");
        }
        let deep = |levels: usize| [[0x30, 0x80].repeat(levels), [0, 0].repeat(levels)].concat();
        assert!(first(&deep(MAX_DEPTH)).is_ok());
        assert_eq!(first(&deep(MAX_DEPTH + 1)).unwrap_err(), CmsError::Malformed);
        assert_eq!(first(&vec![0x30; 1 << 20]).unwrap_err(), CmsError::Malformed);
        assert_eq!(first(&[0x30, 0x80].repeat(1 << 19)).unwrap_err(), CmsError::Malformed);
    }
}
