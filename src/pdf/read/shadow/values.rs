//! Form fields: what is kept beside what is shown (ISO 32000-1, 12.7.3.3 and 12.7.4).

use super::super::ReadError;
use super::super::text::text;
use super::super::value::Value;
use super::annotations::Annotation;
use super::code::PreparedCode;
use super::content::Canvas;
use super::geometry::Rect;
use super::page::of_field;
use super::reader::Reader;

/// Field flags (ISO 32000-1, tables 228 and 230).
const MULTILINE: i64 = 1 << 12;
const PASSWORD: i64 = 1 << 13;
const COMBO: i64 = 1 << 17;
const FILE: i64 = 1 << 20;
const RICH: i64 = 1 << 25;
/// Values longer than this are not compared.
const MAX_VALUE: usize = 100_000;

/// A field of text or of choices.
pub(super) fn text_field(reader: &Reader<'_, '_>, field: &Annotation) -> Result<Option<PreparedCode>, ReadError> {
    let is_text = field.field == b"Tx";
    let (Some(look), false) = (field.look, is_text && field.field_flags & (PASSWORD | FILE | RICH) != 0) else {
        return Ok(None);
    };
    // A script may show the value in a form of its own, such as an amount with separators.
    if let Some(Value::Dict(actions)) = of_field(reader, &field.dict, "AA")?
        && actions.get("F").is_some()
    {
        return Ok(None);
    }
    let values = match of_field(reader, &field.dict, "V")? {
        None => Vec::new(),
        Some(Value::String(value)) => vec![value],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_string).map(<[u8]>::to_vec).collect(),
        Some(_) => return Ok(None),
    };
    let mut canvas = Canvas::new(reader, true);
    if canvas.appearance(look, field.rect, Rect::EVERYWHERE).is_none() {
        return Ok(None);
    }
    let Some(shown) = canvas.text.as_deref().and_then(letters) else { return Ok(None) };
    let values: Option<Vec<String>> =
        values.iter().filter(|v| v.len() <= MAX_VALUE).map(|v| letters(&text(v))).collect();
    let Some(values) = values else { return Ok(None) };
    if is_text {
        let value = values.first().map_or("", String::as_str);
        return Ok(compare(value, &shown, field.field_flags & MULTILINE != 0));
    }
    let names = names(reader, field)?;
    let is_shown = |value: &String| {
        let named = names.iter().filter(|(export, _)| export == value).map(|(_, name)| name);
        named
            .chain([value])
            .any(|name| if field.field_flags & COMBO != 0 { *name == shown } else { shown.contains(name) })
    };
    // A list shows its choices whether one is taken or not.
    let is_empty_list = values.is_empty() && (field.field_flags & COMBO == 0 || shown.is_empty());
    Ok(if is_empty_list || !values.is_empty() && values.iter().all(is_shown) {
        None
    } else if shown.is_empty() {
        Some(PreparedCode::ValueNotShown)
    } else if field.field_flags & COMBO != 0 {
        Some(PreparedCode::ValueDiffers)
    } else {
        None
    })
}

fn compare(value: &str, shown: &str, is_multiline: bool) -> Option<PreparedCode> {
    if value == shown || is_multiline && (!shown.is_empty() && value.starts_with(shown)) {
        None
    } else if shown.is_empty() {
        Some(PreparedCode::ValueNotShown)
    } else {
        Some(PreparedCode::ValueDiffers)
    }
}

/// Letters, digits and what changes a number: its point, its sign, a part of a hundred; `None` if some are unknown, or of a
/// script whose letters change with their neighbours. Commas between thousands, and noughts that end a fraction, are left out.
fn letters(text: &str) -> Option<String> {
    let is_beyond = |c: char| matches!(c, '\u{fffd}' | '\u{300}'..='\u{36f}' | '\u{590}'..='\u{1cff}' | '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    if text.chars().any(is_beyond) {
        return None;
    }
    let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).map(plain).collect();
    let (mut out, mut at) = (String::new(), 0);
    while let Some(c) = text.get(at) {
        let is_first = !at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|c| c.is_alphanumeric());
        let next = text.get(at + 1).is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() {
            let end = number(&text[at..], &mut out);
            at += end;
            continue;
        }
        if c.is_alphanumeric() || matches!(c, '%' | '‰') || is_first && next && matches!(c, '-' | '.' | '(') {
            out.extend(c.to_lowercase());
        }
        at += 1;
    }
    Some(out)
}

/// Wide letters and the dashes as they are in ASCII.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '‐'..='―' | '−' => '-',
        _ => c,
    }
}

/// Writes the number with which the text begins, and says how long it is.
fn number(text: &[char], out: &mut String) -> usize {
    let run = |from: usize| text[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut at = run(0);
    out.extend(&text[..at]);
    while text.get(at) == Some(&',') && run(at + 1) == 3 {
        out.extend(&text[at + 1..at + 4]);
        at += 4;
    }
    if let Some(point @ ('.' | ',')) = text.get(at)
        && run(at + 1) > 0
    {
        let end = at + 1 + run(at + 1);
        let fraction = text[at + 1..end].iter().collect::<String>();
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            out.push(*point);
            out.push_str(fraction);
        }
        at = end;
    }
    at
}

/// Export values and what is shown for them.
fn names(reader: &Reader<'_, '_>, field: &Annotation) -> Result<Vec<(String, String)>, ReadError> {
    let Some(Value::Array(options)) = of_field(reader, &field.dict, "Opt")? else { return Ok(Vec::new()) };
    let letters = |value: &Value| value.as_string().and_then(|bytes| letters(&text(bytes)));
    let mut names = Vec::new();
    for option in options.iter() {
        if let Some([export, name]) = reader.resolve(Some(option))?.as_array() {
            names.extend(letters(&reader.resolve(Some(export))?).zip(letters(&reader.resolve(Some(name))?)));
        }
    }
    Ok(names)
}

/// A check box, or one of several radio buttons.
pub(super) fn button(reader: &Reader<'_, '_>, field: &Annotation) -> Result<Option<PreparedCode>, ReadError> {
    let Value::Dict(appearances) = reader.resolve(field.dict.get("AP"))? else { return Ok(None) };
    let Value::Dict(states) = reader.resolve(appearances.get("N"))? else { return Ok(None) };
    let Some(Value::Name(value)) = of_field(reader, &field.dict, "V")? else { return Ok(None) };
    let Some(state) = field.dict.get("AS").and_then(Value::as_name) else { return Ok(None) };
    let is_on = states.entries().any(|(name, _)| *name == *value && name != b"Off");
    let wanted = if is_on { &*value } else { b"Off" };
    Ok((state != wanted).then_some(PreparedCode::StateDiffers))
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn what_changes_a_number_counts() {
        let is_same = |one: &str, other: &str| letters(one) == letters(other);
        for (one, other) in
            [("1000.00", "100000"), ("-500", "500"), ("1,5", "15"), ("5%", "5‰"), ("(500)", "500"), ("1.000", "1000.1")]
        {
            assert!(!is_same(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("1,000.00", "1000"),
            ("－5００", "-500"),
            ("2026-11-27", "2026/11/27"),
            ("A-b c", "a b-C"),
            ("1,234,567.50", "1234567.5"),
        ] {
            assert!(is_same(one, other), "{one} {other}");
        }
    }
}
