//! R11, R15: opening hours by the holiday calendar, working days, last days, extensions.

use std::process::Command;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use yinxin::acts::calendar::{Entered, Time, calendar, enter_year};
use yinxin::acts::extend::{Extension, extend};
use yinxin::hall::calendar::{Calendar, NotEntered, Remaining};
use yinxin::hall::extension::Telling;

use super::audit::audited;
use super::*;
use crate::tools;

impl Actor {
    async fn extend(&self, case: &str, days: u16, told_on: Date) -> Result<(), ActError> {
        let extension = Extension { days, reason: "需要现场核查".to_owned(), told: Telling::Phone, told_on };
        extend(&self.app, &self.person().await, case, &extension).await.map(|_| ())
    }

    async fn enter(&self, entered: &Entered) -> Result<(), ActError> {
        enter_year(&self.app, &self.person().await, entered).await.map(|_| ())
    }

    async fn time(&self, case: &str) -> (Option<String>, Time) {
        let case = look::case(&self.app, &self.person().await, case).await.unwrap();
        (case.matter.due, case.time)
    }
}

/// A made-up arrangement of 2027, since none is published.
pub(super) fn made_up() -> Entered {
    let off = ["2027-01-01/2027-01-03", "2027-02-05/2027-02-12", "2027-05-01/2027-05-05", "2027-10-01/2027-10-07"];
    Entered {
        year: 2027,
        source: "试拟2027年放假安排".to_owned(),
        off: off.map(str::to_owned).to_vec(),
        work: vec!["2027-02-13".to_owned()],
    }
}

/// The arrangement of 2026 as published, to be amended.
fn this_year() -> Entered {
    let off = [
        "2026-01-01/2026-01-03",
        "2026-02-15/2026-02-23",
        "2026-04-04/2026-04-06",
        "2026-05-01/2026-05-05",
        "2026-06-19/2026-06-21",
        "2026-09-25/2026-09-27",
        "2026-10-01/2026-10-07",
    ];
    let work = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"];
    Entered {
        year: 2026,
        source: "2026年放假安排（修订）".to_owned(),
        off: off.map(str::to_owned).to_vec(),
        work: work.map(str::to_owned).to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_nothing_happens_on_a_holiday_and_a_day_worked_for_it_is_a_working_day() {
    let hall = TestHall::set_up("", "2026-09-30T10:00:00+08:00").await;
    let (case, clerk, chief) = (Case::number("000001"), hall.clerk("A01"), hall.chief("scjg"));
    clerk.submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let other = Case::number("000003");
    // National Day and the Monday of its week; and on a Saturday the hall is closed whatever the day is.
    for at in ["2026-10-01T10:00:00+08:00", "2026-10-05T10:00:00+08:00"] {
        hall.set_time(at);
        let refused = refusal(chief.approve(&asked).await);
        assert_eq!(refused.codes(), ["hall-closed"], "{at}");
        assert!(refused.reasons()[0].text.contains("放假安排"), "{refused}");
        assert_eq!(refusal(chief.refuse(&asked, "材料不全").await).codes(), ["hall-closed"], "{at}");
        assert_eq!(refusal(clerk.submit(&other).await).codes(), ["hall-closed"], "{at}");
        assert_eq!(
            refusal(hall.leader("scjg").extend(&case.case, 1, date(2026, 10, 1)).await).codes(),
            ["hall-closed"]
        );
    }
    // Saturday the 10th is worked: the same hours as on any working day.
    hall.set_time("2026-10-10T16:30:00+08:00");
    assert_eq!(refusal(chief.approve(&asked).await).codes(), ["hall-closed"]);
    hall.set_time("2026-10-10T10:00:00+08:00");
    let documents = sealed(chief.approve(&asked).await);
    assert!(hall.report(&documents[0]).is_valid());
    hall.delivery().deliver(&case.case, "张三").await.unwrap();
    clerk.submit(&other).await.unwrap();
    hall.set_time("2026-10-11T10:00:00+08:00");
    assert_eq!(refusal(clerk.submit(&case.again_as("2026-A01-900002")).await).codes(), ["hall-closed"], "a Sunday");
    // What was tried on the holidays is what the supervision calls outside hours.
    hall.set_time("2026-10-12T10:00:00+08:00");
    yinxin::acts::supervise::supervise(&hall.app).await.unwrap();
    let found = hall.premises.count("SELECT COUNT(*) FROM finding WHERE rule = 'outside-hours'").await;
    assert!(found >= 4, "{found}: the chief and the clerk, on each of the two days");
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_the_arrangement_that_the_administrator_enters_opens_and_closes_the_hall() {
    let hall = TestHall::open().await;
    let clerk = hall.clerk("A01");
    let case = |number: u32| Case::number("000006").again_as(&format!("2027-A01-{number:06}"));
    // Nobody has entered 2027: New Year's Day, a Friday, is one like any other, and no Saturday is worked.
    hall.set_time("2027-01-01T10:00:00+08:00");
    clerk.submit(&case(1)).await.unwrap();
    hall.set_time("2027-02-13T10:00:00+08:00");
    assert_eq!(refusal(clerk.submit(&case(2)).await).codes(), ["hall-closed"]);
    hall.set_time("2027-01-04T10:00:00+08:00");
    hall.administrator().enter(&made_up()).await.unwrap();
    hall.set_time("2027-02-08T10:00:00+08:00");
    assert_eq!(refusal(clerk.submit(&case(2)).await).codes(), ["hall-closed"], "a Monday, off");
    hall.set_time("2027-02-13T10:00:00+08:00");
    clerk.submit(&case(2)).await.unwrap();
}

/// PyPI's chinesecalendar holds the same notices, read by other people.
#[test]
fn r15_working_days_agree_with_another_calendar() {
    let script = "import datetime as t, chinese_calendar as c
d = t.date(2025, 1, 1)
while d < t.date(2027, 1, 1):
    print(d, int(c.is_workday(d)))
    d += t.timedelta(1)";
    let theirs = tools::run(Command::new(tools::python()).args(["-c", script]));
    let calendar = Calendar::published();
    let ours: String = date(2025, 1, 1)
        .series(1.day())
        .take_while(|day| day.year() < 2027)
        .map(|day| format!("{day} {}\n", u8::from(calendar.is_working(day).unwrap())))
        .collect();
    assert_eq!(theirs.lines().count(), 730);
    assert_eq!(theirs, ours);
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_the_last_day_is_counted_at_acceptance_and_kept() {
    let hall = TestHall::open().await;
    // A Friday. Five working days promised, twenty by law.
    let (first, case) = (Case::number("000001"), Case::number("000001").case);
    hall.clerk("A01").submit(&first).await.unwrap();
    let clerk = hall.clerk("A01");
    let (due, time) = clerk.time(&case).await;
    assert_eq!((due.as_deref(), time), (Some("2026-11-27"), Time::Open(Remaining::Days(5))));
    assert_eq!(time.words(), "还有 5 个工作日");
    hall.set_time("2026-11-27T16:00:00+08:00");
    assert_eq!(clerk.time(&case).await.1, Time::Open(Remaining::Today));
    hall.set_time("2026-12-01T10:00:00+08:00");
    let (due, time) = clerk.time(&case).await;
    assert_eq!((due.as_deref(), time), (Some("2026-11-27"), Time::Open(Remaining::Late(2))));
    assert!(time.is_late());
    hall.approve_all(&case).await;
    assert_eq!(clerk.time(&case).await.1.words(), "超期 2 个工作日办结");
    // An instant item is due the same day; a joint case is done with the slowest of its items.
    hall.clerk("A01").submit(&Case::number("000006")).await.unwrap();
    let (due, time) = clerk.time(&Case::number("000006").case).await;
    assert_eq!((due.as_deref(), time), (Some("2026-12-01"), Time::Open(Remaining::Today)));
    hall.carry(&Case::number("000015")).await;
    let (due, time) = clerk.time(&Case::number("000015").case).await;
    assert_eq!((due.as_deref(), time.words().as_str()), (Some("2026-12-10"), "按期办结"));
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_a_year_not_entered_is_loud_until_the_administrator_enters_it() {
    let hall = TestHall::open().await;
    hall.set_time("2026-12-30T10:00:00+08:00");
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let (due, time) = hall.clerk("A01").time(&case.case).await;
    assert_eq!((due, time), (None, Time::Unknown(NotEntered(2027))));
    assert!(time.is_late() && time.words().starts_with("2027年放假安排尚未录入"));
    let centre = hall.in_office("centre".to_owned());
    for other in [hall.clerk("A01"), hall.chief("scjg"), hall.in_office("auditor".to_owned())] {
        assert_eq!(refusal(other.enter(&made_up()).await).codes(), ["wrong-duty"]);
    }
    let bad = Entered { off: vec!["2027-01-01".to_owned(), "x".to_owned()], ..made_up() };
    let refused = refusal(centre.clone().at(Seat::Elsewhere).enter(&bad).await);
    for code in ["outside-hall", "bad-date", "holiday-missing", "too-few-days"] {
        assert!(refused.codes().contains(&code), "{refused}");
    }
    centre.enter(&made_up()).await.unwrap();
    centre.enter(&made_up()).await.unwrap();
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM holiday_year").await, 1, "the same again is no version");
    // 31 December, then 4, 5, 6 and 7 January.
    let (due, time) = hall.clerk("A01").time(&case.case).await;
    assert_eq!((due.as_deref(), time), (Some("2027-01-07"), Time::Open(Remaining::Days(5))));
    // An amendment counts for what comes after; what applicants were told stands.
    let mut amended = made_up();
    amended.off.push("2027-01-04/2027-01-05".to_owned());
    hall.set_time("2026-12-30T10:05:00+08:00");
    centre.enter(&amended).await.unwrap();
    // This year's, amended after next year's came: what had been counted was counted without it.
    hall.set_time("2026-12-30T10:10:00+08:00");
    let mut this_year = this_year();
    this_year.off.push("2026-12-31".to_owned());
    centre.enter(&this_year).await.unwrap();
    assert_eq!(hall.clerk("A01").time(&case.case).await.0.as_deref(), Some("2027-01-07"));
    assert_eq!(calendar(&hall.app).await.unwrap().after(date(2026, 12, 30), 1), Ok(date(2027, 1, 6)));
    // In order, although it was accepted without a last day; another day than the one counted is found.
    hall.approve_all(&case.case).await;
    let premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
    // Another day than the one counted first is found: also none, and also that of the amendment, which nobody was told.
    let mut premises = premises;
    for tampering in [
        "UPDATE matter SET due = '2027-01-06'",
        "UPDATE matter SET due = NULL, legal_due = NULL",
        "UPDATE matter SET due = '2027-01-11'",
    ] {
        let good = premises.state();
        premises.tamper(tampering).await;
        let found = audited(&premises).await.findings;
        assert!(found.iter().all(|one| one.code == "case-altered") && !found.is_empty(), "{tampering}: {found:?}");
        premises.put_back(&good);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_an_extension_is_the_leaders_once_and_told() {
    let hall = TestHall::open().await;
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let (leader, today) = (hall.leader("scjg"), date(2026, 11, 20));
    for other in [hall.chief("scjg"), hall.clerk("A01")] {
        assert!(refusal(other.extend(&case.case, 5, today).await).codes().contains(&"wrong-duty"));
    }
    assert_eq!(refusal(hall.leader("jsj").extend(&case.case, 5, today).await).codes(), ["wrong-department"]);
    assert_eq!(
        refusal(leader.extend(&case.case, 11, today.tomorrow().unwrap()).await).codes(),
        ["too-many-days", "not-told"]
    );
    assert_eq!(
        refusal(leader.clone().at(Seat::Elsewhere).extend(&case.case, 5, today).await).codes(),
        ["outside-hall"]
    );
    leader.extend(&case.case, 5, today).await.unwrap();
    assert_eq!(refusal(leader.extend(&case.case, 5, today).await).codes(), ["already-extended"]);
    let (_, time) = hall.clerk("A01").time(&case.case).await;
    assert_eq!(time, Time::Open(Remaining::Days(10)));
    let shown = look::case(&hall.app, &leader.person().await, &case.case).await.unwrap().extension.unwrap();
    assert_eq!(
        (shown.due_before.as_str(), shown.due.as_str(), shown.told.as_str()),
        ("2026-11-27", "2026-12-04", "phone")
    );
    hall.approve_all(&case.case).await;
    let done = Case::number("000001").again_as("2026-A01-900001");
    hall.carry(&done).await;
    assert_eq!(refusal(leader.extend(&done.case, 5, today).await).codes(), ["decided"]);
    let instant = Case::number("000006");
    hall.clerk("A01").submit(&instant).await.unwrap();
    assert_eq!(refusal(hall.leader("jjfz").extend(&instant.case, 5, today).await).codes(), ["instant-item"]);
    let premises = hall.close().await;
    for (forced, constraint) in [
        ("INSERT INTO extension SELECT * FROM extension", "a_case_is_extended_once"),
        ("UPDATE extension SET told = 'nobody'", "an_extension_is_told"),
        ("UPDATE extension SET reason = ''", "an_extension_is_told"),
        ("UPDATE extension SET days = 16", "an_extension_is_short"),
        ("UPDATE matter SET limit_days = legal_days + 1", "the_promise_keeps_the_law"),
        ("UPDATE matter SET due = '2099-01-01'", "the_promise_keeps_the_law"),
        ("UPDATE matter SET legal_due = NULL", "both_due_days_or_none"),
    ] {
        assert!(premises.forbids(forced, constraint).await, "{forced}");
    }
}
