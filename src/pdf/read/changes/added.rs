//! What is remembered of an added object.

use crate::pdf::read::objects::Object;
use crate::pdf::read::value::{Id, Value};

/// An added object: what it is, what it refers to.
pub(super) struct Added {
    pub(super) kind: AddedKind,
    pub(super) references: Vec<Id>,
    pub(super) has_action: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AddedKind {
    Signature,
    Form,
    ObjectStream,
    /// The cross-reference stream of the revision itself.
    Section,
    Other,
}

impl Added {
    pub(super) fn of(object: &Object) -> Self {
        let mut references = Vec::new();
        object.value.references(&mut |id| references.push(id));
        let kind = match object.value.as_dict() {
            Some(dict) if dict.get("ByteRange").is_some() => AddedKind::Signature,
            Some(dict) if object.data.is_some() && dict.has_name("Subtype", "Form") => AddedKind::Form,
            Some(dict) if object.data.is_some() && dict.has_name("Type", "ObjStm") => AddedKind::ObjectStream,
            _ => AddedKind::Other,
        };
        Self { kind, references, has_action: has_action(&object.value) }
    }
}

/// Actions that run or fetch something or change what is shown (ISO 32000-2, table 201).
const ACTIONS: [&[u8]; 14] = [
    b"JavaScript",
    b"Launch",
    b"SubmitForm",
    b"ImportData",
    b"ResetForm",
    b"Rendition",
    b"GoToE",
    b"GoToR",
    b"URI",
    b"Hide",
    b"SetOCGState",
    b"Named",
    b"RichMediaExecute",
    b"GoTo3DView",
];

/// Whether some dictionary inside is an action, or names what is done on events.
pub(super) fn has_action(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_action),
        Value::Dict(dict) => {
            let action = dict.get("S").and_then(Value::as_name).is_some_and(|name| ACTIONS.contains(&name));
            let runs = ["JS", "AA", "JavaScript", "OpenAction"].iter().any(|key| dict.get(key).is_some());
            action || runs || dict.entries().any(|(_, value)| has_action(value))
        }
        _ => false,
    }
}
