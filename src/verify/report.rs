//! The answer, for people and for programs. Its JSON is an interface: fields are added, never renamed.

use jiff::Timestamp;
use serde::Serialize;

use super::finding::Finding;
use super::reason::{Effect, Reason};
use super::trust::Purpose;

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Genuine and unchanged, as of sealing.
    Valid,
    /// Changed, forged, or sealed against the rules.
    Invalid,
    /// Cannot be confirmed; not the same as valid.
    Indeterminate,
}

/// What can be said of the bytes alone, whoever signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Integrity {
    /// Every signature covers what it should and fits what it covers.
    Intact,
    /// There is no signature.
    Unsigned,
    /// Built so that programs or people may be misled, or not readable by this one.
    Suspicious,
    /// Not what was signed.
    Modified,
    /// Not readable as a PDF, or as a signature.
    Broken,
}

/// What happened since the sealing, as far as somebody was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Today {
    /// Still in force.
    Good,
    /// Suspended, withdrawn, revoked or superseded since.
    Changed,
    /// Nobody was asked: an offline answer.
    NotAsked,
}

/// Main status indication (EN 319 102-1, table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Indication {
    /// All checks passed.
    TotalPassed,
    /// Not enough is known.
    Indeterminate,
    /// A check failed.
    TotalFailed,
}

/// Sub-indication (EN 319 102-1, table 4), those used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubIndication {
    /// Not the structure the standard demands.
    FormatFailure,
    /// The digest is another.
    HashFailure,
    /// The signature does not verify.
    SigCryptoFailure,
    /// The signature breaks a rule of the policy.
    SigConstraintsFailure,
    /// The chain breaks a rule.
    ChainConstraintsFailure,
    /// An algorithm is not acceptable.
    CryptoConstraintsFailure,
    /// An algorithm was not acceptable any more at the earliest time proved.
    CryptoConstraintsFailureNoPoe,
    /// Revoked at the time of signing.
    Revoked,
    /// Expired at the time of signing.
    Expired,
    /// Not yet valid at the time of signing.
    NotYetValid,
    /// The signer's certificate is not at hand.
    NoSigningCertificateFound,
    /// No chain to a trusted anchor.
    NoCertificateChainFound,
    /// Revoked, with no proof of existence before.
    RevokedNoPoe,
    /// Expired, with no proof of existence before.
    OutOfBoundsNoPoe,
    /// There is nothing signed.
    SignedDataNotFound,
}

/// A reason as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stated {
    /// A stable name for programs.
    pub code: &'static str,
    /// The page it is seen on, from 1.
    pub page: Option<usize>,
    /// One Chinese sentence, with what to do.
    pub text: String,
    /// What it does to the verdict.
    #[serde(skip)]
    pub effect: Effect,
}

/// The answer for one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What the caller calls the file; empty if it has no name.
    pub file: String,
    /// The answer in one word.
    pub verdict: Verdict,
    /// The bytes alone.
    pub integrity: Integrity,
    /// Since sealing.
    pub today: Today,
    /// Main status indication, that of the worst signature.
    pub indication: Indication,
    /// Sub-indication that goes with it.
    pub sub_indication: Option<SubIndication>,
    /// Of the document and of all its signatures, the weightiest first.
    pub reasons: Vec<Stated>,
    /// One for each signature, in the order of the form.
    pub signatures: Vec<SignatureReport>,
    /// Of the document alone.
    #[serde(skip)]
    document: Vec<Finding>,
}

/// The answer for one signature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignatureReport {
    /// The field's name.
    pub field: String,
    /// The page of the seal, from 1.
    pub page: Option<usize>,
    /// The rectangle on that page in points, as written.
    pub rect: Option<[f64; 4]>,
    /// The name the signature gives, unproved; for people.
    pub name: Option<String>,
    /// The subject of the signer's certificate; proved if the indication is TOTAL-PASSED.
    pub signer: Option<String>,
    /// SHA-256 of the signer's public key, which names the seal in the ledger.
    pub seal: Option<crate::digest::Digest>,
    /// Serial number of the signer's certificate, hexadecimal.
    pub certificate_serial: Option<String>,
    /// The signer is under a hall's anchor, so that the rules for seals apply.
    pub is_seal: bool,
    /// It is a document timestamp: an authority's word on when the file existed, nobody's signature under it.
    pub is_timestamp: bool,
    /// Who is believed to name the signer, and how that came to be believed.
    pub anchor: Option<AnchorReport>,
    /// The time the signature claims.
    pub signed_at: Option<Timestamp>,
    /// The earliest time at which somebody else is known to have seen it.
    pub proved_at: Option<ProvedAt>,
    /// It covers every byte of the file but its own place.
    pub covers_whole_file: bool,
    /// How many bytes of the file it speaks of, its own place among them: the length of the revision that was signed.
    pub revision_end: Option<usize>,
    /// Certification: what the signature allows afterwards, 1 to 3.
    pub certification: Option<u8>,
    /// Where its use is logged.
    pub ledger: Option<LedgerReport>,
    /// The answer in one word.
    pub verdict: Verdict,
    /// The bytes alone.
    pub integrity: Integrity,
    /// Main status indication.
    pub indication: Indication,
    /// Sub-indication that goes with it.
    pub sub_indication: Option<SubIndication>,
    /// The weightiest first.
    pub reasons: Vec<Stated>,
    #[serde(skip)]
    pub(super) found: Vec<Finding>,
}

/// The end of the signer's path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnchorReport {
    /// The subject of its certificate.
    pub subject: String,
    /// What it is trusted for.
    pub purpose: Purpose,
    /// Its file in the folder of trust.
    pub source: String,
}

/// Proof that a signature existed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvedAt {
    /// When.
    pub at: Timestamp,
    /// Who says so.
    pub by: Prover,
}

/// Who can say when a signature existed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prover {
    /// A witness that cosigned the ledger after its use was logged.
    Witness,
    /// A timestamp authority, over the signature.
    SignatureTimestamp,
    /// A timestamp authority, over the document.
    DocumentTimestamp,
}

/// A proved ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerReport {
    /// The log's origin.
    pub log: String,
    /// The entry's index.
    pub index: u64,
    /// The size of the tree of the proof: the answer is as of this size.
    pub size: u64,
    /// The root of that tree.
    pub root: crate::digest::Digest,
    /// The entry's leaf hash.
    pub leaf: crate::digest::Digest,
    /// Witnesses of the policy that have cosigned, with their time; none: nobody but the hall vouches.
    pub witnesses: Vec<(String, Timestamp)>,
}

impl Report {
    pub(super) fn new(document: Vec<Finding>, signatures: Vec<SignatureReport>) -> Self {
        let mut found = document.clone();
        found.extend(signatures.iter().flat_map(SignatureReport::of_document));
        let conclusion = Conclusion::of(&mut found);
        // What a seal sealed before its certificate was revoked stays good: what the paper is worth today hangs on no key.
        let changed = signatures.iter().any(|signature| {
            signature.found.iter().any(|finding| match finding.reason {
                Reason::Revoked | Reason::RevokedNoProof => true,
                Reason::RevokedSince => !signature.is_seal,
                _ => false,
            })
        });
        Self {
            file: String::new(),
            verdict: conclusion.verdict,
            integrity: conclusion.integrity,
            today: if changed { Today::Changed } else { Today::NotAsked },
            indication: conclusion.indication,
            sub_indication: conclusion.sub_indication,
            reasons: conclusion.reasons,
            signatures,
            document,
        }
    }

    /// What is found of the document, whatever its signatures are worth.
    pub(super) fn of_document(&self) -> (Indication, Option<SubIndication>) {
        let conclusion = Conclusion::of(&mut self.document.clone());
        (conclusion.indication, conclusion.sub_indication)
    }

    /// The report on a file in which no signature can be judged.
    pub(super) fn of_file(reason: Reason) -> Self {
        Self::new(vec![reason.into()], Vec::new())
    }

    /// The report on a file that could not be opened: nothing is known of its bytes, and nothing of it may be believed.
    pub fn unopened(why: &str) -> Self {
        let text = format!("文件无法打开（{why}），请核对文件是否存在、是否有权读取");
        let reasons = vec![Stated { code: "cannot-open", page: None, text, effect: Reason::Damaged.effect() }];
        Self { reasons, ..Self::of_file(Reason::Damaged) }
    }

    /// The report on a file that was not read because it is longer than [`crate::pdf::read::Limits`] allow.
    pub fn too_large() -> Self {
        Self::of_file(Reason::TooLarge)
    }

    /// The report on a file that was not judged because the folder of trust cannot be read.
    pub fn untrusted(why: &str) -> Self {
        let text = format!("信任名单无法读取（{why}），文件没有查验，请核对信任名单的位置和内容");
        let reasons = vec![Stated { code: "trust-unreadable", page: None, text, effect: Reason::TooLarge.effect() }];
        Self { reasons, ..Self::of_file(Reason::TooLarge) }
    }

    /// The report under the file's name.
    #[must_use]
    pub fn named(self, file: impl Into<String>) -> Self {
        Self { file: file.into(), ..self }
    }

    /// The report with what a portal or a fresh copy of the ledger says of today. What is known to have changed stays so.
    #[must_use]
    pub fn as_of_today(self, today: Today) -> Self {
        let today = if self.today == Today::Changed { Today::Changed } else { today };
        Self { today, ..self }
    }

    /// The report of somebody who holds the log and found these signatures' uses in it, before whatever ended their seals: that
    /// order proves that they are older than the revocation of the seals' certificates, whatever time it was.
    #[must_use]
    pub fn in_order(self, proved: &[usize]) -> Self {
        let Self { file, mut signatures, document, .. } = self;
        for place in proved {
            if let Some(signature) = signatures.get_mut(*place) {
                signature.older_than_revocation();
            }
        }
        Self { file, ..Self::new(document, signatures) }
    }

    /// The report of somebody who holds the log and found that the file's proof is of another one under the same name and key.
    #[must_use]
    pub fn forked(self) -> Self {
        self.with([Reason::Fork.into()])
    }

    /// The report with what was found besides.
    pub(super) fn with(self, more: impl IntoIterator<Item = Finding>) -> Self {
        let Self { file, today, signatures, mut document, .. } = self;
        document.extend(more);
        Self { file, today, ..Self::new(document, signatures) }
    }

    /// Whether the verdict is *valid*: what a finished document must be before it leaves.
    pub fn is_valid(&self) -> bool {
        self.verdict == Verdict::Valid
    }

    /// Whether every signature is valid and nothing is wrong but that further seals are still to come: what each revision of a
    /// document with several seals must be before the next.
    pub fn is_valid_so_far(&self) -> bool {
        let all = !self.signatures.is_empty() && self.signatures.iter().all(|s| s.verdict == Verdict::Valid);
        all && self.document.iter().all(|f| f.reason == Reason::SealMissing || f.effect() == Effect::Note)
    }

    /// Verdict and codes in one line, for records; names nobody.
    pub fn summary(&self) -> String {
        let codes: Vec<&str> = self.reasons.iter().map(|reason| reason.code).collect();
        format!("{:?} {:?}: {}", self.verdict, self.integrity, codes.join(", "))
    }

    /// Whether there is a reason with this code.
    pub fn has(&self, code: &str) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }
}

/// 0: all valid; 1: one is invalid; 2: none is invalid, one cannot be confirmed. (3, a file that cannot be opened, is the
/// caller's to find.)
pub fn exit_code<'r>(reports: impl IntoIterator<Item = &'r Report>) -> u8 {
    let codes = reports.into_iter().map(|report| match report.verdict {
        Verdict::Valid => 0,
        Verdict::Invalid => 1,
        Verdict::Indeterminate => 2,
    });
    let codes: Vec<u8> = codes.collect();
    if codes.contains(&1) { 1 } else { codes.into_iter().max().unwrap_or(0) }
}

impl SignatureReport {
    fn older_than_revocation(&mut self) {
        for finding in self.found.iter_mut().filter(|finding| finding.reason == Reason::RevokedNoProof) {
            *finding = Reason::RevokedSince.into();
        }
        let conclusion = Conclusion::of(&mut self.found);
        self.verdict = conclusion.verdict;
        self.integrity = conclusion.integrity;
        self.indication = conclusion.indication;
        self.sub_indication = conclusion.sub_indication;
        self.reasons = conclusion.reasons;
    }

    /// What it says of the document: a timestamp that is not confirmed proves nothing and condemns nothing.
    fn of_document(&self) -> impl Iterator<Item = Finding> {
        self.found.iter().map(|finding| match finding.effect() {
            Effect::Unconfirmed(_) if self.is_timestamp => Reason::TimestampUnproved.into(),
            _ => finding.clone(),
        })
    }
}

/// What a list of reasons comes to.
pub(super) struct Conclusion {
    pub(super) verdict: Verdict,
    pub(super) integrity: Integrity,
    pub(super) indication: Indication,
    pub(super) sub_indication: Option<SubIndication>,
    pub(super) reasons: Vec<Stated>,
}

impl Conclusion {
    /// Sorts the reasons, the weightiest first, each once.
    pub(super) fn of(found: &mut Vec<Finding>) -> Self {
        let mut seen = std::collections::HashSet::new();
        found.retain(|finding| seen.insert(finding.clone()));
        let weight = |finding: &Finding| match finding.effect() {
            Effect::Fails(_) => 0,
            Effect::Unconfirmed(_) => 1,
            Effect::Note => 2,
        };
        found.sort_by_key(weight);
        let (verdict, indication, sub_indication) = match found.first().map(Finding::effect) {
            Some(Effect::Fails(sub)) => (Verdict::Invalid, Indication::TotalFailed, Some(sub)),
            Some(Effect::Unconfirmed(sub)) => (Verdict::Indeterminate, Indication::Indeterminate, sub),
            Some(Effect::Note) | None => (Verdict::Valid, Indication::TotalPassed, None),
        };
        let integrity = found.iter().map(Finding::integrity).max().unwrap_or(Integrity::Intact);
        let reasons = found.iter().map(Finding::stated).collect();
        Self { verdict, integrity, indication, sub_indication, reasons }
    }
}
