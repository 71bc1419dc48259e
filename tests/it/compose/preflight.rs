//! PDFBox Preflight, which knows PDF/A-1b alone: pages composed for that part, and sealed by our own code.

use yinxin::compose::Archive;
use yinxin::imprint::{Imprint, SealDesign, SealKind};
use yinxin::pdf::{FieldPlan, Form, Locks, Permission, RectMm, SeamSlice, StampPlan, fill, prepare, stamp};

use super::*;

/// Of a seal, in millimetres.
const DIAMETER: f64 = 42.0;

/// What Preflight says of a PDF.
fn preflight(pdf: &[u8]) -> String {
    let jars = ["preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "jaxb-api", "javax.activation"];
    let path = jars.map(|jar| format!("/usr/share/java/{jar}.jar"));
    for jar in &path {
        assert!(std::path::Path::new(jar).exists(), "{jar} is missing: tools/install.sh");
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let mut java = Command::new("java");
    java.args(["-cp", &path.join(":"), "org.apache.pdfbox.preflight.Validator_A1b"]).arg(file.path());
    tools::text(&tools::ask(&mut java))
}

/// A document for PDF/A-1b.
fn for_preflight(id: &str) -> Composed {
    case(id).compose(&Composer::with_archive(COMPOSER.fonts().clone(), Archive::A1b))
}

#[test]
fn preflight_finds_a_valid_archive_file() {
    for id in ["000001", "000008"] {
        let said = preflight(&for_preflight(id).pdf);
        assert!(said.contains("is a valid PDF/A-1b file"), "{id}: {said}");
    }
}

/// A document with its seals where they belong, stamped and filled by our own code, and a seam seal over several pages.
/// What the signatures say is for others to judge (hall/accepted.rs).
pub(super) fn sealed(case: &Case, document: &Composed) -> Vec<u8> {
    let count = document.anchors.len();
    let field = |position: usize| format!("seal-{}", position + 1);
    let fields: Vec<FieldPlan> = document
        .anchors
        .iter()
        .enumerate()
        .map(|(position, anchor)| {
            let middle = (anchor.issuer_y_mm + anchor.date_y_mm) / 2.0 - 0.08 * DIAMETER;
            let (left, top) = (anchor.x_mm - DIAMETER / 2.0, middle - DIAMETER / 2.0);
            let rect = RectMm { left, top, width: DIAMETER, height: DIAMETER };
            FieldPlan { name: field(position), page: anchor.page, rect, locks: Locks::Nothing }
        })
        .collect();
    let mut pdf = prepare(&document.pdf, &fields).unwrap();
    for (position, signer) in case.facts.signers.iter().enumerate() {
        let design = SealDesign { name: signer.name.clone(), kind: SealKind::Approval, diameter_mm: 42, code: None };
        let imprint = Imprint::draw(&design, COMPOSER.fonts().song_bold()).unwrap();
        let whole = imprint.pdf_form();
        let pages = if position == 0 && document.pages > 1 { document.pages as u32 } else { 0 };
        let slices: Vec<_> = (0..pages).filter_map(|page| imprint.pdf_slice(page, pages)).collect();
        let slices: Vec<_> = slices.iter().map(|slice| Form::new(&slice.content, slice.bbox)).collect();
        let width = DIAMETER / f64::from(pages.max(1));
        let rect = RectMm { left: 210.0 - width, top: 127.5, width, height: DIAMETER };
        let plan = StampPlan {
            field: field(position),
            appearance: &Form::new(&whole.content, whole.bbox),
            seam: slices.iter().enumerate().map(|(page, form)| SeamSlice { page, rect, form }).collect(),
            permission: match (position, count) {
                (0, 1) => Permission::CertifyFinal,
                (0, _) => Permission::CertifyOpen,
                _ => Permission::Approve,
            },
            signed_at: case.facts.made_at,
            signer: design.name.clone(),
            reason: None,
            hole: 6000,
        };
        pdf = fill(&stamp(&pdf, &plan).unwrap(), &[0x30, 0x03, 0x02, 0x01, 0x00]).unwrap();
    }
    pdf
}

/// PDF/A-1 knows no transparency, PDF/A-2 does. A seal without it would cover the letters it stands on.
const BLENDS: &str =
    "4.1.3 : Transparency error, BlendMode value isn't valid (only Normal and Compatible are authorized)";

#[test]
fn preflight_complains_of_a_seal_only_that_it_blends() {
    for id in ["000001", "000008", "000015"] {
        let said = preflight(&sealed(&case(id), &for_preflight(id)));
        let (_, complaints) = said.split_once("is not a valid PDF/A-1b file, error(s) :").unwrap_or_default();
        let lines = complaints.lines().map(|line| line.split(" on page ").next().unwrap_or_default().trim());
        let complaints: BTreeSet<&str> = lines.filter(|line| !line.is_empty()).collect();
        assert_eq!(complaints, BTreeSet::from([BLENDS]), "{id}: {said}");
    }
}
