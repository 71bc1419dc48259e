//! Resume: what was logged and not finished is finished, by the normal path, with the bytes that were stored; what
//! cannot be finished is voided by a further entry. At start, and for uses whose lease has run out.

use crate::app::App;
use crate::digest::Digest;

use super::seal::{IN_PROGRESS, Work, seal_case, void_case};
use super::{ActError, Failure, inconsistent};

/// What came of resuming.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Resumed {
    /// Cases finished.
    pub finished: usize,
    /// Cases voided.
    pub voided: usize,
}

/// Orphaned objects younger than this are left alone: somebody may be about to name them (microseconds).
const YOUNG: i64 = 3_600_000_000;

/// Finishes or voids every use whose lease has run out. `at_start`: nobody else can be at work, so every lease has.
pub async fn resume(app: &App, at_start: bool) -> Result<Resumed, ActError> {
    let now = app.now().as_microsecond();
    let expired = if at_start { i64::MAX } else { now };
    let mut resumed = Resumed::default();
    for id in app.db.take_over_unfinished(expired, now + 60_000_000).await? {
        let matter = app.db.matter(&id).await?.ok_or_else(|| inconsistent(&id))?;
        match seal_case(app, &matter, Work::Resumed).await {
            Ok(_) => resumed.finished += 1,
            Err(ActError::Refused(refusal)) if refusal.codes() == [IN_PROGRESS] => {}
            // A rule no longer holds, or the document is not what it must be: trying again would not help.
            Err(
                ActError::Refused(_)
                | ActError::Failed(Failure::Incident(_) | Failure::Inconsistent(_) | Failure::Cms(_) | Failure::Stamp(_)),
            ) => {
                void_case(app, &matter).await?;
                resumed.voided += 1;
            }
            Err(error) => tracing::error!(%error, case = matter.case_no, "a logged use could not be finished yet"),
        }
    }
    Ok(resumed)
}

/// Removes objects that no row names: intents of requests that died before their transaction.
pub async fn sweep(app: &App) -> Result<usize, ActError> {
    let found = app.store.list()?;
    let mut named = std::collections::HashSet::new();
    for bytes in app.db.named_objects().await? {
        named.insert(Digest::try_from(bytes.as_slice()).map_err(inconsistent)?);
    }
    let mut swept = 0;
    for (digest, written) in found {
        let age = jiff::Timestamp::try_from(written).map_or(0, |at| app.now().as_microsecond() - at.as_microsecond());
        if !named.contains(&digest) && age > YOUNG {
            app.store.sweep(&digest)?;
            swept += 1;
        }
    }
    Ok(swept)
}
