//! The revision before the first seal: every signature field of the document, empty, where its seal will stand.
//!
//! All fields are there from the start so that a later seal changes nothing but its own field.

use std::collections::{BTreeMap, HashSet};

use super::StampError;
use super::annotate::Page;
use super::form::{Form, RectMm};
use super::read::value::Id;
use super::read::{Document, Limits};
use super::update::Update;
use super::write::{numbers, references, set_entry, text_string};

/// Print and Locked (ISO 32000-1, table 165); ISO 19005-2, 6.3.2 requires Print and forbids the hiding ones.
pub(super) const WIDGET_FLAGS: u32 = 4 + 128;

/// A signature field to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldPlan {
    /// Unique in the document, without full stops.
    pub name: String,
    /// From 0.
    pub page: usize,
    /// Where the seal will stand; visible, so never empty.
    pub rect: RectMm,
    /// What signing it locks.
    pub locks: Locks,
}

/// What signing a field locks (ISO 32000-2, 12.7.5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locks {
    /// Nothing.
    Nothing,
    /// Every field, and no change to the document afterwards: for the last seal of several.
    Everything,
}

/// Appends a revision with an interactive form that holds `fields`, each with a widget and an empty appearance.
///
/// # Errors
/// If the document is not of the form composed here, has a form already, or a field has no usable name or place.
pub fn prepare(pdf: &[u8], fields: &[FieldPlan]) -> Result<Vec<u8>, StampError> {
    let document = Document::open(pdf, &Limits::DEFAULT)?;
    let view = document.latest();
    let (catalog_id, catalog) = view.catalog()?;
    if catalog.get("AcroForm").is_some() || catalog.get("Perms").is_some() {
        return Err(StampError::AlreadyPrepared);
    }
    check_names(fields)?;
    let pages = view.pages()?;
    let mut update = Update::of(&document)?;
    let mut widgets: BTreeMap<usize, Vec<Id>> = BTreeMap::new();
    let mut all = Vec::new();
    for field in fields {
        let id = *pages.get(field.page).ok_or(StampError::NoPage(field.page))?;
        let page = Page::read(&view, id)?;
        let rect = field.rect.on(&page.media_box).ok_or(StampError::OffPage(field.page))?;
        let widget = write_field(&mut update, field, id, rect);
        widgets.entry(field.page).or_default().push(widget);
        all.push(widget);
    }
    for (page, widgets) in widgets {
        Page::read(&view, pages[page])?.annotate(&mut update, &widgets)?;
    }
    let form = update.reserve();
    // SignaturesExist and AppendOnly (ISO 32000-1, table 219).
    update.object(form, format!("<< /Fields {} /SigFlags 3 >>", references(&all)).as_bytes());
    let catalog = view.object(catalog_id)?.ok_or(StampError::NotOurForm)?;
    let raw = document.written(&catalog)?.ok_or(StampError::NotOurForm)?;
    update.object(catalog_id, &set_entry(&raw, "AcroForm", &form.to_string())?);
    Ok([pdf, &update.finish()?].concat())
}

/// The field, which is its own widget, with its lock and its empty appearance.
fn write_field(update: &mut Update, field: &FieldPlan, page: Id, rect: [f64; 4]) -> Id {
    let (id, appearance) = (update.reserve(), update.reserve());
    let lock = match field.locks {
        Locks::Nothing => String::new(),
        Locks::Everything => {
            let lock = update.reserve();
            update.object(lock, b"<< /Type /SigFieldLock /Action /All /P 1 >>");
            format!(" /Lock {lock}")
        }
    };
    let (name, place) = (text_string(&field.name), numbers(&rect));
    let body = format!(
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T {name} /F {WIDGET_FLAGS} /Rect {place} /P {page}{lock} /AP << /N {appearance} >> >>"
    );
    update.object(id, body.as_bytes());
    let bbox = [0.0, 0.0, rect[2] - rect[0], rect[3] - rect[1]];
    update.stream(appearance, &format!("{} /Resources << >>", Form::entries(&bbox)), b"");
    id
}

fn check_names(fields: &[FieldPlan]) -> Result<(), StampError> {
    let mut seen = HashSet::new();
    for field in fields {
        // ISO 32000-1, 12.7.3.2: a partial name holds no full stop. Two fields of one name are one field to some readers.
        if field.name.is_empty() || field.name.contains('.') || !seen.insert(&field.name) {
            return Err(StampError::FieldName(field.name.clone()));
        }
    }
    Ok(())
}
