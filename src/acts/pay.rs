//! Pay: a window records that a case's fee is paid, or that the case is exempted (统一收费, R12).

use crate::app::App;
use crate::db::DbError;
use crate::db::matter::MatterRow;
use crate::db::payment::PaymentRow;
use crate::hall::fee::{Fee, Payment, settle};
use crate::hall::refusal::Refusal;
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::ActError;
use super::calendar::moment;
use super::person::{Person, refused};
use super::record::{Act, record};

/// Records the payment of a case; the same again gives the first record.
pub async fn pay(
    app: &App,
    person: &Person,
    case: &str,
    amount: Option<i64>,
    receipt: &str,
) -> Result<PaymentRow, ActError> {
    match run(app, person, case, amount, receipt).await {
        Ok(done) => Ok(done),
        Err(error) => Err(refused(app, "pay", case, person, error).await),
    }
}

/// How it stands with the fee of a case.
pub async fn fee(app: &App, matter: &MatterRow) -> Result<Fee, ActError> {
    Ok(match &matter.fee {
        None => Fee::Free,
        Some(_) if app.db.payment(&matter.id).await?.is_some() => Fee::Paid,
        Some(_) => Fee::Due,
    })
}

async fn run(
    app: &App,
    person: &Person,
    case: &str,
    amount: Option<i64>,
    receipt: &str,
) -> Result<PaymentRow, ActError> {
    let matter = app.db.matter_by_number(case).await?.ok_or(ActError::NotFound)?;
    // What is no amount at all is refused as an amount that cannot be.
    let amount = amount.unwrap_or(-1);
    if let Some(done) = app.db.payment(&matter.id).await?
        && done.staff == person.staff.id.to_string()
        && (done.amount, done.receipt.as_str()) == (amount, receipt.trim())
    {
        return Ok(done);
    }
    let certificates = app.db.certificates_of(&matter.id).await?;
    let payment = Payment {
        actor: person.actor(&app.hall),
        fee: fee(app, &matter).await?,
        ended: certificates.iter().any(|one| matches!(one.state.as_str(), "refused" | "voided")),
        amount,
        receipt,
        now: moment(app).await?,
    };
    let settled = settle(&payment)?;
    let row = PaymentRow {
        matter: matter.id,
        amount,
        receipt: settled.receipt().to_owned(),
        window_no: settled.window().to_string(),
        staff: settled.clerk().to_string(),
        at: app.now().as_microsecond(),
    };
    match record(app, About::Case, Act::by("case.pay", person, app.now()), vec![row.write()]).await {
        Ok(_) => Ok(row),
        Err(SequencerError::Db(DbError::Constraint(name))) if name == "a_case_is_paid_once" => {
            Err(Refusal::because("already-paid", "本件已登记缴费，请查看缴费记录").into())
        }
        Err(error) => Err(error.into()),
    }
}
