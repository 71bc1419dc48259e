//! Peers on the same file in the same run: pyHanko and PDFBox in one process each, as we are; pdfsig in a process for each file.

use std::path::Path;
use std::process::Command;

/// Prints how many verifications a second the peers do, and how many times as many we do.
pub(crate) fn verify(sealed: &Path, trust: &Path, ours: f64) {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/python");
    assert!(python.exists(), "{} is missing: run `make tools`", python.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/figures/pyhanko_validate.py");
    let output = Command::new(python).arg(script).arg(sealed).arg(trust.join("root.pem")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pyhanko: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap();
    println!(
        "| pyHanko validates (chain, changes; no proof) | {pyhanko:.0} | one core; we do {:.0} times as many |",
        ours / pyhanko
    );
    let pdfsig = super::rate(5, |_| {
        let status = Command::new("pdfsig").arg("-nocert").arg(sealed).output();
        assert!(status.expect("pdfsig is missing: run `make tools`").status.success());
    });
    println!(
        "| pdfsig validates (a process each; no chain) | {pdfsig:.0} | we do {:.0} times as many |",
        ours / pdfsig
    );
    let pdfbox = pdfbox(sealed);
    println!(
        "| PDFBox and Bouncy Castle verify (signature alone; no chain, no changes) | {pdfbox:.0} | one core; we do {:.0} times as many |",
        ours / pdfbox
    );
}

/// Compiled and run by the Java that is there, on one core as we are.
fn pdfbox(sealed: &Path) -> f64 {
    let jars = ["pdfbox2", "fontbox2", "commons-logging", "bcpkix", "bcprov", "bcutil"];
    let path: Vec<String> = jars.iter().map(|jar| format!("/usr/share/java/{jar}.jar")).collect();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/figures/PdfBoxVerify.java");
    let mut command = Command::new("taskset");
    command.args(["-c", "0", "java", "-cp", &path.join(":")]).arg(source).arg(sealed);
    let output = command.output().expect("java is missing: run `make tools`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()
}
