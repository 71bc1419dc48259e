//! Object identifiers of contents and attributes, as DER.
//!
//! The two of our own are UUIDs under 2.25 (ITU-T X.667), which needs no registration. Their arcs have 128 bits, more than most OID types hold; therefore all are bytes here.

/// id-data, 1.2.840.113549.1.7.1.
pub(super) const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
/// id-signedData, 1.2.840.113549.1.7.2.
pub(super) const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// contentType, 1.2.840.113549.1.9.3.
pub(super) const CONTENT_TYPE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
/// messageDigest, 1.2.840.113549.1.9.4.
pub(super) const MESSAGE_DIGEST: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
/// signingTime, 1.2.840.113549.1.9.5.
pub(super) const SIGNING_TIME: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";
/// CMSAlgorithmProtection, 1.2.840.113549.1.9.52 (RFC 6211).
pub(super) const ALGORITHM_PROTECTION: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x34";
/// signingCertificate, 1.2.840.113549.1.9.16.2.12 (RFC 2634).
pub(super) const SIGNING_CERTIFICATE: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0c";
/// signingCertificateV2, 1.2.840.113549.1.9.16.2.47 (RFC 5035).
pub(super) const SIGNING_CERTIFICATE_V2: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f";
/// signatureTimeStampToken, 1.2.840.113549.1.9.16.2.14 (RFC 3161 appendix A).
pub(super) const TIMESTAMP: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e";
/// id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4 (RFC 3161).
pub(super) const TST_INFO: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04";
/// adbe-revocationInfoArchival, 1.2.840.113583.1.1.8 (ISO 32000-2 section 12.8.3.3.2).
pub(super) const REVOCATION_ARCHIVAL: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x2f\x01\x01\x08";
/// id-ri-ocsp-response, 1.3.6.1.5.5.7.16.2 (RFC 5940).
pub(super) const OCSP_RESPONSE: &[u8] = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x10\x02";
/// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1 (RFC 6960).
pub(super) const OCSP_BASIC: &[u8] = b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01";
/// The salt, a signed attribute: 2.25.243443862280542743521337232491216670863 (UUID b7259519-1b26-4161-b055-070ce894908f). One OCTET STRING of 32 random bytes.
pub(super) const SALT: &[u8] =
    b"\x06\x14\x69\x82\xee\xa5\xca\xc6\xa3\xb2\xb2\x85\xc3\xb0\xaa\xc1\xe1\xce\xc4\xd2\xa1\x0f";
/// The ledger proof, an unsigned attribute: 2.25.146091160229786478709513614319831141087 (UUID 6de8224e-7561-4b74-b271-deaecdcacadf). One OCTET STRING holding a `c2sp.org/tlog-proof@v1` text.
pub(super) const LEDGER_PROOF: &[u8] =
    b"\x06\x14\x69\x81\xdb\xe8\x91\x93\xce\xd6\x8a\xad\xe9\xb2\xb8\xf7\xd5\xec\xee\xab\x95\x5f";

#[cfg(test)]
mod tests {
    use super::*;

    /// Base 128, most significant group first (X.690 8.19), computed from the UUID itself.
    fn under_2_25(uuid: &str) -> Vec<u8> {
        let number = u128::from_str_radix(&uuid.replace('-', ""), 16).unwrap();
        let groups: Vec<u8> = (0..19).rev().map(|i| (number >> (7 * i)) as u8 & 0x7f).collect();
        let mut arc: Vec<u8> = groups.into_iter().skip_while(|group| *group == 0).map(|group| group | 0x80).collect();
        *arc.last_mut().unwrap() &= 0x7f;
        [vec![6, arc.len() as u8 + 1, 2 * 40 + 25], arc].concat()
    }

    #[test]
    fn our_identifiers_are_the_uuids_they_say() {
        assert_eq!(SALT, under_2_25("b7259519-1b26-4161-b055-070ce894908f"));
        assert_eq!(LEDGER_PROOF, under_2_25("6de8224e-7561-4b74-b271-deaecdcacadf"));
    }

    #[test]
    fn the_standards_identifiers_are_those_of_the_standards() {
        for (bytes, text) in [
            (DATA, "1.2.840.113549.1.7.1"),
            (SIGNED_DATA, "1.2.840.113549.1.7.2"),
            (CONTENT_TYPE, "1.2.840.113549.1.9.3"),
            (MESSAGE_DIGEST, "1.2.840.113549.1.9.4"),
            (SIGNING_TIME, "1.2.840.113549.1.9.5"),
            (ALGORITHM_PROTECTION, "1.2.840.113549.1.9.52"),
            (SIGNING_CERTIFICATE, "1.2.840.113549.1.9.16.2.12"),
            (SIGNING_CERTIFICATE_V2, "1.2.840.113549.1.9.16.2.47"),
            (TST_INFO, "1.2.840.113549.1.9.16.1.4"),
            (REVOCATION_ARCHIVAL, "1.2.840.113583.1.1.8"),
            (OCSP_RESPONSE, "1.3.6.1.5.5.7.16.2"),
            (OCSP_BASIC, "1.3.6.1.5.5.7.48.1.1"),
            (TIMESTAMP, "1.2.840.113549.1.9.16.2.14"),
        ] {
            let oid = der::asn1::ObjectIdentifier::new_unwrap(text);
            assert_eq!(bytes, der::Encode::to_der(&oid).unwrap(), "{text}");
        }
    }
}
