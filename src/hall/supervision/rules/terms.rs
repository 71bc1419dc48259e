//! Terms that end, and the ledger's own state.

use jiff::ToSpan;

use super::super::{ENDING_DAYS, Subject};
use super::{Facts, Hit};

pub(super) fn ending(facts: &Facts) -> Vec<Hit> {
    let today = facts.today();
    let until = today.saturating_add(ENDING_DAYS.days());
    let when = |last: jiff::civil::Date| {
        if last < today { format!("已于{last}到期") } else { format!("将于{last}到期") }
    };
    let permits = facts.staff.iter().filter(|(_, one)| one.active && one.permit_to <= until).map(|(id, one)| Hit {
        subject: Subject::Staff(id.clone()),
        period: one.permit_to.to_string(),
        department: one.department.clone(),
        people: Vec::new(),
        said: format!("{}的工作证（{}）{}，请向中心申请换发。", one.name, one.permit_no, when(one.permit_to)),
    });
    let followed = |letter: &super::super::facts::LetterFact| {
        let next = letter.to.saturating_add(1.day());
        facts
            .letters
            .iter()
            .any(|other| other.department == letter.department && other.to > letter.to && other.from <= next)
    };
    let letters = facts.letters.iter().filter(|one| one.to <= until && !followed(one)).map(|one| Hit {
        subject: Subject::Letter(one.id.clone()),
        period: one.to.to_string(),
        department: Some(one.department.clone()),
        people: Vec::new(),
        said: format!("{}的授权委托书{}，到期后其印章不得再用，请续办授权。", one.name, when(one.to)),
    });
    permits.chain(letters).collect()
}

pub(super) fn ledger(facts: &Facts) -> Vec<Hit> {
    let hit = |(code, said): &(String, String)| Hit {
        subject: Subject::Ledger,
        period: format!("{} {code}", facts.today()),
        department: None,
        people: Vec::new(),
        said: said.clone(),
    };
    facts.ledger.iter().map(hit).collect()
}
