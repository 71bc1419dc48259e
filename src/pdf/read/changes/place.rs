//! On which page a changed object is seen. Asked only when there is something to say; found within a budget or not at all.

use std::collections::{HashMap, HashSet};

use super::code::ChangeCode;
use super::text::{Change, Detail, Part};
use crate::pdf::read::objects::Object;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;

/// Objects looked at for one revision.
const MAX_OBJECTS: usize = 20_000;
/// Bytes of objects, streams' data aside, looked at for one revision.
const MAX_BYTES: usize = 8 << 20;
/// Entries that lead away from what a page shows.
const AWAY: [&[u8]; 8] = [b"Parent", b"P", b"Dest", b"A", b"IRT", b"Popup", b"StructParent", b"B"];

/// Finds the pages of changes that name an object and no page, looking at the revision before and at the one after.
pub(super) fn find(changes: &mut [Change], views: &[View<'_, '_>; 2]) {
    let mut wanted: HashSet<Id> = changes.iter().filter(|change| has_place(change)).filter_map(|c| c.object).collect();
    for view in views {
        if wanted.is_empty() {
            return;
        }
        let found = walk(view, &wanted);
        for change in changes.iter_mut().filter(|change| has_place(change)) {
            let Some((page, part)) = change.object.and_then(|id| found.get(&id)) else { continue };
            change.page = Some(*page);
            let is_part = matches!(change.code, ChangeCode::Stream | ChangeCode::Object | ChangeCode::Added);
            if change.detail.is_none() && is_part {
                change.detail = part.map(Detail::Part);
            }
        }
        wanted.retain(|id| !found.contains_key(id));
    }
}

fn has_place(change: &Change) -> bool {
    let is_of_page = matches!(
        change.code,
        ChangeCode::Page
            | ChangeCode::Field
            | ChangeCode::Stream
            | ChangeCode::Removed
            | ChangeCode::Object
            | ChangeCode::Added
            | ChangeCode::Action
            | ChangeCode::Filled
    );
    is_of_page && change.page.is_none()
}

/// What an object of this form is a part of, wherever it is shown.
pub(super) fn part(object: &Object) -> Option<Detail> {
    let dict = object.value.as_dict()?;
    let is_type = |name: &str| dict.has_name("Type", name);
    if object.data.is_some() && dict.has_name("Subtype", "Image") {
        Some(Detail::Part(Part::Image))
    } else if is_type("Font") || is_type("FontDescriptor") || is_type("Encoding") || dict.get("Length1").is_some() {
        Some(Detail::Part(Part::Font))
    } else {
        None
    }
}

/// The first pages from which the wanted objects are reached, and as parts of what.
fn walk(view: &View<'_, '_>, wanted: &HashSet<Id>) -> HashMap<Id, (usize, Option<Part>)> {
    let (mut found, mut seen, mut bytes) = (HashMap::new(), HashSet::new(), 0_usize);
    for (number, page) in view.pages().unwrap_or_default().into_iter().enumerate() {
        let mut queue = vec![(page, None)];
        while let Some((id, part)) = queue.pop() {
            if !seen.insert(id) {
                continue;
            }
            if wanted.contains(&id) {
                found.insert(id, (number, part));
            }
            if found.len() == wanted.len() || seen.len() > MAX_OBJECTS || bytes > MAX_BYTES {
                return found;
            }
            let Ok(Some(object)) = view.object(id) else { continue };
            let data = object.data.as_ref().map_or(0, |data| data.len());
            bytes += object.span.as_ref().map_or(0, |span| span.len().saturating_sub(data));
            follow(&object.value, part, &mut queue);
            if id == page
                && let Some(above) = object.value.as_dict().and_then(|page| page.get("Parent"))
            {
                inherit(view, above, &mut queue);
            }
        }
    }
    found
}

/// Resources that a page has from the node above it.
fn inherit(view: &View<'_, '_>, above: &Value, queue: &mut Vec<(Id, Option<Part>)>) {
    let above = view.resolve(Some(above)).unwrap_or(Value::Null);
    if let Some(resources) = above.as_dict().and_then(|above| above.get("Resources")) {
        follow(resources, Some(Part::Resource), queue);
    }
}

fn follow(value: &Value, part: Option<Part>, queue: &mut Vec<(Id, Option<Part>)>) {
    match value {
        Value::Ref(id) => queue.push((*id, part)),
        Value::Array(items) => items.iter().for_each(|item| follow(item, part, queue)),
        Value::Dict(dict) => entries(dict, part, queue),
        _ => {}
    }
}

fn entries(dict: &Dict, part: Option<Part>, queue: &mut Vec<(Id, Option<Part>)>) {
    for (key, value) in dict.entries().filter(|(key, _)| !AWAY.contains(key)) {
        let below = match key {
            b"Contents" if part.is_none() => Some(Part::Content),
            b"Annots" if part.is_none() => Some(Part::Appearance),
            b"Font" => Some(Part::Font),
            b"XObject" if part != Some(Part::Appearance) => Some(Part::Drawing),
            b"Resources" => part.or(Some(Part::Resource)),
            _ => part,
        };
        follow(value, below, queue);
    }
}
