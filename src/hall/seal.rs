//! Seals: kinds, codes, and the states from application to retirement.

use std::fmt;
use std::str::FromStr;

use super::id::{AreaCode, DepartmentKey, NotValid};
use super::spelling::spelled;

spelled! {
    /// The two kinds of seal a department has, at most one active of each (R1).
    pub enum SealKind {
        /// 行政审批专用章.
        Approval = "approval",
        /// 部门行政印章: only where a law provides for it (R5).
        Department = "department",
    }
}

impl SealKind {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Approval => "行政审批专用章",
            Self::Department => "部门行政印章",
        }
    }
}

/// A seal the hall's file provides for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealPlan {
    /// Whose.
    pub department: DepartmentKey,
    /// Of which kind.
    pub kind: SealKind,
    /// The diameter in millimetres.
    pub diameter_mm: u8,
}

/// A seal code (印章编码): 14 digits, six of the area and eight of a serial number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct SealCode(String);

const SEAL_CODE: NotValid = NotValid { what: "SealCode", rule: "14 digits, not all of the last eight zero" };

impl SealCode {
    /// The code of the `serial`-th seal (1 to 99,999,999) of an area.
    pub fn new(area: &AreaCode, serial: u32) -> Result<Self, NotValid> {
        if (1..=99_999_999).contains(&serial) { Ok(Self(format!("{area}{serial:08}"))) } else { Err(SEAL_CODE) }
    }

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SealCode {
    type Err = NotValid;

    fn from_str(text: &str) -> Result<Self, NotValid> {
        if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SEAL_CODE);
        }
        let (area, serial) = text.split_at(6);
        Self::new(&area.parse()?, serial.parse().map_err(|_| SEAL_CODE)?)
    }
}

impl fmt::Display for SealCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

spelled! {
    /// The state of a seal. Each change is itself a record in the ledger.
    pub enum SealState {
        /// 申请.
        Applied = "applied",
        /// 制作: the key exists.
        Made = "made",
        /// 备案: filed with a filing number.
        Filed = "filed",
        /// 启用: may be used.
        Active = "active",
        /// 停用: may not be used until resumed.
        Suspended = "suspended",
        /// 注销、废止: for ever.
        Retired = "retired",
    }
}

/// A change that the present state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what}现为“{state}”，不能{act}")]
pub struct InvalidTransition {
    /// Of what: 印章 or 证照.
    pub what: &'static str,
    /// The present state (Chinese).
    pub state: &'static str,
    /// What was to be done (Chinese).
    pub act: &'static str,
}

impl SealState {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Applied => "已申请",
            Self::Made => "已制作",
            Self::Filed => "已备案",
            Self::Active => "启用",
            Self::Suspended => "停用",
            Self::Retired => "废止",
        }
    }

    /// The key is made.
    pub fn make(self) -> Result<Self, InvalidTransition> {
        self.step(&[Self::Applied], Self::Made, "制作")
    }

    /// The filing is recorded.
    pub fn file(self) -> Result<Self, InvalidTransition> {
        self.step(&[Self::Made], Self::Filed, "备案")
    }

    /// The seal is opened for use.
    pub fn open(self) -> Result<Self, InvalidTransition> {
        self.step(&[Self::Filed], Self::Active, "启用")
    }

    /// Use is stopped for the time being.
    pub fn suspend(self) -> Result<Self, InvalidTransition> {
        self.step(&[Self::Active], Self::Suspended, "停用")
    }

    /// Use goes on.
    pub fn resume(self) -> Result<Self, InvalidTransition> {
        self.step(&[Self::Suspended], Self::Active, "恢复启用")
    }

    /// Use ends for ever; an application or a seal never opened may be given up in the same way.
    pub fn retire(self) -> Result<Self, InvalidTransition> {
        self.step(&[Self::Applied, Self::Made, Self::Filed, Self::Active, Self::Suspended], Self::Retired, "废止")
    }

    fn step(self, from: &[Self], to: Self, act: &'static str) -> Result<Self, InvalidTransition> {
        if from.contains(&self) { Ok(to) } else { Err(InvalidTransition { what: "印章", state: self.title(), act }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_goes_from_application_to_retirement() {
        use SealState::*;
        type Act = fn(SealState) -> Result<SealState, InvalidTransition>;
        let table: [(Act, &[(SealState, SealState)]); 6] = [
            (SealState::make, &[(Applied, Made)]),
            (SealState::file, &[(Made, Filed)]),
            (SealState::open, &[(Filed, Active)]),
            (SealState::suspend, &[(Active, Suspended)]),
            (SealState::resume, &[(Suspended, Active)]),
            (
                SealState::retire,
                &[(Applied, Retired), (Made, Retired), (Filed, Retired), (Active, Retired), (Suspended, Retired)],
            ),
        ];
        for (act, allowed) in table {
            for &state in SealState::ALL {
                let expected = allowed.iter().find(|(from, _)| *from == state).map(|(_, to)| *to);
                assert_eq!(act(state).ok(), expected, "from {state}");
            }
        }
        assert_eq!(Retired.open().unwrap_err().to_string(), "印章现为“废止”，不能启用");
    }

    #[test]
    fn seal_codes_are_an_area_and_a_serial() {
        let area: AreaCode = "220201".parse().unwrap();
        assert_eq!(SealCode::new(&area, 17).unwrap().to_string(), "22020100000017");
        assert_eq!("22020100000017".parse(), SealCode::new(&area, 17));
        for bad in ["2202010000001", "220201000000177", "22020100000000", "2202010000001a"] {
            assert!(bad.parse::<SealCode>().is_err(), "{bad}");
        }
        assert!(SealCode::new(&area, 100_000_000).is_err());
    }
}
