//! Everything a decision on one use of a seal looks at, read once.

use crate::app::App;
use crate::db::certificate::CertificateRow;
use crate::db::matter::MatterRow;
use crate::db::rota::WatchRow;
use crate::db::seal::SealRow;
use crate::db::seal_use::SealUseRow;
use crate::digest::Digest;
use crate::hall::approval::{Decision, Question, SaltedStatement, Seal, Statement, Step};
use crate::hall::authorization::{Letter, LetterState};
use crate::hall::calendar::Calendar;
use crate::hall::certificate::{CertificateState, Standing};
use crate::hall::fee::Fee;
use crate::hall::id::{CaseNumber, CertificateId, DepartmentKey, ItemCode, SealId};
use crate::hall::item::{Item, Weight};
use crate::hall::means::Means;
use crate::hall::opening::china_date;
use crate::hall::refusal::Refusal;
use crate::hall::rota::Watch;
use crate::hall::seal::{SealKind, SealState};
use crate::hall::staff::Actor;

use super::calendar::calendar;
use super::pay::fee;
use super::{ActError, inconsistent};

/// One use of a seal with all that belongs to it.
pub(super) struct UseFacts<'a> {
    pub(super) certificate: CertificateRow,
    pub(super) seal_use: SealUseRow,
    pub(super) seal: SealRow,
    pub(super) letter_id: Option<String>,
    pub(super) document: Digest,
    template: Digest,
    id: CertificateId,
    case: CaseNumber,
    item: &'a Item,
    department: DepartmentKey,
    letter: Option<Letter>,
    rota: Vec<Watch>,
    calendar: Calendar,
    fee: Fee,
    predecessor: Option<Standing>,
    sealing: Option<LetterState>,
    request: SaltedStatement,
    earlier: Vec<SaltedStatement>,
    key: Digest,
    kind: SealKind,
    state: SealState,
    seal_id: SealId,
}

impl<'a> UseFacts<'a> {
    /// Reads them.
    pub(super) async fn load(
        app: &'a App,
        matter: &MatterRow,
        certificate: CertificateRow,
        seal_use: SealUseRow,
    ) -> Result<Self, ActError> {
        let code: ItemCode = seal_use.item.parse().map_err(inconsistent)?;
        let item = app.hall.item(&code).ok_or_else(|| inconsistent(&code))?;
        // A logged use belongs to the seal it was logged with; before that, to the department's present one.
        let seal = match &seal_use.seal {
            Some(id) => app.db.seal(id).await?,
            None => app.db.seal_of(&seal_use.department, &seal_use.kind).await?,
        };
        let seal =
            seal.ok_or_else(|| ActError::from(Refusal::because("no-seal", "本部门没有启用的印章，请先办理启用")))?;
        let (letter_id, letter) = letter_for(app, &seal_use.department, &code).await?;
        let rota = app.db.rota(&seal_use.department).await?;
        let rota = rota.iter().map(WatchRow::to_watch).collect::<Result<_, _>>()?;
        let request = said(&seal_use.request, &seal_use.request_salt)?;
        let mut earlier = Vec::new();
        for approval in app.db.approvals_of(&seal_use.id).await? {
            earlier.push(said(&approval.statement, &approval.salt)?);
        }
        Ok(Self {
            document: certificate.unsealed_digest()?,
            template: certificate.template_digest()?,
            id: certificate.id.parse().map_err(inconsistent)?,
            case: matter.case_no.parse().map_err(inconsistent)?,
            department: seal_use.department.parse().map_err(inconsistent)?,
            key: seal.key_digest()?,
            kind: seal.kind.parse().map_err(inconsistent)?,
            state: seal.state.parse().map_err(inconsistent)?,
            seal_id: seal.id.parse().map_err(inconsistent)?,
            item,
            letter_id,
            letter,
            rota,
            calendar: calendar(app).await?,
            fee: fee(app, matter).await?,
            predecessor: predecessor(app, &certificate).await?,
            sealing: sealing(app, &certificate).await?,
            request,
            earlier,
            certificate,
            seal_use,
            seal,
        })
    }

    /// The question for `actor`, who saw the document of digest `shown`.
    pub(super) fn question<'q>(&'q self, app: &'q App, actor: Actor<'q>, shown: Digest) -> Question<'q> {
        Question {
            certificate: self.id,
            state: self.state_of_certificate(),
            document: self.document,
            shown,
            template: self.template,
            case: &self.case,
            weight: self.weight(),
            item: self.item,
            seal: Seal {
                id: self.seal_id,
                department: &self.department,
                kind: self.kind,
                state: self.state,
                spki: self.key,
            },
            fee: self.fee,
            predecessor: self.predecessor,
            sealing: self.sealing,
            letter: self.letter.as_ref(),
            request: &self.request,
            earlier: &self.earlier,
            actor,
            by: Means::Session,
            said_at: app.now(),
            now: app.hall.opening.moment(app.now(), &self.calendar),
            rota: &self.rota,
            meeting: None,
        }
    }

    /// Whether the department's leader must decide, too.
    pub(super) fn needs_leader(&self) -> bool {
        self.item.weight != Weight::Ordinary || self.weight() != Weight::Ordinary
    }

    /// The first step that nobody has approved yet.
    pub(super) fn next_step(&self) -> Option<Step> {
        steps(self.item, self.needs_leader()).find(|step| !self.is_approved_at(*step))
    }

    /// Whether the chief representative has approved.
    pub(super) fn is_approved_by_chief(&self) -> bool {
        self.is_approved_at(Step::Chief)
    }

    fn is_approved_at(&self, step: Step) -> bool {
        let approved =
            |said: &SaltedStatement| said.statement.decision == Decision::Approve && said.statement.step == step;
        self.earlier.iter().any(approved)
    }

    /// Who said the last word so far; nobody yet: the one who asked.
    pub(super) fn last_speaker(&self) -> String {
        self.earlier.last().unwrap_or(&self.request).statement.who.to_string()
    }

    fn weight(&self) -> Weight {
        match (self.certificate.disputed, self.certificate.major) {
            (true, _) => Weight::Disputed,
            (false, true) => Weight::Major,
            (false, false) => Weight::Ordinary,
        }
    }

    fn state_of_certificate(&self) -> CertificateState {
        match (self.certificate.state.as_str(), self.seal_use.state.as_str()) {
            ("submitted", "asked") => CertificateState::Submitted,
            ("submitted", _) => CertificateState::Logged,
            ("refused", _) => CertificateState::Refused,
            ("voided", _) => CertificateState::Voided,
            _ => CertificateState::Sealed,
        }
    }
}

/// The steps in which somebody decides on a use, in order.
pub(super) fn steps(item: &Item, needs_leader: bool) -> impl Iterator<Item = Step> {
    item.chain.reviews().chain([Step::Chief]).chain(needs_leader.then_some(Step::Leader))
}

/// Where the certificate stands that this one replaces or copies.
async fn predecessor(app: &App, certificate: &CertificateRow) -> Result<Option<Standing>, ActError> {
    let Some(id) = certificate.replaces.as_ref().or(certificate.copy_of.as_ref()) else { return Ok(None) };
    let row = app.db.certificate(id).await?.ok_or_else(|| inconsistent(id))?;
    Ok(row.standing(china_date(app.now())))
}

/// How far the letter has come that the document is.
async fn sealing(app: &App, certificate: &CertificateRow) -> Result<Option<LetterState>, ActError> {
    let Some(id) = &certificate.letter else { return Ok(None) };
    let row = app.db.letter(id).await?.ok_or_else(|| inconsistent(id))?;
    Ok(Some(row.to_letter()?.state))
}

fn said(statement: &[u8], salt: &[u8]) -> Result<SaltedStatement, ActError> {
    let salt = salt.try_into().map_err(inconsistent)?;
    Ok(Statement::parse(statement).map_err(inconsistent)?.salted(salt))
}

/// The letter under which the department's seal is used for an item today; failing that, the one that came closest, so that
/// the refusal can say what is wrong with it.
async fn letter_for(
    app: &App,
    department: &str,
    item: &ItemCode,
) -> Result<(Option<String>, Option<Letter>), ActError> {
    let today = china_date(app.now());
    let closeness = |letter: &Letter| {
        let stands = match letter.state {
            LetterState::Filed => 3,
            LetterState::Revoked => 2,
            LetterState::Approved | LetterState::Proposed => 1,
            LetterState::Declined => 0,
        };
        (letter.covers(item, today), letter.lists(item) && letter.is_valid_on(today), stands)
    };
    let mut closest = None;
    for row in app.db.letters(department).await? {
        let letter = row.to_letter()?;
        let is_closer = closest.as_ref().is_none_or(|(_, other)| closeness(&letter) > closeness(other));
        if is_closer && letter.state != LetterState::Declined {
            closest = Some((row.id, letter));
        }
    }
    Ok(closest.unzip())
}
