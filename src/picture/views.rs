//! What a verifier's page shows of a signed file: the page with its seals as it was signed, and the pages that look different today.
//!
//! This is the whole of a conversation between two processes: [`Ask`]s go one way as JSON, [`Message`]s come back one after the other,
//! each as two lengths (32 bits, little-endian), a head in JSON and a PNG. What was drawn before something went wrong is
//! of use, so that [`read`] takes all messages that have come whole.

use std::io::Write;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Drawn, Pictures, Rect, difference};

/// Most views of one file.
pub const MOST_ASKS: usize = 4;
/// Most frames in one view.
const MOST_FRAMES: usize = 64;
/// Pages that are compared in one view.
pub const MOST_COMPARED: usize = 30;
/// Pages that differ and are shown, in one view.
pub const MOST_SHOWN: usize = 3;
/// Resolution of the pictures.
const DPI: u16 = 110;
/// Longest side of a picture, in dots.
pub const MOST_DOTS: u16 = 1600;
/// Longest head of a message.
const MOST_HEAD: usize = 64 * 1024;

/// A view: a page that bears seals, as of a revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Where the revision ends: its length in bytes.
    pub end: usize,
    /// The page, from 0.
    pub page: usize,
    /// The seals' rectangles, in points.
    pub frames: Vec<[f64; 4]>,
}

/// Which state of the file a picture is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// As of the revision asked for.
    Signed,
    /// As it is now.
    Today,
}

/// Something that was drawn or found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// A page.
    Picture(Picture),
    /// How the revision and today's file compare; the last message on a view.
    Compared {
        /// Which view, from 0.
        ask: usize,
        /// Pages of the revision.
        signed_pages: usize,
        /// Pages of today's file.
        today_pages: usize,
        /// Pages that look different (from 0) with the number of places; at most [`MOST_SHOWN`] of them have pictures.
        differing: Vec<(usize, usize)>,
    },
}

/// A page of one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Which view, from 0.
    pub ask: usize,
    /// Of which state.
    pub state: State,
    /// The page, from 0.
    pub page: usize,
    /// Dots in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Where the seals are, in the order asked; empty but for the page asked for as signed.
    pub frames: Vec<Option<Rect>>,
    /// Where it differs from the other state; empty for what is shown before anything was compared.
    pub differences: Vec<Rect>,
    /// The picture.
    #[serde(skip)]
    pub png: Vec<u8>,
}

/// Draws what is asked for and writes it, each message as soon as it is known.
///
/// # Errors
/// Only if it cannot be written: what cannot be drawn is left out.
pub fn answer(asks: &[Ask], pdf: Vec<u8>, out: &mut impl Write) -> std::io::Result<()> {
    let pdf = Arc::new(pdf);
    let today = Pictures::open_prefix(&pdf, pdf.len()).ok();
    for (index, ask) in asks.iter().take(MOST_ASKS).enumerate() {
        let Ok(signed) = Pictures::open_prefix(&pdf, ask.end) else { continue };
        let Ok(page) = signed.draw(ask.page, DPI, MOST_DOTS) else { continue };
        let frames = ask.frames.iter().take(MOST_FRAMES).map(|frame| page.place(*frame)).collect();
        write_picture(out, &page, Picture { frames, ..blank(index, State::Signed, ask.page) })?;
        match &today {
            _ if ask.end >= pdf.len() => {
                let pages = signed.pages();
                let same = Message::Compared { ask: index, signed_pages: pages, today_pages: pages, differing: vec![] };
                write(out, &same, &[])?;
            }
            Some(today) => compare(index, ask.page, &signed, today, out)?,
            None => {}
        }
    }
    Ok(())
}

/// Shows the pages that look different now, that of the seals first.
fn compare(ask: usize, first: usize, signed: &Pictures, today: &Pictures, out: &mut impl Write) -> std::io::Result<()> {
    let count = signed.pages().min(today.pages());
    let others = (0..count.min(MOST_COMPARED)).filter(|page| *page != first);
    let mut differing = Vec::new();
    for page in [first].into_iter().filter(|page| *page < count).chain(others) {
        // A comparison that is not complete is none.
        let Ok(then) = signed.draw(page, DPI, MOST_DOTS) else { return Ok(()) };
        let Ok(now) = today.draw(page, DPI, MOST_DOTS) else { return Ok(()) };
        let found = difference(&then.pixels, &now.pixels);
        if found.is_empty() {
            continue;
        }
        differing.push((page, found.len()));
        if differing.len() > MOST_SHOWN {
            continue;
        }
        if page != first {
            let picture = blank(ask, State::Signed, page);
            write_picture(out, &then, Picture { differences: found.clone(), ..picture })?;
        }
        write_picture(out, &now, Picture { differences: found, ..blank(ask, State::Today, page) })?;
    }
    let (signed_pages, today_pages) = (signed.pages(), today.pages());
    write(out, &Message::Compared { ask, signed_pages, today_pages, differing }, &[])
}

fn blank(ask: usize, state: State, page: usize) -> Picture {
    Picture { ask, state, page, width: 0, height: 0, frames: vec![], differences: vec![], png: vec![] }
}

fn write_picture(out: &mut impl Write, drawn: &Drawn, picture: Picture) -> std::io::Result<()> {
    let png = drawn.pixels.png().map_err(std::io::Error::other)?;
    let (width, height) = (drawn.pixels.width(), drawn.pixels.height());
    write(out, &Message::Picture(Picture { width, height, ..picture }), &png)
}

fn write(out: &mut impl Write, message: &Message, body: &[u8]) -> std::io::Result<()> {
    let head = serde_json::to_vec(message)?;
    for part in [&head[..], body] {
        out.write_all(&u32::try_from(part.len()).map_err(std::io::Error::other)?.to_le_bytes())?;
    }
    out.write_all(&head)?;
    out.write_all(body)?;
    out.flush()
}

/// The messages that have come whole and make sense.
pub fn read(bytes: &[u8]) -> Vec<Message> {
    let mut rest = bytes;
    std::iter::from_fn(|| next(&mut rest)).collect()
}

fn next(rest: &mut &[u8]) -> Option<Message> {
    let mut length = || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        *rest = after;
        usize::try_from(u32::from_le_bytes(*length)).ok()
    };
    let (head, body) = (length()?, length()?);
    (head <= MOST_HEAD).then_some(())?;
    let (head, after) = rest.split_at_checked(head)?;
    let (body, after) = after.split_at_checked(body)?;
    *rest = after;
    let mut message = serde_json::from_slice(head).ok()?;
    if let Message::Picture(picture) = &mut message {
        let sides = 1..=u32::from(MOST_DOTS);
        let good = sides.contains(&picture.width) && sides.contains(&picture.height) && body.starts_with(b"\x89PNG");
        good.then_some(())?;
        picture.png = body.to_vec();
    }
    Some(message)
}
