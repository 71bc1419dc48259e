//! SHA-256 digests (FIPS 180-4), shown as 64 lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

/// A SHA-256 digest: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_parts(&[bytes])
    }

    /// The digest of the concatenation of `parts`.
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let Ok(digest) = Self::of_pieces(|see| {
            parts.iter().for_each(|part| see(part));
            Ok::<_, std::convert::Infallible>(())
        });
        digest
    }

    /// The digest of all that `each` shows to its argument, piece after piece.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn of_pieces<E>(each: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<(), E>) -> Result<Self, E> {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        each(&mut |piece| context.update(piece))?;
        let mut out = [0; 32];
        out.copy_from_slice(context.finish().as_ref());
        Ok(Self(out))
    }

    /// A digest computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = NotADigest;

    fn try_from(bytes: &[u8]) -> Result<Self, NotADigest> {
        bytes.try_into().map(Self).map_err(|_| NotADigest)
    }
}

/// What should be a digest is not 32 bytes or not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest")]
pub struct NotADigest;

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let mut out = [0; 32];
        hex::decode_to_slice(text, &mut out).map_err(|_| NotADigest)?;
        // One spelling only, so that a digest in text is as canonical as its bytes.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Err(NotADigest) } else { Ok(Self(out)) }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_published_value_and_has_one_spelling() {
        // FIPS 180-4 example "abc".
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), text);
        assert_eq!(text.parse(), Ok(Digest::of_parts(&[b"a", b"bc"])));
        for other in [text.to_uppercase(), text.replace('f', "F"), text[1..].to_owned(), text.replace('b', "g")] {
            assert_eq!(other.parse::<Digest>(), Err(NotADigest), "{other}");
        }
    }
}
