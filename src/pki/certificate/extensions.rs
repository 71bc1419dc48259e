//! The extensions that validation looks at (RFC 5280 section 4.2, RFC 6960 section 4.2.2.2.1).

use der::Decode;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::constraints::PolicyConstraints;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, InhibitAnyPolicy, KeyUsage,
    PolicyMappings, SubjectKeyIdentifier,
};

use super::CertificateError;
use crate::pki::general_name::GeneralName;
use crate::pki::scope::DistributionPoint;
use crate::pki::tlv::{Element, NotDer, SEQUENCE, context, context_primitive};

/// What a certificate's extensions say.
#[derive(Default)]
pub(crate) struct Extensions {
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(crate) is_extended_key_usage_critical: bool,
    pub(crate) subject_key_identifier: Option<Vec<u8>>,
    pub(crate) authority_key_identifier: Option<Vec<u8>>,
    pub(crate) alternative_names: Vec<GeneralName>,
    pub(crate) distribution_points: Vec<DistributionPoint>,
    pub(crate) crl_urls: Vec<String>,
    /// certificatePolicies without their qualifiers.
    pub(crate) policies: Option<Vec<ObjectIdentifier>>,
    /// The issuer's policy and the subject's that is as good.
    pub(crate) policy_mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    pub(crate) require_explicit_policy: Option<u32>,
    pub(crate) inhibit_policy_mapping: Option<u32>,
    pub(crate) inhibit_any_policy: Option<u32>,
    pub(crate) name_constraints: Option<NameConstraints>,
    /// id-pkix-ocsp-nocheck: the responder's certificate is trusted for its term.
    pub(crate) is_ocsp_no_check: bool,
    pub(crate) unknown_critical: Option<ObjectIdentifier>,
}

/// nameConstraints (RFC 5280 section 4.2.1.10): the bases of its subtrees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NameConstraints {
    pub(crate) permitted: Vec<GeneralName>,
    pub(crate) excluded: Vec<GeneralName>,
}

impl NameConstraints {
    fn read(value: &[u8]) -> Result<Self, NotDer> {
        let mut fields = Element::parse(value, SEQUENCE)?.reader()?;
        let mut trees = |number| match fields.optional(context(number))? {
            Some(trees) => subtrees(&trees),
            None => Ok(Vec::new()),
        };
        let constraints = Self { permitted: trees(0)?, excluded: trees(1)? };
        fields.finish()?;
        Ok(constraints)
    }
}

/// GeneralSubtrees. A minimum other than 0 or a maximum, which no profile allows, is refused.
fn subtrees(element: &Element<'_>) -> Result<Vec<GeneralName>, NotDer> {
    let mut reader = element.reader()?;
    let mut bases = Vec::new();
    while !reader.is_finished() {
        let mut tree = reader.expect(SEQUENCE)?.reader()?;
        bases.push(GeneralName::read(&tree.element()?)?);
        // The default, as some write it.
        if tree.optional(context_primitive(0))?.is_some_and(|minimum| minimum.content != [0]) {
            return Err(NotDer);
        }
        tree.finish()?;
    }
    Ok(bases)
}

impl Extensions {
    pub(super) fn read(list: &[Extension]) -> Result<Self, CertificateError> {
        let mut out = Self::default();
        for (index, extension) in list.iter().enumerate() {
            let id = extension.extn_id;
            if list[..index].iter().any(|earlier| earlier.extn_id == id) {
                return Err(CertificateError::ExtensionTwice(id));
            }
            let is_known = out.take(extension).map_err(|NotDer| CertificateError::ExtensionMalformed(id))?;
            if extension.critical && !is_known {
                out.unknown_critical.get_or_insert(id);
            }
        }
        Ok(out)
    }

    /// Takes what an extension says. False: not one that is processed.
    fn take(&mut self, extension: &Extension) -> Result<bool, NotDer> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            oid::BASIC_CONSTRAINTS => self.basic_constraints = Some(BasicConstraints::from_der(value)?),
            oid::KEY_USAGE => self.key_usage = Some(KeyUsage::from_der(value)?),
            oid::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(ExtendedKeyUsage::from_der(value)?);
                self.is_extended_key_usage_critical = extension.critical;
            }
            oid::SUBJECT_KEY_IDENTIFIER => {
                self.subject_key_identifier = Some(SubjectKeyIdentifier::from_der(value)?.0.as_bytes().to_vec());
            }
            oid::AUTHORITY_KEY_IDENTIFIER => {
                let identifier = AuthorityKeyIdentifier::from_der(value)?;
                self.authority_key_identifier = identifier.key_identifier.map(|id| id.as_bytes().to_vec());
            }
            oid::SUBJECT_ALT_NAME => {
                self.alternative_names = GeneralName::read_all(Element::parse(value, SEQUENCE)?.reader()?)?;
            }
            oid::CRL_DISTRIBUTION_POINTS => {
                // Where lists lie is a hint unless it is critical: without it, the issuer's own list is asked for.
                let points = DistributionPoint::read_all(value);
                self.distribution_points = if extension.critical { points? } else { points.unwrap_or_default() };
                let urls = self.distribution_points.iter().flat_map(DistributionPoint::urls);
                self.crl_urls = urls.map(str::to_owned).collect();
            }
            oid::CERTIFICATE_POLICIES => {
                let policies = CertificatePolicies::from_der(value)?.0;
                self.policies = Some(policies.into_iter().map(|policy| policy.policy_identifier).collect());
            }
            oid::POLICY_MAPPINGS => {
                let mappings = PolicyMappings::from_der(value)?.0;
                let pairs = mappings.iter().map(|pair| (pair.issuer_domain_policy, pair.subject_domain_policy));
                self.policy_mappings = pairs.collect();
            }
            oid::POLICY_CONSTRAINTS => {
                let constraints = PolicyConstraints::from_der(value)?;
                self.require_explicit_policy = constraints.require_explicit_policy;
                self.inhibit_policy_mapping = constraints.inhibit_policy_mapping;
            }
            oid::INHIBIT_ANY_POLICY => self.inhibit_any_policy = Some(InhibitAnyPolicy::from_der(value)?.0),
            oid::NAME_CONSTRAINTS => self.name_constraints = Some(NameConstraints::read(value)?),
            oid::OCSP_NO_CHECK => self.is_ocsp_no_check = true,
            // Further names of the issuer, and where a delta list lies: nothing to be obeyed.
            oid::ISSUER_ALT_NAME | oid::FRESHEST_CRL => {}
            _ => return Ok(false),
        }
        Ok(true)
    }
}

mod oid {
    use der::asn1::ObjectIdentifier as Oid;
    pub(super) const SUBJECT_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.14");
    pub(super) const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
    pub(super) const SUBJECT_ALT_NAME: Oid = Oid::new_unwrap("2.5.29.17");
    pub(super) const ISSUER_ALT_NAME: Oid = Oid::new_unwrap("2.5.29.18");
    pub(super) const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
    pub(super) const NAME_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.30");
    pub(super) const CRL_DISTRIBUTION_POINTS: Oid = Oid::new_unwrap("2.5.29.31");
    pub(super) const CERTIFICATE_POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
    pub(super) const POLICY_MAPPINGS: Oid = Oid::new_unwrap("2.5.29.33");
    pub(super) const AUTHORITY_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.35");
    pub(super) const POLICY_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.36");
    pub(super) const EXTENDED_KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.37");
    pub(super) const FRESHEST_CRL: Oid = Oid::new_unwrap("2.5.29.46");
    pub(super) const INHIBIT_ANY_POLICY: Oid = Oid::new_unwrap("2.5.29.54");
    pub(super) const OCSP_NO_CHECK: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");
}
