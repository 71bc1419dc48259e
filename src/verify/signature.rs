//! One signature, step by step.

use jiff::Timestamp;

use super::chain::Chain;
use super::reason::Reason;
use super::report::{Conclusion, LedgerReport, SignatureReport};
use super::seal::{LedgerFinding, check_form};
use super::trust::Trust;
use crate::cms::{CmsError, Kind, SignedData};
use crate::pdf::read::{Coverage, Document, Signature, SignatureField};
use crate::pki::certificate::Certificate;
use crate::pki::hash::Hasher;
use crate::pki::suite::SuiteError;

/// Judges `signature`, which is the value of `field`.
pub(super) fn judge(
    document: &Document<'_>,
    field: &SignatureField,
    signature: &Signature,
    trust: &Trust,
    at: Timestamp,
) -> SignatureReport {
    let mut judgement = Judgement { document, field, signature, trust, at, found: Vec::new(), facts: Facts::default() };
    judgement.run();
    let Judgement { mut found, facts, .. } = judgement;
    let conclusion = Conclusion::of(&mut found);
    SignatureReport {
        field: field.name.clone(),
        page: field.page.map(|page| page + 1),
        name: signature.name.clone(),
        signer: facts.signer.as_ref().map(|c| c.subject().to_owned()),
        seal: facts.signer.as_ref().map(Certificate::spki_digest),
        certificate_serial: facts.signer.as_ref().map(Certificate::serial_hex),
        is_seal: facts.is_seal,
        signed_at: signature.signed_at,
        covers_whole_file: facts.covers_whole_file,
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

struct Judgement<'d, 'a> {
    document: &'d Document<'a>,
    field: &'d SignatureField,
    signature: &'d Signature,
    trust: &'d Trust,
    at: Timestamp,
    found: Vec<Reason>,
    facts: Facts,
}

/// What is learnt on the way, for the report.
#[derive(Default)]
struct Facts {
    signer: Option<Certificate>,
    is_seal: bool,
    covers_whole_file: bool,
    ledger: Option<LedgerReport>,
}

impl Judgement<'_, '_> {
    fn run(&mut self) {
        // 1 coverage: without it nothing below means anything.
        let Some(coverage) = self.coverage() else { return };
        // 2 changes: found and gone on, so that one report says everything.
        self.changes(&coverage);
        // 3 signature
        let Some(signed) = self.signature(&coverage) else { return };
        // 4 chain
        let claimed = self.signature.signed_at;
        let chain = Chain::find(signed.signer(), signed.certificates(), self.trust, claimed, self.at);
        let chain = match chain {
            Ok(chain) => chain,
            Err(reason) => return self.found.push(reason),
        };
        // 5 seal
        self.facts.is_seal = chain.is_seal;
        let mut proved = None;
        if chain.is_seal {
            self.found.extend(check_form(self.signature, &coverage, &signed, &chain));
            let ledger = LedgerFinding::of(&signed, claimed, self.trust.policy());
            proved = ledger.proved_at();
            self.found.extend(ledger.reasons);
            self.facts.ledger = ledger.report;
            if signed.timestamps().len() > 0 {
                self.found.push(Reason::Timestamp);
            }
        }
        self.found.extend(chain.judge_times(claimed, proved, self.at));
    }

    fn coverage(&mut self) -> Option<Coverage> {
        if self.signature.contents.iter().all(|byte| *byte == 0) {
            self.found.push(Reason::NotFilled);
            return None;
        }
        match self.document.coverage(self.signature) {
            Ok(coverage) => {
                self.facts.covers_whole_file = coverage.is_whole_file();
                Some(coverage)
            }
            Err(error) => {
                self.found.push(Reason::of_coverage(error));
                None
            }
        }
    }

    fn changes(&mut self, coverage: &Coverage) {
        match self.document.changes_after(coverage.revision(), self.field) {
            Ok(changes) => self.found.extend(changes.into_iter().map(|change| Reason::Changed(change.code))),
            Err(error) => self.found.push(Reason::of_unreadable(&error)),
        }
    }

    fn signature(&mut self, coverage: &Coverage) -> Option<SignedData> {
        let Some(kind) = Kind::of_sub_filter(&self.signature.sub_filter) else {
            self.found.push(Reason::SignatureKind);
            return None;
        };
        let signed = match SignedData::parse(coverage.der(self.signature), kind) {
            Ok(signed) => signed,
            Err(error) => {
                self.found.push(reason(&error));
                return None;
            }
        };
        self.facts.signer = Some(signed.signer().clone());
        let mut hasher = Hasher::new(signed.digest_algorithm());
        coverage.parts(self.document.bytes()).into_iter().for_each(|part| hasher.update(part));
        match signed.verify(&hasher.finish()) {
            Ok(verified) => {
                if kind == Kind::Cades && !verified.names_certificate() {
                    self.found.push(Reason::CertificateNotNamed);
                }
                if !verified.strength(self.at).is_good() {
                    self.found.push(Reason::Algorithm);
                }
            }
            // Not the signer's signature: who the signer is does not matter any more.
            Err(error) => {
                self.found.push(reason(&error));
                return None;
            }
        }
        Some(signed)
    }
}

fn reason(error: &CmsError) -> Reason {
    match error {
        CmsError::DigestMismatch => Reason::DigestMismatch,
        CmsError::OtherCertificate => Reason::OtherCertificate,
        CmsError::SignerMissing => Reason::SignerMissing,
        CmsError::DigestAlgorithm
        | CmsError::OtherAlgorithm
        | CmsError::Signature(SuiteError::Algorithm | SuiteError::Key | SuiteError::Mismatch | SuiteError::Weak) => {
            Reason::Algorithm
        }
        CmsError::Signature(SuiteError::Signature) => Reason::SignatureWrong,
        CmsError::TooLarge | CmsError::TooMany => Reason::TooLarge,
        CmsError::Malformed
        | CmsError::TrailingData
        | CmsError::NotDetached
        | CmsError::NotATimestamp
        | CmsError::ContentMismatch
        | CmsError::NotOneSigner
        | CmsError::AttributeTwice
        | CmsError::AttributeMissing
        | CmsError::Certificate(_) => Reason::SignatureDamaged,
    }
}
