//! Pages as pictures (pure; rendered by hayro): what people see before they approve, and where a signed page looks different today.
//!
//! *Not trusted*: the bytes. hayro reads more than [`crate::pdf::read`] does and mends what is broken, so a picture proves nothing: it
//! shows. It may also take any amount of time and memory, so that files of anybody are drawn in a process of their own, which
//! [`views::answer`] is the whole work of.

mod difference;
pub mod views;

use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{self, Affine};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use serde::{Deserialize, Serialize};

pub use difference::difference;

/// Lowest and highest resolution, in dots per inch.
pub const DPI: std::ops::RangeInclusive<u16> = 36..=300;
/// Most pixels of one page: A3 at 300 dpi.
const MAX_PIXELS: f32 = 3_600.0 * 5_000.0;

/// Why a page could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Not a PDF this reader understands, or an encrypted one.
    #[error("not a readable PDF")]
    NotAPdf,
    /// There is no such page.
    #[error("the document has {pages} page(s)")]
    NoSuchPage {
        /// How many it has.
        pages: usize,
    },
    /// The resolution is outside [`DPI`], or the page is larger than A3 at 300 dpi.
    #[error("the picture would be too large or too small")]
    Size,
    /// The picture could not be encoded.
    #[error("the picture could not be encoded")]
    Encode,
}

/// A rectangle of a picture, in dots from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rect {
    /// Its left edge.
    pub x: u32,
    /// Its upper edge.
    pub y: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// Dots in rows from the top, four bytes each: red, green, blue, and one that is always 255.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Pixels {
    /// Dots in a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The dots of one row.
    fn row(&self, y: u32) -> &[[u8; 4]] {
        let length = self.width as usize;
        let (dots, _) = self.rgba.as_chunks();
        dots.get(y as usize * length..).and_then(|rest| rest.get(..length)).unwrap_or_default()
    }

    /// As a PNG without transparency.
    ///
    /// # Errors
    /// If the encoder refuses.
    pub fn png(&self) -> Result<Vec<u8>, PictureError> {
        let (dots, _) = self.rgba.as_chunks::<4>();
        let rgb: Vec<u8> = dots.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&rgb)?;
            writer.finish()
        });
        written.map_err(|_| PictureError::Encode)?;
        Ok(bytes)
    }
}

/// A page drawn on white.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Its dots.
    pub pixels: Pixels,
    place: Affine,
}

impl Drawn {
    /// Where a rectangle of the page, in points as a PDF writes it, lies in the picture; `None` if nothing of it does or if it is
    /// too small to be seen.
    pub fn place(&self, points: [f64; 4]) -> Option<Rect> {
        let [x0, y0, x1, y1] = points;
        let seen = points.iter().all(|at| at.is_finite()) && (x1 - x0).abs() >= 1.0 && (y1 - y0).abs() >= 1.0;
        seen.then_some(())?;
        let whole = kurbo::Rect::new(0.0, 0.0, self.pixels.width.into(), self.pixels.height.into());
        let found = self.place.transform_rect_bbox(kurbo::Rect::new(x0, y0, x1, y1).abs()).intersect(whole).expand();
        // Within the picture, whose sides are below 65,536.
        let rect =
            Rect { x: found.x0 as u32, y: found.y0 as u32, width: found.width() as u32, height: found.height() as u32 };
        (rect.width > 0 && rect.height > 0).then_some(rect)
    }
}

/// A document opened for looking at.
pub struct Pictures(Pdf);

impl Pictures {
    /// Reads the structure of `pdf`.
    pub fn open(pdf: Vec<u8>) -> Result<Self, PictureError> {
        Self::open_prefix(&Arc::new(pdf), usize::MAX)
    }

    /// Reads the structure of the first `end` bytes of `pdf`: what it was when they were all there was.
    pub fn open_prefix(pdf: &Arc<Vec<u8>>, end: usize) -> Result<Self, PictureError> {
        Pdf::new(Arc::new(Prefix(pdf.clone(), end))).map(Self).map_err(|_| PictureError::NotAPdf)
    }

    /// Number of pages.
    pub fn pages(&self) -> usize {
        self.0.pages().len()
    }

    /// Page `index` (from 0) on white, as a PNG.
    pub fn png(&self, index: usize, dpi: u16) -> Result<Vec<u8>, PictureError> {
        let page = self.page(index)?;
        let scale = f32::from(dpi) / 72.0;
        let (width, height) = page.render_dimensions();
        if !DPI.contains(&dpi) || width * height * scale * scale > MAX_PIXELS {
            return Err(PictureError::Size);
        }
        draw(page, scale)?.into_png().map_err(|_| PictureError::Encode)
    }

    /// Page `index` (from 0) at `dpi`, or as much smaller as makes its longer side `most` dots.
    pub fn draw(&self, index: usize, dpi: u16, most: u16) -> Result<Drawn, PictureError> {
        let page = self.page(index)?;
        let (width, height) = page.render_dimensions();
        let scale = (f32::from(dpi) / 72.0).min(f32::from(most) / width.max(height));
        let pixmap = draw(page, scale)?;
        let pixels = Pixels {
            width: pixmap.width().into(),
            height: pixmap.height().into(),
            rgba: pixmap.data_as_u8_slice().to_vec(),
        };
        Ok(Drawn { pixels, place: Affine::scale(scale.into()) * page.initial_transform(true).to_kurbo() })
    }

    fn page(&self, index: usize) -> Result<&Page<'_>, PictureError> {
        self.0.pages().get(index).ok_or(PictureError::NoSuchPage { pages: self.pages() })
    }
}

fn draw<'a>(page: &'a Page<'a>, scale: f32) -> Result<Pixmap, PictureError> {
    let (width, height) = page.render_dimensions();
    let sides = 1.0..f32::from(u16::MAX);
    if !sides.contains(&(width * scale)) || !sides.contains(&(height * scale)) {
        return Err(PictureError::Size);
    }
    let size = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    Ok(render(page, &RenderCache::new(), &InterpreterSettings::default(), &RenderSettings::default(), &size))
}

/// The beginning of shared bytes.
struct Prefix(Arc<Vec<u8>>, usize);

impl AsRef<[u8]> for Prefix {
    fn as_ref(&self) -> &[u8] {
        self.0.get(..self.1).unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests;
