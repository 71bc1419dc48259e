//! Reads the tables of a TOML document field by field and collects every problem with its line.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::HallProblem;

/// Where the problems of one document are collected.
pub(super) struct Sink<'a> {
    source: &'a str,
    problems: RefCell<Vec<HallProblem>>,
}

/// Where something stands in the document.
#[derive(Debug, Clone)]
pub(super) struct Place {
    line: usize,
    path: String,
}

/// A value and where it was read.
pub(super) struct Placed<T> {
    pub(super) place: Place,
    pub(super) value: T,
}

impl<'a> Sink<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, problems: RefCell::default() }
    }

    pub(super) fn report(&self, place: &Place, text: impl Into<String>) {
        let problem = HallProblem { line: place.line, at: place.path.clone(), text: text.into() };
        self.problems.borrow_mut().push(problem);
    }

    pub(super) fn place(&self, span: Range<usize>, path: impl Into<String>) -> Place {
        let before = self.source.get(..span.start).unwrap_or_default();
        Place { line: 1 + before.bytes().filter(|&b| b == b'\n').count(), path: path.into() }
    }

    /// All problems in the order of their lines.
    pub(super) fn into_problems(self) -> Vec<HallProblem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line);
        problems
    }
}

/// One table being read; keys that nobody asked for are reported by [`Fields::finish`].
pub(super) struct Fields<'a> {
    sink: &'a Sink<'a>,
    table: &'a DeTable<'a>,
    place: Place,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(sink: &'a Sink<'a>, table: &'a DeTable<'a>, place: Place) -> Self {
        Self { sink, table, place, asked: RefCell::default() }
    }

    /// The value with where it was read.
    pub(super) fn placed<T>(&self, value: T) -> Placed<T> {
        Placed { place: self.place.clone(), value }
    }

    /// Reports a problem of this table.
    pub(super) fn report(&self, text: impl Into<String>) {
        self.sink.report(&self.place, text);
    }

    /// A text that must be there.
    pub(super) fn text(&self, key: &'static str) -> Option<String> {
        self.require(key)?;
        self.text_if_given(key)
    }

    /// A text that may be there: one line, not empty, without blanks around it.
    pub(super) fn text_if_given(&self, key: &'static str) -> Option<String> {
        let (value, place) = self.value(key)?;
        self.one_line(value, &place)
    }

    /// A text that must be there and be a `T`.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, key: &'static str) -> Option<T> {
        self.require(key)?;
        self.parsed_if_given(key)
    }

    /// A text that may be there, and then must be a `T`.
    pub(super) fn parsed_if_given<T: FromStr<Err: Display>>(&self, key: &'static str) -> Option<T> {
        let (value, place) = self.value(key)?;
        self.parse(value, &place)
    }

    /// A whole number that must be there and fit a `T`.
    pub(super) fn number<T: TryFrom<u64>>(&self, key: &'static str) -> Option<T> {
        self.require(key)?;
        self.number_if_given(key)
    }

    /// A whole number that may be there.
    pub(super) fn number_if_given<T: TryFrom<u64>>(&self, key: &'static str) -> Option<T> {
        let (value, place) = self.value(key)?;
        let parsed = value.as_integer().and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        let fitting = parsed.and_then(|n| T::try_from(n).ok());
        if fitting.is_none() {
            self.sink.report(&place, "must be a whole number in range");
        }
        fitting
    }

    /// `true` or `false`; `false` when it is not there.
    pub(super) fn flag(&self, key: &'static str) -> bool {
        let Some((value, place)) = self.value(key) else { return false };
        value.as_bool().unwrap_or_else(|| {
            self.sink.report(&place, "must be true or false");
            false
        })
    }

    /// A list of texts that are each a `T`; empty when it is not there. Those that are none are reported and left out.
    pub(super) fn list<T: FromStr<Err: Display>>(&self, key: &'static str) -> Vec<T> {
        self.elements(key).into_iter().filter_map(|(value, place)| self.parse(value, &place)).collect()
    }

    /// A list without duplicates.
    pub(super) fn set<T: FromStr<Err: Display> + Ord>(&self, key: &'static str) -> BTreeSet<T> {
        let list = self.list(key);
        let length = list.len();
        let set = BTreeSet::from_iter(list);
        if set.len() < length {
            self.sink.report(&self.at(key), "the same value stands twice");
        }
        set
    }

    /// A list of names, each one line; at least one.
    pub(super) fn names(&self, key: &'static str) -> Vec<String> {
        let names: Vec<_> =
            self.elements(key).into_iter().filter_map(|(value, place)| self.one_line(value, &place)).collect();
        if names.is_empty() {
            self.sink.report(&self.at(key), "must name at least one");
        }
        if BTreeSet::from_iter(&names).len() < names.len() {
            self.sink.report(&self.at(key), "the same value stands twice");
        }
        names
    }

    /// A list of lines, each once; empty when it is not there.
    pub(super) fn lines(&self, key: &'static str) -> Vec<String> {
        if self.at_hand(key) { self.names(key) } else { Vec::new() }
    }

    /// Whether the value is that very text.
    pub(super) fn is(&self, key: &'static str, text: &str) -> bool {
        self.value(key).is_some_and(|(value, _)| value.as_str() == Some(text))
    }

    /// Whether the key is there.
    pub(super) fn at_hand(&self, key: &'static str) -> bool {
        self.value(key).is_some()
    }

    /// A table that must be there.
    pub(super) fn table(&self, key: &'static str) -> Option<Fields<'a>> {
        self.require(key)?;
        let (value, place) = self.value(key)?;
        self.as_table(value, place)
    }

    /// The tables of an array of tables; none when it is not there.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Fields<'a>> {
        self.elements(key).into_iter().filter_map(|(value, place)| self.as_table(value, place)).collect()
    }

    /// The texts that stand under `name` in the tables of an array, whatever else is wrong with those tables.
    pub(super) fn named(&self, key: &'static str, name: &'static str) -> BTreeSet<String> {
        let tables = self.table.get(key).and_then(|value| value.get_ref().as_array());
        let texts = tables.into_iter().flatten().filter_map(|value| value.get_ref().get(name)?.get_ref().as_str());
        texts.map(str::to_owned).collect()
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.iter().filter(|(key, _)| !asked.contains(key.get_ref().as_ref())) {
            let place = self.sink.place(key.span(), self.path(key.get_ref()));
            self.sink.report(&place, "unknown key");
        }
    }

    /// The place of a key, or of the table when the key is not there.
    pub(super) fn at(&self, key: &'static str) -> Place {
        match self.table.get(key) {
            Some(value) => self.sink.place(value.span(), self.path(key)),
            None => Place { line: self.place.line, path: self.path(key) },
        }
    }

    fn require(&self, key: &'static str) -> Option<()> {
        if self.value(key).is_none() {
            self.sink.report(&self.at(key), "missing");
            return None;
        }
        Some(())
    }

    fn value(&self, key: &'static str) -> Option<(&'a DeValue<'a>, Place)> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key).map(|value| (value.get_ref(), self.at(key)))
    }

    fn elements(&self, key: &'static str) -> Vec<(&'a DeValue<'a>, Place)> {
        let Some((value, place)) = self.value(key) else { return Vec::new() };
        let DeValue::Array(array) = value else {
            self.sink.report(&place, "must be a list");
            return Vec::new();
        };
        let path = |i: usize| format!("{}[{}]", self.path(key), i + 1);
        array
            .iter()
            .enumerate()
            .map(|(i, v): (usize, &Spanned<_>)| (v.get_ref(), self.sink.place(v.span(), path(i))))
            .collect()
    }

    fn as_table(&self, value: &'a DeValue<'a>, place: Place) -> Option<Fields<'a>> {
        match value {
            DeValue::Table(table) => Some(Fields::new(self.sink, table, place)),
            _ => {
                self.sink.report(&place, "must be a table");
                None
            }
        }
    }

    fn one_line(&self, value: &DeValue<'_>, place: &Place) -> Option<String> {
        let Some(text) = value.as_str() else {
            self.sink.report(place, "must be a text");
            return None;
        };
        if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
            self.sink.report(place, "must be one line, not empty, without blanks around it");
            return None;
        }
        Some(text.to_owned())
    }

    fn parse<T: FromStr<Err: Display>>(&self, value: &DeValue<'_>, place: &Place) -> Option<T> {
        match self.one_line(value, place)?.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.sink.report(place, error.to_string());
                None
            }
        }
    }

    fn path(&self, key: &str) -> String {
        if self.place.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place.path) }
    }
}
