//! Files that qpdf and pyHanko encrypted with an empty user password, before our reader; pyHanko signs them and we read what it
//! wrote.

use std::path::Path;
use std::process::Command;

use yinxin::pdf::read::{Document, Limits, ReadError};
use yinxin::pdf::{FieldPlan, Locks, RectMm, prepare};

use crate::tools::{python, run};

const PAGE: &[u8] = include_bytes!("../data/pdf/typst-a2b.pdf");

/// The kinds of encryption, as qpdf is asked for them.
const KINDS: [(&str, &[&str]); 6] = [
    ("rc4-40", &["40", "--"]),
    ("rc4-128", &["128", "--use-aes=n", "--"]),
    ("aes-128", &["128", "--use-aes=y", "--"]),
    ("aes-128 but for metadata", &["128", "--use-aes=y", "--cleartext-metadata", "--"]),
    ("aes-256, revision 5", &["256", "--force-R5", "--"]),
    ("aes-256", &["256", "--"]),
];

/// What pyHanko does not read itself.
const NOT_FOR_PYHANKO: [&str; 2] = ["aes-128 but for metadata", "aes-256, revision 5"];

/// Two empty signature fields with names that need UTF-16.
fn prepared() -> Vec<u8> {
    let rect = RectMm { left: 25.0, top: 242.0, width: 42.0, height: 42.0 };
    let field = |name: &str, left: f64| FieldPlan {
        name: name.to_owned(),
        page: 0,
        rect: RectMm { left, ..rect },
        locks: Locks::Nothing,
    };
    prepare(PAGE, &[field("印章甲", 25.0), field("seal-(2)\\", 100.0)]).unwrap()
}

/// `a.pdf` encrypted as `b.pdf`.
fn encrypt(folder: &Path, user: &str, kind: &[&str], more: &[&str]) -> Vec<u8> {
    let mut command = Command::new("qpdf");
    command.args(["--allow-weak-crypto", "--encrypt", user, "owner"]).args(kind).args(more).args(["a.pdf", "b.pdf"]);
    run(command.current_dir(folder));
    std::fs::read(folder.join("b.pdf")).unwrap()
}

fn names(document: &Document<'_>) -> Vec<String> {
    document.signature_fields().unwrap().into_iter().map(|field| field.name).collect()
}

#[test]
fn every_kind_that_needs_no_password_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), prepared()).unwrap();
    for (name, kind) in KINDS {
        for more in [&["--object-streams=disable"][..], &["--object-streams=generate"], &["--linearize"]] {
            let bytes = encrypt(folder.path(), "", kind, more);
            let document = Document::open(&bytes, &Limits::DEFAULT).unwrap_or_else(|e| panic!("{name} {more:?}: {e}"));
            assert!(document.is_encrypted(), "{name}");
            assert_eq!(document.repairs(), [], "{name} {more:?}");
            assert_eq!(names(&document), ["印章甲", "seal-(2)\\"], "{name} {more:?}");
            assert_eq!(document.signature_fields().unwrap()[1].page, Some(0), "{name}");
        }
    }
    let plain = std::fs::read(folder.path().join("a.pdf")).unwrap();
    assert!(!Document::open(&plain, &Limits::DEFAULT).unwrap().is_encrypted());
}

#[test]
fn a_password_or_another_handler_is_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), prepared()).unwrap();
    for (name, kind) in KINDS {
        let bytes = encrypt(folder.path(), "secret", kind, &["--object-streams=disable"]);
        assert_eq!(Document::open(&bytes, &Limits::DEFAULT).err(), Some(ReadError::Encrypted), "{name}");
    }
    let mut bytes = encrypt(folder.path(), "", KINDS[5].1, &["--object-streams=disable"]);
    let at = bytes.windows(9).position(|w| w == b"/Standard").unwrap();
    bytes[at..at + 9].copy_from_slice(b"/Adobe.PP");
    assert_eq!(Document::open(&bytes, &Limits::DEFAULT).err(), Some(ReadError::SecurityHandler));
}

/// Signs `b.pdf` twice as `c.pdf` and `d.pdf`, then changes the title as `e.pdf`.
const SIGN: &str = r#"
import datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
begin, end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days) for days in (-30, 3650))
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, 'signer')])
builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
builder = builder.serial_number(1).not_valid_before(begin).not_valid_after(end)
cert = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
raw = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
signer = signers.SimpleSigner(next(iter(load_certs_from_pemder_data(cert))), load_private_key_from_pemder_data(raw, None), SimpleCertificateStore())
def writer(path):
    writer = IncrementalPdfFileWriter(open(path, 'rb'))
    if writer.prev.encrypted:
        writer.encrypt('')
    return writer
for field, before, after in [('印章甲', 'b.pdf', 'c.pdf'), ('seal-(2)\\', 'c.pdf', 'd.pdf')]:
    meta = signers.PdfSignatureMetadata(field_name=field, name='签署人', reason='审批（一）', location='x')
    with open(after, 'wb') as out:
        signers.sign_pdf(writer(before), meta, signer=signer, output=out, existing_fields_only=True)
changed = writer('d.pdf')
info = changed.trailer['/Info']
info[NameObject('/Title')] = TextStringObject('变造')
changed.mark_update(changed.trailer.raw_get('/Info'))
with open('e.pdf', 'wb') as out:
    changed.write(out)
"#;

/// What is to be said of the signatures of `file`: names, times and reasons read, what they cover, what changed after the first.
fn told(bytes: &[u8]) -> Vec<String> {
    let document = Document::open(bytes, &Limits::DEFAULT).unwrap();
    let fields = document.signature_fields().unwrap();
    let signed = fields.iter().filter_map(|field| field.signature.as_ref().map(|signature| (field, signature)));
    let told = signed.map(|(field, signature)| {
        let coverage = document.coverage(signature).unwrap();
        assert!(coverage.der(signature).starts_with(&[0x30, 0x82]));
        assert!(signature.signed_at.is_some(), "{:?}", signature.signed_at_text);
        let changes = document.changes_after(coverage.revision(), field).unwrap();
        let changes: Vec<_> = changes.forbidden.iter().chain(&changes.allowed).map(|change| change.code).collect();
        format!("{} {:?} {:?} {} {changes:?}", field.name, signature.name, signature.reason, coverage.is_whole_file())
    });
    told.collect()
}

#[test]
fn signatures_of_encrypted_files_say_what_they_say_in_plain_ones() {
    let folder = tempfile::tempdir().unwrap();
    let sign = || {
        run(Command::new(python()).args(["-c", SIGN]).current_dir(&folder));
        ["c.pdf", "d.pdf", "e.pdf"].map(|name| told(&std::fs::read(folder.path().join(name)).unwrap()))
    };
    std::fs::write(folder.path().join("a.pdf"), prepared()).unwrap();
    // Rewritten by the same program, so that nothing but the encryption differs.
    run(Command::new("qpdf").args(["--object-streams=disable", "a.pdf", "b.pdf"]).current_dir(&folder));
    let plain = sign();
    assert!(plain[0][0].starts_with("印章甲 Some(\"签署人\") Some(\"审批（一）\") true"), "{plain:?}");
    assert_eq!(plain.each_ref().map(Vec::len), [1, 2, 2]);
    assert_ne!(plain[1], plain[2], "the title is a change");
    for (name, kind) in KINDS.into_iter().filter(|(name, _)| !NOT_FOR_PYHANKO.contains(name)) {
        encrypt(folder.path(), "", kind, &["--object-streams=disable"]);
        assert_eq!(sign(), plain, "{name}");
    }
}

#[test]
fn a_revision_may_not_change_the_encryption() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), prepared()).unwrap();
    let bytes = encrypt(folder.path(), "", KINDS[5].1, &["--object-streams=disable"]);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let word = |key: &str| text.rsplit(key).next().unwrap().split(['/', '>', '\n']).next().unwrap().trim().to_owned();
    let (root, size, encrypt) = (word("/Root "), word("/Size "), word("/Encrypt "));
    let (previous, id_at) = (word("startxref\n"), bytes.windows(4).rposition(|w| w == b"/ID ").unwrap());
    let id_end = id_at + bytes[id_at..].iter().position(|b| *b == b']').unwrap() + 1;
    let with = |objects: &str, trailer: &str| {
        let start = bytes.len() + objects.len();
        let number = encrypt.split(' ').next().unwrap();
        let table =
            if objects.is_empty() { String::new() } else { format!("{number} 1\n{:010} 00000 n \n", bytes.len()) };
        let head = format!("{objects}xref\n{table}trailer << /Root {root} /Size {size} /Prev {previous} {trailer} ");
        let tail = format!(" >>\nstartxref\n{start}\n%%EOF\n");
        let bytes = [&bytes[..], head.as_bytes(), &bytes[id_at..id_end], tail.as_bytes()].concat();
        Document::open(&bytes, &Limits::DEFAULT).map(|document| document.revisions().len())
    };
    assert_eq!(with("", &format!("/Encrypt {encrypt}")), Ok(2));
    assert_eq!(with("", ""), Err(ReadError::EncryptionChanged));
    assert_eq!(with("", &format!("/Encrypt {root}")), Err(ReadError::EncryptionChanged));
    let object = format!("{} obj << /Filter /Standard >> endobj\n", encrypt.trim_end_matches(" R"));
    assert_eq!(with(&object, &format!("/Encrypt {encrypt}")), Err(ReadError::EncryptionChanged));
}
