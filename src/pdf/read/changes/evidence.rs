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

/// Keys of a stream that holds data and nothing more.
const STREAM_KEYS: [&[u8]; 5] = [b"Length", b"Filter", b"DecodeParms", b"Type", b"Subtype"];

/// The parts of a store.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Store,
    /// Entries by signature.
    Entries,
    Entry,
    List,
    Data,
    /// A time, a type.
    Word,
}

/// The objects of a store that hold others.
pub(super) fn holders(view: &View<'_, '_>, catalog: &Dict) -> Result<Vec<Id>, ReadError> {
    let mut found = BTreeMap::new();
    if let Some(store) = catalog.get("DSS") {
        collect(view, store, Part::Store, &mut found)?;
    }
    Ok(holding(&found))
}

fn holding(found: &BTreeMap<Id, Part>) -> Vec<Id> {
    found.iter().filter(|(_, part)| **part != Part::Data).map(|(id, _)| *id).collect()
}

/// Explains a store that is new or goes on; `false` if it is no longer one.
pub(super) fn apply(
    c: &mut Comparison<'_, '_>,
    catalog: Id,
    was: Option<&Value>,
    is: Option<&Value>,
) -> Result<bool, ReadError> {
    let Some(is) = is else { return Ok(was.is_none()) };
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    if !collect(&c.after, is, Part::Store, &mut new)? {
        return Ok(was == Some(is));
    }
    let was_store = was.map_or(Ok(true), |was| collect(&c.before, was, Part::Store, &mut old))?;
    let (mut has_changed, mut grown) = (was != Some(is), Vec::new());
    for (id, part) in new {
        if c.kind(id).is_some() {
            c.need(id);
            has_changed = true;
        } else if c.replaced.contains(&id) {
            if part == Part::Data || old.get(&id) != Some(&part) {
                return Ok(false);
            }
            grown.push(id);
        }
    }
    if !(grown.is_empty() || was_store && is_private(c, catalog, &old)?) {
        return Ok(false);
    }
    has_changed |= !grown.is_empty();
    grown.into_iter().for_each(|id| c.explain(id));
    if has_changed {
        c.add(Change::of(ChangeCode::Evidence, None));
    }
    Ok(true)
}

/// Only the catalog and the store itself ever referred to the parts of the store, the catalog to each once.
fn is_private(c: &Comparison<'_, '_>, catalog: Id, store: &BTreeMap<Id, Part>) -> Result<bool, ReadError> {
    let mut places: BTreeMap<Id, usize> = BTreeMap::new();
    c.before.catalog()?.1.references(&mut |id| *places.entry(id).or_default() += 1);
    for id in holding(store) {
        let owners = c.referrers()?.all(id)?;
        let is_owned = owners.iter().all(|owner| *owner == catalog || store.contains_key(owner));
        if !is_owned || places.get(&id).is_some_and(|places| *places > 1) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The objects of a part of a store; `false` if something else is among them.
fn collect(view: &View<'_, '_>, value: &Value, part: Part, found: &mut BTreeMap<Id, Part>) -> Result<bool, ReadError> {
    let inside: Vec<(&Value, Option<Part>)> = match (part, value) {
        (_, Value::Ref(id)) => {
            let Some(object) = view.object(*id)? else { return Ok(true) };
            // A list of one may be written as the one.
            let part = if part == Part::List && object.data.is_some() { Part::Data } else { part };
            if let Some(known) = found.insert(*id, part) {
                return Ok(known == part);
            }
            return match &object.value {
                Value::Dict(dict) if object.data.is_some() => {
                    Ok(part == Part::Data && dict.entries().all(|(key, _)| STREAM_KEYS.contains(&key)))
                }
                // References to references are nobody's store, and may be a long chain.
                Value::Ref(_) => Ok(false),
                value => Ok(part != Part::Data && collect(view, value, part, found)?),
            };
        }
        (_, Value::Null) | (Part::Word, Value::Name(_) | Value::String(_)) => Vec::new(),
        (Part::Store | Part::Entries | Part::Entry, Value::Dict(dict)) => {
            dict.entries().map(|(key, value)| (value, below(part, key))).collect()
        }
        (Part::List, Value::Array(items)) => items.iter().map(|item| (item, Some(Part::Data))).collect(),
        _ => return Ok(false),
    };
    for (value, part) in inside {
        match part {
            Some(part) if collect(view, value, part, found)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// What stands under a key; `None` where the standard names none. Entries for one signature stand under its SHA-1, in
/// hexadecimal digits.
fn below(part: Part, key: &[u8]) -> Option<Part> {
    match (part, key) {
        (_, b"Type") => Some(Part::Word),
        (Part::Store, b"VRI") => Some(Part::Entries),
        (Part::Store, b"Certs" | b"CRLs" | b"OCSPs") | (Part::Entry, b"Cert" | b"CRL" | b"OCSP") => Some(Part::List),
        (Part::Entries, key) if key.len() == 40 && key.iter().all(u8::is_ascii_hexdigit) => Some(Part::Entry),
        (Part::Entry, b"TU") => Some(Part::Word),
        (Part::Entry, b"TS") => Some(Part::Data),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::read::Limits;
    use crate::pdf::read::document::Document;
    use crate::pdf::sample::{append, document};

    #[test]
    fn a_chain_of_references_is_no_store() {
        let links: Vec<(u32, String)> = (100..60_000).map(|number| (number, format!("{} 0 R", number + 1))).collect();
        let links: Vec<(u32, &str)> = links.iter().map(|(number, link)| (*number, link.as_str())).collect();
        let bytes = append(&document(1), &links);
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
        let (view, store) = (document.latest(), Value::Ref(Id::new(100)));
        assert_eq!(collect(&view, &store, Part::Store, &mut BTreeMap::new()), Ok(false));
    }
}
