//! Revocation lists and OCSP answers that a signature carries: in SignedData's `crls` (RFC 5652 section 10.2.1, RFC 5940) or in Adobe's signed attribute (ISO 32000-2 section 12.8.3.3.2).
//!
//! What does not read is passed over: a signature does not depend on it. Bytes alone: what they say, and whether to believe them, is for whoever validates the path.

use super::CmsError;
use super::attribute_types::{OCSP_BASIC, OCSP_RESPONSE};
use super::read::MAX_REVOCATION;
use crate::pki::tlv::{ENUMERATED, Element, OCTET_STRING, OID, SEQUENCE, context, tlv};

/// What was found.
#[derive(Debug, Clone, Default)]
pub(super) struct Revocation {
    /// DER CertificateLists.
    pub(super) crls: Vec<Vec<u8>>,
    /// DER OCSPResponses.
    pub(super) ocsps: Vec<Vec<u8>>,
}

impl Revocation {
    /// Reads SignedData's `crls`. Refuses nothing but too many.
    pub(super) fn read_choices(&mut self, choices: &Element<'_>) -> Result<(), CmsError> {
        tolerate(self.choices(choices))
    }

    /// Reads one RevocationInfoArchival. Refuses nothing but too many.
    pub(super) fn read_archival(&mut self, value: &Element<'_>) -> Result<(), CmsError> {
        tolerate(self.archival(value))
    }

    fn choices(&mut self, choices: &Element<'_>) -> Result<(), CmsError> {
        let mut reader = choices.reader()?;
        while !reader.is_finished() {
            let choice = reader.element()?;
            if choice.tag == SEQUENCE {
                self.add_crl(&choice)?;
            } else if choice.tag == context(1) {
                let mut parts = choice.reader()?;
                let (format, information) = (parts.expect(OID)?.full, parts.element()?);
                parts.finish()?;
                match format {
                    OCSP_RESPONSE => self.add_ocsp(information.full.to_vec())?,
                    OCSP_BASIC => self.add_ocsp(successful(information.full))?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn archival(&mut self, value: &Element<'_>) -> Result<(), CmsError> {
        let mut parts = Element::parse(value.full, SEQUENCE)?.reader()?;
        if let Some(lists) = parts.optional(context(0))? {
            let mut lists = Element::parse(lists.content, SEQUENCE)?.reader()?;
            while !lists.is_finished() {
                self.add_crl(&lists.element()?)?;
            }
        }
        if let Some(answers) = parts.optional(context(1))? {
            let mut answers = Element::parse(answers.content, SEQUENCE)?.reader()?;
            while !answers.is_finished() {
                self.add_ocsp(answers.element()?.full.to_vec())?;
            }
        }
        Ok(())
    }

    fn add_crl(&mut self, list: &Element<'_>) -> Result<(), CmsError> {
        self.crls.push(list.full.to_vec());
        self.check_count()
    }

    fn add_ocsp(&mut self, response: Vec<u8>) -> Result<(), CmsError> {
        self.ocsps.push(response);
        self.check_count()
    }

    fn check_count(&self) -> Result<(), CmsError> {
        if self.crls.len() + self.ocsps.len() > MAX_REVOCATION { Err(CmsError::TooMany) } else { Ok(()) }
    }
}

fn tolerate(result: Result<(), CmsError>) -> Result<(), CmsError> {
    match result {
        Err(CmsError::TooMany) => result,
        _ => Ok(()),
    }
}

/// The OCSPResponse around a BasicOCSPResponse (RFC 6960 section 4.2.1).
fn successful(basic: &[u8]) -> Vec<u8> {
    let bytes = tlv(SEQUENCE, &[OCSP_BASIC, &tlv(OCTET_STRING, &[basic])]);
    tlv(SEQUENCE, &[&tlv(ENUMERATED, &[&[0]]), &tlv(context(0), &[&bytes])])
}
