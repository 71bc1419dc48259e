//! Cosign: this hall as a witness for another log (C2SP tlog-witness, the server's side).
//!
//! 1. read the request; hold it against what was cosigned last, before anything is locked
//! 2. the same again within a minute: the same answer
//! 3. in one transaction: look once more, cosign, and record the checkpoint with its cosignature
//! 4. only when that is on disk does the cosignature leave
//!
//! Trusted: the keys in the configuration. A log that has forked gets no second cosignature, whoever asks and however often.

use jiff::Timestamp;

use crate::app::config::Config;
use crate::app::witnesses::Watched;
use crate::app::{App, StartError, random};
use crate::db::witness::WitnessedRow;
use crate::db::{Db, DbError};
use crate::digest::Digest;
use crate::fault;
use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::note::{KeyName, NoteSignature, VerifierKey};
use crate::ledger::witness::{AddCheckpoint, NotCosigned, check};
use crate::vault::Vault;

use super::{ActError, inconsistent};

/// A checkpoint cosigned this short a time ago is not cosigned anew (microseconds).
const FRESH: i64 = 60_000_000;

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum CosignError {
    /// The request is not one to be granted.
    #[error(transparent)]
    Refused(#[from] NotCosigned),
    /// This hall is no witness.
    #[error("this hall is no witness")]
    NoWitness,
    /// The clock stands before the last cosignature.
    #[error("the clock stands before the last cosignature of this log")]
    ClockSetBack,
    /// We broke.
    #[error(transparent)]
    Failed(#[from] ActError),
}

/// Cosigns the checkpoint of a request to `add-checkpoint`.
///
/// # Errors
/// [`CosignError`].
pub async fn cosign(app: &App, body: &[u8]) -> Result<NoteSignature, CosignError> {
    let watched = app.witness.as_ref().ok_or(CosignError::NoWitness)?;
    // 1
    let request = AddCheckpoint::parse(body)?;
    let origin = request.checkpoint.claim().origin.as_str();
    let known = app.db.witnessed(origin).await.map_err(ActError::from)?;
    if let Err(refused) = check(&request, &watched.logs, seen(known.as_ref())?) {
        if refused == NotCosigned::Inconsistent {
            tracing::error!(origin, %request, "a watched log has signed what does not continue its history");
        }
        return Err(refused.into());
    }
    // 2
    if let Some(line) = known.as_ref().and_then(|known| fresh(app, watched, known, &request)) {
        return Ok(line);
    }
    // 3
    let mut tx = app.db.begin().await.map_err(ActError::from)?;
    let last = tx.lock_witnessed(origin).await.map_err(ActError::from)?;
    let continued = check(&request, &watched.logs, seen(last.as_ref())?)?;
    let now = app.now();
    if last
        .as_ref()
        .is_some_and(|last| Timestamp::from_microsecond(last.at).is_ok_and(|at| at.as_second() > now.as_second()))
    {
        return Err(CosignError::ClockSetBack);
    }
    let line = app.vault.cosign_checkpoint(watched.key.name(), &continued, now).map_err(ActError::from)?;
    let claim = continued.checkpoint();
    let row = WitnessedRow {
        origin: origin.to_owned(),
        size: i64::try_from(claim.size).map_err(inconsistent)?,
        root: claim.root.as_bytes().to_vec(),
        note: note(watched, &request.checkpoint, &line).map_err(inconsistent)?.to_string().into_bytes(),
        at: now.as_microsecond(),
    };
    if !tx.record_witnessed(last.as_ref(), &row).await.map_err(ActError::from)? {
        // Another node was first; what it has recorded decides when the log asks again.
        let size = app.db.witnessed(origin).await.map_err(ActError::from)?.map_or(0, |row| row.size);
        return Err(NotCosigned::Conflict(size as u64).into());
    }
    fault::point("w1");
    tx.commit().await.map_err(ActError::from)?;
    fault::point("w2");
    // 4
    Ok(line)
}

/// The last checkpoint cosigned of the log with this digest of its origin, as monitors fetch it.
pub async fn cosigned(app: &App, origin: &Digest) -> Result<Option<Vec<u8>>, ActError> {
    let Some(watched) = &app.witness else { return Ok(None) };
    let name = watched.logs.iter().map(|key| key.name().as_str()).find(|name| Digest::of(name.as_bytes()) == *origin);
    let Some(name) = name else { return Ok(None) };
    Ok(app.db.witnessed(name).await?.map(|row| row.note))
}

/// What was cosigned last of a log: how large it was, and when.
pub type Last = Option<(u64, Timestamp)>;

/// This hall's key as a witness, and every log it watches. Reads the vault and the database; the service may be running.
pub async fn standing(config: &Config) -> Result<(VerifierKey, Vec<(KeyName, Last)>), StartError> {
    let none = || StartError::Witness("witness: this hall is none; the configuration has no [witness]".to_owned());
    let vault = Vault::open(&config.data.join("keys"), &config.unlock_secret()?, &random())?;
    let watched = Watched::open(config.witness.as_ref().ok_or_else(none)?, &vault)?;
    let db = Db::open_to_read(&config.address()).await?;
    let logs = logs(&watched, &db).await?;
    db.close().await;
    Ok((watched.key, logs))
}

/// Every log that a witness watches, and what it cosigned of it last.
pub async fn logs(watched: &Watched, db: &Db) -> Result<Vec<(KeyName, Last)>, DbError> {
    let rows = db.all_witnessed().await?;
    let of = |name: &KeyName| {
        let row = rows.iter().find(|row| row.origin == name.as_str())?;
        Some((row.size as u64, Timestamp::from_microsecond(row.at).unwrap_or_default()))
    };
    let mut names: Vec<_> = watched.logs.iter().map(|key| key.name().clone()).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.into_iter().map(|name| (name.clone(), of(&name))).collect())
}

fn seen(row: Option<&WitnessedRow>) -> Result<Option<(u64, Digest)>, ActError> {
    let Some(row) = row else { return Ok(None) };
    let root = Digest::try_from(row.root.as_slice()).map_err(inconsistent)?;
    Ok(Some((u64::try_from(row.size).map_err(inconsistent)?, root)))
}

/// The cosignature on record, if it is of this very checkpoint and young.
fn fresh(app: &App, watched: &Watched, known: &WitnessedRow, request: &AddCheckpoint) -> Option<NoteSignature> {
    let (claim, age) = (request.checkpoint.claim(), app.now().as_microsecond() - known.at);
    let same = known.size == i64::try_from(claim.size).ok()? && known.root == claim.root.as_bytes();
    if !same || !(0..FRESH).contains(&age) {
        return None;
    }
    let note = SignedCheckpoint::parse(&known.note).ok()?;
    note.note().signatures().iter().find(|line| watched.key.claims(line)).cloned()
}

/// The checkpoint with the lines of the log's known keys and ours: what others put under it is not ours to spread.
fn note(
    watched: &Watched,
    checkpoint: &SignedCheckpoint,
    line: &NoteSignature,
) -> Result<SignedCheckpoint, crate::ledger::checkpoint::CheckpointError> {
    let lines = checkpoint.note().signatures().iter();
    let of_log = lines.filter(|line| watched.logs.iter().any(|key| key.claims(line))).cloned();
    SignedCheckpoint::new(checkpoint.claim(), of_log.chain([line.clone()]).collect())
}
