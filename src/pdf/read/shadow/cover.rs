//! Text of a page that something drawn later hides.

use super::super::ReadError;
use super::super::value::Id;
use super::annotations::Annotation;
use super::code::PreparedCode;
use super::content::{Canvas, Mark};
use super::geometry::Rect;
use super::page::Page;
use super::reader::Reader;

/// Hidden letters that count: a figure laid over the label it replaces is no trap.
const MIN_LETTERS: usize = 10;
/// Covers looked at on one page.
const MAX_COVERS: usize = 200;
/// Square points a cover has at least.
const MIN_AREA: f64 = 100.0;

/// What hides text of this page.
pub(super) fn on_page(
    reader: &Reader<'_, '_>,
    page: &Page,
    annotations: &[Annotation],
) -> Result<Vec<(Option<Id>, PreparedCode)>, ReadError> {
    let overlays: Vec<_> = annotations.iter().filter(|a| a.rect.area() >= MIN_AREA && a.overlay().is_some()).collect();
    if overlays.is_empty() && !page.has_images(reader)? {
        return Ok(Vec::new());
    }
    let Some(content) = page.content(reader)? else { return Ok(Vec::new()) };
    let mut canvas = Canvas::new(reader, false);
    // What was drawn before the content could not be followed any more lies where it lies.
    let _ = canvas.page(&content, &page.resources, page.visible);
    let mut found = hidden_by_content(&canvas.marks, reader);
    for annotation in overlays {
        let Some(look) = annotation.overlay() else { continue };
        let mut above = Canvas::new(reader, false);
        let _ = above.appearance(look, annotation.rect, page.visible);
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
        if let Mark::Text { from, to, letters } = mark {
            reader.comparisons(covers.len())?;
            if let Some((_, id)) = covers.iter().find(|(rect, _)| rect.holds(*from) && rect.holds(*to)) {
                count += letters;
                object = object.or(*id);
            }
        }
    }
    Some((count, object))
}

/// Each text with the covers drawn after it.
fn hidden_by_content(marks: &[Mark], reader: &Reader<'_, '_>) -> Vec<(Option<Id>, PreparedCode)> {
    let (mut images, mut fills) = (Vec::new(), Vec::new());
    let (mut by_image, mut by_fill, mut image) = (0, 0, None);
    for mark in marks.iter().rev() {
        if let Some((rect, id)) = cover(mark) {
            let covers = if id.is_some() { &mut images } else { &mut fills };
            if covers.len() < MAX_COVERS {
                covers.push((rect, id));
            }
            continue;
        }
        let text = std::slice::from_ref(mark);
        let (Some((letters, id)), Some((drawn, _))) = (hidden(text, &images, reader), hidden(text, &fills, reader))
        else {
            break;
        };
        by_image += letters;
        image = image.or(id);
        by_fill += if letters == 0 { drawn } else { 0 };
    }
    let mut found = Vec::new();
    if by_image >= MIN_LETTERS {
        found.push((image, PreparedCode::ImageOverText));
    }
    if by_fill >= MIN_LETTERS {
        found.push((None, PreparedCode::DrawingOverText));
    }
    found
}
