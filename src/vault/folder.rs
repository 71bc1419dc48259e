//! The vault's folder: the owner's alone, written so that a crash leaves the old file or the new one.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::VaultError;

/// The largest file read, in bytes: an RSA-4096 key in base64 has about 4,000.
const MAX_BYTES: u64 = 32 * 1024;
const KEY_SUFFIX: &str = ".key";
const UNFINISHED_PREFIX: &str = ".unfinished-";

#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder, made with mode 0700 if it is not there.
    pub(super) fn create(path: &Path) -> Result<Self, VaultError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(write_refused(path, error)),
        }
        Self::open(path)
    }

    /// The folder, which must be there and be the owner's alone.
    pub(super) fn open(path: &Path) -> Result<Self, VaultError> {
        let metadata = fs::metadata(path).map_err(|error| refused(path, error))?;
        if !metadata.is_dir() {
            return Err(refused(path, io::ErrorKind::NotADirectory.into()));
        }
        check_private(path, &metadata)?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    /// The names of all key files, sorted. What a crash left unfinished is not among them.
    pub(super) fn key_files(&self) -> Result<Vec<String>, VaultError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(|error| refused(&self.0, error))? {
            let entry = entry.map_err(|error| refused(&self.0, error))?;
            if let Ok(name) = entry.file_name().into_string()
                && name.ends_with(KEY_SUFFIX)
                && !name.starts_with(UNFINISHED_PREFIX)
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    pub(super) fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        read_private(&self.path(name))
    }

    /// Writes durably: another file, fsync, rename, fsync of the folder.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), VaultError> {
        let (target, unfinished) = (self.path(name), self.path(&format!("{UNFINISHED_PREFIX}{name}")));
        // Left by a crash: incomplete, and nobody else writes here while we hold the vault.
        let _ = fs::remove_file(&unfinished);
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &target)?;
            File::open(&self.0)?.sync_all()
        };
        write().map_err(|error| write_refused(&self.0, error))
    }

    /// Removes a file durably.
    pub(super) fn remove(&self, name: &str) -> Result<(), VaultError> {
        let remove = || {
            fs::remove_file(self.path(name))?;
            File::open(&self.0)?.sync_all()
        };
        remove().map_err(|error| write_refused(&self.path(name), error))
    }
}

/// Reads a file that must be the owner's alone. Mode and content are those of the same open file, so that no other can be put in between.
pub(super) fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let file = File::open(path).map_err(|error| refused(path, error))?;
    let metadata = file.metadata().map_err(|error| refused(path, error))?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Err(VaultError::Altered(path.to_owned()));
    }
    check_private(path, &metadata)?;
    // Room for all at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize));
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|error| refused(path, error))?;
    Ok(bytes)
}

fn check_private(path: &Path, metadata: &fs::Metadata) -> Result<(), VaultError> {
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(VaultError::TooOpen { path: path.to_owned(), mode }) }
}

/// What a failure to read means for the vault.
fn refused(path: &Path, source: io::Error) -> VaultError {
    let path = path.to_owned();
    if source.kind() == io::ErrorKind::NotFound { VaultError::Missing(path) } else { VaultError::Io { path, source } }
}

/// What a failure to write means for the vault.
fn write_refused(path: &Path, source: io::Error) -> VaultError {
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => VaultError::ReadOnly(path.to_owned()),
        _ => refused(path, source),
    }
}
