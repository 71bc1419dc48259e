//! What letters stand on: whether they differ from it, and nothing is drawn over them.

use super::geometry::Rect;
use super::ink::{Letter, Path};

/// Letters and what they stand on differ at least so much, black and white by 1.
const CONTRAST: f64 = 0.25;
/// The part of a letter by which something else may lie over it.
const OVERLAP: f64 = 0.15;
/// Areas filled in one field, and on one page.
const MAX_FILLS: usize = 100;
const MAX_GROUNDS: usize = 5000;

/// Areas that were filled, the letters on them, the lines beside them.
#[derive(Default)]
pub(super) struct Grounds {
    /// With how light each is, if that is known, and whether it is filled wherever it reaches.
    fills: Vec<(Rect, Option<f64>, bool)>,
    places: Vec<Rect>,
    lines: Vec<Rect>,
    own: usize,
}

impl Grounds {
    /// On a page that has these filled rectangles.
    pub(super) fn on(page: impl Iterator<Item = (Rect, f64)>) -> Self {
        let fills = page.take(MAX_GROUNDS).map(|(rect, luma)| (rect, Some(luma), true)).collect();
        Self { fills, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.fills.len()
    }

    /// False if it hides a letter, or if there are more areas than a field has.
    pub(super) fn paint(&mut self, path: &Path) -> bool {
        if path.is_stroked {
            self.lines.extend(&path.lines);
            self.lines.extend(&path.curves);
        }
        let Some(area) = path.bounds.filter(|_| path.is_filled) else { return true };
        self.own += 1;
        self.fills.push((area, path.luma, path.is_ground()));
        self.own <= MAX_FILLS && !self.places.iter().any(|place| overlaps(&area, place))
    }

    /// Whether the letter differs from what it stands on.
    pub(super) fn show(&mut self, letter: &Letter) -> bool {
        self.places.push(letter.place);
        let Some(own) = letter.luma else { return false };
        for (area, luma, is_whole) in self.fills.iter().rev().filter(|(area, ..)| overlaps(area, &letter.place)) {
            if luma.is_none_or(|luma| (own - luma).abs() < CONTRAST) {
                return false;
            }
            if *is_whole && letter.place.corners().iter().all(|corner| area.holds(*corner)) {
                return true;
            }
        }
        // Paper.
        1.0 - own >= CONTRAST
    }

    /// No line goes through a letter.
    pub(super) fn are_lines_clear(&self) -> bool {
        !self.lines.iter().any(|line| self.places.iter().any(|place| overlaps(line, place)))
    }
}

fn overlaps(area: &Rect, letter: &Rect) -> bool {
    area.meet(letter).area() > OVERLAP * letter.area()
}
