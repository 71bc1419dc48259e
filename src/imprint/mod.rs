//! The imprint of a seal (印模) as vectors: ring, star and text; as PDF form, SVG and PNG (pure).
//!
//! A round seal of an organ of state, as 国发〔1999〕25号 describes it: five-pointed star in the centre, the organ's name
//! on the upper arc from left to right, in simplified characters and Song type (宋体), all in one red. The approval seal
//! (行政审批专用章) carries its purpose in a straight line under the star. Proportions (in `layout`) follow real electronic
//! seals of 40, 42 and 45 mm.
//!
//! In scope: where every line goes, and three ways to write it down. Out of scope: where on a page it stands (`pdf`),
//! and whether anyone may use it (`hall`). Trusted: the face is the project's own font file, not one sent by a stranger.

mod form;
mod glyphs;
mod layout;
mod outline;
mod raster;
mod svg;

#[cfg(test)]
mod tests;

pub use form::PdfForm;

use outline::Outline;

/// The red of the seal, as 8-bit sRGB.
pub const RED: [u8; 3] = [0xDF, 0x19, 0x1D];

/// The finest resolution [`Imprint::png`] draws at, in dots per inch (a 60 mm seal then takes 32 MB).
pub const MAX_DPI: u32 = 2400;

/// Diameters a seal can have, in millimetres. 国发〔1999〕25号 knows 38 mm (special seals) to 50 mm (ministries).
pub const DIAMETERS_MM: std::ops::RangeInclusive<u8> = 30..=60;

/// What a seal says and how large it is: everything its imprint depends on besides the face. Fit to be a cache key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SealDesign {
    /// Full name of the organ, set on the upper arc.
    pub name: String,
    /// Which seal of the organ it is.
    pub kind: SealKind,
    /// Outer diameter in millimetres, one of [`DIAMETERS_MM`].
    pub diameter_mm: u8,
    /// Seal code (印章编码), 14 digits, set small along the bottom; `None` leaves the bottom empty.
    pub code: Option<String>,
}

/// The seals a department has in the hall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealKind {
    /// 行政审批专用章, usually 42 mm.
    Approval,
    /// 部门行政印章, the department's own seal, usually 45 mm: its name and nothing else.
    Department,
}

impl SealKind {
    /// The words in a straight line under the star.
    fn purpose(self) -> &'static str {
        match self {
            Self::Approval => "行政审批专用章",
            Self::Department => "",
        }
    }
}

/// Why an imprint cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ImprintError {
    /// The face is not an OpenType font.
    #[error("the face of the seal cannot be read")]
    Face(#[from] ttf_parser::FaceParsingError),
    /// The face has no outline for these characters of the name, the purpose or the code, each named once.
    #[error("the face of the seal has no glyph for {0:?}")]
    MissingGlyphs(String),
    /// The name has no characters.
    #[error("a seal needs a name")]
    EmptyName,
    /// The name has so many characters that they could not be read on a seal of this size.
    #[error("a name of {0} characters cannot be read on a seal of this size")]
    NameTooLong(usize),
    /// The seal code is not 14 digits.
    #[error("a seal code has 14 digits")]
    Code,
    /// The diameter, in millimetres, is not one of [`DIAMETERS_MM`].
    #[error("a seal cannot be {0} mm wide")]
    Diameter(u8),
    /// The resolution is 0 or above [`MAX_DPI`].
    #[error("an imprint cannot be drawn at {0} dpi")]
    Resolution(u32),
    /// The PNG encoder refused.
    #[error("the imprint cannot be written as PNG")]
    Png(#[from] png::EncodingError),
}

/// A drawn imprint: outlines to be filled with [`RED`], non-zero winding. Immutable; the same design and face give the
/// same imprint and the same bytes in every format.
#[derive(Debug, Clone)]
pub struct Imprint {
    name: String,
    diameter_mm: f64,
    /// Ring, star, then one outline per character; millimetres from the centre, y upwards. They do not overlap.
    shapes: Vec<Outline>,
}

impl Imprint {
    /// Draws `design` with the glyphs of `song_face`, an OpenType font file of Song type (the first face of a collection).
    pub fn draw(design: &SealDesign, song_face: &[u8]) -> Result<Self, ImprintError> {
        let seal = layout::Seal::new(design.diameter_mm)?;
        let code = design.code.as_deref().unwrap_or_default();
        if design.code.is_some() && (code.len() != 14 || !code.bytes().all(|b| b.is_ascii_digit())) {
            return Err(ImprintError::Code);
        }
        let [name, purpose, code] = glyphs::find(song_face, [&design.name, design.kind.purpose(), code])?;

        let mut shapes = vec![seal.ring(), seal.star()];
        shapes.extend(seal.name(&name)?);
        shapes.extend(seal.purpose(&purpose));
        shapes.extend(seal.code(&code));
        Ok(Self { name: design.name.clone(), diameter_mm: seal.diameter_mm(), shapes })
    }

    /// Outer diameter in millimetres.
    pub fn diameter_mm(&self) -> f64 {
        self.diameter_mm
    }
}
