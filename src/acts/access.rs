//! What people see of access: what they have registered themselves, and the devices of the hall.

use crate::app::App;
use crate::hall::staff::Duty;

use super::ActError;
use super::person::Person;

pub use crate::db::device::DeviceRow;
pub use crate::db::passkey::PasskeyRow;

/// What somebody has registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Passkeys, the newest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Since when there are one-time codes (microseconds).
    pub codes_since: Option<i64>,
}

/// What this person has registered.
pub async fn registered(app: &App, person: &Person) -> Result<Registered, ActError> {
    let staff = person.staff.id.to_string();
    let mut passkeys = app.db.passkeys_of(&staff).await?;
    passkeys.reverse();
    Ok(Registered { passkeys, codes_since: app.db.codes_of(&staff).await?.map(|row| row.registered_at) })
}

/// The devices of the hall, for its administrators and auditors.
pub async fn devices(app: &App, person: &Person) -> Result<Vec<DeviceRow>, ActError> {
    person.require(&[Duty::Administrator, Duty::Auditor])?;
    Ok(app.db.devices().await?)
}
