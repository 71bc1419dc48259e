//! R2: no seal without a letter of authorization that is filed, lists the item, and is valid that day.

use yinxin::acts::decide_letter::{approve_letter, decline_letter, file_letter, revoke_letter};
use yinxin::acts::propose_letter::propose_letter;
use yinxin::hall::authorization::EnteredLetter;

use super::*;

pub(super) fn letter() -> EnteredLetter {
    EnteredLetter {
        powers: vec!["审批决定权".to_owned(), "审批专用章使用权".to_owned()],
        items: vec!["220201-scjg-001".to_owned()],
        from: "2026-11-20".to_owned(),
        to: "2027-11-19".to_owned(),
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Approve,
    Decline,
    File,
    Revoke,
}

impl Actor {
    pub(super) async fn propose_letter(&self, entered: &EnteredLetter) -> Result<String, ActError> {
        propose_letter(&self.app, &self.person().await, entered).await
    }

    pub(super) async fn letter(&self, letter: &str, step: Step) -> Result<(), ActError> {
        let (app, person) = (&self.app, self.person().await);
        match step {
            Step::Approve => approve_letter(app, &person, letter).await,
            Step::Decline => decline_letter(app, &person, letter, "权限不妥").await,
            Step::File => file_letter(app, &person, letter, scan(app).await).await,
            Step::Revoke => revoke_letter(app, &person, letter, "首席代表调离").await,
        }
    }
}

/// Some PDF: a letter that the hall itself composed.
pub(super) async fn scan(app: &App) -> Vec<u8> {
    let letter = app.db.letters("jsj").await.unwrap().remove(0);
    app.store.read(&Digest::try_from(letter.document.as_slice()).unwrap()).unwrap()
}

/// A hall with a licence waiting, whose department has no letter in force any more.
async fn without_letters() -> (TestHall, Case, Asked) {
    let hall = TestHall::open().await;
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let old = hall.app.db.letters("scjg").await.unwrap().remove(0);
    hall.leader("scjg").letter(&old.id, Step::Revoke).await.unwrap();
    (hall, case, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_letter_revoked_between_request_and_approval_seals_nothing() {
    let (hall, case, asked) = without_letters().await;
    let before = hall.app.db.refused_count().await.unwrap();
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["letter-revoked"]);
    assert_eq!(hall.app.db.refused_count().await.unwrap(), before + 1, "refused and recorded");
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 0);
    // Everything that stands against it is said at once.
    hall.keeper("scjg").suspend("approval").await.unwrap();
    hall.set_time("2027-01-04T10:00:00+08:00");
    let refused = refusal(hall.chief("scjg").approve(&asked).await);
    assert_eq!(refused.codes(), ["letter-revoked", "letter-dates", "seal-not-active"]);
    // Other departments go on.
    hall.set_time(OPEN);
    assert!(hall.report(&hall.carry(&Case::number("000006")).await[0]).is_valid());
    assert_eq!(hall.documents(&case.case).await[0].state, "submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_letter_revoked_while_a_seal_is_being_used_stops_it_in_the_transaction() {
    let hall = TestHall::open().await;
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let letter = hall.app.db.letters("scjg").await.unwrap().remove(0);
    let (chief, leader) = (hall.chief("scjg"), hall.leader("scjg"));
    let (approved, revoked) = tokio::join!(chief.approve(&asked), leader.letter(&letter.id, Step::Revoke));
    revoked.unwrap();
    // Either it was logged before the revocation, or it was not sealed at all.
    let at = |kind| hall.premises.count(kind);
    match approved {
        Ok(_) => {
            let used = at("SELECT MAX(idx) FROM ledger_entry WHERE seal_use IS NOT NULL").await;
            assert!(used < at("SELECT MAX(idx) FROM ledger_entry WHERE kind = 'record/v1'").await);
        }
        other => {
            let codes = refusal(other).codes();
            assert!(codes == ["letter-revoked"] || codes == ["conditions-changed"], "{codes:?}");
            assert_eq!(at("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 0);
        }
    }
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_new_letter_is_in_force_when_signed_and_filed() {
    let (hall, _, asked) = without_letters().await;
    let (chief, leader, keeper) = (hall.chief("scjg"), hall.leader("scjg"), hall.keeper("scjg"));
    let id = chief.propose_letter(&letter()).await.unwrap();
    let row = hall.app.db.letter(&id).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.number.as_str()), ("proposed", "授权〔2026〕9号"), "eight were filed before");
    let pdf = hall.app.store.read(&Digest::try_from(row.document.as_slice()).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pdf"), &pdf).unwrap();
    let text = crate::tools::run(
        std::process::Command::new("pdftotext").args(["-raw", "a.pdf", "-"]).current_dir(folder.path()),
    );
    for said in ["食品经营许可证核发", "审批专用章使用权", "2027年11月19日"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    // Proposed, signed: not yet in force.
    assert_eq!(refusal(chief.approve(&asked).await).codes(), ["letter-revoked"], "the one that was in force");
    assert_eq!(refusal(chief.letter(&id, Step::Approve).await).codes(), ["wrong-duty", "self-approval"]);
    assert_eq!(refusal(hall.leader("jsj").letter(&id, Step::Approve).await).codes(), ["wrong-department"]);
    assert_eq!(refusal(keeper.letter(&id, Step::File).await).codes(), ["letter-state"]);
    leader.letter(&id, Step::Approve).await.unwrap();
    assert_eq!(refusal(chief.approve(&asked).await).codes(), ["letter-revoked"]);
    assert_eq!(refusal(leader.letter(&id, Step::File).await).codes(), ["wrong-duty"]);
    let person = keeper.person().await;
    for (bytes, code) in [(Vec::new(), "file-missing"), (b"no PDF".to_vec(), "not-a-pdf")] {
        let refused = refusal(file_letter(&hall.app, &person, &id, bytes).await);
        assert_eq!((refused.codes(), refused.reasons()[0].field.as_deref()), (vec![code], Some("scan")));
    }
    keeper.letter(&id, Step::File).await.unwrap();
    let documents = sealed(chief.approve(&asked).await);
    assert!(hall.report(&documents[0]).is_valid());
    // Only what it lists.
    let other = Case::number("000016");
    assert_eq!(other.item.as_deref(), Some("220201-scjg-003"));
    let premises = hall.close().await;
    let audited = super::audit::audited(&premises).await;
    assert_eq!(audited.findings, []);
    assert!(
        premises
            .forbids(
                "UPDATE letter SET approved_by = proposed_by WHERE proposed_by IS NOT NULL",
                "nobody_approves_an_own_letter"
            )
            .await
    );
    assert!(
        premises
            .forbids("UPDATE letter SET scan = NULL WHERE scan IS NOT NULL", "letters_in_force_are_sealed_or_filed")
            .await
    );
    // A revocation undone behind the service's back is found.
    assert_ne!(
        premises.tamper("UPDATE letter SET state = 'filed', revoked_at = NULL WHERE state = 'revoked'").await,
        0
    );
    let found = super::audit::audited(&premises).await.findings;
    assert!(found.iter().any(|one| one.code == "row-altered" && one.place.starts_with("letter ")), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_use_outside_the_letters_items_is_refused_and_recorded() {
    let (hall, _, asked) = without_letters().await;
    let only = "UPDATE letter SET state = 'filed', revoked_at = NULL, items = '[\"220201-scjg-002\"]' WHERE department = 'scjg'";
    assert_eq!(hall.premises.tamper(only).await, 1);
    let before = hall.app.db.refused_count().await.unwrap();
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["letter-items"]);
    assert_eq!(hall.app.db.refused_count().await.unwrap(), before + 1);
    let (hall, _, asked) = without_letters().await;
    let mut narrow = letter();
    narrow.items = vec!["220201-scjg-002".to_owned()];
    let id = hall.chief("scjg").propose_letter(&narrow).await.unwrap();
    hall.leader("scjg").letter(&id, Step::Approve).await.unwrap();
    hall.administrator().letter(&id, Step::File).await.unwrap();
    let before = hall.app.db.refused_count().await.unwrap();
    // Of two letters neither of which covers it, the one that lists it is spoken of.
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["letter-revoked"]);
    assert_eq!(hall.app.db.refused_count().await.unwrap(), before + 1);
    // What the leader does not sign does not come into force, and is not revoked either.
    let id = hall.keeper("scjg").propose_letter(&letter()).await.unwrap();
    hall.leader("scjg").letter(&id, Step::Decline).await.unwrap();
    assert_eq!(refusal(hall.leader("scjg").letter(&id, Step::Revoke).await).codes(), ["letter-state"]);
    assert_eq!(refusal(hall.leader("scjg").letter(&id, Step::Approve).await).codes(), ["letter-state"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_a_proposal_is_told_everything_that_is_wrong() {
    let hall = TestHall::open().await;
    let nothing = refusal(hall.leader("scjg").at(Seat::Elsewhere).propose_letter(&EnteredLetter::default()).await);
    assert_eq!(nothing.codes(), ["outside-hall", "wrong-duty", "blank", "blank", "bad-date", "bad-date"]);
    hall.administrator().change(&hall.chief("scjg"), StaffAct::Suspend).await.unwrap();
    assert_eq!(refusal(hall.keeper("scjg").propose_letter(&letter()).await).codes(), ["no-chief"]);
}
