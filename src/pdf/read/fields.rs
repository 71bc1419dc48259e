//! Signature fields of the interactive form (ISO 32000-1, 12.7.2, 12.7.3, 12.7.4.5).

use std::collections::{HashMap, HashSet};

use super::ReadError;
use super::document::Document;
use super::signature::Signature;
use super::text::text;
use super::value::{Dict, Id, Value};
use super::view::View;

/// How deep fields and pages may nest.
const MAX_DEPTH: usize = 32;

/// A signature field, signed or not.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureField {
    /// Fully qualified name.
    pub name: String,
    /// The field dictionary.
    pub id: Id,
    /// The page its widget stands on, from 0; `None` if no page shows it.
    pub page: Option<usize>,
    /// The widget's rectangle in points, as written; a field may have none.
    pub rect: Option<[f64; 4]>,
    /// What signing this field locks.
    pub lock: Option<Lock>,
    /// The signature, once there is one.
    pub signature: Option<Signature>,
}

/// A signature field lock dictionary (ISO 32000-2, table 236).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The fields that may not change any more.
    pub fields: LockedFields,
    /// 1: no change to the document at all; 2 and 3 as in certification.
    pub permission: Option<u8>,
}

/// Which fields a lock or a FieldMDP transform names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockedFields {
    /// Every field.
    All,
    /// These.
    Include(Vec<String>),
    /// Every field but these.
    Exclude(Vec<String>),
}

impl LockedFields {
    /// Whether `name` or a field above it is locked.
    pub fn contains(&self, name: &str) -> bool {
        let named = |names: &[String]| {
            names.iter().any(|n| name == n || name.strip_prefix(n.as_str()).is_some_and(|rest| rest.starts_with('.')))
        };
        match self {
            Self::All => true,
            Self::Include(names) => named(names),
            Self::Exclude(names) => !named(names),
        }
    }

    /// The keys `/Action` and `/Fields`, shared by lock dictionaries and FieldMDP parameters.
    pub(super) fn read(view: &View<'_, '_>, dict: &Dict) -> Result<Self, ReadError> {
        let names = || -> Result<Vec<String>, ReadError> {
            let names = view.array(dict.get("Fields"), "locked fields")?;
            names
                .iter()
                .map(|name| {
                    let name = view.resolve(Some(name))?;
                    name.as_string().map(text).ok_or(ReadError::Structure("locked fields"))
                })
                .collect()
        };
        match dict.get("Action").and_then(Value::as_name) {
            Some(b"All") => Ok(Self::All),
            Some(b"Include") => names().map(Self::Include),
            Some(b"Exclude") => names().map(Self::Exclude),
            _ => Err(ReadError::Structure("field lock")),
        }
    }
}

impl Lock {
    fn read(view: &View<'_, '_>, field: &Dict) -> Result<Option<Self>, ReadError> {
        let Some(lock) = view.dict(field.get("Lock"), "field lock")? else { return Ok(None) };
        let permission = match lock.get("P") {
            None => None,
            Some(Value::Int(p @ 1..=3)) => Some(*p as u8),
            Some(_) => return Err(ReadError::Structure("field lock")),
        };
        Ok(Some(Self { fields: LockedFields::read(view, &lock)?, permission }))
    }
}

impl Document<'_> {
    /// The signature fields, in the order of the form.
    ///
    /// # Errors
    /// If the form, a field or a signature dictionary cannot be read.
    pub fn signature_fields(&self) -> Result<Vec<SignatureField>, ReadError> {
        signature_fields(&self.latest())
    }

    /// The names of the signature fields that were not signed yet in the revision that ends at `end`.
    ///
    /// # Errors
    /// As [`Document::signature_fields`].
    pub fn unsigned_fields_at(&self, end: usize) -> Result<Vec<String>, ReadError> {
        let Some(revision) = self.revision_at(end.saturating_sub(1)) else { return Ok(Vec::new()) };
        let fields = unplaced_signature_fields(&self.as_of(revision))?.into_iter();
        Ok(fields.filter(|field| field.signature.is_none()).map(|field| field.name).collect())
    }
}

pub(crate) fn signature_fields(view: &View<'_, '_>) -> Result<Vec<SignatureField>, ReadError> {
    let mut fields = walk(view)?;
    locate(view, &mut fields)?;
    Ok(fields.into_iter().map(|f| f.field).collect())
}

/// The signature fields without their pages, so that the page tree, which may be long, is not read.
pub(crate) fn unplaced_signature_fields(view: &View<'_, '_>) -> Result<Vec<SignatureField>, ReadError> {
    Ok(walk(view)?.into_iter().map(|f| f.field).collect())
}

fn walk(view: &View<'_, '_>) -> Result<Vec<Found>, ReadError> {
    let (_, catalog) = view.catalog()?;
    let Some(form) = view.dict(catalog.get("AcroForm"), "form")? else { return Ok(Vec::new()) };
    let mut walk = Walk { view, limit: view.nodes_limit(), seen: HashSet::new(), found: Vec::new() };
    for field in view.array(form.get("Fields"), "form fields")? {
        walk.field(&field, &Inherited::default(), 0)?;
    }
    Ok(walk.found)
}

struct Found {
    field: SignatureField,
    widget: Id,
    /// The page its `/P` names.
    page: Option<Id>,
}

/// What a field takes from the fields above it.
#[derive(Default, Clone)]
struct Inherited {
    name: Option<String>,
    is_signature: bool,
    value: Option<Value>,
}

struct Walk<'v, 'd, 'a> {
    view: &'v View<'d, 'a>,
    limit: usize,
    seen: HashSet<Id>,
    found: Vec<Found>,
}

impl Walk<'_, '_, '_> {
    fn field(&mut self, node: &Value, above: &Inherited, depth: usize) -> Result<(), ReadError> {
        let id = node.as_ref().ok_or(ReadError::Structure("form field"))?;
        let is_new = self.seen.insert(id);
        if depth > MAX_DEPTH || self.seen.len() > self.limit {
            return Err(ReadError::Limit("form fields"));
        }
        let Some(dict) = self.view.dict(Some(node), "form field")? else { return Ok(()) };
        let own = self.inherit(&dict, above)?;
        if !is_new {
            // Some programs list a field twice that is no signature's; it says the same twice.
            let is_harmless = depth == 0 && !own.is_signature && dict.get("Kids").is_none();
            return if is_harmless { Ok(()) } else { Err(ReadError::Structure("a form field appears twice")) };
        }
        let kids = self.view.array(dict.get("Kids"), "form fields")?;
        let mut widget = (id, dict.clone());
        let mut has_fields_below = false;
        for kid in &kids {
            let Some(below) = self.view.dict(Some(kid), "form field")? else { continue };
            if below.get("T").is_some() {
                has_fields_below = true;
                self.field(kid, &own, depth + 1)?;
            } else if kids.len() == 1 {
                widget = (kid.as_ref().ok_or(ReadError::Structure("form field"))?, below);
            }
        }
        if own.is_signature && !has_fields_below {
            self.signature_field(id, &dict, own, widget)?;
        }
        Ok(())
    }

    fn inherit(&self, dict: &Dict, above: &Inherited) -> Result<Inherited, ReadError> {
        let mut own = above.clone();
        if let Some(partial) = self.view.resolve(dict.get("T"))?.as_string() {
            let partial = text(partial);
            own.name = Some(above.name.as_ref().map_or_else(|| partial.clone(), |name| format!("{name}.{partial}")));
        }
        if let Some(kind) = self.view.resolve(dict.get("FT"))?.as_name() {
            own.is_signature = kind == b"Sig";
        }
        if let Some(value) = dict.get("V") {
            own.value = Some(value.clone());
        }
        Ok(own)
    }

    fn signature_field(
        &mut self,
        id: Id,
        dict: &Dict,
        own: Inherited,
        (widget_id, widget): (Id, Dict),
    ) -> Result<(), ReadError> {
        let view = self.view;
        let signature = Signature::read(view, id, own.value.as_ref())?;
        // What a later revision makes of the objects that a signature or its lock refers to is that revision's change; it does
        // not change what was signed.
        let hole = signature.as_ref().and_then(|signature| signature.hole.clone());
        let then = hole.as_ref().and_then(|hole| view.when_written(hole.start));
        let (signature, lock) = match then.filter(|then| !then.shows_what(view)) {
            None => (signature, Lock::read(view, dict)?),
            Some(then) => {
                let signed = Signature::read(&then, id, own.value.as_ref())?;
                let signed = signed.filter(|signed| signed.hole == hole).ok_or(ReadError::Structure("signature"))?;
                let field = then.dict(Some(&Value::Ref(id)), "form field")?.unwrap_or_default();
                (Some(signed), Lock::read(&then, &field)?)
            }
        };
        let field = SignatureField {
            name: own.name.unwrap_or_default(),
            id,
            page: None,
            rect: rectangle(&view.resolve(widget.get("Rect"))?),
            lock,
            signature,
        };
        let page = widget.get("P").and_then(Value::as_ref);
        self.found.push(Found { field, widget: widget_id, page });
        Ok(())
    }
}

/// Finds the pages of the widgets; the pages' own lists of annotations decide, not what a widget says.
fn locate(view: &View<'_, '_>, fields: &mut [Found]) -> Result<(), ReadError> {
    if fields.is_empty() {
        return Ok(());
    }
    let pages = view.pages()?;
    let numbers: HashMap<Id, usize> = pages.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    let shows = |page: Id, widget: Id| -> Result<bool, ReadError> {
        let page = view.dict(Some(&Value::Ref(page)), "page")?.ok_or(ReadError::Structure("page"))?;
        Ok(view.array(page.get("Annots"), "annotations")?.iter().any(|a| a.as_ref() == Some(widget)))
    };
    let mut elsewhere = HashMap::new();
    for field in fields.iter_mut() {
        match field.page.filter(|page| numbers.contains_key(page)) {
            Some(page) if shows(page, field.widget)? => field.field.page = numbers.get(&page).copied(),
            _ => {
                elsewhere.insert(field.widget, None);
            }
        }
    }
    if elsewhere.is_empty() {
        return Ok(());
    }
    for (number, page) in pages.iter().enumerate() {
        let page = view.dict(Some(&Value::Ref(*page)), "page")?.ok_or(ReadError::Structure("page"))?;
        for annotation in view.array(page.get("Annots"), "annotations")?.iter().filter_map(Value::as_ref) {
            if let Some(found) = elsewhere.get_mut(&annotation) {
                *found = Some(number);
            }
        }
    }
    for field in fields {
        if let Some(found) = elsewhere.get(&field.widget) {
            field.field.page = *found;
        }
    }
    Ok(())
}

/// An entry of the page or of the nodes above it (ISO 32000-1, 7.7.3.4).
pub(crate) fn inherited(view: &View<'_, '_>, page: &Dict, key: &str) -> Result<Value, ReadError> {
    let mut node = page.clone();
    for _ in 0..MAX_DEPTH {
        match view.resolve(node.get(key))? {
            Value::Null => {}
            value => return Ok(value),
        }
        match view.dict(node.get("Parent"), "pages")? {
            Some(parent) => node = parent,
            None => return Ok(Value::Null),
        }
    }
    Err(ReadError::Limit("pages"))
}

pub(crate) fn rectangle(value: &Value) -> Option<[f64; 4]> {
    let [a, b, c, d] = value.as_array()? else { return None };
    Some([a.as_number()?, b.as_number()?, c.as_number()?, d.as_number()?])
}
