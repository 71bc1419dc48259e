//! A refusal: a rule said no. It is not a failure; whoever is refused gets all the reasons at once (一次性告知), each
//! with what to do about it.

use std::fmt;

/// Why something was refused: at least one reason, and all of them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Refusal {
    reasons: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reason {
    /// A stable word for programs, as `permit-not-valid`.
    pub code: &'static str,
    /// The field of the certificate or of the request that is meant, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong and what to do, for a person at the counter (Chinese).
    pub text: String,
}

/// Collects reasons; none collected means that the rules allow it.
#[derive(Debug, Default)]
#[must_use]
pub struct Reasons(Vec<Reason>);

impl Refusal {
    /// A refusal for one reason.
    pub fn because(code: &'static str, text: impl Into<String>) -> Self {
        Self { reasons: vec![Reason { code, field: None, text: text.into() }] }
    }

    /// All reasons, in the order in which the rules were asked; at least one.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Both together.
    #[must_use]
    pub fn with(mut self, more: Self) -> Self {
        self.reasons.extend(more.reasons);
        self
    }

    /// The codes of all reasons.
    pub fn codes(&self) -> Vec<&'static str> {
        self.reasons.iter().map(|reason| reason.code).collect()
    }
}

impl Reasons {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a reason.
    pub fn add(&mut self, code: &'static str, text: impl Into<String>) {
        self.0.push(Reason { code, field: None, text: text.into() });
    }

    /// Adds a reason about a field.
    pub fn add_field(&mut self, code: &'static str, field: impl Into<String>, text: impl Into<String>) {
        self.0.push(Reason { code, field: Some(field.into()), text: text.into() });
    }

    /// Adds the reason unless the rule holds.
    pub fn require(&mut self, holds: bool, code: &'static str, text: impl Into<String>) {
        if !holds {
            self.add(code, text);
        }
    }

    /// Adds all reasons of another refusal.
    pub fn absorb(&mut self, refusal: Refusal) {
        self.0.extend(refusal.reasons);
    }

    /// Whether nothing was collected.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing collected: go on; otherwise the refusal with everything collected.
    pub fn into_result(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal { reasons: self.0 }) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, reason) in self.reasons.iter().enumerate() {
            let separator = if i == 0 { "" } else { "；" };
            match &reason.field {
                Some(field) => write!(f, "{separator}{field}：{}", reason.text)?,
                None => write!(f, "{separator}{}", reason.text)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_all_reasons_and_says_them_together() {
        let mut reasons = Reasons::new();
        reasons.require(true, "never", "从不");
        reasons.add_field("empty", "住所", "不能为空，请补充");
        reasons.absorb(Refusal::because("hall-closed", "大厅未开放"));
        let refusal = reasons.into_result().unwrap_err();
        assert_eq!(refusal.codes(), ["empty", "hall-closed"]);
        assert_eq!(refusal.to_string(), "住所：不能为空，请补充；大厅未开放");
        assert_eq!(
            serde_json::to_value(&refusal).unwrap(),
            serde_json::json!([
                { "code": "empty", "field": "住所", "text": "不能为空，请补充" },
                { "code": "hall-closed", "text": "大厅未开放" },
            ])
        );
        assert_eq!(Reasons::new().into_result(), Ok(()));
    }
}
