//! ISO 19005-2, 6.1 (the file), 6.6 (metadata), 6.8 to 6.11 (what is not there).

use lopdf::{Dictionary, Object};

use super::file::{File, text};

const MAX_STRING: usize = 32_767;
const MAX_NAME: usize = 127;
const MAX_OBJECTS: usize = 8_388_607;
const MAX_NESTING: usize = 28;

/// ISO 32000-1, table 6, but for LZWDecode and Crypt.
const FILTERS: &[&str] = &[
    "ASCIIHexDecode",
    "ASCII85Decode",
    "RunLengthDecode",
    "FlateDecode",
    "CCITTFaxDecode",
    "JBIG2Decode",
    "DCTDecode",
    "JPXDecode",
];

pub(super) fn header(file: &File) -> Vec<String> {
    let good = file.bytes.strip_prefix(b"%PDF-1.").and_then(|rest| {
        let (version, rest) = rest.split_first()?;
        let rest = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).or(rest.strip_prefix(b"\r"))?;
        let binary = rest.strip_prefix(b"%")?.get(..4)?.iter().all(|byte| *byte > 127);
        (matches!(version, b'0'..=b'7') && binary).then_some(())
    });
    if good.is_none() { vec!["no header with a binary comment".to_owned()] } else { vec![] }
}

pub(super) fn trailer(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    let trailer = &file.pdf.trailer;
    if trailer.has(b"Encrypt") {
        found.push("encrypted".to_owned());
    }
    let identifier = |dict: &Dictionary| -> Option<Vec<u8>> {
        let id = dict.get(b"ID").ok()?.as_array().ok()?;
        let [first, second] = &id[..] else { return None };
        second.as_str().ok()?;
        first.as_str().ok().filter(|id| !id.is_empty()).map(<[u8]>::to_vec)
    };
    // The first revision ends with the first end-of-file marker: compressed data holds none.
    let end = file.bytes.windows(5).position(|window| window == b"%%EOF").map_or(0, |at| at + 5);
    let first = File::read(&file.bytes[..end]);
    match identifier(trailer) {
        None => found.push("no identifier".to_owned()),
        id if id != identifier(&first.pdf.trailer) => found.push("another identifier than at first".to_owned()),
        Some(_) => {}
    }
    if ![&b"%%EOF"[..], b"%%EOF\n", b"%%EOF\r", b"%%EOF\r\n"].iter().any(|end| file.bytes.ends_with(end)) {
        found.push("data after the end of the file".to_owned());
    }
    found
}

pub(super) fn streams(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for (id, stream) in file.streams() {
        for key in ["F", "FFilter", "FDecodeParms"] {
            if stream.dict.has(key.as_bytes()) {
                found.push(format!("{id:?}: its data are elsewhere: {key}"));
            }
        }
        if file.integer(&stream.dict, "Length") != Some(stream.content.len() as i64) {
            found.push(format!("{id:?}: a wrong length"));
        }
    }
    found
}

pub(super) fn filters(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for (id, stream) in file.streams() {
        let filters = match file.get(&stream.dict, "Filter") {
            Some(Object::Array(all)) => all.iter().collect(),
            one => one.into_iter().collect::<Vec<_>>(),
        };
        for filter in filters {
            let name = filter.as_name().map(String::from_utf8_lossy).unwrap_or_default();
            if !FILTERS.contains(&&*name) {
                found.push(format!("{id:?}: the filter {name}"));
            }
        }
    }
    found
}

/// Names of fonts, of structure types and of colourants must be UTF-8; ours all are.
pub(super) fn names(file: &File) -> Vec<String> {
    let names = file.everything().into_iter().filter_map(|object| object.as_name().ok());
    names.filter(|name| std::str::from_utf8(name).is_err()).map(|name| format!("{name:?} is not UTF-8")).collect()
}

/// The standard would let usage rights stand beside the certification; of those we make none.
pub(super) fn permissions(file: &File) -> Vec<String> {
    let Some(permissions) = file.dict(file.catalog(), "Perms") else { return vec!["no permissions".to_owned()] };
    let mut found = Vec::new();
    let keys: Vec<_> = permissions.iter().map(|(key, _)| String::from_utf8_lossy(key)).collect();
    if keys != ["DocMDP"] {
        found.push(format!("permissions {keys:?}"));
    }
    for reference in file.dicts().into_iter().filter(|dict| dict.has(b"TransformMethod")) {
        for key in ["DigestMethod", "DigestValue", "DigestLocation"] {
            if reference.has(key.as_bytes()) {
                found.push(format!("{key} in a signature reference"));
            }
        }
    }
    found
}

pub(super) fn limits(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    if file.pdf.objects.len() > MAX_OBJECTS {
        found.push("too many objects".to_owned());
    }
    let keys = file.dicts().into_iter().flat_map(Dictionary::iter).map(|(key, _)| &key[..]);
    let names = file.everything().into_iter().filter_map(|object| object.as_name().ok());
    found.extend(keys.chain(names).filter(|name| name.len() > MAX_NAME).map(|_| "a long name".to_owned()));
    for object in file.everything() {
        match object {
            Object::Integer(number) if i32::try_from(*number).is_err() => found.push(format!("the integer {number}")),
            // The largest that a float of four bytes holds.
            Object::Real(number) if !number.is_finite() => found.push("a long real number".to_owned()),
            Object::String(text, _) if text.len() > MAX_STRING => found.push(format!("{} bytes of text", text.len())),
            _ => {}
        }
    }
    for drawing in file.drawings() {
        let (mut depth, mut deepest) = (0_usize, 0);
        for operation in &drawing.operations {
            match operation.operator.as_str() {
                "q" => depth += 1,
                "Q" => depth = depth.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        if deepest > MAX_NESTING {
            found.push(format!("{}: {deepest} nested states", drawing.what));
        }
    }
    for page in file.pages() {
        for name in ["MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox"] {
            let edges = file.numbers(page, name);
            let sides = edges.chunks_exact(4).flat_map(|edge| [edge[2] - edge[0], edge[3] - edge[1]]);
            found.extend(sides.filter(|side| !(3.0..=14_400.0).contains(side)).map(|side| format!("{name}: {side}")));
        }
    }
    found
}

/// Not compressed, though the standard would let it be: whoever cannot read PDF can read this.
pub(super) fn metadata(file: &File) -> Vec<String> {
    let Some(stream) = file.stream(file.catalog(), "Metadata") else { return vec!["no metadata".to_owned()] };
    let mut found = Vec::new();
    if (file.name(&stream.dict, "Type"), file.name(&stream.dict, "Subtype")) != ("Metadata", "XML") {
        found.push("not a metadata stream".to_owned());
    }
    if stream.dict.has(b"Filter") {
        found.push("compressed".to_owned());
    }
    let Ok(xmp) = std::str::from_utf8(&stream.content) else { return vec!["not UTF-8".to_owned()] };
    let packet = xmp.split("?>").next().unwrap_or_default();
    if !packet.starts_with("<?xpacket begin=") || packet.contains("bytes=") || packet.contains("encoding=") {
        found.push(format!("the packet begins {packet}"));
    }
    if xmp.matches("<?xpacket end=").count() != 1 {
        found.push("the packet does not end".to_owned());
    }
    found
}

/// Each entry of the information dictionary says what its property says.
pub(super) fn information(file: &File) -> Vec<String> {
    let Some(information) = file.dict(&file.pdf.trailer, "Info") else { return vec![] };
    let digits = |text: &str| text.replace('Z', "0000").chars().filter(char::is_ascii_digit).collect::<String>();
    let mut found = Vec::new();
    for (key, property) in [
        ("Title", "dc:title"),
        ("Author", "dc:creator"),
        ("Subject", "dc:description"),
        ("Keywords", "pdf:Keywords"),
        ("Creator", "xmp:CreatorTool"),
        ("Producer", "pdf:Producer"),
        ("CreationDate", "xmp:CreateDate"),
        ("ModDate", "xmp:ModifyDate"),
    ] {
        let Some(value) = file.get(information, key) else { continue };
        let (value, property) = (text(value.as_str().unwrap_or_default()), file.xmp_text(property).unwrap_or_default());
        let same = if key.ends_with("Date") { digits(&value) == digits(&property) } else { value == property };
        if !same || property.is_empty() {
            found.push(format!("{key}: {value:?} and {property:?}"));
        }
    }
    found
}

pub(super) fn identification(file: &File) -> Vec<String> {
    let said = ["pdfaid:part", "pdfaid:conformance"].map(|name| file.xmp_text(name).unwrap_or_default());
    if said == ["2", "B"] { vec![] } else { vec![format!("it says of itself {said:?}")] }
}

/// The keys that must stand nowhere.
fn absent(file: &File, keys: &[&str]) -> Vec<String> {
    let there = |key: &&&str| file.dicts().iter().any(|dict| dict.has(key.as_bytes()));
    keys.iter().filter(there).map(|key| format!("there is {key}")).collect()
}

pub(super) fn embedded_files(file: &File) -> Vec<String> {
    absent(file, &["EmbeddedFiles", "EF", "AF", "Collection"])
}

/// Configurations have names, no two the same, and change nothing by themselves.
pub(super) fn optional_content(file: &File) -> Vec<String> {
    let Some(properties) = file.dict(file.catalog(), "OCProperties") else { return vec![] };
    let others = file.array(properties, "Configs").into_iter().filter_map(super::file::as_dict);
    let mut names = Vec::new();
    let mut found = Vec::new();
    for configuration in file.dict(properties, "D").into_iter().chain(others) {
        let name = file.get(configuration, "Name").and_then(|name| name.as_str().ok()).unwrap_or_default();
        if name.is_empty() || names.contains(&name) {
            found.push(format!("a configuration named {:?}", text(name)));
        }
        names.push(name);
        if configuration.has(b"AS") {
            found.push("a configuration that changes by itself".to_owned());
        }
    }
    found
}

pub(super) fn presentations(file: &File) -> Vec<String> {
    absent(file, &["AlternatePresentations", "PresSteps"])
}

pub(super) fn requirements(file: &File) -> Vec<String> {
    absent(file, &["Requirements"])
}
