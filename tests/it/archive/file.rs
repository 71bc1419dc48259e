//! A PDF as lopdf reads it, whose reader shares nothing with ours, and the ways through it that the rules take.

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

/// A file and its newest revision.
pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    pub(super) pdf: Document,
}

/// A content stream: of a page, or of a form.
pub(super) struct Drawing<'a> {
    pub(super) what: String,
    /// Its own; what a page inherits, or a form finds on its page, does not count.
    pub(super) resources: Option<&'a Dictionary>,
    pub(super) operations: Vec<Operation>,
}

impl File {
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), pdf: Document::load_mem(bytes).unwrap() }
    }

    pub(super) fn resolve<'a>(&'a self, object: &'a Object) -> Option<&'a Object> {
        self.pdf.dereference(object).ok().map(|(_, object)| object).filter(|object| !object.is_null())
    }

    /// An entry, followed if it is a reference.
    pub(super) fn get<'a>(&'a self, dict: &'a Dictionary, key: &str) -> Option<&'a Object> {
        dict.get(key.as_bytes()).ok().and_then(|object| self.resolve(object))
    }

    pub(super) fn dict<'a>(&'a self, dict: &'a Dictionary, key: &str) -> Option<&'a Dictionary> {
        self.get(dict, key).and_then(as_dict)
    }

    pub(super) fn stream<'a>(&'a self, dict: &'a Dictionary, key: &str) -> Option<&'a Stream> {
        self.get(dict, key).and_then(|object| object.as_stream().ok())
    }

    /// The followed elements of an array; none if there is no array.
    pub(super) fn array<'a>(&'a self, dict: &'a Dictionary, key: &str) -> Vec<&'a Object> {
        let array = self.get(dict, key).and_then(|object| object.as_array().ok());
        array.into_iter().flatten().filter_map(|object| self.resolve(object)).collect()
    }

    pub(super) fn name<'a>(&'a self, dict: &'a Dictionary, key: &str) -> &'a str {
        let name = self.get(dict, key).and_then(|object| object.as_name().ok());
        name.and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default()
    }

    pub(super) fn integer(&self, dict: &Dictionary, key: &str) -> Option<i64> {
        self.get(dict, key).and_then(|object| object.as_i64().ok())
    }

    pub(super) fn numbers(&self, dict: &Dictionary, key: &str) -> Vec<f32> {
        self.array(dict, key).into_iter().filter_map(|object| object.as_float().ok()).collect()
    }

    pub(super) fn catalog(&self) -> &Dictionary {
        self.pdf.catalog().unwrap()
    }

    pub(super) fn form(&self) -> Option<&Dictionary> {
        self.dict(self.catalog(), "AcroForm")
    }

    /// Every object, whether anything leads to it or not, with all that is in it.
    pub(super) fn everything(&self) -> Vec<&Object> {
        let mut all = Vec::new();
        self.pdf.objects.values().for_each(|object| walk(object, &mut all));
        self.pdf.trailer.iter().for_each(|(_, object)| walk(object, &mut all));
        all
    }

    pub(super) fn dicts(&self) -> Vec<&Dictionary> {
        self.everything().into_iter().filter_map(as_dict).collect()
    }

    pub(super) fn dicts_of_type(&self, kind: &str) -> Vec<&Dictionary> {
        self.dicts().into_iter().filter(|dict| self.name(dict, "Type") == kind).collect()
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = (ObjectId, &Stream)> {
        self.pdf.objects.iter().filter_map(|(id, object)| Some((*id, object.as_stream().ok()?)))
    }

    pub(super) fn pages(&self) -> Vec<&Dictionary> {
        self.pdf.page_iter().map(|id| self.pdf.get_dictionary(id).unwrap()).collect()
    }

    pub(super) fn annotations(&self) -> Vec<&Dictionary> {
        let of_page = |page| self.array(page, "Annots").into_iter().filter_map(as_dict).collect::<Vec<_>>();
        self.pages().into_iter().flat_map(of_page).collect()
    }

    pub(super) fn signatures(&self) -> Vec<&Dictionary> {
        self.dicts_of_type("Sig")
    }

    pub(super) fn drawings(&self) -> Vec<Drawing<'_>> {
        let mut drawings = Vec::new();
        for (index, id) in self.pdf.page_iter().enumerate() {
            let content = self.pdf.get_page_content(id);
            let resources = self.dict(self.pdf.get_dictionary(id).unwrap(), "Resources");
            drawings.push(Drawing { what: format!("page {}", index + 1), resources, operations: decode(&content) });
        }
        for (id, stream) in self.streams() {
            if self.name(&stream.dict, "Subtype") == "Form" || stream.dict.has(b"PatternType") {
                let resources = self.dict(&stream.dict, "Resources");
                let operations = decode(&plain(stream));
                drawings.push(Drawing { what: format!("form {} {} R", id.0, id.1), resources, operations });
            }
        }
        drawings
    }

    /// The content of the metadata stream of the whole document.
    pub(super) fn xmp(&self) -> String {
        let stream = self.stream(self.catalog(), "Metadata");
        stream.map(|stream| String::from_utf8_lossy(&plain(stream)).into_owned()).unwrap_or_default()
    }

    /// The text of the first element `name` of the metadata, without the elements in it.
    pub(super) fn xmp_text(&self, name: &str) -> Option<String> {
        let xmp = self.xmp();
        let (_, rest) = xmp.split_once(&format!("<{name}>"))?;
        let (inner, _) = rest.split_once(&format!("</{name}>"))?;
        let pieces = inner.split('<').enumerate().map(|(nth, piece)| match nth {
            0 => piece,
            _ => piece.split_once('>').map_or("", |(_, text)| text),
        });
        Some(pieces.collect())
    }
}

fn decode(content: &[u8]) -> Vec<Operation> {
    Content::decode(content).unwrap().operations
}

/// A stream's data without its filters.
pub(super) fn plain(stream: &Stream) -> Vec<u8> {
    stream.get_plain_content().unwrap()
}

/// A dictionary, or the dictionary of a stream.
pub(super) fn as_dict(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dict) => Some(dict),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// A text string of a PDF: UTF-16BE with its mark, or ASCII.
pub(super) fn text(bytes: &[u8]) -> String {
    match bytes.strip_prefix(&[0xfe, 0xff]) {
        Some(rest) => {
            let units: Vec<u16> = rest.chunks(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        None => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn walk<'a>(object: &'a Object, all: &mut Vec<&'a Object>) {
    all.push(object);
    match object {
        Object::Array(array) => array.iter().for_each(|object| walk(object, all)),
        Object::Dictionary(dict) => dict.iter().for_each(|(_, object)| walk(object, all)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, object)| walk(object, all)),
        _ => {}
    }
}
