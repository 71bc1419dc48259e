//! Closed outlines made of lines and cubic Bézier curves, and the affine maps that put them in their place.

/// A point or a vector: x to the right, y upwards.
pub(super) type Point = [f64; 2];

/// One step of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Segment {
    Move(Point),
    Line(Point),
    /// Two control points, then the end.
    Curve(Point, Point, Point),
    Close,
}

/// A filled shape: closed contours, non-zero winding.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Outline {
    segments: Vec<Segment>,
}

/// The smallest upright rectangle around a shape (its control points included).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) min: Point,
    pub(super) max: Point,
}

impl Outline {
    /// A polygon through `corners`.
    pub(super) fn polygon(corners: impl IntoIterator<Item = Point>) -> Self {
        let mut outline = Self::default();
        for corner in corners {
            outline.segments.push(match outline.segments.is_empty() {
                true => Segment::Move(corner),
                false => Segment::Line(corner),
            });
        }
        outline.segments.push(Segment::Close);
        outline
    }

    /// The area between two circles around the origin.
    pub(super) fn ring(outer: f64, inner: f64) -> Self {
        let mut outline = Self::default();
        // Opposite directions, so that the winding number inside the inner circle is 0.
        outline.circle(outer, 1.0);
        outline.circle(inner, -1.0);
        outline
    }

    /// A circle of eight arcs (each off the true circle by less than 5 millionths of the radius).
    fn circle(&mut self, radius: f64, direction: f64) {
        const ARCS: u32 = 8;
        let step = direction * std::f64::consts::TAU / f64::from(ARCS);
        let handle = 4.0 / 3.0 * (step / 4.0).tan();
        let at = |angle: f64, along: f64| {
            let (sin, cos) = angle.sin_cos();
            [radius * (cos - along * sin), radius * (sin + along * cos)]
        };
        self.segments.push(Segment::Move(at(0.0, 0.0)));
        for arc in 0..ARCS {
            let (from, to) = (step * f64::from(arc), step * f64::from(arc + 1));
            self.segments.push(Segment::Curve(at(from, handle), at(to, -handle), at(to, 0.0)));
        }
        self.segments.push(Segment::Close);
    }

    /// The outline with every point put through `map`, which must be affine.
    pub(super) fn map(&self, map: impl Fn(Point) -> Point) -> Self {
        let segments = self.segments.iter().map(|segment| match *segment {
            Segment::Move(to) => Segment::Move(map(to)),
            Segment::Line(to) => Segment::Line(map(to)),
            Segment::Curve(a, b, to) => Segment::Curve(map(a), map(b), map(to)),
            Segment::Close => Segment::Close,
        });
        Self { segments: segments.collect() }
    }

    pub(super) fn push(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// `None` for an outline without points.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        let points = self.segments.iter().flat_map(|segment| match *segment {
            Segment::Move(to) | Segment::Line(to) => vec![to],
            Segment::Curve(a, b, to) => vec![a, b, to],
            Segment::Close => vec![],
        });
        points.fold(None, |bounds, [x, y]| {
            let Bounds { min, max } = bounds.unwrap_or(Bounds { min: [x, y], max: [x, y] });
            Some(Bounds { min: [min[0].min(x), min[1].min(y)], max: [max[0].max(x), max[1].max(y)] })
        })
    }
}

/// Turns `point` around the origin by `angle` radians, counter-clockwise.
pub(super) fn turn(point: Point, angle: f64) -> Point {
    let (sin, cos) = angle.sin_cos();
    [point[0] * cos - point[1] * sin, point[0] * sin + point[1] * cos]
}
