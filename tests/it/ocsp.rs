//! OCSP responses made by OpenSSL, judged by our path validation.

use std::path::Path;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use yinxin::pki::certificate::Certificate;
use yinxin::pki::crl::{Crl, Reason};
use yinxin::pki::ocsp::{OcspError, OcspResponse};
use yinxin::pki::path::{Purpose, RevocationState, Settings, Source, validate};
use yinxin::pki::store::{Pool, Store};

use crate::tools::run;

/// Of `openssl ca`, to make lists with.
const CONFIG: &str = "[ca]\ndefault_ca=d\n[d]\ndatabase=list.txt\ncrlnumber=number\ndefault_md=sha256\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n";

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An authority with two signers, one of them revoked, and several would-be responders.
struct Authority {
    folder: tempfile::TempDir,
    store: Store,
    good: Certificate,
    revoked: Certificate,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for root in ["ca", "other"] {
            openssl(path, &format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {root}.key"));
            let uses = "-addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature";
            openssl(path, &format!("req -x509 -new -key {root}.key -days 900 -subj /CN={root} {uses} -out {root}.pem"));
        }
        let signing = "keyUsage=critical,digitalSignature\n";
        let ocsp = format!("{signing}extendedKeyUsage=OCSPSigning\n");
        let no_check = format!("{ocsp}noCheck=ignored\n");
        let issue = |name: &str, by: &str, serial: &str, extensions: &str| {
            std::fs::write(path.join("x.ext"), extensions).unwrap();
            openssl(path, &format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"));
            openssl(path, &format!("req -new -key {name}.key -subj /CN={name} -out x.csr"));
            let by = format!("-CA {by}.pem -CAkey {by}.key -set_serial 0x{serial}");
            openssl(path, &format!("x509 -req -in x.csr {by} -days 365 -extfile x.ext -out {name}.pem"));
        };
        issue("good", "ca", "A1", signing);
        issue("revoked", "ca", "A2", signing);
        issue("unlisted", "ca", "A3", signing);
        issue("responder", "ca", "B1", &no_check);
        issue("checkable", "ca", "B2", &ocsp);
        issue("unauthorised", "ca", "B3", signing);
        issue("stranger", "other", "B4", &no_check);
        let line = |state: &str, revoked: &str, serial: &str, name: &str| {
            format!("{state}\t400101000000Z\t{revoked}\t{serial}\tunknown\t/CN={name}\n")
        };
        let index = line("V", "", "B2", "checkable")
            + &line("V", "", "A1", "good")
            + &line("R", "260105060708Z,keyCompromise", "A2", "revoked");
        std::fs::write(path.join("index.txt"), index).unwrap();
        let read = |name: &str| Certificate::from_pem(&std::fs::read(path.join(name)).unwrap()).unwrap();
        let store = Store::new(vec![read("ca.pem")], Vec::new(), Vec::new());
        let (good, revoked) = (read("good.pem"), read("revoked.pem"));
        Self { folder, store, good, revoked }
    }

    /// A response for a week about one certificate.
    fn respond(&self, about: &str, responder: &str, options: &str) -> Vec<u8> {
        let by = format!("-index index.txt -CA ca.pem -rsigner {responder}.pem -rkey {responder}.key -ndays 7");
        // The digest that names certificates stands before them.
        openssl(self.folder.path(), &format!("ocsp {by} {options} -issuer ca.pem -cert {about}.pem -respout out.der"));
        std::fs::read(self.folder.path().join("out.der")).unwrap()
    }

    fn state(&self, signer: &Certificate, der: &[u8], lists: &[Crl], after: SignedDuration) -> RevocationState {
        self.state_by(signer, &[der], lists, after)
    }

    fn state_by(&self, signer: &Certificate, der: &[&[u8]], lists: &[Crl], after: SignedDuration) -> RevocationState {
        let responses: Vec<_> = der.iter().map(|der| OcspResponse::from_der(der).unwrap()).collect();
        let at: Timestamp = responses[0].produced_at() + after;
        let pool = Pool { lists, responses: &responses, ..Pool::new(&self.store, &[]) };
        let path = validate(signer, &pool, &Settings::new(Purpose::DocumentSigning, at)).unwrap();
        path.revocation()
    }

    /// Of the good signer, an hour later.
    fn good_state(&self, responder: &str, options: &str) -> RevocationState {
        let der = self.respond("good", responder, options);
        self.state(&self.good, &der, &[], SignedDuration::from_hours(1))
    }
}

#[track_caller]
fn openssl(folder: &Path, arguments: &str) -> String {
    run(Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder))
}

fn is_good(state: RevocationState) -> bool {
    matches!(state, RevocationState::NotRevoked(evidence) if evidence.source == Source::Ocsp)
}

#[test]
fn the_issuer_and_whom_it_authorised_are_believed_and_nobody_else() {
    let authority = Authority::new();
    assert!(is_good(authority.good_state("ca", "")), "by the issuer");
    assert!(is_good(authority.good_state("ca", "-sha256")), "named by SHA-256");
    assert!(is_good(authority.good_state("ca", "-resp_key_id -resp_no_certs")), "responder named by its key");
    assert!(is_good(authority.good_state("responder", "")), "by a responder");
    for other in ["unauthorised", "stranger", "checkable"] {
        assert_eq!(authority.good_state(other, ""), RevocationState::Unknown, "{other}");
    }
    // The responder's certificate is not at hand.
    assert_eq!(authority.good_state("responder", "-resp_no_certs"), RevocationState::Unknown);
}

#[test]
fn a_responder_that_may_be_revoked_is_looked_up_in_a_list() {
    let authority = Authority::new();
    let der = authority.respond("good", "checkable", "");
    let of_itself = authority.respond("checkable", "checkable", "");
    let state = authority.state_by(&authority.good, &[&der, &of_itself], &[], SignedDuration::from_hours(1));
    assert_eq!(state, RevocationState::Unknown, "it is no witness for itself");
    let of_the_issuer = authority.respond("checkable", "ca", "");
    let state = authority.state_by(&authority.good, &[&der, &of_the_issuer], &[], SignedDuration::from_hours(1));
    assert!(is_good(state), "{state:?}");
    let list = |index: &str| {
        let path = authority.folder.path();
        std::fs::write(path.join("list.txt"), index).unwrap();
        std::fs::write(path.join("ca.cnf"), CONFIG).unwrap();
        std::fs::write(path.join("number"), "01\n").unwrap();
        openssl(path, "ca -config ca.cnf -gencrl -crldays 3 -keyfile ca.key -cert ca.pem -out list.pem");
        Crl::from_pem(&std::fs::read(path.join("list.pem")).unwrap()).unwrap()
    };
    let state = |list: Crl| authority.state(&authority.good, &der, &[list], SignedDuration::from_hours(1));
    let listed = "V\t400101000000Z\t\tB2\tunknown\t/CN=checkable\n";
    assert!(matches!(state(list(listed)), RevocationState::NotRevoked(_)));
    // Of a revoked responder nothing is believed; the list speaks for the signer, too.
    let revoked = "R\t400101000000Z\t260105060708Z\tB2\tunknown\t/CN=checkable\n";
    let state = state(list(revoked));
    assert!(matches!(state, RevocationState::NotRevoked(evidence) if evidence.source == Source::Crl), "{state:?}");
}

#[test]
fn what_is_said_holds_for_its_certificate_and_its_time() {
    let authority = Authority::new();
    let hour = SignedDuration::from_hours(1);
    let der = authority.respond("revoked", "responder", "");
    let RevocationState::Revoked(revocation, evidence) = authority.state(&authority.revoked, &der, &[], hour) else {
        panic!("not revoked")
    };
    assert_eq!((revocation.at.to_string(), revocation.reason), ("2026-01-05T06:07:08Z".into(), Reason::KeyCompromise));
    assert_eq!(evidence.source, Source::Ocsp);
    assert_eq!(authority.state(&authority.good, &der, &[], hour), RevocationState::Unknown, "of another certificate");

    let der = authority.respond("unlisted", "ca", "");
    assert_eq!(authority.state(&authority.good, &der, &[], hour), RevocationState::Unknown, "unknown to the responder");

    let der = authority.respond("good", "ca", "");
    assert!(is_good(authority.state(&authority.good, &der, &[], WEEK - hour)));
    assert_eq!(authority.state(&authority.good, &der, &[], WEEK), RevocationState::Unknown, "outdated");
}

#[test]
fn a_bare_basic_response_is_read_and_an_error_is_none() {
    let authority = Authority::new();
    let der = authority.respond("good", "responder", "");
    // OCSPResponse { successful, [0] { id-pkix-ocsp-basic, OCTET STRING } }
    let shown = openssl(authority.folder.path(), "asn1parse -inform DER -in out.der");
    let octets = shown.lines().find(|line| line.contains("OCTET STRING")).unwrap();
    let offset = octets.split(':').next().unwrap().trim();
    openssl(authority.folder.path(), &format!("asn1parse -inform DER -in out.der -strparse {offset} -out basic.der"));
    let basic = std::fs::read(authority.folder.path().join("basic.der")).unwrap();
    assert!(basic.len() < der.len());
    assert!(is_good(authority.state(&authority.good, &basic, &[], SignedDuration::from_hours(1))));
    // { tryLater (3) }
    assert_eq!(OcspResponse::from_der(&[0x30, 3, 0x0a, 1, 3]).unwrap_err(), OcspError::Unsuccessful(3));
}

#[test]
fn an_altered_or_cut_response_says_nothing() {
    let authority = Authority::new();
    let der = authority.respond("good", "ca", "-resp_no_certs");
    let response = OcspResponse::from_der(&der).unwrap();
    let settings = Settings::new(Purpose::DocumentSigning, response.produced_at() + SignedDuration::from_hours(1));
    let state = |der: &[u8]| {
        let responses: Vec<_> = OcspResponse::from_der(der).into_iter().collect();
        let pool = Pool { responses: &responses, ..Pool::new(&authority.store, &[]) };
        validate(&authority.good, &pool, &settings).unwrap().revocation()
    };
    assert!(is_good(state(&der)));
    for index in 0..der.len() {
        assert_eq!(state(&der[..index]), RevocationState::Unknown, "cut at {index}");
        for bit in [0x01, 0x20, 0x80] {
            let mut altered = der.clone();
            altered[index] ^= bit;
            assert_eq!(state(&altered), RevocationState::Unknown, "byte {index}");
        }
    }
}

#[test]
fn a_heap_of_forged_responses_does_not_silence_the_trusts_own() {
    let authority = Authority::new();
    let state = |about: &str, signer: &Certificate| {
        let der = authority.respond(about, "ca", "-resp_no_certs");
        let own = OcspResponse::from_der(&der).unwrap();
        let settings = Settings::new(Purpose::DocumentSigning, own.produced_at() + SignedDuration::from_hours(1));
        // The signature stands at the end.
        let forged = |bit: usize| {
            let mut der = der.clone();
            let last = der.len() - 1;
            der[last - bit / 8] ^= 1 << (bit % 8);
            OcspResponse::from_der(&der).unwrap()
        };
        let forged: Vec<_> = (0..520).map(forged).collect();
        let store = Store::new(authority.store.anchors().to_vec(), Vec::new(), vec![own]);
        let pool = Pool { responses: &forged, ..Pool::new(&store, &[]) };
        let again = |_| validate(signer, &pool, &settings).unwrap().revocation();
        [0, 1].map(again)
    };
    let revoked = state("revoked", &authority.revoked);
    assert!(revoked.iter().all(|state| matches!(state, RevocationState::Revoked(..))), "{revoked:?}");
    assert_eq!(state("good", &authority.good), [RevocationState::TooMuch; 2]);
}
