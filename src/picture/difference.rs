//! Where two pictures of a page differ, as a person would point at it: a few boxes.

use super::{Pixels, Rect};

/// How far a colour may be off and still look the same, of 255.
const SAME: u8 = 8;
/// Side of the cells that differences are gathered in, in dots: less than a letter.
const CELL: u32 = 8;
/// Cells so near to each other belong together: letters of a line, lines of a paragraph.
const NEAR: usize = 2;
/// Most boxes; where there would be more they are gathered more coarsely.
const MOST: usize = 20;

/// Boxes around all dots that differ, from the top; empty if the pictures look the same. Pictures of different sizes differ everywhere.
pub fn difference(one: &Pixels, other: &Pixels) -> Vec<Rect> {
    let (width, height) = (one.width.max(other.width), one.height.max(other.height));
    if (one.width, one.height) != (other.width, other.height) {
        return vec![Rect { x: 0, y: 0, width, height }];
    }
    let mut cell = CELL;
    loop {
        let boxes = Grid::of(one, other, cell).boxes();
        if boxes.len() <= MOST {
            return boxes;
        }
        cell *= 2;
    }
}

/// A box by its edges; the right and lower ones are just outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edges {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
}

impl Edges {
    fn and(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// The page in square cells, each with the box around the dots in it that differ.
struct Grid {
    columns: usize,
    rows: usize,
    cells: Vec<Option<Edges>>,
}

impl Grid {
    fn of(one: &Pixels, other: &Pixels, side: u32) -> Self {
        let (columns, rows) = (one.width.div_ceil(side) as usize, one.height.div_ceil(side) as usize);
        let mut cells = vec![None; columns * rows];
        for y in 0..one.height {
            for (x, (a, b)) in (0..).zip(one.row(y).iter().zip(other.row(y))) {
                if a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= SAME) {
                    continue;
                }
                let dot = Edges { left: x, top: y, right: x + 1, bottom: y + 1 };
                if let Some(cell) = cells.get_mut((y / side) as usize * columns + (x / side) as usize) {
                    *cell = Some(cell.map_or(dot, |known: Edges| known.and(dot)));
                }
            }
        }
        Self { columns, rows, cells }
    }

    /// One box for all cells that hang together, and one for all boxes that meet.
    fn boxes(mut self) -> Vec<Rect> {
        let mut boxes: Vec<Edges> = Vec::new();
        for start in 0..self.cells.len() {
            if let Some(mut grown) = self.take_all_near(start) {
                while let Some(met) = boxes.iter().position(|known| known.meets(&grown)) {
                    grown = grown.and(boxes.swap_remove(met));
                }
                boxes.push(grown);
            }
        }
        boxes.sort_by_key(|found| (found.top, found.left));
        let rect = |found: Edges| Rect {
            x: found.left,
            y: found.top,
            width: found.right - found.left,
            height: found.bottom - found.top,
        };
        boxes.into_iter().map(rect).collect()
    }

    /// Takes the cells that hang together with this one out of the grid.
    fn take_all_near(&mut self, start: usize) -> Option<Edges> {
        let mut found = self.cells.get_mut(start)?.take()?;
        let mut waiting = vec![start];
        while let Some(at) = waiting.pop() {
            let (row, column) = (at / self.columns, at % self.columns);
            for y in row.saturating_sub(NEAR)..(row + NEAR + 1).min(self.rows) {
                for x in column.saturating_sub(NEAR)..(column + NEAR + 1).min(self.columns) {
                    let near = y * self.columns + x;
                    if let Some(more) = self.cells.get_mut(near).and_then(Option::take) {
                        found = found.and(more);
                        waiting.push(near);
                    }
                }
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white sheet with black rectangles.
    fn sheet(width: u32, height: u32, black: &[Rect]) -> Pixels {
        let inside = |x: u32, y: u32, r: &Rect| (r.x..r.x + r.width).contains(&x) && (r.y..r.y + r.height).contains(&y);
        let dots = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let dot = |(x, y)| if black.iter().any(|r| inside(x, y, r)) { [0, 0, 0, 255] } else { [255; 4] };
        Pixels { width, height, rgba: dots.flat_map(dot).collect() }
    }

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn what_differs_is_boxed_to_the_dot() {
        let empty = sheet(200, 100, &[]);
        assert_eq!(difference(&empty, &empty), []);
        let spots = [rect(3, 5, 2, 2), rect(150, 5, 30, 7), rect(0, 99, 1, 1), rect(199, 98, 1, 2)];
        let expected = [spots[0], spots[1], spots[3], spots[2]];
        assert_eq!(difference(&empty, &sheet(200, 100, &spots)), expected);
        assert_eq!(difference(&sheet(200, 100, &spots), &empty), expected, "what is gone is a difference, too");
    }

    #[test]
    fn letters_of_a_line_are_one_place_and_far_words_two() {
        let line: Vec<Rect> = (0..10).map(|n| rect(10 + 12 * n, 40, 8, 10)).collect();
        assert_eq!(difference(&sheet(300, 100, &[]), &sheet(300, 100, &line)), [rect(10, 40, 116, 10)]);
        let apart = [rect(10, 40, 8, 8), rect(60, 40, 8, 8)];
        assert_eq!(difference(&sheet(300, 100, &[]), &sheet(300, 100, &apart)), apart);
    }

    #[test]
    fn boxes_that_meet_are_one() {
        // An L, and a spot in the corner that its box encloses, too far from its arms to hang together with them.
        let shape = [rect(0, 0, 4, 200), rect(0, 196, 200, 4), rect(100, 80, 4, 4)];
        assert_eq!(difference(&sheet(200, 200, &[]), &sheet(200, 200, &shape)), [rect(0, 0, 200, 200)]);
    }

    #[test]
    fn a_page_full_of_changes_has_few_boxes() {
        let spots: Vec<Rect> = (0..400).map(|n| rect(40 * (n % 20), 40 * (n / 20), 2, 2)).collect();
        let found = difference(&sheet(800, 800, &[]), &sheet(800, 800, &spots));
        assert!((1..=MOST).contains(&found.len()), "{found:?}");
        let covered = |spot: &Rect| {
            found
                .iter()
                .any(|b| b.x <= spot.x && spot.x + 2 <= b.x + b.width && b.y <= spot.y && spot.y + 2 <= b.y + b.height)
        };
        assert!(spots.iter().all(covered), "{found:?}");
    }

    #[test]
    fn a_shade_is_no_difference_and_another_size_is() {
        let mut shade = sheet(50, 50, &[]);
        shade.rgba.iter_mut().for_each(|byte| *byte -= SAME);
        assert_eq!(difference(&shade, &sheet(50, 50, &[])), []);
        shade.rgba[0] -= 1;
        assert_eq!(difference(&shade, &sheet(50, 50, &[])), [rect(0, 0, 1, 1)]);
        assert_eq!(difference(&sheet(50, 60, &[]), &sheet(70, 40, &[])), [rect(0, 0, 70, 60)]);
        assert_eq!(difference(&sheet(0, 0, &[]), &sheet(0, 0, &[])), []);
    }
}
