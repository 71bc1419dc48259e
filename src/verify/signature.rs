//! One signature, step by step.

use jiff::Timestamp;

use super::chain::Chain;
use super::finding::Finding;
use super::judgement::{Case, Judgement};
use super::reason::Reason;
use super::report::{AnchorReport, ProvedAt, Prover, SignatureReport};
use super::seal::{LedgerFinding, check_form};
use super::timestamp::{Seen, check, control_time};
use crate::cms::{CmsError, Kind, RsaSignature, SignedData, TimestampToken};
use crate::ledger::note::VerifierKey;
use crate::pdf::read::{ChangeCode, Coverage, Prepared, Signature, SignatureField};
use crate::pki::certificate::Certificate;
use crate::pki::strength::{Strength, strength_of_hash};
use crate::pki::suite::SuiteError;

/// Timestamps on one signature that are looked at.
const MAX_TIMESTAMPS: usize = 8;

/// Judges `signature`, which is the value of `field`; `seen`: the document timestamps that hold.
pub(super) fn judge(
    case: &Case<'_, '_>,
    field: &SignatureField,
    signature: &Signature,
    seen: &[Seen],
) -> SignatureReport {
    let mut judgement = Judgement::new(case, field, signature);
    judgement.run(seen);
    judgement.report()
}

/// A signature that holds over what it covers. Whether its signer is to be believed is another matter.
struct Signed {
    signer: Certificate,
    certificates: Vec<Certificate>,
    /// Since when others could have made it as well.
    weak_since: Option<Timestamp>,
    /// `None` for `adbe.x509.rsa_sha1`, which carries nothing else.
    data: Option<SignedData>,
}

impl Judgement<'_, '_, '_> {
    fn run(&mut self, seen: &[Seen]) {
        // 1 coverage: without it nothing below means anything.
        let Some(coverage) = self.coverage() else { return };
        // 2 changes: found and gone on, so that one report says everything.
        self.changes(&coverage);
        // 3 signature
        let signed = match self.signed(&coverage) {
            Ok(signed) => signed,
            // Not the signer's signature: who the signer is does not matter any more.
            Err(reason) => return self.find(reason),
        };
        // 4 chain
        let case = self.case;
        let evidence = match &signed.data {
            Some(data) => case.evidence.with_signature(data),
            None => case.evidence.with_certificates(&signed.certificates),
        };
        let claimed = self.facts.signed_at;
        let chain = match Chain::find(&signed.signer, &evidence, case.trust, claimed, case.at) {
            Ok(chain) => chain,
            Err(reason) => return self.find(reason),
        };
        self.facts.is_seal = chain.is_seal;
        self.facts.anchor = case.trust.anchor(chain.path.anchor()).map(|anchor| AnchorReport {
            subject: anchor.certificate.subject().to_owned(),
            purpose: anchor.purpose,
            source: anchor.source.clone(),
        });
        // 5 times and seal
        let control = control_time(seen, coverage.revision(), case.at);
        if control < case.at {
            self.prove(control, Prover::DocumentTimestamp);
        }
        self.timestamps(&signed, control);
        if chain.is_seal {
            self.seal(&coverage, &signed, &chain);
        } else {
            self.prepared(&coverage);
        }
        let proved = self.facts.proved.as_ref().map(|proved| proved.at);
        if signed.weak_since.is_some_and(|since| proved.unwrap_or(case.at) >= since) {
            self.find(Reason::WeakAlgorithm);
        }
        self.found.extend(chain.judge_times(claimed, proved, case.at).into_iter().map(Finding::from));
    }

    /// Parses the signature of whatever kind and checks it over what it covers.
    fn signed(&mut self, coverage: &Coverage) -> Result<Signed, Reason> {
        let contents = coverage.der(self.signature);
        if self.signature.sub_filter == "adbe.x509.rsa_sha1" {
            return self.rsa_signed(coverage, contents);
        }
        let kind = Kind::of_sub_filter(&self.signature.sub_filter).ok_or(Reason::SignatureKind)?;
        let data = SignedData::parse(contents, kind).map_err(|error| cms_reason(&error))?;
        self.facts.signer = Some(data.signer().clone());
        self.facts.signed_at = self.facts.signed_at.or(data.signing_time());
        let digest = self.digest(coverage, data.digest_algorithm())?;
        let verified = data.verify(&digest).map_err(|error| cms_reason(&error))?;
        if kind == Kind::Cades && !verified.names_certificate() {
            self.find(Reason::CertificateNotNamed);
        }
        let weak_since = weak_since(verified.strength(Timestamp::MAX));
        let (signer, certificates) = (data.signer().clone(), data.certificates().to_vec());
        Ok(Signed { signer, certificates, weak_since, data: Some(data) })
    }

    fn rsa_signed(&mut self, coverage: &Coverage, contents: &[u8]) -> Result<Signed, Reason> {
        let certificates = self.signature.certificates.iter().filter_map(|der| Certificate::from_der(der).ok());
        let signature = RsaSignature::parse(contents, certificates.collect()).map_err(|error| cms_reason(&error))?;
        self.facts.signer = Some(signature.signer().clone());
        let hash = signature.digest_algorithm();
        let proven = signature.verify(&self.digest(coverage, hash)?).map_err(|error| cms_reason(&error))?;
        let strength = proven.strength(Timestamp::MAX).and(strength_of_hash(hash, Timestamp::MAX));
        Ok(Signed {
            signer: signature.signer().clone(),
            certificates: signature.certificates().to_vec(),
            weak_since: weak_since(strength),
            data: None,
        })
    }

    /// The timestamps over the signature's value.
    fn timestamps(&mut self, signed: &Signed, control: Timestamp) {
        let Some(data) = &signed.data else { return };
        for token in data.timestamps().take(MAX_TIMESTAMPS) {
            let checked = TimestampToken::parse(token).map_err(|error| cms_reason(&error)).and_then(|token| {
                let imprint = token.imprint_algorithm().hash(data.signature_value());
                check(&token, &imprint, self.case, &self.case.evidence, control)
            });
            match checked {
                Ok(at) => self.prove(at, Prover::SignatureTimestamp),
                Err(Reason::TooMuchEvidence) => self.find(Reason::TooMuchEvidence),
                Err(_) if self.facts.is_seal => self.find(Reason::Timestamp),
                Err(_) => self.find(Reason::TimestampUnproved),
            }
        }
    }

    /// The rules for seals.
    fn seal(&mut self, coverage: &Coverage, signed: &Signed, chain: &Chain) {
        let Some(data) = &signed.data else { return self.find(Reason::NotOurForm) };
        self.found.extend(check_form(self.signature, coverage, data, chain).map(Finding::from));
        let trust = self.case.trust;
        let is_of_hall = |log: &VerifierKey| trust.is_log_of(chain.path.anchor(), log);
        let ledger = LedgerFinding::of(data, self.signature.signed_at, trust.policy(), is_of_hall);
        // Of a seal every byte has one meaning; of other files a line end more is no sign of anything.
        if self.ends_late() {
            self.find(Reason::Changed(ChangeCode::TrailingBytes));
        }
        if let Some(at) = ledger.proved_at() {
            self.prove(at, Prover::Witness);
        }
        self.found.extend(ledger.reasons.into_iter().map(Finding::from));
        self.facts.ledger = ledger.report;
    }

    /// What a stranger may have prepared in what was signed. (What a hall seals it has made itself.)
    fn prepared(&mut self, coverage: &Coverage) {
        if self.ends_late() {
            self.find(Reason::Repaired);
        }
        let prepared = self.case.document.prepared(coverage.revision());
        let told = |one: &Prepared| Finding::told(Reason::Prepared(one.code), one.text(), one.page);
        self.found.extend(prepared.iter().map(told));
    }

    /// Nothing but a line end or two follows the end of the file.
    fn ends_late(&self) -> bool {
        let document = self.case.document;
        document.trailing() > 0 && document.ends_in_line_ends().unwrap_or(false)
    }

    /// Keeps the earliest proof.
    fn prove(&mut self, at: Timestamp, by: Prover) {
        if self.facts.proved.as_ref().is_none_or(|known| at < known.at) {
            self.facts.proved = Some(ProvedAt { at, by });
        }
    }
}

fn weak_since(strength: Strength) -> Option<Timestamp> {
    match strength {
        Strength::Good => None,
        Strength::Weak { since } => Some(since),
    }
}

/// What is wrong with a signature or a timestamp.
pub(super) fn cms_reason(error: &CmsError) -> Reason {
    match error {
        CmsError::DigestMismatch => Reason::DigestMismatch,
        CmsError::OtherCertificate | CmsError::OtherAlgorithm => Reason::OtherCertificate,
        CmsError::SignerMissing => Reason::SignerMissing,
        CmsError::Signature(SuiteError::Weak) => Reason::WeakAlgorithm,
        CmsError::DigestAlgorithm
        | CmsError::Signature(SuiteError::Algorithm | SuiteError::Key | SuiteError::Mismatch) => Reason::Algorithm,
        CmsError::Signature(SuiteError::Signature) | CmsError::ContentMismatch => Reason::SignatureWrong,
        CmsError::TooLarge | CmsError::TooMany => Reason::TooLarge,
        CmsError::Malformed
        | CmsError::TrailingData
        | CmsError::NotDetached
        | CmsError::NotATimestamp
        | CmsError::NotOneSigner
        | CmsError::AttributeTwice
        | CmsError::AttributeMissing
        | CmsError::Certificate(_) => Reason::SignatureDamaged,
    }
}
