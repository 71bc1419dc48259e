//! ECDSA on the curves and with the hashes that `ring` does not have (FIPS 186-5 section 6.4.2, SP 800-186, RFC 5639). The arithmetic is RustCrypto's.

use ecdsa::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use ecdsa::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize};
use ecdsa::signature::hazmat::PrehashVerifier;
use ecdsa::{EcdsaCurve, Signature, VerifyingKey};

use super::suite::SuiteError;
use super::tlv::{Element, INTEGER, NotDer, Reader, SEQUENCE};

/// A named curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
    BrainpoolP256r1,
    BrainpoolP256t1,
    BrainpoolP384r1,
    BrainpoolP384t1,
}

impl Curve {
    /// The curve of a DER object identifier.
    pub(super) fn of_oid(oid: &[u8]) -> Option<Self> {
        Some(match oid {
            b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07" => Self::P256,
            b"\x06\x05\x2b\x81\x04\x00\x22" => Self::P384,
            b"\x06\x05\x2b\x81\x04\x00\x23" => Self::P521,
            b"\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x07" => Self::BrainpoolP256r1,
            b"\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x08" => Self::BrainpoolP256t1,
            b"\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x0b" => Self::BrainpoolP384r1,
            b"\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x0c" => Self::BrainpoolP384t1,
            _ => return None,
        })
    }

    /// Bits of its field.
    pub(super) const fn bits(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256r1 | Self::BrainpoolP256t1 => 256,
            Self::P384 | Self::BrainpoolP384r1 | Self::BrainpoolP384t1 => 384,
            Self::P521 => 521,
        }
    }

    /// Verifies a DER signature over the hash value `digest` by a SEC1 point, compressed or not.
    pub(super) fn verify(self, point: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), SuiteError> {
        match self {
            Self::P256 => verify::<p256::NistP256>(point, digest, signature),
            Self::P384 => verify::<p384::NistP384>(point, digest, signature),
            Self::P521 => verify::<p521::NistP521>(point, digest, signature),
            Self::BrainpoolP256r1 => verify::<bp256::BrainpoolP256r1>(point, digest, signature),
            Self::BrainpoolP256t1 => verify::<bp256::BrainpoolP256t1>(point, digest, signature),
            Self::BrainpoolP384r1 => verify::<bp384::BrainpoolP384r1>(point, digest, signature),
            Self::BrainpoolP384t1 => verify::<bp384::BrainpoolP384t1>(point, digest, signature),
        }
    }
}

fn verify<C>(point: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), SuiteError>
where
    C: EcdsaCurve + CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let key = VerifyingKey::<C>::from_sec1_bytes(point).map_err(|_| SuiteError::Key)?;
    let (r, s) = numbers(signature).map_err(|_| SuiteError::Signature)?;
    let field = |number: &[u8]| -> Result<FieldBytes<C>, SuiteError> {
        let mut bytes = FieldBytes::<C>::default();
        let start = bytes.len().checked_sub(number.len()).ok_or(SuiteError::Signature)?;
        bytes[start..].copy_from_slice(number);
        Ok(bytes)
    };
    let signature = Signature::<C>::from_scalars(field(r)?, field(s)?).map_err(|_| SuiteError::Signature)?;
    key.verify_prehash(digest, &signature).map_err(|_| SuiteError::Signature)
}

/// `SEQUENCE { r INTEGER, s INTEGER }` in DER, both positive, without sign bytes.
fn numbers(signature: &[u8]) -> Result<(&[u8], &[u8]), NotDer> {
    let mut reader = Element::parse(signature, SEQUENCE)?.reader()?;
    let (r, s) = (positive(&mut reader)?, positive(&mut reader)?);
    reader.finish()?;
    Ok((r, s))
}

/// A positive INTEGER in the fewest bytes (X.690 8.3.2), without its sign byte.
pub(super) fn positive<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], NotDer> {
    let content = reader.expect(INTEGER)?.content;
    match content {
        [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Ok(rest),
        [1..0x80, ..] => Ok(content),
        _ => Err(NotDer),
    }
}
