//! Signature algorithms of others, to verify alone: which there are, how an AlgorithmIdentifier names them, and the one entry through which every signature in certificates,
//! lists, answers, timestamps and documents is verified (RFC 4055, RFC 5754, RFC 5758, RFC 8410, RFC 8702, FIPS 186-5).
//!
//! What is fast and common goes to `ring`; the rest to [`super::rsa`] and [`super::ecdsa`]. What this system signs with is [`super::suite::Suite`].
//! Out of scope: DSA, Ed448, MD5, brainpoolP512r1. Whether an algorithm is still strong enough is [`super::strength`]'s to say.

use jiff::Timestamp;
use ring::signature as fast;

use super::ecdsa::Curve;
use super::hash::HashAlgorithm;
use super::public_key::{Key, PublicKey};
use super::strength::{self, Strength};
use super::suite::SuiteError;
use super::tlv::{Element, INTEGER, OID, SEQUENCE, context};

/// A signature algorithm with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 8017 section 8.1).
    RsaPss(Pss),
    /// ECDSA, signatures as `SEQUENCE { r, s }` (FIPS 186-5). The curve is the key's.
    Ecdsa(HashAlgorithm),
    /// Ed25519 over the message itself (RFC 8032).
    Ed25519,
}

/// Parameters of RSASSA-PSS (RFC 4055 section 3.1); the trailer is always 0xbc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pss {
    /// Of the message.
    pub hash: HashAlgorithm,
    /// Of MGF1.
    pub mask_hash: HashAlgorithm,
    /// The salt's length in bytes.
    pub salt: usize,
}

/// A signature that holds: by which algorithm and how large a key. Made by [`Algorithm::verify`] and [`Algorithm::verify_digest`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a signature that holds may still be too weak to believe"]
pub struct Proven {
    algorithm: Algorithm,
    key_bits: usize,
}

impl Proven {
    /// The algorithm.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The size of the key in bits: of an RSA modulus, of a curve's field.
    pub const fn key_bits(&self) -> usize {
        self.key_bits
    }

    /// What the signature is worth if it is known to have existed at `at`.
    pub fn strength(&self, at: Timestamp) -> Strength {
        strength::strength(&self.algorithm, self.key_bits, at)
    }

    /// Refuses what was too weak at `at`.
    pub fn strong(self, at: Timestamp) -> Result<Self, SuiteError> {
        match self.strength(at) {
            Strength::Good => Ok(self),
            Strength::Weak { .. } => Err(SuiteError::Weak),
        }
    }
}

const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const RSA_PSS: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const MGF1: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08";
const EC_KEY: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
const ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";

/// Identifiers that name algorithm and hash at once.
#[rustfmt::skip]
const COMBINED: &[(&[u8], Algorithm)] = {
    use {Algorithm::{Ecdsa, RsaPkcs1}, HashAlgorithm::*};
    &[
        (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", RsaPkcs1(Sha1)),
        (b"\x06\x05\x2b\x0e\x03\x02\x1d", RsaPkcs1(Sha1)),
        (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", RsaPkcs1(Sha224)),
        (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", RsaPkcs1(Sha256)),
        (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", RsaPkcs1(Sha384)),
        (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", RsaPkcs1(Sha512)),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x0d", RsaPkcs1(Sha3_224)),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x0e", RsaPkcs1(Sha3_256)),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x0f", RsaPkcs1(Sha3_384)),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x10", RsaPkcs1(Sha3_512)),
        (b"\x06\x07\x2a\x86\x48\xce\x3d\x04\x01", Ecdsa(Sha1)),
        (b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x01", Ecdsa(Sha224)),
        (b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", Ecdsa(Sha256)),
        (b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03", Ecdsa(Sha384)),
        (b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04", Ecdsa(Sha512)),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x09", Ecdsa(Sha3_224)),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x0a", Ecdsa(Sha3_256)),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x0b", Ecdsa(Sha3_384)),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x0c", Ecdsa(Sha3_512)),
    ]
};

impl Algorithm {
    /// The algorithm of a DER AlgorithmIdentifier as X.509 writes it.
    pub fn parse(identifier: &[u8]) -> Result<Self, SuiteError> {
        let identifier = Identifier::parse(identifier)?;
        match identifier.oid {
            RSA_PSS => Pss::parse(identifier.parameters.ok_or(SuiteError::Algorithm)?).map(Self::RsaPss),
            ED25519 if identifier.parameters.is_none() => Ok(Self::Ed25519),
            oid => {
                identifier.null_or_absent()?;
                let found = COMBINED.iter().find(|(known, _)| *known == oid);
                found.map(|(_, algorithm)| *algorithm).ok_or(SuiteError::Algorithm)
            }
        }
    }

    /// The algorithm of a CMS signer: as [`parse`](Self::parse), or the key's own identifier, whose hash is the one named apart (RFC 3370 section 3.2; some signers do so with
    /// EC keys too). [`SuiteError::Mismatch`] if the two name different hashes.
    pub fn of_cms(signature: &[u8], digest: HashAlgorithm) -> Result<Self, SuiteError> {
        let identifier = Identifier::parse(signature)?;
        let algorithm = match identifier.oid {
            RSA => identifier.null_or_absent().map(|()| Self::RsaPkcs1(digest))?,
            EC_KEY => Self::Ecdsa(digest),
            _ => Self::parse(signature)?,
        };
        match algorithm.hash() {
            Some(hash) if hash != digest => Err(SuiteError::Mismatch),
            _ => Ok(algorithm),
        }
    }

    /// The hash of the message; none where the message itself is signed.
    pub const fn hash(&self) -> Option<HashAlgorithm> {
        match self {
            Self::RsaPkcs1(hash) | Self::Ecdsa(hash) => Some(*hash),
            Self::RsaPss(pss) => Some(pss.hash),
            Self::Ed25519 => None,
        }
    }

    /// Verifies `signature` over `message` by the key in `spki` (DER SubjectPublicKeyInfo).
    pub fn verify(&self, spki: &[u8], message: &[u8], signature: &[u8]) -> Result<Proven, SuiteError> {
        let key = PublicKey::parse(spki)?;
        if let Some((algorithm, key_bytes)) = self.fast(&key) {
            let checked = fast::UnparsedPublicKey::new(algorithm, key_bytes).verify(message, signature);
            return checked.map(|()| self.proven(&key)).map_err(|_| SuiteError::Signature);
        }
        let hash = self.hash().ok_or(SuiteError::Mismatch)?;
        self.check_digest(&key, &hash.hash(message), signature)
    }

    /// The same over the hash value of the message alone; Ed25519 needs the message itself: [`SuiteError::Algorithm`].
    pub fn verify_digest(&self, spki: &[u8], digest: &[u8], signature: &[u8]) -> Result<Proven, SuiteError> {
        self.check_digest(&PublicKey::parse(spki)?, digest, signature)
    }

    fn check_digest(&self, key: &PublicKey<'_>, digest: &[u8], signature: &[u8]) -> Result<Proven, SuiteError> {
        let hash = self.hash().ok_or(SuiteError::Algorithm)?;
        if digest.len() != hash.length() {
            return Err(SuiteError::Signature);
        }
        match (self, key.key()) {
            (Self::RsaPkcs1(_), Key::Rsa(key)) => key.verify_pkcs1(hash, digest, signature)?,
            (Self::RsaPss(pss), Key::Rsa(key)) => key.verify_pss(pss, digest, signature)?,
            (Self::RsaPss(pss), Key::RsaPss(key, restriction)) => {
                // RFC 4055 section 3.3: the key's hashes bind, its salt is the least.
                if restriction.is_some_and(|r| (r.hash, r.mask_hash) != (pss.hash, pss.mask_hash) || pss.salt < r.salt)
                {
                    return Err(SuiteError::Mismatch);
                }
                key.verify_pss(pss, digest, signature)?;
            }
            (Self::Ecdsa(_), Key::Ec(curve, point)) => curve.verify(point, digest, signature)?,
            _ => return Err(SuiteError::Mismatch),
        }
        Ok(self.proven(key))
    }

    /// What `ring` verifies, with the key's bytes as it wants them.
    fn fast<'a>(&self, key: &PublicKey<'a>) -> Option<(&'static dyn fast::VerificationAlgorithm, &'a [u8])> {
        use HashAlgorithm::{Sha256, Sha384, Sha512};
        match (self, key.key()) {
            (Self::Ecdsa(hash), Key::Ec(curve, point)) if point.first() == Some(&4) => match (curve, hash) {
                (Curve::P256, Sha256) => Some((&fast::ECDSA_P256_SHA256_ASN1, *point)),
                (Curve::P384, Sha384) => Some((&fast::ECDSA_P384_SHA384_ASN1, *point)),
                _ => None,
            },
            (Self::RsaPkcs1(hash), Key::Rsa(rsa)) if key.bits() >= 2048 => match hash {
                Sha256 => Some((&fast::RSA_PKCS1_2048_8192_SHA256, rsa.encoded())),
                Sha384 => Some((&fast::RSA_PKCS1_2048_8192_SHA384, rsa.encoded())),
                Sha512 => Some((&fast::RSA_PKCS1_2048_8192_SHA512, rsa.encoded())),
                _ => None,
            },
            (Self::Ed25519, Key::Ed25519(point)) => Some((&fast::ED25519, *point)),
            _ => None,
        }
    }

    fn proven(&self, key: &PublicKey<'_>) -> Proven {
        Proven { algorithm: *self, key_bits: key.bits() }
    }
}

impl Pss {
    /// RSASSA-PSS-params with its defaults; those written out although they are defaults are taken too, as many write them.
    pub(super) fn parse(parameters: Element<'_>) -> Result<Self, SuiteError> {
        const SHA1_DEFAULT: HashAlgorithm = HashAlgorithm::Sha1;
        let refused = |_| SuiteError::Algorithm;
        let mut fields = Element::parse(parameters.full, SEQUENCE).and_then(|e| e.reader()).map_err(refused)?;
        let hash = match fields.optional(context(0)).map_err(refused)? {
            Some(hash) => HashAlgorithm::parse(hash.content)?,
            None => SHA1_DEFAULT,
        };
        let mask_hash = match fields.optional(context(1)).map_err(refused)? {
            Some(mask) => {
                let mask = Identifier::parse(mask.content)?;
                let inner = mask.parameters.filter(|_| mask.oid == MGF1).ok_or(SuiteError::Algorithm)?;
                HashAlgorithm::parse(inner.full)?
            }
            None => SHA1_DEFAULT,
        };
        let mut number = |tag: u8, default: usize| match fields.optional(context(tag)).map_err(refused)? {
            Some(number) => small(number.content).ok_or(SuiteError::Algorithm),
            None => Ok(default),
        };
        let (salt, trailer) = (number(2, 20)?, number(3, 1)?);
        fields.finish().map_err(refused)?;
        if trailer == 1 { Ok(Self { hash, mask_hash, salt }) } else { Err(SuiteError::Algorithm) }
    }
}

/// A DER INTEGER from 0 to 32767.
fn small(der: &[u8]) -> Option<usize> {
    match Element::parse(der, INTEGER).ok()?.content {
        [low] if *low < 0x80 => Some(usize::from(*low)),
        [high, low] if *high < 0x80 && (*high > 0 || *low >= 0x80) => Some(usize::from(*high) << 8 | usize::from(*low)),
        _ => None,
    }
}

/// An AlgorithmIdentifier taken apart.
pub(super) struct Identifier<'a> {
    /// DER.
    pub(super) oid: &'a [u8],
    pub(super) parameters: Option<Element<'a>>,
}

impl<'a> Identifier<'a> {
    pub(super) fn parse(der: &'a [u8]) -> Result<Self, SuiteError> {
        let parts = || {
            let mut parts = Element::parse(der, SEQUENCE)?.reader()?;
            let oid = parts.expect(OID)?.full;
            let parameters = if parts.is_finished() { None } else { Some(parts.element()?) };
            parts.finish()?;
            Ok(Self { oid, parameters })
        };
        parts().map_err(|_: super::tlv::NotDer| SuiteError::Algorithm)
    }

    pub(super) fn null_or_absent(&self) -> Result<(), SuiteError> {
        match self.parameters {
            None => Ok(()),
            Some(parameters) if parameters.full == b"\x05\x00" => Ok(()),
            Some(_) => Err(SuiteError::Algorithm),
        }
    }
}

#[cfg(test)]
mod tests;
