//! What typst sees of the world: one template's files, the data of one certificate, its QR code, and the faces. No packages, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use super::Fonts;
use super::template::{Sources, file_id};

/// Where a face reads its data: `json("/data.json")`.
static DATA: LazyLock<Option<FileId>> = LazyLock::new(|| file_id("data.json"));
/// Where a face reads its QR code: `image("/qr.svg")`.
static QR: LazyLock<Option<FileId>> = LazyLock::new(|| file_id("qr.svg"));

/// One certificate's world. The library and the ids stay the same from one to the next, so that typst's memoised results do too.
pub(super) struct Sheet<'a> {
    pub(super) library: &'a LazyHash<Library>,
    pub(super) fonts: &'a Fonts,
    pub(super) sources: &'a Sources,
    pub(super) data: Bytes,
    pub(super) qr: Bytes,
    /// `/page-1.png`, `/page-2.png`, …
    pub(super) pages: &'a [Bytes],
}

impl Sheet<'_> {
    fn picture(&self, path: &str) -> Option<&Bytes> {
        let number: usize = path.strip_prefix("page-")?.strip_suffix(".png")?.parse().ok()?;
        self.pages.get(number.checked_sub(1)?)
    }
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.sources.face
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.sources.parsed.iter().find(|source| source.id() == id);
        source.cloned().ok_or_else(|| FileError::NotFound(id.vpath().get_with_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if Some(id) == *DATA {
            return Ok(self.data.clone());
        }
        if Some(id) == *QR {
            return Ok(self.qr.clone());
        }
        let path = id.vpath().get_without_slash();
        if let Some(picture) = self.picture(path) {
            return Ok(picture.clone());
        }
        self.sources.files.get(path).cloned().ok_or_else(|| FileError::NotFound(path.into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
