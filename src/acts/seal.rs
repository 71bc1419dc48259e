//! Seal: the only use of a seal's key, steps 3 to 9 of docs/SEALING.md, for every seal of a case.
//!
//! 3. stamp (pure): vector seal, a hole for the signature      -> stamped bytes, digest
//! 4. signed attributes: the exact DER to be signed, salted    ; then the intent is made durable
//! 5. append: approval + intent + entry in one transaction     -> `Logged`
//! 6. sign: the vault takes `Logged` by value                  -> signature
//! 7. fill: CMS with the proof into the hole
//! 8. verify: the portal's own code
//! 9. finish: release every document of the case, or none
//!
//! Recovery is this very path: a use that is logged already starts at 6 with the bytes that were stored, a use that is
//! signed already gives its revision, and releasing twice changes nothing.

use std::sync::Arc;

use crate::app::App;
use crate::cms::SignedAttributes;
use crate::cms::signed_data::{UnsignedAttributes, assemble, upper_bound};
use crate::db::certificate::{CertificateRow, Released};
use crate::db::ledger::{Approval, Change, PendingUse};
use crate::db::matter::MatterRow;
use crate::db::seal::SealRow;
use crate::db::seal_use::SealUseRow;
use crate::digest::Digest;
use crate::fault;
use crate::hall::approval::{Approved, recall};
use crate::hall::opening::china_date;
use crate::hall::refusal::Refusal;
use crate::ledger::entry::{Entry, Salted, SealUse, VoidReason};
use crate::ledger::proof;
use crate::ledger::tree::leaf_hash;
use crate::pdf::{Form, Permission, SeamSlice, StampPlan, Stamped, fill, stamp};
use crate::pki::certificate::Certificate;
use crate::pki::path::RevocationState;
use crate::sequencer::{InLedger, Outcome};
use crate::verify::Verdict;

use super::certify_seal::chain_of;
use super::facts::UseFacts;
use super::layout::Layout;
use super::person::{Person, Seat};
use super::seal_letter::file_sealed;
use super::{ActError, Failure, compute, inconsistent};

/// A logged use belongs to the request that logged it for this long (microseconds).
pub(super) const LEASE: i64 = 60_000_000;
/// The code of the refusal for whoever came second and has waited long enough: nothing is wrong with the case.
pub(super) const IN_PROGRESS: &str = "in-progress";
/// The code of the refusal for whoever came second when the case had ended.
pub(super) const ENDED: &str = "ended";
/// How often, and for how long in all, somebody who came second looks whether the first has finished (milliseconds).
const LOOK_EVERY: u64 = 25;
const LOOK_FOR: u64 = 30_000;

/// The decision that completes a case of one seal: it is recorded in the same transaction as the ledger entry.
pub(super) struct Decisive {
    pub(super) seal_use: String,
    pub(super) approved: Approved,
    pub(super) approval: Approval,
}

/// Why a case is being sealed.
pub(super) enum Work {
    /// The last decision needed was just made on its only use.
    Decided(Box<Decisive>),
    /// All its decisions are recorded.
    Complete,
    /// It was logged before and never finished; nobody else is at it.
    Resumed,
}

/// A document that the verifier has accepted as sealed: made only here, after step 8.
struct Sealed {
    certificate: String,
    digest: Digest,
}

/// Seals every document of a case, or goes on where it stopped; whoever comes second gets what is stored.
pub(super) async fn seal_case(app: &App, matter: &MatterRow, mut work: Work) -> Result<Vec<CertificateRow>, ActError> {
    let (mut sealed, mut logged) = (Vec::new(), matches!(work, Work::Resumed));
    for certificate in app.db.certificates_of(&matter.id).await? {
        match seal_document(app, matter, &certificate, &mut work, &mut logged).await {
            Ok(Progress::Sealed(document)) => sealed.push(document),
            Ok(Progress::Elsewhere) => return second(app, matter).await,
            // All or nothing: what was logged for this case ends here, too.
            Err(ActError::Refused(refusal)) => {
                // What another request has logged is that request's to finish.
                if logged {
                    void_case(app, matter).await?;
                }
                return Err(refusal.into());
            }
            Err(error) => {
                // Nobody is at it any longer: resuming goes on as soon as the witnesses answer.
                if matches!(error, ActError::Waiting(_)) {
                    app.db.release_unfinished(&matter.id, app.now().as_microsecond()).await?;
                }
                return Err(error);
            }
        }
    }
    // 9
    fault::point("9a");
    let released: Vec<Released> =
        sealed.iter().map(|one| Released { certificate: one.certificate.clone(), sealed: one.digest }).collect();
    if !app.db.release(&released, app.now().as_microsecond()).await? {
        return second(app, matter).await;
    }
    fault::point("9b");
    let documents = app.db.certificates_of(&matter.id).await?;
    if documents.iter().any(|one| one.letter.is_some())
        && let Err(error) = file_sealed(app).await
    {
        // The document is sealed whatever happens now; resuming files the letter.
        tracing::error!(%error, case = matter.case_no, "a sealed letter of authorization could not be filed yet");
    }
    Ok(documents)
}

enum Progress {
    Sealed(Sealed),
    /// Another request is sealing this case, or has.
    Elsewhere,
}

async fn seal_document(
    app: &App,
    matter: &MatterRow,
    certificate: &CertificateRow,
    work: &mut Work,
    logged: &mut bool,
) -> Result<Progress, ActError> {
    let uses = app.db.uses_of(&certificate.id).await?;
    let layout: Layout = serde_json::from_str(&certificate.layout).map_err(inconsistent)?;
    let mut revision = certificate.unsealed_digest()?;
    let count = uses.len();
    for (position, seal_use) in uses.into_iter().enumerate() {
        if let Some(signed) = seal_use.signed_digest()? {
            revision = signed;
            continue;
        }
        let ready = match seal_use.state.as_str() {
            "asked" => {
                let place = Place { layout: &layout, position, count };
                match log_use(app, matter, certificate, seal_use, revision, place, work).await? {
                    Some(ready) => {
                        *logged = true;
                        ready
                    }
                    None => return Ok(Progress::Elsewhere),
                }
            }
            "logged" if matches!(work, Work::Resumed) => logged_use(app, seal_use).await?,
            _ => return Ok(Progress::Elsewhere),
        };
        revision = sign(app, ready, certificate.unsealed_digest()?, position + 1 == count).await?;
    }
    Ok(Progress::Sealed(Sealed { certificate: certificate.id.clone(), digest: revision }))
}

/// A logged use, ready to be signed.
struct Ready {
    seal_use: String,
    signer: Certificate,
    chain: Vec<Certificate>,
    stamped: Stamped,
    attributes: SignedAttributes,
    in_ledger: InLedger,
}

#[derive(Clone, Copy)]
struct Place<'a> {
    layout: &'a Layout,
    position: usize,
    count: usize,
}

/// Steps 3 to 5. `None`: the database did not accept the use because somebody else came first.
async fn log_use(
    app: &App,
    matter: &MatterRow,
    certificate: &CertificateRow,
    seal_use: SealUseRow,
    revision: Digest,
    place: Place<'_>,
    work: &mut Work,
) -> Result<Option<Ready>, ActError> {
    let facts = UseFacts::load(app, matter, certificate.clone(), seal_use).await?;
    let (approved, approval) = match std::mem::replace(work, Work::Complete) {
        Work::Decided(given) if given.seal_use == facts.seal_use.id => (given.approved, Some(given.approval)),
        other => {
            *work = other;
            (recalled(app, &facts).await?, None)
        }
    };
    let now = app.now();
    // 3
    let signer = Certificate::from_der(facts.seal.certificate_der()).map_err(inconsistent)?;
    // Both found before the entry is written: afterwards it would cost the entry, the number and a voiding.
    app.vault.check_seal_key(&approved.seal_spki(), &*app.rng)?;
    let chain = chain_of(app, &facts.seal)?;
    let path = app.trust().path(&signer, &chain, now);
    if path.is_err() || path.is_ok_and(|path| matches!(path.revocation(), RevocationState::Revoked(..))) {
        return Err(Refusal::because(
            "seal-certificate",
            "印章证书不在有效期内、已被吊销或者不再受信任，请印章管理员换发证书后再审批",
        )
        .into());
    }
    let stamped = stamp_document(app, &facts.seal, (&signer, &chain), revision, place, now).await?;
    fault::point("3");
    // 4
    let attributes = SignedAttributes::build(stamped.digest(), &signer, app.random());
    fault::point("4a");
    let (store, bytes) = (app.store.clone(), stamped.bytes().to_vec());
    let stored = compute(move || store.put(&bytes)).await??;
    fault::point("4b");
    // 5
    let entry = Entry::SealUse(SealUse {
        seal: approved.seal_spki(),
        template: approved.template(),
        document: attributes.digest(),
        approvals: Salted::new(approved.approvals().iter().copied()).map_err(inconsistent)?,
        day: china_date(now),
    });
    let bytes = entry.to_bytes();
    let pending = PendingUse {
        id: facts.seal_use.id.clone(),
        seal: approved.seal().to_string(),
        certified_at: facts.seal.certified_at.unwrap_or_default(),
        letter: facts.letter_id.clone().unwrap_or_default(),
        day: china_date(now).to_string(),
        leaf: leaf_hash(&bytes),
        entry: bytes,
        attributes: attributes.as_set_der().to_vec(),
        stamped: stored,
        lease_until: now.as_microsecond() + LEASE,
        approval,
    };
    match app.sequencer.append(pending).await? {
        Outcome::Logged(in_ledger) => {
            Ok(Some(Ready { seal_use: facts.seal_use.id, signer, chain, stamped, attributes, in_ledger: *in_ledger }))
        }
        Outcome::NotAccepted => not_accepted(app, matter, certificate, &facts.seal_use.id).await,
    }
}

/// Why a use was not accepted: somebody else came first (`None`), or a rule no longer holds (the refusal says which).
async fn not_accepted(
    app: &App,
    matter: &MatterRow,
    certificate: &CertificateRow,
    seal_use: &str,
) -> Result<Option<Ready>, ActError> {
    let certificate = app.db.certificate(&certificate.id).await?.ok_or(ActError::NotFound)?;
    let uses = app.db.uses_of(&certificate.id).await?;
    let seal_use = uses.into_iter().find(|one| one.id == seal_use).ok_or(ActError::NotFound)?;
    if seal_use.state != "asked" || certificate.state != "submitted" {
        return Ok(None);
    }
    let facts = UseFacts::load(app, matter, certificate, seal_use).await?;
    if facts.seal.state != "active" {
        return Err(Refusal::because("seal-not-active", "印章在审批与用印之间已停用，本次没有用印").into());
    }
    if facts.is_approved_by_chief() {
        recalled(app, &facts).await?;
    }
    Err(Refusal::because("conditions-changed", "审批过程中印章、授权委托书或人员登记已变更，请刷新后重新办理").into())
}

/// The approvals recorded earlier, if they are complete and all they rest on still holds.
async fn recalled(app: &App, facts: &UseFacts<'_>) -> Result<Approved, ActError> {
    let row =
        app.db.staff(&facts.last_speaker()).await?.ok_or_else(|| inconsistent("an approver is not registered"))?;
    let person = Person { staff: row.to_staff()?, login: row.login, seat: Seat::Elsewhere };
    Ok(recall(&facts.question(app, person.actor(&app.hall), facts.document))?)
}

async fn stamp_document(
    app: &App,
    seal: &SealRow,
    (signer, chain): (&Certificate, &[Certificate]),
    revision: Digest,
    place: Place<'_>,
    now: jiff::Timestamp,
) -> Result<Stamped, ActError> {
    let imprint = app.imprint(seal).map_err(Failure::from)?;
    let hole = upper_bound(signer, chain, proof::upper_bound(&app.policy), 0).map_err(inconsistent)?;
    let permission = match (place.position, place.count) {
        (0, 1) => Permission::CertifyFinal,
        (0, _) => Permission::CertifyOpen,
        _ => Permission::Approve,
    };
    let field =
        place.layout.places.get(place.position).ok_or_else(|| inconsistent("a seal without a place"))?.field.clone();
    // Only the first signature may bring a seam seal: the later ones change nothing but their own field.
    let seam = if place.position == 0 { place.layout.seam(f64::from(imprint.diameter_mm)) } else { Vec::new() };
    let (store, signer) = (app.store.clone(), seal.name.clone());
    compute(move || {
        let unsigned = store.read(&revision)?;
        let slices: Vec<(usize, crate::pdf::RectMm, Form)> = seam
            .into_iter()
            .filter_map(|(page, slice, count, rect)| Some((page, rect, imprint.slice(slice, count)?)))
            .collect();
        let seam = slices.iter().map(|(page, rect, form)| SeamSlice { page: *page, rect: *rect, form }).collect();
        let plan = StampPlan {
            field,
            appearance: &imprint.form,
            seam,
            permission,
            signed_at: now,
            signer,
            reason: None,
            hole,
        };
        Ok(stamp(&unsigned, &plan)?)
    })
    .await?
}

/// A use that was logged before: the same stored bytes, the same attributes, so that the proof still fits.
async fn logged_use(app: &App, seal_use: SealUseRow) -> Result<Ready, ActError> {
    let row = |what| inconsistent(format!("use {}: no {what}", seal_use.id));
    let stored = seal_use.stamped_digest()?.ok_or_else(|| row("stamped document"))?;
    let store = app.store.clone();
    let stamped =
        compute(move || store.read(&stored).map_err(ActError::from).and_then(|bytes| Ok(Stamped::reopen(bytes)?)))
            .await??;
    let attributes = seal_use.attributes.as_deref().ok_or_else(|| row("attributes"))?;
    let attributes = SignedAttributes::parse(attributes)?;
    let seal = seal_use.seal.as_deref().ok_or_else(|| row("seal"))?;
    let seal = app.db.seal(seal).await?.ok_or_else(|| row("seal"))?;
    if seal.state != "active" {
        return Err(Refusal::because("seal-not-active", "印章在审批与用印之间已停用，本次用印作废").into());
    }
    let index = seal_use.idx.ok_or_else(|| row("ledger entry"))? as u64;
    let entry = app.db.entries(index, index + 1).await?.pop().ok_or_else(|| row("ledger entry"))?;
    let entry = Entry::parse(&entry).map_err(inconsistent)?;
    let in_ledger = app.sequencer.prove(index, &entry).await?;
    let signer = Certificate::from_der(seal.certificate_der()).map_err(inconsistent)?;
    let chain = chain_of(app, &seal)?;
    Ok(Ready { seal_use: seal_use.id, signer, chain, stamped, attributes, in_ledger })
}

/// Steps 6 to 8; gives the signed revision, stored and verified.
async fn sign(app: &App, ready: Ready, unsealed: Digest, is_last: bool) -> Result<Digest, ActError> {
    let Ready { seal_use, signer, chain, stamped, attributes, in_ledger } = ready;
    let (vault, trust, store) = (app.vault.clone(), app.trust(), app.store.clone());
    let (rng, now) = (Arc::clone(&app.rng), app.now());
    let signed = compute(move || {
        // 6
        let signature = vault.sign(in_ledger.logged, &attributes, &*rng)?;
        fault::point("6");
        // 7
        let proof = in_ledger.proof.to_string();
        let unsigned = UnsignedAttributes { proof: Some(proof.as_bytes()), timestamp: None };
        let bytes = fill(&stamped, &assemble(&attributes, &signature, &signer, &chain, unsigned))?;
        fault::point("7");
        // 8
        let report = crate::verify::verify(&bytes, &trust, now);
        // Before the last seal of several the document is incomplete, which is the verifier's one complaint.
        let good = if is_last {
            report.verdict == Verdict::Valid
        } else {
            report.signatures.iter().all(|one| one.verdict == Verdict::Valid)
        };
        if !good || report.signatures.is_empty() {
            let codes: Vec<&str> = report.reasons.iter().map(|reason| reason.code).collect();
            return Err(ActError::Failed(Failure::Incident(codes.join(", "))));
        }
        if !bytes.starts_with(&store.read(&unsealed)?) {
            return Err(ActError::Failed(Failure::Incident("the unsealed document is not its beginning".to_owned())));
        }
        fault::point("8a");
        Ok(store.put(&bytes)?)
    })
    .await??;
    fault::point("8b");
    Ok(app.db.record_signed(&seal_use, &signed).await?)
}

/// Somebody else is sealing this case: wait for what comes of it.
async fn second(app: &App, matter: &MatterRow) -> Result<Vec<CertificateRow>, ActError> {
    for _ in 0..LOOK_FOR / LOOK_EVERY {
        let certificates = app.db.certificates_of(&matter.id).await?;
        if certificates.iter().all(|one| one.sealed.is_some()) {
            return Ok(certificates);
        }
        if let Some(ended) = certificates.iter().find(|one| matches!(one.state.as_str(), "refused" | "voided")) {
            let text =
                if ended.state == "refused" { "本件已被退回" } else { "本次用印未能完成，已作废" };
            return Err(Refusal::because(ENDED, text).into());
        }
        tokio::time::sleep(std::time::Duration::from_millis(LOOK_EVERY)).await;
    }
    Err(Refusal::because(IN_PROGRESS, "本件正在用印，请稍后刷新查看").into())
}

/// Voids every logged use of a case that cannot be finished, each by an entry of its own.
pub(super) async fn void_case(app: &App, matter: &MatterRow) -> Result<(), ActError> {
    for seal_use in app.db.uses_of_case(&matter.id).await? {
        let (Some(index), Some(seal), "logged") = (seal_use.idx, &seal_use.seal, seal_use.state.as_str()) else {
            continue;
        };
        let seal = app.db.seal(seal).await?.ok_or_else(|| inconsistent(seal))?;
        let entry = Entry::SealVoid {
            seal: seal.key_digest()?,
            index: index as u64,
            reason: VoidReason::Unfinished,
            day: china_date(app.now()),
        };
        app.sequencer.change(&entry, Change::Void { id: seal_use.id, index: index as u64 }, None).await?;
    }
    Ok(())
}
