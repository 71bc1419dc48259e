//! Sealed certificates before programs that others wrote, before a verifier and a ruler of our own, and before every flipped bit.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use yinxin::pdf::read::{Document, Limits};

use super::*;
use crate::pixels::{Picture, assert_black_under_seal};
use crate::tools::{python, run};

const DPI: u32 = 300;

/// Judges `a.pdf` with `root.pem`, one line a signature: intact, valid, trusted, the changes after it, coverage, all in one.
const JUDGE: &str = r#"
import datetime
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.keys import load_cert_from_pemder
from pyhanko_certvalidator import ValidationContext
reader = PdfFileReader(open('a.pdf', 'rb'))
moment = datetime.datetime(2026, 11, 20, 3, tzinfo=datetime.timezone.utc)
context = ValidationContext(trust_roots=[load_cert_from_pemder('root.pem')], moment=moment, allow_fetching=False)
for signature in reader.embedded_signatures:
    usage = KeyUsageConstraints(key_usage={'non_repudiation', 'digital_signature'})
    status = validate_pdf_signature(signature, context, key_usage_settings=usage)
    print(status.intact, status.valid, status.trusted, status.modification_level.name, status.coverage.name, status.bottom_line)
"#;

/// A folder with the document as `a.pdf` and the hall's root as `root.pem`.
fn folder_with(hall: &TestHall, pdf: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pdf"), pdf).unwrap();
    fs::copy(hall.premises.path("keys/trust/root.pem"), folder.path().join("root.pem")).unwrap();
    fs::copy(hall.premises.path("keys/issuing.pem"), folder.path().join("issuing.pem")).unwrap();
    folder
}

/// Everybody who judges sealed PDFs accepts this one.
fn assert_accepted_by_all(hall: &TestHall, document: &CertificateRow, seals: usize) {
    let pdf = hall.sealed(document);
    let folder = folder_with(hall, &pdf);
    let tool =
        |program: &str, arguments: &[&str]| run(Command::new(program).args(arguments).current_dir(folder.path()));
    let said = tool("pdfsig", &["-nocert", "a.pdf"]);
    assert_eq!(said.matches("Signature is Valid.").count(), seals, "{}: {said}", document.name);
    assert!(said.contains("Total document signed"), "{}: {said}", document.name);
    assert!(tool("qpdf", &["--check", "a.pdf"]).contains("No syntax or stream encoding errors found"));
    let said = tool(python().to_str().unwrap(), &["-c", JUDGE]);
    let lines: Vec<&str> = said.lines().collect();
    let last = "True True True NONE ENTIRE_FILE True";
    let before_last = "True True True LTA_UPDATES ENTIRE_REVISION True";
    assert_eq!(lines.len(), seals, "{}: {said}", document.name);
    assert_eq!(lines[seals - 1], last, "{}: {said}", document.name);
    for line in &lines[..seals - 1] {
        assert!(*line == before_last || *line == before_last.replace("LTA_UPDATES", "FORM_FILLING"), "{said}");
    }
    assert_cms_is_accepted(&pdf, folder.path());
    assert_eq!(hall.report(document).signatures.len(), seals);
    assert!(hall.report(document).is_valid(), "{}", hall.report(document).summary());
}

/// OpenSSL verifies each CMS over the bytes that its ByteRange names.
fn assert_cms_is_accepted(pdf: &[u8], folder: &Path) {
    for field in Document::open(pdf, &Limits::DEFAULT).unwrap().signature_fields().unwrap() {
        let signature = field.signature.expect("an empty field");
        let range: Vec<usize> = signature.byte_range.iter().map(|part| usize::try_from(*part).unwrap()).collect();
        let covered = [&pdf[range[0]..range[0] + range[1]], &pdf[range[2]..range[2] + range[3]]].concat();
        fs::write(folder.join("covered"), covered).unwrap();
        fs::write(folder.join("signature.der"), &signature.contents).unwrap();
        let verify = |content: &str| {
            let options =
                ["cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.der", "-CAfile", "root.pem"];
            let mut command = Command::new("openssl");
            command.args(options).args(["-content", content, "-purpose", "any", "-out", "out", "-attime"]);
            command.arg(time("2026-11-20T11:00:00+08:00").as_second().to_string()).current_dir(folder);
            command
        };
        let said = run(&mut verify("covered"));
        assert!(said.contains("CMS Verification successful"), "{said}");
        fs::write(folder.join("other"), &pdf[..range[1] - 1]).unwrap();
        assert!(!verify("other").output().unwrap().status.success(), "accepted for other bytes");
    }
}

/// The unsealed document is an untouched beginning; /ID's first part and /Info stay.
fn assert_beginning_is_untouched(hall: &TestHall, document: &CertificateRow) {
    let (unsealed, sealed) = (hall.unsealed(document), hall.sealed(document));
    assert!(sealed.starts_with(&unsealed) && sealed.len() > unsealed.len(), "{}", document.name);
    let trailer = |pdf: &[u8]| {
        let folder = folder_with(hall, pdf);
        let shown = run(Command::new("qpdf").args(["--show-object=trailer", "a.pdf"]).current_dir(folder.path()));
        // qpdf writes a string in parentheses or as hexadecimal digits, whichever suits its bytes.
        let id = shown.split("/ID [ ").nth(1).expect("no /ID").split(' ').next().unwrap().to_owned();
        let info = shown.split("/Info ").nth(1).map(|rest| rest.split(" R").next().unwrap().to_owned());
        let number = info.as_ref().map(|info| info.split(' ').next().unwrap().to_owned());
        let described = number.map(|number| {
            run(Command::new("qpdf").arg(format!("--show-object={number}")).arg("a.pdf").current_dir(folder.path()))
        });
        (id, info, described)
    };
    assert_eq!(trailer(&unsealed), trailer(&sealed), "{}", document.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_accepts_what_is_sealed() {
    let hall = TestHall::open().await;
    for (end, seals) in [("000001", vec![1]), ("000015", vec![1, 1, 2]), ("000008", vec![1])] {
        let documents = hall.carry(&Case::number(end)).await;
        for (document, seals) in documents.iter().zip(seals) {
            assert_accepted_by_all(&hall, document, seals);
            assert_beginning_is_untouched(&hall, document);
        }
    }
}

/// The sealed documents of cases, each with its name, for judges elsewhere.
pub(crate) fn sealed_files(cases: &[&str]) -> Vec<(String, Vec<u8>)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let hall = TestHall::open().await;
        let mut files = Vec::new();
        for case in cases {
            for document in hall.carry(&Case::number(case)).await {
                files.push((document.name.clone(), hall.sealed(&document)));
            }
        }
        files
    })
}

/// A small generator of its own, seeded: the same bits in every run (xorshift64).
fn bits(count: usize, of: usize) -> Vec<usize> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % of as u64).unwrap()
    };
    (0..count).map(|_| next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_flipped_bit_is_accepted() {
    const FLIPS: usize = 5000;
    let hall = TestHall::open().await;
    let document = hall.carry(&Case::number("000001")).await.remove(0);
    let (pdf, trust, now) = (hall.sealed(&document), &hall.app.trust(), hall.app.now());
    assert!(verify(&pdf, trust, now).is_valid());
    let (bits, done) = (bits(FLIPS, pdf.len() * 8), AtomicUsize::new(0));
    let workers = std::thread::available_parallelism().unwrap().get();
    std::thread::scope(|scope| {
        for part in bits.chunks(FLIPS.div_ceil(workers)) {
            let (mut pdf, done) = (pdf.clone(), &done);
            scope.spawn(move || {
                for bit in part {
                    pdf[bit / 8] ^= 1 << (bit % 8);
                    let report = verify(&pdf, trust, now);
                    assert!(!report.is_valid(), "valid with bit {} of byte {} flipped", bit % 8, bit / 8);
                    pdf[bit / 8] ^= 1 << (bit % 8);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(done.load(Ordering::Relaxed), FLIPS);
}

/// Where the seals stand: the page (from 1) and the rectangle, as fixed when the document was composed.
fn places(document: &CertificateRow) -> Vec<(u32, [f64; 4])> {
    let layout: Value = serde_json::from_str(&document.layout).unwrap();
    let places = layout["places"].as_array().unwrap().iter().map(|place| {
        let mm = |name: &str| place[name].as_f64().unwrap();
        let (left, top, diameter) = (mm("left"), mm("top"), mm("diameter"));
        (place["page"].as_u64().unwrap() as u32 + 1, [left, top, left + diameter, top + diameter])
    });
    places.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_black_under_a_seal_stays_black() {
    let hall = TestHall::open().await;
    for end in ["000001", "000003", "000015"] {
        let document = hall.carry(&Case::number(end)).await.pop().unwrap();
        let (unsealed, sealed) = (hall.unsealed(&document), hall.sealed(&document));
        for (page, place) in places(&document) {
            let part = |pdf: &[u8]| Picture::render(pdf, page, DPI).crop(place);
            let overlap = assert_black_under_seal(&part(&unsealed), &part(&sealed), 200);
            assert!(overlap.red > 10_000, "{}: {overlap:?}", document.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_reply_shows_its_slice_of_the_seam_seal() {
    let hall = TestHall::open().await;
    let document = hall.carry(&Case::number("000008")).await.remove(0);
    let layout: Value = serde_json::from_str(&document.layout).unwrap();
    let pages = layout["pages"].as_array().unwrap();
    assert!(pages.len() > 1, "a reply of one page has no seam");
    let (sealed, unsealed) = (hall.sealed(&document), hall.unsealed(&document));
    let slice = 42.0 / pages.len() as f64;
    for (number, page) in (1..).zip(pages) {
        let (width, height) = (page[0].as_f64().unwrap(), page[1].as_f64().unwrap());
        let edge = [width - slice - 1.0, height / 2.0 - 25.0, width, height / 2.0 + 25.0];
        let red = |pdf: &[u8]| Picture::render(pdf, number, DPI).crop(edge).red_bounds();
        assert_eq!(red(&unsealed), None, "page {number} is red before it is sealed");
        let [left, top, right, bottom] = red(&sealed).unwrap_or_else(|| panic!("no slice on page {number}"));
        assert!(left >= width - slice - 0.2 && right <= width + 0.1, "page {number}: {left} to {right} mm");
        // The slices lie side by side at one height: the middle ones reach from the seal's top to its bottom.
        assert!(top >= height / 2.0 - 21.2 && bottom <= height / 2.0 + 21.2, "page {number}: {top} to {bottom} mm");
        assert!(right - left > slice / 3.0 && bottom - top > 20.0, "page {number}: {left} {top} {right} {bottom}");
    }
}
