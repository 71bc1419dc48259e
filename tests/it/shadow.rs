//! Preparations for shadow attacks in files that pyHanko writes and qpdf rewrites, and honest files of theirs and ours.

use std::path::Path;
use std::process::Command;

use yinxin::pdf::read::{Document, Limits};

use crate::tools::{python, run};

/// Two A4 pages as typst exports them.
const PAGE: &[u8] = include_bytes!("../data/pdf/typst-a2b.pdf");

/// From `page.pdf`: a picture over its text, the same picture under it, and a text field that shows what it keeps or does not.
const WRITE: &str = r#"
from pyhanko.pdf_utils import generic, text
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
def write(path, change):
    writer = IncrementalPdfFileWriter(open('page.pdf', 'rb'))
    change(writer)
    with open(path, 'wb') as out:
        writer.write(out)
def picture(prepend):
    def change(writer):
        entries = dict(Type=name('/XObject'), Subtype=name('/Image'), Width=1, Height=1, ColorSpace=name('/DeviceGray'), BitsPerComponent=8)
        entries = {name('/' + key): value if isinstance(value, generic.PdfObject) else generic.NumberObject(value) for key, value in entries.items()}
        image = writer.add_object(generic.StreamObject(entries, stream_data=b'x'))
        resources = generic.DictionaryObject({name('/XObject'): generic.DictionaryObject({name('/Shadow'): image})})
        content = writer.add_object(generic.StreamObject(stream_data=b'q 595 0 0 600 0 242 cm /Shadow Do Q'))
        writer.add_stream_to_page(0, content, resources, prepend=prepend)
    return change
def field(shown, kept):
    def change(writer):
        box = text.TextBox(text.TextBoxStyle(), writer)
        box.content = shown
        page, _ = writer.find_page_for_modification(0)
        rect = generic.ArrayObject(map(generic.FloatObject, [50, 50, 250, 70]))
        field = generic.DictionaryObject({
            name('/Type'): name('/Annot'), name('/Subtype'): name('/Widget'), name('/FT'): name('/Tx'), name('/Rect'): rect,
            name('/F'): generic.NumberObject(4), name('/T'): generic.pdf_string('sum'), name('/V'): generic.pdf_string(kept),
            name('/AP'): generic.DictionaryObject({name('/N'): writer.add_object(box.as_form_xobject())}), name('/P'): page,
        })
        field = writer.add_object(field)
        page.get_object()[name('/Annots')] = generic.ArrayObject([field])
        writer.mark_update(page)
        writer.root[name('/AcroForm')] = generic.DictionaryObject({name('/Fields'): generic.ArrayObject([field])})
        writer.update_root()
    return change
write('over.pdf', picture(False))
write('under.pdf', picture(True))
write('kept.pdf', field('1000 yuan', '1000 yuan'))
write('other.pdf', field('1000 yuan', '9000 yuan'))
"#;

#[track_caller]
fn codes(path: &Path) -> Vec<&'static str> {
    let bytes = std::fs::read(path).unwrap();
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    let found = document.prepared(document.revisions().len() - 1);
    found.iter().map(|found| found.code.code()).collect()
}

#[test]
fn what_pyhanko_prepares_is_found_however_qpdf_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("page.pdf"), PAGE).unwrap();
    run(Command::new(python()).args(["-c", WRITE]).current_dir(&folder));
    for (file, found) in [
        ("page", None),
        ("over", Some("image-over-text")),
        ("under", None),
        ("kept", None),
        ("other", Some("field-value-differs")),
    ] {
        let path = folder.path().join(format!("{file}.pdf"));
        assert_eq!(codes(&path), Vec::from_iter(found), "{file}");
        for options in [&["--object-streams=generate"][..], &["--linearize"], &["--qdf"], &["--recompress-flate"]] {
            let rewritten = folder.path().join("rewritten.pdf");
            run(Command::new("qpdf").args(options).args([&path, &rewritten]));
            assert_eq!(codes(&rewritten), Vec::from_iter(found), "{file} {options:?}");
        }
    }
}
