//! The Merkle tree (RFC 6962 section 2.1, SHA-256), kept as its right edge and as tiles.
//!
//! A writer holds one [`Edge`], at most 255 hashes a level, and [`append`] tells which files a longer log has and the
//! shorter one had not. Readers compute any proof from tiles: [`inclusion_path`], [`consistency_path`]. Verifiers need
//! neither: [`verify_inclusion`], [`verify_consistency`].
//!
//! Tiles that are read are not trusted: an edge is checked against a root; a path is worth what its verification says.

mod consistency;
mod inclusion;
mod nodes;

pub use consistency::{consistency_path, verify_consistency};
pub use inclusion::{inclusion_path, verify_inclusion};

use super::tile::{Bundle, FULL_WIDTH, Tile};
use crate::digest::Digest;
use nodes::{join, perfect_root, perfect_roots};

/// Largest tree: what a signed 64-bit integer counts, as in databases and in other implementations.
pub const MAX_SIZE: u64 = i64::MAX as u64;

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The index is not below the size, the old size is over the new one, or a size is over [`MAX_SIZE`].
    #[error("the index or size lies outside the tree")]
    Outside,
    /// The path has more or fewer hashes than these sizes need.
    #[error("the path has the wrong length")]
    PathLength,
    /// The path leads to another root.
    #[error("the path leads to another root")]
    Root,
}

/// Why a path or an edge could not be computed from tiles; `E` is the reader's own error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError<E> {
    /// The reader failed.
    #[error("a tile could not be read: {0}")]
    Read(E),
    /// The reader gave fewer hashes than the tile has.
    #[error("{0} is shorter than the tree needs")]
    Short(Tile),
    /// The tiles do not hash to the root.
    #[error("the tiles do not hash to the root")]
    Root,
    /// The index is not below the size, the old size is over the new one, or a size is over [`MAX_SIZE`].
    #[error("the index or size lies outside the tree")]
    Outside,
}

/// The hash of an entry: SHA-256(0x00 || entry).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::of_parts(&[&[0x00], entry])
}

/// The hash of an inner node: SHA-256(0x01 || left || right).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[0x01], left.as_bytes(), right.as_bytes()])
}

/// The root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

/// The right edge of a tree: the hashes of its partial tiles, which is all that appending needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: u64,
    /// At level `l` the hashes of the partial tile: `floor(size / 256^l) mod 256` of them.
    partial: Vec<Vec<Digest>>,
}

impl Edge {
    /// The edge of the empty tree.
    pub const fn empty() -> Self {
        Self { size: 0, partial: Vec::new() }
    }

    /// The edge of the tree over these leaf hashes.
    pub fn of_leaves(leaves: impl IntoIterator<Item = Digest>) -> Self {
        let mut edge = Self::empty();
        for leaf in leaves {
            edge.push(leaf, |_, _| ());
        }
        edge
    }

    /// Reads the edge of the tree of `size` entries from its partial tiles and checks it against `root`.
    /// The reader is asked for tiles of exactly the width this size has; it may give more hashes (a wider or the full tile).
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::Root`] if what was read is not the tree that has this root.
    pub fn from_tiles<E>(
        size: u64,
        root: &Digest,
        mut read: impl FnMut(Tile) -> Result<Vec<Digest>, E>,
    ) -> Result<Self, ReadError<E>> {
        if size > MAX_SIZE {
            return Err(ReadError::Outside);
        }
        let mut edge = Self { size, partial: Vec::new() };
        for level in (0_u8..8).take_while(|level| size >> (8 * level) > 0) {
            let mut hashes = Vec::new();
            let place = size >> (8 * level) >> 8;
            if let Some(tile) = Tile::of_tree(size, level, place) {
                hashes = read(tile).map_err(ReadError::Read)?;
                if hashes.len() < tile.width().into() {
                    return Err(ReadError::Short(tile));
                }
                hashes.truncate(tile.width().into());
            }
            edge.partial.push(hashes);
        }
        if edge.root() == *root { Ok(edge) } else { Err(ReadError::Root) }
    }

    /// Number of entries.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root hash.
    pub fn root(&self) -> Digest {
        let left_to_right = self.partial.iter().rev().flat_map(|hashes| perfect_roots(hashes));
        join(left_to_right.collect()).unwrap_or_else(empty_root)
    }

    /// Adds one leaf; hands out every tile that this fills.
    fn push(&mut self, leaf: Digest, mut full: impl FnMut(Tile, Vec<Digest>)) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0_u8.. {
            if self.partial.len() <= level.into() {
                self.partial.push(Vec::new());
            }
            let hashes = &mut self.partial[usize::from(level)];
            hashes.push(hash);
            if hashes.len() < FULL_WIDTH.into() {
                return;
            }
            let hashes = std::mem::take(hashes);
            hash = perfect_root(&hashes);
            // The tile just filled is the last one that is complete at its level.
            let filled = (self.size >> (8 * level) >> 8) - 1;
            if let Some(tile) = Tile::of_tree(self.size, level, filled) {
                full(tile, hashes);
            }
        }
    }
}

/// A longer log: its edge and root, and the files it has and the shorter one had not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The edge from which the next append goes on.
    pub edge: Edge,
    /// Number of entries now.
    pub size: u64,
    /// Root hash now.
    pub root: Digest,
    /// Every hash tile to write, full and partial, by level and index.
    pub tiles: Vec<(Tile, Vec<Digest>)>,
    /// Every entry bundle to write; [`Bundle::entries`] says of which entries, old ones among them.
    pub bundles: Vec<Bundle>,
}

impl Appended {
    /// The hashes of `tile` if one that was written here holds them; otherwise it is in store already.
    pub fn hashes(&self, tile: Tile) -> Option<&[Digest]> {
        let (_, hashes) = self.tiles.iter().find(|(written, _)| tile.is_within(*written))?;
        hashes.get(..tile.width().into())
    }
}

/// Appends leaf hashes to the tree with this edge.
pub fn append(edge: &Edge, leaves: &[Digest]) -> Appended {
    let old = edge.size;
    let mut edge = edge.clone();
    let mut tiles = Vec::new();
    for leaf in leaves {
        edge.push(*leaf, |tile, hashes| tiles.push((tile, hashes)));
    }
    for (level, hashes) in (0_u8..).zip(&edge.partial) {
        let place = edge.size >> (8 * level) >> 8;
        let grown = old >> (8 * level) != edge.size >> (8 * level);
        if let Some(tile) = Tile::of_tree(edge.size, level, place).filter(|_| grown) {
            tiles.push((tile, hashes.clone()));
        }
    }
    tiles.sort_by_key(|(tile, _)| *tile);
    let bundles = tiles.iter().map(|(tile, _)| *tile).filter(|tile| tile.level() == 0).map(Bundle::beside).collect();
    Appended { size: edge.size, root: edge.root(), edge, tiles, bundles }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Roots of the first 0 to 8 leaves of the known-answer test that all RFC 6962 implementations share.
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    fn leaf(number: u64) -> Digest {
        leaf_hash(&number.to_be_bytes())
    }

    /// Files as a log leaves them: only the widest tile of a place is kept.
    #[derive(Default)]
    struct Store(BTreeMap<(u8, u64), Vec<Digest>>);

    impl Store {
        fn write(&mut self, appended: &Appended) {
            for (tile, hashes) in &appended.tiles {
                assert_eq!(hashes.len(), usize::from(tile.width()));
                let before = self.0.insert((tile.level(), tile.index()), hashes.clone());
                assert!(before.is_none_or(|before| hashes.starts_with(&before) && before.len() < hashes.len()));
            }
        }

        fn read(&self, tile: Tile) -> Result<Vec<Digest>, &'static str> {
            self.0.get(&(tile.level(), tile.index())).cloned().ok_or("no such tile")
        }
    }

    #[test]
    fn roots_are_those_every_implementation_finds() {
        let leaves: Vec<_> = LEAVES.iter().map(|text| leaf_hash(&hex::decode(text).unwrap())).collect();
        for (size, root) in ROOTS.iter().enumerate() {
            assert_eq!(Edge::of_leaves(leaves[..size].iter().copied()).root().to_string(), *root);
            assert_eq!(append(&Edge::empty(), &leaves[..size]).root.to_string(), *root);
        }
    }

    #[test]
    fn appending_in_any_steps_gives_the_same_tree_and_exactly_the_missing_tiles() {
        // A simple generator with a fixed seed: Marsaglia's xorshift.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |limit: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % limit
        };
        for _ in 0..20 {
            let (mut store, mut edge, mut roots) = (Store::default(), Edge::empty(), vec![empty_root()]);
            let mut sizes = vec![0];
            for _ in 0..8 {
                let step = if below(4) == 0 { 256 * below(3) } else { below(400) };
                let leaves: Vec<_> = (edge.size()..edge.size() + step).map(leaf).collect();
                let appended = append(&edge, &leaves);
                assert_eq!(appended.tiles.is_empty(), leaves.is_empty());
                store.write(&appended);
                edge = appended.edge.clone();
                assert_eq!(edge, Edge::of_leaves((0..appended.size).map(leaf)));
                assert_eq!(Edge::from_tiles(edge.size(), &edge.root(), |tile| store.read(tile)), Ok(edge.clone()));
                roots.push(appended.root);
                sizes.push(appended.size);
            }
            for (place, (&size, root)) in sizes.iter().zip(&roots).enumerate().skip(1) {
                for index in (0..4).map(|_| below(size.max(1))).filter(|index| *index < size) {
                    let path = inclusion_path(index, size, |tile| store.read(tile)).unwrap();
                    assert_eq!(verify_inclusion(&leaf(index), index, size, &path, root), Ok(()));
                    assert!(verify_inclusion(&leaf(index + 1), index, size, &path, root).is_err());
                    assert!(verify_inclusion(&leaf(index), index + 1, size, &path, root).is_err());
                }
                let earlier = below(place as u64) as usize;
                let path = consistency_path(sizes[earlier], size, |tile| store.read(tile)).unwrap();
                let verify = |path: &[Digest]| verify_consistency(sizes[earlier], &roots[earlier], size, root, path);
                assert_eq!(verify(&path), Ok(()), "{} to {size}", sizes[earlier]);
                assert!(verify(&[&path[..], &[leaf(0)]].concat()).is_err());
                for wrong in 0..path.len() {
                    let mut other = path.clone();
                    other[wrong] = leaf(7);
                    assert!(verify(&other).is_err());
                    other.remove(wrong);
                    assert!(verify(&other).is_err());
                }
            }
        }
    }

    #[test]
    fn fresh_leaves_are_proved_from_what_was_just_written_and_what_is_stored() {
        let stored = append(&Edge::empty(), &(0..70_000).map(leaf).collect::<Vec<_>>());
        let mut store = Store::default();
        store.write(&stored);
        let fresh = append(&stored.edge, &(70_000..70_300).map(leaf).collect::<Vec<_>>());
        let read = |tile| fresh.hashes(tile).map_or_else(|| store.read(tile), |hashes| Ok(hashes.to_vec()));
        for index in [0, 69_999, 70_000, 70_100, 70_299] {
            let path = inclusion_path(index, fresh.size, read).unwrap();
            assert_eq!(verify_inclusion(&leaf(index), index, fresh.size, &path, &fresh.root), Ok(()));
        }
        let path = consistency_path(stored.size, fresh.size, read).unwrap();
        assert_eq!(verify_consistency(stored.size, &stored.root, fresh.size, &fresh.root, &path), Ok(()));
    }

    #[test]
    fn damaged_tiles_make_no_edge() {
        let appended = append(&Edge::empty(), &(0..700).map(leaf).collect::<Vec<_>>());
        let read = |tile| Ok::<_, ()>(appended.hashes(tile).unwrap().to_vec());
        assert_eq!(Edge::from_tiles(700, &appended.root, read), Ok(appended.edge.clone()));
        assert_eq!(Edge::from_tiles(700, &leaf(0), read), Err(ReadError::Root));
        let swapped = |tile| read(tile).map(|hashes| hashes.into_iter().rev().collect());
        assert_eq!(Edge::from_tiles(700, &appended.root, swapped), Err(ReadError::Root));
        let short = |tile| read(tile).map(|hashes| hashes[1..].to_vec());
        let tile = Tile::of_tree(700, 0, 2).unwrap();
        assert_eq!(Edge::from_tiles(700, &appended.root, short), Err(ReadError::Short(tile)));
        assert_eq!(Edge::from_tiles(700, &appended.root, |_| Err("gone")), Err(ReadError::Read("gone")));
        assert_eq!(Edge::from_tiles(u64::MAX, &appended.root, read), Err(ReadError::Outside));
        let first = Tile::of_tree(700, 0, 0).unwrap();
        assert_eq!(inclusion_path(0, 700, short), Err(ReadError::Short(first)));
    }

    #[test]
    fn sizes_outside_the_tree_are_refused_without_reading() {
        let never = |_| -> Result<Vec<Digest>, ()> { unreachable!("nothing to read") };
        assert_eq!(inclusion_path(5, 5, never), Err(ReadError::Outside));
        assert_eq!(inclusion_path(0, u64::MAX, never), Err(ReadError::Outside));
        assert_eq!(consistency_path(6, 5, never), Err(ReadError::Outside));
        assert_eq!(consistency_path(0, 5, never), Ok(vec![]));
        assert_eq!(consistency_path(5, 5, never), Ok(vec![]));
        let (a, b, empty) = (leaf(0), leaf(1), empty_root());
        assert_eq!(verify_inclusion(&a, 1, 1, &[], &a), Err(TreeError::Outside));
        assert_eq!(verify_inclusion(&a, 0, 0, &[], &a), Err(TreeError::Outside));
        assert_eq!(verify_inclusion(&a, 0, u64::MAX, &[], &a), Err(TreeError::Outside));
        assert_eq!(verify_inclusion(&a, 0, 2, &[], &a), Err(TreeError::PathLength));
        assert_eq!(verify_inclusion(&a, 0, 1, &[b], &a), Err(TreeError::PathLength));
        assert_eq!(verify_consistency(2, &a, 1, &a, &[]), Err(TreeError::Outside));
        assert_eq!(verify_consistency(1, &a, 1, &a, &[]), Ok(()));
        assert_eq!(verify_consistency(1, &a, 1, &b, &[]), Err(TreeError::Root));
        assert_eq!(verify_consistency(1, &a, 1, &a, &[b]), Err(TreeError::PathLength));
        assert_eq!(verify_consistency(0, &empty, 1, &a, &[]), Ok(()));
        assert_eq!(verify_consistency(0, &a, 1, &a, &[]), Err(TreeError::Root));
        assert_eq!(verify_consistency(0, &a, 0, &a, &[]), Err(TreeError::Root));
        assert_eq!(verify_consistency(0, &empty, 0, &empty, &[]), Ok(()));
        assert_eq!(verify_consistency(3, &a, 5, &a, &[]), Err(TreeError::PathLength));
    }
}
