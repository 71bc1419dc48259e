//! The extensions our authorities write (RFC 5280 section 4.2), as DER.

use std::net::IpAddr;

use super::suite;
use super::tlv::{BIT_STRING, BOOLEAN, OCTET_STRING, OID, SEQUENCE, context, context_primitive, tlv, unsigned};
use crate::digest::Digest;

/// Critical keyUsage: keyCertSign and cRLSign.
pub(super) const USE_AUTHORITY: u8 = 0b0000_0110;
/// Critical keyUsage: digitalSignature and nonRepudiation.
pub(super) const USE_SEAL: u8 = 0b1100_0000;
/// Critical keyUsage: digitalSignature.
pub(super) const USE_SERVER: u8 = 0b1000_0000;

/// id-ce: 2.5.29.`arc`.
pub(super) fn extension(arc: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { tlv(BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    tlv(SEQUENCE, &[&tlv(OID, &[&[0x55, 0x1d, arc]]), &critical, &tlv(OCTET_STRING, &[value])])
}

/// The key identifier of a public key: the first 160 bits of SHA-256 over the BIT STRING content (RFC 7093 section 2, method 1).
pub(super) fn key_identifier(spki: &[u8]) -> Result<Vec<u8>, suite::SuiteError> {
    let bits = suite::key_bits(spki).map_err(|_| suite::SuiteError::Key)?;
    Ok(Digest::of(bits).as_bytes()[..20].to_vec())
}

pub(super) fn subject_key_identifier(identifier: &[u8]) -> Vec<u8> {
    extension(14, false, &tlv(OCTET_STRING, &[identifier]))
}

pub(super) fn authority_key_identifier(identifier: &[u8]) -> Vec<u8> {
    extension(35, false, &tlv(SEQUENCE, &[&tlv(context_primitive(0), &[identifier])]))
}

/// Critical keyUsage of at most eight named bits.
pub(super) fn key_usage(bits: u8) -> Vec<u8> {
    extension(15, true, &tlv(BIT_STRING, &[&[bits.trailing_zeros() as u8, bits]]))
}

/// Critical basicConstraints of an authority below which `path_length` further authorities may stand.
pub(super) fn authority(path_length: u8) -> Vec<u8> {
    extension(19, true, &tlv(SEQUENCE, &[&tlv(BOOLEAN, &[&[0xff]]), &unsigned(path_length.into())]))
}

/// Critical basicConstraints of an end entity.
pub(super) fn end_entity() -> Vec<u8> {
    extension(19, true, &tlv(SEQUENCE, &[]))
}

/// cRLDistributionPoints with one URL.
pub(super) fn crl_distribution_point(url: &str) -> Vec<u8> {
    let uri = tlv(context_primitive(6), &[url.as_bytes()]);
    let point = tlv(SEQUENCE, &[&tlv(context(0), &[&tlv(context(0), &[&uri])])]);
    extension(31, false, &tlv(SEQUENCE, &[&point]))
}

/// cRLNumber.
pub(super) fn crl_number(number: u64) -> Vec<u8> {
    extension(20, false, &unsigned(number))
}

/// reasonCode of a CRL entry.
pub(super) fn crl_reason(code: u8) -> Vec<u8> {
    extension(21, false, &[super::tlv::ENUMERATED, 1, code])
}

/// extKeyUsage with id-kp-serverAuth alone.
pub(super) fn server_auth() -> Vec<u8> {
    extension(37, false, &tlv(SEQUENCE, &[&tlv(OID, &[b"\x2b\x06\x01\x05\x05\x07\x03\x01"])]))
}

/// subjectAltName of a web server.
pub(super) fn subject_alt_name(hosts: &[super::authority::Host]) -> Vec<u8> {
    let names: Vec<Vec<u8>> = hosts
        .iter()
        .map(|host| match host {
            super::authority::Host::Dns(name) => tlv(context_primitive(2), &[name.as_bytes()]),
            super::authority::Host::Ip(ip) => tlv(context_primitive(7), &[&octets(ip)]),
        })
        .collect();
    extension(17, false, &tlv(SEQUENCE, &[&names.concat()]))
}

/// Critical nameConstraints that permit these hosts and nothing else: a kind of name of which none is permitted is excluded as a whole (RFC 5280 section 4.2.1.10).
pub(super) fn permit_hosts(hosts: &[super::authority::Host]) -> Vec<u8> {
    use super::authority::Host;
    let dns = |name: &str| tlv(SEQUENCE, &[&tlv(context_primitive(2), &[name.as_bytes()])]);
    let range =
        |address: &[u8], mask: u8| tlv(SEQUENCE, &[&tlv(context_primitive(7), &[address, &vec![mask; address.len()]])]);
    let mut permitted = Vec::new();
    for host in hosts {
        permitted.extend(match host {
            Host::Dns(name) => dns(name),
            Host::Ip(ip) => range(&octets(ip), 0xff),
        });
    }
    let mut excluded = Vec::new();
    if !hosts.iter().any(|host| matches!(host, Host::Dns(_))) {
        excluded.extend(dns(""));
    }
    if !hosts.iter().any(|host| matches!(host, Host::Ip(_))) {
        excluded.extend(range(&[0; 4], 0));
        excluded.extend(range(&[0; 16], 0));
    }
    let part = |tag: u8, trees: &[u8]| if trees.is_empty() { Vec::new() } else { tlv(context(tag), &[trees]) };
    extension(30, true, &tlv(SEQUENCE, &[&part(0, &permitted), &part(1, &excluded)]))
}

fn octets(ip: &IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}
