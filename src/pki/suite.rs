//! Signature suites: what this system signs with, and which key, digest and signature belong together (RFC 5480, RFC 5758, RFC 4055, RFC 5754).
//!
//! What others sign with is wider, and only verified: [`super::algorithm::Algorithm`]. A new suite (SM2 with SM3: 1.2.156.10197.1.501) is a new variant here and a new arm in each `match`.

use super::algorithm::{Algorithm, Proven};
use super::tlv::{Element, INTEGER, NotDer, SEQUENCE, bit_string, tlv};

/// A key type with the digest and signature format it is used with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// ECDSA on P-256 over SHA-256; signatures are `SEQUENCE { r, s }`.
    EcdsaP256Sha256,
    /// ECDSA on P-384 over SHA-384: on requests and certificates of outside authorities, never made here.
    EcdsaP384Sha384,
    /// RSASSA-PKCS1-v1_5 over SHA-256 with a modulus of 2048 to 4096 bits.
    RsaPkcs1Sha256,
}

/// A signature and the suite it was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The suite.
    pub suite: Suite,
    /// The signature as CMS and X.509 carry it.
    pub bytes: Vec<u8>,
}

/// Why a key or a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SuiteError {
    /// The algorithm identifier names none of our suites.
    #[error("signature algorithm not supported")]
    Algorithm,
    /// The public key is of no supported type or size, or not well formed.
    #[error("public key not supported")]
    Key,
    /// Key and algorithm do not belong together.
    #[error("the signature algorithm is not that of the key")]
    Mismatch,
    /// The signature does not verify.
    #[error("signature wrong")]
    Signature,
    /// The signature verifies, but its algorithm or key was too weak at the time asked about ([`super::strength`]).
    #[error("the signature algorithm is too weak")]
    Weak,
}

const ALG_ECDSA_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const ALG_ECDSA_SHA384: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";
const ALG_RSA_SHA256: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
const ALG_RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const ALG_P256: &[u8] = b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const ALG_P384: &[u8] = b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
/// Bytes of the smallest and largest RSA modulus accepted.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// `id-sha256` as an AlgorithmIdentifier with absent parameters, as RFC 5754 section 2 says it must be written.
pub const SHA256: &[u8] = b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";

impl Suite {
    /// The suite a key signs with. `spki` is a DER SubjectPublicKeyInfo.
    pub fn of_key(spki: &[u8]) -> Result<Self, SuiteError> {
        PublicKey::parse(spki).map(|key| key.suite)
    }

    /// The suite of a DER AlgorithmIdentifier as X.509 writes it.
    pub fn of_algorithm(algorithm: &[u8]) -> Result<Self, SuiteError> {
        [Self::EcdsaP256Sha256, Self::EcdsaP384Sha384, Self::RsaPkcs1Sha256]
            .into_iter()
            .find(|suite| suite.algorithm() == algorithm)
            .ok_or(SuiteError::Algorithm)
    }

    /// The DER AlgorithmIdentifier of the signature.
    pub const fn algorithm(self) -> &'static [u8] {
        match self {
            Self::EcdsaP256Sha256 => ALG_ECDSA_SHA256,
            Self::EcdsaP384Sha384 => ALG_ECDSA_SHA384,
            Self::RsaPkcs1Sha256 => ALG_RSA_SHA256,
        }
    }

    /// Verifies `signature` over `message` by the key in `spki` (DER SubjectPublicKeyInfo).
    pub fn verify(self, spki: &[u8], message: &[u8], signature: &[u8]) -> Result<(), SuiteError> {
        if Self::of_key(spki)? != self {
            return Err(SuiteError::Mismatch);
        }
        // What is made here has no date yet from which it is weak.
        let _proven: Proven = Algorithm::parse(self.algorithm())?.verify(spki, message, signature)?;
        Ok(())
    }

    /// The most bytes a signature by the key in `spki` can have.
    pub fn signature_bound(spki: &[u8]) -> Result<usize, SuiteError> {
        let key = PublicKey::parse(spki)?;
        Ok(match key.suite {
            // SEQUENCE { INTEGER, INTEGER }: two numbers of at most 32 (48) bytes, each with a sign byte and a header of two.
            Suite::EcdsaP256Sha256 => 2 + 2 * (2 + 33),
            Suite::EcdsaP384Sha384 => 2 + 2 * (2 + 49),
            Suite::RsaPkcs1Sha256 => rsa_modulus(key.bits)?.len(),
        })
    }
}

/// The BIT STRING content of a DER SubjectPublicKeyInfo, whatever the algorithm; key identifiers are made of it.
pub(crate) fn key_bits(spki: &[u8]) -> Result<&[u8], NotDer> {
    let mut reader = Element::parse(spki, SEQUENCE)?.reader()?;
    reader.expect(SEQUENCE)?;
    let bits = reader.element()?.whole_bits()?;
    reader.finish()?;
    Ok(bits)
}

/// A SubjectPublicKeyInfo for an uncompressed P-256 point (65 bytes).
pub(crate) fn p256_spki(point: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[ALG_P256, &bit_string(point)])
}

/// A SubjectPublicKeyInfo for a PKCS#1 RSAPublicKey.
pub(crate) fn rsa_spki(public_key: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[ALG_RSA, &bit_string(public_key)])
}

struct PublicKey<'a> {
    suite: Suite,
    bits: &'a [u8],
}

impl<'a> PublicKey<'a> {
    fn parse(spki: &'a [u8]) -> Result<Self, SuiteError> {
        let bits = key_bits(spki).map_err(|_| SuiteError::Key)?;
        let algorithm =
            Element::parse(spki, SEQUENCE).and_then(|e| e.reader()?.element()).map_err(|_| SuiteError::Key)?;
        let suite = match algorithm.full {
            ALG_P256 if bits.len() == 65 && bits[0] == 4 => Suite::EcdsaP256Sha256,
            ALG_P384 if bits.len() == 97 && bits[0] == 4 => Suite::EcdsaP384Sha384,
            ALG_RSA if RSA_BYTES.contains(&rsa_modulus(bits)?.len()) => Suite::RsaPkcs1Sha256,
            _ => return Err(SuiteError::Key),
        };
        Ok(Self { suite, bits })
    }
}

/// The modulus of a PKCS#1 RSAPublicKey without its sign byte.
fn rsa_modulus(public_key: &[u8]) -> Result<&[u8], SuiteError> {
    let modulus = Element::parse(public_key, SEQUENCE)
        .and_then(|sequence| sequence.reader()?.expect(INTEGER))
        .map_err(|_| SuiteError::Key)?
        .content;
    Ok(modulus.strip_prefix(&[0]).unwrap_or(modulus))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithm_identifiers_are_those_of_the_standards() {
        for (suite, oid, parameters) in [
            (Suite::EcdsaP256Sha256, "1.2.840.10045.4.3.2", &b""[..]),
            (Suite::EcdsaP384Sha384, "1.2.840.10045.4.3.3", b""),
            (Suite::RsaPkcs1Sha256, "1.2.840.113549.1.1.11", b"\x05\x00"),
        ] {
            let oid = der::Encode::to_der(&der::asn1::ObjectIdentifier::new_unwrap(oid)).unwrap();
            assert_eq!(suite.algorithm(), tlv(SEQUENCE, &[&oid, parameters]));
            assert_eq!(Suite::of_algorithm(suite.algorithm()), Ok(suite));
        }
        assert_eq!(Suite::of_algorithm(ALG_RSA), Err(SuiteError::Algorithm));
    }

    #[test]
    fn small_and_foreign_keys_are_refused() {
        let rsa = |bytes: usize| {
            let modulus = [vec![0], vec![0xff; bytes]].concat();
            rsa_spki(&tlv(SEQUENCE, &[&tlv(INTEGER, &[&modulus]), &tlv(INTEGER, &[&[1, 0, 1]])]))
        };
        assert_eq!(Suite::of_key(&rsa(128)), Err(SuiteError::Key), "1024 bits");
        assert_eq!(Suite::of_key(&rsa(256)), Ok(Suite::RsaPkcs1Sha256));
        assert_eq!(Suite::signature_bound(&rsa(384)), Ok(384));
        assert_eq!(Suite::of_key(&rsa(513)), Err(SuiteError::Key), "more than 4096 bits");
        assert_eq!(Suite::of_key(&p256_spki(&[2; 33])), Err(SuiteError::Key), "compressed point");
        assert_eq!(Suite::of_key(b"\x30\x00"), Err(SuiteError::Key));
    }
}
