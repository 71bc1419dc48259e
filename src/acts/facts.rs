//! Everything a decision on one use of a seal looks at, read once.

use crate::app::App;
use crate::db::certificate::CertificateRow;
use crate::db::matter::MatterRow;
use crate::db::seal::SealRow;
use crate::db::seal_use::SealUseRow;
use crate::digest::Digest;
use crate::hall::approval::{Decision, Question, SaltedStatement, Seal, Statement, Step};
use crate::hall::authorization::Letter;
use crate::hall::certificate::CertificateState;
use crate::hall::id::{CaseNumber, CertificateId, DepartmentKey, ItemCode, SealId};
use crate::hall::item::{Item, Weight};
use crate::hall::opening::china_date;
use crate::hall::refusal::Refusal;
use crate::hall::seal::{SealKind, SealState};
use crate::hall::staff::Actor;

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
            letter: self.letter.as_ref(),
            request: &self.request,
            earlier: &self.earlier,
            actor,
            now: app.now(),
            opening: &app.hall.opening,
        }
    }

    /// Whether the department's leader must decide, too.
    pub(super) fn needs_leader(&self) -> bool {
        self.item.weight != Weight::Ordinary || self.weight() != Weight::Ordinary
    }

    /// Whether the chief representative, and whether the leader, has approved.
    pub(super) fn approved_by(&self) -> (bool, bool) {
        let by = |step| {
            let approved =
                |said: &SaltedStatement| said.statement.decision == Decision::Approve && said.statement.step == step;
            self.earlier.iter().any(approved)
        };
        (by(Step::Chief), by(Step::Leader))
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

fn said(statement: &[u8], salt: &[u8]) -> Result<SaltedStatement, ActError> {
    let salt = salt.try_into().map_err(inconsistent)?;
    Ok(Statement::parse(statement).map_err(inconsistent)?.salted(salt))
}

/// The letter under which the department's seal is used for an item today; failing that, any letter it has, so that the
/// refusal can say what is wrong with it.
async fn letter_for(
    app: &App,
    department: &str,
    item: &ItemCode,
) -> Result<(Option<String>, Option<Letter>), ActError> {
    let today = china_date(app.now());
    let mut other = (None, None);
    for row in app.db.letters(department).await? {
        let letter = row.to_letter()?;
        if letter.covers(item, today) {
            return Ok((Some(row.id), Some(letter)));
        }
        other = (Some(row.id), Some(letter));
    }
    Ok(other)
}
