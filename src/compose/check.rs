//! Data against the template's fields: every problem at once, and a [`Checked`] for the composer when there is none.
//!
//! The rule (R8): no blank is ever sealed; an empty required field or a character no face can draw refuses the certificate.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::field::{self, Accepted, Field, FieldKind};
use super::{Fonts, Problem, Template, blocks, characters, codes};

/// Most unknown field names told in one answer.
const MOST_UNKNOWN: usize = 20;
/// Longest part of an unknown field's name that is repeated, in characters.
const MOST_NAME: usize = 40;

/// Data that a template takes. Only [`check`] makes it.
#[derive(Clone)]
pub struct Checked {
    template: Arc<Template>,
    fields: Map<String, Value>,
    long: Map<String, Value>,
}

impl Checked {
    /// The template the data were checked against.
    pub fn template(&self) -> &Arc<Template> {
        &self.template
    }

    /// What stands under the seal as the date: 2026年11月20日.
    pub fn date(&self) -> &str {
        self.fields.get(&self.template.date).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    pub(super) fn long(&self) -> &Map<String, Value> {
        &self.long
    }
}

/// Checks `data` (field name -> string, or running text) against the fields of `template`, with the faces that will draw it.
/// Whether everything fits its place is found by [`Composer::check`](super::Composer::check), which calls this first.
pub fn check(template: &Arc<Template>, data: &Map<String, Value>, fonts: &Fonts) -> Result<Checked, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut fields = Map::new();
    let mut dates = BTreeMap::new();
    for field in &template.fields {
        let shown = match data.get(&field.name) {
            Some(value) if field.kind == FieldKind::Blocks => {
                blocks::inspect(field, value, fonts, &mut problems);
                value.clone()
            }
            value => {
                let accepted = one(field, value, fonts, &mut problems);
                let last = accepted.as_ref().and_then(|accepted| accepted.last);
                dates.extend(last.map(|last| (field.name.as_str(), last)));
                Value::String(accepted.map(|accepted| accepted.shown).unwrap_or_default())
            }
        };
        fields.insert(field.name.clone(), shown);
    }
    for (first, then) in &template.order {
        if let (Some(&earlier), Some(&later)) = (dates.get(first.as_str()), dates.get(then.as_str()))
            && !earlier.is_before(later)
        {
            problems.push(Problem::new(then, codes::OUT_OF_ORDER, format!("“{then}”应晚于“{first}”")));
        }
    }
    for name in data.keys().filter(|name| template.field(name).is_none()).take(MOST_UNKNOWN) {
        let name: String = name.chars().filter(|&c| characters::forbidden(c).is_none()).take(MOST_NAME).collect();
        let text = format!("“{}”没有“{name}”这一项", template.name);
        problems.push(Problem::new(name, codes::UNKNOWN_FIELD, text));
    }
    if problems.is_empty() {
        Ok(Checked { template: template.clone(), long: long_words(&fields), fields })
    } else {
        Err(problems)
    }
}

/// Checks a field that holds a string; `None` when it is left out or refused.
fn one(field: &Field, value: Option<&Value>, fonts: &Fonts, problems: &mut Vec<Problem>) -> Option<Accepted> {
    let name = &field.name;
    let text = match value {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => {
            problems.push(Problem::new(name, codes::WRONG_TYPE, format!("“{name}”应是文字")));
            return None;
        }
    };
    if characters::is_blank(text) {
        if field.required || !text.is_empty() {
            problems.push(Problem::new(name, codes::BLANK, format!("“{name}”不能为空")));
        }
        return None;
    }
    let length = text.chars().count();
    if length > field.max {
        problems.push(Problem::new(name, codes::TOO_LONG, format!("“{name}”最多{}字，现有{length}字", field.max)));
        return None;
    }
    let before = problems.len();
    characters::inspect(name, text, field.kind == FieldKind::Paragraph, fonts, problems);
    if problems.len() > before {
        return None;
    }
    let (accepted, refused) = field::accept(field, text);
    problems.extend(refused);
    accepted
}

/// For every text that may hold a word wider than its place: the text -> its words, so that the page can break such a word anywhere
/// instead of running over the edge. Where the line is as wide as a page, only words of 20 characters or more can be too wide.
fn long_words(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut long = Map::new();
    for value in fields.values() {
        match value {
            Value::String(text) => note_long(text, 6, &mut long),
            Value::Array(blocks) => {
                blocks.iter().filter_map(Value::as_object).flatten().for_each(|(_, block)| match block {
                    Value::String(text) => note_long(text, 20, &mut long),
                    table => cells(table).for_each(|cell| note_long(cell, 3, &mut long)),
                })
            }
            _ => {}
        }
    }
    long
}

fn cells(table: &Value) -> impl Iterator<Item = &str> {
    table.as_array().into_iter().flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_str)
}

/// Adds `text` to `long` when one of its words has at least `least` characters.
pub(super) fn note_long(text: &str, least: usize, long: &mut Map<String, Value>) {
    let words = words(text);
    let longest = words.iter().map(|word| word.chars().count()).max().unwrap_or(0);
    if longest >= least && !long.contains_key(text) {
        long.insert(text.to_owned(), json!({ "longest": longest, "words": words }));
    }
}

/// Parts of `text` between which a line may certainly be broken (a careful subset of UAX #14): between Han characters, before one that
/// follows a comma or full stop, before an opening bracket that follows either, and after spaces. Concatenated they are `text`.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut previous = None;
    for (at, c) in text.char_indices() {
        let free = match previous {
            Some(' ' | '\n') => true,
            Some(before) => {
                (is_han(before) || "，。、；：）》”".contains(before)) && (is_han(c) || "（《“".contains(c))
            }
            None => false,
        };
        if free {
            words.push(&text[start..at]);
            start = at;
        }
        previous = Some(c);
    }
    words.push(&text[start..]);
    words
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_join_again_and_part_only_where_a_line_may_end() {
        let text = "满足《污水综合排放标准》（GB 8978—1996）三级，甲、乙";
        assert_eq!(words(text).concat(), text);
        assert_eq!(
            words(text),
            [
                "满",
                "足",
                "《污",
                "水",
                "综",
                "合",
                "排",
                "放",
                "标",
                "准》",
                "（GB ",
                "8978—1996）",
                "三",
                "级，",
                "甲、",
                "乙"
            ]
        );
        assert_eq!(words("！！！！"), ["！！！！"]);
    }
}
