//! Who acts, and from where.

use crate::app::App;
use crate::hall::file::Hall;
use crate::hall::id::{DeviceId, WindowNo};
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::{Actor, Duty, Place, Staff};

use super::ActError;

/// What is recorded of the case or certificate a refused act was about, in bytes: it may be anybody's text.
const MAX_SUBJECT: usize = 64;

/// Where a signed-in person sits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seat {
    /// At a window of the hall.
    Window(WindowNo),
    /// At a device enrolled in the hall.
    Device(DeviceId),
    /// Outside the hall.
    Elsewhere,
}

/// A signed-in member of the staff.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub staff: Staff,
    /// What they sign in with.
    pub login: String,
    /// From where.
    pub seat: Seat,
}

impl Person {
    /// The person as the rules see them.
    pub fn actor<'a>(&'a self, hall: &'a Hall) -> Actor<'a> {
        let place = match &self.seat {
            Seat::Window(no) => hall.window(no).map_or(Place::Elsewhere, Place::Window),
            Seat::Device(id) => Place::Device(*id),
            Seat::Elsewhere => Place::Elsewhere,
        };
        Actor { staff: &self.staff, place }
    }

    /// Refuses everybody without one of these duties.
    pub fn require(&self, duties: &[Duty]) -> Result<(), ActError> {
        if duties.contains(&self.staff.duty) {
            return Ok(());
        }
        let wanted: Vec<&str> = duties.iter().map(|duty| duty.title()).collect();
        let text = format!("此操作由{}办理，您的岗位是{}", wanted.join("或"), self.staff.duty.title());
        Err(Refusal::because("wrong-duty", text).into())
    }
}

/// Longest reason of an act, in characters.
const MAX_REASON: usize = 500;

/// The reason given for an act, in one line.
pub(super) fn reason(why: &str) -> Result<String, Refusal> {
    let written = why.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    if written.is_empty() || written.chars().count() > MAX_REASON || written.chars().any(char::is_control) {
        let mut reasons = Reasons::new();
        reasons.add_field("reason-missing", "reason", format!("请写明原因，不超过{MAX_REASON}个字"));
        reasons.into_result()?;
    }
    Ok(written)
}

/// Records that an act was refused, with the reasons' codes and no personal data; gives the error on.
pub(super) async fn refused(app: &App, act: &str, subject: &str, person: &Person, error: ActError) -> ActError {
    let ActError::Refused(refusal) = &error else { return error };
    let codes: Vec<_> = refusal.reasons().iter().map(|reason| (reason.code, reason.field.as_deref())).collect();
    let row = crate::db::journal::RefusedAct {
        id: app.new_uuid().to_string(),
        act,
        subject: subject.get(..subject.floor_char_boundary(MAX_SUBJECT)).unwrap_or_default(),
        staff: &person.staff.id.to_string(),
        codes: serde_json::to_string(&codes).unwrap_or_default(),
        at: app.now().as_microsecond(),
    };
    match app.db.record_refused(&row).await {
        Ok(()) => error,
        Err(failure) => failure.into(),
    }
}
