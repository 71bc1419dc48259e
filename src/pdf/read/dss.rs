//! The document security store: what a signer put into the file so that signatures can be validated later
//! (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2).
//!
//! What is found is a heap of claims: certificates, lists and answers prove themselves or nothing. So it does not matter
//! which revision brought them, and the file as it is now is read.

use super::ReadError;
use super::document::Document;
use super::value::{Dict, Value};
use super::view::View;

/// Streams read of one kind.
const MAX_STREAMS: usize = 128;
/// What one of them may decode to: the longest revocation list read.
const MAX_STREAM: usize = 8 << 20;

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
    /// The store's contents; those that only an entry of `/VRI` names are in the store's own arrays as well, or are left out.
    ///
    /// # Errors
    /// If the store or a stream of it cannot be read.
    pub fn validation_data(&self) -> Result<ValidationData, ReadError> {
        let view = self.latest();
        let (_, catalog) = view.catalog()?;
        let Some(store) = view.dict(catalog.get("DSS"), "document security store")? else {
            return Ok(ValidationData::default());
        };
        Ok(ValidationData {
            certificates: streams(&view, &store, "Certs")?,
            crls: streams(&view, &store, "CRLs")?,
            ocsps: streams(&view, &store, "OCSPs")?,
        })
    }
}

fn streams(view: &View<'_, '_>, store: &Dict, key: &str) -> Result<Vec<Vec<u8>>, ReadError> {
    let references = view.array(store.get(key), "document security store")?;
    if references.len() > MAX_STREAMS {
        return Err(ReadError::Limit("document security store"));
    }
    let mut streams = Vec::new();
    for id in references.iter().filter_map(Value::as_ref) {
        let Some(object) = view.object(id)? else { continue };
        streams.push(view.document().decoded(&object, MAX_STREAM)?);
    }
    Ok(streams)
}
