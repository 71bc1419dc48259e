//! Letters in their order: upright, each after the one before it, line below line, and none out of sight but a tail.

use super::geometry::Rect;
use super::ink::Letter;

/// Letters are at least so large, in points, and as a part of the largest.
const MIN_SIZE: f64 = 3.5;
const MIN_PART: f64 = 0.7;
/// The part of its own width, and of its size, by which a letter may lie under the next, or beside its line.
const SLACK: f64 = 0.3;
/// Letters are drawn at most so much narrower or wider than the font has them.
const STRETCH: std::ops::RangeInclusive<f64> = 0.5..=2.0;
/// The part of its size by which a line lies below the one before it.
const LINE: f64 = 0.8;
/// The part of a letter that is seen.
const SEEN: f64 = 0.85;
/// The part of a letter's size by which one out of sight may stand away from the one before it.
const GAP: f64 = 1.0;
/// The part of a letter's size that a blank is wide.
const BLANK: f64 = 0.1;
/// The part of a field's width that a line takes up before the next begins.
const FULL: f64 = 0.5;

/// Letter after letter in the direction of writing, line below line.
pub(super) fn is_in_order(letters: &[&Letter], (x, y): (f64, f64), has_lines: bool) -> bool {
    let along = |(a, b): (f64, f64), (c, d): (f64, f64)| (c - a) * x + (d - b) * y;
    let upward = |(a, b): (f64, f64), (c, d): (f64, f64)| (d - b) * x - (c - a) * y;
    let largest = letters.iter().map(|letter| letter.size()).fold(MIN_SIZE / MIN_PART, f64::max);
    let stands = |letter: &&Letter| {
        let (size, width) = (letter.size(), along(letter.from, letter.to));
        size >= MIN_PART * largest
            && upward((0.0, 0.0), letter.up) >= 0.95 * size
            && upward(letter.from, letter.to).abs() <= 0.05 * size
            && (letter.width == 0.0 || STRETCH.contains(&(width / letter.proper_width())))
    };
    let follows = |pair: &[&Letter]| {
        let [before, letter] = pair else { return true };
        let (step, rise) = (along(before.to, letter.from), upward(before.from, letter.from));
        if rise.abs() <= SLACK * letter.size() {
            step >= -SLACK * along(before.from, before.to)
        } else {
            has_lines && rise <= -LINE * letter.size() && along(before.to, letter.from) <= 0.0
        }
    };
    letters.iter().all(stands) && letters.windows(2).all(follows)
}

/// Every letter is in sight, but for a tail that has no room within `inner`.
pub(super) fn is_whole(letters: &[&Letter], inner: &Rect, direction: (f64, f64), has_lines: bool) -> bool {
    let mut before = None::<(&Letter, bool)>;
    for letter in letters {
        let is_seen = letter.clip.meet(&letter.place).area() >= SEEN * letter.place.area();
        let goes_on = match before {
            _ if is_seen => before.is_none_or(|(_, was_seen)| was_seen),
            None => false,
            Some((before, was_seen)) => {
                let is_cut = !letter.place.corners().iter().all(|corner| inner.holds(*corner));
                let is_number = was_seen && before.is_of_number() && letter.is_of_number();
                is_cut && !is_number && (letter.is_next_to(before) || has_lines && before.ends_a_line(inner, direction))
            }
        };
        if !goes_on {
            return false;
        }
        before = Some((letter, is_seen));
    }
    true
}

impl Letter {
    pub(super) fn is_blank(&self) -> bool {
        self.said.as_ref().is_some_and(|said| said.trim().is_empty())
    }

    fn size(&self) -> f64 {
        self.up.0.hypot(self.up.1)
    }

    /// How wide the font has it, as large as it is.
    fn proper_width(&self) -> f64 {
        self.width * self.size()
    }

    pub(super) fn middle(&self) -> (f64, f64) {
        ((self.place.0[0] + self.place.0[2]) / 2.0, (self.place.0[1] + self.place.0[3]) / 2.0)
    }

    fn is_of_number(&self) -> bool {
        self.said.as_ref().is_none_or(|said| said.chars().all(|c| c.is_ascii_digit() || ",.".contains(c)))
    }

    /// There is a blank between it and `before`, if a narrow one.
    pub(super) fn is_apart(&self, before: &Self) -> bool {
        (self.from.0 - before.to.0).hypot(self.from.1 - before.to.1) >= BLANK * self.size()
    }

    fn is_next_to(&self, before: &Self) -> bool {
        (self.from.0 - before.to.0).hypot(self.from.1 - before.to.1) <= GAP * self.size()
    }

    /// There is no room for much behind it.
    fn ends_a_line(&self, inner: &Rect, (x, y): (f64, f64)) -> bool {
        let along = |(a, b): (f64, f64)| a * x + b * y;
        let corners = inner.corners().map(along);
        let (first, last) =
            (corners.into_iter().fold(f64::INFINITY, f64::min), corners.into_iter().fold(f64::NEG_INFINITY, f64::max));
        along(self.to) >= first + FULL * (last - first)
    }
}
