//! Making the published ledger agree with the database: at every start and after every failure.

use std::ops::Range;

use super::{Head, SequencerError, Tree, Writer};
use crate::db::Tx;
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
        // Held until the end, so that no other node appends to what is being compared.
        let mut tx = self.db.begin().await?;
        let head = tx.lock_head().await?;
        let leaves = tx.leaves(0).await?;
        let tree = append(&Edge::empty(), &leaves);
        let computed = Head { size: tree.size, root: tree.root };
        match head {
            Some(head) if head == computed => {}
            None if tree.size == 0 => tx.advance_head(None, computed).await?,
            _ => return Err(SequencerError::Altered),
        }
        let last_at = tx.last_entry_at().await?.unwrap_or(i64::MIN / 2);
        self.time_after(last_at)?;
        let published = self.check_published(&leaves, &tree)?;
        self.write_missing(&mut tx, &leaves, &tree).await?;
        let checkpoint = match published {
            Some(checkpoint) => checkpoint,
            None => {
                let checkpoint = self.sign(tree.size, tree.root)?;
                self.publication.write_checkpoint(&checkpoint)?;
                checkpoint
            }
        };
        let tail = entries(&mut tx, &leaves, tree.size - tree.size % 256..tree.size).await?;
        tx.commit().await?;
        self.tree = Some(Tree { edge: tree.edge, tail, last_at });
        self.publish.send_replace(Some(checkpoint.clone()));
        Ok(checkpoint)
    }

    /// Goes on from where another node has brought the ledger, writing its tiles as well: it may have died before it could.
    /// Its checkpoint is covered by the next one.
    pub(super) async fn catch_up(&mut self, tx: &mut Tx, head: Head) -> Result<(), SequencerError> {
        let Some(tree) = self.tree.take() else { return Err(SequencerError::Stopped) };
        let known = tree.edge.size();
        if head.size < known {
            return Err(SequencerError::Altered);
        }
        let leaves = tx.leaves(known).await?;
        let appended = append(&tree.edge, &leaves);
        if (appended.size, appended.root) != (head.size, head.root) {
            return Err(SequencerError::Altered);
        }
        let first = known - tree.tail.len() as u64;
        let mut entries = tree.tail;
        let added = tx.entries(known, head.size).await?;
        if !added.iter().map(|entry| leaf_hash(entry)).eq(leaves.iter().copied()) {
            return Err(SequencerError::Altered);
        }
        entries.extend(added);
        self.publication.write_tiles(&appended, first, &entries)?;
        entries.drain(..entries.len() - (head.size % 256) as usize);
        let last_at = tx.last_entry_at().await?.unwrap_or(tree.last_at);
        self.tree = Some(Tree { edge: appended.edge, tail: entries, last_at });
        Ok(())
    }

    /// Publishes what is missing: what another node has appended, or whatever somebody has taken away.
    pub(super) async fn republish(&mut self) -> Result<SignedCheckpoint, SequencerError> {
        let known = self.tree.as_ref().map(|tree| tree.edge.size());
        if self.db.is_shared()
            && let (Some(known), Some(head)) = (known, self.db.head().await?)
            && head.size > known
        {
            let tx = self.begin().await?.0;
            let Some(tree) = &self.tree else { return Err(SequencerError::Stopped) };
            let checkpoint = self.sign(tree.edge.size(), tree.edge.root())?;
            self.publication.write_checkpoint(&checkpoint)?;
            tx.commit().await?;
            self.publish.send_replace(Some(checkpoint.clone()));
            return Ok(checkpoint);
        }
        self.recover().await
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

    async fn write_missing(&self, tx: &mut Tx, leaves: &[Digest], tree: &Appended) -> Result<(), SequencerError> {
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
                let entries = entries(tx, leaves, range.clone()).await?;
                missing.bundles = vec![*bundle];
                self.publication.write_tiles(&missing, range.start, &entries)?;
            }
        }
        Ok(())
    }
}

/// Entries as the rows have them, which must be those of the tree: they are about to be published.
async fn entries(tx: &mut Tx, leaves: &[Digest], range: Range<u64>) -> Result<Vec<Vec<u8>>, SequencerError> {
    let entries = tx.entries(range.start, range.end).await?;
    let expected = &leaves[range.start as usize..range.end as usize];
    let same = entries.iter().map(|entry| leaf_hash(entry)).eq(expected.iter().copied());
    if same { Ok(entries) } else { Err(SequencerError::Altered) }
}
