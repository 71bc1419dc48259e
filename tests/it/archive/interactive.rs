//! ISO 19005-2, 6.3 (annotations), 6.4 (forms and signatures), 6.5 (actions).

use lopdf::Dictionary;

use super::file::{File, as_dict};

/// ISO 32000-1, table 169, without 3D, Sound, Screen and Movie.
const SUBTYPES: &str = "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp \
                        Caret Ink Popup FileAttachment Widget PrinterMark TrapNet Watermark Redact";
/// ISO 32000-1, table 165.
const PRINT: i64 = 1 << 2;
const INVISIBLE_HIDDEN_NO_VIEW_TOGGLE: i64 = 1 | 1 << 1 | 1 << 5 | 1 << 8;
const FORBIDDEN_ACTIONS: [&str; 11] = [
    "Launch",
    "Sound",
    "Movie",
    "ResetForm",
    "ImportData",
    "Hide",
    "SetOCGState",
    "Rendition",
    "Trans",
    "GoTo3DView",
    "JavaScript",
];
const NAMED_ACTIONS: [&str; 4] = ["NextPage", "PrevPage", "FirstPage", "LastPage"];

pub(super) fn annotation_types(file: &File) -> Vec<String> {
    let kinds = file.annotations().into_iter().map(|annotation| file.name(annotation, "Subtype"));
    let unknown = kinds.filter(|kind| !SUBTYPES.split_whitespace().any(|known| known == *kind));
    unknown.map(|kind| format!("an annotation of type {kind:?}")).collect()
}

pub(super) fn annotation_flags(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for annotation in file.annotations() {
        let kind = file.name(annotation, "Subtype");
        match file.integer(annotation, "F") {
            None if kind == "Popup" => {}
            Some(flags) if flags & PRINT != 0 && flags & INVISIBLE_HIDDEN_NO_VIEW_TOGGLE == 0 => {}
            flags => found.push(format!("{kind}: flags {flags:?}")),
        }
    }
    found
}

/// A single, normal appearance, which is a stream, of whatever is seen.
pub(super) fn appearances(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for annotation in file.annotations() {
        let kind = file.name(annotation, "Subtype");
        let Some(appearance) = file.dict(annotation, "AP") else {
            let rect = file.numbers(annotation, "Rect");
            let empty = rect.len() == 4 && rect[0] == rect[2] && rect[1] == rect[3];
            if !empty && !["Popup", "Link"].contains(&kind) {
                found.push(format!("{kind}: no appearance"));
            }
            continue;
        };
        let keys: Vec<_> = appearance.iter().map(|(key, _)| String::from_utf8_lossy(key)).collect();
        if keys != ["N"] || file.stream(appearance, "N").is_none() {
            found.push(format!("{kind}: appearances {keys:?}"));
        }
    }
    found
}

pub(super) fn form(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    if file.form().is_some_and(|form| form.has(b"NeedAppearances")) {
        found.push("NeedAppearances".to_owned());
    }
    let widgets = file.annotations().into_iter().filter(|annotation| file.name(annotation, "Subtype") == "Widget");
    found.extend(widgets.filter(|widget| widget.has(b"A")).map(|_| "a field that acts".to_owned()));
    found
}

pub(super) fn xfa(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    if file.form().is_some_and(|form| form.has(b"XFA")) {
        found.push("XFA".to_owned());
    }
    if file.catalog().has(b"NeedsRendering") {
        found.push("NeedsRendering".to_owned());
    }
    found
}

/// Every signature covers its whole revision but for its own value, the newest the whole file.
pub(super) fn signatures(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    let mut reach = 0;
    for signature in file.signatures() {
        match covered(file, signature) {
            Ok(end) => reach = reach.max(end),
            Err(what) => found.push(what.to_owned()),
        }
        if !["ETSI.CAdES.detached", "adbe.pkcs7.detached"].contains(&file.name(signature, "SubFilter")) {
            found.push(format!("SubFilter {}", file.name(signature, "SubFilter")));
        }
    }
    if reach != file.bytes.len() && found.is_empty() {
        found.push("no signature covers the whole file".to_owned());
    }
    found
}

/// Where the bytes end that a signature covers.
fn covered(file: &File, signature: &Dictionary) -> Result<usize, &'static str> {
    let range: Vec<usize> = file
        .array(signature, "ByteRange")
        .into_iter()
        .filter_map(|number| usize::try_from(number.as_i64().ok()?).ok())
        .collect();
    let [0, hole, rest, length] = range[..] else { return Err("a range that does not begin with the file") };
    let end = rest + length;
    let revision = file.bytes.get(..end).ok_or("a range beyond the file")?;
    let gap = revision.get(hole..rest).ok_or("a range in disorder")?;
    let digits = gap.strip_prefix(b"<").and_then(|gap| gap.strip_suffix(b">")).ok_or("a gap that is no string")?;
    let value = hex::decode(digits).map_err(|_| "a gap that is no string")?;
    let stated = file.get(signature, "Contents").and_then(|value| value.as_str().ok());
    if stated != Some(&value[..]) {
        return Err("a gap that is not the signature's value");
    }
    if revision.ends_with(b"%%EOF\n") { Ok(end) } else { Err("a range that ends within a revision") }
}

pub(super) fn actions(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for dict in file.dicts() {
        let kind = file.name(dict, "S");
        let is_action = dict.has(b"S") && !dict.has(b"P") && !dict.has(b"Pg");
        if is_action && FORBIDDEN_ACTIONS.contains(&kind) {
            found.push(format!("the action {kind}"));
        }
        if kind == "Named" && !NAMED_ACTIONS.contains(&file.name(dict, "N")) {
            found.push(format!("the named action {}", file.name(dict, "N")));
        }
        if dict.has(b"JS") || file.get(dict, "JavaScript").is_some_and(|tree| as_dict(tree).is_some()) {
            found.push("JavaScript".to_owned());
        }
    }
    found
}

pub(super) fn triggers(file: &File) -> Vec<String> {
    file.dicts().into_iter().filter(|dict| dict.has(b"AA")).map(|_| "AA".to_owned()).collect()
}
