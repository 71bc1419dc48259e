//! Which certificates and which reasons a revocation list speaks of: cRLDistributionPoints on one side (RFC 5280 section 4.2.1.13), issuingDistributionPoint on the other
//! (section 5.2.5), and how they are brought together (section 6.3.3 (b) and (d)).

use super::general_name::GeneralName;
use super::name::CanonicalName;
use super::tlv::{Element, NotDer, Reader, SEQUENCE, context, context_primitive};

/// A set of reasons: bit *n* is reason *n*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reasons(u16);

impl Reasons {
    pub(crate) const NONE: Self = Self(0);
    /// keyCompromise (1) to aACompromise (8): all that ReasonFlags can name.
    pub(crate) const ALL: Self = Self(0x1fe);

    /// The content of a ReasonFlags BIT STRING.
    fn read(content: &[u8]) -> Self {
        let bits = content.get(1..).unwrap_or_default();
        let is_set = |n: usize| bits.get(n / 8).is_some_and(|byte| byte & (0x80 >> (n % 8)) != 0);
        Self((1..=8).filter(|n| is_set(*n)).fold(0, |set, n| set | 1 << n))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every reason of `other` is among these.
    pub(crate) fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// DistributionPointName.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PointName {
    Full(Vec<GeneralName>),
    /// nameRelativeToCRLIssuer: the RDN as its element.
    Relative(Vec<u8>),
}

impl PointName {
    /// Reads the CHOICE within its explicit tag.
    fn read(element: &Element<'_>) -> Result<Self, NotDer> {
        let mut reader = element.reader()?;
        let name = reader.element()?;
        reader.finish()?;
        match name.tag {
            tag if tag == context(0) => Ok(Self::Full(GeneralName::read_all(name.reader()?)?)),
            tag if tag == context(1) => Ok(Self::Relative(name.full.to_vec())),
            _ => Err(NotDer),
        }
    }

    /// The names meant, where relative ones are below `issuer`.
    fn names(&self, issuer: &CanonicalName) -> Vec<GeneralName> {
        match self {
            Self::Full(names) => names.clone(),
            Self::Relative(rdn) => {
                let name = Element::parse(rdn, context(1)).and_then(|rdn| issuer.with_relative(&rdn));
                name.map(GeneralName::Directory).into_iter().collect()
            }
        }
    }
}

/// One of a certificate's cRLDistributionPoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DistributionPoint {
    name: Option<PointName>,
    reasons: Reasons,
    issuers: Vec<CanonicalName>,
}

impl DistributionPoint {
    /// The value of cRLDistributionPoints.
    pub(crate) fn read_all(value: &[u8]) -> Result<Vec<Self>, NotDer> {
        let mut reader = Element::parse(value, SEQUENCE)?.reader()?;
        let mut points = Vec::new();
        while !reader.is_finished() {
            points.push(Self::read(&reader.expect(SEQUENCE)?)?);
        }
        Ok(points)
    }

    fn read(element: &Element<'_>) -> Result<Self, NotDer> {
        let mut fields = element.reader()?;
        let name = fields.optional(context(0))?.map(|name| PointName::read(&name)).transpose()?;
        let reasons = fields.optional(context_primitive(1))?.map_or(Reasons::ALL, |flags| Reasons::read(flags.content));
        let issuers = match fields.optional(context(2))? {
            Some(names) => GeneralName::read_all(names.reader()?)?,
            None => Vec::new(),
        };
        fields.finish()?;
        let directory = |name| match name {
            GeneralName::Directory(name) => Some(name),
            _ => None,
        };
        Ok(Self { name, reasons, issuers: issuers.into_iter().filter_map(directory).collect() })
    }

    /// The point assumed for every certificate: its issuer's own list (section 6.3.3, last paragraph).
    fn of_issuer(issuer: &CanonicalName) -> Self {
        let name = PointName::Full(vec![GeneralName::Directory(issuer.clone())]);
        Self { name: Some(name), reasons: Reasons::ALL, issuers: Vec::new() }
    }

    pub(crate) fn urls(&self) -> impl Iterator<Item = &str> {
        let names = match &self.name {
            Some(PointName::Full(names)) => names.as_slice(),
            _ => &[],
        };
        names.iter().filter_map(|name| match name {
            GeneralName::Uri(url) => Some(url.as_str()),
            _ => None,
        })
    }
}

/// What is asked of a list: the certificate's issuer, kind and distribution points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) issuer: &'a CanonicalName,
    pub(crate) is_authority: bool,
    pub(crate) points: &'a [DistributionPoint],
}

/// How a list speaks of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// For which reasons; [`Reasons::NONE`]: not at all.
    pub(crate) reasons: Reasons,
    /// The certificate's issuer named the list's issuer as the one to ask (cRLIssuer).
    pub(crate) is_named: bool,
}

/// The scope of a list: its issuingDistributionPoint, or all certificates of its issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    point: Option<PointName>,
    only_users: bool,
    only_authorities: bool,
    only_attributes: bool,
    reasons: Reasons,
    /// Entries may be of other issuers' certificates.
    pub(crate) is_indirect: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            point: None,
            only_users: false,
            only_authorities: false,
            only_attributes: false,
            reasons: Reasons::ALL,
            is_indirect: false,
        }
    }
}

impl Scope {
    /// The value of issuingDistributionPoint.
    pub(crate) fn read(value: &[u8]) -> Result<Self, NotDer> {
        let mut fields = Element::parse(value, SEQUENCE)?.reader()?;
        let point = fields.optional(context(0))?.map(|name| PointName::read(&name)).transpose()?;
        let (only_users, only_authorities) = (flag(&mut fields, 1)?, flag(&mut fields, 2)?);
        let reasons = fields.optional(context_primitive(3))?.map_or(Reasons::ALL, |flags| Reasons::read(flags.content));
        let (is_indirect, only_attributes) = (flag(&mut fields, 4)?, flag(&mut fields, 5)?);
        fields.finish()?;
        if [only_users, only_authorities, only_attributes].iter().filter(|only| **only).count() > 1 {
            return Err(NotDer);
        }
        Ok(Self { point, only_users, only_authorities, only_attributes, reasons, is_indirect })
    }

    /// How a list of `issuer` with this scope speaks of a certificate.
    pub(crate) fn covers(&self, issuer: &CanonicalName, asked: Asked<'_>) -> Coverage {
        let mut coverage = Coverage { reasons: Reasons::NONE, is_named: false };
        let other_kind = (self.only_users && asked.is_authority) || (self.only_authorities && !asked.is_authority);
        if self.only_attributes || other_kind {
            return coverage;
        }
        let own = DistributionPoint::of_issuer(asked.issuer);
        for point in asked.points.iter().chain([&own]) {
            let is_named = point.issuers.contains(issuer);
            let speaks = if point.issuers.is_empty() { issuer == asked.issuer } else { is_named && self.is_indirect };
            if speaks && self.is_at(point, issuer) {
                coverage.reasons = coverage.reasons.or(self.reasons.and(point.reasons));
                coverage.is_named |= is_named;
            }
        }
        coverage
    }

    /// Section 6.3.3 (b)(2)(i): the list is the one that the distribution point offers.
    fn is_at(&self, point: &DistributionPoint, issuer: &CanonicalName) -> bool {
        let Some(own) = &self.point else { return true };
        let theirs = match &point.name {
            Some(name) => name.names(issuer),
            None => point.issuers.iter().cloned().map(GeneralName::Directory).collect(),
        };
        own.names(issuer).iter().any(|name| theirs.contains(name))
    }
}

/// `[number] BOOLEAN DEFAULT FALSE`; DER does not write the default.
fn flag(fields: &mut Reader<'_>, number: u8) -> Result<bool, NotDer> {
    match fields.optional(context_primitive(number))?.map(|flag| flag.content) {
        None => Ok(false),
        Some([0xff]) => Ok(true),
        Some(_) => Err(NotDer),
    }
}
