//! Damage by name: what is tolerated, what is a guess, and that no guess hides a change.

use crate::pdf::read::{Document, Limits, ReadError, Repair};
use crate::pdf::sample::{append, document};

/// How a small file is spelled.
#[derive(Clone, Copy)]
struct Spelling<'a> {
    junk: &'a str,
    /// Offsets count from the header, not from the start of the file.
    from_header: bool,
    line_end: &'a str,
    entry_end: &'a str,
    first: u32,
    after_stream: &'a str,
    endobj: &'a str,
    length: usize,
    startxref: isize,
    /// What every offset of an object is off by.
    offsets: isize,
    marker: &'a str,
    keyword: &'a str,
}

const PLAIN: Spelling<'_> = Spelling {
    junk: "",
    from_header: false,
    line_end: "\n",
    entry_end: " \n",
    first: 0,
    after_stream: "\n",
    endobj: "endobj",
    length: 4,
    startxref: 0,
    offsets: 0,
    marker: "%%EOF\n",
    keyword: "xref",
};

impl Spelling<'_> {
    fn write(&self) -> Vec<u8> {
        let n = self.line_end;
        let origin = if self.from_header { self.junk.len() } else { 0 };
        let place = |at: usize, off: isize| (at - origin).checked_add_signed(off).unwrap();
        let mut out = format!("{}%PDF-1.4{n}", self.junk);
        let content = format!("<< /Length {} >>{n}stream{}q Q {n}endstream", self.length, self.after_stream);
        let bodies = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            &content,
        ];
        let mut table = format!("0000000000 65535 f{}", self.entry_end);
        for (i, body) in bodies.iter().enumerate() {
            out += &format!("{n}{n}");
            table += &format!("{:010} 00000 n{}", place(out.len(), self.offsets), self.entry_end);
            out += &format!("{} 0 obj{n}{body}{n}{}", i + 1, self.endobj);
        }
        out += &format!("{n}{n}");
        let at = place(out.len(), self.startxref);
        let (keyword, first) = (self.keyword, self.first);
        out += &format!(
            "{keyword}{n}{first} 5{n}{table}trailer{n}<< /Size 5 /Root 1 0 R >>{n}startxref{n}{at}{n}{}",
            self.marker
        );
        out.into_bytes()
    }
}

/// Reads the page and its content, and says what had to be tolerated.
fn repairs(bytes: &[u8]) -> Vec<Repair> {
    let document = Document::open(bytes, &Limits::DEFAULT).unwrap();
    let view = document.latest();
    let pages = view.pages().unwrap();
    assert_eq!(pages.len(), 1);
    let page = view.object(pages[0]).unwrap().unwrap();
    let content = page.value.as_dict().unwrap().get("Contents").unwrap().as_ref().unwrap();
    let content = view.object(content).unwrap().unwrap();
    assert_eq!(document.data(&content).unwrap().as_ref(), b"q Q ");
    document.repairs()
}

#[test]
fn each_damage_has_its_name() {
    use Repair::*;
    let junk = "HTTP/1.1 200 OK\r\n\r\n";
    let cases: &[(&str, Spelling<'_>, &[Repair])] = &[
        ("as the standard says", PLAIN, &[]),
        (
            "carriage return and line feed",
            Spelling { line_end: "\r\n", after_stream: "\r\n", entry_end: "\r\n", ..PLAIN },
            &[],
        ),
        (
            "carriage returns",
            Spelling { line_end: "\r", entry_end: " \r", after_stream: "\r", marker: "%%EOF\r", ..PLAIN },
            &[StreamLineEnd],
        ),
        ("no line end at the end", Spelling { marker: "%%EOF", ..PLAIN }, &[]),
        ("junk, offsets from the header", Spelling { junk, from_header: true, ..PLAIN }, &[JunkBeforeHeader]),
        ("junk, offsets from the start", Spelling { junk, ..PLAIN }, &[JunkBeforeHeader]),
        ("entries of 19 bytes", Spelling { entry_end: "\n", ..PLAIN }, &[TableEntries]),
        ("entries of 19 bytes, carriage return", Spelling { entry_end: "\r", ..PLAIN }, &[TableEntries]),
        ("entries of 21 bytes", Spelling { entry_end: " \r\n", ..PLAIN }, &[TableEntries]),
        ("a table from one", Spelling { first: 1, ..PLAIN }, &[TableFromOne]),
        ("a table from one, 19 bytes", Spelling { first: 1, entry_end: "\n", ..PLAIN }, &[TableEntries, TableFromOne]),
        ("offsets before white space", Spelling { offsets: -2, ..PLAIN }, &[Spacing]),
        ("startxref before white space", Spelling { startxref: -1, ..PLAIN }, &[Spacing]),
        ("no endobj", Spelling { endobj: "", ..PLAIN }, &[EndobjMissing]),
        ("a stream too long for its length", Spelling { length: 2, ..PLAIN }, &[StreamLength]),
        ("a length beyond the file", Spelling { length: 9999, ..PLAIN }, &[StreamLength]),
        ("no end marker", Spelling { marker: "", ..PLAIN }, &[EndMarkerMissing]),
        ("half an end marker", Spelling { marker: "%%EO", ..PLAIN }, &[EndMarkerMissing]),
        ("startxref in the table", Spelling { startxref: 3, ..PLAIN }, &[Startxref]),
        ("startxref in an object", Spelling { startxref: -20, ..PLAIN }, &[Startxref]),
        ("startxref far off", Spelling { startxref: 100_000, ..PLAIN }, &[Startxref]),
        ("offsets in the middle of objects", Spelling { offsets: 3, ..PLAIN }, &[Rebuilt]),
        ("no table", Spelling { keyword: "xfer", ..PLAIN }, &[Rebuilt]),
        ("no table after junk", Spelling { keyword: "xfer", junk, ..PLAIN }, &[JunkBeforeHeader, Rebuilt]),
    ];
    for (name, spelling, want) in cases {
        assert_eq!(repairs(&spelling.write()), *want, "{name}");
    }
}

#[test]
fn junk_has_its_limit() {
    let with = |length: usize| [&vec![b'x'; length][..], &PLAIN.write()].concat();
    assert_eq!(repairs(&with(1024)), [Repair::JunkBeforeHeader]);
    assert_eq!(Document::open(&with(1025), &Limits::DEFAULT).err(), Some(ReadError::NotPdf));
}

#[test]
fn two_origins_that_both_make_sense_are_a_guess() {
    // The junk has a section where the offset leads when it is counted from the start.
    let at = PLAIN.write().windows(4).position(|w| w == b"xref").unwrap();
    let junk = format!("{:at$}{:<500}", "", "xref\n0 0\ntrailer << /Root 1 0 R >>\n");
    let bytes = Spelling { junk: &junk, from_header: true, ..PLAIN }.write();
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    assert!(document.repairs().into_iter().any(Repair::is_guess));
}

#[test]
fn a_table_that_frees_its_first_object_is_not_shifted() {
    // A later revision that removes object 1 for good looks like a table from one.
    let bytes = document(1);
    let table = bytes.windows(4).position(|w| w == b"xref").unwrap();
    let start = bytes.len() + 1;
    let freed = format!(
        "\nxref\n1 1\n0000000000 65535 f \ntrailer << /Size 9 /Root 1 0 R /Prev {table} >>\nstartxref\n{start}\n%%EOF\n"
    );
    let freed = [&bytes[..], freed.as_bytes()].concat();
    let document = Document::open(&freed, &Limits::DEFAULT).unwrap();
    assert_eq!(document.repairs(), []);
    assert_eq!(document.signature_fields(), Err(ReadError::Structure("catalog")));
}

#[test]
fn a_revision_must_end_with_the_section_that_the_chain_leads_to() {
    // Its signer saw the section that its end names; a later revision may not put another in its place.
    let bytes = append(&document(1), &[(6, "(seen)")]);
    let other = bytes.windows(4).position(|w| w == b"xref").unwrap();
    let later = append(&bytes, &[(7, "(later)")]);
    assert_eq!(Document::open(&later, &Limits::DEFAULT).unwrap().repairs(), []);
    let at = bytes.windows(9).rposition(|w| w == b"startxref").unwrap() + 10;
    let digits = bytes[at..].iter().position(|b| *b == b'\n').unwrap();
    let mut forged = later.clone();
    forged[at..at + digits].copy_from_slice(format!("{other:0>digits$}").as_bytes());
    assert_eq!(Document::open(&forged, &Limits::DEFAULT).unwrap().repairs(), [Repair::Startxref]);
}

#[test]
fn what_cannot_be_described_keeps_its_first_error() {
    let bytes = PLAIN.write();
    let open = |bytes: &[u8]| Document::open(bytes, &Limits::DEFAULT).map(|d| d.repairs());
    assert_eq!(open(&bytes[..12]), Err(ReadError::NoEnd));
    assert_eq!(open(b"%PDF-1.7\nstartxref\n0\n%%EOF"), Err(ReadError::Xref { at: 9 }));
    // Half a file still has its catalog.
    assert_eq!(open(&bytes[..bytes.len() / 2]), Ok(vec![Repair::EndMarkerMissing, Repair::Rebuilt]));
}

#[test]
fn a_revision_after_a_signature_is_spelled_as_the_standard_says() {
    let later = append(&document(1), &[(6, "(later)")]);
    let spelled = |from: &str, to: &str| {
        let at = later.windows(from.len()).rposition(|w| w == from.as_bytes()).unwrap();
        let bytes = [&later[..at], to.as_bytes(), &later[at + from.len()..]].concat();
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
        document.step(1).unwrap();
        document.repairs()
    };
    assert_eq!(spelled(" n \n", " n \n"), []);
    assert_eq!(spelled(" n \n", " n\n"), [Repair::TableEntries, Repair::Update]);
    assert_eq!(spelled(")\nendobj", ")\n      "), [Repair::EndobjMissing, Repair::Update]);
    assert_eq!(spelled("endobj\nxref", "endobj\n\nxref"), [Repair::Spacing, Repair::Update]);
}

#[test]
fn tables_have_one_entry_a_line() {
    for (from, to) in
        [("f \n0000", "f 0000"), ("0 5\n", "0 5 "), ("0000000000 65535 f", "0 65535 f"), ("trailer", "9 0\ntrailer")]
    {
        let text = String::from_utf8(PLAIN.write()).unwrap();
        assert!(text.contains(from), "{from}");
        assert_eq!(repairs(text.replacen(from, to, 1).as_bytes()), [Repair::Rebuilt], "{from:?} {to:?}");
    }
    // A line too many behind the first entry: the others are not where they have to be, and nothing is guessed.
    let text = String::from_utf8(PLAIN.write()).unwrap().replacen("f \n", "f \n\n", 1);
    let document = Document::open(text.as_bytes(), &Limits::DEFAULT).unwrap();
    assert!(matches!(document.latest().pages(), Err(ReadError::Xref { .. })));
}

#[test]
fn objects_that_share_bytes_are_a_guess() {
    let holder = append(&document(1), &[(6, "<< /Length 17 >>\nstream\n7 0 obj 1 endobj \nendstream")]);
    let at = |word: &str| holder.windows(word.len()).rposition(|w| w == word.as_bytes()).unwrap();
    let (inner, table, start) = (at("7 0 obj"), at("\nxref") + 1, holder.len());
    let both = format!(
        "xref\n7 1\n{inner:010} 00000 n \ntrailer << /Size 8 /Root 1 0 R /Prev {table} >>\nstartxref\n{start}\n%%EOF\n"
    );
    for (bytes, want) in [(holder.clone(), vec![]), ([&holder[..], both.as_bytes()].concat(), vec![Repair::Overlap])] {
        let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
        document.layout().unwrap();
        assert_eq!(document.repairs(), want);
    }
}

#[test]
fn a_revision_is_read_as_if_the_file_ended_with_it() {
    // What is appended holds an object, and the end of a stream.
    let body = "<< /Length 42 >>\nstream\n4 0 obj << >> endobj\nendstream endobj ....\nendstream";
    let find = |bytes: &[u8], word: &str| bytes.windows(word.len()).rposition(|w| w == word.as_bytes()).unwrap();
    let plain = String::from_utf8(PLAIN.write()).unwrap();
    let later = String::from_utf8(append(plain.as_bytes(), &[(9, body)])).unwrap();
    let [at, there] = [plain.find("4 0 obj").unwrap(), later.rfind("4 0 obj").unwrap()];
    let moved = later.replacen(&format!("{at:010}"), &format!("{there:010}"), 1);
    let document = Document::open(moved.as_bytes(), &Limits::DEFAULT).unwrap();
    let id = crate::pdf::read::Id::new(4);
    assert_eq!(document.latest().object(id), Err(ReadError::Misplaced(id)));
    let spelled = |length: usize| append(&Spelling { length, ..PLAIN }.write(), &[(9, body)]);
    let long = spelled(100);
    let length = find(&long, "\nendstream endobj") - find(&long, "q Q ");
    assert!((100..1000).contains(&length), "{length}");
    assert_eq!(repairs(&spelled(length)), [Repair::StreamLength]);
}
