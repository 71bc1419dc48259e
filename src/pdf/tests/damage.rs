//! Files that are damaged, built otherwise or made to be read in two ways.

use super::*;
use crate::pdf::sample::Disorder;

#[test]
fn doubled_fields_and_keys_are_refused() {
    let catalog = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 4 0 R] /SigFlags 3 >> >>".to_owned();
    let bodies = [
        catalog,
        "<< /Type /Pages /Kids [] /Count 0 >>".to_owned(),
        "<< >>".to_owned(),
        "<< /FT /Sig /T (a) >>".to_owned(),
    ];
    let bytes = file(&bodies);
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    assert_eq!(document.signature_fields(), Err(ReadError::Structure("a form field appears twice")));
    let mut bodies = bodies;
    bodies[0] = "<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R /AcroForm 5 0 R >>".to_owned();
    let bytes = file(&bodies);
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    assert!(matches!(document.signature_fields(), Err(ReadError::DuplicateKey { .. })));
}

#[test]
fn damaged_and_foreign_files_are_refused_by_name() {
    let bytes = document(1);
    let open = |bytes: &[u8]| Document::open(bytes, &Limits::DEFAULT).map(|document| document.repairs());
    assert_eq!(open(b""), Err(ReadError::NotPdf));
    assert_eq!(open(b"PK\x03\x04"), Err(ReadError::NotPdf));
    assert_eq!(open(&bytes[..20]), Err(ReadError::NoEnd));
    assert_eq!(open(&bytes[..bytes.len() / 2]), Ok(vec![Repair::EndMarkerMissing, Repair::Rebuilt]));
    assert_eq!(open(&bytes[..bytes.len() - 1]), Ok(vec![Repair::EndMarkerMissing]));
    let replaced = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let at = bytes.windows(from.len()).rposition(|w| w == from.as_bytes()).unwrap();
        let mut bytes = bytes.clone();
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    assert_eq!(open(&replaced("/Info 3 0 R", "/Encrypt 3 ")), Err(ReadError::SecurityHandler));
    let table = bytes.windows(4).position(|w| w == b"xref").unwrap();
    let startxref = replaced(&format!("startxref\n{table}"), &format!("startxref\n{}", table + 1));
    assert_eq!(open(&startxref), Ok(vec![Repair::Startxref]));
    let mut ring = append_sized(&bytes, &[], 9);
    let prev = ring.windows(6).rposition(|w| w == b"/Prev ").unwrap() + 6;
    ring[prev..prev + 3].copy_from_slice(bytes.len().to_string().as_bytes());
    assert_eq!(open(&ring), Ok(vec![Repair::Rebuilt]));
    let limits = Limits { file: 100, ..Limits::DEFAULT };
    assert_eq!(Document::open(&bytes, &limits).map(|_| ()), Err(ReadError::Limit("file size")));
}

#[test]
fn a_hybrid_file_is_read_as_new_readers_read_it_and_said_to_be_one() {
    let mut bytes = document(1);
    let previous = bytes.windows(4).position(|w| w == b"xref").unwrap();
    bytes.push(b'\n');
    let hidden = bytes.len();
    bytes.extend_from_slice(b"20 0 obj (hidden) endobj\n");
    let stream = bytes.len();
    bytes.extend_from_slice(b"21 0 obj << /Type /XRef /W [1 4 1] /Index [20 1] /Size 22 /Length 6 >> stream\n\x01");
    bytes.extend_from_slice(&(hidden as u32).to_be_bytes());
    bytes.extend_from_slice(b"\0\nendstream endobj\n");
    let table = bytes.len();
    let trailer = format!(
        "xref\n20 1\n0000000000 00000 f \ntrailer << /Size 22 /Root 1 0 R /XRefStm {stream} /Prev {previous} >>\nstartxref\n{table}\n%%EOF\n"
    );
    bytes.extend_from_slice(trailer.as_bytes());
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    assert!(document.is_hybrid());
    assert_eq!((document.revisions().len(), document.trailing()), (2, 0));
    let object = document.latest().object(read::Id::new(20)).unwrap().unwrap();
    assert_eq!(object.value.as_string(), Some(&b"hidden"[..]));
    assert_eq!(document.as_of(0).object(read::Id::new(20)), Ok(None));
    assert_eq!(prepare(&bytes, &[field("a", 20.0, Locks::Nothing)]), Err(StampError::NotOurForm));
}

/// Whatever the bytes, reading ends with a value.
#[test]
fn ten_thousand_mutations_never_panic() {
    let (mut disorder, mut readable) = (Disorder(0x5eed), 0);
    for original in [sealed(), sealed_twice(), document(3)] {
        for _ in 0..3500 {
            let mut bytes = original.clone();
            for _ in 0..=disorder.below(4) {
                let at = disorder.below(bytes.len());
                match disorder.below(5) {
                    0 => bytes[at] ^= 1 << disorder.below(8),
                    1 => bytes.truncate(at.max(1)),
                    2 => bytes[at] = b"<>[]()/% 0129R"[disorder.below(14)],
                    3 => {
                        let from = disorder.below(bytes.len());
                        let piece = bytes[from..bytes.len().min(from + 40)].to_vec();
                        bytes.splice(at..at, piece);
                    }
                    _ => drop(bytes.drain(at.max(1)..bytes.len().min(at.max(1) + disorder.below(20)))),
                }
            }
            let limits = Limits { parsed: 4 << 20, ..Limits::DEFAULT };
            let Ok(document) = Document::open(&bytes, &limits) else { continue };
            readable += 1;
            for field in document.signature_fields().unwrap_or_default() {
                let Some(signature) = &field.signature else { continue };
                if let Ok(coverage) = document.coverage(signature) {
                    let _ = document.changes_after(coverage.revision(), &field);
                    let _ = document.covered_digest(&coverage);
                }
            }
            let _ = Stamped::reopen(bytes.clone());
            let _ = stamp(&bytes, &plan("seal-2", &seal(), Permission::Approve));
            let _ = prepare(&bytes, &[field("x", 20.0, Locks::Nothing)]);
        }
    }
    assert!(readable > 500, "the mutations reach beyond the first check: {readable}");
}
