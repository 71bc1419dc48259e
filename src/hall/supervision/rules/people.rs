//! The same person on both sides.

use super::super::Subject;
use super::super::facts::DecidedUse;
use super::{Facts, Hit};

pub(super) fn both_sides(facts: &Facts) -> Vec<Hit> {
    facts.decided.iter().flat_map(|one| of_use(facts, one)).collect()
}

fn of_use(facts: &Facts, one: &DecidedUse) -> Vec<Hit> {
    let same = |a: &str, b: &str| a == b || facts.name(a) == facts.name(b);
    let mut hits = Vec::new();
    let mut found = |approver: &str, other: &str, what: &str| {
        let deputy = facts.staff.get(approver).is_some_and(|staff| staff.deputy);
        let how = if approver == other { "同一登记" } else { "两个登记，姓名相同" };
        let mut people = vec![approver.to_owned(), other.to_owned()];
        people.dedup();
        hits.push(Hit {
            subject: Subject::Staff(approver.to_owned()),
            // Two people of one name are told once a month, and not for every case.
            period: format!("{} {other}", one.day.strftime("%Y-%m")),
            department: Some(one.department.clone()),
            people,
            said: format!(
                "办件{}由{}{}批准用印，而{what}也是{}（{how}）。请查明是否同一人；同名的说明情况。",
                one.case_no,
                facts.name(approver),
                if deputy { "（代理）" } else { "" },
                facts.name(other)
            ),
        });
    };
    for (step, approver) in one.approved_by.iter().enumerate() {
        if let Some(other) = one.asked_by.iter().find(|other| same(approver, other)) {
            found(approver, other, "申请用印或受理该件的人");
        } else if let Some(other) = one.asked_earlier.iter().find(|other| same(approver, other)) {
            found(approver, other, "九十日内为同一当事人申请同一事项的人");
        }
        if let Some(other) = one.approved_by[..step].iter().find(|other| same(approver, other)) {
            found(approver, other, "前一步的审批人");
        }
    }
    hits
}
