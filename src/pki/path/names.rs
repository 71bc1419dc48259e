//! Name constraints along a path (RFC 5280 section 4.2.1.10 and 6.1.3 (b), (c)).

use crate::pki::certificate::{Certificate, NameConstraints};
use crate::pki::general_name::{GeneralName, uri_host};
use crate::pki::name::{Within, email_addresses};

/// The most comparisons of a name with a subtree in one path.
const MAX_COMPARISONS: usize = 100_000;

/// Why names do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamesError<'a> {
    /// A name lies outside what an authority above may name, or is of a form for which nobody can say.
    Constrained(&'a Certificate),
    /// More than [`MAX_COMPARISONS`].
    TooMuch,
}

/// Judges the names of a path, anchor first. The anchor's own constraints count (RFC 5937 section 3).
pub(super) fn judge<'a>(path: impl DoubleEndedIterator<Item = &'a Certificate>) -> Result<(), NamesError<'a>> {
    let mut above: Vec<&NameConstraints> = Vec::new();
    let mut left = MAX_COMPARISONS;
    let mut path = path.peekable();
    while let Some(certificate) = path.next() {
        let is_last = path.peek().is_none();
        if !above.is_empty() && (is_last || !certificate.is_self_issued()) {
            // What is no name at all was refused on reading.
            for name in names(certificate).ok_or(NamesError::Constrained(certificate))? {
                for constraints in &above {
                    let cost = constraints.permitted.len() + constraints.excluded.len();
                    left = left.checked_sub(cost).ok_or(NamesError::TooMuch)?;
                    if !allows(constraints, &name) {
                        return Err(NamesError::Constrained(certificate));
                    }
                }
            }
        }
        above.extend(&certificate.extensions().name_constraints);
    }
    Ok(())
}

/// Every name of a certificate: its subject, its alternative names, and, where none of these is a mail address, those in the subject.
fn names(certificate: &Certificate) -> Option<Vec<GeneralName>> {
    let mut names = certificate.extensions().alternative_names.clone();
    if !names.iter().any(|name| matches!(name, GeneralName::Email(_))) {
        names.extend(email_addresses(certificate.subject_der()).ok()?);
    }
    let subject = certificate.canonical_subject();
    if !subject.is_empty() {
        names.push(GeneralName::Directory(subject.clone()));
    }
    Some(names)
}

fn allows(constraints: &NameConstraints, name: &GeneralName) -> bool {
    let of_its_form = |bases: &'_ [GeneralName]| -> Vec<bool> {
        bases.iter().filter_map(|base| is_within(name, base)).map(|within| within == Within::Yes).collect()
    };
    let unknown = |bases: &[GeneralName]| bases.iter().any(|base| is_within(name, base) == Some(Within::Unknown));
    let (permitted, excluded) = (of_its_form(&constraints.permitted), of_its_form(&constraints.excluded));
    !unknown(&constraints.permitted)
        && !unknown(&constraints.excluded)
        && (permitted.is_empty() || permitted.contains(&true))
        && !excluded.contains(&true)
}

/// Whether a name lies in the subtree of a base; none where they are of different forms.
fn is_within(name: &GeneralName, base: &GeneralName) -> Option<Within> {
    use GeneralName as G;
    let within = match (name, base) {
        (G::Directory(name), G::Directory(base)) => return Some(name.is_within(base)),
        (G::Dns(name), G::Dns(base)) => is_host_within(name, base, true),
        (G::Email(name), G::Email(base)) if name.contains('@') => is_mailbox_within(name, base),
        (G::Uri(name), G::Uri(base)) => match uri_host(name) {
            Some(host) => is_host_within(host, base, false),
            None => return Some(Within::Unknown),
        },
        (G::Ip(name), G::Ip(base)) => {
            if base.len() != 2 * name.len() {
                // An address of the other family; of no known one, no subtree can be said to hold it.
                return matches!((name.len(), base.len()), (4 | 16, 8 | 32))
                    .then_some(Within::No)
                    .or(Some(Within::Unknown));
            }
            let (address, mask) = base.split_at(name.len());
            name.iter().zip(address).zip(mask).all(|((name, address), mask)| name & mask == address & mask)
        }
        // Of one form, and at least one of them is not read here.
        _ => return (name.form() == base.form()).then_some(Within::Unknown),
    };
    Some(if within { Within::Yes } else { Within::No })
}

/// `base` with a leading dot: the hosts below. Without: that host and, for dNSName, the hosts below it.
fn is_host_within(host: &str, base: &str, with_below: bool) -> bool {
    // The root's dot may be written or left out.
    let plain = |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let (host, base) = (plain(host), plain(base));
    let is_below = |base: &str| host.strip_suffix(base).is_some_and(|rest| !rest.is_empty() && rest.ends_with('.'));
    match base.strip_prefix('.') {
        Some(base) => is_below(base),
        None => host == base || (with_below && (base.is_empty() || is_below(&base))),
    }
}

/// A base is a mailbox, a host or, with a leading dot, the hosts below a domain.
fn is_mailbox_within(mailbox: &str, base: &str) -> bool {
    let Some((local, host)) = mailbox.rsplit_once('@') else { return false };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => local == base_local && is_host_within(host, base_host, false),
        None => is_host_within(host, base, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(name: &GeneralName, base: &GeneralName) -> bool {
        is_within(name, base) == Some(Within::Yes)
    }

    #[test]
    fn subtrees_are_those_of_rfc_5280_section_4_2_1_10() {
        let dns = |name: &str, base: &str| within(&GeneralName::Dns(name.into()), &GeneralName::Dns(base.into()));
        assert!(dns("host.example.com", "host.example.com") && dns("my.host.example.com", "host.example.com"));
        assert!(!dns("ahost.example.com", "host.example.com") && !dns("example.com", "host.example.com"));
        assert!(dns("HOST.example", "host.EXAMPLE") && dns("any", ""));
        assert!(dns("a.example", ".example") && !dns("example", ".example"));

        let mail = |name: &str, base: &str| within(&GeneralName::Email(name.into()), &GeneralName::Email(base.into()));
        assert!(mail("root@example.com", "root@EXAMPLE.com") && !mail("Root@example.com", "root@example.com"));
        assert!(mail("any@example.com", "example.com") && !mail("any@host.example.com", "example.com"));
        assert!(mail("any@host.example.com", ".example.com") && !mail("any@example.com", ".example.com"));
        assert!(!mail("no mailbox", "example.com"));

        let uri = |name: &str, base: &str| within(&GeneralName::Uri(name.into()), &GeneralName::Uri(base.into()));
        assert!(
            uri("http://host.example.com/x", "host.example.com") && uri("http://host.example.com/", ".example.com")
        );
        assert!(!uri("http://my.host.example.com/", "host.example.com"));

        let ip = |name: &[u8], base: &[u8]| within(&GeneralName::Ip(name.into()), &GeneralName::Ip(base.into()));
        assert!(ip(&[192, 0, 2, 7], &[192, 0, 2, 0, 255, 255, 255, 0]));
        assert!(!ip(&[192, 0, 3, 7], &[192, 0, 2, 0, 255, 255, 255, 0]));
        assert!(!ip(&[0; 16], &[0; 8]) && ip(&[7; 16], &[0; 32]));
    }

    #[test]
    fn a_form_that_nobody_can_compare_is_allowed_only_where_nothing_constrains_it() {
        let other = GeneralName::Other(0xa0, vec![1]);
        let constraints = |permitted| NameConstraints { permitted, excluded: Vec::new() };
        assert!(!allows(&constraints(vec![GeneralName::Other(0xa0, vec![1])]), &other));
        assert!(allows(&constraints(vec![GeneralName::Dns("example".into())]), &other));
        let email = |text: &str| GeneralName::Email(text.into());
        let unreadable = GeneralName::Other(0x81, "ä@evil.example".into());
        assert!(!allows(&constraints(vec![email("good.example")]), &unreadable));
        assert!(!allows(&constraints(vec![unreadable.clone()]), &email("a@good.example")));
        let excluding = |excluded| NameConstraints { permitted: Vec::new(), excluded };
        assert!(!allows(&excluding(vec![email("secret.example")]), &unreadable));
        assert!(!allows(&excluding(vec![email("secret.example")]), &email("no mailbox")));
        assert!(!allows(&excluding(vec![email("secret.example")]), &email("a@secret.example.")), "the root's dot");
        assert!(allows(&excluding(vec![email("secret.example")]), &email("a@open.example")));
        let address = GeneralName::Uri("http://192.0.2.1/".into());
        assert!(!allows(&constraints(vec![GeneralName::Uri(".example".into())]), &address));
    }

    #[test]
    fn what_is_excluded_is_not_permitted_by_anything() {
        let constraints = NameConstraints {
            permitted: vec![GeneralName::Dns("example".into())],
            excluded: vec![GeneralName::Dns("secret.example".into())],
        };
        let allows = |name: &str| allows(&constraints, &GeneralName::Dns(name.into()));
        assert!(allows("open.example") && !allows("secret.example") && !allows("a.secret.example") && !allows("other"));
    }
}
