//! The corpus of tests/attacks: signed files made with others' programs, good and bad, and what must be said of each.
//!
//! What ought to be said comes from the standards and the descriptions of the attacks (expected.toml). What pdfsig and pyHanko
//! say is asked anew and compared with the table in docs/ATTACKS.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use yinxin::app::read_trust;
use yinxin::verify::{Report, Trust, Verdict, verify};

use crate::tools::{ask, python, run, text};

/// When the files are judged, unless a file says otherwise.
const MOMENT: &str = "2026-11-25T00:00:00Z";

/// Reasons that are no remark on the file: they speak of what the verifier was given.
const OF_THE_TRUST: &[&str] = &["revocation-unknown", "no-independent-witness"];

#[derive(Deserialize)]
struct Corpus {
    file: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    path: String,
    about: String,
    /// The verdicts that are right, the best first. `remarked`: valid, with a remark.
    expect: Vec<String>,
    /// One of these reasons is given.
    #[serde(default)]
    codes: Vec<String>,
    trust: Option<String>,
    at: Option<String>,
}

impl Case {
    fn is_good(&self) -> bool {
        self.expect[0] == "valid"
    }

    /// The attack's class, as the file's name begins.
    fn class(&self) -> &str {
        let (folder, name) = self.path.split_once('/').unwrap();
        if folder == "bad" { name.split(['-', '.']).next().unwrap() } else { folder }
    }

    fn report(&self, trusts: &mut BTreeMap<String, Trust>) -> Report {
        let folder = self.trust.clone().unwrap_or_else(|| "trust".to_owned());
        let trust = trusts.entry(folder.clone()).or_insert_with(|| read_trust(&root().join(folder)).unwrap());
        let at = self.at.as_deref().unwrap_or(MOMENT).parse().unwrap();
        verify(&std::fs::read(root().join(&self.path)).unwrap(), trust, at)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks")
}

fn cases() -> Vec<Case> {
    toml::from_str::<Corpus>(&std::fs::read_to_string(root().join("expected.toml")).unwrap()).unwrap().file
}

/// All reasons given, of the document and of its signatures.
fn codes(report: &Report) -> BTreeSet<&'static str> {
    let of_signatures = report.signatures.iter().flat_map(|signature| &signature.reasons);
    report.reasons.iter().chain(of_signatures).map(|reason| reason.code).collect()
}

fn said(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Invalid => "invalid",
        Verdict::Indeterminate => "indeterminate",
        Verdict::Valid if codes(report).iter().any(|code| !OF_THE_TRUST.contains(code)) => "remarked",
        Verdict::Valid => "valid",
    }
}

#[test]
fn every_file_gets_the_verdict_it_ought_to_get() {
    let (mut trusts, mut wrong) = (BTreeMap::new(), Vec::new());
    let cases = cases();
    for case in &cases {
        let report = case.report(&mut trusts);
        let (said, codes) = (said(&report), codes(&report));
        // A remark does no harm to a good file.
        let right = case.expect.iter().any(|one| one == said || (one == "valid" && said == "remarked"));
        if !right || !(case.codes.is_empty() || case.codes.iter().any(|code| codes.contains(code.as_str()))) {
            wrong.push(format!(
                "{}: {said} {codes:?}, ought to be {:?} {:?} ({})",
                case.path, case.expect, case.codes, case.about
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_corpus_is_what_its_list_says() {
    let cases = cases();
    let listed: BTreeSet<PathBuf> = cases.iter().map(|case| root().join(&case.path)).collect();
    assert_eq!(listed.len(), cases.len(), "a file is listed twice");
    let (mut found, mut bytes) = (BTreeSet::new(), 0);
    for folder in ["good", "bad", "shadow", "weak"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let entry = entry.unwrap();
            bytes += entry.metadata().unwrap().len();
            found.insert(entry.path());
        }
    }
    assert_eq!(listed, found);
    assert!(bytes < 6_000_000, "{bytes} bytes");
    let (good, bad): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.is_good());
    let classes: BTreeSet<&str> = bad.iter().map(|case| case.class()).collect();
    assert!(
        good.len() >= 40 && bad.len() >= 60 && classes.len() >= 12,
        "{} good, {} bad, {classes:?}",
        good.len(),
        bad.len()
    );
    let page = page();
    let unnamed: Vec<_> = classes.iter().filter(|class| !page.contains(&format!("`{class}`"))).collect();
    assert!(unnamed.is_empty(), "docs/ATTACKS.md says nothing of {unnamed:?}");
}

fn page_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ATTACKS.md")
}

fn page() -> String {
    std::fs::read_to_string(page_path()).unwrap()
}

/// What stands between the marks of the table.
const MARKS: [&str; 2] = ["<!-- side by side -->\n", "<!-- end of side by side -->"];

/// What each program says of each file, with the sums in front.
fn table() -> String {
    let script = root().join("ask_others.py");
    let answers: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(&run(Command::new(python()).arg(script))).unwrap();
    let (mut trusts, mut rows) = (BTreeMap::new(), String::new());
    let mut sums: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let (mut good, mut bad) = (0, 0);
    for case in cases() {
        let report = case.report(&mut trusts);
        let others = &answers[&case.path];
        let all = [("Yinxin", said(&report)), ("pyHanko", &others["pyhanko"]), ("pdfsig", &others["pdfsig"])];
        *(if case.is_good() { &mut good } else { &mut bad }) += 1;
        for (tool, said) in all {
            let [fooled, refused] = sums.entry(tool).or_default();
            // `part`: valid as far as it reaches, which is not the whole file.
            *fooled += usize::from(said == "valid" && !case.expect.iter().any(|one| one == "valid"));
            *refused += usize::from(
                case.is_good()
                    && !["valid", "remarked", "part"].contains(&said)
                    && !case.expect.iter().any(|one| one == said),
            );
        }
        let [ours, hanko, sig] = all.map(|(_, said)| said);
        writeln!(rows, "| {} | {} | {} | {ours} | {hanko} | {sig} |", case.path, case.about, case.expect[0]).unwrap();
    }
    let mut table = format!(
        "{}\n\n| program | bad files called valid, of {bad} | good files refused, of {good} |\n|---|---|---|\n",
        versions()
    );
    for tool in ["Yinxin", "pyHanko", "pdfsig"] {
        let [fooled, refused] = sums[tool];
        writeln!(table, "| {tool} | {fooled} | {refused} |").unwrap();
    }
    table + "\n| file | what it is | ought to be | Yinxin | pyHanko | pdfsig |\n|---|---|---|---|---|---|\n" + &rows
}

fn versions() -> String {
    let pdfsig = text(&ask(Command::new("pdfsig").arg("-v")));
    let pdfsig = pdfsig.lines().next().unwrap().trim_start_matches("pdfsig version ").to_owned();
    let pyhanko =
        run(Command::new(python()).args(["-c", "from importlib.metadata import version; print(version('pyhanko'))"]));
    format!("With pdfsig {pdfsig} and pyHanko {}.", pyhanko.trim())
}

#[test]
fn the_table_says_what_the_programs_say() {
    let page = page();
    let written =
        page.split(MARKS[0]).nth(1).and_then(|rest| rest.split(MARKS[1]).next()).expect("the marks of the table");
    let now = table();
    let differing: Vec<_> = now.lines().zip(written.lines()).filter(|(now, written)| now != written).collect();
    assert!(
        now == written,
        "docs/ATTACKS.md says otherwise; `make attacks` writes it anew\n{}",
        differing
            .iter()
            .map(|(now, written)| format!("now     {now}\nwritten {written}"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
#[ignore = "writes docs/ATTACKS.md: make attacks"]
fn write_the_table() {
    let page = page();
    let (before, rest) = page.split_once(MARKS[0]).expect("the first mark");
    let (_, after) = rest.split_once(MARKS[1]).expect("the second mark");
    std::fs::write(page_path(), format!("{before}{}{}{}{after}", MARKS[0], table(), MARKS[1])).unwrap();
}
