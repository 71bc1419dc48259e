use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;
use crate::hall::authorization::{CoveredItems, LetterState, Power};
use crate::hall::example::{friday, hall, in_hall, person, window};
use crate::hall::file::Hall;
use crate::hall::id::DeviceId;
use crate::hall::seal::{SealKind, SealState};
use crate::hall::staff::{Grade, Permit, Place, Registration, Staff};

mod steps;

const SALT: [u8; 32] = [9; 32];

/// A submitted food permit that waits for the chief representative, everything in order.
struct Scene {
    hall: Hall,
    item: Item,
    weight: Weight,
    case: CaseNumber,
    state: CertificateState,
    shown: Digest,
    seal: (DepartmentKey, SealKind, SealState, Digest),
    letter: Option<Letter>,
    fee: Fee,
    predecessor: Option<Standing>,
    sealing: Option<LetterState>,
    request: SaltedStatement,
    earlier: Vec<SaltedStatement>,
    actor: Staff,
    outside: bool,
    now: Timestamp,
    rota: Vec<Watch>,
    meeting: Option<Digest>,
    said_at: Option<Timestamp>,
    by: Means,
}

fn certificate() -> CertificateId {
    CertificateId::new(Timestamp::UNIX_EPOCH, &[1; 10])
}

fn seal_id() -> SealId {
    SealId::new(Timestamp::UNIX_EPOCH, &[2; 10])
}

fn clerk() -> Staff {
    person(10, Duty::Clerk, None, &["A01"])
}

fn chief() -> Staff {
    person(11, Duty::Chief, Some("scjg"), &[])
}

fn leader() -> Staff {
    person(12, Duty::Leader, Some("scjg"), &[])
}

impl Scene {
    fn new(code: &str) -> Self {
        let hall = hall();
        let item = hall.item(&code.parse().unwrap()).unwrap().clone();
        let department = item.department.clone();
        let letter = hall.letters.iter().find(|letter| letter.department == department).cloned();
        let case: CaseNumber = "2026-A01-000001".parse().unwrap();
        let said = Statement {
            certificate: certificate(),
            document: Digest::of(b"unsealed"),
            template: Digest::of(b"template"),
            seal: Digest::of(b"spki"),
            item: item.code.clone(),
            case: case.clone(),
            step: Step::Request,
            decision: Decision::Ask,
            who: clerk().id,
            by: Means::Session,
            at: friday(),
            meeting: None,
            accepted: Some(Accepted { case: Digest::of(b"case"), document: Digest::of(b"document") }),
        };
        Self {
            seal: (department, item.seal.kind(), SealState::Active, Digest::of(b"spki")),
            hall,
            item,
            weight: Weight::Ordinary,
            case,
            state: CertificateState::Submitted,
            shown: Digest::of(b"unsealed"),
            letter,
            fee: Fee::Free,
            predecessor: None,
            sealing: None,
            request: said.salted([1; 32]),
            earlier: Vec::new(),
            actor: chief(),
            outside: false,
            now: friday(),
            rota: Vec::new(),
            meeting: None,
            said_at: None,
            by: Means::Session,
        }
    }

    /// The same use with the chief's approval already given, waiting for the leader.
    fn with_chief(mut self) -> Self {
        let said = Statement {
            step: Step::Chief,
            decision: Decision::Approve,
            who: chief().id,
            accepted: None,
            ..self.request.statement.clone()
        };
        self.earlier.push(said.salted([2; 32]));
        self.actor = leader();
        self
    }

    fn question(&self) -> Question<'_> {
        let place = match self.actor.duty {
            _ if self.outside => Place::Elsewhere,
            Duty::Clerk => Place::Window(window(&self.hall, "A01")),
            _ => Place::Device(DeviceId::new(Timestamp::UNIX_EPOCH, &[3; 10])),
        };
        Question {
            certificate: certificate(),
            state: self.state,
            document: Digest::of(b"unsealed"),
            shown: self.shown,
            template: Digest::of(b"template"),
            case: &self.case,
            weight: self.weight,
            item: &self.item,
            seal: Seal {
                id: seal_id(),
                department: &self.seal.0,
                kind: self.seal.1,
                state: self.seal.2,
                spki: self.seal.3,
            },
            fee: self.fee,
            predecessor: self.predecessor,
            sealing: self.sealing,
            letter: self.letter.as_ref(),
            request: &self.request,
            earlier: &self.earlier,
            actor: Actor { staff: &self.actor, place },
            by: self.by,
            said_at: self.said_at.unwrap_or(self.now),
            now: in_hall(&self.hall, self.now),
            rota: &self.rota,
            meeting: self.meeting,
        }
    }

    fn decide(&self) -> Result<Decided, Refusal> {
        decide(&self.question(), SALT)
    }

    /// The codes of the refusal after one change.
    fn refused(mut self, change: impl FnOnce(&mut Self)) -> Vec<&'static str> {
        change(&mut self);
        self.decide().unwrap_err().codes()
    }
}

fn food() -> Scene {
    Scene::new("220201-scjg-001")
}

fn complete(decided: Result<Decided, Refusal>) -> Approved {
    match decided {
        Ok(Decided::Complete(approved)) => approved,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_chief_representative_completes_an_ordinary_case() {
    let mut scene = food();
    scene.now = "2026-11-20T10:00:00.123456789+08:00".parse().unwrap();
    let approved = complete(scene.decide());
    assert_eq!((approved.certificate(), approved.seal()), (certificate(), seal_id()));
    assert_eq!(approved.document(), Digest::of(b"unsealed"));
    assert_eq!(approved.template(), Digest::of(b"template"));
    assert_eq!(approved.seal_spki(), Digest::of(b"spki"));
    assert_eq!(approved.seal_kind(), SealKind::Approval);
    assert_eq!(approved.at().to_string(), "2026-11-20T02:00:00.123456Z");
    assert_eq!(approved.day(), date(2026, 11, 20));
    let said = &approved.statement().statement;
    assert_eq!((said.step, said.decision, said.who), (Step::Chief, Decision::Approve, chief().id));
    assert_eq!(Statement::parse(&said.to_bytes()).as_ref(), Ok(said));
    let mut expected = vec![
        Digest::of_parts(&[&[1; 32], &scene.request.statement.to_bytes()]),
        Digest::of_parts(&[&SALT, &said.to_bytes()]),
    ];
    expected.sort();
    assert_eq!(approved.approvals(), expected);
}

#[test]
fn major_and_disputed_cases_go_on_to_the_leader() {
    for weight in [Weight::Major, Weight::Disputed] {
        let mut scene = food();
        scene.weight = weight;
        let Ok(Decided::GoesOn(said)) = scene.decide() else { panic!() };
        assert_eq!((said.statement.step, said.statement.who), (Step::Chief, chief().id));
        scene.earlier.push(said);
        scene.actor = leader();
        let approved = complete(scene.decide());
        assert_eq!(approved.statement().statement.step, Step::Leader);
        let mut expected = vec![scene.request.digest(), scene.earlier[0].digest(), approved.statement().digest()];
        expected.sort();
        assert_eq!(approved.approvals(), expected);
    }
    let mut scene = food();
    scene.item.weight = Weight::Major;
    assert!(matches!(scene.decide(), Ok(Decided::GoesOn(_))), "the item's own weight counts, too");
}

#[test]
fn a_request_outlives_a_replaced_seal_and_serves_every_seal_of_a_joint_document() {
    let mut scene = food();
    scene.request.statement.seal = Digest::of(b"the seal before, or the first of a joint document");
    scene.request.statement.item = "220201-ghfj-001".parse().unwrap();
    assert_eq!(complete(scene.decide()).seal_spki(), Digest::of(b"spki"));
}

#[test]
fn a_joint_documents_other_use_is_no_approval_of_this_one() {
    let major = || {
        let mut scene = food().with_chief();
        scene.weight = Weight::Major;
        scene
    };
    complete(major().decide());
    type Change = fn(&mut Statement);
    let others: [Change; 7] = [
        |said| said.seal = Digest::of(b"the other department's"),
        |said| said.document = Digest::of(b"other bytes"),
        |said| said.template = Digest::of(b"other template"),
        |said| said.certificate = CertificateId::new(Timestamp::UNIX_EPOCH, &[7; 10]),
        |said| said.item = "other".parse().unwrap(),
        |said| said.case = "other".parse().unwrap(),
        |said| said.decision = Decision::Refuse,
    ];
    for change in others {
        assert_eq!(major().refused(|s| change(&mut s.earlier[0].statement)), ["chief-first"]);
    }
}

#[test]
fn each_rule_refuses_for_its_own_reason() {
    type Change = fn(&mut Scene);
    let table: [(&str, Change); 33] = [
        ("not-registered", |s| s.actor.registration = Registration::Ended),
        ("suspended", |s| s.actor.registration = Registration::Suspended),
        ("off-duty", |s| s.actor.hours = Some("mon-fri 13:00-16:30".parse().unwrap())),
        ("not-established", |s| s.actor.grade = Grade::Contract),
        ("posting-too-short", |s| s.actor.posting = None),
        ("posting-too-short", |s| s.actor.posting.as_mut().unwrap().to = date(2027, 12, 31)),
        ("letter-revoked", |s| s.letter.as_mut().unwrap().state = LetterState::Revoked),
        ("letter-not-filed", |s| s.letter.as_mut().unwrap().state = LetterState::Proposed),
        ("letter-not-filed", |s| s.letter.as_mut().unwrap().state = LetterState::Approved),
        ("permit-not-valid", |s| s.actor.permit = None),
        ("permit-not-valid", |s| {
            s.actor.permit = Some(Permit { number: "1".to_owned(), from: date(2024, 1, 1), to: date(2026, 11, 19) });
        }),
        ("outside-hall", |s| s.outside = true),
        ("hall-closed", |s| s.now = "2026-11-20T16:30:00+08:00".parse().unwrap()),
        ("hall-closed", |s| s.now = "2026-11-21T10:00:00+08:00".parse().unwrap()),
        ("wrong-department", |s| s.actor.department = Some("jsj".parse().unwrap())),
        ("wrong-department", |s| s.actor.department = None),
        ("self-approval", |s| s.request.statement.who = chief().id),
        ("already-approved", |s| {
            *s = food().with_chief();
            s.actor = person(13, Duty::Chief, Some("scjg"), &[]);
        }),
        ("leader-not-needed", |s| s.actor = leader()),
        ("wrong-duty", |s| s.actor.duty = Duty::Keeper),
        ("not-submitted", |s| s.state = CertificateState::Sealed),
        ("document-changed", |s| s.shown = Digest::of(b"something else")),
        ("request-mismatch", |s| s.request.statement.document = Digest::of(b"older bytes")),
        ("request-mismatch", |s| s.request.statement.case = "other".parse().unwrap()),
        ("request-mismatch", |s| s.request.statement.decision = Decision::Approve),
        ("no-letter", |s| s.letter = None),
        ("letter-department", |s| s.letter.as_mut().unwrap().department = "jsj".parse().unwrap()),
        ("letter-items", |s| {
            s.letter.as_mut().unwrap().items = CoveredItems::Listed(BTreeSet::from(["x".parse().unwrap()]));
        }),
        ("letter-dates", |s| s.letter.as_mut().unwrap().to = date(2026, 11, 19)),
        ("letter-powers", |s| _ = s.letter.as_mut().unwrap().powers.remove(&Power::SealUse)),
        ("seal-kind", |s| s.seal.1 = SealKind::Department),
        ("seal-department", |s| s.seal.0 = "jsj".parse().unwrap()),
        ("seal-not-active", |s| s.seal.2 = SealState::Suspended),
    ];
    for (code, change) in table {
        assert_eq!(food().refused(change), [code]);
    }
}

#[test]
fn the_leader_comes_after_the_chief_and_is_somebody_else() {
    let major = || {
        let mut scene = food().with_chief();
        scene.weight = Weight::Major;
        scene
    };
    assert_eq!(major().refused(|s| s.earlier.clear()), ["chief-first"]);
    assert_eq!(major().refused(|s| s.actor.id = chief().id), ["same-person"]);
    assert_eq!(major().refused(|s| s.actor = chief()), ["already-approved"]);
    let twice = |s: &mut Scene| {
        let said = Statement {
            step: Step::Leader,
            who: person(14, Duty::Leader, None, &[]).id,
            ..s.earlier[0].statement.clone()
        };
        s.earlier.push(said.salted([3; 32]));
    };
    assert_eq!(major().refused(twice), ["already-approved"]);
}

#[test]
fn what_a_passkey_signed_is_stated_to_the_byte_and_only_for_a_while() {
    let mut scene = food();
    scene.by = Means::Passkey(Digest::of(b"key"));
    let proposed = propose(&scene.question()).unwrap();
    assert_eq!((proposed.by, proposed.at), (scene.by, friday()));
    scene.said_at = Some(friday());
    scene.now = friday() + MOST_AGE;
    let approved = complete(scene.decide());
    assert_eq!(approved.statement().statement, proposed);
    assert_eq!(approved.statement().statement.challenge(), Digest::of(&proposed.to_bytes()));
    assert_eq!(
        food().refused(|s| s.said_at = Some(s.now - MOST_AGE - SignedDuration::from_micros(1))),
        ["statement-stale"]
    );
    assert_eq!(food().refused(|s| s.said_at = Some(s.now + SignedDuration::from_micros(1))), ["statement-stale"]);
    // Refused at once with the rest, so that nobody signs what will not be taken.
    let refused = food().refused(|s| (s.outside, s.shown) = (true, Digest::of(b"another")));
    assert_eq!(refused, ["outside-hall", "document-changed"]);
}

#[test]
fn the_departments_own_seal_needs_the_power_to_decide() {
    let withdrawal = || Scene::new("220201-scjg-003");
    let approved = complete(withdrawal().decide());
    assert_eq!(approved.seal_kind(), SealKind::Department);
    let mut scene = withdrawal();
    scene.letter.as_mut().unwrap().powers.remove(&Power::SealUse);
    complete(scene.decide());
    let without = |s: &mut Scene| _ = s.letter.as_mut().unwrap().powers.remove(&Power::Decision);
    assert_eq!(withdrawal().refused(without), ["letter-powers"]);
    assert_eq!(withdrawal().refused(|s| s.seal.1 = SealKind::Approval), ["seal-kind"]);
}

#[test]
fn says_all_reasons_at_once() {
    let mut scene = food();
    scene.actor = Staff { registration: Registration::Ended, permit: None, ..clerk() };
    scene.outside = true;
    scene.now = "2027-01-02T03:00:00+08:00".parse().unwrap();
    scene.state = CertificateState::Refused;
    scene.shown = Digest::of(b"x");
    scene.request.statement.template = Digest::of(b"x");
    let letter = scene.letter.as_mut().unwrap();
    letter.department = "jsj".parse().unwrap();
    letter.items = CoveredItems::Listed(BTreeSet::new());
    letter.powers.clear();
    scene.seal = ("jsj".parse().unwrap(), SealKind::Department, SealState::Retired, Digest::of(b"spki"));
    let refusal = scene.decide().unwrap_err();
    assert_eq!(
        refusal.codes(),
        [
            "not-registered",
            "permit-not-valid",
            "outside-hall",
            "hall-closed",
            "wrong-department",
            "self-approval",
            "wrong-duty",
            "not-submitted",
            "document-changed",
            "request-mismatch",
            "letter-department",
            "letter-items",
            "letter-dates",
            "letter-powers",
            "seal-kind",
            "seal-department",
            "seal-not-active",
        ]
    );
    let texts: Vec<_> = refusal.reasons().iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(texts[6], "窗口人员无权审批用印，请由首席代表或部门领导办理");
    assert_eq!(texts[7], "本件当前为“未批准”，只有待审批的才能审批");
    assert_eq!(texts[12], "授权委托书有效期为2026-01-01至2026-12-31，今日不在其内，请续办授权");
    assert_eq!(texts[13], "授权委托书未授予审批专用章使用权，请补充授权");
    assert_eq!(texts[14], "本事项应使用行政审批专用章，不得使用部门行政印章");
    assert_eq!(texts[16], "印章当前为“废止”，请印章管理员处理后再审批");
}

#[test]
fn an_approver_turns_down_with_reasons() {
    let mut scene = food();
    scene.seal.2 = SealState::Suspended;
    scene.letter = None;
    let down = turn_down(&scene.question(), vec!["经营场所与现场不符".to_owned()], SALT).unwrap();
    assert_eq!(down.why(), ["经营场所与现场不符"]);
    let said = &down.statement().statement;
    assert_eq!((said.step, said.decision, said.who), (Step::Chief, Decision::Refuse, chief().id));

    scene.actor = person(11, Duty::Chief, Some("jsj"), &[]);
    scene.shown = Digest::of(b"x");
    let refusal = turn_down(&scene.question(), vec![" ".to_owned()], SALT).unwrap_err();
    assert_eq!(refusal.codes(), ["wrong-department", "document-changed", "reason-missing"]);
}

#[test]
fn r12_a_fee_that_is_due_refuses_the_seal() {
    let mut scene = Scene::new("220201-scjg-001");
    scene.fee = Fee::Due;
    assert_eq!(scene.decide().unwrap_err().codes(), ["fee-unpaid"]);
    scene.fee = Fee::Paid;
    assert!(scene.decide().is_ok());
}

#[test]
fn r2_a_letter_is_sealed_while_it_is_signed_and_not_filed() {
    for &state in LetterState::ALL {
        let mut scene = food();
        scene.sealing = Some(state);
        let refused = scene.decide().err().map(|refusal| refusal.codes()).unwrap_or_default();
        assert_eq!(refused.is_empty(), state == LetterState::Approved, "{state}: {refused:?}");
        assert!(refused.iter().all(|code| *code == "letter-not-signed"), "{refused:?}");
    }
}

#[test]
fn what_replaces_a_certificate_is_sealed_while_that_is_in_force() {
    let mut scene = Scene::new("220201-scjg-001");
    scene.predecessor = Some(Standing::InForce);
    assert!(scene.decide().is_ok());
    scene.predecessor = Some(Standing::Cancelled);
    assert_eq!(scene.decide().unwrap_err().codes(), ["earlier-certificate-ended"]);
}
