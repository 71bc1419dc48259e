//! What a verifier is given to believe: anchors, revocation lists, the ledger's policy.
//!
//! Trusted: whoever fills the folder decides what is valid. It comes from the hall by a way that needs no trust in the
//! files to be verified.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::evidence::Evidence;
use crate::digest::Digest;
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
    /// `policy.txt` or `log.vkey` is malformed.
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
    /// `log.vkey` is not a log of `policy.txt`.
    #[error("log.vkey is not among the logs of policy.txt")]
    OtherLog,
    /// There is no anchor.
    #[error("no trust anchor")]
    NoAnchor,
}

impl Trust {
    /// Reads the files of a trust folder, given as relative names with `/` and contents: `*.pem`, `*.crt` are this hall's anchors
    /// (below `halls/`: other halls'; below `outside/`: other signers'; below `tsa/`: timestamp authorities'; below `seals/`: no anchors, but certificates of seals),
    /// `*.crl` revocation lists, `*.ocsp` OCSP responses, `policy.txt` the ledgers' policy, `log.vkey` the log's key (without a policy: that log, no witness). Other files are ignored.
    ///
    /// # Errors
    /// [`TrustError`] naming the first file that is wrong, or if there is no anchor at all.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, TrustError> {
        let (mut anchors, mut seals, mut policy, mut log) = (Vec::new(), HashSet::new(), None, None);
        let (mut lists, mut responses) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            match (name.as_str(), extension) {
                ("policy.txt", _) => policy = Some(text(name, bytes)?),
                ("log.vkey", _) => log = Some(text(name, bytes)?),
                (_, "pem" | "crt") => {
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
                (_, "crl") => {
                    let der = bytes.first() == Some(&0x30);
                    let parsed = if der { Crl::from_der(&bytes) } else { Crl::from_pem(&bytes) };
                    lists.push(parsed.map_err(|source| TrustError::Crl { name, source })?);
                }
                (_, "ocsp") => {
                    let parsed = OcspResponse::from_der(&bytes);
                    responses.push(parsed.map_err(|source| TrustError::Ocsp { name, source })?);
                }
                _ => {}
            }
        }
        let policy = read_policy(policy, log)?;
        if anchors.is_empty() {
            Err(TrustError::NoAnchor)
        } else {
            Ok(Self::new(anchors, seals, lists, responses, policy))
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
        Self { anchors, signers, authorities, seals, policy }
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

fn text(name: String, bytes: Vec<u8>) -> Result<String, TrustError> {
    String::from_utf8(bytes).map_err(|_| TrustError::NotUtf8(name))
}

fn read_policy(policy: Option<String>, log: Option<String>) -> Result<Option<Policy>, TrustError> {
    let parse = |name: &str, text: &str| {
        Policy::parse(text).map_err(|source| TrustError::Policy { name: name.to_owned(), source })
    };
    let alone = log.map(|key| parse("log.vkey", &format!("log {}\nquorum none\n", key.trim_end()))).transpose()?;
    let Some(policy) = policy else { return Ok(alone) };
    let policy = parse("policy.txt", &policy)?;
    let knows = |key: &Policy| key.logs().iter().all(|log| policy.logs().iter().any(|known| known.key == log.key));
    if alone.as_ref().is_none_or(knows) { Ok(Some(policy)) } else { Err(TrustError::OtherLog) }
}
