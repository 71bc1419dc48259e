//! Rectangles on a page, in points: left, bottom, right, top.

use std::rc::Rc;

use super::comparison::Comparison;
use crate::pdf::read::ReadError;
use crate::pdf::read::fields::{inherited, rectangle};
use crate::pdf::read::value::{Dict, Value};
use crate::pdf::read::view::View;

/// A page that names no size is US Letter to most programs.
const LETTER: [f64; 4] = [0.0, 0.0, 612.0, 792.0];

/// Where nobody can tell.
const ANYWHERE: [f64; 4] = [-1e9, -1e9, 1e9, 1e9];

/// The `/Rect` of a widget or another annotation, if it has one with an area.
pub(super) fn place(view: &View<'_, '_>, dict: &Dict) -> Result<Option<[f64; 4]>, ReadError> {
    let mut rect = view.resolve(dict.get("Rect"))?;
    if let Value::Array(sides) = &mut rect {
        for side in Rc::make_mut(sides) {
            *side = view.resolve(Some(side))?;
        }
    }
    let place = if rect == Value::Null { None } else { Some(rectangle(&rect).map_or(ANYWHERE, upright)) };
    Ok(place.filter(|rect| area(rect) > 0.0))
}

/// The part of a page, as it was before, that a rectangle covers: 0 to 1.
pub(super) fn share(c: &Comparison<'_, '_>, page: usize, rect: &[f64; 4]) -> Result<f64, ReadError> {
    let id = c.pages()?.get(page).copied().ok_or(ReadError::Structure("page"))?;
    let dict = c.before.dict(Some(&Value::Ref(id)), "page")?.ok_or(ReadError::Structure("page"))?;
    let box_of = |key| Ok::<_, ReadError>(rectangle(&inherited(&c.before, &dict, key)?).map(upright));
    let media = box_of("MediaBox")?.unwrap_or(LETTER);
    let seen = box_of("CropBox")?.map_or(media, |crop| common(&crop, &media));
    Ok(if area(&seen) > 0.0 { area(&common(rect, &seen)) / area(&seen) } else { 1.0 })
}

pub(super) fn upright([a, b, c, d]: [f64; 4]) -> [f64; 4] {
    [a.min(c), b.min(d), a.max(c), b.max(d)]
}

/// What lies in both; without area if nothing does.
pub(super) fn common(a: &[f64; 4], b: &[f64; 4]) -> [f64; 4] {
    [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]
}

pub(super) fn area(rect: &[f64; 4]) -> f64 {
    (rect[2] - rect[0]).max(0.0) * (rect[3] - rect[1]).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_overlap_where_both_are() {
        let a = upright([150.0, 100.0, 50.0, 50.0]);
        assert_eq!(a, [50.0, 50.0, 150.0, 100.0]);
        assert_eq!(area(&common(&a, &[100.0, 0.0, 200.0, 60.0])), 500.0);
        assert_eq!(area(&common(&a, &[150.0, 0.0, 200.0, 60.0])), 0.0);
        assert_eq!(area(&common(&a, &[160.0, 110.0, 200.0, 160.0])), 0.0, "two negative sides are no area");
    }
}
