//! Encrypted files that anybody can read (ISO 32000-1, 7.6; ISO 32000-2, 7.6): the standard security handler with the empty
//! user password.
//!
//! Strings are decrypted when their object is read, data when they are asked for. What lies in an object stream is not
//! encrypted again; cross-reference streams and the contents of signatures never are. A file that asks for a password is
//! [`ReadError::Encrypted`], another handler [`ReadError::SecurityHandler`].

mod key;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, KeyInit, KeyIvInit, StreamCipher};
use md5::{Digest as _, Md5};

use super::ReadError;
use super::document::Document;
use super::value::{Dict, Id, Value};

/// Bytes of an AES block, and of the initialization vector before encrypted data.
const BLOCK: usize = 16;

/// How strings and streams are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    /// Not at all.
    Identity,
    /// RC4 with a key for each object.
    Rc4,
    /// AES-128 in CBC mode with a key for each object.
    Aes128,
    /// AES-256 in CBC mode with the file's key.
    Aes256,
}

/// The key of a file and what is encrypted with it.
pub(super) struct Crypt {
    key: Vec<u8>,
    strings: Method,
    streams: Method,
    /// The crypt filters, by name.
    filters: BTreeMap<Vec<u8>, Method>,
    encrypts_metadata: bool,
    /// The encryption dictionary, whose strings are plain.
    dictionary: Option<Id>,
}

impl Crypt {
    /// How a document is encrypted; `None` if it is not.
    pub(super) fn of(document: &Document<'_>) -> Result<Option<Self>, ReadError> {
        let Some(encrypt) = unchanged(document)? else { return Ok(None) };
        let view = document.latest();
        let resolved = view.resolve(Some(&encrypt))?;
        let dict = resolved.as_dict().ok_or(ReadError::SecurityHandler)?;
        if !dict.has_name("Filter", "Standard") {
            return Err(ReadError::SecurityHandler);
        }
        let int = |key: &str| dict.get(key).and_then(Value::as_int);
        let encrypts_metadata = dict.get("EncryptMetadata") != Some(&Value::Bool(false));
        let filters = filters(dict)?;
        let method = |key: &str| match dict.get(key).and_then(Value::as_name) {
            None | Some(b"Identity") => Ok(Method::Identity),
            Some(name) => filters.get(name).copied().ok_or(ReadError::SecurityHandler),
        };
        let length = int("Length").unwrap_or(40);
        let (strings, streams, length) = match int("V") {
            Some(1) => (Method::Rc4, Method::Rc4, 5),
            Some(2) if (40..=128).contains(&length) && length % 8 == 0 => {
                (Method::Rc4, Method::Rc4, (length / 8) as usize)
            }
            Some(4) => (method("StrF")?, method("StmF")?, 16),
            Some(5) => (method("StrF")?, method("StmF")?, 32),
            _ => return Err(ReadError::SecurityHandler),
        };
        let trailer = view.trailer();
        let id = trailer.get("ID").and_then(Value::as_array).and_then(|ids| ids.first());
        let id = view.resolve(id)?;
        let key = key::find(dict, id.as_string().unwrap_or_default(), length, encrypts_metadata)?;
        let dictionary = encrypt.as_ref();
        Ok(Some(Self { key, strings, streams, filters, encrypts_metadata, dictionary }))
    }

    /// Decrypts the strings of an object that stands on its own in the file.
    pub(super) fn decrypt_strings(&self, id: Id, value: &mut Value) -> Result<(), ReadError> {
        let is_plain = self.dictionary == Some(id) || self.strings == Method::Identity;
        if is_plain || value.as_dict().is_some_and(|dict| dict.has_name("Type", "XRef")) {
            return Ok(());
        }
        let key = self.object_key(self.strings, id);
        strings(value, &mut |bytes| {
            *bytes = decrypt(self.strings, &key, bytes)?;
            Ok(())
        })
    }

    /// Decrypts the data of a stream.
    pub(super) fn decrypt_stream<'a>(
        &self,
        id: Id,
        dict: &Dict,
        raw: Cow<'a, [u8]>,
    ) -> Result<Cow<'a, [u8]>, ReadError> {
        let is_metadata = dict.has_name("Type", "Metadata") && !self.encrypts_metadata;
        let method = match own_filter(dict) {
            Some(name) => match name.as_deref() {
                None | Some(b"Identity") => Method::Identity,
                Some(name) => *self.filters.get(name).ok_or(ReadError::SecurityHandler)?,
            },
            None if dict.has_name("Type", "XRef") || is_metadata => Method::Identity,
            None => self.streams,
        };
        if method == Method::Identity {
            return Ok(raw);
        }
        decrypt(method, &self.object_key(method, id), &raw).map(Cow::Owned)
    }

    /// The key of one object (ISO 32000-1, 7.6.2, algorithm 1).
    fn object_key(&self, method: Method, id: Id) -> Vec<u8> {
        if matches!(method, Method::Aes256 | Method::Identity) {
            return self.key.clone();
        }
        let mut hash = Md5::new();
        hash.update(&self.key);
        hash.update(&id.number.to_le_bytes()[..3]);
        hash.update(id.generation.to_le_bytes());
        if method == Method::Aes128 {
            hash.update(b"sAlT");
        }
        hash.finalize()[..(self.key.len() + 5).min(16)].to_vec()
    }
}

/// The value of `/Encrypt`, which must be the same in every revision, and lead to the same object: who adds, drops or replaces it
/// changes what every string says.
fn unchanged(document: &Document<'_>) -> Result<Option<Value>, ReadError> {
    let first_id = |dict: &Dict| dict.get("ID").and_then(Value::as_array).and_then(|ids| ids.first().cloned());
    let said = |dict: &Dict| dict.get("Encrypt").filter(|value| **value != Value::Null).cloned();
    let latest = document.latest();
    let encrypt = said(latest.trailer());
    let entry = |view: super::view::View<'_, '_>| match &encrypt {
        Some(Value::Ref(id)) => view.entry(id.number),
        _ => Ok(None),
    };
    let place = entry(latest)?;
    for revision in 0..document.revisions().len() {
        let view = document.as_of(revision);
        let trailer = view.trailer();
        let same_id = encrypt.is_none() || first_id(trailer) == first_id(latest.trailer());
        if said(trailer) != encrypt || !same_id || entry(view)? != place {
            return Err(ReadError::EncryptionChanged);
        }
    }
    Ok(encrypt)
}

/// The crypt filters (ISO 32000-1, table 25).
fn filters(dict: &Dict) -> Result<BTreeMap<Vec<u8>, Method>, ReadError> {
    let Some(filters) = dict.get("CF").and_then(Value::as_dict) else { return Ok(BTreeMap::new()) };
    let method = |filter: &Value| match filter.as_dict()?.get("CFM").and_then(Value::as_name) {
        None | Some(b"None") => Some(Method::Identity),
        Some(b"V2") => Some(Method::Rc4),
        Some(b"AESV2") => Some(Method::Aes128),
        Some(b"AESV3") => Some(Method::Aes256),
        Some(_) => None,
    };
    filters
        .entries()
        .map(|(name, filter)| Ok((name.to_vec(), method(filter).ok_or(ReadError::SecurityHandler)?)))
        .collect()
}

/// The crypt filter that a stream names for itself, as its first filter; the inner `None` is the default, Identity.
fn own_filter(dict: &Dict) -> Option<Option<Vec<u8>>> {
    let first = |value: Option<&Value>| match value {
        Some(Value::Array(items)) => items.first().cloned(),
        value => value.cloned(),
    };
    let is_crypt = first(dict.get("Filter")).is_some_and(|name| name.as_name() == Some(b"Crypt"));
    let parameters = first(dict.get("DecodeParms"));
    let name = parameters.as_ref().and_then(Value::as_dict).and_then(|p| p.get("Name")).and_then(Value::as_name);
    is_crypt.then(|| name.map(<[u8]>::to_vec))
}

/// The dictionary of a decrypted stream, with the filters that are still to be undone.
pub(super) fn without_crypt_filter(dict: &Dict) -> Dict {
    if own_filter(dict).is_none() {
        return dict.clone();
    }
    let rest = |key: &str| match dict.get(key) {
        Some(Value::Array(items)) if items.len() > 1 => {
            Some((key.as_bytes().into(), Value::Array(Rc::new(items[1..].to_vec()))))
        }
        _ => None,
    };
    let left = dict.clone().without(&["Filter", "DecodeParms"]);
    let entries = left.entries().map(|(key, value)| (key.into(), value.clone()));
    // The two have just been left out: every key stands there once.
    Dict::new(entries.chain(rest("Filter")).chain(rest("DecodeParms")).collect()).unwrap_or(left)
}

/// Calls `change` with every string but the contents of signatures (ISO 32000-1, 7.6.1).
fn strings(value: &mut Value, change: &mut impl FnMut(&mut Vec<u8>) -> Result<(), ReadError>) -> Result<(), ReadError> {
    match value {
        Value::String(bytes) => change(bytes),
        Value::Array(items) => Rc::make_mut(items).iter_mut().try_for_each(|item| strings(item, change)),
        Value::Dict(dict) => {
            let is_signature = dict.get("ByteRange").is_some();
            dict.values_mut()
                .filter(|(key, _)| !(is_signature && *key == b"Contents"))
                .try_for_each(|(_, value)| strings(value, change))
        }
        _ => Ok(()),
    }
}

fn decrypt(method: Method, key: &[u8], data: &[u8]) -> Result<Vec<u8>, ReadError> {
    let damaged = ReadError::Structure("encrypted data");
    let mut out = data.to_vec();
    match method {
        Method::Identity => {}
        Method::Rc4 => rc4::Rc4::new_from_slice(key).map_err(|_| damaged)?.apply_keystream(&mut out),
        // Nothing is left unencrypted by some writers.
        Method::Aes128 | Method::Aes256 if data.is_empty() => {}
        Method::Aes128 => out = plain::<cbc::Decryptor<aes::Aes128>>(key, &mut out).ok_or(damaged)?,
        Method::Aes256 => out = plain::<cbc::Decryptor<aes::Aes256>>(key, &mut out).ok_or(damaged)?,
    }
    Ok(out)
}

/// Undoes CBC and its padding; the initialization vector comes first (ISO 32000-1, 7.6.2, algorithm 1).
fn plain<D: KeyIvInit + BlockModeDecrypt>(key: &[u8], data: &mut [u8]) -> Option<Vec<u8>> {
    let (iv, data) = data.split_at_mut_checked(BLOCK)?;
    let cipher = D::new_from_slices(key, iv).ok()?;
    cipher.decrypt_padded::<Pkcs7>(data).ok().map(<[u8]>::to_vec)
}
