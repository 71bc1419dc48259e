//! ContentInfo and SignedData taken apart (RFC 5652 sections 3 and 5.1), whatever is signed in them.

use super::CmsError;
use super::attribute_types::SIGNED_DATA;
use super::ber;
use super::read::{MAX_BYTES, MAX_CERTIFICATES};
use super::revocation::Revocation;
use crate::pki::certificate::{Certificate, CertificateError};
use crate::pki::tlv::{Element, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, context};

/// The bytes of one ContentInfo.
pub(super) struct Sent<'a> {
    /// As sent, without what follows.
    pub(super) bytes: &'a [u8],
    /// In the lengths of DER.
    der: std::borrow::Cow<'a, [u8]>,
}

impl<'a> Sent<'a> {
    /// The one ContentInfo in `contents`, behind which zeros may stand.
    pub(super) fn read(contents: &'a [u8]) -> Result<Self, CmsError> {
        if contents.len() > MAX_BYTES {
            return Err(CmsError::TooLarge);
        }
        let (bytes, der) = ber::first(contents)?;
        if contents[bytes.len()..].iter().any(|byte| *byte != 0) {
            return Err(CmsError::TrailingData);
        }
        Ok(Self { bytes, der })
    }

    /// The signed attributes as sent, if they may differ from what [`Envelope`] shows.
    pub(super) fn signed_attributes(&self) -> Option<&'a [u8]> {
        if matches!(self.der, std::borrow::Cow::Borrowed(_)) {
            return None;
        }
        let inside = |element: &'a [u8]| ber::children(element).ok();
        let content = *inside(self.bytes)?.get(1)?;
        let signed_data = *inside(content)?.first()?;
        let signers = *inside(signed_data)?.last()?;
        let signer = *inside(signers)?.first()?;
        inside(signer)?.get(3).copied().filter(|element| element.first() == Some(&context(0)))
    }
}

/// The parts of a SignedData of one signer.
pub(super) struct Envelope<'a> {
    /// eContentType as DER.
    pub(super) content_type: &'a [u8],
    /// eContent, if it is there.
    pub(super) content: Option<&'a [u8]>,
    /// Those that read.
    pub(super) certificates: Vec<Certificate>,
    /// Why one did not.
    pub(super) unreadable: Option<CertificateError>,
    pub(super) revocation: Revocation,
    pub(super) signer_info: Element<'a>,
}

impl<'a> Envelope<'a> {
    pub(super) fn open(sent: &'a Sent<'_>) -> Result<Self, CmsError> {
        let mut content_info = Element::parse(&sent.der, SEQUENCE)?.reader()?;
        if content_info.expect(OID)?.full != SIGNED_DATA {
            return Err(CmsError::NotDetached);
        }
        let explicit = content_info.expect(context(0))?;
        content_info.finish()?;
        let mut fields = Element::parse(explicit.content, SEQUENCE)?.reader()?;
        fields.expect(INTEGER)?;
        fields.expect(SET)?;
        let mut encapsulated = fields.expect(SEQUENCE)?.reader()?;
        let content_type = encapsulated.expect(OID)?.full;
        let content = match encapsulated.optional(context(0))? {
            Some(explicit) => Some(Element::parse(explicit.content, OCTET_STRING)?.content),
            None => None,
        };
        encapsulated.finish()?;
        let (certificates, unreadable) = read_certificates(fields.optional(context(0))?)?;
        let mut revocation = Revocation::default();
        if let Some(choices) = fields.optional(context(1))? {
            revocation.read_choices(&choices)?;
        }
        let mut signers = fields.expect(SET)?.reader()?;
        fields.finish()?;
        let signer_info = signers.expect(SEQUENCE).map_err(|_| CmsError::NotOneSigner)?;
        if !signers.is_finished() {
            return Err(CmsError::NotOneSigner);
        }
        Ok(Self { content_type, content, certificates, unreadable, revocation, signer_info })
    }
}

/// Certificates in any order; attribute certificates and other formats are passed over. One that does not read may be of no importance: the signer's must.
fn read_certificates(set: Option<Element<'_>>) -> Result<(Vec<Certificate>, Option<CertificateError>), CmsError> {
    let (mut certificates, mut unreadable, mut count) = (Vec::new(), None, 0);
    if let Some(set) = set {
        let mut reader = set.reader()?;
        while !reader.is_finished() {
            count += 1;
            if count > MAX_CERTIFICATES {
                return Err(CmsError::TooMany);
            }
            let choice = reader.element()?;
            if choice.tag == SEQUENCE {
                match Certificate::from_der(choice.full) {
                    Ok(certificate) => certificates.push(certificate),
                    Err(error) => unreadable = unreadable.or(Some(error)),
                }
            }
        }
    }
    Ok((certificates, unreadable))
}
