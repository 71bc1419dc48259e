//! The template files as bytes: built into the program, or read from a directory of the same shape.
//!
//! `fonts/**` faces, `lib/*.typ` shared typst functions, `<slug>/template.toml` and `<slug>/face.typ` for every template.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Largest file accepted from a directory, in bytes (a full CJK face is below 40 MB).
pub const MAX_FILE: u64 = 64 << 20;
/// Most files accepted from a directory.
pub const MAX_FILES: usize = 2_000;

/// Paths with `/` below the templates directory, and their bytes.
#[derive(Clone, Default)]
pub struct Files(BTreeMap<String, Cow<'static, [u8]>>);

/// Why a templates directory could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Read {
        /// Which file or directory.
        path: String,
        /// What it said.
        source: std::io::Error,
    },
    /// More than [`MAX_FILES`] files, or a file above [`MAX_FILE`] bytes.
    #[error("{path}: too large for a templates directory")]
    TooLarge {
        /// Which file or directory.
        path: String,
    },
    /// A file name that is not UTF-8.
    #[error("{path}: not a UTF-8 file name")]
    Name {
        /// The name, with what is not UTF-8 replaced.
        path: String,
    },
}

impl Files {
    /// The files built into the program.
    pub fn builtin() -> Self {
        fn collect(dir: &Dir<'static>, into: &mut BTreeMap<String, Cow<'static, [u8]>>) {
            for file in dir.files() {
                if let Some(path) = file.path().to_str() {
                    into.insert(path.replace('\\', "/"), Cow::Borrowed(file.contents()));
                }
            }
            dir.dirs().for_each(|dir| collect(dir, into));
        }
        let mut files = BTreeMap::new();
        collect(&BUILTIN, &mut files);
        Self(files)
    }

    /// The files below `root`; symbolic links are followed, hidden files left out.
    pub fn read(root: &Path) -> Result<Self, FilesError> {
        let mut files = BTreeMap::new();
        let mut pending = vec![(root.to_path_buf(), String::new())];
        while let Some((dir, prefix)) = pending.pop() {
            let failed = |source| FilesError::Read { path: dir.display().to_string(), source };
            for entry in std::fs::read_dir(&dir).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                let shown = path.display().to_string();
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                    return Err(FilesError::Name { path: shown });
                };
                if name.starts_with('.') {
                    continue;
                }
                let inner = format!("{prefix}{name}");
                let about =
                    std::fs::metadata(&path).map_err(|source| FilesError::Read { path: shown.clone(), source })?;
                if pending.len() + files.len() >= MAX_FILES || about.len() > MAX_FILE {
                    return Err(FilesError::TooLarge { path: shown });
                }
                if about.is_dir() {
                    pending.push((path, format!("{inner}/")));
                } else {
                    let bytes = std::fs::read(&path).map_err(|source| FilesError::Read { path: shown, source })?;
                    files.insert(inner, Cow::Owned(bytes));
                }
            }
        }
        Ok(Self(files))
    }

    /// Files put together in memory.
    pub fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self(files.into_iter().map(|(path, bytes)| (path, Cow::Owned(bytes))).collect())
    }

    /// The bytes at `path`.
    pub fn at(&self, path: &str) -> Option<&Cow<'static, [u8]>> {
        self.0.get(path)
    }

    /// Paths and bytes below `folder` (which ends in `/`), sorted by path.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Cow<'static, [u8]>)> {
        self.0.iter().filter(move |(path, _)| path.starts_with(folder)).map(|(path, bytes)| (path.as_str(), bytes))
    }

    /// The folders that hold a `template.toml`, sorted.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.0.keys().filter_map(|path| path.strip_suffix("/template.toml")).filter(|slug| !slug.contains('/'))
    }
}
