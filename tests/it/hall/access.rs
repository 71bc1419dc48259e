//! Who gets in, and what confirms an approval: passwords, pauses, one-time codes, and what the hall demands.

use std::net::IpAddr;

use yinxin::acts::approve::approve_confirmed;
use yinxin::acts::confirm::Confirmation;
use yinxin::acts::enrol_device::{NewDevice, enrol_device, remove_device};
use yinxin::acts::password::change_password;
use yinxin::acts::register_codes::{offer_codes, register_codes, remove_codes};
use yinxin::acts::reset_access::reset_access;
use yinxin::acts::sign_in::{Begun, Found, From, Given, session, sign_in};
use yinxin::app::config::Passwords;
use yinxin::hall::device::Stand;
use yinxin::hall::means::Demand;
use yinxin::passkey::device::{DeviceProof, Purpose, text};
use yinxin::passkey::totp;

use super::passkeys::{PASSWORD, audited};
use super::*;

pub(super) fn from(peer: &str) -> From {
    From { peer: peer.parse::<IpAddr>().unwrap(), inside: true }
}

pub(super) async fn enter(hall: &TestHall, login: &str, password: &str, peer: &str) -> Result<Begun, ActError> {
    let given = Given { login, password, window: None, device: None, program: false };
    sign_in(&hall.app, given, from(peer)).await
}

fn codes<T>(outcome: Result<T, ActError>) -> Vec<&'static str> {
    match outcome {
        Err(ActError::Refused(refusal)) => refusal.codes(),
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

fn token(begun: &Begun) -> Digest {
    Digest::of(begun.token.as_bytes())
}

impl TestHall {
    /// Some seconds later.
    fn wait(&self, seconds: i64) {
        self.premises.clock.set(self.app.now() + jiff::SignedDuration::from_secs(seconds));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_waits_longer_each_time_and_nobody_is_locked_out() {
    let hall = TestHall::open().await;
    for login in ["chief-scjg", "nobody"] {
        for _ in 0..4 {
            assert_eq!(codes(enter(&hall, login, "guess", "10.0.0.9").await), ["wrong-password"], "{login}");
        }
        assert_eq!(codes(enter(&hall, login, "guess", "10.0.0.9").await), ["too-soon"], "{login}");
    }
    // The pause is for whoever is there, it holds for the right password too, and it ends.
    assert_eq!(codes(enter(&hall, "chief-scjg", PASSWORD, "10.0.0.9").await), ["too-soon"]);
    assert_eq!(codes(enter(&hall, "chief-scjg", PASSWORD, "10.0.0.8").await), [""; 0], "from elsewhere");
    hall.wait(4);
    assert_eq!(codes(enter(&hall, "chief-scjg", "guess", "10.0.0.9").await), ["wrong-password"]);
    hall.wait(4);
    assert_eq!(codes(enter(&hall, "chief-scjg", PASSWORD, "10.0.0.9").await), ["too-soon"], "now it is eight seconds");
    hall.wait(4);
    assert_eq!(codes(enter(&hall, "chief-scjg", PASSWORD, "10.0.0.9").await), [""; 0]);
    assert_eq!(codes(enter(&hall, "chief-scjg", "guess", "10.0.0.9").await), ["wrong-password"], "all is forgiven");

    // From everywhere at once: those who are not known wait, those who are do not.
    for n in 0..25 {
        let _ = enter(&hall, "leader-scjg", "guess", &format!("10.1.{n}.1")).await;
    }
    assert_eq!(codes(enter(&hall, "leader-scjg", PASSWORD, "10.2.0.1").await), ["too-soon"]);
    hall.wait(900);
    assert_eq!(codes(enter(&hall, "leader-scjg", PASSWORD, "10.2.0.1").await), [""; 0]);
    for n in 0..25 {
        let _ = enter(&hall, "leader-scjg", "guess", &format!("10.1.{n}.1")).await;
    }
    assert_eq!(codes(enter(&hall, "leader-scjg", PASSWORD, "10.2.0.2").await), ["too-soon"]);
    assert_eq!(codes(enter(&hall, "leader-scjg", PASSWORD, "10.2.0.1").await), [""; 0], "an address that is known");
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_whoever_is_outside_the_halls_networks_sits_at_no_window_and_decides_nothing() {
    let hall = TestHall::open().await;
    hall.clerk("A01").submit(&Case::number("000001")).await.unwrap();
    let asked = hall.only_use(&Case::number("000001").case).await;
    let given = |login, window| Given { login, password: PASSWORD, window, device: None, program: false };
    let outside = From { inside: false, ..from("203.0.113.7") };
    for (login, window) in [("clerk1", Some("A01")), ("chief-scjg", None)] {
        let begun = sign_in(&hall.app, given(login, window), outside).await.unwrap();
        assert_eq!(begun.person.seat, Seat::Elsewhere, "{login}");
        let refused = refusal(hall.actor(login, begun.person.seat).approve(&asked).await);
        assert!(refused.codes().contains(&"outside-hall"), "{refused}");
    }
    let begun = sign_in(&hall.app, given("clerk1", Some("A01")), from("127.0.0.1")).await.unwrap();
    assert_eq!(begun.person.seat, Seat::Window("A01".parse().unwrap()));
}

/// A device's key as a browser would keep it.
struct Key(ring::signature::EcdsaKeyPair, ring::rand::SystemRandom);

impl Key {
    #[expect(clippy::disallowed_methods, reason = "a test may ask for random numbers")]
    fn new() -> Self {
        use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING as KIND, EcdsaKeyPair};
        let rng = ring::rand::SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&KIND, &rng).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&KIND, pkcs8.as_ref(), &rng).unwrap(), rng)
    }

    fn point(&self) -> Vec<u8> {
        use ring::signature::KeyPair;
        self.0.public_key().as_ref().to_vec()
    }

    fn proof(&self, hall: &TestHall, login: &str) -> DeviceProof {
        let seconds = hall.app.now().as_second();
        let text = text(hall.app.relying_party.origin(), Purpose::SignIn(login), seconds);
        let signature = self.0.sign(&self.1, text.as_bytes()).unwrap().as_ref().to_vec();
        DeviceProof { device: Digest::of(&self.point()), seconds, signature }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_an_enrolled_device_is_a_place_and_lets_its_people_in_whatever_others_try() {
    let mut premises = Premises::new();
    premises.config.access.devices = Some(yinxin::app::config::Devices::Required);
    let hall = premises.open().await;
    let admin = hall.in_office("centre".to_owned()).person().await;
    let (key, here) = (Key::new(), Digest::of(b"session"));
    let new = |name: &str, stand| NewDevice { name: name.to_owned(), stand, key: key.point() };
    let office = Some(Stand::Office("scjg".parse().unwrap()));
    let enrol = async |person: &Person, new| enrol_device(&hall.app, person, &here, Confirmation::Session, new).await;
    let unknown = NewDevice { key: Vec::new(), ..new("", Some(Stand::Window("Z99".parse().unwrap()))) };
    assert_eq!(codes(enrol(&admin, unknown).await), ["device-name", "device-place", "device-key"]);
    let keeper = hall.keeper("scjg").person().await;
    assert_eq!(codes(enrol(&keeper, new("电脑", office.clone())).await), ["wrong-duty"]);
    let device = enrol(&admin, new("审批办电脑", office.clone())).await.unwrap();
    assert_eq!(codes(enrol(&admin, new("又一台", office)).await), ["device-known"]);

    for _ in 0..30 {
        let _ = enter(&hall, "chief-scjg", "guess", "127.0.0.1").await;
    }
    let at_device = async |login: &str, proof: &DeviceProof| {
        let given = Given { login, password: PASSWORD, window: None, device: Some(proof), program: false };
        sign_in(&hall.app, given, from("127.0.0.1")).await
    };
    let begun = at_device("chief-scjg", &key.proof(&hall, "chief-scjg")).await.unwrap();
    assert_eq!(begun.person.seat, Seat::Device(device.id.parse().unwrap()));
    // A proof for another person, or another key's, is none: then it is an address like any other.
    assert_eq!(codes(at_device("chief-scjg", &key.proof(&hall, "leader-scjg")).await), ["too-soon"]);
    assert_eq!(codes(at_device("chief-scjg", &Key::new().proof(&hall, "chief-scjg")).await), ["too-soon"]);
    // Another department's chief is not at their place there.
    let other = at_device("chief-jsj", &key.proof(&hall, "chief-jsj")).await.unwrap();
    assert_eq!(other.person.seat, Seat::Elsewhere);

    let proof = begun.proof.clone().unwrap();
    let found = async |proof: Option<&str>, peer| session(&hall.app, &begun.token, proof, from(peer)).await.unwrap();
    assert!(matches!(found(Some(&proof), "127.0.0.1").await, Found::Session(_)));
    assert!(matches!(found(Some(&proof), "127.0.0.2").await, Found::Unproven(_)));
    assert!(matches!(found(None, "127.0.0.1").await, Found::Unproven(_)));
    let copies = "SELECT COUNT(*) FROM refused_act WHERE act = 'session'";
    assert_eq!(hall.premises.count(copies).await, 1, "recorded once a minute at most");
    hall.wait(181);
    assert!(matches!(found(Some(&proof), "127.0.0.1").await, Found::Unproven(_)), "it has not signed for a while");
    assert_eq!(hall.premises.count(copies).await, 1, "which is no copy");
    remove_device(&hall.app, &admin, &here, Confirmation::Session, &device.id).await.unwrap();
    assert!(matches!(found(Some(&proof), "127.0.0.1").await, Found::Nobody));
    assert_eq!(audited(&hall.close().await).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_by_its_owner_for_a_better_one() {
    let mut premises = Premises::new();
    premises.config.access.passwords = Some(Passwords::Own);
    let hall = premises.open().await;
    let (one, two) = (
        enter(&hall, "chief-scjg", PASSWORD, "10.0.0.1").await.unwrap(),
        enter(&hall, "chief-scjg", PASSWORD, "10.0.0.2").await.unwrap(),
    );
    let first = async |begun: &Begun| match session(&hall.app, &begun.token, None, from("10.0.0.1")).await.unwrap() {
        Found::Session(session) => Some(session.first_password),
        _ => None,
    };
    assert_eq!(first(&one).await, Some(true));
    let program = Given { login: "chief-scjg", password: PASSWORD, window: None, device: None, program: true };
    assert_eq!(codes(sign_in(&hall.app, program, from("10.0.0.1")).await), ["first-password"]);
    let change = async |current: &str, chosen: &str, again: &str| {
        change_password(&hall.app, &one.person, &token(&one), current, chosen, again).await
    };
    let wrong = change("guess", "Password1!", "other").await;
    assert_eq!(codes(wrong), ["password-common", "passwords-differ", "wrong-password"]);
    change(PASSWORD, "松花湖的冬天有雾凇呀", "松花湖的冬天有雾凇呀").await.unwrap();
    assert_eq!(first(&one).await, Some(false));
    assert_eq!(first(&two).await, None, "signed out elsewhere");
    assert_eq!(codes(enter(&hall, "chief-scjg", PASSWORD, "10.0.0.1").await), ["wrong-password"]);
    enter(&hall, "chief-scjg", "松花湖的冬天有雾凇呀", "10.0.0.1").await.unwrap();
    change("松花湖的冬天有雾凇呀", PASSWORD, PASSWORD).await.unwrap();
    let premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
    premises.tamper("DELETE FROM own_password").await;
    assert_eq!(audited(&premises).await.findings[0].code, "row-missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_confirms_once_and_the_record_says_that_it_was_one() {
    let hall = TestHall::open().await;
    let chief = hall.chief("scjg");
    let (person, here) = (chief.person().await, Digest::of(b"session"));
    let offered = offer_codes(&hall.app, &person, None).await.unwrap();
    assert_eq!(offer_codes(&hall.app, &person, Some(&offered.id)).await.unwrap().secret, offered.secret);
    let secret = hall.app.vault.one_time_secret(&person.staff.id.to_string(), &offered.id).unwrap();
    assert_eq!(totp::base32(&secret), *offered.secret);
    let now = || totp::period(hall.app.now().as_second());
    let code = |later: i64| format!("{:06}", totp::code(&secret, now() + later));
    let register = async |password: &str, code: &str| {
        register_codes(&hall.app, &person, &here, password, Confirmation::Session, (&offered.id, code)).await
    };
    assert_eq!(codes(register("guess", "000000").await), ["code-wrong", "wrong-password"]);
    register(PASSWORD, &code(0)).await.unwrap();
    assert_eq!(codes(register(PASSWORD, &code(0)).await)[..2], ["codes-stale", "codes-known"]);
    assert_ne!(offer_codes(&hall.app, &person, Some(&offered.id)).await.unwrap().id, offered.id, "it is shown once");

    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let approve = async |asked: &Asked, shown: Digest, given: Confirmation| {
        let verdict = Verdict::Approve;
        approve_confirmed(&hall.app, &person, &asked.certificate, &asked.seal_use, shown, verdict, given).await
    };
    let with = |code: &str| Confirmation::Code(code.to_owned());
    // Everything that is wrong at once: the document, and that nothing confirms it.
    let other = Digest::of(b"another");
    assert_eq!(codes(approve(&asked, other, Confirmation::Session).await), ["document-changed", "code-missing"]);
    assert_eq!(codes(approve(&asked, other, with("000000")).await), ["document-changed", "code-wrong"]);
    assert_eq!(codes(approve(&asked, asked.shown, with(&code(0))).await), ["code-used"], "it registered the codes");
    hall.wait(30);
    let good = code(0);
    // Two clicks at the same moment are one use of the code; another case is not.
    let (first, second) =
        tokio::join!(approve(&asked, asked.shown, with(&good)), approve(&asked, asked.shown, with(&good)));
    assert_eq!(sealed(first)[0].sealed, sealed(second)[0].sealed);
    let next = case.again_as("2026-A01-600001");
    hall.clerk("A01").submit(&next).await.unwrap();
    let waiting = hall.only_use(&next.case).await;
    assert_eq!(codes(approve(&waiting, waiting.shown, with(&good)).await), ["code-used"]);
    // Who guesses waits.
    for _ in 0..4 {
        assert_eq!(codes(approve(&waiting, waiting.shown, with("000000")).await), ["code-wrong"]);
    }
    assert_eq!(codes(approve(&waiting, waiting.shown, with(&code(1))).await), ["code-too-soon"]);
    hall.wait(30);
    sealed(approve(&waiting, waiting.shown, with(&code(0))).await);
    let said = hall.app.db.approvals_of(&asked.seal_use).await.unwrap().remove(0);
    assert!(String::from_utf8(said.statement).unwrap().contains("\nby totp\n"));

    let mut premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
    for (tampering, code) in [
        ("UPDATE approval_evidence SET period = period - 2", "evidence-altered"),
        ("DELETE FROM approval_evidence", "evidence-missing"),
        ("UPDATE one_time_code SET staff = (SELECT id FROM staff WHERE login = 'deputy-scjg')", "evidence-altered"),
        ("UPDATE one_time_code SET removed_at = 0", "row-altered"),
    ] {
        let good = premises.state();
        assert_ne!(premises.tamper(tampering).await, 0, "{tampering}");
        let found = audited(&premises).await.findings;
        assert!(found.iter().any(|one| one.code == code), "{tampering}: {found:#?}");
        premises.put_back(&good);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_hall_demands_is_asked_with_everything_else_and_reset_by_another() {
    for (demand, missing) in
        [(Demand::SecondFactor, "second-factor-not-registered"), (Demand::Passkey, "passkey-not-registered")]
    {
        let mut premises = Premises::new();
        premises.config.access.approvals = Some(demand);
        let hall = premises.open().await;
        let case = Case::number("000001");
        hall.clerk("A01").submit(&case).await.unwrap();
        let asked = hall.only_use(&case.case).await;
        assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), [missing]);
        let stranger = hall.chief("jsj").at(Seat::Elsewhere);
        let all = refusal(stranger.approve(&asked).await).codes();
        assert_eq!(all, ["outside-hall", "wrong-department", missing], "all reasons at once");
        // To turn it down nobody needs more than the session: no seal is used.
        assert!(matches!(hall.chief("scjg").refuse(&asked, "材料不齐").await, Ok(Done::Refused)));
    }
    let hall = TestHall::open().await;
    let (chief, here) = (hall.chief("scjg").person().await, Digest::of(b"session"));
    let offered = offer_codes(&hall.app, &chief, None).await.unwrap();
    let secret = hall.app.vault.one_time_secret(&chief.staff.id.to_string(), &offered.id).unwrap();
    let code = || format!("{:06}", totp::code(&secret, totp::period(hall.app.now().as_second())));
    let with = (offered.id.as_str(), code());
    register_codes(&hall.app, &chief, &here, PASSWORD, Confirmation::Session, (with.0, &with.1)).await.unwrap();
    // Whoever has the session and the password cannot take the codes away.
    let removed = remove_codes(&hall.app, &chief, &here, PASSWORD, Confirmation::Session).await;
    assert_eq!(codes(removed), ["code-missing"]);
    let admin = hall.in_office("centre".to_owned()).person().await;
    let reset = async |who: &Person, login: &str, why: &str| {
        reset_access(&hall.app, who, &here, Confirmation::Session, login, why).await
    };
    assert_eq!(codes(reset(&admin, "nobody", " ").await), ["unknown-login", "reason-missing"]);
    assert_eq!(codes(reset(&admin, "centre", "手机遗失").await), ["self-reset", "nothing-to-reset"]);
    assert_eq!(codes(reset(&chief, "chief-scjg", "手机遗失").await), ["wrong-duty"]);
    let begun = enter(&hall, "chief-scjg", PASSWORD, "10.0.0.1").await.unwrap();
    reset(&admin, "chief-scjg", "手机遗失，当面核验工作证").await.unwrap();
    assert!(matches!(session(&hall.app, &begun.token, None, from("10.0.0.1")).await.unwrap(), Found::Nobody));
    assert!(hall.app.db.codes_of(&chief.staff.id.to_string()).await.unwrap().is_none());
    assert_eq!(audited(&hall.close().await).await.findings, []);
}
