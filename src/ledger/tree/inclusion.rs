//! Inclusion: this entry stands at this index of that tree (RFC 6962 section 2.1.1, RFC 9162 section 2.1.3).

use super::nodes::{Nodes, split};
use super::{MAX_SIZE, ReadError, TreeError, node_hash};
use crate::digest::Digest;
use crate::ledger::tile::Tile;

/// The inclusion path of entry `index` in the tree of `size` entries, the leaf's sibling first.
/// The reader is asked for tiles as wide as this size has them; it may give more hashes (a wider or the full tile).
///
/// # Errors
/// [`ReadError::Outside`] if `index` is not below `size`, else what reading met.
pub fn inclusion_path<E>(
    index: u64,
    size: u64,
    read: impl FnMut(Tile) -> Result<Vec<Digest>, E>,
) -> Result<Vec<Digest>, ReadError<E>> {
    let mut nodes = Nodes::new(size, read)?;
    if index >= size {
        return Err(ReadError::Outside);
    }
    // From the root down, note the half not entered; the path lists them from the leaf up.
    let mut siblings = Vec::new();
    let (mut begin, mut end) = (0, size);
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((begin, middle));
            begin = middle;
        }
    }
    siblings.into_iter().rev().map(|(begin, end)| nodes.stretch(begin, end)).collect()
}

/// Checks that `path` leads from `leaf` at `index` to `root` of the tree of `size` entries (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`TreeError`].
pub fn verify_inclusion(leaf: &Digest, index: u64, size: u64, path: &[Digest], root: &Digest) -> Result<(), TreeError> {
    if index >= size || size > MAX_SIZE {
        return Err(TreeError::Outside);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(TreeError::PathLength);
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // A node without a right sibling is its own parent until it is a right child.
            while node % 2 == 0 && node != 0 {
                node /= 2;
                last /= 2;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node /= 2;
        last /= 2;
    }
    if last != 0 {
        return Err(TreeError::PathLength);
    }
    if hash == *root { Ok(()) } else { Err(TreeError::Root) }
}
