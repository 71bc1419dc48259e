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
const SHORT: usize = 23;
/// So many entries are looked through sooner than searched.
const FEW: usize = 16;

/// A name, decoded. A document has thousands, nearly all of them short: those take no memory of their own, and are compared as
/// whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    Short(Short),
    Long(Rc<[u8]>),
}

/// The length of a name, its bytes, and zeros. Aligned, so that it is moved by whole words: names are moved more than read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(align(8))]
pub(crate) struct Short([u8; 1 + SHORT]);

impl Name {
    /// The first `length` bytes of `bytes`.
    #[inline]
    pub(super) fn beginning(bytes: &[u8], length: usize) -> Self {
        let (Some(most), Some(rest)) = (bytes.first_chunk::<16>(), bytes.get(15..).and_then(<[u8]>::first_chunk::<8>))
        else {
            return bytes[..length].into();
        };
        if length > SHORT {
            return bytes[..length].into();
        }
        // All that may be the name's at once, then what is not its own set to zero: byte by byte takes longer.
        let own = |bytes: usize| u128::MAX.checked_shl(8 * bytes as u32).map_or(u128::MAX, |others| !others);
        let most = u128::from_le_bytes(*most) & own(length);
        let rest = u128::from(u64::from_le_bytes(*rest) >> 8) & own(length.saturating_sub(16));
        let mut name = [length as u8; 1 + SHORT];
        name[1..17].copy_from_slice(&most.to_le_bytes());
        name[17..].copy_from_slice(&rest.to_le_bytes()[..SHORT - 16]);
        Self::Short(Short(name))
    }
}

impl Deref for Name {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Short(Short(name)) => &name[1..=usize::from(name[0])],
            Self::Long(name) => name,
        }
    }
}

impl From<&[u8]> for Name {
    #[inline]
    fn from(name: &[u8]) -> Self {
        if name.len() > SHORT {
            return Self::Long(name.into());
        }
        let mut bytes = [0; 1 + SHORT];
        bytes[0] = name.len() as u8;
        bytes[1..=name.len()].copy_from_slice(name);
        Self::Short(Short(bytes))
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
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        let is_one = entries.windows(2).all(|two| two[0].0 != two[1].0);
        is_one.then(|| Self(Rc::new(entries)))
    }

    #[inline]
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.named(&key.as_bytes().into())
    }

    pub(crate) fn at(&self, key: &[u8]) -> Option<&Value> {
        self.named(&key.into())
    }

    fn named(&self, key: &Name) -> Option<&Value> {
        let found = match &*self.0 {
            few if few.len() <= FEW => few.iter().position(|(one, _)| one == key),
            many => many.binary_search_by(|(one, _)| one.cmp(key)).ok(),
        };
        found.map(|at| &self.0[at].1)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_own_bytes_and_no_others_however_it_is_made() {
        let text: Vec<u8> = (b'!'..=b'~').collect();
        for length in 0..=40 {
            for behind in 0..=40 {
                let name = Name::beginning(&text[..length + behind], length);
                assert_eq!(*name, text[..length]);
                assert!(name == Name::from(&text[..length]));
            }
        }
    }

    #[test]
    fn keys_are_found_in_dictionaries_of_any_size() {
        for size in [1, 2, FEW, FEW + 1, 300] {
            let key = |n: usize| "Key".repeat(n % 11) + &n.to_string();
            let entries = || (0..size).map(|n| (key(n).as_bytes().into(), Value::Int(n as i64)));
            let dict = Dict::new(entries().collect()).unwrap();
            (0..size).for_each(|n| assert_eq!(dict.get(&key(n)), Some(&Value::Int(n as i64))));
            assert_eq!(dict.get("Other"), None);
            assert_eq!(Dict::new(entries().chain(entries().take(1)).collect()), None, "a key twice");
        }
    }
}
