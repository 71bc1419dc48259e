//! What fuzzing begins with: the corpus of signed files, and what is in them.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use yinxin::cms::{Kind, SignedData};
use yinxin::ledger::proof::TlogProof;
use yinxin::pdf::read::{Document, Limits};
use yinxin::pki::certificate::Certificate;

/// Files beyond this many bytes are no seeds: libFuzzer would cut them.
const LARGEST: usize = 64 << 10;

/// Fills `folder` with a folder of seeds for each target.
pub(crate) fn write(folder: &Path) {
    let seed = |target: &str, bytes: &[u8]| {
        let place = folder.join(target);
        std::fs::create_dir_all(&place).unwrap();
        if bytes.len() <= LARGEST {
            std::fs::write(place.join(hex::encode(&Sha256::digest(bytes)[..10])), bytes).unwrap();
        }
    };
    for file in files(super::corpus(), &["pdf"]) {
        let bytes = std::fs::read(file).unwrap();
        seed("pdf", &bytes);
        seed("verify", &bytes);
        for contents in contents(&bytes) {
            seed("cms", &contents);
            seed("timestamp", &contents);
            let Ok(signed) = SignedData::parse(&contents, Kind::Pkcs7) else { continue };
            signed.timestamps().for_each(|one| seed("timestamp", one));
            signed.crls().for_each(|one| seed("crl", one));
            signed.ocsps().for_each(|one| seed("ocsp", one));
            signed.certificates().iter().for_each(|one| seed("certificate", one.der()));
            for text in signed.proofs() {
                seed("proof", text);
                let Ok(proof) = TlogProof::parse(text) else { continue };
                seed("checkpoint", checkpoint(text).as_bytes());
                proof.extra().into_iter().for_each(|extra| seed("entry", extra));
            }
        }
    }
    for file in files(super::corpus(), &["crt", "pem"]) {
        seed("certificate", Certificate::from_pem(&std::fs::read(file).unwrap()).unwrap().der());
    }
    for kind in ["crl", "ocsp"] {
        files(super::corpus(), &[kind]).into_iter().for_each(|file| seed(kind, &std::fs::read(file).unwrap()));
    }
    seed("policy", policy().as_bytes());
    for ceremony in ["webauthn.get", "webauthn.create"] {
        seed("passkey", &browser(ceremony));
    }
    seed("statement", STATEMENT.as_bytes());
}

/// An approval's statement, `0…0` for each digest.
const STATEMENT: &str = "yinxin-approval/v1\ncertificate 01985b2e-7c00-7000-8000-000000000001\n\
document 0000000000000000000000000000000000000000000000000000000000000000\n\
template 0000000000000000000000000000000000000000000000000000000000000000\n\
seal 0000000000000000000000000000000000000000000000000000000000000000\n\
item 220201-scjg-001\ncase 2026-A01-000001\nstep chief\ndecision approve\n\
who 01985b2e-7c00-7000-8000-000000000002\nby session\nat 2026-11-20T02:00:00.000000Z\n";

/// What a browser hands over, as the target takes it apart: for `example.org`, challenge zero, everybody present and verified.
fn browser(ceremony: &str) -> Vec<u8> {
    let client_data = format!(
        "{{\"type\":\"{ceremony}\",\"challenge\":\"{}\",\"origin\":\"https://example.org\",\"crossOrigin\":false}}",
        "A".repeat(43)
    );
    let (flags, credential) =
        if ceremony == "webauthn.get" { (0x05, Vec::new()) } else { (0x45, [&[0; 16][..], &[0, 3], b"abc"].concat()) };
    let data = [&Sha256::digest("example.org")[..], &[flags], &[0; 4], &credential].concat();
    [&(client_data.len() as u16).to_be_bytes()[..], client_data.as_bytes(), &data].concat()
}

/// The key of the recommendation's first vector.
pub(crate) fn spki() -> Vec<u8> {
    let point = "04afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";
    hex::decode(format!("3059301306072a8648ce3d020106082a8648ce3d030107034200{point}")).unwrap()
}

/// The policy of the corpus's hall.
pub(crate) fn policy() -> String {
    std::fs::read_to_string(super::corpus().join("hall/policy.txt")).unwrap()
}

/// The checkpoint at the end of a proof.
fn checkpoint(proof: &[u8]) -> String {
    let text = String::from_utf8_lossy(proof);
    text.split_once("\n\n").map_or(String::new(), |(_, checkpoint)| checkpoint.to_owned())
}

/// The contents of the signatures, their padding cut off.
fn contents(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Ok(document) = Document::open(bytes, &Limits::DEFAULT) else { return Vec::new() };
    let fields = document.signature_fields().unwrap_or_default();
    let signatures = fields.into_iter().filter_map(|field| field.signature);
    signatures
        .map(|signature| match document.coverage(&signature) {
            Ok(coverage) => coverage.der(&signature).to_vec(),
            Err(_) => signature.contents,
        })
        .collect()
}

fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if path.extension().is_some_and(|one| extensions.contains(&one.to_str().unwrap())) {
            found.push(path);
        }
    }
    found.sort();
    found
}
