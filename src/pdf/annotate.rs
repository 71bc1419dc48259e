//! Pages: their boxes, and annotations added to them.

use std::borrow::Cow;

use super::StampError;
use super::read::ReadError;
use super::read::fields::{inherited, rectangle};
use super::read::value::{Dict, Id, Value};
use super::read::view::View;
use super::update::Update;
use super::write::{references, set_entry};

/// A page of a document to be stamped.
pub(super) struct Page<'v, 'd, 'a> {
    view: &'v View<'d, 'a>,
    pub(super) id: Id,
    /// In points: left, bottom, right, top.
    pub(super) media_box: [f64; 4],
    dict: Dict,
    /// As written.
    raw: Cow<'a, [u8]>,
}

impl<'v, 'd, 'a> Page<'v, 'd, 'a> {
    /// Reads page `id`; rotated or scaled pages are not of our making.
    pub(super) fn read(view: &'v View<'d, 'a>, id: Id) -> Result<Self, StampError> {
        let object = view.object(id)?.ok_or(ReadError::Structure("page"))?;
        let raw = view.document().written(&object)?.ok_or(StampError::NotOurForm)?;
        let Value::Dict(dict) = object.value else { return Err(StampError::NotOurForm) };
        let upright = matches!(inherited(view, &dict, "Rotate")?, Value::Null | Value::Int(0));
        if !upright || dict.get("UserUnit").is_some() {
            return Err(StampError::NotOurForm);
        }
        let media_box = rectangle(&inherited(view, &dict, "MediaBox")?).ok_or(StampError::NotOurForm)?;
        Ok(Self { view, id, media_box, dict, raw })
    }

    /// Writes the page again with `annotations` after those it has.
    pub(super) fn annotate(&self, update: &mut Update, annotations: &[Id]) -> Result<(), StampError> {
        let present = self.view.array(self.dict.get("Annots"), "annotations")?;
        let present: Option<Vec<Id>> = present.iter().map(Value::as_ref).collect();
        let mut all = present.ok_or(StampError::NotOurForm)?;
        all.extend_from_slice(annotations);
        update.object(self.id, &set_entry(&self.raw, "Annots", &references(&all))?);
        Ok(())
    }
}
