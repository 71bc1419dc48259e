//! Verify: the portal's answer for a file, and for ours the answer for today.

use crate::app::App;
use crate::digest::Digest;
use crate::verify::{Report, Today};

use super::{ActError, compute};

/// Judges a file; nothing of it is kept.
pub async fn verify(app: &App, name: String, bytes: Vec<u8>) -> Result<Report, ActError> {
    let (trust, now) = (app.trust.clone(), app.now());
    let (report, digest) = compute(move || {
        let report = crate::verify::verify(&bytes, &trust, now).named(name);
        (report, Digest::of(&bytes))
    })
    .await?;
    let today = match app.db.certificate_by_sealed(&digest).await? {
        None => Today::NotAsked,
        Some(certificate) if certificate.state == "sealed" => Today::Good,
        Some(_) => Today::Changed,
    };
    Ok(report.as_of_today(today))
}
