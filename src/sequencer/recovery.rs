//! Making the published ledger agree with the database: at every start and after every failure.

use std::ops::Range;

use super::{Head, SequencerError, Tree, Writer};
use crate::db::Tx;
use crate::digest::Digest;
use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::proof::ProofError;
use crate::ledger::tree::{Appended, Edge, append, leaf_hash};
use crate::ledger::trust::{TrustError, accept};

impl Writer {
    /// Makes the published ledger agree with the rows, as at start.
    pub(super) async fn recover(&mut self) -> Result<SignedCheckpoint, SequencerError> {
        let signed = self.rebuild().await?;
        if self.policy.is_unwitnessed() { Ok(signed) } else { self.announce(signed).await }
    }

    /// Rebuilds the tree from the rows, compares it with the head and with what is published, writes the tiles that are
    /// missing and signs the root if it has not been signed yet. Until that has succeeded nothing is appended. What has no
    /// quorum to wait for is published as well.
    pub(super) async fn rebuild(&mut self) -> Result<SignedCheckpoint, SequencerError> {
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
        let signed = match published {
            Some(published) if published.claim().size == tree.size => published,
            earlier => {
                let mut signed = self.sign(tree.size, tree.root)?;
                if self.policy.is_unwitnessed() {
                    signed = self.publication.write_checkpoint(&signed)?;
                } else {
                    self.publish.send_replace(earlier);
                }
                signed
            }
        };
        if self.policy.is_unwitnessed() {
            self.publish.send_replace(Some(signed.clone()));
        }
        let tail = entries(&mut tx, &leaves, tree.size - tree.size % 256..tree.size).await?;
        tx.commit().await?;
        self.tree = Some(Tree { edge: tree.edge, tail, last_at });
        Ok(signed)
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

    /// Publishes what is missing: what another node has appended, what waits for witnesses, or whatever somebody has taken away.
    pub(super) async fn republish(&mut self) -> Result<SignedCheckpoint, SequencerError> {
        let known = self.tree.as_ref().map(|tree| tree.edge.size());
        let behind = match (known, self.db.is_shared()) {
            (Some(known), true) => self.db.head().await?.is_some_and(|head| head.size > known),
            _ => false,
        };
        if behind || (self.waits && known.is_some()) {
            let tx = self.begin().await?.0;
            let Some(tree) = &self.tree else { return Err(SequencerError::Stopped) };
            let signed = self.sign(tree.edge.size(), tree.edge.root())?;
            tx.commit().await?;
            return self.announce(signed).await;
        }
        self.recover().await
    }

    /// The published checkpoint, of this very tree or of an earlier one of the same history.
    fn check_published(&self, leaves: &[Digest], tree: &Appended) -> Result<Option<SignedCheckpoint>, SequencerError> {
        let Some(published) = self.publication.checkpoint()? else { return Ok(None) };
        match accept(&published, &self.policy) {
            // Published while the policy asked for fewer witnesses: those it asks for now are still to be heard.
            Ok(_) | Err(TrustError::QuorumShort { .. }) => {}
            Err(error) => return Err(ProofError::from(error).into()),
        }
        let claim = published.claim();
        if claim.size > tree.size {
            return Err(SequencerError::OldDatabase { published: claim.size, database: tree.size });
        }
        let earlier = Edge::of_leaves(leaves.iter().take(claim.size as usize).copied());
        if earlier.root() != claim.root {
            return Err(SequencerError::Fork);
        }
        Ok(Some(published))
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
