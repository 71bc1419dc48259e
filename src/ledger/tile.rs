//! Tiles and entry bundles (C2SP tlog-tiles): the static files a log consists of, their paths and their bytes.
//!
//! Hash `i` of tile `n` at level `l` is the RFC 6962 root of entries `(n*256+i)*256^l .. (n*256+i+1)*256^l`.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::encoding::parse_decimal;
use crate::digest::Digest;

/// Hashes in a full tile, entries in a full bundle.
pub const FULL_WIDTH: u16 = 256;
/// Longest path accepted: seven groups of digits for a 64-bit index, level and width.
const MAX_PATH_BYTES: usize = 64;
/// Highest level a path can name.
const MAX_LEVEL: u8 = 63;
const DIGEST_BYTES: usize = 32;

/// Why a path or a file's bytes are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not the one spelling of a tile's or bundle's path.
    #[error("not the path of a tile or an entry bundle")]
    Path,
    /// Not a whole number of hashes, or not between the width asked for and 256.
    #[error("{0} bytes cannot be this tile")]
    TileLength(usize),
    /// Not the number of entries the bundle's width names.
    #[error("{0} entries cannot be this bundle")]
    EntryCount(usize),
    /// An entry is longer than a 16-bit length can say.
    #[error("an entry of {0} bytes does not fit a bundle")]
    EntryLength(usize),
    /// A bundle ends inside an entry.
    #[error("the bundle ends inside an entry")]
    Truncated,
}

/// A hash tile: its place and its width. Full tiles never change; a partial one is replaced by wider ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl Tile {
    /// The tile at this place in a tree of `size` entries, as wide as that tree has it; `None` if it would be empty.
    pub fn of_tree(size: u64, level: u8, index: u64) -> Option<Self> {
        // A tree of fewer than 2^64 entries has nothing above level 7.
        let hashes = size.checked_shr(8 * u32::from(level))?;
        let left = hashes.checked_sub(index.checked_mul(FULL_WIDTH.into())?)?;
        let width = u16::try_from(left).map_or(FULL_WIDTH, |left| left.min(FULL_WIDTH));
        (width > 0).then_some(Self { level, index, width })
    }

    /// The level: 0 holds leaf hashes.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// The place within the level, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes: 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// The same place, full.
    pub const fn full(self) -> Self {
        Self { width: FULL_WIDTH, ..self }
    }

    /// Whether `other` holds at least the hashes of this tile.
    pub const fn is_within(self, other: Self) -> bool {
        self.level == other.level && self.index == other.index && self.width <= other.width
    }

    /// Reads the bytes of this tile or of a wider one at the same place; gives exactly this tile's hashes.
    ///
    /// # Errors
    /// [`TileError::TileLength`].
    pub fn decode(self, bytes: &[u8]) -> Result<Vec<Digest>, TileError> {
        let (chunks, rest) = bytes.as_chunks::<DIGEST_BYTES>();
        if !rest.is_empty() || chunks.len() < self.width.into() || chunks.len() > FULL_WIDTH.into() {
            return Err(TileError::TileLength(bytes.len()));
        }
        Ok(chunks.iter().take(self.width.into()).map(|chunk| Digest::from_bytes(*chunk)).collect())
    }
}

/// The bytes of a tile: its hashes, one after another.
pub fn encode_hashes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

impl fmt::Display for Tile {
    /// The path below the log's prefix, such as `tile/0/x001/x234/067.p/8`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_place(f, self.index, self.width)
    }
}

/// An entry bundle: the entries whose hashes are the level-0 tile of the same index and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    index: u64,
    width: u16,
}

impl Bundle {
    /// The bundle with this index in a tree of `size` entries; `None` if it would be empty.
    pub fn of_tree(size: u64, index: u64) -> Option<Self> {
        Tile::of_tree(size, 0, index).map(Self::beside)
    }

    /// The bundle beside a level-0 tile.
    pub(super) const fn beside(tile: Tile) -> Self {
        Self { index: tile.index, width: tile.width }
    }

    /// The place, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many entries: 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// The same place, full.
    pub const fn full(self) -> Self {
        Self { width: FULL_WIDTH, ..self }
    }

    /// The indexes of its entries in the log.
    pub fn entries(self) -> Range<u64> {
        let first = self.index.saturating_mul(FULL_WIDTH.into());
        first..first.saturating_add(self.width.into())
    }

    /// The bytes of this bundle: for each entry a big-endian 16-bit length and the entry.
    ///
    /// # Errors
    /// [`TileError::EntryCount`] if there are not exactly `width` entries, [`TileError::EntryLength`].
    pub fn encode<T: AsRef<[u8]>>(self, entries: &[T]) -> Result<Vec<u8>, TileError> {
        if entries.len() != usize::from(self.width) {
            return Err(TileError::EntryCount(entries.len()));
        }
        let mut bytes = Vec::new();
        for entry in entries.iter().map(AsRef::as_ref) {
            let length = u16::try_from(entry.len()).map_err(|_| TileError::EntryLength(entry.len()))?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        Ok(bytes)
    }

    /// Reads the bytes of this bundle or of a wider one at the same place; gives exactly this bundle's entries.
    ///
    /// # Errors
    /// [`TileError::Truncated`], [`TileError::EntryCount`] if there are fewer than `width` or more than 256 entries.
    pub fn decode(self, mut bytes: &[u8]) -> Result<Vec<&[u8]>, TileError> {
        let mut entries = Vec::new();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_first_chunk::<2>().ok_or(TileError::Truncated)?;
            let (entry, rest) =
                rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(TileError::Truncated)?;
            entries.push(entry);
            if entries.len() > FULL_WIDTH.into() {
                return Err(TileError::EntryCount(entries.len()));
            }
            bytes = rest;
        }
        if entries.len() < self.width.into() {
            return Err(TileError::EntryCount(entries.len()));
        }
        entries.truncate(self.width.into());
        Ok(entries)
    }
}

impl fmt::Display for Bundle {
    /// The path below the log's prefix, such as `tile/entries/002.p/88`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_place(f, self.index, self.width)
    }
}

/// A path below the log's prefix: everything that is served except `checkpoint`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TilePath {
    /// `tile/<level>/<index>[.p/<width>]`
    Hashes(Tile),
    /// `tile/entries/<index>[.p/<width>]`
    Entries(Bundle),
}

impl FromStr for TilePath {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        let parsed = parse_path(path).ok_or(TileError::Path)?;
        // The grammar has one spelling for each place: what we would have written.
        if parsed.to_string() == path { Ok(parsed) } else { Err(TileError::Path) }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hashes(tile) => tile.fmt(f),
            Self::Entries(bundle) => bundle.fmt(f),
        }
    }
}

fn parse_path(path: &str) -> Option<TilePath> {
    if path.len() > MAX_PATH_BYTES {
        return None;
    }
    let (level, place) = path.strip_prefix("tile/")?.split_once('/')?;
    let (groups, width) = match place.split_once(".p/") {
        None => (place, FULL_WIDTH),
        Some((groups, width)) => {
            let width = u16::try_from(parse_decimal(width)?).ok()?;
            (groups, Some(width).filter(|width| (1..FULL_WIDTH).contains(width))?)
        }
    };
    let mut index = 0_u64;
    for group in groups.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    if level == "entries" {
        return Some(TilePath::Entries(Bundle { index, width }));
    }
    let level = u8::try_from(parse_decimal(level)?).ok().filter(|level| *level <= MAX_LEVEL)?;
    Some(TilePath::Hashes(Tile { level, index, width }))
}

fn write_place(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let mut groups = vec![format!("{:03}", index % 1000)];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(format!("x{:03}", rest % 1000));
        rest /= 1000;
    }
    groups.reverse();
    f.write_str(&groups.join("/"))?;
    if width < FULL_WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_spelling() {
        for path in [
            "tile/0/000",
            "tile/0/000.p/1",
            "tile/1/x001/x234/067",
            "tile/63/x001/x234/067.p/255",
            "tile/entries/002.p/88",
            "tile/entries/x018/x446/x744/x073/x709/x551/615",
        ] {
            assert_eq!(path.parse::<TilePath>().unwrap().to_string(), path);
        }
        for path in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/00a",
            "tile/0/+00",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/entry/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p",
            "tile/0/000.p/1/",
            "tile/0/000/",
            "tile/0//000",
            "/tile/0/000",
            "tile/0/x000/001",
            "tile/0/001/067",
            "tile/0/x001/x067",
            "tile/0/x001",
            "tile/0/../000",
            "tile/entries/x018/x446/x744/x073/x709/x551/616",
            "tile/entries/x001/x000/x000/x000/x000/x000/x000/x000/000",
        ] {
            assert_eq!(path.parse::<TilePath>(), Err(TileError::Path), "{path:?}");
        }
    }

    #[test]
    fn a_tree_has_the_tiles_of_the_specifications_example() {
        // C2SP tlog-tiles, "Partial Tiles": a tree of 70,000.
        let width = |level, index| Tile::of_tree(70_000, level, index).map(Tile::width);
        assert_eq!((width(0, 272), width(0, 273), width(0, 274)), (Some(256), Some(112), None));
        assert_eq!((width(1, 0), width(1, 1), width(1, 2)), (Some(256), Some(17), None));
        assert_eq!(
            (width(2, 0), width(2, 1), width(3, 0), width(8, 0), width(63, 0)),
            (Some(1), None, None, None, None)
        );
        assert_eq!((Tile::of_tree(256, 0, 1), Tile::of_tree(256, 1, 0).map(Tile::width)), (None, Some(1)));
        assert_eq!(Tile::of_tree(u64::MAX, 0, u64::MAX), None);
    }

    #[test]
    fn wider_files_serve_and_shorter_ones_do_not() {
        let hashes: Vec<_> = (0..=255_u8).map(|i| Digest::of(&[i])).collect();
        let bytes = encode_hashes(&hashes);
        let tile = Tile::of_tree(88, 0, 0).unwrap();
        assert_eq!(tile.decode(&bytes).unwrap(), hashes[..88]);
        assert_eq!(tile.decode(&bytes[..88 * 32]).unwrap(), hashes[..88]);
        for wrong in [87 * 32, 88 * 32 + 1] {
            assert_eq!(tile.decode(&bytes[..wrong]), Err(TileError::TileLength(wrong)));
        }
        assert_eq!(tile.decode(&[0; 257 * 32]), Err(TileError::TileLength(257 * 32)));
    }

    #[test]
    fn bundles_are_length_prefixed_entries() {
        let bundle = Bundle::of_tree(258, 1).unwrap();
        assert_eq!((bundle.to_string().as_str(), bundle.entries()), ("tile/entries/001.p/2", 256..258));
        let bytes = bundle.encode(&[&b"ab"[..], b""]).unwrap();
        assert_eq!(bytes, b"\0\x02ab\0\0");
        assert_eq!(bundle.decode(&bytes).unwrap(), [&b"ab"[..], b""]);
        assert_eq!(bundle.decode(b"\0\x02ab\0\0\0\x01c").unwrap(), [&b"ab"[..], b""]);
        assert_eq!(bundle.decode(b"\0\x02ab\0"), Err(TileError::Truncated));
        assert_eq!(bundle.decode(b"\0\x02ab\0\x01"), Err(TileError::Truncated));
        assert_eq!(bundle.decode(b"\0\x02ab"), Err(TileError::EntryCount(1)));
        assert_eq!(bundle.decode(&[0; 514]), Err(TileError::EntryCount(257)));
        assert_eq!(bundle.encode(&[b"a"]), Err(TileError::EntryCount(1)));
        assert_eq!(bundle.encode(&[vec![0; 65_536], vec![]]), Err(TileError::EntryLength(65_536)));
    }
}
