//! How PDF objects are spelt when we write them (ISO 32000-1, 7.2, 7.3, 7.9).

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::read::ReadError;
use super::read::syntax::Parser;
use super::read::value::Id;

/// China Standard Time, the zone of every date a hall writes.
const CHINA: Offset = jiff::tz::offset(8);

/// A text string: ASCII as a literal, everything else UTF-16BE in hexadecimal, which no viewer misreads.
pub(super) fn text_string(text: &str) -> String {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        let escaped: String =
            text.chars().flat_map(|c| matches!(c, '(' | ')' | '\\').then_some('\\').into_iter().chain([c])).collect();
        return format!("({escaped})");
    }
    let units: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<FEFF{units}>")
}

/// `D:20261122093005+08'00'`.
pub(super) fn date(at: Timestamp) -> String {
    let local = at.to_zoned(TimeZone::fixed(CHINA));
    format!("(D:{}+08'00')", local.strftime("%Y%m%d%H%M%S"))
}

/// A length or coordinate with at most four decimals.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// `[a b c d]`.
pub(super) fn numbers(values: &[f64]) -> String {
    let parts: Vec<String> = values.iter().map(|v| number(*v)).collect();
    format!("[{}]", parts.join(" "))
}

/// `[1 0 R 2 0 R]`.
pub(super) fn references(ids: &[Id]) -> String {
    let parts: Vec<String> = ids.iter().map(Id::to_string).collect();
    format!("[{}]", parts.join(" "))
}

/// The dictionary at the start of `raw`, to the letter, but with `key` set to `value`.
pub(super) fn set_entry(raw: &[u8], key: &str, value: &str) -> Result<Vec<u8>, ReadError> {
    let mut parser = Parser::new(raw, 0);
    let mut spans = parser.dict_spans()?;
    let end = parser.at();
    let mut out = Vec::with_capacity(end + key.len() + value.len() + 4);
    match spans.remove(key.as_bytes()) {
        Some(span) => {
            out.extend_from_slice(&raw[..span.start]);
            out.extend_from_slice(value.as_bytes());
            // A name or number may have ended where a delimiter of the next key began.
            out.push(b' ');
            out.extend_from_slice(&raw[span.end..end]);
        }
        None => {
            out.extend_from_slice(raw[..end - b">>".len()].trim_ascii_end());
            out.extend_from_slice(format!(" /{key} {value} >>").as_bytes());
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_text_dates_and_numbers() {
        assert_eq!(text_string("Seal (1)\\"), "(Seal \\(1\\)\\\\)");
        // 印 U+5370, 信 U+4FE1, 𠮷 U+20BB7 as the pair D842 DFB7.
        assert_eq!(text_string("印信𠮷"), "<FEFF53704FE1D842DFB7>");
        assert_eq!(date("2026-11-21T17:30:05.9Z".parse().unwrap()), "(D:20261122013005+08'00')");
        assert_eq!(numbers(&[0.0, -0.000_01, 12.5, 595.275_59]), "[0 0 12.5 595.2756]");
    }

    #[test]
    fn sets_an_entry_and_leaves_the_rest_to_the_letter() {
        let raw = b"<</Type/Page%c\n/Annots 3 0 R/B[1 2]>> endobj";
        assert_eq!(set_entry(raw, "Annots", "[4 0 R]").unwrap(), b"<</Type/Page%c\n/Annots [4 0 R] /B[1 2]>>");
        assert_eq!(set_entry(raw, "X", "1").unwrap(), b"<</Type/Page%c\n/Annots 3 0 R/B[1 2] /X 1 >>");
    }
}
