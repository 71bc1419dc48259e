//! Objects as values (ISO 32000-1, 7.3).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// An object's number and generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// Object number, from 1.
    pub number: u32,
    /// Generation, 0 in files that never reused a number.
    pub generation: u16,
}

impl Id {
    /// Object `number`, generation 0.
    pub const fn new(number: u32) -> Self {
        Self { number, generation: 0 }
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} R", self.number, self.generation)
    }
}

/// One object. Strings and names are decoded; numbers keep integer and real apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Vec<Value>),
    Dict(Dict),
    Ref(Id),
}

impl Value {
    pub(crate) fn as_int(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Int(n) => Some(*n as f64),
            Self::Real(x) => Some(*x),
            _ => None,
        }
    }

    pub(crate) fn as_name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(crate) fn as_string(&self) -> Option<&[u8]> {
        if let Self::String(bytes) = self { Some(bytes) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    pub(crate) fn as_dict(&self) -> Option<&Dict> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }

    pub(crate) fn as_ref(&self) -> Option<Id> {
        if let Self::Ref(id) = self { Some(*id) } else { None }
    }

    /// Calls `see` with every reference inside.
    pub(crate) fn references(&self, see: &mut impl FnMut(Id)) {
        match self {
            Self::Ref(id) => see(*id),
            Self::Array(items) => items.iter().for_each(|item| item.references(see)),
            Self::Dict(dict) => dict.references(see),
            _ => {}
        }
    }
}

/// A dictionary: every key once, order without meaning. A clone shares the entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Dict(Rc<BTreeMap<Vec<u8>, Value>>);

impl Dict {
    pub(crate) fn new(entries: BTreeMap<Vec<u8>, Value>) -> Self {
        Self(Rc::new(entries))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.at(key.as_bytes())
    }

    pub(crate) fn at(&self, key: &[u8]) -> Option<&Value> {
        self.0.get(key)
    }

    /// Calls `see` with every reference inside.
    pub(crate) fn references(&self, see: &mut impl FnMut(Id)) {
        self.0.values().for_each(|value| value.references(see));
    }

    /// Keys and values.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&[u8], &Value)> {
        self.0.iter().map(|(key, value)| (key.as_slice(), value))
    }

    /// Keys and values, which may be changed.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = (&[u8], &mut Value)> {
        Rc::make_mut(&mut self.0).iter_mut().map(|(key, value)| (key.as_slice(), value))
    }

    pub(crate) fn has_name(&self, key: &str, name: &str) -> bool {
        self.get(key).and_then(Value::as_name) == Some(name.as_bytes())
    }

    /// The dictionary without the given keys.
    pub(crate) fn without(mut self, keys: &[&str]) -> Self {
        let entries = Rc::make_mut(&mut self.0);
        for key in keys {
            entries.remove(key.as_bytes());
        }
        self
    }

    /// The keys that only one of the two has, or that have different values.
    pub(crate) fn differing<'d>(&'d self, other: &'d Self) -> BTreeSet<&'d [u8]> {
        let keys = self.0.keys().chain(other.0.keys());
        keys.filter(|key| self.0.get(*key) != other.0.get(*key)).map(Vec::as_slice).collect()
    }
}
