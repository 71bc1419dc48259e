//! Signatures as others write them, or should not.

use super::*;
use crate::cms::attribute_types::{
    ALGORITHM_PROTECTION, CONTENT_TYPE, DATA, MESSAGE_DIGEST, OCSP_BASIC, REVOCATION_ARCHIVAL, SIGNED_DATA,
    SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2,
};
use crate::cms::attributes::attribute;
use crate::pki::suite::SHA256;
use crate::pki::tlv::{INTEGER, unsigned};

const SHA1: &[u8] = b"\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a";
const ECDSA_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const ECDSA_SHA384: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";

/// A SignedData in the making.
struct Draft {
    hall: Hall,
    certificates: Vec<Vec<u8>>,
    digest: Vec<u8>,
    algorithm: Vec<u8>,
    crls: Vec<u8>,
}

impl Draft {
    fn new() -> Self {
        let hall = Hall::new();
        let certificates = vec![hall.seal.der().to_vec()];
        Self { hall, certificates, digest: SHA256.to_vec(), algorithm: ECDSA_SHA256.to_vec(), crls: Vec::new() }
    }

    /// `signed_attributes`: the `[0]` as it stands; `covered`: what the signature is over.
    fn write(&self, signed_attributes: &[u8], covered: &[u8]) -> Vec<u8> {
        let seal = &self.hall.seal;
        let identifier = tlv(SEQUENCE, &[seal.issuer_der(), seal.serial_der()]);
        let signature = tlv(OCTET_STRING, &[&self.hall.seal_key.sign_bytes(covered).bytes]);
        let version = unsigned(1);
        let info =
            tlv(SEQUENCE, &[&version, &identifier, &self.digest, signed_attributes, &self.algorithm, &signature]);
        let certificates: Vec<&[u8]> = self.certificates.iter().map(Vec::as_slice).collect();
        let parts = [
            version,
            tlv(SET, &[&self.digest]),
            tlv(SEQUENCE, &[DATA]),
            tlv(context(0), &certificates),
            self.crls.clone(),
            tlv(SET, &[&info]),
        ];
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        tlv(SEQUENCE, &[SIGNED_DATA, &tlv(context(0), &[&tlv(SEQUENCE, &parts)])])
    }

    /// With these attributes in DER, signed as the standard says.
    fn with(&self, attributes: &[Vec<u8>]) -> Result<bool, CmsError> {
        let set = set_of(SET, attributes.to_vec());
        let bytes = self.write(&retagged(&set, context(0)), &set);
        verdict(&bytes, Kind::Pkcs7)
    }
}

/// Whether it names its certificate, if it holds.
fn verdict(bytes: &[u8], kind: Kind) -> Result<bool, CmsError> {
    let signed = SignedData::parse(bytes, kind)?;
    check(&signed, content()).map(|verified| verified.names_certificate())
}

fn retagged(element: &[u8], tag: u8) -> Vec<u8> {
    [&[tag], &element[1..]].concat()
}

/// contentType and messageDigest.
fn mandatory() -> Vec<Vec<u8>> {
    let digest = tlv(OCTET_STRING, &[content().as_bytes()]);
    vec![attribute(CONTENT_TYPE, DATA), attribute(MESSAGE_DIGEST, &digest)]
}

fn and(more: Vec<u8>) -> Vec<Vec<u8>> {
    [mandatory(), vec![more]].concat()
}

#[test]
fn attributes_out_of_order_hold_over_either_order() {
    let draft = Draft::new();
    let mut attributes = mandatory();
    attributes.sort();
    let sorted = tlv(SET, &[&attributes[0], &attributes[1]]);
    let reversed = tlv(SET, &[&attributes[1], &attributes[0]]);
    let sent = retagged(&reversed, context(0));
    assert_eq!(verdict(&draft.write(&sent, &reversed), Kind::Cades), Ok(false), "as sent");
    assert_eq!(verdict(&draft.write(&sent, &sorted), Kind::Cades), Ok(false), "as it should have been sent");
    let wrong = Err(CmsError::Signature(SuiteError::Signature));
    assert_eq!(verdict(&draft.write(&sent, &sent), Kind::Cades), wrong, "under the implicit tag");
    let read = parse(&draft.write(&sent, &sorted)).unwrap();
    assert!(read.seal_attributes().is_none() && !read.is_canonical(read.certificates()), "never a seal");
}

#[test]
fn attributes_in_ber_hold_as_sent_and_in_der() {
    let draft = Draft::new();
    let der = set_of(SET, mandatory());
    let body = &der[2..];
    assert!(body.len() < 0x80);
    // A length of two bytes where one does.
    let ber = [&[SET, 0x81, body.len() as u8], body].concat();
    let sent = retagged(&ber, context(0));
    assert_eq!(verdict(&draft.write(&sent, &ber), Kind::Cades), Ok(false), "over the bytes as sent");
    assert_eq!(verdict(&draft.write(&sent, &der), Kind::Cades), Ok(false), "over DER");
    let indefinite = [&[context(0), 0x80], body, &[0, 0]].concat();
    assert_eq!(verdict(&draft.write(&indefinite, &der), Kind::Cades), Ok(false), "of indefinite length");
    let other = [&[SET, 0x81, body.len() as u8], &body[..body.len() - 1], &[0]].concat();
    let wrong = Err(CmsError::Signature(SuiteError::Signature));
    assert_eq!(verdict(&draft.write(&sent, &other), Kind::Cades), wrong);
    let read = parse(&draft.write(&sent, &der)).unwrap();
    assert!(!read.is_canonical(read.certificates()), "never a seal");
}

#[test]
fn without_attributes_the_document_is_signed_where_the_kind_permits() {
    let draft = Draft::new();
    let document = b"the bytes of the ByteRange";
    let bytes = draft.write(&[], document);
    assert_eq!(verdict(&bytes, Kind::Pkcs7), Ok(false));
    assert_eq!(verdict(&bytes, Kind::Cades), Err(CmsError::AttributeMissing));
    let wrong = Err(CmsError::Signature(SuiteError::Signature));
    assert_eq!(verdict(&draft.write(&[], b"other"), Kind::Pkcs7), wrong);
}

#[test]
fn a_certificate_that_is_named_must_be_the_signers() {
    let draft = Draft::new();
    let (seal, other) = (draft.hall.seal.clone(), draft.hall.issuing.clone());
    let sha1 = |certificate: &Certificate| tlv(OCTET_STRING, &[&HashAlgorithm::Sha1.hash(certificate.der())]);
    let sha512 = |certificate: &Certificate| {
        let hash = tlv(OCTET_STRING, &[&HashAlgorithm::Sha512.hash(certificate.der())]);
        [tlv(SEQUENCE, &[HashAlgorithm::Sha512.oid()]), hash].concat()
    };
    let place = |certificate: &Certificate| {
        let name = tlv(SEQUENCE, &[&tlv(context(4), &[certificate.issuer_der()])]);
        tlv(SEQUENCE, &[&name, certificate.serial_der()])
    };
    let named =
        |oid: &[u8], parts: &[&[u8]]| attribute(oid, &tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(SEQUENCE, parts)])]));
    let mismatch = Err(CmsError::OtherCertificate);
    let v1 = SIGNING_CERTIFICATE;
    assert_eq!(draft.with(&and(named(v1, &[&sha1(&seal)]))), Ok(true));
    assert_eq!(draft.with(&and(named(v1, &[&sha1(&seal), &place(&seal)]))), Ok(true));
    assert_eq!(draft.with(&and(named(v1, &[&sha1(&seal), &place(&other)]))), mismatch, "another issuer and number");
    assert_eq!(draft.with(&and(named(v1, &[&sha1(&other)]))), mismatch);
    let v2 = SIGNING_CERTIFICATE_V2;
    assert_eq!(draft.with(&and(named(v2, &[&sha512(&seal), &place(&seal)]))), Ok(true));
    assert_eq!(draft.with(&and(named(v2, &[&sha512(&other)]))), mismatch);
    // Of two, both must.
    let both = |one: &Certificate, two: &Certificate| {
        draft.with(&[and(named(v1, &[&sha1(one)])), vec![named(v2, &[&sha512(two)])]].concat())
    };
    assert_eq!(both(&seal, &seal), Ok(true));
    assert_eq!(both(&other, &seal), mismatch);
    assert_eq!(both(&seal, &other), mismatch);
}

#[test]
fn of_two_certificates_with_one_number_the_named_one_is_the_signers() {
    let mut draft = Draft::new();
    // The same issuer and serial number in another certificate, which stands first: one bit of its signature differs.
    let mut twin = draft.hall.seal.der().to_vec();
    *twin.last_mut().unwrap() ^= 1;
    draft.certificates.insert(0, twin);
    let hash = tlv(OCTET_STRING, &[draft.hall.seal.digest().as_bytes()]);
    let named = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&hash])])]);
    assert_eq!(draft.with(&and(attribute(SIGNING_CERTIFICATE_V2, &named))), Ok(true));
}

#[test]
fn protected_algorithms_must_be_those_used() {
    let mut draft = Draft::new();
    let protection = |digest: &[u8], signature: &[u8]| {
        let value = tlv(SEQUENCE, &[digest, &retagged(signature, context(1))]);
        and(attribute(ALGORITHM_PROTECTION, &value))
    };
    let sha256_null = b"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00";
    assert_eq!(draft.with(&protection(SHA256, ECDSA_SHA256)), Ok(false));
    assert_eq!(draft.with(&protection(sha256_null, ECDSA_SHA256)), Ok(false), "NULL is absent");
    assert_eq!(draft.with(&protection(SHA1, ECDSA_SHA256)), Err(CmsError::OtherAlgorithm));
    assert_eq!(draft.with(&protection(SHA256, ECDSA_SHA384)), Err(CmsError::OtherAlgorithm));
    // Two hashes in one signer.
    draft.algorithm = ECDSA_SHA384.to_vec();
    assert_eq!(draft.with(&mandatory()), Err(CmsError::Signature(SuiteError::Mismatch)));
    draft.digest = b"\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00".to_vec();
    assert_eq!(draft.with(&mandatory()), Err(CmsError::DigestAlgorithm), "MD5");
}

#[test]
fn doubled_and_missing_attributes_are_refused() {
    let draft = Draft::new();
    let unknown = attribute(b"\x06\x02\x2a\x03", b"\x05\x00");
    assert_eq!(draft.with(&[and(unknown.clone()), vec![unknown]].concat()), Ok(false), "unknown ones may be doubled");
    for attribute in mandatory() {
        assert_eq!(draft.with(&and(attribute.clone())), Err(CmsError::AttributeTwice));
        let rest: Vec<_> = mandatory().into_iter().filter(|other| *other != attribute).collect();
        assert_eq!(draft.with(&rest), Err(CmsError::AttributeMissing));
    }
    let two_values = tlv(SEQUENCE, &[CONTENT_TYPE, &tlv(SET, &[DATA, DATA])]);
    assert_eq!(draft.with(&[two_values, mandatory().remove(1)]), Err(CmsError::AttributeTwice));
    let other_type = attribute(CONTENT_TYPE, SIGNED_DATA);
    assert_eq!(draft.with(&[other_type, mandatory().remove(1)]), Err(CmsError::NotDetached));
}

#[test]
fn revocation_information_is_found_wherever_it_stands() {
    let mut draft = Draft::new();
    let (list, answer, basic) =
        (tlv(SEQUENCE, &[b"\x02\x01\x01"]), tlv(SEQUENCE, &[b"\x0a\x01\x06"]), tlv(SEQUENCE, &[]));
    let other = tlv(context(1), &[OCSP_BASIC, &basic]);
    draft.crls = tlv(context(1), &[&list, &other]);
    let archival = tlv(
        SEQUENCE,
        &[&tlv(context(0), &[&tlv(SEQUENCE, &[&list])]), &tlv(context(1), &[&tlv(SEQUENCE, &[&answer])])],
    );
    let set = set_of(SET, and(attribute(REVOCATION_ARCHIVAL, &archival)));
    let read = parse(&draft.write(&retagged(&set, context(0)), &set)).unwrap();
    assert_eq!(read.crls().collect::<Vec<_>>(), [&list, &list]);
    // RFC 6960 section 4.2.1: successful, id-pkix-ocsp-basic, the answer as octets.
    let wrapped = hex::decode("30160a0100a011300f06092b060105050730010104023000").unwrap();
    let mut ocsps: Vec<&[u8]> = read.ocsps().collect();
    ocsps.sort();
    assert_eq!(ocsps, [&answer, &wrapped]);
    // What does not read is no reason to refuse.
    draft.crls = tlv(context(1), &[b"\xa1\x02\x05\x00"]);
    assert_eq!(draft.with(&and(attribute(REVOCATION_ARCHIVAL, b"\x05\x00"))), Ok(false));
    let many = vec![&list[..]; MAX_REVOCATION + 1];
    draft.crls = tlv(context(1), &many);
    assert_eq!(draft.with(&mandatory()), Err(CmsError::TooMany));
}

#[test]
fn certificates_of_no_importance_may_be_unreadable() {
    let mut draft = Draft::new();
    draft.certificates.insert(0, tlv(SEQUENCE, &[&tlv(INTEGER, &[&[1]])]));
    draft.certificates.push(tlv(context(1), &[b"\x05\x00"]));
    assert_eq!(draft.with(&mandatory()), Ok(false));
    draft.certificates.remove(1);
    assert!(matches!(draft.with(&mandatory()), Err(CmsError::Certificate(_))), "it may be the signer's");
}
