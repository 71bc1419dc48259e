//! Passkeys and enrolled devices in a real browser: an approval is signed over its very statement, and a session stays where it was begun.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Command;

use yinxin::acts::audit::{Audited, Books, audit};
use yinxin::passkey::{Assertion, PasskeyKey, RelyingParty, verify as judge};
use yinxin::web::router::{Accounts, Web, router};
use yinxin::web::serve::Door;

use super::*;
use crate::browser::{Chromium, Tab};
use crate::tools::{python, run};

pub(super) const PASSWORD: &str = "correct horse battery";

/// A hall that is served, at an address that browsers make passkeys for.
pub(super) struct Served {
    pub(super) hall: TestHall,
    pub(super) url: String,
}

impl Served {
    pub(super) async fn open(change: impl FnOnce(&mut Config)) -> Self {
        let mut premises = Premises::new();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        premises.config.base_url = format!("http://localhost:{}", address.port());
        change(&mut premises.config);
        let hall = premises.open().await;
        let door = Door::open(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()), None).unwrap();
        let web = Web::new(hall.app.clone(), &hall.premises.config, door.transport(), Accounts::Hidden);
        tokio::spawn(door.serve(router(web, [1, 2, 3, 4]), std::future::pending()));
        Self { url: hall.premises.config.base_url.clone(), hall }
    }
}

fn sign_in(tab: &mut Tab<'_>, url: &str, login: &str, home: &str) {
    tab.open(&format!("{url}/sign-in"));
    tab.fill("/sign-in", "login", login);
    tab.fill("/sign-in", "password", PASSWORD);
    tab.press("/sign-in");
    tab.arrives(home);
}

/// Name and value of each cookie.
fn values(cookies: &Value) -> Vec<String> {
    let pair = |cookie: &Value| format!("{}={}", cookie["name"].as_str().unwrap(), cookie["value"].as_str().unwrap());
    cookies.as_array().unwrap().iter().map(pair).collect()
}

fn register_passkey(tab: &mut Tab<'_>, url: &str) {
    tab.open(&format!("{url}/account"));
    tab.fill("/account/passkeys", "name", "办公室的安全钥匙");
    tab.fill("/account/passkeys", "current", PASSWORD);
    tab.press("/account/passkeys");
    tab.arrives("/account?done=passkey");
}

pub(super) async fn audited(premises: &Premises) -> Audited {
    let books = Books::open(&premises.config).await.unwrap();
    let audited = audit(&books, |_, _| {}).await.unwrap();
    books.close().await;
    audited
}

/// Verifies by Python's `cryptography` what a browser signed, with nothing of ours but the bytes.
fn judged_by_python(folder: &Path, statement: &[u8], parts: &[(&str, &[u8])]) -> String {
    fs::write(folder.join("statement"), statement).unwrap();
    for (name, bytes) in parts {
        fs::write(folder.join(name), bytes).unwrap();
    }
    let judge = "
import base64, hashlib, json
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
read = lambda name: open(name, 'rb').read()
key = serialization.load_der_public_key(read('key'))
client, data = read('client_data'), read('authenticator_data')
try:
    key.verify(read('signature'), data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
    signed = True
except InvalidSignature:
    signed = False
said = json.loads(client)
challenge = base64.urlsafe_b64decode(said['challenge'] + '==')
names = challenge == hashlib.sha256(read('statement')).digest()
named = ('by passkey ' + hashlib.sha256(read('key')).hexdigest()).encode() in read('statement').splitlines()
party = data[:32] == hashlib.sha256(b'localhost').digest()
print(signed, names, named, party, said['type'], bool(data[32] & 1), bool(data[32] & 4))
";
    run(Command::new(python()).args(["-c", judge]).current_dir(folder))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_signed_by_a_passkey_and_the_evidence_stands_offline() {
    let served = Served::open(|_| {}).await;
    let (hall, url) = (&served.hall, served.url.clone());
    let case = Case::number("000001");
    hall.clerk("A01").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let approval = format!("/approvals/{}/{}", asked.certificate, asked.seal_use);
    let at = approval.clone();
    tokio::task::spawn_blocking(move || {
        let mut chromium = Chromium::start();
        let mut tab = chromium.tab();
        tab.plug_in_authenticator();
        sign_in(&mut tab, &url, "chief-scjg", "/inbox");
        register_passkey(&mut tab, &url);
        tab.open(&format!("{url}{at}"));
        tab.press(&at);
        tab.arrives("/inbox?done=sealed");
    })
    .await
    .unwrap();
    let document = hall.documents(&case.case).await.remove(0);
    assert!(hall.report(&document).is_valid());

    // By the session alone the chief approves no more: whoever has a passkey uses it.
    let next = case.again_as("2026-A01-600001");
    hall.clerk("A01").submit(&next).await.unwrap();
    let waiting = hall.only_use(&next.case).await;
    assert_eq!(refusal(hall.chief("scjg").approve(&waiting).await).codes(), ["passkey-missing"]);

    // The evidence, by others' means and by ours; a document changed by one byte is another statement.
    let said = hall.app.db.approvals_of(&asked.seal_use).await.unwrap().remove(0).statement;
    let evidence = hall.app.db.evidence_of(&asked.seal_use).await.unwrap().remove(0);
    let key = hall.app.db.all_passkeys().await.unwrap().remove(0);
    let [client_data, authenticator_data, signature] =
        [evidence.client_data, evidence.authenticator_data, evidence.signature].map(Option::unwrap);
    let parts: [(&str, &[u8]); 4] = [
        ("key", &key.key),
        ("client_data", &client_data),
        ("authenticator_data", &authenticator_data),
        ("signature", &signature),
    ];
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(judged_by_python(folder.path(), &said, &parts), "True True True True webauthn.get True True\n");
    let mut changed = hall.unsealed(&document);
    changed[9] ^= 1;
    let text = String::from_utf8(said.clone()).unwrap();
    let other = text.replace(&asked.shown.to_string(), &Digest::of(&changed).to_string());
    assert_ne!(text, other);
    assert_eq!(
        judged_by_python(folder.path(), other.as_bytes(), &parts),
        "True False True True webauthn.get True True\n"
    );
    let rp = RelyingParty::of(&served.url);
    let passkey = PasskeyKey { spki: &key.key, backup_eligible: key.backup_eligible };
    let assertion = Assertion { client_data, authenticator_data, signature };
    assert!(judge(&rp, &Digest::of(&said), passkey, &assertion).is_ok());
    assert!(judge(&rp, &Digest::of(other.as_bytes()), passkey, &assertion).is_err());

    // The audit checks it again, and names what was changed behind the service's back.
    let mut premises = served.hall.close().await;
    let before = audited(&premises).await;
    assert_eq!((before.findings.as_slice(), before.signed_approvals), (&[][..], 1));
    for (tampering, code, place) in [
        ("UPDATE approval_evidence SET signature = zeroblob(32)", "evidence-altered", "approval "),
        ("UPDATE approval_evidence SET client_data = authenticator_data", "evidence-altered", "approval "),
        ("DELETE FROM approval_evidence", "evidence-missing", "approval "),
        ("UPDATE passkey SET key = zeroblob(32)", "evidence-altered", "approval "),
        ("UPDATE passkey SET staff = (SELECT id FROM staff WHERE login = 'deputy-scjg')", "row-altered", "passkey "),
        ("UPDATE passkey SET removed_at = registered_at", "row-altered", "passkey "),
        ("UPDATE passkey SET removed_at = registered_at - 1", "evidence-altered", "approval "),
        ("UPDATE certificate SET unsealed = zeroblob(32) WHERE state = 'sealed'", "statement-altered", "approval "),
    ] {
        let good = premises.state();
        assert_ne!(premises.tamper(tampering).await, 0, "{tampering}");
        let found = audited(&premises).await.findings;
        assert!(found.iter().any(|one| one.code == code && one.place.starts_with(place)), "{tampering}: {found:#?}");
        premises.put_back(&good);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begun_at_an_enrolled_device_is_good_there_alone() {
    let served = Served::open(|config| config.access.devices = Some(yinxin::app::config::Devices::Required)).await;
    let (hall, url) = (&served.hall, served.url.clone());
    hall.clerk("A01").submit(&Case::number("000001")).await.unwrap();
    let (cookies, copied) = tokio::task::spawn_blocking({
        let url = url.clone();
        move || {
            let mut chromium = Chromium::start();
            let mut tab = chromium.tab();
            // The administrator, sitting at it, enrols the desk of the approval office.
            sign_in(&mut tab, &url, "centre", "/hall");
            tab.open(&format!("{url}/devices"));
            tab.fill("/devices", "name", "审批办电脑");
            tab.fill("/devices", "place", "office scjg");
            tab.press("/devices");
            tab.arrives("/devices?done=enrolled");
            tab.wait_for("the key to be kept", "Boolean(document.body.dataset.enrolled)");
            assert!(tab.shown().contains("审批办电脑"));
            // The chief signs in at it, and is in the hall.
            tab.press("/sign-out");
            tab.arrives("/sign-in");
            sign_in(&mut tab, &url, "chief-scjg", "/inbox");
            assert!(tab.shown().contains("大厅内"), "{}", tab.shown());
            let session = tab.text("document.body.dataset.deviceSession");
            assert_eq!(session.len(), 64);
            let cookies = tab.call("Network.getCookies", serde_json::json!({ "urls": [url] }))["cookies"].clone();
            // Another browser with a copy of both cookies, on the same machine: as soon as the device has signed again it is
            // led to the page that asks it to sign, and cannot.
            tab.says("document.dispatchEvent(new Event('visibilitychange'))");
            let renewed = loop {
                let asked = serde_json::json!({ "urls": [url] });
                let now = tab.call("Network.getCookies", asked)["cookies"].clone();
                if values(&now) != values(&cookies) {
                    break now;
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            };
            tab.open(&format!("{url}/inbox"));
            assert!(tab.shown().contains("待签批"), "it goes on at the device");
            let mut thief = chromium.tab();
            for cookie in cookies.as_array().unwrap() {
                let copy = serde_json::json!({ "name": cookie["name"], "value": if cookie["name"] == "yinxin" { cookie["value"].clone() } else { "guess".into() }, "url": url, "httpOnly": true });
                thief.call("Network.setCookie", copy);
            }
            thief.open(&format!("{url}/inbox"));
            thief.wait_for("the refusal", "document.body.innerText.includes('这次登录不属于这台设备')");
            assert!(!thief.shown().contains("待签批"));
            (renewed, cookies)
        }
    })
    .await
    .unwrap();
    let header = |cookies: &Value| -> String {
        let pair =
            |cookie: &Value| format!("{}={}", cookie["name"].as_str().unwrap(), cookie["value"].as_str().unwrap());
        cookies.as_array().unwrap().iter().map(pair).collect::<Vec<_>>().join("; ")
    };
    assert_ne!(header(&cookies), header(&copied), "the device has signed for another cookie");
    let get = async |from: [u8; 4], cookies: String| {
        let policy = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().redirect(policy).local_address(IpAddr::from(from)).build().unwrap();
        // `localhost` by its address: the client comes from a chosen one.
        let url = url.replace("localhost", "127.0.0.1");
        let answer = client.get(format!("{url}/inbox")).header("cookie", cookies).send().await.unwrap();
        (answer.status().as_u16(), answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()))
    };
    let led = (303, Some("/device?next=/inbox".to_owned()));
    assert_eq!(get([127, 0, 0, 1], header(&cookies)).await, (200, None), "the device itself");
    assert_eq!(get([127, 0, 0, 2], header(&cookies)).await, led, "the same cookies from another address");
    let token = header(&cookies).split("; ").find(|pair| pair.starts_with("yinxin=")).unwrap().to_owned();
    assert_eq!(get([127, 0, 0, 1], token).await, led, "without the second cookie");
    let recorded = "SELECT COUNT(*) FROM refused_act WHERE act = 'session' AND codes LIKE '%session-copied%'";
    assert!(hall.premises.count(recorded).await >= 1);
    let recorded = "SELECT COUNT(*) FROM refused_act WHERE act = 'session' AND codes LIKE '%other-device%'";
    assert!(hall.premises.count(recorded).await >= 1);

    // Without an enrolled device people look, and do nothing.
    let chief = hall.app.db.staff_by_login("chief-scjg").await.unwrap().unwrap();
    let from = yinxin::acts::sign_in::From { peer: IpAddr::from([127, 0, 0, 1]), inside: true };
    let given = yinxin::acts::sign_in::Given {
        login: &chief.login,
        password: PASSWORD,
        window: None,
        device: None,
        program: true,
    };
    let begun = yinxin::acts::sign_in::sign_in(&hall.app, given, from).await.unwrap();
    assert_eq!(begun.person.seat, Seat::Elsewhere);
}
