//! Hash functions named by others: FIPS 180-4 and FIPS 202, as AlgorithmIdentifiers write them (RFC 5754, RFC 8702, RFC 3370), and a hasher that is fed piece by piece.
//!
//! What this system makes is SHA-256 alone: [`crate::digest::Digest`].

use sha3::digest::{Digest as _, DynDigest};

use super::algorithm::Identifier;
use super::suite::SuiteError;

/// A hash function that a signature from elsewhere may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-1, 20 bytes; collisions are practical ([`super::strength`]).
    Sha1,
    /// SHA-224, 28 bytes.
    Sha224,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
    /// SHA3-224, 28 bytes.
    Sha3_224,
    /// SHA3-256, 32 bytes.
    Sha3_256,
    /// SHA3-384, 48 bytes.
    Sha3_384,
    /// SHA3-512, 64 bytes.
    Sha3_512,
}

impl HashAlgorithm {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha3_224,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
    ];

    /// The function of a DER AlgorithmIdentifier; parameters are absent or NULL (RFC 5754 section 2).
    pub fn parse(identifier: &[u8]) -> Result<Self, SuiteError> {
        let identifier = Identifier::parse(identifier)?;
        identifier.null_or_absent()?;
        Self::ALL.into_iter().find(|hash| hash.oid() == identifier.oid).ok_or(SuiteError::Algorithm)
    }

    /// The object identifier as DER.
    pub(crate) const fn oid(self) -> &'static [u8] {
        match self {
            Self::Sha1 => b"\x06\x05\x2b\x0e\x03\x02\x1a",
            Self::Sha224 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04",
            Self::Sha256 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01",
            Self::Sha384 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02",
            Self::Sha512 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03",
            Self::Sha3_224 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x07",
            Self::Sha3_256 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x08",
            Self::Sha3_384 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x09",
            Self::Sha3_512 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x0a",
        }
    }

    /// The length of its values in bytes.
    pub const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha3_256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 => 64,
        }
    }

    /// The name as the standards write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha3_224 => "SHA3-224",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
        }
    }

    /// The hash value of `bytes`.
    pub fn hash(self, bytes: &[u8]) -> Vec<u8> {
        let mut hasher = Hasher::new(self);
        hasher.update(bytes);
        hasher.finish()
    }
}

/// A hash value in the making.
#[derive(Clone)]
pub struct Hasher(State);

#[expect(
    clippy::large_enum_variant,
    reason = "a hasher lives on the stack for a moment, and the large one is the usual one"
)]
#[derive(Clone)]
enum State {
    /// What `ring` has: the processor's own instructions where there are any.
    Ring(ring::digest::Context),
    Other(Box<dyn DynDigest>),
}

impl Hasher {
    /// Nothing hashed yet.
    pub fn new(algorithm: HashAlgorithm) -> Self {
        use ring::digest as r;
        let ring = |algorithm| State::Ring(r::Context::new(algorithm));
        Self(match algorithm {
            HashAlgorithm::Sha1 => ring(&r::SHA1_FOR_LEGACY_USE_ONLY),
            HashAlgorithm::Sha256 => ring(&r::SHA256),
            HashAlgorithm::Sha384 => ring(&r::SHA384),
            HashAlgorithm::Sha512 => ring(&r::SHA512),
            HashAlgorithm::Sha224 => State::Other(Box::new(sha2::Sha224::new())),
            HashAlgorithm::Sha3_224 => State::Other(Box::new(sha3::Sha3_224::new())),
            HashAlgorithm::Sha3_256 => State::Other(Box::new(sha3::Sha3_256::new())),
            HashAlgorithm::Sha3_384 => State::Other(Box::new(sha3::Sha3_384::new())),
            HashAlgorithm::Sha3_512 => State::Other(Box::new(sha3::Sha3_512::new())),
        })
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Ring(context) => context.update(bytes),
            State::Other(digest) => digest.update(bytes),
        }
    }

    /// The value over all bytes taken in.
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Ring(context) => context.finish().as_ref().to_vec(),
            State::Other(digest) => digest.finalize().into_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::tlv::{SEQUENCE, tlv};

    #[test]
    fn values_of_abc_are_the_published_ones() {
        // FIPS 180-4 and FIPS 202 examples for "abc", their first eight bytes.
        for (hash, start) in [
            (HashAlgorithm::Sha1, "a9993e364706816a"),
            (HashAlgorithm::Sha224, "23097d223405d822"),
            (HashAlgorithm::Sha256, "ba7816bf8f01cfea"),
            (HashAlgorithm::Sha384, "cb00753f45a35e8b"),
            (HashAlgorithm::Sha512, "ddaf35a193617aba"),
            (HashAlgorithm::Sha3_224, "e642824c3f8cf24a"),
            (HashAlgorithm::Sha3_256, "3a985da74fe225b2"),
            (HashAlgorithm::Sha3_384, "ec01498288516fc9"),
            (HashAlgorithm::Sha3_512, "b751850b1a57168a"),
        ] {
            let value = hash.hash(b"abc");
            assert_eq!(hex::encode(&value[..8]), start, "{hash:?}");
            assert_eq!(value.len(), hash.length());
            let mut pieces = Hasher::new(hash);
            pieces.update(b"a");
            pieces.update(b"bc");
            assert_eq!(pieces.finish(), value);
        }
    }

    #[test]
    fn identifiers_are_those_of_the_standards() {
        for (hash, text) in HashAlgorithm::ALL.into_iter().zip([
            "1.3.14.3.2.26",
            "2.16.840.1.101.3.4.2.4",
            "2.16.840.1.101.3.4.2.1",
            "2.16.840.1.101.3.4.2.2",
            "2.16.840.1.101.3.4.2.3",
            "2.16.840.1.101.3.4.2.7",
            "2.16.840.1.101.3.4.2.8",
            "2.16.840.1.101.3.4.2.9",
            "2.16.840.1.101.3.4.2.10",
        ]) {
            let oid = der::Encode::to_der(&der::asn1::ObjectIdentifier::new_unwrap(text)).unwrap();
            assert_eq!(hash.oid(), oid);
            assert_eq!(HashAlgorithm::parse(&tlv(SEQUENCE, &[&oid])), Ok(hash));
            assert_eq!(HashAlgorithm::parse(&tlv(SEQUENCE, &[&oid, b"\x05\x00"])), Ok(hash));
            assert_eq!(HashAlgorithm::parse(&tlv(SEQUENCE, &[&oid, b"\x02\x01\x00"])), Err(SuiteError::Algorithm));
        }
        // MD5
        let md5 = b"\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00";
        assert_eq!(HashAlgorithm::parse(md5), Err(SuiteError::Algorithm));
    }
}
