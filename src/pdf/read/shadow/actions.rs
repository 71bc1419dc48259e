//! Active content: actions, scripts, XFA forms (ISO 32000-1, 12.6 and 12.7.8).

use super::super::ReadError;
use super::super::value::{Dict, Id, Value};
use super::code::PreparedCode;
use super::reader::Reader;

/// Actions in a row, and nodes of the name tree of scripts.
const MAX_ACTIONS: usize = 32;

/// What an action does to what is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Script,
    Other,
}

/// `None`: it goes somewhere, no more.
fn kind(action: &Dict) -> Option<Kind> {
    match action.get("S").and_then(Value::as_name)? {
        b"JavaScript" => Some(Kind::Script),
        b"Launch" | b"SubmitForm" | b"ResetForm" | b"ImportData" | b"SetOCGState" | b"Hide" | b"Rendition"
        | b"Movie" | b"Sound" | b"GoToE" | b"GoTo3DView" | b"RichMediaExecute" | b"Trans" => Some(Kind::Other),
        _ => None,
    }
}

/// What the first action of a chain that matters is, if it runs by itself.
pub(super) fn automatic(reader: &Reader<'_, '_>, action: Option<&Value>) -> Result<Option<PreparedCode>, ReadError> {
    let (mut queue, mut seen) = (Vec::from_iter(action.cloned()), 0);
    while let Some(action) = queue.pop() {
        seen += 1;
        if seen > MAX_ACTIONS {
            break;
        }
        let Some(action) = reader.dict(Some(&action))? else { continue };
        match kind(&action) {
            Some(Kind::Script) if !is_harmless(reader, &action)? => return Ok(Some(PreparedCode::AutomaticScript)),
            Some(Kind::Other) => return Ok(Some(PreparedCode::AutomaticAction)),
            _ => {}
        }
        match reader.resolve(action.get("Next"))? {
            Value::Array(next) => queue.extend(next.into_iter().take(MAX_ACTIONS)),
            next @ Value::Dict(_) => queue.push(next),
            _ => {}
        }
    }
    Ok(None)
}

/// The additional actions that run without anyone's doing (ISO 32000-1, tables 194 to 197).
pub(super) fn additional(
    reader: &Reader<'_, '_>,
    owner: &Dict,
    keys: &[&str],
) -> Result<Option<PreparedCode>, ReadError> {
    let Value::Dict(actions) = reader.resolve(owner.get("AA"))? else { return Ok(None) };
    for key in keys {
        if let Some(code) = automatic(reader, actions.get(key))? {
            return Ok(Some(code));
        }
    }
    Ok(None)
}

/// Whether the script only prints or places the window.
fn is_harmless(reader: &Reader<'_, '_>, action: &Dict) -> Result<bool, ReadError> {
    const HARMLESS: [&str; 5] = ["print", "zoom", "zoomType", "layout", "pageNum"];
    let Value::String(script) = reader.resolve(action.get("JS"))? else { return Ok(false) };
    let script = super::super::text::text(&script);
    let is_harmless = |statement: &str| {
        let statement = statement.trim();
        let statement = statement.strip_prefix("this.").unwrap_or(statement);
        let word = statement.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let argument = &statement[word.len()..];
        statement.is_empty() || HARMLESS.contains(&word) && !argument.contains("function")
    };
    Ok(script.split([';', '\n', '\u{fffd}']).all(is_harmless))
}

/// What the catalog lets run by itself.
pub(super) fn of_catalog(reader: &Reader<'_, '_>, catalog: &Dict) -> Result<Vec<PreparedCode>, ReadError> {
    let mut found = Vec::new();
    found.extend(automatic(reader, catalog.get("OpenAction"))?);
    found.extend(additional(reader, catalog, &["WC", "WS", "DS", "WP", "DP"])?);
    if let Value::Dict(names) = reader.resolve(catalog.get("Names"))? {
        found.extend(of_names(reader, names.get("JavaScript"))?);
    }
    if let Value::Dict(form) = reader.resolve(catalog.get("AcroForm"))? {
        if form.get("XFA").is_some_and(|xfa| *xfa != Value::Null) {
            found.push(PreparedCode::XfaForm);
        }
        if form.get("NeedAppearances") == Some(&Value::Bool(true)) {
            found.push(PreparedCode::Regenerated);
        }
    }
    Ok(found)
}

/// The scripts by name, which run when the document is opened (ISO 32000-1, 12.6.4.16).
fn of_names(reader: &Reader<'_, '_>, tree: Option<&Value>) -> Result<Option<PreparedCode>, ReadError> {
    let (mut queue, mut seen) = (Vec::from_iter(tree.cloned()), 0);
    while let Some(node) = queue.pop() {
        seen += 1;
        if seen > MAX_ACTIONS {
            break;
        }
        let Some(node) = reader.dict(Some(&node))? else { continue };
        for (at, action) in reader.array(node.get("Names"))?.iter().enumerate() {
            if let Some(code) = automatic(reader, Some(action).filter(|_| at % 2 == 1 && at <= 2 * MAX_ACTIONS))? {
                return Ok(Some(code));
            }
        }
        queue.extend(reader.array(node.get("Kids"))?.into_iter().take(MAX_ACTIONS));
    }
    Ok(None)
}

/// What an object says of actions and of content elsewhere, whatever it belongs to.
pub(super) fn of_object(id: Id, value: &Value, is_stream: bool, found: &mut Vec<(Id, PreparedCode)>) {
    if let Value::Dict(dict) = value {
        let is_image = dict.has_name("Subtype", "Image");
        if is_stream && dict.get("F").is_some()
            || dict.has_name("Subtype", "Form") && (dict.get("Ref").is_some() || dict.get("OPI").is_some())
            || is_image && dict.get("OPI").is_some()
        {
            found.push((id, PreparedCode::ExternalContent));
        }
        if is_unembedded(dict) {
            found.push((id, PreparedCode::UnembeddedFont));
        }
        if is_image && dict.get("Alternates").is_some() {
            found.push((id, PreparedCode::AlternateImage));
        }
    }
    inside(id, value, found);
}

/// Whether a font descriptor has no font with it, and the font is none of those that every program knows (ISO 32000-1, 9.6.2.2).
fn is_unembedded(dict: &Dict) -> bool {
    const KNOWN: [&[u8]; 5] = [b"Helvetica", b"Times", b"Courier", b"Symbol", b"ZapfDingbats"];
    let name = dict.get("FontName").and_then(Value::as_name).unwrap_or_default();
    dict.has_name("Type", "FontDescriptor")
        && !KNOWN.iter().any(|known| name.starts_with(known))
        && ["FontFile", "FontFile2", "FontFile3"].iter().all(|key| dict.get(key).is_none())
}

/// The parser bounds how deep values nest.
fn inside(id: Id, value: &Value, found: &mut Vec<(Id, PreparedCode)>) {
    match value {
        Value::Dict(dict) => {
            match kind(dict) {
                Some(Kind::Script) => found.push((id, PreparedCode::Script)),
                Some(Kind::Other) if !dict.has_name("S", "ResetForm") && !dict.has_name("S", "Trans") => {
                    found.push((id, PreparedCode::Action))
                }
                _ => {}
            }
            dict.entries().for_each(|(_, value)| inside(id, value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| inside(id, value, found)),
        _ => {}
    }
}
