//! A certificate's way through this module, and what attackers and accidents do to it.

use super::read::{ChangeCode, CoverageError, Document, Limits, Repair};
use super::sample::{append, append_generations, append_sized, der, document, file};
use super::*;

mod damage;

fn square(left: f64) -> RectMm {
    RectMm { left, top: 200.0, width: 42.0, height: 42.0 }
}

fn field(name: &str, left: f64, locks: Locks) -> FieldPlan {
    FieldPlan { name: name.to_owned(), page: 0, rect: square(left), locks }
}

fn seal() -> Form {
    Form::new(b"1 0 0 rg 0 0 119.055 119.055 re f", [0.0, 0.0, 119.055, 119.055])
}

fn plan<'f>(field: &str, form: &'f Form, permission: Permission) -> StampPlan<'f> {
    StampPlan {
        field: field.to_owned(),
        appearance: form,
        seam: Vec::new(),
        permission,
        signed_at: "2026-11-22T01:30:05Z".parse().unwrap(),
        signer: "吉林经济技术开发区建设局行政审批专用章".to_owned(),
        reason: None,
        hole: 4096,
    }
}

/// One sealed page, as delivered.
fn sealed() -> Vec<u8> {
    let prepared = prepare(&document(2), &[field("seal-1", 20.0, Locks::Nothing)]).unwrap();
    fill(&stamp(&prepared, &plan("seal-1", &seal(), Permission::CertifyFinal)).unwrap(), &der(3000)).unwrap()
}

/// Two seals on one page: certified open, then locked.
fn sealed_twice() -> Vec<u8> {
    let fields = [field("seal-1", 20.0, Locks::Nothing), field("seal-2", 100.0, Locks::Everything)];
    let prepared = prepare(&document(1), &fields).unwrap();
    let first =
        fill(&stamp(&prepared, &plan("seal-1", &seal(), Permission::CertifyOpen)).unwrap(), &der(3000)).unwrap();
    fill(&stamp(&first, &plan("seal-2", &seal(), Permission::Approve)).unwrap(), &der(2500)).unwrap()
}

/// Code of every change after the first signature.
fn changes(bytes: &[u8]) -> Vec<ChangeCode> {
    let document = Document::open(bytes, &Limits::DEFAULT).unwrap();
    let fields = document.signature_fields().unwrap();
    let signature = fields[0].signature.as_ref().unwrap();
    let coverage = document.coverage(signature).unwrap();
    let changes = document.changes_after(coverage.revision(), &fields[0]).unwrap();
    assert_eq!(changes.doubtful, []);
    changes.forbidden.iter().map(|c| c.code).collect()
}

fn coverage(bytes: &[u8]) -> Result<bool, CoverageError> {
    let document = Document::open(bytes, &Limits::DEFAULT).unwrap();
    let fields = document.signature_fields().unwrap();
    document.coverage(fields[0].signature.as_ref().unwrap()).map(|c| c.is_whole_file())
}

#[test]
fn one_seal_from_page_to_proof() {
    let original = document(2);
    let prepared = prepare(&original, &[field("seal-1", 20.0, Locks::Nothing)]).unwrap();
    assert!(prepared.starts_with(&original), "the composed page is an untouched prefix");
    let stamped = stamp(&prepared, &plan("seal-1", &seal(), Permission::CertifyFinal)).unwrap();
    assert!(stamped.bytes().starts_with(&prepared));
    assert_eq!(stamped.capacity(), 4096);
    assert_eq!(Stamped::reopen(stamped.bytes().to_vec()).as_ref(), Ok(&stamped), "found again after a crash");
    let bytes = fill(&stamped, &der(3000)).unwrap();
    let gap = &bytes[stamped.hole()];
    assert!(gap.starts_with(b"<30820bb4a5a5") && gap.ends_with(b"000>"), "lower case, then zeros");
    assert_eq!(Stamped::reopen(bytes.clone()), Err(StampError::NoHole), "filled once");

    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    assert_eq!(document.revisions().len(), 3);
    let fields = document.signature_fields().unwrap();
    assert_eq!((fields[0].name.as_str(), fields[0].page), ("seal-1", Some(0)));
    // 20 mm from the left, 200 mm from above, 42 mm wide, on 595 x 842 points.
    let rect = fields[0].rect.unwrap().map(|x| (x * 100.0).round() / 100.0);
    assert_eq!(rect, [56.69, 156.02, 175.75, 275.07]);
    let signature = fields[0].signature.as_ref().unwrap();
    assert_eq!(signature.sub_filter, "ETSI.CAdES.detached");
    assert_eq!(signature.signed_at_text.as_deref(), Some("D:20261122093005+08'00'"));
    assert_eq!(signature.name.as_deref(), Some("吉林经济技术开发区建设局行政审批专用章"));
    assert_eq!(signature.certification, Some(1));
    let coverage = document.coverage(signature).unwrap();
    assert!(coverage.is_whole_file() && coverage.has_lower_case_hex());
    assert_eq!(document.covered_digest(&coverage), Ok(stamped.digest()));
    assert_eq!(coverage.der(signature), der(3000));
    assert_eq!(changes(&bytes), []);
}

#[test]
fn two_seals_and_no_third_change() {
    let bytes = sealed_twice();
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    let fields = document.signature_fields().unwrap();
    let coverage: Vec<_> = fields.iter().map(|f| document.coverage(f.signature.as_ref().unwrap()).unwrap()).collect();
    assert_eq!((coverage[0].revision(), coverage[0].is_whole_file()), (2, false));
    assert_eq!((coverage[1].revision(), coverage[1].is_whole_file()), (3, true));
    let second = fields[1].signature.as_ref().unwrap();
    assert_eq!((second.certification, second.locked.clone()), (None, Some(read::LockedFields::All)));
    assert_eq!(changes(&bytes), [], "a further seal on a prepared field is no change");
    let more = field("seal-3", 60.0, Locks::Nothing);
    assert_eq!(prepare(&bytes, &[more]), Err(StampError::AlreadyPrepared));
}

#[test]
fn what_must_not_be_stamped_is_refused_by_name() {
    let (form, original) = (seal(), document(1));
    let fields =
        [field("a", 20.0, Locks::Nothing), field("b", 70.0, Locks::Everything), field("c", 120.0, Locks::Nothing)];
    let prepared = prepare(&original, &fields).unwrap();
    let refused = |bytes: &[u8], plan: &StampPlan<'_>| stamp(bytes, plan).map(|_| ()).unwrap_err();
    let approve = |name: &str| plan(name, &form, Permission::Approve);
    assert_eq!(refused(&prepared, &approve("d")), StampError::NoField("d".to_owned()));
    assert_eq!(refused(&original, &approve("a")), StampError::NoField("a".to_owned()));
    let stamped = stamp(&prepared, &plan("a", &form, Permission::CertifyOpen)).unwrap();
    assert_eq!(refused(stamped.bytes(), &approve("b")), StampError::Unfilled);
    let first = fill(&stamped, &der(100)).unwrap();
    assert_eq!(refused(&first, &approve("a")), StampError::AlreadySigned("a".to_owned()));
    assert_eq!(refused(&first, &plan("b", &form, Permission::CertifyFinal)), StampError::NotFirst);
    let slice = SeamSlice { page: 0, rect: square(160.0), form: &form };
    assert_eq!(refused(&first, &StampPlan { seam: vec![slice], ..approve("b") }), StampError::NotFirst);
    let second = fill(&stamp(&first, &approve("b")).unwrap(), &der(100)).unwrap();
    assert_eq!(refused(&second, &approve("c")), StampError::Locked);
    let last = fill(&stamp(&prepared, &plan("a", &form, Permission::CertifyFinal)).unwrap(), &der(100)).unwrap();
    assert_eq!(refused(&last, &approve("c")), StampError::Locked);
    assert_eq!(refused(&prepared, &StampPlan { hole: 0, ..approve("a") }), StampError::HoleSize(0));
    assert_eq!(refused(&prepared, &StampPlan { hole: 32_768, ..approve("a") }), StampError::HoleSize(32_768));
    let flat = Form::new(b"", [0.0, 0.0, 100.0, 50.0]);
    assert_eq!(refused(&prepared, &plan("a", &flat, Permission::Approve)), StampError::Distorted);
    let mut trailing = prepared.clone();
    trailing.extend_from_slice(b"x");
    assert_eq!(refused(&trailing, &approve("a")), StampError::NotOurForm);
}

#[test]
fn what_cannot_be_prepared_or_filled_is_refused_by_name() {
    let original = document(1);
    let refused = |fields: &[FieldPlan]| prepare(&original, fields).unwrap_err();
    let a = field("a", 20.0, Locks::Nothing);
    assert_eq!(refused(&[a.clone(), a.clone()]), StampError::FieldName("a".to_owned()));
    assert_eq!(refused(&[field("", 20.0, Locks::Nothing)]), StampError::FieldName(String::new()));
    assert_eq!(refused(&[field("a.b", 20.0, Locks::Nothing)]), StampError::FieldName("a.b".to_owned()));
    assert_eq!(refused(&[FieldPlan { page: 1, ..a.clone() }]), StampError::NoPage(1));
    assert_eq!(refused(&[field("a", 190.0, Locks::Nothing)]), StampError::OffPage(0));
    let stamped = stamp(&prepare(&original, &[a]).unwrap(), &plan("a", &seal(), Permission::CertifyFinal)).unwrap();
    assert!(fill(&stamped, &der(4096)).is_ok(), "an exact fit");
    assert_eq!(fill(&stamped, &der(4097)), Err(StampError::DoesNotFit { cms: 4097, hole: 4096 }));
    assert_eq!(fill(&stamped, b""), Err(StampError::NotDer));
    assert_eq!(fill(&stamped, &[&der(100)[..], b"x"].concat()), Err(StampError::NotDer));
}

#[test]
fn a_seam_seal_stands_on_every_page_in_the_same_revision() {
    let prepared = prepare(&document(3), &[field("seal-1", 20.0, Locks::Nothing)]).unwrap();
    let (form, slice) = (seal(), Form::new(b"1 0 0 rg 0 0 40 120 re f", [0.0, 0.0, 40.0, 120.0]));
    let rect = RectMm { left: 200.0 - 4.2, top: 100.0, width: 14.0, height: 42.0 };
    let seam = (0..3).map(|page| SeamSlice { page, rect, form: &slice }).collect();
    let plan = StampPlan { seam, ..plan("seal-1", &form, Permission::CertifyFinal) };
    let bytes = fill(&stamp(&prepared, &plan).unwrap(), &der(100)).unwrap();
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    assert_eq!(document.revisions().len(), 3, "seal and seam are one revision");
    assert_eq!(String::from_utf8_lossy(&bytes).matches("/Subtype /Stamp /F 196").count(), 3);
    let fields = document.signature_fields().unwrap();
    assert_eq!(fields[0].page, Some(0), "the field is still listed by its page");
    assert_eq!(coverage(&bytes), Ok(true));
}

#[test]
fn changes_after_the_seal_have_names() {
    let bytes = sealed();
    let forged = |objects: &[(u32, &str)]| changes(&append(&bytes, objects));
    assert_eq!(coverage(&append(&bytes, &[])), Ok(false));
    let catalog = "<< /Type /Catalog /Pages 2 0 R /Lang (en) >>";
    // Without its form the later catalog has no signature left to judge.
    let whole = append(&bytes, &[(1, catalog)]);
    assert_eq!(Document::open(&whole, &Limits::DEFAULT).unwrap().signature_fields(), Ok(vec![]));
    let page = "<< /Type /Page /Parent 2 0 R /Contents 7 0 R /Annots [8 0 R] >>";
    assert_eq!(forged(&[(4, page)]), [ChangeCode::RevisionAfterFinal, ChangeCode::Page]);
    let content = "<< /Length 4 >>\nstream\nq Q \nendstream";
    assert_eq!(forged(&[(5, content)]), [ChangeCode::RevisionAfterFinal, ChangeCode::Stream]);
    assert_eq!(forged(&[(30, "(unused)")]), [ChangeCode::RevisionAfterFinal, ChangeCode::Added]);
    assert_eq!(forged(&[(3, "<< /Producer (x) >>")]), [ChangeCode::RevisionAfterFinal]);
    assert_eq!(forged(&[(3, "<< /Title (x) >>")]), [ChangeCode::RevisionAfterFinal, ChangeCode::Object]);
    let mut trailing = bytes.clone();
    trailing.extend_from_slice(b"% more");
    assert_eq!(changes(&trailing), [ChangeCode::TrailingBytes]);
    // Three attackers: an end of file that points back, one revision undone by the next, bytes between objects.
    let back = String::from_utf8_lossy(&bytes).rsplit("startxref").next().unwrap().to_owned();
    trailing = [&bytes[..], b"startxref", back.as_bytes()].concat();
    assert_eq!(changes(&trailing), [ChangeCode::TrailingBytes]);
    let original = "<< /Length 29 >>\nstream\n0 0 0 rg 100 100 200 200 re f\nendstream";
    let undone = append(&append(&bytes, &[(5, content)]), &[(5, original)]);
    assert_eq!(changes(&undone), [ChangeCode::RevisionAfterFinal, ChangeCode::Stream]);
    let hidden = append(&[&bytes[..], b"99 0 obj (hidden) endobj\n"].concat(), &[]);
    assert_eq!(changes(&hidden), [ChangeCode::RevisionAfterFinal, ChangeCode::UnlistedBytes]);
}

/// A page whose seal allows further seals, made from these objects.
fn sealed_open(bodies: &[String]) -> Vec<u8> {
    let fields = [field("seal-1", 20.0, Locks::Nothing), field("seal-2", 100.0, Locks::Everything)];
    let prepared = prepare(&file(bodies), &fields).unwrap();
    fill(&stamp(&prepared, &plan("seal-1", &seal(), Permission::CertifyOpen)).unwrap(), &der(3000)).unwrap()
}

/// A page with its content as object 5, and object 6, which is given.
fn page(content: &str, sixth: &str) -> Vec<String> {
    [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /MediaBox [0 0 595 842] /Kids [4 0 R] >>",
        "<< /Producer (sample) >>",
        &format!("<< /Type /Page /Parent 2 0 R /Contents {content} >>"),
        "<< /Length 4 >>\nstream\nq Q \nendstream",
        sixth,
    ]
    .map(str::to_owned)
    .to_vec()
}

const FORGED: &str = "<< /Length 29 >>\nstream\n0 0 0 rg 100 100 200 200 re f\nendstream";
/// The same in disguise.
const FORGED_CONTAINER: &str =
    "<< /Type /ObjStm /N 0 /First 0 /Length 29 >>\nstream\n0 0 0 rg 100 100 200 200 re f\nendstream";

#[test]
fn an_object_under_another_generation_or_name_is_a_change() {
    let bytes = sealed_open(&page("5 0 R", "null"));
    assert_eq!(changes(&bytes), []);
    // Programs that do not look at generations show it in place of the old one.
    for body in [FORGED, FORGED_CONTAINER] {
        assert_eq!(changes(&append_generations(&bytes, &[(5, 1, body)])), [ChangeCode::Removed]);
    }
    assert_eq!(changes(&append(&bytes, &[(5, FORGED_CONTAINER)])), [ChangeCode::Stream]);
    // A container that holds nothing the section lists is none.
    assert_eq!(changes(&append(&bytes, &[(30, FORGED_CONTAINER)])), [ChangeCode::Added]);
}

#[test]
fn what_a_document_referred_to_in_vain_may_not_appear() {
    // Content of a page that does not exist yet, under a number inside the file, and under one beyond its end.
    for content in ["6 0 R", "30 0 R", "[5 0 R 30 0 R]"] {
        let bytes = sealed_open(&page(content, "(unused)"));
        let number = if content == "6 0 R" { 6 } else { 30 };
        let code = if number == 6 { ChangeCode::Object } else { ChangeCode::Added };
        assert_eq!(changes(&append(&bytes, &[(number, FORGED)])), [code], "{content}");
    }
    // A reference from an object that no reader of ours can read may lead anywhere.
    let unreadable = sealed_open(&page("5 0 R", "<< /A 1 /A 30 0 R >>"));
    let document = append(&unreadable, &[(30, FORGED)]);
    let document = Document::open(&document, &Limits::DEFAULT).unwrap();
    let fields = document.signature_fields().unwrap();
    let covered = document.coverage(fields[0].signature.as_ref().unwrap()).unwrap().revision();
    assert!(matches!(document.changes_after(covered, &fields[0]), Err(read::ReadError::Unsupported(_))));
}

#[test]
fn an_object_that_cannot_be_read_and_is_not_used_spoils_no_later_seal() {
    for sixth in ["<< /A 1 /A 2 >>", "<< /A 1 /A 5 0 R >>", "[1 2", "<< /Length 9999 >> stream"] {
        let first = sealed_open(&page("5 0 R", sixth));
        let second = fill(&stamp(&first, &plan("seal-2", &seal(), Permission::Approve)).unwrap(), &der(100)).unwrap();
        assert_eq!(changes(&second), [], "{sixth}");
        assert_eq!(changes(&append(&second, &[(5, FORGED)])), [ChangeCode::Stream], "{sixth}");
    }
}

#[test]
fn a_smaller_size_hides_objects() {
    let bytes = sealed_open(&page("5 0 R", "null"));
    assert_eq!(changes(&append_sized(&bytes, &[], 4)), [ChangeCode::Trailer]);
    // One that is far too large has some programs rebuild the file from whatever looks like an object.
    assert_eq!(changes(&append_sized(&bytes, &[], 2_147_483_647)), [ChangeCode::Trailer]);
    assert_eq!(changes(&append_sized(&bytes, &[(30, 0, "null")], 30)), [ChangeCode::Trailer, ChangeCode::Added]);
}

#[test]
fn a_signature_means_what_it_meant_when_it_was_made() {
    // Its permission is an object of its own, which a later revision replaces.
    let certified = "[<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /P 1 /V /1.2 >> >>]";
    let bytes = sealed_open(&page("5 0 R", certified));
    let at = bytes.windows(11).rposition(|w| w == b"/Reference ").unwrap() + 11;
    let length = bytes[at..].iter().position(|b| *b == b']').unwrap() + 1;
    let mut indirect = bytes.clone();
    indirect[at..at + length].copy_from_slice(format!("{:<length$}", "6 0 R").as_bytes());
    for (number, generation, body) in [(6, 0, "null"), (6, 1, "null"), (6, 0, "[]")] {
        let later = append_generations(&indirect, &[(number, generation, body)]);
        assert_eq!(changes(&later)[0], ChangeCode::RevisionAfterFinal, "{number} {generation} {body}");
    }
}

#[test]
fn a_second_seal_may_not_bring_anything_along() {
    let bytes = sealed_twice();
    let first_end = Document::open(&bytes, &Limits::DEFAULT).unwrap().revisions()[2].end;
    // The same second revision with the widget moved elsewhere, of the same length.
    let at = bytes[first_end..].windows(15).position(|w| w == b"/Rect [283.4646").unwrap();
    let mut forged = bytes.clone();
    forged[first_end + at + 7] = b'1';
    assert_eq!(changes(&forged), [ChangeCode::Field, ChangeCode::Added, ChangeCode::Added]);
}

#[test]
fn tricks_with_the_gap_have_names() {
    let bytes = sealed();
    assert_eq!(coverage(&bytes), Ok(true));
    let text: Vec<u8> = bytes.clone();
    let at = text.windows(11).rposition(|w| w == b"/ByteRange ").unwrap() + 11;
    let with_range = |range: String| {
        let mut forged = text.clone();
        let old = forged[at..].iter().position(|b| *b == b']').unwrap() + 1;
        assert!(range.len() <= old, "{range}");
        forged[at..at + old].copy_from_slice(format!("{range:<old$}").as_bytes());
        coverage(&forged)
    };
    let stamped_hole = text.windows(6).rposition(|w| w == b"<30820").unwrap();
    let (a, b, length) = (stamped_hole, stamped_hole + 8194, text.len());
    assert_eq!(with_range(format!("[0 {a} {b} {}]", length - b)), Ok(true), "spelt otherwise");
    assert_eq!(with_range(format!("[0 {} {b} {}]", a - 1, length - b)), Err(CoverageError::GapIsNotContents));
    assert_eq!(with_range(format!("[0 {a} {} {}]", b + 1, length - b - 1)), Err(CoverageError::GapIsNotContents));
    assert_eq!(with_range(format!("[0 {a} {} {}]", a - 9, length - b)), Err(CoverageError::OverlappingRanges));
    assert_eq!(with_range(format!("[0 {b} {a} 1]")), Err(CoverageError::OverlappingRanges));
    assert_eq!(with_range(format!("[0 {a} {b} {}]", length - b + 1)), Err(CoverageError::BeyondFile));
    assert_eq!(with_range(format!("[0 {a} {b} -1]")), Err(CoverageError::NegativeRange));
    assert_eq!(with_range(format!("[0 {a} {b} (x)]")), Err(CoverageError::ByteRangeType));
    assert_eq!(with_range("4 0 R".to_owned()), Err(CoverageError::IndirectByteRange));
    assert_eq!(with_range(format!("[0 {a} {b} 4 0 R]")), Err(CoverageError::IndirectByteRange));
    assert_eq!(with_range(format!("[0 {a} {b} {}]", length - b - 9)), Err(CoverageError::NotAtRevisionEnd));
    assert_eq!(with_range(format!("[1 {a} {b} {}]", length - b)), Err(CoverageError::NotFromStart));
    assert_eq!(with_range(format!("[0 {a} {b}]")), Err(CoverageError::NotTwoRanges));
    let with_byte = |offset: usize, byte: u8| {
        let mut forged = text.clone();
        forged[offset] = byte;
        coverage(&forged)
    };
    assert_eq!(with_byte(b - 3, b'1'), Err(CoverageError::Padding));
    assert_eq!(with_byte(b - 3, b' '), Err(CoverageError::NotHex));
    assert_eq!(with_byte(a + 2, b'1'), Err(CoverageError::NotDer));
    // The same key again, or another where it should be, of the same length.
    let with_word = |from: &[u8], to: &[u8]| {
        let at = text.windows(from.len()).rposition(|w| w == from).unwrap();
        let mut forged = text.clone();
        forged[at..at + to.len()].copy_from_slice(to);
        coverage(&forged)
    };
    assert_eq!(with_word(b"/Name <FEFF", b"/Contents <"), Err(CoverageError::DoubledKey));
    assert_eq!(with_word(b" /Contents <", b" /Contentz <"), Err(CoverageError::ContentsType));
    assert_eq!(with_word(b" /Contents <30820bb4", b" /Contents 4 0 R/Z<3"), Err(CoverageError::IndirectContents));
    assert_eq!(with_word(b" /ByteRange ", b" /ByteRangx "), Err(CoverageError::ByteRangeType));
}
