//! RSA signatures that `ring` does not verify: small keys, SHA-1, SHA-224, SHA-3, and RSASSA-PSS with any parameters (RFC 8017 sections 8 and 9).
//!
//! Verification alone, which has no secrets: encodings are built or taken apart byte by byte and compared whole.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use super::algorithm::Pss;
use super::ecdsa::positive;
use super::hash::{HashAlgorithm, Hasher};
use super::suite::SuiteError;
use super::tlv::{Element, NotDer, OCTET_STRING, SEQUENCE, tlv};

/// Bits of the smallest and largest modulus: below is beyond help, above costs more than it says.
const BITS: std::ops::RangeInclusive<usize> = 1024..=8192;
/// The largest public exponent.
const MAX_EXPONENT: u64 = (1 << 33) - 1;

/// A PKCS#1 RSAPublicKey.
pub(super) struct RsaKey<'a> {
    encoded: &'a [u8],
    /// Without leading zeros.
    modulus: &'a [u8],
    exponent: u64,
}

impl<'a> RsaKey<'a> {
    pub(super) fn parse(encoded: &'a [u8]) -> Result<Self, SuiteError> {
        let numbers = || {
            let mut reader = Element::parse(encoded, SEQUENCE)?.reader()?;
            let numbers = (positive(&mut reader)?, positive(&mut reader)?);
            reader.finish().map(|()| numbers)
        };
        let (modulus, exponent) = numbers().map_err(|_: NotDer| SuiteError::Key)?;
        if exponent.len() > 8 {
            return Err(SuiteError::Key);
        }
        let exponent = exponent.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let key = Self { encoded, modulus, exponent };
        let is_odd = modulus.last().is_some_and(|last| last & 1 == 1) && exponent & 1 == 1;
        let fits = BITS.contains(&key.bits()) && (3..=MAX_EXPONENT).contains(&exponent);
        if is_odd && fits { Ok(key) } else { Err(SuiteError::Key) }
    }

    pub(super) const fn encoded(&self) -> &'a [u8] {
        self.encoded
    }

    pub(super) fn bits(&self) -> usize {
        let first = self.modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
        (self.modulus.len() * 8).saturating_sub(first)
    }

    /// RSAVP1: the encoded message, as long as the modulus. None unless the signature is as long, and smaller in number.
    fn open(&self, signature: &[u8]) -> Option<Vec<u8>> {
        // Both of one length: comparing bytes compares numbers.
        if signature.len() != self.modulus.len() || signature >= self.modulus {
            return None;
        }
        let modulus = BoxedUint::from_be_slice_vartime(self.modulus);
        let signature = BoxedUint::from_be_slice(signature, modulus.bits_precision()).ok()?;
        let modulus = Option::<Odd<BoxedUint>>::from(Odd::new(modulus))?;
        let base = BoxedMontyForm::new(signature, &BoxedMontyParams::new_vartime(modulus));
        let exponent_bits = u64::BITS - self.exponent.leading_zeros();
        let message = base.pow_bounded_exp(&BoxedUint::from(self.exponent), exponent_bits).retrieve().to_be_bytes();
        let surplus = message.len().checked_sub(self.modulus.len())?;
        Some(message[surplus..].to_vec())
    }

    /// RSASSA-PKCS1-v1_5 over a hash value: the encoding is the one that RFC 8017 section 9.2 makes, whole.
    pub(super) fn verify_pkcs1(&self, hash: HashAlgorithm, digest: &[u8], signature: &[u8]) -> Result<(), SuiteError> {
        let expected = self.pkcs1_encoding(hash, digest).ok_or(SuiteError::Key)?;
        if self.open(signature) == Some(expected) { Ok(()) } else { Err(SuiteError::Signature) }
    }

    fn pkcs1_encoding(&self, hash: HashAlgorithm, digest: &[u8]) -> Option<Vec<u8>> {
        let identifier = tlv(SEQUENCE, &[hash.oid(), b"\x05\x00"]);
        let info = tlv(SEQUENCE, &[&identifier, &tlv(OCTET_STRING, &[digest])]);
        let padding = self.modulus.len().checked_sub(info.len() + 3).filter(|length| *length >= 8)?;
        Some([&[0, 1][..], &vec![0xff; padding], &[0], &info].concat())
    }

    /// The hash function that a PKCS#1 v1.5 signature says it was made with. Proves nothing.
    pub(super) fn claimed_hash(&self, signature: &[u8]) -> Option<HashAlgorithm> {
        let opened = self.open(signature)?;
        HashAlgorithm::ALL.into_iter().find(|hash| {
            let length = opened.len().saturating_sub(hash.length());
            let digest = &opened[length..];
            self.pkcs1_encoding(*hash, digest).is_some_and(|expected| expected == opened)
        })
    }

    /// RSASSA-PSS over a hash value (RFC 8017 section 9.1.2).
    pub(super) fn verify_pss(&self, pss: &Pss, digest: &[u8], signature: &[u8]) -> Result<(), SuiteError> {
        let opened = self.open(signature).ok_or(SuiteError::Signature)?;
        if self.pss_holds(pss, digest, &opened) == Some(true) { Ok(()) } else { Err(SuiteError::Signature) }
    }

    /// None if a length does not fit.
    fn pss_holds(&self, pss: &Pss, digest: &[u8], opened: &[u8]) -> Option<bool> {
        // The encoding has one bit less than the modulus; if that leaves whole bytes, the first byte is outside it.
        let bits = self.bits() - 1;
        let (outside, encoded) = opened.split_at_checked(opened.len().checked_sub(bits.div_ceil(8))?)?;
        let block_length = encoded.len().checked_sub(pss.hash.length() + 1)?;
        let (masked, rest) = encoded.split_at_checked(block_length)?;
        let (check, trailer) = rest.split_at_checked(pss.hash.length())?;
        let padding = block_length.checked_sub(pss.salt + 1)?;
        let unused = 8 * encoded.len() - bits;
        let top = 0xffu8.checked_shr(u32::try_from(unused).ok()?)?;
        if outside.iter().any(|byte| *byte != 0) || trailer != [0xbc] || masked.first()? & !top != 0 {
            return Some(false);
        }
        let mut block: Vec<u8> = mgf1(pss.mask_hash, check, block_length);
        block.iter_mut().zip(masked).for_each(|(mask, byte)| *mask ^= byte);
        *block.first_mut()? &= top;
        let (zeros, tail) = block.split_at_checked(padding)?;
        let (one, salt) = tail.split_first()?;
        if zeros.iter().any(|byte| *byte != 0) || *one != 1 {
            return Some(false);
        }
        let mut hasher = Hasher::new(pss.hash);
        hasher.update(&[0; 8]);
        hasher.update(digest);
        hasher.update(salt);
        Some(hasher.finish() == check)
    }
}

/// The mask generation function MGF1 (RFC 8017 appendix B.2.1).
fn mgf1(hash: HashAlgorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + hash.length());
    for counter in 0u32.. {
        if mask.len() >= length {
            break;
        }
        let mut hasher = Hasher::new(hash);
        hasher.update(seed);
        hasher.update(&counter.to_be_bytes());
        mask.extend(hasher.finish());
    }
    mask.truncate(length);
    mask
}
