//! What a fresh copy of the ledger says of the seals in a report: an answer for today that needs no service.

use super::finding::Finding;
use super::reason::Reason;
use super::report::{Report, Today};
use crate::ledger::replay::Replay;
pub use crate::ledger::replay::Since;

impl Report {
    /// The report with what the copy says of the uses that the file proves. A use in another log is left open, whatever is said of the others.
    #[must_use]
    pub fn as_of_log(self, copy: &Replay) -> Self {
        let (mut since, mut proved) = (Vec::new(), Vec::new());
        for (place, signature) in self.signatures.iter().enumerate().filter(|(_, signature)| signature.is_seal) {
            match (&signature.seal, &signature.ledger) {
                (Some(seal), Some(ledger)) if ledger.log == copy.checkpoint().origin.as_str() => {
                    let known = copy.since(seal, (ledger.index, &ledger.leaf), (ledger.size, &ledger.root));
                    since.push(known);
                    proved.extend(known.is_in_order().then_some(place));
                    since.extend(copy.is_unread_after(ledger.index).then_some(Since::Unread));
                }
                _ => since.push(Since::Elsewhere),
            }
        }
        self.in_order(&proved).as_of(&since)
    }

    /// The report with what became of each use that the file proves.
    #[must_use]
    pub fn as_of(self, since: &[Since]) -> Self {
        if since.contains(&Since::Fork) {
            return self.forked();
        }
        if since.contains(&Since::NotInForce) {
            return self.with([Reason::NotInForce.into()]);
        }
        // What happens to a seal takes nothing from what it sealed before; it is said, and no more.
        let today = if since.contains(&Since::Void) {
            Today::Changed
        } else if since.is_empty() || since.iter().any(|since| since.is_open()) {
            Today::NotAsked
        } else {
            Today::Good
        };
        let notes = since.iter().filter_map(|since| match since {
            Since::Void => Some(Reason::VoidSince),
            Since::SealSuspended => Some(Reason::SuspendedSince),
            Since::SealRetired => Some(Reason::RetiredSince),
            Since::Older => Some(Reason::LogCopyOlder),
            Since::Unread => Some(Reason::LogEntryUnread),
            Since::Elsewhere => Some(Reason::LogElsewhere),
            Since::Stands | Since::Fork | Since::NotInForce => None,
        });
        let notes: Vec<Finding> = notes.map(Finding::from).collect();
        self.with(notes).as_of_today(today)
    }
}
