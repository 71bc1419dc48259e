//! Further signatures and document timestamps: in fields that were there, and in fields that come with them.
//!
//! A new field that shows something is where a forger hides what was signed (certification attack "sneaky signature"): it may
//! cover neither a large part of its page nor an earlier signature, and is always reported with its place.

use super::added::AddedKind;
use super::code::ChangeCode;
use super::comparison::Comparison;
use super::form::{Kind, Node};
use super::geometry::{self, area, common, share, upright};
use super::text::{Change, Detail};
use crate::pdf::read::fields::{rectangle, signature_fields};
use crate::pdf::read::shadow::{self, Look, draws_content};
use crate::pdf::read::syntax::is_space;
use crate::pdf::read::text::text;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;
use crate::pdf::read::{ReadError, SignatureField};

/// A new signature may cover this part of its page: a seal of 4 cm on A4 covers 3 %, a block of text with it 10 %.
const MAX_SHARE: f64 = 0.25;
/// All signatures together may cover this part.
const MAX_TOGETHER: f64 = 0.5;
/// Rectangles that only touch do not overlap, whatever was rounded: in square points.
const TOUCH: f64 = 1.0;
/// Hidden, and NoView, which Print and ToggleNoView make an exception from (ISO 32000-2, table 167).
const HIDDEN: i64 = 2;
const NO_VIEW: i64 = 32;
const YET_SEEN: i64 = 4 + 256;
/// A drawing of blanks is not longer.
const MAX_BLANKS: usize = 4096;

/// Print, Locked and LockedContents (ISO 32000-2, table 167).
const PRINT_AND_LOCKS: i64 = 4 + 128 + 512;
/// ReadOnly (ISO 32000-2, table 227).
pub(super) const READ_ONLY: i64 = 1;

/// What a new signature field and its widget may have, each in the form that shows and does nothing.
const FIELD_KEYS: [&[u8]; 11] = [b"FT", b"T", b"TU", b"TM", b"Ff", b"V", b"DV", b"Lock", b"SV", b"Kids", b"DA"];
const WIDGET_KEYS: [&[u8]; 13] =
    [b"Type", b"Subtype", b"F", b"Rect", b"P", b"AP", b"MK", b"BS", b"Border", b"M", b"NM", b"H", b"Parent"];

/// A signature field that a revision has added.
#[derive(Debug)]
pub(super) struct NewField {
    id: Id,
    pub(super) widget: Id,
    pub(super) name: String,
    code: ChangeCode,
    /// Where it draws something, if it does.
    rect: Option<[f64; 4]>,
    /// The page that lists its widget.
    pub(super) page: Option<usize>,
}

impl NewField {
    /// The page on which it shows something, and where.
    fn place(&self) -> Option<(usize, [f64; 4])> {
        self.page.zip(self.rect)
    }
}

/// Reads the added object as a new signature field; `None` if it is anything else.
pub(super) fn new_field(c: &mut Comparison<'_, '_>, id: Id) -> Result<Option<NewField>, ReadError> {
    let Some(field) = added_dict(c, id)? else { return Ok(None) };
    let name = field.get("T").and_then(Value::as_string).map(text);
    let Some(name) = name.filter(|name| field.has_name("FT", "Sig") && !name.is_empty() && !name.contains('.')) else {
        return Ok(None);
    };
    let kids = c.after.array(field.get("Kids"), "form fields")?;
    let (widget, dict) = match kids[..] {
        [] => (id, field.clone()),
        [Value::Ref(kid)] => match added_dict(c, kid)? {
            Some(dict) if dict.get("Parent") == Some(&Value::Ref(id)) && has_only(&dict, &[&WIDGET_KEYS]) => {
                (kid, dict)
            }
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let is_widget = dict.has_name("Subtype", "Widget") || dict.get("Subtype").or(dict.get("Rect")).is_none();
    let has_parent = widget == id && field.get("Parent").is_some();
    // A rectangle that has to be looked up elsewhere is not looked up by everybody.
    let is_placed = dict.get("Rect").is_none_or(|rect| rectangle(rect).is_some());
    if !is_widget || !is_placed || has_parent || !has_only(&field, &[&FIELD_KEYS, &WIDGET_KEYS]) {
        return Ok(None);
    }
    let code = match field.get("V") {
        None | Some(Value::Null) => ChangeCode::SignatureField,
        Some(value) => match signed(c, value)? {
            Some(code) => code,
            None => return Ok(None),
        },
    };
    if !draws_only_new_forms(c, dict.get("AP"))? {
        return Ok(None);
    }
    let rect = shown(c, &dict)?;
    c.need(id);
    Ok(Some(NewField { id, widget, name, code, rect, page: None }))
}

/// Where the widget shows something to somebody, on screen or on paper: what it draws, or a border and a background.
fn shown(c: &Comparison<'_, '_>, widget: &Dict) -> Result<Option<[f64; 4]>, ReadError> {
    let flags = widget.get("F").map_or(Some(0), Value::as_int);
    let is_unseen = flags.is_some_and(|flags| flags & HIDDEN != 0 || flags & NO_VIEW != 0 && flags & YET_SEEN == 0);
    let look = c.after.resolve(widget.get("MK"))?;
    let has_frame = look.as_dict().is_some_and(|look| look.get("BG").or(look.get("BC")).is_some());
    if is_unseen || !has_frame && !draws(c, widget)? {
        return Ok(None);
    }
    geometry::place(&c.after, widget)
}

/// The appearance is more than blanks.
fn draws(c: &Comparison<'_, '_>, widget: &Dict) -> Result<bool, ReadError> {
    let appearance = match c.after.resolve(widget.get("AP"))? {
        Value::Null => return Ok(false),
        Value::Dict(appearance) => appearance,
        _ => return Ok(true),
    };
    for (_, form) in appearance.entries() {
        let object = form.as_ref().map(|id| c.after.object(id)).transpose()?.flatten();
        let data = object.map(|form| c.document.decoded(&form, MAX_BLANKS));
        if !matches!(data, Some(Ok(data)) if data.iter().copied().all(is_space)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The forms of a widget's appearance, whatever for.
fn forms(view: &View<'_, '_>, widget: &Dict) -> Result<Vec<Id>, ReadError> {
    let (mut forms, appearance) = (Vec::new(), view.resolve(widget.get("AP"))?);
    for (_, value) in appearance.as_dict().into_iter().flat_map(Dict::entries) {
        match view.resolve(Some(value))? {
            // A stream's dictionary has its length.
            Value::Dict(states) if states.get("Length").is_none() => states.references(&mut |id| forms.push(id)),
            _ => forms.extend(value.as_ref()),
        }
    }
    Ok(forms)
}

/// The widget drew more than blanks before.
fn drew(c: &Comparison<'_, '_>, old: &Dict) -> Result<bool, ReadError> {
    let is_blank = |id: Id| -> Result<bool, ReadError> {
        let Some(form) = c.before.object(id)? else { return Ok(true) };
        Ok(c.document.decoded(&form, MAX_BLANKS).is_ok_and(|data| data.iter().copied().all(is_space)))
    };
    forms(&c.before, old)?.into_iter().try_fold(false, |drew, form| Ok(drew || !is_blank(form)?))
}

/// What the widget drew before said something itself.
fn says(c: &Comparison<'_, '_>, old: &Dict) -> Result<bool, ReadError> {
    forms(&c.before, old)?.into_iter().try_fold(false, |says, form| Ok(says || draws_content(c.before, form)?))
}

/// Whether what the widget draws in this view may hide what the page said before.
fn veils_below<'d, 'a>(
    c: &Comparison<'d, 'a>,
    page: usize,
    (widget, rect): (Id, &[f64; 4]),
    view: &View<'d, 'a>,
) -> Result<bool, ReadError> {
    let on = c.pages()?.get(page).copied().ok_or(ReadError::Structure("page"))?;
    let dict = view.dict(Some(&Value::Ref(widget)), "form field")?.unwrap_or_default();
    forms(view, &dict)?.into_iter().try_fold(false, |veils, form| {
        Ok(veils || shadow::veils(c.before, on, Look { view: *view, form, rect: *rect, by: widget })?)
    })
}

/// The dictionary of an added object that is no stream.
pub(super) fn added_dict(c: &Comparison<'_, '_>, id: Id) -> Result<Option<Dict>, ReadError> {
    if c.kind(id).is_none() {
        return Ok(None);
    }
    let object = c.after.object(id)?.filter(|object| object.data.is_none());
    Ok(object.and_then(|object| object.value.as_dict().cloned()))
}

fn has_only(dict: &Dict, keys: &[&[&[u8]]]) -> bool {
    dict.entries().all(|(key, _)| keys.iter().any(|keys| keys.contains(&key)))
}

/// What the value of a field that is being signed is: a signature or a timestamp of this revision.
fn signed(c: &Comparison<'_, '_>, value: &Value) -> Result<Option<ChangeCode>, ReadError> {
    let dict = match value {
        Value::Ref(id) if c.kind(*id) == Some(AddedKind::Signature) => added_dict(c, *id)?,
        Value::Dict(dict) if dict.get("ByteRange").is_some() => Some(dict.clone()),
        _ => None,
    };
    Ok(dict.map(|dict| match dict.has_name("Type", "DocTimeStamp") && dict.has_name("SubFilter", "ETSI.RFC3161") {
        true => ChangeCode::Timestamp,
        false => ChangeCode::SignedNewField,
    }))
}

/// The appearance is none, or one normal drawing that is new.
fn draws_only_new_forms(c: &Comparison<'_, '_>, appearance: Option<&Value>) -> Result<bool, ReadError> {
    let appearance = match appearance {
        None => return Ok(true),
        Some(Value::Ref(id)) => added_dict(c, *id)?,
        Some(value) => value.as_dict().cloned(),
    };
    Ok(appearance.is_some_and(|appearance| {
        let is_form = |value: &Value| value.as_ref().is_some_and(|id| c.kind(id) == Some(AddedKind::Form));
        appearance.entries().all(|(key, value)| key == b"N" && is_form(value))
    }))
}

/// Says what the new fields are, now that their pages are known.
pub(super) fn report(c: &mut Comparison<'_, '_>, fields: &[NewField]) -> Result<(), ReadError> {
    if fields.is_empty() {
        return Ok(());
    }
    let mut standing = Vec::new();
    if fields.iter().any(|field| field.place().is_some()) {
        standing = standing_before(c)?.into_iter().map(|(_, place)| place).collect();
    }
    for field in fields {
        let mut code = field.code;
        if let Some((page, rect)) = field.place() {
            // What nobody has signed yet has nothing to show, and when something was signed neither.
            if code != ChangeCode::SignedNewField || covers(c, page, &rect, &standing)? {
                code = ChangeCode::SignatureCovers;
            } else if veils_below(c, page, (field.widget, &rect), &c.after)? {
                code = ChangeCode::SignedCovers;
            }
            standing.push((page, rect, true));
        }
        let detail = Detail::Signature { field: field.name.clone(), rect: field.place().map(|(_, rect)| rect) };
        c.add(Change::of(code, Some(field.id)).on(field.place().map(|(page, _)| page)).with(detail));
    }
    Ok(())
}

/// A signature field on a page: page, place, and whether it is signed.
type Standing = (usize, [f64; 4], bool);

/// Signature fields on pages before.
fn standing_before(c: &Comparison<'_, '_>) -> Result<Vec<(Id, Standing)>, ReadError> {
    let fields = signature_fields(&c.before)?;
    let standing = |field: &SignatureField| {
        field.page.zip(field.rect).map(|(page, rect)| (field.id, (page, upright(rect), field.signature.is_some())))
    };
    Ok(fields.iter().filter_map(standing).collect())
}

/// Whether a drawing there covers too much of the page, alone or with others, or a signature that was there.
fn covers(c: &Comparison<'_, '_>, page: usize, rect: &[f64; 4], standing: &[Standing]) -> Result<bool, ReadError> {
    let share_of = |rect| share(c, page, rect);
    let own = share_of(rect)?;
    let mut together = own;
    for (_, other, is_signed) in standing.iter().filter(|(on, ..)| *on == page) {
        if *is_signed && area(&common(rect, other)) > TOUCH {
            return Ok(true);
        }
        together += share_of(other)?;
    }
    Ok(own > MAX_SHARE || together > MAX_TOGETHER)
}

/// No flag is taken back, and none set but these.
pub(super) fn sets_only(flags: i64, old: Option<&Value>, new: Option<&Value>) -> bool {
    let set = |value: Option<&Value>| value.map_or(Some(0), Value::as_int);
    set(old).zip(set(new)).is_some_and(|(old, new)| old & !new == 0 && new & !old & !flags == 0)
}

/// Explains the signing of a field that was prepared: its value, and what it shows in the place it had.
pub(super) fn prepared(
    c: &mut Comparison<'_, '_>,
    id: Id,
    node: &Node,
    old: &Dict,
    new: &Dict,
) -> Result<(), ReadError> {
    let changed = old.differing(new);
    let field = c.before.dict(Some(&Value::Ref(node.field)), "form field")?.unwrap_or_default();
    let is_empty = c.before.resolve(field.get("V"))? == Value::Null;
    let now = c.after.dict(Some(&Value::Ref(node.field)), "form field")?.unwrap_or_default();
    let Some(code) = now.get("V").map(|value| signed(c, value)).transpose()?.flatten() else { return Ok(()) };
    let is_signing = changed.iter().all(|key| match *key {
        b"V" | b"AP" => true,
        b"M" => matches!(new.get("M"), Some(Value::String(_))),
        b"F" => sets_only(PRINT_AND_LOCKS, old.get("F"), new.get("F")),
        b"Ff" => sets_only(READ_ONLY, old.get("Ff"), new.get("Ff")),
        _ => false,
    });
    if node.kind != Kind::Signature || !is_empty || !is_signing {
        return Ok(());
    }
    let has_drawn = changed.contains(&b"AP"[..]);
    if has_drawn && (new.get("AP").is_none() || !draws_only_new_forms(c, new.get("AP"))?) {
        return Ok(());
    }
    [new.get("V"), new.get("AP")].into_iter().flatten().for_each(|value| value.references(&mut |id| c.need(id)));
    c.explain(id);
    let page = c.annotations()?.get(&id).copied();
    // What was drawn before may come to light by a flag.
    let rect = if has_drawn || changed.contains(&b"F"[..]) { shown(c, new)? } else { None };
    // What was drawn before goes: it may have lain over what the page says, or said something.
    let gone = if has_drawn && drew(c, old)? { geometry::place(&c.before, old)? } else { None };
    let (code, detail) = match page.zip(rect.or(gone)) {
        Some((page, rect)) => {
            let covers = code == ChangeCode::Timestamp || covers_from(c, node.field, page, &rect)?;
            let code = if covers {
                ChangeCode::SignatureCovers
            } else if gone.is_some() && (veils_below(c, page, (id, &rect), &c.before)? || says(c, old)?)
                || veils_below(c, page, (id, &rect), &c.after)?
            {
                ChangeCode::SignedCovers
            } else {
                ChangeCode::Signed
            };
            (code, Detail::Signature { field: node.name.clone(), rect: Some(rect) })
        }
        None if changed.contains(&b"V"[..]) => {
            let code = if code == ChangeCode::Timestamp { code } else { ChangeCode::Signed };
            (code, Detail::Field(node.name.clone()))
        }
        None => return Ok(()),
    };
    c.add(Change::of(code, Some(id)).on(page).with(detail));
    Ok(())
}

/// Whether a prepared field, with what else is drawn in this revision, covers too much, or a signature that was there. What is
/// prepared and empty has a right to its place.
fn covers_from(c: &mut Comparison<'_, '_>, field: Id, page: usize, rect: &[f64; 4]) -> Result<bool, ReadError> {
    let others = standing_before(c)?.into_iter().filter(|(id, (_, _, is_signed))| *id != field && *is_signed);
    let mut standing: Vec<_> = others.map(|(_, place)| place).collect();
    standing.extend(c.drawn.iter().map(|(page, rect)| (*page, *rect, false)));
    c.drawn.push((page, *rect));
    covers(c, page, rect, &standing)
}
