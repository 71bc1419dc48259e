//! Verify: the portal's answer for a file, and for ours the answer for today.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::app::App;
use crate::db::certificate::CertificateRow;
use crate::hall::certificate::Standing;
use crate::hall::opening::china_date;
use crate::verify::{Report, Since, Today};

use super::story::{self, Check};
use super::{ActError, compute, inconsistent};

/// Files judged at the same time: judging takes a core and some times the file's size of memory.
pub const MOST_AT_ONCE: usize = 4;

/// The places of those whose file is judged.
#[derive(Debug, Clone)]
pub struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_AT_ONCE)))
    }
}

/// Judges a file that has arrived whole; nothing of it is kept. Its place is held until the judging is done, whoever still
/// waits for it.
pub async fn verify(
    app: &App,
    places: &Places,
    name: String,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<Report, ActError> {
    let place = places.0.clone().acquire_owned().await.map_err(inconsistent)?;
    let (trust, now) = (app.trust(), app.now());
    let report = compute(move || {
        let report = crate::verify::verify(bytes.as_ref(), &trust, now).named(name);
        drop(place);
        report
    })
    .await?;
    let since = since(app, &report).await?;
    Ok(match since {
        Known::Nothing => report,
        Known::Since(since, proved) => report.in_order(&proved).as_of(&since),
        Known::NotInForce(proved) => report.in_order(&proved).as_of_today(Today::Changed),
    })
}

/// What this hall knows of the uses of seals that a file proves.
enum Known {
    /// None of them is in our log.
    Nothing,
    /// What became of each, and which signatures our log has before whatever ended their seals.
    Since(Vec<Since>, Vec<usize>),
    /// A certificate that was withdrawn, has run out, or that we do not know; and the signatures that our log has.
    NotInForce(Vec<usize>),
}

/// Asks by the ledger entries of the seals, which no re-spelling of the file changes. Anything of our own log that we do not
/// know as good has changed; a proof by our log's key that our log does not bear out is somebody else's use of that key.
async fn since(app: &App, report: &Report) -> Result<Known, ActError> {
    let origin = app.sequencer.checkpoint().map(|signed| signed.claim().origin.to_string());
    let (mut since, mut proved, mut in_force) = (Vec::new(), Vec::new(), true);
    let mut ours = std::collections::BTreeSet::new();
    for (place, signature) in report.signatures.iter().enumerate() {
        let (Some(ledger), Some(seal)) = (&signature.ledger, &signature.seal) else { continue };
        if origin.as_ref() != Some(&ledger.log) {
            since.push(Since::Elsewhere);
            continue;
        }
        if !app.sequencer.agrees(ledger.index, &ledger.leaf, ledger.size, &ledger.root).await? {
            tracing::error!(index = ledger.index, size = ledger.size, root = %ledger.root, "a proof by our log's key is not of our log");
            return Ok(Known::Since(vec![Since::Fork], Vec::new()));
        }
        // Our log takes in no use of a seal that is not in force.
        proved.push(place);
        let certificate = app.db.certificate_of_entry(ledger.index).await?;
        ours.extend(certificate.as_ref().map(|certificate| certificate.id.clone()));
        in_force &= certificate.is_some_and(|certificate| is_in_force(app, &certificate));
        since.push(match app.db.seal_of_key(seal).await?.as_ref().map(|seal| seal.state.as_str()) {
            Some("suspended") => Since::SealSuspended,
            Some("retired") => Since::SealRetired,
            _ => Since::Stands,
        });
    }
    for certificate in &ours {
        story::count(app, certificate, Check::Verify).await;
    }
    Ok(match (since.iter().all(|since| *since == Since::Elsewhere), in_force) {
        (true, _) => Known::Nothing,
        (_, true) => Known::Since(since, proved),
        (_, false) => Known::NotInForce(proved),
    })
}

/// Sealed, in force, and within its own term if it names one.
pub fn is_in_force(app: &App, certificate: &CertificateRow) -> bool {
    certificate.standing(china_date(app.now())) == Some(Standing::InForce)
}
