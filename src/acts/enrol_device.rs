//! Enrol a device of the hall, or strike one off: the administrator, sitting at it.

use crate::app::App;
use crate::db::DbError;
use crate::db::device::{DEVICE, DeviceRow};
use crate::db::record::RowWrite;
use crate::digest::Digest;
use crate::hall::device::Stand;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::staff::Duty;
use crate::ledger::entry::About;
use crate::passkey::device::is_key;
use crate::sequencer::SequencerError;

use super::ActError;
use super::confirm::{Confirmation, confirm};
use super::person::{Person, refused};
use super::record::{Act, record};

/// The longest name of a device, in characters.
const MOST_NAME: usize = 32;
/// What is confirmed when a device is enrolled.
pub const ENROL: &str = "device.enrol";

/// What is confirmed when this device is struck off.
pub fn removal(id: &str) -> String {
    format!("device.remove {id}")
}

/// A device to be enrolled.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// What it is called.
    pub name: String,
    /// Where it stands; `None`: nothing that is known was chosen.
    pub stand: Option<Stand>,
    /// Its public key, made by its browser.
    pub key: Vec<u8>,
}

/// Enrols a device.
pub async fn enrol_device(
    app: &App,
    person: &Person,
    session: &Digest,
    given: Confirmation,
    new: NewDevice,
) -> Result<DeviceRow, ActError> {
    match enrol(app, person, session, given, new).await {
        Ok(row) => Ok(row),
        Err(error) => Err(refused(app, "enrol_device", "", person, error).await),
    }
}

async fn enrol(
    app: &App,
    person: &Person,
    session: &Digest,
    given: Confirmation,
    new: NewDevice,
) -> Result<DeviceRow, ActError> {
    person.require(&[Duty::Administrator])?;
    let (mut reasons, now) = (Reasons::new(), app.now());
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        reasons.add_field("device-name", "name", format!("请填写设备名称，不超过 {MOST_NAME} 个字"));
    }
    let is_known = match &new.stand {
        Some(Stand::Window(no)) => app.hall.window(no).is_some(),
        Some(Stand::Office(key)) => app.hall.department(key).is_some_and(|department| department.issues()),
        Some(Stand::Centre) => true,
        None => false,
    };
    if !is_known {
        reasons.add_field("device-place", "place", "请选择设备所在的窗口、审批办或中心");
    }
    if !is_key(&new.key) {
        reasons.add("device-key", "浏览器没有给出设备密钥：请在要登记的这台设备上，用开启脚本的浏览器办理");
    }
    let held = confirm(app, person, session, ENROL, given, &mut reasons).await?;
    reasons.into_result()?;
    held.use_up(app, &format!("{ENROL} {}", now.as_microsecond())).await?;
    let (window_no, department) = match new.stand {
        Some(Stand::Window(no)) => (Some(no.to_string()), None),
        Some(Stand::Office(key)) => (None, Some(key.to_string())),
        _ => (None, None),
    };
    let row = DeviceRow {
        id: app.new_uuid().to_string(),
        name: name.to_owned(),
        window_no,
        department,
        key: new.key,
        enrolled_at: now.as_microsecond(),
        removed_at: None,
    };
    match record(app, About::Access, Act::by("device.enrol", person, now), vec![row.write()]).await {
        Err(SequencerError::Db(DbError::Constraint(name))) if name.starts_with("device_key") => {
            Err(Refusal::because("device-known", "这把设备密钥已经登记过，请重新打开页面再登记").into())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Ok(row),
    }
}

/// Strikes off a device; sessions at it end.
pub async fn remove_device(
    app: &App,
    person: &Person,
    session: &Digest,
    given: Confirmation,
    id: &str,
) -> Result<(), ActError> {
    let run = async {
        person.require(&[Duty::Administrator])?;
        let now = app.now();
        let row = app.db.device(id).await?.ok_or(ActError::NotFound)?;
        let mut reasons = Reasons::new();
        let held = confirm(app, person, session, &removal(id), given, &mut reasons).await?;
        reasons.into_result()?;
        held.use_up(app, &removal(id)).await?;
        let write =
            RowWrite::change(&DEVICE, &row.id).set("removed_at", now.as_microsecond()).was("removed_at", None::<i64>);
        record(app, About::Access, Act::by("device.remove", person, now), vec![write]).await?;
        Ok(app.db.end_sessions_of_device(&row.id).await?)
    };
    match run.await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "remove_device", id, person, error).await),
    }
}
