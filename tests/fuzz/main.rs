//! Fuzz targets, one for each parser: `make fuzz`, or `tools/fuzz SECONDS [TARGET]`.
//!
//! `fuzz seeds FOLDER` writes what to begin with, taken out of tests/attacks; `fuzz TARGET …` hands the rest to libFuzzer.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a fuzz target fails by panicking")]

mod seeds;

use std::path::Path;
use std::sync::OnceLock;

use jiff::Timestamp;
use yinxin::app::read_trust;
use yinxin::cms::{Kind, RsaSignature, SignedData, TimestampToken};
use yinxin::digest::Digest;
use yinxin::hall::approval::Statement;
use yinxin::ledger::checkpoint::SignedCheckpoint;
use yinxin::ledger::entry::Entry;
use yinxin::ledger::policy::Policy;
use yinxin::ledger::proof::{self, TlogProof};
use yinxin::passkey::{self, Assertion, PasskeyKey, Registration, RelyingParty};
use yinxin::pdf::read::{Document, Limits};
use yinxin::pki::certificate::Certificate;
use yinxin::pki::crl::Crl;
use yinxin::pki::ocsp::OcspResponse;
use yinxin::verify::{Report, Trust, verify as judge};

/// Name and function of each target.
const TARGETS: &[(&str, fn(&[u8]))] = &[
    ("pdf", pdf),
    ("verify", verify),
    ("cms", cms),
    ("certificate", certificate),
    ("crl", crl),
    ("ocsp", ocsp),
    ("timestamp", timestamp),
    ("proof", proof),
    ("policy", policy),
    ("checkpoint", checkpoint),
    ("entry", entry),
    ("passkey", browser),
    ("statement", statement),
];

fn main() {
    let mut arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("seeds") => seeds::write(Path::new(&arguments[2])),
        Some("targets") => TARGETS.iter().for_each(|(name, _)| println!("{name}")),
        Some(name) => {
            let (_, target) =
                TARGETS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no target {name}"));
            arguments.remove(1);
            std::process::exit(fuzz_driver::run(&arguments, *target));
        }
        None => eprintln!("usage: fuzz seeds FOLDER | fuzz targets | fuzz TARGET [libFuzzer's arguments]"),
    }
}

fn at() -> Timestamp {
    "2026-11-25T00:00:00Z".parse().unwrap()
}

fn corpus() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/attacks"))
}

/// The trust of the corpus, the hall's and the others' in one.
fn trust() -> &'static Trust {
    static TRUST: OnceLock<Trust> = OnceLock::new();
    TRUST.get_or_init(|| read_trust(&corpus().join("trust")).unwrap())
}

/// Structure, fields, coverage and changes, without any cryptography.
fn pdf(bytes: &[u8]) {
    let Ok(document) = Document::open(bytes, &Limits::DEFAULT) else { return };
    let Ok(fields) = document.signature_fields() else { return };
    for field in fields.iter().take(8) {
        let Some(signature) = &field.signature else { continue };
        if let Ok(coverage) = document.coverage(signature) {
            let _ = document.changes_after(coverage.revision(), field);
            let _ = document.prepared(coverage.revision());
        }
    }
}

/// All of it; what is only said of a changed file must be sayable, too.
fn verify(bytes: &[u8]) {
    let report: Report = judge(bytes, trust(), at());
    let _ = report.to_string();
    let _ = serde_json::to_string(&report).unwrap();
}

fn cms(bytes: &[u8]) {
    for kind in [Kind::Cades, Kind::Pkcs7, Kind::Pkcs7Sha1] {
        let Ok(signed) = SignedData::parse(bytes, kind) else { continue };
        let _ = signed.verify(b"document");
        let _ = trust().path(signed.signer(), signed.certificates(), at());
        let _ = (
            signed.is_canonical(signed.certificates()),
            signed.proofs().map(TlogProof::parse).filter(Result::is_ok).count(),
        );
    }
    let _ = RsaSignature::parse(bytes, Vec::new());
}

fn timestamp(bytes: &[u8]) {
    if let Ok(token) = TimestampToken::parse(bytes) {
        let _ = token.verify(&[0; 32]);
    }
}

fn ocsp(bytes: &[u8]) {
    if let Ok(answer) = OcspResponse::from_der(bytes) {
        let _ = (answer.produced_at(), answer.certificates().len());
    }
}

fn certificate(bytes: &[u8]) {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        // What was accepted is kept as it was.
        assert_eq!(certificate.der(), bytes);
        let _ = trust().path(&certificate, &[], at());
    }
    let _ = Certificate::from_pem(bytes);
}

fn crl(bytes: &[u8]) {
    static SIGNER: OnceLock<Certificate> = OnceLock::new();
    let signer = SIGNER
        .get_or_init(|| Certificate::from_pem(&std::fs::read(corpus().join("keys/issuing.crt")).unwrap()).unwrap());
    if let Ok(list) = Crl::from_der(bytes) {
        let _ = (list.verify(signer), list.revocation(signer));
    }
}

/// A proof and the policy it is held against.
fn proof(bytes: &[u8]) {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    let known = POLICY.get_or_init(|| Policy::parse(&seeds::policy()).unwrap());
    if let Ok(parsed) = TlogProof::parse(bytes) {
        let _ = proof::verify(&parsed, known);
        let _ = parsed.extra().map(Entry::parse);
        // What is parsed and written is what it was, or something that is parsed to the same.
        assert_eq!(TlogProof::parse(parsed.to_string().as_bytes()).as_ref(), Ok(&parsed));
    }
}

fn policy(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(policy) = Policy::parse(text) {
            let _ = policy.is_quorum(|_| true);
        }
    }
}

fn checkpoint(bytes: &[u8]) {
    let _ = SignedCheckpoint::parse(bytes);
}

/// What a browser hands over: the length of the client data in two bytes, then client data and authenticator data.
fn browser(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return };
    let (client_data, authenticator_data) = rest.split_at(rest.len().min(usize::from(u16::from_be_bytes(*length))));
    let (rp, challenge) = (RelyingParty::of("https://example.org"), Digest::from_bytes([0; 32]));
    let (client_data, authenticator_data, spki) = (client_data.to_vec(), authenticator_data.to_vec(), seeds::spki());
    let made = Registration { client_data: client_data.clone(), authenticator_data: authenticator_data.clone(), spki };
    if let Ok(registered) = passkey::register(&rp, &challenge, &made) {
        assert!(!registered.credential.is_empty());
    }
    let assertion = Assertion { client_data, authenticator_data, signature: vec![0x30, 0] };
    let key = PasskeyKey { spki: &made.spki, backup_eligible: false };
    assert!(passkey::verify(&rp, &challenge, key, &assertion).is_err(), "nobody has signed");
}

fn statement(bytes: &[u8]) {
    if let Ok(statement) = Statement::parse(bytes) {
        assert_eq!(statement.to_bytes(), bytes, "a statement has one spelling");
    }
}

fn entry(bytes: &[u8]) {
    if let Ok(entry) = Entry::parse(bytes) {
        assert_eq!(entry.to_bytes(), bytes, "an entry has one spelling");
    }
}
