//! What a copy of the log says of the time since, and whom a folder of trust names.

use super::house::House;
use super::{now, summary};
use crate::digest::Digest;
use crate::ledger::entry::{Entry, Salted, SealChange, VoidReason};
use crate::ledger::policy::Policy;
use crate::ledger::replay::Replay;
use crate::ledger::sample::{SampleLog, Signer};
use crate::verify::trust::Purpose;
use crate::verify::{LedgerReport, Report, SignatureReport, Today, Trust, Verdict, verify};

#[test]
fn a_copy_of_the_log_answers_for_today() {
    let mut house = House::new();
    let (bytes, trust, policy) = (house.seal(), house.trust(), house.log.policy());
    let report = verify(&bytes, &trust, now());
    let seal = house.hall.seal.spki_digest();
    let order = || Salted::new([Digest::of(b"order")]).unwrap();
    let change = || SealChange { seal, approvals: order(), day: jiff::civil::date(2026, 11, 23) };
    let void = Entry::SealVoid {
        seal,
        index: report.signatures[0].ledger.as_ref().unwrap().index,
        reason: VoidReason::Withdrawn(order()),
        day: jiff::civil::date(2026, 11, 24),
    };
    let ask = |log: &SampleLog| {
        let files = log.files();
        let copy = Replay::read(&policy, |path| files.get(path).cloned().ok_or("missing")).unwrap();
        let report = report.clone().as_of_log(&copy);
        (summary(&report), report.today)
    };
    let valid = |codes: &str, today| (format!("valid intact - {codes}"), today);
    assert_eq!(ask(&house.log), valid("", Today::Good));
    let before = house.log.entries.len();
    house.log.prove(&Entry::SealSuspend(change()));
    assert_eq!(ask(&house.log), valid("seal-suspended-since", Today::Good));
    house.log.prove(&Entry::SealRetire(change()));
    assert_eq!(ask(&house.log), valid("seal-retired-since", Today::Good));
    house.log.prove(&void);
    assert_eq!(ask(&house.log), valid("void-since", Today::Changed));
    house.log.entries.truncate(before - 1);
    assert_eq!(ask(&house.log), valid("log-copy-older", Today::NotAsked));
    house.log.entries.extend([b"x".to_vec(), b"y".to_vec()]);
    assert_eq!(ask(&house.log).0, "invalid intact SIG_CONSTRAINTS_FAILURE ledger-fork");
}

/// Revocation by index: the list says since when, the log what came before.
#[test]
fn the_order_of_the_log_proves_more_than_a_list() {
    let mut house = House::new();
    let bytes = house.seal();
    // No witness vouches for a time: the list alone leaves it open.
    let unwitnessed = Policy::parse(&format!("log {}\nquorum none\n", house.log.log.log_key())).unwrap();
    let trust = Trust::of_hall(vec![house.hall.root.clone()], vec![house.crl("2026-11-23")], unwitnessed);
    let report = verify(&bytes, &trust, now());
    assert!(report.has("revoked-no-proof") && report.verdict != Verdict::Valid, "{}", summary(&report));
    let seal = house.hall.seal.spki_digest();
    let change = || SealChange {
        seal,
        approvals: Salted::new([Digest::of(b"order")]).unwrap(),
        day: jiff::civil::date(2026, 11, 23),
    };
    let ask = |log: &SampleLog, report: &Report| {
        let (files, policy) = (log.files(), log.policy());
        report.clone().as_of_log(&Replay::read(&policy, |path| files.get(path).cloned().ok_or("missing")).unwrap())
    };
    house.log.prove(&Entry::SealRetire(change()));
    let known = ask(&house.log, &report);
    assert!(
        known.has("revoked-since") && known.has("seal-retired-since") && !known.has("revoked-no-proof"),
        "{}",
        summary(&known)
    );
    assert_eq!(known.today, Today::Good);
    // A use that the log has after the seal's end is none.
    let late = house.seal();
    let report = verify(&late, &house.trust(), now());
    assert!(report.is_valid(), "{}", summary(&report));
    let known = ask(&house.log, &report);
    assert_eq!((known.verdict, known.has("seal-not-in-force")), (Verdict::Invalid, true), "{}", summary(&known));
    // Suspended and resumed it was in force again.
    let mut house = House::new();
    house.log.prove(&Entry::SealSuspend(SealChange { seal: house.hall.seal.spki_digest(), ..change() }));
    house.log.prove(&Entry::SealResume(SealChange { seal: house.hall.seal.spki_digest(), ..change() }));
    let bytes = house.seal();
    assert!(ask(&house.log, &verify(&bytes, &house.trust(), now())).is_valid());
}

/// Two halls have sealed one file; a copy of one log says nothing of the other's seal, and all that it knows of its own.
#[test]
fn a_seal_in_another_log_silences_nobody() {
    let mut house = House::new();
    let (bytes, trust, policy) = (house.seal(), house.trust(), house.log.policy());
    let ours = verify(&bytes, &trust, now()).signatures.remove(0);
    let (seal, ledger) = (ours.seal.unwrap(), ours.ledger.clone().unwrap());
    let theirs = SignatureReport {
        ledger: Some(LedgerReport { log: "other.example/log".to_owned(), ..ledger.clone() }),
        ..ours.clone()
    };
    let ask = |log: &SampleLog, signatures: &[&SignatureReport]| {
        let files = log.files();
        let copy = Replay::read(&policy, |path| files.get(path).cloned().ok_or("missing")).unwrap();
        let report = Report::new(Vec::new(), signatures.iter().copied().cloned().collect()).as_of_log(&copy);
        (report.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), report.today)
    };
    assert_eq!(ask(&house.log, &[&ours]), (vec![], Today::Good));
    assert_eq!(ask(&house.log, &[&ours, &theirs]), (vec!["log-elsewhere"], Today::NotAsked));
    house.log.entries.push(b"seal-revoke/v2\n".to_vec());
    assert_eq!(ask(&house.log, &[&ours]), (vec!["log-entry-unread"], Today::NotAsked));
    house.log.entries.pop();
    let (index, reason, day) = (ledger.index, VoidReason::Unfinished, jiff::civil::date(2026, 11, 24));
    house.log.prove(&Entry::SealVoid { seal, index, reason, day });
    assert_eq!(ask(&house.log, &[&theirs, &ours]), (vec!["log-elsewhere", "void-since"], Today::Changed));
    assert_eq!(ask(&house.log, &[&ours, &theirs]), (vec!["void-since", "log-elsewhere"], Today::Changed));
}

/// A thief of a seal's key may find another log that enters his use, where nobody looks for it.
#[test]
fn a_log_proves_seals_of_its_own_hall_alone() {
    let (mut house, other) = (House::new(), House::new());
    let bytes = house.seal();
    let (ours, theirs) = (house.log.log.log_key(), Signer::new("other.example/log").log_key());
    let roots = [&house, &other].map(|house| house.hall.root.to_pem());
    let policy = format!("log {ours}\nlog {theirs}\nwitness w {}\nquorum none\n", house.log.witness.witness_key());
    let with = |own_file: &str, more: &[(&str, &str)]| {
        let other_file = if own_file == "root.pem" { "halls/other.pem" } else { "root.pem" };
        let files = [(own_file, roots[0].as_str()), (other_file, roots[1].as_str()), ("policy.txt", policy.as_str())];
        let files = files.iter().chain(more).map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        let report = verify(&bytes, &Trust::from_files(files).unwrap(), now());
        (report.verdict, report.has("log-unknown"))
    };
    let (yes, no) = ((Verdict::Valid, false), (Verdict::Indeterminate, true));
    let both = format!("{theirs}\n{ours}\n");
    let (ours, theirs) = (ours.to_string(), theirs.to_string());
    for (own_file, own_log, other_log) in
        [("root.pem", "log.vkey", "halls/other.vkey"), ("halls/b.PEM", "halls/B.vkey", "log.vkey")]
    {
        assert_eq!(with(own_file, &[]), yes, "nobody says whose the log is");
        assert_eq!(with(own_file, &[(own_log, &ours)]), yes);
        assert_eq!(with(own_file, &[(own_log, &theirs)]), no);
        assert_eq!(with(own_file, &[(own_log, &both)]), yes, "an earlier log and the present one");
        assert_eq!(with(own_file, &[(other_log, &ours)]), no, "said to be the other hall's");
        assert_eq!(with(own_file, &[(other_log, &theirs)]), yes);
        assert_eq!(with(own_file, &[(other_log, &ours), (own_log, &ours)]), yes, "one log for both");
    }
}

#[test]
fn anchors_are_listed_with_what_they_are_for_and_where_they_came_from() {
    let house = House::new();
    let root = house.hall.root.to_pem().into_bytes();
    let names = ["anchors/root.pem", "root.crt", "halls/other.pem", "outside/a.pem", "tsa/t.pem"];
    let trust = Trust::from_files(names.map(|name| (name.to_owned(), root.clone()))).unwrap();
    let listed: Vec<_> = trust.anchors().iter().map(|anchor| (anchor.source.as_str(), anchor.purpose)).collect();
    let purposes = [Purpose::Hall, Purpose::Hall, Purpose::OtherHall, Purpose::Outside, Purpose::Timestamp];
    assert_eq!(listed, names.into_iter().zip(purposes).collect::<Vec<_>>());
    // An authority for timestamps names no signer.
    let mut house = house;
    let trust = Trust::from_files([("tsa/t.pem".to_owned(), root)]).unwrap();
    let bytes = house.seal();
    assert!(verify(&bytes, &trust, now()).has("no-chain"));
}
