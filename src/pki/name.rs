//! Distinguished names: as the hall's certificates carry them, `C=CN, O=…, CN=…`, one attribute in each RDN (RFC 5280 section 4.1.2.4), and anybody's as they are compared (section 7.1).

use super::general_name::GeneralName;
use super::tlv::{
    BMP_STRING, Element, IA5_STRING, NotDer, OID, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING, context_primitive,
    set_of, tlv,
};

/// The most characters in O and in CN (RFC 5280 appendix A, ub-organization-name and ub-common-name).
pub const MAX_CHARACTERS: usize = 64;

/// A subject or issuer, ready as DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName(Vec<u8>);

/// Why a name cannot stand in a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Empty, longer than [`MAX_CHARACTERS`], or with control characters.
    #[error("a name in a certificate has 1 to 64 characters and no control characters")]
    Text,
    /// Not 18 characters of 0-9 and A-Z. The check character is the hall's matter.
    #[error("not a unified social credit code")]
    Uscc,
    /// A seal code is 14 digits: six of the region, eight of the serial.
    #[error("a seal code is 14 digits")]
    SealCode,
}

impl DistinguishedName {
    /// The subject of a seal certificate as departments' seal certificates have it: O is the unified social credit code followed by the department's full name, CN the seal code.
    pub fn of_seal(uscc: &str, department: &str, seal_code: &str) -> Result<Self, NameError> {
        if uscc.len() != 18 || !uscc.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            return Err(NameError::Uscc);
        }
        if seal_code.len() != 14 || !seal_code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NameError::SealCode);
        }
        Self::new(&format!("{uscc}{department}"), seal_code)
    }

    /// `C=CN, O=organization, CN=common_name`.
    pub fn new(organization: &str, common_name: &str) -> Result<Self, NameError> {
        for text in [organization, common_name] {
            if text.is_empty() || text.chars().count() > MAX_CHARACTERS || text.chars().any(char::is_control) {
                return Err(NameError::Text);
            }
        }
        // id-at 6, 10 and 3
        let attribute = |arc: u8, tag: u8, text: &str| {
            let oid = tlv(OID, &[&[0x55, 4, arc]]);
            tlv(SET, &[&tlv(SEQUENCE, &[&oid, &tlv(tag, &[text.as_bytes()])])])
        };
        let country = attribute(6, PRINTABLE_STRING, "CN");
        let organization = attribute(10, UTF8_STRING, organization);
        let common_name = attribute(3, UTF8_STRING, common_name);
        Ok(Self(tlv(SEQUENCE, &[&country, &organization, &common_name])))
    }

    /// The DER Name.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }
}

/// Anybody's Name in the form in which names are compared (RFC 5280 section 7.1): texts without regard to their string type, to case and to
/// runs of spaces. Compatibility characters (NFKC) are not folded: such names differ here, and nothing is found rather than something wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct CanonicalName(Vec<Rdn>);

/// One part of a name: its attributes as a SET OF, and whether every value is text whose characters are known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Rdn {
    set: Vec<u8>,
    is_text: bool,
}

/// Whether a name lies in a subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Nobody can say: a form or a text that is not read here, or a name without the part that is constrained.
    Unknown,
}

impl CanonicalName {
    /// Reads a DER Name.
    pub(crate) fn of(der: &[u8]) -> Result<Self, NotDer> {
        let mut reader = Element::parse(der, SEQUENCE)?.reader()?;
        let mut relative = Vec::new();
        while !reader.is_finished() {
            relative.push(canonical_rdn(&reader.expect(SET)?)?);
        }
        Ok(Self(relative))
    }

    /// This name and one more RDN, given as its SET whatever its tag.
    pub(crate) fn with_relative(&self, rdn: &Element<'_>) -> Result<Self, NotDer> {
        let mut relative = self.0.clone();
        relative.push(canonical_rdn(rdn)?);
        Ok(Self(relative))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this name lies in the subtree below `base`, itself included (section 4.2.1.10). Texts in characters that are not known may be anything.
    pub(crate) fn is_within(&self, base: &Self) -> Within {
        let differ = || self.0.iter().zip(&base.0).filter(|(own, theirs)| own != theirs);
        if self.0.len() < base.0.len() || differ().any(|(own, theirs)| own.is_text && theirs.is_text) {
            Within::No
        } else if differ().next().is_some() {
            Within::Unknown
        } else {
            Within::Yes
        }
    }
}

/// The values of emailAddress (1.2.840.113549.1.9.1) in a DER Name, as alternative names would have them (rfc822Name).
pub(crate) fn email_addresses(der: &[u8]) -> Result<Vec<GeneralName>, NotDer> {
    const EMAIL_ADDRESS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01";
    let mut found = Vec::new();
    let mut relative = Element::parse(der, SEQUENCE)?.reader()?;
    while !relative.is_finished() {
        let mut attributes = relative.expect(SET)?.reader()?;
        while !attributes.is_finished() {
            let mut attribute = attributes.expect(SEQUENCE)?.reader()?;
            if attribute.expect(OID)?.content == EMAIL_ADDRESS {
                let value = attribute.element()?;
                let read = text(&value).filter(|text| text.is_ascii()).map(GeneralName::Email);
                found.push(read.unwrap_or_else(|| GeneralName::Other(context_primitive(1), value.content.to_vec())));
            }
        }
    }
    Ok(found)
}

/// A DER Name as text (RFC 4514) if it has the usual attributes, one in each RDN, and nothing in it is escaped. Nearly every name is so, and a library that knows all attributes is slow
/// in finding these.
pub(super) fn plain_text(der: &[u8]) -> Option<String> {
    let mut reader = Element::parse(der, SEQUENCE).ok()?.reader().ok()?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        let mut set = reader.expect(SET).ok()?.reader().ok()?;
        let mut attribute = set.expect(SEQUENCE).ok()?.reader().ok()?;
        set.finish().ok()?;
        // id-at
        let key = match attribute.expect(OID).ok()?.content {
            [0x55, 4, 3] => "CN",
            [0x55, 4, 6] => "C",
            [0x55, 4, 10] => "O",
            [0x55, 4, 11] => "OU",
            _ => return None,
        };
        let value = attribute.element().ok()?;
        attribute.finish().ok()?;
        let is_plain = |c: char| match value.tag {
            UTF8_STRING => c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '.') || !c.is_ascii(),
            PRINTABLE_STRING => c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '.'),
            _ => false,
        };
        let text = str::from_utf8(value.content).ok().filter(|text| text.chars().all(is_plain))?;
        if text.is_empty() || text.starts_with(' ') || text.ends_with(' ') {
            return None;
        }
        parts.push(format!("{key}={text}"));
    }
    parts.reverse();
    Some(parts.join(","))
}

fn canonical_rdn(set: &Element<'_>) -> Result<Rdn, NotDer> {
    let mut reader = set.reader()?;
    let (mut attributes, mut is_text) = (Vec::new(), true);
    while !reader.is_finished() {
        let mut attribute = reader.expect(SEQUENCE)?.reader()?;
        let (kind, value) = (attribute.expect(OID)?, attribute.element()?);
        attribute.finish()?;
        let folded = text(&value).map(|text| fold(&text));
        is_text &= folded.as_ref().is_some_and(|text| text.chars().all(is_plain));
        let folded = folded.map(|text| tlv(UTF8_STRING, &[text.as_bytes()]));
        attributes.push(tlv(SEQUENCE, &[kind.full, folded.as_deref().unwrap_or(value.full)]));
    }
    Ok(Rdn { set: set_of(SET, attributes), is_text })
}

/// The text of a string type whose characters are known; others are compared by bytes.
fn text(value: &Element<'_>) -> Option<String> {
    match value.tag {
        UTF8_STRING | PRINTABLE_STRING | IA5_STRING => String::from_utf8(value.content.to_vec()).ok(),
        BMP_STRING => {
            let (pairs, rest) = value.content.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16(&units).ok().filter(|_| rest.is_empty())
        }
        _ => None,
    }
}

fn fold(text: &str) -> String {
    // Letters as wide as a Chinese one, whose narrow forms stand in the same order.
    let narrow = |letter: char| match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        _ => letter,
    };
    let text: String = text.chars().map(narrow).collect();
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// Whether the preparation of RFC 4518 (section 2: mapping, normalization) leaves a letter in lower case as it is, so that two
/// texts of such letters are the same or are not. Of others nobody can say without its tables.
fn is_plain(letter: char) -> bool {
    matches!(letter,
        ' '..='~'
        | '\u{b7}'
        | '\u{df}'..='\u{131}' | '\u{134}'..='\u{13e}' | '\u{141}'..='\u{148}' | '\u{14a}'..='\u{17e}'
        | '\u{3ac}'..='\u{3ce}'
        | '\u{430}'..='\u{45f}'
        | '\u{2013}' | '\u{2014}' | '\u{2018}'..='\u{201d}'
        | '\u{3001}'..='\u{3003}' | '\u{3005}' | '\u{3007}'..='\u{3011}' | '\u{3014}'..='\u{301b}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fc}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2f7ff}' | '\u{30000}'..='\u{323af}'
        | '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Decode;

    #[test]
    fn a_seal_subject_reads_back() {
        let name = DistinguishedName::of_seal("11330100002489559L", "云溪市公安局", "33010000000001").unwrap();
        let parsed = x509_cert::name::Name::from_der(name.as_der()).unwrap();
        assert_eq!(parsed.to_string(), "CN=33010000000001,O=11330100002489559L云溪市公安局,C=CN");
    }

    #[test]
    fn names_are_shown_as_the_library_shows_them() {
        let relative = |arc: u8, tag: u8, text: &[u8]| {
            tlv(SET, &[&tlv(SEQUENCE, &[&tlv(OID, &[&[0x55, 4, arc]]), &tlv(tag, &[text])])])
        };
        let (mut plain, mut other) = (0, 0);
        let texts = [
            "吉林市",
            "Good CA-1.2",
            "a,b",
            " a",
            "a ",
            "#a",
            "a+b",
            "a\\",
            "a\"b",
            "<a>",
            "a\n",
            "a*",
            "a@b",
            "é",
            "",
            "\u{7f}",
        ];
        for text in texts {
            for tag in [UTF8_STRING, PRINTABLE_STRING, IA5_STRING, BMP_STRING] {
                for arc in 0..30 {
                    let name =
                        tlv(SEQUENCE, &[&relative(6, PRINTABLE_STRING, b"CN"), &relative(arc, tag, text.as_bytes())]);
                    let theirs = x509_cert::name::Name::from_der(&name).map(|name| name.to_string());
                    match plain_text(&name) {
                        Some(ours) => {
                            assert_eq!(Ok(ours), theirs.map_err(drop));
                            plain += 1;
                        }
                        None => other += 1,
                    }
                }
            }
        }
        assert_eq!((plain, other), (4 * (2 + 1 + 1), 16 * 4 * 30 - 16));
        let two = tlv(SET, &[&relative(3, UTF8_STRING, b"a")[2..], &relative(10, UTF8_STRING, b"b")[2..]]);
        assert_eq!(plain_text(&tlv(SEQUENCE, &[&two])), None, "two attributes in one RDN");
        assert_eq!(plain_text(b"\x30\x00").as_deref(), Some(""));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let seal = DistinguishedName::of_seal;
        assert_eq!(seal("1133010000248955", "x", "33010000000001"), Err(NameError::Uscc));
        assert_eq!(seal("11330100002489559L", "x", "3301000000001"), Err(NameError::SealCode));
        assert_eq!(seal("11330100002489559L", &"字".repeat(47), "33010000000001"), Err(NameError::Text));
        assert!(seal("11330100002489559L", &"字".repeat(46), "33010000000001").is_ok());
        assert_eq!(DistinguishedName::new("", "x"), Err(NameError::Text));
        assert_eq!(DistinguishedName::new("a\nb", "x"), Err(NameError::Text));
    }

    #[test]
    fn names_are_compared_as_rfc_5280_section_7_1_says() {
        let name = |tag: u8, text: &[u8]| {
            let attribute = tlv(SEQUENCE, &[&tlv(OID, &[&[0x55, 4, 3]]), &tlv(tag, &[text])]);
            CanonicalName::of(&tlv(SEQUENCE, &[&tlv(SET, &[&attribute])])).unwrap()
        };
        let plain = name(PRINTABLE_STRING, b"Good CA");
        assert_eq!(name(UTF8_STRING, b"  good \t ca "), plain);
        assert_eq!(name(BMP_STRING, b"\0G\0o\0o\0d\0 \0C\0A"), plain);
        assert_ne!(name(UTF8_STRING, b"goodca"), plain);
        const TELETEX_STRING: u8 = 0x14;
        assert_ne!(name(TELETEX_STRING, b"Good CA"), plain, "by bytes");
        assert_ne!(name(TELETEX_STRING, b"x"), name(TELETEX_STRING, b"X"));
        assert!(CanonicalName::of(b"\x30\x02\x31\x01").is_err());
    }

    #[test]
    fn a_subtree_is_a_beginning_of_whole_parts() {
        let name = |organization, name| CanonicalName::of(DistinguishedName::new(organization, name).unwrap().as_der());
        let (one, other) = (name("云溪市", "甲").unwrap(), name("云溪市公安局", "甲").unwrap());
        let base = CanonicalName(one.0[..2].to_vec());
        for above in [&base, &one, &CanonicalName::default()] {
            assert_eq!(one.is_within(above), Within::Yes);
        }
        assert_eq!([other.is_within(&base), base.is_within(&one)], [Within::No; 2]);
        // A text in unknown characters may be the one that is meant.
        let unread = |rdn: &Rdn| Rdn { set: [&rdn.set, &b"x"[..]].concat(), is_text: false };
        let teletex = CanonicalName(vec![one.0[0].clone(), unread(&one.0[1])]);
        assert_eq!([teletex.is_within(&base), one.is_within(&teletex)], [Within::Unknown; 2]);
        assert_eq!(teletex.is_within(&teletex), Within::Yes);
        for (own, theirs, within) in [
            ("Bad Office", "bad  office", Within::Yes),
            ("\u{ff22}ad Office（甲）", "bad office(甲)", Within::Yes),
            ("Good Office", "Bad Office", Within::No),
            // Soft hyphen, nothing wide, a ligature, a letter of mathematics, a joiner, a mark of byte order, a variation.
            ("Bad\u{ad} Office", "Bad Office", Within::Unknown),
            ("Bad\u{200b} Office", "Bad Office", Within::Unknown),
            ("Bad O\u{fb00}ice", "Bad Office", Within::Unknown),
            ("\u{1d401}ad Office", "Bad Office", Within::Unknown),
            ("Bad Office\u{34f}", "Bad Office", Within::Unknown),
            ("\u{feff}Bad Office", "Bad Office", Within::Unknown),
            ("Bad Office", "Bad\u{fe0f} Office", Within::Unknown),
        ] {
            let [own, theirs] = [own, theirs].map(|text| name(text, "甲").unwrap());
            assert_eq!(own.is_within(&CanonicalName(theirs.0[..2].to_vec())), within, "{own:?}");
        }
        let elsewhere = CanonicalName(vec![other.0[1].clone(), unread(&one.0[1])]);
        assert_eq!(elsewhere.is_within(&base), Within::No, "whatever is unread, another part differs");
    }
}
