//! R2: letters of authorization sealed electronically with the department's own seal.

use yinxin::acts::cancel::cancel;
use yinxin::acts::resume::resume;
use yinxin::acts::seal_letter::seal_letter;
use yinxin::db::letter::LetterRow;
use yinxin::hall::cancellation::Ground;

use super::cases::text_of;
use super::letters::{Step, letter};
use super::*;

/// What an item for letters takes, added to the hall's file: the department has its own seal there.
const SEALING: &str = include_str!("../../data/sealed-letters.toml");

impl Actor {
    async fn seal_letter(&self, letter: &str) -> Result<Submitted, ActError> {
        seal_letter(&self.app, &self.person().await, letter).await
    }
}

impl TestHall {
    async fn letter_row(&self, id: &str) -> LetterRow {
        self.app.db.letter(id).await.unwrap().unwrap()
    }

    /// A letter that the leader has signed.
    async fn signed_letter(&self) -> String {
        let id = self.chief("scjg").propose_letter(&letter()).await.unwrap();
        self.leader("scjg").letter(&id, Step::Approve).await.unwrap();
        id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_letter_is_sealed_with_the_departments_own_seal_and_filed_with_its_document() {
    let hall = TestHall::set_up(SEALING, OPEN).await;
    let old = hall.app.db.letters("scjg").await.unwrap().remove(0);
    let (chief, leader, keeper) = (hall.chief("scjg"), hall.leader("scjg"), hall.keeper("scjg"));
    let id = chief.propose_letter(&letter()).await.unwrap();
    assert_eq!(refusal(keeper.seal_letter(&id).await).codes(), ["letter-state"], "not signed yet");
    leader.letter(&id, Step::Approve).await.unwrap();
    // Those who decide on uses ask for none here; nor does a window, or another department.
    for other in [&chief, &leader, &hall.clerk("A01"), &hall.in_office("auditor".to_owned())] {
        assert!(refusal(other.seal_letter(&id).await).codes().contains(&"wrong-duty"));
    }
    assert_eq!(refusal(hall.keeper("jsj").seal_letter(&id).await).codes(), ["wrong-department"]);
    let outside = keeper.clone().at(Seat::Elsewhere).seal_letter(&id).await;
    assert_eq!(refusal(outside).codes(), ["outside-hall"]);
    let (asked, again) = tokio::join!(keeper.seal_letter(&id), keeper.seal_letter(&id));
    let asked = asked.or(again).unwrap();
    for person in [&keeper, &hall.administrator()] {
        assert_eq!(person.seal_letter(&id).await.unwrap().matter.id, asked.matter.id, "one case, whoever asks again");
    }
    let case = asked.matter.case_no.clone();
    assert!(case.starts_with("2026-OFFICE-"), "{case}");
    // Not in force before its document is sealed.
    assert_eq!(hall.letter_row(&id).await.state, "approved");
    leader.letter(&old.id, Step::Revoke).await.unwrap();
    let one = hall.only_use(&case).await;
    assert_eq!(refusal(chief.approve(&one).await).codes(), ["letter-revoked"], "the seal needs one in force");
    // Another one in force lists the item and gives the power to decide.
    let mut general = letter();
    general.items.push("220201-scjg-004".to_owned());
    let general_id = keeper.propose_letter(&general).await.unwrap();
    leader.letter(&general_id, Step::Approve).await.unwrap();
    keeper.letter(&general_id, Step::File).await.unwrap();
    assert_eq!(refusal(keeper.approve(&one).await).codes(), ["self-approval", "wrong-duty"]);
    let document = hall.approve_all(&case).await.remove(0);
    let report = hall.report(&document);
    assert!(report.is_valid(), "{}", report.summary());
    let row = hall.letter_row(&id).await;
    assert_eq!((row.state.as_str(), row.filed_as.as_deref()), ("filed", Some("seal")));
    assert_eq!((&row.sealed, &row.number), (&document.sealed, &document.number));
    // What everybody opens is the sealed file.
    let pdf = look::letter_pdf(&hall.app, &chief.person().await, &id).await.unwrap();
    assert_eq!(pdf, hall.sealed(&document));
    assert!(hall.portal(pdf.clone()).await.is_valid());
    let text = text_of(&pdf);
    for said in ["食品经营许可证核发", "审批专用章使用权", "2027年11月19日", "加盖电子印章", &row.number]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    let uses = hall.app.db.uses_of(&document.id).await.unwrap();
    assert_eq!((uses.len(), uses[0].kind.as_str()), (1, "department"));
    // It is a letter like any other: a licence is sealed under it, once it alone is in force.
    leader.letter(&general_id, Step::Revoke).await.unwrap();
    let licence = hall.carry(&Case::number("000001")).await.remove(0);
    assert!(hall.report(&licence).is_valid());
    let premises = hall.close().await;
    assert_eq!(super::audit::audited(&premises).await.findings, []);
    let constraint = "letters_in_force_are_sealed_or_filed";
    assert!(premises.forbids("UPDATE letter SET sealed = NULL WHERE sealed IS NOT NULL", constraint).await);
    // A letter whose document is another's, or nobody's, is found.
    assert_ne!(premises.tamper("UPDATE certificate SET letter = NULL WHERE letter IS NOT NULL").await, 0);
    let found = super::audit::audited(&premises).await.findings;
    assert!(found.iter().any(|one| one.code == "letter-not-sealed" && one.place.ends_with(&id)), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_the_first_letter_of_a_department_needs_paper() {
    let hall = TestHall::set_up(SEALING, OPEN).await;
    let old = hall.app.db.letters("scjg").await.unwrap().remove(0);
    hall.leader("scjg").letter(&old.id, Step::Revoke).await.unwrap();
    let id = hall.signed_letter().await;
    let refused = refusal(hall.keeper("scjg").seal_letter(&id).await);
    assert_eq!(refused.codes(), ["first-letter"]);
    assert!(refused.reasons()[0].text.contains("首份授权委托书请在纸质件上盖章，扫描备案"), "{refused}");
    hall.keeper("scjg").letter(&id, Step::File).await.unwrap();
    // A department for which the hall has no item files scans.
    let plain = TestHall::open().await;
    let id = plain.signed_letter().await;
    assert_eq!(refusal(plain.keeper("scjg").seal_letter(&id).await).codes(), ["no-item"]);
    // No window takes what is asked for at the letter.
    let request = Request {
        item: Some("220201-scjg-004".parse().unwrap()),
        data: serde_json::from_str(r#"{"首席代表": "某人"}"#).unwrap(),
        ..Request::default()
    };
    let at_a_window = submit(&hall.app, &hall.clerk("A01").person().await, None, &request).await;
    assert_eq!(refusal(at_a_window).codes(), ["letter-at-window"]);
    assert!(serde_json::from_str::<Request>(r#"{"data": {}, "letter": {"id": "x", "number": "y"}}"#).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_letter_that_is_not_sealed_stays_signed_and_one_that_is_taken_back_is_not_sealed() {
    let hall = TestHall::set_up(SEALING, OPEN).await;
    let (chief, leader, keeper) = (hall.chief("scjg"), hall.leader("scjg"), hall.keeper("scjg"));
    let id = hall.signed_letter().await;
    let first = keeper.seal_letter(&id).await.unwrap().matter.case_no;
    assert!(matches!(chief.refuse(&hall.only_use(&first).await, "事项不全").await, Ok(Done::Refused)));
    assert_eq!(hall.letter_row(&id).await.state, "approved");
    // Asked for again it is another case, under the same number.
    let second = keeper.seal_letter(&id).await.unwrap();
    assert_ne!(second.matter.case_no, first);
    assert_eq!(second.certificates[0].number, hall.letter_row(&id).await.number);
    // Its leader takes it back before the seal is used.
    let one = hall.only_use(&second.matter.case_no).await;
    assert!(matches!(chief.approve(&one).await, Ok(Done::Waiting)), "the leader has the last word");
    leader.letter(&id, Step::Decline).await.unwrap();
    assert_eq!(refusal(leader.approve(&one).await).codes(), ["letter-not-signed"]);
    assert!(matches!(leader.refuse(&one, "已不予签发").await, Ok(Done::Refused)));
    // One that is filed as a scan meanwhile is sealed no more either.
    let id = hall.signed_letter().await;
    let case = keeper.seal_letter(&id).await.unwrap().matter.case_no;
    keeper.letter(&id, Step::File).await.unwrap();
    assert_eq!(refusal(chief.approve(&hall.only_use(&case).await).await).codes(), ["letter-not-signed"]);
    assert_eq!(hall.letter_row(&id).await.filed_as.as_deref(), Some("scan"));
    let uses = "SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL";
    assert_eq!(hall.premises.count(uses).await, 0);
    let premises = hall.close().await;
    assert_eq!(super::audit::audited(&premises).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_revoked_letters_sealed_document_is_in_force_no_more() {
    let hall = TestHall::set_up(SEALING, OPEN).await;
    let id = hall.signed_letter().await;
    let case = hall.keeper("scjg").seal_letter(&id).await.unwrap().matter.case_no;
    let document = hall.approve_all(&case).await.remove(0);
    // By its own act alone.
    let chief = hall.chief("scjg").person().await;
    let cancelled = cancel(&hall.app, &chief, &document.id, Ground::Holder, "持证人申请").await;
    assert_eq!(refusal(cancelled).codes(), ["letter-is-revoked"]);
    hall.leader("scjg").letter(&id, Step::Revoke).await.unwrap();
    assert_eq!(hall.documents(&case).await[0].state, "withdrawn");
    let told = "SELECT COUNT(*) FROM outbox WHERE kind = 'certificate.withdrawn'";
    assert_eq!(hall.premises.count(told).await, 1);
    let premises = hall.close().await;
    assert_eq!(super::audit::audited(&premises).await.findings, []);
    assert_ne!(premises.tamper("UPDATE certificate SET state = 'sealed' WHERE state = 'withdrawn'").await, 0);
    let found = super::audit::audited(&premises).await.findings;
    assert!(found.iter().any(|one| one.code == "standing-altered"), "{found:#?}");
}

/// Between the release of the document and the record that files the letter, the database says no: a stand-in for a process that
/// dies there.
#[tokio::test(flavor = "multi_thread")]
async fn r2_whoever_comes_next_files_a_letter_whose_document_is_sealed() {
    let hall = TestHall::set_up_on(None, &format!("{HALL}{SEALING}"), OPEN).await;
    let id = hall.signed_letter().await;
    let case = hall.keeper("scjg").seal_letter(&id).await.unwrap().matter.case_no;
    let stop = "CREATE TRIGGER stop BEFORE UPDATE ON letter WHEN NEW.filed_as = 'seal'
                BEGIN SELECT RAISE(ABORT, 'stopped'); END";
    hall.premises.tamper(stop).await;
    let document = hall.approve_all(&case).await.remove(0);
    assert!(hall.report(&document).is_valid());
    assert_eq!(hall.letter_row(&id).await.state, "approved", "sealed, and not in force");
    // Too late to take it back or to file it otherwise.
    for (actor, step) in [(hall.leader("scjg"), Step::Decline), (hall.keeper("scjg"), Step::File)] {
        assert_eq!(refusal(actor.letter(&id, step).await).codes(), ["letter-being-sealed"]);
    }
    hall.premises.tamper("DROP TRIGGER stop").await;
    assert_eq!(resume(&hall.app, false).await.unwrap().filed, 1);
    assert_eq!(resume(&hall.app, false).await.unwrap().filed, 0);
    let row = hall.letter_row(&id).await;
    assert_eq!((row.state.as_str(), &row.sealed), ("filed", &document.sealed));
    hall.assert_ledger_is_whole().await;
    let premises = hall.close().await;
    assert_eq!(super::audit::audited(&premises).await.findings, []);
}
