//! What frames a file (ISO 32000-1, 7.5.2 and 7.5.5, annex F): the header before it, `startxref` and `%%EOF` after it.

use super::ReadError;
use super::input::{Input, MAX_SPACE};
use super::rebuild::{MAX_HEADER, header_before};
use super::repair::Repair;
use super::source::Source;
use super::value::Value;
use super::xref::Section;

/// Where the header must begin (ISO 32000-1, annex H, 3.4.1, note 13).
const MAX_JUNK: usize = 1024;
/// How far before `startxref` its section is looked for.
const MAX_SECTION: usize = 8 << 20;
/// Words that may be looked at for it.
const MAX_CANDIDATES: usize = 32;
/// The largest linearization dictionary, with the remarks before it.
const MAX_LINEARIZATION: usize = 64 << 10;

/// How far a dictionary that cannot be read is looked at.
const MAX_DICTIONARY: usize = 1024;

/// What closes a section.
pub(super) struct Closing {
    /// What `startxref` says.
    pub(super) offset: u64,
    /// Just after `%%EOF`.
    pub(super) marker_end: usize,
    /// After the line end that may follow.
    pub(super) end: usize,
}

/// Where the newest section begins.
pub(super) struct Newest {
    pub(super) start: usize,
    /// Where the `startxref` after it stands.
    pub(super) startxref: usize,
}

/// Where `%PDF-` stands.
pub(super) fn header(source: &Source<'_>) -> Result<usize, ReadError> {
    source.find(0..MAX_JUNK + b"%PDF-".len(), b"%PDF-")?.ok_or(ReadError::NotPdf)
}

/// Where the newest section begins: what the last `startxref` names, from whichever origin it makes sense, or what the end of
/// the file shows it to mean.
pub(super) fn newest_section(input: &mut Input<'_>, header: usize) -> Result<Newest, ReadError> {
    let at = input.source.find_last(0..input.source.len(), b"startxref")?.ok_or(ReadError::NoEnd)?;
    let (offset, _) = startxref(input, at)?;
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    let from_header = offset.saturating_add(header);
    let (absolute, relative) = (is_section(input, offset)?, header > 0 && is_section(input, from_header)?);
    if header > 0 {
        input.repairs.note(Repair::JunkBeforeHeader);
    }
    if absolute && relative {
        input.repairs.note(Repair::TwoOrigins);
    }
    if relative && !absolute {
        input.origin = header;
    }
    let start = if absolute || relative { offset + input.origin } else { section_before(input, at)? };
    Ok(Newest { start, startxref: at })
}

/// Whether a section seems to begin here.
fn is_section(input: &Input<'_>, at: usize) -> Result<bool, ReadError> {
    input.source.parse(at, MAX_SPACE, |p| {
        p.skip_space();
        p.take(b"xref") || p.object_header().is_ok()
    })
}

/// The section that ends where this `startxref`, which says something else, begins.
pub(super) fn section_before(input: &Input<'_>, startxref: usize) -> Result<usize, ReadError> {
    let from = startxref.saturating_sub(MAX_SECTION);
    let ends_here = |start: usize| -> Result<bool, ReadError> {
        let mark = input.repairs.mark();
        let ends = match Section::read(input, start) {
            Ok(section) => {
                section.charge(input)?;
                input.source.parse(section.end, MAX_SPACE, |p| {
                    p.skip();
                    p.at() == startxref
                })
            }
            Err(error) if error.is_damage() => Ok(false),
            Err(error) => Err(error),
        };
        input.repairs.back_to(mark);
        ends
    };
    for word in [&b"xref"[..], b"obj"] {
        let mut end = startxref;
        for _ in 0..MAX_CANDIDATES {
            let Some(at) = input.source.find_last(from..end, word)? else { break };
            end = at;
            let before = input.source.read(at.saturating_sub(MAX_HEADER)..at)?;
            let start = match word {
                b"xref" if before.ends_with(b"start") => continue,
                b"xref" => at,
                _ => match header_before(&before) {
                    Some(header) => at - header.length,
                    None => continue,
                },
            };
            if ends_here(start)? {
                input.repairs.note(Repair::Startxref);
                return Ok(start);
            }
        }
    }
    Err(ReadError::Xref { at: startxref })
}

/// What closes the section that ends here.
pub(super) fn closing(input: &Input<'_>, section_end: usize) -> Result<Closing, ReadError> {
    let at = input.source.parse(section_end, MAX_SPACE, |p| {
        p.skip();
        p.at()
    })?;
    let (offset, marker_end) = startxref(input, at)?;
    let end = input.source.parse(marker_end, 2, |p| {
        let _ = p.take(b"\r\n") || p.take(b"\n") || p.take(b"\r");
        p.at()
    })?;
    Ok(Closing { offset, marker_end, end })
}

/// `startxref`, a number, `%%EOF`: the number, and where the marker ends.
fn startxref(input: &Input<'_>, at: usize) -> Result<(u64, usize), ReadError> {
    let (offset, end, is_marked) = input
        .source
        .parse(at, MAX_SPACE, |p| {
            p.keyword(b"startxref")?;
            p.skip_space();
            let offset = p.unsigned()?;
            let end = p.at();
            p.skip_space();
            let is_marked = p.take(b"%%EOF");
            Ok::<_, ReadError>((offset, if is_marked { p.at() } else { end }, is_marked))
        })?
        .map_err(|_| ReadError::NoEnd)?;
    if !is_marked {
        input.repairs.note(Repair::EndMarkerMissing);
    }
    Ok((offset, end))
}

/// What the first object of a file says of linearization (ISO 32000-1, annex F.2.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Linearization {
    None,
    /// The file is said to be so long; not a number if nothing is said.
    Length(f64),
    /// It looks like a linearization dictionary and cannot be read.
    Unreadable,
}

/// The first object of a linearized file is its linearization dictionary.
pub(super) fn linearization(input: &Input<'_>, header: usize) -> Result<Linearization, ReadError> {
    input.source.parse(header, MAX_LINEARIZATION, |p| {
        p.skip();
        if p.object_header().is_err() {
            return Linearization::None;
        }
        p.skip();
        let rest = p.rest();
        match p.dict() {
            Ok(dict) if dict.get("Linearized").is_some() => {
                Linearization::Length(dict.get("L").and_then(Value::as_number).unwrap_or(f64::NAN))
            }
            Ok(_) => Linearization::None,
            // A key may be spelt with `#`.
            Err(_) => match &rest[..rest.len().min(MAX_DICTIONARY)] {
                start if memchr::memmem::find(start, b"Linearized").is_some() || start.contains(&b'#') => {
                    Linearization::Unreadable
                }
                _ => Linearization::None,
            },
        }
    })
}
