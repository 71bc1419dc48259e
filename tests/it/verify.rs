//! Whole seals, with certificates and a ledger proof, before poppler and pyHanko; and what pyHanko signs, before our verifier.

use std::process::Command;

use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use yinxin::cms::SignedAttributes;
use yinxin::cms::signed_data::{UnsignedAttributes, assemble};
use yinxin::digest::Digest;
use yinxin::ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use yinxin::ledger::entry::{Entry, Salted, SealUse};
use yinxin::ledger::note::{KeyName, NoteSignature, VerifierKey};
use yinxin::ledger::proof::TlogProof;
use yinxin::ledger::tree::leaf_hash;
use yinxin::pdf::{FieldPlan, Form, Locks, Permission, RectMm, StampPlan, Stamped, fill, prepare, stamp};
use yinxin::pki::authority::{self, CertSigner, Issuer, Serial, SigningFailed, Subject, Term, ToBeSigned};
use yinxin::pki::certificate::Certificate;
use yinxin::pki::name::DistinguishedName;
use yinxin::pki::suite::{Signature, Suite};
use yinxin::verify::{Integrity, Trust, Verdict, verify};

use crate::tools::{python, run};

const PAGE: &[u8] = include_bytes!("../data/pdf/typst-a2b.pdf");
/// SubjectPublicKeyInfo of a P-256 key up to its point (RFC 5480).
const P256: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

#[allow(clippy::disallowed_methods, reason = "tests draw their own random numbers")]
fn rng() -> SystemRandom {
    SystemRandom::new()
}

struct Key(EcdsaKeyPair, Vec<u8>);

impl Key {
    fn new() -> Self {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &rng()).unwrap();
        let spki = [&hex::decode(P256).unwrap(), pair.public_key().as_ref()].concat();
        Self(pair, spki)
    }

    fn sign_bytes(&self, message: &[u8]) -> Signature {
        Signature { suite: Suite::EcdsaP256Sha256, bytes: self.0.sign(&rng(), message).unwrap().as_ref().to_vec() }
    }
}

impl CertSigner for Key {
    fn spki_der(&self) -> &[u8] {
        &self.1
    }

    fn sign(&self, tbs: &ToBeSigned) -> Result<Signature, SigningFailed> {
        Ok(self.sign_bytes(tbs.as_der()))
    }
}

/// A hall with one seal and a log whose tree has one entry at a time.
struct Hall {
    root: Certificate,
    issuing: Certificate,
    seal: Certificate,
    key: Key,
    log: Ed25519KeyPair,
}

impl Hall {
    fn new() -> Self {
        let (root_key, issuing_key, key) = (Key::new(), Key::new(), Key::new());
        let day = |day: &str| format!("{day}T00:00:00Z").parse::<Timestamp>().unwrap();
        let term = || Term::new(day("2026-01-01"), day("2030-01-01")).unwrap();
        let serial = || Serial::random(&rng()).unwrap();
        let name = |text| DistinguishedName::new("吉林经济技术开发区政务服务局", text).unwrap();
        let root = authority::root(&name("印章根证书"), term(), serial(), &root_key).unwrap();
        let subject =
            Subject { name: &name("印章签发证书"), spki: issuing_key.spki_der(), term: term(), serial: serial() };
        let issuing = authority::seal_authority(&subject, None, &Issuer::new(&root, &root_key).unwrap()).unwrap();
        let name = DistinguishedName::of_seal("11220200MB1A00036N", "建设局", "22020100000001").unwrap();
        let subject = Subject { name: &name, spki: key.spki_der(), term: term(), serial: serial() };
        let seal = authority::seal(&subject, None, &Issuer::new(&issuing, &issuing_key).unwrap()).unwrap();
        let log = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        Self { root, issuing, seal, key, log }
    }

    fn trust(&self) -> Trust {
        let key = VerifierKey::log(log_name(), self.log.public_key().as_ref().try_into().unwrap());
        let file = |name: &str, bytes: Vec<u8>| (name.to_owned(), bytes);
        Trust::from_files([
            file("root.pem", self.root.to_pem().into_bytes()),
            file("policy.txt", format!("log {key}\nquorum none\n").into_bytes()),
        ])
        .unwrap()
    }

    fn sign(&self, stamped: &Stamped) -> Vec<u8> {
        let attributes = SignedAttributes::build(stamped.digest(), &self.seal, [7; 32]);
        let entry = Entry::SealUse(SealUse {
            seal: self.seal.spki_digest(),
            template: Digest::of(b"template"),
            document: attributes.digest(),
            approvals: Salted::new([Digest::of(b"request"), Digest::of(b"approval")]).unwrap(),
            day: jiff::civil::date(2026, 11, 22),
        });
        let checkpoint = Checkpoint { origin: log_name(), size: 1, root: leaf_hash(&entry.to_bytes()) };
        let signature = self.log.sign(checkpoint.text().as_bytes()).as_ref().try_into().unwrap();
        let line = NoteSignature::by_log(&log_name(), self.log.public_key().as_ref().try_into().unwrap(), &signature);
        let checkpoint = SignedCheckpoint::new(&checkpoint, vec![line]).unwrap();
        let proof = TlogProof::new(&entry, 0, Vec::new(), checkpoint).to_string();
        let unsigned = UnsignedAttributes { proof: Some(proof.as_bytes()), timestamp: None };
        let signature = self.key.sign_bytes(attributes.as_set_der());
        let chain = std::slice::from_ref(&self.issuing);
        fill(stamped, &assemble(&attributes, &signature, &self.seal, chain, unsigned)).unwrap()
    }

    /// The fixture with one seal, or with two.
    fn sealed(&self, count: usize) -> Vec<u8> {
        let form = Form::new(b"0.9 0.1 0.1 rg 0 0 119.055 119.055 re f", [0.0, 0.0, 119.055, 119.055]);
        let field = |i: usize| FieldPlan {
            name: format!("印章-{i}"),
            page: 0,
            rect: RectMm { left: 20.0 + 60.0 * i as f64, top: 200.0, width: 42.0, height: 42.0 },
            locks: if i > 0 && i + 1 == count { Locks::Everything } else { Locks::Nothing },
        };
        let fields: Vec<FieldPlan> = (0..count).map(field).collect();
        let mut bytes = prepare(PAGE, &fields).unwrap();
        for (i, field) in fields.iter().enumerate() {
            let permission = match (i, count) {
                (0, 1) => Permission::CertifyFinal,
                (0, _) => Permission::CertifyOpen,
                _ => Permission::Approve,
            };
            let plan = StampPlan {
                field: field.name.clone(),
                appearance: &form,
                seam: Vec::new(),
                permission,
                signed_at: "2026-11-22T01:30:05Z".parse().unwrap(),
                signer: "吉林经济技术开发区建设局行政审批专用章".to_owned(),
                reason: None,
                hole: 6000,
            };
            bytes = self.sign(&stamp(&bytes, &plan).unwrap());
        }
        bytes
    }
}

fn log_name() -> KeyName {
    "hall.example.gov.cn/log".parse().unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T00:00:00Z".parse().unwrap()
}

#[test]
fn poppler_finds_every_seal_valid() {
    let (hall, folder) = (Hall::new(), tempfile::tempdir().unwrap());
    for count in [1, 2] {
        let bytes = hall.sealed(count);
        assert!(verify(&bytes, &hall.trust(), now()).is_valid());
        std::fs::write(folder.path().join("a.pdf"), &bytes).unwrap();
        let text = run(Command::new("pdfsig").args(["-nocert", "a.pdf"]).current_dir(&folder));
        assert_eq!(text.matches("Signature is Valid.").count(), count, "{text}");
        assert!(text.contains("ETSI.CAdES.detached") && text.contains("Total document signed"), "{text}");
    }
}

/// Judges `a.pdf` with `root.pem`: for each signature intact, valid, trusted, coverage, changes allowed, certification.
const JUDGE: &str = r#"
import sys, datetime
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.keys import load_cert_from_pemder
from pyhanko_certvalidator import ValidationContext
reader = PdfFileReader(open('a.pdf', 'rb'))
context = ValidationContext(trust_roots=[load_cert_from_pemder('root.pem')], moment=datetime.datetime(2026, 11, 23, tzinfo=datetime.timezone.utc), allow_fetching=False)
for signature in reader.embedded_signatures:
    status = validate_pdf_signature(signature, context, key_usage_settings=KeyUsageConstraints(key_usage={'non_repudiation'}))
    print(status.intact, status.valid, status.trusted, status.coverage.name, status.docmdp_ok, status.bottom_line, signature.docmdp_level)
"#;

#[test]
fn pyhanko_finds_every_seal_valid_and_no_change_after_it() {
    let (hall, folder) = (Hall::new(), tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("root.pem"), hall.root.to_pem()).unwrap();
    let judge = |bytes: &[u8]| {
        std::fs::write(folder.path().join("a.pdf"), bytes).unwrap();
        run(Command::new(python()).args(["-c", JUDGE]).current_dir(&folder))
    };
    assert_eq!(judge(&hall.sealed(1)), "True True True ENTIRE_FILE True True MDPPerm.NO_CHANGES\n");
    let both = judge(&hall.sealed(2));
    assert_eq!(
        both,
        "True True True ENTIRE_REVISION True True MDPPerm.FILL_FORMS\nTrue True True ENTIRE_FILE True True MDPPerm.NO_CHANGES\n"
    );
}

/// Signs `page.pdf` as `KEY-DIGEST-SUBFILTER.pdf` under a root of its own, `root.pem`.
const SIGN: &str = r#"
import datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, fields
from pyhanko_certvalidator.registry import SimpleCertificateStore
begin, end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days) for days in (-30, 3650))
def name(text): return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
def certificate(subject, key, issuer, signing_key, authority):
    builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
    builder = builder.add_extension(x509.BasicConstraints(authority, None), True)
    usage = dict(digital_signature=not authority, content_commitment=not authority, key_cert_sign=authority, crl_sign=authority)
    usage.update(key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False)
    return builder.add_extension(x509.KeyUsage(**usage), True).sign(signing_key, hashes.SHA256())
pem = lambda cert: cert.public_bytes(serialization.Encoding.PEM)
root_key = ec.generate_private_key(ec.SECP256R1())
root = certificate('root', root_key, 'root', root_key, True)
open('root.pem', 'wb').write(pem(root))
keys = {'p256': ec.generate_private_key(ec.SECP256R1()), 'p384': ec.generate_private_key(ec.SECP384R1()), 'rsa': rsa.generate_private_key(65537, 2048)}
for kind, key in keys.items():
    leaf = certificate(kind, key, 'root', root_key, False)
    raw = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    store = SimpleCertificateStore()
    store.register_multiple(load_certs_from_pemder_data(pem(root)))
    signer = signers.SimpleSigner(next(iter(load_certs_from_pemder_data(pem(leaf)))), load_private_key_from_pemder_data(raw, None), store)
    for digest in ['sha256', 'sha384', 'sha512']:
        for sub in [fields.SigSeedSubFilter.PADES, fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED]:
            writer = IncrementalPdfFileWriter(open('page.pdf', 'rb'))
            meta = signers.PdfSignatureMetadata(field_name='Signature1', md_algorithm=digest, subfilter=sub)
            with open(f'{kind}-{digest}-{sub.value.strip("/").split(".")[0]}.pdf', 'wb') as out:
                signers.sign_pdf(writer, meta, signer=signer, output=out)
"#;

#[test]
fn what_pyhanko_signs_is_intact_and_its_changes_are_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("page.pdf"), PAGE).unwrap();
    run(Command::new(python()).args(["-c", SIGN]).current_dir(&folder));
    let root = std::fs::read(folder.path().join("root.pem")).unwrap();
    let trust = Trust::from_files([("outside/root.pem".to_owned(), root)]).unwrap();
    let stranger = Hall::new().trust();
    #[expect(clippy::disallowed_methods, reason = "pyHanko signs at the machine's time")]
    let now = Timestamp::now();
    for key in ["p256", "p384", "rsa"] {
        for (digest, kind) in ["sha256", "sha384", "sha512"].into_iter().flat_map(|d| [(d, "ETSI"), (d, "adbe")]) {
            let name = format!("{key}-{digest}-{kind}.pdf");
            let mut bytes = std::fs::read(folder.path().join(&name)).unwrap();
            let report = verify(&bytes, &trust, now);
            assert!(report.is_valid(), "{name}: {}", report.summary());
            assert!(!report.signatures[0].is_seal && report.signatures[0].covers_whole_file);
            let unknown = verify(&bytes, &stranger, now);
            assert_eq!((unknown.verdict, unknown.integrity), (Verdict::Indeterminate, Integrity::Intact), "{name}");
            bytes[3000] ^= 1;
            let changed = verify(&bytes, &trust, now);
            assert_eq!((changed.verdict, changed.integrity), (Verdict::Invalid, Integrity::Modified), "{name}");
        }
    }
}
