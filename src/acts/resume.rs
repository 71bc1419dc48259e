//! Resume: what was logged and not finished is finished, by the normal path, with the bytes that were stored; what
//! cannot be finished is voided by a further entry. At start, and for uses whose lease has run out.

use crate::app::App;
use crate::digest::Digest;

use super::approve::is_complete;
use super::seal::{IN_PROGRESS, LEASE, Work, seal_case, void_case};
use super::seal_letter::file_sealed;
use super::{ActError, Failure, inconsistent};

/// What came of resuming.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Resumed {
    /// Cases finished.
    pub finished: usize,
    /// Cases voided.
    pub voided: usize,
    /// Letters of authorization filed whose document had been sealed.
    pub filed: usize,
}

/// Orphaned objects younger than this are left alone: somebody may be about to name them (microseconds).
const YOUNG: i64 = 3_600_000_000;

/// Finishes or voids every use whose lease has run out, and seals the cases whose last approval was recorded by a request
/// that is gone. `at_start`: where no other node shares the database nobody can be at work, so every lease has run out.
pub async fn resume(app: &App, at_start: bool) -> Result<Resumed, ActError> {
    let now = app.now().as_microsecond();
    let alone = at_start && !app.db.is_shared();
    let expired = if alone { i64::MAX } else { now };
    let mut resumed = Resumed::default();
    // One case that cannot be read keeps no other waiting.
    let mut waits = false;
    for id in app.db.take_over_unfinished(expired, now + LEASE).await? {
        if waits {
            release(app, &id).await?;
            continue;
        }
        match finish(app, &id).await {
            Ok(End::Finished) => resumed.finished += 1,
            Ok(End::Voided) => resumed.voided += 1,
            Ok(End::Elsewhere) => {}
            // The witnesses are asked once for all of them.
            Err(ActError::Waiting(_)) => {
                waits = true;
                release(app, &id).await?;
            }
            Err(error) => tracing::error!(%error, case = id, "a logged use could not be finished yet"),
        }
    }
    if waits {
        return Ok(resumed);
    }
    resumed.filed = file_sealed(app).await?;
    for id in app.db.approved_before(if alone { i64::MAX } else { now - LEASE }).await? {
        match seal_approved(app, &id).await {
            Ok(End::Finished) => resumed.finished += 1,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, case = id, "an approved case could not be sealed yet"),
        }
    }
    Ok(resumed)
}

async fn release(app: &App, case: &str) -> Result<(), ActError> {
    Ok(app.db.release_unfinished(case, app.now().as_microsecond()).await?)
}

enum End {
    Finished,
    Voided,
    Elsewhere,
}

/// Finishes or voids a case whose uses are logged.
async fn finish(app: &App, id: &str) -> Result<End, ActError> {
    let matter = app.db.matter(id).await?.ok_or_else(|| inconsistent(id))?;
    match seal_case(app, &matter, Work::Resumed).await {
        Ok(_) => Ok(End::Finished),
        Err(ActError::Refused(refusal)) if refusal.codes() == [IN_PROGRESS] => Ok(End::Elsewhere),
        // A rule no longer holds, or the document is not what it must be: trying again would not help.
        Err(
            ActError::Refused(_)
            | ActError::Failed(Failure::Incident(_) | Failure::Inconsistent(_) | Failure::Cms(_) | Failure::Stamp(_)),
        ) => void_case(app, &matter).await.map(|()| End::Voided),
        Err(error) => Err(error),
    }
}

/// Seals a case whose last approval is on record and whose request died before the first entry.
async fn seal_approved(app: &App, id: &str) -> Result<End, ActError> {
    let matter = app.db.matter(id).await?.ok_or_else(|| inconsistent(id))?;
    if !is_complete(app, &matter).await? {
        return Ok(End::Elsewhere);
    }
    seal_case(app, &matter, Work::Complete).await.map(|_| End::Finished)
}

/// Removes objects that no row names: intents of requests that died before their transaction, and what they had half
/// written. At start only, while nobody writes; what other nodes may be writing is left alone.
pub async fn sweep(app: &App) -> Result<usize, ActError> {
    let mut swept = if app.db.is_shared() { 0 } else { app.store.sweep_unfinished()? };
    let found = app.store.list()?;
    let mut named = std::collections::HashSet::new();
    for bytes in app.db.named_objects().await? {
        named.insert(Digest::try_from(bytes.as_slice()).map_err(inconsistent)?);
    }
    for (digest, written) in found {
        let age = jiff::Timestamp::try_from(written).map_or(0, |at| app.now().as_microsecond() - at.as_microsecond());
        if !named.contains(&digest) && age > YOUNG {
            app.store.sweep(&digest)?;
            swept += 1;
        }
    }
    Ok(swept)
}
