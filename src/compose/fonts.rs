//! The faces: a chain of built-in ones, then those of the hall's own directory, so that rare characters can be added without a new program.

use std::collections::BTreeMap;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontStyle, FontWeight};
use typst::utils::LazyHash;

use super::Files;

/// The family that certificates are set in (a Song, 宋体) and seals are cut from.
pub const SONG: &str = "Yinxin Song";
/// Number of Unicode scalar values, rounded up: the length of the coverage map in bits.
const CODE_POINTS: usize = 0x11_0000;

/// All faces, and which characters they can draw between them.
pub struct Fonts {
    pub(super) faces: Vec<Font>,
    pub(super) book: LazyHash<FontBook>,
    coverage: Vec<u64>,
}

/// Why the faces could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FontsError {
    /// A file of the extra directory (counted from 0) is not a TrueType or OpenType face.
    #[error("extra font file {0} is not a TrueType or OpenType face")]
    NotAFace(usize),
    /// A file below `fonts/` is not a TrueType or OpenType face.
    #[error("{0} is not a TrueType or OpenType face")]
    BuiltIn(String),
    /// No regular face of the family [`SONG`].
    #[error("no regular face of the family {SONG}")]
    NoSong,
}

impl Fonts {
    /// The faces built into the program, then `extra` (whole files: TTF, OTF, TTC).
    pub fn load(extra: Vec<Vec<u8>>) -> Result<Self, FontsError> {
        Self::from_files(&Files::builtin(), extra)
    }

    /// The faces below `fonts/` of `files`, then `extra`.
    pub fn from_files(files: &Files, extra: Vec<Vec<u8>>) -> Result<Self, FontsError> {
        let mut faces = Vec::new();
        for (path, bytes) in files.below("fonts/").filter(|(path, _)| is_face(path)) {
            let before = faces.len();
            faces.extend(Font::iter(Bytes::new(bytes.clone())));
            if faces.len() == before {
                return Err(FontsError::BuiltIn(path.to_owned()));
            }
        }
        for (index, bytes) in extra.into_iter().enumerate() {
            let before = faces.len();
            faces.extend(Font::iter(Bytes::new(bytes)));
            if faces.len() == before {
                return Err(FontsError::NotAFace(index));
            }
        }
        let mut coverage = vec![0u64; CODE_POINTS / 64];
        for code in faces.iter().flat_map(|face| face.info().coverage.iter()) {
            if let Some(word) = coverage.get_mut(code as usize / 64) {
                *word |= 1 << (code % 64);
            }
        }
        let fonts = Self { book: LazyHash::new(FontBook::from_fonts(&faces)), faces, coverage };
        fonts.song_font().map(|_| ()).ok_or(FontsError::NoSong)?;
        Ok(fonts)
    }

    /// Whether some face has a glyph for `c`. A line break needs none.
    pub fn can_draw(&self, c: char) -> bool {
        let code = c as usize;
        c == '\n' || self.coverage[code / 64] >> (code % 64) & 1 == 1
    }

    /// The Song face as a whole file, for cutting seals.
    pub fn song(&self) -> &[u8] {
        self.song_font().map_or(&[], |font| font.data().as_slice())
    }

    /// The bold Song face as a whole file: condensed to a seal's letters its strokes are as strong as engraved ones.
    pub fn song_bold(&self) -> &[u8] {
        let bold = |info: &typst::text::FontInfo| info.family == SONG && info.variant.weight >= FontWeight::BOLD;
        self.faces.iter().find(|face| bold(face.info())).map_or_else(|| self.song(), |font| font.data().as_slice())
    }

    /// Family names with their number of faces, for the hall to see what is set up.
    pub fn families(&self) -> BTreeMap<String, usize> {
        self.faces.iter().fold(BTreeMap::new(), |mut families, face| {
            *families.entry(face.info().family.clone()).or_default() += 1;
            families
        })
    }

    fn song_font(&self) -> Option<&Font> {
        self.faces.iter().find(|face| {
            let info = face.info();
            info.family == SONG && info.variant.style == FontStyle::Normal && info.variant.weight == FontWeight::REGULAR
        })
    }
}

/// Whether a path below `fonts/` is a face, rather than its licence.
pub(super) fn is_face(path: &str) -> bool {
    [".otf", ".ttf", ".ttc"].iter().any(|end| path.ends_with(end))
}
