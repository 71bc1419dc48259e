//! Public keys as SubjectPublicKeyInfo writes them (RFC 5280 section 4.1.2.7, RFC 3279, RFC 4055, RFC 5480, RFC 8410).

use super::algorithm::{Identifier, Pss};
use super::ecdsa::Curve;
use super::hash::HashAlgorithm;
use super::rsa::RsaKey;
use super::suite::{SuiteError, key_bits};
use super::tlv::{Element, SEQUENCE};

const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const RSA_PSS: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const EC: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
const ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";

/// A public key of a kind we verify with.
pub struct PublicKey<'a>(Key<'a>);

pub(super) enum Key<'a> {
    Rsa(RsaKey<'a>),
    /// An RSA key for RSASSA-PSS alone, and with which parameters, if it says.
    RsaPss(RsaKey<'a>, Option<Pss>),
    /// Curve and SEC1 point.
    Ec(Curve, &'a [u8]),
    Ed25519(&'a [u8]),
}

impl<'a> PublicKey<'a> {
    /// Reads a DER SubjectPublicKeyInfo.
    pub fn parse(spki: &'a [u8]) -> Result<Self, SuiteError> {
        let unreadable = |_| SuiteError::Key;
        let bits = key_bits(spki).map_err(unreadable)?;
        let identifier = Element::parse(spki, SEQUENCE).and_then(|e| e.reader()?.element()).map_err(unreadable)?;
        let identifier = Identifier::parse(identifier.full).map_err(|_| SuiteError::Key)?;
        let key = match (identifier.oid, identifier.parameters) {
            (RSA, _) => {
                identifier.null_or_absent().map_err(|_| SuiteError::Key)?;
                Key::Rsa(RsaKey::parse(bits)?)
            }
            (RSA_PSS, parameters) => {
                let restriction = parameters.map(Pss::parse).transpose().map_err(|_| SuiteError::Key)?;
                Key::RsaPss(RsaKey::parse(bits)?, restriction)
            }
            (EC, Some(curve)) => Key::Ec(Curve::of_oid(curve.full).ok_or(SuiteError::Key)?, bits),
            (ED25519, None) if bits.len() == 32 => Key::Ed25519(bits),
            _ => return Err(SuiteError::Key),
        };
        Ok(Self(key))
    }

    pub(super) const fn key(&self) -> &Key<'a> {
        &self.0
    }

    /// The size in bits: of the modulus, of the curve's field.
    pub fn bits(&self) -> usize {
        match &self.0 {
            Key::Rsa(key) | Key::RsaPss(key, _) => key.bits(),
            Key::Ec(curve, _) => curve.bits(),
            Key::Ed25519(_) => 255,
        }
    }

    /// The hash function that an RSASSA-PKCS1-v1_5 signature says it was made with, if it has the form of one by this key. Proves nothing about any document.
    pub fn claimed_hash(&self, signature: &[u8]) -> Option<HashAlgorithm> {
        match &self.0 {
            Key::Rsa(key) => key.claimed_hash(signature),
            _ => None,
        }
    }
}
