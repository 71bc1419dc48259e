//! DER as tags, lengths and values (X.690): enough to write our structures and to find the exact bytes a signature covers. Lengths are read by the `der` crate, strictly.

use der::{Decode, Reader as _, SliceReader};

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag `[number]`, constructed.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// The tag `[number] IMPLICIT` of a primitive type.
pub(crate) const fn context_primitive(number: u8) -> u8 {
    0x80 | number
}

/// One element whose content is the concatenation of `parts`.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let significant = &bytes[length.leading_zeros() as usize / 8..];
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// A SET OF in DER order (X.690 11.6); `tag` is [`SET`] or an implicit tag in its place.
pub(crate) fn set_of(tag: u8, mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    let parts: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
    tlv(tag, &parts)
}

/// A BIT STRING of whole bytes.
pub(crate) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], bytes])
}

/// A non-negative INTEGER in the fewest bytes.
pub(crate) fn unsigned(value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let significant = &bytes[(value.leading_zeros() as usize / 8).min(7)..];
    let sign: &[u8] = if significant[0] & 0x80 != 0 { &[0] } else { &[] };
    tlv(INTEGER, &[sign, significant])
}

/// Not DER, or not the element that must stand here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotDer;

impl From<der::Error> for NotDer {
    fn from(_: der::Error) -> Self {
        Self
    }
}

/// One element as it stands in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    /// Tag, length and content.
    pub(crate) full: &'a [u8],
    pub(crate) content: &'a [u8],
}

impl<'a> Element<'a> {
    /// `bytes` as exactly one element with this tag.
    pub(crate) fn parse(bytes: &'a [u8], tag: u8) -> Result<Self, NotDer> {
        let mut reader = Reader::new(bytes)?;
        let element = reader.expect(tag)?;
        reader.finish()?;
        Ok(element)
    }

    /// A reader over the content of a constructed element.
    pub(crate) fn reader(&self) -> Result<Reader<'a>, NotDer> {
        Reader::new(self.content)
    }

    /// The bytes of a BIT STRING without unused bits.
    pub(crate) fn whole_bits(&self) -> Result<&'a [u8], NotDer> {
        match self.content.split_first() {
            Some((0, bytes)) if self.tag == BIT_STRING => Ok(bytes),
            _ => Err(NotDer),
        }
    }
}

/// Reads one element after the other.
pub(crate) struct Reader<'a>(SliceReader<'a>);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, NotDer> {
        Ok(Self(SliceReader::new(bytes)?))
    }

    /// The next element, whatever its tag.
    pub(crate) fn element(&mut self) -> Result<Element<'a>, NotDer> {
        let full = self.0.tlv_bytes()?;
        let content = der::asn1::AnyRef::from_der(full)?.value();
        let tag = full[0];
        if tag & 0x1f == 0x1f { Err(NotDer) } else { Ok(Element { tag, full, content }) }
    }

    pub(crate) fn expect(&mut self, tag: u8) -> Result<Element<'a>, NotDer> {
        let element = self.element()?;
        if element.tag == tag { Ok(element) } else { Err(NotDer) }
    }

    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, NotDer> {
        if self.0.peek_byte() == Some(tag) { self.expect(tag).map(Some) } else { Ok(None) }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// Nothing may follow.
    pub(crate) fn finish(self) -> Result<(), NotDer> {
        if self.is_finished() { Ok(()) } else { Err(NotDer) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal_as_x690_8_1_3_says() {
        assert_eq!(tlv(OCTET_STRING, &[&[7; 2], &[8]]), [4, 3, 7, 7, 8]);
        assert_eq!(tlv(OCTET_STRING, &[&[0; 127]])[..2], [4, 127]);
        assert_eq!(tlv(OCTET_STRING, &[&[0; 128]])[..3], [4, 0x81, 128]);
        assert_eq!(tlv(OCTET_STRING, &[&[0; 256]])[..4], [4, 0x82, 1, 0]);
        assert_eq!(unsigned(0), [2, 1, 0]);
        assert_eq!(unsigned(127), [2, 1, 127]);
        assert_eq!(unsigned(128), [2, 2, 0, 128]);
        assert_eq!(unsigned(65_536), [2, 3, 1, 0, 0]);
    }

    #[test]
    fn refuses_what_is_not_der() {
        // long form for a short length, indefinite length, cut short, trailing byte, other tag
        for bad in [&[4u8, 0x81, 1, 0][..], &[0x30, 0x80, 0, 0], &[4, 2, 0], &[4, 1, 0, 0], &[2, 1, 0], &[]] {
            assert_eq!(Element::parse(bad, OCTET_STRING), Err(NotDer), "{bad:?}");
        }
        assert_eq!(Element::parse(&[4, 1, 9], OCTET_STRING).unwrap().content, [9]);
    }
}
