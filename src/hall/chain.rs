//! The steps of an item (办理环节): acceptance, review, decision, each with its standard time. Three at most; more only with a
//! recorded reason (R7). Chief representative and leader are both in the last.

use super::approval::Step;
use super::spelling::spelled;

/// How many steps an item has at most without a reason.
pub const MOST_STEPS: usize = 3;
/// Working hours of a day, in which standard times are counted.
pub const HOURS_A_DAY: u16 = 8;

spelled! {
    /// A step.
    pub enum StepKind {
        /// 受理: the window takes the case.
        Acceptance = "acceptance",
        /// 审核: the approval office reviews it.
        Review = "review",
        /// 复审: somebody else reviews it again.
        SecondReview = "second-review",
        /// 签批: the chief representative decides, and the leader where it is major or disputed.
        Decision = "decision",
    }
}

impl StepKind {
    /// The Chinese word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Acceptance => "受理",
            Self::Review => "审核",
            Self::SecondReview => "复审",
            Self::Decision => "签批",
        }
    }

    /// The step to which somebody's decision belongs.
    pub const fn of(step: Step) -> Self {
        match step {
            Step::Request => Self::Acceptance,
            Step::Review => Self::Review,
            Step::SecondReview => Self::SecondReview,
            Step::Chief | Step::Leader => Self::Decision,
        }
    }
}

/// A step with its standard time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandardStep {
    /// Which.
    pub kind: StepKind,
    /// How long it takes at most, in working hours.
    pub hours: u16,
}

/// The steps of an item in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    steps: Vec<StandardStep>,
    more_because: Option<String>,
}

/// What is wrong with the steps of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainProblem {
    /// Acceptance is not the first, decision not the last, or a step stands twice or out of order.
    #[error("steps must be acceptance, then review (and second-review), then decision, each once")]
    Order,
    /// More than three without a reason.
    #[error("more than {MOST_STEPS} steps need more_steps_because, the recorded reason")]
    TooMany,
    /// A reason for what needs none.
    #[error("more_steps_because is for more than {MOST_STEPS} steps alone")]
    NoReasonNeeded,
    /// A step without time.
    #[error("each step has a standard time of one hour at least")]
    NoTime,
    /// The steps together take longer than the hall promises.
    #[error("the standard times together are longer than limit_days")]
    TooLong,
}

impl Chain {
    /// The steps of an item whose promised limit is `limit_days` working days (0: done on the spot, within the day); all
    /// problems at once.
    ///
    /// # Errors
    /// Every [`ChainProblem`].
    pub fn new(
        steps: Vec<StandardStep>,
        more_because: Option<String>,
        limit_days: u16,
    ) -> Result<Self, Vec<ChainProblem>> {
        use StepKind::*;
        let kinds: Vec<StepKind> = steps.iter().map(|step| step.kind).collect();
        let orders: [&[StepKind]; 3] =
            [&[Acceptance, Decision], &[Acceptance, Review, Decision], &[Acceptance, Review, SecondReview, Decision]];
        let together: u32 = steps.iter().map(|step| u32::from(step.hours)).sum();
        let problems = [
            (!orders.contains(&kinds.as_slice()), ChainProblem::Order),
            (steps.len() > MOST_STEPS && more_because.is_none(), ChainProblem::TooMany),
            (steps.len() <= MOST_STEPS && more_because.is_some(), ChainProblem::NoReasonNeeded),
            (steps.iter().any(|step| step.hours == 0), ChainProblem::NoTime),
            (together > u32::from(limit_days.max(1)) * u32::from(HOURS_A_DAY), ChainProblem::TooLong),
        ];
        let problems: Vec<_> = problems.into_iter().filter(|(is, _)| *is).map(|(_, problem)| problem).collect();
        if problems.is_empty() { Ok(Self { steps, more_because }) } else { Err(problems) }
    }

    /// Acceptance and decision: an hour to accept, and as long to decide as the limit leaves.
    pub fn plain(limit_days: u16) -> Self {
        let step = |kind, hours| StandardStep { kind, hours };
        let left = limit_days.max(1).saturating_mul(HOURS_A_DAY) - 1;
        let steps = vec![step(StepKind::Acceptance, 1), step(StepKind::Decision, left)];
        Self { steps, more_because: None }
    }

    /// The steps in order.
    pub fn steps(&self) -> &[StandardStep] {
        &self.steps
    }

    /// Why there are more than three.
    pub fn more_because(&self) -> Option<&str> {
        self.more_because.as_deref()
    }

    /// The reviews that come before the decision, in order.
    pub fn reviews(&self) -> impl Iterator<Item = Step> {
        self.steps.iter().filter_map(|step| match step.kind {
            StepKind::Review => Some(Step::Review),
            StepKind::SecondReview => Some(Step::SecondReview),
            StepKind::Acceptance | StepKind::Decision => None,
        })
    }

    /// The standard time of a step in working hours, if the item has it.
    pub fn hours_of(&self, kind: StepKind) -> Option<u16> {
        self.steps.iter().find(|step| step.kind == kind).map(|step| step.hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(words: &[(StepKind, u16)], because: Option<&str>, days: u16) -> Result<Chain, Vec<ChainProblem>> {
        let steps = words.iter().map(|&(kind, hours)| StandardStep { kind, hours }).collect();
        Chain::new(steps, because.map(str::to_owned), days)
    }

    #[test]
    fn three_steps_at_most_and_more_only_with_a_reason() {
        use ChainProblem::*;
        use StepKind::*;
        let three = chain(&[(Acceptance, 2), (Review, 16), (Decision, 8)], None, 5).unwrap();
        assert_eq!(three.reviews().collect::<Vec<_>>(), [Step::Review]);
        assert_eq!((three.hours_of(Review), three.hours_of(SecondReview)), (Some(16), None));
        let four = [(Acceptance, 2), (Review, 16), (SecondReview, 8), (Decision, 8)];
        assert_eq!(chain(&four, None, 5), Err(vec![TooMany]));
        assert_eq!(chain(&four, Some("须经专家复核"), 5).unwrap().more_because(), Some("须经专家复核"));
        assert_eq!(chain(&[(Acceptance, 1), (Decision, 1)], Some("多余"), 1), Err(vec![NoReasonNeeded]));
        assert_eq!(chain(&[(Decision, 1), (Acceptance, 0)], None, 1), Err(vec![Order, NoTime]));
        assert_eq!(
            chain(&[(Acceptance, 1), (Review, 4), (Review, 1), (Decision, 3)], None, 1),
            Err(vec![Order, TooMany, TooLong])
        );
        assert!(chain(&[(Acceptance, 1), (Review, 4), (Decision, 3)], None, 0).is_ok(), "within the day");
        assert_eq!(Chain::plain(0).hours_of(Decision), Some(7));
        assert_eq!(Chain::plain(5).hours_of(Decision), Some(39));
        assert_eq!(chain(&[(Acceptance, 1), (Decision, 39)], None, 5), Ok(Chain::plain(5)));
    }
}
