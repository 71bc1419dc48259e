//! The attributes a seal's signature covers (RFC 5652 section 5.4), built and read in one strict form. Those of anybody's signature: [`super::covered`].
//!
//! A seal signs exactly four: contentType (id-data), messageDigest (the document), signingCertificateV2 (its own certificate, RFC 5035) and a salt. The salt makes the
//! digest of the whole, which the public ledger shows, tell nothing about the document. No signing-time: PAdES keeps the time in the PDF's `/M`.

use super::CmsError;
use super::attribute_types::{CONTENT_TYPE, DATA, MESSAGE_DIGEST, SALT, SIGNING_CERTIFICATE_V2};
use super::ess::NamedCertificate;
use super::read::MAX_ATTRIBUTES;
use crate::digest::Digest;
use crate::pki::certificate::Certificate;
use crate::pki::tlv::{Element, OCTET_STRING, OID, SEQUENCE, SET, set_of, tlv};

/// Signed attributes as the exact DER SET OF that is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAttributes {
    set_der: Vec<u8>,
    message_digest: Digest,
    certificate: Option<NamedCertificate>,
    salt: Option<[u8; 32]>,
    /// How many attributes there are, known or not.
    count: usize,
}

impl SignedAttributes {
    /// What the seal of `signer` signs for a document whose ByteRange digest is `content`. `salt`: 32 random bytes, never used twice.
    pub fn build(content: Digest, signer: &Certificate, salt: [u8; 32]) -> Self {
        // ESSCertIDv2 with the default SHA-256, which DER omits, and without the optional issuerSerial: the hash names the certificate fully.
        let hash = tlv(OCTET_STRING, &[signer.digest().as_bytes()]);
        let signing_certificate = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&hash])])]);
        let set_der = set_of(
            SET,
            vec![
                attribute(CONTENT_TYPE, DATA),
                attribute(MESSAGE_DIGEST, &tlv(OCTET_STRING, &[content.as_bytes()])),
                attribute(SIGNING_CERTIFICATE_V2, &signing_certificate),
                attribute(SALT, &tlv(OCTET_STRING, &[&salt])),
            ],
        );
        let certificate = Some(NamedCertificate::sha256_of(signer));
        Self { set_der, message_digest: content, certificate, salt: Some(salt), count: 4 }
    }

    /// Reads a DER SET OF Attribute: sorted, no type twice, one value each, contentType and messageDigest among them. Attributes unknown here are kept and covered.
    pub fn parse(set_der: &[u8]) -> Result<Self, CmsError> {
        let attributes = read_set(Element::parse(set_der, SET)?)?;
        let (mut content_type, mut message_digest, mut certificate, mut salt) = (None, None, None, None);
        for (index, (oid, value)) in attributes.iter().enumerate() {
            if attributes[..index].iter().any(|(earlier, _)| earlier == oid) {
                return Err(CmsError::AttributeTwice);
            }
            match *oid {
                CONTENT_TYPE => content_type = Some(value.full),
                MESSAGE_DIGEST => message_digest = Some(octets(value)?),
                SIGNING_CERTIFICATE_V2 => certificate = Some(NamedCertificate::parse_v2(value)?),
                SALT => salt = Some(octets(value)?.try_into().map_err(|_| CmsError::Malformed)?),
                _ => {}
            }
        }
        if content_type.ok_or(CmsError::AttributeMissing)? != DATA {
            return Err(CmsError::NotDetached);
        }
        let message_digest = message_digest.ok_or(CmsError::AttributeMissing)?;
        Ok(Self {
            set_der: set_der.to_vec(),
            message_digest: message_digest.try_into().map_err(|_| CmsError::DigestAlgorithm)?,
            certificate,
            salt,
            count: attributes.len(),
        })
    }

    /// The exact bytes that are signed: the SET OF with its universal tag 0x31, never SEQUENCE.
    pub fn as_set_der(&self) -> &[u8] {
        &self.set_der
    }

    /// SHA-256 of [`as_set_der`](Self::as_set_der): what a ledger entry names as its document.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.set_der)
    }

    /// The digest of the document.
    pub fn message_digest(&self) -> Digest {
        self.message_digest
    }

    /// The salt, in a seal's signature.
    pub fn salt(&self) -> Option<&[u8; 32]> {
        self.salt.as_ref()
    }

    /// Whether these are the four attributes of a seal and no others, naming `signer` by SHA-256: then they equal what [`build`](Self::build) makes.
    pub fn is_of_seal(&self, signer: &Certificate) -> bool {
        let built = self.salt.map(|salt| Self::build(self.message_digest, signer, salt));
        built.is_some_and(|built| built.set_der == self.set_der)
    }

    /// Whether there are the four attributes of a seal and no others, whoever's certificate they name.
    pub fn is_seal_profile(&self) -> bool {
        self.count == 4 && self.salt.is_some() && self.certificate.is_some()
    }

    /// Whether signingCertificateV2 names `signer`; none if the attribute is absent.
    pub fn names(&self, signer: &Certificate) -> Option<bool> {
        self.certificate.as_ref().map(|named| named.is_of(signer))
    }
}

/// One attribute with one value.
pub(super) fn attribute(oid: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[oid, &tlv(SET, &[value])])
}

/// The attributes of a SET OF as pairs of type and sole value. They must stand in DER order.
fn read_set(set: Element<'_>) -> Result<Vec<(&[u8], Element<'_>)>, CmsError> {
    let attributes = read_attributes(set)?;
    if !attributes.is_sorted_by_key(|attribute| attribute.full) {
        return Err(CmsError::Malformed);
    }
    attributes.into_iter().map(|attribute| Ok((attribute.oid, attribute.sole_value()?))).collect()
}

/// An attribute as it stands in the input.
pub(super) struct Attribute<'a> {
    pub(super) full: &'a [u8],
    pub(super) oid: &'a [u8],
    pub(super) values: Vec<Element<'a>>,
}

impl<'a> Attribute<'a> {
    pub(super) fn sole_value(&self) -> Result<Element<'a>, CmsError> {
        match self.values[..] {
            [value] => Ok(value),
            _ => Err(CmsError::AttributeTwice),
        }
    }
}

/// The attributes of a SET OF (or of the implicit tag in its place), in any order.
pub(super) fn read_attributes(set: Element<'_>) -> Result<Vec<Attribute<'_>>, CmsError> {
    let mut reader = set.reader()?;
    let mut attributes = Vec::new();
    while !reader.is_finished() {
        if attributes.len() == MAX_ATTRIBUTES {
            return Err(CmsError::TooMany);
        }
        let attribute = reader.expect(SEQUENCE)?;
        let mut parts = attribute.reader()?;
        let oid = parts.expect(OID)?.full;
        let mut inside = parts.expect(SET)?.reader()?;
        parts.finish()?;
        let mut values = Vec::new();
        while !inside.is_finished() {
            if values.len() == MAX_ATTRIBUTES {
                return Err(CmsError::TooMany);
            }
            values.push(inside.element()?);
        }
        attributes.push(Attribute { full: attribute.full, oid, values });
    }
    Ok(attributes)
}

pub(super) fn octets<'a>(value: &Element<'a>) -> Result<&'a [u8], CmsError> {
    if value.tag == OCTET_STRING { Ok(value.content) } else { Err(CmsError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::Hall;

    #[test]
    fn the_bytes_are_those_computed_by_hand() {
        let hall = Hall::new();
        let built = SignedAttributes::build(Digest::of(b"pdf"), &hall.seal, [7; 32]);
        // Sorted by encoding: the outer lengths 0x18, 0x2f, 0x37, 0x3a decide.
        let expected = [
            "31 81 c0",
            "30 18 0609 2a864886f70d010903 310b 0609 2a864886f70d010701",
            "30 2f 0609 2a864886f70d010904 3122 0420",
            &Digest::of(b"pdf").to_string(),
            "30 37 060b 2a864886f70d010910022f 3128 3026 3024 3022 0420",
            &Digest::of(hall.seal.der()).to_string(),
            "30 3a 0614 6982eea5cac6a3b2b285c3b0aac1e1cec4d2a10f 3122 0420",
            &"07".repeat(32),
        ];
        let expected = expected.concat().replace(' ', "");
        assert_eq!(hex::encode(built.as_set_der()), expected);
        assert_eq!(SignedAttributes::parse(built.as_set_der()), Ok(built.clone()));
        assert!(built.is_of_seal(&hall.seal) && built.is_seal_profile());
        assert!(!built.is_of_seal(&hall.issuing));
        assert_eq!((built.names(&hall.seal), built.names(&hall.issuing)), (Some(true), Some(false)));
    }

    #[test]
    fn order_doubles_and_gaps_are_refused() {
        let content_type = attribute(CONTENT_TYPE, DATA);
        let digest = attribute(MESSAGE_DIGEST, &tlv(OCTET_STRING, &[&[1; 32]]));
        let other_digest = attribute(MESSAGE_DIGEST, &tlv(OCTET_STRING, &[&[2; 32]]));
        let parse = |parts: &[&[u8]]| SignedAttributes::parse(&tlv(SET, parts)).map(|_| ());
        assert_eq!(parse(&[&content_type, &digest]), Ok(()));
        assert_eq!(parse(&[&digest, &content_type]), Err(CmsError::Malformed));
        assert_eq!(parse(&[&content_type, &digest, &other_digest]), Err(CmsError::AttributeTwice));
        assert_eq!(parse(&[&content_type]), Err(CmsError::AttributeMissing));
        assert_eq!(parse(&[&digest]), Err(CmsError::AttributeMissing));
        let short = attribute(MESSAGE_DIGEST, &tlv(OCTET_STRING, &[&[1; 20]]));
        assert_eq!(parse(&[&content_type, &short]), Err(CmsError::DigestAlgorithm));
        let two = tlv(SEQUENCE, &[CONTENT_TYPE, &tlv(SET, &[DATA, DATA])]);
        assert_eq!(parse(&[&two, &digest]), Err(CmsError::AttributeTwice));
        let many: Vec<Vec<u8>> = (0..=MAX_ATTRIBUTES as u8).map(|i| attribute(&[6, 2, 0x2a, i], &[5, 0])).collect();
        let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
        assert_eq!(parse(&many), Err(CmsError::TooMany));
    }
}
