//! Objects as values (ISO 32000-1, 7.3).

use std::collections::BTreeSet;
use std::ops::Deref;
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

/// How long a name may be to be kept in place; hardly any key is longer.
const SHORT: usize = 22;

/// A name, decoded. A document has thousands, nearly all of them short: those take no memory of their own.
#[derive(Clone)]
pub(crate) enum Name {
    Short(u8, [u8; SHORT]),
    Long(Rc<[u8]>),
}

impl Deref for Name {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Short(length, bytes) => &bytes[..usize::from(*length)],
            Self::Long(bytes) => bytes,
        }
    }
}

impl From<&[u8]> for Name {
    fn from(name: &[u8]) -> Self {
        if name.len() > SHORT {
            return Self::Long(name.into());
        }
        let mut bytes = [0; SHORT];
        bytes[..name.len()].copy_from_slice(name);
        Self::Short(name.len() as u8, bytes)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}", self.escape_ascii())
    }
}

/// One object. Strings and names are decoded; numbers keep integer and real apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Name(Name),
    String(Vec<u8>),
    /// A clone shares the items.
    Array(Rc<Vec<Value>>),
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
pub(crate) struct Dict(Rc<Vec<(Name, Value)>>);

impl Dict {
    /// A dictionary of these entries; `None` if a key stands there twice.
    pub(crate) fn new(mut entries: Vec<(Name, Value)>) -> Option<Self> {
        entries.sort_by(|(one, _), (other, _)| order(one, other));
        let is_one = entries.windows(2).all(|two| *two[0].0 != *two[1].0);
        is_one.then(|| Self(Rc::new(entries)))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.at(key.as_bytes())
    }

    pub(crate) fn at(&self, key: &[u8]) -> Option<&Value> {
        let found = self.0.binary_search_by(|(one, _)| order(one, key)).ok()?;
        Some(&self.0[found].1)
    }

    /// Calls `see` with every reference inside.
    pub(crate) fn references(&self, see: &mut impl FnMut(Id)) {
        self.0.iter().for_each(|(_, value)| value.references(see));
    }

    /// Keys and values.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&[u8], &Value)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// Keys and values, which may be changed.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = (&[u8], &mut Value)> {
        Rc::make_mut(&mut self.0).iter_mut().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn has_name(&self, key: &str, name: &str) -> bool {
        self.get(key).and_then(Value::as_name) == Some(name.as_bytes())
    }

    /// The dictionary without the given keys.
    pub(crate) fn without(mut self, keys: &[&str]) -> Self {
        Rc::make_mut(&mut self.0).retain(|(name, _)| !keys.iter().any(|key| key.as_bytes() == &**name));
        self
    }

    /// The keys that only one of the two has, or that have different values.
    pub(crate) fn differing<'d>(&'d self, other: &'d Self) -> BTreeSet<&'d [u8]> {
        let keys = self.entries().chain(other.entries()).map(|(key, _)| key);
        keys.filter(|key| self.at(key) != other.at(key)).collect()
    }
}

/// The order of keys: the shorter first, which most comparisons find without looking further.
fn order(one: &[u8], other: &[u8]) -> std::cmp::Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}
