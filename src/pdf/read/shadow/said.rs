//! Whether the letters that a filled-in field shows are its value, letter by letter.

use super::super::ReadError;
use super::super::text::text;
use super::super::value::Value;
use super::annotations::Annotation;
use super::ink::Letter;
use super::page::of_field;
use super::reader::Reader;
use super::values::{COMBO, PASSWORD, is_list, options};

/// Choices of a list that are looked at.
const MAX_CHOICES: usize = 500;
/// What stands for a letter that nobody shall see.
const HIDDEN: &str = "*•●";

/// Blanks aside. `marked`: those of a list that are marked as taken.
pub(super) fn is_value(
    reader: &Reader<'_, '_>,
    field: &Annotation,
    letters: &[&Letter],
    marked: &[&Letter],
) -> Result<bool, ReadError> {
    let (Some(shown), Some(marked)) = (said(letters), said(marked)) else { return Ok(false) };
    let value = of_field(reader, &field.dict, "V")?;
    let Some(values) = (match value {
        None => Some(Vec::new()),
        Some(Value::String(value)) => Some(vec![text(&value)]),
        Some(Value::Array(values)) if field.field == b"Ch" => {
            values.iter().map(|value| value.as_string().map(text)).collect()
        }
        Some(_) => None,
    }) else {
        return Ok(false);
    };
    let first = values.first().map(String::as_str).unwrap_or_default();
    Ok(match field.field.as_slice() {
        b"Tx" if field.field_flags & PASSWORD != 0 => shown.chars().all(|c| HIDDEN.contains(c)),
        b"Tx" => {
            shown == plain(first) && are_apart(first, letters)
                || shown != plain(first) && has_format(reader, field)? && is_amount(&plain(first), &shown)
        }
        b"Ch" if is_list(field) => is_in_list(&options(reader, field)?, &values, &shown, &marked),
        b"Ch" if field.field_flags & COMBO != 0 && values.len() <= 1 => {
            let is_named = |(export, name): &(String, String)| export == first && plain(name) == shown;
            shown == plain(first) || options(reader, field)?.iter().any(is_named)
        }
        _ => false,
    })
}

/// Where a blank parts two digits of the value, so it does of what is shown.
fn are_apart(value: &str, letters: &[&Letter]) -> bool {
    let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let mut parted = Vec::new();
    for word in value.split_whitespace() {
        parted.extend(plain(word).chars().enumerate().map(|(at, c)| (c, at == 0)));
    }
    let shown = letters.iter().flat_map(|letter| {
        let said = plain(letter.said.as_deref().unwrap_or_default());
        (0..said.chars().count()).map(|at| (at == 0).then_some(*letter)).collect::<Vec<_>>()
    });
    let shown: Vec<Option<&Letter>> = shown.collect();
    (1..parted.len()).all(|at| {
        let is_between = parted[at].1 && digit(Some(&parted[at - 1].0)) && digit(Some(&parted[at].0));
        let before = shown.iter().take(at).rev().find_map(|letter| *letter);
        let letter = shown.get(at).copied().flatten();
        !is_between || before.zip(letter).is_some_and(|(before, letter)| letter.is_apart(before))
    })
}

/// A script of the form shows the value in a form of its own, such as an amount with separators.
fn has_format(reader: &Reader<'_, '_>, field: &Annotation) -> Result<bool, ReadError> {
    let actions = of_field(reader, &field.dict, "AA")?;
    Ok(actions.is_some_and(|actions| actions.as_dict().is_some_and(|actions| actions.get("F").is_some())))
}

/// `None` if a font does not tell.
fn said(letters: &[&Letter]) -> Option<String> {
    let said: Option<String> = letters.iter().map(|letter| letter.said.as_deref()).collect();
    said.map(|said| plain(&said)).filter(|said| !said.contains('\u{fffd}'))
}

/// Without blanks; dashes, quotation marks and wide letters as they are in ASCII.
fn plain(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '‐'..='―' | '−' => '-',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).map(plain).collect()
}

/// Whether the same number is shown, however it is grouped, with a sign of its currency or none.
fn is_amount(value: &str, shown: &str) -> bool {
    let is_of_number = |c: char| c.is_ascii_digit() || ".,-()¥$€£￥'".contains(c);
    let point = |text: &str| match text.rfind(['.', ',']) {
        // Three digits behind it are a group.
        Some(point) if text[point..].chars().filter(char::is_ascii_digit).count() != 3 => Some(point),
        _ => None,
    };
    shown.chars().all(is_of_number)
        && number(value, value.rfind('.')).is_some_and(|one| number(shown, point(shown)) == Some(one))
}

/// Sign, whole part and fraction of a number whose point is there.
fn number(text: &str, point: Option<usize>) -> Option<(bool, String, String)> {
    let is_negative = text.contains('-') || text.starts_with('(') && text.ends_with(')');
    let only = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    let (whole, fraction) = text.split_at(point.unwrap_or(text.len()));
    let (whole, fraction) = (only(whole), only(fraction));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    text.contains(|c: char| c.is_ascii_digit()).then(|| (is_negative, whole.to_owned(), fraction.to_owned()))
}

/// The list shows choices that follow each other, those that are taken among them, and marks these or none.
fn is_in_list(options: &[(String, String)], values: &[String], shown: &str, marked: &str) -> bool {
    let names: Vec<(String, bool)> =
        options.iter().map(|(export, name)| (plain(name), values.contains(export))).collect();
    let taken: String = names.iter().filter(|(_, is_taken)| *is_taken).map(|(name, _)| name.as_str()).collect();
    let runs_from = |first: usize| {
        let (mut rest, mut next) = (shown, first);
        while let Some((name, _)) = names.get(next).filter(|_| !rest.is_empty()) {
            rest = rest.strip_prefix(name.as_str())?;
            next += 1;
        }
        let is_beside = |(name, is_taken): &(String, bool)| *is_taken && !name.is_empty();
        let is_whole = !names[..first].iter().chain(&names[next..]).any(is_beside);
        (rest.is_empty() && is_whole).then_some(())
    };
    names.len() <= MAX_CHOICES
        && (marked.is_empty() || marked == taken)
        && values.iter().all(|value| options.iter().any(|(export, _)| export == value))
        && (0..names.len()).any(|first| runs_from(first).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_one_however_it_is_grouped() {
        for (value, shown) in
            [("1000", "1,000.00"), ("-1234.5", "-1.234,50"), ("0.5", ".5"), ("1234567", "¥1'234'567"), ("-5", "(5)")]
        {
            assert!(is_amount(value, shown), "{value} {shown}");
        }
        for (value, shown) in [
            ("1000", "10"),
            ("1000", "-1000"),
            ("1000.5", "10005"),
            ("2000", "9000"),
            ("1000", "10.00"),
            ("1.234", "1,234"),
            ("5", "5million"),
            ("Yes", "No"),
        ] {
            assert!(!is_amount(value, shown), "{value} {shown}");
        }
    }

    #[test]
    fn a_list_marks_what_is_taken() {
        let options: Vec<_> = ["North", "South", "West"].map(|name| (name.to_owned(), name.to_owned())).to_vec();
        let is = |shown: &str, marked: &str| is_in_list(&options, &["South".to_owned()], shown, marked);
        assert!(is("NorthSouthWest", "South") && is("SouthWest", "") && is("South", "South"));
        assert!(!is("NorthSouthWest", "West") && !is("West", "") && !is("NotSouth", "") && !is("", ""));
    }
}
