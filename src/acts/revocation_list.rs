//! Renew the revocation lists: each is issued anew long before it runs out, so that nobody outside ever holds a stale one while
//! the hall is at work, and at once when a seal's certificate is revoked.
//!
//! What is revoked stands in the rows; a list is made from them under a lock that all nodes share, so that none of them writes a
//! list from what it had read before another revoked.

use std::fs::File;
use std::path::Path;

use jiff::{Timestamp, ToSpan};

use crate::app::App;
use crate::db::seal::SealCertificateRow;
use crate::pki::authority::Issuer;
use crate::pki::certificate::Certificate;
use crate::pki::crl::{Crl, Reason, Revocation, RevocationList, issue};
use crate::store::write_durably;
use crate::vault::VaultError;

use super::{ActError, compute, inconsistent};

/// How an authority's list is kept: where, for how many hours it runs, and after how many it is issued anew.
pub struct Kept {
    /// Its name in the trust folder.
    pub file: &'static str,
    runs_for: i64,
    renewed_after: i64,
}

/// The list of the authority that issues seals' certificates.
pub const ISSUING: Kept = Kept { file: "issuing.crl", runs_for: 30 * 24, renewed_after: 24 };
/// The root's list. Its key may be kept elsewhere, and is then brought once a year.
pub const ROOT: Kept = Kept { file: "root.crl", runs_for: 366 * 24, renewed_after: 30 * 24 };
/// Hours before the root's list runs out when its key is asked for.
const ROOT_KEY_WANTED: i64 = 30 * 24;

/// Issues anew the lists in the trust folder that are due or do not say yet what is revoked, and has the verifier read them and
/// those that another node has issued.
pub async fn renew_revocation_lists(app: &App) -> Result<(), ActError> {
    let root = std::fs::read(app.trust_folder.join("root.pem")).map_err(inconsistent)?;
    let root = Certificate::from_pem(&root).map_err(inconsistent)?;
    let issuing = app.chain.first().ok_or_else(|| inconsistent("no issuing authority"))?;
    let lock = lock(&app.trust_folder).await?;
    // Read when the lock is held: what is revoked later finds this list and makes the next.
    let revoked = revoked(&app.db.revoked_certificates().await?)?;
    let of_issuing: Vec<_> = revoked.into_iter().filter(|(one, _)| one.issuer_der() == issuing.subject_der()).collect();
    // The one that is due daily first: the other's key may not be here.
    let renewed = renew(app, issuing, &ISSUING, &of_issuing).and_then(|()| renew(app, &root, &ROOT, &[]));
    drop(lock);
    renewed?;
    app.reload_lists().map_err(inconsistent)
}

/// The lock of the trust folder, held until it is dropped.
async fn lock(folder: &Path) -> Result<File, ActError> {
    let folder = folder.to_owned();
    compute(move || {
        let file = File::open(&folder).map_err(inconsistent)?;
        file.lock().map_err(inconsistent)?;
        Ok(file)
    })
    .await?
}

fn revoked(rows: &[SealCertificateRow]) -> Result<Vec<(Certificate, Revocation)>, ActError> {
    let mut revoked = Vec::new();
    for row in rows {
        let at = Timestamp::from_microsecond(row.revoked_at.unwrap_or_default()).map_err(inconsistent)?;
        let reason = match row.revocation.as_deref() {
            Some("key-compromise") => Reason::KeyCompromise,
            _ => Reason::Unspecified,
        };
        let certificate = Certificate::from_der(&row.certificate).map_err(inconsistent)?;
        revoked.push((certificate, Revocation { at, reason }));
    }
    Ok(revoked)
}

fn renew(
    app: &App,
    authority: &Certificate,
    kept: &Kept,
    revoked: &[(Certificate, Revocation)],
) -> Result<(), ActError> {
    let (path, now) = (app.trust_folder.join(kept.file), app.now());
    let there = std::fs::read(&path).ok().and_then(|bytes| Crl::from_der(&bytes).ok());
    let due = |list: &Crl| list.this_update().checked_add(kept.renewed_after.hours()).is_ok_and(|at| at <= now);
    let says_all = |list: &Crl| revoked.iter().all(|(certificate, _)| list.revocation(certificate).is_some());
    if there.as_ref().is_some_and(|list| !due(list) && says_all(list)) {
        return Ok(());
    }
    let key = match app.vault.authority(&authority.spki_digest(), &*app.rng) {
        Err(VaultError::NoSuchKey(_)) => {
            let ends = there.map(|list| list.next_update()).unwrap_or(now);
            if ends.checked_sub(ROOT_KEY_WANTED.hours()).is_ok_and(|at| at <= now) {
                tracing::warn!(file = kept.file, %ends, "a revocation list runs out and its authority's key is not here");
            }
            return Ok(());
        }
        key => key?,
    };
    let before = there.as_ref().and_then(Crl::number);
    let issued = issue(&list(kept, now, before, revoked)?, &Issuer::new(authority, &key)?)?;
    Ok(write_durably(&path, issued.der())?)
}

/// A list issued at `now`, numbered by its second, or by one more than the list before if that is greater.
pub fn list<'r>(
    kept: &Kept,
    now: Timestamp,
    before: Option<u64>,
    revoked: &'r [(Certificate, Revocation)],
) -> Result<RevocationList<'r>, ActError> {
    let second = u64::try_from(now.as_second()).map_err(inconsistent)?;
    let number = before.map_or(second, |before| second.max(before.saturating_add(1)));
    let next_update = now.checked_add(kept.runs_for.hours()).map_err(inconsistent)?;
    Ok(RevocationList { number, this_update: now, next_update, revoked })
}
