use super::{validate as validate_in, *};
use crate::pki::authority::{self, CertSigner, Host, Issuer, Subject, Term};
use crate::pki::crl::{Crl, Reason, Revocation, RevocationList, issue};
use crate::pki::extension as ext;
use crate::pki::name::DistinguishedName;
use crate::pki::store::Store;
use crate::pki::testing::{Hall, Key, at, serial};

const DAY: &str = "2026-11-22";

/// As a signer of documents, with a fresh store.
pub(crate) fn validate(
    signer: &Certificate,
    certificates: &[Certificate],
    anchors: &[Certificate],
    crls: &[Crl],
    at: Timestamp,
) -> Result<ValidPath, PathError> {
    let store = Store::new(anchors.to_vec(), crls.to_vec(), Vec::new());
    validate_in(signer, &Pool::new(&store, certificates), &Settings::new(Purpose::DocumentSigning, at))
}

fn path(hall: &Hall, crls: &[Crl]) -> Result<ValidPath, PathError> {
    validate(&hall.seal, std::slice::from_ref(&hall.issuing), std::slice::from_ref(&hall.root), crls, at(DAY))
}

fn subject<'a>(name: &'a DistinguishedName, key: &'a Key) -> Subject<'a> {
    let term = Term::new(at("2026-02-01"), at("2029-02-01")).unwrap();
    Subject { name, spki: key.spki_der(), term, serial: serial() }
}

fn crl(hall: &Hall, from: &str, to: &str, revoked: &[(Certificate, Revocation)]) -> Crl {
    let list = RevocationList { number: 1, this_update: at(from), next_update: at(to), revoked };
    issue(&list, &Issuer::new(&hall.issuing, &hall.issuing_key).unwrap()).unwrap()
}

#[test]
fn the_halls_own_path_validates() {
    let hall = Hall::new();
    let path = path(&hall, &[]).unwrap();
    assert_eq!(path.certificates(), [hall.seal.clone(), hall.issuing.clone(), hall.root.clone()]);
    assert_eq!(path.revocation(), RevocationState::Unknown);
}

#[test]
fn terms_are_checked_to_the_second() {
    let hall = Hall::new();
    let (seal, issuing, root) = (&hall.seal, [hall.issuing.clone()], [hall.root.clone()]);
    let at = |text: &str| validate(seal, &issuing, &root, &[], text.parse().unwrap());
    assert!(matches!(at("2026-01-31T23:59:59Z"), Err(PathError::NotYetValid { .. })));
    assert!(at("2026-02-01T00:00:00Z").is_ok());
    assert!(at("2029-02-01T00:00:00.9Z").is_ok());
    assert!(matches!(at("2029-02-01T00:00:01Z"), Err(PathError::Expired { .. })));
}

#[test]
fn an_expired_authority_above_a_valid_certificate_is_found() {
    let hall = Hall::new();
    let key = Key::new();
    let short = Subject {
        name: &DistinguishedName::new("云溪市政务服务中心", "短").unwrap(),
        spki: key.spki_der(),
        term: Term::new(at("2026-01-01"), at("2026-03-01")).unwrap(),
        serial: serial(),
    };
    let issuing = authority::seal_authority(&short, None, &Issuer::new(&hall.root, &hall.root_key).unwrap()).unwrap();
    let term = Term::new(at("2026-02-01"), at("2026-02-20")).unwrap();
    let seal = Subject { term, ..subject(&hall.seal_name, &hall.seal_key) };
    let seal = authority::seal(&seal, None, &Issuer::new(&issuing, &key).unwrap()).unwrap();
    let error = validate(&seal, &[issuing], std::slice::from_ref(&hall.root), &[], at("2026-03-02")).unwrap_err();
    assert!(
        matches!(error, PathError::Expired { subject, .. } if subject.contains("33010000000001")),
        "the signer first"
    );
}

#[test]
fn another_authority_of_the_same_name_is_not_ours() {
    let (hall, other) = (Hall::new(), Hall::new());
    let by = |intermediates: &[Certificate], anchor: &Hall| {
        validate(&hall.seal, intermediates, std::slice::from_ref(&anchor.root), &[], at(DAY))
    };
    assert!(matches!(by(&[], &hall), Err(PathError::NoIssuer(_))), "intermediate missing");
    assert!(matches!(by(std::slice::from_ref(&hall.issuing), &other), Err(PathError::NoIssuer(_))), "other root");
    assert!(matches!(by(std::slice::from_ref(&other.issuing), &other), Err(PathError::NoIssuer(_))), "other key");
    // With a wrong one beside the right one, the right one is found.
    assert!(by(&[other.issuing.clone(), other.root.clone(), hall.issuing.clone()], &hall).is_ok());
}

#[test]
fn a_signature_that_does_not_verify_is_named() {
    let hall = Hall::new();
    let mut der = hall.seal.der().to_vec();
    let last = der.len() - 1;
    der[last] ^= 1;
    let forged = Certificate::from_der(&der).unwrap();
    let error = validate(&forged, std::slice::from_ref(&hall.issuing), std::slice::from_ref(&hall.root), &[], at(DAY));
    assert!(matches!(error, Err(PathError::Signature { source: SuiteError::Signature, .. })));
}

#[test]
fn a_seal_cannot_issue_a_seal_and_an_authority_signs_no_document() {
    let hall = Hall::new();
    let anchors = std::slice::from_ref(&hall.root);
    assert!(matches!(validate(&hall.issuing, &[], anchors, &[], at(DAY)), Err(PathError::SignerIsAuthority(_))));
    // The seal's own key signs a certificate below it: everything is right but basicConstraints and keyUsage.
    let name = DistinguishedName::new("x", "below").unwrap();
    let key = Key::new();
    let below =
        authority::testing_issue_unchecked(&subject(&name, &key), vec![ext::end_entity()], &hall.seal, &hall.seal_key);
    let intermediates = [hall.seal.clone(), hall.issuing.clone()];
    assert!(matches!(validate(&below, &intermediates, anchors, &[], at(DAY)), Err(PathError::NotAnAuthority(_))));
}

#[test]
fn path_length_zero_bears_no_authority_below() {
    let hall = Hall::new();
    let (name, key) = (DistinguishedName::new("x", "sub").unwrap(), Key::new());
    let issuer = Issuer::new(&hall.issuing, &hall.issuing_key).unwrap();
    let sub = authority::seal_authority(&subject(&name, &key), None, &issuer).unwrap();
    let seal = subject(&hall.seal_name, &hall.seal_key);
    let seal = authority::seal(&seal, None, &Issuer::new(&sub, &key).unwrap()).unwrap();
    let error = validate(&seal, &[sub, hall.issuing.clone()], std::slice::from_ref(&hall.root), &[], at(DAY));
    assert_eq!(error.unwrap_err(), PathError::PathLength(hall.issuing.subject().to_owned()));
}

#[test]
fn a_web_servers_certificate_signs_no_document() {
    let (key, server_key) = (Key::new(), Key::new());
    let name = DistinguishedName::new("x", "service").unwrap();
    let hosts: Vec<Host> = vec!["hall.example".parse().unwrap()];
    let term = Term::new(at("2026-01-01"), at("2030-01-01")).unwrap();
    let authority = authority::service_authority(&name, &hosts, term, serial(), &key).unwrap();
    let issuer = Issuer::new(&authority, &key).unwrap();
    let server = authority::server(&subject(&name, &server_key), &hosts, &issuer).unwrap();
    let error = validate(&server, &[], std::slice::from_ref(&authority), &[], at(DAY)).unwrap_err();
    assert!(matches!(error, PathError::NotForPurpose(_)));
}

#[test]
fn too_many_intermediates_are_refused_before_any_work() {
    let hall = Hall::new();
    let many = vec![hall.issuing.clone(); MAX_CERTIFICATES + 1];
    let error = validate(&hall.seal, &many, std::slice::from_ref(&hall.root), &[], at(DAY));
    assert_eq!(error.unwrap_err(), PathError::TooMuch);
}

#[test]
fn lists_answer_apart_from_the_chain() {
    let hall = Hall::new();
    let revocation = Revocation { at: at("2026-11-20"), reason: Reason::KeyCompromise };
    let revoked = [(hall.seal.clone(), revocation)];
    let seal_state = |crls: &[Crl]| path(&hall, crls).unwrap().revocation_states()[0];

    let current = crl(&hall, "2026-11-21", "2026-11-28", &[]);
    let not_revoked = |from, to| {
        let (this_update, next_update) = (at(from), Some(at(to)));
        RevocationState::NotRevoked(Evidence { source: Source::Crl, this_update, next_update })
    };
    let revoked_by =
        Evidence { source: Source::Crl, this_update: at("2026-11-21"), next_update: Some(at("2026-11-28")) };
    assert_eq!(seal_state(&[current]), not_revoked("2026-11-21", "2026-11-28"));
    let outdated = crl(&hall, "2026-11-01", "2026-11-08", &[]);
    assert_eq!(seal_state(std::slice::from_ref(&outdated)), RevocationState::Unknown);
    let naming = crl(&hall, "2026-11-21", "2026-11-28", &revoked);
    assert_eq!(seal_state(&[outdated, naming.clone()]), RevocationState::Revoked(revocation, revoked_by));
    assert_eq!(
        path(&hall, std::slice::from_ref(&naming)).unwrap().revocation(),
        RevocationState::Revoked(revocation, revoked_by)
    );
    let lifted = crl(&hall, "2026-11-22", "2026-11-29", &[]);
    let expected = not_revoked("2026-11-22", "2026-11-29");
    let hold = Revocation { at: at("2026-11-20"), reason: Reason::CertificateHold };
    let holding = crl(&hall, "2026-11-21", "2026-11-28", &[(hall.seal.clone(), hold)]);
    assert_eq!(seal_state(std::slice::from_ref(&holding)), RevocationState::Revoked(hold, revoked_by));
    assert_eq!(seal_state(&[holding.clone(), lifted.clone()]), expected);
    assert_eq!(seal_state(&[lifted.clone(), holding]), expected, "whatever the order");
    // Only a hold is lifted.
    let for_good = RevocationState::Revoked(revocation, revoked_by);
    assert_eq!([seal_state(&[naming.clone(), lifted.clone()]), seal_state(&[lifted, naming])], [for_good; 2]);
    // A list of an authority of the same name with another key says nothing.
    assert_eq!(seal_state(&[crl(&Hall::new(), "2026-11-21", "2026-11-28", &[])]), RevocationState::Unknown);
}

/// A list of one of a hall's authorities.
fn list_of(issuer: &Certificate, key: &Key) -> Crl {
    let list = RevocationList { number: 1, this_update: at("2026-11-21"), next_update: at("2026-11-28"), revoked: &[] };
    issue(&list, &Issuer::new(issuer, key).unwrap()).unwrap()
}

#[test]
fn what_depends_on_the_trust_is_verified_once() {
    let hall = Hall::new();
    let lists = vec![list_of(&hall.issuing, &hall.issuing_key), list_of(&hall.root, &hall.root_key)];
    let store = Store::new(vec![hall.root.clone()], lists, Vec::new());
    let settings = Settings::new(Purpose::DocumentSigning, at(DAY));
    let by = |signer: &Certificate| {
        // As if out of another file each time.
        let certificates = [Certificate::from_der(hall.issuing.der()).unwrap()];
        let before = store.verified().verifications();
        let path = validate_in(signer, &Pool::new(&store, &certificates), &settings);
        let good = path.is_ok_and(|path| matches!(path.revocation(), RevocationState::NotRevoked(_)));
        (good, store.verified().verifications() - before)
    };
    assert_eq!(by(&hall.seal), (true, 4), "two certificates, two lists");
    assert_eq!(by(&hall.seal), (true, 0));
    let (name, key) = (DistinguishedName::new("x", "another seal").unwrap(), Key::new());
    let issuer = Issuer::new(&hall.issuing, &hall.issuing_key).unwrap();
    let another = authority::seal(&subject(&name, &key), None, &issuer).unwrap();
    assert_eq!(by(&another), (true, 1), "a signer not seen before");

    let mut forged = another.der().to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    let forged = Certificate::from_der(&forged).unwrap();
    assert_eq!((by(&forged), by(&forged)), ((false, 1), (false, 1)), "what does not verify is not remembered");
}

#[test]
fn lists_out_of_a_file_are_verified_each_time_and_count_as_much() {
    let hall = Hall::new();
    let store = Store::new(vec![hall.root.clone()], Vec::new(), Vec::new());
    let certificates = [hall.issuing.clone()];
    let state = |lists: &[Crl]| {
        let pool = Pool { lists, ..Pool::new(&store, &certificates) };
        let path = validate_in(&hall.seal, &pool, &Settings::new(Purpose::DocumentSigning, at(DAY))).unwrap();
        (path.revocation_states()[0], store.verified().verifications())
    };
    let list = list_of(&hall.issuing, &hall.issuing_key);
    let ((first, count), (second, later)) = (state(std::slice::from_ref(&list)), state(&[list]));
    assert!(matches!(first, RevocationState::NotRevoked(_)) && first == second);
    assert_eq!((count, later), (3, 4));
}

/// Lists in the authority's name, each of another moment, that it has not signed.
fn forged_lists(hall: &Hall, count: u32, day: &str, revoked: &[(Certificate, Revocation)]) -> Vec<Crl> {
    let stranger = Key::new();
    let name = DistinguishedName::new("云溪市政务服务中心", "印章签发证书").unwrap();
    let subject = subject(&name, &stranger);
    let forger = authority::seal_authority(&subject, None, &Issuer::new(&hall.root, &hall.root_key).unwrap()).unwrap();
    let list = |minute: u32| {
        let this_update = at(day) + jiff::SignedDuration::from_mins(minute.into());
        let list = RevocationList { number: minute.into(), this_update, next_update: at("2026-11-28"), revoked };
        issue(&list, &Issuer::new(&forger, &stranger).unwrap()).unwrap()
    };
    (1..=count).map(|minute| Crl::from_der(&nameless(list(minute).der())).unwrap()).collect()
}

/// Without the identifier of the key that signed, so that only the signature tells a true one from others: the extension becomes one that nobody knows. The signature is wrong then.
fn nameless(der: &[u8]) -> Vec<u8> {
    // id-ce-authorityKeyIdentifier, 2.5.29.35
    let place = der.windows(5).position(|window| window == b"\x06\x03\x55\x1d\x23").unwrap();
    [&der[..place + 4], b"\x7f", &der[place + 5..]].concat()
}

#[test]
fn what_one_file_asks_for_is_done_once_and_has_an_end() {
    let hall = Hall::new();
    let root = Issuer::new(&hall.root, &hall.root_key).unwrap();
    let name = DistinguishedName::new("云溪市政务服务中心", "印章签发证书").unwrap();
    let impostor = |_| authority::seal_authority(&subject(&name, &Key::new()), None, &root).unwrap();
    let impostors: Vec<Certificate> = (0..60).map(impostor).collect();
    let nobodys = |_| {
        let issuer = Issuer::new(&hall.issuing, &hall.issuing_key).unwrap();
        let seal = authority::seal(&subject(&hall.seal_name, &hall.seal_key), None, &issuer).unwrap();
        Certificate::from_der(&nameless(seal.der())).unwrap()
    };
    let signers: Vec<Certificate> = (0..10).map(nobodys).collect();
    let store = Store::new(vec![hall.root.clone()], Vec::new(), Vec::new());
    let pool = Pool::new(&store, &impostors);
    let ask = |signer: &Certificate| {
        let found = validate_in(signer, &pool, &Settings::new(Purpose::DocumentSigning, at(DAY)));
        (found.unwrap_err(), store.verified().verifications())
    };
    for _ in 0..10 {
        assert!(matches!(ask(&signers[0]), (PathError::Signature { .. }, 60)));
    }
    for signer in &signers[1..8] {
        assert!(matches!(ask(signer), (PathError::Signature { .. }, _)));
    }
    for signer in &signers[8..] {
        let (error, count) = ask(signer);
        assert!(error == PathError::TooMuch && count <= 512, "{error} after {count}");
    }
}

#[test]
fn a_heap_of_forged_lists_does_not_silence_the_trusts_own() {
    let hall = Hall::new();
    let revocation = |day| Revocation { at: at(day), reason: Reason::KeyCompromise };
    let (ours, theirs) =
        ([(hall.seal.clone(), revocation("2026-11-10"))], [(hall.seal.clone(), revocation("2026-11-20"))]);
    let certificates = [hall.issuing.clone()];
    let state = |own: &[(Certificate, Revocation)], forged: &[Crl]| {
        let own = crl(&hall, "2026-11-21", "2026-11-28", own);
        let store = Store::new(vec![hall.root.clone()], vec![own], Vec::new());
        let pool = Pool { lists: forged, ..Pool::new(&store, &certificates) };
        let settings = Settings::new(Purpose::DocumentSigning, at(DAY));
        let path = validate_in(&hall.seal, &pool, &settings).unwrap();
        // And once other signatures of the file have spent all there is.
        while pool.work.look().is_ok() {}
        [path.revocation_states()[0], validate_in(&hall.seal, &pool, &settings).unwrap().revocation_states()[0]]
    };
    for day in ["2026-01-02", "2026-11-21"] {
        let forged = forged_lists(&hall, 70, day, &theirs);
        let [first, later] = state(&ours, &forged);
        assert!(
            matches!(first, RevocationState::Revoked(found, _) if found == ours[0].1) && first == later,
            "{first:?}"
        );
        let [first, later] = state(&[], &forged);
        assert!(matches!(first, RevocationState::NotRevoked(_)), "{first:?}");
        assert_eq!(later, RevocationState::TooMuch);
    }
}

/// A list in the authority's name, signed with the key of a certificate that an authority elsewhere in the same trust gave out.
#[test]
fn another_authority_below_the_same_anchor_cannot_speak_for_ours() {
    let hall = Hall::new();
    let other_key = Key::new();
    let root = Issuer::new(&hall.root, &hall.root_key).unwrap();
    let other_name = DistinguishedName::new("x", "other authority").unwrap();
    let other = authority::seal_authority(&subject(&other_name, &other_key), None, &root).unwrap();
    let list_name = DistinguishedName::new("云溪市政务服务中心", "印章签发证书").unwrap();
    let list_key = Key::new();
    let signs_lists = || vec![ext::authority(0), ext::key_usage(ext::USE_AUTHORITY)];
    let by = |above: &Certificate, key: &Key| {
        let signer = authority::testing_issue_unchecked(&subject(&list_name, &list_key), signs_lists(), above, key);
        let list = [list_of(&signer, &list_key)];
        let root_list = [list_of(&hall.root, &hall.root_key), list_of(above, key)];
        let store = Store::new(vec![hall.root.clone()], root_list.to_vec(), Vec::new());
        let certificates = [hall.issuing.clone(), other.clone(), signer];
        let pool = Pool { lists: &list, ..Pool::new(&store, &certificates) };
        validate_in(&hall.seal, &pool, &Settings::new(Purpose::DocumentSigning, at(DAY))).unwrap().revocation_states()
            [0]
    };
    assert_eq!(by(&other, &other_key), RevocationState::Unknown);
    assert!(matches!(by(&hall.root, &hall.root_key), RevocationState::NotRevoked(_)), "its own authority can");
}

/// A list in the name of the root, signed by what the authority it speaks of gave out.
#[test]
fn an_authority_is_no_witness_for_itself() {
    let hall = Hall::new();
    let (name, key) = (DistinguishedName::new("云溪市政务服务中心", "印章根证书").unwrap(), Key::new());
    let extensions = vec![ext::authority(0), ext::key_usage(ext::USE_AUTHORITY)];
    let signer =
        authority::testing_issue_unchecked(&subject(&name, &key), extensions, &hall.issuing, &hall.issuing_key);
    let lists = [list_of(&signer, &key), list_of(&hall.issuing, &hall.issuing_key)];
    let store = Store::new(vec![hall.root.clone()], Vec::new(), Vec::new());
    let certificates = [hall.issuing.clone(), signer];
    let pool = Pool { lists: &lists, ..Pool::new(&store, &certificates) };
    let path = validate_in(&hall.seal, &pool, &Settings::new(Purpose::DocumentSigning, at(DAY))).unwrap();
    assert!(matches!(path.revocation_states(), [RevocationState::NotRevoked(_), RevocationState::Unknown]));
}

#[test]
fn each_purpose_asks_for_its_own_certificates() {
    use crate::pki::tlv::{OID, SEQUENCE, tlv};
    const TIME_STAMPING: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x08";
    const EMAIL_PROTECTION: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x04";
    const OCSP_SIGNING: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x09";
    let hall = Hall::new();
    let store = Store::new(vec![hall.issuing.clone()], Vec::new(), Vec::new());
    let may = |purpose: Purpose, critical: bool, purposes: &[&[u8]]| {
        let (name, key) = (DistinguishedName::new("x", "y").unwrap(), Key::new());
        let purposes: Vec<u8> = purposes.iter().flat_map(|purpose| tlv(OID, &[purpose])).collect();
        let extensions =
            vec![ext::key_usage(ext::USE_SERVER), ext::extension(37, critical, &tlv(SEQUENCE, &[&purposes]))];
        let (subject, key) = (subject(&name, &key), &hall.issuing_key);
        let signer = authority::testing_issue_unchecked(&subject, extensions, &hall.issuing, key);
        match validate_in(&signer, &Pool::new(&store, &[]), &Settings::new(purpose, at(DAY))) {
            Ok(_) => true,
            Err(PathError::NotForPurpose(_)) => false,
            Err(error) => panic!("{error}"),
        }
    };
    assert!(may(Purpose::TimeStamping, true, &[TIME_STAMPING]));
    assert!(!may(Purpose::TimeStamping, false, &[TIME_STAMPING]), "not critical");
    assert!(!may(Purpose::TimeStamping, true, &[TIME_STAMPING, EMAIL_PROTECTION]), "not alone");
    assert!(!may(Purpose::DocumentSigning, true, &[TIME_STAMPING]));
    assert!(may(Purpose::DocumentSigning, false, &[OCSP_SIGNING, EMAIL_PROTECTION]));
    assert!(
        may(Purpose::OcspSigning, false, &[OCSP_SIGNING]) && !may(Purpose::OcspSigning, false, &[EMAIL_PROTECTION])
    );
    assert!(may(Purpose::Any, true, &[OCSP_SIGNING]) && !may(Purpose::CrlSigning, true, &[EMAIL_PROTECTION]));
}
