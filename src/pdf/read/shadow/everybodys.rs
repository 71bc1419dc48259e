//! Fonts that come without shapes and say nothing of their own: every program draws the same with them (ISO 32000-1, 9.6 and 9.7).

use super::super::ReadError;
use super::super::value::{Dict, Value};
use super::reader::Reader;

/// What such a font may say.
const SIMPLE: [&[u8]; 9] =
    [b"Type", b"Subtype", b"Name", b"BaseFont", b"FirstChar", b"LastChar", b"Widths", b"FontDescriptor", b"Encoding"];
const WIDE: [&[u8]; 5] = [b"Type", b"Subtype", b"BaseFont", b"Encoding", b"DescendantFonts"];
/// How wide letters of a Chinese font are, in thousandths of their size.
const WIDTHS: std::ops::RangeInclusive<f64> = 200.0..=1100.0;

/// Whether the font is one of these, written without any detour.
pub(super) fn is_plain(reader: &Reader<'_, '_>, dict: &Dict) -> Result<bool, ReadError> {
    let says = |known: &[&[u8]]| dict.entries().all(|(key, _)| known.contains(&key));
    Ok(match dict.get("Subtype").and_then(Value::as_name) {
        Some(b"Type1" | b"TrueType") => {
            let widths = reader.array(dict.get("Widths"))?;
            let is_counted = widths.is_empty() || matches!(dict.get("FirstChar"), Some(Value::Int(_)));
            says(&SIMPLE)
                && is_counted
                && widths.iter().all(|width| width.as_number().is_some_and(|width| width >= 0.0))
                && !has_shapes(reader, dict)?
        }
        Some(b"Type0") => {
            let descendants = reader.array(dict.get("DescendantFonts"))?;
            let [descendant] = descendants.as_slice() else { return Ok(false) };
            let below = reader.dict(Some(descendant))?.unwrap_or_default();
            let is_across = dict.get("Encoding").and_then(Value::as_name).is_some_and(|name| name.ends_with(b"-H"));
            let is_em = below.get("DW").is_none_or(|width| width.as_number() == Some(1000.0));
            says(&WIDE)
                && is_across
                && is_em
                && are_usual(&reader.array(below.get("W"))?)
                && !has_shapes(reader, &below)?
        }
        _ => false,
    })
}

fn has_shapes(reader: &Reader<'_, '_>, dict: &Dict) -> Result<bool, ReadError> {
    let descriptor = reader.dict(dict.get("FontDescriptor"))?.unwrap_or_default();
    Ok(descriptor.entries().any(|(key, _)| key.starts_with(b"FontFile")))
}

/// `c [w1 w2 …]` or `c1 c2 w`, each width a usual one.
fn are_usual(widths: &[Value]) -> bool {
    let is_usual = |width: &Value| width.as_number().is_some_and(|width| WIDTHS.contains(&width));
    let mut rest = widths;
    loop {
        rest = match rest {
            [] => return true,
            [Value::Int(_), Value::Array(listed), after @ ..] if listed.iter().all(is_usual) => after,
            [Value::Int(_), Value::Int(_), width, after @ ..] if is_usual(width) => after,
            _ => return false,
        };
    }
}
