//! What somebody says when asking for a use of a seal, or when approving or refusing it: one canonical text.
//!
//! The bytes are what a passkey signs and what the ledger's salted digest covers; the same statement always gives the
//! same bytes, and [`Statement::parse`] accepts no other spelling.
//!
//! ```text
//! yinxin-approval/v1
//! certificate 01985b2e-7c00-7000-8000-000000000001
//! document <hex SHA-256 of the unsealed PDF>
//! template <hex SHA-256 of the template version>
//! seal <hex SHA-256 of the seal's SubjectPublicKeyInfo>
//! item 220201-scjg-001
//! case 2026-A01-000001
//! step chief
//! decision approve
//! who 01985b2e-7c00-7000-8000-000000000002
//! by passkey <hex SHA-256 of the passkey's SubjectPublicKeyInfo>    (or: totp, session)
//! at 2026-11-20T02:00:00.000000Z
//! meeting <hex SHA-256 of the record of the meeting that decided, where there was one>
//! ```
//!
//! A request ends with `accepted` instead, followed by two digests: of the case and of the document as they were accepted
//! ([`Accepted`]). With the request's salted digest they stand in the ledger, so that rows altered later are found.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;

use crate::digest::Digest;
use crate::hall::id::{CaseNumber, CertificateId, ItemCode, StaffId};
use crate::hall::means::Means;
use crate::hall::spelling::spelled;
use crate::hall::staff::Duty;

/// The first line: no other text of ours begins with it.
const HEADER: &str = "yinxin-approval/v1";
/// No statement is longer, in bytes.
pub const MAX_STATEMENT: usize = 1024;

spelled! {
    /// Who decides a use: one after the other, never the same person twice.
    pub enum Step {
        /// The clerk who asks.
        Request = "request",
        /// A reviewer of the approval office, where the item has that step.
        Review = "review",
        /// Another one, where the item has that step, too.
        SecondReview = "second-review",
        /// The chief representative or a deputy.
        Chief = "chief",
        /// The department's leader.
        Leader = "leader",
    }
}

impl Step {
    /// Whether it is for people of this duty to decide in it.
    pub const fn is_decided_by(self, duty: Duty) -> bool {
        matches!(
            (self, duty),
            (Self::Request, Duty::Clerk)
                | (Self::Review | Self::SecondReview, Duty::Reviewer)
                | (Self::Chief, Duty::Chief)
                | (Self::Leader, Duty::Leader)
        )
    }
}

spelled! {
    /// What is said.
    pub enum Decision {
        /// Please seal this: the only decision of the step `request`.
        Ask = "ask",
        /// Yes.
        Approve = "approve",
        /// No.
        Refuse = "refuse",
    }
}

/// A statement about one use of one seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The certificate.
    pub certificate: CertificateId,
    /// SHA-256 of the unsealed PDF, as shown to the person.
    pub document: Digest,
    /// The template version.
    pub template: Digest,
    /// SHA-256 of the SubjectPublicKeyInfo of the seal; in the request for a joint document, of its first seal.
    pub seal: Digest,
    /// The item; in the request for a joint document, the one its first seal is used for.
    pub item: ItemCode,
    /// The case.
    pub case: CaseNumber,
    /// In which step.
    pub step: Step,
    /// What.
    pub decision: Decision,
    /// Who.
    pub who: StaffId,
    /// By what it was confirmed: a passkey signs the digest of this very text.
    pub by: Means,
    /// When, written to the microsecond.
    pub at: Timestamp,
    /// SHA-256 of the record (PDF) of the meeting in which it was decided.
    pub meeting: Option<Digest>,
    /// Of a request, and of nothing else: what was accepted.
    pub accepted: Option<Accepted>,
}

/// What was accepted: digests of the rows of the case and of the document as acceptance wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Of the case.
    pub case: Digest,
    /// Of the document and the uses of seals it asks for.
    pub document: Digest,
}

impl Display for Accepted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.case, self.document)
    }
}

impl FromStr for Accepted {
    type Err = StatementError;

    fn from_str(text: &str) -> Result<Self, StatementError> {
        let digests = text.split_once(' ').and_then(|(case, document)| case.parse().ok().zip(document.parse().ok()));
        digests.map(|(case, document)| Self { case, document }).ok_or(StatementError::Line("accepted"))
    }
}

/// A text is not a statement, or not in its canonical spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Longer than any statement.
    #[error("longer than {MAX_STATEMENT} bytes")]
    TooLong,
    /// Not UTF-8, or not beginning with the header line.
    #[error("not a {HEADER} text")]
    Header,
    /// A line is missing, out of order, or its value is not valid.
    #[error("line `{0}` is missing or not valid")]
    Line(&'static str),
    /// Step and decision do not go together.
    #[error("step and decision do not go together")]
    Decision,
    /// Not the one canonical spelling, or something follows the last line.
    #[error("not in the canonical spelling")]
    NotCanonical,
}

impl Statement {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { certificate, document, template, seal, item, case, step, decision, who, by, at, meeting, accepted } =
            self;
        let mut text = format!(
            "{HEADER}\ncertificate {certificate}\ndocument {document}\ntemplate {template}\nseal {seal}\nitem {item}\n\
             case {case}\nstep {step}\ndecision {decision}\nwho {who}\nby {by}\nat {at:.6}\n"
        );
        if let Some(meeting) = meeting {
            text.push_str(&format!("meeting {meeting}\n"));
        }
        if let Some(accepted) = accepted {
            text.push_str(&format!("accepted {accepted}\n"));
        }
        text.into_bytes()
    }

    /// What a passkey is asked to sign: SHA-256 of the canonical bytes.
    pub fn challenge(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }

    /// The statement in these bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        if bytes.len() > MAX_STATEMENT {
            return Err(StatementError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| StatementError::Header)?;
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return Err(StatementError::Header);
        }
        let mut statement = Self {
            certificate: line(lines.next(), "certificate")?,
            document: line(lines.next(), "document")?,
            template: line(lines.next(), "template")?,
            seal: line(lines.next(), "seal")?,
            item: line(lines.next(), "item")?,
            case: line(lines.next(), "case")?,
            step: line(lines.next(), "step")?,
            decision: line(lines.next(), "decision")?,
            who: line(lines.next(), "who")?,
            by: line(lines.next(), "by")?,
            at: line(lines.next(), "at")?,
            meeting: None,
            accepted: None,
        };
        if statement.step == Step::Request {
            statement.accepted = Some(line(lines.next(), "accepted")?);
        } else {
            statement.meeting = lines.next().map(|last| line(Some(last), "meeting")).transpose()?;
        }
        if (statement.step == Step::Request) != (statement.decision == Decision::Ask) {
            return Err(StatementError::Decision);
        }
        if statement.to_bytes() == bytes { Ok(statement) } else { Err(StatementError::NotCanonical) }
    }

    /// This statement with the salt that hides it in the ledger.
    pub fn salted(self, salt: [u8; 32]) -> SaltedStatement {
        SaltedStatement { statement: self, salt }
    }
}

/// A statement and its salt: both are opened together to an auditor; everybody else sees the digest alone.
#[derive(Clone, PartialEq, Eq)]
pub struct SaltedStatement {
    /// What was said.
    pub statement: Statement,
    /// 32 random bytes, used for this statement only.
    pub salt: [u8; 32],
}

impl SaltedStatement {
    /// SHA-256 of the salt followed by the statement: the `approval` line of the ledger's entry.
    pub fn digest(&self) -> Digest {
        Digest::of_parts(&[&self.salt, &self.statement.to_bytes()])
    }
}

/// Without the salt: whoever knows it can search for the statement.
impl std::fmt::Debug for SaltedStatement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaltedStatement").field("statement", &self.statement).finish_non_exhaustive()
    }
}

fn line<T: FromStr<Err: Display>>(line: Option<&str>, name: &'static str) -> Result<T, StatementError> {
    let value = line.and_then(|line| line.strip_prefix(name)).and_then(|rest| rest.strip_prefix(' '));
    value.and_then(|value| value.parse().ok()).ok_or(StatementError::Line(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn text() -> String {
        format!(
            "yinxin-approval/v1\n\
             certificate 01985b2e-7c00-7000-8000-000000000001\n\
             document {ABC}\n\
             template {ABC}\n\
             seal {ABC}\n\
             item 220201-scjg-001\n\
             case 2026-A01-000001\n\
             step chief\n\
             decision approve\n\
             who 01985b2e-7c00-7000-8000-000000000002\n\
             by passkey {ABC}\n\
             at 2026-11-20T02:00:00.000000Z\n"
        )
    }

    fn statement() -> Statement {
        Statement {
            certificate: "01985b2e-7c00-7000-8000-000000000001".parse().unwrap(),
            document: Digest::of(b"abc"),
            template: Digest::of(b"abc"),
            seal: Digest::of(b"abc"),
            item: "220201-scjg-001".parse().unwrap(),
            case: "2026-A01-000001".parse().unwrap(),
            step: Step::Chief,
            decision: Decision::Approve,
            who: "01985b2e-7c00-7000-8000-000000000002".parse().unwrap(),
            by: Means::Passkey(Digest::of(b"abc")),
            at: "2026-11-20T10:00:00+08:00".parse().unwrap(),
            meeting: None,
            accepted: None,
        }
    }

    #[test]
    fn a_request_says_what_was_accepted() {
        let accepted = Some(Accepted { case: Digest::of(b"abc"), document: Digest::of(b"") });
        let request = Statement { step: Step::Request, decision: Decision::Ask, accepted, ..statement() };
        let bytes = request.to_bytes();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert!(bytes.ends_with(format!("\naccepted {ABC} {empty}\n").as_bytes()));
        assert!(bytes.len() <= MAX_STATEMENT);
        assert_eq!(Statement::parse(&bytes), Ok(request.clone()));
        for other in
            [Statement { accepted: None, ..request.clone() }, Statement { meeting: Some(Digest::of(b"")), ..request }]
        {
            assert_eq!(Statement::parse(&other.to_bytes()), Err(StatementError::Line("accepted")));
        }
        let approval = Statement { accepted, ..statement() };
        assert_eq!(Statement::parse(&approval.to_bytes()), Err(StatementError::Line("meeting")));
    }

    #[test]
    fn has_one_spelling() {
        assert_eq!(String::from_utf8(statement().to_bytes()).unwrap(), text());
        assert_eq!(Statement::parse(text().as_bytes()), Ok(statement()));
        let after_a_meeting = Statement { meeting: Some(Digest::of(b"abc")), ..statement() };
        assert_eq!(String::from_utf8(after_a_meeting.to_bytes()).unwrap(), format!("{}meeting {ABC}\n", text()));
        let longest = Statement {
            item: "i".repeat(64).parse().unwrap(),
            case: "c".repeat(64).parse().unwrap(),
            step: Step::SecondReview,
            ..after_a_meeting
        };
        assert!(longest.to_bytes().len() <= MAX_STATEMENT);
        assert_eq!(Statement::parse(&longest.to_bytes()), Ok(longest));
    }

    #[test]
    fn the_digest_covers_the_salt_and_the_text() {
        let salted = statement().salted([7; 32]);
        let mut input = vec![7; 32];
        input.extend(text().into_bytes());
        assert_eq!(salted.digest(), Digest::of(&input));
        assert_ne!(salted.digest(), statement().salted([8; 32]).digest());
        assert!(!format!("{salted:?}").contains("salt: "));
    }

    #[test]
    fn accepts_nothing_else() {
        use StatementError::*;
        let t = text();
        for (bytes, error) in [
            (t.replace("/v1", "/v2"), Header),
            (t.replace("item ", "thing "), Line("item")),
            (t.replace("item 220201-scjg-001\n", ""), Line("item")),
            (t.replace("chief", "boss"), Line("step")),
            (t.replace("by passkey", "by password"), Line("by")),
            (t.replace(&format!("by passkey {ABC}\n"), ""), Line("by")),
            (t.replace("step chief", "step request"), Line("accepted")),
            (t.replace("decision approve", "decision ask"), Decision),
            (t.replace("02:00:00.000000Z", "02:00:00Z"), NotCanonical),
            (t.replace("02:00:00.000000Z", "10:00:00.000000+08:00"), NotCanonical),
            (t.replace("02:00:00.000000Z", "02:00:00.0000001Z"), NotCanonical),
            (t.replace("\n", "\r\n"), NotCanonical),
            (t.trim_end().to_owned(), NotCanonical),
            (format!("{t}\n"), Line("meeting")),
            (format!("{t}at 2026-11-20T02:00:00.000000Z\n"), Line("meeting")),
            (format!("{t}meeting {ABC}\nmeeting {ABC}\n"), NotCanonical),
            (t.replace("case ", "case  "), Line("case")),
            (t.replace(ABC, &ABC.to_uppercase()), Line("document")),
            ("x".repeat(1025), TooLong),
        ] {
            assert_eq!(Statement::parse(bytes.as_bytes()), Err(error), "{bytes}");
        }
        assert_eq!(Statement::parse(b"\xff"), Err(Header));
    }
}
