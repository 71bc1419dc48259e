//! Extending a case's time (延期, R15): by the department's leader, once, for a reason, and told to the applicant.
//!
//! 行政许可法第四十二条: where no decision can be made in time, the head of the organ may approve ten more days, fifteen where
//! several departments decide together, and the applicant is told why.

use jiff::civil::Date;

use super::calendar::{Calendar, Due};
use super::id::{DepartmentKey, StaffId};
use super::opening::Moment;
use super::refusal::{Reasons, Refusal};
use super::spelling::spelled;
use super::staff::{Actor, Duty};

/// Most working days a case is extended by: of one department, and of several.
const MOST_DAYS: u16 = 10;
const MOST_DAYS_JOINT: u16 = 15;
/// Longest reason, in characters.
const MAX_REASON: usize = 500;

spelled! {
    /// How an applicant was told.
    pub enum Telling {
        /// 书面: a notice, signed for or sent.
        Written = "written",
        /// 短信或政务平台消息.
        Message = "message",
        /// 电话.
        Phone = "phone",
        /// 当面.
        InPerson = "in-person",
    }
}

impl Telling {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Written => "书面",
            Self::Message => "短信或平台消息",
            Self::Phone => "电话",
            Self::InPerson => "当面",
        }
    }
}

/// An extension as the rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who extends.
    pub actor: Actor<'a>,
    /// The departments that decide in the case.
    pub departments: &'a [DepartmentKey],
    /// Whether the case still waits for a decision.
    pub undecided: bool,
    /// Whether it was extended before.
    pub extended: bool,
    /// Whether it is done on the spot.
    pub instant: bool,
    /// When it is due; none where that could not be counted.
    pub due: Option<Due>,
    /// Working days to add.
    pub days: u16,
    /// Why, as told to the applicant.
    pub reason: &'a str,
    /// The day on which the applicant was told.
    pub told_on: Date,
    /// Since when there is something to tell: the day it was accepted.
    pub accepted_on: Date,
    /// Now.
    pub now: Moment,
}

/// An extension the rules allow. Made only by [`extend`].
#[derive(Debug)]
pub struct Extended {
    due: Due,
    reason: String,
    leader: StaffId,
}

impl Extended {
    /// When the case is due now.
    pub fn due(&self) -> Due {
        self.due
    }

    /// Why, in one line.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Who extended it.
    pub fn leader(&self) -> StaffId {
        self.leader
    }
}

/// Whether the case may have so much more time.
pub fn extend(asked: &Asked<'_>, calendar: &Calendar) -> Result<Extended, Refusal> {
    let mut reasons = Reasons::new();
    let (staff, today) = (asked.actor.staff, asked.now.date());
    asked.actor.check_presence(&asked.now, &mut reasons);
    if staff.duty != Duty::Leader {
        let text = format!("延期由部门分管领导批准，您的岗位是{}", staff.duty.title());
        reasons.add("wrong-duty", text);
    }
    if !staff.department.as_ref().is_some_and(|own| asked.departments.contains(own)) {
        reasons.add("wrong-department", "只能延长本部门参与审批的办件");
    }
    reasons.require(asked.undecided, "decided", "本件已作出决定或已终止，无需延期");
    reasons.require(!asked.extended, "already-extended", "本件已延期一次，不得再次延期");
    reasons.require(!asked.instant, "instant-item", "即办件当场办结，不得延期");
    let most = if asked.departments.len() > 1 { MOST_DAYS_JOINT } else { MOST_DAYS };
    if !(1..=most).contains(&asked.days) {
        reasons.add_field("too-many-days", "days", format!("延期为1至{most}个工作日"));
    }
    let reason = asked.reason.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    if reason.is_empty() || reason.chars().count() > MAX_REASON || reason.chars().any(char::is_control) {
        reasons.add_field(
            "reason-missing",
            "reason",
            format!("请写明延期理由（即告知申请人的理由），不超过{MAX_REASON}个字"),
        );
    }
    if asked.told_on < asked.accepted_on || asked.told_on > today {
        reasons.add_field("not-told", "told_on", "须先将延期理由告知申请人：告知日期在受理之后，且不晚于今天");
    }
    let mut due = None;
    match asked.due {
        None => reasons.add("due-unknown", "办结期限尚未算出（放假安排未录入），请大厅管理员先录入"),
        Some(now) if now.promised < today => reasons.add("already-late", "本件已超期，不能再延期"),
        Some(_) if !(1..=most).contains(&asked.days) => {} // refused above; where it would lead is no further reason
        Some(now) => {
            let later = |day| calendar.after(day, asked.days);
            match later(now.promised).and_then(|promised| Ok(Due { promised, legal: later(now.legal)? })) {
                Ok(later) => due = Some(later),
                Err(missing) => reasons.add("year-not-entered", missing.to_string()),
            }
        }
    }
    reasons.into_result()?;
    let due = due.ok_or_else(|| Refusal::because("due-unknown", "办结期限尚未算出"))?;
    Ok(Extended { due, reason, leader: staff.id })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;
    use crate::hall::example::{friday, hall, in_hall, person};
    use crate::hall::staff::{Place, Staff};

    fn codes(change: impl FnOnce(&mut Asked<'_>)) -> Result<Due, Vec<&'static str>> {
        let hall = hall();
        let leader = person(1, Duty::Leader, Some("scjg"), &[]);
        let departments = ["scjg".parse().unwrap()];
        let device = crate::hall::id::DeviceId::new(Timestamp::UNIX_EPOCH, &[7; 10]);
        let mut asked = Asked {
            actor: Actor { staff: &leader, place: Place::Device(device) },
            departments: &departments,
            undecided: true,
            extended: false,
            instant: false,
            due: Some(Due { promised: date(2026, 11, 20), legal: date(2026, 12, 11) }),
            days: 10,
            reason: "需要现场核查",
            told_on: date(2026, 11, 20),
            accepted_on: date(2026, 11, 13),
            now: in_hall(&hall, friday()),
        };
        change(&mut asked);
        extend(&asked, &Calendar::published()).map(|one| one.due()).map_err(|refusal| refusal.codes())
    }

    #[test]
    fn r15_a_leader_extends_once_and_the_applicant_is_told() {
        let due = Due { promised: date(2026, 12, 4), legal: date(2026, 12, 25) };
        assert_eq!(codes(|_| {}), Ok(due));
        assert_eq!(codes(|asked| asked.days = 11), Err(vec!["too-many-days"]));
        assert_eq!(codes(|asked| asked.days = 0), Err(vec!["too-many-days"]));
        assert_eq!(codes(|asked| asked.extended = true), Err(vec!["already-extended"]));
        assert_eq!(codes(|asked| asked.undecided = false), Err(vec!["decided"]));
        assert_eq!(codes(|asked| asked.instant = true), Err(vec!["instant-item"]));
        assert_eq!(codes(|asked| asked.reason = " \n"), Err(vec!["reason-missing"]));
        assert_eq!(codes(|asked| asked.told_on = date(2026, 11, 21)), Err(vec!["not-told"]));
        assert_eq!(codes(|asked| asked.told_on = date(2026, 11, 12)), Err(vec!["not-told"]));
        let late = Some(Due { promised: date(2026, 11, 19), legal: date(2026, 12, 11) });
        assert_eq!(codes(|asked| asked.due = late), Err(vec!["already-late"]));
        assert_eq!(codes(|asked| asked.due = None), Err(vec!["due-unknown"]));
        let far = Some(Due { promised: date(2026, 11, 20), legal: date(2026, 12, 25) });
        assert_eq!(codes(|asked| asked.due = far), Err(vec!["year-not-entered"]));
        assert_eq!(codes(|asked| asked.departments = &[]), Err(vec!["wrong-department"]));
        let clerk: &Staff = Box::leak(Box::new(person(2, Duty::Clerk, None, &["A01"])));
        let refused = codes(|asked| {
            asked.actor = Actor { staff: clerk, place: Place::Elsewhere };
            asked.days = 16;
        });
        assert_eq!(refused, Err(vec!["outside-hall", "wrong-duty", "wrong-department", "too-many-days"]));
    }
}
