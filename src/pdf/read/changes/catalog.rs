//! The catalog may gain validation data, developer extensions and a later version, and its form and metadata may go on.

use super::code::ChangeCode;
use super::comparison::Comparison;
use super::signature::{NewField, added_dict};
use super::text::Change;
use super::{evidence, form, metadata};
use crate::pdf::read::ReadError;
use crate::pdf::read::value::{Dict, Value};

/// Explains what changed in the catalog and what hangs on it; returns the fields that the form has gained.
pub(super) fn apply(c: &mut Comparison<'_, '_>) -> Result<Vec<NewField>, ReadError> {
    let ((id, old), (_, new)) = (c.before.catalog()?, c.after.catalog()?);
    let (was, is) = (|key| old.get(key), |key| new.get(key));
    let (form_goes_on, fields) = form::apply(c, id, was("AcroForm"), is("AcroForm"))?;
    let mut is_explained = form_goes_on;
    is_explained &= evidence::apply(c, id, was("DSS"), is("DSS"))?;
    is_explained &= metadata::xmp(c, id, was("Metadata"), is("Metadata"))?;
    for key in old.differing(&new) {
        match key {
            b"AcroForm" | b"DSS" | b"Metadata" => {}
            b"Extensions" => is_explained &= extends(c, was("Extensions"), is("Extensions"))?,
            b"Version" => is_explained &= is_later(was("Version"), is("Version")),
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

/// Developer extensions (ISO 32000-2, 7.12) may be added: they say what a reader may meet, and show nothing. They stand in the
/// catalog or in new objects that refer to nothing.
fn extends(c: &mut Comparison<'_, '_>, was: Option<&Value>, is: Option<&Value>) -> Result<bool, ReadError> {
    let empty = Dict::default();
    let (Some(old), Some(new)) = (was.map_or(Some(&empty), Value::as_dict), is.and_then(Value::as_dict)) else {
        return Ok(false);
    };
    let mut apart = Vec::new();
    new.references(&mut |id| apart.push(id));
    for id in &apart {
        let Some(extension) = added_dict(c, *id)? else { return Ok(false) };
        let mut refers = false;
        extension.references(&mut |_| refers = true);
        if refers {
            return Ok(false);
        }
    }
    apart.into_iter().for_each(|id| c.need(id));
    Ok(old.entries().all(|(key, _)| new.at(key).is_some()))
}

/// A version that is not below the one before (ISO 32000-2, 7.2.2).
fn is_later(was: Option<&Value>, is: Option<&Value>) -> bool {
    let known = |name: &[u8]| matches!(name, [b'1', b'.', b'0'..=b'7'] | [b'2', b'.', b'0']);
    let name = |value: Option<&Value>| value.and_then(Value::as_name).map(<[u8]>::to_vec);
    name(is).is_some_and(|new| known(&new) && name(was).is_none_or(|old| old <= new))
}
