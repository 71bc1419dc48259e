//! What was wrong with a file and was tolerated, by name ([ADR 9](../../../docs/adr/0009-damage-is-tolerated-by-name.md)).

use std::cell::Cell;

/// Damage that was tolerated.
///
/// Harmless is what every program reads in one way. A guess is what another program may guess otherwise: the file can be
/// described, but what it says when it is signed is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Repair {
    /// Up to 1024 bytes stand before `%PDF-`. Offsets count from whichever start makes `startxref` point at a section.
    JunkBeforeHeader,
    /// An offset points at white space before what it means.
    Spacing,
    /// Lines of a cross-reference table end otherwise than the standard says, so that entries are not 20 bytes long.
    TableEntries,
    /// A cross-reference table begins with object 1 where it means object 0; the objects bear it out.
    TableFromOne,
    /// The keyword `stream` is followed by a carriage return alone.
    StreamLineEnd,
    /// `endobj` is missing where the next object or section begins.
    EndobjMissing,
    /// A stream is not as long as it says; it was read up to `endstream`.
    StreamLength,
    /// `%%EOF` is missing: the file may have been cut off.
    EndMarkerMissing,
    /// A `startxref` does not point at the section of its revision, which was found at its end or by the revision after it.
    Startxref,
    /// Offsets make sense counted from the start of the file and from the header, which are not the same place.
    TwoOrigins,
    /// A revision after a signature is not spelled as the standard says, however harmless that is elsewhere: whoever writes it
    /// knows what others have signed, and may look for programs that differ.
    Update,
    /// Two objects that are listed share bytes, so that one of them says what the other one holds.
    Overlap,
    /// An object that is used cannot be read, or its entry in the cross-reference: other programs look for it elsewhere, or read
    /// it each in its own way.
    Unreadable,
    /// A table and the hidden stream beside it name different objects by one number: older and newer programs, and newer ones
    /// among each other, take the one or the other.
    HiddenOther,
    /// The file begins as a linearized one of just the length that it has, or had, with more than its first revision: some
    /// programs then take it for one that was never updated, and see nothing of what was.
    Linearized,
    /// The file needs a repair, and its bytes spell objects that no cross-reference lists: programs that do not know the repair
    /// look for objects all over the file and find others.
    Unlisted,
    /// The cross-reference is unusable; objects were found by looking for them all over the file, the last of each counts.
    Rebuilt,
}

impl Repair {
    const ALL: [Self; 17] = [
        Self::JunkBeforeHeader,
        Self::Spacing,
        Self::TableEntries,
        Self::TableFromOne,
        Self::StreamLineEnd,
        Self::EndobjMissing,
        Self::StreamLength,
        Self::EndMarkerMissing,
        Self::Startxref,
        Self::TwoOrigins,
        Self::Update,
        Self::Overlap,
        Self::Unreadable,
        Self::HiddenOther,
        Self::Linearized,
        Self::Unlisted,
        Self::Rebuilt,
    ];

    /// Another program may read the file otherwise. A signature in a file that was guessed at must not be called valid.
    pub const fn is_guess(self) -> bool {
        match self {
            Self::JunkBeforeHeader
            | Self::Spacing
            | Self::TableEntries
            | Self::TableFromOne
            | Self::StreamLineEnd
            | Self::EndobjMissing => false,
            Self::StreamLength
            | Self::EndMarkerMissing
            | Self::Startxref
            | Self::TwoOrigins
            | Self::Update
            | Self::Overlap
            | Self::Unreadable
            | Self::HiddenOther
            | Self::Linearized
            | Self::Unlisted
            | Self::Rebuilt => true,
        }
    }

    /// Programs that do not know of it look for objects all over the file.
    pub(super) const fn makes_others_look(self) -> bool {
        !self.is_guess() && !matches!(self, Self::StreamLineEnd | Self::EndobjMissing)
    }

    /// A stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::JunkBeforeHeader => "junk-before-header",
            Self::Spacing => "offset-at-space",
            Self::TableEntries => "xref-entry-spelling",
            Self::TableFromOne => "xref-from-one",
            Self::StreamLineEnd => "stream-line-end",
            Self::EndobjMissing => "endobj-missing",
            Self::StreamLength => "stream-length",
            Self::EndMarkerMissing => "end-marker-missing",
            Self::Startxref => "startxref",
            Self::TwoOrigins => "two-origins",
            Self::Update => "update-spelling",
            Self::Overlap => "objects-overlap",
            Self::Unreadable => "object-unreadable",
            Self::HiddenOther => "hidden-other",
            Self::Linearized => "linearized-length",
            Self::Unlisted => "repaired-and-unlisted",
            Self::Rebuilt => "rebuilt",
        }
    }
}

/// The repairs of one document, in the order of their declaration.
#[derive(Default)]
pub(super) struct Repairs {
    bits: Cell<u32>,
    noted: Cell<usize>,
}

impl Repairs {
    pub(super) fn note(&self, repair: Repair) {
        self.bits.set(self.bits.get() | 1 << repair as u16);
        self.noted.set(self.noted.get() + 1);
    }

    /// How often something was noted, whatever it was.
    pub(super) fn noted(&self) -> usize {
        self.noted.get()
    }

    /// What was noted until now, to go back to if what follows was tried in vain.
    pub(super) fn mark(&self) -> u32 {
        self.bits.get()
    }

    pub(super) fn back_to(&self, mark: u32) {
        self.bits.set(mark);
    }

    /// Keeps none but those given.
    pub(super) fn replace(&self, by: &[Repair]) {
        self.bits.set(0);
        by.iter().for_each(|repair| self.note(*repair));
    }

    pub(super) fn has(&self, repair: Repair) -> bool {
        self.bits.get() & 1 << repair as u16 != 0
    }

    pub(super) fn list(&self) -> Vec<Repair> {
        Repair::ALL.into_iter().filter(|repair| self.has(*repair)).collect()
    }
}
