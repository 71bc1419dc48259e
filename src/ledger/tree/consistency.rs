//! Consistency: the longer log begins with the shorter one (RFC 6962 section 2.1.2, RFC 9162 section 2.1.4).

use super::nodes::{Nodes, split};
use super::{MAX_SIZE, ReadError, TreeError, empty_root, node_hash};
use crate::digest::Digest;
use crate::ledger::tile::Tile;

/// The consistency path between the trees of `old` and `new` entries; empty if `old` is 0 or equal to `new`.
/// The reader is asked for tiles as wide as the new size has them; it may give more hashes (a wider or the full tile).
///
/// # Errors
/// [`ReadError::Outside`] if `old` is over `new`, else what reading met.
pub fn consistency_path<E>(
    old: u64,
    new: u64,
    read: impl FnMut(Tile) -> Result<Vec<Digest>, E>,
) -> Result<Vec<Digest>, ReadError<E>> {
    let mut nodes = Nodes::new(new, read)?;
    if old > new {
        return Err(ReadError::Outside);
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let mut siblings = Vec::new();
    let (mut begin, mut end) = (0, new);
    while end != old {
        let middle = begin + split(end - begin);
        if old <= middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((begin, middle));
            begin = middle;
        }
    }
    // Having only gone left, the stretch left over is the old tree, whose root the verifier has.
    if begin > 0 {
        siblings.push((begin, end));
    }
    siblings.into_iter().rev().map(|(begin, end)| nodes.stretch(begin, end)).collect()
}

/// Checks that the tree of `new` entries with `new_root` begins with that of `old` entries with `old_root`
/// (RFC 9162 section 2.1.4.2). Every tree begins with the empty one.
///
/// # Errors
/// [`TreeError`].
pub fn verify_consistency(
    old: u64,
    old_root: &Digest,
    new: u64,
    new_root: &Digest,
    path: &[Digest],
) -> Result<(), TreeError> {
    if old > new || new > MAX_SIZE {
        return Err(TreeError::Outside);
    }
    if old == 0 || old == new {
        let expected = if old == new { *new_root } else { empty_root() };
        return match path {
            [] if *old_root == expected && (new > 0 || *new_root == empty_root()) => Ok(()),
            [] => Err(TreeError::Root),
            _ => Err(TreeError::PathLength),
        };
    }
    let (mut node, mut last) = (old - 1, new - 1);
    while node % 2 == 1 {
        node /= 2;
        last /= 2;
    }
    // A whole old tree is itself the first node; otherwise the path begins with that node.
    let (first, rest) = match path {
        _ if node == 0 => (old_root, path),
        [first, rest @ ..] => (first, rest),
        [] => return Err(TreeError::PathLength),
    };
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(TreeError::PathLength);
        }
        if node % 2 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node % 2 == 0 && node != 0 {
                node /= 2;
                last /= 2;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node /= 2;
        last /= 2;
    }
    if last != 0 {
        return Err(TreeError::PathLength);
    }
    if old_hash == *old_root && new_hash == *new_root { Ok(()) } else { Err(TreeError::Root) }
}
