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
pub(super) const PASSWORD: i64 = 1 << 13;
pub(super) const COMBO: i64 = 1 << 17;
const FILE: i64 = 1 << 20;
const RICH: i64 = 1 << 25;
/// Values longer than this are not compared.
const MAX_VALUE: usize = 100_000;

/// A field that shows several of its choices.
pub(super) fn is_list(field: &Annotation) -> bool {
    field.field == b"Ch" && field.field_flags & COMBO == 0
}

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
    let options = options(reader, field)?;
    let names: Vec<_> = options.iter().filter_map(|(export, name)| letters(export).zip(letters(name))).collect();
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

/// Letters and digits alone; `None` if some are unknown, or of a script whose letters change with their neighbours.
fn letters(text: &str) -> Option<String> {
    let is_beyond = |c: char| matches!(c, '\u{fffd}' | '\u{300}'..='\u{36f}' | '\u{590}'..='\u{1cff}' | '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    if text.chars().any(is_beyond) {
        return None;
    }
    Some(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect())
}

/// The choices of a field: what is kept for each, and what is shown for it (ISO 32000-1, table 231).
pub(super) fn options(reader: &Reader<'_, '_>, field: &Annotation) -> Result<Vec<(String, String)>, ReadError> {
    let Some(Value::Array(options)) = of_field(reader, &field.dict, "Opt")? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for option in options.iter() {
        let said = |value: &Value| value.as_string().map(text);
        found.extend(match reader.resolve(Some(option))? {
            Value::Array(pair) => match pair.as_slice() {
                [export, name] => said(&reader.resolve(Some(export))?).zip(said(&reader.resolve(Some(name))?)),
                _ => None,
            },
            one => said(&one).map(|name| (name.clone(), name)),
        });
    }
    Ok(found)
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
