//! What a verifier is given to believe: anchors, revocation lists, the ledger's policy.
//!
//! Trusted: whoever fills the folder decides what is valid. It comes from the hall by a way that needs no trust in the
//! files to be verified.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::digest::Digest;
use crate::ledger::policy::{Policy, PolicyError};
use crate::pki::certificate::{Certificate, CertificateError};
use crate::pki::crl::{Crl, CrlError};
use crate::pki::ocsp::{OcspError, OcspResponse};
use crate::pki::path::{PathError, Purpose, Settings, ValidPath, validate};
use crate::pki::store::{Pool, Store};

/// The folder whose anchors are trusted to name signers, but are no hall's: no ledger proof is asked of their signers.
const OUTSIDE: &str = "outside/";

/// The folder of certificates that other authorities gave to a hall's seals: to these signers the rules for seals apply, too.
const SEALS: &str = "seals/";

/// A verifier's trust.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// How many of the store's anchors, the first ones, are halls'.
    halls: usize,
    /// Shared, so that a clone knows what the first one verified.
    store: Arc<Store>,
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
    /// Reads the files of a trust folder, given as relative names with `/` and contents: `*.pem`, `*.crt` are a hall's anchors
    /// (below `outside/`: other signers' anchors; below `seals/`: no anchors, but certificates of seals), `*.crl` revocation lists, `*.ocsp` OCSP responses, `policy.txt` the ledger's policy, `log.vkey` the log's
    /// key (without a policy: that log, no witness). Other files are ignored.
    ///
    /// # Errors
    /// [`TrustError`] naming the first file that is wrong, or if there is no anchor at all.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, TrustError> {
        let (mut seals, mut policy, mut log) = (HashSet::new(), None, None);
        let (mut hall, mut outside, mut lists, mut responses) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
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
                    let (is_outside, is_seal) = (name.starts_with(OUTSIDE), name.starts_with(SEALS));
                    let certificate = parsed.map_err(|source| TrustError::Anchor { name, source })?;
                    match (is_outside, is_seal) {
                        (true, _) => outside.push(certificate),
                        (_, true) => drop(seals.insert(certificate.spki_digest())),
                        _ => hall.push(certificate),
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
        let (halls, policy) = (hall.len(), read_policy(policy, log)?);
        hall.append(&mut outside);
        if hall.is_empty() {
            return Err(TrustError::NoAnchor);
        }
        Ok(Self { halls, store: Arc::new(Store::new(hall, lists, responses)), seals, policy })
    }

    /// A hall's own trust, from its parts.
    pub fn of_hall(anchors: Vec<Certificate>, crls: Vec<Crl>, policy: Policy) -> Self {
        let (halls, store) = (anchors.len(), Arc::new(Store::new(anchors, crls, Vec::new())));
        Self { halls, store, policy: Some(policy), ..Self::default() }
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Whether this signer, whose path ends at this anchor, is a seal: certified by a hall, or by another authority for one.
    pub(super) fn is_seal(&self, signer: &Certificate, anchor: &Certificate) -> bool {
        self.store.anchors()[..self.halls].contains(anchor) || self.seals.contains(&signer.spki_digest())
    }

    /// The path from a signer of documents over other certificates to an anchor.
    ///
    /// # Errors
    /// [`PathError`]: there is none that is valid at that time.
    pub fn path(&self, signer: &Certificate, others: &[Certificate], at: Timestamp) -> Result<ValidPath, PathError> {
        validate(signer, &Pool::new(&self.store, others), &Settings::new(Purpose::DocumentSigning, at))
    }

    pub(super) fn policy(&self) -> Option<&Policy> {
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
