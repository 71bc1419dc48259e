use super::*;
use crate::pki::authority::{self, CertSigner, Host, Issuer, Subject, Term};
use crate::pki::crl::{Reason, RevocationList, issue};
use crate::pki::name::DistinguishedName;
use crate::pki::testing::{Hall, Key, at, serial};

const DAY: &str = "2026-11-22";

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
    let below = authority::testing_issue_unchecked(&subject(&name, &key), &hall.seal, &hall.seal_key);
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
    assert!(matches!(error, PathError::NotForSigning(_)));
    // And its authority carries a critical extension that the validation of signers does not process.
    assert!(authority.unknown_critical_extension().is_some());
}

#[test]
fn too_many_intermediates_are_refused_before_any_work() {
    let hall = Hall::new();
    let many = vec![hall.issuing.clone(); MAX_INTERMEDIATES + 1];
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
    assert_eq!(seal_state(&[current]), RevocationState::NotRevoked { this_update: at("2026-11-21") });
    let outdated = crl(&hall, "2026-11-01", "2026-11-08", &[]);
    assert_eq!(seal_state(std::slice::from_ref(&outdated)), RevocationState::Unknown);
    let naming = crl(&hall, "2026-11-21", "2026-11-28", &revoked);
    assert_eq!(seal_state(&[outdated, naming.clone()]), RevocationState::Revoked(revocation));
    assert_eq!(path(&hall, std::slice::from_ref(&naming)).unwrap().revocation(), RevocationState::Revoked(revocation));
    let lifted = crl(&hall, "2026-11-22", "2026-11-29", &[]);
    let expected = RevocationState::NotRevoked { this_update: at("2026-11-22") };
    assert_eq!(seal_state(&[naming.clone(), lifted.clone()]), expected);
    assert_eq!(seal_state(&[lifted, naming]), expected, "whatever the order");
    // A list of an authority of the same name with another key says nothing.
    assert_eq!(seal_state(&[crl(&Hall::new(), "2026-11-21", "2026-11-28", &[])]), RevocationState::Unknown);
}
