//! Odd and broken PDFs through the real program: no crash, no hang, bounded memory, an answer for each.
//!
//! The files are the corpus of tests/attacks, mutated: the same ones on every run. What other packages carry is tried by
//! tests/robust/public.py, whose results docs/ATTACKS.md records.

mod mutate;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::tools::{ask, python};
use mutate::Mutator;

/// Mutants of each file.
const EACH: usize = 9;
/// Files judged by one process. One that hangs is found by the batch: the seconds are far more than all of it needs.
const BATCH: usize = 60;
const SECONDS: &str = "120";
const MOST_KIB: u64 = 512 << 10;

#[test]
fn two_thousand_broken_files_have_an_answer_each() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut originals: Vec<_> = ["good", "bad", "shadow", "weak"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join("tests/attacks").join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    originals.sort();
    let originals: Vec<Vec<u8>> = originals.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut mutator = Mutator::new(0x5eed);
    let (mut judged, mut worst) = (0, 0);
    let mut mutants = originals.iter().flat_map(|file| std::iter::repeat_n(file, EACH)).peekable();
    while mutants.peek().is_some() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<_> = (mutants.by_ref().take(BATCH).enumerate())
            .map(|(nth, original)| {
                let path = folder.path().join(format!("{nth:02}.pdf"));
                std::fs::write(&path, mutator.mutate(original, &originals)).unwrap();
                path
            })
            .collect();
        let mut command = Command::new(python());
        command.arg(root.join("tests/robust/measured.py")).args([SECONDS, env!("CARGO_BIN_EXE_yinxin")]);
        command.args(["verify", "--json", "--trust"]).arg(root.join("tests/attacks/trust")).args(&files);
        let output = ask(&mut command);
        let told = String::from_utf8_lossy(&output.stderr);
        let measure: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
        let kept = || {
            let folder = folder.path().display();
            format!("{measure} on {folder}\n{told}")
        };
        let ended =
            measure["hung"] == false && measure["signal"] == 0 && (0..=2).contains(&measure["code"].as_i64().unwrap());
        if !ended {
            let text = kept();
            // What failed is left lying there to be looked at.
            let _ = folder.keep();
            panic!("{text}");
        }
        let answers = String::from_utf8(output.stdout).unwrap();
        let verdicts =
            answers.lines().filter(|line| serde_json::from_str::<Value>(line).unwrap()["verdict"].is_string());
        assert_eq!(verdicts.count(), files.len());
        judged += files.len();
        worst = worst.max(measure["rss_kib"].as_u64().unwrap());
    }
    assert!(judged >= 2000, "{judged}");
    assert!(worst < MOST_KIB, "{worst} KiB");
}
