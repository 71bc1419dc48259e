//! The same imprint in PDF, SVG and PNG: rendered by others, laid over each other.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use lopdf::{Document, Object, Stream, dictionary};

use super::super::{PdfForm, SealKind};
use super::picture::Picture;
use super::{NAMES, design, draw};

/// A page of the size of the imprint with forms on it, each moved to the right by so many points, as PDF bytes.
fn page(side: f64, forms: Vec<(f64, PdfForm)>) -> Vec<u8> {
    let mut pdf = Document::with_version("1.7");
    let mut content = String::new();
    let mut names = lopdf::Dictionary::new();
    for (index, (right, form)) in forms.into_iter().enumerate() {
        let bbox = form.bbox.map(|edge| Object::Real(edge as f32)).to_vec();
        let dictionary = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => bbox };
        names.set(format!("F{index}"), pdf.add_object(Stream::new(dictionary, form.content)));
        content += &format!("q 1 0 0 1 {right} 0 cm /F{index} Do Q\n");
    }
    let content = pdf.add_object(Stream::new(dictionary! {}, content.into_bytes()));
    let pages = pdf.new_object_id();
    let page = pdf.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "MediaBox" => vec![0.into(), 0.into(), Object::Real(side as f32), Object::Real(side as f32)],
        "Resources" => dictionary! { "XObject" => names },
    });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    pdf.objects.insert(pages, tree.into());
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    pdf.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

/// Renders the page at `dots` per side.
fn rendered(pdf: Vec<u8>, dots: f64) -> Picture {
    let pdf = Pdf::new(pdf).unwrap();
    let page = &pdf.pages()[0];
    // A hair more, so that the size is not rounded down to one dot less.
    let scale = ((dots + 0.01) / f64::from(page.render_dimensions().0)) as f32;
    let scale = PixmapSettings { x_scale: scale, y_scale: scale, ..PixmapSettings::default() };
    let dots = render(page, &RenderCache::new(), &InterpreterSettings::default(), &RenderSettings::default(), &scale);
    assert_eq!(dots.width(), dots.height());
    let side = dots.width().into();
    let opacity = dots.data().iter().map(|dot| dot.a).collect();
    Picture { side, dots_per_mm: 600.0 / 25.4, opacity }
}

/// The greatest and the mean difference of two pictures of the same size, in 255ths.
fn difference(a: &Picture, b: &Picture) -> (u8, f64) {
    assert_eq!(a.side, b.side);
    let differences = a.opacity.iter().zip(&b.opacity).map(|(a, b)| a.abs_diff(*b));
    let sum = differences.clone().map(f64::from).sum::<f64>();
    (differences.max().unwrap(), sum / a.opacity.len() as f64)
}

#[test]
fn pdf_and_png_show_the_same() {
    let mut design = design(NAMES[3], SealKind::Approval);
    design.code = Some("22020100012345".to_owned());
    let imprint = draw(&design);
    // At 635 dpi 42 mm are 1050 dots exactly. The two rasterisers smooth edges differently; a shift of a quarter of a
    // dot (10 µm) would double the mean.
    let png = Picture::of_png(&imprint.png(635).unwrap());
    assert_eq!(png.side, 1050);
    let form = imprint.pdf_form();
    let side = form.bbox[2];
    assert!((side - 42.0 * 72.0 / 25.4).abs() < 1e-9 && form.bbox == [0.0, 0.0, side, side]);
    let pdf = rendered(page(side, vec![(0.0, form)]), 1050.0);
    let (greatest, mean) = difference(&png, &pdf);
    assert!(greatest < 160 && mean < 0.7, "greatest {greatest}, mean {mean}");
}

#[test]
fn strips_side_by_side_make_the_whole_seal() {
    let imprint = draw(&design(NAMES[3], SealKind::Approval));
    let whole = imprint.pdf_form();
    let side = whole.bbox[2];
    let whole = rendered(page(side, vec![(0.0, whole)]), 1050.0);
    // Numbers of strips whose borders fall between two dots.
    for count in [1, 2, 3, 5, 7, 10, 25] {
        let strips = (0..count).map(|index| imprint.pdf_slice(index, count).unwrap()).collect::<Vec<_>>();
        let width = side / f64::from(count);
        assert!(strips.iter().all(|strip| strip.bbox == [0.0, 0.0, width, side]));
        let place = |(index, strip)| (width * index as f64, strip);
        let joined = rendered(page(side, strips.iter().cloned().enumerate().map(place).collect()), 1050.0);
        let (greatest, mean) = difference(&whole, &joined);
        assert!(greatest <= 24 && mean < 0.05, "{count} strips: greatest {greatest}, mean {mean}");

        // One strip alone is its part of the whole and nothing else.
        let index = count / 2;
        let alone = vec![(width * f64::from(index), strips[index as usize].clone())];
        let mut part = rendered(page(side, alone), 1050.0);
        let columns = 1050 / count as usize;
        let mine = columns * index as usize..columns * (index as usize + 1);
        for (dot, opacity) in part.opacity.iter_mut().enumerate().filter(|(dot, _)| !mine.contains(&(dot % 1050))) {
            assert!(*opacity <= 24, "strip {index} of {count} has ink in column {}", dot % 1050);
            *opacity = whole.opacity[dot];
        }
        assert!(difference(&whole, &part).0 <= 24, "strip {index} of {count}");
    }
    assert!(imprint.pdf_slice(3, 3).is_none() && imprint.pdf_slice(0, 0).is_none());
}

#[test]
fn strips_leave_out_what_they_do_not_show() {
    let imprint = draw(&design(NAMES[3], SealKind::Approval));
    let whole = imprint.pdf_form().content.len();
    let strips = (0..10).map(|index| imprint.pdf_slice(index, 10).unwrap().content.len()).sum::<usize>();
    assert!(strips < whole * 3, "10 strips take {strips} bytes, the whole {whole}");
}

#[test]
fn the_form_is_small_and_fills_and_nothing_else() {
    let mut design = design(NAMES[3], SealKind::Approval);
    design.code = Some("22020100012345".to_owned());
    let content = draw(&design).pdf_form().content;
    assert_eq!(content, draw(&design).pdf_form().content);
    assert!(content.len() < 48_000, "{} bytes", content.len());
    let content = lopdf::content::Content::decode(&content).unwrap();
    for operation in &content.operations {
        assert!(["rg", "cm", "m", "l", "c", "h", "f"].contains(&operation.operator.as_str()), "{operation:?}");
    }
    assert_eq!(content.operations[0].operator, "rg");
    // Ring, star, 19 letters, 7 letters, 14 digits.
    assert_eq!(content.operations.iter().filter(|operation| operation.operator == "f").count(), 2 + 19 + 7 + 14);
}

#[test]
fn svg_and_png_show_the_same() {
    let mut design = design(NAMES[3], SealKind::Approval);
    design.name.push_str("<&>");
    let imprint = draw(&design);
    let svg = imprint.svg();
    assert!(svg.contains("width=\"42mm\" height=\"42mm\" viewBox=\"0 0 42 42\""));
    assert!(svg.contains("分局&lt;&amp;&gt;</title>"));
    assert!(svg.contains("fill=\"#df191d\""));
    let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut mask = tiny_skia::Mask::new(1050, 1050).unwrap();
    let scale = tiny_skia::Transform::from_scale(25.0, 25.0);
    mask.fill_path(&svg_path(path), tiny_skia::FillRule::Winding, true, scale);
    let svg = Picture { side: 1050, dots_per_mm: 25.0, opacity: mask.data().to_vec() };
    let (greatest, mean) = difference(&svg, &Picture::of_png(&imprint.png(635).unwrap()));
    assert!(greatest < 100 && mean < 0.2, "greatest {greatest}, mean {mean}");
}

/// Reads path data of absolute M, L, C and Z (SVG 1.1, 8.3).
fn svg_path(data: &str) -> tiny_skia::Path {
    let mut path = tiny_skia::PathBuilder::new();
    let mut rest = data;
    while let Some(command) = rest.chars().next() {
        let end = rest[1..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |at| at + 1);
        let numbers = rest[1..end].split_whitespace().map(|number| number.parse().unwrap()).collect::<Vec<f32>>();
        match (command, numbers.as_slice()) {
            ('M', &[x, y]) => path.move_to(x, y),
            ('L', &[x, y]) => path.line_to(x, y),
            ('C', &[ax, ay, bx, by, x, y]) => path.cubic_to(ax, ay, bx, by, x, y),
            ('Z', &[]) => path.close(),
            other => panic!("{other:?}"),
        }
        rest = &rest[end..];
    }
    path.finish().unwrap()
}
