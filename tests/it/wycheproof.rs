//! Signatures made to be wrong in all known ways (C2SP's Wycheproof), through the one entry for signatures. What must hold holds, what must not is refused, and what is left to the
//! verifier ("acceptable") is listed with our answer.

use std::collections::BTreeMap;

use wycheproof::{HashFunction, Mgf, TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};
use yinxin::pki::algorithm::{Algorithm, Pss};
use yinxin::pki::hash::HashAlgorithm;

/// The hash, where it is one of ours.
fn hash(name: HashFunction) -> Option<HashAlgorithm> {
    Some(match name {
        HashFunction::Sha1 => HashAlgorithm::Sha1,
        HashFunction::Sha2_224 => HashAlgorithm::Sha224,
        HashFunction::Sha2_256 => HashAlgorithm::Sha256,
        HashFunction::Sha2_384 => HashAlgorithm::Sha384,
        HashFunction::Sha2_512 => HashAlgorithm::Sha512,
        HashFunction::Sha3_224 => HashAlgorithm::Sha3_224,
        HashFunction::Sha3_256 => HashAlgorithm::Sha3_256,
        HashFunction::Sha3_384 => HashAlgorithm::Sha3_384,
        HashFunction::Sha3_512 => HashAlgorithm::Sha3_512,
        _ => return None,
    })
}

/// What was tried, and what was answered where either answer is right.
#[derive(Default)]
struct Tally {
    held: usize,
    refused: usize,
    /// Flags of a set's acceptable cases -> how many of them were accepted, how many refused.
    acceptable: BTreeMap<String, (usize, usize)>,
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, case: String, flags: String, expected: TestResult, accepted: bool) {
        match (expected, accepted) {
            (TestResult::Valid, true) => self.held += 1,
            (TestResult::Invalid, false) => self.refused += 1,
            (TestResult::Acceptable, true) => self.acceptable.entry(flags).or_default().0 += 1,
            (TestResult::Acceptable, false) => self.acceptable.entry(flags).or_default().1 += 1,
            (TestResult::Valid, false) => self.wrong.push(format!("{case}: valid, refused")),
            (TestResult::Invalid, true) => self.wrong.push(format!("{case}: invalid, ACCEPTED")),
        }
    }

    /// `counts`: how many must have held and been refused, so that an empty set is no success.
    fn check(&self, counts: (usize, usize)) {
        assert!(self.wrong.is_empty(), "{} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert_eq!((self.held, self.refused), counts);
    }
}

macro_rules! run {
    ($module:ident, $names:expr, $algorithm:expr) => {{
        let mut tally = Tally::default();
        for name in $names {
            let set = $module::TestSet::load(name).unwrap();
            for group in &set.test_groups {
                let Some(algorithm) = $algorithm(group) else { panic!("{name:?}: an algorithm we do not have") };
                for case in &group.tests {
                    let accepted = algorithm.verify(&group.der, &case.msg, &case.sig).is_ok();
                    let flags = format!("{name:?} {:?}", case.flags);
                    tally.add(format!("{name:?} {} {}", case.tc_id, case.comment), flags, case.result, accepted);
                }
            }
        }
        tally
    }};
}

#[test]
fn ecdsa_on_every_curve_and_hash() {
    use ecdsa::TestName::*;
    let names = [
        EcdsaSecp256r1Sha256,
        EcdsaSecp256r1Sha512,
        EcdsaSecp256r1Sha3_256,
        EcdsaSecp256r1Sha3_512,
        EcdsaSecp384r1Sha256,
        EcdsaSecp384r1Sha384,
        EcdsaSecp384r1Sha512,
        EcdsaSecp384r1Sha3_384,
        EcdsaSecp384r1Sha3_512,
        EcdsaSecp521r1Sha512,
        EcdsaSecp521r1Sha3_512,
        EcdsaBrainpool256r1Sha256,
        EcdsaBrainpool256r1Sha3_256,
        EcdsaBrainpool384r1Sha384,
        EcdsaBrainpool384r1Sha3_384,
    ];
    let tally = run!(ecdsa, names, |group: &ecdsa::TestGroup| hash(group.hash).map(Algorithm::Ecdsa));
    assert!(tally.acceptable.is_empty(), "{:?}", tally.acceptable);
    tally.check((3097, 4605));
}

#[test]
fn rsa_pkcs1_of_every_size_and_hash() {
    use rsa_pkcs1_verify::TestName::*;
    let names = [
        Rsa2048Sha224,
        Rsa2048Sha256,
        Rsa2048Sha384,
        Rsa2048Sha512,
        Rsa2048Sha3_224,
        Rsa2048Sha3_256,
        Rsa2048Sha3_384,
        Rsa2048Sha3_512,
        Rsa3072Sha256,
        Rsa3072Sha384,
        Rsa3072Sha512,
        Rsa3072Sha3_256,
        Rsa3072Sha3_384,
        Rsa3072Sha3_512,
        Rsa4096Sha256,
        Rsa4096Sha384,
        Rsa4096Sha512,
        Rsa8192Sha256,
        Rsa8192Sha384,
        Rsa8192Sha512,
    ];
    let algorithm = |group: &rsa_pkcs1_verify::TestGroup| hash(group.hash).map(Algorithm::RsaPkcs1);
    let tally = run!(rsa_pkcs1_verify, names, algorithm);
    // A DigestInfo whose NULL is missing: RFC 8017 section 9.2 writes it always, so none is taken.
    assert!(
        tally.acceptable.iter().all(|(flags, (accepted, _))| flags.ends_with("[MissingNull]") && *accepted == 0),
        "{:?}",
        tally.acceptable
    );
    tally.check((145, 5006));
}

#[test]
fn rsa_pss_with_all_parameters() {
    use rsa_pss_verify::TestName::*;
    let names = [
        RsaPss2048Sha1Mgf1SaltLen20,
        RsaPss2048Sha1Mgf1SaltLen20WithParams,
        RsaPss2048Sha256Mgf1SaltLen0,
        RsaPss2048Sha256Mgf1SaltLen0WithParams,
        RsaPss2048Sha256Mgf1SaltLen32,
        RsaPss2048Sha256Mgf1SaltLen32WithParams,
        RsaPss2048Sha256Mgf1Sha1_20,
        RsaPss2048Sha384Mgf1SaltLen48,
        RsaPss2048Sha512Mgf1Sha256SaltLen32WithParams,
        RsaPss3072Sha256Mgf1SaltLen32,
        RsaPss3072Sha256Mgf1SaltLen32WithParams,
        RsaPss4096Sha256Mgf1SaltLen32,
        RsaPss4096Sha384Mgf1SaltLen48,
        RsaPss4096Sha512Mgf1SaltLen32,
        RsaPss4096Sha512Mgf1SaltLen32WithParams,
        RsaPss4096Sha512Mgf1SaltLen64,
        RsaPss4096Sha512Mgf1SaltLen64WithParams,
    ];
    let algorithm = |group: &rsa_pss_verify::TestGroup| {
        assert_eq!(group.mgf, Mgf::Mgf1);
        let (hash, mask_hash) = (hash(group.hash)?, hash(group.mgf_hash?)?);
        Some(Algorithm::RsaPss(Pss { hash, mask_hash, salt: group.salt_size }))
    };
    let tally = run!(rsa_pss_verify, names, algorithm);
    assert!(tally.acceptable.is_empty(), "{:?}", tally.acceptable);
    tally.check((1434, 768));
}

#[test]
fn ed25519() {
    let tally = run!(eddsa, [eddsa::TestName::Ed25519], |_: &eddsa::TestGroup| Some(Algorithm::Ed25519));
    assert!(tally.acceptable.is_empty(), "{:?}", tally.acceptable);
    tally.check((88, 63));
}
