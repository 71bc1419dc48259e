//! The fields of a template, and what each kind of field takes.

use serde::Deserialize;

use crate::hall::identity::IdentityNumber;
use crate::hall::uscc::Uscc;

use super::dates::{self, Written};
use super::{Problem, codes};

/// Most characters any field may allow: 50 pages of 22 lines of 28 characters, and some.
pub const MAX_CHARACTERS: usize = 32_000;

/// One field of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name: the key in the data, and what problems call it.
    pub name: String,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether a certificate without it is refused (the rule: no blank is ever sealed).
    pub required: bool,
    /// Most characters (Unicode scalar values; of all its texts together for running text).
    pub max: usize,
    /// What the form shows beside it, when that is not its name.
    pub label: Option<String>,
}

/// What a field takes. All values are JSON strings, but for running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines, parted by U+000A.
    Paragraph,
    /// `2026-11-20`, shown as 2026年11月20日.
    Date,
    /// `2027年4月` or `2027-04`.
    Month,
    /// `2026年12月1日至2027年10月31日`, or months.
    Period,
    /// A unified social credit code (GB 32100).
    Uscc,
    /// A citizen identity number (GB 11643).
    Identity,
    /// One of these values.
    Enum(Vec<String>),
    /// An amount: digits, in groups of three parted by a space or comma if at all, and up to six decimals.
    Money,
    /// A whole number.
    Count,
    /// Running text: see [`blocks`](super::blocks).
    Blocks,
}

/// A field as written in template.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldToml {
    name: String,
    r#type: String,
    #[serde(default = "yes")]
    required: bool,
    max: Option<usize>,
    #[serde(default)]
    values: Vec<String>,
    label: Option<String>,
}

fn yes() -> bool {
    true
}

impl FieldToml {
    /// The field, or what is wrong with its declaration.
    pub(super) fn parse(self) -> Result<Field, String> {
        let (kind, max) = match self.r#type.as_str() {
            "text" => (FieldKind::Text, 100),
            "paragraph" => (FieldKind::Paragraph, 1_000),
            "date" => (FieldKind::Date, 10),
            "month" => (FieldKind::Month, 8),
            "period" => (FieldKind::Period, 40),
            "uscc" => (FieldKind::Uscc, 18),
            "identity" => (FieldKind::Identity, 18),
            "enum" => (FieldKind::Enum(self.values.clone()), 100),
            "money" => (FieldKind::Money, 30),
            "count" => (FieldKind::Count, 12),
            "blocks" => (FieldKind::Blocks, 20_000),
            other => return Err(format!("field {}: unknown type {other}", self.name)),
        };
        if matches!(kind, FieldKind::Enum(_)) == self.values.is_empty() {
            return Err(format!("field {}: `values` belongs to an enum, and an enum needs them", self.name));
        }
        let max = self.max.unwrap_or(max);
        if self.name.trim().is_empty() || max == 0 || max > MAX_CHARACTERS {
            return Err(format!("field {:?}: no name, or max out of range", self.name));
        }
        Ok(Field { name: self.name, kind, required: self.required, max, label: self.label })
    }
}

/// A value that its field takes.
pub(super) struct Accepted {
    /// As the certificate shows it.
    pub(super) shown: String,
    /// The day or month that orders it among other dates: the end of a period.
    pub(super) last: Option<Written>,
}

/// Checks the form of a value that is not blank; its length and characters are checked elsewhere.
pub(super) fn accept(field: &Field, text: &str) -> (Option<Accepted>, Vec<Problem>) {
    let name = &field.name;
    let as_it_stands = || Accepted { shown: text.to_owned(), last: None };
    let refuse = |code, text: String| (None, vec![Problem::new(name, code, text)]);
    match &field.kind {
        FieldKind::Text | FieldKind::Paragraph | FieldKind::Blocks => (Some(as_it_stands()), vec![]),
        FieldKind::Date => match Written::day(text) {
            Some(day) => dated(name, text, day),
            None => refuse(codes::BAD_DATE, format!("“{name}”应写成 2026-01-31 的样子")),
        },
        FieldKind::Month => match Written::month(text) {
            Some(month) => dated(name, text, month),
            None => refuse(codes::BAD_DATE, format!("“{name}”应写成 2026年1月 的样子")),
        },
        FieldKind::Period => match dates::period(text) {
            Some((from, to)) => period(name, from, to),
            None => refuse(
                codes::BAD_DATE,
                format!("“{name}”应写成 2026年1月1日至2027年12月31日 或 2026年1月至2027年12月 的样子"),
            ),
        },
        FieldKind::Uscc => match text.parse::<Uscc>() {
            Ok(_) => (Some(as_it_stands()), vec![]),
            Err(error) => refuse(codes::BAD_USCC, format!("“{name}”：{error}")),
        },
        FieldKind::Identity => match text.parse::<IdentityNumber>() {
            Ok(_) => (Some(as_it_stands()), vec![]),
            Err(error) => refuse(codes::BAD_IDENTITY, format!("“{name}”：{error}")),
        },
        FieldKind::Enum(values) if !values.iter().any(|value| value == text) => {
            refuse(codes::NOT_OFFERED, format!("“{name}”只能填：{}", values.join("、")))
        }
        FieldKind::Money if !is_money(text) => {
            refuse(codes::BAD_NUMBER, format!("“{name}”应是金额，如 8650.00、8 650.00 或 8,650.00"))
        }
        FieldKind::Count if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) => {
            refuse(codes::BAD_NUMBER, format!("“{name}”应是整数，如 171"))
        }
        FieldKind::Enum(_) | FieldKind::Money | FieldKind::Count => (Some(as_it_stands()), vec![]),
    }
}

/// A date is kept even when the calendar lacks it, so that its order is still checked and every problem said at once.
fn dated(name: &str, text: &str, date: Written) -> (Option<Accepted>, Vec<Problem>) {
    let problems = match date.exists() {
        true => vec![],
        false => vec![Problem::new(name, codes::BAD_DATE, format!("“{name}”的 {text} 不是日历上有的日期"))],
    };
    (Some(Accepted { shown: date.shown(), last: Some(date) }), problems)
}

fn period(name: &str, from: Written, to: Written) -> (Option<Accepted>, Vec<Problem>) {
    let mut problems = vec![];
    if !from.exists() || !to.exists() {
        problems.push(Problem::new(name, codes::BAD_DATE, format!("“{name}”中有日历上没有的日期")));
    }
    if to.is_before(from) {
        problems.push(Problem::new(name, codes::OUT_OF_ORDER, format!("“{name}”的截止早于起始")));
    }
    (Some(Accepted { shown: format!("{}至{}", from.shown(), to.shown()), last: Some(to) }), problems)
}

fn is_money(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let grouped = |separator| {
        let mut groups = whole.split(separator);
        groups.next().is_some_and(|first| digits(first) && first.len() <= 3)
            && groups.all(|group| digits(group) && group.len() == 3)
    };
    (digits(whole) || grouped(' ') || grouped(','))
        && decimals.is_none_or(|decimals| digits(decimals) && decimals.len() <= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_amounts() {
        for right in ["0", "8650", "8650.00", "8 650.00", "1,234,567.5", "5 200", "171"] {
            assert!(is_money(right), "{right}");
        }
        for wrong in ["", ".", "1.", ".5", "12 34", "1 234,567", "1e3", "-1", "１２", "1.2.3", " 1", "1234 567"] {
            assert!(!is_money(wrong), "{wrong:?}");
        }
    }
}
