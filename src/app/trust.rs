//! The folder of trust, read: what is in it is known by its name, and nothing in it is passed over in silence.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{StartError, at};
use crate::digest::Digest;
use crate::store::UNFINISHED;
use crate::verify::Trust;

/// Folders in a trust folder; what lies in one is said in [`Trust::from_files`].
const TRUST_FOLDERS: [&str; 4] = ["halls", "outside", "tsa", "seals"];
/// The largest file read of a trust folder: the longest revocation list, in PEM.
const MAX_TRUST_FILE: u64 = 12 << 20;

/// The trust folder as a verifier reads it: everything in it, or nothing. Hidden files and those that are being written are passed over.
pub fn read_trust(folder: &Path) -> Result<Trust, StartError> {
    let (mut files, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(prefix) = folders.pop() {
        for path in list(&folder.join(&prefix))? {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with('.') || path.extension().is_some_and(|kind| kind == UNFINISHED) {
                continue;
            }
            let name = format!("{prefix}{name}");
            if TRUST_FOLDERS.contains(&name.as_str()) {
                folders.push(format!("{name}/"));
            } else if Trust::reads(&name)? {
                files.push((name, read_regular(&path, MAX_TRUST_FILE).map_err(at(&path))?));
            } else {
                open_regular(&path).map_err(at(&path))?;
            }
        }
    }
    files.sort_by_key(|(name, _)| (name.contains('/'), name.clone()));
    Ok(Trust::from_files(files)?)
}

/// What the hall's own revocation lists are now.
pub(super) fn lists_in(folder: &Path) -> [Option<Digest>; 2] {
    ["root.crl", "issuing.crl"].map(|file| fs::read(folder.join(file)).ok().map(|bytes| Digest::of(&bytes)))
}

/// Opens a regular file. Asked before it is opened: a pipe would be waited for.
pub fn open_regular(path: &Path) -> std::io::Result<File> {
    if fs::metadata(path)?.is_file() { File::open(path) } else { Err(std::io::Error::other("not a regular file")) }
}

/// A regular file of at most so many bytes.
pub fn read_regular(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(std::io::Error::other("the file is too large")) } else { Ok(bytes) }
}

pub(super) fn list(folder: &Path) -> Result<Vec<PathBuf>, StartError> {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(at(folder))).collect()
}
