//! Register a passkey, or strike one off: by its owner, with the password, and with what else the owner has registered before.

use jiff::Timestamp;

use crate::app::App;
use crate::db::DbError;
use crate::db::passkey::{PASSKEY, PasskeyRow};
use crate::db::record::RowWrite;
use crate::digest::Digest;
use crate::hall::refusal::{Reasons, Refusal};
use crate::ledger::entry::About;
use crate::passkey::{Registration, register};
use crate::sequencer::SequencerError;

use super::confirm::{Confirmation, access_text, confirm};
use super::password::ask_password;
use super::person::{Person, refused};
use super::record::{Act, record};
use super::{ActError, inconsistent};

/// Passkeys that one person may have.
pub const MOST_PASSKEYS: usize = 8;
/// The longest name of a passkey, in characters.
pub const MOST_NAME: usize = 32;
/// What is confirmed when a passkey is registered.
pub const REGISTER: &str = "passkey.register";

/// What is confirmed when this passkey is struck off.
pub fn removal(id: &str) -> String {
    format!("passkey.remove {id}")
}

/// A passkey as the browser made it, with what its owner says.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// What the owner calls it.
    pub name: String,
    /// The time in the text whose digest was the challenge ([`access_text`]).
    pub at: Timestamp,
    /// What the browser handed over.
    pub made: Registration,
}

/// Registers a passkey for the person of this session.
pub async fn register_passkey(
    app: &App,
    person: &Person,
    session: &Digest,
    password: &str,
    given: Confirmation,
    new: NewPasskey,
) -> Result<(), ActError> {
    match run(app, person, session, password, given, new).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "register_passkey", &person.login, person, error).await),
    }
}

async fn run(
    app: &App,
    person: &Person,
    session: &Digest,
    password: &str,
    given: Confirmation,
    new: NewPasskey,
) -> Result<(), ActError> {
    let (staff, now) = (person.staff.id.to_string(), app.now());
    let mut reasons = Reasons::new();
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        reasons.add_field(
            "passkey-name",
            "name",
            format!("请给这把密钥起一个不超过 {MOST_NAME} 个字的名字，如“办公室的安全钥匙”"),
        );
    }
    if app.db.passkeys_of(&staff).await?.len() >= MOST_PASSKEYS {
        reasons.add("passkeys-many", format!("每人最多登记 {MOST_PASSKEYS} 把，请先注销不用的"));
    }
    let age = now.duration_since(new.at);
    let is_fresh = !age.is_negative() && age <= jiff::SignedDuration::from_mins(5);
    reasons.require(is_fresh, "confirmation-stale", "登记用时太久，请重新开始");
    let challenge = Digest::of(access_text(app, person, session, REGISTER, new.at).as_bytes());
    let registered = register(&app.relying_party, &challenge, &new.made);
    if let Err(error) = &registered {
        tracing::warn!(%error, "a passkey was not accepted");
        reasons.add("passkey-not-made", "浏览器没有做成可用的通行密钥：请用能验证本人（指纹、面容或 PIN）的密钥再试");
    }
    absorb(ask_password(app, person, password).await, &mut reasons)?;
    let held = confirm(app, person, session, REGISTER, given, &mut reasons).await?;
    reasons.into_result()?;
    held.use_up(app, &format!("{REGISTER} {}", now.as_microsecond())).await?;
    let registered = registered.map_err(inconsistent)?;
    let row = PasskeyRow {
        id: app.new_uuid().to_string(),
        staff,
        name: name.to_owned(),
        credential: registered.credential,
        key: registered.spki,
        backup_eligible: registered.backup_eligible,
        registered_at: now.as_microsecond(),
        removed_at: None,
        counter: i64::from(registered.counter),
    };
    match record(app, About::Access, Act::by("passkey.register", person, now), vec![row.write()]).await {
        Err(SequencerError::Db(DbError::Constraint(name))) if name == "credential_is_unique" => {
            Err(Refusal::because("passkey-known", "这把通行密钥已经登记过").into())
        }
        other => Ok(other.map(drop)?),
    }
}

/// Strikes off one of the person's passkeys.
pub async fn remove_passkey(
    app: &App,
    person: &Person,
    session: &Digest,
    password: &str,
    given: Confirmation,
    id: &str,
) -> Result<(), ActError> {
    let run = async {
        let now = app.now();
        let mine = app.db.passkeys_of(&person.staff.id.to_string()).await?;
        let row = mine.iter().find(|row| row.id == id).ok_or(ActError::NotFound)?;
        let mut reasons = Reasons::new();
        absorb(ask_password(app, person, password).await, &mut reasons)?;
        // By this one or any other. Whoever has lost the only one asks the administrator (`super::reset_access`).
        let held = confirm(app, person, session, &removal(id), given, &mut reasons).await?;
        reasons.into_result()?;
        held.use_up(app, &removal(id)).await?;
        let write =
            RowWrite::change(&PASSKEY, &row.id).set("removed_at", now.as_microsecond()).was("removed_at", None::<i64>);
        record(app, About::Access, Act::by("passkey.remove", person, now), vec![write]).await?;
        Ok(())
    };
    match run.await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "remove_passkey", &person.login, person, error).await),
    }
}

/// Takes the reasons of a refusal; a failure stays one.
pub(super) fn absorb(outcome: Result<(), ActError>, reasons: &mut Reasons) -> Result<(), ActError> {
    match outcome {
        Err(ActError::Refused(refusal)) => {
            reasons.absorb(refusal);
            Ok(())
        }
        other => other,
    }
}
