//! Certificates' later life: change, renewal, reissue, withdrawal, cancellation, expiry, annotated copies.

use yinxin::acts::cancel::{cancel, expire};
use yinxin::acts::draft::{CopyOf, Replaces};
use yinxin::acts::look::case_of;
use yinxin::hall::cancellation::Ground;
use yinxin::hall::certificate::{Replacement, Standing};

use super::audit::audited;
use super::cases::text_of;
use super::*;

impl Actor {
    async fn cancel(&self, certificate: &str, ground: Ground) -> Result<(), ActError> {
        let reason = "持证人2026年11月20日书面申请";
        cancel(&self.app, &self.person().await, certificate, ground, reason).await.map(|_| ())
    }
}

impl TestHall {
    /// A food licence, sealed.
    async fn licence(&self) -> CertificateRow {
        self.carry(&Case::number("000001")).await.remove(0)
    }

    async fn again(&self, id: &str) -> CertificateRow {
        self.app.db.certificate(id).await.unwrap().unwrap()
    }

    async fn events(&self) -> Vec<(String, String)> {
        let events = self.app.db.events_after(0, 100).await.unwrap();
        events.into_iter().map(|event| (event.kind, event.certificate)).collect()
    }
}

fn replacing(number: &str, how: Replacement) -> Request {
    let mut request = Case::number("000001").request();
    request.replaces = Some(Replaces { number: number.to_owned(), how });
    request
}

fn copying(number: &str, until: &str) -> Request {
    let copy =
        CopyOf { number: number.to_owned(), purpose: "办理银行开户".to_owned(), until: until.parse().unwrap() };
    Request { data: Map::new(), copy: Some(copy), ..Case::number("000001").request() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_takes_the_place_of_the_earlier_certificate_under_its_number() {
    let hall = TestHall::open().await;
    let old = hall.licence().await;
    let clerk = hall.clerk("A01");
    let mut change = replacing(&old.number, Replacement::Change);
    change.data.insert("住所".to_owned(), "吉林经济技术开发区九站街道和平路88号".into());
    // What the number is made of cannot change, and a number nobody has cannot be changed.
    let mut other_kind = change.clone();
    other_kind.data.insert("主体业态".to_owned(), "餐饮服务经营者".into());
    assert_eq!(refusal(clerk.ask("2026-A01-800001", &other_kind).await).codes(), ["number-field-changed"]);
    let unknown = replacing("JY12202019999990", Replacement::Change);
    assert_eq!(refusal(clerk.ask("2026-A01-800001", &unknown).await).codes(), ["no-such-certificate"]);
    clerk.ask("2026-A01-800002", &change).await.unwrap();
    assert_eq!(hall.again(&old.id).await.state, "sealed", "asking changes nothing");
    // One document at a time ends a certificate: neither another change nor a withdrawal beside it.
    let second = refusal(clerk.ask("2026-A01-800003", &replacing(&old.number, Replacement::Renewal)).await);
    assert_eq!(second.codes(), ["certificate-in-progress"]);
    assert_eq!(refusal(clerk.submit(&Case::number("000016")).await).codes(), ["certificate-in-progress"]);
    let new = hall.approve_all("2026-A01-800002").await.remove(0);
    assert_eq!((new.number.as_str(), new.issue), (old.number.as_str(), 1));
    assert_eq!(hall.again(&old.id).await.state, "superseded");
    assert!(text_of(&hall.sealed(&new)).contains("和平路88号"));
    assert!(hall.report(&new).is_valid() && hall.report(&hall.again(&old.id).await).is_valid(), "as of its sealing");
    assert_eq!(hall.portal(hall.sealed(&old)).await.today, Today::Changed);
    assert_eq!(hall.portal(hall.sealed(&new)).await.today, Today::Good);
    // Whoever is told, is told in this order.
    let told = |kind: &str, row: &CertificateRow| (kind.to_owned(), row.id.clone());
    let events = hall.events().await;
    assert_eq!(events[1..], [told("certificate.changed", &old), told("certificate.sealed", &new)]);
    // The one superseded cannot be handed out, changed or copied any more: the number now means the new one.
    assert_eq!(refusal(hall.delivery().deliver("2026-A01-000001", "张三").await).codes(), ["not-in-force"]);
    hall.delivery().deliver("2026-A01-800002", "张三").await.unwrap();
    // The number goes on: no other certificate of a number is ever in force beside it.
    let another = hall.carry(&Case::number("000001").again_as("2026-A01-800004")).await.remove(0);
    assert_ne!(another.number, old.number);
    let in_force = hall.premises.count("SELECT COUNT(*) FROM certificate WHERE state = 'sealed'").await;
    assert_eq!(in_force, 2);
    let premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_renewal_and_a_withdrawal_are_told_with_the_document_that_brings_them() {
    let hall = TestHall::open().await;
    let old = hall.licence().await;
    let mut renewal = replacing(&old.number, Replacement::Renewal);
    renewal.data.insert("有效期至".to_owned(), "2031-11-18".into());
    hall.clerk("A01").ask("2026-A01-800001", &renewal).await.unwrap();
    let new = hall.approve_all("2026-A01-800001").await.remove(0);
    let told = |kind: &str, row: &CertificateRow| (kind.to_owned(), row.id.clone());
    assert_eq!(hall.events().await[1..], [told("certificate.renewed", &old), told("certificate.sealed", &new)]);
    assert_eq!(audited(&hall.close().await).await.findings, []);
    let hall = TestHall::open().await;
    let licence = hall.licence().await;
    let decision = hall.carry(&Case::number("000016")).await.remove(0);
    let events = hall.events().await;
    assert_eq!(events[1..], [told("certificate.sealed", &decision), told("certificate.withdrawn", &licence)]);
    assert_eq!(audited(&hall.close().await).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reissue_says_what_the_lost_one_said() {
    let hall = TestHall::open().await;
    let old = hall.licence().await;
    let clerk = hall.clerk("A01");
    let mut other = replacing(&old.number, Replacement::Reissue);
    other.data.insert("住所".to_owned(), "别处".into());
    assert_eq!(refusal(clerk.ask("2026-A01-800001", &other).await).codes(), ["reissue-changes"]);
    let reissue = Request { data: Map::new(), ..replacing(&old.number, Replacement::Reissue) };
    let submitted = clerk.ask("2026-A01-800002", &reissue).await.unwrap();
    assert!(submitted.matter.title.contains("补发"));
    let new = hall.approve_all("2026-A01-800002").await.remove(0);
    assert_eq!((new.data, new.number.as_str()), (old.data.clone(), old.number.as_str()));
    assert_eq!(hall.events().await[1].0, "certificate.reissued");
    assert_eq!(hall.again(&old.id).await.state, "superseded");
    let premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
    premises.tamper("UPDATE outbox SET kind = 'certificate.changed' WHERE kind = 'certificate.reissued'").await;
    assert_eq!(about_events(&premises).await, ["event-missing", "event-unfounded"]);
}

/// What an audit finds of events.
async fn about_events(premises: &Premises) -> Vec<&'static str> {
    let found = audited(premises).await.findings;
    found.into_iter().map(|one| one.code).filter(|code| code.starts_with("event-")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_of_what_has_ended_meanwhile_is_not_sealed() {
    let hall = TestHall::open().await;
    let old = hall.licence().await;
    hall.clerk("A01").ask("2026-A01-800002", &replacing(&old.number, Replacement::Change)).await.unwrap();
    hall.chief("scjg").cancel(&old.id, Ground::Holder).await.unwrap();
    let asked = hall.only_use("2026-A01-800002").await;
    let refused = refusal(hall.chief("scjg").approve(&asked).await);
    assert_eq!(refused.codes(), ["earlier-certificate-ended"]);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 1);
    hall.chief("scjg").refuse(&asked, "原证照已注销").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_cancelled_by_who_issued_it_for_a_ground() {
    let hall = TestHall::open().await;
    let licence = hall.licence().await;
    let chief = hall.chief("scjg");
    assert_eq!(refusal(hall.chief("jsj").cancel(&licence.id, Ground::Holder).await).codes(), ["wrong-department"]);
    assert_eq!(refusal(hall.leader("scjg").cancel(&licence.id, Ground::Holder).await).codes(), ["wrong-duty"]);
    assert_eq!(
        refusal(chief.clone().at(Seat::Elsewhere).cancel(&licence.id, Ground::Law).await).codes(),
        ["outside-hall"]
    );
    assert_eq!(refusal(chief.cancel(&licence.id, Ground::Lapsed).await).codes(), ["not-expired"]);
    // A copy ends with it.
    hall.clerk("A01").ask("2026-A01-800001", &copying(&licence.number, "2026-12-31")).await.unwrap();
    let copy = hall.approve_all("2026-A01-800001").await.remove(0);
    assert_eq!(refusal(chief.cancel(&copy.id, Ground::Holder).await).codes(), ["annotated-copy"]);
    chief.cancel(&licence.id, Ground::Holder).await.unwrap();
    assert_eq!(refusal(chief.cancel(&licence.id, Ground::Holder).await).codes(), ["not-in-force"]);
    for id in [&licence.id, &copy.id] {
        let row = hall.again(id).await;
        assert_eq!(row.state, "cancelled");
        assert_eq!(hall.portal(hall.sealed(&row)).await.today, Today::Changed);
    }
    assert_eq!(hall.events().await.last().unwrap(), &("certificate.cancelled".to_owned(), licence.id.clone()));
    let premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_expires_by_its_own_last_day() {
    let hall = TestHall::open().await;
    let mut case = Case::number("000001");
    case.data.insert("有效期至".to_owned(), "2026-12-31".into());
    let licence = hall.carry(&case).await.remove(0);
    assert_eq!(licence.valid_to.as_deref(), Some("2026-12-31"));
    let standing = |row: &CertificateRow, day: &str| row.standing(day.parse().unwrap());
    assert_eq!(standing(&licence, "2026-12-31"), Some(Standing::InForce));
    hall.set_time("2026-12-31T23:59:59+08:00");
    assert_eq!(expire(&hall.app).await.unwrap(), 0);
    assert_eq!(hall.portal(hall.sealed(&licence)).await.today, Today::Good);
    // The moment the day is over it is not in force, whether or not anything has marked it.
    hall.set_time("2027-01-01T00:00:00+08:00");
    assert_eq!(hall.portal(hall.sealed(&licence)).await.today, Today::Changed);
    assert_eq!((expire(&hall.app).await.unwrap(), expire(&hall.app).await.unwrap()), (1, 0));
    assert_eq!(hall.again(&licence.id).await.state, "expired");
    assert_eq!(hall.events().await.last().unwrap().0, "certificate.expired");
    // Nobody changes or copies it; it is cancelled for having lapsed.
    hall.set_time("2026-12-31T10:00:00+08:00");
    let renewal = replacing(&licence.number, Replacement::Renewal);
    assert_eq!(refusal(hall.clerk("A01").ask("2026-A01-800001", &renewal).await).codes(), ["not-in-force"]);
    hall.chief("scjg").cancel(&licence.id, Ground::Lapsed).await.unwrap();
    assert_eq!(hall.again(&licence.id).await.state, "cancelled");
    // Told once that it expired and once that it was cancelled: as it should be, and a second time is one too many.
    let premises = hall.close().await;
    assert_eq!(about_events(&premises).await, [""; 0]);
    let again = "INSERT INTO outbox SELECT (SELECT MAX(id) + 1 FROM outbox), kind, certificate, at FROM outbox
         WHERE kind = 'certificate.expired'";
    premises.tamper(again).await;
    assert_eq!(about_events(&premises).await, ["event-unfounded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_annotated_copy_says_what_for_and_until_when_on_every_page() {
    let hall = TestHall::open().await;
    let reply = hall.carry(&Case::number("000008")).await.remove(0);
    let clerk = hall.clerk("A01");
    let request =
        Request { item: Case::number("000008").item.unwrap().parse().ok(), ..copying(&reply.number, "2026-12-31") };
    let mut bad = request.clone();
    bad.copy =
        Some(CopyOf { number: reply.number.clone(), purpose: " ".to_owned(), until: "2026-11-19".parse().unwrap() });
    bad.data.insert("建设单位".to_owned(), "别人".into());
    assert_eq!(
        refusal(clerk.ask("2026-A01-800001", &bad).await).codes(),
        ["copy-has-data", "purpose-missing", "bad-end"]
    );
    clerk.ask("2026-A01-800001", &request).await.unwrap();
    let copy = hall.approve_all("2026-A01-800001").await.remove(0);
    assert_eq!((copy.number.as_str(), copy.copy_of.as_deref()), (reply.number.as_str(), Some(reply.id.as_str())));
    assert!(hall.report(&copy).is_valid());
    let person = clerk.person().await;
    let pages = look::page_count(&case_of(&hall.app, &person, &copy.id).await.unwrap().documents[0].certificate);
    assert!(pages >= 2);
    let text = text_of(&hall.sealed(&copy));
    assert_eq!(text.matches("仅供：办理银行开户").count(), pages);
    assert_eq!(text.matches("截止日期：2026年12月31日").count(), pages);
    assert!(!text_of(&hall.sealed(&reply)).contains("加注件"));
    // In force until its own day, and no longer than the original.
    assert_eq!(hall.portal(hall.sealed(&copy)).await.today, Today::Good);
    hall.set_time("2027-01-01T00:00:00+08:00");
    assert_eq!(hall.portal(hall.sealed(&copy)).await.today, Today::Changed);
    assert_eq!(hall.portal(hall.sealed(&reply)).await.today, Today::Good);
    let premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_a_withdrawal_ends_copies_too_and_what_has_run_out_can_be_withdrawn() {
    let hall = TestHall::open().await;
    let licence = hall.licence().await;
    hall.clerk("A01").ask("2026-A01-800001", &copying(&licence.number, "2026-12-31")).await.unwrap();
    let copy = hall.approve_all("2026-A01-800001").await.remove(0);
    hall.set_time("2031-11-21T10:00:00+08:00");
    assert!(expire(&hall.app).await.unwrap() == 2, "the copy and the licence");
    hall.set_time("2026-12-01T10:00:00+08:00");
    hall.carry(&Case::number("000016")).await;
    assert_eq!(
        (hall.again(&licence.id).await.state, hall.again(&copy.id).await.state),
        ("withdrawn".into(), "withdrawn".into())
    );
    assert_eq!(about_events(&hall.close().await).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_nothing_brought_about_is_found() {
    let hall = TestHall::open().await;
    let licence = hall.licence().await;
    hall.clerk("A01").ask("2026-A01-800002", &replacing(&licence.number, Replacement::Change)).await.unwrap();
    hall.approve_all("2026-A01-800002").await;
    let mut premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
    let before = premises.state();
    for sql in [
        "UPDATE certificate SET state = 'withdrawn' WHERE issue = 1",
        "UPDATE certificate SET state = 'cancelled' WHERE issue = 1",
        "UPDATE certificate SET state = 'superseded' WHERE issue = 1",
        "UPDATE certificate SET state = 'withdrawn' WHERE issue = 0",
        "UPDATE certificate SET state = 'expired' WHERE issue = 0",
        "UPDATE certificate SET valid_to = '2099-12-31' WHERE issue = 1",
        "UPDATE certificate SET number = 'JY12202010000099' WHERE issue = 1",
    ] {
        assert_eq!(premises.tamper(sql).await, 1, "{sql}");
        let found = audited(&premises).await.findings;
        assert!(found.iter().any(|one| one.code == "standing-altered"), "{sql}: {found:?}");
        premises.put_back(&before);
    }
}
