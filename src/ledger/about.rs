//! What records of acts are about: the one thing that stands in clear.

/// What a record of an act is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The hall itself: its set-up, its windows, its calendar.
    Hall,
    /// Members of the staff and their permits.
    Staff,
    /// What they sign in with, and the devices of windows and desks.
    Access,
    /// Letters of authorization.
    Letter,
    /// A seal before it is in force, or what is filed about it.
    Seal,
    /// Cases: limits, fees, extensions.
    Case,
    /// Certificates: changed, withdrawn, cancelled, annotated.
    Certificate,
    /// Handing-over.
    Delivery,
    /// Findings of the supervision and their answers.
    Supervision,
}

impl About {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Hall,
        Self::Staff,
        Self::Access,
        Self::Letter,
        Self::Seal,
        Self::Case,
        Self::Certificate,
        Self::Delivery,
        Self::Supervision,
    ];

    /// The word in the entry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hall => "hall",
            Self::Staff => "staff",
            Self::Access => "access",
            Self::Letter => "letter",
            Self::Seal => "seal",
            Self::Case => "case",
            Self::Certificate => "certificate",
            Self::Delivery => "delivery",
            Self::Supervision => "supervision",
        }
    }
}
