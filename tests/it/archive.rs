//! PDF/A-2b of what leaves the house: sealed documents by the rules of ISO 19005-2, each a function with a name, over a file
//! read by a library that shares nothing with our reader. Preflight, which knows PDF/A-1b alone, has its say in
//! compose/preflight.rs.
//!
//! Not here: the syntax between objects (qpdf judges it, hall/accepted.rs), widths and glyphs within the font programs, and
//! the CMS of a signature (OpenSSL and pyHanko judge it, hall/accepted.rs).

mod broken;
mod file;
mod graphics;
mod interactive;
mod structure;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use file::File;

use crate::hall::accepted::sealed_files;

/// A rule by its clause, and what of a file breaks it.
type Rule = (&'static str, fn(&File) -> Vec<String>);

const RULES: &[Rule] = &[
    ("6.1.2 header", structure::header),
    ("6.1.3 trailer", structure::trailer),
    ("6.1.7.1 streams", structure::streams),
    ("6.1.7.2 filters", structure::filters),
    ("6.1.8 names", structure::names),
    ("6.1.12 permissions", structure::permissions),
    ("6.1.13 limits", structure::limits),
    ("6.2.2 content", graphics::content),
    ("6.2.3 output intent", graphics::output_intent),
    ("6.2.4.2 profiles", graphics::profiles),
    ("6.2.4.3 device colours", graphics::device_colours),
    ("6.2.5 graphics states", graphics::graphics_states),
    ("6.2.6 rendering intents", graphics::rendering_intents),
    ("6.2.8 images", graphics::images),
    ("6.2.9 forms", graphics::forms),
    ("6.2.10 transparency", graphics::transparency),
    ("the seal meets the page", graphics::seals_are_not_isolated),
    ("6.2.11 fonts", graphics::fonts),
    ("6.3.1 annotation types", interactive::annotation_types),
    ("6.3.2 annotation flags", interactive::annotation_flags),
    ("6.3.3 appearances", interactive::appearances),
    ("6.4.1 form", interactive::form),
    ("6.4.2 XFA", interactive::xfa),
    ("6.4.3 signatures", interactive::signatures),
    ("6.5.1 actions", interactive::actions),
    ("6.5.2 triggers", interactive::triggers),
    ("6.6.2 metadata", structure::metadata),
    ("6.6.3 information", structure::information),
    ("6.6.4 identification", structure::identification),
    ("6.8 embedded files", structure::embedded_files),
    ("6.9 optional content", structure::optional_content),
    ("6.10 presentations", structure::presentations),
    ("6.11 requirements", structure::requirements),
];

/// The rules a file breaks, and how.
fn judge(file: &File) -> Vec<(&'static str, Vec<String>)> {
    let judged = RULES.iter().map(|(name, broken)| (*name, broken(file)));
    judged.filter(|(_, found)| !found.is_empty()).collect()
}

/// One seal; several pages with a seam seal; three documents, the last of them with two seals.
fn sealed() -> &'static [(String, Vec<u8>)] {
    static SEALED: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    SEALED.get_or_init(|| sealed_files(&["000001", "000008", "000015"]))
}

#[test]
fn sealed_documents_keep_every_rule_of_the_archive_format() {
    let mut shapes = Vec::new();
    for (name, bytes) in sealed() {
        let file = File::read(bytes);
        let broken = judge(&file);
        assert!(broken.is_empty(), "{name}: {broken:?}");
        let stamps = file.annotations().iter().filter(|one| file.name(one, "Subtype") == "Stamp").count();
        assert!(stamps == 0 || stamps == file.pages().len(), "{name}: {stamps} slices");
        shapes.push((file.signatures().len(), stamps > 0));
    }
    // So that the rules have met what they are about.
    assert_eq!(shapes, [(1, false), (1, true), (1, false), (1, false), (2, false)]);
}

#[test]
fn every_rule_finds_what_breaks_it_and_nothing_else() {
    let mut found_once = BTreeSet::new();
    for (number, (what, rules, alter)) in broken::ALTERATIONS.iter().enumerate() {
        // The document of two seals, or the one with a seam: each alteration finds its place in both.
        for (name, bytes) in [&sealed()[1], &sealed()[4]] {
            let mut file = File::read(bytes);
            alter(&mut file);
            let broken: Vec<_> = judge(&file);
            let names: Vec<_> = broken.iter().map(|(rule, _)| *rule).collect();
            assert_eq!(names, *rules, "{number}: {what}, in {name}: {broken:?}");
        }
        found_once.extend(rules.iter().copied());
    }
    let all: BTreeSet<&str> = RULES.iter().map(|(name, _)| *name).collect();
    assert_eq!(found_once, all, "every rule is seen to fail");
}
