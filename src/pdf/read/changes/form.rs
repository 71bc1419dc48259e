//! The interactive form (ISO 32000-2, 12.7.3): fields may be appended, and resources added for what they show.

use std::collections::{HashMap, HashSet};

use super::code::ChangeCode;
use super::comparison::Comparison;
use super::signature::{NewField, new_field};
use super::text::Change;
use crate::pdf::read::ReadError;
use crate::pdf::read::text::text;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;

/// How deep fields may nest.
const MAX_DEPTH: usize = 32;
/// What signers and fillers add to the default resources.
const CATEGORIES: [&str; 2] = ["Font", "Encoding"];
/// Fields that one revision may append; writers append one.
const MAX_APPENDED: usize = 100;
/// The flag of a button that keeps no value (ISO 32000-2, table 229, bit 17).
const PUSH_BUTTON: i64 = 1 << 16;

/// A field or a widget of it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The full name of the field.
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The nearest node with a name of its own.
    pub(super) field: Id,
    /// Its appearance dictionary, where that is an object.
    pub(super) look: Option<Id>,
    depth: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Signature,
    /// A button that does something and has no value.
    Push,
    /// A text, a choice, a box to tick; or a node above such.
    Value,
}

/// All fields and widgets of the form.
pub(super) fn nodes(view: &View<'_, '_>) -> Result<HashMap<Id, Node>, ReadError> {
    let (_, catalog) = view.catalog()?;
    let Some(form) = view.dict(catalog.get("AcroForm"), "form")? else { return Ok(HashMap::new()) };
    let mut nodes = HashMap::new();
    let mut stack: Vec<(Value, Option<Node>)> =
        view.array(form.get("Fields"), "form fields")?.into_iter().map(|field| (field, None)).collect();
    while let Some((value, above)) = stack.pop() {
        let Some(id) = value.as_ref().filter(|id| !nodes.contains_key(id)) else { continue };
        let Some(dict) = view.dict(Some(&value), "form field")? else { continue };
        let node = Node::of(view, id, &dict, above.as_ref())?;
        if node.depth > MAX_DEPTH || nodes.len() >= view.nodes_limit() {
            return Err(ReadError::Limit("form fields"));
        }
        for kid in view.array(dict.get("Kids"), "form fields")? {
            stack.push((kid, Some(node.clone())));
        }
        nodes.insert(id, node);
    }
    Ok(nodes)
}

impl Node {
    fn of(view: &View<'_, '_>, id: Id, dict: &Dict, above: Option<&Self>) -> Result<Self, ReadError> {
        let partial = view.resolve(dict.get("T"))?.as_string().map(text);
        let inherited = above.map_or(Kind::Value, |above| above.kind);
        let flags = view.resolve(dict.get("Ff"))?.as_int().unwrap_or(0);
        let kind = match view.resolve(dict.get("FT"))?.as_name() {
            Some(b"Sig") => Kind::Signature,
            Some(b"Btn") if flags & PUSH_BUTTON != 0 => Kind::Push,
            Some(_) => Kind::Value,
            None if inherited == Kind::Value && flags & PUSH_BUTTON != 0 => Kind::Push,
            None => inherited,
        };
        let name = match (above, &partial) {
            (Some(above), Some(partial)) if !above.name.is_empty() => format!("{}.{partial}", above.name),
            (Some(above), None) => above.name.clone(),
            (_, partial) => partial.clone().unwrap_or_default(),
        };
        let field = above.filter(|_| partial.is_none()).map_or(id, |above| above.field);
        let look = dict.get("AP").and_then(Value::as_ref);
        Ok(Self { name, kind, field, look, depth: above.map_or(0, |above| above.depth + 1) })
    }
}

/// The form and its resources, where they are objects.
pub(super) fn holders(view: &View<'_, '_>, catalog: &Dict) -> Result<Vec<Id>, ReadError> {
    let form = catalog.get("AcroForm");
    let resources = view.resolve(form)?.as_dict().and_then(|form| form.get("DR")?.as_ref());
    Ok(form.and_then(Value::as_ref).into_iter().chain(resources).collect())
}

/// Explains the form and returns the fields appended to it; `false` if it says something that no rule knows.
pub(super) fn apply(
    c: &mut Comparison<'_, '_>,
    catalog: Id,
    was: Option<&Value>,
    is: Option<&Value>,
) -> Result<(bool, Vec<NewField>), ReadError> {
    let (old, new) = (c.before.dict(was, "form")?, c.after.dict(is, "form")?);
    let (Some(old), Some(new)) = (old, new) else { return Ok((was == is, Vec::new())) };
    let owner = was.and_then(Value::as_ref).unwrap_or(catalog);
    let Some(fields) = appended(c, owner, old.get("Fields"), new.get("Fields"))? else {
        return Ok((false, Vec::new()));
    };
    let Some(mut gains) = resources(c, owner, old.get("DR"), new.get("DR"))? else { return Ok((false, fields)) };
    let mut is_explained = true;
    for key in old.differing(&new) {
        is_explained &= match key {
            b"Fields" | b"DR" => true,
            b"SigFlags" => {
                let flags = |form: &Dict| form.get("SigFlags").map_or(Some(0), Value::as_int);
                flags(&old).zip(flags(&new)).is_some_and(|(old, new)| matches!(new, 0..=3) && new & old == old)
            }
            // What a field without its own takes, where nothing was said before.
            b"DA" | b"Q" => {
                gains = true;
                old.at(key).is_none() && matches!(new.at(key), Some(Value::String(_) | Value::Int(_)))
            }
            // Whoever fills in a form draws it; whoever says that others must is not followed.
            b"NeedAppearances" => matches!(new.get("NeedAppearances"), None | Some(Value::Bool(false))),
            _ => false,
        };
    }
    // Where fields are drawn by whoever shows them, all of this is seen.
    let is_drawn_anew = !matches!(c.before.resolve(old.get("NeedAppearances"))?, Value::Null | Value::Bool(false));
    if gains {
        let is_private = was.and_then(Value::as_ref).map(|id| c.has_one_place(id, &[catalog])).transpose()?;
        is_explained &= !is_drawn_anew && is_private != Some(false);
    }
    if is_explained {
        c.allow(was, is);
        if gains || is_drawn_anew && old.get("NeedAppearances") != new.get("NeedAppearances") {
            c.add(Change::of(ChangeCode::FormDefaults, None));
        }
    }
    Ok((is_explained, fields))
}

/// The fields besides those that were there, if all of them are signature fields that may be added. Their order means nothing.
fn appended(
    c: &mut Comparison<'_, '_>,
    owner: Id,
    was: Option<&Value>,
    is: Option<&Value>,
) -> Result<Option<Vec<NewField>>, ReadError> {
    let (old, new) = (c.before.array(was, "form fields")?, c.after.array(is, "form fields")?);
    let ids = |fields: &[Value]| fields.iter().map(Value::as_ref).collect::<Option<Vec<Id>>>();
    let (Some(old), Some(new)) = (ids(&old), ids(&new)) else { return Ok((old == new).then(Vec::new)) };
    let (standing, now): (HashSet<Id>, HashSet<Id>) = (old.iter().copied().collect(), new.iter().copied().collect());
    let more: Vec<Id> = new.iter().copied().filter(|id| !standing.contains(id)).collect();
    // One that was listed twice stays so.
    if new.len() - now.len() != old.len() - standing.len() || !standing.is_subset(&now) || more.len() > MAX_APPENDED {
        return Ok(None);
    }
    let mut fields: Vec<NewField> = Vec::new();
    for id in more {
        let Some(field) = new_field(c, id)? else { return Ok(None) };
        let is_known = c.fields()?.values().any(|node| node.name == field.name);
        if is_known || fields.iter().any(|other| other.name == field.name) {
            return Ok(None);
        }
        fields.push(field);
    }
    Ok(c.allow_only_from(was, is, &[owner])?.then_some(fields))
}

/// Default resources may gain names for what new appearances use, and lose none; whether they do, if that is all.
fn resources(
    c: &mut Comparison<'_, '_>,
    owner: Id,
    was: Option<&Value>,
    is: Option<&Value>,
) -> Result<Option<bool>, ReadError> {
    let (old, new) = (c.before.dict(was, "form resources")?, c.after.dict(is, "form resources")?);
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let apart = was.and_then(Value::as_ref);
    let (mut owners, mut gains) = (vec![owner], false);
    owners.extend(apart);
    for category in CATEGORIES {
        let (was, is) = (old.get(category), new.get(category));
        let (before, after) = (c.before.dict(was, "form resources")?, c.after.dict(is, "form resources")?);
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let mut gained = Vec::new();
        for key in before.differing(&after) {
            match after.at(key) {
                Some(value) if before.at(key).is_none() => gained.push(value.clone()),
                _ => return Ok(None),
            }
        }
        if !c.allow_only_from(was, is, &owners)? {
            return Ok(None);
        }
        gains |= !gained.is_empty();
        gained.iter().for_each(|value| value.references(&mut |id| c.need(id)));
    }
    let is_known = |key: &&[u8]| *key == b"ProcSet" || CATEGORIES.iter().any(|category| category.as_bytes() == *key);
    // What other things take their resources from may not gain what they have asked for in vain.
    let is_private = !gains || apart.map_or(Ok(true), |id| c.has_one_place(id, &[owner]))?;
    let goes_on = old.differing(&new).iter().all(is_known) && is_private && c.allow_only_from(was, is, &[owner])?;
    Ok(goes_on.then_some(gains))
}
