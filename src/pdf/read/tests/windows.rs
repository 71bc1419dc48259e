//! A file through windows says what it says in memory, and takes little of it.

use std::cell::Cell;
use std::io;

use crate::digest::Digest;
use crate::pdf::read::{Document, Limits, ReadAt, ReadError};
use crate::pdf::sample::{Disorder, append, der, document};
use crate::pdf::{FieldPlan, Form, Locks, Permission, RectMm, StampPlan, fill, prepare, stamp};

/// Some bytes, then zeros that nobody has to store, then some bytes; gives out odd pieces.
struct Sparse {
    head: Vec<u8>,
    zeros: usize,
    tail: Vec<u8>,
    largest: Cell<usize>,
    total: Cell<usize>,
    piece: usize,
}

impl Sparse {
    fn new(head: &[u8], zeros: usize, tail: &[u8], piece: usize) -> Self {
        let (largest, total) = (Cell::new(0), Cell::new(0));
        Self { head: head.to_vec(), zeros, tail: tail.to_vec(), largest, total, piece }
    }
}

impl ReadAt for Sparse {
    fn size(&self) -> u64 {
        (self.head.len() + self.zeros + self.tail.len()) as u64
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.largest.set(self.largest.get().max(buffer.len()));
        let count = buffer.len().min(self.piece).min((self.size() - at) as usize);
        self.total.set(self.total.get() + count);
        for (byte, at) in buffer[..count].iter_mut().zip(at as usize..) {
            *byte = match at.checked_sub(self.head.len()) {
                None => self.head[at],
                Some(at) if at < self.zeros => 0,
                Some(at) => self.tail[at - self.zeros],
            };
        }
        Ok(count)
    }
}

fn sealed(pages: usize) -> Vec<u8> {
    let rect = RectMm { left: 20.0, top: 200.0, width: 42.0, height: 42.0 };
    let field = FieldPlan { name: "seal".to_owned(), page: 0, rect, locks: Locks::Nothing };
    let prepared = prepare(&document(pages), &[field]).unwrap();
    let form = Form::new(b"", [0.0, 0.0, 119.055, 119.055]);
    let plan = StampPlan {
        field: "seal".to_owned(),
        appearance: &form,
        seam: Vec::new(),
        permission: Permission::CertifyOpen,
        signed_at: "2026-11-22T01:30:05Z".parse().unwrap(),
        signer: "章".to_owned(),
        reason: None,
        hole: 4096,
    };
    fill(&stamp(&prepared, &plan).unwrap(), &der(3000)).unwrap()
}

/// All that is to be said of a document, but for what it cost.
fn told(document: Result<Document<'_>, ReadError>) -> String {
    let document = match document {
        Ok(document) => document,
        Err(error) => return error.to_string(),
    };
    let fields = document.signature_fields();
    let mut text = format!("{:?} {} {fields:?}", document.revisions(), document.trailing());
    for field in fields.iter().flatten() {
        let Some(signature) = &field.signature else { continue };
        let coverage = document.coverage(signature);
        text += &format!("{coverage:?}");
        if let Ok(coverage) = coverage {
            let changes = document.changes_after(coverage.revision(), field);
            text += &format!("{changes:?} {:?}", document.covered_digest(&coverage));
        }
    }
    text + &format!("{:?} {:?}", document.trailing_is_space(), document.repairs())
}

#[test]
fn windows_and_memory_say_the_same() {
    let (mut disorder, mut readable) = (Disorder(0x5eed), 0);
    let originals = [sealed(1), append(&sealed(40), &[(200, "(x)"), (5, "<< /Length 3 >> stream\nq Q\nendstream")])];
    for original in &originals {
        for round in 0..200 {
            let mut bytes = original.clone();
            for _ in 0..round.min(3) {
                let at = disorder.below(bytes.len());
                match disorder.below(4) {
                    0 => bytes[at] ^= 1 << disorder.below(8),
                    1 if round % 7 == 0 => bytes.truncate(at.max(1)),
                    2 => bytes[at] = b"<>[]()/% 0129R"[disorder.below(14)],
                    _ => drop(bytes.drain(at..bytes.len().min(at + disorder.below(20)))),
                }
            }
            let file = Sparse::new(&bytes, 0, b"", 1 + disorder.below(3000));
            let (memory, windows) =
                (told(Document::open(&bytes, &Limits::DEFAULT)), told(Document::open_source(&file, &Limits::DEFAULT)));
            assert_eq!(memory, windows, "round {round}");
            readable += usize::from(memory.starts_with('['));
        }
    }
    assert!(readable > 300, "{readable}");
}

#[test]
fn three_hundred_megabytes_take_little_memory() {
    // A document whose third object is a stream of zeros, sealed on paper only: what is hashed is known.
    const ZEROS: usize = 300 << 20;
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n3 0 obj\n<< /Length {ZEROS} >>\nstream\n"
    );
    let offset = |text: &str| head.find(text).unwrap();
    let start = head.len() + ZEROS + "\nendstream\nendobj\n".len();
    let entries: String =
        ["1 0 obj", "2 0 obj", "3 0 obj"].iter().map(|text| format!("{:010} 00000 n \n", offset(text))).collect();
    let tail = format!(
        "\nendstream\nendobj\nxref\n0 4\n0000000000 65535 f \n{entries}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    let file = Sparse::new(head.as_bytes(), ZEROS, tail.as_bytes(), usize::MAX);
    let document = Document::open_source(&file, &Limits::DEFAULT).unwrap();
    let big = document.latest().object(crate::pdf::read::Id::new(3)).unwrap().unwrap();
    assert_eq!(big.data.as_ref().map(|data| data.len()), Some(ZEROS));
    assert!(document.same_data(&big, &big).unwrap());
    assert_eq!(document.data(&big), Err(ReadError::Limit("decompressed bytes")));
    assert!(file.largest.get() <= 1 << 20, "{} bytes at once", file.largest.get());
    drop(document);
    file.total.set(0);
    Document::open_source(&file, &Limits::DEFAULT).unwrap();
    assert!(file.total.get() < 2 << 20, "{} bytes to open it", file.total.get());
}

#[test]
fn covered_bytes_are_the_same_in_pieces() {
    let bytes = sealed(2);
    let file = Sparse::new(&bytes, 0, b"", 777);
    let document = Document::open_source(&file, &Limits::DEFAULT).unwrap();
    let field = document.signature_fields().unwrap().remove(0);
    let coverage = document.coverage(field.signature.as_ref().unwrap()).unwrap();
    let mut covered = Vec::new();
    document.each_covered(&coverage, &mut |piece| covered.extend_from_slice(piece)).unwrap();
    assert_eq!(covered, [&bytes[..coverage.hole().start], &bytes[coverage.hole().end..]].concat());
    assert_eq!(document.covered_digest(&coverage), Ok(Digest::of(&covered)));
}

/// A file that ends earlier than it says.
struct Cut;

impl ReadAt for Cut {
    fn size(&self) -> u64 {
        1 << 20
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match at {
            0..4096 => {
                buffer.fill(b' ');
                buffer[..5].copy_from_slice(b"%PDF-");
                Ok(buffer.len())
            }
            _ => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }
}

#[test]
fn what_cannot_be_fetched_is_said() {
    let error = Document::open_source(&Cut, &Limits::DEFAULT).err();
    assert_eq!(error, Some(ReadError::Io(io::ErrorKind::PermissionDenied)));
}
