//! Devices enrolled in the hall (R11): where each stands, and whose place it is.

use super::id::{DepartmentKey, DeviceId, WindowNo};
use super::staff::{Duty, Staff};

/// Where an enrolled device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// At a window.
    Window(WindowNo),
    /// In a department's approval office.
    Office(DepartmentKey),
    /// At the centre: its administrators and auditors, and whoever decides without an office of their own.
    Centre,
}

/// A device enrolled in the hall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// Where.
    pub stand: Stand,
}

impl Device {
    /// Whether it is the place of this person: a clerk's window, a department's office, the centre for those of the hall. Leaders
    /// decide at their office or at the centre.
    pub fn is_place_of(&self, staff: &Staff, window: Option<&WindowNo>) -> bool {
        match (&self.stand, staff.duty) {
            (Stand::Window(no), Duty::Clerk) => window == Some(no),
            (Stand::Office(key), Duty::Chief | Duty::Leader | Duty::Keeper) => staff.department.as_ref() == Some(key),
            (Stand::Centre, Duty::Leader | Duty::Administrator | Duty::Auditor) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::example::person;

    #[test]
    fn a_device_is_the_place_of_those_who_sit_there() {
        let id = DeviceId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]);
        let at = |stand| Device { id, stand };
        let (window, other): (WindowNo, WindowNo) = ("A01".parse().unwrap(), "A02".parse().unwrap());
        let clerk = person(1, Duty::Clerk, None, &["A01", "A02"]);
        assert!(at(Stand::Window(window.clone())).is_place_of(&clerk, Some(&window)));
        assert!(!at(Stand::Window(window.clone())).is_place_of(&clerk, Some(&other)));
        assert!(!at(Stand::Window(window.clone())).is_place_of(&clerk, None));
        assert!(!at(Stand::Centre).is_place_of(&clerk, Some(&window)));
        let chief = person(2, Duty::Chief, Some("scjg"), &[]);
        assert!(at(Stand::Office("scjg".parse().unwrap())).is_place_of(&chief, None));
        assert!(!at(Stand::Office("jsj".parse().unwrap())).is_place_of(&chief, None));
        assert!(!at(Stand::Window(window)).is_place_of(&chief, None) && !at(Stand::Centre).is_place_of(&chief, None));
        let auditor = person(3, Duty::Auditor, None, &[]);
        assert!(at(Stand::Centre).is_place_of(&auditor, None));
        assert!(at(Stand::Centre).is_place_of(&person(4, Duty::Leader, Some("scjg"), &[]), None));
    }
}
