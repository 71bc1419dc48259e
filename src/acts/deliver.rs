//! Deliver: one exit. The delivery window records who received the documents of a case, in which form, shown what identity.

use crate::app::App;
use crate::db::DbError;
use crate::db::delivery::DeliveryRow;
use crate::fault;
use crate::hall::certificate::{CertificateState, Standing};
use crate::hall::counter::{Delivery, DeliveryForm, IdentityDocument, ShownIdentity, hand_out};
use crate::hall::refusal::Refusal;
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::calendar::moment;
use super::pay::fee;
use super::person::{Person, refused};
use super::record::{Act, record};
use super::{ActError, inconsistent};

/// Who stands at the window.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// Name.
    pub name: String,
    /// Kind of the document shown.
    pub document: IdentityDocument,
    /// Its number; kept masked.
    pub number: String,
    /// Paper or file.
    pub form: DeliveryForm,
}

/// Records the handing-over of all documents of a case; the same again gives the first record.
pub async fn deliver(app: &App, person: &Person, case: &str, receiver: &Receiver) -> Result<DeliveryRow, ActError> {
    match run(app, person, case, receiver).await {
        Ok(done) => Ok(done),
        Err(error) => Err(refused(app, "deliver", case, person, error).await),
    }
}

async fn run(app: &App, person: &Person, case: &str, receiver: &Receiver) -> Result<DeliveryRow, ActError> {
    let matter = app.db.matter_by_number(case).await?.ok_or(ActError::NotFound)?;
    if let Some(done) = app.db.delivery(&matter.id).await? {
        let same = done.staff == person.staff.id.to_string() && done.receiver == receiver.name.trim();
        return if same { Ok(done) } else { Err(delivered()) };
    }
    let (mut handed, now, fee) = (None, moment(app).await?, fee(app, &matter).await?);
    for certificate in app.db.certificates_of(&matter.id).await? {
        let delivery = Delivery {
            actor: person.actor(&app.hall),
            state: if certificate.sealed.is_some() { CertificateState::Sealed } else { CertificateState::Submitted },
            standing: certificate.standing(now.date()).unwrap_or(Standing::InForce),
            fee,
            receiver: &receiver.name,
            document: receiver.document,
            number: &receiver.number,
            form: receiver.form,
            now,
        };
        handed = Some(hand_out(&delivery)?);
    }
    let handed = handed.ok_or_else(|| inconsistent("a case without documents"))?;
    let identity = match handed.identity() {
        ShownIdentity::Citizen(number) => number.to_string(), // masks itself
        ShownIdentity::Organisation(uscc) => uscc.to_string(),
        ShownIdentity::Other(number) => mask(number),
    };
    let row = DeliveryRow {
        matter: matter.id.clone(),
        receiver: handed.receiver().to_owned(),
        identity: format!("{} {identity}", receiver.document),
        form: handed.form().as_str().to_owned(),
        window_no: handed.window().to_string(),
        staff: handed.clerk().to_string(),
        at: app.now().as_microsecond(),
    };
    fault::point("deliver-2");
    let act = Act::by("delivery.record", person, app.now());
    match record(app, About::Delivery, act, vec![row.write()]).await {
        Ok(_) => {
            fault::point("deliver-3");
            Ok(row)
        }
        Err(SequencerError::Db(DbError::Constraint(name))) if name == "a_case_is_delivered_once" => Err(delivered()),
        Err(SequencerError::Db(DbError::NothingChanged { .. })) => {
            Err(Refusal::because("not-sealed", "本件尚未全部用印，不得出证").into())
        }
        Err(error) => Err(error.into()),
    }
}

fn delivered() -> ActError {
    Refusal::because("already-delivered", "本件已出证，请查看出证记录").into()
}

/// All but the first two and the last two characters.
fn mask(number: &str) -> String {
    let count = number.chars().count();
    let masked = |(place, c): (usize, char)| if place < 2 || place + 2 >= count { c } else { '*' };
    if count < 5 { "*".repeat(count) } else { number.chars().enumerate().map(masked).collect() }
}
