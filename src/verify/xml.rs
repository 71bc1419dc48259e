//! The report for other validation services: ETSI TS 119 102-2 V1.2.1, a `ValidationReport` in XML.
//!
//! One `SignatureValidationReport` a signature, in the order of the form; a file without a signature has one that names none. What is
//! found wrong with the document as a whole weighs on every signature in it. Each reason is a `ReportData` whose type ends in
//! its stable code and whose value is the Chinese sentence. Out of scope: the certificates themselves, signature quality, a signature over the report.

use std::io;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::report::{Indication, Report, SignatureReport, Stated, SubIndication};
use super::said::{Asked, turns};
use crate::digest::Digest;

const ETSI: &str = "http://uri.etsi.org/19102/v1.2.1#";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const LISTS: &str = "http://uri.etsi.org/02231/v2#";
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
/// Types of report data and names of policies that are this program's own.
const OWN: &str = "urn:yinxin:verification:1";

type Xml = Writer<Vec<u8>>;

/// The report as an XML document in UTF-8.
pub fn xml(report: &Report, asked: &Asked) -> String {
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 1);
    // It is written to memory, where nothing fails, and in UTF-8.
    whole(&mut out, report, asked).expect("memory takes everything");
    String::from_utf8(out.into_inner()).expect("the parts are UTF-8")
}

fn whole(out: &mut Xml, report: &Report, asked: &Asked) -> io::Result<()> {
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let names = [("xmlns", ETSI), ("xmlns:ds", DSIG), ("xmlns:xades", XADES), ("xmlns:tsl", LISTS)];
    out.create_element("ValidationReport").with_attributes(names).write_inner_content(|out| {
        if report.signatures.is_empty() {
            unsigned(out, report, asked)?;
        }
        for (index, one) in report.signatures.iter().enumerate() {
            signature(out, report, asked, one, index)?;
        }
        if report.signatures.iter().any(|one| one.seal.is_some()) {
            out.create_element("SignatureValidationObjects").write_inner_content(|out| {
                let mut keys = report.signatures.iter().enumerate().filter_map(|(index, one)| Some((index, one.seal?)));
                keys.try_for_each(|(index, key)| public_key(out, index, &key))
            })?;
        }
        within(out, &["SignatureValidator", "DigitalId"], |out| {
            text(out, "tsl:Other", concat!("Yinxin ", env!("CARGO_PKG_VERSION")))
        })
    })?;
    Ok(())
}

/// What is said of a file in which there is no signature.
fn unsigned(out: &mut Xml, report: &Report, asked: &Asked) -> io::Result<()> {
    within(out, &["SignatureValidationReport"], |out| {
        common(out, asked)?;
        let status = (report.indication, report.sub_indication);
        self::status(out, report, status, &report.reasons, None)
    })
}

fn signature(out: &mut Xml, report: &Report, asked: &Asked, one: &SignatureReport, index: usize) -> io::Result<()> {
    within(out, &["SignatureValidationReport"], |out| {
        let id = format!("signature-{}", index + 1);
        out.create_element("SignatureIdentifier").with_attribute(("id", id.as_str())).write_inner_content(|out| {
            text(out, "HashOnly", "false")?;
            text(out, "DocHashOnly", "false")?;
            text(out, "DAIdentifier", &one.field)
        })?;
        common(out, asked)?;
        attributes(out, one)?;
        if let Some(signer) = one.signer.as_ref().filter(|_| one.seal.is_some()) {
            within(out, &["SignerInformation"], |out| {
                reference(out, "SignerCertificate", &key_id(index))?;
                text(out, "Signer", signer)
            })?;
        }
        within(out, &["SignatureValidationProcess"], |out| {
            text(out, "SignatureValidationProcessID", "urn:etsi:019102:validationprocess:Basic")
        })?;
        // What is wrong with the document is said of each of its signatures.
        let (document, own) = (report.of_document(), (one.indication, one.sub_indication));
        let found = if weight(document.0) > weight(own.0) { document } else { own };
        let elsewhere = |reason: &&Stated| !report.signatures.iter().any(|s| s.reasons.contains(reason));
        let mut reasons: Vec<Stated> = one.reasons.clone();
        reasons.extend(report.reasons.iter().filter(elsewhere).cloned());
        status(out, report, found, &reasons, Some(one))
    })
}

/// Policy, time and document: the same for every signature.
fn common(out: &mut Xml, asked: &Asked) -> io::Result<()> {
    within(out, &["ValidationConstraintsEvaluationReport", "SignatureValidationPolicy"], |out| {
        within(out, &["SignaturePolicyIdentifier"], |out| {
            out.create_element("xades:SignaturePolicyImplied").write_empty().map(drop)
        })?;
        text(out, "PolicyName", OWN)
    })?;
    within(out, &["ValidationTimeInfo"], |out| {
        text(out, "ValidationTime", &second(asked.at))?;
        within(out, &["BestSignatureTime"], |out| {
            text(out, "POETime", &second(asked.at))?;
            text(out, "TypeOfProof", "urn:etsi:019102:poetype:validation")
        })
    })?;
    within(out, &["SignersDocument"], |out| digest(out, &asked.digest))
}

fn attributes(out: &mut Xml, one: &SignatureReport) -> io::Result<()> {
    if one.signed_at.is_none() && one.name.is_none() {
        return Ok(());
    }
    within(out, &["SignatureAttributes"], |out| {
        if let Some(at) = one.signed_at {
            within(out, &["SigningTime"], |out| text(out, "Time", &second(at)))?;
        }
        if let Some(name) = &one.name {
            within(out, &["Name"], |out| text(out, "NameElement", name))?;
        }
        Ok(())
    })
}

fn status(
    out: &mut Xml,
    report: &Report,
    (indication, sub): (Indication, Option<SubIndication>),
    reasons: &[Stated],
    one: Option<&SignatureReport>,
) -> io::Result<()> {
    let mut data: Vec<(String, String)> = vec![
        (format!("{OWN}:verdict"), word(&report.verdict)),
        (format!("{OWN}:integrity"), word(&one.map_or(report.integrity, |one| one.integrity))),
        (format!("{OWN}:today"), word(&report.today)),
    ];
    if let Some(serial) = one.and_then(|one| one.certificate_serial.clone()) {
        data.push((format!("{OWN}:certificate-serial"), serial));
    }
    if let Some(ledger) = one.and_then(|one| one.ledger.as_ref()) {
        data.push((
            format!("{OWN}:ledger"),
            format!("{} {} {} {}", ledger.log, ledger.index, ledger.size, ledger.root),
        ));
    }
    data.extend(reasons.iter().map(|reason| (format!("{OWN}:reason:{}", reason.code), reason.text.clone())));
    within(out, &["SignatureValidationStatus"], |out| {
        text(out, "MainIndication", &format!("urn:etsi:019102:mainindication:{}", word(&indication).to_lowercase()))?;
        if let Some(sub) = sub {
            text(out, "SubIndication", &format!("urn:etsi:019102:subindication:{}", word(&sub)))?;
        }
        within(out, &["AssociatedValidationReportData", "AdditionalValidationReportData"], |out| {
            data.iter().try_for_each(|(kind, value)| {
                within(out, &["ReportData"], |out| {
                    text(out, "Type", kind)?;
                    text(out, "Value", value)
                })
            })
        })
    })
}

fn public_key(out: &mut Xml, index: usize, key: &Digest) -> io::Result<()> {
    let object = out.create_element("ValidationObject").with_attribute(("id", key_id(index).as_str()));
    object.write_inner_content(|out| {
        text(out, "ObjectType", "urn:etsi:019102:validationObject:publicKey")?;
        within(out, &["ValidationObjectRepresentation"], |out| digest(out, key))
    })?;
    Ok(())
}

fn digest(out: &mut Xml, digest: &Digest) -> io::Result<()> {
    within(out, &["DigestAlgAndValue"], |out| {
        out.create_element("ds:DigestMethod").with_attribute(("Algorithm", SHA_256)).write_empty()?;
        text(out, "ds:DigestValue", &BASE64_STANDARD.encode(digest.as_bytes()))
    })
}

fn reference(out: &mut Xml, name: &str, id: &str) -> io::Result<()> {
    out.create_element(name).with_attribute(("VOReference", id)).write_empty().map(drop)
}

fn key_id(index: usize) -> String {
    format!("key-{}", index + 1)
}

/// An element that holds text.
fn text(out: &mut Xml, name: &str, value: &str) -> io::Result<()> {
    out.create_element(name).write_text_content(BytesText::new(&allowed(value))).map(drop)
}

/// Elements, each the only one in the one before.
fn within(out: &mut Xml, names: &[&str], content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    match names {
        [] => content(out),
        [name, inner @ ..] => {
            out.create_element(*name).write_inner_content(|out| within(out, inner, content)).map(drop)
        }
    }
}

/// What XML 1.0 cannot hold (section 2.2) is replaced, and what turns the order of writing: names in a file are anybody's.
fn allowed(value: &str) -> String {
    let bad = |c: char| {
        let is_control = c.is_control() && !matches!(c, '\t' | '\n' | '\r');
        is_control || turns(c) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    value.chars().map(|c| if bad(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// To the second, as `xs:dateTime`.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The word a value has in JSON.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The worse, the heavier.
fn weight(indication: Indication) -> u8 {
    match indication {
        Indication::TotalPassed => 0,
        Indication::Indeterminate => 1,
        Indication::TotalFailed => 2,
    }
}

#[cfg(test)]
pub(super) mod tests;
