//! What becomes of signed files, made with pyHanko, before the change analysis; and where pyHanko's own analysis says otherwise.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use yinxin::pdf::read::{Changes, Document, Limits};

use crate::tools::{python, run};

/// Makes the files.
const FILES: &str = include_str!("changes/files.py");

/// What is done, to which signed files (any of, separated by spaces), and what the first signature then finds: codes that it
/// forbids, codes that are doubtful, codes that it allows. Dates in the metadata go with every revision and are left out.
#[rustfmt::skip]
const EXPECTED: &[(&str, &str, &str, &str, &str)] = &[
    // Further signatures and evidence for them.
    ("sign-again", "approved forms annotations visible locks-name", "", "", "signature-added-in-new-field"),
    ("sign-again", "locks-all locks-others", "locked-field-signed", "", ""),
    ("sign-visibly", "approved visible locks-name", "", "", "signature-added-in-new-field"),
    ("sign-visibly", "forms annotations", "", "signature-added-in-new-field", ""),
    ("sign-visibly", "locks-all locks-others", "locked-field-signed", "", ""),
    ("sign-twice-more", "approved visible locks-name", "", "", "signature-added-in-new-field"),
    ("sign-twice-more", "forms annotations", "", "signature-added-in-new-field", "signature-added-in-new-field"),
    ("sign-twice-more", "locks-all locks-others", "locked-field-signed", "", ""),
    ("sign-prepared", "approved forms annotations visible locks-name", "", "", "signature-added"),
    ("sign-prepared", "locks-all locks-others", "locked-field-signed", "", ""),
    ("sign-large", "*", "signature-covers-content", "", ""),
    ("sign-over", "visible", "signature-covers-content", "", ""),
    ("sign-over", "approved locks-name", "", "", "signature-added-in-new-field"),
    ("sign-over", "forms annotations", "", "signature-added-in-new-field", ""),
    ("sign-over", "locks-all locks-others", "locked-field-signed", "", ""),
    ("fill", "locks-last", "locked-field-filled revision-after-final", "", ""),
    ("fill-redrawn", "locks-last", "locked-field-filled revision-after-final", "", ""),
    ("fill-drawn", "locks-last", "locked-field-filled revision-after-final", "", ""),
    ("fill-note", "locks-last", "locked-field-filled revision-after-final", "", ""),
    ("timestamp", "*", "", "", "timestamp-added validation-data-added"),
    ("timestamps", "final", "", "", "timestamp-added validation-data-added"),
    ("long-term", "approved", "", "", "timestamp-added validation-data-added"),
    ("compressed", "approved", "", "", "signature-added-in-new-field timestamp-added validation-data-added"),
    ("empty-field", "approved forms annotations", "", "", "signature-field-added"),
    ("empty-field", "final", "revision-after-final signature-field-added", "", ""),
    // Forms.
    ("fill", "approved forms annotations visible locks-others", "", "", "form-filled"),
    ("fill", "locks-all locks-name", "locked-field-filled", "", ""),
    ("fill", "final", "revision-after-final form-filled", "", ""),
    ("fill-redrawn", "approved forms annotations visible locks-others", "", "", "form-filled"),
    ("fill-redrawn", "locks-all locks-name", "locked-field-filled", "", ""),
    ("fill-redrawn", "final", "revision-after-final form-filled", "", ""),
    ("fill-drawn", "approved forms annotations visible locks-others", "", "form-filled-shows-other", ""),
    ("fill-drawn", "locks-all locks-name", "locked-field-filled", "", ""),
    ("fill-drawn", "final", "revision-after-final form-filled-shows-other", "", ""),
    ("fill-note", "approved forms annotations visible locks-name", "", "", "form-filled"),
    ("fill-note", "locks-all locks-others", "locked-field-filled", "", ""),
    ("fill-note", "final", "revision-after-final form-filled", "", ""),
    ("fonts-for-forms", "approved annotations", "", "", "form-defaults-changed"),
    ("font-of-forms", "approved annotations", "field-changed object-added", "", ""),
    ("text-field", "approved", "annotation-covers-content field-changed", "", ""),
    ("text-field", "annotations", "field-changed", "annotation-covers-content", ""),
    ("moved", "approved annotations", "field-changed", "", ""),
    ("hidden", "approved annotations", "field-changed", "", ""),
    // Annotations.
    ("note", "approved forms", "annotation-added", "", ""),
    ("note", "annotations", "", "", "annotation-added"),
    ("note", "final", "revision-after-final annotation-added", "", ""),
    ("highlight", "approved", "annotation-added", "", ""),
    ("highlight", "annotations", "", "", "annotation-added"),
    ("white-highlight", "approved", "annotation-covers-content", "", ""),
    ("white-highlight", "annotations", "", "annotation-covers-content", ""),
    ("free-text", "approved", "annotation-covers-content", "", ""),
    ("free-text", "annotations", "", "annotation-covers-content", ""),
    ("stamp", "approved forms", "annotation-covers-content", "", ""),
    ("stamp", "annotations", "", "annotation-covers-content", ""),
    ("stamp", "final", "revision-after-final annotation-covers-content", "", ""),
    ("redact", "approved", "annotation-covers-content", "", ""),
    ("redact", "annotations", "", "annotation-covers-content", ""),
    ("note-edited", "approved", "annotation-changed", "", ""),
    ("note-edited", "annotations", "", "", "annotation-changed"),
    ("note-grown", "approved", "annotation-covers-content", "", ""),
    ("note-grown", "annotations", "", "annotation-covers-content", ""),
    ("note-removed", "approved", "annotation-removed", "", ""),
    ("note-removed", "annotations", "", "", "annotation-removed"),
    // What nothing allows.
    ("content", "approved forms annotations", "content-changed", "", ""),
    ("content", "final", "revision-after-final content-changed", "", ""),
    ("content-undone", "approved annotations", "content-changed", "", ""),
    ("content-then-signed", "approved annotations", "content-changed", "", "signature-added-in-new-field"),
    ("content-replaced", "approved annotations", "page-changed", "", ""),
    ("font", "approved annotations", "object-changed", "", ""),
    ("image", "approved annotations", "content-changed", "", ""),
    ("layer", "approved annotations", "layers-changed", "", ""),
    ("page", "approved annotations", "page-changed object-added", "", ""),
    ("rotated", "approved annotations", "page-changed", "", ""),
    ("names", "approved annotations", "catalog-changed", "", ""),
    ("title", "approved forms annotations", "object-changed", "", ""),
    ("title", "final", "revision-after-final object-changed", "", ""),
    ("action", "approved annotations", "action-added", "", ""),
    ("page-action", "approved annotations", "action-added page-changed", "", ""),
    ("field-action", "approved", "annotation-covers-content field-changed action-added", "", ""),
    ("field-action", "annotations", "field-changed action-added", "annotation-covers-content", ""),
    ("note-action", "approved", "annotation-covers-content action-added", "", ""),
    ("note-action", "annotations", "action-added", "annotation-covers-content", ""),
    // Objects that play two parts.
    ("store", "two-parts", "catalog-changed object-changed object-added", "", ""),
    ("metadata", "two-parts", "catalog-changed content-changed", "", ""),
    ("drawing", "two-parts", "content-changed", "", ""),
    ("list", "two-parts", "object-changed object-added", "", ""),
    ("note-drawn", "annotations", "object-changed object-added", "", ""),
    ("form", "two-parts", "object-changed", "", ""),
    // By hand.
    ("fill-freed", "approved", "", "", "form-filled"),
    ("freed", "approved", "object-removed", "", ""),
    ("note-freed", "approved", "object-removed", "", ""),
    ("font-freed", "approved", "object-removed", "", "form-filled"),
    ("fill-remarked", "approved", "", "", "form-filled"),
    ("hidden-remark", "approved", "unlisted-bytes", "", "form-filled"),
    ("information", "approved", "", "", ""),
    ("information", "final", "revision-after-final", "", ""),
    ("nothing", "approved", "trailer-changed", "", ""),
    ("metadata", "approved", "", "", ""),
    ("metadata-no-more", "approved", "content-changed", "", ""),
    ("unused", "approved", "object-added", "", ""),
    // More than one.
    ("sign-large-thrice", "approved", "signature-covers-content", "", "signature-added-in-new-field"),
    ("seen-timestamp", "approved", "signature-covers-content", "", ""),
    ("seen-timestamp", "final", "revision-after-final signature-covers-content", "", ""),
    ("seen-empty-field", "approved", "signature-covers-content", "", ""),
    ("sign-then-fill", "locks-name", "locked-field-filled", "", "signature-added-in-new-field"),
    ("fill-a-page", "approved", "", "form-filled-covers-content", ""),
];

/// What is said of some of them.
const SAID: &[(&str, &str)] = &[
    ("annotations.note", "第2页新增了一处文字批注"),
    ("annotations.highlight", "第2页新增了一处高亮批注"),
    ("annotations.note-removed", "第2页有一处文字批注被删除"),
    ("annotations.stamp", "第2页有一处图章批注是新增或改动的，可能遮盖或冒充原有内容"),
    ("approved.content", "第1页的页面内容被改动"),
    ("approved.font", "第1页的字体被改动"),
    ("approved.image", "第1页的图片被改动"),
    ("approved.rotated", "第2页被改动"),
    ("approved.page", "页面的增减、次序或设置被改动"),
    ("approved.fill", "第1页表单项“姓名”的内容被改动"),
    ("locks-name.fill", "第1页已被锁定的表单项“姓名”的内容被改动"),
    ("approved.sign-visibly", "新增了一处签名（第1页）"),
    ("approved.sign-again", "新增了一处签名"),
    ("approved.long-term", "补充了签名验证资料（DSS）"),
    ("approved.timestamp", "加盖了时间戳"),
    ("approved.layer", "图层的显示方式被改动"),
];

/// What the signature of the field says of the file.
fn changes(path: &Path, name: &str) -> Changes {
    let bytes = std::fs::read(path).unwrap();
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    let fields = document.signature_fields().unwrap();
    let field = fields.iter().find(|field| field.name == name).unwrap();
    let coverage = document.coverage(field.signature.as_ref().unwrap()).unwrap();
    document.changes_after(coverage.revision(), field).unwrap()
}

/// The codes, each once, without what goes with every revision.
fn codes(changes: &[yinxin::pdf::read::Change]) -> Vec<&'static str> {
    let mut codes: Vec<_> = changes.iter().map(|c| c.code.code()).filter(|code| *code != "metadata-changed").collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn sorted(codes: &str) -> Vec<&str> {
    let mut codes: Vec<_> = codes.split_whitespace().collect();
    codes.sort_unstable();
    codes
}

#[test]
fn what_becomes_of_signed_files_is_found_and_judged() {
    let folder = tempfile::tempdir().unwrap();
    run(Command::new(python()).args(["-c", FILES]).current_dir(&folder));
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), changes(&path, "S1"));
    }
    assert!(found.len() > 140, "{} files", found.len());
    for (name, changes) in &found {
        let (state, act) = name.split_once('.').unwrap();
        let mut rows =
            EXPECTED.iter().filter(|row| row.0 == act && (row.1 == "*" || row.1.split(' ').any(|s| s == state)));
        let (Some((.., forbidden, doubtful, allowed)), None) = (rows.next(), rows.next()) else {
            panic!("{name} has not one expectation")
        };
        assert_eq!(codes(&changes.forbidden), sorted(forbidden), "{name}: forbidden");
        assert_eq!(codes(&changes.doubtful), sorted(doubtful), "{name}: doubtful");
        assert_eq!(codes(&changes.allowed), sorted(allowed), "{name}: allowed");
    }
    for (name, sentence) in SAID {
        let Changes { forbidden, doubtful, allowed } = &found[*name];
        let said: Vec<String> = forbidden.iter().chain(doubtful).chain(allowed).map(|change| change.text()).collect();
        assert!(said.iter().any(|said| said == sentence), "{name}: {said:?}");
    }
    let later = changes(&folder.path().join("locks-name.sign-then-fill.pdf"), "S2");
    assert_eq!(codes(&later.forbidden), ["locked-field-filled"], "who signs later signs under the same lock");
    for (state, act) in EXPECTED.iter().flat_map(|row| row.1.split(' ').map(move |state| (state, row.0))) {
        assert!(state == "*" || found.contains_key(&format!("{state}.{act}")), "{state}.{act} was not made");
    }
}
