//! Nominating staff (R6): what a department may ask the centre to register, all that is wrong with it at once.

use std::collections::BTreeSet;
use std::str::FromStr;

use jiff::civil::Date;

use super::file::Hall;
use super::id::{DepartmentKey, Login, WindowNo};
use super::opening::Hours;
use super::refusal::{Reasons, Refusal};
use super::staff::{Duty, Grade, Posting, Staff};

/// Longest name, in characters.
const MAX_NAME: usize = 40;
/// Longest term of a permit, in years.
const MOST_YEARS: i16 = 5;

/// A nomination as entered, each field as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entered {
    /// What they will sign in with.
    pub login: String,
    /// The name.
    pub name: String,
    /// The duty's word.
    pub duty: String,
    /// Whether a chief representative is to act as deputy.
    pub deputy: bool,
    /// Numbers of a clerk's windows.
    pub windows: Vec<String>,
    /// The word of how they are employed.
    pub grade: String,
    /// First day at the window; may be empty where it is not asked for.
    pub posted_from: String,
    /// Last day at the window; may be empty where it is not asked for.
    pub posted_to: String,
    /// Hours of duty as `mon-fri 08:30-12:00`; empty: whenever the hall is open.
    pub hours: String,
    /// The last day of the permit that is asked for.
    pub permit_to: String,
}

/// A nomination that the centre may consent to. Made only by [`check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nominee {
    /// What they will sign in with.
    pub login: Login,
    /// The name.
    pub name: String,
    /// The duty.
    pub duty: Duty,
    /// Whether as deputy.
    pub deputy: bool,
    /// The department; none for the hall's own staff.
    pub department: Option<DepartmentKey>,
    /// A clerk's windows.
    pub windows: BTreeSet<WindowNo>,
    /// How they are employed.
    pub grade: Grade,
    /// How long they are kept at the window.
    pub posting: Option<Posting>,
    /// When they are on duty.
    pub hours: Option<Hours>,
    /// The last day of the permit.
    pub permit_to: Date,
}

/// Whether `by` may nominate such a person. `of`: the person as registered, where it is a change.
///
/// # Errors
/// Every reason against it, by its field.
pub fn check(entered: &Entered, by: &Staff, of: Option<&Staff>, hall: &Hall, today: Date) -> Result<Nominee, Refusal> {
    let mut reasons = Reasons::new();
    check_nominator(by, of, &mut reasons);
    let login =
        field::<Login>(&entered.login, "login", "工号只用小写字母、数字和 - . _，以字母或数字开头", &mut reasons);
    let name = entered.name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        reasons.add_field("name", "name", format!("请填写姓名，不超过{MAX_NAME}个字"));
    }
    let duty = field::<Duty>(&entered.duty, "duty", "请选择岗位", &mut reasons);
    let grade = field::<Grade>(&entered.grade, "grade", "请选择人员身份", &mut reasons);
    let hours = optional::<Hours>(&entered.hours, "hours", "请按“mon-fri 08:30-12:00”填写", &mut reasons);
    let posting = posting(entered, &mut reasons);
    let permit_to = field::<Date>(&entered.permit_to, "permit_to", "请填写工作证有效期截止日", &mut reasons);
    let windows = windows(entered, duty, hall, &mut reasons);
    if let Some(duty) = duty {
        check_duty(duty, by, of, &mut reasons);
        check_approver(duty, grade, posting.as_ref(), permit_to, &mut reasons);
        let blank = [&entered.posted_from, &entered.posted_to].iter().all(|text| text.trim().is_empty());
        if duty.is_kept_at_the_window() && blank {
            reasons.add_field("posting-missing", "posted_from", "首席代表须写明派驻窗口的起止日期");
        }
        if entered.deputy && duty != Duty::Chief {
            reasons.add_field("deputy", "deputy", "只有首席代表设代理，请取消代理或改选岗位");
        }
    }
    if let Some(to) = permit_to {
        let years = |day: Date, years: i16| (day.year() + years, day.month(), day.day());
        if to < today || years(to, 0) > years(today, MOST_YEARS) {
            let text = format!("工作证有效期截止日须在今天以后{MOST_YEARS}年以内");
            reasons.add_field("permit-term", "permit_to", text);
        }
    }
    reasons.into_result()?;
    let missing = || Refusal::because("incomplete", "填写不完整，请补全");
    Ok(Nominee {
        login: login.ok_or_else(missing)?,
        name: name.to_owned(),
        duty: duty.ok_or_else(missing)?,
        deputy: entered.deputy,
        department: by.department.clone(),
        windows,
        grade: grade.ok_or_else(missing)?,
        posting,
        hours,
        permit_to: permit_to.ok_or_else(missing)?,
    })
}

/// A department's people are named by its leader or its chief representative, the hall's own by an administrator.
fn check_nominator(by: &Staff, of: Option<&Staff>, reasons: &mut Reasons) {
    let may = match by.duty {
        Duty::Leader | Duty::Administrator => true,
        Duty::Chief => !by.deputy,
        _ => false,
    };
    reasons.require(may, "wrong-duty", "人员由部门分管领导或首席代表（不含代理）提名，大厅人员由大厅管理员提名");
    if let Some(of) = of {
        reasons.require(of.department == by.department, "wrong-department", "只能提名变更本部门的人员");
        reasons.require(of.id != by.id, "yourself", "不得提名变更自己的登记，请由他人提名");
    }
}

/// An account keeps its duty, and with it its side (R20); each nominates for their own.
fn check_duty(duty: Duty, by: &Staff, of: Option<&Staff>, reasons: &mut Reasons) {
    if let Some(of) = of.filter(|of| of.duty != duty) {
        let (apart, code) = match of.duty.side() == duty.side() {
            true => ("一个账号只有一个岗位", "duty-fixed"),
            false => ("管理、使用、审计三类职责相互分离", "duties-apart"),
        };
        let text =
            format!("{apart}，“{}”不能改任“{}”；请终止原登记，以新的工号另行提名", of.duty.title(), duty.title());
        reasons.add_field(code, "duty", text);
    }
    let belongs = match by.department {
        Some(_) => duty.is_of_a_department() || duty == Duty::Clerk,
        None => !duty.is_of_a_department(),
    };
    if !belongs {
        let text = match by.department {
            Some(_) => format!("{}由大厅管理员提名", duty.title()),
            None => format!("{}由所属部门提名", duty.title()),
        };
        reasons.add_field("wrong-department", "duty", text);
    }
}

/// R3: civil servants or established staff, kept at the window for two years or more.
fn check_approver(
    duty: Duty,
    grade: Option<Grade>,
    posting: Option<&Posting>,
    permit_to: Option<Date>,
    reasons: &mut Reasons,
) {
    if duty.decides() && grade.is_some_and(|grade| !grade.may_decide()) {
        let text = format!("{}须由公务员或事业编制人员担任", duty.title());
        reasons.add_field("not-established", "grade", text);
    }
    let Some(posting) = posting.filter(|_| duty.is_kept_at_the_window()) else { return };
    if !posting.is_long_enough() {
        let text = format!("首席代表派驻窗口不少于{}年，请调整派驻期限", Posting::LEAST_YEARS);
        reasons.add_field("posting-too-short", "posted_to", text);
    }
    if permit_to.is_some_and(|to| to > posting.to) {
        reasons.add_field("permit-term", "permit_to", "工作证有效期不得超过派驻期限");
    }
}

fn posting(entered: &Entered, reasons: &mut Reasons) -> Option<Posting> {
    let from = optional::<Date>(&entered.posted_from, "posted_from", "请填写日期", reasons);
    let to = optional::<Date>(&entered.posted_to, "posted_to", "请填写日期", reasons);
    match (from, to) {
        (Some(from), Some(to)) if from <= to => Some(Posting { from, to }),
        (Some(_), Some(_)) => {
            reasons.add_field("dates-order", "posted_to", "派驻结束日期早于开始日期，请改正");
            None
        }
        (Some(_), None) if entered.posted_to.trim().is_empty() => {
            reasons.add_field("posting-missing", "posted_to", "请填写派驻结束日期");
            None
        }
        (None, Some(_)) if entered.posted_from.trim().is_empty() => {
            reasons.add_field("posting-missing", "posted_from", "请填写派驻开始日期");
            None
        }
        _ => None,
    }
}

fn windows(entered: &Entered, duty: Option<Duty>, hall: &Hall, reasons: &mut Reasons) -> BTreeSet<WindowNo> {
    let mut windows = BTreeSet::new();
    for no in &entered.windows {
        match no.parse::<WindowNo>().ok().filter(|no| hall.window(no).is_some()) {
            Some(no) => drop(windows.insert(no)),
            None => reasons.add_field("no-such-window", "windows", "没有这个窗口，请从登记的窗口中选择"),
        }
    }
    match duty {
        Some(Duty::Clerk) if windows.is_empty() => {
            reasons.add_field("no-such-window", "windows", "窗口人员须登记至少一个窗口");
        }
        Some(Duty::Clerk) | None => {}
        Some(duty) if !windows.is_empty() => {
            reasons.add_field("wrong-window", "windows", format!("{}不登记窗口", duty.title()));
        }
        Some(_) => {}
    }
    windows
}

fn field<T: FromStr>(text: &str, name: &'static str, problem: &str, reasons: &mut Reasons) -> Option<T> {
    let parsed = text.trim().parse().ok();
    if parsed.is_none() {
        reasons.add_field("not-valid", name, problem);
    }
    parsed
}

fn optional<T: FromStr>(text: &str, name: &'static str, problem: &str, reasons: &mut Reasons) -> Option<T> {
    if text.trim().is_empty() { None } else { field(text, name, problem, reasons) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::hall::example::{hall, person};

    fn chief_to_be() -> Entered {
        let text = |text: &str| text.to_owned();
        Entered {
            login: text("chief2-scjg"),
            name: text(" 李四 "),
            duty: text("chief"),
            deputy: true,
            windows: Vec::new(),
            grade: text("established"),
            posted_from: text("2026-12-01"),
            posted_to: text("2028-12-01"),
            hours: text("mon-fri 08:30-12:00"),
            permit_to: text("2028-12-01"),
        }
    }

    fn codes(entered: &Entered, by: &Staff, of: Option<&Staff>) -> Vec<(&'static str, Option<String>)> {
        match check(entered, by, of, &hall(), date(2026, 11, 20)) {
            Ok(_) => Vec::new(),
            Err(refusal) => refusal.reasons().iter().map(|reason| (reason.code, reason.field.clone())).collect(),
        }
    }

    #[test]
    fn r6_a_department_nominates_its_own() {
        let leader = person(1, Duty::Leader, Some("scjg"), &[]);
        let nominee = check(&chief_to_be(), &leader, None, &hall(), date(2026, 11, 20)).unwrap();
        assert_eq!((nominee.name.as_str(), nominee.department), ("李四", leader.department.clone()));
        let one = |code, field: Option<&str>| vec![(code, field.map(str::to_owned))];
        let mut deputy = person(2, Duty::Chief, Some("scjg"), &[]);
        deputy.deputy = true;
        assert_eq!(codes(&chief_to_be(), &deputy, None), one("wrong-duty", None));
        let keeper = person(3, Duty::Keeper, Some("scjg"), &[]);
        assert_eq!(codes(&chief_to_be(), &keeper, None), one("wrong-duty", None));
        let administrator = person(4, Duty::Administrator, None, &[]);
        assert_eq!(codes(&chief_to_be(), &administrator, None), one("wrong-department", Some("duty")));
        let auditor = Entered { duty: "auditor".into(), deputy: false, ..chief_to_be() };
        assert_eq!(codes(&auditor, &leader, None), one("wrong-department", Some("duty")));
        assert_eq!(codes(&auditor, &administrator, None), []);
        let all = [one("yourself", None), one("duty-fixed", Some("duty"))].concat();
        assert_eq!(codes(&chief_to_be(), &leader, Some(&leader)), all);
        let other = person(5, Duty::Chief, Some("jsj"), &[]);
        assert_eq!(codes(&chief_to_be(), &leader, Some(&other)), one("wrong-department", None));
    }

    #[test]
    fn r20_an_account_keeps_its_duty_and_its_side() {
        let leader = person(1, Duty::Leader, Some("scjg"), &[]);
        let reviewer = person(2, Duty::Reviewer, Some("scjg"), &[]);
        let keeper = Entered { duty: "keeper".into(), deputy: false, ..chief_to_be() };
        let chief = person(3, Duty::Chief, Some("scjg"), &[]);
        assert_eq!(codes(&chief_to_be(), &leader, Some(&chief)), []);
        assert_eq!(codes(&chief_to_be(), &leader, Some(&reviewer)), [("duty-fixed", Some("duty".to_owned()))]);
        assert_eq!(codes(&keeper, &leader, Some(&reviewer)), [("duties-apart", Some("duty".to_owned()))]);
    }

    #[test]
    fn r3_who_decides_is_established_and_stays_two_years() {
        let leader = person(1, Duty::Leader, Some("scjg"), &[]);
        let fields = |entered: &Entered| codes(entered, &leader, None);
        let with = |change: fn(&mut Entered)| {
            let mut entered = chief_to_be();
            change(&mut entered);
            fields(&entered)
        };
        let said = |code, field: &str| (code, Some(field.to_owned()));
        assert_eq!(with(|e| e.grade = "contract".into()), [said("not-established", "grade")]);
        assert_eq!(with(|e| e.posted_from.clear()), [said("posting-missing", "posted_from")]);
        let none = |e: &mut Entered| (e.posted_from, e.posted_to) = (String::new(), String::new());
        assert_eq!(with(none), [said("posting-missing", "posted_from")]);
        let short = with(|e| e.posted_to = "2028-11-30".into());
        assert_eq!(short, [said("posting-too-short", "posted_to"), said("permit-term", "permit_to")]);
        let clerk = with(|e| {
            *e = Entered {
                duty: "clerk".into(),
                deputy: false,
                grade: "contract".into(),
                windows: vec!["A01".into()],
                ..chief_to_be()
            }
        });
        assert_eq!(clerk, []);
    }

    #[test]
    fn r18_everything_wrong_comes_at_once() {
        let leader = person(1, Duty::Leader, Some("scjg"), &[]);
        let entered = Entered { windows: vec!["Z99".into()], deputy: true, ..Entered::default() };
        let named: Vec<_> = codes(&entered, &leader, None).into_iter().filter_map(|(_, field)| field).collect();
        assert_eq!(named, ["login", "name", "duty", "grade", "permit_to", "windows"]);
    }
}
