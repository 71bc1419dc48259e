//! The document security store: what a signer put into the file so that signatures can be validated later
//! (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2).
//!
//! What is found is a heap of claims: certificates, lists and answers prove themselves or nothing. So it does not matter
//! which revision brought them, and the file as it is now is read.

use std::collections::HashSet;

use super::ReadError;
use super::document::Document;
use super::value::{Dict, Value};
use super::view::View;

/// Streams read of one kind.
const MAX_STREAMS: usize = 128;
/// What one of them may decode to: the longest revocation list read.
const MAX_STREAM: usize = 8 << 20;
/// What all of them together may decode to.
const MAX_STORE: usize = 32 << 20;

/// What a document security store holds, each in DER as far as its writer kept the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidationData {
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists.
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses.
    pub ocsps: Vec<Vec<u8>>,
}

impl Document<'_> {
    /// The store's contents; those that only an entry of `/VRI` names are in the store's own arrays as well, or are left out. So is what cannot be read, what stands there again, and
    /// what is too much.
    ///
    /// # Errors
    /// If the store itself cannot be read.
    pub fn validation_data(&self) -> Result<ValidationData, ReadError> {
        let view = self.latest();
        let (_, catalog) = view.catalog()?;
        let Some(store) = view.dict(catalog.get("DSS"), "document security store")? else {
            return Ok(ValidationData::default());
        };
        let mut left = MAX_STORE;
        Ok(ValidationData {
            certificates: streams(&view, &store, "Certs", &mut left),
            crls: streams(&view, &store, "CRLs", &mut left),
            ocsps: streams(&view, &store, "OCSPs", &mut left),
        })
    }
}

fn streams(view: &View<'_, '_>, store: &Dict, key: &str, left: &mut usize) -> Vec<Vec<u8>> {
    let references = view.array(store.get(key), "document security store").unwrap_or_default();
    let mut seen = HashSet::new();
    let ids = references.iter().filter_map(Value::as_ref).filter(|id| seen.insert(*id)).take(MAX_STREAMS);
    let mut streams = Vec::new();
    for id in ids {
        let Ok(Some(object)) = view.object(id) else { continue };
        let limit = MAX_STREAM.min(*left);
        let decoded = view.document().decoded(&object, limit);
        // One that cannot be read may have cost as much as the longest.
        *left -= decoded.as_ref().map_or(limit, Vec::len);
        streams.extend(decoded);
    }
    streams
}
