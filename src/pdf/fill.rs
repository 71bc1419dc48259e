//! The signature goes into the hole.

use super::StampError;
use super::read::coverage::der_length;
use super::stamp::Stamped;

/// The document with `cms`, a DER ContentInfo, in its hole: lower-case hexadecimal, then zeros.
///
/// # Errors
/// If `cms` is larger than the hole or is not one DER value.
pub fn fill(stamped: &Stamped, cms: &[u8]) -> Result<Vec<u8>, StampError> {
    let hole = stamped.capacity();
    if cms.len() > hole {
        return Err(StampError::DoesNotFit { cms: cms.len(), hole });
    }
    if der_length(cms) != Some(cms.len()) {
        return Err(StampError::NotDer);
    }
    let mut bytes = stamped.bytes().to_vec();
    let start = stamped.hole().start + 1;
    bytes[start..start + 2 * cms.len()].copy_from_slice(hex::encode(cms).as_bytes());
    Ok(bytes)
}
