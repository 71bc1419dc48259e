//! A hall's two authorities and one seal, for tests.

use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

use super::authority::{self, CertSigner, Issuer, Serial, SigningFailed, Subject, Term, ToBeSigned};
use super::certificate::Certificate;
use super::name::DistinguishedName;
use super::suite::{Signature, Suite, p256_spki};

#[allow(clippy::disallowed_methods, reason = "tests draw their own random numbers")]
pub(crate) fn rng() -> SystemRandom {
    SystemRandom::new()
}

/// Midnight UTC of a day.
pub(crate) fn at(day: &str) -> Timestamp {
    format!("{day}T00:00:00Z").parse().unwrap()
}

pub(crate) struct Key {
    pair: EcdsaKeyPair,
    spki: Vec<u8>,
}

impl Key {
    pub(crate) fn new() -> Self {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &rng()).unwrap();
        let spki = p256_spki(pair.public_key().as_ref());
        Self { pair, spki }
    }

    pub(crate) fn sign_bytes(&self, message: &[u8]) -> Signature {
        let bytes = self.pair.sign(&rng(), message).unwrap().as_ref().to_vec();
        Signature { suite: Suite::EcdsaP256Sha256, bytes }
    }
}

impl CertSigner for Key {
    fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    fn sign(&self, tbs: &ToBeSigned) -> Result<Signature, SigningFailed> {
        Ok(self.sign_bytes(tbs.as_der()))
    }
}

pub(crate) fn serial() -> Serial {
    Serial::random(&rng()).unwrap()
}

pub(crate) struct Hall {
    pub(crate) root_key: Key,
    pub(crate) root: Certificate,
    pub(crate) issuing_key: Key,
    pub(crate) issuing: Certificate,
    pub(crate) seal_key: Key,
    pub(crate) seal_name: DistinguishedName,
    pub(crate) seal: Certificate,
}

impl Hall {
    /// Root 2026 to 2046, issuing authority 2026 to 2036, seal 2026-02 to 2029-02.
    pub(crate) fn new() -> Self {
        let term = |from, to| Term::new(at(from), at(to)).unwrap();
        let name = |text| DistinguishedName::new("云溪市政务服务中心", text).unwrap();
        let (root_key, issuing_key, seal_key) = (Key::new(), Key::new(), Key::new());
        let root = authority::root(&name("印章根证书"), term("2026-01-01", "2046-01-01"), serial(), &root_key).unwrap();
        let subject = Subject {
            name: &name("印章签发证书"),
            spki: issuing_key.spki_der(),
            term: term("2026-01-01", "2036-01-01"),
            serial: serial(),
        };
        let issuing = authority::seal_authority(&subject, None, &Issuer::new(&root, &root_key).unwrap()).unwrap();
        let seal_name = DistinguishedName::of_seal("11330100002489559L", "云溪市公安局", "33010000000001").unwrap();
        let subject = Subject {
            name: &seal_name,
            spki: seal_key.spki_der(),
            term: term("2026-02-01", "2029-02-01"),
            serial: serial(),
        };
        let crl = Some("http://hall.example/crl/seal.crl");
        let seal = authority::seal(&subject, crl, &Issuer::new(&issuing, &issuing_key).unwrap()).unwrap();
        Self { root_key, root, issuing_key, issuing, seal_key, seal_name, seal }
    }
}
