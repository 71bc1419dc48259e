//! Documents at rest: immutable objects named by their SHA-256, as files.
//!
//! Trusted for: nothing. What is read back is hashed again, so a swapped or torn file is an error, never a document.
//! Durable: when [`Store::put`] returns, file and folder entry are on disk (fsync of file, rename, fsync of folder).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::digest::Digest;

/// Last part of the name of a file that is still being written.
pub const UNFINISHED: &str = "tmp";

/// A folder of immutable objects: `objects/ab/abcd….`
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
}

/// Why an object could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused: no space, read-only, no such folder.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The bytes found under a name do not have that digest: torn or swapped.
    #[error("object {0} has been altered on disk")]
    Altered(Digest),
    /// No object of that digest.
    #[error("object {0} is missing")]
    Missing(Digest),
}

impl Store {
    /// Opens the folder, making it and the 256 folders in it if they are not there, durably: what is put into them later
    /// can only be lost with them.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        for first in 0..=u8::MAX {
            let folder = root.join(hex::encode([first]));
            fs::create_dir_all(&folder).map_err(at(&folder))?;
        }
        sync_folder(root)?;
        sync_folder_of(root)?;
        Ok(Self { root: root.to_owned() })
    }

    /// Keeps `bytes` durably and gives their name. Keeping the same bytes again changes nothing.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        let path = self.path(&digest);
        // A crash may have left a file whose content never reached the disk; only one that reads back right counts.
        if fs::read(&path).is_ok_and(|found| found == bytes) {
            // Whoever wrote it may still be waiting for the disk.
            File::open(&path).and_then(|file| file.sync_all()).map_err(at(&path))?;
            sync_folder_of(&path)?;
            return Ok(digest);
        }
        write_durably(&path, bytes)?;
        Ok(digest)
    }

    /// The object of that digest.
    pub fn read(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let path = self.path(digest);
        match fs::read(&path) {
            Ok(bytes) if Digest::of(&bytes) == *digest => Ok(bytes),
            Ok(_) => Err(StoreError::Altered(*digest)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::Missing(*digest)),
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// Where the object of that digest lies.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.root.join(&name[..2]).join(name)
    }

    /// Every object there is, with its time of writing.
    pub fn list(&self) -> Result<Vec<(Digest, std::time::SystemTime)>, StoreError> {
        let mut found = Vec::new();
        for file in self.files()? {
            let Some(digest) = file.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let written = file.metadata().and_then(|meta| meta.modified()).map_err(at(&file.path()))?;
            found.push((digest, written));
        }
        Ok(found)
    }

    /// Removes what writers that were killed had begun to write. Only while nobody writes: at start.
    pub fn sweep_unfinished(&self) -> Result<usize, StoreError> {
        let mut swept = 0;
        for file in self.files()?.iter().map(fs::DirEntry::path) {
            if file.extension().is_some_and(|kind| kind == UNFINISHED) {
                fs::remove_file(&file).map_err(at(&file))?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    fn files(&self) -> Result<Vec<fs::DirEntry>, StoreError> {
        let mut files = Vec::new();
        for folder in fs::read_dir(&self.root).map_err(at(&self.root))? {
            let folder = folder.map_err(at(&self.root))?.path();
            for file in fs::read_dir(&folder).map_err(at(&folder))? {
                files.push(file.map_err(at(&folder))?);
            }
        }
        Ok(files)
    }

    /// Removes an object that no row names.
    pub fn sweep(&self, digest: &Digest) -> Result<(), StoreError> {
        let path = self.path(digest);
        fs::remove_file(&path).map_err(at(&path))
    }
}

/// Writes a file so that it is there whole or not at all: temporary file, fsync, rename, fsync of the folder.
pub fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    write_renamed(path, bytes, true)?;
    sync_folder_of(path)
}

/// Writes a file so that readers see it whole or not at all, without waiting for the disk: for what can be made again.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    write_renamed(path, bytes, false)
}

fn write_renamed(path: &Path, bytes: &[u8], sync: bool) -> Result<(), StoreError> {
    // One temporary name per thread: two writers of the same object never share a file.
    let unique = format!("{:?}", std::thread::current().id());
    let unique: String = unique.chars().filter(char::is_ascii_digit).collect();
    let temporary = path.with_extension(format!("{unique}.{UNFINISHED}"));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).open(&temporary).map_err(at(&temporary))?;
    let written = file.write_all(bytes).and_then(|()| if sync { file.sync_all() } else { Ok(()) });
    if let Err(error) = written {
        let _ = fs::remove_file(&temporary); // the disk is full: leave no half file behind
        return Err(at(&temporary)(error));
    }
    fs::rename(&temporary, path).map_err(at(path))
}

/// Makes the name of a file or folder durable.
pub fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    sync_folder(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_writer_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let digest = store.put(b"one").unwrap();
        fs::write(store.path(&Digest::of(b"two")).with_extension("7.tmp"), b"tw").unwrap();
        assert_eq!(store.sweep_unfinished().unwrap(), 1);
        assert_eq!(store.sweep_unfinished().unwrap(), 0);
        let left: Vec<Digest> = store.list().unwrap().into_iter().map(|(digest, _)| digest).collect();
        assert_eq!(left, [digest]);
    }

    #[test]
    fn a_swapped_object_is_an_error_never_a_document() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let digest = store.put(b"one").unwrap();
        assert_eq!(store.put(b"one").unwrap(), digest);
        assert_eq!(store.read(&digest).unwrap(), b"one");
        fs::write(store.path(&digest), b"two").unwrap();
        assert!(matches!(store.read(&digest), Err(StoreError::Altered(_))));
        assert_eq!(store.put(b"one").unwrap(), digest, "a torn object is written again");
        assert_eq!(store.read(&digest).unwrap(), b"one");
        assert!(matches!(store.read(&Digest::of(b"three")), Err(StoreError::Missing(_))));
    }
}
