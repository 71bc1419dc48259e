//! The attributes that anybody's signature covers (RFC 5652 sections 5.4 and 11): what they bind, and the bytes the signature may be over.

use der::Decode as _;
use jiff::Timestamp;

use super::CmsError;
use super::attribute_types::{
    ALGORITHM_PROTECTION, CONTENT_TYPE, MESSAGE_DIGEST, REVOCATION_ARCHIVAL, SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use super::attributes::{octets, read_attributes};
use super::ess::NamedCertificate;
use super::revocation::Revocation;
use crate::pki::algorithm::Algorithm;
use crate::pki::certificate::Certificate;
use crate::pki::hash::HashAlgorithm;
use crate::pki::tlv::{Element, OCTET_STRING, SEQUENCE, SET, context, set_of, tlv};

/// Signed attributes with their meaning.
#[derive(Debug, Clone)]
pub(super) struct CoveredAttributes {
    /// Encodings of the one set that the signature may be over: as sent, in DER lengths, in DER order too. At least one; equal ones once.
    spellings: Vec<Vec<u8>>,
    message_digest: Vec<u8>,
    certificates: Vec<NamedCertificate>,
    protection: Option<Protection>,
    signing_time: Option<Timestamp>,
}

/// CMSAlgorithmProtection: the signer's algorithms, once more.
#[derive(Debug, Clone)]
struct Protection {
    digest: Vec<u8>,
    signature: Vec<u8>,
}

/// Whether a digest is a string of strings: two programs may put it together differently, and nobody who signs writes it so.
fn has_digest_in_pieces(sent: &[u8]) -> bool {
    let mut rest = sent;
    while let Some(at) = rest.windows(MESSAGE_DIGEST.len()).position(|word| word == MESSAGE_DIGEST) {
        rest = &rest[at + MESSAGE_DIGEST.len()..];
        // The SET's tag and length, of whichever form.
        let skip = match rest {
            [SET, length, ..] if *length > 0x80 => 2 + usize::from(length & 0x7f),
            [SET, ..] => 2,
            _ => continue,
        };
        if rest.get(skip) == Some(&(OCTET_STRING | 0x20)) {
            return true;
        }
    }
    false
}

impl CoveredAttributes {
    /// Reads the `[0]` of a SignerInfo. `sent`: the same element before BER became DER, where that differs. `content_type`: what contentType must say.
    pub(super) fn parse(
        element: &Element<'_>,
        sent: Option<&[u8]>,
        content_type: &[u8],
        revocation: &mut Revocation,
    ) -> Result<Self, CmsError> {
        if sent.is_some_and(has_digest_in_pieces) {
            return Err(CmsError::Malformed);
        }
        let attributes = read_attributes(*element)?;
        let mut found: [Option<Element<'_>>; 6] = [None; 6];
        const KNOWN: [&[u8]; 6] = [
            CONTENT_TYPE,
            MESSAGE_DIGEST,
            SIGNING_CERTIFICATE,
            SIGNING_CERTIFICATE_V2,
            ALGORITHM_PROTECTION,
            SIGNING_TIME,
        ];
        for attribute in &attributes {
            if let Some(index) = KNOWN.iter().position(|oid| *oid == attribute.oid) {
                if found[index].replace(attribute.sole_value()?).is_some() {
                    return Err(CmsError::AttributeTwice);
                }
            } else if attribute.oid == REVOCATION_ARCHIVAL {
                attribute.values.iter().try_for_each(|value| revocation.read_archival(value))?;
            }
        }
        let [stated_type, digest, v1, v2, protection, signing_time] = found;
        if stated_type.ok_or(CmsError::AttributeMissing)?.full != content_type {
            return Err(CmsError::NotDetached);
        }
        let v1 = v1.as_ref().map(NamedCertificate::parse_v1).transpose()?;
        let v2 = v2.as_ref().map(NamedCertificate::parse_v2).transpose()?;
        let sorted = set_of(SET, attributes.iter().map(|attribute| attribute.full.to_vec()).collect());
        let mut spellings = Vec::new();
        for spelling in [sent.and_then(as_set), Some(tlv(SET, &[element.content])), Some(sorted)].into_iter().flatten()
        {
            if !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
        Ok(Self {
            spellings,
            message_digest: octets(&digest.ok_or(CmsError::AttributeMissing)?)?.to_vec(),
            certificates: v1.into_iter().chain(v2).collect(),
            protection: protection.as_ref().map(Protection::parse).transpose()?,
            // A claim, of which nothing depends: one that does not read is none.
            signing_time: signing_time
                .and_then(|time| x509_cert::time::Time::from_der(time.full).ok())
                .and_then(|time| i64::try_from(time.to_unix_duration().as_secs()).ok())
                .and_then(|seconds| Timestamp::from_second(seconds).ok()),
        })
    }

    /// What the signature may be over, the likeliest first.
    pub(super) fn spellings(&self) -> &[Vec<u8>] {
        &self.spellings
    }

    pub(super) fn message_digest(&self) -> &[u8] {
        &self.message_digest
    }

    pub(super) fn signing_time(&self) -> Option<Timestamp> {
        self.signing_time
    }

    /// Whether signingCertificate (of either version, of both if there are two) names `signer`; none if there is none.
    pub(super) fn names(&self, signer: &Certificate) -> Option<bool> {
        (!self.certificates.is_empty()).then(|| self.certificates.iter().all(|named| named.is_of(signer)))
    }

    /// Refuses algorithms other than the protected ones (RFC 6211 section 3).
    pub(super) fn check_protection(
        &self,
        hash: HashAlgorithm,
        algorithm: Algorithm,
        algorithm_der: &[u8],
    ) -> Result<(), CmsError> {
        let Some(protection) = &self.protection else { return Ok(()) };
        let same_hash = HashAlgorithm::parse(&protection.digest) == Ok(hash);
        // Absent and NULL parameters are one algorithm.
        let same_algorithm =
            protection.signature == algorithm_der || Algorithm::of_cms(&protection.signature, hash) == Ok(algorithm);
        if same_hash && same_algorithm { Ok(()) } else { Err(CmsError::OtherAlgorithm) }
    }
}

impl Protection {
    fn parse(value: &Element<'_>) -> Result<Self, CmsError> {
        let mut parts = Element::parse(value.full, SEQUENCE)?.reader()?;
        let digest = parts.expect(SEQUENCE)?.full.to_vec();
        let signature = tlv(SEQUENCE, &[parts.expect(context(1))?.content]);
        parts.finish()?;
        Ok(Self { digest, signature })
    }
}

/// The implicit tag replaced by SET's, as RFC 5652 section 5.4 says. Of an indefinite length nobody signs the bytes as they stand.
fn as_set(sent: &[u8]) -> Option<Vec<u8>> {
    match sent {
        [_, 0x80, ..] | [] => None,
        [_, rest @ ..] => Some([&[SET], rest].concat()),
    }
}
