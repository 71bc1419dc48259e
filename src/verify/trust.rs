//! What a verifier is given to believe: anchors, revocation lists, the ledger's policy.
//!
//! Trusted: whoever fills the folder decides what is valid. It comes from the hall by a way that needs no trust in the
//! files to be verified.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::evidence::Evidence;
use crate::digest::Digest;
use crate::ledger::note::VerifierKey;
use crate::ledger::policy::{Policy, PolicyError};
use crate::pki::certificate::{Certificate, CertificateError};
use crate::pki::crl::{Crl, CrlError};
use crate::pki::ocsp::{OcspError, OcspResponse};
use crate::pki::path::{self, PathError, Settings, ValidPath, validate};
use crate::pki::store::{Pool, Store};

/// What an anchor is trusted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To certify this hall's seals.
    Hall,
    /// To certify another hall's seals; the same rules hold.
    OtherHall,
    /// To name signers who are no hall's seals: no ledger proof is asked of them.
    Outside,
    /// To certify timestamp authorities, and nobody else.
    Timestamp,
}

impl Purpose {
    /// The folder that an anchor's file lies in says what the anchor is for.
    fn of_file(name: &str) -> Self {
        match name.split_once('/') {
            Some(("halls", _)) => Self::OtherHall,
            Some(("outside", _)) => Self::Outside,
            Some(("tsa", _)) => Self::Timestamp,
            _ => Self::Hall,
        }
    }
}

/// A certificate that is believed, for what, and where it came from.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// The certificate.
    pub certificate: Certificate,
    /// What for.
    pub purpose: Purpose,
    /// The file below the folder of trust.
    pub source: String,
}

/// The folder of certificates that other authorities gave to a hall's seals: to these signers the rules for seals apply, too.
const SEALS: &str = "seals/";

/// The name, without its extension, of the file that says which logs are this hall's.
const OWN_LOG: &str = "log";

/// What a file in a folder of trust is, by its name; letter case does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Policy,
    /// Keys of a hall's logs, one a line.
    Logs,
    Certificate,
    Crl,
    Ocsp,
    /// For people.
    Note,
    Unknown,
}

impl Kind {
    fn of(name: &str) -> Self {
        let name = name.to_lowercase();
        let file = name.rsplit_once('/').map_or(name.as_str(), |(_, file)| file);
        match (name.as_str(), file.rsplit_once('.').map(|(_, extension)| extension)) {
            ("policy.txt", _) => Self::Policy,
            ("log.vkey", _) => Self::Logs,
            (_, Some("vkey")) if name.starts_with("halls/") => Self::Logs,
            (_, Some("pem" | "crt")) => Self::Certificate,
            (_, Some("crl")) => Self::Crl,
            (_, Some("ocsp")) => Self::Ocsp,
            (_, None | Some("md" | "vkey")) => Self::Note,
            _ if file.starts_with("readme") => Self::Note,
            _ => Self::Unknown,
        }
    }
}

/// A name without its extension.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A verifier's trust.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    anchors: Vec<Anchor>,
    /// For signers; shared, so that a clone knows what the first one verified.
    signers: Arc<Store>,
    /// For timestamp authorities.
    authorities: Arc<Store>,
    seals: HashSet<Digest>,
    policy: Option<Policy>,
    /// Logs that are said to be one hall's: the name of its anchor's file without the extension (this hall's own: [`OWN_LOG`]), and the key.
    logs: Vec<(String, VerifierKey)>,
}

/// Why a folder of trust is not usable. A trust that is partly read would be a trust that nobody chose.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// An anchor is not a certificate.
    #[error("{name}: {source}")]
    Anchor {
        /// The file.
        name: String,
        /// What is wrong with it.
        source: CertificateError,
    },
    /// A revocation list is not one.
    #[error("{name}: {source}")]
    Crl {
        /// The file.
        name: String,
        /// What is wrong with it.
        source: CrlError,
    },
    /// An OCSP response is not one.
    #[error("{name}: {source}")]
    Ocsp {
        /// The file.
        name: String,
        /// What is wrong with it.
        source: OcspError,
    },
    /// `policy.txt` or a hall's logs are malformed.
    #[error("{name}: {source}")]
    Policy {
        /// The file.
        name: String,
        /// What is wrong with it.
        source: PolicyError,
    },
    /// A text file is not UTF-8.
    #[error("{0}: not UTF-8")]
    NotUtf8(String),
    /// A hall's log is not a log of `policy.txt`.
    #[error("{0}.vkey is not among the logs of policy.txt")]
    OtherLog(String),
    /// A file that may be meant to count and does not.
    #[error(
        "{0}: not a kind of file that is read (pem, crt, crl, ocsp, policy.txt, log.vkey; notes are *.md or have no extension)"
    )]
    UnknownFile(String),
    /// There is no anchor.
    #[error("no trust anchor")]
    NoAnchor,
}

impl Trust {
    /// Reads the files of a trust folder, given as relative names with `/` and contents: `*.pem`, `*.crt` are this hall's anchors
    /// (below `halls/`: other halls'; below `outside/`: other signers'; below `tsa/`: timestamp authorities'; below `seals/`: no anchors, but certificates of seals),
    /// `*.crl` revocation lists, `*.ocsp` OCSP responses, `policy.txt` the ledgers' policy, `log.vkey` the keys of this hall's logs and `halls/x.vkey` of those of the hall of `halls/x.pem`
    /// (without a policy: those logs, no witness). Notes are passed over; a file of any other kind is an error.
    ///
    /// # Errors
    /// [`TrustError`] naming the first file that is wrong, or if there is no anchor at all.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, TrustError> {
        let (mut anchors, mut seals, mut policy, mut logs) = (Vec::new(), HashSet::new(), None, Vec::new());
        let (mut lists, mut responses) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            match Kind::of(&name) {
                Kind::Policy => policy = Some(parse_policy(&name, &text(&name, bytes)?)?),
                Kind::Logs => {
                    let lines = text(&name, bytes)?.trim_end().replace('\n', "\nlog ");
                    let named = parse_policy(&name, &format!("log {lines}\nquorum none\n"))?;
                    logs.extend(named.logs().iter().map(|log| (stem(&name).to_lowercase(), log.key.clone())));
                }
                Kind::Certificate => {
                    let parsed = if bytes.first() == Some(&0x30) {
                        Certificate::from_der(&bytes)
                    } else {
                        Certificate::from_pem(&bytes)
                    };
                    let certificate = parsed.map_err(|source| TrustError::Anchor { name: name.clone(), source })?;
                    if name.starts_with(SEALS) {
                        seals.insert(certificate.spki_digest());
                    } else {
                        anchors.push(Anchor { certificate, purpose: Purpose::of_file(&name), source: name });
                    }
                }
                Kind::Crl => {
                    let der = bytes.first() == Some(&0x30);
                    let parsed = if der { Crl::from_der(&bytes) } else { Crl::from_pem(&bytes) };
                    lists.push(parsed.map_err(|source| TrustError::Crl { name, source })?);
                }
                Kind::Ocsp => {
                    let parsed = OcspResponse::from_der(&bytes);
                    responses.push(parsed.map_err(|source| TrustError::Ocsp { name, source })?);
                }
                Kind::Note => {}
                Kind::Unknown => return Err(TrustError::UnknownFile(name)),
            }
        }
        let policy = with_logs(policy, &logs)?;
        if anchors.is_empty() {
            Err(TrustError::NoAnchor)
        } else {
            Ok(Self { logs, ..Self::new(anchors, seals, lists, responses, policy) })
        }
    }

    /// Whether [`from_files`](Self::from_files) reads a file of this name.
    ///
    /// # Errors
    /// [`TrustError::UnknownFile`]: it is no note, either.
    pub fn reads(name: &str) -> Result<bool, TrustError> {
        match Kind::of(name) {
            Kind::Unknown => Err(TrustError::UnknownFile(name.to_owned())),
            kind => Ok(kind != Kind::Note),
        }
    }

    /// A hall's own trust, from its parts.
    pub fn of_hall(anchors: Vec<Certificate>, crls: Vec<Crl>, policy: Policy) -> Self {
        let anchor = |certificate| Anchor { certificate, purpose: Purpose::Hall, source: String::new() };
        let anchors = anchors.into_iter().map(anchor).collect();
        Self::new(anchors, HashSet::new(), crls, Vec::new(), Some(policy))
    }

    fn new(
        anchors: Vec<Anchor>,
        seals: HashSet<Digest>,
        lists: Vec<Crl>,
        responses: Vec<OcspResponse>,
        policy: Option<Policy>,
    ) -> Self {
        let of = |is_time: bool| -> Vec<Certificate> {
            let those = anchors.iter().filter(|anchor| (anchor.purpose == Purpose::Timestamp) == is_time);
            those.map(|anchor| anchor.certificate.clone()).collect()
        };
        let authorities = Arc::new(Store::new(of(true), lists.clone(), responses.clone()));
        let signers = Arc::new(Store::new(of(false), lists, responses));
        Self { anchors, signers, authorities, seals, policy, logs: Vec::new() }
    }

    /// Everybody who is believed, and for what.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// Who is believed here, and for what; what a hall may do comes first, should one certificate be there twice.
    pub(super) fn anchor(&self, certificate: &Certificate) -> Option<&Anchor> {
        let found = self.anchors.iter().filter(|anchor| anchor.certificate == *certificate);
        found.min_by_key(|anchor| anchor.purpose as u8)
    }

    /// Whether this signer, whose path ends at this anchor, is a seal: certified by a hall, or by another authority for one.
    pub(super) fn is_seal(&self, signer: &Certificate, anchor: &Certificate) -> bool {
        let is_hall = |anchor: &Anchor| matches!(anchor.purpose, Purpose::Hall | Purpose::OtherHall);
        self.anchor(anchor).is_some_and(is_hall) || self.seals.contains(&signer.spki_digest())
    }

    /// Whether a log may prove uses of the seals below this anchor: where it is said which logs are their hall's, one of those; else any that is not said to be another hall's.
    pub(super) fn is_log_of(&self, anchor: &Certificate, log: &VerifierKey) -> bool {
        let other_hall = self.anchor(anchor).filter(|anchor| anchor.purpose == Purpose::OtherHall);
        let hall = other_hall.map_or(OWN_LOG.to_owned(), |anchor| stem(&anchor.source).to_lowercase());
        let is_named = self.logs.iter().any(|(of, _)| *of == hall);
        self.logs.iter().any(|(of, key)| key == log && *of == hall)
            || (!is_named && self.logs.iter().all(|(_, key)| key != log))
    }

    /// The path from a signer of documents over other certificates to an anchor.
    ///
    /// # Errors
    /// [`PathError`]: there is none that is valid at that time.
    pub fn path(&self, signer: &Certificate, others: &[Certificate], at: Timestamp) -> Result<ValidPath, PathError> {
        let settings = Settings::new(path::Purpose::DocumentSigning, at);
        validate(signer, &Pool::new(&self.signers, others), &settings)
    }

    /// The path from a signer of documents to an anchor, with what the file brings.
    pub(super) fn signer_path(
        &self,
        signer: &Certificate,
        evidence: &Evidence,
        at: Timestamp,
    ) -> Result<ValidPath, PathError> {
        let settings = Settings::new(path::Purpose::DocumentSigning, at);
        validate(signer, &evidence.pool(&self.signers), &settings)
    }

    /// The path from a timestamp's signer to an authority that may say what time it is.
    pub(super) fn timestamp_path(
        &self,
        signer: &Certificate,
        evidence: &Evidence,
        at: Timestamp,
    ) -> Result<ValidPath, PathError> {
        let settings = Settings::new(path::Purpose::TimeStamping, at);
        validate(signer, &evidence.pool(&self.authorities), &settings)
    }

    /// Which logs and witnesses are believed.
    pub fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }
}

fn text(name: &str, bytes: Vec<u8>) -> Result<String, TrustError> {
    String::from_utf8(bytes).map_err(|_| TrustError::NotUtf8(name.to_owned()))
}

fn parse_policy(name: &str, text: &str) -> Result<Policy, TrustError> {
    Policy::parse(text).map_err(|source| TrustError::Policy { name: name.to_owned(), source })
}

/// The policy, in which every hall's log has to stand; without one: those logs, no witness.
fn with_logs(policy: Option<Policy>, logs: &[(String, VerifierKey)]) -> Result<Option<Policy>, TrustError> {
    let Some(policy) = policy else {
        let lines: BTreeSet<String> = logs.iter().map(|(_, key)| format!("log {key}\n")).collect();
        let text = String::from_iter(lines) + "quorum none\n";
        return if logs.is_empty() { Ok(None) } else { parse_policy("log.vkey", &text).map(Some) };
    };
    let other = logs.iter().find(|(_, key)| policy.logs().iter().all(|log| log.key != *key));
    other.map_or(Ok(Some(policy)), |(hall, _)| Err(TrustError::OtherLog(hall.clone())))
}
