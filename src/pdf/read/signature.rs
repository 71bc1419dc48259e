//! A signature dictionary (ISO 32000-1, 12.8.1).

use std::ops::Range;

use jiff::Timestamp;

use super::ReadError;
use super::coverage::CoverageError;
use super::fields::LockedFields;
use super::objects::{MAX_OBJECT, Object};
use super::text::{date, text};
use super::value::{Dict, Id, Value};
use super::view::View;

/// Certificates of `/Cert` that are looked at.
const MAX_CERTIFICATES: usize = 16;

/// A signature dictionary as read; nothing about it is checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// The dictionary's object; `None` if it lies inside the field.
    pub id: Option<Id>,
    /// `/Filter`.
    pub filter: String,
    /// `/SubFilter`, which says what `/Contents` is.
    pub sub_filter: String,
    /// `/ByteRange` as written.
    pub byte_range: Vec<i64>,
    /// `/Contents`, padding included.
    pub contents: Vec<u8>,
    /// Where the value of `/Contents` stands in the file, delimiters included; `None` in an object stream.
    pub hole: Option<Range<usize>>,
    /// `/Cert`, the signer's certificate first: where `adbe.x509.rsa_sha1` has them.
    pub certificates: Vec<Vec<u8>>,
    /// `/M` as written.
    pub signed_at_text: Option<String>,
    /// `/M` as an instant, if it is one.
    pub signed_at: Option<Timestamp>,
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// The access permission of a DocMDP reference: 1 no change, 2 forms and signatures, 3 annotations too.
    pub certification: Option<u8>,
    /// The fields that a FieldMDP reference locks.
    pub locked: Option<LockedFields>,
    /// What is wrong with how the dictionary spells its ranges and contents.
    pub(super) flaw: Option<CoverageError>,
}

impl Signature {
    /// It is a document timestamp (ISO 32000-2, 12.8.5), which says when and not who.
    pub fn is_timestamp(&self) -> bool {
        self.sub_filter == "ETSI.RFC3161"
    }

    /// The signature that is the value of `field`; `None` if it has none.
    pub(super) fn read(view: &View<'_, '_>, field: Id, value: Option<&Value>) -> Result<Option<Self>, ReadError> {
        let (id, holder) = match value {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Ref(id)) => match view.object(*id) {
                Err(ReadError::DuplicateKey { .. }) => return Ok(Some(Self::of_doubled_key(*id))),
                holder => (Some(*id), holder?),
            },
            Some(_) => (None, view.object(field)?),
        };
        let Some(holder) = holder else { return Ok(None) };
        let dict = view.dict(value, "signature")?.ok_or(ReadError::Structure("signature"))?;
        let ranges = byte_range(&dict);
        let contents = contents(&dict);
        let words = |key: &str| view.resolve(dict.get(key)).map(|v| v.as_string().map(text));
        let name = |key: &str| view.resolve(dict.get(key)).map(|v| v.as_name().map(text).unwrap_or_default());
        let at = view.resolve(dict.get("M"))?;
        let (certification, locked) = references(view, &dict)?;
        Ok(Some(Self {
            id,
            filter: name("Filter")?,
            sub_filter: name("SubFilter")?,
            flaw: ranges.as_ref().err().or(contents.as_ref().err()).copied(),
            byte_range: ranges.unwrap_or_default(),
            contents: contents.unwrap_or_default(),
            hole: hole(view, &holder, id.is_none())?,
            certificates: certificates(view, &dict)?,
            signed_at: at.as_string().and_then(date),
            signed_at_text: at.as_string().map(text),
            name: words("Name")?,
            reason: words("Reason")?,
            certification,
            locked,
        }))
    }

    /// A dictionary that names a key twice says nothing else.
    fn of_doubled_key(id: Id) -> Self {
        Self {
            id: Some(id),
            filter: String::new(),
            sub_filter: String::new(),
            byte_range: Vec::new(),
            contents: Vec::new(),
            hole: None,
            certificates: Vec::new(),
            signed_at_text: None,
            signed_at: None,
            name: None,
            reason: None,
            certification: None,
            locked: None,
            flaw: Some(CoverageError::DoubledKey),
        }
    }
}

/// `/ByteRange`, which must be written out: what an object elsewhere says can be replaced.
fn byte_range(dict: &Dict) -> Result<Vec<i64>, CoverageError> {
    let numbers = match dict.get("ByteRange") {
        Some(Value::Array(numbers)) => numbers,
        Some(Value::Ref(_)) => return Err(CoverageError::IndirectByteRange),
        _ => return Err(CoverageError::ByteRangeType),
    };
    if numbers.iter().any(|number| matches!(number, Value::Ref(_))) {
        return Err(CoverageError::IndirectByteRange);
    }
    numbers.iter().map(|number| number.as_int().ok_or(CoverageError::ByteRangeType)).collect()
}

/// `/Contents`, which must be written out too.
fn contents(dict: &Dict) -> Result<Vec<u8>, CoverageError> {
    match dict.get("Contents") {
        Some(Value::String(contents)) => Ok(contents.clone()),
        Some(Value::Ref(_)) => Err(CoverageError::IndirectContents),
        _ => Err(CoverageError::ContentsType),
    }
}

/// `/Cert`: one certificate, or some (ISO 32000-1, table 252).
fn certificates(view: &View<'_, '_>, dict: &Dict) -> Result<Vec<Vec<u8>>, ReadError> {
    Ok(match view.resolve(dict.get("Cert"))? {
        Value::String(one) => vec![one],
        Value::Array(some) => {
            some.iter().filter_map(Value::as_string).take(MAX_CERTIFICATES).map(<[u8]>::to_vec).collect()
        }
        _ => Vec::new(),
    })
}

/// Finds the value of `/Contents` in the bytes of the file.
fn hole(view: &View<'_, '_>, holder: &Object, in_field: bool) -> Result<Option<Range<usize>>, ReadError> {
    if holder.span.is_none() {
        return Ok(None);
    }
    let find = |at: usize, key: &[u8]| -> Result<Option<Range<usize>>, ReadError> {
        Ok(view.document().input.source.parse(at, MAX_OBJECT, |p| p.dict_spans())??.remove(key))
    };
    match in_field {
        false => find(holder.body, b"Contents"),
        true => find(holder.body, b"V")?.map_or(Ok(None), |value| find(value.start, b"Contents")),
    }
}

/// The transform methods of `/Reference` (ISO 32000-1, 12.8.2).
fn references(view: &View<'_, '_>, dict: &Dict) -> Result<(Option<u8>, Option<LockedFields>), ReadError> {
    let (mut certification, mut locked) = (None, None);
    for reference in view.array(dict.get("Reference"), "signature reference")? {
        let Some(reference) = view.dict(Some(&reference), "signature reference")? else { continue };
        let parameters = view.dict(reference.get("TransformParams"), "signature reference")?.unwrap_or_default();
        if reference.has_name("TransformMethod", "DocMDP") {
            certification = Some(match parameters.get("P") {
                None => 2,
                Some(Value::Int(p @ 1..=3)) => *p as u8,
                Some(_) => return Err(ReadError::Structure("signature reference")),
            });
        } else if reference.has_name("TransformMethod", "FieldMDP") {
            locked = Some(LockedFields::read(view, &parameters)?);
        }
    }
    Ok((certification, locked))
}
