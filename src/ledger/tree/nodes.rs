//! The roots of whole stretches of a tree, computed from tiles.

use super::{MAX_SIZE, ReadError, node_hash};
use crate::digest::Digest;
use crate::ledger::tile::Tile;

/// The root over hashes whose number is a power of two.
pub(super) fn perfect_root(hashes: &[Digest]) -> Digest {
    match hashes {
        [] => super::empty_root(),
        [only] => *only,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&perfect_root(left), &perfect_root(right))
        }
    }
}

/// Left to right, the roots of the largest perfect subtrees that these hashes make.
pub(super) fn perfect_roots(mut hashes: &[Digest]) -> Vec<Digest> {
    let mut roots = Vec::new();
    while let Some(height) = hashes.len().checked_ilog2() {
        let (perfect, rest) = hashes.split_at(1 << height);
        roots.push(perfect_root(perfect));
        hashes = rest;
    }
    roots
}

/// The root over perfect subtrees, ever smaller from left to right; `None` over none.
pub(super) fn join(roots: Vec<Digest>) -> Option<Digest> {
    roots.into_iter().rev().reduce(|right, left| node_hash(&left, &right))
}

/// The largest power of two below `width`, which is two at least: where RFC 6962 splits a tree.
pub(super) const fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

/// Inner nodes of the tree of `size` entries, by way of its tiles. Each tile is read once.
pub(super) struct Nodes<F> {
    size: u64,
    read: F,
    held: Vec<(Tile, Vec<Digest>)>,
}

impl<E, F: FnMut(Tile) -> Result<Vec<Digest>, E>> Nodes<F> {
    pub(super) fn new(size: u64, read: F) -> Result<Self, ReadError<E>> {
        if size > MAX_SIZE {
            return Err(ReadError::Outside);
        }
        Ok(Self { size, read, held: Vec::new() })
    }

    /// MTH(D[begin..end]) for a stretch that RFC 6962's splitting meets: `begin` is a multiple of a power of two that is
    /// not below the stretch's length, so that its perfect subtrees are nodes of tiles.
    pub(super) fn stretch(&mut self, begin: u64, end: u64) -> Result<Digest, ReadError<E>> {
        let mut roots = Vec::new();
        let mut at = begin;
        while let Some(height) = (end - at).checked_ilog2() {
            roots.push(self.perfect(at, height)?);
            at += 1 << height;
        }
        join(roots).ok_or(ReadError::Outside)
    }

    /// The root over `2^height` entries from `begin`, a multiple of that.
    fn perfect(&mut self, begin: u64, height: u32) -> Result<Digest, ReadError<E>> {
        let level = height / 8;
        let first = begin >> (8 * level);
        // Below 256, so nothing is lost.
        let offset = (first % 256) as usize;
        let hashes = self.tile(level as u8, first / 256)?;
        hashes.get(offset..offset + (1 << (height % 8))).map(perfect_root).ok_or(ReadError::Outside)
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[Digest], ReadError<E>> {
        let tile = Tile::of_tree(self.size, level, index).ok_or(ReadError::Outside)?;
        let place = match self.held.iter().position(|(held, _)| *held == tile) {
            Some(place) => place,
            None => {
                let hashes = (self.read)(tile).map_err(ReadError::Read)?;
                if hashes.len() < tile.width().into() {
                    return Err(ReadError::Short(tile));
                }
                self.held.push((tile, hashes));
                self.held.len() - 1
            }
        };
        Ok(&self.held[place].1)
    }
}
