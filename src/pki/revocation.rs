//! What revocation lists and OCSP responses say of the certificates of a path (RFC 5280 section 6.3, RFC 6960 section 3.2).
//!
//! A certificate that was revoked stays so; of everything else that speaks of it the newest word counts: a later list may lift a suspension. What is said counts only if whoever signed it may say it:
//! - a list: the certificate's issuer with the key that signed the certificate; an authority of the same name with another key, certified by somebody on the certificate's own path; or,
//!   where the certificate names another issuer of its lists (cRLIssuer), whoever bears that name on a path to the same anchor;
//! - a response: the issuer with that same key, or a responder to which that key gave a certificate for it.
//!
//! Signers of lists and responses that are not themselves on the path must not be revoked either, which is asked in the same way, to a limit.
//!
//! What the verifier was given himself is asked first and for nothing; what a file brings is looked through as far as the file's [`Work`](super::work::Work) goes, and where that ends
//! nothing is known: a heap of forged lists silences no true one.

use jiff::Timestamp;

use super::certificate::Certificate;
use super::crl::{Crl, Listed, Reason, Revocation};
use super::ocsp::{OcspResponse, Status};
use super::path::{PathError, Purpose, Search, Settings};
use super::scope::Reasons;
use super::store::{Origin, Pool};
use super::suite::SuiteError;
use super::work::Spent;
use crate::digest::Digest;

/// How often the signer of a list or response may itself be asked about in the same way.
const MAX_DEPTH: usize = 3;

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A certificate revocation list.
    Crl,
    /// An OCSP response.
    Ocsp,
}

/// What an answer relies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// A list or a response.
    pub source: Source,
    /// The time for which it speaks.
    pub this_update: Timestamp,
    /// When at the latest there is newer evidence, if it says so.
    pub next_update: Option<Timestamp>,
}

/// What is known of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationState {
    /// Not revoked, by evidence that is current at the time asked about, or made later.
    NotRevoked(Evidence),
    /// Revoked. Since when is for the caller to compare.
    Revoked(Revocation, Evidence),
    /// No evidence at hand that speaks for the time asked about, or not for all reasons.
    Unknown,
    /// The file brings more than is looked through; what is known does not say that it was revoked.
    TooMuch,
}

/// The state of each certificate of `path`, signer first, but for the anchor.
pub(super) fn states(path: &[Certificate], pool: &Pool<'_>, at: Timestamp) -> Vec<RevocationState> {
    let state = |index| Inquiry { pool, at, is_spent: false, asked: Vec::new() }.state(&path[index..]);
    (0..path.len().saturating_sub(1)).map(state).collect()
}

struct Inquiry<'a> {
    pool: &'a Pool<'a>,
    at: Timestamp,
    /// Something that the file brought was not looked at, since no more may be done for it.
    is_spent: bool,
    /// Certificates whose state is being asked, outermost first.
    asked: Vec<Certificate>,
}

/// One word on a certificate, not yet verified.
struct Finding<'a> {
    evidence: Evidence,
    reasons: Reasons,
    revocation: Option<Revocation>,
    by: By<'a>,
}

#[derive(Clone, Copy)]
enum By<'a> {
    Lists { complete: List<'a>, delta: Option<List<'a>> },
    Response(&'a OcspResponse, Origin),
}

#[derive(Clone, Copy)]
struct List<'a> {
    crl: &'a Crl,
    /// Of one that came with the trust the signature is worth remembering.
    origin: Origin,
    /// The certificate names this list's issuer.
    is_named: bool,
}

impl Finding<'_> {
    fn origin(&self) -> Origin {
        match self.by {
            By::Response(_, origin) => origin,
            By::Lists { complete, delta } => delta.map_or(complete.origin, |delta| delta.origin.and(complete.origin)),
        }
    }
}

impl<'a> Inquiry<'a> {
    /// The state of the first certificate of `path`, which ends at an anchor.
    fn state(&mut self, path: &[Certificate]) -> RevocationState {
        let [certificate, issuer, ..] = path else { return RevocationState::Unknown };
        self.asked.push(certificate.clone());
        let mut findings = self.lists(certificate);
        findings.extend(self.responses(certificate, issuer));
        // Of the same moment, the word that revokes comes first.
        findings.sort_by_key(|finding| (finding.evidence.this_update, finding.revocation.is_some()));
        let mut state = RevocationState::Unknown;
        let (mut covered, mut oldest) = (Reasons::NONE, None);
        // Only a hold is lifted; any other revocation is for good, whatever is said later.
        let is_lasting =
            |finding: &&Finding<'_>| finding.revocation.is_some_and(|r| r.reason != Reason::CertificateHold);
        let of = |origin| findings.iter().filter(move |finding| finding.origin() == origin).filter(is_lasting);
        let mut lasting = of(Origin::Trust).chain(of(Origin::File));
        let lasting = lasting.find(|finding| self.is_authentic(&finding.by, path));
        if let Some((revocation, evidence)) =
            lasting.and_then(|f| f.revocation.map(|revocation| (revocation, f.evidence)))
        {
            self.asked.pop();
            return RevocationState::Revoked(revocation, evidence);
        }
        for finding in findings.into_iter().rev() {
            let is_new = !covered.contains(finding.reasons);
            let speaks = finding.revocation.is_some() || self.speaks(certificate, &finding.evidence);
            if !(is_new && speaks && self.is_authentic(&finding.by, path)) {
                continue;
            }
            if let Some(revocation) = finding.revocation {
                state = RevocationState::Revoked(revocation, finding.evidence);
                break;
            }
            covered = covered.or(finding.reasons);
            oldest = Some(finding.evidence);
            if covered == Reasons::ALL {
                break;
            }
        }
        self.asked.pop();
        match (state, oldest) {
            (RevocationState::Unknown, _) if self.is_spent => RevocationState::TooMuch,
            (RevocationState::Unknown, Some(evidence)) if covered == Reasons::ALL => {
                RevocationState::NotRevoked(evidence)
            }
            (state, _) => state,
        }
    }

    /// Whether silence means something: the evidence is not outdated, and the certificate had not expired before it was made, since then it may have been dropped (RFC 5280 section 3.3).
    fn speaks(&self, certificate: &Certificate, evidence: &Evidence) -> bool {
        // Without a next update there is always something newer (RFC 6960 section 4.2.2.1).
        let is_current = self.at < evidence.next_update.unwrap_or(evidence.this_update);
        is_current && evidence.this_update <= certificate.not_after()
    }

    /// Complete lists that speak of the certificate, alone and with every delta list that continues them.
    fn lists(&mut self, certificate: &Certificate) -> Vec<Finding<'a>> {
        let speaking = |(crl, origin): (&'a Crl, Origin)| {
            let coverage = crl.covers(certificate);
            let list = List { crl, origin, is_named: coverage.is_named };
            (coverage.reasons != Reasons::NONE).then_some((list, coverage.reasons))
        };
        let lists = self.pool.all_lists().filter_map(speaking);
        let (deltas, complete): (Vec<_>, Vec<_>) = lists.partition(|(list, _)| list.crl.is_delta());
        let mut findings = Vec::new();
        for (list, reasons) in complete {
            let listed = list.crl.listed(certificate);
            findings.push(finding(list, None, reasons, listed));
            for (delta, _) in deltas.iter().filter(|(delta, _)| delta.crl.continues(list.crl)) {
                if self.may_look(delta.origin.and(list.origin)) {
                    findings.push(finding(list, Some(*delta), reasons, delta.crl.listed(certificate).or(listed)));
                }
            }
        }
        findings
    }

    fn responses(&self, certificate: &Certificate, issuer: &Certificate) -> Vec<Finding<'a>> {
        let mut findings = Vec::new();
        for (response, origin) in self.pool.all_responses() {
            let Some(single) = response.about(certificate, issuer) else { continue };
            let revocation = match single.status {
                Status::Good => None,
                Status::Revoked(revocation) => Some(revocation),
                Status::Unknown => continue,
            };
            let (this_update, next_update) = (single.this_update, single.next_update);
            let evidence = Evidence { source: Source::Ocsp, this_update, next_update };
            findings.push(Finding { evidence, reasons: Reasons::ALL, revocation, by: By::Response(response, origin) });
        }
        findings
    }

    /// Whether something may be looked at: anything of the trust's own, and what the file brought while its work lasts.
    fn may_look(&mut self, origin: Origin) -> bool {
        let may_look = origin == Origin::Trust || self.pool.work.look().is_ok();
        self.is_spent |= !may_look;
        may_look
    }

    /// Whether `authority`'s key signed something of this digest.
    fn is_signed(
        &mut self,
        authority: &Certificate,
        signed: Digest,
        paid: Origin,
        verify: impl FnOnce() -> Result<(), SuiteError>,
    ) -> bool {
        match self.pool.verify(authority, signed, paid, verify) {
            Ok(verified) => verified.is_ok(),
            Err(Spent) => {
                self.is_spent = true;
                false
            }
        }
    }

    fn is_authentic(&mut self, by: &By<'_>, path: &[Certificate]) -> bool {
        match by {
            By::Lists { complete, delta } => {
                self.is_list_authentic(complete, path) && delta.is_none_or(|delta| self.is_list_authentic(&delta, path))
            }
            By::Response(response, origin) => self.is_response_authentic(response, *origin, path),
        }
    }

    /// Whether whoever signed the list may speak of the first certificate of `path`.
    fn is_list_authentic(&mut self, list: &List<'_>, path: &[Certificate]) -> bool {
        let above = &path[1..];
        // The key that signed the certificate; for a list that is named, any key on the path.
        let direct = if list.is_named { above.len() } else { 1 };
        if above[..direct].iter().any(|authority| self.is_by(list, authority, list.origin)) {
            return true;
        }
        let brought = self.pool.certificates.iter().map(|other| (other, Origin::File));
        let others = brought.chain(above.iter().map(|other| (other, list.origin)));
        others.filter(|(other, _)| **other != above[0]).any(|(other, paid)| {
            self.may_look(paid) && self.is_by(list, other, paid) && self.may_sign_for(other, path, list.is_named)
        })
    }

    fn is_by(&mut self, list: &List<'_>, authority: &Certificate, paid: Origin) -> bool {
        if !list.crl.may_be_by(authority) {
            return false;
        }
        let verify = || list.crl.verify_signature(authority.spki_der()).map_err(|_| SuiteError::Signature);
        let is_by = self.is_signed(authority, list.crl.digest(), paid, verify);
        if is_by && list.origin == Origin::Trust {
            self.pool.store.verified().remember(authority, list.crl.digest());
        }
        is_by
    }

    /// Whether another certificate than the issuer's may sign lists for the first certificate of `path`.
    fn may_sign_for(&mut self, other: &Certificate, path: &[Certificate], is_named: bool) -> bool {
        // One that is being asked about is the answer to its own question only where its issuer says so (cRLIssuer).
        if self.asked.contains(other) {
            return is_named;
        }
        let settings = Settings::new(Purpose::CrlSigning, self.at);
        let (above, anchor) = (&path[1..], &path[path.len() - 1..]);
        if anchor.contains(other) {
            return true;
        }
        let found = Search::new(self.pool, anchor, &settings).and_then(|search| search.find(other));
        self.is_spent |= matches!(found, Err(PathError::TooMuch));
        let Ok((other_path, _)) = found else { return false };
        // What a certificate that is being asked about has signed is no witness for it.
        let is_independent = !other_path.iter().any(|certificate| self.asked.contains(certificate));
        let is_related = is_named || above.contains(&other_path[1]);
        is_independent && is_related && self.is_good(&other_path, above)
    }

    /// Whether what a path has beyond `known` is not revoked.
    fn is_good(&mut self, path: &[Certificate], known: &[Certificate]) -> bool {
        (0..path.len() - 1).filter(|index| !known.contains(&path[*index])).all(|index| {
            let may_ask = self.asked.len() <= MAX_DEPTH && !self.asked.contains(&path[index]);
            may_ask && matches!(self.state(&path[index..]), RevocationState::NotRevoked(_))
        })
    }

    fn is_response_authentic(&mut self, response: &OcspResponse, origin: Origin, path: &[Certificate]) -> bool {
        let issuer = &path[1];
        let with_it = std::iter::once(issuer).chain(response.certificates()).map(|signer| (signer, origin));
        for (signer, paid) in with_it.chain(self.pool.certificates.iter().map(|signer| (signer, Origin::File))) {
            if !self.may_look(paid) || !response.names_responder(signer) {
                continue;
            }
            let is_issuer = signer.spki_der() == issuer.spki_der();
            let verify = || response.verify_signature(signer.spki_der());
            if !(is_issuer || response.may_be_by(signer, issuer))
                || !self.is_signed(signer, response.digest(), paid, verify)
            {
                continue;
            }
            if is_issuer {
                return true;
            }
            let verify = || signer.verify_signature(issuer.spki_der());
            if !self.is_signed(issuer, signer.digest(), paid, verify) {
                continue;
            }
            let responder_path = [std::slice::from_ref(signer), &path[1..]].concat();
            if signer.extensions().is_ocsp_no_check || self.is_good(&responder_path, &path[1..]) {
                return true;
            }
        }
        false
    }
}

fn finding<'a>(complete: List<'a>, delta: Option<List<'a>>, reasons: Reasons, listed: Option<Listed>) -> Finding<'a> {
    let newest = delta.map_or(complete.crl, |delta| delta.crl);
    let (this_update, next_update) = (newest.this_update(), Some(newest.next_update()));
    let revocation = match listed {
        Some(Listed::Revoked(revocation)) => Some(revocation),
        Some(Listed::Removed) | None => None,
    };
    let evidence = Evidence { source: Source::Crl, this_update, next_update };
    Finding { evidence, reasons, revocation, by: By::Lists { complete, delta } }
}
