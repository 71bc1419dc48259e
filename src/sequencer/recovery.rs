//! Making the published ledger agree with the database: at every start and after every failure.

use std::ops::Range;

use super::{Head, SequencerError, Tree, Writer};
use crate::digest::Digest;
use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::proof::ProofError;
use crate::ledger::tree::{Appended, Edge, append, leaf_hash};
use crate::ledger::trust::accept;

impl Writer {
    /// Rebuilds the tree from the rows, compares it with the head and with what is published, writes the tiles that are
    /// missing and signs the root if it has not been signed yet. Until that has succeeded nothing is appended.
    pub(super) async fn recover(&mut self) -> Result<SignedCheckpoint, SequencerError> {
        self.tree = None;
        let leaves = self.db.leaves(0).await?;
        let tree = append(&Edge::empty(), &leaves);
        self.check_head(&tree).await?;
        let last_at = self.db.last_entry_at().await?.unwrap_or(i64::MIN / 2);
        self.time_after(last_at)?;
        let published = self.check_published(&leaves, &tree)?;
        self.write_missing(&leaves, &tree).await?;
        let checkpoint = match published {
            Some(checkpoint) => checkpoint,
            None => {
                let checkpoint = self.sign(tree.size, tree.root)?;
                self.publication.write_checkpoint(&checkpoint)?;
                checkpoint
            }
        };
        let tail = self.entries(&leaves, tree.size - tree.size % 256..tree.size).await?;
        self.tree = Some(Tree { edge: tree.edge, tail, last_at });
        self.publish.send_replace(Some(checkpoint.clone()));
        Ok(checkpoint)
    }

    async fn check_head(&self, tree: &Appended) -> Result<(), SequencerError> {
        let computed = Head { size: tree.size, root: tree.root };
        match self.db.head().await? {
            Some(head) if head == computed => Ok(()),
            None if tree.size == 0 => {
                let mut tx = self.db.begin().await?;
                tx.advance_head(None, computed).await?;
                Ok(tx.commit().await?)
            }
            _ => Err(SequencerError::Altered),
        }
    }

    /// The published checkpoint if it is of this very tree; `None` if it is of an earlier one of the same history.
    fn check_published(&self, leaves: &[Digest], tree: &Appended) -> Result<Option<SignedCheckpoint>, SequencerError> {
        let Some(published) = self.publication.checkpoint()? else { return Ok(None) };
        accept(&published, &self.policy).map_err(ProofError::from)?;
        let claim = published.claim();
        if claim.size > tree.size {
            return Err(SequencerError::OldDatabase { published: claim.size, database: tree.size });
        }
        let earlier = Edge::of_leaves(leaves.iter().take(claim.size as usize).copied());
        if earlier.root() != claim.root {
            return Err(SequencerError::Fork);
        }
        Ok(Some(published.clone()).filter(|_| claim.size == tree.size))
    }

    /// Entries as the rows have them, which must be those of the tree: they are about to be published.
    async fn entries(&self, leaves: &[Digest], range: Range<u64>) -> Result<Vec<Vec<u8>>, SequencerError> {
        let entries = self.db.entries(range.start, range.end).await?;
        let expected = &leaves[range.start as usize..range.end as usize];
        let same = entries.iter().map(|entry| leaf_hash(entry)).eq(expected.iter().copied());
        if same { Ok(entries) } else { Err(SequencerError::Altered) }
    }

    async fn write_missing(&self, leaves: &[Digest], tree: &Appended) -> Result<(), SequencerError> {
        let mut missing = Appended { tiles: Vec::new(), bundles: Vec::new(), ..tree.clone() };
        for (tile, hashes) in &tree.tiles {
            if !self.publication.has_tile(*tile, hashes) {
                missing.tiles.push((*tile, hashes.clone()));
            }
        }
        self.publication.write_tiles(&missing, 0, &[])?;
        missing.tiles.clear();
        for bundle in &tree.bundles {
            let range = bundle.entries();
            if !self.publication.has_bundle(*bundle, &leaves[range.start as usize..range.end as usize]) {
                let entries = self.entries(leaves, range.clone()).await?;
                missing.bundles = vec![*bundle];
                self.publication.write_tiles(&missing, range.start, &entries)?;
            }
        }
        Ok(())
    }
}
