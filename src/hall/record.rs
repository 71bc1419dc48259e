//! What an act did to which rows, and who did it why: one canonical text, whose salted digest stands in the ledger.
//!
//! The rows of staff, letters, seals and all else that is decided by people are the fold of these records, so that a row
//! that was edited or removed behind the service's back is found by comparing. [`Record::parse`] accepts one spelling.
//!
//! ```text
//! yinxin-record/v1
//! act letter.revoke
//! who 01985b2e-7c00-7000-8000-000000000002
//! second 01985b2e-7c00-7000-8000-000000000003
//! at 2026-11-20T02:00:00.000000Z
//! why "首席代表调离"
//! row letter "01985b2e-7c00-7000-8000-000000000004"
//!   revoked_at 1763604000000000
//! new seal "01985b2e-7c00-7000-8000-000000000005"
//!   state "active"
//!   key x0a1b
//!   chain null
//! ```

use std::fmt::{Display, Write};

use jiff::Timestamp;

use super::id::{NotValid, StaffId};

const HEADER: &str = "yinxin-record/v1";
const NOT_VALID: NotValid =
    NotValid { what: "Record", rule: "a header, then rows with their columns, in the one spelling" };

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Text, written as a JSON string.
    Text(String),
    /// A number.
    Int(i64),
    /// Yes or no.
    Flag(bool),
    /// Bytes, written in hexadecimal after an `x`.
    Bytes(Vec<u8>),
}

impl Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Int(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Bytes(bytes) => write!(f, "x{}", hex::encode(bytes)),
        }
    }
}

impl std::str::FromStr for Value {
    type Err = NotValid;

    fn from_str(text: &str) -> Result<Self, NotValid> {
        Ok(match text {
            "null" => Self::Null,
            "true" => Self::Flag(true),
            "false" => Self::Flag(false),
            _ if text.starts_with('"') => Self::Text(unquoted(text)?),
            _ => match text.strip_prefix('x') {
                Some(digits) => Self::Bytes(hex::decode(digits).map_err(|_| NOT_VALID)?),
                None => Self::Int(text.parse().map_err(|_| NOT_VALID)?),
            },
        })
    }
}

macro_rules! from {
    ($($from:ty => $kind:ident($value:ident: $into:expr),)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                Self::$kind($into)
            }
        }
    )*};
}

from! {
    &str => Text(v: v.to_owned()),
    String => Text(v: v),
    &String => Text(v: v.clone()),
    i64 => Int(v: v),
    bool => Flag(v: v),
    &[u8] => Bytes(v: v.to_vec()),
    Vec<u8> => Bytes(v: v),
    &Vec<u8> => Bytes(v: v.clone()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The table.
    pub table: String,
    /// The row's key.
    pub key: String,
    /// Whether the row comes into being by this record.
    pub new: bool,
    /// The columns that are set, in the order written.
    pub set: Vec<(String, Value)>,
}

/// What an act did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Which act, for example `letter.revoke`.
    pub act: String,
    /// Who; `None`: nobody yet, when a hall is set up.
    pub who: Option<StaffId>,
    /// The second person where an act needs two.
    pub second: Option<StaffId>,
    /// When, written to the microsecond.
    pub at: Timestamp,
    /// Why, in somebody's words.
    pub why: Option<String>,
    /// The rows it made or changed.
    pub rows: Vec<Row>,
}

impl Record {
    /// The one spelling.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{HEADER}\nact {}\n", self.act);
        let mut line = |word: &str, value: &dyn Display| {
            let _ = writeln!(text, "{word} {value}"); // writing to a String cannot fail
        };
        if let Some(who) = &self.who {
            line("who", who);
        }
        if let Some(second) = &self.second {
            line("second", second);
        }
        line("at", &format_args!("{:.6}", self.at));
        if let Some(why) = &self.why {
            line("why", &quoted(why));
        }
        for row in &self.rows {
            line(if row.new { "new" } else { "row" }, &format_args!("{} {}", row.table, quoted(&row.key)));
            for (column, value) in &row.set {
                line(&format!("  {column}"), value);
            }
        }
        text.into_bytes()
    }

    /// Reads a record; only its one spelling is accepted.
    ///
    /// # Errors
    /// [`NotValid`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NotValid> {
        let text = str::from_utf8(bytes).map_err(|_| NOT_VALID)?;
        let mut lines = text.lines().peekable();
        let mut header = |word: &str| {
            let line = lines.next_if(|line| line.split(' ').next() == Some(word))?;
            line.split_once(' ').map(|(_, value)| value.to_owned())
        };
        if header("yinxin-record/v1").is_some() || !text.starts_with(HEADER) {
            return Err(NOT_VALID);
        }
        let act = header("act").ok_or(NOT_VALID)?;
        let who = header("who").map(|who| who.parse()).transpose()?;
        let second = header("second").map(|second| second.parse()).transpose()?;
        let at = header("at").and_then(|at| at.parse().ok()).ok_or(NOT_VALID)?;
        let why = header("why").map(|why| unquoted(&why)).transpose()?;
        let mut rows: Vec<Row> = Vec::new();
        for line in lines {
            let (word, rest) = line.trim_start_matches("  ").split_once(' ').ok_or(NOT_VALID)?;
            match (line.starts_with("  "), word, rows.last_mut()) {
                (true, column, Some(row)) => row.set.push((column.to_owned(), rest.parse()?)),
                (false, "new" | "row", _) => {
                    let (table, key) = rest.split_once(' ').ok_or(NOT_VALID)?;
                    let (table, key) = (table.to_owned(), unquoted(key)?);
                    rows.push(Row { table, key, new: word == "new", set: Vec::new() });
                }
                _ => return Err(NOT_VALID),
            }
        }
        let record = Self { act, who, second, at, why, rows };
        if record.to_bytes() == bytes { Ok(record) } else { Err(NOT_VALID) }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn unquoted(text: &str) -> Result<String, NotValid> {
    serde_json::from_str(text).map_err(|_| NOT_VALID)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "yinxin-record/v1
act letter.revoke
who 01985b2e-7c00-7000-8000-000000000002
second 01985b2e-7c00-7000-8000-000000000003
at 2026-11-20T02:00:00.000000Z
why \"两行\\n原因\"
row letter \"01985b2e\"
  revoked_at -1763604000000000
new seal \"s \\\" 1\"
  state \"active\"
  key x0a1b
  chain null
  active true
";

    fn record() -> Record {
        let set = |columns: Vec<(&str, Value)>| columns.into_iter().map(|(c, v)| (c.to_owned(), v)).collect();
        Record {
            act: "letter.revoke".to_owned(),
            who: Some("01985b2e-7c00-7000-8000-000000000002".parse().unwrap()),
            second: Some("01985b2e-7c00-7000-8000-000000000003".parse().unwrap()),
            at: "2026-11-20T02:00:00Z".parse().unwrap(),
            why: Some("两行\n原因".to_owned()),
            rows: vec![
                Row {
                    table: "letter".to_owned(),
                    key: "01985b2e".to_owned(),
                    new: false,
                    set: set(vec![("revoked_at", Value::Int(-1_763_604_000_000_000))]),
                },
                Row {
                    table: "seal".to_owned(),
                    key: "s \" 1".to_owned(),
                    new: true,
                    set: set(vec![
                        ("state", "active".into()),
                        ("key", vec![10, 27].into()),
                        ("chain", Value::Null),
                        ("active", true.into()),
                    ]),
                },
            ],
        }
    }

    #[test]
    fn is_written_and_read_in_one_spelling() {
        assert_eq!(String::from_utf8(record().to_bytes()).unwrap(), TEXT);
        assert_eq!(Record::parse(TEXT.as_bytes()), Ok(record()));
    }

    #[test]
    fn no_other_spelling_is_read() {
        let others = [
            TEXT.replace("x0a1b", "x0A1B"),
            TEXT.replace("  state", " state"),
            TEXT.replace("  state", "    state"),
            TEXT.replace("-1763604", "-01763604"),
            TEXT.replace("00.000000Z", "00Z"),
            TEXT.replace("\"active\"", "\"\\u0061ctive\""),
            TEXT.replace("\n", "\r\n"),
            TEXT.replace("second", "third"),
            TEXT.replace("yinxin-record/v1", "yinxin-record/v1 "),
            TEXT.replace("row letter", "old letter"),
            TEXT.trim_end().to_owned(),
            format!("{TEXT}\n"),
            TEXT.lines().skip(1).map(|line| format!("{line}\n")).collect(),
            String::new(),
        ];
        for other in others {
            assert_eq!(Record::parse(other.as_bytes()), Err(NOT_VALID), "{other}");
        }
    }
}
