//! Pages as pictures, for people to see before they approve (rendered by hayro, the same bytes that will be sealed).

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

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

/// A document opened for looking at.
pub struct Pictures(Pdf);

impl Pictures {
    /// Reads the structure of `pdf`.
    pub fn open(pdf: Vec<u8>) -> Result<Self, PictureError> {
        Pdf::new(pdf).map(Self).map_err(|_| PictureError::NotAPdf)
    }

    /// Number of pages.
    pub fn pages(&self) -> usize {
        self.0.pages().len()
    }

    /// Page `index` (from 0) on white, as a PNG.
    pub fn png(&self, index: usize, dpi: u16) -> Result<Vec<u8>, PictureError> {
        let page = self.0.pages().get(index).ok_or(PictureError::NoSuchPage { pages: self.pages() })?;
        let scale = f32::from(dpi) / 72.0;
        let (width, height) = page.render_dimensions();
        let (width, height) = (width * scale, height * scale);
        let sides = 1.0..f32::from(u16::MAX);
        if !DPI.contains(&dpi) || !sides.contains(&width) || !sides.contains(&height) || width * height > MAX_PIXELS {
            return Err(PictureError::Size);
        }
        let size = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        let pixels =
            render(page, &RenderCache::new(), &InterpreterSettings::default(), &RenderSettings::default(), &size);
        pixels.into_png().map_err(|_| PictureError::Encode)
    }
}
