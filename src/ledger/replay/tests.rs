use std::collections::HashMap;

use super::*;
use crate::ledger::entry::{Salted, SealChange, VoidReason};
use crate::ledger::sample::{SampleLog, Signer, seal_use};

type Files = HashMap<String, Vec<u8>>;

fn replay(files: &Files, policy: &Policy) -> Result<Replay, ReplayError> {
    Replay::read(policy, |path| files.get(path).cloned().ok_or("no such file"))
}

/// A log of 300 uses by others with one of a seal at 270, followed by these.
fn log_of(then: &[Entry]) -> SampleLog {
    let other = |i: u32| Entry::SealUse(seal_use(Digest::of(b"other"), Digest::of(&i.to_be_bytes()))).to_bytes();
    let mut log = SampleLog { entries: (0..300).map(other).collect(), ..SampleLog::new() };
    log.entries[270] = Entry::SealUse(seal_use(Digest::of(b"seal"), Digest::of(b"document"))).to_bytes();
    log.entries.extend(then.iter().map(Entry::to_bytes));
    log
}

fn change(seal: Digest) -> SealChange {
    SealChange { seal, approvals: Salted::new([Digest::of(b"order")]).unwrap(), day: jiff::civil::date(2026, 11, 23) }
}

fn void(seal: Digest, index: u64) -> Entry {
    Entry::SealVoid { seal, index, reason: VoidReason::Unfinished, day: jiff::civil::date(2026, 11, 23) }
}

#[test]
fn what_was_logged_after_a_use_is_told() {
    let (seal, other) = (Digest::of(b"seal"), Digest::of(b"other"));
    let (suspend, resume) = (Entry::SealSuspend(change(seal)), Entry::SealResume(change(seal)));
    let retire = Entry::SealRetire(change(seal));
    for (then, want) in [
        (vec![], Since::Stands),
        (vec![void(seal, 271), void(other, 270), Entry::SealSuspend(change(other))], Since::Stands),
        (vec![void(seal, 270)], Since::Void),
        (vec![suspend.clone()], Since::SealSuspended),
        (vec![suspend.clone(), resume.clone()], Since::Stands),
        (vec![suspend.clone(), retire.clone()], Since::SealRetired),
        (vec![retire, suspend, resume], Since::SealRetired),
    ] {
        let log = log_of(&then);
        let copy = replay(&log.files(), &log.policy()).unwrap();
        let leaf = leaf_hash(&log.entries[270]);
        assert_eq!(copy.since(&seal, (270, &leaf), (290, &log.root(290))), want, "{then:?}");
    }
}

#[test]
fn another_entry_or_another_history_is_a_fork() {
    let (seal, log) = (Digest::of(b"seal"), log_of(&[]));
    let copy = replay(&log.files(), &log.policy()).unwrap();
    let (leaf, root) = (leaf_hash(&log.entries[270]), log.root(290));
    assert_eq!(copy.since(&seal, (271, &leaf), (290, &root)), Since::Fork);
    assert_eq!(copy.since(&seal, (270, &leaf), (290, &log.root(289))), Since::Fork);
    assert_eq!(copy.since(&seal, (290, &leaf), (290, &root)), Since::Fork, "outside its own tree");
    assert_eq!(copy.since(&seal, (270, &leaf), (301, &root)), Since::Older);
}

#[test]
fn a_copy_is_believed_whole_or_not_at_all() {
    let log = log_of(&[]);
    let good = log.files();
    let wrong = |change: &dyn Fn(&mut Files)| {
        let mut files = good.clone();
        change(&mut files);
        replay(&files, &log.policy()).unwrap_err().to_string()
    };
    assert_eq!(wrong(&|f| drop(f.remove("tile/entries/000"))), "tile/entries/000: no such file");
    let last = "tile/entries/001.p/44";
    assert_eq!(wrong(&|f| f.get_mut(last).unwrap()[40] ^= 1), "the entries are not those of the checkpoint");
    assert!(wrong(&|f| f.get_mut(last).unwrap().truncate(9)).starts_with(last));
    let other = SampleLog { log: Signer::new("hall.example.gov.cn/other"), ..log_of(&[]) };
    assert!(matches!(replay(&other.files(), &log.policy()), Err(ReplayError::Trust(_))));
}

#[test]
fn an_entry_that_is_not_read_leaves_open_what_came_before_it() {
    let mut log = log_of(&[]);
    log.entries.push(b"seal-revoke/v2\nseal x\n".to_vec());
    let copy = replay(&log.files(), &log.policy()).unwrap();
    assert_eq!([270, 299, 300].map(|index| copy.is_unread_after(index)), [true, true, false]);
}
