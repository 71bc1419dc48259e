//! Cancel a certificate (注销), and let those whose last day has passed expire.

use crate::app::App;
use crate::db::DbError;
use crate::db::standing::CancellationRow;
use crate::hall::cancellation::{Asked, Ground, cancel as allow};
use crate::hall::opening::china_date;
use crate::hall::refusal::Refusal;
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::ActError;
use super::calendar::moment;
use super::person::{Person, refused};
use super::record::{Act, record};

/// Cancels a certificate of the chief representative's department.
pub async fn cancel(
    app: &App,
    person: &Person,
    certificate: &str,
    ground: Ground,
    reason: &str,
) -> Result<CancellationRow, ActError> {
    match run(app, person, certificate, ground, reason).await {
        Ok(done) => Ok(done),
        Err(error) => Err(refused(app, "cancel", certificate, person, error).await),
    }
}

async fn run(
    app: &App,
    person: &Person,
    certificate: &str,
    ground: Ground,
    reason: &str,
) -> Result<CancellationRow, ActError> {
    let row = app.db.certificate(certificate).await?.ok_or(ActError::NotFound)?;
    let item = row.item.parse().ok().and_then(|code| app.hall.item(&code));
    let asked = Asked {
        actor: person.actor(&app.hall),
        department: item.map(|item| &item.department),
        standing: row.standing(china_date(app.now())),
        copy: row.copy_of.is_some(),
        letter: row.letter.is_some(),
        ground,
        reason,
        now: moment(app).await?,
    };
    let cancelled = allow(&asked)?;
    let cancellation = CancellationRow {
        certificate: row.id,
        ground: ground.to_string(),
        reason: cancelled.reason().to_owned(),
        staff: cancelled.chief().to_string(),
        at: app.now().as_microsecond(),
    };
    let act = Act::by("certificate.cancel", person, app.now()).because(cancelled.reason());
    match record(app, About::Certificate, act, vec![cancellation.write()]).await {
        Ok(_) => Ok(cancellation),
        Err(SequencerError::Db(DbError::NothingChanged { .. } | DbError::Constraint(_))) => {
            let text = "证照的状态刚刚已变更，或正有变更、撤销、加注件在用印，请刷新后查看";
            Err(Refusal::because("not-in-force", text).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Certificates whose last day has passed expire, and others are told; gives how many.
pub async fn expire(app: &App) -> Result<u64, ActError> {
    let now = app.now();
    Ok(app.db.expire(&china_date(now).to_string(), now.as_microsecond()).await?)
}
