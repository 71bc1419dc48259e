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

impl<'de> serde::Deserialize<'de> for SealCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
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

spelled! {
    /// What is done with a seal.
    pub enum SealAct {
        /// 申请.
        Apply = "apply",
        /// 制作: the key and its certificate are made.
        Make = "make",
        /// 备案.
        File = "file",
        /// 启用.
        Enable = "enable",
        /// 停用, by one person at once.
        Suspend = "suspend",
        /// 恢复启用.
        Resume = "resume",
        /// 更换: a new one is enabled and the old one retired in one act.
        Replace = "replace",
        /// 废止.
        Retire = "retire",
        /// 换发证书: the same key under another certificate.
        Renew = "renew",
        /// 失控处置: the key is lost or in other hands.
        Compromise = "compromise",
    }
}

impl SealAct {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Apply => "申请",
            Self::Make => "制作",
            Self::File => "备案",
            Self::Enable => "启用",
            Self::Suspend => "停用",
            Self::Resume => "恢复启用",
            Self::Replace => "更换",
            Self::Retire => "废止",
            Self::Renew => "换发证书",
            Self::Compromise => "失控处置",
        }
    }
}

/// The life of a seal: from which state (`None`: there is none yet) by which act into which. docs/DATA_MODEL.md draws it.
pub const TRANSITIONS: &[(Option<SealState>, SealAct, SealState)] = {
    use SealAct::*;
    use SealState::*;
    &[
        (None, Apply, Applied),
        (Some(Applied), Make, Made),
        (Some(Made), File, Filed),
        (Some(Filed), Enable, Active),
        (Some(Filed), Replace, Active),
        (Some(Active), Suspend, Suspended),
        (Some(Suspended), Resume, Active),
        (Some(Active), Renew, Active),
        (Some(Suspended), Renew, Suspended),
        (Some(Active), Replace, Retired),
        (Some(Suspended), Replace, Retired),
        (Some(Applied), Retire, Retired),
        (Some(Made), Retire, Retired),
        (Some(Filed), Retire, Retired),
        (Some(Active), Retire, Retired),
        (Some(Suspended), Retire, Retired),
        (Some(Made), Compromise, Retired),
        (Some(Filed), Compromise, Retired),
        (Some(Suspended), Compromise, Retired),
        (Some(Retired), Compromise, Retired),
    ]
};

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

    /// The state after an act.
    pub fn after(self, act: SealAct) -> Result<Self, InvalidTransition> {
        let found = TRANSITIONS.iter().find(|(from, by, _)| (*from, *by) == (Some(self), act));
        found.map(|(_, _, to)| *to).ok_or(InvalidTransition { what: "印章", state: self.title(), act: act.title() })
    }

    /// In force or suspended: it has an entry in the ledger that opened it and none that retired it.
    pub const fn is_opened(self) -> bool {
        matches!(self, Self::Active | Self::Suspended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_goes_from_application_to_retirement() {
        use SealAct::*;
        use SealState::*;
        let mut state = Applied;
        for (act, next) in [(Make, Made), (File, Filed), (Enable, Active), (Suspend, Suspended), (Resume, Active)] {
            state = state.after(act).unwrap();
            assert_eq!(state, next);
        }
        assert_eq!((Filed.after(Replace), Active.after(Replace)), (Ok(Active), Ok(Retired)));
        for state in [Applied, Made, Filed, Active, Suspended] {
            assert_eq!(state.after(Retire), Ok(Retired));
            assert!(state.after(Apply).is_err());
        }
        // What is retired stays so; only its certificate can still be revoked.
        for &act in SealAct::ALL {
            assert_eq!(Retired.after(act).is_ok(), act == Compromise, "{act}");
        }
        assert_eq!(Retired.after(Enable).unwrap_err().to_string(), "印章现为“废止”，不能启用");
        assert!(Applied.after(Compromise).is_err(), "there is no key yet");
        assert!(Active.after(Compromise).is_err(), "it is suspended first, by whoever reports it");
    }

    /// The diagram in docs/DATA_MODEL.md has exactly these edges.
    #[test]
    fn the_diagram_is_the_table() {
        let page = include_str!("../../docs/DATA_MODEL.md");
        let section = page.split("## Seal").nth(1).unwrap();
        let diagram = section.split("```mermaid\n").nth(1).unwrap().split("```").next().unwrap();
        let drawn: Vec<&str> = diagram.lines().skip(1).map(str::trim).collect();
        let edge = |(from, act, to): &(Option<SealState>, SealAct, SealState)| {
            format!("{} --> {to}: {act}", from.map_or("[*]", SealState::as_str))
        };
        assert_eq!(drawn, TRANSITIONS.iter().map(edge).collect::<Vec<_>>());
    }

    #[test]
    fn an_act_leads_from_a_state_to_one_other() {
        for (place, (from, act, _)) in TRANSITIONS.iter().enumerate() {
            assert!(!TRANSITIONS[..place].iter().any(|(other, by, _)| (other, by) == (from, act)), "{from:?} {act}");
        }
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
