//! What a confirmed step does to the seal: rows, record and entries in one transaction.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::app::App;
use crate::db::record::RowWrite;
use crate::db::seal::{NOT_IN_USE, SealCertificateRow, SealRow};
use crate::db::seal_step::{NoticeRow, StepRow};
use crate::digest::Digest;
use crate::hall::id::{DepartmentKey, StaffId};
use crate::hall::opening::CHINA;
use crate::hall::refusal::Reasons;
use crate::hall::seal::SealState;
use crate::hall::seal_step::Plan;
use crate::ledger::entry::{About, Entry, Salted, SealChange};
use crate::pki::authority::{Issuer, Serial, Subject, Term, seal as issue};
use crate::pki::certificate::Certificate;
use crate::pki::name::DistinguishedName;
use crate::sequencer::SequencerError;

use super::super::person::Person;
use super::super::record::{Act, record, record_all, record_as};
use super::super::revocation_list::renew_revocation_lists;
use super::super::seal::void_case;
use super::super::{ActError, inconsistent};
use super::propose::{applied, check_imprint};
use super::{Loaded, in_words};

/// Years a seal's certificate is valid.
pub const SEAL_YEARS: i32 = 3;

/// A confirmed step at the moment it is carried out.
struct Step<'a> {
    app: &'a App,
    row: &'a StepRow,
    loaded: &'a Loaded,
    proposer: StaffId,
    second: StaffId,
    now: Timestamp,
}

/// Carries the step out.
pub(super) async fn carry_out(
    app: &App,
    person: &Person,
    row: &StepRow,
    plan: &Plan,
    loaded: &Loaded,
) -> Result<(), ActError> {
    let proposer = row.proposed_by.parse().map_err(inconsistent)?;
    let step = Step { app, row, loaded, proposer, second: person.staff.id, now: app.now() };
    match plan {
        Plan::Apply { .. } => step.apply(plan).await,
        Plan::Make { years } => step.make(*years).await,
        Plan::File { number, on, .. } => {
            let seal = loaded.seal()?.change();
            let filed = seal
                .set("state", SealState::Filed.as_str())
                .set("filing_no", number)
                .set("filed_on", on.to_string())
                .set("filing_document", row.document.as_ref());
            step.record("seal.file", vec![filed]).await
        }
        Plan::Enable => step.enable().await,
        Plan::Resume => {
            let resumed = loaded.seal()?.change().set("state", SealState::Active.as_str());
            step.log("seal.resume", vec![resumed], Entry::SealResume).await
        }
        Plan::Replace { .. } => step.replace().await,
        Plan::Retire => step.retire().await,
        Plan::Renew { years } => step.renew(*years).await,
        Plan::Compromise => step.end_compromised().await,
    }
}

impl Step<'_> {
    fn micros(&self) -> i64 {
        self.now.as_microsecond()
    }

    fn act(&self, name: &'static str) -> Act {
        Act::proposed_by(name, self.proposer, self.now).with(self.second).because(self.row.why.clone())
    }

    /// The step as done: written first, so that whoever confirms it as second is told so.
    fn done(&self) -> RowWrite {
        self.row.end("done", Some(self.second.to_string()), self.micros(), None)
    }

    async fn said(&self, done: Result<u64, SequencerError>) -> Result<(), ActError> {
        match done {
            Ok(_) => Ok(()),
            Err(error) => Err(in_words(self.app, &self.row.seal, error).await),
        }
    }

    /// A step that the log of seals in force does not tell of.
    async fn record(&self, name: &'static str, mut rows: Vec<RowWrite>) -> Result<(), ActError> {
        rows.insert(0, self.done());
        self.said(record(self.app, About::Seal, self.act(name), rows).await).await
    }

    /// A step that it tells of.
    async fn log(
        &self,
        name: &'static str,
        mut rows: Vec<RowWrite>,
        entry: fn(SealChange) -> Entry,
    ) -> Result<(), ActError> {
        let seal = self.loaded.seal()?.key_digest()?;
        rows.insert(0, self.done());
        let entry = |approvals, day| entry(SealChange { seal, approvals, day });
        self.said(record_as(self.app, self.act(name), rows, entry).await).await
    }

    async fn apply(&self, plan: &Plan) -> Result<(), ActError> {
        let seal = applied(plan, &self.row.seal, self.micros())?;
        let mut reasons = Reasons::new();
        check_imprint(self.app, &seal, &mut reasons)?;
        reasons.into_result()?;
        self.record("seal.apply", vec![seal.write()]).await
    }

    /// The key comes first: one whose seal does not come of it is destroyed.
    async fn make(&self, years: u8) -> Result<(), ActError> {
        let (app, seal) = (self.app, self.loaded.seal()?);
        let mut reasons = Reasons::new();
        check_imprint(app, seal, &mut reasons)?;
        reasons.into_result()?;
        let spki = app.vault.new_seal_key(&*app.rng)?;
        let made = async {
            let certificate = certify(app, &self.loaded.department, &seal.code, &spki, years, self.now)?;
            let rows = vec![
                seal.change()
                    .set("state", SealState::Made.as_str())
                    .set("key", Digest::of(&spki).as_bytes().as_slice())
                    .set("certificate", certificate.der())
                    .set("certified_at", self.micros()),
                SealCertificateRow::write(&seal.id, certificate.der(), self.micros()),
            ];
            self.record("seal.make", rows).await
        };
        match made.await {
            Ok(()) => Ok(()),
            Err(error) => {
                if let ActError::Refused(_) = &error {
                    app.vault.destroy_seal_key(&Digest::of(&spki))?;
                }
                Err(error)
            }
        }
    }

    fn opened(&self, seal: &SealRow) -> RowWrite {
        seal.change()
            .set("state", SealState::Active.as_str())
            .set("opened_at", self.micros())
            // Who keeps it stands in the statement, whose digest the entry has as its custodian.
            .set("custodian", seal.custodian.as_ref())
    }

    async fn enable(&self) -> Result<(), ActError> {
        let seal = self.loaded.seal()?;
        let rows = vec![self.done(), self.opened(seal)];
        let open = open(seal)?;
        self.said(record_as(self.app, self.act("seal.enable"), rows, open).await).await
    }

    /// The old one first, so that at no moment two are in force.
    async fn replace(&self) -> Result<(), ActError> {
        let old = self.loaded.seal()?;
        let (new, ..) = self.loaded.by.as_ref().ok_or_else(|| inconsistent("a replacement without a successor"))?;
        let (key, open) = (old.key_digest()?, open(new)?);
        let rows = vec![self.done(), self.ended(old).when(NOT_IN_USE), self.opened(new)];
        let entries = |statements: Salted<1>, day| {
            let retired = SealChange { seal: key, approvals: statements.clone(), day };
            vec![Entry::SealRetire(retired), open(statements, day)]
        };
        self.said(record_all(self.app, self.act("seal.replace"), rows, entries).await).await
    }

    fn ended(&self, seal: &SealRow) -> RowWrite {
        seal.change().set("state", SealState::Retired.as_str()).set("retired_at", self.micros())
    }

    async fn retire(&self) -> Result<(), ActError> {
        let seal = self.loaded.seal()?;
        let rows = vec![self.ended(seal).when(NOT_IN_USE)];
        match self.loaded.state {
            Some(state) if state.is_opened() => self.log("seal.retire", rows, Entry::SealRetire).await,
            _ => self.record("seal.retire", rows).await,
        }
    }

    async fn renew(&self, years: u8) -> Result<(), ActError> {
        let (app, seal) = (self.app, self.loaded.seal()?);
        let held = Certificate::from_der(seal.certificate_der()).map_err(inconsistent)?;
        let certificate = certify(app, &self.loaded.department, &seal.code, held.spki_der(), years, self.now)?;
        let rows = vec![
            self.done(),
            seal.change().set("certificate", certificate.der()).set("certified_at", self.micros()).when(NOT_IN_USE),
            SealCertificateRow::write(&seal.id, certificate.der(), self.micros()),
        ];
        let (seal, digest) = (held.spki_digest(), certificate.digest());
        let entry = |approvals, day| Entry::SealCertificate {
            certificate: digest,
            change: SealChange { seal, approvals, day },
        };
        self.said(record_as(app, self.act("seal.renew"), rows, entry).await).await
    }

    /// The end of a seal whose key is lost or in other hands. It takes effect with the entry, on all nodes; what follows (the
    /// revocation list, what was logged and not finished) is done again by whoever comes next if it fails here.
    async fn end_compromised(&self) -> Result<(), ActError> {
        let (app, seal) = (self.app, self.loaded.seal()?);
        let mut rows = Vec::new();
        if self.loaded.state != Some(SealState::Retired) {
            rows.push(self.ended(seal));
        }
        for certificate in app.db.certificates_of_seal(&seal.id).await? {
            if certificate.revoked_at.is_none() {
                rows.push(certificate.revoke(self.micros()));
            }
        }
        for other in app.db.steps_of_seal(&seal.id).await? {
            if other.is_pending() && other.id != self.row.id {
                rows.push(other.end("lapsed", None, self.micros(), None));
            }
        }
        rows.push(NoticeRow::write(app.new_uuid().to_string(), "seal-compromised", &seal.id, self.micros()));
        match self.loaded.state {
            Some(state) if state.is_opened() => self.log("seal.compromise", rows, Entry::SealRetire).await?,
            _ => self.record("seal.compromise", rows).await?,
        }
        if let Err(error) = self.follow_up(seal).await {
            tracing::error!(%error, seal = seal.id, "what follows a compromised seal is not done yet");
        }
        Ok(())
    }

    async fn follow_up(&self, seal: &SealRow) -> Result<(), ActError> {
        renew_revocation_lists(self.app).await?;
        for id in self.app.db.cases_in_flight(&seal.id).await? {
            let matter = self.app.db.matter(&id).await?.ok_or_else(|| inconsistent(&id))?;
            void_case(self.app, &matter).await?;
        }
        Ok(())
    }
}

/// The entry from which a seal is in force.
fn open(seal: &SealRow) -> Result<impl FnOnce(Salted<1>, Date) -> Entry + use<>, ActError> {
    let (key, certificate) = (seal.key_digest()?, Digest::of(seal.certificate_der()));
    let code = seal.code.parse().map_err(inconsistent)?;
    Ok(move |custodians, day| Entry::SealOpen { seal: key, certificate, code, custodians, day })
}

/// A certificate by the hall's own authority on a seal's key, in the name the seal has, for so many years or as long as the
/// authority's own.
pub(in crate::acts) fn certify(
    app: &App,
    department: &DepartmentKey,
    code: &str,
    spki: &[u8],
    years: u8,
    now: Timestamp,
) -> Result<Certificate, ActError> {
    let department = app.hall.department(department).ok_or_else(|| inconsistent(department))?;
    let issuing = app.chain.first().ok_or_else(|| inconsistent("no issuing authority"))?;
    let key = app.vault.authority(&issuing.spki_digest(), &*app.rng)?;
    let issuer = Issuer::new(issuing, &key)?;
    let name = DistinguishedName::of_seal(department.uscc.as_str(), &department.name, code).map_err(inconsistent)?;
    let zoned = now.to_zoned(jiff::tz::TimeZone::fixed(CHINA));
    let to = zoned.checked_add(i32::from(years).years()).map_err(inconsistent)?.timestamp();
    let term = Term::new(now, to.min(issuing.not_after()))?;
    let subject = Subject { name: &name, spki, term, serial: Serial::random(&*app.rng)? };
    Ok(issue(&subject, Some(&format!("{}/crl/issuing.crl", app.base_url)), &issuer)?)
}
