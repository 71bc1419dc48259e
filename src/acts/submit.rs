//! Submit: the data are checked, numbers are taken, the pages composed and stored. From here on it is these bytes that
//! everybody sees, and their digest that every approval names.
//!
//! 1. plan: the counter's rules, templates, departments
//! 2. check every document with placeholder numbers; all problems at once, before any number is taken
//! 3. find the seals that will be used
//! 4. take the numbers; never used again, whatever happens next
//! 5. compose; prepare the signature fields; store the unsealed PDFs durably
//! 6. accept: one transaction
//!
//! The case's number makes it idempotent: the same submission again gives what the first one gave.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::app::App;
use crate::db::DbError;
use crate::db::certificate::CertificateRow;
use crate::db::matter::{AskedUse, MatterRow};
use crate::db::seal::SealRow;
use crate::digest::Digest;
use crate::fault;
use crate::hall::approval::{Accepted, Decision, Statement, Step};
use crate::hall::calendar::NotEntered;
use crate::hall::certificate::last_day;
use crate::hall::id::{CaseNumber, CertificateId, ItemCode, WindowNo};
use crate::hall::means::Means;
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};
use crate::pdf::prepare;

use super::calendar::calendar;
use super::draft::{Draft, Plan, Request, check, compose, lookup_url, number_with, placeholders, plan};
use super::earlier::Earlier;
use super::layout::Layout;
use super::person::{Person, Seat, refused};
use super::seal_letter::being_sealed;
use super::{ActError, compute, inconsistent, once};

/// The longest key of a form.
const MAX_FORM_KEY: usize = 128;

/// A case that was accepted, now or before.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The case.
    pub matter: MatterRow,
    /// Its documents, in order.
    pub certificates: Vec<CertificateRow>,
}

/// Accepts a case; `case` is given by approval systems and made here for the windows.
pub async fn submit(
    app: &App,
    person: &Person,
    case: Option<CaseNumber>,
    request: &Request,
) -> Result<Submitted, ActError> {
    let subject = case.as_ref().map_or_else(|| "new".to_owned(), ToString::to_string);
    match run(app, person, case, request).await {
        Ok(submitted) => Ok(submitted),
        Err(error) => Err(refused(app, "submit", &subject, person, error).await),
    }
}

/// Accepts a case from a form shown under `key`, which was drawn at random: the same form sent twice is one case. The
/// number of the case is taken when the form is first sent and kept under the key before anything else is done.
pub async fn submit_form(app: &App, person: &Person, key: &str, request: &Request) -> Result<Submitted, ActError> {
    let case = case_of_form(app, person, key, request).await?;
    submit(app, person, case, request).await
}

async fn case_of_form(
    app: &App,
    person: &Person,
    key: &str,
    request: &Request,
) -> Result<Option<CaseNumber>, ActError> {
    let window = match (&request.letter, &person.seat) {
        (Some(letter), _) => letter.window(),
        (None, Seat::Window(window)) => window.clone(),
        // Somebody at no window is refused by the counter's rules; there is nothing to number.
        _ => return Ok(None),
    };
    if key.is_empty() || key.len() > MAX_FORM_KEY {
        return Ok(None);
    }
    let key = format!("form:{key}");
    let request = Digest::of(key.as_bytes());
    if once::answered(app, person, &key, &request).await?.is_none() {
        let case = next_case(app, &window, china_date(app.now()).year()).await?;
        once::keep(app, person, &key, &request, (202, case.as_str())).await?;
    }
    // Of two at the same moment the first stands: read again.
    let kept =
        once::answered(app, person, &key, &request).await?.ok_or_else(|| inconsistent("a form without its number"))?;
    Ok(Some(kept.1.parse().map_err(inconsistent)?))
}

async fn run(app: &App, person: &Person, case: Option<CaseNumber>, request: &Request) -> Result<Submitted, ActError> {
    let submission = Digest::of(&serde_json::to_vec(request).map_err(inconsistent)?);
    if let Some(case) = &case
        && let Some(done) = already(app, case, &submission).await?
    {
        return Ok(done);
    }
    // 1
    let mut plan = plan(app, person, request).await?;
    let now = app.now();
    let day = china_date(now);
    let case = match case {
        Some(case) => case,
        None => next_case(app, &plan.window, day.year()).await?,
    };
    // 2
    let shown = placeholders(&mut plan.drafts, case.as_str(), day)?;
    let code = app.random_code();
    let qr = lookup_url(&app.base_url, case.as_str(), &code);
    let mut reasons = Reasons::new();
    plan.check_materials(request, &mut reasons);
    match check(app, &plan.drafts, &shown, &qr).await {
        Err(ActError::Refused(refusal)) => reasons.absorb(refusal),
        other => {
            other?;
        }
    }
    reasons.into_result()?;
    // 3
    let seals = seals(app, &plan).await?;
    // 4
    let numbers = take_numbers(app, &mut plan, &case, day).await?;
    fault::point("submit-4");
    let due = match calendar(app).await?.due(day, plan.limit()) {
        Ok(due) => Some(due),
        // The case is accepted all the same, and says loudly that nobody knows when it is due.
        Err(NotEntered(year)) => {
            tracing::error!(year, case = %case, "the holidays of a year are not entered: no last day can be counted");
            None
        }
    };
    let matter = MatterRow {
        id: app.new_uuid().to_string(),
        case_no: case.to_string(),
        title: plan.title.clone(),
        window_no: plan.window.to_string(),
        submission: submission.as_bytes().to_vec(),
        submitted_by: person.staff.id.to_string(),
        submitted_at: now.as_microsecond(),
        held_at: None,
        limit_days: i64::from(plan.limit().promised),
        legal_days: i64::from(plan.limit().legal),
        due: due.map(|due| due.promised.to_string()),
        legal_due: due.map(|due| due.legal.to_string()),
        key_project: request.key_project,
        materials: serde_json::to_string(&request.materials).map_err(inconsistent)?,
        fee: plan.fee(request),
        entrustment: plan.entrustment(&app.hall),
    };
    // 5: the numbers are part of the page, so what is composed is checked as it will be
    let mut rows = Vec::new();
    for (position, draft) in plan.drafts.iter().enumerate() {
        let made = Making { app, person, request, matter: &matter, case: &case, qr: &qr, code: &code, now, position };
        rows.push(made.certificate(draft, &numbers[position], &seals[position]).await?);
    }
    fault::point("submit-5");
    // 6
    match app.db.accept(&matter, &rows).await {
        Ok(()) => {
            fault::point("submit-6");
            Ok(Submitted { matter, certificates: rows.into_iter().map(|(row, _)| row).collect() })
        }
        // The same case at the same moment from somewhere else: that one stands.
        Err(DbError::Constraint(name)) if name == "case_number_is_unique" => {
            already(app, &case, &submission).await?.ok_or_else(|| inconsistent(&case))
        }
        // The next issue of a number is one document, too; which of the two a database names first is its affair.
        Err(DbError::Constraint(name))
            if name == "a_certificate_is_ended_by_one_document_at_a_time"
                || (name == "a_number_is_never_used_again" && request.replaces.is_some()) =>
        {
            let text = "该证照另有变更、补发或撤销正在办理，请等其办结后再提交";
            Err(Refusal::because("certificate-in-progress", text).into())
        }
        // Somebody else has asked for the seal on the same letter at the same moment.
        Err(DbError::Constraint(name)) if name == "a_letter_is_sealed_by_one_document" => Err(being_sealed().into()),
        Err(error) => Err(error.into()),
    }
}

/// A number for every document; each is used from here on, even if nobody ever sees it.
async fn take_numbers(app: &App, plan: &mut Plan<'_>, case: &CaseNumber, day: Date) -> Result<Vec<String>, ActError> {
    let mut taken = Vec::new();
    for draft in plan.drafts.iter().filter(|draft| draft.new_number().is_some()) {
        let year = draft.pattern.map_or(0, |pattern| pattern.scope(day).as_year());
        taken.push(app.db.take_number(&draft.key, year).await?);
    }
    let mut taken = taken.into_iter();
    number_with(&mut plan.drafts, case.as_str(), |draft| {
        let pattern = draft.pattern.zip(taken.next()).ok_or_else(|| inconsistent("a number too few"))?;
        pattern.0.render(&draft.data, day, pattern.1).map_err(inconsistent)
    })
}

/// The window's next number that no approval system has used.
async fn next_case(app: &App, window: &WindowNo, year: i16) -> Result<CaseNumber, ActError> {
    loop {
        let number = app.db.take_number(&format!("case:{window}"), year).await?;
        let case: CaseNumber = format!("{year}-{window}-{number:06}").parse().map_err(inconsistent)?;
        if app.db.matter_by_number(case.as_str()).await?.is_none() {
            return Ok(case);
        }
    }
}

async fn already(app: &App, case: &CaseNumber, submission: &Digest) -> Result<Option<Submitted>, ActError> {
    let Some(matter) = app.db.matter_by_number(case.as_str()).await? else { return Ok(None) };
    if matter.submission != submission.as_bytes() {
        return Err(ActError::Conflict("这一办件编号已用于另一申请，请核对办件编号"));
    }
    let certificates = app.db.certificates_of(&matter.id).await?;
    Ok(Some(Submitted { matter, certificates }))
}

/// The seal of every use, or a refusal that names all that are missing.
async fn seals(app: &App, plan: &Plan<'_>) -> Result<Vec<Vec<SealRow>>, ActError> {
    let mut reasons = Reasons::new();
    let mut all = Vec::new();
    for draft in &plan.drafts {
        let mut seals = Vec::new();
        for signer in &draft.signers {
            match app.db.seal_of(signer.department.key.as_str(), signer.kind.as_str()).await? {
                Some(seal) => seals.push(seal),
                None => {
                    let text = format!("{}没有启用的{}，请先办理启用", signer.department.name, signer.kind.title());
                    reasons.add("no-seal", text);
                }
            }
        }
        all.push(seals);
    }
    reasons.into_result()?;
    Ok(all)
}

/// What one document of a case is made from.
struct Making<'a> {
    app: &'a App,
    person: &'a Person,
    request: &'a Request,
    matter: &'a MatterRow,
    case: &'a CaseNumber,
    qr: &'a str,
    code: &'a str,
    now: Timestamp,
    position: usize,
}

impl Making<'_> {
    async fn certificate(
        &self,
        draft: &Draft<'_>,
        number: &str,
        seals: &[SealRow],
    ) -> Result<(CertificateRow, Vec<AskedUse>), ActError> {
        let app = self.app;
        let composed = compose(app, draft, number, self.qr, self.now).await?;
        let mut kinds = Vec::new();
        for (signer, seal) in draft.signers.iter().zip(seals) {
            kinds.push((signer.kind, u8::try_from(seal.diameter_mm).map_err(inconsistent)?));
        }
        let layout = Layout::of(&composed, &draft.template.seals, &kinds)?;
        let (fields, store) = (layout.fields(), app.store.clone());
        let unsealed = compute(move || {
            let prepared = prepare(&composed.pdf, &fields)?;
            store.put(&prepared).map_err(ActError::from)
        })
        .await??;
        let id: CertificateId = app.new_uuid().try_into().map_err(inconsistent)?;
        let row = self.row(id, draft, number, unsealed, &layout)?;
        let ids: Vec<String> = draft.signers.iter().map(|_| app.new_uuid().to_string()).collect();
        let asked = ids.iter().zip(&draft.signers).map(|(id, signer)| {
            [id.as_str(), signer.department.key.as_str(), signer.kind.as_str(), signer.item.code.as_str()]
        });
        let accepted = Accepted { case: self.matter.as_accepted(true), document: row.as_accepted(asked) };
        let mut uses = Vec::new();
        for ((id_of_use, signer), seal) in ids.into_iter().zip(&draft.signers).zip(seals) {
            let statement = Statement {
                certificate: id,
                document: unsealed,
                template: draft.template.version,
                seal: seal.key_digest()?,
                item: signer.item.code.clone(),
                case: self.case.clone(),
                step: Step::Request,
                decision: Decision::Ask,
                who: self.person.staff.id,
                by: Means::Session,
                at: Timestamp::from_microsecond(self.now.as_microsecond()).unwrap_or(self.now),
                meeting: None,
                accepted: Some(accepted),
            };
            uses.push(AskedUse {
                id: id_of_use,
                department: signer.department.key.to_string(),
                kind: signer.kind.as_str(),
                item: signer.item.code.to_string(),
                request: statement.to_bytes(),
                request_salt: app.random(),
            });
        }
        Ok((row, uses))
    }

    fn row(
        &self,
        id: CertificateId,
        draft: &Draft<'_>,
        number: &str,
        unsealed: Digest,
        layout: &Layout,
    ) -> Result<CertificateRow, ActError> {
        let major = |code: &ItemCode| {
            self.app.hall.item(code).is_some_and(|item| item.weight == crate::hall::item::Weight::Major)
        };
        let holder =
            draft.template.fields.first().and_then(|field| draft.data.get(&field.name)).and_then(Value::as_str);
        let mut row = CertificateRow {
            id: id.to_string(),
            matter: self.matter.id.clone(),
            position: self.position as i64,
            item: draft.key.clone(),
            name: draft.title.clone(),
            number: number.to_owned(),
            holder: holder.unwrap_or_default().to_owned(),
            data: serde_json::to_string(&draft.data).map_err(inconsistent)?,
            template: draft.template.slug.clone(),
            template_version: draft.template.version.as_bytes().to_vec(),
            unsealed: unsealed.as_bytes().to_vec(),
            layout: serde_json::to_string(layout).map_err(inconsistent)?,
            major: self.request.major || draft.signers.iter().any(|signer| major(&signer.item.code)),
            disputed: self.request.disputed,
            lookup_code: self.code.to_owned(),
            asked_by: self.person.staff.id.to_string(),
            withdraws: None,
            issue: 0,
            replaces: None,
            replaces_as: None,
            copy_of: None,
            letter: draft.letter.as_ref().map(|letter| letter.id().to_owned()),
            purpose: None,
            valid_to: last_day(&draft.data).map(|day| day.to_string()),
            state: "submitted".to_owned(),
            sealed: None,
            sealed_at: None,
        };
        match &draft.earlier {
            None => {}
            Some(Earlier::Withdraws(id)) => row.withdraws = Some(id.clone()),
            Some(Earlier::Replaces { id, how, issue, .. }) => {
                row.issue = *issue;
                row.replaces = Some(id.clone());
                row.replaces_as = Some(how.to_string());
            }
            Some(Earlier::Copies { id, purpose, until, .. }) => {
                row.copy_of = Some(id.clone());
                row.purpose = Some(purpose.clone());
                row.valid_to = Some(until.to_string());
            }
        }
        Ok(row)
    }
}
