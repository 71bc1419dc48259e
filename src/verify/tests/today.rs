//! What a copy of the log says of the time since, and whom a folder of trust names.

use super::house::House;
use super::{now, summary};
use crate::digest::Digest;
use crate::ledger::entry::{Entry, Salted, SealChange, VoidReason};
use crate::ledger::replay::Replay;
use crate::ledger::sample::SampleLog;
use crate::verify::trust::Purpose;
use crate::verify::{Today, Trust, verify};

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
