//! Verify: the portal's answer for a file, and for ours the answer for today.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::db::certificate::CertificateRow;
use crate::hall::opening::china_date;
use crate::verify::{LedgerReport, Report, Today};

use super::{ActError, compute, inconsistent};

/// Files judged at the same time: judging takes a core and some times the file's size of memory.
pub const MOST_AT_ONCE: usize = 4;
/// The field that says until when a certificate is in force.
const VALID_UNTIL: &str = "有效期至";

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
    if let Some(fork) = fork(app, &report).await? {
        tracing::error!(index = fork.index, size = fork.size, root = %fork.root, "a proof by our log's key is not of our log");
        return Ok(report.forked());
    }
    let today = today(app, &report).await?;
    Ok(report.as_of_today(today))
}

/// A proof in the file that our log's key signed and our log does not bear out: somebody else has used that key.
async fn fork<'r>(app: &App, report: &'r Report) -> Result<Option<&'r LedgerReport>, ActError> {
    for ledger in ours(app, report) {
        if !app.sequencer.agrees(ledger.index, &ledger.leaf, ledger.size, &ledger.root).await? {
            return Ok(Some(ledger));
        }
    }
    Ok(None)
}

/// The entries of our own log that the file's signatures prove.
fn ours<'r>(app: &App, report: &'r Report) -> impl Iterator<Item = &'r LedgerReport> {
    let origin = app.sequencer.checkpoint().map(|signed| signed.claim().origin.to_string());
    let proved = report.signatures.iter().filter_map(|one| one.ledger.as_ref());
    proved.filter(move |ledger| origin.as_ref() == Some(&ledger.log))
}

/// What has become of the document since: asked by the ledger entries of its seals, which no re-spelling of the file
/// changes. Anything of our own log that we do not know as good has changed.
async fn today(app: &App, report: &Report) -> Result<Today, ActError> {
    let mut today = Today::NotAsked;
    for ledger in ours(app, report) {
        match app.db.certificate_of_entry(ledger.index).await? {
            Some(certificate) if is_in_force(app, &certificate) => today = Today::Good,
            _ => return Ok(Today::Changed),
        }
    }
    Ok(today)
}

/// Sealed, not withdrawn, and within its own term if it names one.
pub fn is_in_force(app: &App, certificate: &CertificateRow) -> bool {
    let data: Map<String, Value> = serde_json::from_str(&certificate.data).unwrap_or_default();
    let until = data.get(VALID_UNTIL).and_then(Value::as_str).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    certificate.state == "sealed" && until.is_none_or(|day| china_date(app.now()) <= day)
}
