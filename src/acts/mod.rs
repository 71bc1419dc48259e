//! What can be done, one verb per file.
//!
//! An act ends in one of three ways: it is done; a rule **refused** it (shown to whoever asked, all reasons at once, and
//! recorded); or it **failed** (we broke: logged, one identifier shown). [`ActError`] keeps them apart.

pub mod access;
pub mod approve;
pub mod audit;
pub mod calendar;
pub mod cancel;
pub mod certify_seal;
pub mod change_staff;
pub mod confirm;
pub mod confirm_session;
pub mod consent;
pub mod cosign;
pub mod decide_letter;
pub mod deliver;
pub mod draft;
mod earlier;
pub mod enrol_device;
pub mod export;
pub mod extend;
mod facts;
pub mod filing_sheet;
pub mod findings;
mod layout;
pub mod look;
pub mod look_seals;
pub mod monthly;
pub mod nominate;
pub mod notice;
pub mod once;
pub mod papers;
pub mod password;
pub mod pay;
pub mod person;
pub mod picture;
pub mod propose;
pub mod propose_letter;
mod record;
pub mod register;
pub mod register_codes;
pub mod register_passkey;
pub mod report;
pub mod reset_access;
pub mod resume;
pub mod revocation_list;
pub mod seal;
pub mod seal_letter;
pub mod seal_step;
pub mod server_certificate;
pub mod set_up;
pub mod sign_in;
pub mod stand_in;
pub mod statistics;
pub mod story;
pub mod submit;
pub mod supervise;
pub mod suspend_seal;
pub mod tell;
pub mod verify;
pub mod watch;
pub mod webhooks;

use crate::cms::CmsError;
use crate::compose::ComposeError;
use crate::db::DbError;
use crate::hall::refusal::Refusal;
use crate::imprint::ImprintError;
use crate::pdf::StampError;
use crate::picture::PictureError;
use crate::pki::authority::AuthorityError;
use crate::sequencer::SequencerError;
use crate::store::StoreError;
use crate::vault::VaultError;

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// A rule said no; all its reasons.
    #[error("{0}")]
    Refused(Refusal),
    /// There is no such thing, or not for this person.
    #[error("not found")]
    NotFound,
    /// The same number or key was used for something else before.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// It goes on by itself once others have answered; in one sentence, for the asker.
    #[error("waiting: {0}")]
    Waiting(&'static str),
    /// We broke.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What somebody is told whose seal waits for the ledger's witnesses.
const WITNESSES: &str = "账本见证人还没有联署，暂未用印；已记下的审批不会丢失，见证人恢复后自动用印";

/// What broke.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The store of documents.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger's writer.
    #[error(transparent)]
    Sequencer(#[from] SequencerError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Certificates and revocation lists.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Setting a page.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// Picturing a page.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Drawing a seal.
    #[error(transparent)]
    Imprint(#[from] ImprintError),
    /// Stamping a document.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// Building a signature.
    #[error(transparent)]
    Cms(#[from] CmsError),
    /// A freshly sealed document does not verify. It never leaves.
    #[error("incident: a freshly sealed document does not verify: {0}")]
    Incident(String),
    /// Something kept makes no sense.
    #[error("what is kept makes no sense: {0}")]
    Inconsistent(String),
    /// A worker thread was lost.
    #[error("a worker was lost: {0}")]
    Worker(#[from] tokio::task::JoinError),
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

macro_rules! fails_by {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for ActError {
            fn from(error: $error) -> Self {
                Self::Failed(error.into())
            }
        })+
    };
}

fails_by!(
    DbError,
    StoreError,
    VaultError,
    AuthorityError,
    PictureError,
    ImprintError,
    StampError,
    CmsError,
    tokio::task::JoinError,
);

impl From<SequencerError> for ActError {
    fn from(error: SequencerError) -> Self {
        if error.is_waiting() { Self::Waiting(WITNESSES) } else { Self::Failed(error.into()) }
    }
}

/// A failure for something kept that makes no sense.
fn inconsistent(what: impl std::fmt::Display) -> ActError {
    ActError::Failed(Failure::Inconsistent(what.to_string()))
}

/// Runs what computes for long (composing, stamping, hashing passwords) away from the threads that answer requests.
async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ActError> {
    Ok(tokio::task::spawn_blocking(work).await?)
}
