//! Until when an algorithm is taken as evidence: one table with dates.
//!
//! The dates are those of NIST SP 800-131A revision 2: SHA-1 and keys of less than 112 bits of security (RSA below 2048 bits, curves below 224) may make digital signatures
//! until the end of 2013 (sections 3 and 9). A signature that is proven to be older stays evidence; one that is not may have been made yesterday by somebody else.
//! What was already broken before (MD5, RSA below 1024 bits) is not read at all. Everything else here (112 bits and more) has no end announced that lies in the past.

use jiff::Timestamp;

use super::algorithm::Algorithm;
use super::hash::HashAlgorithm;

/// 1 January 2014, 00:00 UTC: the first moment at which SHA-1 and short keys are refused.
const END_OF_80_BITS: Timestamp = Timestamp::constant(1_388_534_400, 0);

/// What a signature or digest is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// Strong enough at the time asked about.
    Good,
    /// Not any more: others may by then have been able to make it. Never *valid* without proof of an earlier time.
    Weak {
        /// The first moment at which it was too weak.
        since: Timestamp,
    },
}

impl Strength {
    /// Whether it is strong enough.
    pub fn is_good(self) -> bool {
        self == Self::Good
    }

    /// The weaker of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Weak { since: one }, Self::Weak { since: two }) => Self::Weak { since: one.min(two) },
            (Self::Good, other) => other,
            (weak, Self::Good) => weak,
        }
    }

    fn until(end: Option<Timestamp>, at: Timestamp) -> Self {
        match end {
            Some(since) if at >= since => Self::Weak { since },
            _ => Self::Good,
        }
    }
}

/// The strength of signatures by `algorithm` with a key of `key_bits` that are known to have existed at `at`.
pub fn strength(algorithm: &Algorithm, key_bits: usize, at: Timestamp) -> Strength {
    let short = match algorithm {
        Algorithm::RsaPkcs1(_) | Algorithm::RsaPss(_) => key_bits < 2048,
        Algorithm::Ecdsa(_) | Algorithm::Ed25519 => key_bits < 224,
    };
    // MGF1 needs no collision resistance: its hash does not count.
    let hash = algorithm.hash().map_or(Strength::Good, |hash| strength_of_hash(hash, at));
    hash.and(Strength::until(short.then_some(END_OF_80_BITS), at))
}

/// The strength of a digest that somebody else chose the contents of, known to have existed at `at`.
pub fn strength_of_hash(hash: HashAlgorithm, at: Timestamp) -> Strength {
    let end = match hash {
        HashAlgorithm::Sha1 => Some(END_OF_80_BITS),
        HashAlgorithm::Sha224
        | HashAlgorithm::Sha256
        | HashAlgorithm::Sha384
        | HashAlgorithm::Sha512
        | HashAlgorithm::Sha3_224
        | HashAlgorithm::Sha3_256
        | HashAlgorithm::Sha3_384
        | HashAlgorithm::Sha3_512 => None,
    };
    Strength::until(end, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha1_and_short_keys_end_with_2013() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (last, first) = (at("2013-12-31T23:59:59Z"), at("2014-01-01T00:00:00Z"));
        let weak = Strength::Weak { since: first };
        let rsa = Algorithm::RsaPkcs1(HashAlgorithm::Sha256);
        let sha1 = Algorithm::Ecdsa(HashAlgorithm::Sha1);
        for (algorithm, bits, then, now) in [
            (rsa, 1024, Strength::Good, weak),
            (rsa, 2047, Strength::Good, weak),
            (rsa, 2048, Strength::Good, Strength::Good),
            (sha1, 256, Strength::Good, weak),
            (Algorithm::RsaPkcs1(HashAlgorithm::Sha1), 1024, Strength::Good, weak),
            (Algorithm::Ecdsa(HashAlgorithm::Sha3_256), 256, Strength::Good, Strength::Good),
            (Algorithm::Ed25519, 255, Strength::Good, Strength::Good),
        ] {
            assert_eq!(strength(&algorithm, bits, last), then, "{algorithm:?} {bits}");
            assert_eq!(strength(&algorithm, bits, first), now, "{algorithm:?} {bits}");
        }
        assert_eq!(strength_of_hash(HashAlgorithm::Sha1, first), weak);
    }
}
