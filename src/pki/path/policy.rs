//! Certificate policies along a path (RFC 5280 section 6.1), with the graph of RFC 9618 in place of the tree, so that the work grows with the certificates' length and not
//! exponentially with the path's.

use std::collections::{BTreeMap, BTreeSet};

use der::asn1::ObjectIdentifier;

use crate::pki::certificate::Certificate;

const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// What the caller asks of a path's policies (RFC 5280 section 6.1.1 (c), (e), (f), (g)). The default asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicySettings {
    /// The policies the caller is content with: user-initial-policy-set. Empty: any.
    pub acceptable: Vec<ObjectIdentifier>,
    /// The path must be valid for one of them: initial-explicit-policy.
    pub explicit: bool,
    /// No policy may be mapped to another: initial-policy-mapping-inhibit.
    pub inhibit_mapping: bool,
    /// anyPolicy in a certificate counts for nothing: initial-any-policy-inhibit.
    pub inhibit_any: bool,
}

/// The policies a path is valid for: user-constrained-policy-set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policies {
    /// Any.
    Any,
    /// These, in the terms of the anchor, and no others. None, where the path asserts none and needs none.
    These(BTreeSet<ObjectIdentifier>),
}

/// Why a path's policies do not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PolicyError {
    /// A policy is required, and the path is valid for none that is acceptable.
    NoPolicy,
    /// anyPolicy is mapped (section 6.1.4 (a)).
    AnyPolicyMapped,
}

/// A policy at one depth: what stands for it below, and the policies above that led to it.
#[derive(Debug, Clone)]
struct Node {
    expected: BTreeSet<ObjectIdentifier>,
    parents: BTreeSet<ObjectIdentifier>,
}

type Level = BTreeMap<ObjectIdentifier, Node>;

/// Judges the policies of a path; `path` begins below the anchor and ends with the signer.
pub(super) fn judge<'a>(
    path: impl DoubleEndedIterator<Item = &'a Certificate> + ExactSizeIterator,
    settings: &PolicySettings,
) -> Result<Policies, PolicyError> {
    let length = u32::try_from(path.len()).unwrap_or(u32::MAX - 1);
    let mut state = State::new(length, settings);
    for (index, certificate) in path.enumerate() {
        let is_last = index as u32 + 1 == length;
        state.enter(certificate, is_last)?;
        if !is_last {
            state.prepare(certificate)?;
        } else {
            state.explicit = state.explicit.saturating_sub(1);
            if certificate.extensions().require_explicit_policy == Some(0) {
                state.explicit = 0;
            }
        }
    }
    let policies = state.acceptable(&settings.acceptable);
    let has_none = matches!(&policies, Policies::These(policies) if policies.is_empty());
    if state.explicit == 0 && has_none { Err(PolicyError::NoPolicy) } else { Ok(policies) }
}

/// The state variables of section 6.1.2 that concern policies.
struct State {
    /// The graph, from the anchor down; a level without nodes is the NULL graph, and stays so.
    levels: Vec<Level>,
    explicit: u32,
    mapping: u32,
    any: u32,
}

impl State {
    fn new(length: u32, settings: &PolicySettings) -> Self {
        let unless = |inhibited: bool| if inhibited { 0 } else { length + 1 };
        let root = Node { expected: BTreeSet::from([ANY_POLICY]), parents: BTreeSet::new() };
        Self {
            levels: vec![BTreeMap::from([(ANY_POLICY, root)])],
            explicit: unless(settings.explicit),
            mapping: unless(settings.inhibit_mapping),
            any: unless(settings.inhibit_any),
        }
    }

    /// Section 6.1.3 (d) to (f).
    fn enter(&mut self, certificate: &Certificate, is_last: bool) -> Result<(), PolicyError> {
        let asserted = certificate.extensions().policies.as_deref().unwrap_or_default();
        // The graph has a first level from the beginning.
        let above = self.levels.last().expect("a level");
        let mut by_expected: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>> = BTreeMap::new();
        for (policy, node) in above {
            for expected in &node.expected {
                by_expected.entry(*expected).or_default().insert(*policy);
            }
        }
        let mut level = Level::new();
        let mut add = |policy: ObjectIdentifier, parents: BTreeSet<ObjectIdentifier>| {
            level.entry(policy).or_insert_with(|| Node { expected: BTreeSet::from([policy]), parents });
        };
        for policy in asserted.iter().filter(|policy| **policy != ANY_POLICY) {
            if let Some(parents) = by_expected.get(policy) {
                add(*policy, parents.clone());
            } else if above.contains_key(&ANY_POLICY) {
                add(*policy, BTreeSet::from([ANY_POLICY]));
            }
        }
        let any_counts = self.any > 0 || (!is_last && certificate.is_self_issued());
        if any_counts && asserted.contains(&ANY_POLICY) {
            for (expected, parents) in by_expected {
                add(expected, parents);
            }
        }
        self.levels.push(level);
        if self.explicit == 0 && self.is_null() { Err(PolicyError::NoPolicy) } else { Ok(()) }
    }

    /// Section 6.1.4 (a), (b) and (h) to (j).
    fn prepare(&mut self, certificate: &Certificate) -> Result<(), PolicyError> {
        let extensions = certificate.extensions();
        let mut mapped: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>> = BTreeMap::new();
        for (from, to) in &extensions.policy_mappings {
            if *from == ANY_POLICY || *to == ANY_POLICY {
                return Err(PolicyError::AnyPolicyMapped);
            }
            mapped.entry(*from).or_default().insert(*to);
        }
        if let Some(level) = self.levels.last_mut() {
            let any = level.get(&ANY_POLICY).map(|node| node.parents.clone());
            for (from, expected) in mapped {
                if self.mapping == 0 {
                    level.remove(&from);
                } else if let Some(node) = level.get_mut(&from) {
                    node.expected = expected;
                } else if let Some(parents) = &any {
                    level.insert(from, Node { expected, parents: parents.clone() });
                }
            }
        }
        if !certificate.is_self_issued() {
            for counter in [&mut self.explicit, &mut self.mapping, &mut self.any] {
                *counter = counter.saturating_sub(1);
            }
        }
        let lower = |counter: &mut u32, to: Option<u32>| *counter = to.map_or(*counter, |to| to.min(*counter));
        lower(&mut self.explicit, extensions.require_explicit_policy);
        lower(&mut self.mapping, extensions.inhibit_policy_mapping);
        lower(&mut self.any, extensions.inhibit_any_policy);
        Ok(())
    }

    fn is_null(&self) -> bool {
        self.levels.last().is_none_or(BTreeMap::is_empty)
    }

    /// Section 6.1.5 (g): what of the graph is acceptable. Followed upwards from the signer's level, so that what leads nowhere need never be cut off.
    fn acceptable(&self, acceptable: &[ObjectIdentifier]) -> Policies {
        let accepts = |policy: &ObjectIdentifier| acceptable.is_empty() || acceptable.contains(policy);
        let mut reached: BTreeSet<ObjectIdentifier> =
            self.levels.last().into_iter().flat_map(Level::keys).copied().collect();
        if reached.contains(&ANY_POLICY) && acceptable.is_empty() {
            return Policies::Any;
        }
        // anyPolicy down to the signer stands for every policy asked for.
        let mut found: BTreeSet<ObjectIdentifier> =
            if reached.contains(&ANY_POLICY) { acceptable.iter().copied().collect() } else { BTreeSet::new() };
        for level in self.levels.iter().rev() {
            let mut parents = BTreeSet::new();
            for (policy, node) in level.iter().filter(|(policy, _)| reached.contains(*policy)) {
                // Policies that hang below anyPolicy are those in the anchor's own terms.
                if *policy != ANY_POLICY && node.parents.contains(&ANY_POLICY) && accepts(policy) {
                    found.insert(*policy);
                }
                parents.extend(node.parents.iter().copied());
            }
            reached = parents;
        }
        Policies::These(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::authority::{CertSigner, Subject, Term, testing_issue_unchecked};
    use crate::pki::extension as ext;
    use crate::pki::name::DistinguishedName;
    use crate::pki::testing::{Hall, Key, at, serial};
    use crate::pki::tlv::{OID, SEQUENCE, tlv};

    fn certificate(extensions: Vec<Vec<u8>>) -> Certificate {
        let (hall, key, name) = (Hall::new(), Key::new(), DistinguishedName::new("x", "y").unwrap());
        let term = Term::new(at("2026-02-01"), at("2029-02-01")).unwrap();
        let subject = Subject { name: &name, spki: key.spki_der(), term, serial: serial() };
        testing_issue_unchecked(&subject, extensions, &hall.root, &hall.root_key)
    }

    /// Every policy mapped to every one at each depth: 20 to the power of nine ways from the anchor to the signer.
    #[test]
    fn the_work_grows_with_the_certificates_and_not_with_the_ways() {
        const POLICIES: u8 = 20;
        let policy = |n: u8| tlv(OID, &[&[0x2a, 3, n]]);
        let policies: Vec<u8> = (0..POLICIES).flat_map(|n| tlv(SEQUENCE, &[&policy(n)])).collect();
        let pairs = (0..POLICIES).flat_map(|from| (0..POLICIES).map(move |to| (from, to)));
        let mappings: Vec<u8> = pairs.flat_map(|(from, to)| tlv(SEQUENCE, &[&policy(from), &policy(to)])).collect();
        let policies = ext::extension(32, false, &tlv(SEQUENCE, &[&policies]));
        let mappings = ext::extension(33, true, &tlv(SEQUENCE, &[&mappings]));
        let authority = certificate(vec![policies.clone(), mappings]);
        let mut path = vec![authority; 8];
        path.push(certificate(vec![policies]));
        let explicit = PolicySettings { explicit: true, ..PolicySettings::default() };
        let Ok(Policies::These(found)) = judge(path.iter(), &explicit) else { panic!("not valid") };
        assert_eq!(found.len(), usize::from(POLICIES));
        let one = PolicySettings { acceptable: vec!["1.2.3.7".parse().unwrap()], ..explicit.clone() };
        let Ok(Policies::These(found)) = judge(path.iter(), &one) else { panic!("not valid") };
        assert_eq!(found, BTreeSet::from(["1.2.3.7".parse().unwrap()]));
        let other = PolicySettings { acceptable: vec!["1.2.4".parse().unwrap()], ..explicit };
        assert_eq!(judge(path.iter(), &other), Err(PolicyError::NoPolicy));
    }
}
