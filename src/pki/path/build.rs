//! Finding a path: from the signer upwards, depth first, every rule applied as soon as it can be.

use super::rules::{check_issuer, check_signer};
use super::{MAX_CANDIDATES, MAX_CERTIFICATES, MAX_PATH, PathError, Policies, Settings, names, policy};
use crate::pki::certificate::Certificate;
use crate::pki::store::{Origin, Pool};

/// One search. What it may still do is counted down.
pub(in crate::pki) struct Search<'a> {
    pool: &'a Pool<'a>,
    anchors: &'a [Certificate],
    settings: &'a Settings,
    candidates: usize,
}

impl<'a> Search<'a> {
    /// A search that ends at one of `anchors`.
    pub(in crate::pki) fn new(
        pool: &'a Pool<'a>,
        anchors: &'a [Certificate],
        settings: &'a Settings,
    ) -> Result<Self, PathError> {
        if pool.certificates.len() > MAX_CERTIFICATES {
            return Err(PathError::TooMuch);
        }
        Ok(Self { pool, anchors, settings, candidates: MAX_CANDIDATES })
    }

    /// The path found, signer first, and the policies it is valid for.
    pub(in crate::pki) fn find(mut self, signer: &Certificate) -> Result<(Vec<Certificate>, Policies), PathError> {
        check_signer(signer, self.settings.purpose, self.settings.at)?;
        let mut path = vec![signer.clone()];
        let policies = self.extend(&mut path)?;
        // All of it has been signed by something that leads to an anchor.
        for pair in path.windows(2) {
            self.pool.store.verified().remember(&pair[1], pair[0].digest());
        }
        Ok((path, policies))
    }

    /// Recursion is bounded by [`MAX_PATH`].
    fn extend(&mut self, path: &mut Vec<Certificate>) -> Result<Policies, PathError> {
        if path.len() == MAX_PATH {
            return Err(PathError::TooMuch);
        }
        let mut refusal: Option<PathError> = None;
        // A search that was given up has refused nothing.
        let mut refuse = |error| match refusal {
            Some(_) if error != PathError::TooMuch => {}
            _ => refusal = Some(error),
        };
        let anchors = self.anchors.iter().map(|certificate| (certificate, true));
        for (issuer, is_anchor) in anchors.chain(self.pool.certificates.iter().map(|c| (c, false))) {
            // A path always holds the signer.
            let subject = &path[path.len() - 1];
            if !may_be_issuer(issuer, subject) || path.contains(issuer) {
                continue;
            }
            self.candidates = self.candidates.checked_sub(1).ok_or(PathError::TooMuch)?;
            if let Err(error) = self.check(issuer, path) {
                refuse(error);
                continue;
            }
            path.push(issuer.clone());
            let found = if is_anchor { self.judge(path) } else { self.extend(path) };
            match found {
                Ok(policies) => return Ok(policies),
                Err(error) => refuse(error),
            }
            path.pop();
        }
        Err(refusal.unwrap_or_else(|| PathError::NoIssuer(path[path.len() - 1].subject().to_owned())))
    }

    fn check(&self, issuer: &Certificate, path: &[Certificate]) -> Result<(), PathError> {
        check_issuer(issuer, &path[1..], self.settings.purpose, self.settings.at)?;
        let signed = &path[path.len() - 1];
        let verify = || signed.verify_signature(issuer.spki_der());
        let verified =
            self.pool.verify(issuer, signed.digest(), Origin::File, verify).map_err(|_| PathError::TooMuch)?;
        verified.map_err(|source| PathError::Signature { subject: signed.subject().to_owned(), source })
    }

    /// What can be judged of a whole path alone: names and policies, from the anchor down.
    fn judge(&self, path: &[Certificate]) -> Result<Policies, PathError> {
        names::judge(path.iter().rev()).map_err(|error| match error {
            names::NamesError::Constrained(certificate) => PathError::NameConstraint(certificate.subject().to_owned()),
            names::NamesError::TooMuch => PathError::TooMuch,
        })?;
        let below_anchor = path[..path.len() - 1].iter().rev();
        policy::judge(below_anchor, &self.settings.policies).map_err(|_| PathError::Policy)
    }
}

fn may_be_issuer(issuer: &Certificate, subject: &Certificate) -> bool {
    let identifiers = (subject.authority_key_identifier(), issuer.subject_key_identifier());
    let other_key = matches!(identifiers, (Some(wanted), Some(found)) if wanted != found);
    !other_key && subject.names_issuer(issuer)
}
