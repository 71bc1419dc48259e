//! Dates and programs in the document information (ISO 32000-2, 14.3.3), and XMP metadata (14.3.2), which programs bring up
//! to date whenever they save: nothing of it is on a page.

use super::code::ChangeCode;
use super::comparison::Comparison;
use super::referrers::TRAILER;
use super::text::Change;
use crate::pdf::read::ReadError;
use crate::pdf::read::objects::Object;
use crate::pdf::read::text::text;
use crate::pdf::read::value::{Dict, Id, Value};
use crate::pdf::read::view::View;

/// The longest metadata whose titles are looked for.
const MAX_XMP: usize = 1 << 20;

/// What a program that saves says of itself and of the time; the rest must say the same, however it is encoded.
const SAVED: [&[u8]; 4] = [b"ModDate", b"Producer", b"CreationDate", b"Creator"];

/// Explains the document information; `false` if the trailer names another one that says something else of the document.
pub(super) fn information(
    c: &mut Comparison<'_, '_>,
    was: Option<&Value>,
    is: Option<&Value>,
) -> Result<bool, ReadError> {
    if was.is_some() && is.is_none() {
        // Some programs leave it out when they save; nothing else is said of the document.
        c.add(Change::of(ChangeCode::Metadata, None));
        return Ok(true);
    }
    let (Some(is), Some(Value::Ref(id))) = (is, is) else { return Ok(was == is) };
    if was == Some(is) && !c.replaced.contains(id) {
        return Ok(true);
    }
    // A stream, or what something else refers to, may be seen on a page.
    let (Some(old), new) = (plain(&c.before, was)?, plain(&c.after, Some(is))?) else { return Ok(was == Some(is)) };
    if c.replaced.contains(id) && !c.has_one_place(*id, &[TRAILER])? {
        return Ok(was == Some(is));
    }
    let string = |dict: &Dict, key: &[u8]| dict.at(key).map(|value| value.as_string().map(text));
    let goes_on = new.as_ref().is_some_and(|new| {
        old.differing(new).into_iter().all(|key| {
            let (was, is) = (string(&old, key), string(new, key));
            is != Some(None) && (SAVED.contains(&key) || was == is)
        })
    });
    if goes_on {
        c.allow(was, Some(is));
        c.add(Change::of(ChangeCode::Metadata, None));
    }
    Ok(goes_on || was == Some(is))
}

/// The dictionary that is no stream; an empty one for none.
fn plain(view: &View<'_, '_>, value: Option<&Value>) -> Result<Option<Dict>, ReadError> {
    let value = match value {
        Some(Value::Ref(id)) => view.object(*id)?.filter(|object| object.data.is_none()).map(|object| object.value),
        value => Some(value.cloned().unwrap_or_else(|| Value::Dict(Dict::default()))),
    };
    Ok(value.as_ref().and_then(Value::as_dict).cloned())
}

/// Explains the catalog's metadata stream; `false` if it is gone or no longer one.
pub(super) fn xmp(
    c: &mut Comparison<'_, '_>,
    catalog: Id,
    was: Option<&Value>,
    is: Option<&Value>,
) -> Result<bool, ReadError> {
    let Some(Value::Ref(id)) = is else { return Ok(was == is) };
    if was == is && !c.replaced.contains(id) {
        return Ok(true);
    }
    let Some(object) = c.after.object(*id)? else { return Ok(false) };
    let is_xmp =
        object.value.as_dict().is_some_and(|dict| dict.has_name("Type", "Metadata") && dict.has_name("Subtype", "XML"));
    if object.data.is_none() || !is_xmp || !c.allow_only_from(was, is, &[catalog])? {
        return Ok(false);
    }
    let before = match was.and_then(Value::as_ref) {
        Some(id) => c.before.object(id)?,
        None => None,
    };
    let (known, now) = (before.map_or_else(|| Some(Vec::new()), |before| titles(c, &before)), titles(c, &object));
    if !names_alike(c, known, now)? {
        return Ok(false);
    }
    c.add(Change::of(ChangeCode::Metadata, None));
    Ok(true)
}

/// Windows show the title: one that the metadata give must be one that they, or the document information, gave before.
fn names_alike(
    c: &Comparison<'_, '_>,
    known: Option<Vec<String>>,
    now: Option<Vec<String>>,
) -> Result<bool, ReadError> {
    let (_, catalog) = c.before.catalog()?;
    let preferences = c.before.resolve(catalog.get("ViewerPreferences"))?;
    let is_shown = preferences.as_dict().is_some_and(|p| p.get("DisplayDocTitle") == Some(&Value::Bool(true)));
    let (Some(mut known), Some(now)) = (known, now) else { return Ok(!is_shown) };
    let has_gone = now.is_empty() && !known.is_empty();
    let information = c.before.resolve(c.before.trailer().get("Info"))?;
    let title = information.as_dict().and_then(|information| information.get("Title")?.as_string().map(text));
    known.extend(title.map(|title| title.trim().to_owned()));
    Ok(!(is_shown && has_gone) && now.iter().all(|title| known.contains(title)))
}

/// The titles that XMP metadata give (`dc:title` and others of that name), in the order of the text; `None` if that cannot be
/// told without knowing more of XML.
fn titles(c: &Comparison<'_, '_>, object: &Object) -> Option<Vec<String>> {
    let data = c.document.decoded(object, MAX_XMP).ok()?;
    let text = std::str::from_utf8(&data).ok().filter(|text| !text.contains("<!"))?;
    let (mut found, mut inside) = (Vec::new(), false);
    for tag in text.split('<').skip(1) {
        let (name, after) = tag.split_once('>')?;
        let is_end = name.starts_with('/');
        let name = name.trim_start_matches('/');
        if name.contains(":title=") || name.contains(":title ") && name.contains('=') && !name.starts_with("dc:title") {
            return None;
        }
        let word = name.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        if word.rsplit(':').next() == Some("title") {
            inside = !is_end && !name.ends_with('/');
        }
        if inside && !after.trim().is_empty() {
            found.push(after.trim().to_owned());
        }
    }
    Some(found)
}
