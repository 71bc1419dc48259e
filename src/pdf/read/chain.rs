//! The chain of cross-reference sections from the newest to the oldest, and the revisions they make (ISO 32000-1, 7.5.6).

use super::ReadError;
use super::document::{MAX_LINE_ENDS, Revision};
use super::frame::{Linearization, Newest, closing, linearization, newest_section, section_before};
use super::input::Input;
use super::repair::Repair;
use super::value::Value;
use super::xref::{Entry, Section};

/// Sections and revisions of a file.
pub(super) struct Chain<'a> {
    /// Newest first, the order of lookup.
    pub(super) sections: Vec<Section<'a>>,
    /// Oldest first.
    pub(super) revisions: Vec<Revision>,
    pub(super) is_hybrid: bool,
    /// The way into the oldest revision is a section of a linearized file's first page.
    begins_with_page: bool,
}

impl<'a> Chain<'a> {
    /// Reads the chain and finds where the file's offsets count from.
    pub(super) fn read(input: &mut Input<'a>, header: usize) -> Result<Self, ReadError> {
        let newest = newest_section(input, header)?;
        let mut chain = Self { sections: Vec::new(), revisions: Vec::new(), is_hybrid: false, begins_with_page: false };
        chain.follow(input, header, newest)?;
        chain.revisions.reverse();
        let mut start = 0;
        for revision in &mut chain.revisions {
            if revision.end <= start {
                return Err(ReadError::SectionOrder);
            }
            revision.start = start;
            start = revision.end;
            // Nothing that belongs to a revision may come with a later one.
            let own = revision.start..=revision.end;
            let sections = &mut chain.sections[revision.sections.clone()];
            if !sections.iter().all(|section| own.contains(&section.start) && own.contains(&section.end)) {
                return Err(ReadError::SectionOrder);
            }
            sections.iter_mut().for_each(|section| section.reach = revision.end);
        }
        chain.length(input, header)?;
        Ok(chain)
    }

    /// Follows `/Prev` from the newest section; revisions are collected newest first.
    fn follow(&mut self, input: &Input<'a>, header: usize, newest: Newest) -> Result<(), ReadError> {
        let (mut next, mut first, mut way_in) = (Some(newest.start), 0, None);
        while let Some(start) = next {
            let (mark, noted) = (input.repairs.mark(), input.repairs.noted());
            let section = match self.section(input, start) {
                Err(error) if self.sections.is_empty() && error.is_damage() => {
                    input.repairs.back_to(mark);
                    self.section(input, section_before(input, newest.startxref)?)?
                }
                section => section?,
            };
            let start = section.start;
            let place = |key: &str| match section.trailer.get(key) {
                None => Ok(None),
                Some(Value::Int(n)) => {
                    let place = u64::try_from(*n).ok().and_then(|n| input.place(n));
                    place.map(Some).ok_or(ReadError::Xref { at: start })
                }
                Some(_) => Err(ReadError::Xref { at: start }),
            };
            next = place("Prev")?;
            let way_in_here = *way_in.get_or_insert(start);
            if next.is_some_and(|previous| previous > start) {
                // A linearized file's first page has a section of its own, part of the first revision (annex F.3.3).
                if linearization(input, header)? == Linearization::None {
                    return Err(ReadError::SectionOrder);
                }
                self.sections.push(section);
                continue;
            }
            let closing = closing(input, section.end)?;
            if let Some(hidden) = place("XRefStm")?.filter(|_| section.is_table) {
                // Objects it names are free in the table, so it is looked at first (ISO 32000-1, 7.5.8.4).
                self.is_hybrid = true;
                let hidden = self.section(input, hidden)?;
                if differ(input, &section, &hidden)? {
                    input.repairs.note(Repair::HiddenOther);
                }
                self.sections.push(hidden);
            }
            self.sections.push(section);
            // Whoever saw this revision alone read the section that its end names: the chain must lead to the same one.
            if !leads_to(input, closing.offset, way_in_here)? {
                input.repairs.note(Repair::Startxref);
            }
            if input.repairs.noted() > noted {
                self.sections[first..].iter_mut().for_each(|section| section.is_repaired = true);
            }
            self.begins_with_page = way_in_here != start;
            self.revisions.push(Revision {
                start: 0,
                marker_end: closing.marker_end,
                end: closing.end,
                sections: first..self.sections.len(),
            });
            (first, way_in) = (self.sections.len(), None);
        }
        Ok(())
    }

    /// A linearized file says its length. Programs for which that is the length of the file read the section of the first page,
    /// which follows in front, and not the one that the end names.
    fn length(&self, input: &Input<'_>, header: usize) -> Result<(), ReadError> {
        let [first, later @ ..] = &self.revisions[..] else { return Ok(()) };
        let is_whole = self.begins_with_page && later.is_empty();
        let pretends = match linearization(input, header)? {
            Linearization::None => false,
            Linearization::Unreadable => !is_whole,
            Linearization::Length(said) => [said, said + header as f64].into_iter().any(|said| {
                let is_between = |from: usize, to: usize| from as f64 <= said && said <= to as f64;
                // A line end more or less is no revision.
                !self.begins_with_page && is_between(first.marker_end, first.end)
                    || !is_whole && is_between(input.source.len(), input.source.len())
                    || !later.is_empty() && is_between(first.end + MAX_LINE_ENDS, input.source.len())
            }),
        };
        if pretends {
            input.repairs.note(Repair::Linearized);
        }
        Ok(())
    }

    fn section(&self, input: &Input<'a>, start: usize) -> Result<Section<'a>, ReadError> {
        if self.sections.len() >= input.limits.sections {
            return Err(ReadError::Limit("cross-reference sections"));
        }
        let section = Section::read(input, start)?;
        if self.sections.iter().any(|s| s.start == section.start) {
            return Err(ReadError::SectionOrder);
        }
        section.charge(input)?;
        Ok(section)
    }
}

/// Whether a table says otherwise of a number that it has in use than the hidden stream does.
fn differ(input: &Input<'_>, table: &Section<'_>, hidden: &Section<'_>) -> Result<bool, ReadError> {
    input.charge_lookups(hidden.len())?;
    for entry in hidden.entries() {
        let (number, entry) = entry?;
        match table.entry(number)? {
            None | Some(Entry::Free) => {}
            Some(other) if other == entry => {}
            Some(_) => return Ok(true),
        }
    }
    Ok(false)
}

/// Whether an offset means the section that begins at `start`.
fn leads_to(input: &Input<'_>, offset: u64, start: usize) -> Result<bool, ReadError> {
    let mark = input.repairs.mark();
    let leads = match input.place(offset) {
        Some(place) if place <= start => input.after_space(place)? == start,
        _ => false,
    };
    if !leads {
        input.repairs.back_to(mark);
    }
    Ok(leads)
}
