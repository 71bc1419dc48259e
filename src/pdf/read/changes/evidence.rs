//! Validation data: the document security store (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2) may be added and extended.
//!
//! It shows nothing. What has to be seen to is that nothing else is among it: only certificates, lists, answers and times under
//! the keys the standard names, and that an array it extends is not the content of a page as well.

use std::collections::BTreeMap;

use super::code::ChangeCode;
use super::comparison::Comparison;
use super::text::Change;
use crate::pdf::read::ReadError;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;

/// Keys of the store and of its entries for single signatures.
const KEYS: [&[u8]; 10] = [b"Type", b"Certs", b"CRLs", b"OCSPs", b"VRI", b"Cert", b"CRL", b"OCSP", b"TU", b"TS"];
/// Keys of a stream that holds data and nothing more.
const STREAM_KEYS: [&[u8]; 5] = [b"Length", b"Filter", b"DecodeParms", b"Type", b"Subtype"];
/// Store, VRI, entry, array, stream, and references between them.
const MAX_DEPTH: usize = 8;

/// Explains a store that is new or goes on; `false` if it is no longer one.
pub(super) fn apply(
    c: &mut Comparison<'_, '_>,
    catalog: Id,
    was: Option<&Value>,
    is: Option<&Value>,
) -> Result<bool, ReadError> {
    let Some(is) = is else { return Ok(was.is_none()) };
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    if !collect(&c.after, is, &mut new, 0)? {
        return Ok(was == Some(is));
    }
    if let Some(was) = was {
        collect(&c.before, was, &mut old, 0)?;
    }
    let mut owners: Vec<Id> = old.keys().copied().collect();
    owners.push(catalog);
    let mut has_changed = was != Some(is);
    for (id, is_stream) in new {
        if c.kind(id).is_some() {
            c.need(id);
            has_changed = true;
        } else if c.replaced.contains(&id) {
            let link = Value::Ref(id);
            let was_there = old.contains_key(&id) && !is_stream;
            if !was_there || !c.allow_only_from(Some(&link), Some(&link), &owners)? {
                return Ok(false);
            }
            has_changed = true;
        }
    }
    if has_changed {
        c.add(Change::of(ChangeCode::Evidence, None));
    }
    Ok(true)
}

/// The objects of a store, and whether they are streams; `false` if something else is among them.
fn collect(
    view: &View<'_, '_>,
    value: &Value,
    found: &mut BTreeMap<Id, bool>,
    depth: usize,
) -> Result<bool, ReadError> {
    if depth > MAX_DEPTH {
        return Ok(false);
    }
    match value {
        Value::Ref(id) => {
            if found.contains_key(id) {
                return Ok(true);
            }
            let Some(object) = view.object(*id)? else { return Ok(true) };
            found.insert(*id, object.data.is_some());
            match &object.value {
                Value::Dict(dict) if object.data.is_some() => Ok(has_only(dict, &STREAM_KEYS)),
                value => collect(view, value, found, depth + 1),
            }
        }
        Value::Array(items) => items.iter().try_fold(true, |ok, item| Ok(ok && collect(view, item, found, depth + 1)?)),
        Value::Dict(dict) => dict.entries().try_fold(true, |ok, (key, value)| {
            Ok(ok && (KEYS.contains(&key) || is_digest(key)) && collect(view, value, found, depth + 1)?)
        }),
        Value::Name(_) | Value::String(_) | Value::Null => Ok(true),
        Value::Bool(_) | Value::Int(_) | Value::Real(_) => Ok(false),
    }
}

fn has_only(dict: &Dict, keys: &[&[u8]]) -> bool {
    dict.entries().all(|(key, _)| keys.contains(&key))
}

/// Entries for one signature stand under its SHA-1, in hexadecimal digits.
fn is_digest(key: &[u8]) -> bool {
    key.len() == 40 && key.iter().all(u8::is_ascii_hexdigit)
}
