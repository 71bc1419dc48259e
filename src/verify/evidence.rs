//! What a file brings to prove its signatures: certificates, revocation lists, answers of authorities. All of it comes from
//! strangers and counts for what its signatures make it; what does not read is left out.

use std::rc::Rc;

use crate::cms::SignedData;
use crate::cms::timestamp::TimestampToken;
use crate::pdf::read::{Document, ValidationData};
use crate::pki::certificate::Certificate;
use crate::pki::crl::Crl;
use crate::pki::ocsp::OcspResponse;
use crate::pki::store::{Pool, Store};
use crate::pki::work::Work;

/// Pieces of one kind that are looked at.
const MAX_PIECES: usize = 128;

/// Everything of that kind in the file that may speak for one signature.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    certificates: Vec<Certificate>,
    lists: Vec<Crl>,
    responses: Vec<OcspResponse>,
    /// One sum for the whole file: what may still be verified of all this.
    work: Rc<Work>,
}

impl Evidence {
    /// The document security store.
    pub(super) fn of_document(document: &Document<'_>) -> Self {
        let ValidationData { certificates, crls, ocsps } = document.validation_data().unwrap_or_default();
        let mut evidence = Self::default();
        evidence.add(crls.iter().map(Vec::as_slice), ocsps.iter().map(Vec::as_slice));
        let certificates = certificates.iter().filter_map(|der| Certificate::from_der(der).ok());
        evidence.certificates.extend(certificates.take(MAX_PIECES));
        evidence
    }

    /// With what a signature carries.
    pub(super) fn with_signature(&self, signed: &SignedData) -> Self {
        let mut evidence = self.clone();
        evidence.add(signed.crls(), signed.ocsps());
        evidence.certificates.extend_from_slice(signed.certificates());
        evidence
    }

    /// With what a timestamp carries.
    pub(super) fn with_timestamp(&self, token: &TimestampToken) -> Self {
        let mut evidence = self.clone();
        evidence.add(token.crls(), token.ocsps());
        evidence.certificates.extend_from_slice(token.certificates());
        evidence
    }

    /// With further certificates.
    pub(super) fn with_certificates(&self, certificates: &[Certificate]) -> Self {
        let mut evidence = self.clone();
        evidence.certificates.extend_from_slice(certificates);
        evidence
    }

    fn add<'b>(&mut self, crls: impl Iterator<Item = &'b [u8]>, ocsps: impl Iterator<Item = &'b [u8]>) {
        self.lists.extend(crls.take(MAX_PIECES).filter_map(|der| Crl::from_der(der).ok()));
        self.responses.extend(ocsps.take(MAX_PIECES).filter_map(|der| OcspResponse::from_der(der).ok()));
    }

    /// Beside what is trusted.
    pub(super) fn pool<'p>(&'p self, store: &'p Store) -> Pool<'p> {
        Pool {
            store,
            certificates: &self.certificates,
            lists: &self.lists,
            responses: &self.responses,
            work: self.work.clone(),
        }
    }
}
