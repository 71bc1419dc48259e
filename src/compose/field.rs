//! The fields of a template, and what each kind of field takes.

use serde::Deserialize;

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
        FieldKind::Uscc if !is_uscc(text) => refuse(
            codes::BAD_USCC,
            format!("“{name}”不是有效的统一社会信用代码（18位，末位校验码不符或含有不用的字母），请核对"),
        ),
        FieldKind::Identity if !is_identity(text) => refuse(
            codes::BAD_IDENTITY,
            format!("“{name}”不是有效的公民身份号码（18位，出生日期或末位校验码不符），请核对"),
        ),
        FieldKind::Enum(values) if !values.iter().any(|value| value == text) => {
            refuse(codes::NOT_OFFERED, format!("“{name}”只能填：{}", values.join("、")))
        }
        FieldKind::Money if !is_money(text) => {
            refuse(codes::BAD_NUMBER, format!("“{name}”应是金额，如 8650.00、8 650.00 或 8,650.00"))
        }
        FieldKind::Count if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) => {
            refuse(codes::BAD_NUMBER, format!("“{name}”应是整数，如 171"))
        }
        FieldKind::Uscc | FieldKind::Identity | FieldKind::Enum(_) | FieldKind::Money | FieldKind::Count => {
            (Some(as_it_stands()), vec![])
        }
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

/// GB 32100-2015: 18 characters of an alphabet without I, O, S, V, Z; the last is the check character, MOD 31.
fn is_uscc(text: &str) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let values: Option<Vec<usize>> = text.bytes().map(|b| ALPHABET.iter().position(|&a| a == b)).collect();
    values.is_some_and(|values| {
        let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        values.len() == 18 && values[17] == (31 - sum % 31) % 31
    })
}

/// GB 11643-1999: region, date of birth, serial, and a check character by ISO 7064 MOD 11-2.
fn is_identity(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: &[u8; 11] = b"10X98765432";
    let bytes = text.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let province =
        matches!(text[..2].parse::<u8>(), Ok(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83));
    let born = Written::day(&format!("{}-{}-{}", &text[6..10], &text[10..12], &text[12..14]));
    province && born.is_some_and(Written::exists) && bytes[17] == CHECK[sum as usize % 11]
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
    fn knows_codes_by_their_check_characters() {
        // As published by two listed companies.
        assert!(is_uscc("914403001922038216") && is_uscc("91110108551385082Q"));
        for wrong in ["914403001922038217", "91440300192203821I", "91440300192203821", "914403001922038216 ", ""] {
            assert!(!is_uscc(wrong), "{wrong:?}");
        }
        // GB 11643-1999, annex: the worked example 11010519491231002X.
        assert!(is_identity("11010519491231002X"));
        for wrong in [
            "110105194912310021",
            "11010519491331002X",
            "11010519491231002x",
            "01010519491231002X",
            "１1010519491231002",
        ] {
            assert!(!is_identity(wrong), "{wrong:?}");
        }
    }

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
