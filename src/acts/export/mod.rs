//! Export: the ledger as one file that an auditor checks on a laptop, offline, with nothing of ours but the format
//! (docs/LEDGER.md, "One file for an auditor"): everything that is published, and the statements behind the salted digests.
//!
//! Needs no key; the service may be running. The file opens what people have decided: it is the auditor's alone.

mod tar;

use std::io::{self, Write};

use serde_json::json;

use crate::app::StartError;
use crate::app::config::Config;
use crate::db::{Db, DbError};
use crate::ledger::tile::{Bundle, FULL_WIDTH, Tile, TilePath, encode_hashes};
use crate::sequencer::SequencerError;
use crate::sequencer::publish::Publication;

use tar::Tar;

/// What is written besides, for whoever opens it.
const README: &str = "\
One hall's ledger of seal uses, as of the file `checkpoint`.
checkpoint          C2SP tlog-checkpoint: origin, size, root, signature lines
tile/<L>/<N>        C2SP tlog-tiles: hashes of the tree, 256 a file
tile/entries/<N>    C2SP tlog-tiles: the entries, 256 a file
policy.txt log.vkey what the hall says of its log and witnesses; an auditor uses what he was given by another way
statements.jsonl    one JSON object a line: `index` of an entry, `salt` (hexadecimal), `statement`;
                    SHA-256(salt || statement) is one of the digests in that entry
Statements name people. Keep this file as the documents themselves.
";

/// Why nothing whole was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The hall cannot be opened.
    #[error(transparent)]
    Open(#[from] StartError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A published file is missing or malformed.
    #[error("{path}: {why}; `yinxin ledger audit` tells more")]
    Published {
        /// Which, below the log's folder.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// Nothing has been published.
    #[error("nothing has been published")]
    NoLog,
    /// The file cannot be written.
    #[error("the file cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// What was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Entries of the ledger.
    pub entries: u64,
    /// Statements opened.
    pub statements: u64,
}

/// Writes the ledger to `out`.
///
/// # Errors
/// [`ExportError`].
pub async fn export(config: &Config, out: impl Write) -> Result<Exported, ExportError> {
    let publication = Publication::open(&config.data.join("log")).map_err(StartError::from)?;
    let published =
        |path: String| move |error: &dyn std::fmt::Display| ExportError::Published { path, why: error.to_string() };
    let checkpoint =
        publication.checkpoint().map_err(|error: SequencerError| published("checkpoint".to_owned())(&error))?;
    let checkpoint = checkpoint.ok_or(ExportError::NoLog)?;
    let size = checkpoint.claim().size;
    let mut tar = Tar::new(out);
    tar.add("README.txt", README.as_bytes())?;
    tar.add("checkpoint", checkpoint.to_string().as_bytes())?;
    for name in ["policy.txt", "log.vkey"] {
        let path = config.data.join("keys/trust").join(name);
        let bytes = std::fs::read(&path).map_err(|source| StartError::Io { path, source })?;
        tar.add(name, &bytes)?;
    }
    for path in paths(size) {
        let name = path.to_string();
        let bytes = read(&publication, path).map_err(|error| published(name.clone())(&error))?;
        tar.add(&name, &bytes)?;
    }
    let db = Db::open_to_read(&config.address()).await?;
    let (statements, count) = statements(&db, size).await?;
    db.close().await;
    tar.add("statements.jsonl", &statements)?;
    tar.finish()?;
    Ok(Exported { entries: size, statements: count })
}

/// Every file of a tree of this size.
fn paths(size: u64) -> impl Iterator<Item = TilePath> {
    let hashes = (0..8_u8).flat_map(move |level| (0..).map_while(move |index| Tile::of_tree(size, level, index)));
    let entries = (0..size.div_ceil(FULL_WIDTH.into())).filter_map(move |index| Bundle::of_tree(size, index));
    hashes.map(TilePath::Hashes).chain(entries.map(TilePath::Entries))
}

/// A published file, or what of the full one belongs to it.
fn read(publication: &Publication, path: TilePath) -> Result<Vec<u8>, SequencerError> {
    match path {
        TilePath::Hashes(tile) => Ok(encode_hashes(&publication.tile(tile)?)),
        TilePath::Entries(bundle) => {
            let entries = publication.bundle(bundle)?;
            bundle.encode(&entries).map_err(SequencerError::Tile)
        }
    }
}

async fn statements(db: &Db, size: u64) -> Result<(Vec<u8>, u64), ExportError> {
    let (mut text, mut count) = (Vec::new(), 0);
    for first in (0..size).step_by(FULL_WIDTH.into()) {
        for row in db.opened(first, (first + u64::from(FULL_WIDTH)).min(size)).await? {
            let statement = String::from_utf8(row.statement);
            let statement =
                statement.map_or_else(|bytes| json!({ "hex": hex::encode(bytes.into_bytes()) }), |text| json!(text));
            let line = json!({ "index": row.idx, "salt": hex::encode(row.salt), "statement": statement });
            writeln!(text, "{line}")?;
            count += 1;
        }
    }
    Ok((text, count))
}
