use super::*;
use crate::pki::tlv::tlv;

fn identifier(oid: &str, parameters: &[u8]) -> Vec<u8> {
    let oid = der::Encode::to_der(&der::asn1::ObjectIdentifier::new_unwrap(oid)).unwrap();
    tlv(SEQUENCE, &[&oid, parameters])
}

#[test]
fn combined_identifiers_are_those_of_the_standards() {
    use HashAlgorithm::*;
    const NULL: &[u8] = b"\x05\x00";
    for (oid, algorithm) in [
        ("1.2.840.113549.1.1.5", Algorithm::RsaPkcs1(Sha1)),
        ("1.3.14.3.2.29", Algorithm::RsaPkcs1(Sha1)),
        ("1.2.840.113549.1.1.14", Algorithm::RsaPkcs1(Sha224)),
        ("1.2.840.113549.1.1.11", Algorithm::RsaPkcs1(Sha256)),
        ("1.2.840.113549.1.1.12", Algorithm::RsaPkcs1(Sha384)),
        ("1.2.840.113549.1.1.13", Algorithm::RsaPkcs1(Sha512)),
        ("2.16.840.1.101.3.4.3.13", Algorithm::RsaPkcs1(Sha3_224)),
        ("2.16.840.1.101.3.4.3.14", Algorithm::RsaPkcs1(Sha3_256)),
        ("2.16.840.1.101.3.4.3.15", Algorithm::RsaPkcs1(Sha3_384)),
        ("2.16.840.1.101.3.4.3.16", Algorithm::RsaPkcs1(Sha3_512)),
        ("1.2.840.10045.4.1", Algorithm::Ecdsa(Sha1)),
        ("1.2.840.10045.4.3.1", Algorithm::Ecdsa(Sha224)),
        ("1.2.840.10045.4.3.2", Algorithm::Ecdsa(Sha256)),
        ("1.2.840.10045.4.3.3", Algorithm::Ecdsa(Sha384)),
        ("1.2.840.10045.4.3.4", Algorithm::Ecdsa(Sha512)),
        ("2.16.840.1.101.3.4.3.9", Algorithm::Ecdsa(Sha3_224)),
        ("2.16.840.1.101.3.4.3.10", Algorithm::Ecdsa(Sha3_256)),
        ("2.16.840.1.101.3.4.3.11", Algorithm::Ecdsa(Sha3_384)),
        ("2.16.840.1.101.3.4.3.12", Algorithm::Ecdsa(Sha3_512)),
    ] {
        assert_eq!(Algorithm::parse(&identifier(oid, b"")), Ok(algorithm), "{oid}");
        assert_eq!(Algorithm::parse(&identifier(oid, NULL)), Ok(algorithm), "{oid}");
        assert_eq!(Algorithm::parse(&identifier(oid, b"\x02\x01\x00")), Err(SuiteError::Algorithm), "{oid}");
    }
    assert_eq!(Algorithm::parse(&identifier("1.3.101.112", b"")), Ok(Algorithm::Ed25519));
    assert_eq!(Algorithm::parse(&identifier("1.3.101.112", NULL)), Err(SuiteError::Algorithm));
    // md5WithRSAEncryption, plain rsaEncryption, Ed448
    for other in ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.1", "1.3.101.113"] {
        assert_eq!(Algorithm::parse(&identifier(other, b"")), Err(SuiteError::Algorithm), "{other}");
    }
}

#[test]
fn in_cms_the_hash_may_stand_apart_but_not_differ() {
    use HashAlgorithm::{Sha256, Sha512};
    let cms = |oid: &str, hash| Algorithm::of_cms(&identifier(oid, b""), hash);
    assert_eq!(cms("1.2.840.113549.1.1.1", Sha512), Ok(Algorithm::RsaPkcs1(Sha512)));
    assert_eq!(cms("1.2.840.10045.2.1", Sha512), Ok(Algorithm::Ecdsa(Sha512)));
    assert_eq!(cms("1.2.840.113549.1.1.11", Sha256), Ok(Algorithm::RsaPkcs1(Sha256)));
    assert_eq!(cms("1.2.840.113549.1.1.11", Sha512), Err(SuiteError::Mismatch));
    assert_eq!(cms("1.2.840.10045.4.3.2", Sha512), Err(SuiteError::Mismatch));
    assert_eq!(cms("1.3.101.112", Sha512), Ok(Algorithm::Ed25519));
}

#[test]
fn pss_parameters_have_their_defaults_and_nothing_else() {
    use HashAlgorithm::{Sha1, Sha256};
    let parse = |parts: &[&[u8]]| Algorithm::parse(&identifier("1.2.840.113549.1.1.10", &tlv(SEQUENCE, parts)));
    let sha256 = identifier("2.16.840.1.101.3.4.2.1", b"\x05\x00");
    let mgf = tlv(context(1), &[&identifier("1.2.840.113549.1.1.8", &sha256)]);
    let (hash, salt) = (tlv(context(0), &[&sha256]), tlv(context(2), &[b"\x02\x01\x20"]));
    let number = |tag: u8, bytes: &[u8]| tlv(context(tag), &[&tlv(INTEGER, &[bytes])]);
    let pss = |hash, mask_hash, salt| Ok(Algorithm::RsaPss(Pss { hash, mask_hash, salt }));
    assert_eq!(parse(&[]), pss(Sha1, Sha1, 20));
    assert_eq!(parse(&[&hash]), pss(Sha256, Sha1, 20));
    assert_eq!(parse(&[&hash, &mgf, &salt]), pss(Sha256, Sha256, 32));
    assert_eq!(parse(&[&hash, &mgf, &salt, &number(3, &[1])]), pss(Sha256, Sha256, 32));
    assert_eq!(parse(&[&number(2, &[1, 0])]), pss(Sha1, Sha1, 256));
    let refused = Err(SuiteError::Algorithm);
    assert_eq!(parse(&[&hash, &mgf, &salt, &number(3, &[2])]), refused, "trailer");
    assert_eq!(parse(&[&mgf, &hash]), refused, "order");
    assert_eq!(parse(&[&number(2, &[0xff])]), refused, "negative salt");
    assert_eq!(parse(&[&number(2, &[0, 32])]), refused, "sign byte too many");
    let other_mask = tlv(context(1), &[&identifier("1.2.840.113549.1.1.9", &sha256)]);
    assert_eq!(parse(&[&hash, &other_mask]), refused, "not MGF1");
    assert_eq!(Algorithm::parse(&identifier("1.2.840.113549.1.1.10", b"")), refused, "parameters absent");
}
