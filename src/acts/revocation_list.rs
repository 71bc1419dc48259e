//! Renew the revocation lists: each runs for thirty days and is issued anew once a day, so that nobody outside ever holds a
//! stale one while the hall is at work. No certificate has been revoked yet: a seal's certificate ends by its term.

use std::path::Path;

use jiff::{Timestamp, ToSpan};

use crate::app::App;
use crate::pki::authority::Issuer;
use crate::pki::certificate::Certificate;
use crate::pki::crl::{Crl, RevocationList, issue};
use crate::store::write_durably;

use super::{ActError, inconsistent};

/// Hours a list runs.
pub const RUNS_FOR: i64 = 30 * 24;
/// Hours after which it is issued anew.
const RENEWED_AFTER: i64 = 24;

/// Issues the lists in the trust folder `trust` anew if they are older than a day.
pub fn renew_revocation_lists(app: &App, trust: &Path) -> Result<(), ActError> {
    let read = |name: &str| std::fs::read(trust.join(name)).map_err(inconsistent);
    let root = Certificate::from_pem(&read("root.pem")?).map_err(inconsistent)?;
    let issuing = app.chain.first().ok_or_else(|| inconsistent("no issuing authority"))?;
    for (authority, file) in [(&root, "root.crl"), (issuing, "issuing.crl")] {
        let now = app.now();
        let fresh = read(file).ok().and_then(|bytes| Crl::from_der(&bytes).ok()).is_some_and(|list| {
            let renew_at = list.this_update().checked_add(RENEWED_AFTER.hours());
            renew_at.is_ok_and(|renew_at| now < renew_at)
        });
        if !fresh {
            let key = app.vault.authority(&authority.spki_digest(), &*app.rng)?;
            let list = list(now)?;
            write_durably(&trust.join(file), issue(&list, &Issuer::new(authority, &key)?)?.der())?;
        }
    }
    Ok(())
}

/// A list issued at `now`, numbered by its second.
pub fn list(now: Timestamp) -> Result<RevocationList<'static>, ActError> {
    let number = u64::try_from(now.as_second()).map_err(inconsistent)?;
    let next_update = now.checked_add(RUNS_FOR.hours()).map_err(inconsistent)?;
    Ok(RevocationList { number, this_update: now, next_update, revoked: &[] })
}
