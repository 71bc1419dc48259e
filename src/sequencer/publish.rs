//! What outsiders fetch: tiles, entry bundles and the checkpoint, as files below one folder (C2SP tlog-tiles).
//!
//! Not trusted: everything here can be made again from the database, and is, at every start. The one thing it is good
//! for on its own: a checkpoint that is ahead of the database shows that the database is an old copy.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::note::NoteSignature;
use crate::ledger::tile::{Bundle, Tile, encode_hashes};
use crate::ledger::tree::{Appended, leaf_hash};
use crate::store::{StoreError, write_durably, write_whole};

use super::SequencerError;

/// The folder that is served under the ledger's prefix.
#[derive(Debug, Clone)]
pub struct Publication {
    root: PathBuf,
}

impl Publication {
    /// Opens the folder, making it if it is not there.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(root).map_err(|source| StoreError::Io { path: root.to_owned(), source })?;
        Ok(Self { root: root.to_owned() })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The checkpoint last published.
    pub fn checkpoint(&self) -> Result<Option<SignedCheckpoint>, SequencerError> {
        let path = self.root.join("checkpoint");
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(SignedCheckpoint::parse(&bytes).map_err(SequencerError::PublishedCheckpoint)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Io { path, source }.into()),
        }
    }

    /// Writes the tiles and bundles that an append has filled or widened. `entries` are those from index `first` on,
    /// `first` being where the oldest of these bundles begins.
    pub fn write_tiles(&self, appended: &Appended, first: u64, entries: &[Vec<u8>]) -> Result<(), SequencerError> {
        for (tile, hashes) in &appended.tiles {
            self.write(&tile.to_string(), &encode_hashes(hashes))?;
        }
        for bundle in &appended.bundles {
            let range = bundle.entries();
            let inside = entries.get((range.start - first) as usize..(range.end - first) as usize);
            let bytes = bundle.encode(inside.unwrap_or_default()).map_err(SequencerError::Tile)?;
            self.write(&bundle.to_string(), &bytes)?;
        }
        Ok(())
    }

    /// Whether the tile is there with exactly these hashes.
    pub fn has_tile(&self, tile: Tile, hashes: &[Digest]) -> bool {
        fs::read(self.root.join(tile.to_string())).is_ok_and(|bytes| bytes == encode_hashes(hashes))
    }

    /// Whether the bundle is there and its entries have these leaf hashes.
    pub fn has_bundle(&self, bundle: Bundle, leaves: &[Digest]) -> bool {
        let Ok(bytes) = fs::read(self.root.join(bundle.to_string())) else { return false };
        bundle
            .decode(&bytes)
            .is_ok_and(|entries| entries.iter().map(|entry| leaf_hash(entry)).eq(leaves.iter().copied()))
    }

    /// Writes the checkpoint, after all its tiles: from here on it is public. Unlike a tile it is waited for: a torn one
    /// could not be told from one that was tampered with. Where another node has published a later one, that one stands;
    /// cosignatures that are public stay so. Gives the checkpoint with all its lines.
    pub fn write_checkpoint(&self, checkpoint: &SignedCheckpoint) -> Result<SignedCheckpoint, SequencerError> {
        let _locked = self.lock()?;
        let published = self.checkpoint().ok().flatten();
        let joined = match published {
            Some(later) if later.claim().size > checkpoint.claim().size => return Ok(checkpoint.clone()),
            Some(same) if same.claim() == checkpoint.claim() => {
                checkpoint.joined_by(same.note().signatures()).map_err(SequencerError::PublishedCheckpoint)?
            }
            _ => checkpoint.clone(),
        };
        write_durably(&self.root.join("checkpoint"), joined.to_string().as_bytes())?;
        Ok(joined)
    }

    /// Adds cosignatures to the checkpoint if it is still the published one. Gives it with all its lines.
    pub(super) fn join(
        &self,
        checkpoint: &SignedCheckpoint,
        lines: &[NoteSignature],
    ) -> Result<SignedCheckpoint, SequencerError> {
        let joined = checkpoint.joined_by(lines).map_err(SequencerError::PublishedCheckpoint)?;
        let _locked = self.lock()?;
        let Some(published) = self.checkpoint()?.filter(|published| published.claim() == joined.claim()) else {
            return Ok(joined);
        };
        let joined = published.joined_by(joined.note().signatures()).map_err(SequencerError::PublishedCheckpoint)?;
        write_durably(&self.root.join("checkpoint"), joined.to_string().as_bytes())?;
        Ok(joined)
    }

    /// Held while the checkpoint is replaced, among all nodes.
    fn lock(&self) -> Result<fs::File, SequencerError> {
        self.make_folder(&self.root)?;
        let locked = |source| StoreError::Io { path: self.root.clone(), source };
        let folder = fs::File::open(&self.root).map_err(locked)?;
        folder.lock().map_err(locked)?;
        Ok(folder)
    }

    /// The hashes of a tile, from the widest version there is.
    pub fn tile(&self, tile: Tile) -> Result<Vec<Digest>, SequencerError> {
        for wanted in [tile, tile.full()] {
            let path = self.root.join(wanted.to_string());
            match fs::read(&path) {
                Ok(bytes) => return tile.decode(&bytes).map_err(SequencerError::Tile),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(StoreError::Io { path, source }.into()),
            }
        }
        Err(SequencerError::Unpublished)
    }

    /// The entries of a bundle, from the widest version there is.
    pub fn bundle(&self, bundle: Bundle) -> Result<Vec<Vec<u8>>, SequencerError> {
        for wanted in [bundle, bundle.full()] {
            let path = self.root.join(wanted.to_string());
            match fs::read(&path) {
                Ok(bytes) => {
                    let entries = bundle.decode(&bytes).map_err(SequencerError::Tile)?;
                    return Ok(entries.into_iter().map(<[u8]>::to_vec).collect());
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(StoreError::Io { path, source }.into()),
            }
        }
        Err(SequencerError::Unpublished)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SequencerError> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        self.make_folder(folder)?;
        Ok(write_whole(&path, bytes)?)
    }

    fn make_folder(&self, folder: &Path) -> Result<(), StoreError> {
        fs::create_dir_all(folder).map_err(|source| StoreError::Io { path: folder.to_owned(), source })
    }
}
