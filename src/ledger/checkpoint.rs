//! Checkpoints (C2SP tlog-checkpoint): a note whose text is origin, tree size and root hash, one a line.
//!
//! Extension lines are refused: no monitor can audit them and ML-DSA-44 cosignatures do not cover them.

use std::fmt;

use super::encoding::{base64, parse_decimal, parse_digest};
use super::note::{KeyName, Note, NoteError, NoteSignature};
use super::tree::{MAX_SIZE, empty_root};
use crate::digest::Digest;

/// Why bytes are not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it is malformed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not exactly three lines, each ended by a newline.
    #[error("the checkpoint is not three lines")]
    Lines,
    /// The origin is not one that a log key could have as its name.
    #[error("the checkpoint's origin is malformed")]
    Origin,
    /// The size is not a canonical decimal up to 2^63 - 1.
    #[error("the checkpoint's size is malformed")]
    Size,
    /// The root is not the base64 of 32 bytes, or size 0 has a root other than SHA-256 of nothing.
    #[error("the checkpoint's root is malformed")]
    Root,
}

/// What a log signs: "my tree of `size` entries has this root".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity, equal to the name of its key.
    pub origin: KeyName,
    /// Number of entries, at most 2^63 - 1.
    pub size: u64,
    /// RFC 6962 root hash at that size.
    pub root: Digest,
}

impl Checkpoint {
    /// The note text, with its final newline: these are the bytes a log signs.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64(self.root.as_bytes()))
    }

    /// Parses a note text.
    ///
    /// # Errors
    /// [`CheckpointError`] naming the line that is wrong.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        let origin = origin.parse().map_err(|_| CheckpointError::Origin)?;
        let size = parse_decimal(size).filter(|size| *size <= MAX_SIZE).ok_or(CheckpointError::Size)?;
        let root = parse_digest(root).ok_or(CheckpointError::Root)?;
        if size == 0 && root != empty_root() {
            return Err(CheckpointError::Root);
        }
        Ok(Self { origin, size, root })
    }
}

/// A checkpoint with its signature lines, none of them verified yet; as text a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Puts signature lines under a checkpoint: the log's first, cosignatures after it.
    ///
    /// # Errors
    /// [`CheckpointError`] if no line is given, too many are, or the size is over 2^63 - 1.
    pub fn new(checkpoint: &Checkpoint, signatures: Vec<NoteSignature>) -> Result<Self, CheckpointError> {
        let note = Note::new(checkpoint.text(), signatures)?;
        Ok(Self { checkpoint: Checkpoint::parse(note.text())?, note })
    }

    /// Parses the whole note.
    ///
    /// # Errors
    /// [`CheckpointError`] if the note or its text is malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        Ok(Self { checkpoint: Checkpoint::parse(note.text())?, note })
    }

    /// The same checkpoint with further lines below those it has.
    ///
    /// # Errors
    /// [`CheckpointError`] if they are too many.
    pub fn with_signatures(&self, more: Vec<NoteSignature>) -> Result<Self, CheckpointError> {
        Self::new(&self.checkpoint, [self.note.signatures().to_vec(), more].concat())
    }

    /// The same checkpoint with those of these lines by whose key it has none yet.
    ///
    /// # Errors
    /// [`CheckpointError`] if they are too many.
    pub fn joined_by(&self, lines: &[NoteSignature]) -> Result<Self, CheckpointError> {
        let mut all = self.note.signatures().to_vec();
        for line in lines {
            if !all.iter().any(|one| one.name() == line.name() && one.id() == line.id()) {
                all.push(line.clone());
            }
        }
        Self::new(&self.checkpoint, all)
    }

    /// What is claimed; believe it only after [`super::trust::accept`].
    pub const fn claim(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note: signed text and signature lines.
    pub const fn note(&self) -> &Note {
        &self.note
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    #[test]
    fn the_specifications_example_reads_and_writes() {
        // C2SP tlog-checkpoint.
        let note = format!(
            "example.com/behind-the-sofa\n20852163\n{ROOT}\n\n— example.com/behind-the-sofa \
             Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        );
        let signed = SignedCheckpoint::parse(note.as_bytes()).unwrap();
        assert_eq!(signed.to_string(), note);
        assert_eq!(signed.claim().origin.as_str(), "example.com/behind-the-sofa");
        assert_eq!(signed.claim().size, 20_852_163);
        let root = "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62";
        assert_eq!(signed.claim().root.to_string(), root);
    }

    #[test]
    fn only_three_canonical_lines_are_a_checkpoint() {
        use CheckpointError::*;
        let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let cases = [
            (format!("o\n1\n{ROOT}"), Lines),
            (format!("o\n1\n{ROOT}\nextension\n"), Lines),
            (format!("o\n1\n{ROOT}\n\n"), Lines),
            ("o\n1\n".to_owned(), Lines),
            (format!("\n1\n{ROOT}\n"), Origin),
            (format!("o o\n1\n{ROOT}\n"), Origin),
            (format!("o\n01\n{ROOT}\n"), Size),
            (format!("o\n+1\n{ROOT}\n"), Size),
            (format!("o\n1 \n{ROOT}\n"), Size),
            (format!("o\n\n{ROOT}\n"), Size),
            (format!("o\n9223372036854775808\n{ROOT}\n"), Size),
            (format!("o\n1\n{}\n", &ROOT[..40]), Root),
            (format!("o\n1\n{}\n", ROOT.replace("2I=", "2J=")), Root),
            (format!("o\n1\n {ROOT}\n"), Root),
            (format!("o\n0\n{ROOT}\n"), Root),
        ];
        for (text, error) in cases {
            assert_eq!(Checkpoint::parse(&text), Err(error), "{text:?}");
        }
        assert!(Checkpoint::parse(&format!("o\n0\n{empty}\n")).is_ok());
        assert!(Checkpoint::parse(&format!("o\n9223372036854775807\n{ROOT}\n")).is_ok());
    }
}
