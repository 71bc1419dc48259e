//! Signed notes (C2SP signed-note) and the two Ed25519 signatures on them: the log's own (type `01`) and a witness's
//! timestamped cosignature (type `04`, C2SP tlog-cosignature).
//!
//! A note is text, a blank line, and signature lines `— <key name> <base64(key id || signature)>`. Lines by unknown keys are
//! kept and ignored; a line by a known key that does not verify condemns the whole note (see [`super::trust`]).
//! Out of scope: ECDSA (`02`), RFC 6962 tree heads (`05`) and ML-DSA-44 (`06`): as verifier keys they are refused, as
//! signature lines they are unknown.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::encoding::{base64, parse_base64};
use crate::digest::Digest;

/// Longest note, in bytes: sixteen signatures of nearly 5 kB each (the most a client has to accept) and some room.
pub const MAX_NOTE_BYTES: usize = 128 * 1024;
/// Most signature lines on a note; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 32;
/// Longest key name, in bytes (the limit of a cosigner name in tlog-cosignature).
pub const MAX_NAME_BYTES: usize = 255;

/// Why a note, a signature line or a verifier key is not one, or does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Over [`MAX_NOTE_BYTES`].
    #[error("the note is longer than {MAX_NOTE_BYTES} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("the note is not UTF-8")]
    NotUtf8,
    /// An ASCII control character other than newline.
    #[error("the note contains a control character")]
    ControlCharacter,
    /// No text ending in a newline, no blank line, or no signature line.
    #[error("the note is not a text, a blank line and signature lines")]
    Shape,
    /// A line after the blank line is not `— <name> <base64>`.
    #[error("signature line {0} is malformed")]
    SignatureLine(usize),
    /// Over [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A key name is empty, too long, or has a space, a plus sign or a control character.
    #[error("the key name is malformed")]
    KeyName,
    /// Not `<name>+<8 hex digits>+<base64(type || key)>`.
    #[error("the verifier key is malformed")]
    VerifierKey,
    /// The key id written in a verifier key is not the one its name and key give.
    #[error("the verifier key's id does not fit its name and key")]
    KeyId,
    /// A signature type that this program does not verify.
    #[error("signature type {0:#04x} is not supported")]
    UnsupportedType(u8),
    /// A line by a known key does not verify.
    #[error("the signature by {0} is wrong")]
    WrongSignature(KeyName),
}

/// A key name: what a signature line calls its signer; for a log, also its origin.
/// 1 to 255 bytes of UTF-8 without spaces, plus signs and control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let foreign = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > MAX_NAME_BYTES || text.contains(foreign) {
            return Err(NoteError::KeyName);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Type `01`: Ed25519 over the note text, as logs sign.
    Log,
    /// Type `04`: Ed25519 over a time and the note text, as witnesses sign.
    Witness,
}

impl KeyKind {
    const fn type_byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }
}

/// A public key with its name and signature type; as text a C2SP vkey.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    public_key: [u8; 32],
}

impl VerifierKey {
    /// A log's Ed25519 key (RFC 8032, 32 bytes).
    pub const fn log(name: KeyName, public_key: [u8; 32]) -> Self {
        Self { name, kind: KeyKind::Log, public_key }
    }

    /// A witness's Ed25519 key (RFC 8032, 32 bytes).
    pub const fn witness(name: KeyName, public_key: [u8; 32]) -> Self {
        Self { name, kind: KeyKind::Witness, public_key }
    }

    /// The key's name; for a log, its origin.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// What the key signs.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The raw Ed25519 public key.
    pub const fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }

    /// The key id that signature lines carry: the first four bytes of SHA-256(name || 0x0A || type || public key).
    pub fn id(&self) -> [u8; 4] {
        let digest = Digest::of_parts(&[self.name.0.as_bytes(), b"\n", &[self.kind.type_byte()], &self.public_key]);
        let [a, b, c, d, ..] = *digest.as_bytes();
        [a, b, c, d]
    }

    /// Whether `line` claims to be by this key (same name and id).
    pub fn claims(&self, line: &NoteSignature) -> bool {
        self.name == line.name && self.id() == line.id
    }

    /// Checks `line` over a note's text.
    ///
    /// # Errors
    /// [`NoteError::WrongSignature`] if the line is not by this key, or is not its signature over `text`.
    pub fn verify(&self, text: &str, line: &NoteSignature) -> Result<Statement, NoteError> {
        self.statement(text, line).ok_or_else(|| NoteError::WrongSignature(self.name.clone()))
    }

    fn statement(&self, text: &str, line: &NoteSignature) -> Option<Statement> {
        if !self.claims(line) {
            return None;
        }
        let key = UnparsedPublicKey::new(&ED25519, &self.public_key);
        match self.kind {
            KeyKind::Log => {
                key.verify(text.as_bytes(), &line.signature).ok()?;
                Some(Statement::Signed)
            }
            KeyKind::Witness => {
                let (seconds, signature) = line.signature.split_first_chunk::<8>()?;
                let seconds = u64::from_be_bytes(*seconds);
                key.verify(&cosignature_message(seconds, text), signature).ok()?;
                // An Ed25519 cosignature always states a time; zero would be a statement about 1970.
                let at = Timestamp::from_second(i64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?).ok()?;
                Some(Statement::Cosigned(at))
            }
        }
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let (name, rest) = text.split_once('+').ok_or(NoteError::VerifierKey)?;
        let (id, key) = rest.split_once('+').ok_or(NoteError::VerifierKey)?;
        let key = parse_base64(key).ok_or(NoteError::VerifierKey)?;
        let (&type_byte, key) = key.split_first().ok_or(NoteError::VerifierKey)?;
        let kind = match type_byte {
            0x01 => KeyKind::Log,
            0x04 => KeyKind::Witness,
            other => return Err(NoteError::UnsupportedType(other)),
        };
        let public_key = key.try_into().map_err(|_| NoteError::VerifierKey)?;
        let key = Self { name: name.parse()?, kind, public_key };
        if hex::encode(key.id()) == id { Ok(key) } else { Err(NoteError::KeyId) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.kind.type_byte()];
        key.extend_from_slice(&self.public_key);
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), base64(&key))
    }
}

/// What a good signature line says about the note's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// The log signed it.
    Signed,
    /// A witness saw it, as the largest tree of this log it knew, at this time.
    Cosigned(Timestamp),
}

/// The bytes a witness signs at `seconds` since 1970 over a checkpoint's text (C2SP tlog-cosignature, Ed25519).
pub fn cosignature_message(seconds: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}

/// One signature line of a note, by a key known or unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl NoteSignature {
    /// A log's line from its name, its public key and its raw Ed25519 signature over the note's text.
    pub fn by_log(name: &KeyName, public_key: &[u8; 32], signature: &[u8; 64]) -> Self {
        let key = VerifierKey::log(name.clone(), *public_key);
        Self { id: key.id(), name: key.name, signature: signature.to_vec() }
    }

    /// A witness's line from its name, its public key, the time and its raw Ed25519 signature over
    /// [`cosignature_message`]`(seconds, text)`.
    pub fn by_witness(name: &KeyName, public_key: &[u8; 32], seconds: u64, signature: &[u8; 64]) -> Self {
        let key = VerifierKey::witness(name.clone(), *public_key);
        let signature = [&seconds.to_be_bytes()[..], &signature[..]].concat();
        Self { id: key.id(), name: key.name, signature }
    }

    /// Who the line says has signed.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of the key the line says has signed.
    pub const fn id(&self) -> [u8; 4] {
        self.id
    }
}

impl FromStr for NoteSignature {
    type Err = NoteError;

    /// Parses one line without its newline.
    fn from_str(line: &str) -> Result<Self, NoteError> {
        let (name, blob) =
            line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(NoteError::SignatureLine(1))?;
        let blob = parse_base64(blob).ok_or(NoteError::SignatureLine(1))?;
        let (id, signature) = blob.split_first_chunk::<4>().ok_or(NoteError::SignatureLine(1))?;
        if signature.is_empty() {
            return Err(NoteError::SignatureLine(1));
        }
        Ok(Self { name: name.parse()?, id: *id, signature: signature.to_vec() })
    }
}

impl fmt::Display for NoteSignature {
    /// The line without its newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "— {} {}", self.name, base64(&[&self.id[..], &self.signature].concat()))
    }
}

/// A note: text ending in a newline, and at least one signature line. Nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// A note of `text` (with its final newline) and signature lines.
    ///
    /// # Errors
    /// [`NoteError`] if the parts do not make a note.
    pub fn new(text: String, signatures: Vec<NoteSignature>) -> Result<Self, NoteError> {
        let note = Self { text, signatures };
        // What we write, others must read as the same.
        if Self::parse(note.to_string().as_bytes())? == note { Ok(note) } else { Err(NoteError::Shape) }
    }

    /// Parses a whole note.
    ///
    /// # Errors
    /// [`NoteError`] naming the first rule of C2SP signed-note that is broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::ControlCharacter);
        }
        let blank = note.rfind("\n\n").ok_or(NoteError::Shape)?;
        let (text, lines) = (&note[..=blank], &note[blank + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Shape)?;
        let mut signatures = Vec::new();
        for (number, line) in (1..).zip(lines.split('\n')) {
            if number > MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(line.parse().map_err(|_| NoteError::SignatureLine(number))?);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The signed text, with its final newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sample::Signer;

    // The example of golang.org/x/mod/sumdb/note.
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn reads_and_verifies_the_example_of_another_implementation() {
        let key: VerifierKey = VKEY.parse().unwrap();
        assert_eq!((key.to_string().as_str(), key.kind()), (VKEY, KeyKind::Log));
        let note = Note::parse(NOTE.as_bytes()).unwrap();
        assert_eq!(note.to_string(), NOTE);
        let line = &note.signatures()[0];
        assert_eq!(key.verify(note.text(), line), Ok(Statement::Signed));
        assert_eq!(key.verify(&note.text()[1..], line), Err(NoteError::WrongSignature(key.name().clone())));
    }

    #[test]
    fn only_the_one_spelling_of_a_note_is_accepted() {
        use NoteError::*;
        let cases: [(&[u8], NoteError); 21] = [
            (b"", Shape),
            (b"text\n", Shape),
            (b"text\n\n", Shape),
            (b"text\n\n\n", Shape),
            ("text\n— n AAAAAAA=\n".as_bytes(), Shape),
            ("text\n\n— n AAAAAAA=".as_bytes(), Shape),
            ("text\r\n\n— n AAAAAAA=\n".as_bytes(), ControlCharacter),
            ("te\txt\n\n— n AAAAAAA=\n".as_bytes(), ControlCharacter),
            ("te\0xt\n\n— n AAAAAAA=\n".as_bytes(), ControlCharacter),
            (b"te\xffxt\n\n\xe2\x80\x94 n AAAAAAA=\n", NotUtf8),
            (b"text\n\n- n AAAAAAA=\n", SignatureLine(1)),
            ("text\n\n—n AAAAAAA=\n".as_bytes(), SignatureLine(1)),
            ("text\n\n—  n AAAAAAA=\n".as_bytes(), SignatureLine(1)),
            ("text\n\n— n AAAAAAA\n".as_bytes(), SignatureLine(1)),
            ("text\n\n— n AAAAAAB=\n".as_bytes(), SignatureLine(1)),
            ("text\n\n— n AAAAAAA= \n".as_bytes(), SignatureLine(1)),
            ("text\n\n— n AAAAAA==\n".as_bytes(), SignatureLine(1)),
            ("text\n\n— n+m AAAAAAA=\n".as_bytes(), SignatureLine(1)),
            ("text\n\n— n\u{3000}m AAAAAAA=\n".as_bytes(), SignatureLine(1)),
            ("text\n\n— n AAAAAAA=\n— n\n".as_bytes(), SignatureLine(2)),
            ("text\n\n— n AAAAAAA=\n\n— n AAAAAAA=\nx\n".as_bytes(), SignatureLine(2)),
        ];
        for (bytes, error) in cases {
            assert_eq!(Note::parse(bytes), Err(error), "{}", String::from_utf8_lossy(bytes));
        }
        // A text may hold empty lines: the last one is the border.
        assert_eq!(Note::parse("a\n\nb\n\n— n AAAAAAA=\n".as_bytes()).unwrap().text(), "a\n\nb\n");
    }

    #[test]
    fn sixteen_signatures_are_accepted_and_a_flood_is_not() {
        let with = |count| Note::parse(format!("text\n\n{}", "— n AAAAAAA=\n".repeat(count)).as_bytes());
        assert_eq!(with(16).unwrap().signatures().len(), 16);
        assert_eq!(with(MAX_SIGNATURES).unwrap().signatures().len(), MAX_SIGNATURES);
        assert_eq!(with(MAX_SIGNATURES + 1), Err(NoteError::TooManySignatures));
        assert_eq!(with(100_000), Err(NoteError::TooLong));
    }

    #[test]
    fn a_verifier_key_must_be_what_its_id_says() {
        use NoteError::*;
        let cases = [
            ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyId),
            ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyId),
            ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyName),
            ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyName),
            ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=", VerifierKey),
            ("PeterNeumann+c74f20a3+", VerifierKey),
            ("PeterNeumann+c74f20a3", VerifierKey),
            ("PeterNeumann+c74f20a3+BRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", UnsupportedType(5)),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<super::VerifierKey>(), Err(error), "{text}");
        }
        assert_eq!("n".repeat(MAX_NAME_BYTES + 1).parse::<super::KeyName>(), Err(KeyName));
    }

    #[test]
    fn a_cosignature_covers_text_and_time() {
        let signer = Signer::new("witness.example/w1");
        let (key, text) = (signer.witness_key(), "origin\n1\nroot\n");
        let line = signer.cosign(1_679_315_147, text);
        let at = Timestamp::from_second(1_679_315_147).unwrap();
        assert_eq!(key.verify(text, &line), Ok(Statement::Cosigned(at)));
        assert!(key.verify("origin\n2\nroot\n", &line).is_err());
        let later = NoteSignature { signature: [&[0; 7], &[1][..], &line.signature[8..]].concat(), ..line };
        assert!(key.verify(text, &later).is_err());
        // Times no witness can mean: zero, and what no calendar has.
        for seconds in [0, 1 << 62, 1 << 63] {
            assert!(key.verify(text, &signer.cosign(seconds, text)).is_err());
        }
        // The log's type over the same text is another key.
        assert!(!key.claims(&signer.sign(text)));
    }
}
