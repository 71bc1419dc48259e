//! Timestamps of other people's making (RFC 3161, RFC 5816): a SignedData whose content says that a hash value existed at a time.
//!
//! In scope: the token's form, its own signature, the hash value. Out of scope: whether its signer may make timestamps, and whom it is certified by: that is the path's
//! (extKeyUsage id-kp-timeStamping, critical and alone: RFC 3161 section 2.3), which the caller validates.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::CmsError;
use super::attribute_types::TST_INFO;
use super::envelope::{Envelope, Sent};
use super::revocation::Revocation;
use super::signer::{Held, SignerInfo};
use crate::pki::algorithm::Proven;
use crate::pki::certificate::Certificate;
use crate::pki::hash::HashAlgorithm;
use crate::pki::strength::{self, Strength};
use crate::pki::tlv::{
    BOOLEAN, Element, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE, context, context_primitive,
};

/// A timestamp token. Reading it verifies nothing.
#[derive(Debug, Clone)]
pub struct TimestampToken {
    info: Info,
    /// The TSTInfo's bytes, which the signature is over.
    content: Vec<u8>,
    certificates: Vec<Certificate>,
    revocation: Revocation,
    signer: SignerInfo,
}

/// TSTInfo (RFC 3161 section 2.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Info {
    /// Dotted decimal.
    policy: String,
    imprint_algorithm: HashAlgorithm,
    imprint: Vec<u8>,
    serial: Vec<u8>,
    at: Timestamp,
    accuracy: Option<Duration>,
}

/// A timestamp whose signature holds over what it was checked against; made by [`TimestampToken::verify`] alone. Whether its signer is an authority to be believed is a matter of
/// its path, whether the algorithms are one of [`strength`](Self::strength).
#[derive(Debug, Clone, Copy)]
#[must_use = "a timestamp that holds may still be too weak to believe"]
pub struct VerifiedTimestamp<'a> {
    token: &'a TimestampToken,
    held: Held,
}

impl<'a> VerifiedTimestamp<'a> {
    /// When the hash value existed, as the signer says.
    pub fn at(&self) -> Timestamp {
        self.token.info.at
    }

    /// How far the true time may be away on either side, if it says.
    pub fn accuracy(&self) -> Option<Duration> {
        self.token.info.accuracy
    }

    /// The latest moment at which the hash value began to exist: [`at`](Self::at) and the accuracy.
    pub fn latest(&self) -> Timestamp {
        let accuracy = self.accuracy().unwrap_or_default();
        self.at().checked_add(accuracy).unwrap_or(Timestamp::MAX)
    }

    /// The policy it was made under, in dotted decimal.
    pub fn policy(&self) -> &'a str {
        &self.token.info.policy
    }

    /// The signer's certificate.
    pub fn signer(&self) -> &'a Certificate {
        self.token.signer()
    }

    /// All certificates carried that read, the signer's among them.
    pub fn certificates(&self) -> &'a [Certificate] {
        &self.token.certificates
    }

    /// Algorithm and size of the key.
    pub fn proven(&self) -> Proven {
        self.held.proven
    }

    /// What the timestamp is worth if it is known to have existed at `at`: the weakest of key, signature, and the digests between it and what is stamped.
    pub fn strength(&self, at: Timestamp) -> Strength {
        self.held.strength(at).and(strength::strength_of_hash(self.token.imprint_algorithm(), at))
    }
}

impl TimestampToken {
    /// Reads a TimeStampToken, behind which zeros may stand, as they do in the `/Contents` of a document timestamp.
    pub fn parse(bytes: &[u8]) -> Result<Self, CmsError> {
        let sent = Sent::read(bytes)?;
        let mut envelope = Envelope::open(&sent)?;
        if envelope.content_type != TST_INFO {
            return Err(CmsError::NotATimestamp);
        }
        let content = envelope.content.ok_or(CmsError::NotATimestamp)?.to_vec();
        let info = Info::parse(&content)?;
        let signer = SignerInfo::read(&mut envelope, sent.signed_attributes())?;
        // RFC 3161 section 2.4.2: the certificate identifier is a signed attribute, of which there must then be some.
        if signer.covered.as_ref().is_none_or(|covered| covered.names(&signer.certificate).is_none()) {
            return Err(CmsError::AttributeMissing);
        }
        Ok(Self { info, content, certificates: envelope.certificates, revocation: envelope.revocation, signer })
    }

    /// The hash function for what is stamped.
    pub fn imprint_algorithm(&self) -> HashAlgorithm {
        self.info.imprint_algorithm
    }

    /// The time, as claimed.
    pub fn claimed_time(&self) -> Timestamp {
        self.info.at
    }

    /// The serial number's bytes, as claimed: unique for one signer.
    pub fn serial(&self) -> &[u8] {
        &self.info.serial
    }

    /// The signer's certificate, as claimed.
    pub fn signer(&self) -> &Certificate {
        &self.signer.certificate
    }

    /// All certificates carried that read, the signer's among them.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The revocation lists carried, each one DER CertificateList as claimed.
    pub fn crls(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.revocation.crls.iter().map(Vec::as_slice)
    }

    /// The OCSP answers carried, each one DER OCSPResponse as claimed.
    pub fn ocsps(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.revocation.ocsps.iter().map(Vec::as_slice)
    }

    /// Timestamps over this one's signature, each one ContentInfo.
    pub fn timestamps(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.signer.timestamps.iter().map(Vec::as_slice)
    }

    /// Checks the token over what hashes to `imprint` by [`imprint_algorithm`](Self::imprint_algorithm), and its own signature, which names its certificate.
    pub fn verify(&self, imprint: &[u8]) -> Result<VerifiedTimestamp<'_>, CmsError> {
        if self.info.imprint != imprint {
            return Err(CmsError::DigestMismatch);
        }
        // A digest that is not the content's is here a damaged token, not an altered document.
        let held = self.signer.verify(&self.signer.digest.hash(&self.content)).map_err(|error| match error {
            CmsError::DigestMismatch => CmsError::ContentMismatch,
            other => other,
        })?;
        Ok(VerifiedTimestamp { token: self, held })
    }
}

impl Info {
    fn parse(der: &[u8]) -> Result<Self, CmsError> {
        let mut fields = Element::parse(der, SEQUENCE)?.reader()?;
        if fields.expect(INTEGER)?.content != [1] {
            return Err(CmsError::NotATimestamp);
        }
        let policy = der::asn1::ObjectIdentifier::from_bytes(fields.expect(OID)?.content);
        let policy = policy.map_err(|_| CmsError::Malformed)?.to_string();
        let mut imprint = fields.expect(SEQUENCE)?.reader()?;
        let algorithm = imprint.expect(SEQUENCE)?.full;
        let imprint_algorithm = HashAlgorithm::parse(algorithm).map_err(|_| CmsError::DigestAlgorithm)?;
        let value = imprint.expect(OCTET_STRING)?.content.to_vec();
        imprint.finish()?;
        let serial = fields.expect(INTEGER)?.content.to_vec();
        let at = generalized_time(fields.expect(GENERALIZED_TIME)?.content).ok_or(CmsError::Malformed)?;
        let accuracy = fields.optional(SEQUENCE)?.map(|accuracy| read_accuracy(&accuracy)).transpose()?;
        // ordering, nonce, tsa, extensions: nothing that a verifier without the request could use. A critical extension it does not know it must refuse.
        fields.optional(BOOLEAN)?;
        fields.optional(INTEGER)?;
        fields.optional(context(0))?;
        if let Some(extensions) = fields.optional(context(1))? {
            refuse_critical(extensions)?;
        }
        fields.finish()?;
        if value.len() != imprint_algorithm.length() {
            return Err(CmsError::Malformed);
        }
        Ok(Self { policy, imprint_algorithm, imprint: value, serial, at, accuracy })
    }
}

/// GeneralizedTime in UTC with seconds and, if any, a fraction (X.690 11.7, RFC 3161 section 2.4.2). Trailing zeros, which it forbids, say nothing else and are taken.
fn generalized_time(content: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !digits(fraction) {
        return None;
    }
    // Digits beyond nanoseconds are finer than anybody's clock.
    let nanoseconds: i32 = format!("{fraction:0<9.9}").parse().ok()?;
    let part = |range: std::ops::Range<usize>| whole[range].parse::<i8>().ok();
    let (month, day) = (part(4..6)?, part(6..8)?);
    let (hour, minute, second) = (part(8..10)?, part(10..12)?, part(12..14)?);
    let time = DateTime::new(whole[..4].parse().ok()?, month, day, hour, minute, second, nanoseconds).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Accuracy: seconds, `[0]` milliseconds, `[1]` microseconds, each of the two from 1 to 999.
fn read_accuracy(accuracy: &Element<'_>) -> Result<Duration, CmsError> {
    let mut parts = accuracy.reader()?;
    let seconds = read_number(&mut parts, INTEGER, u64::from(u32::MAX))?;
    let milliseconds = read_number(&mut parts, context_primitive(0), 999)?;
    let microseconds = read_number(&mut parts, context_primitive(1), 999)?;
    parts.finish()?;
    Ok(Duration::from_secs(seconds) + Duration::from_micros(milliseconds * 1000 + microseconds))
}

/// An optional non-negative integer up to `most`; 0 if absent.
fn read_number(parts: &mut Reader<'_>, tag: u8, most: u64) -> Result<u64, CmsError> {
    let Some(number) = parts.optional(tag)? else { return Ok(0) };
    let value = match number.content {
        [first, ..] if *first < 0x80 && number.content.len() <= 8 => {
            number.content.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
        }
        _ => return Err(CmsError::Malformed),
    };
    if value <= most { Ok(value) } else { Err(CmsError::Malformed) }
}

fn refuse_critical(extensions: Element<'_>) -> Result<(), CmsError> {
    let mut reader = extensions.reader()?;
    while !reader.is_finished() {
        let mut parts = reader.expect(SEQUENCE)?.reader()?;
        parts.expect(OID)?;
        if parts.optional(BOOLEAN)?.is_some_and(|critical| critical.content != [0]) {
            return Err(CmsError::NotATimestamp);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::tlv::tlv;

    #[test]
    fn times_are_those_of_the_standard_and_no_others() {
        let read = |text: &str| generalized_time(text.as_bytes()).map(|time| time.to_string());
        assert_eq!(read("19990609001326.34352Z").as_deref(), Some("1999-06-09T00:13:26.34352Z"), "RFC 3161's example");
        assert_eq!(read("20261122080000Z").as_deref(), Some("2026-11-22T08:00:00Z"));
        assert_eq!(read("20261122080000.1234567891Z").as_deref(), Some("2026-11-22T08:00:00.123456789Z"));
        assert_eq!(read("20261122080000.500Z").as_deref(), Some("2026-11-22T08:00:00.5Z"));
        for bad in [
            "20261122080000",      // no zone
            "20261122080000+0800", // another zone
            "202611220800Z",       // no seconds
            "20261122080000.Z",    // an empty fraction
            "20261322080000Z",     // month 13
            "20261122080061Z",     // second 61
            "2026112208000-Z",     // not a digit
            "20261122080000.-1Z",  // not a digit
            "２０26112208Z",       // digits of another alphabet
            "",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    fn info(parts: &[&[u8]]) -> Result<Info, CmsError> {
        let imprint = tlv(SEQUENCE, &[b"\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a", &tlv(OCTET_STRING, &[&[7; 20]])]);
        let time = tlv(GENERALIZED_TIME, &[b"20261122080000Z"]);
        let mut all: Vec<&[u8]> = vec![b"\x02\x01\x01", b"\x06\x02\x2a\x03", &imprint, b"\x02\x01\x05", &time];
        all.extend(parts);
        Info::parse(&tlv(SEQUENCE, &all))
    }

    #[test]
    fn tst_info_is_read_to_its_end() {
        let plain = info(&[]).unwrap();
        assert_eq!((plain.policy.as_str(), plain.accuracy), ("1.2.3", None));
        assert_eq!((plain.imprint_algorithm, plain.imprint), (HashAlgorithm::Sha1, vec![7; 20]));
        // 1 s, 500 ms, 100 µs; ordering; a nonce; a name
        let accuracy = tlv(SEQUENCE, &[b"\x02\x01\x01\x80\x02\x01\xf4\x81\x01\x64"]);
        let full = info(&[&accuracy, b"\x01\x01\xff", b"\x02\x01\x09", b"\xa0\x02\x82\x00"]).unwrap();
        assert_eq!(full.accuracy, Some(Duration::from_micros(1_500_100)));
        let extension = |critical: &[u8]| {
            let extension = tlv(SEQUENCE, &[b"\x06\x02\x2a\x03", critical, &tlv(OCTET_STRING, &[b""])]);
            info(&[&tlv(context(1), &[&extension])]).map(drop)
        };
        assert_eq!(extension(b""), Ok(()));
        assert_eq!(extension(b"\x01\x01\xff"), Err(CmsError::NotATimestamp));
        assert_eq!(info(&[b"\x05\x00"]), Err(CmsError::Malformed), "something more");
        assert_eq!(info(&[b"\x02\x01\x09", b"\x01\x01\xff"]), Err(CmsError::Malformed), "another order");
        let too_much = tlv(SEQUENCE, &[b"\x80\x02\x03\xe8"]);
        assert_eq!(info(&[&too_much]), Err(CmsError::Malformed), "1000 ms");
        let negative = tlv(SEQUENCE, &[b"\x02\x01\xff"]);
        assert_eq!(info(&[&negative]), Err(CmsError::Malformed));
    }
}
