//! What every kind of signature has in common: what it covers, what changed after it, what is written down on the way.

use jiff::Timestamp;

use super::digests::Digests;
use super::evidence::Evidence;
use super::finding::Finding;
use super::reason::Reason;
use super::report::{AnchorReport, Conclusion, LedgerReport, ProvedAt, SignatureReport};
use super::trust::Trust;
use crate::pdf::read::{
    Change, ChangeCode, Coverage, CoverageError, Document, Prepared, PreparedCode, Signature, SignatureField,
};
use crate::pki::certificate::Certificate;
use crate::pki::hash::HashAlgorithm;

/// The file and what it is judged by.
pub(super) struct Case<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    pub(super) fields: &'d [SignatureField],
    pub(super) trust: &'d Trust,
    pub(super) at: Timestamp,
    pub(super) evidence: Evidence,
    pub(super) digests: Digests<'d, 'a>,
}

/// One signature that is being judged.
pub(super) struct Judgement<'c, 'd, 'a> {
    pub(super) case: &'c Case<'d, 'a>,
    pub(super) field: &'c SignatureField,
    pub(super) signature: &'c Signature,
    pub(super) found: Vec<Finding>,
    pub(super) facts: Facts,
}

/// What is learnt on the way, for the report.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) signer: Option<Certificate>,
    pub(super) is_seal: bool,
    pub(super) anchor: Option<AnchorReport>,
    pub(super) signed_at: Option<Timestamp>,
    pub(super) proved: Option<ProvedAt>,
    pub(super) covers_whole_file: bool,
    pub(super) revision_end: Option<usize>,
    pub(super) ledger: Option<LedgerReport>,
}

impl<'c, 'd, 'a> Judgement<'c, 'd, 'a> {
    pub(super) fn new(case: &'c Case<'d, 'a>, field: &'c SignatureField, signature: &'c Signature) -> Self {
        let facts = Facts { signed_at: signature.signed_at, ..Facts::default() };
        Self { case, field, signature, found: Vec::new(), facts }
    }

    pub(super) fn find(&mut self, reason: Reason) {
        self.found.push(reason.into());
    }

    /// What the signature covers; `None` if it covers nothing that has a meaning.
    pub(super) fn coverage(&mut self) -> Option<Coverage> {
        let contents = &self.signature.contents;
        if !contents.is_empty() && contents.iter().all(|byte| *byte == 0) {
            self.find(Reason::NotFilled);
            return None;
        }
        match self.case.document.coverage(self.signature) {
            Ok(coverage) => {
                self.facts.covers_whole_file = coverage.is_whole_file();
                self.facts.revision_end = Some(coverage.end());
                Some(coverage)
            }
            Err(error) => {
                self.find(if error == CoverageError::TooMuch { Reason::TooLarge } else { Reason::Coverage(error) });
                None
            }
        }
    }

    /// What later revisions did, each change with its page and kind.
    pub(super) fn changes(&mut self, coverage: &Coverage) {
        let changes = match self.case.document.changes_after(coverage.revision(), self.field) {
            Ok(changes) => changes,
            Err(error) => return self.find(Reason::of_unreadable(&error)),
        };
        let told = |reason: fn(_) -> Reason| {
            move |change: &Change| Finding::told(reason(change.code), change.text(), change.page)
        };
        // Whoever fills in a form may draw another value than he enters, and over what the page says.
        if changes.allowed.iter().any(|change| matches!(change.code, ChangeCode::Filled | ChangeCode::FormDefaults)) {
            let signed = self.case.document.prepared(coverage.revision());
            let arises = |one: &Prepared| match one.code {
                PreparedCode::ValueDiffers | PreparedCode::StateDiffers | PreparedCode::NotSearched => true,
                PreparedCode::AnnotationOverText => !signed.contains(one),
                _ => false,
            };
            let last = self.case.document.prepared(self.case.document.revisions().len() - 1);
            let told = last.iter().filter(|one| arises(one));
            self.found.extend(told.map(|one| Finding::told(Reason::Prepared(one.code), one.text(), one.page)));
        }
        self.found.extend(changes.forbidden.iter().map(told(Reason::Changed)));
        self.found.extend(changes.doubtful.iter().map(told(Reason::MayMislead)));
        // A further signature that shows where it is has a report of its own; a timestamp's says nothing of looks.
        let has_report = |change: &Change| {
            self.case.fields.iter().any(|field| {
                let is_signature = field.signature.as_ref().is_some_and(|signature| !signature.is_timestamp());
                is_signature
                    && change.field() == Some(&field.name)
                    && (change.page.is_none() || change.page == field.page)
            })
        };
        let is_of_signature = |change: &Change| matches!(change.code, ChangeCode::Signed | ChangeCode::SignedNewField);
        let allowed = changes.allowed.iter().filter(|change| !(is_of_signature(change) && has_report(change)));
        let allowed: Vec<Finding> = allowed.map(told(Reason::Permitted)).collect();
        self.found.extend(allowed);
    }

    /// The digest of what the signature covers.
    pub(super) fn digest(&self, coverage: &Coverage, algorithm: HashAlgorithm) -> Result<Vec<u8>, Reason> {
        self.case.digests.of(coverage, algorithm)
    }

    pub(super) fn report(self) -> SignatureReport {
        let Self { field, signature, mut found, facts, .. } = self;
        let conclusion = Conclusion::of(&mut found);
        SignatureReport {
            field: field.name.clone(),
            page: field.page.map(|page| page + 1),
            rect: field.rect,
            name: signature.name.clone(),
            signer: facts.signer.as_ref().map(|c| c.subject().to_owned()),
            seal: facts.signer.as_ref().map(Certificate::spki_digest),
            certificate_serial: facts.signer.as_ref().map(Certificate::serial_hex),
            is_seal: facts.is_seal,
            is_timestamp: signature.is_timestamp(),
            anchor: facts.anchor,
            signed_at: facts.signed_at,
            proved_at: facts.proved,
            covers_whole_file: facts.covers_whole_file,
            revision_end: facts.revision_end,
            certification: signature.certification,
            ledger: facts.ledger,
            verdict: conclusion.verdict,
            integrity: conclusion.integrity,
            indication: conclusion.indication,
            sub_indication: conclusion.sub_indication,
            reasons: conclusion.reasons,
            found,
        }
    }
}
