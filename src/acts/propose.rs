//! Propose: what an approver's passkey is asked to sign, namely the digest of the exact statement that the approval will make. Nothing is
//! written: the statement is made again from the same facts when the signature comes ([`super::approve`]).

use jiff::Timestamp;

use crate::app::App;
use crate::digest::Digest;
use crate::hall::approval::propose as state;
use crate::hall::means::Means;

use super::ActError;
use super::approve::kept_record;
use super::confirm::access_text;
use super::facts::UseFacts;
use super::inconsistent;
use super::person::Person;

/// What is to be signed.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The time that stands in the text; to be handed in with the signature.
    pub at: Timestamp,
    /// The challenge: SHA-256 of the text.
    pub challenge: Digest,
    /// The credential to sign with; `None` when a passkey is made.
    pub credential: Option<Vec<u8>>,
}

/// Proposes an approval (after the meeting of that record), to be signed by this passkey of the person's. Refused for the same reasons as the approval would be.
pub async fn propose(
    app: &App,
    person: &Person,
    certificate: &str,
    seal_use: &str,
    shown: Digest,
    meeting: Option<Digest>,
    passkey: &str,
) -> Result<Proposal, ActError> {
    let row = app.db.certificate(certificate).await?.ok_or(ActError::NotFound)?;
    let matter = app.db.matter(&row.matter).await?.ok_or_else(|| inconsistent(&row.matter))?;
    let uses = app.db.uses_of(certificate).await?;
    let wanted = uses.into_iter().find(|one| one.id == seal_use).ok_or(ActError::NotFound)?;
    let mine = app.db.passkeys_of(&person.staff.id.to_string()).await?;
    let passkey = mine.into_iter().find(|row| row.id == passkey).ok_or(ActError::NotFound)?;
    let facts = UseFacts::load(app, &matter, row, wanted).await?;
    let mut question = facts.question(app, person.actor(&app.hall), shown);
    question.by = Means::Passkey(Digest::of(&passkey.key));
    if let Some(record) = meeting {
        question.meeting = Some(kept_record(app, record).await?);
    }
    let statement = state(&question)?;
    Ok(Proposal { at: statement.at, challenge: statement.challenge(), credential: Some(passkey.credential) })
}

/// Proposes an act that is no approval: to be signed by this passkey of the person's, or, without one, to be the challenge of a new one.
pub async fn propose_access(
    app: &App,
    person: &Person,
    session: &Digest,
    act: &str,
    passkey: Option<&str>,
) -> Result<Proposal, ActError> {
    let at = Timestamp::from_microsecond(app.now().as_microsecond()).map_err(inconsistent)?;
    let credential = match passkey {
        Some(id) => {
            let mine = app.db.passkeys_of(&person.staff.id.to_string()).await?;
            Some(mine.into_iter().find(|row| row.id == id).ok_or(ActError::NotFound)?.credential)
        }
        None => None,
    };
    let text = access_text(app, person, session, act, at);
    Ok(Proposal { at, challenge: Digest::of(text.as_bytes()), credential })
}
