//! Proofs that an entry is logged (C2SP tlog-proof, "spicy signatures"), and [`Logged`], which is what a good one leaves.
//!
//! A proof carries its entry in the `extra` line, so that it can be checked with nothing else but a policy.
//! Trusted: the policy. Not trusted: every byte of the proof.

use std::fmt;

use super::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use super::encoding::{base64, parse_base64, parse_decimal, parse_digest};
use super::entry::{Entry, EntryError, MAX_ENTRY_BYTES};
use super::note::MAX_NOTE_BYTES;
use super::policy::Policy;
use super::tree::{TreeError, leaf_hash, verify_inclusion};
use super::trust::{Cosignature, TrustError, TrustedCheckpoint, accept};
use crate::digest::Digest;

/// Most lines of an inclusion path: a tree of 2^64 entries needs no more.
pub const MAX_PATH_LINES: usize = 64;
/// Longest proof, in bytes: header, entry, path, and the longest note.
pub const MAX_PROOF_BYTES: usize = MAX_NOTE_BYTES + 8 * 1024;
/// The path length [`upper_bound`] leaves room for: a tree of 2^40 entries, a thousand million a year for a thousand years.
const BOUND_PATH_LINES: usize = 40;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Why a proof is malformed or does not prove.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Over [`MAX_PROOF_BYTES`].
    #[error("the proof is longer than {MAX_PROOF_BYTES} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("the proof is not UTF-8")]
    NotUtf8,
    /// The first line is not `c2sp.org/tlog-proof@v1`, or no blank line ends the head.
    #[error("not a tlog-proof@v1")]
    Header,
    /// There is no `extra` line, so the entry is missing.
    #[error("the proof does not carry its entry")]
    NoEntry,
    /// The `extra` line is not base64 or longer than an entry can be.
    #[error("the proof's extra line is malformed")]
    Extra,
    /// The `index` line is missing or malformed.
    #[error("the proof's index line is malformed")]
    Index,
    /// A line of the path is not the base64 of 32 bytes, or there are more than [`MAX_PATH_LINES`].
    #[error("the proof's path is malformed")]
    Path,
    /// The checkpoint is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// What the `extra` line holds is not an entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The entry is not in the tree of the checkpoint at that index.
    #[error("the entry is not in the tree: {0}")]
    Inclusion(#[from] TreeError),
    /// The checkpoint is not believed.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl ProofError {
    /// Whether the proof cannot be confirmed, as opposed to being wrong: the policy does not know the log, or too few of
    /// its witnesses have cosigned. Everything else about such a proof has been checked and holds.
    pub const fn is_inconclusive(&self) -> bool {
        matches!(self, Self::Trust(cause) if cause.is_inconclusive())
    }
}

/// A proof as it is stored and handed out; nothing about it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    path: Vec<Digest>,
    checkpoint: SignedCheckpoint,
}

impl TlogProof {
    /// The proof that `entry` stands at `index` of the checkpoint's tree; `path` from the leaf's sibling up.
    pub fn new(entry: &Entry, index: u64, path: Vec<Digest>, checkpoint: SignedCheckpoint) -> Self {
        Self { extra: Some(entry.to_bytes()), index, path, checkpoint }
    }

    /// Parses a whole proof. Only the one spelling of each line is accepted.
    ///
    /// # Errors
    /// [`ProofError`] naming the first part that is malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > MAX_PROOF_BYTES {
            return Err(ProofError::TooLong);
        }
        let text = str::from_utf8(bytes).map_err(|_| ProofError::NotUtf8)?;
        let (head, note) = text.split_once("\n\n").ok_or(ProofError::Header)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ProofError::Header);
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(parse_extra).transpose()?;
        let index = lines.next().and_then(|line| parse_decimal(line.strip_prefix("index ")?));
        let index = index.ok_or(ProofError::Index)?;
        let path: Vec<_> = lines.map_while(parse_digest).take(MAX_PATH_LINES + 1).collect();
        let path_lines = head.split('\n').count() - 2 - usize::from(extra.is_some());
        if path.len() != path_lines || path_lines > MAX_PATH_LINES {
            return Err(ProofError::Path);
        }
        Ok(Self { extra, index, path, checkpoint: SignedCheckpoint::parse(note.as_bytes())? })
    }

    /// The entry's bytes as carried, unauthenticated.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The claimed index.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The inclusion path, the leaf's sibling first.
    pub fn path(&self) -> &[Digest] {
        &self.path
    }

    /// The checkpoint the path leads to.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }
}

fn parse_extra(line: &str) -> Result<Vec<u8>, ProofError> {
    let value = line.strip_prefix("extra ").unwrap_or_default();
    parse_base64(value).filter(|extra| extra.len() <= MAX_ENTRY_BYTES).ok_or(ProofError::Extra)
}

impl fmt::Display for TlogProof {
    /// The `.tlog-proof` file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", base64(hash.as_bytes())))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// An entry that is proved to be logged, under the policy it was verified with: the one token for which the vault uses a
/// seal key. Made by [`verify`] alone; not `Clone`, so that one proof is one use.
#[derive(Debug, PartialEq, Eq)]
pub struct Logged {
    entry: Entry,
    index: u64,
    checkpoint: TrustedCheckpoint,
}

impl Logged {
    /// The entry.
    pub const fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Its index in the log.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The checkpoint whose tree holds it.
    pub const fn checkpoint(&self) -> &Checkpoint {
        self.checkpoint.checkpoint()
    }

    /// The witnesses of the policy that have cosigned that checkpoint.
    pub fn witnesses(&self) -> &[Cosignature] {
        self.checkpoint.witnesses()
    }
}

/// Checks a proof against a policy.
///
/// 1. the entry is carried, and spelled canonically;
/// 2. it stands at the index in the tree the checkpoint claims;
/// 3. every signature by a known key holds, the log's is there, and its witnesses are a quorum.
///
/// # Errors
/// [`ProofError`]; see [`ProofError::is_inconclusive`] for those that say "not known" and not "wrong".
pub fn verify(proof: &TlogProof, policy: &Policy) -> Result<Logged, ProofError> {
    let bytes = proof.extra.as_deref().ok_or(ProofError::NoEntry)?;
    let entry = Entry::parse(bytes)?;
    let claim = proof.checkpoint.claim();
    verify_inclusion(&leaf_hash(bytes), proof.index, claim.size, &proof.path, &claim.root)?;
    let checkpoint = accept(&proof.checkpoint, policy)?;
    Ok(Logged { entry, index: proof.index, checkpoint })
}

/// The most bytes a proof can have that one of the policy's logs and all its witnesses have signed, in a tree of up to
/// 2^40 entries: what a signature's hole must leave room for.
pub fn upper_bound(policy: &Policy) -> usize {
    const LINE: usize = 45;
    const NUMBER: usize = 20;
    let base64_length = |bytes: usize| bytes.div_ceil(3) * 4;
    let signature = |name: &str, bytes: usize| "— ".len() + name.len() + 1 + base64_length(4 + bytes) + 1;
    let head = HEADER.len() + 1 + "extra \n".len() + base64_length(MAX_ENTRY_BYTES) + "index \n".len() + NUMBER;
    let names = || policy.logs().iter().map(|log| log.key.name().as_str());
    let origin = names().max_by_key(|name| name.len()).unwrap_or_default();
    let checkpoint = origin.len() + 1 + NUMBER + 1 + LINE;
    let cosignatures: usize =
        policy.witnesses().iter().map(|witness| signature(witness.key.name().as_str(), 8 + 64)).sum();
    head + BOUND_PATH_LINES * LINE + 1 + checkpoint + 1 + signature(origin, 64) + cosignatures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::note::NoteSignature;
    use crate::ledger::sample::{SampleLog, Signer, seal_use};
    use crate::ledger::tree::MAX_SIZE;

    fn entry() -> Entry {
        Entry::SealUse(seal_use(Digest::of(b"seal"), Digest::of(b"document")))
    }

    /// The proof with other signature lines under its checkpoint.
    fn signed(proof: &TlogProof, lines: Vec<NoteSignature>) -> TlogProof {
        let checkpoint = SignedCheckpoint::new(proof.checkpoint.claim(), lines).unwrap();
        TlogProof { checkpoint, ..proof.clone() }
    }

    #[test]
    fn a_good_proof_leaves_its_entry_index_checkpoint_and_witnesses() {
        let mut log = SampleLog::new();
        let proof = log.prove(&entry());
        let text = proof.to_string();
        assert_eq!(TlogProof::parse(text.as_bytes()), Ok(proof));
        let logged = verify(&TlogProof::parse(text.as_bytes()).unwrap(), &log.policy()).unwrap();
        assert_eq!((logged.entry(), logged.index(), logged.checkpoint().size), (&entry(), 5, 6));
        assert_eq!(logged.witnesses().len(), 1);
        assert_eq!(logged.witnesses()[0].witness.as_str(), "witness.example/w1");
        assert_eq!(logged.witnesses()[0].at.as_second(), 1_795_000_000);
        assert_eq!(log.log(&entry()).index(), 6);
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let mut log = SampleLog::new();
        let (proof, policy) = (log.prove(&entry()), log.policy());
        let text = proof.to_string();
        // Only a line that now is somebody else's leaves the question open.
        let lines = text.rfind("\n\n").unwrap();
        for bit in 0..text.len() * 8 {
            let mut bytes = text.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let error = TlogProof::parse(&bytes).and_then(|proof| verify(&proof, &policy)).unwrap_err();
            assert!(!error.is_inconclusive() || bit / 8 > lines, "bit {bit}: {error}");
        }
    }

    #[test]
    fn unknown_logs_and_short_quorums_are_inconclusive_and_nothing_else_is() {
        let mut log = SampleLog::new();
        let (proof, policy) = (log.prove(&entry()), log.policy());
        let text = proof.checkpoint.note().text().to_owned();
        let refusal = |proof: &TlogProof, policy: &Policy| verify(proof, policy).unwrap_err();
        let vkey = Signer::new("other.example/log").log_key();
        let unknown = refusal(&proof, &Policy::parse(&format!("log {vkey}\nquorum none\n")).unwrap());
        assert!(matches!(unknown, ProofError::Trust(TrustError::UnknownLog(_))) && unknown.is_inconclusive());
        let short = refusal(&signed(&proof, vec![log.log.sign(&text)]), &policy);
        assert_eq!(short, ProofError::Trust(TrustError::QuorumShort { present: 0 }));
        assert!(short.is_inconclusive());
        // Nobody signed in the log's name; and a witness's line over another text.
        let unsigned = refusal(&signed(&proof, vec![log.witness.cosign(1, &text)]), &policy);
        assert!(matches!(unsigned, ProofError::Trust(TrustError::NotSigned(_))) && !unsigned.is_inconclusive());
        let forged = signed(&proof, vec![log.log.sign(&text), log.witness.cosign(1, "another\n")]);
        assert!(matches!(refusal(&forged, &policy), ProofError::Trust(TrustError::Signature(_))));
        let forged = signed(&proof, vec![log.log.sign("another\n"), log.witness.cosign(1, &text)]);
        assert!(matches!(refusal(&forged, &policy), ProofError::Trust(TrustError::Signature(_))));
        // A good line beside a bad one by the same key does not help.
        let both = vec![log.log.sign(&text), log.witness.cosign(1, &text), log.witness.cosign(2, "another\n")];
        assert!(matches!(refusal(&signed(&proof, both), &policy), ProofError::Trust(TrustError::Signature(_))));
        // What is wrong is said even where the log is not known.
        let moved = TlogProof { index: 0, ..proof.clone() };
        let nobody = Policy::parse("quorum none\n").unwrap();
        assert_eq!(refusal(&moved, &nobody), ProofError::Inclusion(TreeError::PathLength));
        let bare = TlogProof { extra: None, ..proof };
        assert_eq!(refusal(&bare, &nobody), ProofError::NoEntry);
    }

    #[test]
    fn lines_by_unknown_keys_are_ignored() {
        let mut log = SampleLog::new();
        let (proof, policy) = (log.prove(&entry()), log.policy());
        let text = proof.checkpoint.note().text().to_owned();
        let mut lines = proof.checkpoint.note().signatures().to_vec();
        // Grease: other signers, a known name with another key, a post-quantum signature's length.
        lines.insert(0, Signer::new("stranger.example").sign("something else\n"));
        lines.push("— witness.example/w1 AAAAAAA=".parse().unwrap());
        lines.push("— hall.example.gov.cn/log /////zMzMzMz".parse().unwrap());
        lines.push(format!("— pq.example {}", base64(&[7; 4 + 8 + 2420])).parse().unwrap());
        lines.extend((0..12).map(|i| Signer::new(&format!("w{i}")).cosign(1, &text)));
        assert!(lines.len() >= 16);
        let greased = TlogProof::parse(signed(&proof, lines).to_string().as_bytes()).unwrap();
        assert_eq!(verify(&greased, &policy).unwrap().witnesses().len(), 1);
    }

    #[test]
    fn one_witness_counts_once_and_with_its_earliest_time() {
        let mut log = SampleLog::new();
        let proof = log.prove(&entry());
        let text = proof.checkpoint.note().text().to_owned();
        let lines = vec![log.log.sign(&text), log.witness.cosign(9, &text), log.witness.cosign(3, &text)];
        let twice = signed(&proof, lines);
        let logged = verify(&twice, &log.policy()).unwrap();
        assert_eq!(logged.witnesses().iter().map(|line| line.at.as_second()).collect::<Vec<_>>(), [3]);
        // Two keys under one key name are two witnesses; one of them is not a quorum of two.
        let namesake = Signer::new("namesake").witness_key();
        let namesake =
            crate::ledger::note::VerifierKey::witness(log.witness.witness_key().name().clone(), *namesake.public_key());
        let two = format!(
            "log {}\nwitness a {}\nwitness b {namesake}\ngroup both all a b\nquorum both\n",
            log.log.log_key(),
            log.witness.witness_key()
        );
        let short = verify(&twice, &Policy::parse(&two).unwrap()).unwrap_err();
        assert_eq!(short, ProofError::Trust(TrustError::QuorumShort { present: 1 }));
    }

    #[test]
    fn only_the_one_spelling_of_a_proof_is_accepted() {
        use ProofError::*;
        let text = SampleLog::new().prove(&entry()).to_string();
        let hash = text.lines().nth(3).unwrap();
        let replace = |from: &str, to: &str| text.replacen(from, to, 1);
        let cases = [
            (String::new(), Header),
            (replace("@v1", "@v2"), Header),
            (replace("c2sp", "\u{feff}c2sp"), Header),
            (replace("\nextra", "\n\nextra"), Index),
            (replace("extra ", "extra"), Index),
            (replace("extra ", "extra  "), Extra),
            (replace("extra ", &format!("extra {}", "AAAA".repeat(200))), Extra),
            (replace("index 5", "index 05"), Index),
            (replace("index 5", "index -5"), Index),
            (replace("index 5", "index 5 "), Index),
            (replace("index 5", "index 18446744073709551616"), Index),
            (replace("index 5\n", ""), Index),
            (replace("index 5\n", "index 5\nindex 5\n"), Path),
            (replace(hash, &hash[..40]), Path),
            (replace(hash, &format!(" {hash}")), Path),
            (replace(hash, &format!("{hash}\r")), Path),
            (replace(hash, &vec![hash; 64].join("\n")), Path),
            (replace("\n6\n", "\n06\n"), Checkpoint(CheckpointError::Size)),
            (format!("{text}\n"), Checkpoint(CheckpointError::Note(crate::ledger::note::NoteError::Shape))),
            ("x".repeat(MAX_PROOF_BYTES + 1), TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(TlogProof::parse(text.as_bytes()), Err(error), "{}", &text[..text.len().min(2000)]);
        }
        assert_eq!(TlogProof::parse(b"\xff"), Err(NotUtf8));
        assert!(TlogProof::parse(replace("extra ", "").as_bytes()).is_err());
        // Sixty-four lines are read; that they prove nothing is found by verifying.
        let long = TlogProof::parse(replace(hash, &vec![hash; 63].join("\n")).as_bytes()).unwrap();
        assert_eq!(long.path().len(), 64);
    }

    #[test]
    fn the_bound_holds_for_the_largest_proof_and_is_near_it() {
        let mut log = SampleLog::new();
        let (proof, policy) = (log.prove(&entry()), log.policy());
        let claim = Checkpoint { size: MAX_SIZE, ..proof.checkpoint.claim().clone() };
        let checkpoint = SignedCheckpoint::new(&claim, proof.checkpoint.note().signatures().to_vec()).unwrap();
        let largest = TlogProof {
            extra: Some(vec![0; MAX_ENTRY_BYTES]),
            index: u64::MAX,
            path: vec![Digest::of(b""); BOUND_PATH_LINES],
            checkpoint,
        };
        let length = largest.to_string().len();
        assert!((length..length + 4).contains(&upper_bound(&policy)), "{length} {}", upper_bound(&policy));
    }
}
