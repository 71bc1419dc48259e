//! Renew the revocation lists: each is issued anew long before it runs out, so that nobody outside ever holds a stale one while
//! the hall is at work. No certificate has been revoked yet: a seal's certificate ends by its term.

use jiff::{Timestamp, ToSpan};

use crate::app::App;
use crate::pki::authority::Issuer;
use crate::pki::certificate::Certificate;
use crate::pki::crl::{Crl, RevocationList, issue};
use crate::store::write_durably;
use crate::vault::VaultError;

use super::{ActError, inconsistent};

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

/// Issues anew the lists in the trust folder that are due, and has the verifier read them.
pub fn renew_revocation_lists(app: &App) -> Result<(), ActError> {
    let root = std::fs::read(app.trust_folder.join("root.pem")).map_err(inconsistent)?;
    let root = Certificate::from_pem(&root).map_err(inconsistent)?;
    let issuing = app.chain.first().ok_or_else(|| inconsistent("no issuing authority"))?;
    // The one that is due daily first: the other's key may not be here.
    renew(app, issuing, &ISSUING)?;
    renew(app, &root, &ROOT)
}

fn renew(app: &App, authority: &Certificate, kept: &Kept) -> Result<(), ActError> {
    let (path, now) = (app.trust_folder.join(kept.file), app.now());
    let there = std::fs::read(&path).ok().and_then(|bytes| Crl::from_der(&bytes).ok());
    let due = |list: &Crl| list.this_update().checked_add(kept.renewed_after.hours()).is_ok_and(|at| at <= now);
    if there.as_ref().is_some_and(|list| !due(list)) {
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
    let issued = issue(&list(kept, now)?, &Issuer::new(authority, &key)?)?;
    write_durably(&path, issued.der())?;
    app.reload_trust().map_err(inconsistent)
}

/// A list issued at `now`, numbered by its second.
pub fn list(kept: &Kept, now: Timestamp) -> Result<RevocationList<'static>, ActError> {
    let number = u64::try_from(now.as_second()).map_err(inconsistent)?;
    let next_update = now.checked_add(kept.runs_for.hours()).map_err(inconsistent)?;
    Ok(RevocationList { number, this_update: now, next_update, revoked: &[] })
}
