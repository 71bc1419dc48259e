//! A page with what it takes from the nodes above it (ISO 32000-1, 7.7.3.4).

use super::super::ReadError;
use super::super::value::{Dict, Id, Value};
use super::geometry::Rect;
use super::reader::Reader;

/// Nodes above a page, and fields above a field.
const MAX_ABOVE: usize = 32;
/// Streams of one page's content.
const MAX_CONTENTS: usize = 1000;

/// A page.
pub(super) struct Page {
    pub(super) dict: Dict,
    pub(super) resources: Dict,
    /// What is shown: the crop box within the media box.
    pub(super) visible: Rect,
}

impl Page {
    /// `None` if it cannot be read.
    pub(super) fn read(reader: &Reader<'_, '_>, id: Id) -> Result<Option<Self>, ReadError> {
        let Value::Dict(dict) = reader.resolve(Some(&Value::Ref(id)))? else { return Ok(None) };
        let resources = match inherited(reader, &dict, "Resources")? {
            Some(Value::Dict(resources)) => resources,
            _ => Dict::default(),
        };
        let boxes = [inherited(reader, &dict, "MediaBox")?, inherited(reader, &dict, "CropBox")?];
        let visible = boxes.iter().flatten().filter_map(Rect::read).reduce(|all, part| all.meet(&part));
        Ok(Some(Self { dict, resources, visible: visible.unwrap_or(Rect::EVERYWHERE) }))
    }

    /// The decoded content; `None` if a part of it is not to be had.
    pub(super) fn content(&self, reader: &Reader<'_, '_>) -> Result<Option<Vec<u8>>, ReadError> {
        let parts = match self.dict.get("Contents") {
            Some(Value::Ref(id)) => match reader.object(*id)? {
                Some(object) if object.data.is_some() => return Ok(reader.decode(&object)),
                Some(object) => object.value.clone(),
                None => return Ok(None),
            },
            Some(parts) => parts.clone(),
            None => return Ok(None),
        };
        let Some(parts) = parts.as_array().filter(|parts| parts.len() <= MAX_CONTENTS) else { return Ok(None) };
        let mut content = Vec::new();
        for part in parts {
            let Some(id) = part.as_ref() else { return Ok(None) };
            let object = reader.object(id)?;
            let Some(data) = object.and_then(|object| reader.decode(&object)) else { return Ok(None) };
            content.extend(data);
            content.push(b'\n');
        }
        Ok(Some(content))
    }
}

/// The value of a key of the field to which a widget belongs: its own if it has a name, else of the field above (ISO 32000-1,
/// 12.7.3.1); some writers leave it in the widget nevertheless.
pub(super) fn of_field(reader: &Reader<'_, '_>, widget: &Dict, key: &str) -> Result<Option<Value>, ReadError> {
    if widget.get("T").is_none()
        && let Some(field) = reader.dict(widget.get("Parent"))?
        && let Some(value) = inherited(reader, &field, key)?
    {
        return Ok(Some(value));
    }
    inherited(reader, widget, key)
}

/// The value of a key that a node may leave to those above it.
pub(super) fn inherited(reader: &Reader<'_, '_>, dict: &Dict, key: &str) -> Result<Option<Value>, ReadError> {
    let (mut value, mut above) = (dict.get(key).cloned(), dict.get("Parent").and_then(Value::as_ref));
    for _ in 0..MAX_ABOVE {
        let Some(node) = above.filter(|_| value.is_none()).map(|id| reader.object(id)).transpose()?.flatten() else {
            break;
        };
        let Some(dict) = node.value.as_dict() else { break };
        (value, above) = (dict.get(key).cloned(), dict.get("Parent").and_then(Value::as_ref));
    }
    Ok(Some(reader.resolve(value.as_ref())?).filter(|value| *value != Value::Null))
}
