//! A small log with its own keys, for unit tests here and of the modules that need a [`Logged`]. Not in any build but tests.

use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::checkpoint::{Checkpoint, SignedCheckpoint};
use super::entry::{Entry, Salted, SealUse};
use super::note::{KeyName, NoteSignature, VerifierKey, cosignature_message};
use super::policy::Policy;
use super::proof::{Logged, TlogProof, verify};
use super::tree::{Edge, inclusion_path, leaf_hash};
use crate::digest::Digest;
use crate::ledger::tile::Tile;

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
    pub(crate) leaves: Vec<Digest>,
}

impl SampleLog {
    /// A log that already holds a few entries of others.
    pub(crate) fn new() -> Self {
        let leaves = (0..5_u8).map(|i| leaf_hash(&[i])).collect();
        Self { log: Signer::new("hall.example.gov.cn/log"), witness: Signer::new("witness.example/w1"), leaves }
    }

    /// One log, one witness, both needed.
    pub(crate) fn policy(&self) -> Policy {
        let text = format!("log {}\nwitness w1 {}\nquorum w1\n", self.log.log_key(), self.witness.witness_key());
        Policy::parse(&text).unwrap()
    }

    /// Appends the entry and proves it.
    pub(crate) fn prove(&mut self, entry: &Entry) -> TlogProof {
        self.leaves.push(leaf_hash(&entry.to_bytes()));
        let size = self.leaves.len() as u64;
        let read = |tile: Tile| {
            assert_eq!(tile.level(), 0);
            Ok::<_, ()>(self.leaves.iter().skip(tile.index() as usize * 256).take(256).copied().collect())
        };
        let path = inclusion_path(size - 1, size, read).unwrap();
        let root = Edge::of_leaves(self.leaves.iter().copied()).root();
        let checkpoint = Checkpoint { origin: self.log.name.clone(), size, root };
        let text = checkpoint.text();
        let lines = vec![self.log.sign(&text), self.witness.cosign(1_795_000_000, &text)];
        TlogProof::new(entry, size - 1, path, SignedCheckpoint::new(&checkpoint, lines).unwrap())
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
