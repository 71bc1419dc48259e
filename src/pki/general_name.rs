//! GeneralName (RFC 5280 section 4.2.1.6), as far as validation compares names.

use std::net::IpAddr;

use super::name::CanonicalName;
use super::tlv::{Element, NotDer, Reader, context, context_primitive};

/// A name of a subject, a distribution point or a subtree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GeneralName {
    /// rfc822Name.
    Email(String),
    /// dNSName.
    Dns(String),
    /// directoryName.
    Directory(CanonicalName),
    /// uniformResourceIdentifier.
    Uri(String),
    /// iPAddress: 4 or 16 bytes; in a subtree 8 or 32, address and mask.
    Ip(Vec<u8>),
    /// Every other form, and text that is not ASCII: the tag and the bytes.
    Other(u8, Vec<u8>),
}

impl GeneralName {
    pub(crate) fn read(element: &Element<'_>) -> Result<Self, NotDer> {
        const EMAIL: u8 = context_primitive(1);
        const DNS: u8 = context_primitive(2);
        const DIRECTORY: u8 = context(4);
        const URI: u8 = context_primitive(6);
        const IP: u8 = context_primitive(7);
        let text = || String::from_utf8(element.content.to_vec()).ok().filter(|text| text.is_ascii());
        let known = match element.tag {
            EMAIL => text().map(Self::Email),
            DNS => text().map(Self::Dns),
            URI => text().map(Self::Uri),
            DIRECTORY => Some(Self::Directory(CanonicalName::of(element.content)?)),
            IP => Some(Self::Ip(element.content.to_vec())),
            _ => None,
        };
        Ok(known.unwrap_or_else(|| Self::Other(element.tag, element.content.to_vec())))
    }

    /// The number of its form, whether it is read here or not.
    pub(crate) fn form(&self) -> u8 {
        match self {
            Self::Email(_) => 1,
            Self::Dns(_) => 2,
            Self::Directory(_) => 4,
            Self::Uri(_) => 6,
            Self::Ip(_) => 7,
            Self::Other(tag, _) => tag & 0x1f,
        }
    }

    /// The names that a reader still holds.
    pub(crate) fn read_all(mut reader: Reader<'_>) -> Result<Vec<Self>, NotDer> {
        let mut names = Vec::new();
        while !reader.is_finished() {
            names.push(Self::read(&reader.element()?)?);
        }
        Ok(names)
    }
}

/// The host of a URI with an authority, unless it is an address.
pub(crate) fn uri_host(uri: &str) -> Option<&str> {
    // Programs differ in what they make of other characters (RFC 3986, section 2).
    if !uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)) {
        return None;
    }
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.starts_with('[') || host.contains('%') {
        return None;
    }
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    (!host.is_empty() && host.parse::<IpAddr>().is_err()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::uri_host;

    #[test]
    fn the_host_of_a_uri_is_found() {
        for (uri, host) in [
            ("http://testserver.testcertificates.gov/index.html", Some("testserver.testcertificates.gov")),
            ("ldap://user:secret@Host.example:389/cn=x?y", Some("Host.example")),
            ("http://host.example?x=http://other.example", Some("host.example")),
            ("http://192.0.2.1/", None),
            ("http://[2001:db8::1]/", None),
            ("urn:oid:1.2.3", None),
            ("http:///x", None),
            (r"https://w.bad.example\@good.example/", None),
            ("https://w%2ebad.example/", None),
        ] {
            assert_eq!(uri_host(uri), host, "{uri}");
        }
    }
}
