//! The ledger against implementations nobody here wrote: three crates, a Python and a Go program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use signed_note::{Signer as _, Verifiers as _};
use tlog_tiles::{Hash, HashReader};
use yinxin::digest::Digest;
use yinxin::ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use yinxin::ledger::entry::{Entry, Salted, SealUse};
use yinxin::ledger::note::{KeyName, Note, NoteSignature, Statement, VerifierKey, cosignature_message};
use yinxin::ledger::policy::Policy;
use yinxin::ledger::proof::{TlogProof, verify};
use yinxin::ledger::tile::{Bundle, Tile, TilePath, encode_hashes};
use yinxin::ledger::tree::{
    Appended, Edge, append, consistency_path, inclusion_path, leaf_hash, verify_consistency, verify_inclusion,
};

use crate::tools::{ask, go_oracle, python, text};

/// The sizes at which tiles begin, fill and rise a level.
const SIZES: [u64; 9] = [0, 1, 255, 256, 257, 511, 512, 65_536, 65_537];

fn entry_bytes(number: u64) -> Vec<u8> {
    format!("entry {number}").into_bytes()
}

fn leaf(number: u64) -> Digest {
    leaf_hash(&entry_bytes(number))
}

/// A log's directory as any web server could serve it: path to bytes. Partial tiles go once a wider one exists.
#[derive(Default)]
struct Site(BTreeMap<String, Vec<u8>>);

impl Site {
    fn publish(&mut self, appended: &Appended, entry: impl Fn(u64) -> Vec<u8>) {
        for (tile, hashes) in &appended.tiles {
            self.put(&tile.to_string(), encode_hashes(hashes));
        }
        for bundle in &appended.bundles {
            let entries: Vec<_> = bundle.entries().map(&entry).collect();
            self.put(&bundle.to_string(), bundle.encode(&entries).unwrap());
        }
    }

    fn put(&mut self, path: &str, bytes: Vec<u8>) {
        let place = path.split(".p/").next().unwrap();
        self.0.retain(|other, _| other.split(".p/").next() != Some(place));
        self.0.insert(path.to_owned(), bytes);
    }

    /// As a client reads: the tile it needs, or else the full one.
    fn read(&self, tile: Tile) -> Result<Vec<Digest>, String> {
        let bytes = self.0.get(&tile.to_string()).or_else(|| self.0.get(&tile.full().to_string()));
        tile.decode(bytes.ok_or(format!("no {tile}"))?).map_err(|error| error.to_string())
    }
}

#[test]
fn a_golden_log_of_600_entries_is_seven_files() {
    // Computed by a recursive MTH (RFC 6962 section 2.1) in Python over b"entry %d"; `sha256sum` of each file.
    const GOLDEN: [(&str, &str); 7] = [
        ("tile/0/000", "b0f6ca2ff42508faf8c6bb4ea8bb9c74243b19d4174fdc4fd17bdad9099e605e"),
        ("tile/0/001", "5b4af7f8c276af63acf25814d12ef3d04d3ed33d10431e9f8535876604e53acf"),
        ("tile/0/002.p/88", "ed05608d4fe01f6be650d6782fd5c38413664ab3c7e58b2ce06d07811ef7abbe"),
        ("tile/1/000.p/2", "8152514257f01fd795091dbf4b4ca2b407d81384d1a2813483012d733fdd0585"),
        ("tile/entries/000", "c378282cb2167eb29f7e0c483ef2ce284728c12286469737cf8c3dc71e412ff1"),
        ("tile/entries/001", "763577dddb4ea347cde84a890db17d3f534baf4de625a511bba7985b3c4217bc"),
        ("tile/entries/002.p/88", "9901eeba6ce324d4ddb7e43528cc434cf76b98420bd891e2a26cc9bcbb3153f2"),
    ];
    const ROOT: &str = "6KgEr1lnie1PU5QuKUz+RNW+1McUDH8PX6UsDBIiMtY=";
    let (mut site, mut edge) = (Site::default(), Edge::empty());
    for size in [1, 255, 256, 257, 257, 512, 600] {
        let leaves: Vec<_> = (edge.size()..size).map(leaf).collect();
        let appended = append(&edge, &leaves);
        site.publish(&appended, entry_bytes);
        edge = appended.edge;
    }
    let files: Vec<_> = site.0.iter().map(|(path, bytes)| (path.clone(), Digest::of(bytes).to_string())).collect();
    assert_eq!(files, GOLDEN.map(|(path, digest)| (path.to_owned(), digest.to_owned())));
    let checkpoint = Checkpoint { origin: "hall.example.gov.cn/log".parse().unwrap(), size: 600, root: edge.root() };
    assert_eq!(checkpoint.text(), format!("hall.example.gov.cn/log\n600\n{ROOT}\n"));
    // What is served reads back: the edge from tiles, the leaves from bundles.
    assert_eq!(Edge::from_tiles(600, &checkpoint.root, |tile| site.read(tile)), Ok(edge));
    for (path, bytes) in &site.0 {
        if let TilePath::Entries(bundle) = path.parse().unwrap() {
            let entries = bundle.decode(bytes).unwrap();
            assert_eq!(entries, bundle.entries().map(entry_bytes).collect::<Vec<_>>());
        }
    }
    assert_eq!(Bundle::of_tree(600, 3), None);
}

/// Hashes in the order tlog_tiles stores them.
struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

impl Stored {
    fn of(size: u64) -> Self {
        let mut stored = Self(Vec::new());
        for number in 0..size {
            let more = tlog_tiles::stored_hashes(number, &entry_bytes(number), &stored).unwrap();
            stored.0.extend(more);
        }
        stored
    }
}

#[test]
fn roots_tiles_and_paths_are_those_of_other_implementations() {
    let stored = Stored::of(65_537);
    let mut memory = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    let mut edges: Vec<Edge> = Vec::new();
    let mut site = Site::default();
    for size in SIZES {
        (memory.len()..size).for_each(|number| memory.push(entry_bytes(number)));
        let root = tlog_tiles::tree_hash(size, &stored).unwrap();
        assert_eq!(memory.root().as_bytes()[..], root.0[..]);
        let edge = Edge::of_leaves((0..size).map(leaf));
        assert_eq!(edge.root().as_bytes(), &root.0);
        for old in &edges {
            same_tiles(&append(old, &(old.size()..size).map(leaf).collect::<Vec<_>>()), old.size(), &stored);
        }
        let last = edges.last().cloned().unwrap_or_default();
        site.publish(&append(&last, &(last.size()..size).map(leaf).collect::<Vec<_>>()), entry_bytes);
        for index in [0, 1, 128, 254, 255, 256, 300, 511, 512, 40_000, 65_535, 65_536] {
            if index < size {
                same_inclusion(&site, index, &edge, &stored, &memory);
            }
        }
        for old in &edges {
            same_consistency(&site, old, &edge, &stored, &memory);
        }
        edges.push(edge);
    }
}

fn same_tiles(appended: &Appended, old: u64, stored: &Stored) {
    let theirs = tlog_tiles::Tile::new_tiles(8, old, appended.size);
    // Their path names the tile's height, which C2SP tlog-tiles fixes at 8 and leaves out.
    let paths: Vec<_> = theirs.iter().map(|tile| tile.path().replacen("tile/8/", "tile/", 1)).collect();
    let ours: Vec<_> = appended.tiles.iter().map(|(tile, _)| tile.to_string()).collect();
    assert_eq!(ours, paths, "from {old} to {}", appended.size);
    for (theirs, (_, hashes)) in theirs.iter().zip(&appended.tiles) {
        assert_eq!(theirs.read_data(stored).unwrap(), encode_hashes(hashes));
    }
}

fn same_inclusion(
    site: &Site,
    index: u64,
    edge: &Edge,
    stored: &Stored,
    memory: &MemoryBackedTree<sha2::Sha256, Vec<u8>>,
) {
    let (size, root) = (edge.size(), edge.root());
    let path = inclusion_path(index, size, |tile| site.read(tile)).unwrap();
    let theirs = tlog_tiles::prove_record(size, index, stored).unwrap();
    assert_eq!(encode_hashes(&path), theirs.iter().flat_map(|hash| hash.0).collect::<Vec<_>>());
    assert_eq!(encode_hashes(&path), memory.prove_inclusion(index as usize).as_bytes());
    assert_eq!(verify_inclusion(&leaf(index), index, size, &path, &root), Ok(()));
}

fn same_consistency(
    site: &Site,
    old: &Edge,
    new: &Edge,
    stored: &Stored,
    memory: &MemoryBackedTree<sha2::Sha256, Vec<u8>>,
) {
    let path = consistency_path(old.size(), new.size(), |tile| site.read(tile)).unwrap();
    assert_eq!(verify_consistency(old.size(), &old.root(), new.size(), &new.root(), &path), Ok(()));
    if old.size() > 0 {
        let theirs = tlog_tiles::prove_tree(new.size(), old.size(), stored).unwrap();
        assert_eq!(encode_hashes(&path), theirs.iter().flat_map(|hash| hash.0).collect::<Vec<_>>());
        let additions = usize::try_from(new.size() - old.size()).unwrap();
        assert_eq!(encode_hashes(&path), memory.prove_consistency(additions).as_bytes());
    }
}

/// An Ed25519 key pair with a name; the seed is the digest of the name.
struct Signer {
    name: KeyName,
    pair: Ed25519KeyPair,
}

impl Signer {
    fn new(name: &str) -> Self {
        let seed = Digest::of(name.as_bytes());
        Self { name: name.parse().unwrap(), pair: Ed25519KeyPair::from_seed_unchecked(seed.as_bytes()).unwrap() }
    }

    fn public_key(&self) -> [u8; 32] {
        self.pair.public_key().as_ref().try_into().unwrap()
    }

    fn log_key(&self) -> VerifierKey {
        VerifierKey::log(self.name.clone(), self.public_key())
    }

    fn witness_key(&self) -> VerifierKey {
        VerifierKey::witness(self.name.clone(), self.public_key())
    }

    fn raw(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).as_ref().try_into().unwrap()
    }

    fn sign(&self, text: &str) -> NoteSignature {
        NoteSignature::by_log(&self.name, &self.public_key(), &self.raw(text.as_bytes()))
    }

    fn cosign(&self, seconds: u64, text: &str) -> NoteSignature {
        let signature = self.raw(&cosignature_message(seconds, text));
        NoteSignature::by_witness(&self.name, &self.public_key(), seconds, &signature)
    }
}

#[test]
fn notes_and_keys_are_those_of_another_implementation() {
    let signer = Signer::new("hall.example.gov.cn/log");
    let vkey = signer.log_key().to_string();
    let text = "hall.example.gov.cn/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    // They verify ours.
    let ours = Note::new(text.to_owned(), vec![signer.sign(text), Signer::new("unknown").cosign(1, text)]).unwrap();
    let verifier = signed_note::StandardVerifier::new(&vkey).unwrap();
    let known = signed_note::VerifierList::new(vec![Box::new(verifier)]);
    let theirs = signed_note::Note::from_bytes(ours.to_string().as_bytes()).unwrap();
    let (verified, unverified) = theirs.verify(&known).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 1));
    assert!(known.verifier("hall.example.gov.cn/log", verified[0].id()).is_ok());
    assert_eq!(theirs.to_bytes(), ours.to_string().as_bytes());
    // We verify theirs.
    let seed = [&[1], &Digest::of(b"hall.example.gov.cn/log").as_bytes()[..]].concat();
    let id = hex::encode(signer.log_key().id());
    let skey = format!("PRIVATE+KEY+hall.example.gov.cn/log+{id}+{}", base64(&seed));
    let their_signer = signed_note::StandardSigner::new(&skey).unwrap();
    assert_eq!(their_signer.name(), "hall.example.gov.cn/log");
    let mut theirs = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
    theirs.add_sigs(&[&their_signer]).unwrap();
    let note = Note::parse(&theirs.to_bytes()).unwrap();
    assert_eq!(signer.log_key().verify(note.text(), &note.signatures()[0]), Ok(Statement::Signed));
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A log of 600 seal uses, the proof of one of them, and the keys.
struct Proved {
    entry: Entry,
    proof: TlogProof,
    log: Signer,
    witness: Signer,
}

fn proved(index: u64) -> Proved {
    let entry = |number: u64| {
        let digest = |what: &str| Digest::of(format!("{what} {number}").as_bytes());
        Entry::SealUse(SealUse {
            seal: Digest::of(b"seal"),
            template: Digest::of(b"template"),
            document: digest("document"),
            approvals: Salted::new([digest("request"), digest("approval")]).unwrap(),
            day: jiff::civil::date(2026, 11, 22),
        })
    };
    let leaves: Vec<_> = (0..600).map(|number| leaf_hash(&entry(number).to_bytes())).collect();
    let appended = append(&Edge::empty(), &leaves);
    let mut site = Site::default();
    site.publish(&appended, |number| entry(number).to_bytes());
    let path = inclusion_path(index, 600, |tile| site.read(tile)).unwrap();
    let (log, witness) = (Signer::new("hall.example.gov.cn/log"), Signer::new("witness.example/w1"));
    let checkpoint = Checkpoint { origin: log.name.clone(), size: 600, root: appended.root };
    let text = checkpoint.text();
    let stranger = Signer::new("stranger.example").cosign(5, &text);
    let lines = vec![log.sign(&text), witness.cosign(1_795_000_000, &text), stranger];
    let proof = TlogProof::new(&entry(index), index, path, SignedCheckpoint::new(&checkpoint, lines).unwrap());
    Proved { entry: entry(index), proof, log, witness }
}

impl Proved {
    fn vkeys(&self) -> (String, String) {
        (self.log.log_key().to_string(), self.witness.witness_key().to_string())
    }

    /// Leaf and proof as files, for a program that reads files.
    fn write(&self, directory: &Path) -> (PathBuf, PathBuf) {
        let (leaf, proof) = (directory.join("leaf"), directory.join("use.tlog-proof"));
        std::fs::write(&leaf, self.entry.to_bytes()).unwrap();
        std::fs::write(&proof, self.proof.to_string()).unwrap();
        (leaf, proof)
    }
}

#[test]
fn a_proof_says_the_same_to_this_program() {
    for index in [0, 255, 256, 512, 599] {
        let proved = proved(index);
        let (log, witness) = proved.vkeys();
        let policy = Policy::parse(&format!("log {log}\nwitness w1 {witness}\nquorum w1\n")).unwrap();
        let parsed = TlogProof::parse(proved.proof.to_string().as_bytes()).unwrap();
        let logged = verify(&parsed, &policy).unwrap();
        assert_eq!((logged.entry(), logged.index(), logged.witnesses().len()), (&proved.entry, index, 1));
    }
}

#[test]
fn hostile_bytes_are_refused_or_read_as_what_they_are() {
    let proved = proved(599);
    let proof = proved.proof.to_string().into_bytes();
    let entry = proved.entry.to_bytes();
    let (log, witness) = proved.vkeys();
    let policy = format!("log {log}\nwitness w1 {witness}\ngroup g 1 w1\nquorum g\n").into_bytes();
    let bundle = Bundle::of_tree(3, 0).unwrap();
    let file = bundle.encode(&[&b"a"[..], b"bc", b""]).unwrap();
    // A simple generator with a fixed seed: Marsaglia's xorshift.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % limit as u64).unwrap()
    };
    let mut damaged = |good: &[u8]| {
        let mut bytes = good.to_vec();
        for _ in 0..=below(3) {
            let (from, to) = (below(bytes.len() + 1), below(bytes.len() + 1));
            let (from, to) = (from.min(to), from.max(to).min(from.min(to) + below(60)));
            let piece = bytes[from..to].to_vec();
            match below(4) {
                0 => drop(bytes.drain(from..to)),
                1 => drop(bytes.splice(from..from, piece)),
                2 => drop(bytes.splice(from..to, [b"\n", b" ", b"0", b"\xe2", b"/", b"x", b"="][below(7)].to_vec())),
                _ => bytes.iter_mut().skip(from).take(1).for_each(|byte| *byte ^= 1 << below(8)),
            }
        }
        bytes
    };
    for _ in 0..20_000 {
        let bytes = damaged(&proof);
        if let Ok(read) = TlogProof::parse(&bytes) {
            assert_eq!(read.to_string().as_bytes(), bytes);
        }
        let bytes = damaged(&entry);
        if let Ok(read) = Entry::parse(&bytes) {
            assert_eq!(read.to_bytes(), bytes);
        }
        let path = String::from_utf8_lossy(&damaged(b"tile/0/x001/x234/067.p/88")).into_owned();
        if let Ok(read) = path.parse::<TilePath>() {
            assert_eq!(read.to_string(), path);
        }
        let vkey = String::from_utf8_lossy(&damaged(log.as_bytes())).into_owned();
        if let Ok(read) = vkey.parse::<VerifierKey>() {
            assert_eq!(read.to_string(), vkey);
        }
        if let Ok(entries) = bundle.decode(&damaged(&file)) {
            assert_eq!(entries.len(), 3);
        }
        if let Ok(policy) = Policy::parse(&String::from_utf8_lossy(&damaged(&policy))) {
            assert!(policy.is_quorum(|_| true));
        }
    }
}

/// Runs an oracle over the good proof, which it must accept, then over damaged files, which it must refuse.
fn judged_by(oracle: impl Fn(&Path, &Path, &Proved) -> Command, good: &str) {
    for index in [0, 255, 512, 599] {
        let proved = proved(index);
        let directory = tempfile::tempdir().unwrap();
        let (leaf, proof) = proved.write(directory.path());
        let run = || {
            let output = ask(&mut oracle(&leaf, &proof, &proved));
            (output.status.success(), text(&output))
        };
        let (accepted, said) = run();
        assert!(accepted, "{said}");
        assert_eq!(said.trim_end(), good.replace("INDEX", &index.to_string()));
        std::fs::write(&leaf, [&proved.entry.to_bytes()[..], b"\n"].concat()).unwrap();
        assert!(!run().0, "another leaf");
        proved.write(directory.path());
        let moved = proved.proof.to_string().replacen("index ", "index 1", 1);
        std::fs::write(&proof, moved).unwrap();
        assert!(!run().0, "another index");
        let resized = proved.proof.to_string().replacen("\n600\n", "\n601\n", 1);
        std::fs::write(&proof, resized).unwrap();
        assert!(!run().0, "another size");
    }
}

#[test]
fn a_proof_says_the_same_to_the_python_oracle() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/verify_seal_proof.py");
    let oracle = |leaf: &Path, proof: &Path, proved: &Proved| {
        let (log, witness) = proved.vkeys();
        let mut command = Command::new(python());
        command.arg(&script);
        command.args([leaf, proof]).args([&log, "1", &witness]);
        command
    };
    judged_by(oracle, "OK hall.example.gov.cn/log #INDEX of 600, 1 witness(es)");
}

#[test]
fn a_proof_says_the_same_to_the_go_oracle() {
    let directory = tempfile::tempdir().unwrap();
    let program = go_oracle(directory.path());
    let oracle = |leaf: &Path, proof: &Path, proved: &Proved| {
        let mut command = Command::new(&program);
        command.args([leaf, proof]).arg(proved.vkeys().0);
        command
    };
    judged_by(oracle, "OK hall.example.gov.cn/log INDEX of 600");
}
