//! Passwords: Argon2id (RFC 9106), guessed at with growing pauses, changed by their owner.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::db::record::RowWrite;
use crate::db::sign_in::{ANYWHERE, OWN_PASSWORD};
use crate::db::staff::STAFF;
use crate::digest::Digest;
use crate::hall::password::{self, MOST};
use crate::hall::pause::{FORGOTTEN, still};
use crate::hall::refusal::{Reasons, Refusal};
use crate::ledger::entry::About;

use super::person::{Person, refused};
use super::record::{Act, record};
use super::{ActError, compute, inconsistent};

/// Passwords hashed at the same time: each takes 19 MiB.
static HASHING: Semaphore = Semaphore::const_new(4);
/// Wrong tries from everywhere together before those who come from an address that is not known have to wait.
const FREE_ANYWHERE: i64 = 17;
/// How long an address from which the right password came is known (microseconds).
const KNOWN: i64 = 30 * 24 * 3_600_000_000;
/// The longest name that is counted, in bytes: it may be anybody's text.
const MOST_LOGIN: usize = 64;
const SECOND: i64 = 1_000_000;

/// From where somebody tries.
#[derive(Debug, Clone, Copy)]
pub(super) enum Try<'a> {
    /// An address.
    Address(&'a str),
    /// A device of the hall, which counts for itself: whoever guesses elsewhere keeps nobody out here.
    Device(&'a str),
}

/// Whether this is the password of whoever signs in by `login`, who is known by `phc` if there is such a person. Whoever guesses waits: longer
/// each time, never for good.
pub(super) async fn try_password(
    app: &App,
    login: &str,
    phc: Option<String>,
    given: &str,
    from: Try<'_>,
) -> Result<(), ActError> {
    let login = login.get(..login.floor_char_boundary(MOST_LOGIN)).unwrap_or_default();
    let place = match from {
        Try::Address(address) => address.to_owned(),
        Try::Device(id) => format!("device {id}"),
    };
    let now = app.now().as_microsecond();
    let counts = app.db.sign_in_failures(login, &place).await?;
    let here = counts.iter().find(|count| count.peer == place);
    let known = here.and_then(|count| count.right_at).is_some_and(|right| now - right < KNOWN);
    let everywhere =
        counts.iter().find(|count| count.peer == ANYWHERE).filter(|_| !known && matches!(from, Try::Address(_)));
    let waits = [
        here.and_then(|count| still(count.failures, count.last_at, now)),
        everywhere.and_then(|count| still(count.failures.saturating_sub(FREE_ANYWHERE), count.last_at, now)),
    ];
    if let Some(seconds) = waits.into_iter().flatten().max() {
        let text = format!("口令错得太多，请等 {seconds} 秒再试；账户没有锁死，在已登记的设备上不受别处试错的影响");
        return Err(Refusal::because("too-soon", text).into());
    }
    if matches(given.to_owned(), phc).await? {
        return Ok(app.db.right_password(login, &place, now).await?);
    }
    app.db.wrong_password(login, &place, now, now - FORGOTTEN * SECOND).await?;
    Err(Refusal::because("wrong-password", "工号或口令不正确").into())
}

/// Somebody signed in gives the password once more, before what only its owner may do.
pub(super) async fn ask_password(app: &App, person: &Person, given: &str) -> Result<(), ActError> {
    let row = app.db.staff(&person.staff.id.to_string()).await?.ok_or(ActError::NotFound)?;
    try_password(app, &person.login, Some(row.password), given, Try::Address("account")).await.map_err(|error| {
        match error {
            ActError::Refused(refusal) if refusal.codes() == ["wrong-password"] => {
                let mut reasons = Reasons::new();
                reasons.add_field("wrong-password", "current", "现在的口令不正确");
                reasons.into_result().map_or_else(ActError::Refused, |()| inconsistent("no reason"))
            }
            other => other,
        }
    })
}

/// Changes one's password. `session` goes on; all other sessions of the person end.
pub async fn change_password(
    app: &App,
    person: &Person,
    session: &Digest,
    current: &str,
    chosen: &str,
    again: &str,
) -> Result<(), ActError> {
    match change(app, person, session, (current, chosen, again)).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "change_password", &person.login, person, error).await),
    }
}

async fn change(
    app: &App,
    person: &Person,
    session: &Digest,
    (current, chosen, again): (&str, &str, &str),
) -> Result<(), ActError> {
    let mut reasons = Reasons::new();
    password::check(chosen, &person.login, &person.staff.name, &mut reasons);
    if chosen != again {
        reasons.add_field("passwords-differ", "again", "两次填写的新口令不一致");
    }
    if chosen == current {
        reasons.add_field("password-same", "password", "新口令与现在的相同");
    }
    if let Err(error) = ask_password(app, person, current).await {
        match error {
            ActError::Refused(refusal) => reasons.absorb(refusal),
            failed => return Err(failed),
        }
    }
    reasons.into_result()?;
    let (secret, salt, at) = (chosen.to_owned(), app.random(), app.now());
    let hash = compute(move || hash_password(&secret, &salt)).await??;
    let staff = person.staff.id.to_string();
    let own = if app.db.has_own_password(&staff).await? {
        RowWrite::change(&OWN_PASSWORD, &staff)
    } else {
        RowWrite::new(&OWN_PASSWORD, &staff)
    };
    let rows = vec![RowWrite::change(&STAFF, &staff).unsaid("password", hash), own.set("set_at", at.as_microsecond())];
    record(app, About::Access, Act::by("password.change", person, at), rows).await?;
    Ok(app.db.end_other_sessions(&staff, session).await?)
}

fn hasher() -> Argon2<'static> {
    // RFC 9106 and OWASP: 19 MiB, two passes, one lane; the defaults are within the limits, so this cannot fail.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// A password as kept: Argon2id in PHC form.
pub fn hash_password(password: &str, salt: &[u8; 32]) -> Result<String, ActError> {
    let hash = hasher().hash_password_with_salt(password.as_bytes(), &salt[..16]).map_err(inconsistent)?;
    Ok(hash.to_string())
}

/// An unknown name costs the same time as a known one.
async fn matches(given: String, phc: Option<String>) -> Result<bool, ActError> {
    let place = HASHING.acquire().await.map_err(inconsistent)?;
    compute(move || {
        let matches = verify_password(&given, phc.as_deref());
        drop(place); // kept until the hashing is done
        matches
    })
    .await
}

fn verify_password(password: &str, known: Option<&str>) -> bool {
    let known = known.and_then(|phc| PasswordHash::new(phc).ok());
    match known {
        _ if password.len() > MOST => false,
        Some(known) => hasher().verify_password(password.as_bytes(), &known).is_ok(),
        None => {
            let _ = hash_password(password, &[0; 32]);
            false
        }
    }
}
