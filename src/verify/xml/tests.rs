//! What a schema does not say. Structure and order are held against the standard's by tests/oracles/validation_report.py.

use quick_xml::events::Event;

use super::*;
use crate::verify::{Integrity, Reason, Verdict};

fn asked() -> Asked {
    Asked::of(b"abc", "2026-11-20T02:02:11.5Z".parse().unwrap())
}

/// A signature that is valid.
pub(in crate::verify) fn valid() -> SignatureReport {
    SignatureReport {
        field: "seal-0".into(),
        page: Some(1),
        rect: None,
        name: Some("某局".into()),
        signer: Some("CN=22020100000007".into()),
        seal: Some(Digest::of(b"key")),
        certificate_serial: Some("0a".into()),
        is_seal: true,
        is_timestamp: false,
        anchor: None,
        proved_at: None,
        signed_at: Some("2026-11-20T02:00:00Z".parse().unwrap()),
        covers_whole_file: true,
        revision_end: Some(3),
        certification: None,
        ledger: None,
        verdict: Verdict::Valid,
        integrity: Integrity::Intact,
        indication: Indication::TotalPassed,
        sub_indication: None,
        reasons: vec![],
        found: vec![],
    }
}

/// The texts of all elements of this name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut found, mut open) = (Vec::new(), false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                open = start.name().as_ref() == name;
                if open {
                    found.push(String::new());
                }
            }
            Event::Text(text) if open => found.last_mut().unwrap().push_str(&text),
            Event::GeneralRef(entity) if open => found.last_mut().unwrap().push_str(match entity.as_ref() {
                "lt" => "<",
                "gt" => ">",
                "amp" => "&",
                other => panic!("{other:?}"),
            }),
            Event::End(_) => open = false,
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn a_signature_that_holds_has_passed() {
    let xml = xml(&Report::new(vec![], vec![valid()]), &asked());
    assert_eq!(texts(&xml, "MainIndication"), ["urn:etsi:019102:mainindication:total-passed"]);
    assert_eq!(texts(&xml, "SubIndication"), [""; 0]);
    assert_eq!(texts(&xml, "ValidationTime"), ["2026-11-20T02:02:11Z"]);
    assert_eq!(texts(&xml, "Time"), ["2026-11-20T02:00:00Z"]);
    // SHA-256 of `abc` (FIPS 180-4 example), in base64.
    assert_eq!(texts(&xml, "ds:DigestValue")[0], "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

#[test]
fn what_is_wrong_with_the_document_is_said_of_every_signature() {
    let xml = xml(&Report::new(vec![Reason::SharedSignature.into()], vec![valid(), valid()]), &asked());
    assert_eq!(texts(&xml, "MainIndication"), ["urn:etsi:019102:mainindication:total-failed"; 2]);
    assert_eq!(texts(&xml, "SubIndication"), ["urn:etsi:019102:subindication:FORMAT_FAILURE"; 2]);
    let types = texts(&xml, "Type");
    assert_eq!(types.iter().filter(|kind| kind.ends_with(":reason:shared-signature")).count(), 2, "{types:?}");
}

#[test]
fn one_signature_that_fails_does_not_fail_the_other() {
    let failed = SignatureReport {
        verdict: Verdict::Invalid,
        indication: Indication::TotalFailed,
        sub_indication: Some(SubIndication::HashFailure),
        found: vec![Reason::DigestMismatch.into()],
        ..valid()
    };
    let xml = xml(&Report::new(vec![], vec![valid(), failed]), &asked());
    let end = |uri: &String| uri.rsplit(':').next().unwrap().to_owned();
    assert_eq!(texts(&xml, "MainIndication").iter().map(end).collect::<Vec<_>>(), ["total-passed", "total-failed"]);
    assert_eq!(texts(&xml, "SubIndication").iter().map(end).collect::<Vec<_>>(), ["HASH_FAILURE"]);
}

/// A note on a timestamp does not lift what is wrong with the document off a seal.
#[test]
fn what_is_wrong_with_the_document_weighs_on_each_signature_by_itself() {
    let stamp = SignatureReport {
        is_timestamp: true,
        is_seal: false,
        verdict: Verdict::Indeterminate,
        indication: Indication::Indeterminate,
        sub_indication: Some(SubIndication::NoCertificateChainFound),
        found: vec![Reason::NoChain.into()],
        ..valid()
    };
    let failed = SignatureReport {
        verdict: Verdict::Invalid,
        indication: Indication::TotalFailed,
        sub_indication: Some(SubIndication::HashFailure),
        found: vec![Reason::DigestMismatch.into()],
        ..valid()
    };
    let indications = |signatures: Vec<SignatureReport>| {
        let xml = xml(&Report::new(vec![Reason::SealMissing.into()], signatures), &asked());
        texts(&xml, "MainIndication").iter().map(|uri| uri.rsplit(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(indications(vec![valid(), stamp]), ["indeterminate", "indeterminate"]);
    assert_eq!(indications(vec![valid(), failed]), ["indeterminate", "total-failed"]);
}

#[test]
fn names_from_a_file_stay_text() {
    let name = "</Name><MainIndication>&amp;\u{0}\u{1b}]]>\u{ffff}\u{202e}一";
    let hostile = SignatureReport { name: Some(name.into()), ..valid() };
    let xml = xml(&Report::new(vec![], vec![hostile]), &asked());
    assert_eq!(texts(&xml, "NameElement"), ["</Name><MainIndication>&amp;\u{fffd}\u{fffd}]]>\u{fffd}\u{fffd}一"]);
    assert_eq!(texts(&xml, "MainIndication").len(), 1);
}
