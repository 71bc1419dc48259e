//! What is logged: the use of a seal, each change of a seal's state, the records of other acts, and the policy in force.
//!
//! An entry is lines of `<word> <value>`, each ended by a newline, the first naming kind and version; docs/LEDGER.md has
//! the grammar. There is one spelling for each entry, and it is under 600 bytes. In clear stand only seal, template and
//! day; whatever could name a person or a document is a digest over bytes with a 32-byte random salt among them.

use jiff::civil::Date;

pub use super::about::About;
use super::encoding::parse_decimal;
use crate::digest::Digest;

/// Longest entry, in bytes.
pub const MAX_ENTRY_BYTES: usize = 599;
/// Most digests of one sort in an entry: what [`MAX_ENTRY_BYTES`] leaves room for.
pub const MAX_SALTED: usize = 4;

/// Why bytes are not an entry, or why parts do not make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Over [`MAX_ENTRY_BYTES`].
    #[error("the entry is longer than {MAX_ENTRY_BYTES} bytes")]
    TooLong,
    /// The first line names no kind this program knows.
    #[error("the entry is of an unknown kind")]
    UnknownKind,
    /// The line that should begin with this word is missing or malformed.
    #[error("the entry's line {0:?} is missing or malformed")]
    Line(&'static str),
    /// It could be understood, but is not the one spelling of its content (order, duplicates, further lines).
    #[error("the entry is not spelled canonically")]
    NotCanonical,
    /// Too few, too many or equal digests where a sorted set of them is wanted.
    #[error("a set of salted digests must hold {0} to {MAX_SALTED} different ones")]
    Salted(usize),
    /// A seal code is not 14 digits.
    #[error("a seal code is 14 digits")]
    SealCode,
}

/// SHA-256(salt || statement): how an entry names an approval, an order or a custodian. Whoever is shown salt and
/// statement can check it; nobody else learns more than that it exists.
pub fn approval_digest(salt: &[u8; 32], statement: &[u8]) -> Digest {
    Digest::of_parts(&[salt, statement])
}

/// A set of salted digests, sorted, at least `MIN` and at most [`MAX_SALTED`] of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salted<const MIN: usize>(Vec<Digest>);

impl<const MIN: usize> Salted<MIN> {
    /// Sorts the digests.
    ///
    /// # Errors
    /// [`EntryError::Salted`] if they are too few, too many, or two are equal.
    pub fn new(digests: impl IntoIterator<Item = Digest>) -> Result<Self, EntryError> {
        let mut digests: Vec<_> = digests.into_iter().collect();
        digests.sort_unstable();
        let different = digests.windows(2).all(|pair| pair[0] != pair[1]);
        let fits = (MIN..=MAX_SALTED).contains(&digests.len());
        if different && fits { Ok(Self(digests)) } else { Err(EntryError::Salted(MIN)) }
    }

    /// The digests in ascending order.
    pub fn as_slice(&self) -> &[Digest] {
        &self.0
    }
}

impl Salted<1> {
    /// A set of one.
    pub fn one(digest: Digest) -> Self {
        Self(vec![digest])
    }
}

impl<const MIN: usize> TryFrom<Vec<Digest>> for Salted<MIN> {
    type Error = EntryError;

    fn try_from(digests: Vec<Digest>) -> Result<Self, EntryError> {
        Self::new(digests)
    }
}

/// A seal code (印章编码): the 14 digits under which a seal is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealCode(String);

impl SealCode {
    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for SealCode {
    type Err = EntryError;

    fn from_str(text: &str) -> Result<Self, EntryError> {
        let fits = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(EntryError::SealCode) }
    }
}

/// One use of a seal: what its key may sign, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealUse {
    /// SHA-256 of the seal certificate's SubjectPublicKeyInfo, DER.
    pub seal: Digest,
    /// Digest of the template version.
    pub template: Digest,
    /// SHA-256 of the SignedAttributes as a DER SET OF; they hold the document's digest and a random salt.
    pub document: Digest,
    /// [`approval_digest`] of the request and of each approval.
    pub approvals: Salted<2>,
    /// The day of the signature's `/M`.
    pub day: Date,
}

/// A decision about a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealChange {
    /// SHA-256 of the seal certificate's SubjectPublicKeyInfo, DER.
    pub seal: Digest,
    /// [`approval_digest`] of each statement the decision rests on.
    pub approvals: Salted<1>,
    /// The day of the decision.
    pub day: Date,
}

/// Why an entry is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoidReason {
    /// The use was logged, but no sealed document came of it and none will.
    Unfinished,
    /// The sealed document was withdrawn by a decision that rests on these statements.
    Withdrawn(Salted<1>),
}

/// An entry. A seal's state at an index is the fold of its entries up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The seal is used once.
    SealUse(SealUse),
    /// The seal comes into force.
    SealOpen {
        /// SHA-256 of the seal certificate's SubjectPublicKeyInfo, DER.
        seal: Digest,
        /// SHA-256 of the seal certificate, DER.
        certificate: Digest,
        /// The code under which the seal is filed.
        code: SealCode,
        /// Salted digests of those who keep it.
        custodians: Salted<1>,
        /// The day from which it is in force.
        day: Date,
    },
    /// The seal's key has another certificate from here on; the earlier one stays good for what was sealed under it.
    SealCertificate {
        /// SHA-256 of the certificate, DER.
        certificate: Digest,
        /// The decision to use it.
        change: SealChange,
    },
    /// The seal must not be used until it is resumed.
    SealSuspend(SealChange),
    /// The seal may be used again.
    SealResume(SealChange),
    /// The seal is abolished for good; earlier uses stay good.
    SealRetire(SealChange),
    /// An earlier use is void.
    SealVoid {
        /// The seal of the voided use.
        seal: Digest,
        /// The index of the voided entry.
        index: u64,
        /// Why.
        reason: VoidReason,
        /// The day of the voiding.
        day: Date,
    },
    /// What an act did; the statement tells which rows it made or changed.
    Record {
        /// What it is about.
        about: About,
        /// Salted digests of its statements.
        statements: Salted<1>,
        /// The day of the act.
        day: Date,
    },
    /// A policy comes into force.
    Policy {
        /// SHA-256 of the policy's text.
        policy: Digest,
        /// The day from which it is in force.
        day: Date,
    },
}

impl Entry {
    /// The kind and version, as the first line has it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SealUse(_) => "seal-use/v1",
            Self::SealOpen { .. } => "seal-open/v1",
            Self::SealCertificate { .. } => "seal-certificate/v1",
            Self::SealSuspend(_) => "seal-suspend/v1",
            Self::SealResume(_) => "seal-resume/v1",
            Self::SealRetire(_) => "seal-retire/v1",
            Self::SealVoid { .. } => "seal-void/v1",
            Self::Record { .. } => "record/v1",
            Self::Policy { .. } => "policy/v1",
        }
    }

    /// The seal it concerns (digest of the SubjectPublicKeyInfo); `None` for a record or a policy.
    pub const fn seal(&self) -> Option<&Digest> {
        match self {
            Self::SealUse(SealUse { seal, .. })
            | Self::SealOpen { seal, .. }
            | Self::SealCertificate { change: SealChange { seal, .. }, .. }
            | Self::SealSuspend(SealChange { seal, .. })
            | Self::SealResume(SealChange { seal, .. })
            | Self::SealRetire(SealChange { seal, .. })
            | Self::SealVoid { seal, .. } => Some(seal),
            Self::Record { .. } | Self::Policy { .. } => None,
        }
    }

    /// Whether it names the salted digest of this approval, decision or custodian.
    pub fn rests_on(&self, digest: &Digest) -> bool {
        match self {
            Self::SealUse(SealUse { approvals, .. }) => approvals.0.contains(digest),
            Self::SealOpen { custodians: named, .. }
            | Self::Record { statements: named, .. }
            | Self::SealCertificate { change: SealChange { approvals: named, .. }, .. }
            | Self::SealSuspend(SealChange { approvals: named, .. })
            | Self::SealResume(SealChange { approvals: named, .. })
            | Self::SealRetire(SealChange { approvals: named, .. })
            | Self::SealVoid { reason: VoidReason::Withdrawn(named), .. } => named.0.contains(digest),
            Self::SealVoid { reason: VoidReason::Unfinished, .. } | Self::Policy { .. } => false,
        }
    }

    /// The day it states.
    pub const fn day(&self) -> Date {
        match self {
            Self::SealUse(SealUse { day, .. })
            | Self::SealOpen { day, .. }
            | Self::SealCertificate { change: SealChange { day, .. }, .. }
            | Self::SealSuspend(SealChange { day, .. })
            | Self::SealResume(SealChange { day, .. })
            | Self::SealRetire(SealChange { day, .. })
            | Self::SealVoid { day, .. }
            | Self::Record { day, .. }
            | Self::Policy { day, .. } => *day,
        }
    }

    /// The one spelling of this entry: what is hashed into the tree and stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\n", self.kind());
        let mut line = |word: &str, value: &dyn std::fmt::Display| text.push_str(&format!("{word} {value}\n"));
        if let Some(seal) = self.seal() {
            line("seal", seal);
        }
        match self {
            Self::SealUse(SealUse { template, document, approvals, .. }) => {
                line("template", template);
                line("document", document);
                approvals.0.iter().for_each(|digest| line("approval", digest));
            }
            Self::SealOpen { certificate, code, custodians, .. } => {
                line("certificate", certificate);
                line("code", &code.0);
                custodians.0.iter().for_each(|digest| line("custodian", digest));
            }
            Self::SealCertificate { certificate, change } => {
                line("certificate", certificate);
                change.approvals.0.iter().for_each(|digest| line("approval", digest));
            }
            Self::SealSuspend(change) | Self::SealResume(change) | Self::SealRetire(change) => {
                change.approvals.0.iter().for_each(|digest| line("approval", digest));
            }
            Self::SealVoid { index, reason, .. } => {
                line("index", index);
                match reason {
                    VoidReason::Unfinished => line("reason", &"unfinished"),
                    VoidReason::Withdrawn(approvals) => {
                        line("reason", &"withdrawn");
                        approvals.0.iter().for_each(|digest| line("approval", digest));
                    }
                }
            }
            Self::Record { about, statements, .. } => {
                line("about", &about.as_str());
                statements.0.iter().for_each(|digest| line("statement", digest));
            }
            Self::Policy { policy, .. } => line("policy", policy),
        }
        line("day", &self.day());
        text.into_bytes()
    }

    /// Reads an entry; only its one spelling is accepted.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLong);
        }
        let text = str::from_utf8(bytes).map_err(|_| EntryError::NotCanonical)?;
        let (kind, rest) = text.split_once('\n').ok_or(EntryError::UnknownKind)?;
        let entry = Self::parse_lines(kind, Lines(rest))?;
        // Whatever leniency the steps above have ends here.
        if entry.to_bytes() == bytes { Ok(entry) } else { Err(EntryError::NotCanonical) }
    }

    fn parse_lines(kind: &str, mut lines: Lines<'_>) -> Result<Self, EntryError> {
        let change = |mut lines: Lines<'_>| {
            let (seal, approvals) = (lines.digest("seal")?, lines.salted("approval")?);
            Ok(SealChange { seal, approvals, day: lines.day()? })
        };
        Ok(match kind {
            "seal-use/v1" => Self::SealUse(SealUse {
                seal: lines.digest("seal")?,
                template: lines.digest("template")?,
                document: lines.digest("document")?,
                approvals: lines.salted("approval")?,
                day: lines.day()?,
            }),
            "seal-open/v1" => Self::SealOpen {
                seal: lines.digest("seal")?,
                certificate: lines.digest("certificate")?,
                code: lines.value("code")?.parse()?,
                custodians: lines.salted("custodian")?,
                day: lines.day()?,
            },
            "seal-certificate/v1" => {
                let (seal, certificate) = (lines.digest("seal")?, lines.digest("certificate")?);
                let change = SealChange { seal, approvals: lines.salted("approval")?, day: lines.day()? };
                Self::SealCertificate { certificate, change }
            }
            "seal-suspend/v1" => Self::SealSuspend(change(lines)?),
            "seal-resume/v1" => Self::SealResume(change(lines)?),
            "seal-retire/v1" => Self::SealRetire(change(lines)?),
            "seal-void/v1" => Self::SealVoid {
                seal: lines.digest("seal")?,
                index: parse_decimal(lines.value("index")?).ok_or(EntryError::Line("index"))?,
                reason: match lines.value("reason")? {
                    "unfinished" => VoidReason::Unfinished,
                    "withdrawn" => VoidReason::Withdrawn(lines.salted("approval")?),
                    _ => return Err(EntryError::Line("reason")),
                },
                day: lines.day()?,
            },
            "record/v1" => {
                let word = lines.value("about")?;
                let about = About::ALL.into_iter().find(|about| about.as_str() == word);
                let about = about.ok_or(EntryError::Line("about"))?;
                Self::Record { about, statements: lines.salted("statement")?, day: lines.day()? }
            }
            "policy/v1" => Self::Policy { policy: lines.digest("policy")?, day: lines.day()? },
            _ => return Err(EntryError::UnknownKind),
        })
    }
}

/// The lines not read yet.
struct Lines<'a>(&'a str);

impl<'a> Lines<'a> {
    fn optional(&mut self, word: &str) -> Option<&'a str> {
        let (line, rest) = self.0.split_once('\n')?;
        let value = line.strip_prefix(word)?.strip_prefix(' ')?;
        self.0 = rest;
        Some(value)
    }

    fn value(&mut self, word: &'static str) -> Result<&'a str, EntryError> {
        self.optional(word).ok_or(EntryError::Line(word))
    }

    fn digest(&mut self, word: &'static str) -> Result<Digest, EntryError> {
        self.value(word)?.parse().map_err(|_| EntryError::Line(word))
    }

    fn salted<const MIN: usize>(&mut self, word: &'static str) -> Result<Salted<MIN>, EntryError> {
        let mut digests = Vec::new();
        while let Some(value) = self.optional(word) {
            digests.push(value.parse().map_err(|_| EntryError::Line(word))?);
        }
        Salted::new(digests)
    }

    fn day(&mut self) -> Result<Date, EntryError> {
        self.value("day")?.parse().map_err(|_| EntryError::Line("day"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const C: &str = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

    fn use_text() -> String {
        format!("seal-use/v1\nseal {A}\ntemplate {B}\ndocument {C}\napproval {A}\napproval {B}\nday 2026-11-22\n")
    }

    /// One text for each kind, written by hand after docs/LEDGER.md.
    fn every_kind() -> Vec<String> {
        vec![
            use_text(),
            format!("seal-open/v1\nseal {A}\ncertificate {B}\ncode 22020100000017\ncustodian {C}\nday 2026-01-05\n"),
            format!("seal-certificate/v1\nseal {A}\ncertificate {B}\napproval {B}\nday 2026-01-05\n"),
            format!("seal-suspend/v1\nseal {A}\napproval {B}\nday 2026-01-05\n"),
            format!("seal-resume/v1\nseal {A}\napproval {B}\napproval {C}\nday 2026-01-06\n"),
            format!("seal-retire/v1\nseal {A}\napproval {B}\nday 2026-01-07\n"),
            format!("seal-void/v1\nseal {A}\nindex 0\nreason unfinished\nday 2026-01-05\n"),
            format!(
                "seal-void/v1\nseal {A}\nindex 18446744073709551615\nreason withdrawn\napproval {B}\nday 2026-01-05\n"
            ),
            format!("record/v1\nabout letter\nstatement {A}\nstatement {B}\nday 2026-01-05\n"),
            format!("policy/v1\npolicy {A}\nday 2024-02-29\n"),
        ]
    }

    #[test]
    fn every_kind_has_the_spelling_of_the_grammar() {
        let a: Digest = A.parse().unwrap();
        for text in every_kind() {
            let entry = Entry::parse(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(entry.to_bytes()).unwrap(), text);
            assert!(text.starts_with(entry.kind()));
            assert!(text.ends_with(&format!("day {}\n", entry.day())));
            assert_eq!(
                entry.seal().copied(),
                (!["policy", "record"].iter().any(|kind| text.starts_with(kind))).then_some(a)
            );
        }
        let digest = |text: &str| text.parse().unwrap();
        let entry = Entry::SealUse(SealUse {
            seal: a,
            template: digest(B),
            document: digest(C),
            approvals: Salted::new([digest(B), digest(A)]).unwrap(),
            day: date(2026, 11, 22),
        });
        assert_eq!(entry.to_bytes(), use_text().as_bytes());
    }

    #[test]
    fn the_longest_entry_is_short_enough() {
        let digests = |count: u8| (0..count).map(|i| Digest::of(&[i]));
        let approvals = Salted::new(digests(MAX_SALTED as u8)).unwrap();
        let a = Digest::of(b"");
        let longest = Entry::SealUse(SealUse { seal: a, template: a, document: a, approvals, day: date(2026, 11, 22) });
        assert_eq!(longest.to_bytes().len(), 541);
        assert_eq!(Entry::parse(&longest.to_bytes()), Ok(longest));
        assert_eq!(Salted::<2>::new(digests(5)), Err(EntryError::Salted(2)));
        assert_eq!(Salted::<2>::new(digests(1)), Err(EntryError::Salted(2)));
        assert_eq!(Salted::<2>::new([a, a]), Err(EntryError::Salted(2)));
        assert_eq!(Entry::parse(&[b'a'; MAX_ENTRY_BYTES + 1]), Err(EntryError::TooLong));
    }

    #[test]
    fn anything_but_the_one_spelling_is_refused() {
        use EntryError::*;
        let text = use_text();
        let cases = [
            (String::new(), UnknownKind),
            ("seal-use/v1".to_owned(), UnknownKind),
            (text.replace("seal-use/v1", "seal-use/v2"), UnknownKind),
            (text.replace("seal-use/v1", "Seal-use/v1"), UnknownKind),
            (text.replace("seal-use/v1", " seal-use/v1"), UnknownKind),
            (text.replace('\n', "\r\n"), UnknownKind),
            (text.replace("template", "templates"), Line("template")),
            (text.replace("template ", "template  "), Line("template")),
            (text.replace(B, &B.to_uppercase()), Line("template")),
            (text.replace(B, &B[1..]), Line("template")),
            (text.replace(&format!("document {C}\n"), ""), Line("document")),
            (text.replace(&format!("approval {A}\n"), ""), Salted(2)),
            (text.replace(&format!("approval {A}\n"), &format!("approval {B}\n")), Salted(2)),
            (text.replace(&format!("approval {A}\n"), &format!("approval {C}\n")), NotCanonical),
            (text.replace("2026-11-22", "2026-02-30"), Line("day")),
            (text.replace("2026-11-22", "2026-11-22T08:00"), NotCanonical),
            (text.replace("2026-11-22", "20261122"), NotCanonical),
            (text.replace("2026-11-22", "+002026-11-22"), NotCanonical),
            (text.replace("2026-11-22\n", "2026-11-22"), Line("day")),
            (format!("{text}\n"), NotCanonical),
            (format!("{text}note x\n"), NotCanonical),
        ];
        for (text, error) in cases {
            assert_eq!(Entry::parse(text.as_bytes()), Err(error), "{text}");
        }
        let void = format!("seal-void/v1\nseal {A}\nindex 7\nreason unfinished\nday 2026-01-05\n");
        assert!(Entry::parse(void.as_bytes()).is_ok());
        assert_eq!(Entry::parse(void.replace(" 7", " 07").as_bytes()), Err(Line("index")));
        assert_eq!(Entry::parse(void.replace("unfinished", "mistake").as_bytes()), Err(Line("reason")));
        assert_eq!(Entry::parse(void.replace("unfinished", "withdrawn").as_bytes()), Err(Salted(1)));
        let open = &every_kind()[1];
        assert_eq!(Entry::parse(open.replace("22020100000017", "2202010000001").as_bytes()), Err(SealCode));
    }

    #[test]
    fn no_flipped_bit_gives_the_same_entry() {
        for text in every_kind() {
            let entry = Entry::parse(text.as_bytes()).unwrap();
            for bit in 0..text.len() * 8 {
                let mut bytes = text.clone().into_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                if let Ok(other) = Entry::parse(&bytes) {
                    assert_ne!(other, entry);
                    assert_eq!(other.to_bytes(), bytes);
                }
            }
        }
    }

    #[test]
    fn a_statement_is_hidden_by_its_salt() {
        // printf '\0…\0hello' (32 zero bytes) | sha256sum
        let expected = "a41de667c15557cbd8acdd71ef0fef5dc73561374baed8330f8adb0e1424cd62";
        assert_eq!(approval_digest(&[0; 32], b"hello").to_string(), expected);
    }
}
