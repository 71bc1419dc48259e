//! What the sections of one revision list, each object read once, whoever asks and for how many signatures: where it lies, to
//! what it refers, what it could be used for.

use std::ops::Range;

use super::super::ReadError;
use super::super::document::Document;
use super::super::repair::Repair;
use super::super::stream::is_ambiguous;
use super::super::value::{Dict, Id, Value};
use super::super::view::View;
use super::super::xref::Entry;
use super::actions;
use super::code::PreparedCode;
use super::geometry::Rect;
use super::reader::readable;

/// Square points of a form that could stand for a page; A6 has 125,000.
const PAGE_AREA: f64 = 100_000.0;
/// Samples of an image that could stand for a page: A4 at 72 dots per inch.
const PAGE_SAMPLES: f64 = 500_000.0;
/// Keys of a content stream.
const CONTENT_KEYS: [&[u8]; 4] = [b"Length", b"Filter", b"DecodeParms", b"DL"];

/// What one revision lists.
#[derive(Default)]
pub(in crate::pdf::read) struct Listing {
    /// To what its trailers refer.
    pub(super) roots: Vec<u32>,
    /// Where its sections and the objects that it lists lie.
    spans: Vec<Range<usize>>,
    pub(super) objects: Vec<Listed>,
}

/// One object that is listed.
pub(super) struct Listed {
    pub(super) number: u32,
    pub(super) entry: Entry,
    /// `None` if it cannot be read, or is not read alike by all programs.
    pub(super) facts: Option<Facts>,
}

/// What is to be known of an object without its value.
pub(super) struct Facts {
    pub(super) references: Vec<u32>,
    pub(super) kind: Kind,
    pub(super) notable: Vec<(Id, PreparedCode)>,
    /// How many objects it says it holds, if it is an object stream.
    pub(super) holds: Option<usize>,
    /// Its descriptor, if it is a font whose letters are drawings in the file (Type 3).
    pub(super) descriptor: Option<u32>,
}

/// What an object could be used for if something referred to it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Kind {
    Catalog,
    Pages,
    Page,
    /// A drawing, an image or a stream the size of a page.
    Content,
    /// A stream that may be a page's content.
    Stream,
    Font,
    #[default]
    Other,
}

impl Listing {
    /// Reads all that `revision` lists.
    ///
    /// # Errors
    /// If [`Limits`](super::super::Limits) are reached or the file cannot be read.
    pub(in crate::pdf::read) fn read(document: &Document<'_>, revision: usize) -> Result<Self, ReadError> {
        let (mut listing, view) = (Self::default(), document.as_of(revision));
        for section in document.sections_of(revision) {
            listing.spans.push(section.start..section.end);
            section.trailer.references(&mut |id| listing.roots.push(id.number));
            document.charge_lookups(section.len())?;
            for entry in section.entries() {
                let Some((number, entry)) = readable(document, entry)? else {
                    document.input.repairs.note(Repair::Unreadable);
                    continue;
                };
                if section.stream_id.is_none_or(|id| id.number != number) {
                    listing.entry(view, number, entry)?;
                }
            }
        }
        Ok(listing)
    }

    fn entry(&mut self, view: View<'_, '_>, number: u32, entry: Entry) -> Result<(), ReadError> {
        let id = match entry {
            Entry::Free => return Ok(()),
            Entry::At { generation, .. } => Id { number, generation },
            Entry::Packed { .. } => Id::new(number),
        };
        let object = readable(view.document(), view.object_in_passing(id))?.flatten();
        self.spans.extend(object.as_ref().and_then(|object| object.span.clone()));
        let resolve = |value: &Value| match value {
            Value::Ref(_) => view.resolve(Some(value)).unwrap_or(Value::Null),
            value => value.clone(),
        };
        let is_ambiguous = |dict: &Dict| is_ambiguous(dict, resolve);
        let object = object.filter(|object| object.data.is_none() || !object.value.as_dict().is_some_and(is_ambiguous));
        let facts = object.map(|object| Facts::of(id, &object.value, object.data.is_some()));
        self.objects.push(Listed { number, entry, facts });
        Ok(())
    }

    /// Where its sections and the objects that it lists lie.
    pub(in crate::pdf::read) fn spans(&self) -> &[Range<usize>] {
        &self.spans
    }
}

impl Facts {
    fn of(id: Id, value: &Value, is_stream: bool) -> Self {
        let (mut references, mut notable) = (Vec::new(), Vec::new());
        value.references(&mut |id| references.push(id.number));
        actions::of_object(id, value, is_stream, &mut notable);
        let dict = value.as_dict();
        let typed = |key: &str, name: &str| dict.filter(|dict| dict.has_name(key, name));
        Self {
            references,
            kind: Kind::of(value, is_stream),
            notable,
            holds: typed("Type", "ObjStm").and_then(|dict| count(dict, "N")),
            descriptor: typed("Subtype", "Type3").and_then(|font| Some(font.get("FontDescriptor")?.as_ref()?.number)),
        }
    }
}

impl Kind {
    /// What it is called where no cross-reference lists it.
    pub(super) fn unlisted(self) -> PreparedCode {
        match self {
            Self::Catalog | Self::Pages | Self::Page => PreparedCode::UnlistedPage,
            _ => PreparedCode::UnlistedObject,
        }
    }

    pub(super) fn of(value: &Value, is_stream: bool) -> Self {
        let Value::Dict(dict) = value else { return Self::Other };
        let number = |key: &str| dict.get(key).and_then(Value::as_number).unwrap_or(0.0);
        let is_empty = |key: &str| match dict.get(key) {
            None | Some(Value::Null) => true,
            Some(Value::Array(items)) => items.is_empty(),
            Some(_) => false,
        };
        let name = |key: &str| dict.get(key).and_then(Value::as_name);
        match (name("Type"), name("Subtype")) {
            (Some(b"Catalog"), _) if !is_empty("Pages") => Self::Catalog,
            (Some(b"Page"), _) if !is_empty("Contents") || !is_empty("Annots") => Self::Page,
            (Some(b"Pages"), _) if !is_empty("Kids") => Self::Pages,
            (Some(b"Font"), _) => Self::Font,
            (_, Some(b"Form")) if is_stream => {
                let area = dict.get("BBox").and_then(Rect::read).map_or(0.0, |bbox| bbox.area());
                if area >= PAGE_AREA { Self::Content } else { Self::Other }
            }
            (_, Some(b"Image")) if is_stream && number("Width") * number("Height") >= PAGE_SAMPLES => Self::Content,
            (None, None) if is_stream && dict.entries().all(|(key, _)| CONTENT_KEYS.contains(&key)) => Self::Stream,
            _ => Self::Other,
        }
    }
}

pub(super) fn count(dict: &Dict, key: &str) -> Option<usize> {
    dict.get(key).and_then(Value::as_int).and_then(|n| usize::try_from(n).ok())
}
