//! What later revisions changed, and whether a signature allows it (ISO 32000-1, 12.8.2.2 and 12.8.2.4).
//!
//! Closed by default: the one thing allowed after a signature is a further signature on a field that was prepared
//! before it. Everything else is a change and has a code.

use std::collections::{HashMap, HashSet};

use super::document::{Document, Object};
use super::fields::{SignatureField, unplaced_signature_fields};
use super::syntax::is_space;
use super::value::{Dict, Id, Value};
use super::view::View;
use super::xref::{Entry, Section};
use super::{LockedFields, ReadError, Signature};

/// A change that the signature does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// What kind.
    pub code: ChangeCode,
    /// The object, where one can be named.
    pub object: Option<Id>,
}

/// Kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeCode {
    /// Bytes follow the end of the file.
    TrailingBytes,
    /// A revision follows a signature that allows none.
    RevisionAfterFinal,
    /// Bytes of a revision belong to no object that it lists.
    UnlistedBytes,
    /// Catalog, document information or identifier replaced by the trailer.
    Trailer,
    /// The catalog says something else.
    Catalog,
    /// A page or the page tree says something else.
    Page,
    /// An annotation says something else.
    Annotation,
    /// A form field says something else.
    Field,
    /// A field was signed that an earlier signature locks.
    LockedField,
    /// A stream, such as the content of a page, an image or a font, has other data.
    Stream,
    /// An object was removed.
    Removed,
    /// Another object says something else.
    Object,
    /// An object was added that no further signature needs.
    Added,
}

impl ChangeCode {
    /// A stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TrailingBytes => "trailing-bytes",
            Self::RevisionAfterFinal => "revision-after-final",
            Self::UnlistedBytes => "unlisted-bytes",
            Self::Trailer => "trailer-changed",
            Self::Catalog => "catalog-changed",
            Self::Page => "page-changed",
            Self::Annotation => "annotation-changed",
            Self::Field => "field-changed",
            Self::LockedField => "locked-field-signed",
            Self::Stream => "content-changed",
            Self::Removed => "object-removed",
            Self::Object => "object-changed",
            Self::Added => "object-added",
        }
    }

    /// One sentence for the person who asks.
    pub const fn text(self) -> &'static str {
        match self {
            Self::TrailingBytes => "文件末尾在签章之后被追加了数据。",
            Self::RevisionAfterFinal => "签章已声明不得再作任何修改，之后文件又被修改。",
            Self::UnlistedBytes => "签章之后追加的内容中夹带了未登记的数据。",
            Self::Trailer => "签章之后文件的索引信息被改动。",
            Self::Catalog => "签章之后文件的目录结构被改动。",
            Self::Page => "签章之后页面被改动。",
            Self::Annotation => "签章之后页面上的批注或图章被改动。",
            Self::Field => "签章之后表单内容被改动。",
            Self::LockedField => "签章之后，已被锁定的签章位置又被使用。",
            Self::Stream => "签章之后页面内容、图片或字体被改动。",
            Self::Removed => "签章之后文件中的内容被删除。",
            Self::Object => "签章之后文件内容被改动。",
            Self::Added => "签章之后文件中被加入了新的内容。",
        }
    }
}

impl Document<'_> {
    /// What was changed after `revision` that `signature`, which covers it, does not allow; empty if nothing.
    ///
    /// Each later revision is compared with the one before it, so that a change undone later is found too.
    ///
    /// # Errors
    /// If an object that was changed cannot be read.
    pub fn changes_after(&self, revision: usize, signature: &Signature) -> Result<Vec<Change>, ReadError> {
        let mut changes = Vec::new();
        if revision + 1 == self.revisions().len() && self.trailing() == 0 {
            return Ok(changes);
        }
        let mut add = |code, object| {
            let change = Change { code, object };
            if changes.len() < MAX_CHANGES && !changes.contains(&change) {
                changes.push(change);
            }
        };
        let own = unplaced_signature_fields(&self.as_of(revision))?;
        let lock = own.iter().find(|f| f.signature.as_ref().is_some_and(|s| s.hole == signature.hole));
        let lock = lock.and_then(|f| f.lock.as_ref());
        let is_final = signature.certification == Some(1) || lock.and_then(|l| l.permission) == Some(1);
        for later in revision + 1..self.revisions().len() {
            if is_final {
                add(ChangeCode::RevisionAfterFinal, None);
            }
            Step::new(self, later, signature, lock.map(|l| &l.fields))?.compare(&mut add)?;
        }
        if self.trailing() > 0 {
            add(ChangeCode::TrailingBytes, None);
        }
        Ok(changes)
    }
}

/// Changes listed for one signature; more are not more telling.
const MAX_CHANGES: usize = 20;

/// One revision beside the one before it.
struct Step<'d, 'a, 's> {
    document: &'d Document<'a>,
    revision: usize,
    before: View<'d, 'a>,
    after: View<'d, 'a>,
    unsigned: HashMap<Id, SignatureField>,
    locked: Vec<&'s LockedFields>,
}

impl<'d, 'a, 's> Step<'d, 'a, 's> {
    fn new(
        document: &'d Document<'a>,
        revision: usize,
        signature: &'s Signature,
        lock: Option<&'s LockedFields>,
    ) -> Result<Self, ReadError> {
        let before = document.as_of(revision - 1);
        let fields = unplaced_signature_fields(&before)?;
        let unsigned = fields.into_iter().filter(|f| f.signature.is_none()).map(|f| (f.id, f)).collect();
        let locked = signature.locked.iter().chain(lock).collect();
        Ok(Self { document, revision, before, after: document.as_of(revision), unsigned, locked })
    }

    fn compare(&self, add: &mut impl FnMut(ChangeCode, Option<Id>)) -> Result<(), ReadError> {
        let sections = self.document.sections_of(self.revision);
        let [section] = sections else {
            add(ChangeCode::Trailer, None);
            return Ok(());
        };
        if !same_document(self.before.trailer(), &section.trailer) {
            add(ChangeCode::Trailer, None);
        }
        let (mut spans, mut added, mut roots) = (Vec::new(), HashMap::new(), Vec::new());
        spans.push(section.start..section.end);
        for entry in section.entries() {
            let (number, entry) = entry?;
            let id = match entry {
                Entry::At { generation, .. } => Id { number, generation },
                _ => Id::new(number),
            };
            let (old, new) = (self.before.object(id)?, self.after.object(id)?);
            let Some(new) = new else {
                if old.is_some() {
                    add(ChangeCode::Removed, Some(id));
                }
                continue;
            };
            spans.extend(new.span.clone());
            match old {
                None => {
                    added.insert(id, new);
                }
                Some(old) if self.same(&old, &new) => {}
                Some(old) => match self.signed(id, &old.value, &new.value) {
                    Ok(signing) => roots.push(signing),
                    Err(code) => add(code, Some(id)),
                },
            }
        }
        self.added(section, added, &roots, add);
        if !self.tiles(spans) {
            add(ChangeCode::UnlistedBytes, None);
        }
        Ok(())
    }

    fn same(&self, old: &Object, new: &Object) -> bool {
        let data = |object: &Object| object.data.clone().map(|range| &self.document.bytes()[range]);
        old.value == new.value && data(old) == data(new)
    }

    /// The signature and appearance that replace an empty field's, or what the replacement is instead.
    fn signed(&self, id: Id, old: &Value, new: &Value) -> Result<Signing, ChangeCode> {
        let (Some(old), Some(new)) = (old.as_dict(), new.as_dict()) else { return Err(ChangeCode::Object) };
        let Some(field) = self.unsigned.get(&id) else { return Err(kind(old)) };
        if self.locked.iter().any(|locked| locked.contains(&field.name)) {
            return Err(ChangeCode::LockedField);
        }
        const SET: [&str; 2] = ["V", "AP"];
        let signature = new.get("V").and_then(Value::as_ref);
        let appearance = new.get("AP").and_then(Value::as_dict);
        let normal = appearance.and_then(|a| a.get("N")).and_then(Value::as_ref);
        let only_normal = appearance.is_some_and(|a| a.clone().without(&["N"]) == Dict::default());
        let rest_is_same = old.clone().without(&SET) == new.clone().without(&SET);
        match (signature, normal) {
            (Some(signature), Some(appearance)) if only_normal && rest_is_same => Ok(Signing { signature, appearance }),
            _ => Err(ChangeCode::Field),
        }
    }

    /// Added objects must be a further signature, its appearance, or what these refer to.
    fn added(
        &self,
        section: &Section<'_>,
        added: HashMap<Id, Object>,
        roots: &[Signing],
        add: &mut impl FnMut(ChangeCode, Option<Id>),
    ) {
        let (mut allowed, mut queue) = (HashSet::new(), Vec::new());
        for signing in roots {
            let is_signature = |o: &Object| o.value.as_dict().is_some_and(|d| d.get("ByteRange").is_some());
            let is_form =
                |o: &Object| o.data.is_some() && o.value.as_dict().is_some_and(|d| d.has_name("Subtype", "Form"));
            if !added.get(&signing.signature).is_some_and(is_signature) {
                add(ChangeCode::Field, Some(signing.signature));
            }
            if !added.get(&signing.appearance).is_some_and(is_form) {
                add(ChangeCode::Field, Some(signing.appearance));
            }
            queue.extend([signing.signature, signing.appearance]);
        }
        queue.extend(section.stream_id);
        while let Some(id) = queue.pop() {
            if let Some(object) = added.get(&id).filter(|_| allowed.insert(id)) {
                object.value.references(&mut |id| queue.push(id));
            }
        }
        let mut others: Vec<Id> = added
            .iter()
            .filter(|(id, object)| !allowed.contains(*id) && !is_container(object))
            .map(|(id, _)| *id)
            .collect();
        others.sort_unstable();
        others.into_iter().for_each(|id| add(ChangeCode::Added, Some(id)));
    }

    /// The objects, the section and white space are all there is between the ends of the two revisions.
    fn tiles(&self, mut spans: Vec<std::ops::Range<usize>>) -> bool {
        let revision = &self.document.revisions()[self.revision];
        spans.sort_by_key(|span| span.start);
        let mut at = revision.start;
        for span in spans {
            let between = self.document.bytes().get(at..span.start);
            if !between.is_some_and(|bytes| bytes.iter().copied().all(is_space)) {
                return false;
            }
            at = span.end;
        }
        let Some(closing) = self.document.bytes().get(at..revision.marker_end) else { return false };
        let words: Vec<&[u8]> = closing.split(|b| is_space(*b)).filter(|word| !word.is_empty()).collect();
        matches!(words[..], [b"startxref", _, b"%%EOF"])
    }
}

struct Signing {
    signature: Id,
    appearance: Id,
}

/// An object stream: what it holds is listed, and judged, object by object.
fn is_container(object: &Object) -> bool {
    object.data.is_some() && object.value.as_dict().is_some_and(|d| d.has_name("Type", "ObjStm"))
}

fn same_document(old: &Dict, new: &Dict) -> bool {
    let first_id = |dict: &Dict| dict.get("ID").and_then(Value::as_array).and_then(|ids| ids.first().cloned());
    old.get("Root") == new.get("Root")
        && old.get("Info") == new.get("Info")
        && first_id(old) == first_id(new)
        && new.get("XRefStm").is_none()
}

/// What the changed object was.
fn kind(old: &Dict) -> ChangeCode {
    if old.has_name("Type", "Catalog") {
        ChangeCode::Catalog
    } else if old.has_name("Type", "Page") || old.has_name("Type", "Pages") {
        ChangeCode::Page
    } else if old.get("FT").is_some() || old.get("Fields").is_some() {
        ChangeCode::Field
    } else if old.get("Subtype").is_some() && old.get("Rect").is_some() {
        ChangeCode::Annotation
    } else if old.get("Length").is_some() {
        ChangeCode::Stream
    } else {
        ChangeCode::Object
    }
}
