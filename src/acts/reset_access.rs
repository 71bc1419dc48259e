//! Reset somebody's access: for whoever has lost the only passkey or the phone with the codes. The administrator strikes all of them off, for a
//! reason that is recorded; the person's sessions end. Nobody resets their own.

use crate::app::App;
use crate::db::passkey::{ONE_TIME_CODE, PASSKEY};
use crate::db::record::RowWrite;
use crate::digest::Digest;
use crate::hall::refusal::Reasons;
use crate::hall::staff::Duty;
use crate::ledger::entry::About;

use super::ActError;
use super::confirm::{Confirmation, confirm};
use super::person::{Person, refused};
use super::record::{Act, record};

/// What is confirmed when somebody's access is reset.
pub fn reset(login: &str) -> String {
    format!("access.reset {login}")
}

/// Strikes off the passkeys and codes of the person who signs in by `login`.
pub async fn reset_access(
    app: &App,
    person: &Person,
    session: &Digest,
    given: Confirmation,
    login: &str,
    why: &str,
) -> Result<(), ActError> {
    let run = async {
        person.require(&[Duty::Administrator])?;
        let (mut reasons, now, why) = (Reasons::new(), app.now(), why.trim());
        let row = app.db.staff_by_login(login).await?;
        if row.is_none() {
            reasons.add_field("unknown-login", "login", "没有这个工号");
        }
        if person.login == login {
            reasons.add_field("self-reset", "login", "不能重置自己的，请由另一位管理员办理");
        }
        if why.is_empty() || why.chars().count() > 200 {
            reasons.add_field("reason-missing", "why", "请写明原因和核实本人身份的方式，不超过 200 字");
        }
        let staff = row.map(|row| row.id).unwrap_or_default();
        let at = now.as_microsecond();
        let mut rows = Vec::new();
        for row in app.db.passkeys_of(&staff).await? {
            rows.push(RowWrite::change(&PASSKEY, &row.id).set("removed_at", at).was("removed_at", None::<i64>));
        }
        if let Some(row) = app.db.codes_of(&staff).await? {
            rows.push(RowWrite::change(&ONE_TIME_CODE, &row.id).set("removed_at", at).was("removed_at", None::<i64>));
        }
        if rows.is_empty() && !staff.is_empty() {
            reasons.add_field("nothing-to-reset", "login", "此人没有登记通行密钥或动态码");
        }
        let held = confirm(app, person, session, &reset(login), given, &mut reasons).await?;
        reasons.into_result()?;
        held.use_up(app, &format!("{} {at}", reset(login))).await?;
        record(app, About::Access, Act::by("access.reset", person, now).because(why), rows).await?;
        Ok(app.db.end_other_sessions(&staff, session).await?)
    };
    match run.await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "reset_access", login, person, error).await),
    }
}
