//! Look: what pages and API show, read for whoever asks.
//!
//! Staff see cases of their own side only: a department's people those of their department, the hall's clerks all.

use serde_json::Value;

use crate::app::App;
pub use crate::db::certificate::CertificateRow;
use crate::db::delivery::DeliveryRow;
pub use crate::db::letter::LetterRow;
pub use crate::db::limits::ExtensionRow;
pub use crate::db::matter::MatterRow;
pub use crate::db::payment::PaymentRow;
pub use crate::db::seal::SealRow;
pub use crate::db::seal_use::{ApprovalRow, SealUseRow, UseLine};
pub use crate::db::standing::CancellationRow;
use crate::digest::Digest;
use crate::hall::approval::Step;
use crate::hall::calendar::Calendar;
use crate::hall::fee::Fee;
use crate::hall::item::{Item, Weight};
use crate::hall::staff::Duty;
use crate::ledger::entry::Entry;
use crate::picture::Pictures;
use crate::pki::certificate::Certificate;

use super::calendar::{Time, calendar};
use super::facts::steps;
use super::person::Person;
use super::story::{self, Check};
use super::tell::Event;
use super::{ActError, compute, inconsistent};

/// Cases on one page of their list.
pub const CASES_A_PAGE: u32 = 30;
/// Uses on one page of the auditor's list.
pub const USES_A_PAGE: u32 = 50;

/// Events in one answer of the feed.
pub const EVENTS_A_PAGE: u32 = 100;

/// A case with everything that happened to it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The case.
    pub matter: MatterRow,
    /// Who submitted it.
    pub submitted_by: String,
    /// Its documents, in order.
    pub documents: Vec<Document>,
    /// The handing-over.
    pub delivery: Option<DeliveryRow>,
    /// Where it stands to its last day.
    pub time: Time,
    /// How it was extended.
    pub extension: Option<ExtensionRow>,
    /// How its fee was paid.
    pub payment: Option<PaymentRow>,
}

impl Case {
    /// When it is due by promise and by law, an extension included; none while a year's holidays are not entered.
    pub fn due(&self) -> (Option<&str>, Option<&str>) {
        match &self.extension {
            Some(extension) => (Some(&extension.due), Some(&extension.legal_due)),
            None => (self.matter.due.as_deref(), self.matter.legal_due.as_deref()),
        }
    }

    /// How it stands with its fee.
    pub fn fee(&self) -> Fee {
        match (&self.matter.fee, &self.payment) {
            (None, _) => Fee::Free,
            (Some(_), None) => Fee::Due,
            (Some(_), Some(_)) => Fee::Paid,
        }
    }
}

/// A document of a case.
#[derive(Debug, Clone)]
pub struct Document {
    /// The certificate.
    pub certificate: CertificateRow,
    /// The uses of seals it asks for, each with the decisions made.
    pub uses: Vec<(SealUseRow, Vec<ApprovalRow>)>,
}

/// What waits for a decision.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The case.
    pub matter: MatterRow,
    /// The document.
    pub certificate: CertificateRow,
    /// The use of the seal to decide on.
    pub seal_use: SealUseRow,
    /// The decisions made before.
    pub approvals: Vec<ApprovalRow>,
    /// Where the case stands to its last day.
    pub time: Time,
}

/// The latest cases.
pub async fn cases(app: &App, person: &Person, page: u32) -> Result<Vec<Case>, ActError> {
    let (mut cases, calendar) = (Vec::new(), calendar(app).await?);
    let department = person.staff.department.as_ref().map(|key| key.as_str());
    for matter in app.db.matters(department, CASES_A_PAGE, page.saturating_mul(CASES_A_PAGE)).await? {
        let case = load(app, matter, &calendar).await?;
        if may_see(person, &case) {
            cases.push(case);
        }
    }
    Ok(cases)
}

/// A case by its number.
pub async fn case(app: &App, person: &Person, case_no: &str) -> Result<Case, ActError> {
    let matter = app.db.matter_by_number(case_no).await?.ok_or(ActError::NotFound)?;
    let case = load(app, matter, &calendar(app).await?).await?;
    if may_see(person, &case) { Ok(case) } else { Err(ActError::NotFound) }
}

/// The case a certificate belongs to.
pub async fn case_of(app: &App, person: &Person, certificate: &str) -> Result<Case, ActError> {
    let row = app.db.certificate(certificate).await?.ok_or(ActError::NotFound)?;
    let matter = app.db.matter(&row.matter).await?.ok_or_else(|| inconsistent(&row.matter))?;
    let case = load(app, matter, &calendar(app).await?).await?;
    if may_see(person, &case) { Ok(case) } else { Err(ActError::NotFound) }
}

async fn load(app: &App, matter: MatterRow, calendar: &Calendar) -> Result<Case, ActError> {
    let mut documents = Vec::new();
    for certificate in app.db.certificates_of(&matter.id).await? {
        let mut uses = Vec::new();
        for seal_use in app.db.uses_of(&certificate.id).await? {
            let approvals = app.db.approvals_of(&seal_use.id).await?;
            uses.push((seal_use, approvals));
        }
        documents.push(Document { certificate, uses });
    }
    let submitted_by = name_of(app, &matter.submitted_by).await?;
    let delivery = app.db.delivery(&matter.id).await?;
    let extension = app.db.extension(&matter.id).await?;
    let payment = if matter.fee.is_some() { app.db.payment(&matter.id).await? } else { None };
    let certificates: Vec<&CertificateRow> = documents.iter().map(|document| &document.certificate).collect();
    let time = Time::of(calendar, &matter, &certificates, extension.as_ref(), app.now())?;
    Ok(Case { matter, submitted_by, documents, delivery, time, extension, payment })
}

fn may_see(person: &Person, case: &Case) -> bool {
    let Some(department) = &person.staff.department else { return true };
    case.documents.iter().flat_map(|document| &document.uses).any(|(one, _)| one.department == department.as_str())
}

/// The name of a member of the staff.
pub async fn name_of(app: &App, staff: &str) -> Result<String, ActError> {
    Ok(app.db.staff(staff).await?.map_or_else(|| "—".to_owned(), |row| row.name))
}

/// What waits for this person's decision.
pub async fn inbox(app: &App, person: &Person) -> Result<Vec<Waiting>, ActError> {
    person.require(&[Duty::Reviewer, Duty::Chief, Duty::Leader])?;
    let Some(department) = &person.staff.department else { return Ok(Vec::new()) };
    let (mut inbox, calendar) = (Vec::new(), calendar(app).await?);
    for (certificate, seal_use) in app.db.waiting(department.as_str()).await? {
        let row = app.db.certificate(&certificate).await?.ok_or(ActError::NotFound)?;
        let matter = app.db.matter(&row.matter).await?.ok_or_else(|| inconsistent(&row.matter))?;
        let case = load(app, matter, &calendar).await?;
        for document in case.documents.into_iter().filter(|document| document.certificate.id == certificate) {
            for (one, approvals) in document.uses.into_iter().filter(|(one, _)| one.id == seal_use) {
                let certificate = document.certificate.clone();
                // Approved by everybody, and then not sealed: whoever approved may ask again.
                let own = || approvals.iter().any(|approval| approval.staff == person.staff.id.to_string());
                let next = next_step(app, &certificate, &one, &approvals);
                // Who has reviewed once leaves the second review to others.
                let waits = next.is_some_and(|step| step.is_decided_by(person.staff.duty)) && !own();
                if waits || case.matter.held_at.is_some() && own() {
                    let matter = case.matter.clone();
                    inbox.push(Waiting { matter, certificate, seal_use: one, approvals, time: case.time });
                }
            }
        }
    }
    // Key projects first, then the oldest case, its documents in order: identifiers made in one millisecond have none.
    inbox.sort_by(|a, b| {
        let key = |w: &Waiting| (!w.matter.key_project, w.matter.submitted_at, w.certificate.position);
        key(a).cmp(&key(b)).then_with(|| a.matter.id.cmp(&b.matter.id))
    });
    Ok(inbox)
}

/// Whether the department's leader decides, too: the item, or this case, is major or disputed.
pub fn needs_leader(app: &App, certificate: &CertificateRow, seal_use: &SealUseRow) -> bool {
    let item = seal_use.item.parse().ok().and_then(|code| app.hall.item(&code));
    certificate.major || certificate.disputed || item.is_some_and(|item| item.weight != Weight::Ordinary)
}

/// The first step in a use's decision that nobody has approved yet.
pub fn next_step(
    app: &App,
    certificate: &CertificateRow,
    seal_use: &SealUseRow,
    approvals: &[ApprovalRow],
) -> Option<Step> {
    let item = seal_use.item.parse().ok().and_then(|code| app.hall.item(&code))?;
    let approved = |step: &Step| approvals.iter().any(|one| one.step == step.as_str() && one.decision == "approve");
    steps(item, needs_leader(app, certificate, seal_use)).find(|step| !approved(step))
}

/// Cases sealed and not yet handed over.
pub async fn undelivered(app: &App, person: &Person) -> Result<Vec<Case>, ActError> {
    person.require(&[Duty::Clerk])?;
    let (mut cases, calendar) = (Vec::new(), calendar(app).await?);
    for id in app.db.undelivered().await? {
        let matter = app.db.matter(&id).await?.ok_or_else(|| inconsistent(&id))?;
        cases.push(load(app, matter, &calendar).await?);
    }
    Ok(cases)
}

/// A document's unsealed PDF: what approvals name.
pub async fn unsealed_pdf(app: &App, person: &Person, certificate: &str) -> Result<Vec<u8>, ActError> {
    let case = case_of(app, person, certificate).await?;
    let row = document(&case, certificate)?.certificate.clone();
    read(app, row.unsealed_digest()?).await
}

/// A document's sealed PDF, once it is released.
pub async fn sealed_pdf(app: &App, person: &Person, certificate: &str) -> Result<Vec<u8>, ActError> {
    let case = case_of(app, person, certificate).await?;
    let sealed = document(&case, certificate)?.certificate.sealed_digest()?.ok_or(ActError::NotFound)?;
    read(app, sealed).await
}

/// The picture of a page (from 0): of the sealed document if there is one, else of the unsealed.
pub async fn page_picture(
    app: &App,
    person: &Person,
    certificate: &str,
    page: usize,
    dpi: u16,
) -> Result<Vec<u8>, ActError> {
    let case = case_of(app, person, certificate).await?;
    let row = &document(&case, certificate)?.certificate;
    let digest = row.sealed_digest()?.map_or_else(|| row.unsealed_digest(), Ok)?;
    let pdf = read(app, digest).await?;
    compute(move || {
        let pictures = Pictures::open(pdf)?;
        if page < pictures.pages() { Ok(pictures.png(page, dpi)?) } else { Err(ActError::NotFound) }
    })
    .await?
}

/// How many pages a document has.
pub fn page_count(certificate: &CertificateRow) -> usize {
    serde_json::from_str::<super::layout::Layout>(&certificate.layout).map_or(1, |layout| layout.pages.len())
}

fn document<'a>(case: &'a Case, certificate: &str) -> Result<&'a Document, ActError> {
    case.documents.iter().find(|document| document.certificate.id == certificate).ok_or(ActError::NotFound)
}

pub(super) async fn read(app: &App, digest: Digest) -> Result<Vec<u8>, ActError> {
    let store = app.store.clone();
    Ok(compute(move || store.read(&digest)).await??)
}

/// What the latest certificate of an item's number says, for a clerk who enters its change; nothing where there is none.
pub async fn content(app: &App, item: &Item, number: &str) -> Result<serde_json::Map<String, Value>, ActError> {
    let found = app.db.certificate_of_item(item.code.as_str(), number).await?;
    Ok(found.and_then(|one| serde_json::from_str(&one.data).ok()).unwrap_or_default())
}

/// How a certificate was cancelled, if it was.
pub async fn cancellation(app: &App, certificate: &str) -> Result<Option<CancellationRow>, ActError> {
    Ok(app.db.cancellation(certificate).await?)
}

/// The certificate a QR code names, for anybody: its name, number, issuer and state.
pub async fn by_qr_code(app: &App, case_no: &str, code: &str) -> Result<Vec<CertificateRow>, ActError> {
    let found = app.db.certificate_by_lookup(case_no, code).await?.ok_or(ActError::NotFound)?;
    story::count(app, &found.id, Check::Lookup).await;
    Ok(app.db.certificates_of(&found.matter).await?)
}

/// The case that a certificate's (or the case's own) number and the code of its QR code lead to, for anybody. A number alone
/// leads nowhere.
pub async fn case_by_number(app: &App, number: &str, code: &str) -> Result<String, ActError> {
    app.db.case_by_number_and_lookup(number, code).await?.ok_or(ActError::NotFound)
}

/// The letters of authorization of a department that have not been revoked, the longest-lasting first.
pub async fn letters(app: &App, department: &str) -> Result<Vec<LetterRow>, ActError> {
    Ok(app.db.letters(department).await?)
}

/// Whether somebody may open a department's letters of authorization: its approvers and its keeper, and who oversees
/// the hall.
pub fn may_open_letters(person: &Person, department: &str) -> bool {
    match person.staff.duty {
        Duty::Administrator | Duty::Auditor => true,
        Duty::Reviewer | Duty::Chief | Duty::Leader | Duty::Keeper => {
            person.staff.department.as_ref().is_some_and(|own| own.as_str() == department)
        }
        Duty::Clerk => false,
    }
}

/// A letter of authorization: as sealed, if it is; otherwise as composed.
pub async fn letter_pdf(app: &App, person: &Person, letter: &str) -> Result<Vec<u8>, ActError> {
    let row = app.db.letter(letter).await?.ok_or(ActError::NotFound)?;
    if !may_open_letters(person, &row.department) {
        return Err(ActError::NotFound);
    }
    let document = row.sealed.as_ref().unwrap_or(&row.document);
    read(app, Digest::try_from(document.as_slice()).map_err(inconsistent)?).await
}

/// The seals this person may see: a keeper and a leader those of the own department, the hall's administrator and auditor all.
pub async fn seals(app: &App, person: &Person) -> Result<Vec<SealRow>, ActError> {
    person.require(&[Duty::Keeper, Duty::Leader, Duty::Administrator, Duty::Auditor])?;
    let mut seals = all_seals(app).await?;
    if let Some(own) = &person.staff.department {
        seals.retain(|seal| seal.department == own.as_str());
    }
    Ok(seals)
}

/// Who certified a seal, and until when.
pub fn certified(seal: &SealRow) -> Result<(String, jiff::Timestamp), ActError> {
    let certificate = Certificate::from_der(seal.certificate_der()).map_err(inconsistent)?;
    Ok((issuer(&certificate), certificate.not_after()))
}

/// Who issued a certificate, in plain words: the organisation, and what it calls its certificate.
pub(super) fn issuer(certificate: &Certificate) -> String {
    let name = certificate.issuer();
    let part = |kind: &str| name.split(',').find_map(|part| part.trim().strip_prefix(kind));
    match (part("O="), part("CN=")) {
        (Some(organisation), Some(common)) => format!("{organisation}（{common}）"),
        _ => name.to_owned(),
    }
}

/// All seals, whoever asks: to find the one that a document asks for.
pub async fn all_seals(app: &App) -> Result<Vec<SealRow>, ActError> {
    Ok(app.db.seals().await?)
}

/// A seal and its imprint as SVG.
pub async fn imprint_svg(app: &App, seal: &str) -> Result<String, ActError> {
    let row = app.db.seal(seal).await?.ok_or(ActError::NotFound)?;
    Ok(app.imprint(&row)?.imprint.svg())
}

/// A seal's imprint as a transparent PNG of 600 dpi.
pub async fn imprint_png(app: &App, seal: &str) -> Result<Vec<u8>, ActError> {
    let row = app.db.seal(seal).await?.ok_or(ActError::NotFound)?;
    let drawn = app.imprint(&row)?;
    Ok(compute(move || drawn.imprint.png(600)).await??)
}

/// The auditor's list of uses, newest first, below a ledger index.
pub async fn uses(
    app: &App,
    person: &Person,
    before: Option<u64>,
    department: Option<&str>,
) -> Result<Vec<UseLine>, ActError> {
    person.require(&[Duty::Auditor])?;
    let before = before.map_or(i64::MAX, |index| i64::try_from(index).unwrap_or(i64::MAX));
    Ok(app.db.use_lines(before, department, USES_A_PAGE).await?)
}

/// What happened to certificates after an event, in order: for those who pass it on.
pub async fn events(app: &App, person: &Person, after: i64) -> Result<Vec<Event>, ActError> {
    person.require(&[Duty::Administrator, Duty::Auditor])?;
    Ok(app.db.events_after(after, EVENTS_A_PAGE).await?.into_iter().map(Event::from).collect())
}

/// The proof that an entry stands in the ledger, as a `.tlog-proof` text.
pub async fn ledger_proof(app: &App, person: &Person, index: u64) -> Result<String, ActError> {
    person.require(&[Duty::Auditor])?;
    let bytes = app.db.entries(index, index + 1).await?.pop().ok_or(ActError::NotFound)?;
    let entry = Entry::parse(&bytes).map_err(inconsistent)?;
    Ok(app.sequencer.prove(index, &entry).await?.proof.to_string())
}
