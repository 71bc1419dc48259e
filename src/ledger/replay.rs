//! A copy of a log, read whole: what it says of an entry after the day it was made.
//!
//! Anybody who can fetch the files may make such a copy and take it where there is no network. Nothing of it is believed
//! before every entry has been hashed into the tree of a checkpoint that the policy accepts.

use std::fmt::Display;

use super::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use super::entry::Entry;
use super::policy::Policy;
use super::tile::{Bundle, FULL_WIDTH, TileError};
use super::tree::{Edge, leaf_hash};
use super::trust::{TrustError, accept};
use crate::digest::Digest;

/// Entries in the largest log replayed: 32 bytes of memory each.
pub const MAX_ENTRIES: u64 = 50_000_000;

/// Why a copy is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A file cannot be read.
    #[error("{path}: {why}")]
    File {
        /// Below the log's folder.
        path: String,
        /// What the system says.
        why: String,
    },
    /// `checkpoint` is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// `checkpoint` is not believed under the policy.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A bundle of entries is malformed.
    #[error("{path}: {source}")]
    Bundle {
        /// Below the log's folder.
        path: String,
        /// What is wrong.
        source: TileError,
    },
    /// The entries are not those of the checkpoint: the copy was altered, or mixed from two fetches.
    #[error("the entries are not those of the checkpoint")]
    OtherRoot,
    /// More than [`MAX_ENTRIES`].
    #[error("a log of more than {MAX_ENTRIES} entries")]
    TooLarge,
}

/// A log as of one checkpoint, every entry of it checked.
#[derive(Debug)]
pub struct Replay {
    signed: SignedCheckpoint,
    checkpoint: Checkpoint,
    leaves: Vec<Digest>,
    /// Everything but uses of seals, in order.
    events: Vec<(u64, Entry)>,
    /// The last entry that is not read here.
    unread: Option<u64>,
}

/// What became of a use of a seal, as a log tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Nothing was logged against it.
    Stands,
    /// The seal was suspended afterwards and is so still.
    SealSuspended,
    /// The seal was retired afterwards; what it sealed before stays good.
    SealRetired,
    /// The use was declared void.
    Void,
    /// The log has another entry there, or another history.
    Fork,
    /// The use stands where the seal was suspended or retired: no log of ours takes it in.
    NotInForce,
    /// The log is shorter than the proof's tree: the copy is older than the document.
    Older,
    /// Later entries are not read here, and may say anything.
    Unread,
    /// Its proof is not of this log.
    Elsewhere,
}

impl Since {
    /// Whether nothing is known of the time since.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Older | Self::Unread | Self::Elsewhere)
    }

    /// Whether the log has the use, and has it before whatever ended the seal.
    pub const fn is_in_order(self) -> bool {
        matches!(self, Self::Stands | Self::SealSuspended | Self::SealRetired | Self::Void)
    }
}

impl Replay {
    /// Reads `checkpoint` and all bundles of entries through `read`, which is given paths below the log's folder.
    ///
    /// # Errors
    /// [`ReplayError`]: the first file that is missing or wrong, or what makes the whole unbelievable.
    pub fn read<E: Display>(
        policy: &Policy,
        read: impl FnMut(&str) -> Result<Vec<u8>, E>,
    ) -> Result<Self, ReplayError> {
        Self::read_each(policy, read, |_, _| {})
    }

    /// The same, each entry that is read here being shown on the way. What was shown counts only if this succeeds.
    ///
    /// # Errors
    /// As [`Replay::read`].
    pub fn read_each<E: Display>(
        policy: &Policy,
        mut read: impl FnMut(&str) -> Result<Vec<u8>, E>,
        mut show: impl FnMut(u64, &Entry),
    ) -> Result<Self, ReplayError> {
        let mut file =
            |path: String| read(&path).map_err(|why| ReplayError::File { path: path.clone(), why: why.to_string() });
        let signed = SignedCheckpoint::parse(&file("checkpoint".to_owned())?)?;
        let checkpoint = accept(&signed, policy)?.checkpoint().clone();
        if checkpoint.size > MAX_ENTRIES {
            return Err(ReplayError::TooLarge);
        }
        let (mut leaves, mut events, mut unread) = (Vec::new(), Vec::new(), None);
        for bundle in
            (0..checkpoint.size.div_ceil(FULL_WIDTH.into())).filter_map(|i| Bundle::of_tree(checkpoint.size, i))
        {
            let path = bundle.to_string();
            let bytes = file(path.clone())?;
            for entry in bundle.decode(&bytes).map_err(|source| ReplayError::Bundle { path, source })? {
                let index = leaves.len() as u64;
                let parsed = Entry::parse(entry);
                if let Ok(parsed) = &parsed {
                    show(index, parsed);
                }
                match parsed {
                    Ok(Entry::SealUse(_)) => {}
                    Ok(event) => events.push((index, event)),
                    // An entry of a later version counts in the tree; what it says is left open.
                    Err(_) => unread = Some(index),
                }
                leaves.push(leaf_hash(entry));
            }
        }
        if Edge::of_leaves(leaves.iter().copied()).root() != checkpoint.root {
            return Err(ReplayError::OtherRoot);
        }
        Ok(Self { signed, checkpoint, leaves, events, unread })
    }

    /// The checkpoint it is as of.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The same with its signature lines.
    pub const fn signed(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// The root of the first `size` entries; `None` if there are fewer.
    pub fn root_at(&self, size: u64) -> Option<Digest> {
        let tree = self.leaves.get(..usize::try_from(size).ok()?)?;
        Some(Edge::of_leaves(tree.iter().copied()).root())
    }

    /// Everything but uses of seals, in order.
    pub fn events(&self) -> &[(u64, Entry)] {
        &self.events
    }

    /// The last entry that is not read here.
    pub const fn unread(&self) -> Option<u64> {
        self.unread
    }

    /// Whether there is an entry after this one that is not read here.
    pub fn is_unread_after(&self, index: u64) -> bool {
        self.unread.is_some_and(|unread| unread > index)
    }

    /// What became of the use by `seal` that a proof places at `index` with this leaf, in a tree of `size` and `root`.
    pub fn since(&self, seal: &Digest, (index, leaf): (u64, &Digest), (size, root): (u64, &Digest)) -> Since {
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(tree) = usize::try_from(size).ok().and_then(|size| self.leaves.get(..size)) else {
            return Since::Older;
        };
        if tree.get(place) != Some(leaf) || Edge::of_leaves(tree.iter().copied()).root() != *root {
            return Since::Fork;
        }
        let of_seal = || self.events.iter().filter(|(_, event)| event.seal() == Some(seal));
        let mut since = Since::Stands;
        let fold = |since, event: &Entry| match event {
            Entry::SealRetire(_) => Since::SealRetired,
            Entry::SealSuspend(_) if since != Since::SealRetired => Since::SealSuspended,
            Entry::SealResume(_) if since == Since::SealSuspended => Since::Stands,
            _ => since,
        };
        if of_seal().filter(|(at, _)| *at < index).fold(Since::Stands, |then, (_, event)| fold(then, event))
            != Since::Stands
        {
            return Since::NotInForce;
        }
        for (_, event) in of_seal().filter(|(at, _)| *at > index) {
            if matches!(event, Entry::SealVoid { index: voided, .. } if *voided == index) {
                return Since::Void;
            }
            since = fold(since, event);
        }
        since
    }
}

#[cfg(test)]
mod tests;
