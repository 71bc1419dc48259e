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
fn kind(name: &Value) -> Option<Kind> {
    match name.as_name()? {
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
        // Who lets so many follow one another has the last of them overlooked.
        if seen > MAX_ACTIONS {
            return Ok(Some(PreparedCode::AutomaticScript));
        }
        let Some(action) = reader.dict(Some(&action))? else { continue };
        match kind(&reader.resolve(action.get("S"))?) {
            Some(Kind::Script) if !is_harmless(reader, &action)? => return Ok(Some(PreparedCode::AutomaticScript)),
            Some(Kind::Other) => return Ok(Some(PreparedCode::AutomaticAction)),
            _ => {}
        }
        match reader.resolve(action.get("Next"))? {
            Value::Array(next) => queue.extend(next.iter().take(MAX_ACTIONS + 1).cloned()),
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
    let Value::String(script) = reader.resolve(action.get("JS"))? else { return Ok(false) };
    let script = super::super::text::text(&script);
    Ok(script.split([';', '\n', '\r', '\u{fffd}']).all(is_harmless_statement))
}

/// The whole statement is a call of `print` or sets a property of the window, with nothing to compute in it.
fn is_harmless_statement(statement: &str) -> bool {
    let statement = statement.trim();
    let statement = statement.strip_prefix("this.").unwrap_or(statement);
    let length = statement.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(statement.len());
    let (word, rest) = (&statement[..length], statement[length..].trim());
    let set = rest.strip_prefix('=').map(str::trim);
    match word {
        "" => rest.is_empty(),
        "print" => {
            let arguments = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).map(str::trim);
            arguments.is_some_and(|arguments| {
                let named = arguments.strip_prefix('{').and_then(|named| named.strip_suffix('}'));
                arguments.is_empty() || named.unwrap_or(arguments).split(',').all(|one| is_plain_argument(one.trim()))
            })
        }
        "zoom" | "pageNum" => set.is_some_and(is_number),
        "layout" | "zoomType" => set.is_some_and(is_plain_name),
        _ => false,
    }
}

/// `true`, `2`, `bUI: false`.
fn is_plain_argument(argument: &str) -> bool {
    let (name, value) = argument.split_once(':').unwrap_or(("", argument));
    let is_name = name.trim().chars().all(|c| c.is_ascii_alphanumeric());
    is_name && (matches!(value.trim(), "true" | "false" | "null") || is_number(value.trim()))
}

fn is_number(value: &str) -> bool {
    !value.is_empty() && value.len() <= 9 && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// `'SinglePage'`, `"FitPage"`, `zoomtype.fitP`.
fn is_plain_name(value: &str) -> bool {
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    let word = quoted('\'').or_else(|| quoted('"')).or_else(|| value.strip_prefix("zoomtype."));
    word.is_some_and(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// What the catalog lets run by itself.
pub(super) fn of_catalog(reader: &Reader<'_, '_>, catalog: &Dict) -> Result<Vec<PreparedCode>, ReadError> {
    let mut found = Vec::new();
    found.extend(automatic(reader, catalog.get("OpenAction"))?);
    found.extend(additional(reader, catalog, &["WC", "WS", "DS", "WP", "DP"])?);
    if let Value::Dict(names) = reader.resolve(catalog.get("Names"))? {
        found.extend(of_names(reader, names.get("JavaScript"))?);
    }
    if reader.resolve(catalog.get("Collection"))? != Value::Null {
        found.push(PreparedCode::Collection);
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
        let Some(node) = reader.dict(Some(&node))? else { continue };
        let names = reader.array(node.get("Names"))?;
        if seen > MAX_ACTIONS || names.len() > 2 * MAX_ACTIONS {
            return Ok(Some(PreparedCode::AutomaticScript));
        }
        for action in names.iter().skip(1).step_by(2) {
            if let Some(code) = automatic(reader, Some(action))? {
                return Ok(Some(code));
            }
        }
        queue.extend(reader.array(node.get("Kids"))?.into_iter().take(MAX_ACTIONS + 1));
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
            match dict.get("S").and_then(kind) {
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
