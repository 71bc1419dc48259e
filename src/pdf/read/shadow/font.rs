//! Fonts, as far as it takes to place text and to read it back (ISO 32000-1, 9.6 to 9.10).

use std::collections::HashMap;

use super::super::syntax::Parser;
use super::super::value::{Dict, Id, Value};
use super::content::{Token, token};
use super::everybodys;
use super::reader::Reader;

/// Characters a font may name; a font has 65,536 codes.
const MAX_NAMED: usize = 65_536;

/// Characters that say where to write.
const FILLERS: &str = " \u{a0}\u{3000}.…‥·_＿﹍-‐‑–—―－□☐◻";
/// What a letter of no known width takes at least.
const NARROW: f64 = 0.2;

/// Names of fonts without shapes.
const UNSEEN: [&[u8]; 3] = [b"HiddenHorzOCR", b"HiddenVertOCR", b"GlyphLessFont"];

/// A font.
pub(super) struct Font {
    is_wide: bool,
    first: i64,
    widths: Vec<f64>,
    /// Of a Type0 font whose codes are its glyphs: widths by code, and of all others.
    wide: Option<(HashMap<u32, f64>, f64)>,
    names: Names,
    /// What a letter takes up at most, in parts of the font's size; `None` if nobody can tell.
    extent: Option<f64>,
    /// What a number among the widths stands for.
    unit: f64,
    /// Its codes may name other letters than those whose widths are known.
    is_renamed: bool,
    /// A code may be a byte, whatever [`codes`](Self::codes) says.
    may_be_narrow: bool,
    /// Its letters have no shape: programs that recognise text in scans use such fonts.
    pub(super) is_unseen: bool,
    /// Its letters are drawings, or signs that are no letters.
    pub(super) is_pictorial: bool,
    /// Its widths are those that every program knows.
    is_standard_width: bool,
    /// Whoever reads the file has it, and what its codes stand for is not for the file to say.
    pub(super) is_standard: bool,
    pub(super) id: Option<Id>,
}

/// How far a string reaches, in parts of the font's size.
pub(super) struct Reach {
    pub(super) least: f64,
    pub(super) most: f64,
    /// What one letter takes up at most.
    pub(super) extent: f64,
    pub(super) letters: usize,
}

/// What codes stand for.
enum Names {
    Unknown,
    /// ASCII but for these.
    Latin(HashMap<u32, Option<char>>),
    Map(HashMap<u32, String>),
    Utf16,
}

impl Font {
    /// `reads`: whether the text will be read back.
    pub(super) fn read(reader: &Reader<'_, '_>, dict: &Dict, reads: bool) -> Option<Self> {
        let subtype = reader.resolve(dict.get("Subtype")).ok()?;
        let is_wide = subtype.as_name() == Some(b"Type0");
        let widths = match reader.resolve(dict.get("Widths")).ok()? {
            Value::Array(widths) if !is_wide => {
                let width = |width| reader.resolve(Some(width)).ok().and_then(|width| width.as_number());
                widths.iter().map(|one| width(one).unwrap_or(500.0)).collect()
            }
            _ => Vec::new(),
        };
        let first = reader.resolve(dict.get("FirstChar")).ok()?.as_int().unwrap_or(0);
        let names = if reads { Names::read(reader, dict, is_wide) } else { Names::Unknown };
        let base = dict.get("BaseFont").and_then(Value::as_name).unwrap_or_default();
        let is_unseen = UNSEEN.iter().any(|name| contains(base, name));
        let encoding = reader.resolve(dict.get("Encoding")).unwrap_or(Value::Null);
        let may_be_narrow = is_wide && !encoding.as_name().is_some_and(takes_two_bytes);
        let is_pictorial = subtype.as_name() == Some(b"Type3");
        let scale = || reader.array(dict.get("FontMatrix")).ok()?.first()?.as_number();
        let unit = if is_pictorial { scale().unwrap_or(0.001) } else { 0.001 };
        let extent = extent(reader, dict, is_wide, &widths, &encoding);
        let standard = super::standard::widths(base).filter(|_| widths.is_empty() && !is_wide);
        let is_renamed = standard.is_some() && matches!(encoding, Value::Dict(_));
        let (first, widths) = match standard {
            Some(standard) => (32, standard.iter().map(|width| f64::from(*width)).collect()),
            None => (first, widths),
        };
        let wide = if is_wide { wide_widths(reader, dict) } else { None };
        let is_named = match &names {
            Names::Latin(_) => super::standard::widths(base).is_some(),
            Names::Utf16 => true,
            Names::Unknown => base == b"ZapfDingbats",
            Names::Map(_) => false,
        };
        let is_standard = is_named && everybodys::is_plain(reader, dict).unwrap_or(false);
        Some(Self {
            is_wide,
            first,
            widths,
            wide,
            names,
            extent,
            unit,
            may_be_narrow,
            is_renamed,
            is_unseen,
            is_pictorial,
            is_standard_width: standard.is_some() || base == b"ZapfDingbats",
            is_standard,
            id: None,
        })
    }

    /// The codes of a string.
    pub(super) fn codes(&self, text: &[u8]) -> impl Iterator<Item = u32> {
        text.chunks(if self.is_wide { 2 } else { 1 }).map(|code| code.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
    }

    /// Whether the code draws nothing but a dash, a dot, an underscore or an empty box: what says where to write.
    pub(super) fn is_filler(&self, code: u32) -> bool {
        self.is_space(code)
            || self.said(code).is_some_and(|said| !said.is_empty() && said.chars().all(|c| FILLERS.contains(c)))
    }

    /// What the code stands for; `None` if the font does not tell.
    pub(super) fn said(&self, code: u32) -> Option<String> {
        let bytes = if self.is_wide { vec![(code >> 8) as u8, code as u8] } else { vec![code as u8] };
        self.text(&bytes)
    }

    /// In parts of the font's size. Wide fonts are taken for narrower than they are, so that their text is not thought to
    /// reach where it does not.
    pub(super) fn width(&self, code: u32) -> f64 {
        if let Some((widths, others)) = &self.wide {
            return widths.get(&code).unwrap_or(others) / 1000.0;
        }
        let index = usize::try_from(i64::from(code).saturating_sub(self.first)).ok();
        index.and_then(|index| self.widths.get(index)).map_or(0.5, |width| width / 1000.0)
    }

    /// How far the string may reach; `None` if nobody can tell.
    pub(super) fn reach(&self, string: &[u8]) -> Option<Reach> {
        let extent = self.extent?;
        let letters = if self.may_be_narrow { string.len() } else { self.codes(string).count() };
        let (mut least, mut most) = (0.0, letters as f64 * extent);
        if self.wide.is_some() {
            most = self.codes(string).map(|code| self.width(code)).sum();
            least = most;
        } else if !self.is_wide && !self.is_renamed {
            let listed = |code: u32| {
                let index = usize::try_from(i64::from(code).saturating_sub(self.first)).ok();
                index.and_then(|index| self.widths.get(index)).map(|width| width * self.unit)
            };
            least = self.codes(string).map(|code| listed(code).unwrap_or(NARROW * extent)).sum();
            most = self.codes(string).map(|code| listed(code).unwrap_or(extent)).sum();
        }
        Some(Reach { least, most, extent, letters })
    }

    /// Whether the font says how wide the code is, if it says so of any.
    pub(super) fn measures(&self, code: u32) -> bool {
        let index = usize::try_from(i64::from(code).saturating_sub(self.first)).ok();
        self.is_wide || self.is_standard_width || index.is_some_and(|index| index < self.widths.len())
    }

    /// Whether the code is the space to which word spacing applies.
    pub(super) fn is_space(&self, code: u32) -> bool {
        !self.is_wide && code == 32
    }

    /// What the string says; `None` if the font does not tell.
    pub(super) fn text(&self, string: &[u8]) -> Option<String> {
        match &self.names {
            Names::Unknown => None,
            Names::Utf16 => {
                let units = string.chunks(2).map(|pair| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
                char::decode_utf16(units).collect::<Result<_, _>>().ok()
            }
            Names::Map(map) => self.codes(string).map(|code| map.get(&code).map(String::as_str)).collect(),
            Names::Latin(others) => self
                .codes(string)
                .map(|code| match others.get(&code) {
                    Some(named) => *named,
                    None => u8::try_from(code).ok().filter(|b| matches!(b, b' '..=b'~')).map(char::from),
                })
                .collect(),
        }
    }
}

impl Names {
    fn read(reader: &Reader<'_, '_>, dict: &Dict, is_wide: bool) -> Self {
        let map = dict.get("ToUnicode").and_then(Value::as_ref).and_then(|id| reader.object(id).ok().flatten());
        if let Some(map) = map.and_then(|object| reader.decode(&object)).and_then(|data| to_unicode(&data, reader)) {
            return Self::Map(map);
        }
        let encoding = reader.resolve(dict.get("Encoding")).unwrap_or(Value::Null);
        match &encoding {
            Value::Name(name) if is_wide && (contains(name, b"UCS2") || contains(name, b"UTF16")) => Self::Utf16,
            _ if is_wide || dict.has_name("Subtype", "Type3") => Self::Unknown,
            _ if is_symbolic(reader, dict) => Self::Unknown,
            Value::Dict(encoding) => {
                let base = reader.resolve(encoding.get("BaseEncoding")).unwrap_or(Value::Null);
                if !is_latin(&base) {
                    return Self::Unknown;
                }
                let base = base.as_name();
                let own = differences(&reader.array(encoding.get("Differences")).unwrap_or_default());
                own.map_or(Self::Unknown, |own| {
                    let mut named = upper(base);
                    named.extend(own);
                    Self::Latin(named)
                })
            }
            encoding if is_latin(encoding) => Self::Latin(upper(encoding.as_name())),
            _ => Self::Unknown,
        }
    }
}

/// `/W` and `/DW` of the descendant (ISO 32000-1, 9.7.4.3), where codes are glyphs.
fn wide_widths(reader: &Reader<'_, '_>, dict: &Dict) -> Option<(HashMap<u32, f64>, f64)> {
    let encoding = dict.get("Encoding").and_then(Value::as_name)?;
    if !encoding.starts_with(b"Identity-") {
        return None;
    }
    let descendants = reader.array(dict.get("DescendantFonts")).ok()?;
    let descendant = reader.dict(descendants.first()).ok()??;
    let others = reader.resolve(descendant.get("DW")).ok()?.as_number().unwrap_or(1000.0);
    let items = reader.array(descendant.get("W")).ok()?;
    let (mut widths, mut at) = (HashMap::new(), 0);
    let code = |value: Option<&Value>| u32::try_from(value?.as_int()?).ok();
    while let Some(first) = code(items.get(at)) {
        match items.get(at + 1) {
            Some(list @ (Value::Array(_) | Value::Ref(_))) => {
                let list = reader.array(Some(list)).ok()?;
                widths.extend((first..).zip(list.iter().filter_map(Value::as_number)));
                at += 2;
            }
            last => {
                let (last, width) = (code(last)?, items.get(at + 2)?.as_number()?);
                widths.extend((first..=last).take(MAX_NAMED).map(|code| (code, width)));
                at += 3;
            }
        }
        if widths.len() > MAX_NAMED {
            return None;
        }
    }
    Some((widths, others))
}

fn contains(name: &[u8], part: &[u8]) -> bool {
    name.windows(part.len()).any(|w| w == part)
}

/// An encoding of two bytes a letter, written from left to right.
fn takes_two_bytes(encoding: &[u8]) -> bool {
    encoding == b"Identity-H" || contains(encoding, b"UCS2-H") || contains(encoding, b"UTF16-H")
}

/// What a letter takes up at most: the widest that the font names, and an em where it may have others.
fn extent(reader: &Reader<'_, '_>, dict: &Dict, is_wide: bool, widths: &[f64], encoding: &Value) -> Option<f64> {
    let widest = |widths: &[f64]| widths.iter().copied().fold(1000.0, f64::max);
    if dict.has_name("Subtype", "Type3") {
        // Letters are drawings, in units of the font's own.
        let scale = reader.array(dict.get("FontMatrix")).ok()?.first()?.as_number()?.abs();
        let bounds = reader.array(dict.get("FontBBox")).ok()?;
        let bounds: Vec<f64> = bounds.iter().map(Value::as_number).collect::<Option<_>>()?;
        let largest = bounds.iter().fold(0.0_f64, |largest, side| largest.max(side.abs()));
        return (largest > 0.0).then(|| scale * widths.iter().copied().fold(largest, f64::max));
    }
    if !is_wide {
        return Some(widest(widths) / 1000.0);
    }
    if encoding.as_name().is_some_and(|name| name == b"V" || name.ends_with(b"-V")) {
        return None;
    }
    let below = reader.array(dict.get("DescendantFonts")).ok()?;
    let below = reader.dict(below.first()).ok()??;
    let mut found = vec![reader.resolve(below.get("DW")).ok()?.as_number().unwrap_or(1000.0)];
    // `c [w1 w2 …]` or `c1 c2 w`.
    let (listed, mut at) = (reader.array(below.get("W")).ok()?, 1);
    while at < listed.len() {
        match reader.resolve(listed.get(at)).ok()? {
            Value::Array(widths) => {
                found.extend(widths.iter().filter_map(Value::as_number));
                at += 2;
            }
            _ => {
                found.extend(listed.get(at + 1).and_then(Value::as_number));
                at += 3;
            }
        }
    }
    Some(widest(&found) / 1000.0)
}

/// Symbols, or an encoding of the font's own (ISO 32000-1, table 123).
fn is_symbolic(reader: &Reader<'_, '_>, dict: &Dict) -> bool {
    let base = dict.get("BaseFont").and_then(Value::as_name).unwrap_or_default();
    let descriptor = reader.dict(dict.get("FontDescriptor")).ok().flatten().unwrap_or_default();
    let flags = descriptor.get("Flags").and_then(Value::as_int).unwrap_or(0);
    let is_subset = base.get(6) == Some(&b'+');
    contains(base, b"Symbol")
        || contains(base, b"Dingbats")
        || contains(base, b"dings")
        || is_subset
        || (flags & 4 != 0 && dict.get("Encoding").is_none())
}

/// An encoding, or none, that has ASCII where ASCII is, quotation marks aside.
fn is_latin(encoding: &Value) -> bool {
    const KNOWN: [&[u8]; 4] = [b"WinAnsiEncoding", b"MacRomanEncoding", b"StandardEncoding", b"PDFDocEncoding"];
    *encoding == Value::Null || encoding.as_name().is_some_and(|name| KNOWN.contains(&name))
}

/// What the codes above ASCII stand for, in the encodings that programs write (ISO 32000-1, annex D.2): of the standard one, the
/// quotation mark that ASCII has elsewhere.
fn upper(encoding: Option<&[u8]>) -> HashMap<u32, Option<char>> {
    const LOW: &str = "€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ";
    match encoding {
        Some(b"WinAnsiEncoding") => {
            let low = LOW.chars().map(|c| Some(c).filter(|c| *c != char::REPLACEMENT_CHARACTER));
            let named = (0x80..).zip(low.chain(('\u{a0}'..='\u{ff}').map(Some)));
            // Programs draw a hyphen for the soft one.
            named.chain([(0xad, Some('-'))]).collect()
        }
        None | Some(b"StandardEncoding") => HashMap::from([(0xa9, Some('\''))]),
        _ => HashMap::new(),
    }
}

/// `[32 /space 65 /A /B]`; a name that is not known here makes its code unknown. `None` if it is not written out.
fn differences(items: &[Value]) -> Option<HashMap<u32, Option<char>>> {
    let (mut out, mut code) = (HashMap::new(), 0_u32);
    for item in items.iter().take(MAX_NAMED) {
        match item {
            Value::Int(n) => code = u32::try_from(*n).unwrap_or(0),
            Value::Name(name) => {
                out.insert(code, glyph(name));
                code = code.saturating_add(1);
            }
            _ => return None,
        }
    }
    Some(out)
}

/// The character that a glyph's name means, for the names of ASCII and Latin-1 (Adobe Glyph List).
fn glyph(name: &[u8]) -> Option<char> {
    const ASCII: &str = "space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk \
        plus comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater \
        question at";
    const LATIN: &str = "exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine guillemotleft \
        logicalnot - registered macron degree plusminus twosuperior threesuperior acute mu paragraph periodcentered cedilla \
        onesuperior ordmasculine guillemotright onequarter onehalf threequarters questiondown Agrave Aacute Acircumflex Atilde \
        Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex Idieresis Eth Ntilde Ograve \
        Oacute Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls agrave \
        aacute acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex edieresis igrave iacute icircumflex \
        idieresis eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash ugrave uacute ucircumflex udieresis yacute \
        thorn ydieresis";
    const OTHERS: [(&str, char); 5] =
        [("quoteleft", '‘'), ("quoteright", '’'), ("quotedblleft", '“'), ("quotedblright", '”'), ("endash", '–')];
    if let [letter] = name
        && letter.is_ascii_alphabetic()
    {
        return Some(char::from(*letter));
    }
    let name = std::str::from_utf8(name).ok().filter(|name| name.len() > 1)?;
    let among = |names: &str, first: u8| {
        let at = names.split_whitespace().position(|one| one == name)?;
        Some(char::from(first + u8::try_from(at).ok()?))
    };
    among(ASCII, b' ')
        .or_else(|| among(LATIN, 0xa1))
        .or_else(|| OTHERS.iter().find(|(one, _)| *one == name).map(|(_, c)| *c))
}

/// The sections `bfchar` and `bfrange` of a ToUnicode map (ISO 32000-1, 9.10.3).
fn to_unicode(data: &[u8], reader: &Reader<'_, '_>) -> Option<HashMap<u32, String>> {
    let (mut map, mut operands, mut at) = (HashMap::new(), Vec::new(), 0);
    while let Some(next) = token(&mut Parser::new(data, at)) {
        reader.operator()?;
        let (token, end) = next;
        at = end;
        match token {
            Token::Operand(value) => operands.push(value),
            Token::Operator(b"endbfchar") => {
                for pair in operands.chunks_exact(2) {
                    name(&mut map, code(&pair[0])?, pair[1].as_string()?, 0);
                }
                operands.clear();
            }
            Token::Operator(b"endbfrange") => {
                for range in operands.chunks_exact(3) {
                    let (first, last) = (code(&range[0])?, code(&range[1])?);
                    for code in (first..=last).take(MAX_NAMED.saturating_sub(map.len())) {
                        let step = code - first;
                        match &range[2] {
                            Value::String(target) => name(&mut map, code, target, step),
                            Value::Array(targets) => {
                                name(&mut map, code, targets.get(step as usize)?.as_string()?, 0);
                            }
                            _ => return None,
                        }
                    }
                }
                operands.clear();
            }
            Token::Operator(_) => operands.clear(),
        }
    }
    Some(map)
}

fn code(value: &Value) -> Option<u32> {
    let bytes = value.as_string()?;
    (bytes.len() <= 4).then(|| bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

/// `target` in UTF-16, its last unit raised by `step`.
fn name(map: &mut HashMap<u32, String>, code: u32, target: &[u8], step: u32) {
    let mut units: Vec<u16> = target.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    if let (Some(last), Ok(step)) = (units.last_mut(), u16::try_from(step)) {
        *last = last.wrapping_add(step);
    }
    if map.len() < MAX_NAMED {
        map.insert(code, String::from_utf16_lossy(&units));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Document, Limits};
    use super::*;

    fn map_of(map: &[u8]) -> HashMap<u32, String> {
        let file = crate::pdf::sample::document(1);
        let document = Document::open(&file, &Limits::DEFAULT).unwrap();
        to_unicode(map, &Reader::new(document.latest())).unwrap()
    }

    #[test]
    fn a_map_names_single_codes_and_ranges() {
        // The example of ISO 32000-1, 9.10.3, shortened.
        let map = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> \
            endcodespacerange 2 beginbfrange <0000> <005E> <0020> <005F> <0061> [<00660066> <00660069> <00660066006C>] \
            endbfrange 1 beginbfchar <3A51> <D840DC3E> endbfchar endcmap end";
        let map = map_of(map);
        let named = |code: u32| map.get(&code).map(String::as_str);
        assert_eq!(
            [named(0x21), named(0x5f), named(0x60), named(0x61)],
            [Some("A"), Some("ff"), Some("fi"), Some("ffl")]
        );
        assert_eq!([named(0x3a51), named(0x62)], [Some("\u{2003e}"), None]);
    }

    #[test]
    fn glyphs_are_named_as_adobe_names_them() {
        let named = |names: &[&str]| names.iter().map(|name| glyph(name.as_bytes())).collect::<Option<String>>();
        let names =
            ["space", "quotesingle", "comma", "nine", "at", "Z", "degree", "eacute", "multiply", "ydieresis", "endash"];
        assert_eq!(named(&names).as_deref(), Some(" ',9@Z°é×ÿ–"));
        assert_eq!(["g17", "-", "", "two.oldstyle"].map(|name| glyph(name.as_bytes())), [None; 4]);
        let windows = upper(Some(b"WinAnsiEncoding"));
        assert_eq!(
            [0x80, 0x92, 0x9f, 0xa9, 0xad, 0xff].map(|code| windows[&code]),
            ["€", "’", "Ÿ", "©", "-", "ÿ"].map(|c| c.chars().next())
        );
        assert_eq!(windows[&0x81], None);
    }

    #[test]
    fn what_a_font_does_not_tell_is_not_guessed() {
        let others =
            differences(&[Value::Int(65), Value::Name(b"one"[..].into()), Value::Name(b"g17"[..].into())]).unwrap();
        let font = Font {
            is_wide: false,
            first: 0,
            widths: Vec::new(),
            wide: None,
            names: Names::Latin(others),
            extent: None,
            unit: 0.001,
            may_be_narrow: false,
            is_renamed: false,
            is_unseen: false,
            is_pictorial: false,
            is_standard_width: false,
            is_standard: false,
            id: None,
        };
        assert_eq!(font.text(b"A C").as_deref(), Some("1 C"));
        assert_eq!([font.text(b"AB"), font.text(b"\x80")], [None, None]);
    }
}
