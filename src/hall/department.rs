//! The departments in the hall and the hall's windows.

use super::id::{DepartmentKey, WindowNo};
use super::spelling::spelled;
use super::uscc::Uscc;

/// An organ in the hall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Its short key.
    pub key: DepartmentKey,
    /// Its full name, as it stands on its seals.
    pub name: String,
    /// Its unified social credit code.
    pub uscc: Uscc,
    /// What it does in the hall.
    pub role: Role,
}

/// What a department does in the hall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Runs the hall: registers staff, publishes templates; issues nothing itself.
    Centre,
    /// Decides items and issues certificates.
    Issuing {
        /// The office that keeps the seal (审批办、审批科).
        approval_office: String,
        /// Who accepts its cases.
        intake: Intake,
    },
}

/// Who accepts a department's cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intake {
    /// The integrated windows and the department's own staff at registered windows.
    Own,
    /// Only the hall's integrated windows, on a recorded entrustment (R13, 禁止两头受理).
    Entrusted {
        /// The record, as `委托书编号 2026-01，…`.
        record: String,
        /// What is entrusted.
        scope: Entrusted,
    },
}

spelled! {
    /// What a department has entrusted to the integrated windows. The seal stays its own, and its use is approved by its own
    /// chief representative.
    pub enum Entrusted {
        /// To accept its cases (委托受理).
        Acceptance = "acceptance",
        /// To handle them, too (委托办理).
        Handling = "handling",
    }
}

impl Entrusted {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Acceptance => "委托受理",
            Self::Handling => "委托受理和办理",
        }
    }
}

impl Department {
    /// The recorded entrustment, and what it covers.
    pub fn entrustment(&self) -> Option<(&str, Entrusted)> {
        match &self.role {
            Role::Issuing { intake: Intake::Entrusted { record, scope }, .. } => Some((record, *scope)),
            _ => None,
        }
    }

    /// Whether it issues certificates.
    pub fn issues(&self) -> bool {
        matches!(self.role, Role::Issuing { .. })
    }
}

spelled! {
    /// What a window is for.
    pub enum WindowKind {
        /// Accepts cases (受理).
        Intake = "intake",
        /// Hands out certificates (出件).
        Delivery = "delivery",
    }
}

/// A registered window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its number.
    pub no: WindowNo,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: WindowKind,
    /// The branch hall it stands in (分中心、代办点); none for the hall itself. The same rules hold there (R14).
    pub branch: Option<String>,
}

impl Window {
    /// Number, name, and the branch it stands in: `J01 九站街道代办点（九站街道）`.
    pub fn title(&self) -> String {
        let branch = self.branch.as_ref().map(|name| format!("（{name}）")).unwrap_or_default();
        format!("{} {}{branch}", self.no, self.name)
    }
}

/// A branch hall (分中心、代办点): another place of the same hall, under the same rules and templates (R14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its name, as windows name it.
    pub name: String,
    /// Where it is.
    pub address: String,
}
