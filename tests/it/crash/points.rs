//! The tables of docs/SEALING.md, the points that are tested and the points in the code: the same names.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::POINTS;
use super::counter::{AT_DELIVERY, AT_SUBMISSION};
use super::witness::AT_WITNESSING;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names in the first column of every table of points.
fn on_the_page(page: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        inside = line.starts_with("| point |") || (inside && line.starts_with('|'));
        if inside {
            let first = line.trim_start_matches('|').split('|').next().unwrap_or_default();
            names.extend(first.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    names
}

/// The names given to `fault::point` in a source.
fn in_code(source: &str) -> Vec<String> {
    let calls = source.split("fault::point(\"").skip(1);
    calls.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else {
            all.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
    }
}

/// The names as a set; each must stand there once.
fn once(names: Vec<String>) -> BTreeSet<String> {
    let set: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(set.len(), names.len(), "a point stands twice: {names:?}");
    set
}

#[test]
fn page_tests_and_code_name_the_same_points() {
    let mut code = String::new();
    sources(&root().join("src"), &mut code);
    assert_eq!(code.matches("fault::point(").count(), in_code(&code).len(), "a point whose name is not written out");
    let page = on_the_page(&fs::read_to_string(root().join("docs/SEALING.md")).unwrap());
    let tested = POINTS
        .iter()
        .map(|point| point.0)
        .chain(AT_SUBMISSION.iter().map(|point| point.0))
        .chain(AT_DELIVERY)
        .chain(AT_WITNESSING);
    let tested = once(tested.map(str::to_owned).collect());
    assert_eq!(once(in_code(&code)), tested, "in the code, and tested");
    assert_eq!(once(page), tested, "on the page, and tested");
}

#[test]
fn a_point_is_read_off_a_page_and_off_code() {
    let page = "| `0` |\n\n| point | killed |\n|---|---|\n| `1` `2` | before `x` |\n| `4b` | |\n\n| code |\n| `9` |\n";
    assert_eq!(on_the_page(page), ["1", "2", "4b"]);
    assert_eq!(in_code("fault::point(\"1\"); f(); fault::point(\"4b\");"), ["1", "4b"]);
    assert!(std::panic::catch_unwind(|| once(vec!["1".into(), "1".into()])).is_err());
}
