//! The imprint as a picture of dots: PNG with a palette of one red in 256 degrees of opacity (ISO/IEC 15948).

use tiny_skia::{FillRule, Mask, Path, PathBuilder, Transform};

use super::outline::{Outline, Point, Segment};
use super::{Imprint, ImprintError, MAX_DPI, RED};

const MM_PER_INCH: f64 = 25.4;

impl Imprint {
    /// The imprint at `dpi` dots per inch: transparent, edges smoothed, its resolution written down (`pHYs`), the square
    /// around it rounded up to whole dots and the imprint in its middle. 600 dpi is what electronic seals are made at.
    pub fn png(&self, dpi: u32) -> Result<Vec<u8>, ImprintError> {
        let coverage = self.coverage(dpi)?;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, coverage.width(), coverage.height());
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        // The index of a dot is its opacity.
        encoder.set_palette(RED.repeat(256));
        encoder.set_trns((0..=255).collect::<Vec<u8>>());
        let per_metre = (f64::from(dpi) * 1000.0 / MM_PER_INCH).round() as u32;
        let unit = png::Unit::Meter;
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
        let mut writer = encoder.write_header()?;
        writer.write_image_data(coverage.data())?;
        writer.finish()?;
        Ok(bytes)
    }

    /// How much of each dot the imprint covers, 0 to 255.
    fn coverage(&self, dpi: u32) -> Result<Mask, ImprintError> {
        if dpi > MAX_DPI {
            return Err(ImprintError::Resolution(dpi));
        }
        let dots_per_mm = f64::from(dpi) / MM_PER_INCH;
        let side = (self.diameter_mm * dots_per_mm).ceil() as u32;
        let mut mask = Mask::new(side, side).ok_or(ImprintError::Resolution(dpi))?;
        let (scale, middle) = (dots_per_mm as f32, side as f32 / 2.0);
        let place = Transform::from_row(scale, 0.0, 0.0, -scale, middle, middle);
        for path in self.shapes.iter().filter_map(Outline::path) {
            mask.fill_path(&path, FillRule::Winding, true, place);
        }
        Ok(mask)
    }
}

impl Outline {
    /// The same outline for the rasteriser; `None` if there is nothing to fill.
    pub(super) fn path(&self) -> Option<Path> {
        let mut path = PathBuilder::new();
        let single = |point: Point| point.map(|length| length as f32);
        for segment in self.segments() {
            match *segment {
                Segment::Move(to) => {
                    let [x, y] = single(to);
                    path.move_to(x, y);
                }
                Segment::Line(to) => {
                    let [x, y] = single(to);
                    path.line_to(x, y);
                }
                Segment::Curve(a, b, to) => {
                    let ([ax, ay], [bx, by], [x, y]) = (single(a), single(b), single(to));
                    path.cubic_to(ax, ay, bx, by, x, y);
                }
                Segment::Close => path.close(),
            }
        }
        path.finish()
    }
}
