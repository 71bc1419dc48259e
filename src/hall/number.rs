//! Certificate numbers: an item's pattern, and the number it gives.
//!
//! A pattern is text with placeholders in braces:
//!
//! | placeholder | gives |
//! |---|---|
//! | `{seq}`, `{seq:6}` | the sequence number, bare or padded with zeros to that width (1 to 12); exactly one |
//! | `{year}` `{year2}` `{month}` `{day}` | of the date of issue: 2026, 26, 11, 20 |
//! | `{date:yyyymmdd}` | 20261120 |
//! | `{主体业态:1食品销售经营者\|2单位食堂}` | the leading digits of the option that the field's value equals |
//! | `{check:mod11,10}` | the check digit (ISO/IEC 7064 MOD 11,10 = GB/T 17710) over all digits before it |
//!
//! Each item has its own sequence. It restarts with the year where the number shows the year; a number that does not
//! show it would come back, so there the sequence runs on for ever: no number is ever used twice. [`Scope`] says which.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde_json::{Map, Value};

/// The widest `{seq:N}`.
const MAX_SEQ_WIDTH: usize = 12;
/// The longest pattern, in characters.
const MAX_PATTERN: usize = 256;

/// An item's number pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPattern {
    source: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Year,
    Year2,
    Month,
    Day,
    FullDate,
    /// Zero for a bare `{seq}`.
    Seq(usize),
    Choice {
        field: String,
        options: Vec<(String, String)>,
    },
    Check,
}

/// Within what a sequence number is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The item's numbers of one year: the sequence starts again at 1 every January.
    Year(i16),
    /// All numbers the item ever had.
    Forever,
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternProblem {
    /// More than 256 characters.
    #[error("longer than {MAX_PATTERN} characters")]
    TooLong,
    /// A `{` without its `}`, or a `}` without its `{`.
    #[error("unmatched `{0}`")]
    Unmatched(char),
    /// White space or a control character outside the placeholders.
    #[error("white space or control character {0:?}")]
    Blank(char),
    /// No such placeholder.
    #[error("unknown placeholder {{{0}}}")]
    Unknown(String),
    /// No `{seq}`: every certificate would have the same number.
    #[error("no {{seq}}")]
    NoSeq,
    /// `{seq}` or `{check}` more than once.
    #[error("{{{0}}} more than once")]
    Twice(&'static str),
    /// `{seq:N}` with an N that is not a number of 1 to 12.
    #[error("{{seq:{0}}}: the width must be 1 to {MAX_SEQ_WIDTH}")]
    SeqWidth(String),
    /// `{check:…}` with a method other than `mod11,10`.
    #[error("{{check:{0}}}: only mod11,10 is known")]
    CheckMethod(String),
    /// A check digit that does not cover the sequence.
    #[error("{{check}} stands before {{seq}}")]
    CheckBeforeSeq,
    /// An option without leading digits or without a text, or digits of different lengths.
    #[error("{{{field}:…}}: option {option:?} must be digits (as many in each) and a text")]
    Option {
        /// The field.
        field: String,
        /// The option as written.
        option: String,
    },
    /// Two options with the same digits or the same text.
    #[error("{{{field}:…}}: option {option:?} stands twice")]
    OptionTwice {
        /// The field.
        field: String,
        /// The option as written.
        option: String,
    },
}

/// Everything wrong with a pattern; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct PatternProblems(pub Vec<PatternProblem>);

/// Why no number can be made. Shown to people at the counter, hence Chinese.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The field that decides a part of the number has none of the values the pattern knows.
    #[error("“{field}”应为以下之一：{}", .allowed.join("、"))]
    Choice {
        /// The field.
        field: String,
        /// The values it may have.
        allowed: Vec<String>,
    },
    /// The sequence is used up (or zero, which is never a number).
    #[error("证号流水号{seq}超出{width}位，请管理员调整编号规则")]
    Exhausted {
        /// The sequence number.
        seq: u64,
        /// The digits there are.
        width: usize,
    },
}

impl Scope {
    /// The scope as a year, under which the last number taken is kept; 0 stands for [`Scope::Forever`].
    pub const fn as_year(self) -> i16 {
        match self {
            Self::Year(year) => year,
            Self::Forever => 0,
        }
    }
}

impl NumberPattern {
    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Within what the sequence number for a certificate of that date is to be unique, per item.
    pub fn scope(&self, date: Date) -> Scope {
        let shows_year = self.parts.iter().any(|part| matches!(part, Part::Year | Part::Year2 | Part::FullDate));
        if shows_year { Scope::Year(date.year()) } else { Scope::Forever }
    }

    /// The fields whose values decide a part of the number.
    pub fn choice_fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Choice { field, .. } => Some(field.as_str()),
            _ => None,
        })
    }

    /// The number of the certificate with these data, of this date of issue (+08:00), the `seq`-th (from 1) of its
    /// [`Scope`].
    pub fn render(&self, data: &Map<String, Value>, date: Date, seq: u64) -> Result<String, NumberError> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Seq(width) => {
                    let exhausted = *width > 0 && seq >= 10_u64.pow(*width as u32);
                    if seq == 0 || exhausted {
                        return Err(NumberError::Exhausted { seq, width: *width });
                    }
                    out.push_str(&format!("{seq:0width$}"));
                }
                Part::Choice { field, options } => {
                    let value = data.get(field).and_then(Value::as_str).unwrap_or_default();
                    let chosen = options.iter().find(|(_, text)| text == value);
                    let (digits, _) = chosen.ok_or_else(|| NumberError::Choice {
                        field: field.clone(),
                        allowed: options.iter().map(|(_, text)| text.clone()).collect(),
                    })?;
                    out.push_str(digits);
                }
                Part::Check => out.push(mod_11_10(&out)),
                dated => dated.push_dated(date, &mut out),
            }
        }
        Ok(out)
    }

    /// What stands for the number in a preview, before one is taken: as long as the number with `seq` 1, every digit
    /// not yet known an `X`, so that nobody takes it for a number.
    pub fn placeholder(&self, date: Date) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Seq(width) => out.push_str(&"X".repeat((*width).max(1))),
                Part::Choice { options, .. } => {
                    out.push_str(&"X".repeat(options.first().map_or(0, |(digits, _)| digits.len())));
                }
                Part::Check => out.push('X'),
                dated => dated.push_dated(date, &mut out),
            }
        }
        out
    }
}

impl Part {
    /// Appends a part that depends on nothing but the date.
    fn push_dated(&self, date: Date, out: &mut String) {
        let (year, month, day) = (date.year(), date.month(), date.day());
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Year => out.push_str(&format!("{year:04}")),
            Self::Year2 => out.push_str(&format!("{:02}", year.rem_euclid(100))),
            Self::Month => out.push_str(&format!("{month:02}")),
            Self::Day => out.push_str(&format!("{day:02}")),
            Self::FullDate => out.push_str(&format!("{year:04}{month:02}{day:02}")),
            Self::Seq(_) | Self::Choice { .. } | Self::Check => {}
        }
    }

    fn parse(inner: &str, problems: &mut Vec<PatternProblem>) -> Option<Self> {
        let (name, argument) = inner.split_once(':').map_or((inner, None), |(name, argument)| (name, Some(argument)));
        let part = match (name, argument) {
            ("year", None) => Self::Year,
            ("year2", None) => Self::Year2,
            ("month", None) => Self::Month,
            ("day", None) => Self::Day,
            ("date", Some("yyyymmdd")) => Self::FullDate,
            ("seq", None) => Self::Seq(0),
            ("seq", Some(width)) => match width.parse() {
                Ok(parsed) if (1..=MAX_SEQ_WIDTH).contains(&parsed) => Self::Seq(parsed),
                _ => {
                    problems.push(PatternProblem::SeqWidth(width.to_owned()));
                    // Stands for the {seq} that was meant, so that it is not reported as missing, too.
                    Self::Seq(1)
                }
            },
            ("check", Some("mod11,10")) => Self::Check,
            ("check", method) => {
                problems.push(PatternProblem::CheckMethod(method.unwrap_or_default().to_owned()));
                return None;
            }
            ("year" | "year2" | "month" | "day" | "date", _) | ("", _) | (_, None) => {
                problems.push(PatternProblem::Unknown(inner.to_owned()));
                return None;
            }
            (field, Some(options)) => Self::parse_choice(field, options, problems),
        };
        Some(part)
    }

    fn parse_choice(field: &str, written: &str, problems: &mut Vec<PatternProblem>) -> Self {
        let mut options: Vec<(String, String)> = Vec::new();
        for option in written.split('|') {
            let text = option.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = &option[..option.len() - text.len()];
            let uneven = options.first().is_some_and(|(first, _)| first.len() != digits.len());
            let (field, option) = (field.to_owned(), option.to_owned());
            if digits.is_empty() || text.is_empty() || uneven {
                problems.push(PatternProblem::Option { field, option });
            } else if options.iter().any(|(d, t)| d == digits || t == text) {
                problems.push(PatternProblem::OptionTwice { field, option });
            } else {
                options.push((digits.to_owned(), text.to_owned()));
            }
        }
        Self::Choice { field: field.to_owned(), options }
    }
}

impl FromStr for NumberPattern {
    type Err = PatternProblems;

    /// Finds every problem at once.
    fn from_str(source: &str) -> Result<Self, PatternProblems> {
        if source.chars().count() > MAX_PATTERN {
            return Err(PatternProblems(vec![PatternProblem::TooLong]));
        }
        let mut problems = Vec::new();
        let parts = split(source, &mut problems);
        check_sequence(&parts, &mut problems);
        if problems.is_empty() { Ok(Self { source: source.to_owned(), parts }) } else { Err(PatternProblems(problems)) }
    }
}

fn split(source: &str, problems: &mut Vec<PatternProblem>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = source;
    while !rest.is_empty() {
        let text = rest.split('{').next().unwrap_or_default();
        for character in text.chars() {
            match character {
                '}' => problems.push(PatternProblem::Unmatched('}')),
                c if c.is_whitespace() || c.is_control() => problems.push(PatternProblem::Blank(c)),
                _ => {}
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        rest = &rest[text.len()..];
        let Some(opened) = rest.strip_prefix('{') else { break };
        match opened.split_once('}') {
            Some((inner, after)) if !inner.contains('{') => {
                parts.extend(Part::parse(inner, problems));
                rest = after;
            }
            _ => {
                problems.push(PatternProblem::Unmatched('{'));
                rest = opened;
            }
        }
    }
    parts
}

fn check_sequence(parts: &[Part], problems: &mut Vec<PatternProblem>) {
    let places = |wanted: fn(&Part) -> bool| -> Vec<usize> {
        parts.iter().enumerate().filter(|(_, part)| wanted(part)).map(|(i, _)| i).collect()
    };
    let seqs = places(|part| matches!(part, Part::Seq(_)));
    let checks = places(|part| matches!(part, Part::Check));
    if seqs.len() > 1 {
        problems.push(PatternProblem::Twice("seq"));
    }
    if checks.len() > 1 {
        problems.push(PatternProblem::Twice("check"));
    }
    let Some(&seq) = seqs.first() else {
        problems.push(PatternProblem::NoSeq);
        return;
    };
    if checks.first().is_some_and(|&check| check < seq) {
        problems.push(PatternProblem::CheckBeforeSeq);
    }
}

/// The check digit of ISO/IEC 7064 MOD 11,10 over the ASCII digits of `text`.
fn mod_11_10(text: &str) -> char {
    let mut product = 10;
    for digit in text.chars().filter_map(|c| c.to_digit(10)) {
        let sum = match (product + digit) % 10 {
            0 => 10,
            sum => sum,
        };
        product = sum * 2 % 11;
    }
    char::from_digit((11 - product) % 10, 10).unwrap_or('0')
}

impl fmt::Display for NumberPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests;
