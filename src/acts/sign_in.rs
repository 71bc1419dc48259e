//! Sign in and out. Passwords are Argon2id (RFC 9106); a session's token is only in the browser, its digest here.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::db::session::SessionRow;
use crate::digest::Digest;
use crate::hall::id::WindowNo;
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::{Duty, Registration};

use super::person::{Person, Seat};
use super::{ActError, compute, inconsistent};

/// A working day (microseconds).
const SESSION: i64 = 10 * 3_600_000_000;
/// Passwords hashed at the same time: each takes 19 MiB.
static HASHING: Semaphore = Semaphore::const_new(4);
/// Longest password taken.
const MAX_PASSWORD: usize = 256;

/// A session as the pages need it.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub person: Person,
    /// Token that every unsafe page request carries.
    pub csrf: String,
}

/// What the browser keeps.
pub struct Begun {
    /// The token, 64 hexadecimal digits; nowhere else.
    pub token: String,
    /// Who signed in.
    pub person: Person,
}

/// Signs in; `window` is where a clerk sits, `inside` whether the request comes from the hall's networks.
pub async fn sign_in(
    app: &App,
    login: &str,
    password: &str,
    window: Option<&str>,
    inside: bool,
) -> Result<Begun, ActError> {
    let row = app.db.staff_by_login(login).await?;
    let known = row.as_ref().map(|row| row.password.clone());
    let given = password.to_owned();
    let place = HASHING.acquire().await.map_err(inconsistent)?;
    // An unknown name costs the same time as a known one. The place is kept until the hashing is done.
    let matches = compute(move || {
        let matches = verify_password(&given, known.as_deref());
        drop(place);
        matches
    })
    .await?;
    let row = row.filter(|_| matches).ok_or_else(wrong)?;
    let staff = row.to_staff()?;
    let today = china_date(app.now());
    let permitted = staff.permit.as_ref().is_some_and(|permit| permit.is_valid_on(today));
    let mut reasons = Reasons::new();
    reasons.require(
        staff.registration == Registration::Active,
        "not-registered",
        "人员登记已终止，请由中心重新审核登记",
    );
    reasons.require(permitted, "permit-not-valid", "没有有效的工作证，请向中心申领或换发");
    let window: Option<WindowNo> = window.filter(|no| !no.is_empty()).and_then(|no| no.parse().ok());
    if staff.duty == Duty::Clerk {
        let registered = window.as_ref().is_some_and(|no| staff.windows.contains(no));
        if !registered {
            reasons.add_field("wrong-window", "window", "请选择您登记的窗口");
        }
    }
    reasons.into_result()?;
    let token = hex::encode(app.random());
    let session = SessionRow {
        staff: row.id.clone(),
        csrf: hex::encode(app.random()),
        window_no: window.as_ref().filter(|_| staff.duty == Duty::Clerk).map(ToString::to_string),
        expires_at: app.now().as_microsecond() + SESSION,
    };
    app.db.begin_session(&Digest::of(token.as_bytes()), &session, app.now().as_microsecond()).await?;
    let seat = seat(app, session.window_no.as_deref(), inside);
    Ok(Begun { token, person: Person { staff, login: row.login, seat } })
}

/// The session of a token; `None` if it has ended, or the person may not act any more.
pub async fn session(app: &App, token: &str, inside: bool) -> Result<Option<Session>, ActError> {
    let now = app.now().as_microsecond();
    let Some(row) = app.db.session(&Digest::of(token.as_bytes()), now).await? else { return Ok(None) };
    let Some(person) = app.db.staff(&row.staff).await? else { return Ok(None) };
    let staff = person.to_staff()?;
    if staff.registration != Registration::Active {
        return Ok(None);
    }
    let seat = seat(app, row.window_no.as_deref(), inside);
    Ok(Some(Session { person: Person { staff, login: person.login, seat }, csrf: row.csrf }))
}

/// Ends a session.
pub async fn sign_out(app: &App, token: &str) -> Result<(), ActError> {
    Ok(app.db.end_session(&Digest::of(token.as_bytes())).await?)
}

fn seat(app: &App, window: Option<&str>, inside: bool) -> Seat {
    match window.and_then(|no| no.parse().ok()) {
        _ if !inside => Seat::Elsewhere,
        Some(no) => Seat::Window(no),
        None => Seat::Device(app.network_device),
    }
}

fn wrong() -> ActError {
    Refusal::because("wrong-password", "工号或口令不正确").into()
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

fn verify_password(password: &str, known: Option<&str>) -> bool {
    let known = known.and_then(|phc| PasswordHash::new(phc).ok());
    match known {
        _ if password.len() > MAX_PASSWORD => false,
        Some(known) => hasher().verify_password(password.as_bytes(), &known).is_ok(),
        None => {
            let _ = hash_password(password, &[0; 32]);
            false
        }
    }
}
