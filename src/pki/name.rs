//! Distinguished names as the hall's certificates carry them: `C=CN, O=…, CN=…`, one attribute in each RDN (RFC 5280 section 4.1.2.4).

use super::tlv::{OID, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING, tlv};

/// The most characters in O and in CN (RFC 5280 appendix A, ub-organization-name and ub-common-name).
pub const MAX_CHARACTERS: usize = 64;

/// A subject or issuer, ready as DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName(Vec<u8>);

/// Why a name cannot stand in a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Empty, longer than [`MAX_CHARACTERS`], or with control characters.
    #[error("a name in a certificate has 1 to 64 characters and no control characters")]
    Text,
    /// Not 18 characters of 0-9 and A-Z. The check character is the hall's matter.
    #[error("not a unified social credit code")]
    Uscc,
    /// A seal code is 14 digits: six of the region, eight of the serial.
    #[error("a seal code is 14 digits")]
    SealCode,
}

impl DistinguishedName {
    /// The subject of a seal certificate as departments' seal certificates have it: O is the unified social credit code followed by the department's full name, CN the seal code.
    pub fn of_seal(uscc: &str, department: &str, seal_code: &str) -> Result<Self, NameError> {
        if uscc.len() != 18 || !uscc.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            return Err(NameError::Uscc);
        }
        if seal_code.len() != 14 || !seal_code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NameError::SealCode);
        }
        Self::new(&format!("{uscc}{department}"), seal_code)
    }

    /// `C=CN, O=organization, CN=common_name`.
    pub fn new(organization: &str, common_name: &str) -> Result<Self, NameError> {
        for text in [organization, common_name] {
            if text.is_empty() || text.chars().count() > MAX_CHARACTERS || text.chars().any(char::is_control) {
                return Err(NameError::Text);
            }
        }
        // id-at 6, 10 and 3
        let attribute = |arc: u8, tag: u8, text: &str| {
            let oid = tlv(OID, &[&[0x55, 4, arc]]);
            tlv(SET, &[&tlv(SEQUENCE, &[&oid, &tlv(tag, &[text.as_bytes()])])])
        };
        let country = attribute(6, PRINTABLE_STRING, "CN");
        let organization = attribute(10, UTF8_STRING, organization);
        let common_name = attribute(3, UTF8_STRING, common_name);
        Ok(Self(tlv(SEQUENCE, &[&country, &organization, &common_name])))
    }

    /// The DER Name.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Decode;

    #[test]
    fn a_seal_subject_reads_back() {
        let name = DistinguishedName::of_seal("11330100002489559L", "云溪市公安局", "33010000000001").unwrap();
        let parsed = x509_cert::name::Name::from_der(name.as_der()).unwrap();
        assert_eq!(parsed.to_string(), "CN=33010000000001,O=11330100002489559L云溪市公安局,C=CN");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let seal = DistinguishedName::of_seal;
        assert_eq!(seal("1133010000248955", "x", "33010000000001"), Err(NameError::Uscc));
        assert_eq!(seal("11330100002489559L", "x", "3301000000001"), Err(NameError::SealCode));
        assert_eq!(seal("11330100002489559L", &"字".repeat(47), "33010000000001"), Err(NameError::Text));
        assert!(seal("11330100002489559L", &"字".repeat(46), "33010000000001").is_ok());
        assert_eq!(DistinguishedName::new("", "x"), Err(NameError::Text));
        assert_eq!(DistinguishedName::new("a\nb", "x"), Err(NameError::Text));
    }
}
