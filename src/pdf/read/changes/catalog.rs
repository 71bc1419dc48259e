//! The catalog may gain validation data, developer extensions and a later version, and its form and metadata may go on.

use std::collections::HashSet;

use super::code::ChangeCode;
use super::comparison::Comparison;
use super::signature::NewField;
use super::text::Change;
use super::{evidence, form, metadata};
use crate::pdf::read::ReadError;
use crate::pdf::read::value::{Dict, Id, Value};

/// Explains what changed in the catalog and what hangs on it; returns the fields that the form has gained.
pub(super) fn apply(c: &mut Comparison<'_, '_>) -> Result<Vec<NewField>, ReadError> {
    let ((id, old), (_, new)) = (c.before.catalog()?, c.after.catalog()?);
    let (was, is) = (|key| old.get(key), |key| new.get(key));
    let (form_goes_on, fields) = form::apply(c, id, was("AcroForm"), is("AcroForm"))?;
    let mut is_explained = form_goes_on;
    is_explained &= evidence::apply(c, id, was("DSS"), is("DSS"))?;
    is_explained &= metadata::xmp(c, id, was("Metadata"), is("Metadata"))?;
    is_explained &= extends(c, id, was("Extensions"), is("Extensions"))?;
    for key in old.differing(&new) {
        match key {
            b"AcroForm" | b"DSS" | b"Metadata" | b"Extensions" => {}
            b"Version" if is_later(was("Version"), is("Version")) => c.add(Change::of(ChangeCode::Metadata, None)),
            b"OpenAction" | b"AA" if new.at(key).is_some() => c.add(Change::of(ChangeCode::Action, Some(id))),
            b"OCProperties" => c.add(Change::of(ChangeCode::Layers, Some(id))),
            _ => is_explained = false,
        }
    }
    if is_explained {
        c.explain(id);
    }
    Ok(fields)
}

/// Developer extensions (ISO 32000-2, 7.12) may be added and extended: they say what a reader may meet, and show nothing. Apart
/// from the catalog they stand in objects that nothing else refers to and that refer to nothing.
fn extends(
    c: &mut Comparison<'_, '_>,
    catalog: Id,
    was: Option<&Value>,
    is: Option<&Value>,
) -> Result<bool, ReadError> {
    let (old, new) = (c.before.resolve(was)?, c.after.resolve(is)?);
    let empty = Dict::default();
    let old = if was.is_none() { Some(&empty) } else { old.as_dict() };
    let (Some(old), Some(new)) = (old, new.as_dict()) else { return Ok(was == is) };
    let (mut known, mut apart) = (HashSet::new(), Vec::new());
    old.references(&mut |id| {
        known.insert(id);
    });
    new.references(&mut |id| apart.push(id));
    let owners: Vec<Id> = was.and_then(Value::as_ref).into_iter().chain([catalog]).collect();
    let mut grows = was != is || old != new;
    for id in apart {
        let is_changed = c.kind(id).is_some() || c.replaced.contains(&id);
        if !is_changed && known.contains(&id) {
            continue;
        }
        let link = Value::Ref(id);
        let mut refers = false;
        let Some(extension) = c.after.object(id)?.filter(|object| object.data.is_none()) else { return Ok(false) };
        extension.value.references(&mut |_| refers = true);
        let before = known.contains(&id).then_some(&link);
        if refers || !is_changed || !c.allow_only_from(before, Some(&link), &owners)? {
            return Ok(false);
        }
        grows = true;
    }
    let goes_on = old.entries().all(|(key, _)| new.at(key).is_some()) && c.allow_only_from(was, is, &[catalog])?;
    if goes_on && grows {
        c.add(Change::of(ChangeCode::Metadata, None));
    }
    Ok(goes_on)
}

/// A version that is not below the one before (ISO 32000-2, 7.2.2).
fn is_later(was: Option<&Value>, is: Option<&Value>) -> bool {
    let known = |name: &[u8]| matches!(name, [b'1', b'.', b'0'..=b'7'] | [b'2', b'.', b'0']);
    let name = |value: Option<&Value>| value.and_then(Value::as_name).map(<[u8]>::to_vec);
    name(is).is_some_and(|new| known(&new) && name(was).is_none_or(|old| old <= new))
}
