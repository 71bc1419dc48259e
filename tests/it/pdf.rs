//! Stamped documents before programs that nobody here wrote: qpdf reads their structure, poppler and MuPDF draw them.
//!
//! `tests/data/pdf/typst-a2b.pdf`: two A4 pages, PDF/A-2b as typst 0.15 exports it, with a link on the first.

use std::path::Path;
use std::process::Command;

use yinxin::pdf::read::{Document, Limits};
use yinxin::pdf::{FieldPlan, Form, Locks, Permission, RectMm, SeamSlice, StampPlan, Stamped, fill, prepare, stamp};

use crate::tools;

const PAGE: &[u8] = include_bytes!("../data/pdf/typst-a2b.pdf");
/// Points in 42 mm.
const SIDE: f64 = 119.055;

/// A red disc without a hole, so that everything under it is covered.
fn disc() -> Form {
    let (r, k) = (SIDE / 2.0, SIDE / 2.0 * 0.552_285);
    let (c, d) = (r, SIDE);
    let curves = format!(
        "1 0 0 rg {d} {c} m {d} {} {} {d} {c} {d} c {} {d} 0 {} 0 {c} c 0 {} {} 0 {c} 0 c {} 0 {d} {} {d} {c} c f",
        c + k,
        c + k,
        c - k,
        c + k,
        c - k,
        c - k,
        c + k,
        c - k
    );
    Form::new(curves.as_bytes(), [0.0, 0.0, SIDE, SIDE])
}

/// Over the issuer's name and the date at the foot of the first page.
fn over_the_issuer() -> RectMm {
    RectMm { left: 25.0, top: 242.0, width: 42.0, height: 42.0 }
}

fn plan<'f>(field: &str, appearance: &'f Form, permission: Permission) -> StampPlan<'f> {
    StampPlan {
        field: field.to_owned(),
        appearance,
        seam: Vec::new(),
        permission,
        signed_at: "2026-11-22T01:30:05Z".parse().unwrap(),
        signer: "吉林经济技术开发区建设局行政审批专用章".to_owned(),
        reason: Some("建筑工程施工许可证".to_owned()),
        hole: 6000,
    }
}

fn der(length: usize) -> Vec<u8> {
    let mut out = vec![0x30, 0x82, ((length - 4) >> 8) as u8, (length - 4) as u8];
    out.resize(length, 0xa5);
    out
}

/// Two seals and a seam seal, and every revision on the way.
fn revisions() -> Vec<Vec<u8>> {
    let disc = disc();
    let half = Form::new(b"1 0 0 rg 0 0 59.5275 119.055 re f", [0.0, 0.0, SIDE / 2.0, SIDE]);
    let field = |name: &str, left: f64, locks| {
        let rect = RectMm { left, ..over_the_issuer() };
        FieldPlan { name: name.to_owned(), page: 0, rect, locks }
    };
    let fields = [field("印章-1", 25.0, Locks::Nothing), field("印章-2", 100.0, Locks::Everything)];
    let prepared = prepare(PAGE, &fields).unwrap();
    let rect = RectMm { left: 189.0, top: 120.0, width: 21.0, height: 42.0 };
    let seam = (0..2).map(|page| SeamSlice { page, rect, form: &half }).collect();
    let first = stamp(&prepared, &StampPlan { seam, ..plan("印章-1", &disc, Permission::CertifyOpen) }).unwrap();
    let sealed = fill(&first, &der(3000)).unwrap();
    let second = stamp(&sealed, &plan("印章-2", &disc, Permission::Approve)).unwrap();
    let both = fill(&second, &der(3000)).unwrap();
    vec![prepared, first.bytes().to_vec(), sealed, second.bytes().to_vec(), both]
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    tools::run(Command::new(program).args(arguments).current_dir(folder))
}

#[test]
fn every_revision_is_well_formed_for_qpdf() {
    let folder = tempfile::tempdir().unwrap();
    let mut previous = PAGE.to_vec();
    for (i, bytes) in revisions().into_iter().enumerate() {
        if i != 2 && i != 4 {
            assert!(bytes.starts_with(&previous), "revision {i} leaves the earlier one untouched");
            previous.clone_from(&bytes);
        } else {
            previous.clone_from(&bytes);
        }
        std::fs::write(folder.path().join("a.pdf"), &bytes).unwrap();
        let text = run("qpdf", &["--check", "a.pdf"], folder.path());
        assert!(text.contains("No syntax or stream encoding errors"), "revision {i}: {text}");
        assert!(!text.contains("WARNING"), "revision {i}: {text}");
    }
}

#[test]
fn the_strict_reader_reads_what_qpdf_rewrites() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), PAGE).unwrap();
    for option in ["--object-streams=generate", "--linearize", "--object-streams=disable"] {
        run("qpdf", &[option, "a.pdf", "b.pdf"], folder.path());
        let bytes = std::fs::read(folder.path().join("b.pdf")).unwrap();
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap_or_else(|e| panic!("{option}: {e}"));
        assert_eq!((document.revisions().len(), document.trailing()), (1, 0), "{option}");
        assert_eq!(document.signature_fields(), Ok(Vec::new()), "{option}");
    }
    run("qpdf", &["--linearize", "--object-streams=generate", "a.pdf", "b.pdf"], folder.path());
    let bytes = std::fs::read(folder.path().join("b.pdf")).unwrap();
    assert_eq!(Document::open(&bytes, &Limits::DEFAULT).map(|d| d.revisions().len()), Ok(1));
}

/// Black text under the seal stays black and the seal is red, whoever draws it.
#[test]
fn the_seal_blends_with_the_text_under_it() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = revisions().swap_remove(2);
    for (name, bytes) in [("plain", PAGE), ("sealed", &sealed[..])] {
        std::fs::write(folder.path().join(format!("{name}.pdf")), bytes).unwrap();
        let pdf = format!("{name}.pdf");
        run(
            "pdftoppm",
            &["-r", "72", "-f", "1", "-l", "1", "-singlefile", &pdf, &format!("poppler-{name}")],
            folder.path(),
        );
        run("mutool", &["draw", "-q", "-r", "72", "-o", &format!("mupdf-{name}.ppm"), &pdf, "1"], folder.path());
    }
    for program in ["poppler", "mupdf"] {
        let read = |name: &str| Pixels::read(&folder.path().join(format!("{program}-{name}.ppm")));
        let (plain, sealed) = (read("plain"), read("sealed"));
        let dark = |p: &Pixels| p.count(|[r, _, _]| r < 100);
        assert!(dark(&plain) > 100, "{program}: there is text under the seal");
        assert_eq!(dark(&sealed), dark(&plain), "{program}: text under the seal stays dark");
        let red = sealed.count(|[r, g, b]| r > 200 && g < 60 && b < 60);
        let disc = std::f64::consts::PI * (SIDE / 2.0).powi(2);
        assert!(red as f64 > disc * 0.8 && (red as f64) < disc * 1.02, "{program}: {red} red pixels of {disc}");
    }
}

/// The part of a picture of the first page where the seal stands, a pixel a point.
struct Pixels(Vec<[u8; 3]>);

impl Pixels {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let mut lines = bytes.split(|b| *b == b'\n').filter(|line| !line.starts_with(b"#"));
        assert_eq!(lines.next(), Some(&b"P6"[..]));
        let size = String::from_utf8(lines.next().unwrap().to_vec()).unwrap();
        let (width, height) = size.split_once(' ').unwrap();
        let (width, height): (usize, usize) = (width.parse().unwrap(), height.parse().unwrap());
        let data = &bytes[bytes.len() - width * height * 3..];
        let rect = over_the_issuer();
        let points = |mm: f64| (mm / 25.4 * 72.0) as usize;
        let (left, top) = (points(rect.left), points(rect.top));
        let rows = top..top + SIDE as usize + 1;
        let pixel = |x: usize, y: usize| data[(y * width + x) * 3..][..3].try_into().unwrap();
        Self(rows.flat_map(|y| (left..left + SIDE as usize + 1).map(move |x| pixel(x, y))).collect())
    }

    fn count(&self, is: impl Fn([u8; 3]) -> bool) -> usize {
        self.0.iter().filter(|p| is(**p)).count()
    }
}

#[test]
fn a_hole_is_found_again_after_a_crash() {
    let [_, first, sealed, second, both] = revisions().try_into().unwrap();
    for stamped in [first, second] {
        let found = Stamped::reopen(stamped.clone()).unwrap();
        let [start, length, second_start, second_length] = found.byte_range();
        assert_eq!((start, second_start + second_length), (0, stamped.len() as u64));
        assert_eq!(second_start - length, 2 * 6000 + 2);
        assert_eq!(found.bytes(), stamped);
    }
    assert!(Stamped::reopen(sealed).is_err() && Stamped::reopen(both).is_err());
}
