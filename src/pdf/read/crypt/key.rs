//! The key of a file under the empty user password (ISO 32000-1, 7.6.3.3 and 7.6.3.4; ISO 32000-2, 7.6.4.3 and 7.6.4.4).

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit, StreamCipher};
use md5::{Digest as _, Md5};
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

use super::super::ReadError;
use super::super::value::{Dict, Value};

/// What pads a password (algorithm 2, step a): here all of it.
const PADDING: [u8; 32] = *b"\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\
\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a";

/// The key, `length` bytes long, of a file with this first identifier.
///
/// # Errors
/// [`ReadError::Encrypted`] if the empty password does not open the file.
pub(super) fn find(dict: &Dict, id: &[u8], length: usize, encrypts_metadata: bool) -> Result<Vec<u8>, ReadError> {
    let string = |key: &str, length: usize| {
        let bytes = dict.get(key).and_then(Value::as_string);
        bytes.and_then(|bytes| bytes.get(..length)).ok_or(ReadError::Structure("encryption"))
    };
    let revision = dict.get("R").and_then(Value::as_int);
    match (revision, length) {
        (Some(revision @ 2..=4), 5..=16) => {
            let permissions = dict.get("P").and_then(Value::as_int).ok_or(ReadError::Structure("encryption"))?;
            let (owner, user) = (string("O", 32)?, string("U", 32)?);
            let key = old_key(revision, owner, permissions, id, length, encrypts_metadata);
            if opens(&key, revision, user, id) { Ok(key) } else { Err(ReadError::Encrypted) }
        }
        (Some(revision @ 5..=6), 32) => {
            let (user, encrypted) = (string("U", 48)?, string("UE", 32)?);
            let hash = |salt: &[u8]| if revision == 5 { digest(&SHA256, salt).as_ref().to_vec() } else { hash(salt) };
            // Validation salt, then key salt; the password before them is empty.
            if hash(&user[32..40]) != user[..32] {
                return Err(ReadError::Encrypted);
            }
            let mut key = encrypted.to_vec();
            let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(&hash(&user[40..48]), &[0; 16]);
            let cipher = cipher.map_err(|_| ReadError::Structure("encryption"))?;
            cipher.decrypt_padded::<NoPadding>(&mut key).map_err(|_| ReadError::Structure("encryption"))?;
            Ok(key)
        }
        _ => Err(ReadError::SecurityHandler),
    }
}

/// Algorithm 2.
fn old_key(
    revision: i64,
    owner: &[u8],
    permissions: i64,
    id: &[u8],
    length: usize,
    encrypts_metadata: bool,
) -> Vec<u8> {
    let mut hash = Md5::new();
    hash.update(PADDING);
    hash.update(owner);
    // Thirty-two bits, written signed by some and unsigned by others.
    hash.update((permissions as u32).to_le_bytes());
    hash.update(id);
    if revision >= 4 && !encrypts_metadata {
        hash.update([0xff; 4]);
    }
    let mut key = hash.finalize()[..length].to_vec();
    if revision >= 3 {
        for _ in 0..50 {
            key = Md5::digest(&key)[..length].to_vec();
        }
    }
    key
}

/// Algorithms 4 to 6: whether the key makes the user's entry.
fn opens(key: &[u8], revision: i64, user: &[u8], id: &[u8]) -> bool {
    let apply = |key: &[u8], data: &mut [u8]| {
        rc4::Rc4::new_from_slice(key).map(|mut cipher| cipher.apply_keystream(data)).is_ok()
    };
    if revision == 2 {
        let mut expected = PADDING;
        return apply(key, &mut expected) && expected == *user;
    }
    let mut hash = Md5::new();
    hash.update(PADDING);
    hash.update(id);
    let mut expected = hash.finalize().to_vec();
    let rounds = (0..20_u8).all(|round| {
        let key: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
        apply(&key, &mut expected)
    });
    rounds && expected == user[..16]
}

/// Algorithm 2.B for the empty password, with a salt and no user key.
fn hash(salt: &[u8]) -> Vec<u8> {
    let mut key = digest(&SHA256, salt).as_ref().to_vec();
    let (mut round, mut last) = (0_u32, 0_u8);
    while round < 64 || u32::from(last) > round - 32 {
        let mut data = key.repeat(64);
        let length = data.len();
        let (Some(own), Some(iv)) = (key.get(..16), key.get(16..32)) else { return key };
        let Ok(cipher) = cbc::Encryptor::<aes::Aes128>::new_from_slices(own, iv) else { return key };
        if cipher.encrypt_padded::<NoPadding>(&mut data, length).is_err() {
            return key;
        }
        // The first sixteen bytes as a number modulo 3: 256 is 1 modulo 3.
        let algorithm: &Algorithm = match data[..16].iter().map(|b| u32::from(*b)).sum::<u32>() % 3 {
            0 => &SHA256,
            1 => &SHA384,
            _ => &SHA512,
        };
        last = data[length - 1];
        key = digest(algorithm, &data).as_ref().to_vec();
        round += 1;
    }
    key.truncate(32);
    key
}
