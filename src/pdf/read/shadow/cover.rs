//! Text of a page that something drawn later hides.

use super::super::ReadError;
use super::super::value::Id;
use super::annotations::Annotation;
use super::code::PreparedCode;
use super::content::Canvas;
use super::geometry::Rect;
use super::mark::Mark;
use super::page::Page;
use super::reader::Reader;

/// Hidden letters that count: a figure laid over the label it replaces is no trap.
const MIN_LETTERS: usize = 10;
/// Covers looked at on one page.
const MAX_COVERS: usize = 200;
/// The part of a page, and of its letters, that a scan's image covers at least.
const SCAN_PART: f64 = 0.9;
/// Square points a cover has at least.
const MIN_AREA: f64 = 100.0;

/// What hides text of this page.
pub(super) fn on_page(
    reader: &Reader<'_, '_>,
    page: &Page,
    annotations: &[Annotation],
) -> Result<Vec<(Option<Id>, PreparedCode)>, ReadError> {
    let overlays = annotations.iter().filter(|a| a.rect.area() >= MIN_AREA && a.overlay().is_some());
    if reader.is_spent() {
        return Ok(Vec::new());
    }
    let Some(content) = page.content(reader)? else { return Ok(Vec::new()) };
    let mut canvas = Canvas::new(reader, false);
    // What was drawn before the content could not be followed any more lies where it lies.
    let _ = canvas.page(&content, &page.resources, page.visible);
    let mut found = hidden_by_content(&canvas.marks, page.visible, reader);
    if canvas.is_ambiguous {
        found.push((None, PreparedCode::Ambiguous));
    }
    if white_on_white(&canvas.marks, reader).is_some_and(|letters| letters >= MIN_LETTERS) {
        found.push((None, PreparedCode::WhiteText));
    }
    for annotation in overlays {
        let Some(look) = annotation.overlay() else { continue };
        let mut above = Canvas::new(reader, false);
        above.on(page);
        let _ = above.appearance(look, annotation.rect, page.visible);
        if above.is_ambiguous {
            found.push((annotation.id, PreparedCode::Ambiguous));
        }
        let covers: Vec<_> = above.marks.iter().filter_map(cover).map(|(rect, _)| (rect, annotation.id)).collect();
        if hidden(&canvas.marks, &covers, reader).is_some_and(|(letters, _)| letters >= MIN_LETTERS) {
            found.push((annotation.id, PreparedCode::AnnotationOverText));
        }
    }
    Ok(found)
}

fn cover(mark: &Mark) -> Option<(Rect, Option<Id>)> {
    match mark {
        Mark::Cover { rect, image } if rect.area() >= MIN_AREA => Some((*rect, *image)),
        _ => None,
    }
}

/// The letters of these texts under the covers, and the object of a cover.
fn hidden(marks: &[Mark], covers: &[(Rect, Option<Id>)], reader: &Reader<'_, '_>) -> Option<(usize, Option<Id>)> {
    let (mut count, mut object) = (0, None);
    for mark in marks {
        if let Mark::Text { from, to, letters, is_white: false } = mark {
            reader.comparisons(covers.len())?;
            if let Some((_, id)) = covers.iter().find(|(rect, _)| rect.holds(*from) && rect.holds(*to)) {
                count += letters;
                object = object.or(*id);
            }
        }
    }
    Some((count, object))
}

/// The letters of white texts under which nothing was painted.
fn white_on_white(marks: &[Mark], reader: &Reader<'_, '_>) -> Option<usize> {
    let (mut painted, mut count) = (Vec::new(), 0);
    for mark in marks {
        match mark {
            Mark::Paint(rect) => painted.push(rect),
            Mark::Text { from, letters, is_white: true, .. } => {
                reader.comparisons(painted.len())?;
                count += if painted.iter().any(|rect| rect.holds(*from)) { 0 } else { *letters };
            }
            _ => {}
        }
    }
    Some(count)
}

/// Each text with the covers drawn after it.
fn hidden_by_content(marks: &[Mark], page: Rect, reader: &Reader<'_, '_>) -> Vec<(Option<Id>, PreparedCode)> {
    let (mut images, mut fills) = (Vec::new(), Vec::new());
    let (mut letters, mut by_image, mut by_fill, mut image) = (0, 0, 0, None);
    for mark in marks.iter().rev() {
        if let Some((rect, id)) = cover(mark) {
            let covers = if id.is_some() { &mut images } else { &mut fills };
            if covers.len() < MAX_COVERS {
                covers.push((rect, id));
            }
            continue;
        }
        if let Mark::Text { letters: more, is_white: false, .. } = mark {
            letters += more;
        }
        let text = std::slice::from_ref(mark);
        let (Some((imaged, id)), Some((drawn, _))) = (hidden(text, &images, reader), hidden(text, &fills, reader))
        else {
            break;
        };
        by_image += imaged;
        image = image.or(id);
        by_fill += if imaged == 0 { drawn } else { 0 };
    }
    let mut found = Vec::new();
    if by_image >= MIN_LETTERS {
        let covered: f64 = images.iter().map(|(rect, _)| rect.area()).sum();
        let is_scan = covered >= SCAN_PART * page.area() && by_image as f64 >= SCAN_PART * letters as f64;
        found.push((image, if is_scan { PreparedCode::TextUnderScan } else { PreparedCode::ImageOverText }));
    }
    if by_fill >= MIN_LETTERS {
        found.push((None, PreparedCode::DrawingOverText));
    }
    found
}
