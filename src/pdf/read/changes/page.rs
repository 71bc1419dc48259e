//! Pages: only what they list as annotations may change, by whole annotations.

use std::collections::{HashMap, HashSet};

use super::annotation;
use super::code::ChangeCode;
use super::comparison::Comparison;
use super::signature::NewField;
use super::text::{Change, Detail};
use crate::pdf::read::ReadError;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;

/// Boxes of a page.
const BOXES: [&[u8]; 5] = [b"MediaBox", b"CropBox", b"BleedBox", b"TrimBox", b"ArtBox"];
/// What is lost when a number is written with fewer digits, in points.
const ROUNDING: f64 = 0.001;

/// The same four numbers, but for their last digits.
fn is_rounded(old: Option<&Value>, new: Option<&Value>) -> bool {
    let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, new) else { return false };
    let is_close = |(old, new): (&Value, &Value)| {
        old.as_number().zip(new.as_number()).is_some_and(|(old, new)| (old - new).abs() <= ROUNDING)
    };
    old.len() == 4 && new.len() == 4 && old.iter().zip(new.iter()).all(is_close)
}

/// The annotations of these pages, and the first page that lists each.
pub(super) fn annotations(view: &View<'_, '_>, pages: &[Id]) -> Result<HashMap<Id, usize>, ReadError> {
    let mut found = HashMap::new();
    for (number, page) in pages.iter().enumerate() {
        let page = view.dict(Some(&Value::Ref(*page)), "page")?.ok_or(ReadError::Structure("page"))?;
        for annotation in view.array(page.get("Annots"), "annotations")?.iter().filter_map(Value::as_ref) {
            found.entry(annotation).or_insert(number);
        }
        if found.len() > view.nodes_limit() {
            return Err(ReadError::Limit("annotations"));
        }
    }
    Ok(found)
}

/// Explains pages, their lists of annotations, and the annotations themselves; tells new fields where they are.
pub(super) fn apply(c: &mut Comparison<'_, '_>, fields: &mut [NewField]) -> Result<(), ReadError> {
    for id in c.open() {
        let (Some(old), Some(new)) = (c.before.object(id)?, c.after.object(id)?) else { continue };
        match (&old.value, &new.value) {
            (Value::Dict(old), Value::Dict(new)) if old.has_name("Type", "Page") => page(c, id, old, new, fields)?,
            (Value::Array(_), Value::Array(_)) => list_of_its_own(c, id, fields)?,
            _ => {}
        }
    }
    for id in c.open() {
        if c.fields()?.contains_key(&id) {
            continue;
        }
        let Some(page) = c.annotations()?.get(&id).copied() else { continue };
        annotation::changed(c, id, page)?;
    }
    Ok(())
}

fn page(c: &mut Comparison<'_, '_>, id: Id, old: &Dict, new: &Dict, fields: &mut [NewField]) -> Result<(), ReadError> {
    let Some(number) = c.page_number(id)? else { return Ok(()) };
    let changed = old.differing(new);
    if changed.contains(&b"AA"[..]) {
        c.add(Change::of(ChangeCode::Action, Some(id)).on(Some(number)));
    }
    let is_same = |key: &[u8]| key == b"Annots" || BOXES.contains(&key) && is_rounded(old.at(key), new.at(key));
    let rest_is_same = changed.iter().all(|key| is_same(key));
    let (was, is) = (old.get("Annots"), new.get("Annots"));
    if list(c, number, was, is, fields)? && rest_is_same && c.allow_only_from(was, is, &[id])? {
        c.explain(id);
    }
    Ok(())
}

/// A list of annotations that is an object, and exactly one page's.
fn list_of_its_own(c: &mut Comparison<'_, '_>, id: Id, fields: &mut [NewField]) -> Result<(), ReadError> {
    let owners = c.referrers()?.all(id)?;
    let [owner] = owners[..] else { return Ok(()) };
    let Some(number) = c.page_number(owner)? else { return Ok(()) };
    let list_of = |view: &View<'_, '_>| -> Result<Option<Value>, ReadError> {
        let page = view.dict(Some(&Value::Ref(owner)), "page")?.unwrap_or_default();
        Ok(page.get("Annots").cloned().filter(|list| *list == Value::Ref(id)))
    };
    let (Some(was), Some(is)) = (list_of(&c.before)?, list_of(&c.after)?) else { return Ok(()) };
    if c.has_one_place(id, &[owner])? && list(c, number, Some(&was), Some(&is), fields)? {
        c.explain(id);
    }
    Ok(())
}

/// Compares two lists of annotations of one page; `false` if they do not differ by whole annotations alone.
fn list(
    c: &mut Comparison<'_, '_>,
    page: usize,
    was: Option<&Value>,
    is: Option<&Value>,
    fields: &mut [NewField],
) -> Result<bool, ReadError> {
    let (old, new) = (c.before.array(was, "annotations")?, c.after.array(is, "annotations")?);
    let ids = |items: &[Value]| -> Vec<Id> { items.iter().filter_map(Value::as_ref).collect() };
    let [before, after] = [&old, &new].map(|items| ids(items).into_iter().collect::<HashSet<Id>>());
    // What the list itself holds stays as it is, and so does what it names twice.
    let stay = |items: &[Value]| -> Vec<Value> {
        let stays = |item: &Value| item.as_ref().is_none_or(|id| before.contains(&id) && after.contains(&id));
        items.iter().filter(|item| stays(item)).cloned().collect()
    };
    let (standing, added) = (stay(&old), new.len() - stay(&new).len());
    if standing != stay(&new) || added != after.difference(&before).count() {
        return Ok(false);
    }
    let (old, new) = (ids(&old), ids(&new));
    for id in new.into_iter().filter(|id| !before.contains(id)) {
        let field = fields.iter_mut().find(|field| field.widget == id && field.page.is_none());
        match field {
            Some(field) => field.page = Some(page),
            None if annotation::added(c, id, page)? => {}
            None => return Ok(false),
        }
    }
    for id in old.into_iter().filter(|id| !after.contains(id)) {
        if c.fields()?.contains_key(&id) {
            return Ok(false);
        }
        annotation::removed(c, id, page)?;
    }
    Ok(true)
}

/// An annotation in words.
pub(super) fn detail(dict: &Dict, rect: Option<[f64; 4]>) -> Detail {
    let subtype = dict.get("Subtype").and_then(Value::as_name).map(|name| String::from_utf8_lossy(name).into_owned());
    Detail::Annotation { subtype: subtype.unwrap_or_default(), rect }
}
