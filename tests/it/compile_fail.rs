//! What must not compile: `tests/ui/*.rs`, each naming on its first line the error the compiler must give, or `compiles`.
//!
//! The compiler is called directly on the library this test is linked with. (Cargo, called anew for each case, would first check all dependencies again.)

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The library as it was last built beside this test.
fn library(deps: &Path) -> PathBuf {
    let files = fs::read_dir(deps).unwrap().map(|entry| entry.unwrap());
    let libraries = files.filter(|file| {
        let name = file.file_name().into_string().unwrap();
        name.starts_with("libyinxin-") && name.ends_with(".rlib")
    });
    libraries.max_by_key(|file| file.metadata().unwrap().modified().unwrap()).unwrap().path()
}

/// The codes of the errors in the compiler's output.
fn compile(source: &Path, deps: &Path, out: &Path) -> String {
    let output = Command::new("rustc")
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "--error-format=short", "--out-dir"])
        .arg(out)
        .arg("-L")
        .arg(format!("dependency={}", deps.display()))
        .arg("--extern")
        .arg(format!("yinxin={}", library(deps).display()))
        .arg(source)
        .output()
        .unwrap();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_seal_key_signs_nothing_that_is_not_logged() {
    let executable = std::env::current_exe().unwrap();
    let deps = executable.parent().unwrap();
    let out = tempfile::tempdir().unwrap();
    let mut cases = 0;
    for entry in fs::read_dir("tests/ui").unwrap() {
        let path = entry.unwrap().path();
        let source = fs::read_to_string(&path).unwrap();
        let expected = source.lines().next().unwrap().strip_prefix("//! ").unwrap().to_owned();
        let given = compile(&path, deps, out.path());
        let codes: Vec<&str> = given.match_indices("error[").map(|(at, _)| &given[at + 6..at + 11]).collect();
        if expected == "compiles" {
            assert!(!given.contains("error"), "{}: {given}", path.display());
        } else {
            assert_eq!(codes, [expected], "{}: {given}", path.display());
        }
        cases += 1;
    }
    assert_eq!(cases, 9);
}
