//! Forms filled in: the value of a field, and how it looks where it stands.

use super::added::AddedKind;
use super::code::ChangeCode;
use super::comparison::Comparison;
use super::form::{Kind, Node};
use super::geometry;
use super::signature::{self, READ_ONLY, sets_only};
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
            (b"AP", Some(Value::Dict(appearance))) => shows_own_forms(c, old.get("AP"), appearance),
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
fn shows_own_forms(c: &Comparison<'_, '_>, old: Option<&Value>, new: &Dict) -> bool {
    let mut own = Vec::new();
    if let Some(old) = old {
        old.references(&mut |id| own.push(id));
    }
    let is_own =
        |value: &Value| value.as_ref().is_some_and(|id| own.contains(&id) || c.kind(id) == Some(AddedKind::Form));
    new.entries().all(|(key, value)| {
        let is_known = matches!(key, b"N" | b"R" | b"D");
        is_known
            && (is_own(value) || value.as_dict().is_some_and(|states| states.entries().all(|(_, form)| is_own(form))))
    })
}

/// A drawing that nothing but widgets of fields with values shows.
fn redrawn(c: &mut Comparison<'_, '_>, id: Id, new: &Dict) -> Result<(), ReadError> {
    let widgets = c.referrers()?.all(id)?;
    let mut nodes = Vec::new();
    for widget in widgets {
        let dict = c.before.dict(Some(&Value::Ref(widget)), "form field");
        let mut shows = false;
        if let Some(appearance) = dict?.as_ref().and_then(|dict| dict.get("AP")) {
            appearance.references(&mut |shown| shows |= shown == id);
        }
        match c.fields()?.get(&widget) {
            Some(node) if node.kind == Kind::Value && shows => nodes.push((widget, node.clone())),
            _ => return Ok(()),
        }
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
    let mut code = ChangeCode::Filled;
    if let Some((page, rect)) = page.zip(geometry::place(&widget))
        && geometry::share(c, page, &rect)? > MAX_SHARE
    {
        code = ChangeCode::FilledCovers;
    }
    c.add(Change::of(code, Some(node.field)).on(page).with(Detail::Field(node.name.clone())));
    Ok(())
}
