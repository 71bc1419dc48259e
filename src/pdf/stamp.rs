//! The revision of one seal: its appearance, its signature dictionary, and the hole its signature will fill.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;

use super::StampError;
use super::annotate::Page;
use super::form::{Form, RectMm};
use super::read::fields::{rectangle, unplaced_signature_fields};
use super::read::value::Id;
use super::read::view::View;
use super::read::{Document, Limits, Signature, SignatureField};
use super::update::Update;
use super::write::{date, numbers, set_entry, text_string};
use crate::digest::Digest;

/// The largest hole, in bytes: the longest string of a PDF/A-2 file (ISO 19005-2, 6.1.13).
pub const MAX_HOLE: usize = 32_767;
/// Print, ReadOnly and Locked (ISO 32000-1, table 165).
const SEAM_FLAGS: u32 = 4 + 64 + 128;
/// Digits of an offset in a ByteRange, as many as in a cross-reference table.
const OFFSET_DIGITS: usize = 10;

/// One seal to be stamped.
#[derive(Debug, Clone)]
pub struct StampPlan<'f> {
    /// The prepared field.
    pub field: String,
    /// The seal.
    pub appearance: &'f Form,
    /// The seam seal, a slice a page, part of the same revision; usually empty.
    pub seam: Vec<SeamSlice<'f>>,
    /// What the signature allows afterwards.
    pub permission: Permission,
    /// `/M`, to the second.
    pub signed_at: Timestamp,
    /// `/Name`: the name on the seal.
    pub signer: String,
    /// `/Reason`.
    pub reason: Option<String>,
    /// Bytes reserved for the CMS object.
    pub hole: usize,
}

/// One page's part of a seam seal (骑缝章).
#[derive(Debug, Clone, Copy)]
pub struct SeamSlice<'f> {
    /// From 0.
    pub page: usize,
    /// Where on the page, at its edge.
    pub rect: RectMm,
    /// The slice.
    pub form: &'f Form,
}

/// What a signature allows to happen after it (ISO 32000-1, 12.8.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Certification, P 1: nothing. For a document with one seal.
    CertifyFinal,
    /// Certification, P 2: further seals on prepared fields. For the first of several.
    CertifyOpen,
    /// An approval signature under the certification's permission; what its field locks, it locks.
    Approve,
}

/// A document with one unfilled hole, and the digest its signature must cover. Made only by [`stamp`] and
/// [`Stamped::reopen`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    bytes: Vec<u8>,
    hole: Range<usize>,
    digest: Digest,
}

impl Stamped {
    /// Finds the hole again in bytes that [`stamp`] made and storage gave back, and computes the digest anew.
    ///
    /// # Errors
    /// If there is not exactly one hole, or its ByteRange is not all the rest of the file.
    pub fn reopen(bytes: Vec<u8>) -> Result<Self, StampError> {
        let document = Document::open(&bytes, &Limits::DEFAULT)?;
        let fields = unplaced_signature_fields(&document.latest())?;
        let mut holes = fields.iter().filter_map(|f| f.signature.as_ref()).filter(|s| is_hole(s));
        let (Some(signature), None) = (holes.next(), holes.next()) else { return Err(StampError::NoHole) };
        let hole = signature.hole.clone().ok_or(StampError::NoHole)?;
        let [start, end, rest] = [hole.start, hole.end, bytes.len() - hole.end].map(|n| n as i64);
        let zeros = bytes[hole.clone()].strip_prefix(b"<").and_then(|gap| gap.strip_suffix(b">"));
        if signature.byte_range != [0, start, end, rest] || !zeros.is_some_and(|z| z.iter().all(|b| *b == b'0')) {
            return Err(StampError::NoHole);
        }
        drop(document);
        Ok(Self::with_hole(bytes, hole))
    }

    fn with_hole(bytes: Vec<u8>, hole: Range<usize>) -> Self {
        let digest = Digest::of_parts(&[&bytes[..hole.start], &bytes[hole.end..]]);
        Self { bytes, hole, digest }
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hole with its delimiters: `<`, two digits a byte, `>`.
    pub fn hole(&self) -> Range<usize> {
        self.hole.clone()
    }

    /// Bytes that fit into the hole.
    pub fn capacity(&self) -> usize {
        (self.hole.len() - 2) / 2
    }

    /// Offset and length of the two covered ranges.
    pub fn byte_range(&self) -> [u64; 4] {
        [0, self.hole.start, self.hole.end, self.bytes.len() - self.hole.end].map(|n| n as u64)
    }

    /// SHA-256 of the two ranges: the message digest of the signature.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

/// Appends the revision of one seal to a prepared document, sealed or not.
///
/// # Errors
/// If the field is missing or signed, an earlier signature forbids it, or a rectangle does not suit its drawing.
pub fn stamp(prepared: &[u8], plan: &StampPlan<'_>) -> Result<Stamped, StampError> {
    if !(1..=MAX_HOLE).contains(&plan.hole) {
        return Err(StampError::HoleSize(plan.hole));
    }
    let document = Document::open(prepared, &Limits::DEFAULT)?;
    let view = document.latest();
    let fields = unplaced_signature_fields(&view)?;
    let field = permitted(&fields, plan)?;
    let mut update = Update::of(&document)?;
    let signature = update.reserve();
    write_widget(&mut update, &view, field, plan.appearance, signature)?;
    write_seam(&mut update, &view, &plan.seam)?;
    if plan.permission != Permission::Approve {
        let (id, _) = view.catalog()?;
        let catalog = view.object(id)?.ok_or(StampError::NotOurForm)?;
        let raw = document.written(&catalog)?.ok_or(StampError::NotOurForm)?;
        update.object(id, &set_entry(&raw, "Perms", &format!("<< /DocMDP {signature} >>"))?);
    }
    let (root, _) = view.catalog()?;
    let dictionary = SignatureDictionary::new(plan, field, root);
    let at = update.object(signature, &dictionary.bytes) as usize;
    let tail = update.finish()?;
    let mut bytes = Vec::with_capacity(prepared.len() + tail.len());
    bytes.extend_from_slice(prepared);
    bytes.extend_from_slice(&tail);
    let hole = at + dictionary.hole.start..at + dictionary.hole.end;
    let ranges = byte_range(&hole, bytes.len());
    bytes[at + dictionary.ranges..][..ranges.len()].copy_from_slice(ranges.as_bytes());
    Ok(Stamped::with_hole(bytes, hole))
}

/// The field to be signed, if the document as it stands allows it.
fn permitted<'s>(fields: &'s [SignatureField], plan: &StampPlan<'_>) -> Result<&'s SignatureField, StampError> {
    let mut named = fields.iter().filter(|f| f.name == plan.field);
    let (Some(field), None) = (named.next(), named.next()) else { return Err(StampError::NoField(plan.field.clone())) };
    if field.signature.is_some() {
        return Err(StampError::AlreadySigned(plan.field.clone()));
    }
    let mut is_first = true;
    for (signed, signature) in fields.iter().filter_map(|f| f.signature.as_ref().map(|s| (f, s))) {
        is_first = false;
        if is_hole(signature) {
            return Err(StampError::Unfilled);
        }
        let lock = signed.lock.as_ref();
        let is_final = signature.certification == Some(1) || lock.is_some_and(|l| l.permission == Some(1));
        let locks = lock.map(|l| &l.fields).into_iter().chain(&signature.locked);
        if is_final || locks.into_iter().any(|fields| fields.contains(&plan.field)) {
            return Err(StampError::Locked);
        }
    }
    let must_be_first = plan.permission != Permission::Approve || !plan.seam.is_empty();
    if must_be_first && !is_first { Err(StampError::NotFirst) } else { Ok(field) }
}

fn is_hole(signature: &Signature) -> bool {
    signature.contents.iter().all(|b| *b == 0)
}

/// The field again, with its value and its appearance.
fn write_widget(
    update: &mut Update,
    view: &View<'_, '_>,
    field: &SignatureField,
    form: &Form,
    signature: Id,
) -> Result<(), StampError> {
    let object = view.object(field.id)?.filter(|o| o.span.is_some()).ok_or(StampError::NotOurForm)?;
    let rect = object.value.as_dict().and_then(|d| d.get("Rect")).and_then(rectangle);
    form.check_proportions(&rect.ok_or(StampError::NotOurForm)?)?;
    let appearance = update.reserve();
    let (entries, data) = form.stream();
    update.stream(appearance, &entries, data);
    let raw = view.document().written(&object)?.ok_or(StampError::NotOurForm)?;
    let raw = set_entry(&raw, "AP", &format!("<< /N {appearance} >>"))?;
    update.object(field.id, &set_entry(&raw, "V", &signature.to_string())?);
    Ok(())
}

/// A locked, printed stamp annotation for each slice.
fn write_seam(update: &mut Update, view: &View<'_, '_>, seam: &[SeamSlice<'_>]) -> Result<(), StampError> {
    if seam.is_empty() {
        return Ok(());
    }
    let pages = view.pages()?;
    let mut annotations: BTreeMap<usize, Vec<Id>> = BTreeMap::new();
    for slice in seam {
        let page = Page::read(view, *pages.get(slice.page).ok_or(StampError::NoPage(slice.page))?)?;
        let rect = slice.rect.on(&page.media_box).ok_or(StampError::OffPage(slice.page))?;
        slice.form.check_proportions(&rect)?;
        let (annotation, appearance) = (update.reserve(), update.reserve());
        let (entries, data) = slice.form.stream();
        update.stream(appearance, &entries, data);
        let (place, contents, page) = (numbers(&rect), text_string("骑缝章"), page.id);
        let body = format!(
            "<< /Type /Annot /Subtype /Stamp /F {SEAM_FLAGS} /Rect {place} /P {page} /Contents {contents} /AP << /N {appearance} >> >>"
        );
        update.object(annotation, body.as_bytes());
        annotations.entry(slice.page).or_default().push(annotation);
    }
    for (page, annotations) in annotations {
        Page::read(view, pages[page])?.annotate(update, &annotations)?;
    }
    Ok(())
}

/// The signature dictionary, with zeros in its hole and spaces for the ByteRange.
struct SignatureDictionary {
    bytes: Vec<u8>,
    /// Where the ByteRange array stands.
    ranges: usize,
    hole: Range<usize>,
}

impl SignatureDictionary {
    fn new(plan: &StampPlan<'_>, field: &SignatureField, root: Id) -> Self {
        let (name, signed_at) = (text_string(&plan.signer), date(plan.signed_at));
        let reason = plan.reason.as_deref().map(|r| format!(" /Reason {}", text_string(r))).unwrap_or_default();
        let reference = references(plan.permission, field, root);
        let mut bytes = format!(
            "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M {signed_at} /Name {name}{reason}{reference} /ByteRange "
        )
        .into_bytes();
        let ranges = bytes.len();
        bytes.resize(ranges + byte_range(&(0..0), 0).len(), b' ');
        bytes.extend_from_slice(b" /Contents ");
        let start = bytes.len();
        bytes.push(b'<');
        bytes.resize(start + 1 + 2 * plan.hole, b'0');
        bytes.push(b'>');
        let hole = start..bytes.len();
        bytes.extend_from_slice(b" >>");
        Self { bytes, ranges, hole }
    }
}

/// The transform references. PDF/A-2 wants no digest in them (ISO 19005-2, 6.4.3).
fn references(permission: Permission, field: &SignatureField, root: Id) -> String {
    let certify = |p: u8| {
        format!(
            "<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P {p} /V /1.2 >> >>"
        )
    };
    let certification = match permission {
        Permission::CertifyFinal => Some(certify(1)),
        Permission::CertifyOpen => Some(certify(2)),
        Permission::Approve => None,
    };
    // ISO 32000-2, 12.8.2.4: a field with a lock dictionary is signed with the FieldMDP transform of the same fields.
    let lock = field.lock.as_ref().map(|_| {
        let parameters = "<< /Type /TransformParams /Action /All /V /1.2 >>";
        format!("<< /Type /SigRef /TransformMethod /FieldMDP /Data {root} /TransformParams {parameters} >>")
    });
    let all: Vec<String> = certification.into_iter().chain(lock).collect();
    if all.is_empty() { String::new() } else { format!(" /Reference [{}]", all.join(" ")) }
}

/// `[0 a b c]`, of one length whatever the numbers.
fn byte_range(hole: &Range<usize>, length: usize) -> String {
    let width = OFFSET_DIGITS;
    format!("[0 {:>width$} {:>width$} {:>width$}]", hole.start, hole.end, length - hole.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_range_has_one_length_up_to_ten_digits() {
        assert_eq!(byte_range(&(10..20), 30), "[0         10         20         10]");
        let large = byte_range(&(4_294_967_296..4_294_983_682), 8_589_934_592);
        assert_eq!(large, "[0 4294967296 4294983682 4294950910]");
        assert_eq!(byte_range(&(0..0), 0).len(), large.len());
    }
}
