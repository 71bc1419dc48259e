//! ISO 19005-2, 6.2: graphics.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Object};

use super::file::{Drawing, File, as_dict, plain};

/// ISO 32000-1, table A.1, without inline images, which we do not make.
const OPERATORS: &str = "b B b* B* BDC BMC BT BX c cm CS cs d d0 d1 Do DP EMC ET EX f F f* G g gs h i j J K k l m M MP n q Q re RG rg \
                         ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"";
const DEVICE: [&str; 4] = ["DeviceGray", "DeviceRGB", "DeviceCMYK", "Pattern"];
/// ISO 32000-1, tables 136 and 137.
const BLEND_MODES: [&str; 17] = [
    "Normal",
    "Compatible",
    "Multiply",
    "Screen",
    "Overlay",
    "Darken",
    "Lighten",
    "ColorDodge",
    "ColorBurn",
    "HardLight",
    "SoftLight",
    "Difference",
    "Exclusion",
    "Hue",
    "Saturation",
    "Color",
    "Luminosity",
];
const INTENTS: [&str; 4] = ["RelativeColorimetric", "AbsoluteColorimetric", "Perceptual", "Saturation"];

/// Known operators, and every name they use in the stream's own resources.
pub(super) fn content(file: &File) -> Vec<String> {
    let known: BTreeSet<&str> = OPERATORS.split_whitespace().collect();
    let mut found = Vec::new();
    for drawing in file.drawings() {
        for operation in &drawing.operations {
            let operator = operation.operator.as_str();
            if !known.contains(operator) {
                found.push(format!("{}: the operator {operator}", drawing.what));
            }
            let named = operation.operands.iter().filter_map(|operand| operand.as_name().ok()).next_back();
            let (Some(kind), Some(name)) = (resource(operator), named) else { continue };
            if kind == "ColorSpace" && DEVICE.iter().any(|device| device.as_bytes() == name) {
                continue;
            }
            let own = drawing.resources.and_then(|resources| file.dict(resources, kind));
            if !own.is_some_and(|own| own.has(name)) {
                let name = String::from_utf8_lossy(name);
                found.push(format!("{}: {name} is not in its own resources", drawing.what));
            }
        }
    }
    found
}

/// The kind of resource that an operator names.
fn resource(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "Do" => "XObject",
        "gs" => "ExtGState",
        "Tf" => "Font",
        "cs" | "CS" => "ColorSpace",
        "sh" => "Shading",
        "scn" | "SCN" => "Pattern",
        _ => return None,
    })
}

/// The colour space of the output intent's profile, if there is one of PDF/A.
fn intended(file: &File) -> Option<String> {
    let intents = file.array(file.catalog(), "OutputIntents").into_iter().filter_map(as_dict);
    let mut intents = intents.filter(|intent| file.name(intent, "S") == "GTS_PDFA1");
    let profile = plain(file.stream(intents.next()?, "DestOutputProfile")?);
    Some(String::from_utf8_lossy(profile.get(16..20)?).into_owned())
}

pub(super) fn output_intent(file: &File) -> Vec<String> {
    let intents: Vec<_> = file.array(file.catalog(), "OutputIntents").into_iter().filter_map(as_dict).collect();
    let [intent] = intents[..] else { return vec![format!("{} output intents", intents.len())] };
    let mut found = Vec::new();
    if file.name(intent, "S") != "GTS_PDFA1" || !intent.has(b"OutputConditionIdentifier") {
        found.push("not an output intent of PDF/A".to_owned());
    }
    match file.stream(intent, "DestOutputProfile") {
        None => found.push("no profile".to_owned()),
        Some(stream) => {
            found.extend(profile(file, &stream.dict, &plain(stream)));
            // ICC.1, 7.2.5: an output intent is of a printer or of a screen.
            if ![&b"prtr"[..], b"mntr"].contains(&plain(stream).get(12..16).unwrap_or_default()) {
                found.push("a profile of another class".to_owned());
            }
        }
    }
    found
}

/// What is wrong with an ICC profile (ICC.1, 7.2).
fn profile(file: &File, dict: &Dictionary, bytes: &[u8]) -> Option<String> {
    let components = match bytes.get(16..20) {
        Some(b"GRAY") => 1,
        Some(b"RGB " | b"Lab ") => 3,
        Some(b"CMYK") => 4,
        _ => return Some("no profile".to_owned()),
    };
    if bytes.get(36..40) != Some(b"acsp") || bytes[8] > 4 {
        return Some("not a profile of version 4 or less".to_owned());
    }
    let stated = file.integer(dict, "N");
    (stated != Some(components)).then(|| format!("{stated:?} components stated, {components} in the profile"))
}

pub(super) fn profiles(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for object in file.everything() {
        let Ok([Object::Name(kind), of]) = object.as_array().map(Vec::as_slice) else { continue };
        if kind == b"ICCBased" {
            match file.resolve(of).and_then(|of| of.as_stream().ok()) {
                Some(stream) => found.extend(profile(file, &stream.dict, &plain(stream))),
                None => found.push("no profile".to_owned()),
            }
        }
    }
    found
}

/// Colours of a device are those of the output intent: red and black of a seal, grey of a line.
pub(super) fn device_colours(file: &File) -> Vec<String> {
    let intent = intended(file).unwrap_or_default();
    let covered = |space: &str| match space {
        "DeviceGray" => !intent.is_empty(),
        "DeviceRGB" => intent == "RGB ",
        "DeviceCMYK" => intent == "CMYK",
        _ => true,
    };
    let mut used = BTreeSet::new();
    for operation in file.drawings().iter().flat_map(|drawing| &drawing.operations) {
        let named = operation.operands.first().and_then(|operand| operand.as_name().ok());
        match operation.operator.as_str() {
            "g" | "G" => drop(used.insert("DeviceGray".to_owned())),
            "rg" | "RG" => drop(used.insert("DeviceRGB".to_owned())),
            "k" | "K" => drop(used.insert("DeviceCMYK".to_owned())),
            "cs" | "CS" => used.extend(named.map(|name| String::from_utf8_lossy(name).into_owned())),
            _ => {}
        }
    }
    for object in file.everything() {
        used.extend(object.as_name().ok().map(|name| String::from_utf8_lossy(name).into_owned()));
    }
    used.into_iter().filter(|space| !covered(space)).map(|space| format!("{space} is not covered")).collect()
}

/// Every graphics state that a content stream may name.
fn states(file: &File) -> Vec<&Dictionary> {
    let mut states = Vec::new();
    for resources in file.drawings().into_iter().filter_map(|drawing| drawing.resources) {
        let named = file.dict(resources, "ExtGState").into_iter().flat_map(Dictionary::iter);
        states.extend(named.filter_map(|(_, state)| file.resolve(state)).filter_map(as_dict));
    }
    states
}

pub(super) fn graphics_states(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for state in states(file) {
        let keys = ["TR", "HTP", "HTO", "HT"].into_iter().filter(|key| state.has(key.as_bytes()));
        found.extend(keys.map(|key| format!("{key} in a graphics state")));
        if state.has(b"TR2") && file.name(state, "TR2") != "Default" {
            found.push("TR2 in a graphics state".to_owned());
        }
    }
    found
}

pub(super) fn rendering_intents(file: &File) -> Vec<String> {
    let mut used = BTreeSet::new();
    for operation in file.drawings().iter().flat_map(|drawing| &drawing.operations) {
        if operation.operator == "ri" {
            used.extend(operation.operands.iter().filter_map(|operand| operand.as_name().ok()).map(<[u8]>::to_vec));
        }
    }
    let stated = states(file).into_iter().map(|state| file.name(state, "RI"));
    let stated = stated.chain(file.dicts().into_iter().map(|dict| file.name(dict, "Intent")));
    used.extend(stated.filter(|name| !name.is_empty()).map(|name| name.as_bytes().to_vec()));
    let unknown = used.into_iter().filter(|name| !INTENTS.iter().any(|intent| intent.as_bytes() == name));
    unknown.map(|name| format!("the intent {}", String::from_utf8_lossy(&name))).collect()
}

fn of_subtype<'a>(file: &'a File, kind: &str) -> Vec<&'a Dictionary> {
    file.streams().map(|(_, stream)| &stream.dict).filter(|dict| file.name(dict, "Subtype") == kind).collect()
}

pub(super) fn images(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for image in of_subtype(file, "Image") {
        found.extend(["Alternates", "OPI"].iter().filter(|key| image.has(key.as_bytes())).map(|key| (*key).to_owned()));
        if file.get(image, "Interpolate").is_some_and(|value| value.as_bool().unwrap_or(false)) {
            found.push("Interpolate".to_owned());
        }
    }
    found
}

pub(super) fn forms(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for form in of_subtype(file, "Form") {
        let keys = ["OPI", "Ref", "PS", "Subtype2"].into_iter().filter(|key| form.has(key.as_bytes()));
        found.extend(keys.map(|key| format!("{key} in a form")));
    }
    found.extend(of_subtype(file, "PS").iter().map(|_| "PostScript".to_owned()));
    found
}

/// Blend modes of the standard, and a space to blend in: a group's of the page, or the output intent's.
pub(super) fn transparency(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    let mut transparent = false;
    for state in states(file) {
        let modes = match file.get(state, "BM") {
            Some(Object::Array(all)) => all.iter().collect(),
            one => one.into_iter().collect::<Vec<_>>(),
        };
        for mode in modes {
            let name = mode.as_name().map(String::from_utf8_lossy).unwrap_or_default();
            transparent |= !["Normal", "Compatible"].contains(&&*name);
            if !BLEND_MODES.contains(&&*name) {
                found.push(format!("the blend mode {name}"));
            }
        }
        for key in ["CA", "ca"] {
            let Some(opacity) = file.get(state, key) else { continue };
            let opacity = opacity.as_float().unwrap_or(-1.0);
            transparent |= opacity < 1.0;
            if !(0.0..=1.0).contains(&opacity) {
                found.push(format!("the opacity {opacity}"));
            }
        }
    }
    let space = |page: &Dictionary| file.dict(page, "Group").is_some_and(|group| group.has(b"CS"));
    if transparent && intended(file).is_none() && !file.pages().into_iter().all(space) {
        found.push("no space to blend in".to_owned());
    }
    found
}

/// Not of the standard, but of what a seal is for: in an isolated group it would blend with nothing and hide the text.
pub(super) fn seals_are_not_isolated(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for annotation in file.annotations() {
        let appearance = file.dict(annotation, "AP").and_then(|appearance| file.dict(appearance, "N"));
        let group = appearance.and_then(|appearance| file.dict(appearance, "Group"));
        if group.is_some_and(|group| group.has(b"I") || group.has(b"K")) {
            found.push("a seal in a group of its own".to_owned());
        }
    }
    found
}

pub(super) fn fonts(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for font in file.dicts_of_type("Font") {
        let (kind, name) = (file.name(font, "Subtype"), file.name(font, "BaseFont"));
        if kind == "Type0" {
            let encoding = file.get(font, "Encoding");
            let identity = ["Identity-H", "Identity-V"].contains(&file.name(font, "Encoding"));
            if file.array(font, "DescendantFonts").len() != 1
                || !(identity || encoding.is_some_and(|encoding| encoding.as_stream().is_ok()))
            {
                found.push(format!("{name}: no embedded encoding"));
            }
            continue;
        }
        if !["CIDFontType0", "CIDFontType2", "Type1", "MMType1", "TrueType"].contains(&kind) {
            found.push(format!("{name}: of type {kind}"));
            continue;
        }
        let descriptor = file.dict(font, "FontDescriptor");
        let program = |key| descriptor.and_then(|descriptor| file.stream(descriptor, key));
        let programs: Vec<_> = ["FontFile", "FontFile2", "FontFile3"].into_iter().filter_map(program).collect();
        if programs.len() != 1 || plain(programs[0]).is_empty() {
            found.push(format!("{name}: not embedded"));
        }
        let compact = ["Type1C", "CIDFontType0C", "OpenType"];
        if program("FontFile3").is_some_and(|program| !compact.contains(&file.name(&program.dict, "Subtype"))) {
            found.push(format!("{name}: a font program of no known type"));
        }
        let map = file.get(font, "CIDToGIDMap");
        let mapped = file.name(font, "CIDToGIDMap") == "Identity" || map.is_some_and(|map| map.as_stream().is_ok());
        if kind == "CIDFontType2" && !mapped {
            found.push(format!("{name}: no map to its glyphs"));
        }
    }
    found.extend(file.drawings().iter().flat_map(|drawing| unknown_fonts(file, drawing)));
    found
}

/// Fonts that a content stream sets and that are none.
fn unknown_fonts(file: &File, drawing: &Drawing<'_>) -> Vec<String> {
    let fonts = drawing.resources.and_then(|resources| file.dict(resources, "Font"));
    let each = fonts.into_iter().flat_map(Dictionary::iter);
    let none = each.filter(|(_, font)| {
        let font = file.resolve(font).and_then(as_dict);
        font.is_none_or(|font| file.name(font, "Type") != "Font")
    });
    none.map(|(name, _)| format!("{}: {} is no font", drawing.what, String::from_utf8_lossy(name))).collect()
}
