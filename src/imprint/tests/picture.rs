//! A picture of an imprint, measured with a ruler and not with the numbers it was drawn from.

use super::super::RED;

const MM_PER_INCH: f64 = 25.4;

/// Opacity of each dot, read back from a PNG or a rendered PDF. Positions are millimetres from the middle, y upwards;
/// angles degrees from the top, clockwise.
pub(super) struct Picture {
    pub(super) side: usize,
    pub(super) dots_per_mm: f64,
    pub(super) opacity: Vec<u8>,
}

/// A stretch of angles covered with ink, in degrees.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Picture {
    /// Reads a PNG of one colour on transparency, and its resolution.
    pub(super) fn of_png(png: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut dots = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut dots).unwrap();
        assert_eq!(frame.color_type, png::ColorType::Rgba);
        assert!(dots.chunks(4).all(|dot| dot[3] == 0 || dot[..3] == RED), "ink of another colour");
        let dimensions = reader.info().pixel_dims.unwrap();
        assert_eq!(dimensions.unit, png::Unit::Meter);
        Self {
            side: frame.width as usize,
            dots_per_mm: (f64::from(dimensions.xppu) * MM_PER_INCH / 1000.0).round() / MM_PER_INCH,
            opacity: dots.chunks(4).map(|dot| dot[3]).collect(),
        }
    }

    /// Opacity at a place, 0 to 1, between the middles of four dots.
    pub(super) fn at(&self, x: f64, y: f64) -> f64 {
        let middle = self.side as f64 / 2.0;
        let (column, row) = (middle + x * self.dots_per_mm - 0.5, middle - y * self.dots_per_mm - 0.5);
        let (left, top) = (column.floor(), row.floor());
        let dot = |column: f64, row: f64| {
            let inside = |place: f64| (0.0..self.side as f64).contains(&place);
            match inside(column) && inside(row) {
                true => f64::from(self.opacity[row as usize * self.side + column as usize]) / 255.0,
                false => 0.0,
            }
        };
        let (right, down) = (column - left, row - top);
        let upper = dot(left, top) * (1.0 - right) + dot(left + 1.0, top) * right;
        let lower = dot(left, top + 1.0) * (1.0 - right) + dot(left + 1.0, top + 1.0) * right;
        upper * (1.0 - down) + lower * down
    }

    pub(super) fn at_polar(&self, radius: f64, degrees: f64) -> f64 {
        let (sin, cos) = degrees.to_radians().sin_cos();
        self.at(radius * sin, radius * cos)
    }

    /// The first radius, going from `from` to `to`, at which ink begins (`ink`) or ends.
    pub(super) fn edge(&self, degrees: f64, from: f64, to: f64, ink: bool) -> Option<f64> {
        const STEP: f64 = 0.002;
        let steps = ((to - from).abs() / STEP) as usize;
        let radius = |step: usize| from + (to - from).signum() * STEP * step as f64;
        (0..steps).map(radius).find(|&radius| (self.at_polar(radius, degrees) >= 0.5) == ink)
    }

    /// Places of all dots at least half covered, in millimetres.
    pub(super) fn ink(&self) -> impl Iterator<Item = [f64; 2]> {
        let middle = self.side as f64 / 2.0;
        let dots = self.opacity.iter().enumerate().filter(|(_, opacity)| **opacity >= 128);
        dots.map(move |(index, _)| {
            let (column, row) = ((index % self.side) as f64 + 0.5, (index / self.side) as f64 + 0.5);
            [(column - middle) / self.dots_per_mm, (middle - row) / self.dots_per_mm]
        })
    }

    /// Ink between two radii, as (radius, degrees).
    pub(super) fn ink_between(&self, inner: f64, outer: f64) -> Vec<(f64, f64)> {
        let polar = self.ink().map(|[x, y]| (x.hypot(y), x.atan2(y).to_degrees()));
        polar.filter(|(radius, _)| (inner..outer).contains(radius)).collect()
    }

    /// The stretches of angles, clockwise from the bottom left, in which there is ink between two radii.
    pub(super) fn stretches(&self, inner: f64, outer: f64) -> Vec<Stretch> {
        const BINS_PER_DEGREE: f64 = 8.0;
        let mut bins = vec![false; (360.0 * BINS_PER_DEGREE) as usize];
        for (radius, degrees) in self.ink_between(inner, outer) {
            let half_a_dot = (0.5 / self.dots_per_mm / radius).to_degrees();
            let bin = |degrees: f64| ((degrees + 180.0).clamp(0.0, 359.9) * BINS_PER_DEGREE) as usize;
            bins[bin(degrees - half_a_dot)..=bin(degrees + half_a_dot)].fill(true);
        }
        let mut stretches = Vec::<Stretch>::new();
        for (index, _) in bins.iter().enumerate().filter(|(_, ink)| **ink) {
            let from = index as f64 / BINS_PER_DEGREE - 180.0;
            let to = from + 1.0 / BINS_PER_DEGREE;
            match stretches.last_mut() {
                Some(last) if last.to == from => last.to = to,
                _ => stretches.push(Stretch { from, to }),
            }
        }
        stretches
    }
}

impl Stretch {
    pub(super) fn middle(self) -> f64 {
        (self.from + self.to) / 2.0
    }
}
