//! SignedData for one seal, written in the one spelling that [`super::SignedData::is_canonical`] accepts (RFC 5652 section 5.1).
//!
//! Version 1, SHA-256, detached id-data, the signer's certificate and its issuers below the root, one signer by issuer and serial number, at most two unsigned attributes.

use super::SignedAttributes;
use super::attribute_types::{DATA, LEDGER_PROOF, SIGNED_DATA, TIMESTAMP};
use super::attributes::attribute;
use crate::pki::certificate::Certificate;
use crate::pki::suite::{SHA256, Signature, Suite, SuiteError};
use crate::pki::tlv::{OCTET_STRING, SEQUENCE, SET, context, set_of, tlv, unsigned};

/// What a signature carries without covering it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnsignedAttributes<'a> {
    /// The ledger proof, a `c2sp.org/tlog-proof@v1` text.
    pub proof: Option<&'a [u8]>,
    /// A TimeStampToken over the signature (RFC 3161): one DER ContentInfo.
    pub timestamp: Option<&'a [u8]>,
}

/// The DER ContentInfo of a detached signature. `chain`: the issuers of `signer`, in any order; self-signed ones are left out, as a verifier must have its anchor already.
pub fn assemble(
    attributes: &SignedAttributes,
    signature: &Signature,
    signer: &Certificate,
    chain: &[Certificate],
    unsigned_attributes: UnsignedAttributes<'_>,
) -> Vec<u8> {
    let mut certificates = vec![signer.der().to_vec()];
    for issuer in chain.iter().filter(|issuer| issuer.subject_der() != issuer.issuer_der()) {
        if !certificates.iter().any(|known| known == issuer.der()) {
            certificates.push(issuer.der().to_vec());
        }
    }
    let signed_data = tlv(
        SEQUENCE,
        &[
            &unsigned(1),
            &tlv(SET, &[SHA256]),
            &tlv(SEQUENCE, &[DATA]),
            &set_of(context(0), certificates),
            &tlv(SET, &[&signer_info(attributes, signature, signer, unsigned_attributes)]),
        ],
    );
    tlv(SEQUENCE, &[SIGNED_DATA, &tlv(context(0), &[&signed_data])])
}

/// The most bytes [`assemble`] can give for this signer and chain with a proof and a timestamp of at most so many bytes (0: none); what the hole in the PDF must hold.
pub fn upper_bound(
    signer: &Certificate,
    chain: &[Certificate],
    proof: usize,
    timestamp: usize,
) -> Result<usize, SuiteError> {
    // Lengths only grow with their contents, so that the longest parts give the longest whole.
    let signature = Signature {
        suite: Suite::of_key(signer.spki_der())?,
        bytes: vec![0; Suite::signature_bound(signer.spki_der())?],
    };
    let attributes = SignedAttributes::build(crate::digest::Digest::from_bytes([0; 32]), signer, [0; 32]);
    let (proof, timestamp) = (vec![0; proof], vec![0; timestamp]);
    let given = |bytes: &'_ Vec<u8>| !bytes.is_empty();
    let unsigned_attributes = UnsignedAttributes {
        proof: Some(proof.as_slice()).filter(|_| given(&proof)),
        timestamp: Some(timestamp.as_slice()).filter(|_| given(&timestamp)),
    };
    Ok(assemble(&attributes, &signature, signer, chain, unsigned_attributes).len())
}

fn signer_info(
    attributes: &SignedAttributes,
    signature: &Signature,
    signer: &Certificate,
    unsigned_attributes: UnsignedAttributes<'_>,
) -> Vec<u8> {
    // [0] IMPLICIT: the same bytes under another tag.
    let mut signed_attributes = attributes.as_set_der().to_vec();
    signed_attributes[0] = context(0);
    let mut others = Vec::new();
    if let Some(proof) = unsigned_attributes.proof {
        others.push(attribute(LEDGER_PROOF, &tlv(OCTET_STRING, &[proof])));
    }
    if let Some(token) = unsigned_attributes.timestamp {
        others.push(attribute(TIMESTAMP, token));
    }
    let others = if others.is_empty() { Vec::new() } else { set_of(context(1), others) };
    tlv(
        SEQUENCE,
        &[
            &unsigned(1),
            &tlv(SEQUENCE, &[signer.issuer_der(), signer.serial_der()]),
            SHA256,
            &signed_attributes,
            signature.suite.algorithm(),
            &tlv(OCTET_STRING, &[&signature.bytes]),
            &others,
        ],
    )
}
