//! Register one-time codes for those without a passkey device, or strike them off: by their owner, with the password and a code.

use zeroize::Zeroizing;

use crate::app::App;
use crate::db::DbError;
use crate::db::passkey::{ONE_TIME_CODE, OneTimeCodeRow};
use crate::db::record::RowWrite;
use crate::digest::Digest;
use crate::hall::refusal::{Reasons, Refusal};
use crate::ledger::entry::About;
use crate::passkey::totp;
use crate::sequencer::SequencerError;

use super::confirm::{Confirmation, confirm};
use super::password::ask_password;
use super::person::{Person, refused};
use super::record::{Act, record};
use super::register_passkey::absorb;
use super::{ActError, inconsistent};

/// What is confirmed when codes are registered.
pub const REGISTER: &str = "codes.register";
/// What is confirmed when they are struck off.
pub const REMOVE: &str = "codes.remove";

/// A secret that its owner is about to put into an authenticator app.
pub struct Offered {
    /// The identifier of the codes to be.
    pub id: String,
    /// The secret in Base32, to be typed in.
    pub secret: Zeroizing<String>,
    /// The same as an address, for the QR code.
    pub uri: Zeroizing<String>,
}

/// Offers a secret: a new one, or the one offered before, as long as nothing was registered under it.
pub async fn offer_codes(app: &App, person: &Person, before: Option<&str>) -> Result<Offered, ActError> {
    let staff = person.staff.id.to_string();
    let mut id = app.new_uuid().to_string();
    if let Some(before) = before.filter(|before| before.parse::<uuid::Uuid>().is_ok())
        && !app.db.all_codes().await?.iter().any(|row| row.id == before)
    {
        id = before.to_owned();
    }
    let secret = app.vault.one_time_secret(&staff, &id)?;
    Ok(Offered { secret: totp::base32(&secret).into(), uri: totp::uri(&secret, &person.login).into(), id })
}

/// Registers the codes offered under `id`; `code` shows that the app has them.
pub async fn register_codes(
    app: &App,
    person: &Person,
    session: &Digest,
    password: &str,
    given: Confirmation,
    (id, code): (&str, &str),
) -> Result<(), ActError> {
    let run = async {
        let (staff, now) = (person.staff.id.to_string(), app.now());
        let mut reasons = Reasons::new();
        let is_new = id.parse::<uuid::Uuid>().is_ok() && !app.db.all_codes().await?.iter().any(|row| row.id == id);
        reasons.require(is_new, "codes-stale", "页面已经过期，请重新打开后扫描新的二维码");
        if app.db.codes_of(&staff).await?.is_some() {
            reasons.add("codes-known", "您已经登记了动态码；要换，请先注销现在的");
        }
        let secret = app.vault.one_time_secret(&staff, id)?;
        let period = totp::period_of(&secret, code, now.as_second());
        if period.is_none() {
            reasons.add_field("code-wrong", "code", "动态码不对：请确认扫描了这一页的二维码，手机时间准确");
        }
        absorb(ask_password(app, person, password).await, &mut reasons)?;
        let held = confirm(app, person, session, REGISTER, given, &mut reasons).await?;
        reasons.into_result()?;
        held.use_up(app, &format!("{REGISTER} {id}")).await?;
        let row = OneTimeCodeRow {
            id: id.to_owned(),
            staff,
            registered_at: now.as_microsecond(),
            removed_at: None,
            period: period.ok_or_else(|| inconsistent("no period"))?,
            failures: 0,
            failed_at: 0,
        };
        match record(app, About::Access, Act::by("codes.register", person, now), vec![row.write()]).await {
            Err(SequencerError::Db(DbError::Constraint(name))) if name == "one_set_of_codes_per_person" => {
                Err(Refusal::because("codes-known", "您已经登记了动态码；要换，请先注销现在的").into())
            }
            other => Ok(other.map(drop)?),
        }
    };
    match run.await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "register_codes", &person.login, person, error).await),
    }
}

/// Strikes off the person's codes.
pub async fn remove_codes(
    app: &App,
    person: &Person,
    session: &Digest,
    password: &str,
    given: Confirmation,
) -> Result<(), ActError> {
    let run = async {
        let (staff, now) = (person.staff.id.to_string(), app.now());
        let row = app.db.codes_of(&staff).await?.ok_or(ActError::NotFound)?;
        let mut reasons = Reasons::new();
        absorb(ask_password(app, person, password).await, &mut reasons)?;
        let held = confirm(app, person, session, REMOVE, given, &mut reasons).await?;
        reasons.into_result()?;
        held.use_up(app, REMOVE).await?;
        let write = RowWrite::change(&ONE_TIME_CODE, &row.id)
            .set("removed_at", now.as_microsecond())
            .was("removed_at", None::<i64>);
        record(app, About::Access, Act::by("codes.remove", person, now), vec![write]).await?;
        Ok(())
    };
    match run.await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "remove_codes", &person.login, person, error).await),
    }
}
