//! A reason with the words and the place that belong to this one file.

use super::reason::{Effect, Reason};
use super::report::{Integrity, Stated};

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Finding {
    pub(super) reason: Reason,
    /// From 1.
    page: Option<usize>,
    /// What was found, as a sentence; the reason's row then says what to do.
    said: Option<String>,
}

impl Finding {
    /// A reason that is told in words of its own.
    pub(super) fn told(reason: Reason, said: String, page: Option<usize>) -> Self {
        Self { reason, page: page.map(|page| page + 1), said: Some(said) }
    }

    pub(super) fn effect(&self) -> Effect {
        self.reason.effect()
    }

    pub(super) fn integrity(&self) -> Integrity {
        self.reason.integrity()
    }

    pub(super) fn stated(&self) -> Stated {
        let text = match &self.said {
            Some(said) => format!("{}，{}", said.trim_end_matches('。'), self.reason.advice()),
            None => self.reason.text(),
        };
        Stated { code: self.reason.code(), page: self.page, text, effect: self.effect() }
    }
}

impl From<Reason> for Finding {
    fn from(reason: Reason) -> Self {
        Self { reason, page: None, said: None }
    }
}
