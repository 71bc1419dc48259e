//! What a signature permits of what later revisions did.
//!
//! DocMDP (ISO 32000-2, 12.8.2.2), FieldMDP (12.8.2.4) and field locks (12.7.5.5) of the signature itself and of every
//! signature it covers: who signs a certified document signs under its conditions.

use super::code::ChangeCode;
use super::text::{Change, Detail};
use crate::pdf::read::document::Document;
use crate::pdf::read::fields::unplaced_signature_fields;
use crate::pdf::read::{LockedFields, ReadError, SignatureField};

/// A signature that says nothing of its own permits what DocMDP calls 2: forms and further signatures.
const DEFAULT_LEVEL: u8 = 2;

/// The conditions under which a revision was signed.
pub(super) struct Permissions {
    level: Option<u8>,
    is_certified: bool,
    locked: Vec<LockedFields>,
}

/// What a signature says of one change.
pub(super) enum Judgement {
    Allowed,
    /// Allowed by the letter, but it can mislead who looks at the page.
    Doubtful,
    Forbidden(Change),
}

impl Permissions {
    /// Those of the signature of `field`, which covers `revision`.
    pub(super) fn of(document: &Document<'_>, revision: usize, field: &SignatureField) -> Result<Self, ReadError> {
        let mut permissions = Self { level: None, is_certified: false, locked: Vec::new() };
        permissions.add(field);
        for covered in unplaced_signature_fields(&document.as_of(revision))? {
            if covered.id != field.id && covered.signature.is_some() {
                permissions.add(&covered);
            }
        }
        Ok(permissions)
    }

    fn add(&mut self, field: &SignatureField) {
        let (signature, lock) = (field.signature.as_ref(), field.lock.as_ref());
        let levels = [signature.and_then(|s| s.certification), lock.and_then(|l| l.permission)];
        self.level = levels.into_iter().flatten().chain(self.level).min();
        self.is_certified |= signature.is_some_and(|s| s.certification.is_some());
        self.locked.extend(signature.and_then(|s| s.locked.clone()));
        self.locked.extend(lock.map(|l| l.fields.clone()));
    }

    /// Nothing may follow but evidence for the signatures that are there.
    pub(super) fn is_final(&self) -> bool {
        self.level == Some(1)
    }

    pub(super) fn judge(&self, change: &Change) -> Judgement {
        let level = self.level.unwrap_or(DEFAULT_LEVEL);
        let is_locked = change.field().is_some_and(|name| self.locked.iter().any(|locked| locked.contains(name)));
        let forbidden = |code| Judgement::Forbidden(change.coded(code));
        match change.code {
            // A field that was there is used; one that is new belongs to the timestamp alone.
            ChangeCode::Timestamp if is_locked && matches!(change.detail, Some(Detail::Field(_))) => {
                forbidden(ChangeCode::LockedField)
            }
            ChangeCode::Evidence | ChangeCode::Timestamp | ChangeCode::Metadata => Judgement::Allowed,
            ChangeCode::Signed | ChangeCode::SignedCovers if is_locked => forbidden(ChangeCode::LockedField),
            ChangeCode::Filled | ChangeCode::FilledCovers | ChangeCode::FilledOddly if is_locked => {
                forbidden(ChangeCode::LockedFieldFilled)
            }
            ChangeCode::SignedNewField | ChangeCode::SignatureField if is_locked => forbidden(ChangeCode::LockedField),
            // Certification names signing, which a new field that shows nothing goes along with; one that draws on a page
            // whose look was certified is a known attack.
            ChangeCode::SignedNewField if level >= 2 && self.is_certified && is_visible(change) => Judgement::Doubtful,
            ChangeCode::Signed
            | ChangeCode::Filled
            | ChangeCode::FormDefaults
            | ChangeCode::SignedNewField
            | ChangeCode::SignatureField
                if level >= 2 =>
            {
                Judgement::Allowed
            }
            ChangeCode::AnnotationAdded | ChangeCode::Annotation | ChangeCode::AnnotationRemoved if level >= 3 => {
                Judgement::Allowed
            }
            ChangeCode::FilledCovers | ChangeCode::FilledOddly | ChangeCode::SignedCovers if level >= 2 => {
                Judgement::Doubtful
            }
            ChangeCode::AnnotationCovers if level >= 3 => Judgement::Doubtful,
            code => forbidden(code),
        }
    }
}

fn is_visible(change: &Change) -> bool {
    matches!(change.detail, Some(Detail::Signature { rect: Some(_), .. }))
}
