//! The letters of a name: the right ones, in the right order, the right way up, as the face has them.

use super::super::{SealKind, glyphs};
use super::picture::Picture;
use super::{NAMES, design, face, name_of_squares, picture};

#[test]
fn the_name_reads_clockwise_with_its_tops_outward() {
    let face = face();
    for name in [NAMES[1], NAMES[3], NAMES[5]] {
        let seal = picture(&design(name, SealKind::Department));
        let characters = name.chars().collect::<Vec<_>>();
        // Where the letters stand: as many equal squares take the same places.
        let places = picture(&design(&name_of_squares(characters.len()), SealKind::Department));
        let places = places.stretches(8.5, 21.0);
        let ink = seal.ink_between(8.5, 21.0);
        let tops = ink.iter().map(|(radius, _)| *radius).fold(0.0, f64::max);
        let feet = ink.iter().map(|(radius, _)| *radius).fold(f64::MAX, f64::min);
        for (index, (place, &character)) in places.iter().zip(&characters).enumerate() {
            let letter = upright(&seal, place.middle(), (place.to - place.from).to_radians() * feet, [feet, tops]);
            let likeness = |candidate: char| likeness(&letter, &glyph(&face, candidate));
            let mut candidates = characters.clone();
            candidates.extend(['国', '田', '中', '水', '由', '甲']);
            let best = candidates.into_iter().max_by(|a, b| likeness(*a).total_cmp(&likeness(*b))).unwrap();
            assert_eq!(best, character, "letter {index} of {name}");
            let turned = letter.iter().rev().copied().collect::<Vec<_>>();
            assert!(
                likeness(character) > self::likeness(&turned, &glyph(&face, character)),
                "upside down: {character}"
            );
        }
    }
}

#[test]
fn joined_curves_are_the_curves_of_the_face() {
    const DOTS: u32 = 600;
    let face = face();
    let fill = |path: &tiny_skia::Path, em: f32| {
        let mut mask = tiny_skia::Mask::new(DOTS, DOTS).unwrap();
        let scale = DOTS as f32 / em;
        let place = tiny_skia::Transform::from_row(scale, 0.0, 0.0, scale, 0.0, 0.12 * DOTS as f32);
        mask.fill_path(path, tiny_skia::FillRule::Winding, true, place);
        mask
    };
    for character in NAMES.concat().chars() {
        let (path, em) = outline(&face, character);
        let [glyphs] = glyphs::find(&face, [&character.to_string()]).unwrap();
        let ours = glyphs[0].outline.map(|[x, y]| [x + 0.5, y]);
        let [theirs, ours] = [fill(&path, em), fill(&ours.path().unwrap(), 1.0)];
        let differences = theirs.data().iter().zip(ours.data()).map(|(a, b)| a.abs_diff(*b));
        // A thousandth of an em is 0.6 dots.
        let greatest = differences.clone().max().unwrap();
        let mean = differences.map(f64::from).sum::<f64>() / f64::from(DOTS * DOTS);
        assert!(greatest < 230 && mean < 0.5, "{character}: greatest {greatest}, mean {mean}");
    }
}

const GRID: usize = 24;

/// The letter at `degrees`, turned upright: opacity on a grid from the top left, over `width` and between two radii.
fn upright(picture: &Picture, degrees: f64, width: f64, [feet, tops]: [f64; 2]) -> Vec<f64> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    grid(|across, down| {
        let (x, y) = ((across - 0.5) * width, tops + (feet - tops) * down);
        picture.at(x * cos + y * sin, y * cos - x * sin)
    })
}

/// The glyph of a character as the font has it, on the same grid.
fn glyph(face: &[u8], character: char) -> Vec<f64> {
    let (path, em) = outline(face, character);
    let mut mask = tiny_skia::Mask::new(100, 100).unwrap();
    // The em square: 0.88 above the baseline and 0.12 below it, as in all faces of this design.
    let place = tiny_skia::Transform::from_row(100.0 / em, 0.0, 0.0, -100.0 / em, 0.0, 88.0);
    mask.fill_path(&path, tiny_skia::FillRule::Winding, true, place);
    grid(|across, down| {
        let (column, row) = (4.5 + across * 91.0, 5.5 + down * 89.0);
        f64::from(mask.data()[row as usize * 100 + column as usize]) / 255.0
    })
}

/// The outline of a character in font units, and the font units of an em: nothing of ours has touched it.
fn outline(face: &[u8], character: char) -> (tiny_skia::Path, f32) {
    struct Pen(tiny_skia::PathBuilder);
    impl ttf_parser::OutlineBuilder for Pen {
        fn move_to(&mut self, x: f32, y: f32) {
            self.0.move_to(x, y);
        }
        fn line_to(&mut self, x: f32, y: f32) {
            self.0.line_to(x, y);
        }
        fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
            self.0.quad_to(x1, y1, x, y);
        }
        fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
            self.0.cubic_to(x1, y1, x2, y2, x, y);
        }
        fn close(&mut self) {
            self.0.close();
        }
    }
    let face = ttf_parser::Face::parse(face, 0).unwrap();
    let mut pen = Pen(tiny_skia::PathBuilder::new());
    face.outline_glyph(face.glyph_index(character).unwrap(), &mut pen).unwrap();
    (pen.0.finish().unwrap(), face.units_per_em().into())
}

fn grid(at: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    // Nine looks at each cell.
    let look = |index: usize| (index as f64 + 0.5) / (GRID * 3) as f64;
    let mut cells = vec![0.0; GRID * GRID];
    for row in 0..GRID * 3 {
        for column in 0..GRID * 3 {
            cells[row / 3 * GRID + column / 3] += at(look(column), look(row)) / 9.0;
        }
    }
    cells
}

/// Correlation of two grids, 1 when they are the same.
fn likeness(a: &[f64], b: &[f64]) -> f64 {
    let mean = |cells: &[f64]| cells.iter().sum::<f64>() / cells.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product =
        |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 { x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum() };
    product(a, mean_a, b, mean_b) / (product(a, mean_a, a, mean_a) * product(b, mean_b, b, mean_b)).sqrt()
}
