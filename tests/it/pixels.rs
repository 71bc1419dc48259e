//! A page as poppler's `pdftoppm` draws it, measured dot by dot: is what was black still black under the seal?
//!
//! A seal must not hide what it stands on. In PDF that takes the blend mode Multiply; with the default, Normal, red ink
//! covers black letters and the page still looks right at a glance.

use std::io::Write;
use std::process::Command;

use yinxin::imprint::RED;

use crate::tools::ask;

const MM_PER_INCH: f64 = 25.4;

/// Text this dark before sealing must be there afterwards; greyer dots are edges of letters.
const BLACK: u8 = 48;
/// As light as a dot may be that was [`BLACK`]; red ink over black would make its red channel 223.
const STILL_BLACK: u8 = 80;
/// Paper without ink.
const PAPER: u8 = 250;
/// How far the red of a renderer may be off [`RED`], in each channel.
const RED_SPREAD: u8 = 12;
/// How far black crossing a stroke of the seal is looked for, in dots to either side.
const REACH: usize = 12;

/// A rectangle of a page: left, top, right, bottom in millimetres from the page's upper left corner.
pub(crate) type RectMm = [f64; 4];

/// A rendered page or a part of one.
pub(crate) struct Picture {
    width: usize,
    height: usize,
    dpi: f64,
    /// Upper left corner on the page, in dots.
    origin: [usize; 2],
    dots: Vec<[u8; 3]>,
}

/// What a seal stands on, as measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overlap {
    /// Dots of text crossed by strokes of the seal, all of them still black.
    pub(crate) black: usize,
    /// Dots of the seal's full red.
    pub(crate) red: usize,
}

impl Picture {
    /// Renders page `page` (from 1) of `pdf`, annotations included, as a screen shows it.
    pub(crate) fn render(pdf: &[u8], page: u32, dpi: u32) -> Self {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(pdf).unwrap();
        let (page, resolution) = (page.to_string(), dpi.to_string());
        let arguments = ["-png", "-singlefile", "-r", &resolution, "-f", &page, "-l", &page];
        let output = ask(Command::new("pdftoppm").args(arguments).arg(file.path()));
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !output.stdout.is_empty(), "pdftoppm: {complaints}");
        Self::of_png(&output.stdout, dpi)
    }

    /// Reads a PNG of a whole page; transparent dots are paper.
    pub(crate) fn of_png(png: &[u8], dpi: u32) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bytes).unwrap();
        let on_paper = |ink: u8, opacity: u8| {
            let (ink, opacity) = (u16::from(ink), u16::from(opacity));
            ((ink * opacity + 255 * (255 - opacity)) / 255) as u8
        };
        let dots = match frame.color_type {
            png::ColorType::Rgba => bytes.chunks(4).map(|d| [0, 1, 2].map(|c| on_paper(d[c], d[3]))).collect(),
            png::ColorType::GrayscaleAlpha => bytes.chunks(2).map(|d| [on_paper(d[0], d[1]); 3]).collect(),
            other => panic!("{other:?}"),
        };
        let (width, height) = (frame.width as usize, frame.height as usize);
        Self { width, height, dpi: dpi.into(), origin: [0, 0], dots }
    }

    /// The part of the page within `rect`.
    pub(crate) fn crop(&self, rect: RectMm) -> Self {
        let dot = |mm: f64, end: usize| ((mm * self.dpi / MM_PER_INCH).round().max(0.0) as usize).min(end);
        let (left, right) = (dot(rect[0], self.width), dot(rect[2], self.width));
        let (top, bottom) = (dot(rect[1], self.height), dot(rect[3], self.height));
        let rows = (top..bottom).flat_map(|row| &self.dots[row * self.width + left..row * self.width + right]);
        let (width, height) = (right - left, bottom - top);
        let origin = [self.origin[0] + left, self.origin[1] + top];
        Self { width, height, dpi: self.dpi, origin, dots: rows.copied().collect() }
    }

    /// The smallest rectangle around all dots of the seal's full red; `None` without any.
    pub(crate) fn red_bounds(&self) -> Option<RectMm> {
        let red = (0..self.dots.len()).filter(|&dot| is_red(self.dots[dot]));
        let bounds = red.fold(None, |bounds: Option<[usize; 4]>, dot| {
            let (x, y) = (dot % self.width + self.origin[0], dot / self.width + self.origin[1]);
            let [left, top, right, bottom] = bounds.unwrap_or([x, y, x + 1, y + 1]);
            Some([left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)])
        });
        bounds.map(|edges| edges.map(|edge| edge as f64 * MM_PER_INCH / self.dpi))
    }

    /// Where on the page a dot is, in millimetres, for messages.
    fn place(&self, dot: usize) -> String {
        let mm = |dots: usize| dots as f64 * MM_PER_INCH / self.dpi;
        let (x, y) = (dot % self.width + self.origin[0], dot / self.width + self.origin[1]);
        format!("{:.2} mm from the left, {:.2} mm from the top", mm(x), mm(y))
    }

    /// Whether there is full red on both sides of a dot, in its row or in its column.
    fn is_between_red(&self, dot: usize) -> bool {
        let (x, y) = (dot % self.width, dot / self.width);
        let red = |x: usize, y: usize| is_red(self.dots[y * self.width + x]);
        let in_row =
            || (x.saturating_sub(REACH)..x).any(|x| red(x, y)) && (x..self.width.min(x + REACH)).any(|x| red(x, y));
        let in_column =
            || (y.saturating_sub(REACH)..y).any(|y| red(x, y)) && (y..self.height.min(y + REACH)).any(|y| red(x, y));
        in_row() || in_column()
    }
}

/// Asserts that the seal in `sealed` hides nothing of what `unsealed`, the same part of the same page at the same
/// resolution, shows: every black dot is still black, paper became paper or a shade of red, and the seal really crosses
/// text (at least `least` dots of it), so that the measurement is not about nothing.
pub(crate) fn assert_black_under_seal(unsealed: &Picture, sealed: &Picture, least: usize) -> Overlap {
    assert_eq!((unsealed.width, unsealed.height), (sealed.width, sealed.height), "not the same part of the page");
    assert_eq!((unsealed.origin, unsealed.dpi), (sealed.origin, sealed.dpi), "not the same part of the page");
    let mut overlap = Overlap { black: 0, red: 0 };
    for (dot, (&before, &after)) in unsealed.dots.iter().zip(&sealed.dots).enumerate() {
        let place = || sealed.place(dot);
        overlap.red += usize::from(is_red(after));
        if before.iter().all(|&channel| channel <= BLACK) {
            let still_black = after.iter().all(|&channel| channel <= STILL_BLACK);
            assert!(still_black, "black became {after:?}, {}", place());
            overlap.black += usize::from(sealed.is_between_red(dot));
        } else if before.iter().all(|&channel| channel >= PAPER) {
            let [red, green, blue] = after;
            let shade = red >= RED[0] - RED_SPREAD && red >= green && green.abs_diff(blue) <= RED_SPREAD;
            let still_paper = after.iter().all(|&channel| channel >= PAPER);
            assert!(shade || still_paper, "paper became {after:?}, {}", place());
        }
    }
    assert!(overlap.red > 0, "there is no seal");
    assert!(overlap.black >= least, "the seal crosses only {} dots of text", overlap.black);
    overlap
}

fn is_red(dot: [u8; 3]) -> bool {
    dot.iter().zip(RED).all(|(channel, red)| channel.abs_diff(red) <= RED_SPREAD)
}

/// The ruler itself, held against pages whose state is known.
mod tests {
    use super::*;
    use lopdf::{Document, Object, Stream, dictionary};
    use yinxin::imprint::{Imprint, PdfForm, SealDesign, SealKind};

    fn seal() -> PdfForm {
        let face = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/fonts/YinxinSong-Bold.ttf");
        let name = "吉林市市场监督管理局经济技术开发区分局".to_owned();
        let design = SealDesign { name, kind: SealKind::Approval, diameter_mm: 42, code: None };
        Imprint::draw(&design, &std::fs::read(face).unwrap()).unwrap().pdf_form()
    }

    /// A page of 60 mm with black bars of 0.5 mm, one every 5 mm, and a seal with its corner at 9 mm.
    fn page(blend: Option<&str>) -> Vec<u8> {
        const MM: f64 = 72.0 / 25.4;
        let mut content = String::from("0 g\n");
        for bar in 1..12 {
            content += &format!("{} {} {} {} re f\n", 5.0 * MM, f64::from(bar) * 5.0 * MM, 50.0 * MM, 0.5 * MM);
        }
        let mut pdf = Document::with_version("1.7");
        let mut resources = dictionary! {};
        if let Some(blend) = blend {
            content += &format!("q /Blend gs 1 0 0 1 {} {} cm /Seal Do Q\n", 9.0 * MM, 9.0 * MM);
            let seal = seal();
            let bbox = seal.bbox.map(|edge| Object::Real(edge as f32)).to_vec();
            let form = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => bbox };
            let form = pdf.add_object(Stream::new(form, seal.content));
            resources.set("XObject", dictionary! { "Seal" => form });
            resources.set("ExtGState", dictionary! { "Blend" => dictionary! { "BM" => blend } });
        }
        let content = pdf.add_object(Stream::new(dictionary! {}, content.into_bytes()));
        let pages = pdf.new_object_id();
        let side = Object::Real((60.0 * MM) as f32);
        let page = pdf.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), side.clone(), side],
        });
        let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
        pdf.objects.insert(pages, tree.into());
        let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        pdf.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).unwrap();
        bytes
    }

    fn render(blend: Option<&str>) -> Picture {
        Picture::render(&page(blend), 1, 300)
    }

    #[test]
    fn a_multiplied_seal_hides_nothing() {
        let sealed = render(Some("Multiply"));
        let overlap = assert_black_under_seal(&render(None), &sealed, 1000);
        assert!(overlap.red > 10_000, "{overlap:?}");
        let bounds = sealed.red_bounds().unwrap();
        for (edge, expected) in bounds.into_iter().zip([9.0, 9.0, 51.0, 51.0]) {
            assert!((edge - expected).abs() < 0.15, "seal at {bounds:?}");
        }
        let star = [22.5, 22.5, 37.5, 36.5];
        let overlap = assert_black_under_seal(&render(None).crop(star), &sealed.crop(star), 300);
        let bounds = sealed.crop(star).red_bounds().unwrap();
        assert!(overlap.black < 10_000 && bounds[0] > 23.2 && bounds[2] < 36.8, "{overlap:?} {bounds:?}");
    }

    #[test]
    #[should_panic(expected = "black became")]
    fn a_covering_seal_is_found_out() {
        assert_black_under_seal(&render(None), &render(Some("Normal")), 1000);
    }

    #[test]
    #[should_panic(expected = "there is no seal")]
    fn a_missing_seal_is_found_out() {
        assert_black_under_seal(&render(None), &render(None), 1);
    }

    #[test]
    #[should_panic(expected = "paper became")]
    fn further_text_is_found_out() {
        let mut sealed = render(Some("Multiply"));
        sealed.dots[5] = [0, 0, 0];
        assert_black_under_seal(&render(None), &sealed, 1);
    }

    #[test]
    #[should_panic(expected = "crosses only 0 dots")]
    fn a_seal_beside_the_text_is_found_out() {
        let between_bars = [20.0, 26.0, 40.0, 29.0];
        assert_black_under_seal(&render(None).crop(between_bars), &render(Some("Multiply")).crop(between_bars), 1);
    }
}
