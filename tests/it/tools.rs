//! Programs that we did not write, run to judge what we make. One that is missing fails the test and says how to install it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A Python with the packages of tools/requirements.in: `YINXIN_VENV`, or `.venv` in the project.
pub(crate) fn python() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "a test may ask where its tools are")]
    let venv = std::env::var_os("YINXIN_VENV").map_or_else(|| PathBuf::from(".venv"), PathBuf::from);
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(venv).join("bin/python");
    assert!(python.exists(), "{} is missing: run `make tools`", python.display());
    python
}

/// The Go oracle of the ledger, built into `folder`.
pub(crate) fn go_oracle(folder: &Path) -> PathBuf {
    go_program("verify_go", folder)
}

/// An oracle in Go, built into `folder` (Debian: golang-go, golang-golang-x-mod-dev).
pub(crate) fn go_program(name: &str, folder: &Path) -> PathBuf {
    let program = folder.join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles").join(name).join("main.go");
    let environment = [("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode")];
    run(Command::new("go").args(["build", "-o"]).args([&program, &source]).envs(environment));
    program
}

/// What a tool answers, content or not.
#[track_caller]
pub(crate) fn ask(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; run `make tools`"))
}

/// What a tool says, if it is content.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> String {
    let output = ask(command);
    assert!(output.status.success(), "{command:?}: {}: {}", output.status, text(&output));
    text(&output)
}

/// All that a tool said.
pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}
