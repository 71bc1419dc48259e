//! Somebody has the hall's keys and a log of his own: whoever has only the file is deceived, the portal is not.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_another_history_is_invalid_at_the_portal() {
    // The same keys, and from the same beginning two histories.
    let (hall, thief) = (TestHall::open().await, TestHall::open().await);
    let ours = hall.carry(&Case::number("000001")).await.remove(0);
    let theirs = thief.carry(&Case::number("000006")).await.remove(0);
    let (ours, theirs) = (hall.sealed(&ours), thief.sealed(&theirs));
    let index = |report: &Report| report.signatures[0].ledger.as_ref().unwrap().index;
    let offline = verify(&theirs, &hall.app.trust(), hall.app.now());
    assert!(offline.is_valid() && offline.has("no-independent-witness"), "{}", offline.summary());
    assert_eq!(index(&offline), index(&hall.portal(ours.clone()).await), "the forged proof names an entry that exists");
    let seen = hall.portal(theirs.clone()).await;
    assert_eq!((seen.verdict, seen.has("ledger-fork")), (yinxin::verify::Verdict::Invalid, true), "{}", seen.summary());
    // An entry that our log does not have yet, then one that it has, in a longer tree.
    let further = thief.carry(&Case::number("000017")).await.remove(0);
    assert!(hall.portal(thief.sealed(&further)).await.has("ledger-fork"));
    hall.carry(&Case::number("000003")).await;
    assert!(hall.portal(thief.sealed(&further)).await.has("ledger-fork"));
    assert!(hall.portal(theirs).await.has("ledger-fork"));
    // What is ours is believed, in a longer log and when a public file was altered in the meantime.
    assert_eq!(hall.portal(ours.clone()).await.today, Today::Good);
    let size = hall.app.publication.checkpoint().unwrap().unwrap().claim().size;
    fs::write(hall.premises.path(&format!("log/tile/0/000.p/{size}")), vec![7; size as usize * 32]).unwrap();
    assert_eq!(hall.portal(ours).await.today, Today::Good);
}
