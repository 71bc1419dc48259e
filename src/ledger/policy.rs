//! Trust policies (C2SP tlog-policy): which logs and witnesses a verifier believes, and how many witnesses are enough.
//!
//! The caller vouches for a policy's text; nothing in it is taken from a proof. Names and URLs must be UTF-8 here, which
//! the specification recommends.

use std::collections::HashMap;

use super::encoding::parse_decimal;
use super::note::{KeyKind, NoteError, VerifierKey};

/// Longest policy, in bytes.
pub const MAX_POLICY_BYTES: usize = 64 * 1024;
/// Most logs, most witnesses and most groups; the specification asks for at least 32 of each.
pub const MAX_OF_EACH: usize = 64;

/// Why a text is not a policy; lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Over [`MAX_POLICY_BYTES`].
    #[error("the policy is longer than {MAX_POLICY_BYTES} bytes")]
    TooLong,
    /// A control character other than tab and newline (a carriage return, for one).
    #[error("line {0}: control character")]
    ControlCharacter(usize),
    /// None of the four forms of a line.
    #[error("line {0}: not a log, witness, group or quorum line")]
    Line(usize),
    /// A key is malformed or of a type that its line cannot have.
    #[error("line {line}: {cause}")]
    Key {
        /// The line.
        line: usize,
        /// What is wrong with the key.
        cause: NoteError,
    },
    /// A log line has a key of a witness's type or the other way round.
    #[error("line {0}: the key is of the wrong type for this line")]
    KeyType(usize),
    /// The public key stands on an earlier line of this sort.
    #[error("line {0}: the key occurs twice")]
    DuplicateKey(usize),
    /// The name is taken, or is `none`.
    #[error("line {0}: the name is taken")]
    DuplicateName(usize),
    /// No earlier line defines the name.
    #[error("line {0}: the name is not defined above")]
    UnknownName(usize),
    /// A witness or group is a member already, here or of another group.
    #[error("line {0}: a name may be a member only once")]
    MemberTwice(usize),
    /// The threshold is not between 1 and the number of members.
    #[error("line {0}: the threshold must lie between 1 and the number of members")]
    Threshold(usize),
    /// Over [`MAX_OF_EACH`].
    #[error("line {0}: more than {MAX_OF_EACH} of a sort")]
    TooMany(usize),
    /// There is no quorum line, or there are two.
    #[error("the policy must have exactly one quorum line")]
    Quorum,
}

/// A log that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its key; the key's name is the log's origin.
    pub key: VerifierKey,
    /// Where it is reached, if the policy says so.
    pub url: Option<String>,
}

/// A witness whose cosignatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What the policy calls it.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Its submission prefix (C2SP tlog-witness), if the policy says so.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    threshold: usize,
    members: Vec<Member>,
}

/// Which checkpoints are believed: signed by one of the logs and cosigned by a quorum of the witnesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    /// Members are witnesses or earlier groups.
    groups: Vec<Group>,
    quorum: Option<Member>,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`PolicyError`] naming the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(PolicyError::TooLong);
        }
        let mut reader = Reader::default();
        for (number, line) in (1..).zip(text.split('\n')) {
            if line.contains(|c: char| c.is_ascii_control() && c != '\t') {
                return Err(PolicyError::ControlCharacter(number));
            }
            let words: Vec<_> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            if words.first().is_some_and(|word| !word.starts_with('#')) {
                reader.line(number, &words)?;
            }
        }
        let quorum = reader.quorum.ok_or(PolicyError::Quorum)?;
        Ok(Self { logs: reader.logs, witnesses: reader.witnesses, groups: reader.groups, quorum })
    }

    /// The logs that are believed.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses whose cosignatures count.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether the quorum is `none`: then nobody but the log vouches for its history.
    pub const fn is_unwitnessed(&self) -> bool {
        self.quorum.is_none()
    }

    /// Whether cosignatures by the witnesses for which `cosigned` holds are a quorum.
    pub fn is_quorum(&self, cosigned: impl Fn(&Witness) -> bool) -> bool {
        let witnesses: Vec<bool> = self.witnesses.iter().map(cosigned).collect();
        let mut groups = Vec::new();
        for Group { threshold, members } in &self.groups {
            let present = members.iter().filter(|member| is_present(**member, &witnesses, &groups)).count();
            groups.push(present >= *threshold);
        }
        self.quorum.is_none_or(|member| is_present(member, &witnesses, &groups))
    }
}

fn is_present(member: Member, witnesses: &[bool], groups: &[bool]) -> bool {
    match member {
        Member::Witness(place) => witnesses[place],
        Member::Group(place) => groups[place],
    }
}

#[derive(Default)]
struct Reader {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    names: HashMap<String, Member>,
    members: Vec<Member>,
    quorum: Option<Option<Member>>,
}

impl Reader {
    fn line(&mut self, number: usize, words: &[&str]) -> Result<(), PolicyError> {
        match words {
            ["log", key, url @ ..] if url.len() < 2 => self.log(number, key, url.first()),
            ["witness", name, key, url @ ..] if url.len() < 2 => self.witness(number, name, key, url.first()),
            ["group", name, threshold, members @ ..] if !members.is_empty() => {
                self.group(number, name, threshold, members)
            }
            ["quorum", name] => {
                let quorum = if *name == "none" { None } else { Some(self.defined(number, name)?) };
                if self.quorum.replace(quorum).is_some() { Err(PolicyError::Quorum) } else { Ok(()) }
            }
            _ => Err(PolicyError::Line(number)),
        }
    }

    fn log(&mut self, number: usize, key: &str, url: Option<&&str>) -> Result<(), PolicyError> {
        let key = verifier_key(number, key, KeyKind::Log, self.logs.iter().map(|log| &log.key))?;
        self.logs.push(Log { key, url: url.map(ToString::to_string) });
        limit(number, self.logs.len())
    }

    fn witness(&mut self, number: usize, name: &str, key: &str, url: Option<&&str>) -> Result<(), PolicyError> {
        let key = verifier_key(number, key, KeyKind::Witness, self.witnesses.iter().map(|witness| &witness.key))?;
        self.define(number, name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witness { name: name.to_owned(), key, url: url.map(ToString::to_string) });
        limit(number, self.witnesses.len())
    }

    fn group(&mut self, number: usize, name: &str, threshold: &str, names: &[&str]) -> Result<(), PolicyError> {
        let mut members = Vec::new();
        for name in names {
            let member = self.defined(number, name)?;
            if self.members.contains(&member) {
                return Err(PolicyError::MemberTwice(number));
            }
            self.members.push(member);
            members.push(member);
        }
        let threshold = match threshold {
            "any" => Some(1),
            "all" => Some(members.len()),
            k => parse_decimal(k).and_then(|k| usize::try_from(k).ok()),
        };
        let threshold = threshold.filter(|k| (1..=members.len()).contains(k)).ok_or(PolicyError::Threshold(number))?;
        self.define(number, name, Member::Group(self.groups.len()))?;
        self.groups.push(Group { threshold, members });
        limit(number, self.groups.len())
    }

    fn define(&mut self, number: usize, name: &str, member: Member) -> Result<(), PolicyError> {
        if name == "none" || self.names.insert(name.to_owned(), member).is_some() {
            return Err(PolicyError::DuplicateName(number));
        }
        Ok(())
    }

    fn defined(&self, number: usize, name: &str) -> Result<Member, PolicyError> {
        self.names.get(name).copied().ok_or(PolicyError::UnknownName(number))
    }
}

fn verifier_key<'a>(
    line: usize,
    text: &str,
    kind: KeyKind,
    mut others: impl Iterator<Item = &'a VerifierKey>,
) -> Result<VerifierKey, PolicyError> {
    let key: VerifierKey = text.parse().map_err(|cause| PolicyError::Key { line, cause })?;
    if key.kind() != kind {
        return Err(PolicyError::KeyType(line));
    }
    // Same name and id with another key would leave open which one a signature line means.
    let clash = |other: &VerifierKey| {
        other.public_key() == key.public_key() || (other.name() == key.name() && other.id() == key.id())
    };
    if others.any(clash) { Err(PolicyError::DuplicateKey(line)) } else { Ok(key) }
}

const fn limit(line: usize, count: usize) -> Result<(), PolicyError> {
    if count > MAX_OF_EACH { Err(PolicyError::TooMany(line)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sample::Signer;

    fn witness(name: &str) -> String {
        format!("witness {name} {}", Signer::new(name).witness_key())
    }

    fn log() -> String {
        format!("log {}", Signer::new("hall.example/log").log_key())
    }

    /// The two-level example of C2SP tlog-policy.
    fn example() -> String {
        let witnesses: Vec<_> = ["X1", "X2", "X3", "Y1", "Y2", "Y3"].map(witness).into();
        let groups = "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n\
                      group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";
        format!("{}\n\n# who looks\n{}\n{groups}", log(), witnesses.join("\n"))
    }

    #[test]
    fn the_specifications_example_counts_its_groups() {
        let policy = Policy::parse(&example()).unwrap();
        assert_eq!((policy.logs().len(), policy.witnesses().len(), policy.is_unwitnessed()), (1, 6, false));
        let quorum = |names: &[&str]| policy.is_quorum(|witness| names.contains(&witness.name.as_str()));
        assert!(quorum(&["X1", "X3", "Y2"]));
        assert!(quorum(&["X1", "X2", "X3", "Y1", "Y2", "Y3"]));
        assert!(!quorum(&["X1", "Y1", "Y2", "Y3"]));
        assert!(!quorum(&["X1", "X2", "X3"]));
        assert!(!quorum(&[]));
    }

    #[test]
    fn urls_white_space_and_comments_are_read() {
        let text =
            format!("\t# 信任\n  {} \thttps://hall.example/log/\t\n{} http://w/\nquorum w1", log(), witness("w1"));
        let policy = Policy::parse(&text).unwrap();
        assert_eq!(policy.logs()[0].url.as_deref(), Some("https://hall.example/log/"));
        assert_eq!(policy.witnesses()[0].url.as_deref(), Some("http://w/"));
        let none = Policy::parse("quorum none\n").unwrap();
        assert!(none.is_unwitnessed() && none.is_quorum(|_| false) && none.logs().is_empty());
    }

    #[test]
    fn thirty_two_of_each_are_accepted() {
        let mut text = String::new();
        for i in 0..32 {
            text += &format!("log {}\n", Signer::new(&format!("log{i}")).log_key());
            text += &format!("{}\ngroup g{i} all w{i}\n", witness(&format!("w{i}")));
        }
        assert!(Policy::parse(&format!("{text}quorum g31\n")).is_ok());
        for i in 32..=MAX_OF_EACH {
            text += &format!("{}\n", witness(&format!("w{i}")));
        }
        assert!(matches!(Policy::parse(&format!("{text}quorum none\n")), Err(PolicyError::TooMany(_))));
    }

    #[test]
    fn what_the_specification_forbids_is_refused_with_its_line() {
        use PolicyError::*;
        let (w1, w2) = (witness("w1"), witness("w2"));
        let with = |rest: &str| format!("{w1}\n{w2}\n{rest}");
        let log_as_witness = format!("witness w3 {}\nquorum none\n", Signer::new("w3").log_key());
        let witness_as_log = format!("log {}\nquorum none\n", Signer::new("w3").witness_key());
        let again = w1.replacen("w1", "w3", 1);
        let cases = [
            (String::new(), Quorum),
            (with("quorum w1\nquorum w2\n"), Quorum),
            (with("quorum w3\n"), UnknownName(3)),
            (with("quorum\n"), Line(3)),
            (with("quorum w1 w2\n"), Line(3)),
            (with("Quorum w1\n"), Line(3)),
            (with("quorum w1\r\n"), ControlCharacter(3)),
            (with("group g 1\nquorum g\n"), Line(3)),
            (with("group g 0 w1\nquorum g\n"), Threshold(3)),
            (with("group g 3 w1 w2\nquorum g\n"), Threshold(3)),
            (with("group g 01 w1 w2\nquorum g\n"), Threshold(3)),
            (with("group g some w1 w2\nquorum g\n"), Threshold(3)),
            (with("group g 1 w1 w1\nquorum g\n"), MemberTwice(3)),
            (with("group g 1 w1\ngroup h 1 w1\nquorum g\n"), MemberTwice(4)),
            (with("group g 1 none\nquorum g\n"), UnknownName(3)),
            (with("group g 1 g\nquorum g\n"), UnknownName(3)),
            (with("quorum g\ngroup g 1 w1\n"), UnknownName(3)),
            (with("group w1 1 w2\nquorum w1\n"), DuplicateName(3)),
            (with("group none 1 w2\nquorum none\n"), DuplicateName(3)),
            (with(&format!("{again}\nquorum none\n")), DuplicateKey(3)),
            (format!("{0}\n{0}\nquorum none\n", log()), DuplicateKey(2)),
            (log_as_witness, KeyType(1)),
            (witness_as_log, KeyType(1)),
            (format!("{} u v\nquorum none\n", log()), Line(1)),
            ("log x\nquorum none\n".to_owned(), Key { line: 1, cause: NoteError::VerifierKey }),
            (format!("#{}\nquorum none\n", "x".repeat(MAX_POLICY_BYTES)), TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(Policy::parse(&text), Err(error), "{text}");
        }
    }
}
