//! Is everything there once? Asked of the files alone, by code that shares nothing with the program: the tree is computed
//! from the published entries by the definition of RFC 6962, the rows are read with statements of our own, and only the
//! judgement on a PDF is the program's (`yinxin verify`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use signed_note::Verifiers as _;
use sqlx::Connection as _;

use super::ground::program;

pub(super) type Hash = [u8; 32];

/// What an outsider sees of the ledger.
#[derive(Clone)]
pub(super) struct Published {
    pub(super) entries: Vec<Vec<u8>>,
    pub(super) root: Hash,
}

impl Published {
    /// Reads the published files and checks all of them against the checkpoint and its signature.
    pub(super) fn read(data: &Path) -> Self {
        let log = data.join("log");
        let note = fs::read(log.join("checkpoint")).unwrap();
        let vkey = fs::read_to_string(data.join("keys/trust/log.vkey")).unwrap();
        let verifier = signed_note::StandardVerifier::new(vkey.trim()).unwrap();
        let known = signed_note::VerifierList::new(vec![Box::new(verifier)]);
        let (signed, _) = signed_note::Note::from_bytes(&note).unwrap().verify(&known).unwrap();
        assert_eq!(signed.len(), 1, "the log signs its checkpoint");
        assert!(known.verifier("demo.yinxin.example/log", signed[0].id()).is_ok());
        let text = String::from_utf8(note).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let (size, root) = (lines[1].parse::<usize>().unwrap(), BASE64.decode(lines[2]).unwrap());

        let mut entries = Vec::new();
        for part in parts(size) {
            let bytes = fs::read(log.join(format!("tile/entries/{part}"))).unwrap();
            entries.extend(bundle(&bytes));
        }
        assert_eq!(entries.len(), size, "the bundles hold what the checkpoint says");
        let leaves: Vec<Hash> = entries.iter().map(|entry| hash(&[&[0], entry])).collect();
        assert_eq!(tree(&leaves).to_vec(), root, "the entries give the signed root");
        let mut below = leaves;
        for level in 0.. {
            for (n, part) in parts(below.len()).iter().enumerate() {
                let expected = below[n * 256..below.len().min(n * 256 + 256)].concat();
                assert_eq!(
                    fs::read(log.join(format!("tile/{level}/{part}"))).unwrap(),
                    expected,
                    "tile {level}/{part}"
                );
            }
            below = below.chunks_exact(256).map(tree).collect();
            if below.is_empty() {
                break;
            }
        }
        Self { entries, root: root.try_into().unwrap() }
    }

    pub(super) fn size(&self) -> usize {
        self.entries.len()
    }

    /// That nothing which was public before has changed.
    pub(super) fn continues(&self, earlier: &Self) {
        assert!(self.size() >= earlier.size(), "a published entry is gone");
        let leaves: Vec<Hash> = self.entries[..earlier.size()].iter().map(|entry| hash(&[&[0], entry])).collect();
        assert_eq!(tree(&leaves), earlier.root, "the tree published before is not the beginning of this one");
    }
}

/// The files of a tree of `size` leaves at one level: full ones, then the last, narrower one.
fn parts(size: usize) -> Vec<String> {
    assert!(size < 256_000, "one group of three digits");
    let full = (0..size / 256).map(|n| format!("{n:03}"));
    full.chain((!size.is_multiple_of(256)).then(|| format!("{:03}.p/{}", size / 256, size % 256))).collect()
}

fn bundle(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at(u16::from_be_bytes(*length).into());
        entries.push(entry.to_vec());
        bytes = rest;
    }
    assert!(bytes.is_empty());
    entries
}

pub(super) fn hash(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// Merkle Tree Hash, RFC 6962 section 2.1.
pub(super) fn tree(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => hash(&[]),
        [one] => *one,
        _ => {
            let left = leaves.len().next_power_of_two() / 2;
            hash(&[&[1], &tree(&leaves[..left]), &tree(&leaves[left..])])
        }
    }
}

/// Root of the tree of `size` leaves from the path of leaf `index`, RFC 9162 section 2.1.3.2.
fn root_by_path(index: usize, size: usize, leaf: Hash, path: &[Hash]) -> Hash {
    let (mut node, mut last, mut root) = (index, size - 1, leaf);
    for step in path {
        assert!(last > 0, "the path is too long");
        if node % 2 == 1 || node == last {
            root = hash(&[&[1], step, &root]);
            while node % 2 == 0 && node > 0 {
                (node, last) = (node / 2, last / 2);
            }
        } else {
            root = hash(&[&[1], &root, step]);
        }
        (node, last) = (node / 2, last / 2);
    }
    assert_eq!(last, 0, "the path is too short");
    root
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct CertificateRow {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) state: String,
    pub(super) unsealed: Vec<u8>,
    pub(super) sealed: Option<Vec<u8>>,
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct UseRow {
    pub(super) id: String,
    pub(super) certificate: String,
    pub(super) state: String,
    pub(super) signed: Option<Vec<u8>>,
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct EntryRow {
    pub(super) idx: i64,
    pub(super) entry: Vec<u8>,
    pub(super) seal_use: Option<String>,
    pub(super) voids: Option<i64>,
}

/// The rows, read from a copy: looking must not change what lies on disk after a crash.
pub(super) struct Rows {
    pub(super) certificates: Vec<CertificateRow>,
    pub(super) uses: Vec<UseRow>,
    pub(super) entries: Vec<EntryRow>,
    pub(super) approvals: i64,
    pub(super) released: i64,
    /// Case numbers, in the order of submission.
    pub(super) cases: Vec<String>,
    /// Who received.
    pub(super) deliveries: Vec<String>,
}

impl Rows {
    pub(super) async fn read(data: &Path) -> Self {
        let copy = tempfile::tempdir().unwrap();
        for file in ["yinxin.sqlite", "yinxin.sqlite-wal"] {
            if data.join(file).exists() {
                fs::copy(data.join(file), copy.path().join(file)).unwrap();
            }
        }
        let address = format!("sqlite://{}", copy.path().join("yinxin.sqlite").display());
        let mut db = sqlx::SqliteConnection::connect(&address).await.unwrap();
        let rows = Self {
            certificates: sqlx::query_as("SELECT id, number, state, unsealed, sealed FROM certificate ORDER BY id")
                .fetch_all(&mut db)
                .await
                .unwrap(),
            uses: sqlx::query_as("SELECT id, certificate, state, signed FROM seal_use ORDER BY id")
                .fetch_all(&mut db)
                .await
                .unwrap(),
            entries: sqlx::query_as("SELECT idx, entry, seal_use, voids FROM ledger_entry ORDER BY idx")
                .fetch_all(&mut db)
                .await
                .unwrap(),
            approvals: sqlx::query_scalar("SELECT COUNT(*) FROM approval").fetch_one(&mut db).await.unwrap(),
            released: sqlx::query_scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'certificate.sealed'")
                .fetch_one(&mut db)
                .await
                .unwrap(),
            cases: sqlx::query_scalar("SELECT case_no FROM matter ORDER BY submitted_at")
                .fetch_all(&mut db)
                .await
                .unwrap(),
            deliveries: sqlx::query_scalar("SELECT receiver FROM delivery ORDER BY at")
                .fetch_all(&mut db)
                .await
                .unwrap(),
        };
        db.close().await.unwrap();
        rows
    }

    pub(super) fn sealed(&self) -> impl Iterator<Item = &CertificateRow> {
        self.certificates.iter().filter(|one| one.state == "sealed")
    }

    pub(super) fn uses_of<'a>(&'a self, certificate: &'a str) -> impl Iterator<Item = &'a UseRow> {
        self.uses.iter().filter(move |one| one.certificate == certificate)
    }
}

/// Objects of the store by name; each must be what its name says. The second: what is there besides objects.
pub(super) fn objects(data: &Path) -> (BTreeSet<String>, Vec<PathBuf>) {
    let (mut objects, mut others) = (BTreeSet::new(), Vec::new());
    for folder in fs::read_dir(data.join("objects")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.len() == 64 {
                assert_eq!(hex::encode(hash(&[&fs::read(&path).unwrap()])), name, "an object is torn");
                objects.insert(name);
            } else {
                others.push(path);
            }
        }
    }
    (objects, others)
}

pub(super) fn object(data: &Path, digest: &[u8]) -> PathBuf {
    let name = hex::encode(digest);
    data.join("objects").join(&name[..2]).join(name)
}

/// Everything that must hold when nothing is under way: gives what is published and the rows.
pub(super) async fn audit(data: &Path) -> (Published, Rows) {
    let (published, rows) = (Published::read(data), Rows::read(data).await);
    // The public ledger is the rows, in order, without a gap.
    assert_eq!(
        rows.entries.iter().map(|row| row.idx).collect::<Vec<_>>(),
        (0..published.size() as i64).collect::<Vec<_>>()
    );
    assert!(rows.entries.iter().map(|row| &row.entry).eq(&published.entries), "rows and public entries differ");
    assert_eq!(published.entries.iter().collect::<BTreeSet<_>>().len(), published.size(), "an entry stands twice");
    // Each use has one entry or none; none is left half way; each voided one says so in public.
    let mut logged: HashMap<&str, i64> = HashMap::new();
    for row in rows.entries.iter().filter(|row| row.entry.starts_with(b"seal-use/v1\n")) {
        let seal_use = row.seal_use.as_deref().expect("an entry of a use names it");
        assert!(logged.insert(seal_use, row.idx).is_none(), "a use has two entries");
    }
    let voided: BTreeSet<i64> = rows.entries.iter().filter_map(|row| row.voids).collect();
    for one in &rows.uses {
        let index = logged.get(one.id.as_str());
        match one.state.as_str() {
            "asked" | "refused" => assert_eq!(index, None, "{one:?}"),
            "sealed" => assert!(index.is_some_and(|index| !voided.contains(index)), "{one:?}"),
            "voided" => assert!(index.is_some_and(|index| voided.contains(index)), "{one:?}"),
            _ => panic!("left half way: {one:?}"),
        }
    }
    let (objects, others) = objects(data);
    assert!(rows.certificates.iter().all(|one| objects.contains(&hex::encode(&one.unsealed))));
    assert_eq!(others, Vec::<PathBuf>::new(), "something half written lies in the store");
    assert_eq!(rows.released as usize, rows.sealed().count(), "each release is told once");
    sealed_are_in_the_ledger(data, &published, &rows, &logged);
    (published, rows)
}

/// Each sealed document is valid, names its own entries, and carries the proof of each.
fn sealed_are_in_the_ledger(data: &Path, published: &Published, rows: &Rows, logged: &HashMap<&str, i64>) {
    let sealed: Vec<_> = rows.sealed().collect();
    if sealed.is_empty() {
        return;
    }
    let files = sealed.iter().map(|one| object(data, one.sealed.as_ref().unwrap()));
    let judged =
        program().args(["verify", "--json", "--trust"]).arg(data.join("keys/trust")).args(files).output().unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    let reports: Vec<Value> =
        judged.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    assert_eq!(reports.len(), sealed.len());
    let folder = tempfile::tempdir().unwrap();
    let mut certificates_of: BTreeMap<i64, &str> = BTreeMap::new();
    for (certificate, report) in sealed.iter().zip(&reports) {
        let file = object(data, certificate.sealed.as_ref().unwrap());
        assert_eq!((&report["verdict"], &report["integrity"]), (&"valid".into(), &"intact".into()));
        let mut indexes: Vec<i64> = rows.uses_of(&certificate.id).map(|one| logged[one.id.as_str()]).collect();
        let signatures = report["signatures"].as_array().unwrap();
        let mut stated: Vec<i64> = signatures.iter().map(|one| one["ledger"]["index"].as_i64().unwrap()).collect();
        indexes.sort();
        stated.sort();
        assert_eq!(stated, indexes, "the seals of {} name other entries", certificate.number);
        for signature in signatures {
            let index = signature["ledger"]["index"].as_i64().unwrap();
            assert_eq!(certificates_of.insert(index, &certificate.id), None, "one entry, two certificates");
            let (entry, proof) = (folder.path().join("entry"), folder.path().join("proof"));
            let mut extract = program();
            extract.args(["ledger", "proof", "--field", signature["field"].as_str().unwrap()]);
            extract.arg("--entry").arg(&entry).arg("--out").arg(&proof).arg(&file);
            let done = extract.status().unwrap();
            assert!(done.success());
            proof_is_of_this_ledger(
                published,
                index as usize,
                &fs::read(&entry).unwrap(),
                &fs::read_to_string(&proof).unwrap(),
            );
        }
    }
}

fn proof_is_of_this_ledger(published: &Published, index: usize, entry: &[u8], proof: &str) {
    assert_eq!(published.entries[index], entry, "the entry in the PDF is not the entry in the ledger");
    let (head, checkpoint) = proof.split_once("\n\n").unwrap();
    let decoded = |line: &str| Hash::try_from(BASE64.decode(line).unwrap()).unwrap();
    let mut head = head.lines().skip_while(|line| !line.starts_with("index "));
    assert_eq!(head.next().unwrap(), format!("index {index}"));
    let path: Vec<Hash> = head.map(decoded).collect();
    let lines: Vec<&str> = checkpoint.lines().collect();
    let (size, root) = (lines[1].parse::<usize>().unwrap(), decoded(lines[2]));
    assert_eq!(root_by_path(index, size, hash(&[&[0], entry]), &path), root, "the path does not lead to the root");
    let leaves: Vec<Hash> = published.entries[..size].iter().map(|entry| hash(&[&[0], entry])).collect();
    assert_eq!(tree(&leaves), root, "the proof is of another history");
}
