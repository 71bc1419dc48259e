//! The house's rules that a compiler does not know: which part may use which (docs/ARCHITECTURE.md), where SQL, HTTP and
//! private keys may be named, how long a file may be.
//!
//! The sources are read as tokens, so that comments and texts do not count. Arrows hold for unit tests too; what a unit test
//! may name beyond them (another crate, a key of its own) is left free.

use std::collections::BTreeSet;
use std::path::Path;

mod pages;
mod source;

use source::{Source, read_folder};

/// What each part may use of the others: a whole part, or one module of it.
const ARROWS: &[(&str, &[&str])] = &[
    // Pure.
    ("digest", &[]),
    ("hall", &["digest"]),
    ("compose", &["digest", "hall::uscc", "hall::identity"]),
    ("imprint", &["digest"]),
    ("picture", &["digest"]),
    ("pdf", &["digest"]),
    ("pki", &["digest"]),
    ("cms", &["digest", "pki"]),
    ("passkey", &["digest", "pki"]),
    ("ledger", &["digest"]),
    ("verify", &["digest", "pdf", "cms", "pki", "ledger"]),
    // The service.
    ("fault", &[]),
    ("store", &["digest", "fault"]),
    ("vault", &["digest", "pki", "cms", "ledger", "store", "fault"]),
    ("db", &["digest", "hall", "ledger::entry", "fault"]),
    ("sequencer", &["digest", "ledger", "db", "vault", "store", "witness", "fault"]),
    ("post", &[]),
    ("witness", &["digest", "ledger", "post"]),
    (
        "acts",
        &[
            "digest",
            "hall",
            "compose",
            "imprint",
            "picture",
            "pdf",
            "pki",
            "cms",
            "passkey",
            "ledger",
            "verify",
            "fault",
            "store",
            "vault",
            "db",
            "sequencer",
            "post",
            "witness",
            "app",
        ],
    ),
    (
        "app",
        &[
            "digest",
            "hall",
            "compose",
            "imprint",
            "picture",
            "pdf",
            "pki",
            "cms",
            "passkey",
            "ledger",
            "verify",
            "fault",
            "store",
            "vault",
            "db",
            "sequencer",
            "post",
            "witness",
        ],
    ),
    ("demo", &["digest", "hall", "verify", "store", "db", "app", "acts"]),
    // What the pages show, and no more: decisions, templates, reports, entries.
    ("web", &["digest", "hall", "compose", "picture", "passkey", "verify", "ledger", "app", "acts"]),
    ("main", &["pdf", "cms", "ledger", "verify", "fault", "app", "acts", "demo", "web"]),
];

const PURE: &[&str] =
    &["digest", "hall", "compose", "imprint", "picture", "pdf", "pki", "cms", "passkey", "ledger", "verify"];

/// Other people's crates that only some parts may name.
const CRATES: &[(&str, &[&str])] = &[
    ("sqlx", &["db"]),
    ("axum", &["web", "post"]),
    ("axum_server", &["web"]),
    ("hyper_util", &["web", "post"]),
    ("hyper_rustls", &["post"]),
    ("http_body_util", &["post"]),
    ("maud", &["web"]),
    ("tower_http", &["web"]),
    ("utoipa", &["web"]),
    ("typst", &["compose"]),
    ("typst_layout", &["compose"]),
    ("typst_pdf", &["compose"]),
    ("comemo", &["compose"]),
    ("hayro", &["picture"]),
    ("lopdf", &["pdf"]),
    ("tiny_skia", &["imprint"]),
    ("quick_xml", &["verify"]),
    ("rlimit", &["acts"]),
    ("x509_cert", &["pki", "cms"]),
    ("clap", &["main"]),
    ("mimalloc", &["main"]),
    ("futures_util", &["acts"]),
];

/// What makes or holds a private key in `ring`.
const PRIVATE_KEYS: &[&str] = &["EcdsaKeyPair", "Ed25519KeyPair", "RsaKeyPair", "KeyPair", "EphemeralPrivateKey"];

/// Lines a file may have, its unit tests not counted.
const MAX_LINES: usize = 450;

/// Every broken rule, as `path:line: what`.
fn broken(sources: &[Source]) -> Vec<String> {
    let tests = source::test_files(sources);
    let mut found = Vec::new();
    for source in sources {
        let part = source.part();
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == part) else {
            if part != "lib" {
                found.push(format!("{}: no arrow is drawn for `{part}`: say in ARROWS what it may use", source.path));
            }
            continue;
        };
        for used in source.own_paths() {
            if used.part() != part && !allowed.iter().any(|to| used.is_within(to)) {
                found.push(format!("{}:{}: `{part}` may not use `{}`", source.path, used.line, used.text()));
            }
        }
        if !tests.contains(&source.path) {
            found.extend(foreign(source, part));
        }
        let lines = source.lines_without_tests();
        if lines > MAX_LINES {
            found.push(format!("{}: {lines} lines without its tests; {MAX_LINES} are the most", source.path));
        }
    }
    found
}

/// Crates and private keys named where they must not be.
fn foreign(source: &Source, part: &str) -> Vec<String> {
    let mut found = Vec::new();
    let at = |line: usize, what: String| format!("{}:{line}: {what}", source.path);
    for (name, line) in source.foreign_paths() {
        let kept = CRATES.iter().find(|(krate, parts)| *krate == name && !parts.contains(&part));
        if let Some((_, parts)) = kept {
            found.push(at(line, format!("the crate `{name}` belongs to `{}`", parts.join("`, `"))));
        }
        if name == "tokio" && PURE.contains(&part) {
            found.push(at(line, format!("`{part}` is pure: nothing in it waits")));
        }
    }
    if part != "vault" {
        let keys = source.words_without_tests().filter(|(word, _)| PRIVATE_KEYS.contains(word));
        found.extend(keys.map(|(word, line)| at(line, format!("`{word}`: private keys are the vault's alone"))));
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn no_source_breaks_a_rule() {
    let sources = read_folder(&root().join("src"));
    assert!(sources.len() > 50, "only {} sources found", sources.len());
    let broken = broken(&sources);
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_page_names_every_part() {
    let page = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let parts: BTreeSet<_> = read_folder(&root().join("src")).iter().map(|source| source.part().to_owned()).collect();
    for part in parts {
        let file = format!("{part}.rs");
        assert!(page.contains(&format!("\n{part}/ ")) || page.contains(&format!("\n{file} ")), "{part} has no line");
    }
}

#[test]
fn ci_runs_the_tests_and_the_lints() {
    let ci = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    let commands: Vec<_> = ci.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(commands.last(), Some(&"make test"), "the closing lines of the tests are the last of the output");
    assert!(commands.contains(&"make lint") && commands.contains(&"set -euo pipefail"), "{ci}");
    let make = std::fs::read_to_string(root().join("Makefile")).unwrap();
    assert!(make.contains("\ntest: tools fuzz\n\tcargo test --locked\n"), "{make}");
}

/// Folders of one machine, as they get into files by mistake. In two halves, so that this file does not find itself.
const MACHINE: &[(&str, &str)] = &[("/wo", "rk/"), ("../sha", "red"), ("/tm", "p/"), ("/ro", "ot/"), ("/ho", "me/")];

#[test]
fn no_file_names_a_folder_of_one_machine() {
    let mut found = Vec::new();
    for (path, text) in texts(root()) {
        for (head, tail) in MACHINE {
            if text.contains(&format!("{head}{tail}")) {
                found.push(format!("{path}: {head}{tail}"));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_link_of_the_pages_leads_to_a_file() {
    let pages: Vec<_> = texts(root()).into_iter().filter(|(path, _)| path.ends_with(".md")).collect();
    assert!(pages.len() >= 8, "only {} pages found", pages.len());
    for (path, text) in pages {
        let folder = root().join(&path).parent().unwrap().to_owned();
        for target in links(&text) {
            assert!(folder.join(target).exists(), "{path} links to {target}");
        }
    }
}

/// Targets of `[…](target)` within the project, without `#…`. What stands in a comment does not count.
fn links(text: &str) -> Vec<&str> {
    let shown = text.split("<!--").enumerate().map(|(nth, piece)| match (nth, piece.split_once("-->")) {
        (0, _) => piece,
        (_, rest) => rest.map_or("", |(_, rest)| rest),
    });
    let targets = shown.flat_map(|piece| piece.split("](").skip(1)).filter_map(|rest| Some(rest.split_once(')')?.0));
    targets.map(|target| target.split('#').next().unwrap()).filter(|t| !t.is_empty() && !t.contains("://")).collect()
}

/// Every text of the project: path from the root, content. What is built, installed or set up does not count.
fn texts(root: &Path) -> Vec<(String, String)> {
    let output = std::process::Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    let output = output.unwrap_or_else(|error| panic!("git lists the project's files: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).unwrap();
    let read = |path: &str| Some((path.to_owned(), String::from_utf8(std::fs::read(root.join(path)).ok()?).ok()?));
    let found: Vec<_> = listed.split('\0').filter_map(read).collect();
    assert!(found.iter().any(|(path, _)| path == "Cargo.toml"), "no files found");
    found
}

#[test]
fn a_link_is_found_and_a_comment_is_not() {
    let text = "[a](x.md) <!-- [b](gone.md) --> ![c](y.png#z) [d](https://e) [f](#g)";
    assert_eq!(links(text), ["x.md", "y.png"]);
}

/// The rules broken by one file.
fn told(path: &str, text: &str) -> Vec<String> {
    broken(&[Source::new(path, text)])
}

#[test]
fn a_forbidden_arrow_is_found_in_every_spelling() {
    for text in [
        "use crate::web;",
        "use crate::web::pages;",
        "pub(crate) use crate::web as pages;",
        "use crate::{digest::Digest, web};",
        "use crate::{\n    digest::{Digest, of},\n    web::{self, pages},\n};",
        "fn f() -> crate::web::Page { todo() }",
        "fn f() { let x: &'static str = \"{\"; crate :: web::show(x) }",
        "use super::super::web;",
        "mod inner { use super::super::super::web::pages; }",
        "macro_rules! m { () => { $crate::web::show() } }",
        "#[cfg(test)]\nmod tests { use crate::web; }",
        "/* a /* nested */ comment */ use crate::web;",
        "const A: char = '\"'; use crate::web; const B: char = '\"';",
    ] {
        let found = told("pki/path.rs", text);
        assert!(!found.is_empty(), "{text}");
        assert!(found.iter().all(|what| what.contains("`pki` may not use `web")), "{text}: {found:?}");
    }
    assert_eq!(told("pki/path.rs", "\n\nuse crate::db::Db;"), ["pki/path.rs:3: `pki` may not use `db::Db`"]);
    assert_eq!(told("main.rs", "use yinxin::db;"), ["main.rs:1: `main` may not use `db`"]);
    assert_eq!(told("web/desks/front.rs", "use crate::vault::Vault;").len(), 1);
    assert_eq!(told("acts/approve.rs", "use crate::web::kit;").len(), 1);
}

#[test]
fn what_only_looks_like_an_arrow_is_not_one() {
    for text in [
        "// use crate::web;",
        "//! [`crate::web`]",
        "/* use crate::web; /* and */ crate::db */",
        "const A: &str = \"crate::web\";",
        "const A: &str = r#\"\" crate::web \"#;",
        "const A: &[u8] = b\"\\\" crate::web\"; const B: &str = \"\\\\\";",
        "use crate::digest::Digest; use super::suite::Suite; use super::super::digest;",
        "mod inner { use super::super::suite; }",
        "fn web<'a>(web: &'a str) -> &'a str { web }",
        "struct crate_web;",
    ] {
        assert_eq!(told("pki/path.rs", text), [""; 0], "{text}");
    }
}

#[test]
fn one_module_of_a_part_may_be_all_that_is_allowed() {
    assert_eq!(told("compose/field.rs", "use crate::hall::uscc::Uscc;"), [""; 0]);
    assert_eq!(told("compose/field.rs", "use crate::hall::{identity, uscc::{self, Uscc}};"), [""; 0]);
    assert_eq!(told("compose/field.rs", "use crate::hall::{uscc, staff};").len(), 1);
    // The whole part would open the rest by the back door.
    assert_eq!(told("compose/field.rs", "use crate::hall;").len(), 1);
    assert_eq!(told("db/ledger.rs", "use crate::ledger::proof::Logged;").len(), 1);
}

#[test]
fn a_part_without_arrows_is_found() {
    assert!(told("helper/mod.rs", "")[0].contains("no arrow is drawn for `helper`"));
    assert_eq!(told("lib.rs", "pub mod helper;"), [""; 0]);
}

#[test]
fn crates_and_private_keys_stay_where_they_belong() {
    for (path, text) in [
        ("acts/submit.rs", "use sqlx::Row;"),
        ("acts/submit.rs", "use ::sqlx::{Row, query};"),
        ("acts/submit.rs", "#[derive(sqlx::FromRow)] struct Row;"),
        ("sequencer/mod.rs", "use sqlx as database;"),
        ("acts/submit.rs", "use {axum::Router};"),
        ("imprint/form.rs", "fn f() { lopdf::Document::new(); }"),
        ("ledger/tree/mod.rs", "use tokio::sync::mpsc;"),
        ("acts/seal.rs", "use ring::signature::{self, EcdsaKeyPair};"),
        ("pki/csr.rs", "fn f() { ring::rsa::KeyPair::from_pkcs8(); }"),
    ] {
        let found = told(path, text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with(&format!("{path}:1: ")), "{found:?}");
    }
    for (path, text) in [
        ("db/seal.rs", "use sqlx::Row;"),
        ("vault/seal_key.rs", "use ring::signature::EcdsaKeyPair;"),
        ("sequencer/mod.rs", "use crate::db::sqlx::Row;"),
        ("web/desks/front.rs", "let axum = 1; f(axum); // axum::Router"),
        ("pki/csr.rs", "#[cfg(test)]\nmod tests { use ring::signature::EcdsaKeyPair; fn f() { sqlx::query(); } }"),
        ("pki/csr.rs", "#[cfg(test)]\nuse ring::signature::{EcdsaKeyPair, Other};"),
    ] {
        assert_eq!(told(path, text), [""; 0], "{text}");
    }
    // Code after the tests counts again.
    assert_eq!(told("pki/csr.rs", "#[cfg(test)]\nmod tests { fn f() { { } } }\nuse sqlx::Row;").len(), 1);
}

#[test]
fn a_file_of_tests_alone_is_one() {
    let key = "use ring::signature::EcdsaKeyPair;";
    let with = |head: &str| {
        broken(&[
            Source::new("pki/mod.rs", head),
            Source::new("pki/testing.rs", key),
            Source::new("pki/testing/more.rs", key),
        ])
    };
    assert_eq!(with("#[cfg(test)]\npub(crate) mod testing;"), [""; 0]);
    assert_eq!(with("pub(crate) mod testing;").len(), 2);
    let nested = [Source::new("pki/path.rs", "#[cfg(test)]\nmod tests;"), Source::new("pki/path/tests.rs", key)];
    assert_eq!(broken(&nested), [""; 0]);
}

#[test]
fn a_long_file_is_found_and_its_tests_are_not_counted() {
    let lines = |count: usize| "fn f() {}\n".repeat(count);
    assert_eq!(told("pki/csr.rs", &lines(MAX_LINES)), [""; 0]);
    assert_eq!(told("pki/csr.rs", &lines(MAX_LINES + 1)).len(), 1);
    let tested = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", lines(MAX_LINES), lines(200));
    assert_eq!(told("pki/csr.rs", &tested), [""; 0]);
}
