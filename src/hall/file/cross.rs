//! Checks between the tables of the hall's file: nothing twice, every name known, every item able to be sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::Draft;
use super::fields::{Fields, Place, Placed, Sink};
use crate::hall::authorization::CoveredItems;
use crate::hall::department::{Department, Role, WindowKind};
use crate::hall::id::{DepartmentKey, ItemCode, WindowNo};
use crate::hall::item::Item;
use crate::hall::seal::SealKind;

pub(super) fn check(draft: &Draft, root: &Fields<'_>, sink: &Sink<'_>) {
    nothing_twice(draft, sink);
    the_hall_is_whole(draft, root);
    windows(draft, sink);
    let known = Known::of(draft, root);
    staff(draft, &known, sink);
    seals_and_letters(draft, &known, sink);
    items(draft, &known, sink);
    joints(draft, &known, sink);
}

/// What names can refer to.
struct Known<'a> {
    departments: BTreeMap<&'a DepartmentKey, &'a Department>,
    items: BTreeMap<&'a ItemCode, &'a Item>,
    /// Keys and codes that stand in the file, though their tables may have problems of their own.
    named: BTreeSet<String>,
}

impl<'a> Known<'a> {
    fn of(draft: &'a Draft, root: &Fields<'_>) -> Self {
        let mut named = root.named("department", "key");
        named.extend(root.named("item", "code"));
        Self {
            departments: draft.departments.iter().map(|d| (&d.value.key, &d.value)).collect(),
            items: draft.items.iter().map(|i| (&i.value.code, &i.value)).collect(),
            named,
        }
    }

    /// The item; one that stands nowhere in the file is reported.
    fn item(&self, code: &ItemCode, place: &Place, sink: &Sink<'_>) -> Option<&'a Item> {
        let item = self.items.get(code).copied();
        if item.is_none() && !self.named.contains(code.as_str()) {
            sink.report(place, format!("no item {code}"));
        }
        item
    }

    fn require_issuing(&self, key: &DepartmentKey, place: &Place, sink: &Sink<'_>) {
        match self.departments.get(key) {
            None if !self.named.contains(key.as_str()) => sink.report(place, format!("no department {key}")),
            Some(department) if !department.issues() => sink.report(place, format!("department {key} issues nothing")),
            _ => {}
        }
    }
}

fn nothing_twice(draft: &Draft, sink: &Sink<'_>) {
    once(&draft.windows, "window", |window| window.no.to_string(), sink);
    once(&draft.branches, "branch", |branch| branch.name.clone(), sink);
    once(&draft.departments, "department", |department| department.key.to_string(), sink);
    once(&draft.departments, "uscc", |department| department.uscc.to_string(), sink);
    once(&draft.seals, "seal", |seal| format!("{} {}", seal.department, seal.kind), sink);
    once(&draft.staff, "login", |staff| staff.login.to_string(), sink);
    once(&draft.items, "item", |item| item.code.to_string(), sink);
    // Every item has its own sequence: two with the same pattern would give the same number.
    once(&draft.items, "number", |item| item.number.to_string(), sink);
    once(&draft.joints, "joint", |joint| joint.name.clone(), sink);
}

fn once<T, K: Ord + Display>(all: &[Placed<T>], what: &str, key: fn(&T) -> K, sink: &Sink<'_>) {
    let mut seen = BTreeSet::new();
    for entry in all {
        let key = key(&entry.value);
        let text = format!("{what} {key} stands twice");
        if !seen.insert(key) {
            sink.report(&entry.place, text);
        }
    }
}

fn the_hall_is_whole(draft: &Draft, root: &Fields<'_>) {
    let centres = draft.departments.iter().filter(|d| d.value.role == Role::Centre).count();
    if centres != 1 {
        root.report(format!("one department must have the role centre, not {centres}"));
    }
    for &kind in WindowKind::ALL {
        if !draft.windows.iter().any(|window| window.value.kind == kind) {
            root.report(format!("no window of kind {kind}"));
        }
    }
}

/// No window bears what stands for the offices; a window stands in the hall or in a branch hall that is described, and a branch hall has one.
fn windows(draft: &Draft, sink: &Sink<'_>) {
    for entry in draft.windows.iter().filter(|window| window.value.no == WindowNo::of_the_offices()) {
        sink.report(&entry.place, format!("{} stands for the offices, and no window bears it", entry.value.no));
    }
    for entry in &draft.windows {
        let Some(name) = &entry.value.branch else { continue };
        if !draft.branches.iter().any(|branch| branch.value.name == *name) {
            sink.report(&entry.place, format!("no branch {name}"));
        }
    }
    for entry in &draft.branches {
        let name = &entry.value.name;
        if !draft.windows.iter().any(|window| window.value.branch.as_ref() == Some(name)) {
            sink.report(&entry.place, format!("no window stands in branch {name}"));
        }
    }
}

fn staff(draft: &Draft, known: &Known<'_>, sink: &Sink<'_>) {
    for entry in &draft.staff {
        if let Some(department) = &entry.value.department {
            known.require_issuing(department, &entry.place, sink);
        }
        for no in &entry.value.windows {
            if !draft.windows.iter().any(|window| window.value.no == *no) {
                sink.report(&entry.place, format!("no window {no}"));
            }
        }
    }
}

fn seals_and_letters(draft: &Draft, known: &Known<'_>, sink: &Sink<'_>) {
    for entry in &draft.seals {
        known.require_issuing(&entry.value.department, &entry.place, sink);
    }
    for entry in &draft.letters {
        let letter = &entry.value;
        known.require_issuing(&letter.department, &entry.place, sink);
        let CoveredItems::Listed(listed) = &letter.items else { continue };
        for code in listed {
            let item = known.item(code, &entry.place, sink);
            if item.is_some_and(|item| item.department != letter.department) {
                sink.report(&entry.place, format!("item {code} is not of department {}", letter.department));
            }
        }
    }
}

fn items(draft: &Draft, known: &Known<'_>, sink: &Sink<'_>) {
    for entry in &draft.items {
        let (item, kind) = (&entry.value, entry.value.seal.kind());
        known.require_issuing(&item.department, &entry.place, sink);
        if item.is_for_letters() && kind != SealKind::Department {
            sink.report(&entry.place, "a letter of authorization bears the department's own seal");
        }
        let has_seal = draft.seals.iter().any(|s| s.value.department == item.department && s.value.kind == kind);
        // Where the department has problems of its own, `*` does not stand for it.
        if known.departments.contains_key(&item.department) && !has_seal {
            sink.report(&entry.place, format!("department {} has no seal of kind {kind}", item.department));
        }
    }
}

fn joints(draft: &Draft, known: &Known<'_>, sink: &Sink<'_>) {
    for entry in &draft.joints {
        let joint = &entry.value;
        let found: Vec<_> = joint.items.iter().map(|code| known.item(code, &entry.place, sink)).collect();
        if joint.items.len() < 2 || BTreeSet::from_iter(&joint.items).len() < joint.items.len() {
            sink.report(&entry.place, "a joint approval has two items at least, each once");
        }
        let signers = BTreeSet::from_iter(&joint.signers);
        if joint.signers.is_empty() || signers.len() < joint.signers.len() {
            sink.report(&entry.place, "signers must name at least one department, each once");
        }
        if found.iter().flatten().any(|item| item.is_for_letters()) {
            sink.report(&entry.place, "a letter of authorization is part of no joint approval");
        }
        let deciding: Option<BTreeSet<_>> = found.into_iter().map(|item| Some(&item?.department)).collect();
        // Where an item is unknown, nobody can say who decides it.
        let Some(deciding) = deciding else { continue };
        for signer in signers.difference(&deciding) {
            sink.report(&entry.place, format!("signer {signer} decides none of the items"));
        }
    }
}
