//! Cosignatures: those that others have given this ledger, and those that this hall has given others.

use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::trust::Cosignature;

use super::{AuditError, Audited, Books, CosignedBy};

/// How far clocks may be apart (microseconds).
const CLOCKS: i64 = 300_000_000;

/// Who has cosigned the published checkpoint, whose last entry was recorded at `last_at`. That the lines verify and are a
/// quorum has been checked.
pub(super) fn cosigned(witnesses: &[Cosignature], last_at: i64, audited: &mut Audited) {
    for one in witnesses {
        if one.at.as_microsecond() < last_at.saturating_sub(CLOCKS) {
            let text = format!("见证人 {} 写明的联署时间 {} 早于账本最后一条的记录时间", one.witness, one.at);
            audited.find("cosignature-time", "log/checkpoint", text);
        }
        audited.witnesses.push(CosignedBy { witness: one.witness.to_string(), at: one.at.to_string() });
    }
}

/// What this hall has cosigned last of each log: the row says what the note in it says, and the log has signed that.
pub(super) async fn given(books: &Books, audited: &mut Audited) -> Result<(), AuditError> {
    for row in books.db.all_witnessed().await? {
        let place = format!("witnessed {}", row.origin);
        let Ok(signed) = SignedCheckpoint::parse(&row.note) else {
            audited.find("witnessed-altered", place, "联署过的账本签名无法读取");
            continue;
        };
        let (claim, note) = (signed.claim(), signed.note());
        let same = claim.origin.as_str() == row.origin
            && i64::try_from(claim.size).is_ok_and(|size| size == row.size)
            && claim.root.as_bytes().as_slice() == row.root;
        if !same {
            audited.find("witnessed-altered", &place, "联署记录与所联署的账本签名不一致");
        }
        let lines = || note.signatures().iter();
        let mut keys = books.watched.iter().filter(|key| *key.name() == claim.origin).peekable();
        let known = keys.peek().is_some();
        if known && !keys.any(|key| lines().any(|line| key.verify(note.text(), line).is_ok())) {
            audited.find("witnessed-altered", place, "联署过的账本签名不是该账本所签");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosignature_from_before_the_last_entry_is_found() {
        let cosignature = |at: &str| Cosignature { witness: "w.example".parse().unwrap(), at: at.parse().unwrap() };
        let last = "2026-11-20T02:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond();
        let codes = |at: &str| {
            let mut audited = Audited::default();
            cosigned(&[cosignature(at)], last, &mut audited);
            assert_eq!(audited.witnesses.len(), 1);
            audited.findings.iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert_eq!(codes("2026-11-20T02:00:01Z"), [""; 0]);
        assert_eq!(codes("2026-11-20T01:56:00Z"), [""; 0], "clocks may be apart");
        assert_eq!(codes("2026-11-20T01:54:00Z"), ["cosignature-time"]);
        assert_eq!(codes("2026-11-19T02:00:00Z"), ["cosignature-time"]);
    }
}
