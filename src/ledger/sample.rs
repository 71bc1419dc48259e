//! A small log with its own keys, for unit tests here and of the modules that need a [`Logged`]. Not in any build but tests.

use std::collections::HashMap;

use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::checkpoint::{Checkpoint, SignedCheckpoint};
use super::entry::{Entry, Salted, SealUse};
use super::note::{KeyName, NoteSignature, VerifierKey, cosignature_message};
use super::policy::Policy;
use super::proof::{Logged, TlogProof, verify};
use super::tree::{Edge, inclusion_path, leaf_hash};
use crate::digest::Digest;
use crate::ledger::tile::{Bundle, Tile};

/// An Ed25519 key pair with a name.
pub(crate) struct Signer {
    name: KeyName,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// A signer whose seed is the digest of its name.
    pub(crate) fn new(name: &str) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(Digest::of(name.as_bytes()).as_bytes()).unwrap();
        Self { name: name.parse().unwrap(), pair }
    }

    fn public_key(&self) -> [u8; 32] {
        self.pair.public_key().as_ref().try_into().unwrap()
    }

    pub(crate) fn log_key(&self) -> VerifierKey {
        VerifierKey::log(self.name.clone(), self.public_key())
    }

    pub(crate) fn witness_key(&self) -> VerifierKey {
        VerifierKey::witness(self.name.clone(), self.public_key())
    }

    pub(crate) fn sign(&self, text: &str) -> NoteSignature {
        let signature = self.pair.sign(text.as_bytes()).as_ref().try_into().unwrap();
        NoteSignature::by_log(&self.name, &self.public_key(), &signature)
    }

    pub(crate) fn cosign(&self, seconds: u64, text: &str) -> NoteSignature {
        let signature = self.pair.sign(&cosignature_message(seconds, text)).as_ref().try_into().unwrap();
        NoteSignature::by_witness(&self.name, &self.public_key(), seconds, &signature)
    }
}

/// A log of entries in memory, with one witness.
pub(crate) struct SampleLog {
    pub(crate) log: Signer,
    pub(crate) witness: Signer,
    pub(crate) entries: Vec<Vec<u8>>,
}

impl SampleLog {
    /// A log that already holds a few entries of others.
    pub(crate) fn new() -> Self {
        let entries = (0..5_u8).map(|i| vec![i]).collect();
        Self { log: Signer::new("hall.example.gov.cn/log"), witness: Signer::new("witness.example/w1"), entries }
    }

    /// One log, one witness, both needed.
    pub(crate) fn policy(&self) -> Policy {
        let text = format!("log {}\nwitness w1 {}\nquorum w1\n", self.log.log_key(), self.witness.witness_key());
        Policy::parse(&text).unwrap()
    }

    /// The root of the first `size` entries.
    pub(crate) fn root(&self, size: usize) -> Digest {
        Edge::of_leaves(self.entries[..size].iter().map(|entry| leaf_hash(entry))).root()
    }

    fn checkpoint(&self) -> SignedCheckpoint {
        let size = self.entries.len();
        let checkpoint = Checkpoint { origin: self.log.name.clone(), size: size as u64, root: self.root(size) };
        let text = checkpoint.text();
        let lines = vec![self.log.sign(&text), self.witness.cosign(1_795_000_000, &text)];
        SignedCheckpoint::new(&checkpoint, lines).unwrap()
    }

    /// Appends the entry and proves it.
    pub(crate) fn prove(&mut self, entry: &Entry) -> TlogProof {
        self.entries.push(entry.to_bytes());
        let size = self.entries.len() as u64;
        let read = |tile: Tile| {
            assert_eq!(tile.level(), 0);
            let leaves = self.entries.iter().map(|entry| leaf_hash(entry));
            Ok::<_, ()>(leaves.skip(tile.index() as usize * 256).take(256).collect())
        };
        let path = inclusion_path(size - 1, size, read).unwrap();
        TlogProof::new(entry, size - 1, path, self.checkpoint())
    }

    /// What is served of it, by path: the checkpoint and the bundles of entries.
    pub(crate) fn files(&self) -> HashMap<String, Vec<u8>> {
        let size = self.entries.len() as u64;
        let bundles = (0..size.div_ceil(256)).filter_map(|i| Bundle::of_tree(size, i));
        let encoded = bundles.map(|bundle| {
            let range = bundle.entries();
            let entries = &self.entries[range.start as usize..range.end as usize];
            (bundle.to_string(), bundle.encode(entries).unwrap())
        });
        encoded.chain([("checkpoint".to_owned(), self.checkpoint().to_string().into_bytes())]).collect()
    }

    /// Appends the entry, proves it and verifies the proof.
    pub(crate) fn log(&mut self, entry: &Entry) -> Logged {
        verify(&self.prove(entry), &self.policy()).unwrap()
    }
}

/// A use of the seal whose key has this digest, of the signed attributes that have that digest.
pub(crate) fn seal_use(seal: Digest, document: Digest) -> SealUse {
    SealUse {
        seal,
        template: Digest::of(b"template"),
        document,
        approvals: Salted::new([Digest::of(b"request"), Digest::of(b"approval")]).unwrap(),
        day: jiff::civil::date(2026, 11, 22),
    }
}
