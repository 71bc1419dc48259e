//! What a log sends to a witness, and whether the witness may cosign it (C2SP tlog-witness). The check leaves a type behind:
//! [`Continued`], the only thing the vault's witness key signs.

use std::fmt;

use super::checkpoint::{Checkpoint, SignedCheckpoint};
use super::encoding::{base64, parse_decimal, parse_digest};
use super::note::{MAX_NOTE_BYTES, NoteError, NoteSignature, VerifierKey};
use super::tree::{empty_root, verify_consistency};
use crate::digest::Digest;

/// Most lines of a consistency proof.
pub const MAX_PROOF_LINES: usize = 63;
/// Longest request, in bytes: the old size, a proof, the longest note.
pub const MAX_REQUEST_BYTES: usize = MAX_NOTE_BYTES + 4 * 1024;
/// What the answer is that names the witness's own size.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// The body of `add-checkpoint`; nothing of it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the log believes the witness to have cosigned last.
    pub old: u64,
    /// Consistency path from there.
    pub proof: Vec<Digest>,
    /// The new checkpoint.
    pub checkpoint: SignedCheckpoint,
}

/// Why a witness does not cosign; each is one status of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCosigned {
    /// 400: not a request, or its old size is larger than the checkpoint's.
    #[error("the request is malformed")]
    Malformed,
    /// 404: this witness does not watch a log of that origin.
    #[error("this witness does not watch the log")]
    UnknownLog,
    /// 403: no line by a key that this witness knows the log by, or one that does not verify.
    #[error("the log has not signed")]
    NotSigned,
    /// 409: the witness cosigned this size last.
    #[error("the witness cosigned {0} entries last")]
    Conflict(u64),
    /// 422: not a continuation of what was cosigned, or no proof of it: the log may have forked.
    #[error("the checkpoint does not continue the one cosigned last")]
    Inconsistent,
}

/// A checkpoint that a known log has signed and that continues what was cosigned before. Made by [`check`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continued(Checkpoint);

impl Continued {
    /// The checkpoint.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.0
    }
}

impl AddCheckpoint {
    /// Parses a request.
    ///
    /// # Errors
    /// [`NotCosigned::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NotCosigned> {
        Self::read(bytes).ok_or(NotCosigned::Malformed)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_REQUEST_BYTES {
            return None;
        }
        let (head, note) = str::from_utf8(bytes).ok()?.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = parse_decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof = lines.map(parse_digest).take(MAX_PROOF_LINES + 1).collect::<Option<Vec<_>>>()?;
        let checkpoint = SignedCheckpoint::parse(note.as_bytes()).ok()?;
        (proof.len() <= MAX_PROOF_LINES).then_some(Self { old, proof, checkpoint })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", base64(hash.as_bytes())))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Checks a request against the keys of the logs that are watched and the size and root cosigned last for its origin.
/// In the specification's order: origin, the log's signature, old size, consistency.
///
/// # Errors
/// [`NotCosigned`].
pub fn check(
    request: &AddCheckpoint,
    logs: &[VerifierKey],
    last: Option<(u64, Digest)>,
) -> Result<Continued, NotCosigned> {
    let (claim, note) = (request.checkpoint.claim(), request.checkpoint.note());
    let keys = || logs.iter().filter(|key| *key.name() == claim.origin);
    if keys().next().is_none() {
        return Err(NotCosigned::UnknownLog);
    }
    let mut is_signed = false;
    for line in note.signatures() {
        if let Some(key) = keys().find(|key| key.claims(line)) {
            key.verify(note.text(), line).map_err(|_| NotCosigned::NotSigned)?;
            is_signed = true;
        }
    }
    if !is_signed {
        return Err(NotCosigned::NotSigned);
    }
    if request.old > claim.size {
        return Err(NotCosigned::Malformed);
    }
    let (size, root) = last.unwrap_or((0, empty_root()));
    if request.old != size {
        return Err(NotCosigned::Conflict(size));
    }
    verify_consistency(size, &root, claim.size, &claim.root, &request.proof).map_err(|_| NotCosigned::Inconsistent)?;
    Ok(Continued(claim.clone()))
}

/// The signature lines of an answer.
///
/// # Errors
/// [`NoteError`] if a line is malformed or there are too many.
pub fn parse_lines(bytes: &[u8]) -> Result<Vec<NoteSignature>, NoteError> {
    if bytes.len() > MAX_NOTE_BYTES {
        return Err(NoteError::TooLong);
    }
    let text = str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
    text.strip_suffix('\n').ok_or(NoteError::Shape)?.split('\n').map(str::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sample::{SampleLog, Signer};
    use crate::ledger::tree::{Edge, consistency_path, leaf_hash};

    fn request(log: &SampleLog, signer: &Signer, old: usize, size: usize) -> AddCheckpoint {
        let claim = Checkpoint { origin: log.log.log_key().name().clone(), size: size as u64, root: log.root(size) };
        let checkpoint = SignedCheckpoint::new(&claim, vec![signer.sign(&claim.text())]).unwrap();
        let read = |tile: crate::ledger::tile::Tile| {
            let leaves = log.entries.iter().map(|entry| leaf_hash(entry));
            Ok::<_, ()>(leaves.skip(tile.index() as usize * 256).take(256).collect())
        };
        let proof = consistency_path(old.min(size) as u64, size as u64, read).unwrap();
        AddCheckpoint { old: old as u64, proof, checkpoint }
    }

    #[test]
    fn the_specifications_example_reads_and_writes() {
        // C2SP tlog-witness, example request body.
        let body = "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
                    5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n\
                    example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
                    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
                    — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
        let parsed = AddCheckpoint::parse(body.as_bytes()).unwrap();
        assert_eq!((parsed.old, parsed.proof.len(), parsed.checkpoint.claim().size), (20_852_014, 4, 20_852_163));
        assert_eq!(parsed.to_string(), body);
        for wrong in [
            "",
            "old 1\n",
            &body.replacen("old 2", "old 02", 1),
            &body.replacen("old 2", "old  2", 1),
            &body.replacen("old ", "new ", 1),
            &body.replacen("\n\nexample", "\nexample", 1),
            &body.replacen("PlRN", "PlR", 1),
            &body.replacen("PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n", "\n", 1),
            &body.replacen('\n', "\r\n", 1),
            body.trim_end(),
        ] {
            assert_eq!(AddCheckpoint::parse(wrong.as_bytes()), Err(NotCosigned::Malformed), "{wrong:?}");
        }
        let line = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
        let many = |count: usize| body.replacen(line, &line.repeat(count - 3), 1);
        assert_eq!(AddCheckpoint::parse(many(63).as_bytes()).unwrap().proof.len(), 63);
        assert_eq!(AddCheckpoint::parse(many(64).as_bytes()), Err(NotCosigned::Malformed));
    }

    #[test]
    fn only_a_continuation_signed_by_a_known_log_may_be_cosigned() {
        let log = SampleLog::new();
        let keys = [log.log.log_key()];
        let seen = |size: usize| Some((size as u64, log.root(size)));
        let by_log = |old, size| request(&log, &log.log, old, size);
        for (old, size, last) in
            [(0, 3, None), (0, 0, None), (0, 5, seen(0)), (3, 5, seen(3)), (4, 5, seen(4)), (5, 5, seen(5))]
        {
            let continued = check(&by_log(old, size), &keys, last).unwrap();
            assert_eq!(continued.checkpoint().size, size as u64);
        }
        use NotCosigned::*;
        let mut with_proof = by_log(0, 3);
        with_proof.proof = vec![Digest::of(b"")];
        let mut without = by_log(3, 5);
        without.proof.clear();
        let mut forged = by_log(0, 3);
        forged.checkpoint = forged.checkpoint.with_signatures(vec![log.log.sign("another text\n")]).unwrap();
        let mut other = SampleLog::new();
        other.entries[0] = b"other".to_vec();
        let fork = |old, size| request(&other, &log.log, old, size);
        let stranger = Signer::new("stranger.example/log");
        let cases = [
            ("a stranger's signature", check(&request(&log, &stranger, 0, 3), &keys, None), NotSigned),
            ("a good line and a bad one", check(&forged, &keys, None), NotSigned),
            ("a log that is not watched", check(&by_log(0, 3), &[stranger.log_key()], None), UnknownLog),
            ("an old size over the new one", check(&by_log(4, 3), &keys, seen(4)), Malformed),
            ("nothing was cosigned", check(&by_log(3, 5), &keys, None), Conflict(0)),
            ("behind", check(&by_log(3, 5), &keys, seen(4)), Conflict(4)),
            ("ahead", check(&by_log(0, 3), &keys, seen(5)), Conflict(5)),
            ("a proof where there can be none", check(&with_proof, &keys, None), Inconsistent),
            ("no proof", check(&without, &keys, seen(3)), Inconsistent),
            ("another history", check(&fork(3, 5), &keys, seen(3)), Inconsistent),
            ("the same size, another root", check(&fork(5, 5), &keys, seen(5)), Inconsistent),
        ];
        for (what, checked, expected) in cases {
            assert_eq!(checked, Err(expected), "{what}");
        }
        // What is signed by another key of ours besides is no matter.
        let mut greased = by_log(0, 3);
        greased.checkpoint = greased.checkpoint.with_signatures(vec![stranger.sign("x\n")]).unwrap();
        assert!(check(&greased, &keys, None).is_ok());
        assert_eq!(Edge::of_leaves([]).root(), empty_root());
    }
}
