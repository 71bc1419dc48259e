//! The figures of a month (R19): seal uses by department, item, window and month; the instant share; the three 100 %; cases,
//! refusals, and what the supervision found. Counts in, figures out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::finding::{Conclusion, FindingState};
use super::{RULES, Rule};

/// The share of instant items that the hall aims at, in percent (D1 四).
pub const INSTANT_TARGET: u32 = 80;

/// A month, as `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(Date);

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.0.last_of_month()
    }

    /// The month so many months earlier.
    pub fn back(self, months: i32) -> Self {
        use jiff::ToSpan;
        Self(self.0.saturating_sub(months.months()))
    }

    /// `2026年11月`.
    pub fn words(self) -> String {
        format!("{}年{}月", self.0.year(), self.0.month())
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl std::str::FromStr for Month {
    type Err = crate::hall::id::NotValid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = crate::hall::id::NotValid { what: "Month", rule: "a month as 2026-11" };
        let month: Date = format!("{text}-01").parse().map_err(|_| refused)?;
        if text.len() == 7 && month.year() >= 2000 { Ok(Self(month)) } else { Err(refused) }
    }
}

/// A name and a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// What is counted.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Those that have it.
    pub part: u32,
    /// All.
    pub whole: u32,
}

impl Share {
    /// In percent, rounded down: 100 only if all have it.
    pub fn percent(self) -> u32 {
        (self.part * 100).checked_div(self.whole).unwrap_or(0)
    }

    /// `83%（10/12）`; of nothing `—`.
    pub fn words(self) -> String {
        match self.whole {
            0 => "—".to_owned(),
            _ => format!("{}%（{}/{}）", self.percent(), self.part, self.whole),
        }
    }
}

/// What happened to one case in the month.
#[derive(Debug, Clone, Copy)]
pub struct CaseCount {
    /// Done on the spot.
    pub instant: bool,
    /// Accepted in the month.
    pub accepted: bool,
    /// Sealed or refused in the month.
    pub decided: bool,
    /// Decided by refusing.
    pub refused: bool,
    /// Decided in the month after its due day.
    pub late: bool,
    /// Handed over in the month.
    pub delivered: bool,
    /// Still open at the month's end, and past its due day then.
    pub overdue: bool,
}

/// A finding, as counted.
#[derive(Debug, Clone)]
pub struct FindingCount {
    /// Its rule's code.
    pub rule: String,
    /// Where it stands.
    pub state: FindingState,
    /// What came out, once it is closed.
    pub conclusion: Option<Conclusion>,
    /// Found in the month; else in an earlier one and still not closed when the month began.
    pub of_month: bool,
}

/// Findings of one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFigures {
    /// The rule's title.
    pub name: String,
    /// Found in the month.
    pub found: u32,
    /// Brought over from earlier months.
    pub earlier: u32,
    /// Not assigned.
    pub open: u32,
    /// Not answered.
    pub assigned: u32,
    /// Answered and not closed.
    pub answered: u32,
    /// Closed as right.
    pub upheld: u32,
    /// Closed as explained.
    pub explained: u32,
}

/// The figures of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// `2026年11月`.
    pub month: String,
    /// Items in the hall, of all items.
    pub in_hall: Share,
    /// Items that a letter of authorization covers at the month's end.
    pub authorized: Share,
    /// Items that are applied for online.
    pub online: Share,
    /// Instant items; the target is [`INSTANT_TARGET`].
    pub instant: Share,
    /// Uses of seals by department, most first.
    pub by_department: Vec<Count>,
    /// By item, most first.
    pub by_item: Vec<Count>,
    /// By window, most first.
    pub by_window: Vec<Count>,
    /// By month, the last twelve, oldest first: `2026-11`.
    pub by_month: Vec<Count>,
    /// All uses of the month.
    pub uses: u32,
    /// Cases accepted.
    pub accepted: u32,
    /// Cases decided.
    pub decided: u32,
    /// Decided by refusing.
    pub turned_down: u32,
    /// Cases handed over.
    pub delivered: u32,
    /// Cases decided in time, of all decided.
    pub in_time: Share,
    /// Instant cases among those decided.
    pub instant_cases: Share,
    /// Open and overdue at the month's end.
    pub overdue: u32,
    /// Acts refused by rules, by reason, most first.
    pub refused: Vec<Count>,
    /// All refused acts.
    pub refused_acts: u32,
    /// Findings, by rule, only rules that found something.
    pub findings: Vec<RuleFigures>,
    /// All findings together.
    pub all_findings: RuleFigures,
}

/// Counts as read; names are written out.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Uses of the month by department.
    pub by_department: BTreeMap<String, u32>,
    /// By item.
    pub by_item: BTreeMap<String, u32>,
    /// By window.
    pub by_window: BTreeMap<String, u32>,
    /// Uses by month, of the last twelve months.
    pub by_month: BTreeMap<Month, u32>,
    /// Cases that something happened to.
    pub cases: Vec<CaseCount>,
    /// Refused acts by reason.
    pub refused: BTreeMap<String, u32>,
    /// How many acts were refused.
    pub refused_acts: u32,
    /// Findings.
    pub findings: Vec<FindingCount>,
    /// Items in the hall.
    pub items: u32,
    /// Those that a letter covers.
    pub authorized: u32,
    /// Those that are applied for online.
    pub online: u32,
    /// Those that are done on the spot.
    pub instant: u32,
}

impl Figures {
    /// The figures of `month`.
    pub fn of(month: Month, counted: &Counted) -> Self {
        let cases = |which: fn(&CaseCount) -> bool| counted.cases.iter().filter(|case| which(case)).count() as u32;
        let decided = cases(|case| case.decided);
        let share = |part| Share { part, whole: counted.items };
        let by_month = (0..12)
            .rev()
            .map(|back| month.back(back))
            .map(|one| Count { name: one.to_string(), count: counted.by_month.get(&one).copied().unwrap_or(0) });
        let findings: Vec<RuleFigures> = RULES.iter().filter_map(|rule| of_rule(rule, &counted.findings)).collect();
        let all_findings = findings.iter().fold(RuleFigures { name: "合计".to_owned(), ..Default::default() }, sum);
        Self {
            month: month.words(),
            in_hall: share(counted.items),
            authorized: share(counted.authorized),
            online: share(counted.online),
            instant: share(counted.instant),
            by_department: ranked(&counted.by_department),
            by_item: ranked(&counted.by_item),
            by_window: ranked(&counted.by_window),
            by_month: by_month.collect(),
            uses: counted.by_department.values().sum(),
            accepted: cases(|case| case.accepted),
            decided,
            turned_down: cases(|case| case.decided && case.refused),
            delivered: cases(|case| case.delivered),
            in_time: Share { part: decided - cases(|case| case.decided && case.late), whole: decided },
            instant_cases: Share { part: cases(|case| case.decided && case.instant), whole: decided },
            overdue: cases(|case| case.overdue),
            refused: ranked(&counted.refused),
            refused_acts: counted.refused_acts,
            findings,
            all_findings,
        }
    }
}

/// Most first, then by name.
fn ranked(counts: &BTreeMap<String, u32>) -> Vec<Count> {
    let mut ranked: Vec<Count> =
        counts.iter().map(|(name, count)| Count { name: name.clone(), count: *count }).collect();
    ranked.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    ranked
}

fn of_rule(rule: &Rule, findings: &[FindingCount]) -> Option<RuleFigures> {
    let own: Vec<&FindingCount> = findings.iter().filter(|one| one.rule == rule.code).collect();
    let count = |which: &dyn Fn(&FindingCount) -> bool| own.iter().filter(|one| which(one)).count() as u32;
    let in_state = |state: FindingState| count(&|one| one.state == state);
    (!own.is_empty()).then(|| RuleFigures {
        name: rule.title.to_owned(),
        found: count(&|one| one.of_month),
        earlier: count(&|one| !one.of_month),
        open: in_state(FindingState::Open),
        assigned: in_state(FindingState::Assigned),
        answered: in_state(FindingState::Answered),
        upheld: count(&|one| one.conclusion == Some(Conclusion::Upheld)),
        explained: count(&|one| one.conclusion == Some(Conclusion::Explained)),
    })
}

fn sum(all: RuleFigures, one: &RuleFigures) -> RuleFigures {
    RuleFigures {
        found: all.found + one.found,
        earlier: all.earlier + one.earlier,
        open: all.open + one.open,
        assigned: all.assigned + one.assigned,
        answered: all.answered + one.answered,
        upheld: all.upheld + one.upheld,
        explained: all.explained + one.explained,
        name: all.name,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn months_are_read_and_counted_back() {
        let month: Month = "2026-02".parse().unwrap();
        assert_eq!((month.first(), month.last()), (date(2026, 2, 1), date(2026, 2, 28)));
        assert_eq!(month.back(3).to_string(), "2025-11");
        assert_eq!((month.words(), Month::of(date(2026, 2, 28))), ("2026年2月".to_owned(), month));
        for wrong in ["2026-13", "2026", "2026-2", "26-02", "2026-02-01", "", "1999-01"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn r19_figures_are_counted_and_ranked() {
        let case = CaseCount {
            instant: false,
            accepted: true,
            decided: true,
            refused: false,
            late: false,
            delivered: true,
            overdue: false,
        };
        let finding = |rule: &str, state, conclusion, of_month| FindingCount {
            rule: rule.to_owned(),
            state,
            conclusion,
            of_month,
        };
        let counted = Counted {
            by_department: BTreeMap::from([("甲局".to_owned(), 2), ("乙局".to_owned(), 5)]),
            by_month: BTreeMap::from([("2026-11".parse().unwrap(), 7), ("2025-12".parse().unwrap(), 1)]),
            cases: vec![
                case,
                CaseCount { instant: true, ..case },
                CaseCount { late: true, refused: true, delivered: false, ..case },
                CaseCount { decided: false, overdue: true, delivered: false, accepted: false, ..case },
            ],
            findings: vec![
                finding("case-overdue", FindingState::Open, None, true),
                finding("case-overdue", FindingState::Closed, Some(Conclusion::Upheld), false),
                finding("undelivered", FindingState::Answered, None, true),
            ],
            items: 12,
            authorized: 12,
            online: 11,
            instant: 4,
            ..Counted::default()
        };
        let figures = Figures::of("2026-11".parse().unwrap(), &counted);
        assert_eq!(figures.by_department.iter().map(|c| c.count).collect::<Vec<_>>(), [5, 2]);
        assert_eq!((figures.uses, figures.accepted, figures.decided, figures.turned_down), (7, 3, 3, 1));
        assert_eq!((figures.delivered, figures.overdue), (2, 1));
        assert_eq!(
            (figures.in_time.words(), figures.instant_cases.words()),
            ("66%（2/3）".into(), "33%（1/3）".into())
        );
        assert_eq!((figures.authorized.percent(), figures.online.percent(), figures.instant.percent()), (100, 91, 33));
        let months: Vec<&str> = figures.by_month.iter().map(|c| c.name.as_str()).collect();
        assert_eq!((months[0], months[11], months.len()), ("2025-12", "2026-11", 12));
        assert_eq!((figures.by_month[0].count, figures.by_month[5].count, figures.by_month[11].count), (1, 0, 7));
        assert_eq!(figures.findings.len(), 2);
        let all = &figures.all_findings;
        assert_eq!((all.found, all.earlier, all.open, all.answered, all.upheld), (2, 1, 1, 1, 1));
        assert_eq!(Share { part: 0, whole: 0 }.words(), "—");
    }
}
