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
            (ED25519, None) if bits.len() == 32 && !has_small_order(bits) => Key::Ed25519(bits),
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

/// The two y of Ed25519's points of order 8, little-endian.
const ORDER_8: [[u8; 32]; 2] = [
    *b"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
    *b"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
];

/// Whether an Ed25519 key lies in the curve's torsion, where one signature is good for every message (RFC 8032 section 8.9 leaves the check open), or is no reduced number
/// (section 5.1.3 refuses it).
fn has_small_order(key: &[u8]) -> bool {
    // The sign of x does not matter.
    let mut y = key.to_vec();
    let Some(last) = y.last_mut() else { return true };
    *last &= 0x7f;
    match y[..] {
        // 0 and 1
        [0..=1, ref rest @ ..] if rest.iter().all(|byte| *byte == 0) => true,
        // -1, and from p = 2^255 - 19 on
        [0xec..=0xff, ref rest @ .., 0x7f] if rest.iter().all(|byte| *byte == 0xff) => true,
        _ => ORDER_8.iter().any(|order_8| y == order_8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Encodings of the torsion, by a calculation with the curve's equation.
    #[test]
    fn a_key_that_signs_everything_is_refused() {
        let spki = |key: &[u8]| [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", key].concat();
        let is_read = |hex: &str| PublicKey::parse(&spki(&hex::decode(hex).unwrap())).is_ok();
        let (zeros, ones) = ("00".repeat(30), "ff".repeat(30));
        for (first, middle, last) in
            [("00", &zeros, 0x00), ("01", &zeros, 0x00), ("ec", &ones, 0x7f), ("ed", &ones, 0x7f), ("ee", &ones, 0x7f)]
        {
            assert!(
                !is_read(&format!("{first}{middle}{last:02x}"))
                    && !is_read(&format!("{first}{middle}{:02x}", last | 0x80))
            );
        }
        for order_8 in [
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        ] {
            assert!(!is_read(order_8));
        }
        // RFC 8032 section 7.1, test 1; and the base point, whose y is 4/5.
        assert!(is_read("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        assert!(is_read("5866666666666666666666666666666666666666666666666666666666666666"));
    }
}
