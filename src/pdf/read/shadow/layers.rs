//! Layers (optional content, ISO 32000-1, 8.11): what is shown at first, on paper, at a magnification.

use std::collections::HashSet;

use super::super::ReadError;
use super::super::value::{Dict, Id, Value};
use super::code::PreparedCode;
use super::reader::Reader;

/// Layers looked at; plans of buildings have some hundreds.
const MAX_LAYERS: usize = 2000;

/// The layers of a document and what their default configuration makes of them.
pub(super) struct Layers {
    pub(super) found: Vec<(Id, PreparedCode)>,
    /// Objects that only say how layers are arranged, so that a reference from there is no use.
    pub(super) arrangement: HashSet<u32>,
}

/// What the default configuration says.
struct Configuration {
    is_off: bool,
    on: Vec<Value>,
    off: Vec<Value>,
    /// Event, categories, layers (ISO 32000-1, table 103).
    automatic: Vec<(Vec<u8>, Vec<Value>, Vec<Value>)>,
}

impl Layers {
    /// `None` if the document has none.
    pub(super) fn read(reader: &Reader<'_, '_>, catalog: &Dict) -> Result<Option<Self>, ReadError> {
        let Value::Dict(properties) = reader.resolve(catalog.get("OCProperties"))? else {
            return Ok(None);
        };
        let groups = reader.array(properties.get("OCGs"))?;
        let Value::Dict(defaults) = reader.resolve(properties.get("D"))? else { return Ok(None) };
        let configuration = Configuration::read(reader, &defaults)?;
        let mut layers = Self { found: Vec::new(), arrangement: HashSet::new() };
        let ids: Vec<Id> = groups.iter().filter_map(Value::as_ref).take(MAX_LAYERS).collect();
        for id in &ids {
            if let Value::Dict(group) = reader.resolve(Some(&Value::Ref(*id)))? {
                layers.found.extend(configuration.judge(reader, *id, &group)?.map(|code| (*id, code)));
            }
            layers.arrangement.insert(id.number);
        }
        layers.arrange(reader, catalog.get("OCProperties"))?;
        Ok(Some(layers))
    }

    /// Collects what the properties refer to, but for what the layers themselves do.
    fn arrange(&mut self, reader: &Reader<'_, '_>, properties: Option<&Value>) -> Result<(), ReadError> {
        let mut queue = Vec::new();
        if let Some(properties) = properties {
            properties.references(&mut |id| queue.push(id));
        }
        while let Some(id) = queue.pop() {
            if self.arrangement.len() < 2 * MAX_LAYERS
                && self.arrangement.insert(id.number)
                && let Some(object) = reader.object(id)?
            {
                object.value.references(&mut |id| queue.push(id));
            }
        }
        Ok(())
    }
}

impl Configuration {
    fn read(reader: &Reader<'_, '_>, defaults: &Dict) -> Result<Self, ReadError> {
        let list = |dict: &Dict, key: &str| reader.array(dict.get(key));
        let mut automatic = Vec::new();
        for usage in list(defaults, "AS")?.iter().take(MAX_LAYERS) {
            if let Value::Dict(usage) = reader.resolve(Some(usage))? {
                let event = usage.get("Event").and_then(Value::as_name).unwrap_or_default().to_vec();
                automatic.push((event, list(&usage, "Category")?, list(&usage, "OCGs")?));
            }
        }
        let is_off = defaults.has_name("BaseState", "OFF");
        Ok(Self { is_off, on: list(defaults, "ON")?, off: list(defaults, "OFF")?, automatic })
    }

    /// What a layer is, if it is not always shown.
    fn judge(&self, reader: &Reader<'_, '_>, id: Id, group: &Dict) -> Result<Option<PreparedCode>, ReadError> {
        let this = Value::Ref(id);
        let is_on = if self.is_off { self.on.contains(&this) } else { !self.off.contains(&this) };
        let Value::Dict(usage) = reader.resolve(group.get("Usage"))? else {
            return Ok((!is_on).then_some(PreparedCode::HiddenLayer));
        };
        let applies = |event: &str, category: &str| {
            self.automatic.iter().any(|(e, categories, layers)| {
                let named = categories.iter().any(|c| c.as_name() == Some(category.as_bytes()));
                e == event.as_bytes() && named && layers.contains(&this)
            })
        };
        let state = |category: &str, key: &str| -> Result<Option<bool>, ReadError> {
            let Value::Dict(usage) = reader.resolve(usage.get(category))? else { return Ok(None) };
            Ok(usage.get(key).and_then(Value::as_name).map(|state| state == b"ON"))
        };
        let on_screen = state("View", "ViewState")?.filter(|_| applies("View", "View")).unwrap_or(is_on);
        let on_paper = state("Print", "PrintState")?.filter(|_| applies("Print", "Print")).unwrap_or(is_on);
        let by_viewer = ["Zoom", "User", "Language"]
            .iter()
            .any(|category| usage.get(category).is_some() && (applies("View", category) || applies("Print", category)));
        Ok(if on_screen != on_paper {
            Some(PreparedCode::PrintLayer)
        } else if by_viewer {
            Some(PreparedCode::ViewerLayer)
        } else {
            (!on_screen).then_some(PreparedCode::HiddenLayer)
        })
    }
}
