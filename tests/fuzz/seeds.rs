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
