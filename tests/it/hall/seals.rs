//! Seals' lives: R1, one department, one seal; R5, the department's own seal where a law provides for it; two people behind every
//! step; and the end of a key that is lost or in other hands.

use std::io::BufReader;
use std::process::Command;

use yinxin::acts::audit::{Books, Finding, audit};
use yinxin::acts::filing_sheet::filing_sheet;
use yinxin::acts::look_seals::{self, Part};
use yinxin::acts::notice::take_note;
use yinxin::acts::papers::MOST_PAPER;
use yinxin::acts::resume::{Resumed, resume};
use yinxin::acts::revocation_list::renew_revocation_lists;
use yinxin::acts::seal_step::decline::decline;
use yinxin::acts::seal_step::propose::{Asked as Step, propose};
use yinxin::acts::suspend_seal::suspend_seal;
use yinxin::db::seal::SealRow;
use yinxin::hall::seal::SealKind;
use yinxin::ledger::entry::Entry;
use yinxin::pki::certificate::Certificate;
use yinxin::pki::crl::{Crl, Reason};
use yinxin::verify::Verdict as Judged;

use super::*;
use crate::tools::run;

const NAME: &str = "吉林经济技术开发区建设局";

fn application(name: &str) -> Step {
    Step::Apply { kind: SealKind::Approval, name: name.to_owned(), diameter_mm: 42 }
}

/// A scan: any PDF will do.
fn scan(hall: &TestHall) -> Vec<u8> {
    let composer = &hall.app.composer;
    let paper = yinxin::compose::filing_sheet::FilingSheet {
        hall: "厅".to_owned(),
        filing: "吉公备〔2026〕7号".to_owned(),
        name: NAME.to_owned(),
        rows: Vec::new(),
        diameter: 42,
        made: "今天".to_owned(),
    };
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>".to_owned();
    composer.filing_sheet(&paper, picture, hall.app.now()).unwrap()
}

impl TestHall {
    async fn row(&self, seal: &str) -> SealRow {
        self.app.db.seal(seal).await.unwrap().unwrap()
    }

    async fn entries(&self) -> Vec<Entry> {
        let bytes = self.app.db.entries(0, i64::MAX as u64).await.unwrap();
        bytes.iter().map(|bytes| Entry::parse(bytes).unwrap()).collect()
    }

    async fn kinds_since(&self, index: usize) -> Vec<&'static str> {
        self.entries().await[index..].iter().map(Entry::kind).collect()
    }

    fn filing(&self, seal: &SealRow, number: &str) -> Step {
        let on = Some("2026-11-19".parse().unwrap());
        Step::File { code: seal.code.clone(), number: number.to_owned(), on, document: scan(self) }
    }

    /// A seal of the department that is applied for, made and filed.
    async fn filed(&self, department: &str, name: &str, number: &str) -> SealRow {
        let (keeper, centre) = (self.keeper(department), self.centre());
        let step = propose(&self.app, &keeper.person().await, None, application(name), "新设").await.unwrap();
        centre.confirm(&step.id).await.unwrap();
        let made = centre.propose(&step.seal, Step::Make).await.unwrap();
        keeper.confirm(&made).await.unwrap();
        let filing = self.filing(&self.row(&step.seal).await, number);
        let filed = keeper.propose(&step.seal, filing).await.unwrap();
        centre.confirm(&filed).await.unwrap();
        self.row(&step.seal).await
    }

    async fn findings(self) -> (Premises, Vec<Finding>) {
        let premises = self.close().await;
        let books = Books::open(&premises.config).await.unwrap();
        let findings = audit(&books, |_, _| {}).await.unwrap().findings;
        books.close().await;
        (premises, findings)
    }

    fn list(&self) -> Crl {
        Crl::from_der(&fs::read(self.premises.path("keys/trust/issuing.crl")).unwrap()).unwrap()
    }
}

#[track_caller]
fn codes<T: std::fmt::Debug>(outcome: Result<T, ActError>) -> Vec<&'static str> {
    refusal(outcome).codes()
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_new_seal_is_enabled_and_the_old_one_abolished_in_one_act() {
    let hall = TestHall::open().await;
    let (keeper, centre) = (hall.keeper("jsj"), hall.centre());
    let before = hall.carry(&Case::number("000003")).await.remove(0);
    let old = hall.row(&keeper.seal("approval").await).await;
    let first = hall.entries().await.len();

    // 申请: the keeper's, confirmed by the hall. Nothing is there before that.
    let step = propose(&hall.app, &keeper.person().await, None, application(NAME), "机构更名").await.unwrap();
    assert!(hall.app.db.seal(&step.seal).await.unwrap().is_none());
    assert_eq!(codes(keeper.confirm(&step.id).await), ["wrong-duty", "same-person"]);
    centre.confirm(&step.id).await.unwrap();
    let new = hall.row(&step.seal).await;
    assert_eq!((new.state.as_str(), &new.key, &new.certificate), ("applied", &None, &None));
    assert_eq!(new.custodian, Some(keeper.person().await.staff.id.to_string()));
    // 制作: the hall's, confirmed by the keeper.
    assert_eq!(codes(keeper.propose(&new.id, Step::Make).await), ["wrong-duty"]);
    let made = centre.propose(&new.id, Step::Make).await.unwrap();
    keeper.confirm(&made).await.unwrap();
    let new = hall.row(&new.id).await;
    assert_eq!(new.state, "made");
    let certificate = Certificate::from_der(new.certificate_der()).unwrap();
    assert_eq!(Some(certificate.spki_digest().as_bytes().to_vec()), new.key);
    assert!(certificate.subject().contains(&new.code), "{}", certificate.subject());
    // 启用 before 备案: no.
    assert_eq!(codes(keeper.propose(&new.id, Step::Enable).await), ["seal-state", "one-active-seal"]);
    let filed = keeper.propose(&new.id, hall.filing(&new, "吉公备〔2026〕7号")).await.unwrap();
    let scanned = look_seals::step_document(&hall.app, &centre.person().await, &filed).await.unwrap();
    assert_eq!(scanned, scan(&hall), "whoever confirms sees what is filed");
    centre.confirm(&filed).await.unwrap();
    let new = hall.row(&new.id).await;
    assert_eq!(new.state, "filed");
    assert_eq!(new.filing_no.as_deref(), Some("吉公备〔2026〕7号"));
    // R1: enabled it would be the second one.
    assert_eq!(codes(keeper.propose(&new.id, Step::Enable).await), ["one-active-seal"]);
    // 更换.
    let replace = keeper.propose(&old.id, Step::Replace { by: new.id.clone() }).await.unwrap();
    assert_eq!(hall.row(&old.id).await.state, "active", "proposed is not done");
    let waiting = look_seals::waiting(&hall.app, &centre.person().await).await.unwrap();
    assert_eq!(waiting.iter().map(|(step, part)| (&step.id, *part)).collect::<Vec<_>>(), [(&replace, Part::Second)]);
    let now = hall.entries().await.len();
    centre.confirm(&replace).await.unwrap();
    assert_eq!(hall.kinds_since(now).await, ["seal-retire/v1", "seal-open/v1"], "two entries, one act");
    assert_eq!((hall.row(&old.id).await.state.as_str(), hall.row(&new.id).await.state.as_str()), ("retired", "active"));
    assert_eq!(
        hall.kinds_since(first).await.iter().filter(|kind| **kind == "record/v1").count(),
        7,
        "each proposal and each step"
    );

    // What was sealed before stays good, and the verifier says under which seal and what became of it.
    let report = hall.portal(hall.sealed(&before)).await;
    assert!(report.is_valid() && report.has("seal-retired-since"), "{}", report.summary());
    assert_eq!((report.today, report.signatures[0].seal), (Today::Good, Some(old.key_digest().unwrap())));
    let offline = hall.report(&before);
    assert!(
        offline.is_valid() && !offline.has("revoked-no-proof"),
        "an ordinary end revokes nothing: {}",
        offline.summary()
    );
    // And the new one seals.
    let after = hall.carry(&Case::number("000003").again_as("2026-A01-000301")).await.remove(0);
    let report = hall.portal(hall.sealed(&after)).await;
    assert_eq!((report.signatures[0].seal, report.today), (Some(new.key_digest().unwrap()), Today::Good));
    // The old one is gone for good.
    assert_eq!(codes(keeper.propose(&old.id, Step::Resume).await), ["seal-state"]);
    hall.assert_ledger_is_whole().await;
    let (mut premises, findings) = hall.findings().await;
    assert_eq!(findings, []);
    // Behind the service's back: each is named.
    for (tampering, code, place) in [
        ("UPDATE seal SET custodian = NULL WHERE state = 'retired'", "row-altered", "seal "),
        ("UPDATE seal_step SET why = '别的' WHERE act = 'replace'", "row-altered", "seal_step "),
        ("DELETE FROM seal_step WHERE act = 'file'", "row-missing", "seal_step "),
        (
            "DELETE FROM seal_certificate WHERE seal IN (SELECT id FROM seal WHERE state = 'retired')",
            "row-missing",
            "seal_certificate ",
        ),
    ] {
        let good = premises.state();
        assert_ne!(premises.tamper(tampering).await, 0, "{tampering}");
        let books = Books::open(&premises.config).await.unwrap();
        let findings = audit(&books, |_, _| {}).await.unwrap().findings;
        books.close().await;
        assert!(
            findings.iter().any(|one| one.code == code && one.place.starts_with(place)),
            "{tampering}: {findings:#?}"
        );
        premises.put_back(&good);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_the_rows_themselves_hold_one_seal_of_a_kind() {
    let hall = TestHall::open().await;
    let (keeper, centre) = (hall.keeper("jsj"), hall.centre());
    let (one, two) = (hall.filed("jsj", NAME, "甲").await, hall.filed("jsj", NAME, "乙").await);
    let old = keeper.seal("approval").await;
    let retire = keeper.propose(&old, Step::Retire).await.unwrap();
    centre.confirm(&retire).await.unwrap();
    assert_eq!(hall.row(&old).await.state, "retired");
    // Both may be enabled as things are; both at once may not.
    let steps =
        [keeper.propose(&one.id, Step::Enable).await.unwrap(), keeper.propose(&two.id, Step::Enable).await.unwrap()];
    let (left, right) = tokio::join!(centre.confirm(&steps[0]), centre.confirm(&steps[1]));
    assert!(left.is_ok() != right.is_ok(), "{left:?} {right:?}");
    assert_eq!(codes(if left.is_ok() { right } else { left }), ["one-active-seal"]);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM seal WHERE department = 'jsj' AND state = 'active'").await, 1);
    // A filing number is one seal's.
    let third = hall.filed("jsj", NAME, "丙").await;
    let made = hall.app.db.seal(&third.id).await.unwrap().unwrap();
    assert_eq!(made.state, "filed");
    let step = propose(&hall.app, &keeper.person().await, None, application(NAME), "再设").await.unwrap();
    centre.confirm(&step.id).await.unwrap();
    keeper.confirm(&centre.propose(&step.seal, Step::Make).await.unwrap()).await.unwrap();
    let again = keeper.propose(&step.seal, hall.filing(&hall.row(&step.seal).await, "丙")).await.unwrap();
    assert_eq!(codes(centre.confirm(&again).await), ["filing-number-used"]);
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_of_two_keepers_who_replace_one_seal_at_once_one_wins_and_the_other_is_told() {
    let hall = TestHall::open().await;
    let (keeper, centre) = (hall.keeper("jsj"), hall.centre());
    let old = keeper.seal("approval").await;
    let (one, two) = (hall.filed("jsj", NAME, "甲").await, hall.filed("jsj", NAME, "乙").await);
    // A second keeper for the department.
    hall.premises.tamper("UPDATE staff SET department = 'jsj' WHERE login = 'keeper-ybj'").await;
    let other = hall.keeper("ybj");
    let replace = |by: &SealRow| Step::Replace { by: by.id.clone() };
    let (left, right) = tokio::join!(keeper.propose(&old, replace(&one)), other.propose(&old, replace(&two)));
    assert!(left.is_ok() != right.is_ok(), "{left:?} {right:?}");
    let (won, lost) = if left.is_ok() { (left, right) } else { (right, left) };
    let told = refusal(lost);
    assert_eq!(told.codes(), ["step-pending"]);
    assert!(told.to_string().contains("印章管理员提出“更换”（工作需要）"), "who and what: {told}");
    // Confirmed twice at the same moment: once.
    let won = won.unwrap();
    let (left, right) = tokio::join!(centre.confirm(&won), centre.confirm(&won));
    assert!(left.is_ok() != right.is_ok());
    assert_eq!(codes(if left.is_ok() { right } else { left }), ["step-decided"]);
    let active = "SELECT COUNT(*) FROM seal WHERE department = 'jsj' AND state = 'active'";
    assert_eq!(hall.premises.count(active).await, 1);
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_a_departments_own_seal_is_only_where_a_law_provides_for_it() {
    let hall = TestHall::open().await;
    let own = || Step::Apply { kind: SealKind::Department, name: NAME.to_owned(), diameter_mm: 45 };
    let apply = async |keeper: Actor| propose(&hall.app, &keeper.person().await, None, own(), "需要").await;
    assert_eq!(codes(apply(hall.keeper("jsj")).await), ["no-legal-basis"]);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM seal_step").await, 0);
    // One of this department's items names the law (行政许可法 第六十九条).
    let step = apply(hall.keeper("scjg")).await.unwrap();
    hall.centre().confirm(&step.id).await.unwrap();
    assert_eq!(hall.row(&step.seal).await.kind, "department");
    // Under that item the department's seal is used, and no other.
    let seal = hall.row(&hall.keeper("scjg").seal("department").await).await;
    hall.carry(&Case::number("000001")).await;
    let decided = hall.carry(&Case::number("000016")).await.remove(0);
    assert_eq!(hall.report(&decided).signatures[0].seal, Some(seal.key_digest().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_refused_with_all_that_is_wrong() {
    let hall = TestHall::open().await;
    let keeper = hall.keeper("jsj").person().await;
    let apply = async |name: &str, diameter_mm, why: &str| {
        let asked = Step::Apply { kind: SealKind::Department, name: name.to_owned(), diameter_mm };
        codes(propose(&hall.app, &keeper, None, asked, why).await)
    };
    assert_eq!(apply("", 20, " ").await, ["reason-missing", "name", "diameter", "no-legal-basis"]);
    // A name that no face can draw is found before anything is there: no code is taken.
    let refused = refusal(propose(&hall.app, &keeper, None, application("吉林𰻝面局"), "新设").await);
    assert_eq!(refused.codes(), ["name-not-drawable"]);
    assert!(refused.to_string().contains('𰻝'), "{refused}");
    let taken = "SELECT taken FROM number_sequence WHERE item = 'seal'";
    let before = hall.premises.count(taken).await;
    let step = propose(&hall.app, &keeper, None, application(NAME), "新设").await.unwrap();
    assert_eq!(hall.premises.count(taken).await, before + 1);
    // Declined with a reason, nothing comes of it; the refusals are on record.
    let centre = hall.centre().person().await;
    assert_eq!(codes(decline(&hall.app, &centre, &step.id, "").await), ["reason-missing"]);
    decline(&hall.app, &centre, &step.id, "名称须与机构编制文件一致").await.unwrap();
    assert_eq!(codes(hall.centre().confirm(&step.id).await), ["step-decided"]);
    assert!(hall.app.db.seal(&step.seal).await.unwrap().is_none());
    let refused = "SELECT COUNT(*) FROM refused_act WHERE act LIKE 'seal-%'";
    assert_eq!(hall.premises.count(refused).await, 4);
    // Whoever proposed it may take it back.
    let step = propose(&hall.app, &keeper, None, application(NAME), "新设").await.unwrap();
    decline(&hall.app, &keeper, &step.id, "填错了").await.unwrap();
    let row = hall.app.db.seal_step(&step.id).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.decided_why.as_deref()), ("withdrawn", Some("填错了")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filing_brings_its_document() {
    let hall = TestHall::open().await;
    let (keeper, centre) = (hall.keeper("jsj"), hall.centre());
    let step = propose(&hall.app, &keeper.person().await, None, application(NAME), "新设").await.unwrap();
    centre.confirm(&step.id).await.unwrap();
    keeper.confirm(&centre.propose(&step.seal, Step::Make).await.unwrap()).await.unwrap();
    let made = hall.row(&step.seal).await;
    let file = async |code: &str, number: &str, on: Option<&str>, document: Vec<u8>| {
        let on = on.map(|day| day.parse().unwrap());
        let asked = Step::File { code: code.to_owned(), number: number.to_owned(), on, document };
        codes(keeper.propose(&made.id, asked).await)
    };
    let good = scan(&hall);
    let wrong = file("1", "", None, Vec::new()).await;
    assert_eq!(wrong, ["file-missing", "code-differs", "filing-day", "filing-number"]);
    let other = file("22020100000001", "", Some("2026-11-21"), b"%PDF-1.7 no more".to_vec()).await;
    assert_eq!(other, ["not-a-pdf", "code-differs", "filing-number", "filing-day"]);
    let large = [good.clone(), vec![b'\n'; MOST_PAPER]].concat();
    assert_eq!(file(&made.code, "7", Some("2026-11-20"), large).await, ["file-too-large"]);
    let filed = keeper.propose(&made.id, hall.filing(&made, "吉公备〔2026〕7号")).await.unwrap();
    // Nothing else happens to the seal meanwhile.
    assert_eq!(codes(keeper.propose(&made.id, Step::Retire).await), ["step-pending"]);
    centre.confirm(&filed).await.unwrap();
    let read = look_seals::filing_document(&hall.app, &keeper.person().await, &made.id).await.unwrap();
    assert_eq!(read, good);
    let stranger = hall.keeper("scjg").person().await;
    assert!(matches!(look_seals::filing_document(&hall.app, &stranger, &made.id).await, Err(ActError::NotFound)));
    // A document that a row names is not swept.
    hall.set_time("2126-11-20T10:00:00+08:00");
    assert_eq!(yinxin::acts::resume::sweep(&hall.app).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_ends_its_seal_by_the_word_of_two() {
    let hall = TestHall::open().await;
    let seal = hall.row(&hall.keeper("scjg").seal("approval").await).await;
    let before = hall.carry(&Case::number("000001")).await.remove(0);
    // One is logged and not finished; one waits for its approval.
    let case = Case::number("000001").again_as("2026-A01-000401");
    let unfinished = hall.carry(&case).await.remove(0);
    let waiting = case.again_as("2026-A01-000402");
    hall.clerk("A01").submit(&waiting).await.unwrap();
    let asked = hall.only_use(&waiting.case).await;
    let premises = hall.close().await;
    for sql in [
        "UPDATE certificate SET state = 'submitted', sealed = NULL, sealed_at = NULL
         WHERE matter = (SELECT id FROM matter WHERE case_no = '2026-A01-000401')",
        "UPDATE seal_use SET state = 'logged', signed = NULL, lease_until = (SELECT MAX(at) FROM ledger_entry) + 60000000
         WHERE certificate IN (SELECT id FROM certificate WHERE state = 'submitted') AND state = 'sealed'",
        "DELETE FROM outbox WHERE id = 2",
    ] {
        assert!(premises.tamper(sql).await > 0, "{sql}");
    }
    let hall = premises.open().await;
    let list = hall.list();
    let entries = hall.entries().await.len();

    // At night, from outside the hall, by one person: suspended at once, and the auditor is told.
    hall.set_time("2026-11-20T23:30:00+08:00");
    let (keeper, leader) = (hall.keeper("scjg").at(Seat::Elsewhere), hall.leader("scjg").at(Seat::Elsewhere));
    assert_eq!(codes(hall.chief("scjg").propose(&seal.id, Step::Compromise).await), ["wrong-duty"]);
    assert_eq!(codes(hall.leader("jsj").propose(&seal.id, Step::Compromise).await), ["wrong-department"]);
    let step = keeper.propose(&seal.id, Step::Compromise).await.unwrap();
    assert_eq!(hall.row(&seal.id).await.state, "suspended");
    assert_eq!(hall.kinds_since(entries).await, ["seal-suspend/v1"]);
    let auditor = hall.in_office("auditor".to_owned()).person().await;
    let notices = look_seals::notices(&hall.app, &auditor).await.unwrap();
    assert_eq!(notices.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["seal-reported-lost"]);
    take_note(&hall.app, &auditor, &notices[0].id).await.unwrap();
    assert_eq!(codes(take_note(&hall.app, &auditor, &notices[0].id).await), ["notice-seen"]);
    assert_eq!(codes(take_note(&hall.app, &leader.person().await, &notices[0].id).await), ["wrong-duty"]);
    assert!(
        hall.list().revocation(&Certificate::from_der(seal.certificate_der()).unwrap()).is_none(),
        "one word revokes nothing"
    );
    // Neither the same person, nor anybody by way of resuming it.
    assert_eq!(codes(keeper.confirm(&step).await), ["same-person"]);
    assert_eq!(codes(keeper.propose(&seal.id, Step::Compromise).await), ["step-pending"]);
    hall.set_time("2026-11-23T10:00:00+08:00");
    assert_eq!(codes(hall.keeper("scjg").propose(&seal.id, Step::Resume).await), ["reported-lost"]);

    // The second word.
    let entries = hall.entries().await.len();
    leader.confirm(&step).await.unwrap();
    assert_eq!(hall.row(&seal.id).await.state, "retired");
    assert_eq!(hall.kinds_since(entries).await[0], "seal-retire/v1");
    // The list follows at once, with a greater number, and is what the verifier has.
    let now = hall.list();
    assert!(now.number() > list.number(), "{:?} {:?}", now.number(), list.number());
    let revoked = now.revocation(&Certificate::from_der(seal.certificate_der()).unwrap()).unwrap();
    assert_eq!((revoked.reason, revoked.at), (Reason::KeyCompromise, hall.app.now()));
    let file = hall.premises.path("keys/trust/issuing.crl");
    let said = run(Command::new("openssl").args(["crl", "-inform", "DER", "-noout", "-text", "-in"]).arg(&file));
    let serial = Certificate::from_der(seal.certificate_der()).unwrap().serial_hex().to_uppercase();
    assert!(said.contains(&serial) && said.contains("Key Compromise"), "{said}");
    // What was logged and not finished is void, each by its own entry.
    assert_eq!(hall.kinds_since(entries).await, ["seal-retire/v1", "seal-void/v1"]);
    let row = hall.app.db.certificate(&unfinished.id).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.sealed), ("voided", None));
    assert_eq!(resume(&hall.app, false).await.unwrap(), Resumed::default());
    // Nothing is sealed with it any more.
    let refused = refusal(hall.chief("scjg").approve(&asked).await);
    assert!(!refused.codes().is_empty());
    assert_eq!(look_seals::notices(&hall.app, &auditor).await.unwrap()[0].kind, "seal-compromised");

    // What it sealed before: the ledger's order says so where the log is at hand; a list alone cannot.
    let report = hall.portal(hall.sealed(&before)).await;
    assert!(
        report.is_valid() && report.has("seal-retired-since") && report.has("revoked-since"),
        "{}",
        report.summary()
    );
    assert_eq!(report.today, Today::Good);
    let offline = hall.report(&before);
    assert_eq!(offline.verdict, Judged::Indeterminate, "{}", offline.summary());
    assert!(offline.has("revoked-no-proof"), "{}", offline.summary());
    let copy = {
        let log = hall.premises.path("log");
        yinxin::ledger::replay::Replay::read(&hall.app.policy, |path| fs::read(log.join(path))).unwrap()
    };
    let with_copy = offline.as_of_log(&copy);
    assert!(with_copy.is_valid() && with_copy.has("revoked-since"), "{}", with_copy.summary());
    assert_eq!(with_copy.today, Today::Good);

    // The department goes on with a new seal.
    let new = hall.filed("scjg", "吉林市市场监督管理局经济技术开发区分局", "新").await;
    let enable = hall.keeper("scjg").propose(&new.id, Step::Enable).await.unwrap();
    hall.centre().confirm(&enable).await.unwrap();
    let after = hall.approve_all(&waiting.case).await.remove(0);
    assert!(hall.report(&after).is_valid(), "{}", hall.report(&after).summary());
    // Another list is issued with the day: it is still on it.
    hall.set_time("2026-11-24T10:00:00+08:00");
    renew_revocation_lists(&hall.app).await.unwrap();
    assert!(hall.list().number() > now.number());
    assert!(hall.list().revocation(&Certificate::from_der(seal.certificate_der()).unwrap()).is_some());
    hall.assert_ledger_is_whole().await;
    let (_, findings) = hall.findings().await;
    assert_eq!(findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_declined_leaves_the_seal_suspended() {
    let hall = TestHall::open().await;
    let (keeper, centre) = (hall.keeper("jsj"), hall.centre());
    let seal = keeper.seal("approval").await;
    // A step that waits does not stand in the way of a report, and lapses with the second word.
    let renew = keeper.propose(&seal, Step::Renew).await.unwrap();
    let lost = centre.propose(&seal, Step::Compromise).await.unwrap();
    decline(&hall.app, &keeper.person().await, &lost, "密钥介质已找回，未离开保险柜").await.unwrap();
    assert_eq!(hall.row(&seal).await.state, "suspended");
    assert!(
        look_seals::notices(&hall.app, &hall.in_office("auditor".to_owned()).person().await).await.unwrap().len() == 2
    );
    decline(&hall.app, &keeper.person().await, &renew, "改期").await.unwrap();
    keeper.resume("approval").await.unwrap();
    assert_eq!(hall.row(&seal).await.state, "active");
    // Reported again, and confirmed by another administrator's duty: the keeper.
    let renew = keeper.propose(&seal, Step::Renew).await.unwrap();
    let lost = centre.propose(&seal, Step::Compromise).await.unwrap();
    assert_eq!(codes(hall.centre().confirm(&lost).await), ["same-person"]);
    hall.keeper("jsj").confirm(&lost).await.unwrap();
    assert_eq!(hall.app.db.seal_step(&renew).await.unwrap().unwrap().state, "lapsed");
    assert_eq!(codes(centre.confirm(&renew).await), ["step-decided"]);
    // Whoever may act at all may stop a seal alone.
    for actor in [hall.keeper("scjg"), hall.leader("ghfj"), hall.centre()] {
        let department = actor.person().await.staff.department.map_or("sthj".to_owned(), |key| key.to_string());
        let seal = hall.app.db.seal_of(&department, "approval").await.unwrap().unwrap().id;
        suspend_seal(&hall.app, &actor.at(Seat::Elsewhere).person().await, &seal, "钥匙遗失").await.unwrap();
    }
    let (_, findings) = hall.findings().await;
    assert_eq!(findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_was_not_written_is_written_by_whoever_comes_next() {
    let hall = TestHall::open().await;
    let (keeper, leader) = (hall.keeper("jsj"), hall.leader("jsj"));
    let seal = hall.row(&keeper.seal("approval").await).await;
    let (list, file) = (hall.list(), hall.premises.path("keys/trust/issuing.crl"));
    let step = keeper.propose(&seal.id, Step::Compromise).await.unwrap();
    leader.confirm(&step).await.unwrap();
    // As if the process had died between the entry and the list.
    fs::write(&file, list.der()).unwrap();
    renew_revocation_lists(&hall.app).await.unwrap();
    let certificate = Certificate::from_der(seal.certificate_der()).unwrap();
    assert!(hall.list().revocation(&certificate).is_some());
    assert!(hall.list().number() > list.number(), "within the same second, too");
    // The next one is due in a day, not at every look.
    let number = hall.list().number();
    renew_revocation_lists(&hall.app).await.unwrap();
    assert_eq!(hall.list().number(), number);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_renewed_and_the_seal_stays_what_it_is() {
    let hall = TestHall::open().await;
    let (keeper, centre) = (hall.keeper("scjg"), hall.centre());
    let seal = hall.row(&keeper.seal("approval").await).await;
    let before = hall.carry(&Case::number("000001")).await.remove(0);
    let ends = Certificate::from_der(seal.certificate_der()).unwrap().not_after();
    assert_eq!(ends, time("2029-11-20T10:00:00+08:00"));
    assert_eq!(look_seals::runs_out(&hall.app, &seal), None);
    // Permits run two years, seals three: the people have new ones by then.
    hall.premises.tamper("UPDATE staff SET permit_to = '2039-12-31'").await;
    hall.premises.tamper("UPDATE letter SET last_day = '2039-12-31'").await;
    hall.set_time("2029-10-22T10:00:00+08:00");
    assert_eq!(look_seals::runs_out(&hall.app, &seal), Some(29));
    renew_revocation_lists(&hall.app).await.unwrap();
    let entries = hall.entries().await.len();
    let step = keeper.propose(&seal.id, Step::Renew).await.unwrap();
    centre.confirm(&step).await.unwrap();
    assert_eq!(hall.kinds_since(entries).await, ["record/v1", "seal-certificate/v1"]);
    let renewed = hall.row(&seal.id).await;
    assert_eq!((&renewed.key, &renewed.code, &renewed.state), (&seal.key, &seal.code, &seal.state));
    assert_ne!(renewed.certificate, seal.certificate);
    let certificate = Certificate::from_der(renewed.certificate_der()).unwrap();
    assert_eq!(certificate.not_after(), time("2032-10-22T10:00:00+08:00"));
    assert_eq!(look_seals::runs_out(&hall.app, &renewed), None);
    let all = hall.app.db.certificates_of_seal(&seal.id).await.unwrap();
    assert_eq!(
        all.iter().map(|one| one.certificate.as_slice()).collect::<Vec<_>>(),
        [seal.certificate_der(), renewed.certificate_der()]
    );
    // What was sealed under the old one stays good, what comes now is under the new one.
    assert!(hall.report(&before).is_valid(), "{}", hall.report(&before).summary());
    let after = hall.carry(&Case::number("000001").again_as("2029-A01-000001")).await.remove(0);
    let report = hall.report(&after);
    assert!(report.is_valid(), "{}", report.summary());
    assert_eq!(report.signatures[0].certificate_serial, Some(certificate.serial_hex()));
    // An emergency revokes both.
    let lost = keeper.propose(&seal.id, Step::Compromise).await.unwrap();
    centre.confirm(&lost).await.unwrap();
    for one in all {
        assert!(hall.list().revocation(&Certificate::from_der(&one.certificate).unwrap()).is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_never_in_force_is_given_up_or_reported() {
    let hall = TestHall::open().await;
    let (keeper, centre) = (hall.keeper("jsj"), hall.centre());
    let one = hall.filed("jsj", NAME, "甲").await;
    let entries = hall.entries().await.len();
    let step = keeper.propose(&one.id, Step::Retire).await.unwrap();
    centre.confirm(&step).await.unwrap();
    assert_eq!(hall.kinds_since(entries).await, ["record/v1", "record/v1"], "the log of seals in force never knew it");
    let two = hall.filed("jsj", NAME, "乙").await;
    let step = centre.propose(&two.id, Step::Compromise).await.unwrap();
    keeper.confirm(&step).await.unwrap();
    assert_eq!(hall.row(&two.id).await.state, "retired");
    let revoked = |seal: &SealRow| hall.list().revocation(&Certificate::from_der(seal.certificate_der()).unwrap());
    assert!(revoked(&two).is_some() && revoked(&one).is_none());
    // The key of a retired one may be reported, too.
    let step = centre.propose(&one.id, Step::Compromise).await.unwrap();
    keeper.confirm(&step).await.unwrap();
    assert!(revoked(&one).is_some());
    let (_, findings) = hall.findings().await;
    assert_eq!(findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filing_sheet_shows_the_archive_and_the_imprint() {
    let hall = TestHall::open().await;
    let keeper = hall.keeper("jsj").person().await;
    let seal = hall.filed("jsj", NAME, "吉公备〔2026〕7号").await;
    let pdf = filing_sheet(&hall.app, &keeper, &seal.id).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    fs::write(&file, &pdf).unwrap();
    let text = run(Command::new("pdftotext").arg("-layout").arg(&file).arg("-"));
    let text: String = text.split_whitespace().collect();
    let digest = Digest::of(seal.certificate_der()).to_string();
    for said in [
        "印章备案表",
        NAME,
        &seal.code,
        "11220200MB1A00036N",
        "圆形，直径42毫米",
        "吉公备〔2026〕7号",
        &digest,
        "建设局印",
    ] {
        let said: String = said.split_whitespace().collect();
        assert!(text.contains(&said), "{said}: {text}");
    }
    assert!(text.contains("本表没有电子签章"));
    // The imprint is drawn, red, in its real size of 42 mm: 331 dots at 200 dpi.
    let picture = folder.path().join("sheet");
    run(Command::new("pdftoppm").args(["-r", "200", "-png", "-singlefile"]).arg(&file).arg(&picture));
    let mut reader =
        png::Decoder::new(BufReader::new(fs::File::open(picture.with_extension("png")).unwrap())).read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut dots).unwrap();
    let columns = dots.chunks(info.line_size).flat_map(|line| line.chunks(3).enumerate());
    let red: BTreeSet<usize> =
        columns.filter(|(_, dot)| dot[0] > 180 && dot[1] < 90).map(|(column, _)| column).collect();
    let width = red.last().unwrap() - red.first().unwrap();
    assert!((327..=335).contains(&width), "{width}");
    let stranger = hall.keeper("scjg").person().await;
    assert!(matches!(filing_sheet(&hall.app, &stranger, &seal.id).await, Err(ActError::NotFound)));
    assert_eq!(codes(filing_sheet(&hall.app, &hall.chief("jsj").person().await, &seal.id).await), ["wrong-duty"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "asks PostgreSQL: tools/with-postgres"]
async fn what_is_done_to_a_seal_holds_on_every_node() {
    let hall = TestHall::open().await;
    let other = Arc::new(hall.premises.app().await.unwrap());
    let also = |actor: Actor| Actor { app: other.clone(), ..actor };
    // Made and enabled on one node, used on the other, which has not seen its key yet.
    let new = hall.filed("jsj", NAME, "甲").await;
    let old = hall.keeper("jsj").seal("approval").await;
    let step = hall.keeper("jsj").propose(&old, Step::Replace { by: new.id.clone() }).await.unwrap();
    also(hall.centre()).confirm(&step).await.unwrap();
    let case = Case::number("000003");
    hall.clerk(case.window()).submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let sealed = sealed(also(hall.chief("jsj")).approve(&asked).await).remove(0);
    assert_eq!(hall.report(&sealed).signatures[0].seal, Some(new.key_digest().unwrap()));
    // Two words on two nodes, some minutes later.
    hall.set_time("2026-11-20T10:05:00+08:00");
    let next = case.again_as("2026-A01-000601");
    hall.clerk(case.window()).submit(&next).await.unwrap();
    let asked = hall.only_use(&next.case).await;
    let step = hall.keeper("jsj").propose(&new.id, Step::Compromise).await.unwrap();
    assert_eq!(codes(also(hall.chief("jsj")).approve(&asked).await), ["seal-not-active"]);
    also(hall.leader("jsj")).confirm(&step).await.unwrap();
    assert!(!codes(hall.chief("jsj").approve(&asked).await).is_empty());
    // The list is the same file; the node that did not write it reads it at its next look.
    assert!(!hall.report(&sealed).has("revoked-no-proof"));
    renew_revocation_lists(&hall.app).await.unwrap();
    assert!(hall.report(&sealed).has("revoked-no-proof"), "{}", hall.report(&sealed).summary());
    assert!(hall.portal(hall.sealed(&sealed)).await.is_valid());
    hall.assert_ledger_is_whole().await;
}
