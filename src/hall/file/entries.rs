//! Each table of the hall's file, read into its type. What refers to other tables is checked in `cross`.

use std::collections::BTreeSet;

use super::StaffPlan;
use super::fields::{Fields, Placed};
use crate::hall::authorization::{CoveredItems, Letter, LetterState};
use crate::hall::chain::{Chain, StandardStep};
use crate::hall::department::{Branch, Department, Entrusted, Intake, Role, Window};
use crate::hall::id::DepartmentKey;
use crate::hall::item::{Guide, Item, ItemSeal, Joint, Pages, Weight};
use crate::hall::number::NumberPattern;
use crate::hall::opening::{Holidays, Opening};
use crate::hall::seal::{SealKind, SealPlan};
use crate::hall::staff::{Duty, Grade};

/// The largest and the smallest seal, in millimetres.
const DIAMETER_MM: std::ops::RangeInclusive<u8> = 30..=60;
/// Stands for a department's key in a login, and for its name in a name.
const DEPARTMENT: &str = "{department}";

/// Reads all tables of one kind; those with problems are reported and left out.
pub(super) fn each<T>(root: &Fields<'_>, key: &'static str, read: fn(&Fields<'_>) -> Option<T>) -> Vec<Placed<T>> {
    let mut out = Vec::new();
    for fields in root.tables(key) {
        out.extend(read(&fields).map(|value| fields.placed(value)));
        fields.finish();
    }
    out
}

/// Reads all tables of a kind of which one may stand for several departments.
pub(super) fn for_departments<T>(
    root: &Fields<'_>,
    key: &'static str,
    issuing: &[&Department],
    read: fn(&Fields<'_>, &[&Department]) -> Vec<T>,
) -> Vec<Placed<T>> {
    let mut out = Vec::new();
    for fields in root.tables(key) {
        out.extend(read(&fields, issuing).into_iter().map(|value| fields.placed(value)));
        fields.finish();
    }
    out
}

pub(super) fn opening(hall: &Fields<'_>) -> Option<Opening> {
    let fields = hall.table("opening")?;
    let (days, from, to) = (fields.text("days"), fields.text("from"), fields.text("to"));
    let holidays = fields.parsed_if_given("holidays").unwrap_or(Holidays::Closed);
    fields.finish();
    match Opening::parse(&days?, &from?, &to?) {
        Ok(opening) => Some(opening.on_holidays(holidays)),
        Err(problems) => {
            for problem in problems {
                fields.report(problem.to_string());
            }
            None
        }
    }
}

pub(super) fn window(fields: &Fields<'_>) -> Option<Window> {
    let (no, name, kind) = (fields.parsed("no"), fields.text("name"), fields.parsed("kind"));
    Some(Window { branch: fields.text_if_given("branch"), no: no?, name: name?, kind: kind? })
}

pub(super) fn branch(fields: &Fields<'_>) -> Option<Branch> {
    let (name, address) = (fields.text("name"), fields.text("address"));
    Some(Branch { name: name?, address: address? })
}

pub(super) fn department(fields: &Fields<'_>) -> Option<Department> {
    let (key, name, uscc) = (fields.parsed("key"), fields.text("name"), fields.parsed("uscc"));
    let role = role(fields);
    Some(Department { key: key?, name: name?, uscc: uscc?, role: role? })
}

fn role(fields: &Fields<'_>) -> Option<Role> {
    match fields.text_if_given("role").as_deref() {
        Some("centre") => return Some(Role::Centre),
        Some(_) => fields.report("role must be \"centre\" or left out"),
        None => {}
    }
    let (office, intake) = (fields.text("approval_office"), fields.text_if_given("intake"));
    let record = fields.text_if_given("entrustment");
    let scope = if fields.at_hand("entrusted") { fields.parsed("entrusted")? } else { Entrusted::Acceptance };
    let intake = match (intake.as_deref(), record) {
        (None | Some("own"), None) => Intake::Own,
        (Some("entrusted"), Some(record)) => Intake::Entrusted { record, scope },
        (Some("entrusted"), None) => {
            fields.report("intake is entrusted, but entrustment names no record");
            return None;
        }
        (None | Some("own"), Some(_)) => {
            fields.report("entrustment names a record, but intake is not entrusted");
            return None;
        }
        _ => {
            fields.report("intake must be \"own\" or \"entrusted\"");
            return None;
        }
    };
    Some(Role::Issuing { approval_office: office?, intake })
}

/// The departments an entry is for: the one named, or all that issue.
fn departments(fields: &Fields<'_>, issuing: &[&Department]) -> Vec<DepartmentKey> {
    if fields.is("department", "*") {
        issuing.iter().map(|department| department.key.clone()).collect()
    } else {
        Vec::from_iter(fields.parsed("department"))
    }
}

pub(super) fn seal(fields: &Fields<'_>, issuing: &[&Department]) -> Vec<SealPlan> {
    let (kind, diameter): (Option<SealKind>, Option<u8>) = (fields.parsed("kind"), fields.number("diameter_mm"));
    let departments = departments(fields, issuing);
    let (Some(kind), Some(diameter_mm)) = (kind, diameter) else { return Vec::new() };
    if !DIAMETER_MM.contains(&diameter_mm) {
        fields.report(format!("diameter_mm must be {} to {}", DIAMETER_MM.start(), DIAMETER_MM.end()));
    }
    departments.into_iter().map(|department| SealPlan { department, kind, diameter_mm }).collect()
}

pub(super) fn letter(fields: &Fields<'_>, issuing: &[&Department]) -> Vec<Letter> {
    let items = if fields.is("items", "*") { CoveredItems::All } else { CoveredItems::Listed(fields.set("items")) };
    if matches!(&items, CoveredItems::Listed(listed) if listed.is_empty()) {
        fields.report("items must be \"*\" or name at least one item");
    }
    let powers = fields.set("powers");
    if powers.is_empty() {
        fields.report("powers must name at least one power");
    }
    let (from, to) = (fields.parsed("from"), fields.parsed("to"));
    let departments = departments(fields, issuing);
    let (Some(from), Some(to)) = (from, to) else { return Vec::new() };
    if to < from {
        fields.report("to is earlier than from");
    }
    let state = LetterState::Filed;
    let letter = |department| Letter { state, department, items: items.clone(), powers: powers.clone(), from, to };
    departments.into_iter().map(letter).collect()
}

pub(super) fn staff(fields: &Fields<'_>, issuing: &[&Department]) -> Vec<StaffPlan> {
    let (login, name, duty) = (fields.text("login"), fields.text("name"), fields.parsed::<Duty>("duty"));
    let (deputy, windows) = (fields.flag("deputy"), Vec::from_iter(fields.set("windows")));
    let one: Option<DepartmentKey> = fields.parsed_if_given("department");
    let (Some(login), Some(name), Some(duty)) = (login, name, duty) else { return Vec::new() };
    if deputy && duty != Duty::Chief {
        fields.report("only a chief can be deputy");
    }
    let grade: Grade = fields.parsed_if_given("grade").unwrap_or(Grade::Contract);
    if duty.decides() && !grade.may_decide() {
        fields.report("whoever decides needs a grade: civil-servant or established");
    }
    if (duty == Duty::Clerk) == windows.is_empty() {
        fields.report("a clerk works at one window at least, and nobody else at any");
    }
    let many = login.contains(DEPARTMENT);
    if many && one.is_some() {
        fields.report("either {department} in the login or a department, not both");
    }
    let of_department = many || one.is_some();
    if of_department != duty.is_of_a_department() && !(of_department && duty == Duty::Clerk) {
        fields.report("a reviewer, chief, leader or keeper belongs to a department, the hall's own staff to none");
    }
    let mut out = Vec::new();
    let mut add = |login: String, name: String, department| match login.parse() {
        Ok(login) => out.push(StaffPlan { login, name, duty, deputy, department, windows: windows.clone(), grade }),
        Err(error) => fields.report(format!("login: {error}")),
    };
    if many {
        for department in issuing {
            let (key, full) = (department.key.as_str(), &department.name);
            add(login.replace(DEPARTMENT, key), name.replace(DEPARTMENT, full), Some(department.key.clone()));
        }
    } else {
        add(login, name, one);
    }
    out
}

pub(super) fn item(fields: &Fields<'_>) -> Option<Item> {
    let (code, department, name) = (fields.parsed("code"), fields.parsed("department"), fields.text("name"));
    let (kind, certificate) = (fields.parsed("kind"), fields.text("certificate"));
    let (legal_days, limit_days) = (fields.number("legal_days"), fields.number("limit_days"));
    let number = fields.parsed::<NumberPattern>("number");
    let valid_years = fields.number_if_given("valid_years");
    let (names, optional, blocks) = (fields.names("fields"), fields.set("optional"), fields.set("blocks"));
    let pages = if fields.at_hand("pages") { fields.parsed("pages") } else { Some(Pages::One) };
    let weight = if fields.flag("major") { Weight::Major } else { Weight::Ordinary };
    let seal = item_seal(fields);
    let (chain, by_meeting) = (chain(fields, limit_days), fields.flag("meeting"));
    let guide = guide(fields);
    if legal_days.zip(limit_days).is_some_and(|(legal, limit): (u16, u16)| limit > legal) {
        fields.report("limit_days is more than legal_days");
    }
    if valid_years == Some(0) {
        fields.report("valid_years must be at least 1, or left out");
    }
    let chosen = BTreeSet::from_iter(number.iter().flat_map(NumberPattern::choice_fields).map(str::to_owned));
    for (key, named) in [("optional", &optional), ("blocks", &blocks), ("number", &chosen)] {
        for name in named.iter().filter(|name| !names.contains(name)) {
            fields.report(format!("{key} names {name}, which is not among the fields"));
        }
    }
    for name in chosen.intersection(&optional) {
        fields.report(format!("number needs {name}, so it cannot be optional"));
    }
    Some(Item {
        code: code?,
        department: department?,
        name: name?,
        kind: kind?,
        legal_days: legal_days?,
        limit_days: limit_days?,
        chain: chain?,
        by_meeting,
        weight,
        certificate: certificate?,
        number: number?,
        valid_years,
        fields: names,
        optional,
        blocks,
        pages: pages?,
        seal: seal?,
        guide,
    })
}

/// The steps as written, or acceptance and decision alone.
fn chain(fields: &Fields<'_>, limit_days: Option<u16>) -> Option<Chain> {
    let because = fields.text_if_given("more_steps_because");
    let tables = fields.tables("steps");
    if tables.is_empty() && because.is_none() {
        return Some(Chain::plain(limit_days?));
    }
    let mut steps = Vec::new();
    for table in &tables {
        let (kind, hours) = (table.parsed("kind"), table.number("hours"));
        steps.push(kind.zip(hours).map(|(kind, hours)| StandardStep { kind, hours }));
        table.finish();
    }
    let steps: Option<Vec<StandardStep>> = steps.into_iter().collect();
    Chain::new(steps?, because, limit_days?)
        .map_err(|problems| problems.iter().for_each(|problem| fields.report(problem.to_string())))
        .ok()
}

fn guide(fields: &Fields<'_>) -> Guide {
    Guide {
        basis: fields.lines("basis"),
        materials: fields.lines("materials"),
        conditional: fields.lines("materials_if"),
        fee: fields.text_if_given("fee"),
        integrated: fields.flag("integrated"),
    }
}

fn item_seal(fields: &Fields<'_>) -> Option<ItemSeal> {
    let kind = if fields.at_hand("seal") { fields.parsed("seal")? } else { SealKind::Approval };
    match (kind, fields.text_if_given("legal_basis")) {
        (SealKind::Approval, None) => Some(ItemSeal::Approval),
        (SealKind::Department, Some(legal_basis)) => Some(ItemSeal::Department { legal_basis }),
        (SealKind::Department, None) => {
            fields.report("the department's own seal needs a legal_basis");
            None
        }
        (SealKind::Approval, Some(_)) => {
            fields.report("legal_basis is for the department's own seal alone");
            None
        }
    }
}

pub(super) fn joint(fields: &Fields<'_>) -> Option<Joint> {
    let (name, joint_document) = (fields.text("name"), fields.text("joint_document"));
    let (items, names, signers) = (fields.list("items"), fields.names("fields"), fields.list("signers"));
    Some(Joint { name: name?, items, joint_document: joint_document?, fields: names, signers })
}
