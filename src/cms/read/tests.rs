use super::*;
use crate::cms::attribute_types::{LEDGER_PROOF, SIGNED_DATA};
use crate::cms::signed_data::upper_bound;
use crate::digest::Digest;
use crate::pki::suite::SuiteError;
use crate::pki::testing::Hall;
use crate::pki::tlv::{Element, OCTET_STRING, OID, SEQUENCE, SET, context, set_of, tlv};

mod foreign;

fn content() -> Digest {
    Digest::of(b"the bytes of the ByteRange")
}

fn parse(contents: &[u8]) -> Result<SignedData, CmsError> {
    SignedData::parse(contents, Kind::Cades)
}

/// Checks `signed` over a document with this digest.
fn check(signed: &SignedData, content: Digest) -> Result<Verified<'_>, CmsError> {
    signed.verify(content.as_bytes())
}

struct Sealed {
    hall: Hall,
    attributes: SignedAttributes,
    signature: Signature,
}

impl Sealed {
    fn new() -> Self {
        let hall = Hall::new();
        let attributes = SignedAttributes::build(content(), &hall.seal, [7; 32]);
        let signature = hall.seal_key.sign_bytes(attributes.as_set_der());
        Self { hall, attributes, signature }
    }

    fn with(&self, unsigned_attributes: UnsignedAttributes<'_>) -> Vec<u8> {
        let chain = [self.hall.issuing.clone(), self.hall.root.clone()];
        assemble(&self.attributes, &self.signature, &self.hall.seal, &chain, unsigned_attributes)
    }

    fn der(&self) -> Vec<u8> {
        self.with(UnsignedAttributes { proof: Some(b"c2sp.org/tlog-proof@v1\n"), timestamp: None })
    }
}

#[test]
fn what_is_assembled_reads_back_and_verifies() {
    let sealed = Sealed::new();
    let token = tlv(SEQUENCE, &[b"\x05\x00"]);
    let der = sealed.with(UnsignedAttributes { proof: Some(b"proof"), timestamp: Some(&token) });
    let read = parse(&der).unwrap();
    assert_eq!(read.signer(), &sealed.hall.seal);
    assert_eq!(read.certificates().len(), 2, "signer and issuer, no root");
    assert_eq!(read.proofs().collect::<Vec<_>>(), [b"proof"]);
    assert_eq!(read.timestamps().collect::<Vec<_>>(), [token.as_slice()]);
    assert!(read.is_canonical(&path(&sealed.hall)));
    let verified = check(&read, content()).unwrap();
    assert!(verified.names_certificate());
    assert!(read.seal_attributes().unwrap().is_of_seal(verified.signer()));
    // Padding of the hole is not part of it; anything else behind it is refused.
    let padded = [der.clone(), vec![0; 99]].concat();
    assert_eq!(parse(&padded).unwrap().der(), der);
    assert_eq!(parse(&[der, vec![0, 1]].concat()).unwrap_err(), CmsError::TrailingData);
}

#[test]
fn another_document_key_or_certificate_is_refused() {
    let sealed = Sealed::new();
    let read = parse(&sealed.der()).unwrap();
    assert_eq!(check(&read, Digest::of(b"other")).unwrap_err(), CmsError::DigestMismatch);
    // Signed by another key than the certificate's.
    let foreign = sealed.hall.issuing_key.sign_bytes(sealed.attributes.as_set_der());
    let der = assemble(&sealed.attributes, &foreign, &sealed.hall.seal, &[], UnsignedAttributes::default());
    let error = check(&parse(&der).unwrap(), content()).unwrap_err();
    assert_eq!(error, CmsError::Signature(SuiteError::Signature));
    // The same key in another certificate: the signature is good, the certificate is not the one named.
    let other = Hall::new();
    let der = assemble(&sealed.attributes, &sealed.signature, &other.seal, &[], UnsignedAttributes::default());
    assert_eq!(check(&parse(&der).unwrap(), content()).unwrap_err(), CmsError::OtherCertificate);
    // A signature over the bytes as they stand in the SignerInfo, with the tag [0], is none.
    let mut implicit = sealed.attributes.as_set_der().to_vec();
    implicit[0] = context(0);
    let wrong_tag = sealed.hall.seal_key.sign_bytes(&implicit);
    let der = assemble(&sealed.attributes, &wrong_tag, &sealed.hall.seal, &[], UnsignedAttributes::default());
    assert!(check(&parse(&der).unwrap(), content()).is_err());
}

/// The path of the hall's seal.
fn path(hall: &Hall) -> [Certificate; 3] {
    [hall.seal.clone(), hall.issuing.clone(), hall.root.clone()]
}

/// Whether a reader that wants our own seals would take it.
fn accepted(der: &[u8], hall: &Hall, proof: &[u8]) -> bool {
    parse(der).is_ok_and(|read| {
        let anchors = std::slice::from_ref(&hall.root);
        let at = crate::pki::testing::at("2026-11-22");
        check(&read, content()).is_ok()
            && read.proofs().eq([proof])
            && crate::pki::path::tests::validate(read.signer(), read.certificates(), anchors, &[], at)
                .is_ok_and(|path| read.is_canonical(path.certificates()))
    })
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let sealed = Sealed::new();
    let proof = b"c2sp.org/tlog-proof@v1\n";
    let der = sealed.der();
    assert!(accepted(&der, &sealed.hall, proof));
    for index in 0..der.len() {
        let mut altered = der.clone();
        altered[index] ^= 1 << (index % 8);
        assert!(!accepted(&altered, &sealed.hall, proof), "byte {index}");
    }
    for length in 0..der.len() {
        assert!(!accepted(&der[..length], &sealed.hall, proof), "cut at {length}");
    }
}

#[test]
fn what_is_added_outside_the_signature_is_not_canonical() {
    let sealed = Sealed::new();
    let (hall, signature, attributes) = (&sealed.hall, &sealed.signature, &sealed.attributes);
    let stranger = Hall::new();
    let with =
        |chain: &[Certificate]| assemble(attributes, signature, &hall.seal, chain, UnsignedAttributes::default());
    assert!(parse(&with(&[])).unwrap().is_canonical(&path(hall)));
    assert!(parse(&with(std::slice::from_ref(&hall.issuing))).unwrap().is_canonical(&path(hall)));
    let unused = parse(&with(&[stranger.seal])).unwrap();
    assert!(check(&unused, content()).is_ok() && !unused.is_canonical(&path(hall)), "a certificate nobody needs");
    let same_name = parse(&with(&[hall.issuing.clone(), stranger.issuing])).unwrap();
    assert!(!same_name.is_canonical(&path(hall)), "an issuer by name alone");
    // Two proofs: read as two, never canonical.
    let one = tlv(SEQUENCE, &[LEDGER_PROOF, &tlv(SET, &[&tlv(OCTET_STRING, &[b"a"])])]);
    let two = tlv(SEQUENCE, &[LEDGER_PROOF, &tlv(SET, &[&tlv(OCTET_STRING, &[b"b"])])]);
    let read = parse(&with_unsigned(&sealed, set_of(context(1), vec![one, two]))).unwrap();
    assert_eq!(read.proofs().len(), 2);
    assert!(!read.is_canonical(&path(hall)));
    let unknown = tlv(SEQUENCE, &[b"\x06\x02\x2a\x03", &tlv(SET, &[b"\x05\x00"])]);
    let read = parse(&with_unsigned(&sealed, tlv(context(1), &[&unknown]))).unwrap();
    assert!(check(&read, content()).is_ok() && !read.is_canonical(&path(hall)));
}

/// A SignedData with unsigned attributes that `assemble` would not write.
fn with_unsigned(sealed: &Sealed, unsigned: Vec<u8>) -> Vec<u8> {
    let plain = sealed.with(UnsignedAttributes::default());
    let mut content_info = Element::parse(&plain, SEQUENCE).unwrap().reader().unwrap();
    let oid = content_info.expect(OID).unwrap().full;
    let explicit = content_info.expect(context(0)).unwrap();
    let mut fields = Element::parse(explicit.content, SEQUENCE).unwrap().reader().unwrap();
    let mut kept: Vec<&[u8]> = (0..4).map(|_| fields.element().unwrap().full).collect();
    let signer = fields.expect(SET).unwrap();
    let info = Element::parse(signer.content, SEQUENCE).unwrap();
    let signers = tlv(SET, &[&tlv(SEQUENCE, &[info.content, &unsigned])]);
    kept.push(&signers);
    tlv(SEQUENCE, &[oid, &tlv(context(0), &[&tlv(SEQUENCE, &kept)])])
}

#[test]
fn the_bound_is_reached_and_never_passed() {
    let sealed = Sealed::new();
    let hall = &sealed.hall;
    let chain = std::slice::from_ref(&hall.issuing);
    let proof = vec![b'x'; 3000];
    let bound = upper_bound(&hall.seal, chain, proof.len(), 0).unwrap();
    for _ in 0..64 {
        let signature = hall.seal_key.sign_bytes(sealed.attributes.as_set_der());
        let unsigned = UnsignedAttributes { proof: Some(&proof), timestamp: None };
        let length = assemble(&sealed.attributes, &signature, &hall.seal, chain, unsigned).len();
        assert_eq!(bound - length, 72 - signature.bytes.len());
    }
}

#[test]
fn no_signer_two_signers_and_embedded_content_are_refused() {
    let sealed = Sealed::new();
    let plain = sealed.der();
    let explicit = {
        let mut content_info = Element::parse(&plain, SEQUENCE).unwrap().reader().unwrap();
        content_info.expect(OID).unwrap();
        content_info.expect(context(0)).unwrap().content
    };
    let mut fields = Element::parse(explicit, SEQUENCE).unwrap().reader().unwrap();
    let parts: Vec<&[u8]> = (0..5).map(|_| fields.element().unwrap().full).collect();
    let with = |index: usize, replacement: &[u8]| {
        let mut parts = parts.clone();
        parts[index] = replacement;
        let der = tlv(SEQUENCE, &[SIGNED_DATA, &tlv(context(0), &[&tlv(SEQUENCE, &parts)])]);
        parse(&der).map(|_| ())
    };
    let signer = Element::parse(parts[4], SET).unwrap().content;
    assert_eq!(with(4, parts[4]), Ok(()));
    assert_eq!(with(4, &tlv(SET, &[])), Err(CmsError::NotOneSigner));
    assert_eq!(with(4, &tlv(SET, &[signer, signer])), Err(CmsError::NotOneSigner));
    let embedded = tlv(SEQUENCE, &[DATA, &tlv(context(0), &[&tlv(OCTET_STRING, &[b"x"])])]);
    assert_eq!(with(2, &embedded), Err(CmsError::NotDetached));
    assert_eq!(with(3, &tlv(context(0), &[])), Err(CmsError::SignerMissing));
    let certificates = vec![sealed.hall.root.der(); MAX_CERTIFICATES + 1];
    assert_eq!(with(3, &tlv(context(0), &certificates)), Err(CmsError::TooMany));
}
