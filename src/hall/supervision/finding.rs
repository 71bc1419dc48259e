//! What becomes of a finding: found → assigned → answered → closed, each step by people and with words of their own. Only the
//! auditor assigns and closes, only whoever it was assigned to answers, nobody answers for themselves, and nothing closes itself.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::hall::id::{DepartmentKey, StaffId};
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::spelling::spelled;
use crate::hall::staff::{Duty, Registration, Staff};

/// Longest words of one step, in characters.
pub const MAX_WORDS: usize = 1000;

spelled! {
    /// How far a finding has come.
    pub enum FindingState {
        /// Found, and nobody has been asked yet.
        Open = "open",
        /// Somebody has to answer.
        Assigned = "assigned",
        /// Answered; the auditor looks at the answer.
        Answered = "answered",
        /// Closed with a conclusion; the end.
        Closed = "closed",
    }
}

spelled! {
    /// What came out.
    pub enum Conclusion {
        /// 属实: there was something wrong, and it was put right.
        Upheld = "upheld",
        /// 情况正常: explained, nothing was wrong.
        Explained = "explained",
    }
}

spelled! {
    /// What somebody did with a finding.
    pub enum FindingAct {
        /// 交办: who has to answer, and until when.
        Assign = "assign",
        /// 退回重答: the answer is not enough.
        Return = "return",
        /// 答复.
        Answer = "answer",
        /// 办结.
        Close = "close",
    }
}

impl FindingState {
    /// The Chinese words for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "待交办",
            Self::Assigned => "待答复",
            Self::Answered => "待审核",
            Self::Closed => "已办结",
        }
    }
}

impl Conclusion {
    /// The Chinese words for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Upheld => "属实，已整改",
            Self::Explained => "情况正常",
        }
    }
}

impl FindingAct {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Assign => "交办",
            Self::Return => "退回重答",
            Self::Answer => "答复",
            Self::Close => "办结",
        }
    }
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answerer {
    /// A department: its chief representative or leader.
    Department(DepartmentKey),
    /// The hall: its administrator.
    Hall,
}

impl Answerer {
    /// The word it is kept as: the department's key, or `-`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Department(key) => key.as_str(),
            Self::Hall => "-",
        }
    }

    /// Whether this person answers for it.
    pub fn is(&self, staff: &Staff) -> bool {
        match self {
            Self::Department(key) => {
                staff.department.as_ref() == Some(key) && matches!(staff.duty, Duty::Chief | Duty::Leader)
            }
            Self::Hall => staff.duty == Duty::Administrator,
        }
    }
}

impl std::str::FromStr for Answerer {
    type Err = crate::hall::id::NotValid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "-" { Ok(Self::Hall) } else { text.parse().map(Self::Department) }
    }
}

/// A finding as the rules see it, and who does something with it.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// How far it has come.
    pub state: FindingState,
    /// Who answers, once it is assigned.
    pub answerer: Option<&'a Answerer>,
    /// Identifiers of those whom it concerns.
    pub people: &'a [String],
    /// Who acts.
    pub staff: &'a Staff,
    /// Their words.
    pub words: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// A step the rules allow: the finding's new state, and the words as kept. Made only here.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken {
    act: FindingAct,
    to: FindingState,
    words: String,
    who: StaffId,
}

impl Taken {
    /// What was done.
    pub fn act(&self) -> FindingAct {
        self.act
    }

    /// The new state.
    pub fn to(&self) -> FindingState {
        self.to
    }

    /// The words.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// By whom.
    pub fn who(&self) -> StaffId {
        self.who
    }
}

/// Assigns a finding, or an answered one back: an answer that is not enough is returned to the same or to another.
pub fn assign(step: &Step<'_>, by: Date) -> Result<Taken, Refusal> {
    let mut reasons = Reasons::new();
    check(step, Duty::Auditor, "监察事项由监察审计员交办", &mut reasons);
    if step.state == FindingState::Closed {
        reasons.add("already-closed", "本事项已办结，不能再交办");
    }
    if by < china_date(step.now) {
        reasons.add_field("due-past", "by", "答复期限不能早于今天");
    }
    if step.people.contains(&step.staff.id.to_string()) {
        reasons.add("about-oneself", "事项涉及您本人，请由其他监察审计员交办");
    }
    let words = words(step, &mut reasons);
    reasons.into_result()?;
    let act = if step.state == FindingState::Answered { FindingAct::Return } else { FindingAct::Assign };
    Ok(Taken { act, to: FindingState::Assigned, words, who: step.staff.id })
}

/// Answers a finding.
pub fn answer(step: &Step<'_>) -> Result<Taken, Refusal> {
    let mut reasons = Reasons::new();
    registered(step, &mut reasons);
    if step.state != FindingState::Assigned {
        reasons.add("not-assigned", format!("本事项当前为“{}”，只有交办后才能答复", step.state.title()));
    }
    if step.answerer.is_some_and(|answerer| !answerer.is(step.staff)) {
        reasons.add("not-the-answerer", "本事项没有交办给您所在的部门，由被交办部门的首席代表或分管领导答复");
    }
    if step.people.contains(&step.staff.id.to_string()) {
        reasons.add("about-oneself", "事项涉及您本人，不得由本人答复，请由部门的其他负责人答复");
    }
    let words = words(step, &mut reasons);
    reasons.into_result()?;
    Ok(Taken { act: FindingAct::Answer, to: FindingState::Answered, words, who: step.staff.id })
}

/// Closes an answered finding with a conclusion.
pub fn close(step: &Step<'_>) -> Result<Taken, Refusal> {
    let mut reasons = Reasons::new();
    check(step, Duty::Auditor, "监察事项由监察审计员办结", &mut reasons);
    if step.state != FindingState::Answered {
        reasons.add("not-answered", format!("本事项当前为“{}”，答复之后才能办结", step.state.title()));
    }
    let words = words(step, &mut reasons);
    reasons.into_result()?;
    Ok(Taken { act: FindingAct::Close, to: FindingState::Closed, words, who: step.staff.id })
}

fn check(step: &Step<'_>, duty: Duty, text: &str, reasons: &mut Reasons) {
    if step.staff.duty != duty {
        reasons.add("wrong-duty", format!("{text}，您的岗位是{}", step.staff.duty.title()));
    }
    registered(step, reasons);
}

/// R6. Supervision is no use of a seal: it needs neither a window nor opening hours.
fn registered(step: &Step<'_>, reasons: &mut Reasons) {
    let registered = step.staff.registration == Registration::Active;
    reasons.require(registered, "not-registered", "人员登记已终止，请由中心重新审核登记");
    let valid = step.staff.permit.as_ref().is_some_and(|permit| permit.is_valid_on(china_date(step.now)));
    reasons.require(valid, "permit-not-valid", "没有有效的工作证，请向中心申领或换发");
}

fn words(step: &Step<'_>, reasons: &mut Reasons) -> String {
    let words = step.words.trim().replace("\r\n", "\n");
    let drawn = |c: char| c == '\n' || !c.is_control();
    if words.is_empty() || words.chars().count() > MAX_WORDS || !words.chars().all(drawn) {
        reasons.add_field("words-missing", "words", format!("请写明情况和理由，不超过{MAX_WORDS}个字"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::example::{friday, person};

    fn step<'a>(
        state: FindingState,
        staff: &'a Staff,
        answerer: Option<&'a Answerer>,
        people: &'a [String],
    ) -> Step<'a> {
        Step { state, answerer, people, staff, words: "已核查", now: friday() }
    }

    #[test]
    fn r16_a_finding_goes_from_hand_to_hand_and_never_closes_itself() {
        use FindingState::*;
        let (auditor, chief) = (person(1, Duty::Auditor, None, &[]), person(2, Duty::Chief, Some("scjg"), &[]));
        let to = Answerer::Department("scjg".parse().unwrap());
        for &state in FindingState::ALL {
            let assigned = assign(&step(state, &auditor, None, &[]), china_date(friday())).ok().map(|t| (t.act, t.to));
            let act = if state == Answered { FindingAct::Return } else { FindingAct::Assign };
            assert_eq!(assigned, (state != Closed).then_some((act, Assigned)), "{state}");
            let answered = answer(&step(state, &chief, Some(&to), &[])).ok().map(|t| t.to);
            assert_eq!(answered, (state == Assigned).then_some(Answered), "{state}");
            let closed = close(&step(state, &auditor, Some(&to), &[])).ok().map(|t| t.to);
            assert_eq!(closed, (state == Answered).then_some(Closed), "{state}");
        }
    }

    #[test]
    fn r16_each_step_is_for_its_people_and_all_reasons_come_at_once() {
        let to = Answerer::Department("scjg".parse().unwrap());
        let mut chief = person(2, Duty::Chief, Some("jsj"), &[]);
        chief.permit = None;
        let about = [chief.id.to_string()];
        let codes = |refused: Result<Taken, Refusal>| refused.unwrap_err().codes();
        let mut asked = step(FindingState::Open, &chief, Some(&to), &about);
        asked.words = " ";
        assert_eq!(
            codes(assign(&asked, jiff::civil::date(2026, 11, 19))),
            ["wrong-duty", "permit-not-valid", "due-past", "about-oneself", "words-missing"]
        );
        assert_eq!(
            codes(answer(&asked)),
            ["permit-not-valid", "not-assigned", "not-the-answerer", "about-oneself", "words-missing"]
        );
        assert_eq!(codes(close(&asked)), ["wrong-duty", "permit-not-valid", "not-answered", "words-missing"]);
        // The leader answers where the chief representative is concerned.
        let leader = person(3, Duty::Leader, Some("scjg"), &[]);
        assert!(answer(&step(FindingState::Assigned, &leader, Some(&to), &about)).is_ok());
        let centre = person(4, Duty::Administrator, None, &[]);
        assert!(Answerer::Hall.is(&centre) && !to.is(&centre) && !Answerer::Hall.is(&leader));
        let long = "字".repeat(MAX_WORDS + 1);
        for words in [long.as_str(), "a\u{7}"] {
            let asked = Step { words, ..step(FindingState::Assigned, &leader, Some(&to), &[]) };
            assert_eq!(codes(answer(&asked)), ["words-missing"]);
        }
    }

    #[test]
    fn the_diagram_of_findings_is_what_the_rules_allow() {
        let page = include_str!("../../../docs/DATA_MODEL.md");
        let section =
            page.split("\n## ").find(|section| section.starts_with("Finding")).expect("a section on findings");
        let drawn: std::collections::BTreeSet<String> = section
            .lines()
            .map(str::trim)
            .filter(|line| line.contains(" --> ") && line.contains(": "))
            .map(str::to_owned)
            .collect();
        let (auditor, chief) = (person(1, Duty::Auditor, None, &[]), person(2, Duty::Chief, Some("scjg"), &[]));
        let to = Answerer::Department("scjg".parse().unwrap());
        let mut allowed = std::collections::BTreeSet::from(["[*] --> open: find".to_owned()]);
        for &state in FindingState::ALL {
            let taken = [
                assign(&step(state, &auditor, Some(&to), &[]), china_date(friday())),
                answer(&step(state, &chief, Some(&to), &[])),
                close(&step(state, &auditor, Some(&to), &[])),
            ];
            allowed.extend(taken.into_iter().flatten().map(|taken| format!("{state} --> {}: {}", taken.to, taken.act)));
        }
        assert_eq!(drawn, allowed);
    }
}
