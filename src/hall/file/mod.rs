//! The hall's file (`hall.toml`): departments, windows, seals, staff, letters of authorization, items, joint
//! approvals. Parsed once, every problem reported at once, with its line; a key nobody knows is a problem.
//!
//! `department = "*"` stands for every department that issues, and a staff entry whose login holds `{department}` for
//! one member of the staff per such department.

mod cross;
mod entries;
mod fields;

use std::fmt;

use toml::de::DeTable;

use self::fields::{Fields, Placed, Sink};
use super::authorization::Letter;
use super::department::{Branch, Department, Window};
use super::id::{AreaCode, DepartmentKey, ItemCode, Login, WindowNo};
use super::item::{Item, Joint};
use super::opening::Opening;
use super::seal::{SealKind, SealPlan};
use super::staff::{Duty, Grade};

/// The largest file read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// A hall as its file describes it; every name in it refers to something in it.
#[derive(Debug, Clone)]
pub struct Hall {
    /// Its name.
    pub name: String,
    /// The area it stands in.
    pub area: AreaCode,
    /// When it is open.
    pub opening: Opening,
    /// Its windows: at least one that accepts and one that hands out.
    pub windows: Vec<Window>,
    /// Its branch halls.
    pub branches: Vec<Branch>,
    /// Its departments: one centre, the others issuing.
    pub departments: Vec<Department>,
    /// Its seals, at most one per department and kind.
    pub seals: Vec<SealPlan>,
    /// Its staff.
    pub staff: Vec<StaffPlan>,
    /// The letters of authorization.
    pub letters: Vec<Letter>,
    /// Its items.
    pub items: Vec<Item>,
    /// Its joint approvals.
    pub joints: Vec<Joint>,
}

/// A member of the staff as the file names them; registering them and issuing the permit is an act of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffPlan {
    /// What they sign in with.
    pub login: Login,
    /// The name, as shown.
    pub name: String,
    /// The duty.
    pub duty: Duty,
    /// Whether a chief representative acts as deputy.
    pub deputy: bool,
    /// The department; none for the hall's own staff.
    pub department: Option<DepartmentKey>,
    /// The windows a clerk works at, at least one; none for others.
    pub windows: Vec<WindowNo>,
    /// How they are employed.
    pub grade: Grade,
}

/// One problem of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HallProblem {
    /// The line, from 1.
    pub line: usize,
    /// What stands there, as `item[3].number` (counted from 1).
    pub at: String,
    /// What is wrong.
    pub text: String,
}

/// Every problem of a file, in the order of the lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HallProblems(Vec<HallProblem>);

impl Hall {
    /// Reads a hall's file.
    pub fn parse(source: &str) -> Result<Self, HallProblems> {
        let sink = Sink::new(source);
        if source.len() > MAX_BYTES {
            sink.report(&sink.place(0..0, ""), format!("longer than {MAX_BYTES} bytes"));
            return Err(HallProblems(sink.into_problems()));
        }
        let (document, errors) = DeTable::parse_recoverable(source);
        for error in &errors {
            sink.report(&sink.place(error.span().unwrap_or(0..0), ""), error.message());
        }
        let hall = if errors.is_empty() {
            let fields = Fields::new(&sink, document.get_ref(), sink.place(0..0, ""));
            read(&fields, &sink)
        } else {
            None
        };
        let problems = sink.into_problems();
        match hall {
            Some(hall) if problems.is_empty() => Ok(hall),
            _ => Err(HallProblems(problems)),
        }
    }

    /// The department with that key.
    pub fn department(&self, key: &DepartmentKey) -> Option<&Department> {
        self.departments.iter().find(|department| department.key == *key)
    }

    /// The item with that code.
    pub fn item(&self, code: &ItemCode) -> Option<&Item> {
        self.items.iter().find(|item| item.code == *code)
    }

    /// The window with that number.
    pub fn window(&self, no: &WindowNo) -> Option<&Window> {
        self.windows.iter().find(|window| window.no == *no)
    }

    /// The joint approval of that name.
    pub fn joint(&self, name: &str) -> Option<&Joint> {
        self.joints.iter().find(|joint| joint.name == name)
    }

    /// The seal of that kind the file provides for.
    pub fn seal(&self, department: &DepartmentKey, kind: SealKind) -> Option<&SealPlan> {
        self.seals.iter().find(|seal| seal.department == *department && seal.kind == kind)
    }
}

impl HallProblems {
    /// The problems, at least one.
    pub fn as_slice(&self) -> &[HallProblem] {
        &self.0
    }
}

/// One line per problem: `12: item[3].number: no {seq}`.
impl fmt::Display for HallProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            let (separator, colon) = (if i == 0 { "" } else { "\n" }, if problem.at.is_empty() { "" } else { ": " });
            write!(f, "{separator}{}: {}{colon}{}", problem.line, problem.at, problem.text)?;
        }
        Ok(())
    }
}

impl std::error::Error for HallProblems {}

/// Everything read, with where it was read, before names are looked up.
struct Draft {
    windows: Vec<Placed<Window>>,
    branches: Vec<Placed<Branch>>,
    departments: Vec<Placed<Department>>,
    seals: Vec<Placed<SealPlan>>,
    staff: Vec<Placed<StaffPlan>>,
    letters: Vec<Placed<Letter>>,
    items: Vec<Placed<Item>>,
    joints: Vec<Placed<Joint>>,
}

fn read(root: &Fields<'_>, sink: &Sink<'_>) -> Option<Hall> {
    let head = root.table("hall");
    let (name, area) =
        (head.as_ref().and_then(|hall| hall.text("name")), head.as_ref().and_then(|h| h.parsed("area_code")));
    let opening = head.as_ref().and_then(entries::opening);
    let windows = head.as_ref().map(|hall| entries::each(hall, "windows", entries::window)).unwrap_or_default();
    if let Some(head) = &head {
        head.finish();
    }
    let departments = entries::each(root, "department", entries::department);
    let issuing: Vec<&Department> = departments.iter().map(|d| &d.value).filter(|d| d.issues()).collect();
    let draft = Draft {
        branches: entries::each(root, "branch", entries::branch),
        seals: entries::for_departments(root, "seal", &issuing, entries::seal),
        staff: entries::for_departments(root, "staff", &issuing, entries::staff),
        letters: entries::for_departments(root, "authorization", &issuing, entries::letter),
        items: entries::each(root, "item", entries::item),
        joints: entries::each(root, "joint", entries::joint),
        windows,
        departments,
    };
    root.finish();
    cross::check(&draft, root, sink);
    Some(Hall {
        name: name?,
        area: area?,
        opening: opening?,
        windows: values(draft.windows),
        branches: values(draft.branches),
        departments: values(draft.departments),
        seals: values(draft.seals),
        staff: values(draft.staff),
        letters: values(draft.letters),
        items: values(draft.items),
        joints: values(draft.joints),
    })
}

fn values<T>(placed: Vec<Placed<T>>) -> Vec<T> {
    placed.into_iter().map(|placed| placed.value).collect()
}

#[cfg(test)]
mod tests;
