//! Files that ask for more than they are worth: each ends at a limit that has a name.

use crate::pdf::read::{Document, Limits, ReadError};
use crate::pdf::sample::{append, document, file};

fn open(bytes: &[u8]) -> Result<(), ReadError> {
    Document::open(bytes, &Limits::DEFAULT).map(drop)
}

#[test]
fn a_thousand_revisions_are_read_and_one_more_is_not() {
    let mut bytes = document(1);
    for _ in 1..Limits::DEFAULT.sections {
        bytes = append(&bytes, &[]);
    }
    assert_eq!(Document::open(&bytes, &Limits::DEFAULT).map(|d| d.revisions().len()), Ok(1000));
    assert_eq!(open(&append(&bytes, &[])), Err(ReadError::Limit("cross-reference sections")));
}

/// A file with this section at its end.
fn with_section(section: &str) -> Vec<u8> {
    let head = "%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n";
    format!("{head}{section}\nstartxref\n{}\n%%EOF\n", head.len()).into_bytes()
}

#[test]
fn subsections_claim_no_more_than_there_is() {
    let trailer = "trailer << /Root 1 0 R >>";
    // More objects than a file may have, and more than fit.
    assert_eq!(open(&with_section(&format!("xref\n0 9000000\n{trailer}"))), Err(ReadError::Limit("object numbers")));
    assert!(
        Document::open(&with_section(&format!("xref\n0 8000000\n{trailer}")), &Limits::DEFAULT)
            .is_ok_and(|d| d.repairs() == [crate::pdf::read::Repair::Rebuilt])
    );
    let many: String = (0..100_001).map(|i| format!("{i} 1\n0000000000 00000 f \n")).collect();
    let error = ReadError::Limit("cross-reference subsections");
    assert_eq!(open(&with_section(&format!("xref\n{many}{trailer}"))), Err(error));
    let stream = "9 0 obj << /Type /XRef /Root 1 0 R /W [0 1 0] /Size 8000000 /Length 0 >> stream\n\nendstream endobj";
    assert!(Document::open(&with_section(stream), &Limits::DEFAULT).is_ok_and(|d| !d.repairs().is_empty()));
}

#[test]
fn words_that_look_like_trailers_cost_what_they_cost_once() {
    // Each of them begins a dictionary that never ends: two megabytes to read for each of ten thousand.
    let bytes = [b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n".to_vec(), b"trailer<</A(".repeat(300_000)].concat();
    let limits = Limits { parsed: 8 << 20, ..Limits::DEFAULT };
    let opened = Document::open(&bytes, &limits).map(drop);
    assert!(matches!(opened, Err(ReadError::Limit(_) | ReadError::NoEnd)), "{opened:?}");
}

#[test]
fn streams_without_an_end_are_looked_through_once() {
    let body = "<< /Length 99999999 >> stream\n";
    let objects: String = (2..20_000).map(|i| format!("{i} 0 obj {body}")).collect();
    let bytes = format!("%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n{objects}");
    let limits = Limits { parsed: 8 << 20, ..Limits::DEFAULT };
    let document = Document::open(bytes.as_bytes(), &limits).unwrap();
    let view = document.latest();
    let errors: Vec<_> = (2..20_000).map(|i| view.object(crate::pdf::read::Id::new(i)).err()).collect();
    assert_eq!(errors[errors.len() - 1], Some(ReadError::Limit("parsed bytes")));
}

#[test]
fn nests_of_everything_end() {
    let nest = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    for body in [nest("[", "]"), nest("<</A", ">>"), nest("(", ")"), nest("<</A[", "]>>")] {
        let bytes = append(&document(1), &[(6, &body)]);
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
        let object = document.latest().object(crate::pdf::read::Id::new(6));
        assert!(matches!(object, Ok(Some(_)) | Err(ReadError::Limit("nesting"))), "{object:?}");
    }
}

/// The store's certificates, of which there are these objects.
fn certificates(references: &[u32], objects: &[(u32, &str)]) -> usize {
    let references: String = references.iter().map(|number| format!("{number} 0 R ")).collect();
    let catalog = format!("<< /Type /Catalog /Pages 2 0 R /DSS << /Certs [{references}] >> >>");
    let bytes = append(&document(1), &[&[(1, catalog.as_str())], objects].concat());
    Document::open(&bytes, &Limits::DEFAULT).unwrap().validation_data().unwrap().certificates.len()
}

#[test]
fn a_store_is_read_as_far_as_it_goes() {
    let (good, damaged) =
        ("<< /Length 2 >>\nstream\nDE\nendstream", "<< /Length 2 /Filter /FlateDecode >>\nstream\nxx\nendstream");
    assert_eq!(certificates(&[20; 300], &[(20, good)]), 1, "one stream named many times");
    assert_eq!(
        certificates(&[19, 20, 21, 22], &[(20, damaged), (21, good), (22, "(no stream)")]),
        2,
        "what can be read"
    );
    let many: Vec<u32> = (20..320).collect();
    let all: Vec<_> = many.iter().map(|number| (*number, good)).collect();
    assert_eq!(certificates(&many, &all), 128);
    // Four that end at their limit have cost all there is.
    let objects = [(20, damaged), (21, damaged), (22, damaged), (23, good), (24, damaged), (25, good)];
    assert_eq!(certificates(&[20, 21, 22, 23, 24, 25], &objects), 1);
}

#[test]
fn blanks_are_paid_for_each_time() {
    // A field that names one kid again and again, which is a megabyte of blanks.
    let blanks = " ".repeat(1 << 20);
    for kid in [format!("<< >>{blanks}"), format!("<< /Length 0 >>\nstream\n{blanks}\nendstream")] {
        let bytes = file(&[
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>".to_owned(),
            "<< /Type /Pages /Kids [] /Count 0 >>".to_owned(),
            "<< >>".to_owned(),
            format!("<< /FT /Sig /T (a) /Kids [{}] >>", "5 0 R ".repeat(10_000)),
            kid,
        ]);
        let document = Document::open(&bytes, &Limits { parsed: 8 << 20, ..Limits::DEFAULT }).unwrap();
        assert_eq!(document.signature_fields(), Err(ReadError::Limit("parsed bytes")));
    }
}
