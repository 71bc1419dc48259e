//! A sealed file of 100 MB: how much longer verifying it takes than reading and hashing it, and how much more memory.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;
use yinxin::digest::Digest;
use yinxin::pdf::{FieldPlan, Locks, RectMm, prepare};

use crate::sealing::Sealer;

/// Side of the picture on the page, in pixels of one byte.
const SIDE: usize = 10_000;

/// Prints time and memory of the program on the large file; `small` is what its memory is compared with.
pub(crate) fn verify(sealer: &Sealer<'_>, trust: &Path, small: &Path, folder: &Path) {
    let rect = RectMm { left: 150.0, top: 250.0, width: 42.0, height: 42.0 };
    let field = FieldPlan { name: "seal-1".to_owned(), page: 0, rect, locks: Locks::Nothing };
    let stamped = sealer.stamp(&prepare(&page_of_picture(), &[field]).unwrap());
    let sealed = folder.join("large.pdf");
    std::fs::write(&sealed, sealer.seal(&stamped, Digest::of(b"bench"))).unwrap();
    drop(stamped);
    // The hall's anchor, the bench's log.
    let believed = folder.join("trust");
    std::fs::create_dir_all(&believed).unwrap();
    for entry in std::fs::read_dir(trust).unwrap().map(Result::unwrap) {
        let known = ["pem", "crl"].iter().any(|one| entry.path().extension().is_some_and(|it| it == *one));
        if known {
            std::fs::copy(entry.path(), believed.join(entry.file_name())).unwrap();
        }
    }
    std::fs::write(believed.join("policy.txt"), &sealer.policy).unwrap();

    let read = super::median(|| {
        let begun = Instant::now();
        std::hint::black_box(Digest::of(&std::fs::read(&sealed).unwrap()));
        begun.elapsed().as_secs_f64()
    });
    let (small_seconds, small_memory) = program(small, trust);
    let (seconds, memory) = program(&sealed, &believed);
    // What starting the program takes is the same for a small file.
    let ours = seconds - small_seconds;
    println!(
        "| a 100 MB file verified | {:.1} | a second; {ours:.3} s, {:.1} times reading and hashing it ({read:.3} s); {} MiB above a small file's memory |",
        1.0 / ours,
        ours / read,
        memory.saturating_sub(small_memory) / 1024,
    );
}

/// Median seconds and highest memory in KiB of `yinxin verify`, which has to find the file valid.
fn program(file: &Path, trust: &Path) -> (f64, u64) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut memory = 0;
    let seconds = super::median(|| {
        let mut command = Command::new(root.join(".venv/bin/python"));
        command.arg(root.join("tests/robust/measured.py")).args([
            "60",
            env!("CARGO_BIN_EXE_yinxin"),
            "verify",
            "--trust",
        ]);
        let output = command.arg(trust).arg(file).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        let measure: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
        assert_eq!(measure["code"], 0, "{}{told}", String::from_utf8_lossy(&output.stdout));
        memory = memory.max(measure["rss_kib"].as_u64().unwrap());
        measure["seconds"].as_f64().unwrap()
    });
    (seconds, memory)
}

/// One page with a picture of 100 MB.
fn page_of_picture() -> Vec<u8> {
    let mut picture = format!(
        "<< /Type /XObject /Subtype /Image /Width {SIDE} /Height {SIDE} /BitsPerComponent 8 /ColorSpace /DeviceGray /Length {} >>\nstream\n",
        SIDE * SIDE
    )
    .into_bytes();
    picture.extend((0..SIDE * SIDE).map(|at| ((at * at) >> 7) as u8));
    picture.extend(b"\nendstream");
    let content = b"q 500 0 0 500 40 200 cm /Im0 Do Q";
    let objects: [Vec<u8>; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /Im0 5 0 R >> >> >>".to_vec(),
        [format!("<< /Length {} >>\nstream\n", content.len()).as_bytes(), content, b"\nendstream"].concat(),
        picture,
    ];
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = b"xref\n0 6\n0000000000 65535 f \n".to_vec();
    for (nth, object) in objects.iter().enumerate() {
        table.extend(format!("{:010} 00000 n \n", file.len()).bytes());
        file.extend(format!("{} 0 obj\n", nth + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let at = file.len();
    file.extend(table);
    file.extend(format!("trailer\n<< /Size 6 /Root 1 0 R /ID [(large) (large)] >>\nstartxref\n{at}\n%%EOF\n").bytes());
    file
}
