//! Annotations and fields of a page: when they are seen, what they do, what they show (ISO 32000-1, 12.5 and 12.7).

use super::super::ReadError;
use super::super::value::{Dict, Id, Value};
use super::actions;
use super::code::PreparedCode;
use super::geometry::Rect;
use super::page::{Page, of_field};
use super::reader::Reader;
use super::values;

/// Annotations looked at on one page.
const MAX_ANNOTATIONS: usize = 5000;

/// Flags (ISO 32000-1, table 165).
const HIDDEN: i64 = 2;
const PRINT: i64 = 4;
const NO_VIEW: i64 = 32;
const TOGGLE_NO_VIEW: i64 = 256;
/// A button that is pressed and keeps no state (ISO 32000-1, table 226).
const PUSH_BUTTON: i64 = 1 << 16;

/// An annotation; a form field's part on the page is one too.
pub(super) struct Annotation {
    pub(super) id: Option<Id>,
    pub(super) dict: Dict,
    pub(super) rect: Rect,
    pub(super) subtype: Vec<u8>,
    /// The stream that is drawn: the normal appearance, of the present state if there are several.
    pub(super) look: Option<Id>,
    /// `/FT`, if it belongs to a field.
    pub(super) field: Vec<u8>,
    pub(super) field_flags: i64,
    /// It belongs to a signature field that is signed.
    is_signed: bool,
    flags: i64,
}

/// The annotations of a page that can be read.
pub(super) fn of_page(reader: &Reader<'_, '_>, page: &Page) -> Result<Vec<Annotation>, ReadError> {
    let mut found = Vec::new();
    for item in reader.array(page.dict.get("Annots"))?.iter().take(MAX_ANNOTATIONS) {
        if let Value::Dict(dict) = reader.resolve(Some(item))? {
            found.push(Annotation::read(reader, item.as_ref(), dict)?);
        }
    }
    Ok(found)
}

impl Annotation {
    /// `None` if there is none.
    pub(super) fn at(reader: &Reader<'_, '_>, id: Id) -> Result<Option<Self>, ReadError> {
        reader.dict(Some(&Value::Ref(id)))?.map(|dict| Self::read(reader, Some(id), dict)).transpose()
    }

    fn read(reader: &Reader<'_, '_>, id: Option<Id>, dict: Dict) -> Result<Self, ReadError> {
        let subtype = dict.get("Subtype").and_then(Value::as_name).unwrap_or_default().to_vec();
        let (mut field, mut field_flags, mut is_signed) = (Vec::new(), 0, false);
        if subtype == b"Widget" {
            field = of_field(reader, &dict, "FT")?.as_ref().and_then(Value::as_name).unwrap_or_default().to_vec();
            field_flags = of_field(reader, &dict, "Ff")?.and_then(|flags| flags.as_int()).unwrap_or(0);
            let value = of_field(reader, &dict, "V")?.filter(|_| field == b"Sig");
            is_signed = matches!(reader.resolve(value.as_ref())?, Value::Dict(_));
        }
        let rect = Rect::read(&reader.resolve(dict.get("Rect"))?).unwrap_or(Rect([0.0; 4]));
        let look = look(reader, &dict)?;
        let flags = dict.get("F").and_then(Value::as_int).unwrap_or(0);
        Ok(Self { id, dict, rect, subtype, look, field, field_flags, is_signed, flags })
    }

    fn is(&self, subtypes: &[&[u8]]) -> bool {
        subtypes.contains(&self.subtype.as_slice())
    }

    fn has(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    /// What is drawn where someone sees it, other than a signature, which the verifier shows. What a field draws that is yet to
    /// be signed goes when it is; some programs draw links and pop-ups, others do not.
    pub(super) fn overlay(&self) -> Option<Id> {
        let is_seen = !self.has(HIDDEN) && !self.has(NO_VIEW) && !self.is_signed;
        self.look.filter(|_| is_seen)
    }

    /// What is wrong with it, whatever lies under it.
    pub(super) fn judge(&self, reader: &Reader<'_, '_>) -> Result<Vec<PreparedCode>, ReadError> {
        let mut found = Vec::new();
        found.extend(actions::additional(reader, &self.dict, &["PO", "PC", "PV", "PI"])?);
        if self.is(&[b"Movie", b"Sound", b"Screen", b"RichMedia", b"3D"]) {
            found.push(PreparedCode::Media);
        }
        if self.is(&[b"RichMedia"]) && starts_by_itself(reader, &self.dict)? {
            found.push(PreparedCode::AutomaticAction);
        }
        found.extend(self.visibility());
        if self.has(HIDDEN) || self.has(NO_VIEW) {
            return Ok(found);
        }
        found.extend(match self.field.as_slice() {
            b"Tx" | b"Ch" => values::text_field(reader, self)?,
            b"Btn" if self.field_flags & PUSH_BUTTON == 0 => values::button(reader, self)?,
            _ => None,
        });
        Ok(found)
    }

    fn visibility(&self) -> Option<PreparedCode> {
        let is_push_button = self.field == b"Btn" && self.field_flags & PUSH_BUTTON != 0;
        let has_look = self.look.is_some() && self.rect.area() > 0.0;
        let is_control = self.is(&[b"Popup", b"Link"]) || self.field == b"Sig" || is_push_button;
        if !has_look || is_control {
            return None;
        }
        let is_icon = self.is(&[b"Text", b"FileAttachment", b"Movie", b"Sound", b"Screen", b"RichMedia", b"3D"]);
        if self.has(HIDDEN) {
            (self.subtype != b"Widget" && !is_icon).then_some(PreparedCode::HiddenAnnotation)
        } else if self.has(TOGGLE_NO_VIEW) || self.has(NO_VIEW) && self.has(PRINT) {
            Some(PreparedCode::PrintOnlyAnnotation)
        } else {
            (!self.has(NO_VIEW) && !self.has(PRINT) && !is_icon).then_some(PreparedCode::ScreenOnlyAnnotation)
        }
    }
}

/// The normal appearance's stream (ISO 32000-1, 12.5.5).
pub(super) fn look(reader: &Reader<'_, '_>, dict: &Dict) -> Result<Option<Id>, ReadError> {
    let Value::Dict(appearances) = reader.resolve(dict.get("AP"))? else { return Ok(None) };
    let Some(normal) = appearances.get("N") else { return Ok(None) };
    let is_stream =
        |id: Id| -> Result<bool, ReadError> { Ok(reader.object(id)?.is_some_and(|object| object.data.is_some())) };
    if let Some(id) = normal.as_ref()
        && is_stream(id)?
    {
        return Ok(Some(id));
    }
    let Value::Dict(states) = reader.resolve(Some(normal))? else { return Ok(None) };
    let state = dict.get("AS").and_then(Value::as_name).and_then(|name| std::str::from_utf8(name).ok());
    Ok(state.and_then(|state| states.get(state)).and_then(Value::as_ref))
}

/// Whether media play when the page opens or is seen (Adobe supplement to ISO 32000, level 3, table 9.50b).
fn starts_by_itself(reader: &Reader<'_, '_>, dict: &Dict) -> Result<bool, ReadError> {
    let Value::Dict(settings) = reader.resolve(dict.get("RichMediaSettings"))? else { return Ok(false) };
    let Value::Dict(activation) = reader.resolve(settings.get("Activation"))? else { return Ok(false) };
    Ok(activation.has_name("Condition", "PO") || activation.has_name("Condition", "PV"))
}
