//! Matrices and rectangles (ISO 32000-1, 8.3.3 and 8.3.4), in points.

use super::super::value::Value;

/// `[a b c d e f]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

/// Left, bottom, right, top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect(pub(super) [f64; 4]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) const fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(super) fn read(value: &Value) -> Option<Self> {
        numbers(value.as_array()?).map(Self)
    }

    /// First this, then `after`.
    pub(super) fn then(&self, after: &Self) -> Self {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, after.0);
        Self([a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u])
    }

    pub(super) fn apply(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Whether upright rectangles stay upright: turned by right angles at most.
    pub(super) fn is_upright(&self) -> bool {
        let [a, b, c, d, ..] = self.0.map(f64::abs);
        let small = 1e-3 * (a + b + c + d);
        (b <= small && c <= small) || (a <= small && d <= small)
    }
}

impl Rect {
    pub(super) const UNIT: Self = Self([0.0, 0.0, 1.0, 1.0]);
    pub(super) const EVERYWHERE: Self = Self([-1e9, -1e9, 1e9, 1e9]);

    /// Two opposite corners, in any order.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let [a, b, c, d] = numbers(value.as_array()?)?;
        Some(Self([a.min(c), b.min(d), a.max(c), b.max(d)]))
    }

    /// The smallest that holds all these points; `None` without any.
    pub(super) fn around(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        points.into_iter().fold(None, |rect: Option<Self>, (x, y)| {
            let [left, bottom, right, top] = rect.map_or([x, y, x, y], |rect| rect.0);
            Some(Self([left.min(x), bottom.min(y), right.max(x), top.max(y)]))
        })
    }

    pub(super) fn corners(&self) -> [(f64, f64); 4] {
        let [left, bottom, right, top] = self.0;
        [(left, bottom), (right, bottom), (right, top), (left, top)]
    }

    pub(super) fn under(&self, matrix: &Matrix) -> Self {
        Self::around(self.corners().map(|corner| matrix.apply(corner))).unwrap_or(*self)
    }

    pub(super) fn meet(&self, other: &Self) -> Self {
        let ([a, b, c, d], [p, q, r, s]) = (self.0, other.0);
        Self([a.max(p), b.max(q), c.min(r), d.min(s)])
    }

    /// Larger by so much on every side.
    pub(super) fn grown(&self, by: f64) -> Self {
        let [left, bottom, right, top] = self.0;
        Self([left - by, bottom - by, right + by, top + by])
    }

    pub(super) fn holds(&self, (x, y): (f64, f64)) -> bool {
        let [left, bottom, right, top] = self.0;
        left <= x && x <= right && bottom <= y && y <= top
    }

    /// Zero or less if it is empty.
    pub(super) fn width(&self) -> f64 {
        self.0[2] - self.0[0]
    }

    pub(super) fn height(&self) -> f64 {
        self.0[3] - self.0[1]
    }

    pub(super) fn area(&self) -> f64 {
        self.width().max(0.0) * self.height().max(0.0)
    }
}

/// Exactly so many finite numbers.
pub(super) fn numbers<const N: usize>(values: &[Value]) -> Option<[f64; N]> {
    let values: [&Value; N] = values.iter().collect::<Vec<_>>().try_into().ok()?;
    let mut out = [0.0; N];
    for (number, value) in out.iter_mut().zip(values) {
        *number = value.as_number().filter(|n| n.is_finite())?;
    }
    Some(out)
}
