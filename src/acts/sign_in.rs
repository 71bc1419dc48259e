//! Sign in and out, and who is behind a session. A session's token is only in the browser, its digest here.
//!
//! At an enrolled device a session is bound to it: a second cookie goes with the first, the device signs for another one every minute
//! ([`renew`]), and it is good from one address. A copy of both is good for nothing elsewhere, and is recorded.

use std::net::IpAddr;

use crate::app::App;
use crate::db::device::{DeviceRow, SessionDeviceRow};
use crate::db::journal::RefusedAct;
use crate::db::session::SessionRow;
use crate::digest::Digest;
use crate::hall::id::WindowNo;
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::{Duty, Registration, Staff};
use crate::passkey::device::{DeviceProof, Purpose};

use super::confirm_session::is_open;
pub use super::password::hash_password;
use super::password::{Try, try_password};
use super::person::{Person, Seat};
use super::{ActError, inconsistent};

const SECOND: i64 = 1_000_000;
/// A working day (microseconds).
const SESSION: i64 = 10 * 3600 * SECOND;
/// How long the second cookie is good (microseconds); a page asks for the next one long before.
pub const WINDOW: i64 = 180 * SECOND;
/// How long the one before is still good, for requests under way.
const OVERLAP: i64 = 20 * SECOND;
/// How often a copy of a session is recorded at most.
const NOTICE: i64 = 60 * SECOND;

/// The code of the refusal of a device whose signature is right but for the time in it.
pub const OTHER_CLOCK: &str = "other-clock";

/// From where a request comes.
#[derive(Debug, Clone, Copy)]
pub struct From {
    /// The address.
    pub peer: IpAddr,
    /// Whether it is one of the hall's networks'.
    pub inside: bool,
}

/// What somebody gives at the door.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The name to sign in by.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// Where a clerk sits.
    pub window: Option<&'a str>,
    /// What the device says.
    pub device: Option<&'a DeviceProof>,
    /// Whether a program signs in: it renews nothing, and its session is good from this one address as long as it lasts.
    pub program: bool,
}

/// A session as the pages need it.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub person: Person,
    /// Token that every unsafe page request carries.
    pub csrf: String,
    /// Whether the password is still the one that was given.
    pub first_password: bool,
    /// Whether it has to be confirmed before anything is done in it ([`super::confirm_session`]).
    pub unconfirmed: bool,
    /// The device it is bound to.
    pub device: Option<Bound>,
}

/// The device of a session.
#[derive(Debug, Clone)]
pub struct Bound {
    /// What the device is called.
    pub name: String,
    /// The session's public name, for which the device signs.
    pub session: Digest,
}

/// Whose session a token is.
#[derive(Debug, Clone)]
pub enum Found {
    /// Nobody's, or it has ended.
    Nobody,
    /// This person's.
    Session(Box<Session>),
    /// Of a device that has to sign again, or a copy of it elsewhere: nothing is shown.
    Unproven(Digest),
}

/// What the browser keeps.
pub struct Begun {
    /// The token, 64 hexadecimal digits; nowhere else.
    pub token: String,
    /// The second cookie, at a device.
    pub proof: Option<String>,
    /// Who signed in.
    pub person: Person,
}

/// The public name of a session: it says nothing about the token.
fn public_name(token: &Digest) -> Digest {
    Digest::of_parts(&[b"yinxin session\n", token.as_bytes()])
}

/// Signs in.
pub async fn sign_in(app: &App, given: Given<'_>, from: From) -> Result<Begun, ActError> {
    let device = match given.device {
        Some(proof) => proven(app, proof, Purpose::SignIn(given.login)).await?,
        None => None,
    };
    let row = app.db.staff_by_login(given.login).await?;
    let peer = from.peer.to_canonical().to_string();
    let place = device.as_ref().map_or(Try::Address(&peer), |device| Try::Device(&device.id));
    try_password(app, given.login, row.as_ref().map(|row| row.password.clone()), given.password, place).await?;
    let row = row.ok_or_else(|| inconsistent("a password without a person"))?;
    let staff = row.to_staff()?;
    let today = china_date(app.now());
    let permitted = staff.permit.as_ref().is_some_and(|permit| permit.is_valid_on(today));
    let mut reasons = Reasons::new();
    staff.registration.require_active(&mut reasons);
    reasons.require(permitted, "permit-not-valid", "没有有效的工作证，请向中心申领或换发");
    let window: Option<WindowNo> = given.window.filter(|no| !no.is_empty()).and_then(|no| no.parse().ok());
    if staff.duty == Duty::Clerk {
        let registered = window.as_ref().is_some_and(|no| staff.windows.contains(no));
        if !registered {
            reasons.add_field("wrong-window", "window", "请选择您登记的窗口");
        }
    }
    // A person changes it on the page that this leads to; a program has none.
    let has_own = !app.rules.own_passwords || !given.program || app.db.has_own_password(&row.id).await?;
    reasons.require(has_own, "first-password", "口令还是最初发的那个，请本人先在页面上登录并更换");
    reasons.into_result()?;
    let (token, now) = (hex::encode(app.random()), app.now().as_microsecond());
    let session = SessionRow {
        staff: row.id.clone(),
        csrf: hex::encode(app.random()),
        window_no: window.as_ref().filter(|_| staff.duty == Duty::Clerk).map(ToString::to_string),
        expires_at: now + SESSION,
    };
    let digest = Digest::of(token.as_bytes());
    app.db.begin_session(&digest, &session, now).await?;
    let mut second = None;
    if let Some(device) = &device {
        let proof = if given.program { token.clone() } else { hex::encode(app.random()) };
        let bound = SessionDeviceRow {
            device: device.id.clone(),
            proof: Digest::of(proof.as_bytes()).as_bytes().to_vec(),
            earlier: None,
            proven_at: if given.program { session.expires_at } else { now },
            peer: peer.clone(),
        };
        app.db.bind_session(&digest, &bound).await?;
        second = Some(proof);
    }
    let seat = seat(app, &staff, session.window_no.as_deref(), from.inside, device.as_ref())?;
    Ok(Begun { token, proof: second, person: Person { staff, login: row.login, seat } })
}

/// The device that made this proof, if it is enrolled and the proof holds.
async fn proven(app: &App, proof: &DeviceProof, purpose: Purpose<'_>) -> Result<Option<DeviceRow>, ActError> {
    let device = app.db.device_by_key(&proof.device).await?;
    let now = app.now().as_second();
    Ok(device.filter(|device| proof.holds(&device.key, app.relying_party.origin(), purpose, now)))
}

/// Whose session a token is. `proof`: the second cookie.
pub async fn session(app: &App, token: &str, proof: Option<&str>, from: From) -> Result<Found, ActError> {
    let (digest, now) = (Digest::of(token.as_bytes()), app.now().as_microsecond());
    let Some(row) = app.db.session(&digest, now).await? else { return Ok(Found::Nobody) };
    let Some(person) = app.db.staff(&row.staff).await? else { return Ok(Found::Nobody) };
    let staff = person.to_staff()?;
    if staff.registration != Registration::Active {
        return Ok(Found::Nobody);
    }
    let mut device = None;
    if let Some(bound) = app.db.device_of_session(&digest).await? {
        match judge(&bound, proof, from, now) {
            Proof::Good => {}
            Proof::Old => return Ok(Found::Unproven(public_name(&digest))),
            Proof::Foreign => {
                if app.db.notice_copy(&digest, now, NOTICE).await? {
                    notice(app, &row.staff, &bound.device, "session-copied").await?;
                }
                return Ok(Found::Unproven(public_name(&digest)));
            }
        }
        device = app.db.device(&bound.device).await?;
        if device.is_none() {
            return Ok(Found::Nobody); // struck off
        }
    }
    let seat = seat(app, &staff, row.window_no.as_deref(), from.inside, device.as_ref())?;
    let first_password = app.rules.own_passwords && !app.db.has_own_password(&row.staff).await?;
    let device = device.map(|device| Bound { name: device.name, session: public_name(&digest) });
    let unconfirmed = is_open(app, &staff, &digest).await?;
    let person = Person { staff, login: person.login, seat };
    Ok(Found::Session(Box::new(Session { person, csrf: row.csrf, first_password, unconfirmed, device })))
}

/// What a second cookie is worth.
#[derive(Debug, PartialEq, Eq)]
enum Proof {
    Good,
    /// The device's, but it has not signed for a while.
    Old,
    /// None, another one, or from elsewhere: a copy of the session.
    Foreign,
}

fn judge(bound: &SessionDeviceRow, proof: Option<&str>, from: From, now: i64) -> Proof {
    let Some(proof) = proof.map(|proof| Digest::of(proof.as_bytes())) else { return Proof::Foreign };
    let age = now.saturating_sub(bound.proven_at);
    let here = from.peer.to_canonical().to_string() == bound.peer;
    let is = |kept: &[u8]| kept == proof.as_bytes();
    match (is(&bound.proof), bound.earlier.as_deref().is_some_and(is)) {
        _ if !here => Proof::Foreign,
        (true, _) if age <= WINDOW => Proof::Good,
        (_, true) if age <= OVERLAP => Proof::Good,
        (true, _) | (_, true) => Proof::Old,
        _ => Proof::Foreign,
    }
}

/// The device signs that the session goes on here: another second cookie. A wrong or missing signature is recorded.
pub async fn renew(app: &App, token: &str, proof: Option<&DeviceProof>, from: From) -> Result<String, ActError> {
    let (digest, now) = (Digest::of(token.as_bytes()), app.now().as_microsecond());
    let session = app.db.session(&digest, now).await?.ok_or(ActError::NotFound)?;
    let bound = app.db.device_of_session(&digest).await?.ok_or(ActError::NotFound)?;
    let name = public_name(&digest);
    let device = app.db.device(&bound.device).await?.ok_or(ActError::NotFound)?;
    let holds = |at| {
        proof.is_some_and(|proof| proof.holds(&device.key, app.relying_party.origin(), Purpose::Session(&name), at))
    };
    if !holds(app.now().as_second()) {
        if proof.is_some_and(|proof| holds(proof.seconds)) {
            return Err(Refusal::because(OTHER_CLOCK, "这台设备的时间与大厅相差太远").into());
        }
        notice(app, &session.staff, &bound.device, "other-device").await?;
        return Err(Refusal::because("other-device", "这次登录只在登录时的那台设备上有效；请在本机重新登录").into());
    }
    let proof = hex::encode(app.random());
    let peer = from.peer.to_canonical().to_string();
    app.db.renew_session(&digest, &Digest::of(proof.as_bytes()), now, &peer).await?;
    Ok(proof)
}

/// Records that a session was used where it does not belong.
async fn notice(app: &App, staff: &str, device: &str, code: &str) -> Result<(), ActError> {
    let row = RefusedAct {
        id: app.new_uuid().to_string(),
        act: "session",
        subject: device,
        staff,
        codes: serde_json::to_string(&[(code, None::<&str>)]).map_err(inconsistent)?,
        at: app.now().as_microsecond(),
    };
    Ok(app.db.record_refused(&row).await?)
}

/// Ends a session.
pub async fn sign_out(app: &App, token: &str) -> Result<(), ActError> {
    Ok(app.db.end_session(&Digest::of(token.as_bytes())).await?)
}

/// Where somebody sits: at an enrolled device that is their place, or, where the hall does not demand devices, in its networks.
fn seat(
    app: &App,
    staff: &Staff,
    window: Option<&str>,
    inside: bool,
    device: Option<&DeviceRow>,
) -> Result<Seat, ActError> {
    let window: Option<WindowNo> = window.and_then(|no| no.parse().ok());
    let device = device.map(DeviceRow::to_device).transpose()?;
    let place = device.as_ref().filter(|device| device.is_place_of(staff, window.as_ref()));
    Ok(match (window, place) {
        _ if !inside => Seat::Elsewhere,
        (_, None) if app.rules.devices => Seat::Elsewhere,
        (Some(no), _) => Seat::Window(no),
        (None, Some(device)) => Seat::Device(device.id),
        (None, None) => Seat::Device(app.network_device),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_cookie_is_good_here_and_for_a_while() {
        let bytes = |text: &str| Digest::of(text.as_bytes()).as_bytes().to_vec();
        let bound = SessionDeviceRow {
            device: String::new(),
            proof: bytes("new"),
            earlier: Some(bytes("old")),
            proven_at: 0,
            peer: "10.1.0.7".to_owned(),
        };
        let from = |peer: &str| From { peer: peer.parse().unwrap(), inside: true };
        let here = from("::ffff:10.1.0.7");
        assert_eq!(judge(&bound, Some("new"), here, WINDOW), Proof::Good);
        assert_eq!(judge(&bound, Some("new"), here, WINDOW + 1), Proof::Old);
        assert_eq!(judge(&bound, Some("old"), here, OVERLAP), Proof::Good);
        assert_eq!(judge(&bound, Some("old"), here, OVERLAP + 1), Proof::Old);
        assert_eq!(judge(&bound, Some("new"), from("10.1.0.8"), 0), Proof::Foreign);
        assert_eq!(judge(&bound, Some("older"), here, 0), Proof::Foreign);
        assert_eq!(judge(&bound, None, here, 0), Proof::Foreign);
    }
}
