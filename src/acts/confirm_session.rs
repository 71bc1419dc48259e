//! Confirm a session: those who manage seals and the hall show, once after signing in, what they have registered besides the password.

use crate::app::App;
use crate::digest::Digest;
use crate::hall::means::{Demand, Has};
use crate::hall::refusal::Reasons;
use crate::hall::staff::{Side, Staff};

use super::ActError;
use super::confirm::{Confirmation, confirm_as};
use super::person::{Person, refused};

/// What is confirmed.
pub const CONFIRM: &str = "session.confirm";

/// Whether a session has to be confirmed before anything else is done in it: that of a keeper or administrator who has registered a passkey
/// or codes, or must by what the hall demands.
pub(super) async fn is_open(app: &App, staff: &Staff, session: &Digest) -> Result<bool, ActError> {
    if staff.duty.side() != Side::Managing || app.db.is_confirmed(session).await? {
        return Ok(false);
    }
    if app.rules.approvals != Demand::Registered {
        return Ok(true);
    }
    let id = staff.id.to_string();
    let has =
        Has { passkeys: !app.db.passkeys_of(&id).await?.is_empty(), codes: app.db.codes_of(&id).await?.is_some() };
    Ok(has != Has::default())
}

/// Confirms this session.
pub async fn confirm_session(
    app: &App,
    person: &Person,
    session: &Digest,
    given: Confirmation,
) -> Result<(), ActError> {
    let run = async {
        let mut reasons = Reasons::new();
        let held = confirm_as(app, person, session, CONFIRM, (app.rules.approvals, given), &mut reasons).await?;
        reasons.into_result()?;
        held.use_up(app, &format!("{CONFIRM} {session}")).await?;
        Ok(app.db.confirm_session(session, app.now().as_microsecond()).await?)
    };
    match run.await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "confirm_session", &person.login, person, error).await),
    }
}
