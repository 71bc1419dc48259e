//! Forms filled in: the value of a field, and how it looks where it stands.

use super::added::AddedKind;
use super::code::ChangeCode;
use super::comparison::Comparison;
use super::form::{Kind, Node};
use super::geometry;
use super::signature::{self, READ_ONLY, added_dict, sets_only};
use super::text::{Change, Detail};
use crate::pdf::read::ReadError;
use crate::pdf::read::objects::Object;
use crate::pdf::read::value::{Dict, Id, Value};

/// A field that takes up a larger part of its page can be a page of its own.
const MAX_SHARE: f64 = 0.5;

/// Explains the replacement of a field, a widget or what a widget shows.
pub(super) fn apply(c: &mut Comparison<'_, '_>, id: Id) -> Result<(), ReadError> {
    let (Some(old), Some(new)) = (c.before.object(id)?, c.after.object(id)?) else { return Ok(()) };
    let (Some(was), Some(is)) = (old.value.as_dict(), new.value.as_dict()) else { return Ok(()) };
    let node = c.fields()?.get(&id).cloned();
    match node {
        Some(_) if old.data.is_some() || new.data.is_some() => Ok(()),
        Some(node) if node.kind == Kind::Signature => signature::prepared(c, id, &node, was, is),
        Some(node) if node.kind == Kind::Value => filled(c, id, &node, was, is),
        Some(_) => Ok(()),
        None if is_form(&old) && is_form(&new) => redrawn(c, id, is),
        None if old.data.is_none() && new.data.is_none() => relooked(c, id, was, is),
        None => Ok(()),
    }
}

fn is_form(object: &Object) -> bool {
    object.data.is_some() && object.value.as_dict().is_some_and(|dict| dict.has_name("Subtype", "Form"))
}

/// A field with another value, or a widget that shows it.
fn filled(c: &mut Comparison<'_, '_>, id: Id, node: &Node, old: &Dict, new: &Dict) -> Result<(), ReadError> {
    for key in old.differing(new) {
        let value = new.at(key);
        let is_filling = match (key, value) {
            (b"V" | b"I" | b"RV", None | Some(Value::Null)) => true,
            (b"V" | b"RV", Some(Value::Ref(id))) => c.kind(*id).is_some(),
            (b"V" | b"RV", Some(Value::String(_) | Value::Name(_))) | (b"AS", Some(Value::Name(_))) => true,
            (b"V" | b"I", Some(Value::Array(items))) => {
                items.iter().all(|item| matches!(item, Value::String(_) | Value::Int(_)))
            }
            (b"M", Some(Value::String(_))) => true,
            // Who signs under a lock marks what it locks.
            (b"Ff", _) => sets_only(READ_ONLY, old.get("Ff"), new.get("Ff")),
            (b"AP", value) => {
                let old = c.before.resolve(old.get("AP"))?;
                let new = match value {
                    Some(Value::Ref(id)) => added_dict(c, *id)?,
                    value => value.and_then(Value::as_dict).cloned(),
                };
                new.is_some_and(|new| shows_own_forms(c, &old, &new))
            }
            _ => false,
        };
        if !is_filling {
            return Ok(());
        }
    }
    [new.get("V"), new.get("RV"), new.get("AP")].into_iter().flatten().for_each(|v| v.references(&mut |id| c.need(id)));
    c.explain(id);
    if old.differing(new).iter().all(|key| *key == b"Ff") { Ok(()) } else { report(c, id, node) }
}

/// Every drawing of the appearance is new, or was the widget's before.
fn shows_own_forms(c: &Comparison<'_, '_>, old: &Value, new: &Dict) -> bool {
    let mut own = Vec::new();
    old.references(&mut |id| own.push(id));
    let is_own =
        |value: &Value| value.as_ref().is_some_and(|id| own.contains(&id) || c.kind(id) == Some(AddedKind::Form));
    new.entries().all(|(key, value)| {
        let is_known = matches!(key, b"N" | b"R" | b"D");
        is_known
            && (is_own(value) || value.as_dict().is_some_and(|states| states.entries().all(|(_, form)| is_own(form))))
    })
}

/// An appearance dictionary that shows other forms.
fn relooked(c: &mut Comparison<'_, '_>, id: Id, old: &Dict, new: &Dict) -> Result<(), ReadError> {
    let Some((widget, node)) = wearer(c, id)? else { return Ok(()) };
    if !shows_own_forms(c, &Value::Dict(old.clone()), new) {
        return Ok(());
    }
    new.references(&mut |id| c.need(id));
    c.explain(id);
    report(c, widget, &node)
}

/// The one widget, of a field with a value, whose appearance dictionary this object is and nothing else.
fn wearer(c: &Comparison<'_, '_>, id: Id) -> Result<Option<(Id, Node)>, ReadError> {
    let [widget] = c.referrers()?.all(id)?[..] else { return Ok(None) };
    let node = c.fields()?.get(&widget).filter(|node| node.kind == Kind::Value && node.look == Some(id));
    match node {
        Some(node) if c.has_one_place(id, &[widget])? => Ok(Some((widget, node.clone()))),
        _ => Ok(None),
    }
}

/// A drawing that nothing but widgets of fields with values shows.
fn redrawn(c: &mut Comparison<'_, '_>, id: Id, new: &Dict) -> Result<(), ReadError> {
    let owners = c.referrers()?.all(id)?;
    let mut nodes = Vec::new();
    for owner in owners {
        let node = match c.fields()?.get(&owner) {
            Some(node) if node.kind == Kind::Value => {
                let mut shows = false;
                let dict = c.before.dict(Some(&Value::Ref(owner)), "form field")?;
                if let Some(appearance) = dict.as_ref().and_then(|dict| dict.get("AP")) {
                    appearance.references(&mut |shown| shows |= shown == id);
                }
                shows.then(|| (owner, node.clone()))
            }
            Some(_) => None,
            None => wearer(c, owner)?,
        };
        let Some(node) = node else { return Ok(()) };
        nodes.push(node);
    }
    if !nodes.is_empty() {
        new.references(&mut |id| c.need(id));
        c.explain(id);
    }
    nodes.iter().try_for_each(|(widget, node)| report(c, *widget, node))
}

fn report(c: &mut Comparison<'_, '_>, id: Id, node: &Node) -> Result<(), ReadError> {
    let page = c.annotations()?.get(&id).copied();
    let widget = c.before.dict(Some(&Value::Ref(id)), "form field")?.unwrap_or_default();
    let code = match page.zip(geometry::place(&c.before, &widget)?) {
        Some((page, rect)) if geometry::share(c, page, &rect)? > MAX_SHARE || touches(c, id, page)? => {
            ChangeCode::FilledCovers
        }
        _ if !is_plain(c, id, node)? => ChangeCode::FilledOddly,
        _ => ChangeCode::Filled,
    };
    c.add(Change::of(code, Some(node.field)).on(page).with(Detail::Field(node.name.clone())));
    Ok(())
}

/// The widget hides, overwrites or uncovers something that the page or another annotation shows.
fn touches(c: &Comparison<'_, '_>, widget: Id, page: usize) -> Result<bool, ReadError> {
    c.paper.is_touched(page_of(c, page)?, widget, c.after)
}

/// The widget, or each one of a field that is none itself, shows its value, seen by everybody, and nothing else.
fn is_plain(c: &Comparison<'_, '_>, id: Id, node: &Node) -> Result<bool, ReadError> {
    let pages = c.annotations()?;
    let widgets = match pages.contains_key(&id) {
        true => vec![id],
        false => c.fields()?.iter().filter(|(_, other)| other.field == node.field).map(|(widget, _)| *widget).collect(),
    };
    for (widget, page) in widgets.into_iter().filter_map(|widget| Some((widget, *pages.get(&widget)?))) {
        if !c.paper.is_plain(page_of(c, page)?, widget, c.after)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn page_of(c: &Comparison<'_, '_>, page: usize) -> Result<Id, ReadError> {
    c.pages()?.get(page).copied().ok_or(ReadError::Structure("page"))
}
