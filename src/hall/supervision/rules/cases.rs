//! Cases and uses that are late.

use jiff::Timestamp;

use super::super::facts::CaseFact;
use super::super::{DUE_SOON_DAYS, HELD_MINUTES, Subject, UNDELIVERED_DAYS, UNFINISHED_MINUTES};
use super::{Facts, Hit};
use crate::hall::opening::{china_date, china_time};

fn about(case: &CaseFact, period: impl ToString, said: String) -> Hit {
    Hit {
        subject: Subject::Case(case.case_no.clone()),
        period: period.to_string(),
        department: case.department.clone(),
        people: Vec::new(),
        said,
    }
}

pub(super) fn overdue(facts: &Facts) -> Vec<Hit> {
    let today = facts.today();
    let late = |case: &CaseFact| {
        let due = case.due?;
        let until = case.decided_on.unwrap_or(today);
        let (late, title) = (facts.days.after(due, until), &case.title);
        let days = if late == 0 { "非工作日内".to_owned() } else { format!("超期{late}个工作日") };
        let said = match case.decided_on {
            _ if until <= due => return None,
            Some(day) => format!("“{title}”承诺{due}前办结，{day}才办结，{days}。"),
            None => format!("“{title}”承诺{due}前办结，今天{today}仍未办结，{days}。"),
        };
        Some(about(case, due, said))
    };
    facts.cases.iter().filter_map(late).collect()
}

pub(super) fn due_soon(facts: &Facts) -> Vec<Hit> {
    let today = facts.today();
    let soon = |case: &CaseFact| {
        let due = case.due.filter(|due| *due >= today && case.decided_on.is_none() && !case.instant)?;
        let left = facts.days.after(today, due) + usize::from(facts.days.has(today));
        let said = format!("“{}”承诺{due}前办结，含今天还有{left}个工作日。", case.title);
        (left <= DUE_SOON_DAYS).then(|| about(case, due, said))
    };
    facts.cases.iter().filter_map(soon).collect()
}

pub(super) fn undelivered(facts: &Facts) -> Vec<Hit> {
    let waiting = |case: &CaseFact| {
        let since = case.undelivered_since?;
        let days = facts.days.after(since, facts.today());
        let said = format!("“{}”{since}已用印，过了{days}个工作日仍没有出证记录。", case.title);
        let hit = Hit { department: None, ..about(case, since, said) }; // one exit: the hall hands out
        (days > UNDELIVERED_DAYS).then_some(hit)
    };
    facts.cases.iter().filter_map(waiting).collect()
}

fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()) / 60
}

pub(super) fn unfinished(facts: &Facts) -> Vec<Hit> {
    let stuck =
        |one: &&super::super::facts::UnfinishedUse| !one.voided && minutes(one.at, facts.now) > UNFINISHED_MINUTES;
    let hit = |one: &super::super::facts::UnfinishedUse| Hit {
        subject: Subject::Use(one.id.clone()),
        period: one.index.to_string(),
        department: Some(one.department.clone()),
        people: Vec::new(),
        said: format!(
            "办件{}的用印{}登入账本第{}条，已过{}分钟，没有完成，也没有作废。",
            one.case_no,
            china_time(one.at).strftime("%Y-%m-%d %H:%M"),
            one.index,
            minutes(one.at, facts.now)
        ),
    };
    facts.unfinished.iter().filter(stuck).map(hit).collect()
}

pub(super) fn voided(facts: &Facts) -> Vec<Hit> {
    let hit = |one: &super::super::facts::UnfinishedUse| Hit {
        subject: Subject::Use(one.id.clone()),
        period: one.index.to_string(),
        department: Some(one.department.clone()),
        people: Vec::new(),
        said: format!(
            "办件{}的用印{}登入账本第{}条，未能完成，已作废。请说明原因和当事人的件如何处理。",
            one.case_no,
            china_date(one.at),
            one.index
        ),
    };
    facts.unfinished.iter().filter(|one| one.voided).map(hit).collect()
}

pub(super) fn held(facts: &Facts) -> Vec<Hit> {
    let waiting = |case: &CaseFact| {
        let since = case.held_at.filter(|_| case.decided_on.is_none())?;
        let at = china_time(since).strftime("%Y-%m-%d %H:%M").to_string();
        let said = format!("“{}”已由各审批人批准，{at}用印时被规则拒绝，至今没有处理。", case.title);
        (minutes(since, facts.now) > HELD_MINUTES).then(|| about(case, china_date(since), said))
    };
    facts.cases.iter().filter_map(waiting).collect()
}
