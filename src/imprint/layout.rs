//! Where ring, star and letters go. Everything in millimetres from the centre, y upwards; angles from the top, clockwise.
//!
//! Proportions were measured on real electronic seals of 40, 42 and 45 mm: ring 1.1–1.25 mm wide, star 30–32 % of the
//! diameter, letters upright along the radius with their tops outward, narrower than high.

use std::f64::consts::{PI, TAU};

use super::glyphs::Glyph;
use super::outline::{Outline, Point, turn};
use super::{DIAMETERS_MM, ImprintError};

/// Width of the ring, inside the diameter, whatever the diameter.
const RING_MM: f64 = 1.2;

/// Width of the star, as a share of the diameter (as are the following).
const STAR: f64 = 0.31;
/// Least distance of a letter on the arc from the ring.
const RING_GAP: f64 = 0.022;
/// Greatest height of a letter on the arc.
const LETTER: f64 = 0.156;
/// Least height of a letter on the arc: below it strokes run into each other.
const SMALLEST_LETTER: f64 = 0.062;
/// Least distance between two letters on the arc, at their feet, where they are closest.
const LETTER_GAP: f64 = 0.006;
/// Height of a letter of the purpose, its width over its height, and the height of the middle of the line.
const PURPOSE: f64 = 0.095;
const PURPOSE_NARROWED: f64 = 0.72;
const PURPOSE_MIDDLE: f64 = -0.262;
/// Height of a digit of the code.
const DIGIT: f64 = 0.033;

/// The arc a name of any length stays in: 240 degrees.
const WIDEST_ARC: f64 = TAU * 2.0 / 3.0;
/// Width over height of a letter: short names are set at the first, long ones made smaller once they reach the second.
const WIDE: f64 = 0.86;
const NARROW: f64 = 0.46;

/// A seal of a certain size, drawn part by part.
pub(super) struct Seal {
    diameter: f64,
}

/// The box every letter of a text is set in.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LetterBox {
    width: f64,
    height: f64,
}

/// How the name is set: the angle from letter to letter, the box of a letter, and the radius its feet stand on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ArcFit {
    step: f64,
    letter: LetterBox,
    feet: f64,
}

impl Seal {
    pub(super) fn new(diameter_mm: u8) -> Result<Self, ImprintError> {
        match DIAMETERS_MM.contains(&diameter_mm) {
            true => Ok(Self { diameter: diameter_mm.into() }),
            false => Err(ImprintError::Diameter(diameter_mm)),
        }
    }

    pub(super) fn diameter_mm(&self) -> f64 {
        self.diameter
    }

    pub(super) fn ring(&self) -> Outline {
        Outline::ring(self.diameter / 2.0, self.inside())
    }

    /// The five-pointed star, upright, its circumscribed circle around the centre.
    pub(super) fn star(&self) -> Outline {
        let tip = STAR * self.diameter / 2.0 / (TAU / 5.0).sin();
        // Sides of a regular star lie on one line with those of the next point but one.
        let notch = tip * (TAU / 5.0).cos() / (TAU / 10.0).cos();
        Outline::polygon((0..10).map(|corner| {
            let radius = if corner % 2 == 0 { tip } else { notch };
            turn([0.0, radius], TAU / 10.0 * f64::from(corner))
        }))
    }

    /// The name on the upper arc, clockwise, letters with their tops outward.
    pub(super) fn name(&self, glyphs: &[Glyph]) -> Result<Vec<Outline>, ImprintError> {
        let fit = self.fit_name(glyphs.len())?;
        let set = fit.letter.set(glyphs);
        let first = -fit.step * (glyphs.len() as f64 - 1.0) / 2.0;
        let place = |(index, letter): (usize, Outline)| {
            let angle = first + fit.step * index as f64;
            letter.map(|[x, y]| turn([x, fit.feet + y], -angle))
        };
        Ok(set.into_iter().enumerate().map(place).collect())
    }

    /// The purpose of the seal in a straight line under the star.
    pub(super) fn purpose(&self, glyphs: &[Glyph]) -> Vec<Outline> {
        let letter = LetterBox { width: PURPOSE * PURPOSE_NARROWED * self.diameter, height: PURPOSE * self.diameter };
        let step = letter.width * 1.1;
        let first = -step * (glyphs.len() as f64 - 1.0) / 2.0;
        let feet = PURPOSE_MIDDLE * self.diameter - letter.height / 2.0;
        let place =
            |(index, letter): (usize, Outline)| letter.map(|[x, y]| [first + step * index as f64 + x, feet + y]);
        letter.set(glyphs).into_iter().enumerate().map(place).collect()
    }

    /// The seal code along the bottom, read from left to right: digits with their tops towards the centre.
    pub(super) fn code(&self, digits: &[Glyph]) -> Vec<Outline> {
        // A digit of Song type fills about 0.73 em of height and 0.5 em of width.
        let em = DIGIT * self.diameter / 0.73;
        let feet = self.letters_within() - 0.003 * self.diameter;
        let step = em * 0.76 / feet;
        let first = -step * (digits.len() as f64 - 1.0) / 2.0;
        let place = |(index, digit): (usize, &Glyph)| {
            let angle = first + step * index as f64;
            digit.outline.map(|[x, y]| turn([x * em, y * em - feet], angle))
        };
        digits.iter().enumerate().map(place).collect()
    }

    /// Radius of the ring's inner edge.
    fn inside(&self) -> f64 {
        self.diameter / 2.0 - RING_MM
    }

    /// Radius no letter reaches beyond.
    fn letters_within(&self) -> f64 {
        self.inside() - RING_GAP * self.diameter
    }

    /// Sets `count` letters so that they touch neither each other nor the ring nor the star.
    ///
    /// The arc grows with the name: 4 letters take 141 degrees, 8 take 199, 19 take 236, none more than 240. Letters are
    /// as high as [`LETTER`] allows while they stay wider than [`NARROW`]; beyond that they get smaller.
    fn fit_name(&self, count: usize) -> Result<ArcFit, ImprintError> {
        if count == 0 {
            return Err(ImprintError::EmptyName);
        }
        let arc = WIDEST_ARC * (1.0 - (-(count as f64) / 4.5).exp());
        let step = arc / count as f64;
        let tops = self.letters_within();
        let widest = self.fit_letter(step, tops).width;
        // The corners of a letter lie further out than the middle of its top.
        let tops = (tops * tops - widest * widest / 4.0).sqrt();
        let letter = self.fit_letter(step, tops);
        match letter.height >= SMALLEST_LETTER * self.diameter {
            true => Ok(ArcFit { step, letter, feet: tops - letter.height }),
            false => Err(ImprintError::NameTooLong(count)),
        }
    }

    /// The letter for an angle of `step` each and tops at radius `tops`.
    ///
    /// Between two neighbours runs the ray at half a step. A foot of the box, at (width / 2, feet), is off that ray by
    /// feet · sin(step / 2) − width / 2 · cos(step / 2), which must be half the gap.
    fn fit_letter(&self, step: f64, tops: f64) -> LetterBox {
        let highest = LETTER * self.diameter;
        let half = (step / 2.0).min(PI / 4.0);
        let lost = LETTER_GAP * self.diameter / half.cos();
        let room = |height: f64| 2.0 * (tops - height) * half.tan() - lost;
        // The height at which room(height) = NARROW * height.
        let narrow = (2.0 * tops * half.tan() - lost) / (NARROW + 2.0 * half.tan());
        let height = highest.min(narrow);
        LetterBox { width: room(height).min(WIDE * height), height }
    }
}

impl LetterBox {
    /// The glyphs scaled alike into the box: x from its middle, y from its feet. No ink leaves the box.
    fn set(self, glyphs: &[Glyph]) -> Vec<Outline> {
        // What Chinese characters fill of their square; the ink of a single text may reach a little further, and the
        // characters of a text like 二〇一 must not be blown up.
        let (mut half_width, mut bottom, mut top) = (0.455_f64, -0.065_f64, 0.825_f64);
        for bounds in glyphs.iter().filter_map(|glyph| glyph.outline.bounds()) {
            half_width = half_width.max(-bounds.min[0]).max(bounds.max[0]);
            bottom = bottom.min(bounds.min[1]);
            top = top.max(bounds.max[1]);
        }
        let (across, up) = (self.width / 2.0 / half_width, self.height / (top - bottom));
        let place = |[x, y]: Point| [x * across, (y - bottom) * up];
        glyphs.iter().map(|glyph| glyph.outline.map(place)).collect()
    }
}
